"""The report on a folder, by hand-counted pixels, and the command that prints it."""

from pathlib import Path

import numpy as np
import pytest
from support.datasets import LABELS, picture, write, write_jpeg, write_pairs

from fcnlib import datasets, scenes
from fcnlib.cli import main
from fcnlib.datasets import VOID
from fcnlib.datasets.checking import contact_sheet
from fcnlib.images import decode


@pytest.fixture
def folder(tmp_path):
    """Return a folder with ``train`` and ``val``, void in the top row, and one damaged picture."""
    labels = LABELS.copy()
    labels[0] = VOID
    labels[1:3, 16:] = 0
    write_pairs(tmp_path / "train", labels, 24)
    write_pairs(tmp_path / "val", [LABELS, np.repeat(LABELS, 2, 0)])
    (tmp_path / "train" / "images" / "00.png").unlink()
    path = tmp_path / "train" / "images" / "00.jpg"
    write_jpeg(path, picture(size=(64, 64)))
    write(tmp_path / "train" / "labels" / "00.png", np.zeros((64, 64), np.uint8))
    path.write_bytes(path.read_bytes()[:-400])
    return tmp_path


def test_counts_and_shares(folder):
    found = datasets.check(folder)
    assert found.usable
    assert found.pairs == {"train": 23, "val": 2}
    assert found.sizes == {(20, 24): 24, (40, 24): 1}
    # Of 480 pixels in a picture, 24 are void; each stripe has 8 × 19, and 16 go from 2 to 0.
    assert found.pixels["train"].tolist() == [23 * 168, 23 * 152, 23 * 136, 23 * 24]
    assert found.pixels["val"].tolist() == [480, 480, 480, 0]
    assert len(found.damaged) == 1
    assert "00.jpg" in found.damaged[0]


def test_the_sheet_shows_labels_in_the_colors_of_the_classes(tmp_path):
    write_pairs(tmp_path, LABELS, 30)
    dataset = datasets.open_dataset(tmp_path)
    sheet = contact_sheet(dataset)
    first = dataset.splits["train"][0].read()[0]
    np.testing.assert_array_equal(sheet[:20, :24], first)
    np.testing.assert_array_equal(sheet[:20, 24:48], dataset.palette[LABELS])
    # Six rows of two pairs, each followed by a gap of 8 pixels.
    assert sheet.shape == (6 * 28, 2 * 56, 3)


def test_the_command_prints_the_report_and_writes_the_sheet(folder, capsys):
    sheet = folder / "sheet.png"
    assert main(["dataset", "check", str(folder), "--sheet", str(sheet)]) == 0
    out = capsys.readouterr().out
    rows = dict(line.split(maxsplit=1) for line in out.splitlines())
    assert rows["pairs:"] == "train 23, val 2"
    assert "24 × 20 (24), 24 × 40 (1)" in out
    assert out.count("00.jpg") == 1
    shares = [line.split()[-2:] for line in out.splitlines() if "%" in line]
    assert shares == [
        ["36.84%", "33.33%"], ["33.33%", "33.33%"], ["29.82%", "33.33%"], ["5.00%", "0.00%"]
    ]  # fmt: skip
    assert decode(sheet.read_bytes()).shape[2] == 3


def test_the_command_fails_where_the_labels_cannot_be_used(tmp_path, capsys):
    write_pairs(tmp_path, LABELS)
    write(tmp_path / "labels" / "05.png", LABELS[:, :20])
    assert main(["dataset", "check", str(tmp_path)]) == 1
    assert "05.png" in capsys.readouterr().out


def test_the_drawn_streets_are_a_dataset(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    dataset = datasets.open_dataset(Path("scenes"))
    assert dataset.classes == scenes.CLASSES
    image, labels = dataset.splits["val"][3].read()
    expected = scenes.scene(scenes.VALIDATION_SEEDS[3])
    np.testing.assert_array_equal(image, expected.picture)
    np.testing.assert_array_equal(labels, expected.labels)
    # A folder of this name goes first.
    write_pairs(tmp_path / "scenes", LABELS)
    assert len(datasets.open_dataset(Path("scenes")).classes) == 3
