"""What the conversion writes: weights, reference outputs and the figures in the model cards."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fcnlib.networks.npz_weights import write_arrays, write_weights

ROOT = Path(__file__).parents[2]
DATA = ROOT / "fcnlib" / "data"
REFERENCES = ROOT / "tests" / "data"
BEGIN, END = "<!-- figures: written by tools/convert_photo_networks.py -->", "<!-- end -->"


def rounded(weights: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
    """Return weights as they are after storing them as float16."""
    return {name: values.astype(np.float16).astype(np.float32) for name, values in weights.items()}


def write(network: str, weights: Mapping[str, Any], references: Mapping[str, Any]) -> None:
    """Write the shipped weights of a network and the reference arrays of its tests."""
    write_weights(DATA / f"{network}.npz", {network: dict(weights)})
    write_arrays(REFERENCES / f"{network}_reference.npz", references, compress=True)


def write_figures(network: str, figures: Mapping[str, str]) -> None:
    """Write figures into the table of a network's model card, and print them."""
    card = DATA / f"{network}.md"
    rows = "".join(f"| {what} | {figure} |\n" for what, figure in figures.items())
    sys.stdout.write(f"{network}\n{rows}\n")
    before, _, rest = card.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    table = f"{BEGIN}\n\n| measured | |\n|---|---|\n{rows}\n{END}"
    card.write_text(before + table + after, encoding="utf-8")


def largest_error(found: NDArray[Any], expected: NDArray[Any]) -> float:
    """Return the largest difference, as a part of the range of the expected values."""
    return float(np.abs(found - expected).max() / np.ptp(expected))


def percent(equal: NDArray[np.bool_]) -> str:
    """Return how many entries are true, as text."""
    return f"{equal.sum():,} of {equal.size:,} ({100 * equal.mean():.3f}%)"
