"""Scripts to copy: each makes its own input, and prints what the page shows.

They use public libraries only, never `fcnlib`, so that they check it rather than repeat it.
`offered` yields a script for every kind that the app offers, with the lines that it must
print; a test runs them all.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from fcnlib.upsampling import script_templates as texts
from fcnlib.upsampling.example_images import NOISES, PICTURES, SEED, lab_picture
from fcnlib.upsampling.experiment import run_check
from fcnlib.upsampling.settings import TOLERANCES, CheckSettings, one_change


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


def upsampling_snippet(setting: CheckSettings, picture: str, path: str = "") -> str:
    """Return a script that upsamples both ways, as `setting` says, and prints the verdict.

    Parameters
    ----------
    setting : CheckSettings
        What both sides are told.
    picture : str
        A key of `lab_pictures.PICTURES`, or ``"own"``.
    path : str, optional
        Where the visitor's own picture lies.

    Returns
    -------
    code : str
        It prints the lines of `printed`, given the figures of the same run_check.

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
        texts.VERDICT,
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
    cases += [(CheckSettings(factor, "float64"), name) for factor, name in enumerate(PICTURES, 2)]
    for setting, picture in cases:
        figures = run_check(setting, lab_picture(picture)).figures
        name = f"{picture}, {setting}"
        yield Snippet(name, upsampling_snippet(setting, picture), printed(figures))


OFFERS: list[Callable[[], Iterator[Snippet]]] = [upsampling_snippets]
"""Where the scripts of each page come from; add yours."""


def _imports(picture: str) -> str:
    lines = ["import numpy as np", "import tensorflow as tf"]
    if picture == "own":
        lines.append("from PIL import Image, ImageOps")
    elif picture in texts.SAMPLES:
        lines += ["from PIL import Image", "from skimage import data"]
    return "\n".join([*lines, "from skimage.transform import rescale"])


def _input(picture: str, path: str) -> str:
    if picture == "own":
        return texts.OPEN.format(path=path) + texts.SHRINK
    if picture in texts.SAMPLES:
        return f"picture = Image.fromarray(data.{texts.SAMPLES[picture]})\n{texts.SHRINK}"
    if picture in NOISES:
        return f"rng = np.random.default_rng({SEED})\nimage = rng.{texts.NOISE_CALLS[picture]}"
    return texts.RAMP


def _tensorflow(setting: CheckSettings) -> str:
    if setting.layer != "conv2d_transpose":
        return texts.RESIZE.format(call=texts.RESIZES[setting.layer])
    change = "\nkernel = np.roll(kernel, 1, axis=(0, 1))" if setting.kernel == "lopsided" else ""
    change += "\nkernel = kernel[::-1, ::-1]" if setting.flipped else ""
    zeros = setting.border == "constant"
    return texts.LAYER.format(
        size="2 * FACTOR" if setting.kernel == "double" else "2 * FACTOR - FACTOR % 2",
        change=change,
        padded="image" if zeros else f"np.pad(image, ((1, 1), (1, 1), (0, 0)), {setting.border!r})",
        cropped="" if zeros else "[FACTOR:-FACTOR, FACTOR:-FACTOR]",
    )


def _skimage(setting: CheckSettings) -> str:
    axis = "-1" if setting.channel_axis else "None"
    return texts.RESCALE.format(mode=setting.mode, clip=setting.clip, channel_axis=axis)
