"""Facts of the transposed convolution: checkerboards, sizes, and TensorFlow's order of axes."""

import numpy as np

from fcnlib.facts.fact import fact
from fcnlib.facts.samples import MEASURED, SEEDS, normal
from fcnlib.facts.tolerances import ERROR, EXACT, WORDS, Measured, within
from fcnlib.kernels.bilinear import get_kernel_size, upsample_filt
from fcnlib.transposed_convolution import gather
from fcnlib.transposed_convolution.checkerboard import polyphase_sums, ripple
from fcnlib.transposed_convolution.sizes import padding_range
from fcnlib.transposed_convolution.tensorflow_reference import transposed_convolution_tf
from fcnlib.typing import FloatArray
from fcnlib.upsampling import upsample_tf

DUMOULIN = "Dumoulin & Visin, arXiv 1603.07285"
NO_MORE_THAN_ROUNDING = within(1e-12, "rounding errors of sums in another order")
ONES = ((2, 2), (3, 2), (4, 2), (5, 2), (3, 3), (4, 3), (5, 3), (6, 3), (5, 4), (8, 4))


@fact(
    "There is no checkerboard where all polyphase sums are equal: the ripple is the largest "
    "sum over the smallest. Largest difference of the two, on 200 random kernels.",
    {"": "0"},
    EXACT,
    MEASURED + "; Distill says it in prose",
    seconds=0.2,
)
def ripple_is_the_ratio_of_sums() -> Measured:
    """Measure the ripple on a picture of ones; sum the weights of each phase apart from it."""
    rng = np.random.default_rng(0)
    off = []
    for size, stride in [(size, stride) for size in range(2, 7) for stride in (2, 3)] * 20:
        kernel = rng.uniform(0.5, 1, (max(size, stride),) * 2)
        sums = polyphase_sums(kernel, stride)
        off.append(abs(ripple(kernel, stride) - sums.max() / sums.min()))
    return {"": float(max(off))}


@fact(
    "That the stride divides the kernel's size is not necessary: bilinear kernels are flat. "
    "Ripple less 1, by size / stride.",
    {"5 / 3": "2e-16", "9 / 5": "2e-16", "13 / 7": "2e-16"},
    ERROR,
    MEASURED,
)
def divisible_is_not_necessary() -> Measured:
    """Measure the ripple of the kernels for factors 3, 5 and 7."""
    return {
        f"{get_kernel_size(factor)} / {factor}": ripple(
            upsample_filt(get_kernel_size(factor)), factor
        )
        - 1
        for factor in (3, 5, 7)
    }


@fact(
    "Nor is it sufficient: random kernels of 4 × 4 ripple at stride 2, largest over smallest.",
    {"4 / 2": "all ripple"},
    WORDS,
    MEASURED,
)
def divisible_is_not_sufficient() -> Measured:
    """Measure the ripple of 20 random kernels with weights in [0, 1]."""
    found = [ripple(np.random.default_rng(seed).uniform(size=(4, 4)), 2) for seed in SEEDS]
    share = "all" if min(found) > 1.01 else "not all"
    return {"4 / 2": f"{share} ripple: by {min(found):.2f} to {max(found):.2f}"}


@fact(
    "A kernel of ones: largest over smallest value away from the rim, by size / stride.",
    dict(
        zip(
            (f"{size} / {stride}" for size, stride in ONES),
            ("1", "4", "1", "2.25", "1", "4", "4", "1", "4", "1"),
            strict=True,
        )
    ),
    EXACT,
    MEASURED,
)
def ripple_of_ones() -> Measured:
    """Transpose-convolve a picture of ones with each."""
    return {f"{size} / {stride}": ripple(np.ones((size, size)), stride) for size, stride in ONES}


@fact(
    "The output has o = s (i − 1) + k − 2p + output_padding cells along an axis.",
    {"60 random settings": "TensorFlow takes all"},
    WORDS,
    DUMOULIN,
    seconds=0.5,
    tensorflow=True,
)
def sizes() -> Measured:
    """Ask TensorFlow for that size; it refuses any that does not lead back to the input."""
    taken = 0
    for x, kernel, s, p, a in (_setting(seed) for seed in range(60)):
        found = transposed_convolution_tf(x, kernel, s, p, a).shape[:2]
        taken += found == tuple(
            s * (i - 1) + k - 2 * p + a for i, k in zip(x.shape, kernel.shape[:2], strict=False)
        )
    share = "all" if taken == 60 else "some"
    return {"60 random settings": f"TensorFlow takes {share}: {taken}"}


@fact(
    "It is a convolution too: put s − 1 zeros between the inputs and k − p − 1 around them, "
    "flip the kernel. Largest difference from TensorFlow.",
    {"60 random settings": "0"},
    NO_MORE_THAN_ROUNDING,
    DUMOULIN,
    seconds=0.3,
    tensorflow=True,
)
def equivalent_convolution() -> Measured:
    """Compute both, with 2 or 3 channels in and 1 to 3 out."""
    found = []
    for setting in map(_setting, range(60)):
        found.append(np.abs(gather(*setting) - transposed_convolution_tf(*setting)).max())
    return {"60 random settings": float(max(found))}


@fact(
    "TensorFlow's kernel has the axes [height, width, out, in].",
    {"[3, 3, 2, 5], channels in": "5", "[3, 3, 2, 5], channels out": "2"},
    EXACT,
    "TensorFlow",
    seconds=0.1,
    tensorflow=True,
)
def order_of_axes() -> Measured:
    """Give a kernel whose two last axes differ."""
    x = normal(5)
    y = transposed_convolution_tf(x, np.ones((3, 3, 2, 5)))
    return {
        "[3, 3, 2, 5], channels in": x.shape[-1],
        "[3, 3, 2, 5], channels out": y.shape[-1],
    }


@fact(
    "Only the diagonal [:, :, i, i] may be filled: a full kernel adds all classes into each.",
    {"diagonal less each class alone": "0", "full less the sum of all classes": "0"},
    NO_MORE_THAN_ROUNDING,
    MEASURED,
    seconds=0.1,
    tensorflow=True,
)
def only_the_diagonal() -> Measured:
    """Upsample 4 different classes by 3 with each kernel."""
    scores, kernel = normal(4), upsample_filt(get_kernel_size(3))[..., np.newaxis, np.newaxis]
    alone = upsample_tf(3, scores)
    diagonal = transposed_convolution_tf(scores, kernel * np.eye(4), stride=3, padding=1)
    full = transposed_convolution_tf(scores, kernel * np.ones((4, 4)), stride=3, padding=1)
    return {
        "diagonal less each class alone": float(np.abs(diagonal - alone).max()),
        "full less the sum of all classes": float(
            np.abs(full - alone.sum(axis=-1, keepdims=True)).max()
        ),
    }


def _setting(seed: int) -> tuple[FloatArray, FloatArray, int, int, int]:
    """Return random input, kernel, stride, padding and output_padding that go together."""
    rng = np.random.default_rng(seed)
    side, size, stride = (int(rng.integers(low, 6)) for low in (2, 1, 1))
    x = rng.normal(size=(side, side, rng.integers(2, 4)))
    kernel = rng.normal(size=(size, size, rng.integers(1, 4), x.shape[-1]))
    padding = int(rng.choice(padding_range(side, size, stride)))
    return x, kernel, stride, padding, int(rng.integers(stride))


FACTS = (
    ripple_is_the_ratio_of_sums,
    divisible_is_not_necessary,
    divisible_is_not_sufficient,
    ripple_of_ones,
    sizes,
    equivalent_convolution,
    order_of_axes,
    only_the_diagonal,
)
