"""`import fcnlib` offers the post's functions and the packages, and loads nothing heavy."""

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import fcnlib

STUB = Path(fcnlib.__file__).with_suffix(".pyi")
POST = (
    "get_kernel_size",
    "upsample_filt",
    "bilinear_upsample_weights",
    "upsample_skimage",
    "upsample_tf",
    "discrete_matshow",
)


def names_in(path):
    """Return the names in a file's `__all__`, and those that its imports bind."""
    tree = ast.parse(path.read_text())
    listed = next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id == "__all__"
    )
    imported = [a.name for n in tree.body if isinstance(n, ast.ImportFrom) for a in n.names]
    return listed, imported


def test_the_names_are_sorted_and_those_of_the_stub():
    assert fcnlib.__all__ == sorted(fcnlib.__all__)
    assert names_in(STUB) == (fcnlib.__all__, names_in(STUB)[1])
    assert set(names_in(STUB)[1]) == set(fcnlib.__all__) == set(dir(fcnlib)) & set(fcnlib.__all__)


@pytest.mark.parametrize("name", [*fcnlib.__all__])
def test_every_name_exists(name):
    assert getattr(fcnlib, name).__name__.rsplit(".", 1)[-1] == name


def test_what_is_not_offered_is_an_attribute_error():
    with pytest.raises(AttributeError, match="upsample_caffe"):
        _ = fcnlib.upsample_caffe


def test_the_posts_functions_work_from_here():
    assert set(POST) <= set(fcnlib.__all__)
    image = np.arange(27.0).reshape(3, 3, 3) / 27
    np.testing.assert_allclose(
        fcnlib.upsample_tf(3, image), fcnlib.upsample_skimage(3, image), atol=1e-6
    )
    assert fcnlib.upsample_filt(fcnlib.get_kernel_size(2)).shape == (4, 4)
    assert fcnlib.bilinear_upsample_weights(2, 2).shape == (4, 4, 2, 2)
    assert fcnlib.discrete_matshow(np.eye(2, dtype=int), ["a", "b"]).data


def test_importing_loads_nothing_heavy():
    heavy = "{'tensorflow', 'tf_slim', 'keras', 'streamlit', 'plotly', 'skimage', 'numpy'}"
    code = f"import sys, fcnlib; assert not {heavy} & set(sys.modules), sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
