"""Why each switch of the equality lab breaks the check, or why it cannot, in a sentence or two."""

import numpy as np

from fcnlib.typing import FloatArray
from fcnlib.upsampling import corner_gain
from fcnlib.upsampling.experiment import kernel_of
from fcnlib.upsampling.settings import CheckSettings

BEYOND = {"constant": "zeros", "edge": "the outermost pixels again", "reflect": "a mirror image"}


def reasons(setting: CheckSettings, image: FloatArray) -> list[str]:
    """Return a sentence or two on each switch that is not as in the post.

    Examples
    --------
    >>> reasons(CheckSettings(), np.ones((2, 2, 3)))
    []

    """
    if setting.layer == "conv2d_transpose":
        said = [_kernel(setting), _flip(setting)]
    else:
        said = [_layer(setting, image)]
    said += [_border(setting), _clip(setting, image), _channels(setting, image)]
    said.append(_tolerances(setting))
    return [one for one in said if one]


def say_rim(setting: CheckSettings) -> str:
    """Return what the border does to the rim of both results.

    Examples
    --------
    >>> say_rim(CheckSettings(2, mode="edge"))
    "TensorFlow's rim is dark, for it alone sees zeros beyond the border."

    """
    dark = [
        name
        for name, beyond in (("TensorFlow", _seen(setting)), ("scikit-image", setting.mode))
        if beyond == "constant"
    ]
    if not dark:
        return "Neither sees zeros beyond the border, so the rim is not dark."
    if len(dark) == 1:
        return f"{dark[0]}'s rim is dark, for it alone sees zeros beyond the border."
    return (
        "Both take what lies beyond the border as zero, so the rim is dark: a corner pixel "
        f"keeps {corner_gain(setting.factor):.1%} of its value."
    )


def _seen(setting: CheckSettings) -> str:
    """Return what TensorFlow takes to lie beyond the border; a resize repeats the edge."""
    return setting.border if setting.layer == "conv2d_transpose" else "edge"


def _border(setting: CheckSettings) -> str:
    free = setting.layer == "conv2d_transpose"
    ours, theirs = _seen(setting), setting.mode
    if ours == theirs == "constant":
        return ""
    if ours == theirs:
        how = ", by a pixel put around the picture and cut off again" if free else ""
        return f"Beyond the border both see {BEYOND[ours]}{how}: nothing darkens the rim."
    repair = "Give both the same." if free else "A resize always repeats the edge: set mode to it."
    return (
        f"Beyond the border TensorFlow sees {BEYOND[ours]} and scikit-image {BEYOND[theirs]}, so "
        f"the rim differs. {repair}"
    )


def _clip(setting: CheckSettings, image: FloatArray) -> str:
    low, high = float(image.min()), float(image.max())
    if not setting.clip:
        return ""
    if setting.mode != "constant":
        return "`clip` has nothing to do: without zeros beyond the border, means stay in range."
    forced = (
        "`clip=True` forces scikit-image's result into the picture's range, "
        f"[{low:.2f}, {high:.2f}]. "
    )
    if low <= 0 <= high:
        return f"{forced}It holds 0, so darkening cannot leave it. Try noise in [0.5, 1]."
    return f"{forced}What of the dark rim rightly lies below it is lifted."


def _channels(setting: CheckSettings, image: FloatArray) -> str:
    if setting.channel_axis:
        return ""
    channels = image.shape[-1]
    return (
        "Without `channel_axis`, scikit-image takes the channels for a third axis and enlarges it "
        f"too: {channels} became {setting.factor * channels}, and the colors blend."
    )


def _layer(setting: CheckSettings, image: FloatArray) -> str:
    rows, large = image.shape[0], setting.factor * image.shape[0]
    if setting.layer == "half_pixel":
        return (
            "`tf.image.resize` lays pixel centers where the transposed convolution does. It "
            "computes positions in float32, which costs a digit."
        )
    if setting.layer == "align_corners":
        return (
            "`align_corners=True` lays the corner pixels' centers on each other: the picture is "
            f"stretched {large - 1} to {rows - 1} instead of {large} to {rows}."
        )
    return (
        "TF1's default lays output *i* on input *i/f*, a corner on a center: everything moves up "
        f"and left by {(setting.factor - 1) / 2:g} output px."
    )


def _kernel(setting: CheckSettings) -> str:
    if setting.kernel == "lopsided":
        way = "up and left" if setting.flipped else "down and right"
        return (
            f"Each weight sits one place further on and the last comes first, so the picture moves "
            f"one pixel {way}. Flip this kernel and it moves the other way."
        )
    if setting.kernel == "fitting":
        return ""
    if setting.factor % 2 == 0:
        return "For an even factor 2f − f mod 2 is 2f: nothing changes. Try an odd one."
    return (
        f"For an odd factor, {2 * setting.factor} weights have their center between two pixels: "
        "everything moves by half an output pixel."
    )


def _flip(setting: CheckSettings) -> str:
    if not setting.flipped or setting.kernel == "lopsided":
        return ""
    kernel = kernel_of(setting)
    change = np.abs(kernel - kernel[::-1, ::-1]).max()
    return (
        f"Flipped, the tent is the same tent: no weight changes (by {change:g}). So bilinear "
        "upsampling cannot tell whether a library flips its kernels; a lopsided kernel can."
    )


def _tolerances(setting: CheckSettings) -> str:
    if setting.tolerances == "ours":
        return ""
    return (
        "NumPy's default allows a difference of 1e-8 near zero. Values near 1 that cancel in "
        "float32 miss zero by 1e-7, so this asks for more digits than there are."
    )
