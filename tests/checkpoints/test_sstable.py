"""Tables against files that TensorFlow writes and, cut and changed, against TensorFlow's reader."""

import io

import google_crc32c
import numpy as np
import pytest
from support.checkpoint_factory import NARROW, random_weights, write_v1
from support.table_factory import block_of, snappy, table_of

from fcnlib.checkpoints.sstable import Place, Table, TableError, UnusualTableError, number
from fcnlib.checkpoints.v1_tensors import read_rows
from fcnlib.networks.vgg import vgg_16_shapes

SHAPES = vgg_16_shapes(**NARROW)
BIASES = "vgg_16/fc8/biases"


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    return write_v1(tmp_path_factory.mktemp("table") / "vgg_16.ckpt", SHAPES).read_bytes()


def test_checksum_of_the_standard():
    """RFC 3720, B.4: 32 bytes of zeros."""
    assert google_crc32c.value(bytes(32)) == 0x8A9136AA


def test_entries_that_share_beginnings_of_keys():
    first, second = bytes([0, 3, 2]) + b"catXY", bytes([2, 1, 1]) + b"rZ"
    table = Table(io.BytesIO(table_of([(b"d", first + second + bytes(4) + b"\1\0\0\0")])))
    assert table.find(b"cat") == Place(6, 2)
    assert table.read(table.find(b"cat")) == b"XY"
    assert table.read(table.find(b"car")) == b"Z"
    assert table.find(b"cow") is None
    assert table.find(b"dog") is None


def test_a_changed_block_is_met_when_it_is_looked_into():
    good = table_of([(b"cat", block_of([(b"cat", b"XY")]))])
    table = Table(io.BytesIO(good.replace(b"XY", b"XX")))
    with pytest.raises(TableError, match="the checksum of its bytes 0 to 16 is wrong"):
        table.find(b"cat")


def test_a_compressed_block_is_sound_but_unusual():
    with pytest.raises(UnusualTableError, match="its blocks are compressed"):
        Table(io.BytesIO(table_of([(b"cat", snappy(b"anything"))], b"\1")))


@pytest.mark.parametrize("data", [b"", b"x" * 10])
def test_a_file_too_short_for_a_footer(data):
    with pytest.raises(TableError, match="it ends before byte"):
        Table(io.BytesIO(data))


def test_a_file_with_another_end():
    with pytest.raises(TableError, match="does not end as a table ends"):
        Table(io.BytesIO(bytes(100)))


@pytest.mark.parametrize("data", [b"", b"\x80", b"\xff" * 12])
def test_a_number_that_does_not_end(data):
    with pytest.raises(TableError, match="there is no number in"):
        number(data, 0)


def test_rows_are_the_rows_written(content):
    table = Table(io.BytesIO(content))
    for name, values in random_weights(SHAPES):
        half = len(values) // 2
        np.testing.assert_array_equal(read_rows(table, name, values.shape, 0, half), values[:half])
        rest = read_rows(table, name, values.shape, half, len(values))
        np.testing.assert_array_equal(rest, values[half:])


def test_a_shape_that_does_not_fit_the_numbers(content):
    with pytest.raises(TableError, match=r"of shape \(8,\) needs 32 bytes, there are 36"):
        read_rows(Table(io.BytesIO(content)), BIASES, (8,), 0, 8)


@pytest.mark.parametrize(("name", "shape"), [("no such tensor", (9,)), (BIASES, (9, 1))])
def test_a_tensor_that_is_not_there_whole(content, name, shape):
    with pytest.raises(UnusualTableError, match=f"{name} is saved in parts, or is not float32"):
        read_rows(Table(io.BytesIO(content)), name, shape, 0, 9)


def test_numbers_that_are_no_floats(content):
    """The step is an integer, which checkpoints hold in another field."""
    with pytest.raises(UnusualTableError, match="global_step is saved in parts, or is not float32"):
        read_rows(Table(io.BytesIO(content)), "global_step", (), 0, 1)


def test_a_field_of_a_kind_that_tensors_do_not_have():
    value = bytes([5 << 3 | 1]) + bytes(8)
    block = block_of([(b"\0a\0\1\1\1\x80\x7f", value)])
    with pytest.raises(TableError, match="a field of kind 1 where a tensor has none"):
        read_rows(Table(io.BytesIO(table_of([(b"\1", block)]))), "a", (2,), 0, 2)
