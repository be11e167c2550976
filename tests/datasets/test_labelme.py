"""Folders of labelme, in which the same number means another class in the next picture."""

import numpy as np
import pytest
from support.datasets import LABELS, picture, write, write_palette_png

from fcnlib.datasets import open_dataset
from fcnlib.errors import DatasetError

NAMES = {"a": ("_background_", "cat", "dog"), "b": ("_background_", "dog", "bus")}


@pytest.fixture
def folder(tmp_path):
    for number, (name, names) in enumerate(NAMES.items()):
        inner = tmp_path / f"{name}_json"
        write(inner / "img.png", picture(number))
        write_palette_png(inner / "label.png", LABELS)
        (inner / "label_names.txt").write_text("\n".join(names) + "\n")
    return tmp_path


def test_names_decide_and_not_numbers(folder):
    dataset = open_dataset(folder)
    assert dataset.classes == ("_background_", "bus", "cat", "dog")
    read = {p.name: p.read()[1] for pairs in dataset.splits.values() for p in pairs}
    np.testing.assert_array_equal(read["a"], np.array([0, 2, 3])[LABELS])
    np.testing.assert_array_equal(read["b"], np.array([0, 3, 1])[LABELS])


def test_a_number_without_a_name(folder):
    (folder / "b_json" / "label_names.txt").write_text("_background_\ndog\n")
    with pytest.raises(DatasetError) as caught:
        open_dataset(folder)
    assert caught.value.code == "unnamed_number"
    assert "b_json" in str(caught.value)


def test_a_missing_picture(folder):
    (folder / "b_json" / "img.png").unlink()
    with pytest.raises(DatasetError) as caught:
        open_dataset(folder)
    assert caught.value.code == "missing_file"
    assert "b_json" in str(caught.value)
