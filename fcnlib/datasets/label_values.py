"""The class numbers in label files, also in files that hold colors instead."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from fcnlib.datasets.class_lists import ClassList
from fcnlib.datasets.findings import Finding, first_of, listed
from fcnlib.datasets.pairs import VOID, shown_value
from fcnlib.datasets.survey import Scan
from fcnlib.errors import DatasetError
from fcnlib.networks.deeplab import CLASSES as VOC
from fcnlib.networks.deeplab import voc_palette
from fcnlib.paths import shown
from fcnlib.typing import ByteArray

VOC_VOID = (224, 224, 192)
"""PASCAL VOC's color of number 255."""


class Numbers(NamedTuple):
    """The numbers in the label files.

    Attributes
    ----------
    first : mapping of int to Path
        A file that has the number, in ascending order of the numbers.
    trained : set of int
        Numbers that occur in the split ``train``.
    colors : mapping of int to int, or None
        Number of each packed color, if the files hold colors.

    """

    first: Mapping[int, Path]
    trained: set[int]
    colors: Mapping[int, int] | None = None


def numbers_of(scans: Sequence[Scan], names: ClassList | None, findings: list[Finding]) -> Numbers:
    """Return the numbers in all label files.

    Colors become the numbers that the list of classes gives them, or PASCAL VOC's.

    Raises
    ------
    DatasetError
        ``palettes_differ``, ``mixed_labels``, ``unnamed_colors`` or ``unknown_color``.

    """
    clash = _palette_clash(scans)
    grays = names is not None and _all_gray(names)
    if any(scan.form == "colors" for scan in scans) or (clash and names and names.colors) or grays:
        return _numbers_of_colors(scans, names, findings)
    if clash:
        raise DatasetError("palettes_differ", clash)
    # Gray that is stored as RGB has the number in each channel.
    return _collect(
        (scan, {value & 255 for value in scan.counts} if scan.form == "gray" else scan.counts)
        for scan in scans
    )


def _collect(
    entries: Iterable[tuple[Scan, Iterable[int]]], colors: Mapping[int, int] | None = None
) -> Numbers:
    first: dict[int, Path] = {}
    trained: set[int] = set()
    for scan, numbers in entries:
        for number in numbers:
            first.setdefault(number, scan.files.labels)
            if scan.split == "train":
                trained.add(number)
    return Numbers(dict(sorted(first.items())), trained, colors)


def _numbers_of_colors(
    scans: Sequence[Scan], names: ClassList | None, findings: list[Finding]
) -> Numbers:
    plain = [scan for scan in scans if scan.form == "numbers" and scan.palette is None]
    if plain and not (names and _all_gray(names)):
        colored = next((scan for scan in scans if scan.form != "numbers"), scans[0])
        msg = (
            f"{first_of([scan.files.labels for scan in plain])} holds numbers, but "
            f"{shown(colored.files.labels)} holds colors. Save all labels in the same way."
        )
        raise DatasetError("mixed_labels", msg)
    colors = {scan.files.labels: _colors_of(scan) for scan in scans}
    if names and names.colors:
        numbers = {_packed(color): number for number, color in enumerate(names.colors)}
    else:
        count = len(names.names) if names else len(VOC)
        numbers = {_packed(color): i for i, color in enumerate(voc_palette(count).tolist())}
        numbers |= {_packed(VOC_VOID): VOID}
    _check_colors(colors, numbers, names)
    if not (names and names.colors):
        text = (
            f"The labels such as {shown(scans[0].files.labels)} hold colors. All of them are in "
            "PASCAL VOC's palette, so they stand for its numbers."
        )
        findings.append(Finding("voc_colors", text))
    return _collect(
        ((scan, [numbers[color] for color in colors[scan.files.labels]]) for scan in scans),
        numbers,
    )


def _check_colors(
    colors: Mapping[Path, Sequence[int]], numbers: Mapping[int, int], names: ClassList | None
) -> None:
    """Raise `DatasetError` if a file has a color that means no number."""
    unknown = {
        path: bad
        for path, found in colors.items()
        if (bad := [c for c in found if c not in numbers])
    }
    if not unknown:
        return
    path, bad = next(iter(unknown.items()))
    if names and names.colors:
        found = listed([shown_value(color, colored=True) for color in bad])
        msg = (
            f"{first_of(list(unknown))} has colors that {names.source} does not list: {found}. Add "
            "a line for each of them. Many similar colors come from smoothed edges, which labels "
            "must not have."
        )
        raise DatasetError("unknown_color", msg)
    found = listed([shown_value(color, colored=True) for color in colors[path]])
    msg = (
        f"{first_of(list(unknown))} holds colors, and nothing tells which classes they mean: "
        f"{found}. Write a file classes.txt into the dataset's folder with a line for each color, "
        "such as: road 128 64 128"
    )
    raise DatasetError("unnamed_colors", msg)


def _all_gray(names: ClassList) -> bool:
    return bool(names.colors) and all(len(set(color)) == 1 for color in names.colors or ())


def _colors_of(scan: Scan) -> list[int]:
    if scan.palette is None:
        gray = 0x010101 if scan.form == "numbers" else 1
        return [gray * value for value in scan.counts]
    return [_packed(_color(scan.palette, number)) for number in scan.counts]


def _palette_clash(scans: Sequence[Scan]) -> str:
    """Return a sentence if one number has two colors in the palettes of two files."""
    colors: dict[int, tuple[tuple[int, ...], Path]] = {}
    for scan in scans:
        if scan.palette is None:
            continue
        for number in scan.counts:
            color = _color(scan.palette, number)
            known, path = colors.setdefault(number, (color, scan.files.labels))
            if known != color and number != VOID:  # Void has no color of its own.
                return (
                    f"The palettes differ: number {number} is {known} in {shown(path)} and "
                    f"{color} in {shown(scan.files.labels)}, so it seems to mean different "
                    "classes. Convert all labels again with one common list of classes. If equal "
                    "colors mean equal classes, list them in classes.txt, as in: road 128 64 128"
                )
    return ""


def _color(palette: ByteArray, number: int) -> tuple[int, ...]:
    """Return the color of a number; what lies beyond a palette is black."""
    return tuple(palette[number].tolist()) if number < len(palette) else (0, 0, 0)


def _packed(color: Sequence[int]) -> int:
    red, green, blue = color
    return red << 16 | green << 8 | blue
