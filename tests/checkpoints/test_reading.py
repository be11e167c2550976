"""Tensors are read from every kind of checkpoint exactly as written, or refused."""

import h5py
import numpy as np
import pytest
from support.checkpoint_factory import NARROW, random_weights, write_keras, write_v1
from support.failures import weights_error
from support.table_factory import compressed

from fcnlib import runtime
from fcnlib.checkpoints import checked_rows, open_checkpoint, reading, verify
from fcnlib.checkpoints.sources import FETCH_COMMAND
from fcnlib.networks.vgg import vgg_16, vgg_16_shapes

SHAPES = vgg_16_shapes(**NARROW)
FIRST, FC6 = "vgg_16/conv1/conv1_1/weights", "vgg_16/fc6/weights"
PICTURE = np.random.default_rng(4).normal(0, 50, (1, 224, 224, 3)).astype(np.float32)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    return write_v1(tmp_path_factory.mktemp("v1") / "vgg_16.ckpt", SHAPES)


@pytest.fixture(scope="module")
def keras_copy(tmp_path_factory):
    return write_keras(tmp_path_factory.mktemp("keras") / "vgg16.h5", SHAPES)


def refuse(path, code, *words, expected=SHAPES):
    with weights_error(code, *words, FETCH_COMMAND):
        verify(path, expected)


def test_expected_names_and_shapes_are_those_of_the_network():
    """Other code builds the graph; both must describe the official checkpoint."""
    with runtime.building() as (_, tf1, _slim), tf1.Graph().as_default() as graph:
        vgg_16(tf1.placeholder("float32", (1, 224, 224, 3)), fc_conv_padding="VALID")
        built = {v.op.name: tuple(v.shape) for v in graph.get_collection("trainable_variables")}
    assert vgg_16_shapes() == built


def test_m11_official_shapes():
    shapes = vgg_16_shapes()
    assert len(shapes) == 32
    assert shapes[FC6] == (7, 7, 512, 4096)
    assert shapes["vgg_16/fc7/weights"] == (1, 1, 4096, 4096)
    assert shapes["vgg_16/fc8/weights"] == (1, 1, 4096, 1000)
    assert shapes["vgg_16/conv3/conv3_3/biases"] == (256,)


def test_version_1_checkpoint_is_one_file(checkpoint):
    assert [path.name for path in checkpoint.parent.iterdir()] == ["vgg_16.ckpt"]


@pytest.mark.parametrize("kind", ["checkpoint", "keras_copy"])
def test_tensors_are_read_as_written(kind, request):
    with open_checkpoint(request.getfixturevalue(kind)) as opened:
        for name, values in random_weights(SHAPES):
            assert opened.shape(name) == SHAPES[name]
            tensor = opened.tensor(name)
            assert tensor.dtype == np.float32
            np.testing.assert_array_equal(tensor, values)


def test_two_names_of_the_official_checkpoint_are_not_used_by_the_network(checkpoint):
    with open_checkpoint(str(checkpoint)) as opened:
        assert opened.names() == sorted([*SHAPES, "global_step", "vgg_16/mean_rgb"])
        mean = opened.tensor("vgg_16/mean_rgb")
    np.testing.assert_allclose(mean, [123.68, 116.78, 103.94], rtol=1e-6)


@pytest.mark.parametrize("kind", ["checkpoint", "keras_copy"])
@pytest.mark.parametrize("nbytes", [1, 20_000, 1 << 26])
def test_checked_rows_are_the_tensors_in_the_requested_order(kind, nbytes, request, monkeypatch):
    monkeypatch.setattr(reading, "ROWS_NBYTES", nbytes)
    expected = dict(reversed(SHAPES.items()))
    written = dict(random_weights(SHAPES))
    parts = {}
    for name, first, rows in checked_rows(request.getfixturevalue(kind), expected):
        parts.setdefault(name, []).append(rows)
        assert sum(map(len, parts[name])) == first + len(rows)
        assert rows.nbytes <= max(nbytes, 4 * np.prod(SHAPES[name][1:]))
    assert list(parts) == list(expected)
    for name, rows in parts.items():
        np.testing.assert_array_equal(np.concatenate(rows), written[name])


def test_names_and_shapes_are_checked_before_the_first_rows(checkpoint):
    expected = {FIRST: SHAPES[FIRST], FC6: (7, 7, 1, 1), "vgg_16/fc9/weights": (1,)}
    with weights_error("weights_mismatch", FC6, "vgg_16/fc9/weights"):
        next(checked_rows(checkpoint, expected))


def test_tensorflow_reads_compressed_checkpoints(tmp_path, checkpoint):
    """The official file may be compressed."""
    path = tmp_path / "compressed.ckpt"
    path.write_bytes(compressed(checkpoint.read_bytes()))
    with open_checkpoint(path) as opened:
        for name, values in random_weights(SHAPES):
            np.testing.assert_array_equal(opened.tensor(name), values)


