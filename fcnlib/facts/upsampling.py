"""Facts of upsampling: the bilinear kernel, and what equals a transposed convolution by it."""

import numpy as np

from fcnlib.facts.fact import fact
from fcnlib.facts.samples import FACTORS, MEASURED, difference, normal, uniform
from fcnlib.facts.tolerances import ERROR, EXACT, ROUNDED, WORDS, Measured
from fcnlib.kernels.bilinear import get_kernel_size, upsample_filt
from fcnlib.transposed_convolution.checkerboard import polyphase_sums
from fcnlib.upsampling import upsample_skimage, upsample_tf
from fcnlib.upsampling.settings import CheckSettings


@fact(
    "The bilinear kernel for factor f has 2f − f mod 2 weights along each axis.",
    {"f = 2": "4", "f = 3": "5", "f = 8": "16", "f = 9": "17", "f = 32": "64"},
    EXACT,
    "Caffe's BilinearFiller; the post",
)
def kernel_size() -> Measured:
    """Count the rows that scikit-image makes of a single pixel."""
    dot = np.pad([[1.0]], 2)
    return {
        f"f = {factor}": float((upsample_skimage(factor, dot).max(axis=1) > 1e-9).sum())
        for factor in (2, 3, 8, 9, 32)
    }


@fact(
    "The kernel for factor 2, times 16.",
    {"": "[1 3 3 1; 3 9 9 3; 3 9 9 3; 1 3 3 1]"},
    WORDS,
    "arithmetic",
)
def kernel_for_factor_2() -> Measured:
    """Write the weights out, row by row."""
    rows = 16 * upsample_filt(get_kernel_size(2))
    return {"": "[" + "; ".join(" ".join(f"{weight:g}" for weight in row) for row in rows) + "]"}


@fact(
    "The weights add up to f², and those of each output phase, k[p::f, q::f], to 1.",
    {"sum / f²": "1", "smallest phase": "1", "largest phase": "1"},
    EXACT,
    "arithmetic",
)
def sums_of_weights() -> Measured:
    """Take the factor that strays farthest."""
    kernels = {factor: upsample_filt(get_kernel_size(factor)) for factor in FACTORS}
    sums = [kernel.sum() / factor**2 for factor, kernel in kernels.items()]
    phases = np.concatenate([polyphase_sums(k, factor).ravel() for factor, k in kernels.items()])
    return {
        "sum / f²": float(max(sums, key=lambda found: abs(found - 1))),
        "smallest phase": float(phases.min()),
        "largest phase": float(phases.max()),
    }


@fact(
    "A transposed convolution (SAME) by it equals rescale(order=1, mode='constant', cval=0, "
    "channel_axis=-1, clip=False): largest difference for factors 2 to 9, 16 and 32.",
    {"float64": "1.4e-15", "float32": "4e-7"},
    ERROR,
    MEASURED,
    seconds=0.6,
    tensorflow=True,
)
def layer_equals_rescale() -> Measured:
    """Compare TensorFlow with scikit-image on normally distributed input of the post's size."""
    image = normal(3)[:3, :3]
    return {
        precision: max(difference(CheckSettings(factor, precision), image) for factor in FACTORS)
        for precision in ("float64", "float32")
    }


@fact(
    "Repeat the outermost pixels, transpose-convolve, cut f off each side: that equals "
    "rescale(mode='edge'), and tf.image.resize, whose pixel centers are half a pixel in.",
    {"rescale, float64": "1e-15", "tf.image.resize, float32": "6e-7"},
    ERROR,
    MEASURED,
    seconds=0.6,
    tensorflow=True,
)
def edge_borders() -> Measured:
    """Compare all three on a picture in [0, 1]; the resize answers in float32."""
    image = uniform(3)
    layer = [CheckSettings(factor, "float64", mode="edge", border="edge") for factor in FACTORS]
    resize = [
        CheckSettings(factor, "float32", mode="edge", layer="half_pixel") for factor in FACTORS
    ]
    return {
        "rescale, float64": max(difference(setting, image) for setting in layer),
        "tf.image.resize, float32": max(difference(setting, image) for setting in resize),
    }


@fact(
    "Zeros beyond the border leave ((f + 1) / 2f)² of a constant picture in the corner, and "
    "darken a rim of f / 2 px, rounded down.",
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
    seconds=0.1,
    tensorflow=True,
)
def corner() -> Measured:
    """Upsample ones by TensorFlow; count the dark rows above the middle."""
    measured = {}
    for factor in (2, 3, 8, 32):
        upsampled = upsample_tf(factor, np.ones((4, 4)))
        dark = upsampled[: 2 * factor, 2 * factor] < 1 - 1e-12
        measured[f"f = {factor}"] = float(upsampled[0, 0])
        measured[f"rim, f = {factor}"] = float(dark.sum())
    return measured


FACTS = (
    kernel_size,
    kernel_for_factor_2,
    sums_of_weights,
    layer_equals_rescale,
    edge_borders,
    corner,
)
