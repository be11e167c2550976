"""Scripts to copy: each makes its own input, and prints what the page shows.

They use public libraries only, never `fcnlib`, so that they check it rather than repeat it.
`offered` yields a script for every kind that the app offers, with the lines that it must
print; a test runs them all.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from fcnlib.equality_lab import TOLERANCES, Setting, one_change, outcome
from fcnlib.lab_pictures import NOISES, PICTURES, SEED, SIDE, lab_picture

_SAMPLES = {
    "astronaut": "astronaut()",
    "cat": "chelsea()",
    "coffee": "coffee()",
    "motorcycle": "stereo_motorcycle()[0]",
    "rocket": "rocket()",
}

_NOISE_CALLS = {
    "unit": "uniform(0, 1, size=(8, 10, 3))",
    "bright": "uniform(0.5, 1, size=(8, 10, 3))",
    "normal": "normal(size=(24, 32, 3))",
}

_RAMP = """\
half = np.linspace(0, 0.5, 3)
image = np.stack([np.add.outer(half, half)] * 3, axis=-1)  # the post's ramp"""

_SHRINK = f"""\
scale = min(1, {SIDE} / max(picture.size))
size = [max(1, round(scale * side)) for side in picture.size]
image = np.asarray(picture.resize(size, Image.Resampling.LANCZOS)) / 255"""

_OPEN = """\
PATH = {path!r}  # your picture, in the folder where you run this

picture = ImageOps.exif_transpose(Image.open(PATH))
if picture.mode.startswith("I"):  # 16-bit grey: its upper 8 bits
    picture = Image.fromarray((np.asarray(picture) >> 8).astype(np.uint8))
if picture.has_transparency_data:  # over white
    above = picture.convert("RGBA")
    picture = Image.new("RGB", above.size, "white")
    picture.paste(above, mask=above)
picture = picture.convert("RGB")
"""

_LAYER = """\
size = {size}
tent = 1 - np.abs(np.arange(size) - (size - 1) / 2) / FACTOR
kernel = np.outer(tent, tent){change}
# No channel reaches another, so they travel as a batch of grey pictures.
batch = {padded}.transpose(2, 0, 1)[..., np.newaxis]
count, height, width, _ = batch.shape
with tf.device("/CPU:0"):  # a GPU may round to fewer digits
    enlarged = tf.nn.conv2d_transpose(
        batch,
        kernel[..., np.newaxis, np.newaxis].astype(image.dtype),
        output_shape=(count, FACTOR * height, FACTOR * width, 1),
        strides=FACTOR,
        padding="SAME",
    )
by_tensorflow = enlarged.numpy()[..., 0].transpose(1, 2, 0){cropped}"""

_RESIZE = """\
size = [FACTOR * side for side in image.shape[:2]]
with tf.device("/CPU:0"):
    by_tensorflow = tf.{call}.numpy()"""

_RESIZES = {
    "half_pixel": "image.resize(image, size)",
    "align_corners": "compat.v1.image.resize_images(image, size, align_corners=True)",
    "tf1": "compat.v1.image.resize_images(image, size)",
}

_RESCALE = """\
by_skimage = rescale(
    image,
    FACTOR,
    order=1,
    mode={mode!r},
    cval=0,
    clip={clip},
    anti_aliasing=False,
    channel_axis={channel_axis},
)"""

_VERDICT = """\
def short(value):
    return f"{value:.1e}" if value else "0"


if by_tensorflow.shape != by_skimage.shape:
    print("allclose: no, the shapes differ")
    print(f"Shapes: {by_tensorflow.shape} and {by_skimage.shape}")
else:
    difference = np.abs(by_tensorflow - by_skimage)
    within = difference <= ATOL + RTOL * np.abs(by_skimage)  # as in np.allclose
    inside = difference[FACTOR:-FACTOR, FACTOR:-FACTOR]
    print(f"allclose: {within.all()}")
    print(f"Largest difference: {short(difference.max())}")
    if inside.size:
        print(f"Away from the rim: {short(inside.max())}")
    print(f"Values within tolerance: {within.sum():,} of {within.size:,}")"""


class Snippet(NamedTuple):
    """A script and what it prints.

    Attributes
    ----------
    name : str
        What it is about.
    code : str
        Python that runs as it is.
    prints : tuple of str
        The lines of its output.

    """

    name: str
    code: str
    prints: tuple[str, ...]


