"""Explanations of why each setting breaks the comparison or does not affect it."""

import numpy as np

from fcnlib.transposed_convolution.checkerboard import polyphase_sums
from fcnlib.typing import FloatArray
from fcnlib.upsampling import corner_gain
from fcnlib.upsampling.experiment import kernel_of
from fcnlib.upsampling.settings import CheckSettings

BEYOND = {
    "constant": "zeros",
    "edge": "copies of the outermost pixels",
    "reflect": "a mirror image",
}


def reasons(settings: CheckSettings, image: FloatArray) -> list[str]:
    """Return an explanation of each setting that differs from the post.

    Examples
    --------
    >>> reasons(CheckSettings(), np.ones((2, 2, 3)))
    []

    """
    if settings.layer == "conv2d_transpose":
        texts = [_kernel(settings), _flip(settings)]
    else:
        texts = [_layer(settings, image)]
    texts += [_border(settings), _clip(settings, image), _channels(settings, image)]
    return [text for text in [*texts, _tolerances(settings)] if text]


def say_rim(settings: CheckSettings) -> str:
    """Return how the border changes the rim of both results.

    Examples
    --------
    >>> say_rim(CheckSettings(2, mode="edge"))
    "Only TensorFlow assumes zeros beyond the border, so only TensorFlow's rim is dark."

    """
    borders = {"TensorFlow": _border_of_tensorflow(settings), "scikit-image": settings.mode}
    dark = [name for name, beyond in borders.items() if beyond == "constant"]
    if not dark:
        return "Neither library assumes zeros beyond the border, so the rim is not dark."
    if len(dark) == 1:
        name = dark[0]
        return f"Only {name} assumes zeros beyond the border, so only {name}'s rim is dark."
    rim = "Both libraries assume zeros beyond the border, so the rim, the outermost pixels, is dark"
    # Other kernels and clipping change the value in the corner.
    if settings.changes:
        return f"{rim}."
    return f"{rim}: a corner pixel keeps {corner_gain(settings.factor):.1%} of its value."


def _border_of_tensorflow(settings: CheckSettings) -> str:
    """Return what TensorFlow assumes beyond the border; a resize always repeats the edge."""
    return settings.border if settings.layer == "conv2d_transpose" else "edge"


def _border(settings: CheckSettings) -> str:
    convolution = settings.layer == "conv2d_transpose"
    ours, theirs = _border_of_tensorflow(settings), settings.mode
    if ours == theirs == "constant":
        return ""
    if ours == theirs:
        how = (
            " For TensorFlow, one pixel is added on each side first, and "
            f"{settings.factor} pixels are cut off each side of the result."
        )
        return (
            f"Both libraries assume {BEYOND[ours]} beyond the border, so the rim is not dark."
            f"{how if convolution else ''}"
        )
    repair = "Choose the same border for both."
    if not convolution:
        repair = "A resize always repeats the edge, so set scikit-image's mode to edge."
    return (
        f"Beyond the border, TensorFlow assumes {BEYOND[ours]} and scikit-image {BEYOND[theirs]}, "
        f"so the rim differs. {repair}"
    )


def _clip(settings: CheckSettings, image: FloatArray) -> str:
    low, high = float(image.min()), float(image.max())
    if not settings.clip:
        return ""
    if settings.mode != "constant":
        return (
            "`clip=True` has no effect here: without zeros beyond the border, every output pixel "
            "is a mean of input pixels and stays within their range."
        )
    if low <= 0 <= high:
        effect = (
            "This range contains 0, so the dark rim is within it and nothing changes. Try the "
            "picture “Noise in [0.5, 1]”."
        )
    else:
        effect = "Rim pixels should be darker than this range, but are raised to its lower end."
    return (
        f"`clip=True` clips scikit-image's result to the image's range, [{low:.2f}, {high:.2f}]. "
        f"{effect}"
    )


def _channels(settings: CheckSettings, image: FloatArray) -> str:
    if settings.channel_axis:
        return ""
    channels = image.shape[-1]
    return (
        "Without `channel_axis`, scikit-image treats the channels as a third axis and enlarges it "
        f"too: {channels} channels became {settings.factor * channels}, and the colors are mixed."
    )


def _layer(settings: CheckSettings, image: FloatArray) -> str:
    rows, large = image.shape[0], settings.factor * image.shape[0]
    if settings.layer == "half_pixel":
        return (
            "`tf.image.resize` places pixel centers where the transposed convolution does. It "
            "always computes in float32, and rounds positions too, so the difference can be larger."
        )
    if settings.layer == "align_corners":
        return (
            "`align_corners=True` places the center of each corner pixel of the input at the "
            f"center of the same corner pixel of the output. The input has {rows} rows and the "
            f"output {large}, so the centers of the first and the last row are {rows - 1} px and "
            f"{large - 1} px apart. Vertical distances are stretched by {large - 1}/{rows - 1} "
            f"instead of {settings.factor}."
        )
    return (
        "By default, TensorFlow 1 computes output pixel *i* from the input at position *i/f*. The "
        "centers of the top left pixels of input and output then coincide, so the image moves up "
        f"and left by {(settings.factor - 1) / 2:g} output px."
    )


def _kernel(settings: CheckSettings) -> str:
    if settings.kernel == "lopsided":
        return _shifted_kernel(settings)
    if settings.kernel == "fitting":
        return ""
    if settings.factor % 2 == 0:
        return (
            "For an even factor, the post's kernel has 2f weights too, so nothing changes. Try an "
            "odd factor."
        )
    return (
        f"For an odd factor, a kernel of {2 * settings.factor} weights has its center between two "
        "pixels, so the image moves by half an output pixel."
    )


def _shifted_kernel(settings: CheckSettings) -> str:
    """Say where the image moves, and whether the weights that changed sides draw a grid."""
    direction, opposite = "down and right", "up and left"
    if settings.flipped:
        direction, opposite = opposite, direction
    moved = (
        f"The weights move one pixel {direction}, and the image with them. Flipped, "
        f"they move it {opposite}. The weights that leave the kernel at one end come back at "
        "the other end, where they do not belong."
    )
    sums = polyphase_sums(kernel_of(settings), settings.factor)
    if np.allclose(sums, 1):
        return (
            f"{moved} For an even factor, the weights that meet in an output pixel still add up to "
            "1, so the image gets no grid. For an odd factor, it does."
        )
    return (
        f"{moved} For an odd factor, the weights that meet in an output pixel then add up to "
        f"{sums.min():.2f} to {sums.max():.2f} instead of 1. This is the **grid** of darker and "
        "brighter lines over the image."
    )


def _flip(settings: CheckSettings) -> str:
    if not settings.flipped or settings.kernel == "lopsided":
        return ""
    kernel = kernel_of(settings)
    change = np.abs(kernel - kernel[::-1, ::-1]).max()
    return (
        f"This kernel is symmetric, so flipping it changes its weights by {change:g}. It therefore "
        "cannot show whether a library flips its kernels. The shifted kernel can."
    )


def _tolerances(settings: CheckSettings) -> str:
    if settings.tolerances == "ours":
        return ""
    return (
        "For values near zero, NumPy's default allows a difference of 1e-8. float32 cannot satisfy "
        "this: if values near 1 add up to zero, the rounding error of the sum is about 1e-7."
    )
