"""The settings of the comparison between TensorFlow and scikit-image.

`CheckSettings()` is the post's comparison, which passes: a transposed convolution against
`rescale`, both with zeros beyond the border. Each field except factor and precision can change one
part of it.
"""

from dataclasses import asdict, dataclass

from fcnlib.checks import positive_int
from fcnlib.upsampling.agreement import ATOL, RTOL

TOLERANCES = {"ours": (RTOL, ATOL), "numpy": (1e-5, 1e-8)}
"""Relative and absolute tolerance; ``"numpy"`` has the defaults of `numpy.allclose`."""

CHOICES: dict[str, tuple[object, ...]] = {
    "precision": ("float32", "float64"),
    "mode": ("constant", "edge", "reflect"),
    "clip": (False, True),
    "channel_axis": (True, False),
    "layer": ("conv2d_transpose", "half_pixel", "align_corners", "tf1"),
    "border": ("constant", "edge", "reflect"),
    "kernel": ("fitting", "double", "lopsided"),
    "flipped": (False, True),
    "tolerances": tuple(TOLERANCES),
}
"""Allowed values of each field of `CheckSettings`, the post's value first."""


@dataclass(frozen=True)
class CheckSettings:
    """Settings of both libraries and of the comparison.

    Attributes
    ----------
    factor : int
        Output pixels per input pixel along each axis.
    precision : {"float32", "float64"}
        Type of the numbers.
    mode : {"constant", "edge", "reflect"}
        What scikit-image assumes beyond the border: zeros, the outermost pixels again, or a
        mirror image.
    clip : bool
        Whether scikit-image clips its result to the range of the image.
    channel_axis : bool
        Whether scikit-image is told which axis holds the channels.
    layer : {"conv2d_transpose", "half_pixel", "align_corners", "tf1"}
        TensorFlow's method: the transposed convolution, or a resize that places pixel centers
        at half pixels, aligns the corner pixels, or aligns output i with input i / factor.
    border : {"constant", "edge", "reflect"}
        As `mode`, for the transposed convolution.
    kernel : {"fitting", "double", "lopsided"}
        The bilinear kernel of ``2 * factor - factor % 2`` weights along an axis; the one of
        ``2 * factor`` weights; or the first with every weight moved by one position.
    flipped : bool
        Whether the kernel is rotated by 180 degrees.
    tolerances : {"ours", "numpy"}
        A key of `TOLERANCES`.

    Raises
    ------
    TypeError, ValueError
        If `factor` is not a positive integer, or another field is not one of its `CHOICES`.

    """

    factor: int = 3
    precision: str = "float32"
    mode: str = "constant"
    clip: bool = False
    channel_axis: bool = True
    layer: str = "conv2d_transpose"
    border: str = "constant"
    kernel: str = "fitting"
    flipped: bool = False
    tolerances: str = "ours"

    def __post_init__(self) -> None:
        """Check every field."""
        positive_int(self.factor)
        for name, choices in CHOICES.items():
            if (value := getattr(self, name)) not in choices:
                allowed = ", ".join(map(repr, choices))
                msg = f"{name} must be one of {allowed}, got {value!r}"
                raise ValueError(msg)

    @property
    def changes(self) -> dict[str, object]:
        """The fields that differ from the post, by name; factor and precision do not count."""
        post = asdict(CheckSettings(self.factor, self.precision))
        return {name: value for name, value in asdict(self).items() if value != post[name]}
