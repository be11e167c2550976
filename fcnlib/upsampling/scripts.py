"""Scripts for visitors to copy, which repeat a comparison and print the page's numbers.

The scripts create their own input and use public libraries only, never `fcnlib`, so that they
check its results independently. A test runs one for every choice on the page.
"""

from fcnlib.upsampling import script_templates as templates
from fcnlib.upsampling.example_images import NOISES, PICTURES, SEED
from fcnlib.upsampling.settings import TOLERANCES, CheckSettings


def upsampling_script(
    settings: CheckSettings, picture: str, path: str = "", *, stretched: bool = False
) -> str:
    """Return a script that upsamples with both libraries and prints their agreement.

    Parameters
    ----------
    settings : CheckSettings
        Settings of both libraries.
    picture : str
        A key of `example_images.PICTURES`, or ``"own"``.
    path : str, optional
        Path of the visitor's own picture.
    stretched : bool, optional
        Whether the values of that picture are scaled to the whole range.

    Returns
    -------
    code : str
        Its output equals `printed` of the figures of `run_check` for the same input.

    Raises
    ------
    ValueError
        If there is no picture of this name.

    """
    if picture not in {*PICTURES, "own"}:
        msg = f"picture must be one of {', '.join(PICTURES)} or 'own', got {picture!r}"
        raise ValueError(msg)
    rtol, atol = TOLERANCES[settings.tolerances]
    rescale = templates.RESCALE.format(
        mode=settings.mode, clip=settings.clip, channel_axis=-1 if settings.channel_axis else None
    )
    reading = _input(picture, path, stretched=stretched)
    parts = [
        _imports(picture),
        f"FACTOR = {settings.factor}\nRTOL, ATOL = {rtol:g}, {atol:g}",
        f'{reading}\nimage = image.astype("{settings.precision}")',
        f"# TensorFlow\n{_tensorflow(settings)}",
        f"# scikit-image\n{rescale}",
        templates.VERDICT,
    ]
    return "\n\n".join(parts) + "\n"


def printed(figures: dict[str, str]) -> tuple[str, ...]:
    """Return the lines that a script prints for the figures that a page shows.

    Examples
    --------
    >>> printed({"allclose": "True", "Largest difference": "6.0e-08"})
    ('allclose: True', 'Largest difference: 6.0e-08')

    """
    return tuple(f"{label}: {value}" for label, value in figures.items())


def _imports(picture: str) -> str:
    lines = ["import numpy as np", "import tensorflow as tf"]
    if picture == "own":
        lines.append("from PIL import Image, ImageOps")
    elif picture in templates.SAMPLES:
        lines += ["from PIL import Image", "from skimage import data"]
    return "\n".join([*lines, "from skimage.transform import rescale"])


def _input(picture: str, path: str, *, stretched: bool) -> str:
    if picture == "own":
        pixels = templates.STRETCHED if stretched else templates.PIXELS
        return templates.OPEN.format(path=path) + pixels + templates.SHRINK
    if picture in templates.SAMPLES:
        return f"picture = Image.fromarray(data.{templates.SAMPLES[picture]})\n{templates.SHRINK}"
    if picture in NOISES:
        return f"rng = np.random.default_rng({SEED})\nimage = rng.{templates.NOISE_CALLS[picture]}"
    return templates.RAMP


def _tensorflow(settings: CheckSettings) -> str:
    if settings.layer != "conv2d_transpose":
        return templates.RESIZE.format(call=templates.RESIZES[settings.layer])
    change = "\nkernel = np.roll(kernel, 1, axis=(0, 1))" if settings.kernel == "lopsided" else ""
    change += "\nkernel = kernel[::-1, ::-1]" if settings.flipped else ""
    padded, cropped = "image", ""
    if settings.border != "constant":
        padded = f"np.pad(image, ((1, 1), (1, 1), (0, 0)), {settings.border!r})"
        cropped = "[FACTOR:-FACTOR, FACTOR:-FACTOR]"
    size = "2 * FACTOR" if settings.kernel == "double" else "2 * FACTOR - FACTOR % 2"
    return templates.LAYER.format(size=size, change=change, padded=padded, cropped=cropped)
