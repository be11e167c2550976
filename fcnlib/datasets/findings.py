"""What is wrong or remarkable about the files of a dataset, one sentence each."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from fcnlib.datasets.layouts import Layout
from fcnlib.datasets.survey import Scan
from fcnlib.images.stored import SIDEWAYS
from fcnlib.paths import shown

FEW = 20  # pictures to train on; with fewer, chance decides much of the result
_LISTED = 6  # values in a message


class Finding(NamedTuple):
    """One sentence about a dataset.

    Attributes
    ----------
    code : str
        Stable name, such as ``"size_differs"``.
    text : str
        The first file, what was found, and what to do.
    stops : bool
        Whether a training would fail or be silently wrong.

    """

    code: str
    text: str
    stops: bool = False


def first_of(paths: Sequence[Path]) -> str:
    """Return the first of some paths for a message, and how many more there are.

    Examples
    --------
    >>> first_of([Path("a.png"), Path("b.png")])
    "'a.png' (and 1 more)"

    """
    more = f" (and {len(paths) - 1:,} more)" if len(paths) > 1 else ""
    return shown(paths[0]) + more


def listed(values: Sequence[object]) -> str:
    """Return values for a message, shortened if there are many.

    Examples
    --------
    >>> listed([0, 1, 4]), listed(range(300))
    ('0, 1, 4', '0, 1, 2, 3, 4, ... (300 values)')

    """
    if len(values) <= _LISTED:
        return ", ".join(map(str, values))
    return ", ".join(map(str, values[: _LISTED - 1])) + f", ... ({len(values)} values)"


def findings_of_files(layout: Layout, scans: Sequence[Scan]) -> Iterator[Finding]:
    """Yield the findings that do not depend on what the labels mean."""
    good = [scan for scan in scans if not scan.fault]
    if damaged := [scan for scan in scans if scan.fault]:
        more = f", and {len(damaged) - 1:,} more" if len(damaged) > 1 else ""
        yield Finding("damaged", f"{damaged[0].fault} This pair is left out{more}.")
    for split in layout.splits:
        # A single pair is trained on, and leaves none for a validation that nobody asked for.
        needed = split == "train" or not layout.chosen
        if needed and not any(scan.split == split for scan in good):
            faults = [f"{scan.fault} " for scan in scans if scan.split == split]
            text = (
                f"No pair in the split {split!r} can be used. {''.join(faults[:1])}Add pictures "
                "and labels to it."
            )
            yield Finding("empty", text, stops=True)
    if layout.chosen:
        number = len(layout.splits["val"])
        text = (
            f"No list says which pictures are for validation, so {number:,} of them were chosen "
            "by a hash of their names."
        )
        yield Finding("split_chosen", text)
    number = sum(scan.split == "train" for scan in good)
    if 0 < number < FEW:
        text = (
            f"There are only {number} pictures to train on, so the result depends on chance. Add "
            f"pictures until there are at least {FEW}, or train the head only."
        )
        yield Finding("few_pictures", text)
    if deep := [scan.files.picture for scan in good if scan.header and scan.header.deep]:
        text = (
            f"{first_of(deep)} has 16 bits per value, of which the upper 8 are used. If it looks "
            "black, save it with 8 bits first."
        )
        yield Finding("deep_picture", text)
    yield from _lossy(good)
    yield from _sizes(good)
    if clear := [scan.files.labels for scan in good if scan.transparent]:
        text = (
            f"{first_of(clear)} has transparent pixels, which have no class. Save the labels "
            "without transparency."
        )
        yield Finding("transparent_labels", text, stops=True)


def _lossy(scans: Sequence[Scan]) -> Iterator[Finding]:
    lossy = [scan for scan in scans if scan.kind == "JPEG"]
    if lossy:
        text = (
            f"The labels {first_of([scan.files.labels for scan in lossy])} are a JPEG, which "
            f"changes numbers and colors near edges: {len(lossy[0].counts)} different values were "
            "found. Export the labels again as PNG from the program they were drawn with."
        )
        yield Finding("lossy_labels", text, stops=True)


def _sizes(scans: Sequence[Scan]) -> Iterator[Finding]:
    """Compare the sizes of pictures and labels, both upright and as they are stored."""
    differing, stored, unsure = [], [], []
    for scan in scans:
        if scan.header is None:
            continue
        sideways = scan.header.orientation in SIDEWAYS
        if scan.size == scan.header.size:
            square = scan.size[0] == scan.size[1]
            if scan.header.orientation > 1 and (square or not sideways):
                unsure.append(scan.files.picture)
        elif sideways and scan.size == scan.header.size[::-1]:
            stored.append(scan.files.picture)
        else:
            differing.append(scan)
    if differing:
        scan = differing[0]
        height, width = scan.header.size if scan.header else (0, 0)
        text = (
            f"The labels {first_of([scan.files.labels for scan in differing])} have {scan.size[1]} "
            f"× {scan.size[0]} pixels, but their picture has {width} × {height}. Make both equal, "
            "and resize labels with nearest neighbor only."
        )
        yield Finding("size_differs", text, stops=True)
    if stored:
        text = (
            f"EXIF data turn the picture {first_of(stored)}, but its labels were drawn on the "
            "picture as it is stored. The labels are turned like the picture."
        )
        yield Finding("exif_turned", text)
    if unsure:
        text = (
            f"EXIF data turn or mirror the picture {first_of(unsure)}, and sizes do not tell "
            "whether its labels are turned as well. Look at both on the sheet of `dataset check`."
        )
        yield Finding("exif_unsure", text)
