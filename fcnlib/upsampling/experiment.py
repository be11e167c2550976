"""The post's check with every switch that can break it.

`settings.CheckSettings` says what TensorFlow and scikit-image are told; `run_check` runs both
and says how far they still agree.
"""

from dataclasses import dataclass

import numpy as np

from fcnlib.kernels.bilinear import get_kernel_size, upsample_filt
from fcnlib.runtime import load
from fcnlib.typing import FloatArray
from fcnlib.upsampling.agreement import Agreement, compare
from fcnlib.upsampling.methods import upsample_skimage, upsample_tf
from fcnlib.upsampling.settings import TOLERANCES, CheckSettings


@dataclass(frozen=True)
class Outcome:
    """What both sides gave.

    Attributes
    ----------
    by_tensorflow, by_skimage : ndarray of shape (factor * H, factor * W, C)
        The results; scikit-image's has more channels if it was not told their axis.
    agreement : Agreement or None
        Of the first with the second; None if their shapes differ.
    inside : float or None
        Largest difference of the pixels that are at least `factor` from every border; None if
        there are none.

    """

    by_tensorflow: FloatArray
    by_skimage: FloatArray
    agreement: Agreement | None
    inside: float | None

    @property
    def figures(self) -> dict[str, str]:
        """The figures that are shown, and that a snippet prints, in words."""
        if self.agreement is None:
            shapes = f"{self.by_tensorflow.shape} and {self.by_skimage.shape}"
            return {"allclose": "impossible", "Shapes": shapes}
        values = self.by_tensorflow.size
        within = round(values * (1 - self.agreement.share_outside))
        shown = {
            "allclose": str(self.agreement.verdict),
            "Largest difference": short(self.agreement.max_difference),
            "Away from the rim": "" if self.inside is None else short(self.inside),
            "Values within tolerance": f"{within:,} of {values:,}",
        }
        return {label: value for label, value in shown.items() if value}


def short(difference: float) -> str:
    """Return a difference for people to read.

    Examples
    --------
    >>> short(1.23456e-7), short(0)
    ('1.2e-07', '0')

    """
    return f"{difference:.1e}" if difference else "0"


def run_check(setting: CheckSettings, image: FloatArray) -> Outcome:
    """Upsample both ways and compare.

    Parameters
    ----------
    setting : CheckSettings
        What both sides are told.
    image : ndarray of shape (H, W, C)
        Finite; H and W at least 2 if a border reflects.

    Returns
    -------
    run_check : Outcome
        Results and their agreement.

    Examples
    --------
    >>> run_check(CheckSettings(precision="float64"), np.ones((2, 2, 1))).figures["allclose"]
    'True'

    """
    image = image.astype(setting.precision)
    ours, reference = by_tensorflow(setting, image), by_skimage(setting, image)
    if ours.shape != reference.shape:
        return Outcome(ours, reference, None, None)
    agreement = compare(ours, reference, *TOLERANCES[setting.tolerances])
    inner = (slice(setting.factor, -setting.factor),) * 2
    rest = np.abs(ours - reference)[inner]
    return Outcome(ours, reference, agreement, float(rest.max()) if rest.size else None)


def by_tensorflow(setting: CheckSettings, image: FloatArray) -> FloatArray:
    """Return `image` (H, W, C) upsampled as TensorFlow is told to.

    Notes
    -----
    A border other than zeros is one pixel put around the picture and `factor` pixels cut off
    the result: the kernel reaches no farther. The resizes give float32, whatever comes.

    Examples
    --------
    >>> by_tensorflow(CheckSettings(2, border="edge"), np.ones((1, 2, 1)))[..., 0]
    array([[1., 1., 1., 1.],
           [1., 1., 1., 1.]])

    """
    factor = setting.factor
    if setting.layer != "conv2d_transpose":
        return _resized(setting, image)
    if setting.border == "constant":
        return upsample_tf(factor, image, kernel_of(setting))
    padded = np.pad(image, ((1, 1), (1, 1), (0, 0)), mode=setting.border)  # type: ignore[call-overload]
    return upsample_tf(factor, padded, kernel_of(setting))[factor:-factor, factor:-factor]


def by_skimage(setting: CheckSettings, image: FloatArray) -> FloatArray:
    """Return `image` (H, W, C) upsampled as scikit-image is told to.

    Examples
    --------
    >>> by_skimage(CheckSettings(3, channel_axis=False), np.ones((3, 3, 3))).shape
    (9, 9, 9)

    """
    return upsample_skimage(
        setting.factor,
        image,
        mode=setting.mode,  # type: ignore[arg-type]
        clip=setting.clip,
        channel_axis=-1 if setting.channel_axis else None,
    )


def kernel_of(setting: CheckSettings) -> FloatArray:
    """Return the weights (K, K) of the transposed convolution.

    Examples
    --------
    >>> kernel_of(CheckSettings(2, kernel="lopsided"))[1] * 16
    array([1., 1., 3., 3.])
    >>> kernel_of(CheckSettings(2, kernel="lopsided", flipped=True))[2] * 16
    array([3., 3., 1., 1.])

    """
    size = get_kernel_size(setting.factor)
    kernel = upsample_filt(2 * setting.factor if setting.kernel == "double" else size)
    if setting.kernel == "lopsided":
        kernel = np.roll(kernel, 1, axis=(0, 1))
    return kernel[::-1, ::-1] if setting.flipped else kernel


def _resized(setting: CheckSettings, image: FloatArray) -> FloatArray:
    tf = load().tf
    size = [setting.factor * side for side in image.shape[:2]]
    with tf.device("/CPU:0"):
        if setting.layer == "half_pixel":
            return tf.image.resize(image, size).numpy()
        align = setting.layer == "align_corners"
        return tf.compat.v1.image.resize_images(image, size, align_corners=align).numpy()
