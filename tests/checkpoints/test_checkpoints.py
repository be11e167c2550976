"""Weights are fetched once for everybody, kept whole, and found again."""

import json
import os
import re
import signal
import stat
import subprocess
import sys
import threading
import time
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from hashlib import md5
from pathlib import Path

import numpy as np
import pytest
from support.checkpoint_factory import NARROW, pack, write_keras, write_v1
from support.weights_server import Fault, WeightsServer

from fcnlib import checkpoints
from fcnlib.checkpoints import (
    SOURCES,
    Source,
    cache_dir,
    downloads,
    fetch,
    find,
    missing,
    storage,
    verify,
)
from fcnlib.errors import Cancelled, WeightsError
from fcnlib.networks.vgg import vgg_16_shapes

ROOT = Path(__file__).parents[2]
SHAPES = vgg_16_shapes(**NARROW)
ARCHIVE = SOURCES["archive"].filename
LOCK = f"{ARCHIVE}.lock"
KEPT = ["vgg_16.ckpt", "vgg_16.ckpt.json", LOCK]
FETCH = "from fcnlib.checkpoints import fetch; print(fetch())"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Make a checkpoint and its archive, small but for padding that slows a download."""
    folder = tmp_path_factory.mktemp("made")
    checkpoint = write_v1(folder / "vgg_16.ckpt", SHAPES | {"padding": (1000, 1000)})
    pack(checkpoint, folder / ARCHIVE)
    write_keras(folder / SOURCES["keras"].filename, SHAPES)
    return folder


@pytest.fixture
def server(made):
    with WeightsServer({path.name: path for path in made.iterdir()}) as server:
        yield server


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch, server, made):
    """Let this process and its children fetch from the server to a folder of their own."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("FCNLIB_CACHE_DIR", str(folder))
    monkeypatch.setenv("FCNLIB_WEIGHTS_URL", server.url)
    monkeypatch.setenv("FCNLIB_WEIGHTS_SIZE", str((made / ARCHIVE).stat().st_size))
    monkeypatch.delenv("FCNLIB_VGG_CHECKPOINT", raising=False)
    monkeypatch.setattr(downloads, "BACKOFF_S", 0.01)
    return folder


def python(code):
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def refused(call, code, match):
    with pytest.raises(WeightsError, match=match) as caught:
        call()
    assert caught.value.code == code


def test_first_start_makes_one_request_and_the_second_none(server, cache, made):
    path = fetch()
    assert path == cache / "vgg_16.ckpt"
    assert path.read_bytes() == (made / "vgg_16.ckpt").read_bytes()
    assert fetch() == find() == path
    assert server.ranges == [None]
    assert sorted(os.listdir(cache)) == KEPT
    assert verify(path, SHAPES).num_tensors == 32


def test_progress_covers_download_and_unpacking(made):
    told = []
    fetch(report=lambda *args: told.append(args))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] < 0.1
    size = (made / ARCHIVE).stat().st_size
    assert (0.8, f"Downloading: {size:,} of {size:,} bytes") in told
    assert told[-2:] == [
        (1.0, f"{ARCHIVE} is unpacked and was removed"),
        (1.0, "vgg_16.ckpt is ready"),
    ]


def test_manifest_tells_what_the_file_is_and_the_hash_to_pin(cache, made, server, monkeypatch):
    fetch()
    manifest = json.loads((cache / "vgg_16.ckpt.json").read_text())
    assert manifest["size"] == (made / "vgg_16.ckpt").stat().st_size
    assert manifest["sha256"] == storage.file_digest(made / "vgg_16.ckpt")
    assert manifest["source"] == f"{server.url}/{ARCHIVE}"
    pin = verify(find(), SHAPES).archive_sha256
    assert pin == storage.file_digest(made / ARCHIVE)
    find().unlink()
    monkeypatch.setenv("FCNLIB_VGG_ARCHIVE_SHA256", pin)
    fetch()
    find().unlink()
    monkeypatch.setenv("FCNLIB_VGG_ARCHIVE_SHA256", "0" * 64)
    refused(fetch, "wrong_checksum", f"its sha256 is {pin}, expected is 0000")
    assert os.listdir(cache) == [LOCK]


def test_cache_is_private_and_where_the_environment_says(cache, monkeypatch):
    fetch()
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    monkeypatch.setenv("FCNLIB_CACHE_DIR", "~/elsewhere")
    assert cache_dir() == Path.home() / "elsewhere"
    monkeypatch.delenv("FCNLIB_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", "/tmp/xdg")
    assert cache_dir().name == "fcnlib"


