"""One member comes out of an archive; an archive of any other make writes nothing."""

import gzip
import hashlib
import io
import os
import tarfile

import numpy as np
import pytest

from fcnlib.checkpoints import archives
from fcnlib.errors import Cancelled, WeightsError

CONTENT = np.random.default_rng(2).bytes(3_000_000)
MEMBER = "vgg_16.ckpt"
LIMIT = 4_000_000


def member(name=MEMBER, content=CONTENT, **fields):
    """Return a tar header with its bytes."""
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
    """Give a function that unpacks bytes in an inner folder, three levels down."""
    inner = tmp_path / "a" / "b" / "c"
    inner.mkdir(parents=True)

    def run(data, **options):
        (inner / "weights.tar.gz").write_bytes(data)
        options = {"limit": LIMIT} | options
        return archives.unpack_member(
            inner / "weights.tar.gz", MEMBER, inner / "kept.ckpt", **options
        )

    run.folder = inner
    run.outside = tmp_path
    return run


def files_below(folder):
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir())


@pytest.mark.parametrize("form", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_the_member_comes_out_with_its_hash(unpack, form):
    info, content = member(mtime=1472428800.5 if form == tarfile.PAX_FORMAT else 1472428800)
    told = []
    digest = unpack(tar_gz((info, content), form=form), report=lambda *args: told.append(args))
    assert (unpack.folder / "kept.ckpt").read_bytes() == CONTENT
    assert digest == hashlib.sha256(CONTENT).hexdigest()
    assert told[-1] == (1.0, "Unpacking: 3,000,000 of 3,000,000 bytes")
    assert files_below(unpack.outside) == ["a/b/c/kept.ckpt", "a/b/c/weights.tar.gz"]


LINK = {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"}
HARD_LINK = {"type": tarfile.LNKTYPE, "linkname": "/etc/passwd"}
BAD = {
    "climbing": ([member("../../vgg_16.ckpt")], "it holds '../../vgg_16.ckpt', expected is"),
    "absolute": ([member("/tmp/vgg_16.ckpt")], "it holds '/tmp/vgg_16.ckpt', expected is"),
    "other name": ([member("model.ckpt")], "it holds 'model.ckpt', expected is 'vgg_16.ckpt'"),
    "long name": ([member("x" * 5000)], f"it holds '{'x' * 80}', expected is"),
    "symlink": ([member(content=b"", **LINK)], "is a link or another kind"),
    "hard link": ([member(content=b"", **HARD_LINK)], "is a link or another kind"),
    "folder": ([member(content=b"", type=tarfile.DIRTYPE)], "is a link or another kind"),
    "device": ([member(content=b"", type=tarfile.CHRTYPE)], "is a link or another kind"),
    "pipe": ([member(content=b"", type=tarfile.FIFOTYPE)], "is a link or another kind"),
    "duplicate": ([member(), member()], "more than one file"),
    "link, then file": ([member(content=b"", **LINK), member()], "is a link or another kind"),
    "file, then climbing": ([member(), member("../../x")], "more than one file"),
    "5000 members": ([member(), *[member(f"{i}", b"x") for i in range(4999)]], "more than one"),
    "no member": ([], "it is empty"),
    "empty file": ([member(content=b"")], "has 0 bytes"),
    "too long": ([member(content=bytes(LIMIT + 1))], "has 4,000,001 bytes, at most 4,000,000"),
}


@pytest.mark.parametrize("kind", BAD)
def test_archive_of_another_make_is_refused_and_nothing_is_written(unpack, kind):
    members, match = BAD[kind]
    with pytest.raises(WeightsError, match=match) as caught:
        unpack(tar_gz(*members))
    assert caught.value.code == "bad_archive"
    assert "python -m fcnlib weights --fetch" in str(caught.value)
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
        flipped(-5),  # within the length that ends a gzip file
        flipped(-8),  # within its CRC
        gzip.compress(b"not a tar" * 1000, 1),
        gzip.compress(gzip.decompress(GOOD)[: 512 + 1_000_000], 1),
        gzip.decompress(GOOD),
    ],
    ids=lambda data: f"{len(data)} bytes",
)
def test_damage_is_noticed(unpack, data):
    with pytest.raises(WeightsError, match=r"it is damaged or no tar\.gz") as caught:
        unpack(data)
    assert caught.value.code == "bad_archive"
    assert files_below(unpack.outside) == ["a/b/c/weights.tar.gz"]


def test_bit_flips_never_change_what_comes_out(unpack):
    """A flip in a time stamp of the headers may pass, one in the content may not."""
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
    precious = unpack.outside / "precious"
    precious.write_bytes(b"precious")
    for name in ("kept.ckpt", "kept.ckpt.new"):
        (unpack.folder / name).symlink_to(precious)
    unpack(GOOD)
    assert precious.read_bytes() == b"precious"
    assert not (unpack.folder / "kept.ckpt").is_symlink()


def test_cancelling_leaves_only_the_archive(unpack):
    def cancel(fraction, text):
        raise Cancelled

    with pytest.raises(Cancelled, match="Stopped"):
        unpack(GOOD, report=cancel)
    assert files_below(unpack.outside) == ["a/b/c/weights.tar.gz"]


def test_missing_archive_is_an_error_of_the_disk(tmp_path):
    with pytest.raises(WeightsError, match="could not be written") as caught:
        archives.unpack_member(tmp_path / "none", MEMBER, tmp_path / "kept", LIMIT)
    assert caught.value.code == "disk_error"
    assert os.listdir(tmp_path) == []
