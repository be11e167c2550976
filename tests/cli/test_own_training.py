"""The commands `train --data`, `evaluate --data` and `segment --network` with a folder."""

import io
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image
from support.killing import kill_once_written

from benchmarks.own_training import write_voc
from fcnlib import images, segmentation
from fcnlib.cli import main, own_training
from fcnlib.datasets import class_lists
from fcnlib.networks import model_folder
from fcnlib.networks.npz_weights import read_arrays

QUICK = ["--backbone=voc", "--freeze", "--batch-size=2", "--size", "64", "64"]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Return a folder in the layout of PASCAL VOC with drawn streets, whose outlines are void."""
    return write_voc(tmp_path_factory.mktemp("data"), train=6, val=3, size=(64, 96))


@pytest.fixture(scope="module")
def trained(data, tmp_path_factory):
    """Train a network by the command, and return its folder."""
    folder = tmp_path_factory.mktemp("run")
    os.environ["FCNLIB_CACHE_DIR"] = str(folder / "cache")
    try:
        words = ["train", f"--data={data}", f"--folder={folder}", "--steps=40", *QUICK]
        assert main(words) == 0
    finally:
        del os.environ["FCNLIB_CACHE_DIR"]
    return folder / "network"


def test_the_command_trains_on_a_folder_of_pictures(trained):
    model = model_folder.read(trained)
    assert (model.backbone, model.head) == ("voc", "fcn_8s")
    assert {"val.json", "val_confusion.csv", "README.md"} <= {p.name for p in trained.iterdir()}


def test_evaluate_prints_the_figures_again(trained, data, capsys):
    before = (trained / "val.json").read_text()
    assert main(["evaluate", f"--network={trained}", f"--data={data}"]) == 0
    assert (trained / "val.json").read_text() == before
    assert "mean IU" in capsys.readouterr().out
    assert main(["evaluate", f"--network={trained}", f"--data={data}", "--split=train"]) == 0
    assert (trained / "train.json").exists()


def test_the_command_and_the_library_give_the_same_labels(trained, data, tmp_path):
    picture = next((data / "JPEGImages").iterdir())
    assert main(["segment", f"--network={trained}", f"--out={tmp_path}", str(picture)]) == 0
    with Image.open(tmp_path / "labels.png") as image:
        assert image.mode == "P"
        labels = np.array(image)
        assert image.getpalette()[:3] == model_folder.read(trained).colors[0].tolist()
    network = model_folder.load(trained)
    found = segmentation.segment(images.decode(picture.read_bytes()), network)
    np.testing.assert_array_equal(labels, found.label_map)
    network.close()


def test_pictures_are_scaled_to_what_the_network_was_trained_on(trained, data, tmp_path):
    large = tmp_path / "large.png"
    pixels = np.zeros((64, 1000, 3), np.uint8)
    large.write_bytes(images.encode_png(pixels))
    main(["segment", f"--network={trained}", f"--out={tmp_path}", str(large)])
    with Image.open(tmp_path / "labels.png") as image:
        assert image.size == (model_folder.read(trained).long_side, 33)


def test_labels_of_a_classifier_with_1000_classes_do_not_fit_a_palette(tmp_path):
    buffer = io.BytesIO()
    Image.new("RGB", (32, 32)).save(buffer, "PNG")
    (tmp_path / "black.png").write_bytes(buffer.getvalue())
    out = tmp_path / "out"
    main(["segment", "--network=imagenet", f"--out={out}", str(tmp_path / "black.png")])
    assert (out / "map.png").exists()
    assert not (out / "labels.png").exists()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["train", "--backbone=voc"], ("--backbone", "--data")),
        (["train", "--class-weights"], ("--class-weights", "--data")),
        (["train", "--data=x", "--scenes=3"], ("--scenes", "--data")),
        (["train", "--data=x", "--backbone=small", "--freeze"], ("--freeze", "small")),
        (["train", "--data=x", "--minutes=0"], ("--minutes", "above 0")),
        (["evaluate", "--network=x"], ("--network", "--data")),
        (["segment", "--network=nothing", "x.png"], ("voc", "folder", "nothing")),
        (["segment", "--network=.", "--engine=local", "x.png"], ("--engine", "inline")),
    ],
)
def test_wrong_usage_names_what_goes_together(words, named, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.png").write_bytes(b"")
    with pytest.raises(SystemExit, match="2"):
        main(words)
    message = capsys.readouterr().err
    assert all(part in message for part in named)


def test_a_folder_without_a_network_is_refused(tmp_path, capsys):
    (tmp_path / "x.png").write_bytes(b"")
    assert main(["segment", f"--network={tmp_path}", str(tmp_path / "x.png")]) == 1
    assert "model.json" in capsys.readouterr().err


@pytest.mark.slow
def test_a_killed_training_resumes_and_gives_the_same_weights(data, tmp_path):
    words = ["train", f"--data={data}", "--steps=60", "--save-every=5", *QUICK]
    words.remove("--freeze")
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    main([*words, f"--folder={whole}"])
    command = [sys.executable, "-m", "fcnlib", *words, f"--folder={killed}"]
    kill_once_written(killed / "state.npz", command)
    assert not (killed / "network").exists()
    subprocess.run(command, check=True, capture_output=True)
    expected, found = (read_arrays(f / "network" / "weights.npz") for f in (whole, killed))
    assert expected.keys() == found.keys()
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values)


@pytest.mark.parametrize(
    ("given", "added"),
    [
        ({}, {"freeze": "half", "class_weights": True, "steps": 5000}),
        ({"freeze": "none", "class_weights": False, "steps": 9}, {}),
        ({"minutes": 3.0}, {"freeze": "half", "class_weights": True}),
        ({"backbone": "small"}, {"class_weights": True, "steps": 5000}),
    ],
)
def test_the_defaults_for_camvid_are_those_that_were_measured(given, added):
    names = [name for name, _ in class_lists.CAMVID if name != "void"]
    assert own_training.completed(given, names) == given | added
    assert own_training.completed(given, [*names, "void"]) == given