def upsampling_snippet(setting: Setting, picture: str, path: str = "") -> str:
    """Return a script that upsamples both ways, as `setting` says, and prints the verdict.

    Parameters
    ----------
    setting : Setting
        What both sides are told.
    picture : str
        A key of `lab_pictures.PICTURES`, or ``"own"``.
    path : str, optional
        Where the visitor's own picture lies.

    Returns
    -------
    code : str
        It prints the lines of `printed`, given the figures of the same outcome.

    Raises
    ------
    ValueError
        If there is no such picture.

    """
    if picture not in {*PICTURES, "own"}:
        msg = f"picture must be one of {', '.join(PICTURES)} or 'own', got {picture!r}"
        raise ValueError(msg)
    rtol, atol = TOLERANCES[setting.tolerances]
    parts = [
        _imports(picture),
        f"FACTOR = {setting.factor}\nRTOL, ATOL = {rtol:g}, {atol:g}",
        f'{_input(picture, path)}\nimage = image.astype("{setting.precision}")',
        f"# TensorFlow\n{_tensorflow(setting)}",
        f"# scikit-image\n{_skimage(setting)}",
        _VERDICT,
    ]
    return "\n\n".join(parts) + "\n"


def printed(figures: dict[str, str]) -> tuple[str, ...]:
    """Return the lines that a script prints for figures that a page shows.

    Examples
    --------
    >>> printed({"allclose": "True", "Largest difference": "6.0e-08"})
    ('allclose: True', 'Largest difference: 6.0e-08')

    """
    return tuple(f"{label}: {value}" for label, value in figures.items())


def offered() -> Iterator[Snippet]:
    """Yield scripts of every kind that the app offers: each choice of each switch once."""
    for kind in OFFERS:
        yield from kind()


def upsampling_snippets() -> Iterator[Snippet]:
    """Yield a script for every single switch, and for every picture that needs no file."""
    cases = [(setting, "bright") for setting in one_change()]
    cases += [(Setting(factor, "float64"), name) for factor, name in enumerate(PICTURES, 2)]
    for setting, picture in cases:
        figures = outcome(setting, lab_picture(picture)).figures
        name = f"{picture}, {setting}"
        yield Snippet(name, upsampling_snippet(setting, picture), printed(figures))


OFFERS: list[Callable[[], Iterator[Snippet]]] = [upsampling_snippets]
"""Where the scripts of each page come from; add yours."""


def _imports(picture: str) -> str:
    lines = ["import numpy as np", "import tensorflow as tf"]
    if picture == "own":
        lines.append("from PIL import Image, ImageOps")
    elif picture in _SAMPLES:
        lines += ["from PIL import Image", "from skimage import data"]
    return "\n".join([*lines, "from skimage.transform import rescale"])


def _input(picture: str, path: str) -> str:
    if picture == "own":
        return _OPEN.format(path=path) + _SHRINK
    if picture in _SAMPLES:
        return f"picture = Image.fromarray(data.{_SAMPLES[picture]})\n{_SHRINK}"
    if picture in NOISES:
        return f"rng = np.random.default_rng({SEED})\nimage = rng.{_NOISE_CALLS[picture]}"
    return _RAMP


def _tensorflow(setting: Setting) -> str:
    if setting.layer != "conv2d_transpose":
        return _RESIZE.format(call=_RESIZES[setting.layer])
    change = "\nkernel = np.roll(kernel, 1, axis=(0, 1))" if setting.kernel == "lopsided" else ""
    change += "\nkernel = kernel[::-1, ::-1]" if setting.flipped else ""
    zeros = setting.border == "constant"
    return _LAYER.format(
        size="2 * FACTOR" if setting.kernel == "double" else "2 * FACTOR - FACTOR % 2",
        change=change,
        padded="image" if zeros else f"np.pad(image, ((1, 1), (1, 1), (0, 0)), {setting.border!r})",
        cropped="" if zeros else "[FACTOR:-FACTOR, FACTOR:-FACTOR]",
    )


def _skimage(setting: Setting) -> str:
    axis = "-1" if setting.channel_axis else "None"
    return _RESCALE.format(mode=setting.mode, clip=setting.clip, channel_axis=axis)
