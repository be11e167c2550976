"""Facts about bilinear upsampling: its kernel, and equivalent functions of other libraries."""

from dataclasses import replace

import numpy as np

from fcnlib.facts.fact import MEASURED, fact
from fcnlib.facts.samples import FACTORS, difference, normal, uniform
from fcnlib.facts.tolerances import ERROR, EXACT, ROUNDED, WORDS, Measured
from fcnlib.kernels.bilinear import get_kernel_size, upsample_filt
from fcnlib.transposed_convolution.checkerboard import polyphase_sums
from fcnlib.upsampling import upsample_skimage, upsample_tf
from fcnlib.upsampling.settings import CheckSettings


@fact(
    "The bilinear kernel for factor f has 2f − f mod 2 weights along each axis.",
    {2: "4", 3: "5", 8: "16", 9: "17", 32: "64"},
    EXACT,
    "Caffe's BilinearFiller; the post",
    case="f = {}",
)
def kernel_size(factor: int) -> float:
    """Enlarge a single bright pixel with scikit-image and count the rows that are not zero."""
    dot = np.pad([[1.0]], 2)
    return float((upsample_skimage(factor, dot).max(axis=1) > 1e-9).sum())


@fact(
    "The 4 × 4 weights of the bilinear kernel for factor 2, multiplied by 16, are whole numbers.",
    {"": "[1 3 3 1; 3 9 9 3; 3 9 9 3; 1 3 3 1]"},
    WORDS,
    "arithmetic",
)
def kernel_for_factor_2() -> Measured:
    """Write out the weights row by row."""
    rows = 16 * upsample_filt(get_kernel_size(2))
    return {"": "[" + "; ".join(" ".join(f"{weight:g}" for weight in row) for row in rows) + "]"}


@fact(
    "The weights of the bilinear kernel add up to f². Each output pixel uses every f-th weight "
    "along each axis, k[p::f, q::f], and these weights add up to 1.",
    {"sum / f²": "1", "smallest phase": "1", "largest phase": "1"},
    EXACT,
    "arithmetic",
)
def sums_of_weights() -> Measured:
    """Report the factor with the largest deviation."""
    kernels = {factor: upsample_filt(get_kernel_size(factor)) for factor in FACTORS}
    sums = [kernel.sum() / factor**2 for factor, kernel in kernels.items()]
    phases = np.concatenate([polyphase_sums(k, factor).ravel() for factor, k in kernels.items()])
    return {
        "sum / f²": float(max(sums, key=lambda total: abs(total - 1))),
        "smallest phase": float(phases.min()),
        "largest phase": float(phases.max()),
    }


@fact(
    "A transposed convolution with the bilinear kernel and padding SAME, which makes the output f "
    "times as large as the input, gives the same result as "
    "scikit-image's rescale(order=1, mode='constant', cval=0, channel_axis=-1, clip=False). The "
    "numbers are the largest difference for the factors 2 to 9, 16 and 32.",
    {"float64": "1.4e-15", "float32": "4e-7"},
    ERROR,
    case="{}",
    seconds=0.6,
    tensorflow=True,
)
def layer_equals_rescale(precision: str) -> float:
    """Compare TensorFlow with scikit-image on normally distributed input of the post's size."""
    image = normal(3)[:3, :3]
    return max(difference(CheckSettings(factor, precision), image) for factor in FACTORS)


@fact(
    "If the outermost pixels are repeated before the transposed convolution and f pixels are cut "
    "off each side after it, the result equals rescale(mode='edge'). It also equals "
    "tf.image.resize, in which pixel centers are half a pixel from the border.",
    {"rescale, float64": "1e-15", "tf.image.resize, float32": "6e-7"},
    ERROR,
    seconds=0.6,
    tensorflow=True,
)
def edge_borders() -> Measured:
    """Compare all three on an image in [0, 1]. tf.image.resize returns float32."""
    image = uniform(3)
    edge = CheckSettings(mode="edge")
    variants = {
        "rescale, float64": replace(edge, precision="float64", border="edge"),
        "tf.image.resize, float32": replace(edge, layer="half_pixel"),
    }
    return {
        label: max(difference(replace(settings, factor=factor), image) for factor in FACTORS)
        for label, settings in variants.items()
    }


@fact(
    "Zeros outside the border darken a rim of f / 2 px, rounded down. In a constant image, a "
    "corner pixel keeps ((f + 1) / 2f)² of its value.",
    {
        "f = 2": "0.5625",
        "f = 3": "0.4444",
        "f = 8": "0.3164",
        "f = 32": "0.2659",
        "rim, f = 2": "1 px",
        "rim, f = 3": "1 px",
        "rim, f = 8": "4 px",
        "rim, f = 32": "16 px",
    },
    ROUNDED,
    MEASURED + "; derived",
    tensorflow=True,
)
def corner() -> Measured:
    """Upsample ones with TensorFlow and count the dark rows above the middle."""
    measured = {}
    for factor in (2, 3, 8, 32):
        upsampled = upsample_tf(factor, np.ones((4, 4)))
        dark = upsampled[: 2 * factor, 2 * factor] < 1 - 1e-12
        measured[f"f = {factor}"] = float(upsampled[0, 0])
        measured[f"rim, f = {factor}"] = float(dark.sum())
    return measured
