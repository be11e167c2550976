"""Facts about the transposed convolution: checkerboards, sizes and TensorFlow's axis order."""

import numpy as np

from fcnlib.facts.fact import MEASURED, fact
from fcnlib.facts.samples import SEEDS, largest_difference, normal
from fcnlib.facts.tolerances import ERROR, EXACT, WORDS, Measured, within
from fcnlib.kernels.bilinear import get_kernel_size, upsample_filt
from fcnlib.transposed_convolution import gather
from fcnlib.transposed_convolution.checkerboard import polyphase_sums, ripple
from fcnlib.transposed_convolution.sizes import padding_range
from fcnlib.transposed_convolution.tensorflow_reference import transposed_convolution_tf
from fcnlib.typing import FloatArray
from fcnlib.upsampling import upsample_tf

DUMOULIN = "Dumoulin & Visin, arXiv 1603.07285"
ROUNDING = within(1e-12, "sums in another order have other rounding errors")
ONES = ((2, 2), (3, 2), (4, 2), (5, 2), (3, 3), (4, 3), (5, 3), (6, 3), (5, 4), (8, 4))
"""Kernel size and stride."""


@fact(
    "A polyphase sum is the sum of the weights that one phase of the output uses. The ripple of a "
    "kernel, its largest output value divided by its smallest for a constant image, equals the "
    "largest polyphase sum divided by the smallest. There is no checkerboard if all sums are "
    "equal. The number is the largest difference between the two quotients for 200 random kernels.",
    {"": "0"},
    EXACT,
    MEASURED + "; stated without numbers in Odena et al., Distill, 2016",
    seconds=0.2,
)
def ripple_is_the_ratio_of_sums() -> Measured:
    """Measure the ripple on an image of ones, and sum the weights of each phase separately."""
    rng = np.random.default_rng(0)
    off = []
    for size, stride in [(size, stride) for size in range(2, 7) for stride in (2, 3)] * 20:
        kernel = rng.uniform(0.5, 1, (max(size, stride),) * 2)
        sums = polyphase_sums(kernel, stride)
        off.append(abs(ripple(kernel, stride) - sums.max() / sums.min()))
    return {"": float(max(off))}


@fact(
    "Even if the stride does not divide the kernel size, the output can be free of a checkerboard: "
    "bilinear kernels have no ripple. The numbers are ripple − 1, by kernel size / stride.",
    {(5, 3): "2e-16", (9, 5): "2e-16", (13, 7): "2e-16"},
    ERROR,
    case="{} / {}",
)
def divisible_is_not_necessary(size: int, stride: int) -> float:
    """Measure the ripple of the bilinear kernel for each factor."""
    return ripple(upsample_filt(size), stride) - 1


@fact(
    "Even if the stride divides the kernel size, the output can show a checkerboard: random "
    "kernels of 4 × 4 weights ripple at stride 2. The ripple is the largest output value divided "
    "by the smallest.",
    {"4 / 2": "all ripple"},
    WORDS,
)
def divisible_is_not_sufficient() -> Measured:
    """Measure the ripple of 20 random kernels with weights in [0, 1]."""
    ripples = [ripple(np.random.default_rng(seed).uniform(size=(4, 4)), 2) for seed in SEEDS]
    share = "all" if min(ripples) > 1.01 else "not all"
    return {"4 / 2": f"{share} ripple: by {min(ripples):.2f} to {max(ripples):.2f}"}


@fact(
    "Ripple of a kernel whose weights are all 1, by kernel size / stride. The ripple is the "
    "largest output value divided by the smallest, away from the rim.",
    dict(zip(ONES, ("1", "4", "1", "2.25", "1", "4", "4", "1", "4", "1"), strict=True)),
    EXACT,
    case="{} / {}",
)
def ripple_of_ones(size: int, stride: int) -> float:
    """Apply the transposed convolution to an image of ones."""
    return ripple(np.ones((size, size)), stride)


