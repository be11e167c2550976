"""Labeled pictures drawn by the project, as a dataset in memory."""

from functools import partial

import numpy as np

from fcnlib import scenes
from fcnlib.datasets.dataset import Dataset
from fcnlib.datasets.pairs import Pair
from fcnlib.images import encode_jpeg, encode_labels


def read_scene(seed, size):
    scene = scenes.scene(seed, size)
    return scene.picture, scene.labels


def drawn_pairs(seeds, size):
    return [Pair(f"scene_{seed}", partial(read_scene, seed, size)) for seed in seeds]


def drawn_dataset(train=4, val=2, size=(64, 96)):
    """Return a dataset of small drawn streets."""
    splits = {
        "train": drawn_pairs(scenes.TRAIN_SEEDS[:train], size),
        "val": drawn_pairs(scenes.VALIDATION_SEEDS[:val], size),
    }
    return Dataset(scenes.CLASSES, scenes.COLORS, splits)


def write_voc(folder, train, val, size):
    """Write drawn streets in the layout of PASCAL VOC: void outlines, colors of a palette."""
    for name in ("JPEGImages", "SegmentationClass", "ImageSets/Segmentation"):
        (folder / name).mkdir(parents=True)
    (folder / "classes.txt").write_text("\n".join(scenes.CLASSES))
    for split, seeds in (
        ("train", scenes.TRAIN_SEEDS[:train]),
        ("val", scenes.VALIDATION_SEEDS[:val]),
    ):
        names = [f"{split}_{seed}" for seed in seeds]
        (folder / "ImageSets" / "Segmentation" / f"{split}.txt").write_text("\n".join(names))
        for name, seed in zip(names, seeds, strict=True):
            picture, labels = read_scene(seed, size)
            outlines = np.zeros(size, bool)
            outlines[:, 1:] = labels[:, 1:] != labels[:, :-1]
            (folder / "JPEGImages" / f"{name}.jpg").write_bytes(encode_jpeg(picture, 95))
            colors = np.vstack([scenes.COLORS, np.zeros((249, 3), np.uint8)])
            data = encode_labels(np.where(outlines, 255, labels), colors)
            (folder / "SegmentationClass" / f"{name}.png").write_bytes(data)
    return folder
