"""Networks by name, and functions to load them."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from fcnlib.checks import check_choice
from fcnlib.networks import built_in, deeplab, efficientnet_lite, selfie_segmentation
from fcnlib.networks.network import Network, vgg_16
from fcnlib.networks.precision import choose
from fcnlib.typing import Report, silent


class Choice(NamedTuple):
    """A network that can be chosen by name.

    Attributes
    ----------
    title : str
        Name to show.
    trained_on : str
        What it was trained on, in a few words.
    segments : bool
        Whether it was trained to segment; otherwise it is a classifier for every cell.
    load : callable
        Loads the network with its shipped weights.

    """

    title: str
    trained_on: str
    segments: bool
    load: Callable[[], Network]


NETWORKS: dict[str, Choice] = {
    "voc": Choice("DeepLab v3", "PASCAL VOC, 21 classes", True, deeplab.load),
    "imagenet": Choice(
        "EfficientNet-Lite0", "ImageNet, 1000 classes", False, efficientnet_lite.load
    ),
    "people": Choice("Selfie segmentation", "people", True, selfie_segmentation.load),
    "vgg_16": Choice("VGG-16", "ImageNet, 1000 classes", False, vgg_16),
    **{
        head: Choice(title, "drawn streets, 7 classes", True, partial(built_in.network, head))
        for head, title in built_in.NAMES.items()
    },
}
"""Networks by name. The weights of all but ``vgg_16`` are part of this package."""

_LOCK = Lock()
_LOADED: dict[str, Network] = {}


def load(
    name: str,
    report: Report = silent,
    *,
    weights: Path | str | None = None,
    precision: str = "auto",
) -> Network:
    """Load a network by name.

    Parameters
    ----------
    name : str
        A key of `NETWORKS`.
    report : callable, optional
        Called with (fraction, text) while VGG-16's weights are fetched and read.
    weights : Path or str, optional
        The weights of ``vgg_16``, as for `checkpoints.find`, which by default searches them.
    precision : {"auto", "float32", "bfloat16"}, optional
        Number format of ``vgg_16``. The other networks are small and compute in float32.

    Returns
    -------
    network : Network
        Ready to run.

    Raises
    ------
    ValueError
        If there is no such network.
    WeightsError
        If its weights are missing or damaged.

    """
    choice = _choice(name)
    return vgg_16(weights, report, precision) if name == "vgg_16" else choice.load()


def loaded(name: str, precision: str = "auto", report: Report = silent) -> Network:
    """Return the network of that name, loaded by the first call and kept for the process.

    VGG-16 in one number format replaces VGG-16 in another, since both at once would not fit a
    small machine's memory. Parameters and errors are those of `load`.
    """
    with _LOCK:
        network = _LOADED.get(name)
        if name == "vgg_16" and network and network.precision != choose(precision):
            _LOADED.pop(name).close()
            network = None
        if network is None:
            network = _LOADED[name] = load(name, report, precision=precision)
        return network


def _choice(name: str) -> Choice:
    check_choice(name, NETWORKS, "network")
    return NETWORKS[name]
