"""Weights named in any reasonable way are read, or one sentence says what to name."""

import gzip
import io
import os
import pickle
import tarfile
import zipfile

import h5py
import numpy as np
import pytest
from support.checkpoint_factory import NARROW, pack, random_weights, write_keras, write_v1
from support.failures import weights_error

from fcnlib import cli, images, runtime
from fcnlib.checkpoints import find, missing, open_checkpoint, verify
from fcnlib.networks.vgg import vgg_16_shapes

SHAPES = vgg_16_shapes(**NARROW)


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    monkeypatch.delenv("FCNLIB_VGG_CHECKPOINT", raising=False)
    monkeypatch.setenv("FCNLIB_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def version_1(tmp_path_factory):
    return write_v1(tmp_path_factory.mktemp("v1") / "vgg_16.ckpt", SHAPES)


@pytest.fixture(scope="module")
def version_2(tmp_path_factory):
    """Write a version 2 checkpoint with all its files; return its folder."""
    folder = tmp_path_factory.mktemp("v2")
    with runtime.building() as (_, tf1, _slim), tf1.Graph().as_default(), tf1.Session() as session:
        for name, values in random_weights(SHAPES):
            tf1.get_variable(name, initializer=values)
        session.run(tf1.global_variables_initializer())
        tf1.train.Saver().save(session, str(folder / "model.ckpt-100"))
    return folder


def same_weights(path):
    with open_checkpoint(path) as opened:
        for name, values in random_weights(SHAPES):
            np.testing.assert_array_equal(opened.tensor(name), values)


@pytest.mark.parametrize("name", ["own.tar.gz", "own.tgz", "archive"])
def test_an_archive_is_unpacked_wherever_it_is_named(name, version_1, tmp_path, monkeypatch):
    archive = pack(version_1, tmp_path / name)
    path = find(named=archive)
    same_weights(path)
    monkeypatch.setenv("FCNLIB_VGG_CHECKPOINT", str(archive))
    assert find() == path


def test_the_command_line_reads_an_archive(version_1, tmp_path, capsys):
    archive, photo = pack(version_1, tmp_path / "own.tar.gz"), tmp_path / "photo.png"
    photo.write_bytes(images.encode_png(np.zeros((40, 40, 3), np.uint8)))
    command = ["segment", str(photo), "--network", "vgg_16", "--weights", str(archive)]
    assert cli.main(command) == 1
    # The weights of this small copy do not fit, which only shows after they were unpacked.
    assert str(SHAPES["vgg_16/conv1/conv1_1/weights"]) in capsys.readouterr().err


@pytest.mark.parametrize(
    "name",
    [
        "model.ckpt-100",
        "model.ckpt-100.index",
        "model.ckpt-100.data-00000-of-00001",
        "model.ckpt-100.meta",
        "",
    ],
)
def test_a_version_2_checkpoint_may_be_named_by_any_of_its_files(name, version_2, monkeypatch):
    same_weights(version_2 / name)
    assert find(named=version_2 / name) == version_2 / "model.ckpt-100"
    assert verify(version_2 / name, SHAPES).path == version_2 / "model.ckpt-100"
    monkeypatch.setenv("FCNLIB_VGG_CHECKPOINT", str(version_2 / name))
    assert missing() is None


def test_the_graph_of_a_version_1_checkpoint_names_it(version_1, tmp_path):
    (tmp_path / "own.ckpt").write_bytes(version_1.read_bytes())
    (tmp_path / "own.ckpt.meta").write_bytes(b"graph")
    same_weights(tmp_path / "own.ckpt.meta")


def test_the_folder_of_each_official_file_is_taken_for_the_file(version_1):
    same_weights(version_1.parent)


@pytest.mark.parametrize("part", ["meta", "data-00000-of-00001"])
def test_a_part_without_the_index_is_refused(part, tmp_path, version_2):
    name = f"model.ckpt-100.{part}"
    (tmp_path / name).write_bytes((version_2 / name).read_bytes())
    with weights_error("weights_missing", name, "model.ckpt-100.index"):
        find(named=tmp_path / name)


def test_a_folder_with_several_checkpoints_is_refused_with_their_names(tmp_path):
    for number in (1, 2):
        (tmp_path / f"model-{number}.index").touch()
    with weights_error("weights_missing", "2 checkpoints", "'model-1'", "'model-2'"):
        find(named=tmp_path)


def keras_3(path, convolutions=13, dense=3):
    """Write the layout of `save_weights` in Keras 3, which numbers the layers of each class."""
    layers = [f"layers/{kind}" for kind in numbered("conv2d", 13) + numbered("dense", 3)]
    kept = layers[:convolutions] + layers[13 : 13 + dense]
    with h5py.File(path, "w") as file:
        for layer in ("input_layer", "flatten"):
            file.create_group(f"layers/{layer}/vars")
        for number, (name, values) in enumerate(random_weights(SHAPES)):
            if layers[number // 2] in kept:
                file[f"{layers[number // 2]}/vars/{number % 2}"] = as_keras(name, values)
        file.create_group("vars")
    return path


def numbered(kind, count):
    return [kind, *(f"{kind}_{number}" for number in range(1, count))]


def as_keras(name, values):
    if name.endswith("conv1_1/weights"):
        return values[:, :, ::-1]
    return values.reshape(-1, values.shape[-1]) if "/fc" in name and values.ndim == 4 else values


def whole_model(path):
    """Write the layout of `model.save`: what `write_keras` writes, one group deeper."""
    with h5py.File(write_keras(path, SHAPES), "r+") as file:
        names = list(file)
        file.create_group("model_weights")
        for name in names:
            file.move(name, f"model_weights/{name}")
    return path


@pytest.mark.parametrize("write", [keras_3, whole_model])
def test_files_of_keras_3_are_read(write, tmp_path):
    path = write(tmp_path / "vgg16.weights.h5")
    same_weights(path)
    assert verify(path, SHAPES).num_tensors == 32


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", ["own.weights.h5", "own.h5"])
def test_what_keras_itself_saves_is_read(name, tmp_path):
    import keras

    layers = keras.layers
    net = inputs = keras.Input((32, 32, 3))
    for number, width in ((1, 2), (2, 3)):
        net = layers.Conv2D(width, 3, padding="same", name=f"block1_conv{number}")(net)
    net = layers.Dense(5, name="fc1")(layers.GlobalAveragePooling2D()(net))
    net = layers.Dense(4, name="fc2")(net)
    model = keras.Model(inputs, net)
    if name == "own.h5":
        model.save(tmp_path / name)
    else:
        model.save_weights(tmp_path / name)
    with open_checkpoint(tmp_path / name) as opened:
        convolution = opened.tensor("vgg_16/conv1/conv1_2/weights")
        dense = opened.tensor("vgg_16/fc7/weights")
        first = opened.tensor("vgg_16/conv1/conv1_1/weights")
    np.testing.assert_array_equal(convolution, model.get_layer("block1_conv2").get_weights()[0])
    np.testing.assert_array_equal(dense[0, 0], model.get_layer("fc2").get_weights()[0])
    blue_first = model.get_layer("block1_conv1").get_weights()[0]
    np.testing.assert_array_equal(first, blue_first[:, :, ::-1])


def test_a_file_without_the_dense_layers_is_named_so(tmp_path):
    shapes = {name: shape for name, shape in SHAPES.items() if "/fc" not in name}
    old = write_keras(tmp_path / "vgg16_notop.h5", shapes)
    new = keras_3(tmp_path / "vgg16_notop.weights.h5", dense=0)
    for path in (old, new):
        with weights_error("without_top", path.name, "fc6"):
            verify(path, SHAPES)


@pytest.mark.parametrize("shapes", [[(7, 7, 3, 64)], [(3, 3, 3, 2)] * 5, [(3, 3, 3, 2)] * 20])
def test_the_convolutions_of_another_network_are_not_called_those_of_vgg_16(shapes, tmp_path):
    path = tmp_path / "resnet.weights.h5"
    with h5py.File(path, "w") as file:
        for name, shape in zip(numbered("conv2d", len(shapes)), shapes, strict=True):
            file[f"layers/{name}/vars/0"] = np.ones(shape, np.float32)
            file[f"layers/{name}/vars/1"] = np.ones(shape[-1], np.float32)
    with weights_error("weights_mismatch", path.name):
        verify(path, SHAPES)


def zipped():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("vgg16/data.pkl", b"weights")
    return file.getvalue()


def array(save, *values):
    file = io.BytesIO()
    save(file, *values)
    return file.getvalue()


def tarred():
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("vgg_16.ckpt"))
    return file.getvalue()


OTHERS = {
    "new.pth": (zipped(), "ZIP"),
    "old.pth": (pickle.dumps({"weight": [1.0]}, protocol=2), "pickle"),
    "own.npz": (array(np.savez, np.ones(3)), "ZIP"),
    "own.npy": (array(np.save, np.ones(3)), "NumPy"),
    "own.keras": (zipped(), "ZIP"),
    "own.tar": (tarred(), ".tar"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_files_of_other_kinds_are_named_with_what_to_name_instead(name, tmp_path, monkeypatch):
    content, kind = OTHERS[name]
    path = tmp_path / name
    path.write_bytes(content)
    for call in (lambda: find(named=path), lambda: verify(path, SHAPES)):
        with weights_error("other_format", name, kind, "vgg_16.ckpt", ".tar.gz", ".h5"):
            call()
    monkeypatch.setenv("FCNLIB_VGG_CHECKPOINT", str(path))
    assert missing().code == "other_format"


def test_an_archive_that_is_opened_as_a_checkpoint_is_called_an_archive(tmp_path):
    (tmp_path / "own.gz").write_bytes(gzip.compress(b"weights"))
    with weights_error("other_format", "own.gz", "archive"), open_checkpoint(tmp_path / "own.gz"):
        pass


@pytest.mark.parametrize("folder", [b"bad\xff", b"\xe9t\xe9", b"\x80\x81"])
def test_folders_whose_names_are_not_text(folder, version_1, version_2, tmp_path):
    place = tmp_path / os.fsdecode(folder)
    place.mkdir()
    (place / "vgg_16.ckpt").write_bytes(version_1.read_bytes())
    for path in version_2.iterdir():
        (place / path.name).write_bytes(path.read_bytes())
    pack(version_1, place / "own.tar.gz")
    write_keras(place / "own.h5", SHAPES)
    for name in ("vgg_16.ckpt", "model.ckpt-100", "own.tar.gz", "own.h5"):
        same_weights(find(named=place / name))
    with weights_error("weights_missing") as caught:
        find(named=place / "none")
    assert str(caught.value).encode()
