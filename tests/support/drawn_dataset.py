"""Labeled pictures drawn by the project, as a dataset in memory."""

from functools import partial

from fcnlib import scenes
from fcnlib.datasets.dataset import Dataset
from fcnlib.datasets.pairs import Pair


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
