"""What must hold of the VGG-16 weights before they serve anyone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fcnlib.checkpoints import manifests
from fcnlib.checkpoints.reading import REPAIR, Checkpoint, Shapes, open_checkpoint
from fcnlib.checkpoints.storage import file_digest
from fcnlib.errors import WeightsError
from fcnlib.typing import Float32Array, Report, silent


@dataclass(frozen=True)
class Verification:
    """What was found in a checkpoint that passed every check.

    Attributes
    ----------
    path : Path
        The file.
    sha256 : str
        Hash of the file; empty for a version 2 checkpoint, which is several files.
    archive_sha256 : str
        Hash of the archive that the file was unpacked from, to pin in
        ``FCNLIB_VGG_ARCHIVE_SHA256``; empty if it is not known.
    num_tensors, num_parameters : int
        Tensors checked, and the numbers in them.

    """

    path: Path
    sha256: str
    archive_sha256: str
    num_tensors: int
    num_parameters: int


def checked_rows(path: Path | str, expected: Shapes) -> Iterator[tuple[str, int, Float32Array]]:
    """Read every expected tensor of a checkpoint, a few rows at a time, checked.

    Parameters
    ----------
    path : Path or str
        A checkpoint for `open_checkpoint`.
    expected : mapping of str to tuple of int
        Shapes by name, as from `vgg_16_shapes`. Further tensors in the file are ignored.

    Yields
    ------
    name : str
        In the order of `expected`.
    first : int
        Where these rows begin along the tensor's first axis.
    rows : ndarray of float32
        All finite.

    Raises
    ------
    WeightsError
        ``weights_mismatch`` before the first tensor if any is missing or has another shape,
        all of them named, at the first rows with bad values, or behind a tensor that was zero
        throughout. ``weights_missing`` and ``weights_damaged`` as from `open_checkpoint`.

    """
    path = Path(path)
    with open_checkpoint(path) as checkpoint:
        misfits = _misfits(checkpoint, expected)
        _refuse(path, [f"{name} {fault}" for name, fault in misfits.items()])
        for name in expected:
            check = _ValueCheck()
            first = 0
            for rows in checkpoint.rows(name):
                check.add(rows)
                _refuse(path, check.faults(name, first + len(rows) == expected[name][0]))
                yield name, first, rows
                first += len(rows)


def verify(path: Path | str, expected: Shapes, report: Report = silent) -> Verification:
    """Read every expected tensor of a checkpoint and check it.

    Parameters
    ----------
    path : Path or str
        A checkpoint for `open_checkpoint`.
    expected : mapping of str to tuple of int
        Shapes by name, as from `vgg_16_shapes`. Further tensors in the file are ignored.
    report : callable
        Told of each tensor.

    Returns
    -------
    verification : Verification
        What was checked.

    Raises
    ------
    WeightsError
        ``weights_mismatch`` with all that is wrong: tensors that are missing, have another
        shape, hold NaN or infinity, or are zero throughout. ``weights_missing`` and
        ``weights_damaged`` as from `open_checkpoint`.

    """
    path = Path(path)
    with open_checkpoint(path) as checkpoint:
        misfits = _misfits(checkpoint, expected)
        faults = [f"{name} {fault}" for name, fault in misfits.items()]
        for number, name in enumerate(name for name in expected if name not in misfits):
            report(number / len(expected), f"Checking {name}")
            check = _ValueCheck()
            for rows in checkpoint.rows(name):
                check.add(rows)
            faults += check.faults(name)
        _refuse(path, faults)
    return Verification(
        path=path,
        sha256=file_digest(path) if path.is_file() else "",
        archive_sha256=manifests.read(path).get("archive_sha256", ""),
        num_tensors=len(expected),
        num_parameters=sum(int(np.prod(shape)) for shape in expected.values()),
    )


def largest_differences(
    first: Path | str, second: Path | str, expected: Shapes
) -> dict[str, float]:
    """Compare two checkpoints tensor by tensor, as of the two sources of one network.

    Parameters
    ----------
    first, second : Path or str
        Checkpoints that `verify` has passed.
    expected : mapping of str to tuple of int
        Names to compare.

    Returns
    -------
    differences : dict of str to float
        Largest absolute difference by name, in the unit of the weights.

    """
    with open_checkpoint(first) as one, open_checkpoint(second) as other:
        return {
            name: max(
                float(np.abs(mine - theirs).max())
                for mine, theirs in zip(one.rows(name), other.rows(name), strict=True)
            )
            for name in expected
        }


def _misfits(checkpoint: Checkpoint, expected: Shapes) -> dict[str, str]:
    """Return what is wrong by the name of the tensor, as far as names and shapes go."""
    present = set(checkpoint.names())
    misfits = {}
    for name, shape in expected.items():
        if name not in present:
            misfits[name] = "is missing"
        elif (found := checkpoint.shape(name)) != tuple(shape):
            misfits[name] = f"has shape {found}, expected is {tuple(shape)}"
    return misfits


class _ValueCheck:
    """What is wrong with a tensor's values, of which a part is seen at a time."""

    def __init__(self) -> None:
        self._finite, self._any = True, False

    def add(self, rows: Float32Array) -> None:
        self._finite &= bool(np.isfinite(rows).all())
        self._any |= bool(rows.any())

    def faults(self, name: str, whole: bool = True) -> list[str]:
        if not self._finite:
            return [f"{name} holds NaN or infinity"]
        return [f"{name} is zero throughout"] if whole and not self._any else []


def _refuse(path: Path, faults: Sequence[str]) -> None:
    if faults:
        msg = f"{path.name} is not the expected VGG-16: {'; '.join(faults)}. {REPAIR}"
        raise WeightsError("weights_mismatch", msg)
