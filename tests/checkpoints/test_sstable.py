"""Tables that TensorFlow or a test wrote are read as written, or refused."""

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


def test_checksum_is_the_standard_crc32c():
    """RFC 3720, B.4, gives the checksum of 32 bytes of zeros."""
    assert google_crc32c.value(bytes(32)) == 0x8A9136AA


def test_entries_whose_keys_share_a_beginning():
    first, second = bytes([0, 3, 2]) + b"catXY", bytes([2, 1, 1]) + b"rZ"
    table = Table(io.BytesIO(table_of([(b"d", first + second + bytes(4) + b"\1\0\0\0")])))
    assert table.find(b"cat") == Place(6, 2)
    assert table.read(table.find(b"cat")) == b"XY"
    assert table.read(table.find(b"car")) == b"Z"
    assert table.find(b"cow") is None
    assert table.find(b"dog") is None


def test_a_changed_block_is_detected_when_it_is_read():
    good = table_of([(b"cat", block_of([(b"cat", b"XY")]))])
    table = Table(io.BytesIO(good.replace(b"XY", b"XX")))
    with pytest.raises(TableError, match="checksum of bytes 0 to 16"):
        table.find(b"cat")


def test_a_compressed_block_is_not_supported():
    with pytest.raises(UnusualTableError, match="compressed"):
        Table(io.BytesIO(table_of([(b"cat", snappy(b"anything"))], b"\1")))


@pytest.mark.parametrize("data", [b"", b"x" * 10])
def test_a_file_too_short_for_a_footer(data):
    with pytest.raises(TableError, match="ends before byte"):
        Table(io.BytesIO(data))


def test_a_file_without_the_footer_of_a_table():
    with pytest.raises(TableError, match="does not end"):
        Table(io.BytesIO(bytes(100)))


@pytest.mark.parametrize("data", [b"", b"\x80", b"\xff" * 12])
def test_a_number_that_does_not_end(data):
    with pytest.raises(TableError, match="number"):
        number(data, 0)


def test_rows_are_read_as_written(content):
    table = Table(io.BytesIO(content))
    for name, values in random_weights(SHAPES):
        half = len(values) // 2
        np.testing.assert_array_equal(read_rows(table, name, values.shape, 0, half), values[:half])
        rest = read_rows(table, name, values.shape, half, len(values))
        np.testing.assert_array_equal(rest, values[half:])


def test_a_shape_with_another_number_of_values(content):
    with pytest.raises(TableError, match=r"\(8,\).* 32 bytes.* 36"):
        read_rows(Table(io.BytesIO(content)), BIASES, (8,), 0, 8)


@pytest.mark.parametrize(("name", "shape"), [("no such tensor", (9,)), (BIASES, (9, 1))])
def test_a_tensor_that_is_not_saved_whole(content, name, shape):
    with pytest.raises(UnusualTableError, match=name):
        read_rows(Table(io.BytesIO(content)), name, shape, 0, 9)


def test_a_tensor_that_is_not_float32(content):
    """The step is an integer, which a checkpoint stores in another field."""
    with pytest.raises(UnusualTableError, match="global_step"):
        read_rows(Table(io.BytesIO(content)), "global_step", (), 0, 1)


def test_a_field_of_a_wire_type_that_tensors_do_not_have():
    value = bytes([5 << 3 | 1]) + bytes(8)
    block = block_of([(b"\0a\0\1\1\1\x80\x7f", value)])
    with pytest.raises(TableError, match="wire type 1"):
        read_rows(Table(io.BytesIO(table_of([(b"\1", block)]))), "a", (2,), 0, 2)
