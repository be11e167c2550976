"""A trained network as a folder: what is read from it, and what is refused."""

import json
import zipfile

import numpy as np
import pytest
from support.failures import weights_error

from fcnlib import runtime
from fcnlib.networks import backbones, model_folder
from fcnlib.networks.model_folder import Model

MODEL = Model("small", "fcn_8s", ("sky", "tree|leaf"), ("#0080ff", "#00ff00"), 512)


@pytest.fixture(scope="module")
def weights():
    with runtime.building() as (_, tf1, _), tf1.Graph().as_default():
        backbones.build(tf1.placeholder("float32", (1, 64, 64, 3)), "small", "fcn_8s", 2)
        shapes = {v.op.name: tuple(v.shape) for v in tf1.global_variables()}
    rng = np.random.default_rng(0)
    return {name: 0.1 * rng.standard_normal(shape) for name, shape in shapes.items()}


@pytest.fixture
def folder(tmp_path, weights):
    model_folder.write(tmp_path / "network", MODEL, weights)
    return tmp_path / "network"


def test_a_written_network_is_read_with_all_that_belongs_to_it(folder):
    assert model_folder.read(folder) == MODEL
    network = model_folder.load(folder)
    assert network.class_names == MODEL.classes
    assert network.palette.tolist() == [[0, 128, 255], [0, 255, 0]]
    assert network.scores(np.zeros((64, 96, 3), np.uint8)).logits.shape == (64, 96, 2)
    network.close()


def test_pictures_are_preprocessed_as_for_the_backbone(folder, weights):
    """The library's network and the graph that was trained get the same values."""
    image = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    network = model_folder.load(folder)
    found = network.scores(image).logits
    network.close()
    with runtime.building() as (_, tf1, _), tf1.Graph().as_default():
        values = backbones.BACKBONES["small"].preprocess(image.astype(np.float32))[None]
        logits = backbones.build(tf1.constant(values), "small", "fcn_8s", 2).logits
        with tf1.Session() as session:
            for variable in tf1.global_variables():
                rounded = weights[variable.op.name].astype(np.float16)
                variable.load(rounded.astype(np.float32), session)
            np.testing.assert_allclose(found, session.run(logits)[0], rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"backbone": "resnet"},
        {"head": "fcn_4s"},
        {"classes": []},
        {"classes": ["sky"]},
        {"classes": ["sky", 3]},
        {"classes": 5},
        {"palette": ["#0080ff", "green"]},
        {"palette": ["#0080ff", "#00ff"]},
        {"long_side": 0},
        {"long_side": 1e3},
        {"long_side": 10**9},
        {"more": 1},
        {"backbone": ["small"]},
    ],
)
def test_a_description_that_is_not_of_a_network_is_refused(folder, change):
    path = folder / "model.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with weights_error("bad_model", "model.json"):
        model_folder.load(folder)


@pytest.mark.parametrize("text", ["", "[1]", "{}", "null", '{"version": 1}', "[" * 100_000])
def test_a_damaged_description_is_refused(folder, text):
    (folder / "model.json").write_text(text)
    with weights_error("bad_model", "model.json"):
        model_folder.read(folder)


def test_a_description_is_read_up_to_a_mebibyte(folder):
    path = folder / "model.json"
    text = path.read_text()
    path.write_text(text + " " * (2**20 - len(text)))
    assert model_folder.read(folder) == MODEL
    path.write_text(" " * 2**20 + text)
    with weights_error("bad_model", "model.json"):
        model_folder.read(folder)


def test_a_folder_without_a_description_is_no_network(tmp_path):
    with weights_error("no_model", "train"):
        model_folder.read(tmp_path)


def test_weights_of_another_network_or_head_are_refused(folder, weights):
    few = {name: values for name, values in weights.items() if "fc6" not in name}
    model_folder.write(folder, MODEL, few)
    with weights_error("wrong_network", "fc6"):
        model_folder.load(folder)
    (folder / "weights.npz").unlink()
    with weights_error("missing", "weights.npz"):
        model_folder.load(folder)


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(folder, monkeypatch):
    with zipfile.ZipFile(folder / "weights.npz") as archive:
        size = sum(entry.file_size for entry in archive.infolist())
    monkeypatch.setattr(model_folder, "MAX_NBYTES", size)
    model_folder.load(folder).close()
    monkeypatch.setattr(model_folder, "MAX_NBYTES", size - 1)
    with weights_error("too_large", "weights.npz"):
        model_folder.load(folder)
