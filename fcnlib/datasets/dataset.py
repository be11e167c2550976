"""A folder of labeled pictures, opened: classes, colors and pairs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fcnlib import scenes
from fcnlib.datasets import street
from fcnlib.datasets.coco import find_coco
from fcnlib.datasets.findings import Finding
from fcnlib.datasets.layouts import find_layout
from fcnlib.datasets.numbering import judge
from fcnlib.datasets.pairs import Pair, read_pair
from fcnlib.datasets.survey import survey
from fcnlib.errors import DatasetError
from fcnlib.typing import ByteArray, Report, silent


@dataclass(frozen=True)
class Dataset:
    """Labeled pictures that a network can be trained on.

    Attributes
    ----------
    classes : tuple of str
        Names of the classes, at most 255; a label is an index into them, or `VOID`.
    palette : ndarray of shape (n, 3), uint8
        One color per class.
    splits : mapping of str to sequence of Pair
        "train", "val", and "test" where there is one.
    findings : sequence of Finding
        What a reader should know before a training, one sentence each.

    """

    classes: tuple[str, ...]
    palette: ByteArray
    splits: Mapping[str, Sequence[Pair]]
    findings: Sequence[Finding] = ()


def open_dataset(folder: Path, report: Report = silent) -> Dataset:
    """Open a folder of labeled pictures, whichever of the known layouts it has.

    All label files are read once, because only they tell which numbers occur. No picture is
    read until `Pair.read` is called.

    Parameters
    ----------
    folder : Path
        A folder in one of the layouts that ``docs/datasets.md`` lists, or the name ``scenes``.
    report : callable, optional
        Called with (fraction, text) while the label files are read.

    Returns
    -------
    dataset : Dataset
        Without the pairs whose labels are damaged; a finding names them.

    Raises
    ------
    DatasetError
        If a training would fail or be silently wrong: a file is missing, or labels do not say
        which classes they mean.

    """
    dataset = examine(folder, report)
    for finding in dataset.findings:
        if finding.stops:
            raise DatasetError(finding.code, finding.text)
    return dataset


def examine(folder: Path, report: Report = silent) -> Dataset:
    """Open a folder as `open_dataset` does, but raise no error for a finding with `stops`.

    The dataset then has no classes and no pairs.
    """
    if str(folder) == street.NAME and not folder.exists():
        return Dataset(scenes.CLASSES, scenes.COLORS, street.street_pairs())
    if folder.is_dir() and (found := find_coco(folder)):
        return Dataset(*found)
    layout = find_layout(folder)
    scans = survey(layout, report)
    judgment = judge(layout, scans)
    splits: dict[str, list[Pair]] = {split: [] for split in layout.splits}
    for scan in scans:
        if not scan.fault and judgment.classes:
            read = partial(read_pair, scan.files, judgment.encodings[scan.files.name])
            splits[scan.split].append(Pair(scan.files.name, read))
    return Dataset(judgment.classes, judgment.palette, splits, judgment.findings)
