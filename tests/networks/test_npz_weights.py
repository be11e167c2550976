import numpy as np
import pytest

from fcnlib.errors import WeightsError
from fcnlib.networks.npz_weights import read_arrays, read_weights, write_arrays, write_weights


def test_weights_are_read_per_head_as_float32(tmp_path):
    path = tmp_path / "weights.npz"
    write_weights(path, {"fcn_8s": {"a/w": np.array([0.5, 3.0])}, "fcn_16s": {"a/w": np.ones(1)}})
    weights = read_weights("fcn_8s", path)
    assert list(weights) == ["a/w"]
    assert weights["a/w"].dtype == np.float32
    np.testing.assert_array_equal(weights["a/w"], [0.5, 3.0])


def test_the_error_for_a_missing_file_names_the_command_to_train(tmp_path):
    with pytest.raises(WeightsError, match="python -m fcnlib train") as error:
        read_weights("fcn_8s", tmp_path / "none.npz")
    assert error.value.code == "missing"


def test_a_file_without_the_head_is_rejected(tmp_path):
    path = write_weights(tmp_path / "weights.npz", {"fcn_8s": {"w": np.ones(2)}})
    with pytest.raises(WeightsError, match="fcn_16s") as error:
        read_weights("fcn_16s", path)
    assert error.value.code == "no_such_head"


@pytest.mark.parametrize("damage", ["empty", "half", "text", "flipped", "array"])
def test_a_damaged_file_is_rejected(tmp_path, damage):
    path = write_weights(tmp_path / "weights.npz", {"fcn_8s": {"w": np.arange(400.0)}})
    data = bytearray(path.read_bytes())
    data[len(data) // 3] ^= 0xFF
    contents = {
        "empty": b"",
        "half": path.read_bytes()[: len(data) // 2],
        "text": b"<html>log in</html>",
        "flipped": bytes(data),
        "array": b"",
    }
    path.write_bytes(contents[damage])
    if damage == "array":
        with path.open("wb") as file:
            np.save(file, np.ones(3))
    with pytest.raises(WeightsError, match=path.name) as error:
        read_weights("fcn_8s", path)
    assert error.value.code == "damaged"


def test_a_failed_write_keeps_the_old_file(tmp_path):
    path = tmp_path / "state.npz"
    write_arrays(path, {"a": np.ones(3)})

    class Broken:
        def __array__(self, *_, **__):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_arrays(path, {"a": Broken()})
    np.testing.assert_array_equal(read_arrays(path)["a"], np.ones(3))
