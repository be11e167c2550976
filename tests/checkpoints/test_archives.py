"""One member is extracted from an archive; any other archive is refused and nothing is written."""

import gzip
import hashlib
import io
import os
import tarfile

import numpy as np
import pytest
from support.failures import weights_error

from fcnlib.checkpoints import archives
from fcnlib.checkpoints.sources import FETCH_COMMAND
from fcnlib.errors import Cancelled, WeightsError

CONTENT = np.random.default_rng(2).bytes(3_000_000)
MEMBER = "vgg_16.ckpt"
LIMIT = 4_000_000


def member(name=MEMBER, content=CONTENT, **fields):
    """Return a tar header and the bytes of the member."""
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for field, value in fields.items():
        setattr(info, field, value)
    return info, content


def tar_gz(*members, form=tarfile.GNU_FORMAT):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", compresslevel=1, format=form) as tar:
        for info, content in members:
            tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


@pytest.fixture
def unpack(tmp_path):
    """Return a function that unpacks bytes in a folder three levels below `tmp_path`."""
    inner = tmp_path / "a" / "b" / "c"
    inner.mkdir(parents=True)

    def run(data, **options):
        archive = inner / "weights.tar.gz"
        archive.write_bytes(data)
        return archives.unpack_member(archive, MEMBER, inner / "kept.ckpt", LIMIT, **options)

    run.folder = inner
    run.outside = tmp_path
    return run


def files_below(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir())


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_the_member_is_extracted_and_its_hash_returned(unpack, form):
    info, content = member(mtime=1472428800.5 if form == tarfile.PAX_FORMAT else 1472428800)
    reports = []
    digest = unpack(tar_gz((info, content), form=form), report=lambda *args: reports.append(args))
    assert (unpack.folder / "kept.ckpt").read_bytes() == CONTENT
    assert digest == hashlib.sha256(CONTENT).hexdigest()
    assert reports[-1][0] == 1
    assert "3,000,000 of 3,000,000" in reports[-1][1]
    assert files_below(unpack.outside) == ["a/b/c/kept.ckpt", "a/b/c/weights.tar.gz"]


LINK = {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}
HARD_LINK = {"type": tarfile.LNKTYPE, "linkname": "/etc/passwd"}
# The members of each archive, and a word of the message.
BAD = {
    "climbing": ([member("../../vgg_16.ckpt")], "'../../vgg_16.ckpt'"),
    "absolute": ([member("/tmp/vgg_16.ckpt")], "'/tmp/vgg_16.ckpt'"),
    "other name": ([member("model.ckpt")], "'model.ckpt'"),
    "long name": ([member("x" * 5000)], f"'{'x' * 80}'"),
    "symlink": ([member(content=b"", **LINK)], "link"),
    "hard link": ([member(content=b"", **HARD_LINK)], "link"),
    "folder": ([member(content=b"", type=tarfile.DIRTYPE)], "special"),
    "device": ([member(content=b"", type=tarfile.CHRTYPE)], "special"),
    "pipe": ([member(content=b"", type=tarfile.FIFOTYPE)], "special"),
    "duplicate": ([member(), member()], "more than one"),
    "link, then file": ([member(content=b"", **LINK), member()], "link"),
    "file, then climbing": ([member(), member("../../x")], "more than one"),
    "5000 members": ([member(), *[member(f"{i}", b"x") for i in range(4999)]], "more than one"),
    "no member": ([], "empty"),
    "empty file": ([member(content=b"")], " 0 bytes"),
    "too long": ([member(content=bytes(LIMIT + 1))], "4,000,001 bytes"),
}


@pytest.mark.parametrize("kind", BAD)
def test_m7_unexpected_members_are_refused_and_nothing_is_written(unpack, kind):
    members, word = BAD[kind]
    with weights_error("bad_archive", word, FETCH_COMMAND):
        unpack(tar_gz(*members))
    assert files_below(unpack.outside) == ["a/b/c/weights.tar.gz"]


GOOD = tar_gz(member())
DIGITS = np.random.default_rng(4).integers(48, 58, 1_000_000, np.uint8).tobytes()
PACKED = tar_gz(member(content=DIGITS))
SPARSE = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0"}
NO_MAP = (member(content=b"no number\n" * 100, pax_headers=SPARSE),)


def flipped(position):
    data = bytearray(GOOD)
    data[position] ^= 1
    return bytes(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>Please log in</html>",
        GOOD[:1000],
        GOOD[:-1],
        GOOD + b"trailing",
        flipped(1_500_000),
        PACKED[:200_000] + b"\xff" * 200 + PACKED[200_200:],  # an invalid block
        tar_gz(*NO_MAP, form=tarfile.PAX_FORMAT),
        flipped(-5),  # in the length at the end of a gzip file
        flipped(-8),  # in its CRC
        gzip.compress(b"not a tar" * 1000, 1),
        gzip.compress(gzip.decompress(GOOD)[: 512 + 1_000_000], 1),
        gzip.decompress(GOOD),
    ],
    ids=lambda data: f"{len(data)} bytes",
)
def test_damage_is_detected(unpack, data):
    with weights_error("bad_archive", "damaged"):
        unpack(data)
    assert files_below(unpack.outside) == ["a/b/c/weights.tar.gz"]


def test_flipped_bits_never_change_the_extracted_file(unpack):
    """A flipped bit in a time stamp of a header may pass, one in the content must not."""
    rng = np.random.default_rng(3)
    positions = [*rng.integers(0, len(GOOD), 20), *range(0, 40, 3)]
    for position in positions:
        try:
            unpack(flipped(int(position)))
        except WeightsError as error:
            assert error.code == "bad_archive"  # noqa: PT017 - either outcome is right
        else:
            assert (unpack.folder / "kept.ckpt").read_bytes() == CONTENT


def test_link_at_the_target_is_replaced_and_not_followed(unpack):
    other = unpack.outside / "other"
    other.write_bytes(b"other")
    for name in ("kept.ckpt", "kept.ckpt.new"):
        (unpack.folder / name).symlink_to(other)
    unpack(GOOD)
    assert other.read_bytes() == b"other"
    assert not (unpack.folder / "kept.ckpt").is_symlink()


def test_cancelling_leaves_only_the_archive(unpack):
    def cancel(fraction, text):
        raise Cancelled

    with pytest.raises(Cancelled):
        unpack(GOOD, report=cancel)
    assert files_below(unpack.outside) == ["a/b/c/weights.tar.gz"]


def test_missing_archive_is_a_disk_error(tmp_path):
    with weights_error("disk_error"):
        archives.unpack_member(tmp_path / "none", MEMBER, tmp_path / "kept", LIMIT)
    assert os.listdir(tmp_path) == []
