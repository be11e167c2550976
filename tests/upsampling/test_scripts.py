"""Scripts to copy: each runs alone and prints the figures that the library computes."""

import ast
import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from support.snippet_runner import run_fresh, run_together

from fcnlib import images
from fcnlib.upsampling.example_images import PICTURES, example_image, shrunk
from fcnlib.upsampling.experiment import run_check
from fcnlib.upsampling.scripts import printed, upsampling_script
from fcnlib.upsampling.settings import CHOICES, CheckSettings

PUBLIC = {"numpy", "tensorflow", "skimage", "PIL"}
FILES = {
    "it's a bus.png": "RGBA",
    "gray.png": "I;16",
    "turned.jpg": "RGB",
    "print.jpg": "CMYK",
    "few colors.gif": "P",
}
RNG = np.random.default_rng(3)


def cases():
    """Return settings and image for every single change of the post's settings and every image."""
    changed = [
        replace(CheckSettings(), **{field: choice})
        for field, choices in CHOICES.items()
        for choice in choices
    ]
    own = [(CheckSettings(factor, "float64"), name) for factor, name in enumerate(PICTURES, 2)]
    return [(settings, "bright") for settings in dict.fromkeys(changed)] + own


@pytest.fixture(scope="module")
def scripts():
    return [upsampling_script(settings, picture) for settings, picture in cases()]


def saved(folder, name, mode):
    """Write an image of a mode and return its bytes; a JPEG is rotated by its EXIF data."""
    pixels = RNG.integers(0, 256, (48, 80, 4), dtype=np.uint8)
    image = Image.fromarray(pixels).convert("RGB" if mode == "I;16" else mode)
    if mode == "I;16":
        image = Image.fromarray(RNG.integers(0, 65536, (48, 80), dtype=np.uint16))
    exif = Image.Exif()
    if name.endswith("jpg"):
        exif[0x0112] = 6
    image.save(folder / name, exif=exif)
    return (folder / name).read_bytes()


@pytest.mark.slow
def test_every_script_prints_the_figures_of_the_library(scripts, tmp_path):
    results = run_together(scripts, tmp_path)
    for (settings, picture), lines in zip(cases(), results, strict=True):
        expected = printed(run_check(settings, example_image(picture)).figures)
        assert tuple(lines) == expected, (settings, picture)


@pytest.mark.parametrize(
    ("settings", "picture"),
    [
        (CheckSettings(), "ramp"),
        pytest.param(CheckSettings(channel_axis=False), "cat", marks=pytest.mark.slow),
        pytest.param(
            CheckSettings(5, "float64", mode="edge", layer="tf1"), "unit", marks=pytest.mark.slow
        ),
    ],
)
def test_in_a_fresh_interpreter(settings, picture, tmp_path):
    lines = run_fresh(upsampling_script(settings, picture), tmp_path)
    assert tuple(lines) == printed(run_check(settings, example_image(picture)).figures)
    assert lines[0] == {"ramp": "allclose: True", "cat": "allclose: impossible"}.get(
        picture, "allclose: False"
    )


def test_uploads_are_read_as_by_the_library(tmp_path):
    settings = CheckSettings(2, mode="edge")
    data = [saved(tmp_path, name, mode) for name, mode in FILES.items()]
    codes = [upsampling_script(settings, "own", name) for name in FILES]
    pictures = [shrunk(images.decode(content)) for content in data]
    expected = [list(printed(run_check(settings, picture).figures)) for picture in pictures]
    assert run_together(codes, tmp_path) == expected


@pytest.mark.slow
def test_combined_switches(tmp_path):
    settings = [
        CheckSettings(3, mode="edge", border="edge"),
        CheckSettings(4, "float64", mode="reflect", border="reflect", clip=True),
        CheckSettings(5, kernel="lopsided", flipped=True, tolerances="numpy"),
        CheckSettings(8, layer="half_pixel", mode="edge", channel_axis=False),
    ]
    image = np.full((16, 16, 3), 255, np.uint8)
    image[4:9, 2:12] = (20, 90, 160)
    data = io.BytesIO()
    Image.fromarray(image).save(data, "PNG")
    (tmp_path / "box.png").write_bytes(data.getvalue())
    codes = [upsampling_script(setting, "own", "box.png") for setting in settings]
    expected = [list(printed(run_check(setting, image / 255).figures)) for setting in settings]
    assert run_together(codes, tmp_path) == expected


def test_scripts_need_public_libraries_only(scripts):
    for script in scripts:
        for node in ast.walk(ast.parse(script)):
            if isinstance(node, ast.Import):
                assert {alias.name for alias in node.names} <= PUBLIC
            elif isinstance(node, ast.ImportFrom):
                assert node.module.split(".")[0] in PUBLIC


def test_a_file_name_cannot_leave_its_quotes():
    name = "'); import os; x = ('\n\\.png"
    tree = ast.parse(upsampling_script(CheckSettings(), "own", name))
    constants = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    assert name in constants
    plain = ast.parse(upsampling_script(CheckSettings(), "own", "a.png"))
    assert len(list(ast.walk(tree))) == len(list(ast.walk(plain)))


def test_a_file_name_with_braces_is_kept():
    assert "PATH = '{size}{0}.png'" in upsampling_script(CheckSettings(), "own", "{size}{0}.png")


def test_an_unknown_picture_is_refused():
    with pytest.raises(ValueError, match=r"one of ramp, .* or 'own', got 'moon'"):
        upsampling_script(replace(CheckSettings(), factor=2), "moon")
