"""Checks that VGG-16 weights must pass before they are used."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from fcnlib.checkpoints import manifests
from fcnlib.checkpoints.formats import REPAIR
from fcnlib.checkpoints.reading import Checkpoint, Shapes, open_checkpoint
from fcnlib.checkpoints.storage import file_digest
from fcnlib.errors import WeightsError
from fcnlib.paths import shown
from fcnlib.typing import Float32Array, Report, silent

NAMED = 4  # faults in a message


@dataclass(frozen=True)
class Verification:
    """Facts about a checkpoint that passed every check.

    Attributes
    ----------
    path : Path
        The file.
    sha256 : str
        Hash of the file. Empty for a version 2 checkpoint, which consists of several files.
    archive_sha256 : str
        Hash of the archive that the file was unpacked from, for the variable
        ``FCNLIB_VGG_ARCHIVE_SHA256``. Empty if it is not known.
    num_tensors, num_parameters : int
        Number of checked tensors, and of the values in them.

    """

    path: Path
    sha256: str
    archive_sha256: str
    num_tensors: int
    num_parameters: int


def checked_rows(path: Path | str, expected: Shapes) -> Iterator[tuple[str, int, Float32Array]]:
    """Read and check every expected tensor of a checkpoint, a few rows at a time.

    Parameters
    ----------
    path : Path or str
        A checkpoint for `open_checkpoint`.
    expected : mapping of str to tuple of int
        Shapes by name, as from `vgg_16_shapes`. Other tensors in the file are ignored.

    Yields
    ------
    name : str
        Name of the tensor. The tensors have the order of `expected`.
    first : int
        Index of the first of these rows along the tensor's first axis.
    rows : ndarray of float32
        Finite values.

    Raises
    ------
    WeightsError
        ``weights_mismatch`` before the first tensor if any is missing or has another shape, at
        the first rows with NaN or infinity, or at the last rows of a tensor that contains only
        zeros. Others as from `open_checkpoint`.

    """
    with open_checkpoint(path) as checkpoint:
        path = checkpoint.path
        _refuse(path, _shape_faults(checkpoint, expected).values())
        for name, shape in expected.items():
            first, nonzero = 0, False
            for rows in checkpoint.rows(name):
                last = first + len(rows)
                nonzero |= bool(rows.any())
                finite = bool(np.isfinite(rows).all())
                _refuse(path, _value_faults(name, finite, nonzero or last < shape[0]))
                yield name, first, rows
                first = last


def verify(path: Path | str, expected: Shapes, report: Report = silent) -> Verification:
    """Read and check every expected tensor of a checkpoint and report its faults at once.

    Parameters
    ----------
    path, expected
        As for `checked_rows`.
    report : callable, optional
        Called with (fraction, text) before each tensor.

    Returns
    -------
    verification : Verification
        Hashes of the file and number of its parameters.

    Raises
    ------
    WeightsError
        ``weights_mismatch``, with the first faults and the number of all: tensors that are
        missing, have another shape, contain NaN or infinity, or contain only zeros. Others as
        from `open_checkpoint`.

    """
    with open_checkpoint(path) as checkpoint:
        path = checkpoint.path
        shape_faults = _shape_faults(checkpoint, expected)
        faults = list(shape_faults.values())
        for number, name in enumerate(name for name in expected if name not in shape_faults):
            report(number / len(expected), f"Checking {name}")
            finite, nonzero = True, False
            for rows in checkpoint.rows(name):
                finite &= bool(np.isfinite(rows).all())
                nonzero |= bool(rows.any())
            faults += _value_faults(name, finite, nonzero)
        _refuse(path, faults)
    return Verification(
        path=path,
        sha256=file_digest(path) if path.is_file() else "",
        archive_sha256=manifests.read(path).get("archive_sha256", ""),
        num_tensors=len(expected),
        num_parameters=sum(int(np.prod(shape)) for shape in expected.values()),
    )


def _shape_faults(checkpoint: Checkpoint, expected: Shapes) -> dict[str, str]:
    """Return a description of each tensor that is missing or has another shape, by name."""
    present = set(checkpoint.names())
    faults = {}
    for name, shape in expected.items():
        if name not in present:
            faults[name] = f"{name} is missing"
        elif (actual := checkpoint.shape(name)) != tuple(shape):
            faults[name] = f"{name} has shape {actual} instead of {tuple(shape)}"
    return faults


def _value_faults(name: str, finite: bool, nonzero: bool) -> list[str]:
    if not finite:
        return [f"{name} contains NaN or infinity"]
    return [] if nonzero else [f"{name} contains only zeros"]


def _refuse(path: Path, faults: Collection[str]) -> None:
    if faults:
        listed = "; ".join([*faults][:NAMED])
        if len(faults) > NAMED:
            listed += f"; and {len(faults) - NAMED} more tensors"
        msg = f"{shown(path.name)} does not contain the VGG-16 weights: {listed}. {REPAIR}"
        raise WeightsError("weights_mismatch", msg)