def test_folder_that_cannot_be_made_or_written(cache, monkeypatch):
    cache.write_text("a file, not a folder")
    refused(fetch, "disk_error", "cache could not be written .*FCNLIB_CACHE_DIR")
    cache.unlink()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    refused(fetch, "disk_error", "may not be written to by this user")


def test_threads_and_processes_share_one_download(server, cache):
    server.always = Fault(pause=0.02)
    told = []
    with ThreadPoolExecutor(4) as pool:
        processes = [python(FETCH) for _ in range(3)]
        paths = [
            pool.submit(fetch, report=lambda fraction, text: told.append(text)) for _ in range(4)
        ]
        paths = {str(path.result()) for path in paths}
        outputs = {process.communicate(timeout=60)[0].strip() for process in processes}
    assert paths == outputs == {str(cache / "vgg_16.ckpt")}
    assert server.ranges == [None]
    assert any(text.startswith("Waiting for a download under way: ") for text in told)


def test_who_waits_may_give_up_and_who_downloads_goes_on(server, cache):
    server.always = Fault(pause=0.02)
    first = threading.Thread(target=fetch)
    first.start()
    while not server.ranges:
        time.sleep(0.01)

    def give_up(fraction, text):
        raise Cancelled

    with pytest.raises(Cancelled, match="Stopped"):
        fetch(report=give_up)
    first.join()
    assert find() == cache / "vgg_16.ckpt"


def test_cancelled_download_frees_the_lock_and_is_resumed(server, cache):
    def cancel(fraction, text):
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled, match="Stopped"):
        fetch(report=cancel)
    have = (cache / f"{ARCHIVE}.part").stat().st_size
    fetch()
    assert server.ranges == [None, f"bytes={have}-"]
    assert sorted(os.listdir(cache)) == KEPT


def test_cancelled_unpacking_needs_no_second_download(server, cache):
    def cancel(fraction, text):
        if text.startswith("Unpacking"):
            raise Cancelled

    with pytest.raises(Cancelled, match="Stopped"):
        fetch(report=cancel)
    assert sorted(os.listdir(cache)) == [ARCHIVE, LOCK]
    fetch()
    assert server.ranges == [None]
    assert sorted(os.listdir(cache)) == KEPT


def test_killed_download_is_resumed_from_the_saved_byte(server, cache, made):
    server.faults.append(Fault(pause=0.05))
    process = python(FETCH)
    part = cache / f"{ARCHIVE}.part"
    while not part.exists() or part.stat().st_size < 500_000:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    have = part.stat().st_size
    assert fetch().read_bytes() == (made / "vgg_16.ckpt").read_bytes()
    assert server.ranges == [None, f"bytes={have}-"]