@fact(
    "The output of a transposed convolution has o = s (i − 1) + k − 2p + output_padding cells "
    "along an axis, for i input cells, kernel size k, stride s and padding p.",
    {"60 random settings": "TensorFlow accepts all"},
    WORDS,
    DUMOULIN,
    seconds=0.5,
    tensorflow=True,
)
def sizes() -> Measured:
    """Request this size from TensorFlow, which rejects impossible sizes."""
    accepted = 0
    for x, kernel, s, p, a in (_setting(seed) for seed in range(60)):
        shape = transposed_convolution_tf(x, kernel, s, p, a).shape[:2]
        accepted += shape == tuple(
            s * (i - 1) + k - 2 * p + a for i, k in zip(x.shape, kernel.shape[:2], strict=False)
        )
    share = "all" if accepted == 60 else "some"
    return {"60 random settings": f"TensorFlow accepts {share}: {accepted}"}


@fact(
    "A transposed convolution equals a convolution with the flipped kernel if s − 1 zeros are "
    "inserted between the input cells and k − p − 1 zeros around them. The number is the largest "
    "difference from TensorFlow.",
    {"60 random settings": "0"},
    ROUNDING,
    DUMOULIN,
    seconds=0.3,
    tensorflow=True,
)
def equivalent_convolution() -> Measured:
    """Compute both, with 2 or 3 input channels and 1 to 3 output channels."""
    differences = [
        largest_difference(gather(*setting), transposed_convolution_tf(*setting))
        for setting in map(_setting, range(60))
    ]
    return {"60 random settings": max(differences)}


@fact(
    "The axes of TensorFlow's kernel are [height, width, out, in].",
    {"[3, 3, 2, 5], channels in": "5", "[3, 3, 2, 5], channels out": "2"},
    EXACT,
    "TensorFlow",
    tensorflow=True,
)
def order_of_axes() -> Measured:
    """Use a kernel whose last two axes differ in length."""
    x = normal(5)
    y = transposed_convolution_tf(x, np.ones((3, 3, 2, 5)))
    return {"[3, 3, 2, 5], channels in": x.shape[-1], "[3, 3, 2, 5], channels out": y.shape[-1]}


@fact(
    "To upsample each class separately, only the diagonal [:, :, i, i] of the kernel may be "
    "filled. With a kernel that is filled everywhere, each result is the sum of all classes. The "
    "numbers are the largest difference.",
    {"diagonal, from each class alone": "0", "filled, from the sum of all classes": "0"},
    ROUNDING,
    tensorflow=True,
)
def only_the_diagonal() -> Measured:
    """Upsample 4 different classes by 3 with each kernel."""
    scores, kernel = normal(4), upsample_filt(get_kernel_size(3))[..., np.newaxis, np.newaxis]
    alone = upsample_tf(3, scores)
    diagonal = transposed_convolution_tf(scores, kernel * np.eye(4), stride=3, padding=1)
    full = transposed_convolution_tf(scores, kernel * np.ones((4, 4)), stride=3, padding=1)
    total = alone.sum(axis=-1, keepdims=True)
    return {
        "diagonal, from each class alone": largest_difference(diagonal, alone),
        "filled, from the sum of all classes": largest_difference(full, total),
    }


def _setting(seed: int) -> tuple[FloatArray, FloatArray, int, int, int]:
    """Return random input, kernel, stride, padding and output_padding that are valid together."""
    rng = np.random.default_rng(seed)
    side, size, stride = (int(rng.integers(low, 6)) for low in (2, 1, 1))
    x = rng.normal(size=(side, side, rng.integers(2, 4)))
    kernel = rng.normal(size=(size, size, rng.integers(1, 4), x.shape[-1]))
    padding = int(rng.choice(padding_range(side, size, stride)))
    return x, kernel, stride, padding, int(rng.integers(stride))