def test_version_2_checkpoint_is_read(tmp_path):
    shapes = {"vgg_16/fc8/biases": (9,)}
    with runtime.building() as (_, tf1, _slim), tf1.Graph().as_default(), tf1.Session() as session:
        variable = tf1.get_variable("vgg_16/fc8/biases", (9,), initializer=tf1.ones_initializer())
        session.run(variable.initializer)
        tf1.train.Saver().save(session, str(tmp_path / "two.ckpt"), write_meta_graph=False)
    verified = verify(tmp_path / "two.ckpt", shapes)
    assert (verified.num_tensors, verified.num_parameters, verified.sha256) == (1, 9, "")
    with open_checkpoint(tmp_path / "two.ckpt") as opened:
        np.testing.assert_array_equal(opened.tensor("vgg_16/fc8/biases"), np.ones(9))


def test_path_with_the_signs_of_a_glob_pattern(tmp_path, checkpoint):
    folder = tmp_path / "a[1]*"
    folder.mkdir()
    copy = folder / "vgg?.ckpt"
    copy.write_bytes(checkpoint.read_bytes())
    assert verify(copy, SHAPES).num_tensors == 32


def keras_network():
    """Build the narrow network in Keras, with the layer names that Keras uses."""
    import keras

    layers = keras.layers
    widths, depths = NARROW["widths"], (2, 2, 3, 3, 3)
    net = inputs = keras.Input((224, 224, 3))
    for block, (width, depth) in enumerate(zip(widths, depths, strict=True), 1):
        for number in range(1, depth + 1):
            name = f"block{block}_conv{number}"
            net = layers.Conv2D(width, 3, padding="same", activation="relu", name=name)(net)
        net = layers.MaxPooling2D(2)(net)
    net = layers.Flatten(name="flatten")(net)
    net = layers.Dense(NARROW["fc_width"], activation="relu", name="fc1")(net)
    net = layers.Dense(NARROW["fc_width"], activation="relu", name="fc2")(net)
    net = layers.Dense(NARROW["num_classes"], name="predictions")(net)
    return keras.Model(inputs, net)


@pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning:keras")
def test_network_with_the_keras_copy_equals_the_network_in_keras(tmp_path):
    """Keras evaluates its network on BGR; ours uses the saved weights on RGB."""
    from keras.src.legacy.saving.legacy_h5_format import save_weights_to_hdf5_group

    network = keras_network()
    rng = np.random.default_rng(5)
    network.set_weights(
        [rng.normal(0, 0.3, weight.shape).astype(np.float32) for weight in network.weights]
    )
    with h5py.File(tmp_path / "copy.h5", "w") as file:
        save_weights_to_hdf5_group(file, network)
    theirs = network(PICTURE[..., ::-1]).numpy()
    with runtime.building() as (_, tf1, _slim), tf1.Graph().as_default() as graph:
        net, _ = vgg_16(
            tf1.constant(PICTURE),
            NARROW["num_classes"],
            widths=NARROW["widths"],
            fc_width=NARROW["fc_width"],
            fc_conv_padding="VALID",
        )
        with tf1.Session() as session, open_checkpoint(tmp_path / "copy.h5") as opened:
            for variable in graph.get_collection("trainable_variables"):
                variable.load(opened.tensor(variable.op.name), session)
            ours = session.run(net)[:, 0, 0]
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-4 * np.abs(theirs).max())


@pytest.mark.parametrize("kind", ["checkpoint", "keras_copy"])
def test_verification_counts(kind, request):
    path = request.getfixturevalue(kind)
    fractions = []
    verified = verify(path, SHAPES, lambda fraction, text: fractions.append(fraction))
    assert verified.num_tensors == 32
    assert verified.num_parameters == sum(np.prod(shape) for shape in SHAPES.values())
    assert len(verified.sha256) == 64
    assert len(fractions) == 32
    assert fractions[0] == 0 < fractions[-1] < 1


def test_message_suggests_the_most_similar_name(checkpoint):
    words = "'vgg_16/fc6/weight'", "vgg_16/fc6/weights"
    with open_checkpoint(checkpoint) as opened, weights_error("weights_mismatch", *words):
        opened.tensor("vgg_16/fc6/weight")


def test_missing_file_and_folder(tmp_path):
    refuse(tmp_path / "none.ckpt", "weights_missing", "none.ckpt")
    refuse(tmp_path, "weights_missing", str(tmp_path))