@pytest.mark.parametrize("kind", ["web page", "missing", "flipped bit", "wrong length"])
def test_what_is_not_the_archive_leaves_nothing_but_the_lock(kind, server, cache, made):
    content = bytearray((made / ARCHIVE).read_bytes())
    content[len(content) // 2] ^= 1
    fault, code = {
        "web page": (Fault(body=b"<html>", content_type="text/html"), "wrong_size"),
        "missing": (Fault(status=404), "download_failed"),
        "flipped bit": (Fault(body=bytes(content)), "bad_archive"),
        "wrong length": (Fault(body=bytes(content[:-9])), "wrong_size"),
    }[kind]
    server.always = fault
    refused(fetch, code, ARCHIVE)
    assert len(server.ranges) <= 4
    assert os.listdir(cache) == [LOCK]
    server.always = Fault()
    fetch()
    assert sorted(os.listdir(cache)) == KEPT


@pytest.mark.parametrize("kind", ["cut", "longer", "replaced", "link", "gone", "no manifest"])
def test_changed_file_is_noticed_and_rebuilt(kind, server, cache, made, tmp_path):
    path = fetch()
    content = path.read_bytes()
    outside = tmp_path / "outside"
    outside.write_bytes(content)
    if kind in ("link", "gone"):
        path.unlink()
    {
        "cut": lambda: path.write_bytes(content[:1000]),
        "longer": lambda: path.write_bytes(content + b"x"),
        "replaced": lambda: path.write_bytes(content[:-1] + b"x"),
        "link": lambda: path.symlink_to(outside),
        "gone": lambda: None,
        "no manifest": lambda: (cache / "vgg_16.ckpt.json").write_text("[]"),
    }[kind]()
    refused(find, "weights_missing", "There is no" if kind == "gone" else "was cut or replaced")
    assert fetch() == find() == path
    assert not path.is_symlink()
    assert path.read_bytes() == outside.read_bytes() == content
    assert len(server.ranges) == 2


def test_cut_file_with_the_old_time_of_change_is_noticed(cache):
    path = fetch()
    state = path.stat()
    path.write_bytes(path.read_bytes()[:1000])
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    refused(find, "weights_missing", "was cut or replaced")


def test_damaged_file_is_not_kept_when_it_cannot_be_rebuilt(server, cache):
    fetch().write_bytes(b"damaged")
    server.always = Fault(status=404)
    refused(fetch, "download_failed", "answered 404")
    assert os.listdir(cache) == [LOCK]


def test_copied_file_counts_as_intact(cache):
    path = fetch()
    os.utime(path, (1, 1))
    assert find() == path


def test_disk_that_forgets_is_found_by_the_repair_command(server, cache, made):
    """A flipped bit with the old time of change passes `find`, but not `fetch`."""
    path = fetch()
    content, state = path.read_bytes(), path.stat()
    path.write_bytes(content[:-1000] + bytes(1) + content[-999:])
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert find() == path
    assert fetch().read_bytes() == content
    assert len(server.ranges) == 2


def test_full_disk_is_noticed_before_the_first_byte(server, cache, made, monkeypatch):
    needed = (made / ARCHIVE).stat().st_size + SOURCES["archive"].unpacked
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(
        storage.shutil, "disk_usage", lambda folder: usage(10**12, 10**12, needed - 1)
    )
    refused(fetch, "disk_full", f"{needed:,} more bytes are needed in .*, {needed - 1:,} are free")
    assert server.ranges == []
    (cache / f"{ARCHIVE}.part").write_bytes((made / ARCHIVE).read_bytes()[:1])
    fetch()
    assert server.ranges == ["bytes=1-"]


def test_disk_that_fills_up_keeps_what_has_arrived(server, cache, made):
    """One limit stops the download, the next one the unpacking; nothing is fetched twice."""
    code = (
        "import resource; from fcnlib import checkpoints, errors\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))\n"
        "try: checkpoints.fetch()\n"
        "except errors.WeightsError as error: print(error.code)\n"
    )
    size = (made / ARCHIVE).stat().st_size
    assert size < (made / "vgg_16.ckpt").stat().st_size
    assert python(code.format(size // 2)).communicate()[0] == "disk_full\n"
    have = (cache / f"{ARCHIVE}.part").stat().st_size
    assert python(code.format(size)).communicate()[0] == "disk_full\n"
    assert sorted(os.listdir(cache)) == [ARCHIVE, LOCK]
    fetch()
    assert server.ranges == [None, f"bytes={have}-"]
    assert sorted(os.listdir(cache)) == KEPT


def test_nothing_found_names_path_and_command(cache):
    refused(find, "weights_missing", "There is no .*cache/vgg_16.ckpt. Expected are the VGG-16")
    refused(find, "weights_missing", "python -m fcnlib weights --fetch, or set FCNLIB_VGG_CHECK")
    assert missing().code == "weights_missing"
    with pytest.raises(WeightsError, match=re.escape(str(missing()))):
        find()
    assert not cache.exists()
    fetch()
    assert missing() is None


def test_no_network_and_then_again(server, cache, monkeypatch):
    with WeightsServer({}) as gone:
        url = gone.url
    monkeypatch.setenv("FCNLIB_WEIGHTS_URL", url)
    refused(fetch, "download_failed", "could not be fetched from 127.0.0.1: The connection broke")
    monkeypatch.setenv("FCNLIB_WEIGHTS_URL", server.url)
    assert fetch() == find()


def test_plain_http_mirror_is_refused(monkeypatch, cache):
    monkeypatch.setenv("FCNLIB_WEIGHTS_URL", "http://mirror.test")
    refused(fetch, "insecure_address", "http://mirror.test: only https")
    assert os.listdir(cache) == [LOCK]


def test_keras_copy_is_fetched_checked_and_found(server, cache, made):
    name = SOURCES["keras"].filename
    content = (made / name).read_bytes()
    source = Source(f"{server.url}/{name}", len(content), f"md5:{md5(content).hexdigest()}")
    assert fetch(source) == fetch(source) == find() == cache / name
    assert verify(find(), SHAPES).num_tensors == 32
    assert server.ranges == [None]
    assert sorted(os.listdir(cache)) == [name, f"{name}.json", f"{name}.lock"]
    server.files[name] = content[:-1] + b"x"
    find().unlink()
    refused(lambda: fetch(source), "wrong_checksum", "arrived damaged or was changed: its md5 is")
    assert os.listdir(cache) == [f"{name}.lock"]


@pytest.mark.parametrize("name", ["vgg_16.ckpt", SOURCES["keras"].filename])
def test_own_file_comes_first_and_is_read_where_it_lies(name, made, monkeypatch, server):
    fetch()
    monkeypatch.setenv("FCNLIB_VGG_CHECKPOINT", str(made / name))
    assert find() == made / name
    assert verify(find(), SHAPES).num_tensors == 32
    assert len(server.ranges) == 1


def test_own_archive_is_unpacked_once_for_each_of_its_states(made, cache, monkeypatch, tmp_path):
    own = tmp_path / "own"
    own.write_bytes((made / ARCHIVE).read_bytes())
    monkeypatch.setenv("FCNLIB_VGG_CHECKPOINT", str(own))
    told = []
    assert missing() is None
    assert not cache.exists()
    path = find(lambda fraction, text: told.append(text))
    assert told[-1].startswith("Unpacking")
    assert path.read_bytes() == (made / "vgg_16.ckpt").read_bytes()
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert verify(path, SHAPES).archive_sha256 == storage.file_digest(own)
    assert json.loads((path.parent / "vgg_16.ckpt.json").read_text())["source"] == str(own)
    told.clear()
    assert find(lambda fraction, text: told.append(text)) == path
    assert told == []
    own.write_bytes((made / ARCHIVE).read_bytes()[:-1])
    refused(find, "bad_archive", "own is not the archive of the weights: it is damaged")
    assert own.exists()


def test_two_who_unpack_an_own_archive_do_it_once(made, monkeypatch):
    monkeypatch.setenv("FCNLIB_VGG_CHECKPOINT", str(made / ARCHIVE))
    monkeypatch.setattr(storage, "POLL_S", 0.01)
    waited = threading.Event()
    unpacked = []

    def first(fraction, text):
        unpacked.append(text)
        assert waited.wait(10)

    def second(fraction, text):
        assert text == "Waiting: the archive is being unpacked"
        waited.set()

    with ThreadPoolExecutor(1) as pool:
        path = pool.submit(find, first)
        while not unpacked:
            time.sleep(0.01)
        assert find(second) == path.result()


def test_own_file_that_is_not_there(monkeypatch, tmp_path):
    monkeypatch.setenv("FCNLIB_VGG_CHECKPOINT", str(tmp_path / "none.ckpt"))
    refused(find, "weights_missing", r"There is no .*none\.ckpt, which FCNLIB_VGG_CHECKPOINT names")
    assert missing().code == "weights_missing"


def test_full_disk_while_unpacking_an_own_archive(monkeypatch, made, cache):
    monkeypatch.setenv("FCNLIB_VGG_CHECKPOINT", str(made / ARCHIVE))
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(storage.shutil, "disk_usage", lambda folder: usage(1, 1, 0))
    refused(find, "disk_full", "The disk is too full: 560,000,000 more bytes")


def test_lock_of_a_dead_process_does_not_hold(cache, tmp_path):
    lock = tmp_path / "a.lock"
    code = (
        f"from fcnlib.checkpoints.storage import only_one; from pathlib import Path; import os\n"
        f"with only_one(Path({str(lock)!r}), print): os.kill(os.getpid(), 9)"
    )
    process = python(code)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    with storage.only_one(lock, lambda: pytest.fail("waited for nobody")):
        pass


def test_lock_that_cannot_be_made(tmp_path):
    (tmp_path / "a.lock").mkdir()
    with (
        pytest.raises(WeightsError, match=r"a\.lock could not be written"),
        storage.only_one(tmp_path / "a.lock", lambda: None),
    ):
        pytest.fail("held a lock that cannot be")


def test_lock_is_free_again_after_an_error_in_the_block(tmp_path):
    with suppress(ZeroDivisionError), storage.only_one(tmp_path / "a.lock", lambda: None):
        1 / 0  # noqa: B018 - the error is the point
    with storage.only_one(tmp_path / "a.lock", lambda: pytest.fail("still held")):
        pass


def test_importing_is_light():
    heavy = {"tensorflow", "h5py", "requests", "pooch", "filelock", "streamlit", "plotly"}
    code = f"import sys, fcnlib.checkpoints; print({heavy} & set(sys.modules))"
    assert python(code).communicate()[0] == "set()\n"


def test_public_names_are_there():
    assert all(hasattr(checkpoints, name) for name in checkpoints.__all__)


def test_names_of_the_padding_are_not_checked(made):
    """The checkpoint may hold more than is expected."""
    verified = verify(made / "vgg_16.ckpt", SHAPES)
    assert verified.num_parameters == sum(np.prod(shape) for shape in SHAPES.values())
