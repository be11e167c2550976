"""Which class each number in the label files means.

A wrong answer would train a network on wrong classes without any error. So if the meaning of a
number is not certain, an error is raised. Its message names the first file, the numbers found, and
what to do.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from fcnlib.datasets.class_lists import CAMVID, CAMVID_SIZE, ClassList
from fcnlib.datasets.findings import Finding, findings_of_files, listed
from fcnlib.datasets.label_values import Numbers, numbers_of
from fcnlib.datasets.labelme import common_classes
from fcnlib.datasets.layouts import Layout
from fcnlib.datasets.pairs import MAX_CLASSES, VOID, Encoding
from fcnlib.datasets.survey import Scan
from fcnlib.errors import DatasetError
from fcnlib.images.colors import palette
from fcnlib.images.decoding import DARK
from fcnlib.networks.deeplab import CLASSES as VOC
from fcnlib.networks.deeplab import voc_palette
from fcnlib.paths import shown
from fcnlib.typing import ByteArray

MANY = 64  # different numbers in one file, more likely blurred edges than classes
FAR = 100  # a number this high, alone above the others, may be void
_WRITE = "Write the names of the classes into classes.txt"
_VOC_LIST = ClassList(VOC, tuple(map(tuple, voc_palette(len(VOC)).tolist())), "PASCAL VOC")
_CAMVID_LIST = ClassList(
    tuple(name for name, _ in CAMVID), tuple(color for _, color in CAMVID), "CamVid"
)


class Judgment(NamedTuple):
    """What the labels mean; without classes if a finding has `stops`.

    Each pair has an encoding, by its name.
    """

    findings: tuple[Finding, ...]
    classes: tuple[str, ...]
    palette: ByteArray
    encodings: Mapping[str, Encoding]


class _Meaning(NamedTuple):
    """Names of the classes, the class of each number, and colors if they are known."""

    names: tuple[str, ...]
    classes: Mapping[int, int]
    colors: ByteArray | None = None


def judge(layout: Layout, scans: Sequence[Scan]) -> Judgment:
    """Return which classes the labels have, and what is wrong or remarkable about them."""
    findings = list(findings_of_files(layout, scans))
    if not any(finding.stops for finding in findings):
        try:
            return _judge_values(layout, [scan for scan in scans if not scan.fault], findings)
        except DatasetError as error:
            findings.append(Finding(error.code, str(error), stops=True))
    return Judgment(tuple(findings), (), palette(0), {})


def _judge_values(layout: Layout, scans: Sequence[Scan], findings: list[Finding]) -> Judgment:
    if layout.kind == "labelme":
        classes, encodings = common_classes(scans)
        return Judgment(tuple(findings), classes, palette(len(classes)), encodings)
    numbers = numbers_of(scans, layout.listed, findings)
    _check_blur(scans, numbers, layout.listed)
    names = layout.listed or _published(layout, numbers, scans)
    if names and names is not layout.listed:
        text = (
            f"The labels fit {names.source}, whose names are used. If these are not your "
            "classes, write the names of yours into classes.txt."
        )
        findings.append(Finding("published_names", text))
    meaning = _by_list(names, numbers, findings) if names else _by_number(numbers, findings)
    if len({meaning.classes[number] for number in numbers.first} - {VOID}) < 2:
        msg = (
            f"The labels hold {listed(list(numbers.first))} only, as in "
            f"{shown(next(iter(numbers.first.values())))}. This is less than two classes, since "
            f"{VOID} counts nowhere. Check which program wrote the labels."
        )
        raise DatasetError("one_class", msg)
    trained = {meaning.classes[number] for number in numbers.trained}
    if absent := [name for i, name in enumerate(meaning.names) if i not in trained]:
        text = (
            f"No picture to train on has a pixel of {listed([repr(name) for name in absent])}, so "
            "a network cannot learn that. Add pictures with it, or ignore its metrics."
        )
        findings.append(Finding("class_never_occurs", text))
    colors = _drawn_with(scans, meaning) if meaning.colors is None else meaning.colors
    encoding = _encoding(meaning.classes, numbers.colors)
    encodings = dict.fromkeys((scan.files.name for scan in scans), encoding)
    return Judgment(tuple(findings), meaning.names, colors, encodings)


def _encoding(classes: Mapping[int, int], colors: Mapping[int, int] | None) -> Encoding:
    table = (
        classes if colors is None else {c: classes[n] for c, n in colors.items() if n in classes}
    )
    keys = sorted(table)
    values = np.array([table[key] for key in keys], np.uint8)
    return Encoding(np.array(keys, np.int64), values, colors is not None)


def _published(layout: Layout, numbers: Numbers, scans: Sequence[Scan]) -> ClassList | None:
    """Return the names of PASCAL VOC or CamVid if the labels can hardly be others."""
    found = set(numbers.first)
    highest = max(found - {VOID}, default=0)
    if layout.kind == "voc":
        # Numbers without gaps that end early are more likely someone's own classes.
        gaps = found - {VOID} != set(range(highest + 1))
        colors = [scan.palette[: len(VOC)] for scan in scans if scan.palette is not None]
        same = all(np.array_equal(rows, voc_palette(len(rows))) for rows in colors)
        if highest < len(VOC) and (gaps or highest == len(VOC) - 1) and same:
            return _VOC_LIST
    camvid = layout.kind == "segnet" and highest == len(CAMVID) - 1 and VOID not in found
    return _CAMVID_LIST if camvid and all(scan.size == CAMVID_SIZE for scan in scans) else None


def _by_list(names: ClassList, numbers: Numbers, findings: list[Finding]) -> _Meaning:
    """Return the classes if a list names them."""
    kept = [number for number in range(len(names.names)) if not names.is_void(number)]
    classes = dict.fromkeys([*range(len(names.names)), VOID], VOID)
    classes |= {number: index for index, number in enumerate(kept)}
    found = set(numbers.first)
    if found == {0, VOID} and kept == [0, 1]:
        classes |= {VOID: 1}
        findings.append(_mask(numbers))
    elif unnamed := sorted(found - set(classes)):
        _stop_at_unnamed(names, numbers, unnamed)
    colors = None
    if names.colors:
        colors = np.array([names.colors[number] for number in kept], np.uint8)
    return _Meaning(tuple(names.names[number] for number in kept), classes, colors)


def _stop_at_unnamed(names: ClassList, numbers: Numbers, unnamed: Sequence[int]) -> None:
    count = len(names.names)
    where = shown(numbers.first[unnamed[0]])
    if unnamed == [count] and 0 not in numbers.first:
        msg = (
            f"The labels count from 1: {where} has number {count}, and no file has 0, but "
            f"{names.source} names {count} classes, which are 0 to {count - 1}. Subtract 1 from "
            f"all labels, or add 'void' as the first line of {names.source}."
        )
        raise DatasetError("counted_from_1", msg)
    msg = (
        f"{where} has {listed(unnamed)}, but {names.source} names {count} classes, which are 0 to "
        f"{count - 1}. Add a line for each number in between and for this one. The name 'void' "
        f"marks pixels that count nowhere. {VOID} needs no line."
    )
    raise DatasetError("unnamed_number", msg)


def _by_number(numbers: Numbers, findings: list[Finding]) -> _Meaning:
    """Return the classes if nothing names them: one for each number that occurs."""
    found = list(numbers.first)
    inner = [number for number in found if number != VOID]
    if found == [0, VOID]:
        findings.append(_mask(numbers))
        inner = found
    else:
        _check_unsure(numbers, inner)
    if len(inner) > MAX_CLASSES:
        msg = (
            f"The labels have {len(inner)} different numbers, up to {inner[-1]} in "
            f"{shown(numbers.first[inner[-1]])}, but at most {MAX_CLASSES} classes are possible. "
            "Numbers of single objects are not classes: save the class of each pixel."
        )
        raise DatasetError("too_many_numbers", msg)
    if inner[:1] == [1] and inner[-1] == len(inner):
        text = (
            f"The labels count from 1, as in {shown(numbers.first[1])}: number 1 becomes the first "
            "class. The names keep the numbers of the files."
        )
        findings.append(Finding("counted_from_1", text))
    elif inner and inner[-1] != len(inner) - 1 and found != [0, VOID]:
        text = (
            f"The numbers have gaps: {listed(inner)}, as in {shown(numbers.first[inner[-1]])}. "
            f"They become {len(inner)} classes in this order, whose names keep the numbers. "
            f"{_WRITE} if classes are missing."
        )
        findings.append(Finding("gaps", text))
    classes = {VOID: VOID} | {number: index for index, number in enumerate(inner)}
    return _Meaning(tuple(f"class {number}" for number in inner), classes)


def _mask(numbers: Numbers) -> Finding:
    text = (
        f"The labels hold only 0 and {VOID}, as in {shown(numbers.first[VOID])}, so they are masks "
        f"of two classes, and {VOID} is the second class and not void."
    )
    return Finding("mask", text)


def _check_unsure(numbers: Numbers, inner: Sequence[int]) -> None:
    """Raise `DatasetError` if a number is a class or void, and nothing tells which."""
    apart = all(b - a > 1 for a, b in pairwise(inner))
    if VOID in numbers.first and len(inner) > 1 and apart:
        msg = (
            f"{shown(numbers.first[VOID])} has {VOID}, which usually marks void, but the numbers "
            f"{listed([*inner, VOID])} look like grays for {len(inner) + 1} classes. {_WRITE}, "
            "with each gray as a color, such as: road 85 85 85"
        )
        raise DatasetError("grays", msg)
    if VOID not in numbers.first and len(inner) > 2:
        *others, last = inner
        if last >= FAR and others == list(range(len(others))):
            msg = (
                f"{shown(numbers.first[last])} has the number {last}, and the others are 0 to "
                f"{others[-1]}, so it may mark void or a class. Save it as {VOID} if it is void, "
                f"else as {len(others)}."
            )
            raise DatasetError("unsure_void", msg)


def _check_blur(scans: Sequence[Scan], numbers: Numbers, names: ClassList | None) -> None:
    """Raise `DatasetError` if a file has so many numbers that its edges must be blurred."""
    if numbers.colors is not None or (names and max(numbers.first) < len(names.names)):
        return
    for scan in scans:
        if len(scan.counts) > MANY:
            msg = (
                f"{shown(scan.files.labels)} has {len(scan.counts)} different numbers: "
                f"{listed(list(scan.counts))}. So many come from smoothed edges, JPEG compression "
                "or numbered objects, not from classes. Export the labels again without smoothing."
            )
            raise DatasetError("blurred_labels", msg)


def _drawn_with(scans: Sequence[Scan], meaning: _Meaning) -> ByteArray:
    """Return the colors of the files' palette if it tells the classes apart, else our own."""
    count = len(meaning.names)
    chosen = palette(count).copy()
    for scan in scans:
        if scan.palette is not None:
            drawn = {
                n: i for n, i in meaning.classes.items() if i != VOID and n < len(scan.palette)
            }
            colors = scan.palette[list(drawn)]
            if len(drawn) == count == len(np.unique(colors, axis=0)) and colors.max() > DARK:
                chosen[list(drawn.values())] = colors
                return chosen
    return chosen
