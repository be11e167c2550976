"""Facts of memory: what the kernel of an upsampling layer takes, dense and otherwise."""

import numpy as np

from fcnlib.facts.fact import QuotedFact, fact
from fcnlib.facts.tolerances import ROUNDED, Measured, within
from fcnlib.kernels.bilinear import bilinear_upsample_weights, upsample_filt
from fcnlib.networks.fcn import upscore
from fcnlib.runtime import building
from fcnlib.upsampling import dense_kernel_nbytes

MIB = 2**20
FACTORS = (8, 16, 32)


@fact(
    "The dense float32 kernel (K, K, C, C) for 21 classes.",
    {"f = 8": "0.43 MiB", "f = 16": "1.72 MiB", "f = 32": "6.89 MiB"},
    ROUNDED,
    "arithmetic",
)
def dense_for_21_classes() -> Measured:
    """Make the kernel and ask for its size."""
    return {
        f"f = {factor}": bilinear_upsample_weights(factor, 21).nbytes / MIB for factor in FACTORS
    }


@fact(
    "The same for 1000 classes; by arithmetic only, for it would not fit.",
    {
        "f = 8": "977 MiB",
        "f = 16": "3,906 MiB",
        "f = 32": "15,625 MiB",
        "f = 32 in GB": "16.38 GB",
    },
    ROUNDED,
    'arithmetic; the post says "~15 Gb"',
)
def dense_for_1000_classes() -> Measured:
    """Multiply 4 bytes by the sides of the kernel."""
    sizes = {f"f = {factor}": dense_kernel_nbytes(factor, 1000) / MIB for factor in FACTORS}
    return sizes | {"f = 32 in GB": dense_kernel_nbytes(32, 1000) / 1e9}


@fact(
    "The depthwise kernel (K, K, C, 1) at f = 32.",
    {"21 classes": "0.33 MiB", "1000 classes": "15.6 MiB"},
    ROUNDED,
    "arithmetic",
    seconds=0.1,
    tensorflow=True,
)
def depthwise() -> Measured:
    """Build FCN-32s's last layer and ask for the size of its variable."""
    return {f"{classes} classes": _layer_nbytes(classes) / MIB for classes in (21, 1000)}


@fact(
    "As two passes, one along each axis, the kernel for f = 32 is a pair of 64 numbers.",
    {"both": "512 B", "their product less the kernel": "0"},
    within(1e-6, "float32 keeps 24 bits"),
    "arithmetic",
)
def separable_pair() -> Measured:
    """Take the tent from the kernel's diagonal; its outer product must be the kernel."""
    kernel = upsample_filt(64)
    tent = np.sqrt(np.diag(kernel)).astype(np.float32)
    off = np.abs(np.outer(tent, tent) - kernel).max()
    return {"both": 2 * tent.nbytes, "their product less the kernel": float(off)}


def _layer_nbytes(classes: int) -> int:
    with building() as (_, tf1, _slim), tf1.Graph().as_default():
        scores = tf1.placeholder("float32", (1, 1, 1, classes))
        upscore(scores, 32, "upscore32", kernel_start="bilinear", trainable=True)
        (weights,) = tf1.trainable_variables()
        return int(np.prod(weights.shape)) * weights.dtype.size


FACTS = (dense_for_21_classes, dense_for_1000_classes, depthwise, separable_pair)

TAKEN = (
    QuotedFact(
        "Upsampling 24 × 32 logits by 32 the post's way, with a dense kernel: time and memory "
        "by number of classes.",
        "21: 0.29 s, 0.77 GB · 100: 3.1 s, 1.5 GB · 200: 8.4 s, 3.4 GB · 400: 33 s, 9.8 GB · "
        "1000: killed for memory",
        "measured before, on 2 cores and 24 GB",
        "It would take this machine's memory away from everyone else.",
    ),
)
