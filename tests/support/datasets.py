"""Small folders of labeled pictures for tests."""

import numpy as np
from PIL import Image

from fcnlib.datasets import open_dataset
from fcnlib.errors import DatasetError
from fcnlib.networks.deeplab import voc_palette
from support.failures import error_of

SIZE = (20, 24)
LABELS = np.arange(3, dtype=np.uint8).repeat(8)[None].repeat(SIZE[0], 0)
"""Three upright stripes of the classes 0, 1 and 2."""


def picture(seed=0, size=SIZE):
    return np.random.default_rng(seed).integers(0, 256, (*size, 3), dtype=np.uint8)


def write(path, array, **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(array).save(path, **options)


def write_palette_png(path, labels, colors=None):
    image = Image.fromarray(labels).convert("P")
    image.putpalette((voc_palette(256) if colors is None else np.asarray(colors)).ravel().tolist())
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path)


def write_pairs(folder, labels, count=25, save=write):
    """Write pairs into the folders ``images`` and ``labels``; `labels` is an array or several."""
    several = labels if isinstance(labels, list) else [labels] * count
    for number, array in enumerate(several):
        write(folder / "images" / f"{number:02}.png", picture(number, array.shape[:2]))
        save(folder / "labels" / f"{number:02}.png", array)


def write_jpeg(path, array):
    write(path, array, format="JPEG", quality=60)


def refused(folder, code, *words):
    """Fail unless opening the folder raises with this code and all `words` in its message."""
    with error_of(DatasetError, code, *words):
        open_dataset(folder)
