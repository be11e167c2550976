"""The post's comparison of TensorFlow and scikit-image, with every setting that can break it.

`settings.CheckSettings` holds the settings of both libraries. `run_check` runs both and measures
how closely their results agree.
"""

from dataclasses import dataclass

import numpy as np

from fcnlib.checks import unmasked
from fcnlib.kernels.bilinear import get_kernel_size, upsample_filt
from fcnlib.runtime import load
from fcnlib.typing import FloatArray
from fcnlib.upsampling.agreement import Agreement, compare
from fcnlib.upsampling.methods import upsample_skimage, upsample_tf
from fcnlib.upsampling.settings import TOLERANCES, CheckSettings


@dataclass(frozen=True)
class Outcome:
    """The results of both libraries and their agreement.

    Attributes
    ----------
    by_tensorflow, by_skimage : ndarray of shape (factor * H, factor * W, C)
        The results. scikit-image's has more channels if it was not told which axis holds them.
    agreement : Agreement or None
        Agreement of the first with the second; None if their shapes differ.
    inside : float or None
        Largest difference among the pixels that are at least `factor` from every border; None
        if there are no such pixels.

    """

    by_tensorflow: FloatArray
    by_skimage: FloatArray
    agreement: Agreement | None
    inside: float | None

    @property
    def figures(self) -> dict[str, str]:
        """The figures that the page shows and that a script prints, as text by label."""
        if self.agreement is None:
            shapes = f"{self.by_tensorflow.shape} and {self.by_skimage.shape}"
            return {"allclose": "impossible", "Shapes": shapes}
        values = self.by_tensorflow.size
        within = round(values * (1 - self.agreement.share_outside))
        inside = {} if self.inside is None else {"Away from the rim": short(self.inside)}
        return {
            "allclose": str(self.agreement.verdict),
            "Largest difference": short(self.agreement.max_difference),
            **inside,
            "Values within tolerance": f"{within:,} of {values:,}",
        }


def short(difference: float) -> str:
    """Format a difference with two digits.

    Examples
    --------
    >>> short(1.23456e-7), short(0)
    ('1.2e-07', '0')

    """
    return f"{difference:.1e}" if difference else "0"


def run_check(settings: CheckSettings, image: FloatArray) -> Outcome:
    """Upsample an image with both libraries and compare the results.

    Parameters
    ----------
    settings : CheckSettings
        Settings of both libraries.
    image : ndarray of shape (H, W, C)
        Finite. H and W must be at least 2 if a border reflects.

    Returns
    -------
    outcome : Outcome
        Results and their agreement.

    Raises
    ------
    TypeError, ValueError
        If `image` has another shape or type, is masked or not finite.

    Examples
    --------
    >>> run_check(CheckSettings(precision="float64"), np.ones((2, 2, 1))).figures["allclose"]
    'True'

    """
    image = unmasked(image, "image")
    if image.ndim != 3 or not image.size or image.dtype.kind not in "biuf":
        msg = (
            f"image must have shape (H, W, C), no side 0, and real numbers, got {image.dtype} of "
            f"shape {image.shape}. For a gray image, add an axis of length 1."
        )
        raise ValueError(msg)
    image = image.astype(settings.precision)
    ours, reference = by_tensorflow(settings, image), by_skimage(settings, image)
    if ours.shape != reference.shape:
        return Outcome(ours, reference, None, None)
    agreement = compare(ours, reference, *TOLERANCES[settings.tolerances])
    inner = (slice(settings.factor, -settings.factor),) * 2
    rest = np.abs(ours - reference)[inner]
    return Outcome(ours, reference, agreement, float(rest.max()) if rest.size else None)


def by_tensorflow(settings: CheckSettings, image: FloatArray) -> FloatArray:
    """Upsample `image` (H, W, C) with TensorFlow.

    Notes
    -----
    For a border other than zeros, one pixel is added around the image and `factor` pixels are
    cut off the result. One pixel is enough, because the kernel reaches no farther. The resize
    functions always return float32.

    Examples
    --------
    >>> by_tensorflow(CheckSettings(2, border="edge"), np.ones((1, 2, 1)))[..., 0]
    array([[1., 1., 1., 1.],
           [1., 1., 1., 1.]])

    """
    factor = settings.factor
    if settings.layer != "conv2d_transpose":
        return _resized(settings, image)
    if settings.border == "constant":
        return upsample_tf(factor, image, kernel_of(settings))
    padded = np.pad(image, ((1, 1), (1, 1), (0, 0)), mode=settings.border)  # type: ignore[call-overload]
    return upsample_tf(factor, padded, kernel_of(settings))[factor:-factor, factor:-factor]


def by_skimage(settings: CheckSettings, image: FloatArray) -> FloatArray:
    """Upsample `image` (H, W, C) with scikit-image.

    Examples
    --------
    >>> by_skimage(CheckSettings(3, channel_axis=False), np.ones((3, 3, 3))).shape
    (9, 9, 9)

    """
    return upsample_skimage(
        settings.factor,
        image,
        mode=settings.mode,  # type: ignore[arg-type]
        clip=settings.clip,
        channel_axis=-1 if settings.channel_axis else None,
    )


def kernel_of(settings: CheckSettings) -> FloatArray:
    """Return the weights (K, K) of the transposed convolution.

    Examples
    --------
    >>> kernel_of(CheckSettings(2, kernel="lopsided"))[1] * 16
    array([1., 1., 3., 3.])
    >>> kernel_of(CheckSettings(2, kernel="lopsided", flipped=True))[2] * 16
    array([3., 3., 1., 1.])

    """
    size = get_kernel_size(settings.factor)
    kernel = upsample_filt(2 * settings.factor if settings.kernel == "double" else size)
    if settings.kernel == "lopsided":
        kernel = np.roll(kernel, 1, axis=(0, 1))
    return kernel[::-1, ::-1] if settings.flipped else kernel


def _resized(settings: CheckSettings, image: FloatArray) -> FloatArray:
    tf = load().tf
    size = [settings.factor * side for side in image.shape[:2]]
    with tf.device("/CPU:0"):
        if settings.layer == "half_pixel":
            return tf.image.resize(image, size).numpy()
        align = settings.layer == "align_corners"
        return tf.compat.v1.image.resize_images(image, size, align_corners=align).numpy()
