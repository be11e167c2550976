"""The trained small FCN for drawn streets, and its metrics."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

import numpy as np

from fcnlib import scenes
from fcnlib.class_map import label_map
from fcnlib.class_map.metrics import Metrics, confusion_matrix, measure
from fcnlib.networks import small_fcn
from fcnlib.networks.network import Network
from fcnlib.networks.npz_weights import SHIPPED, read_weights

NAMES = {"fcn_32s": "FCN-32s", "fcn_16s": "FCN-16s", "fcn_8s": "FCN-8s"}


def network(head: str = "fcn_8s", path: Path | str = SHIPPED) -> Network:
    """Load the small FCN with one of its heads.

    Parameters
    ----------
    head : {"fcn_32s", "fcn_16s", "fcn_8s"}
        Which head to load.
    path : Path or str, optional
        Weights file as written by `npz_weights.write_weights`. By default, the file in the
        repository.

    Returns
    -------
    network : Network
        It upsamples its own scores, so ``scores(image).logits`` has one score per pixel and
        class. ``sums`` are those of the head in `fcn`.

    Raises
    ------
    ValueError
        If there is no such head.
    WeightsError
        If the weights are missing or damaged.

    """
    small_fcn.check_head(head)
    weights = read_weights(head, path)
    build = partial(small_fcn.build, head=head)
    name = f"{NAMES[head]} (drawn scenes)"
    return Network(name, scenes.CLASSES, build, scenes.COLORS, weights=weights)


def evaluate(loaded: Network, seeds: Iterable[int] = scenes.TEST_SEEDS) -> Metrics:
    """Measure a network on drawn scenes.

    Parameters
    ----------
    loaded : Network
        A network with the classes of `scenes.CLASSES`.
    seeds : iterable of int, optional
        Seeds of the scenes. By default, the whole test set.

    Returns
    -------
    metrics : Metrics
        Computed from the pixels of all scenes together.

    """
    classes = len(scenes.CLASSES)
    total = np.zeros((classes, classes), dtype=np.int64)
    for scene in map(scenes.scene, seeds):
        prediction = label_map(loaded.scores(scene.picture).logits)
        total += confusion_matrix(scene.labels, prediction, classes)
    return measure(total)
