"""Crops of the photographs inside scikit-image's wheel, on which references were computed."""

import csv
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from PIL import Image

DATA = Path(__file__).parents[1] / "data"
SIDE = 257


def photograph(file):
    """Return a whole photograph, (H, W, 3) uint8."""
    with Image.open(str(files("skimage") / "data" / file)) as image:
        return np.array(image.convert("RGB"))


@cache
def crops():
    """Return the crops of 257 × 257 px by name, cut out without resizing."""
    table = (DATA / "photo_crops.tsv").read_text(encoding="utf-8").splitlines()
    return {row["name"]: _crop(row) for row in csv.DictReader(table, delimiter="\t")}


def _crop(row):
    top, left = int(row["top"]), int(row["left"])
    crop = photograph(row["file"])[top : top + SIDE, left : left + SIDE]
    return np.ascontiguousarray(crop[:, ::-1] if int(row["mirrored"]) else crop)


def reference(network):
    """Return the reference arrays of ``voc``, ``imagenet`` or ``people`` by name."""
    with np.load(DATA / f"{network}_reference.npz") as stored:
        return dict(stored)


def assert_close(found, expected, tolerance=1e-4):
    """Compare to `tolerance` of the range of the expected values."""
    np.testing.assert_allclose(found, expected, rtol=0, atol=tolerance * np.ptp(expected))
