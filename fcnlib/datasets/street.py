"""The drawn streets as a dataset: nothing is stored, each scene is drawn when it is read."""

from functools import partial

from fcnlib import scenes
from fcnlib.datasets.pairs import Pair
from fcnlib.typing import ByteArray, RGBImage

NAME = "scenes"
SPLITS = {
    "train": scenes.TRAIN_SEEDS[:3000],
    "val": scenes.VALIDATION_SEEDS,
    "test": scenes.TEST_SEEDS,
}


def street_pairs() -> dict[str, list[Pair]]:
    """Return the pairs of each split. A scene is drawn when its pair is read."""
    return {
        split: [Pair(f"scene {seed}", partial(_draw, seed)) for seed in seeds]
        for split, seeds in SPLITS.items()
    }


def _draw(seed: int) -> tuple[RGBImage, ByteArray]:
    scene = scenes.scene(seed)
    return scene.picture, scene.labels.astype("uint8")
