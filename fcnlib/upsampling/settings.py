"""The switches of the equality lab: what TensorFlow and scikit-image are told.

`CheckSettings()` is the post's check as it passes: a transposed convolution against `rescale`, both
with zeros beyond the border. Each field but the factor changes one thing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

from fcnlib.checks import positive_int
from fcnlib.upsampling.agreement import ATOL, RTOL

TOLERANCES = {"ours": (RTOL, ATOL), "numpy": (1e-5, 1e-8)}
"""The relative and the absolute one; `numpy` names those of `numpy.allclose`."""

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
"""What each field of `CheckSettings` may be, the post's choice first."""


@dataclass(frozen=True)
class CheckSettings:
    """What both sides are told.

    Attributes
    ----------
    factor : int
        Output pixels per input pixel, along each axis.
    precision : {"float32", "float64"}
        Type of the numbers.
    mode : {"constant", "edge", "reflect"}
        What scikit-image takes to lie beyond the border.
    clip : bool
        Whether scikit-image forces its result into the picture's range.
    channel_axis : bool
        Whether scikit-image is told which axis holds the channels.
    layer : {"conv2d_transpose", "half_pixel", "align_corners", "tf1"}
        TensorFlow's way: the transposed convolution, or a resize that lays pixel centers on
        half pixels, corner pixels on each other, or output i on input i / factor.
    border : {"constant", "edge", "reflect"}
        What the transposed convolution takes to lie beyond the border.
    kernel : {"fitting", "double", "lopsided"}
        The bilinear kernel of ``2 * factor - factor % 2`` weights along an axis; one of
        ``2 * factor``; the first with every weight moved on by one place.
    flipped : bool
        Whether the kernel is turned by half a turn.
    tolerances : {"ours", "numpy"}
        A key of `TOLERANCES`.

    Raises
    ------
    TypeError, ValueError
        If `factor` is not a positive integer, or another field is none of its `CHOICES`.

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
        """Refuse what is no choice."""
        positive_int(self.factor)
        for name, choices in CHOICES.items():
            if (value := getattr(self, name)) not in choices:
                allowed = ", ".join(map(repr, choices))
                msg = f"{name} must be one of {allowed}, got {value!r}"
                raise ValueError(msg)

    @property
    def changes(self) -> dict[str, object]:
        """The switches that are not as in the post: what `replace` would set them to."""
        post = CheckSettings(self.factor, self.precision)
        return {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if getattr(self, field.name) != getattr(post, field.name)
        }


def one_change() -> Iterator[CheckSettings]:
    """Yield the post's setting, and every one that has a single switch set otherwise.

    Examples
    --------
    >>> next(one_change()) == CheckSettings()
    True

    """
    yield CheckSettings()
    for name, (_, *others) in CHOICES.items():
        yield from (replace(CheckSettings(), **{name: value}) for value in others)  # type: ignore[arg-type]
