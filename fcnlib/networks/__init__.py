"""Networks: architectures, weights, and running them on images."""

from fcnlib.networks.graph import Scores
from fcnlib.networks.network import STRIP_PIXELS, Network, load_weights, vgg_16

__all__ = ["STRIP_PIXELS", "Network", "Scores", "load_weights", "vgg_16"]