def garbage(content):
    """Return damaged copies of a checkpoint and other bytes that are not a checkpoint."""
    return {
        "empty": b"",
        "half": content[: len(content) // 2],
        "one byte less": content[:-1],
        "first byte gone": content[1:],
        "garbage": np.random.default_rng(6).bytes(len(content)),
        "zeros": bytes(len(content)),
        "web page": b"<!doctype html><title>Log in</title>" * 100,
    }


@pytest.mark.parametrize("kind", ["checkpoint", "keras_copy"])
@pytest.mark.parametrize("damage", garbage(b"x"))
def test_m10_damaged_and_other_files_are_refused(kind, damage, request, tmp_path):
    path = tmp_path / "vgg_16.ckpt"
    path.write_bytes(garbage(request.getfixturevalue(kind).read_bytes())[damage])
    refuse(path, "weights_damaged", "vgg_16.ckpt")


def test_m10_each_of_200_flipped_bits_is_detected(checkpoint, tmp_path):
    content = checkpoint.read_bytes()
    path = tmp_path / "vgg_16.ckpt"
    rng = np.random.default_rng(7)
    for position, bit in zip(rng.integers(0, len(content), 200), rng.integers(0, 8, 200)):  # noqa: B905
        damaged = bytearray(content)
        damaged[position] ^= 1 << bit
        path.write_bytes(damaged)
        refuse(path, "weights_damaged")


def test_keras_copy_without_names_of_weights(tmp_path):
    with h5py.File(tmp_path / "bare.h5", "w") as file:
        file.create_group("block1_conv1")
    refuse(tmp_path / "bare.h5", "weights_damaged", "bare.h5")
    with h5py.File(tmp_path / "empty.h5", "w"):
        pass
    refuse(tmp_path / "empty.h5", "weights_mismatch", *list(SHAPES)[:4], "and 28 more")


@pytest.mark.parametrize("kind", ["checkpoint", "keras_copy"])
def test_m11_message_lists_the_first_four_faults(kind, tmp_path):
    shapes = dict(SHAPES)
    shapes["vgg_16/fc8/weights"], shapes["vgg_16/fc8/biases"] = (1, 1, 32, 5), (5,)
    del shapes["vgg_16/fc7/biases" if kind == "checkpoint" else "vgg_16/fc7/weights"]
    shapes.pop("vgg_16/fc7/biases", None)
    shapes.pop("vgg_16/fc7/weights", None)
    path = (write_v1 if kind == "checkpoint" else write_keras)(tmp_path / "vgg_16.ckpt", shapes)
    missing = ["vgg_16/fc7/weights is missing", "vgg_16/fc7/biases is missing"]
    weights = ["vgg_16/fc8/weights has shape (1, 1, 32, 5)", "(1, 1, 32, 9)"]
    biases = ["vgg_16/fc8/biases has shape (5,)", "(9,)"]
    refuse(path, "weights_mismatch", *missing, *weights, *biases)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_m11_one_value_that_is_not_finite_is_detected(keras_copy, tmp_path, value):
    path = tmp_path / "copy.h5"
    path.write_bytes(keras_copy.read_bytes())
    with h5py.File(path, "r+") as file:
        file["fc1/fc1_W_1:0"][17, 3] = value
    refuse(path, "weights_mismatch", "vgg_16/fc6/weights", "NaN")


def test_m11_nan_and_zeros_in_a_checkpoint_are_detected(tmp_path):
    path = tmp_path / "vgg_16.ckpt"
    shapes = {"a": (2,), "b": (3,)}
    with runtime.building() as (_, tf1, _slim), tf1.Graph().as_default(), tf1.Session() as session:
        values = {"a": [1.0, np.nan], "b": [0.0, 0.0, 0.0]}
        for name, value in values.items():
            tf1.get_variable(name, initializer=np.array(value, np.float32))
        session.run(tf1.global_variables_initializer())
        saver = tf1.train.Saver(write_version=tf1.train.SaverDef.V1)
        saver.save(session, str(path), write_meta_graph=False, write_state=False)
    refuse(path, "weights_mismatch", ": a contains NaN", "; b contains only", expected=shapes)
    with weights_error("weights_mismatch", ": b contains only"):
        next(checked_rows(path, {"b": (3,), "a": (2,)}))


def test_damage_in_one_tensor_is_detected_when_it_is_read(tmp_path):
    """A tensor of more than 256 KiB has its own block, as most tensors of VGG-16 do."""
    path = write_v1(tmp_path / "vgg_16.ckpt", {"a": (300, 300), "b": (300, 300)})
    content = bytearray(path.read_bytes())
    with open_checkpoint(path) as opened:
        intact = opened.tensor("a")
        position = content.find(opened.tensor("b").tobytes()[-64:])
    assert position > 0
    content[position] ^= 1
    path.write_bytes(content)
    with open_checkpoint(path) as opened:
        np.testing.assert_array_equal(opened.tensor("a"), intact)
        with weights_error("weights_damaged"):
            opened.tensor("b")


def test_lack_of_memory_is_not_reported_as_damage(checkpoint, monkeypatch):
    def exhausted(*args, **kwargs):
        raise MemoryError

    with open_checkpoint(checkpoint) as opened:
        monkeypatch.setattr(np, "asarray", exhausted)
        with pytest.raises(MemoryError):
            opened.tensor(FC6)
