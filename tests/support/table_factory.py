"""Sorted string tables written by hand, or copied with compressed blocks."""

import io

import google_crc32c

from fcnlib.checkpoints.sstable import MAGIC, Table

LITERAL_WITH_TWO_LENGTH_BYTES = 61 << 2


def masked(data):
    """Return the checksum of `data` in the form that a table stores."""
    checksum = google_crc32c.value(data)
    return (((checksum >> 15) | (checksum << 17)) + 0xA282EAD8).to_bytes(8, "little")[:4]


def varint(value):
    """Return a number, stored with seven bits per byte."""
    digits = bytearray()
    while value > 0x7F:
        digits.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*digits, value])


def block_of(entries):
    """Return a block of (key, value) pairs with complete keys."""
    parts = [varint(0) + varint(len(k)) + varint(len(v)) + k + v for k, v in entries]
    return b"".join(parts) + bytes(4) + b"\1\0\0\0"


def table_of(blocks, kind=b"\0"):
    """Return a table of (last key, block) pairs; `kind` is the byte of their compression."""
    file, index = bytearray(), []
    for key, block in blocks:
        index.append((key, varint(len(file)) + varint(len(block))))
        file += block + kind + masked(block + kind)
    entries = block_of(index)
    footer = bytes(2) + varint(len(file)) + varint(len(entries))
    return bytes(file) + entries + b"\0" + masked(entries + b"\0") + footer.ljust(40, b"\0") + MAGIC


def compressed(content):
    """Return a table with its blocks in Snappy's format, which is valid but not smaller."""
    table = Table(io.BytesIO(content))
    blocks = [(key, snappy(table.read(place))) for key, place in table.blocks]
    return table_of(blocks, b"\1")


def snappy(data):
    """Return `data` in Snappy's format as literals, without back references."""
    pieces = [data[start : start + 65536] for start in range(0, len(data), 65536)]
    literals = [
        bytes([LITERAL_WITH_TWO_LENGTH_BYTES]) + (len(piece) - 1).to_bytes(2, "little") + piece
        for piece in pieces
    ]
    return varint(len(data)) + b"".join(literals)
