"""Facts about memory: the size of an upsampling layer's kernel, dense, depthwise and separable."""

import numpy as np

from fcnlib.facts.fact import QuotedFact, fact
from fcnlib.facts.samples import largest_difference
from fcnlib.facts.tolerances import ROUNDED, Measured, within
from fcnlib.kernels.bilinear import bilinear_upsample_weights, upsample_filt
from fcnlib.networks.fcn import upscore
from fcnlib.runtime import building
from fcnlib.upsampling import dense_kernel_nbytes

MIB = 2**20


@fact(
    "Size of the dense float32 kernel (K, K, C, C), with weights from every class to every class, "
    "for 21 classes.",
    {8: "0.43 MiB", 16: "1.72 MiB", 32: "6.89 MiB"},
    ROUNDED,
    "arithmetic",
    case="f = {}",
)
def dense_for_21_classes(factor: int) -> float:
    """Create the kernel and return its size."""
    return bilinear_upsample_weights(factor, 21).nbytes / MIB


@fact(
    "Size of the dense kernel for 1000 classes. It is calculated without creating the kernel, "
    "which would take up to 16.4 GB.",
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
    sizes = {f"f = {factor}": dense_kernel_nbytes(factor, 1000) / MIB for factor in (8, 16, 32)}
    return sizes | {"f = 32 in GB": dense_kernel_nbytes(32, 1000) / 1e9}


@fact(
    "Size of the depthwise kernel (K, K, C, 1), with weights only from a class to itself, at "
    "f = 32.",
    {21: "0.33 MiB", 1000: "15.6 MiB"},
    ROUNDED,
    "arithmetic",
    case="{} classes",
    tensorflow=True,
)
def depthwise(classes: int) -> float:
    """Build the last layer of FCN-32s and return the size of its variable."""
    with building() as (_, tf1, _slim), tf1.Graph().as_default():
        scores = tf1.placeholder("float32", (1, 1, 1, classes))
        upscore(scores, 32, "upscore32", kernel_start="bilinear", trainable=True)
        (weights,) = tf1.trainable_variables()
        return int(np.prod(weights.shape)) * weights.dtype.size / MIB


@fact(
    "Upsampling by 32 can be done in two passes, one along each axis. Each pass needs 64 weights, "
    "and the outer product of both is the full kernel.",
    {"both": "512 B", "difference of product and kernel": "0"},
    within(1e-6, "a product of float32 numbers below 1 has an error of about 1e-7"),
    "arithmetic",
)
def separable_pair() -> Measured:
    """Compute the triangle along one axis from the kernel's diagonal, and its outer product."""
    kernel = upsample_filt(64)
    triangle = np.sqrt(np.diag(kernel)).astype(np.float32)
    off = largest_difference(np.outer(triangle, triangle), kernel)
    return {"both": 2 * triangle.nbytes, "difference of product and kernel": off}


QUOTED = (
    QuotedFact(
        "Time and memory for upsampling the scores of 24 × 32 cells by 32 with a dense kernel, as "
        "the post does, by number of classes.",
        "21: 0.29 s, 0.77 GB · 100: 3.1 s, 1.5 GB · 200: 8.4 s, 3.4 GB · 400: 33 s, 9.8 GB · "
        "1000: killed for memory",
        "measured before, on 2 cores and about 25 GB",
        "Measuring this would leave no memory for other visitors.",
    ),
)
