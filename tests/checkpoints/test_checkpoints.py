"""Weights are downloaded once for all threads and processes, and changes to them are detected."""

import json
import os
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
from support.failures import weights_error
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
from fcnlib.checkpoints.sources import FETCH_COMMAND
from fcnlib.errors import Cancelled
from fcnlib.networks.vgg import vgg_16_shapes

ROOT = Path(__file__).parents[2]
SHAPES = vgg_16_shapes(**NARROW)
ARCHIVE = SOURCES["archive"].filename
LOCK = f"{ARCHIVE}.lock"
KEPT = ["vgg_16.ckpt", "vgg_16.ckpt.json", LOCK]
KILLED_UNPACKING = """
import os, signal
from fcnlib.checkpoints import fetch

def report(fraction, text):
    if text.startswith("Unpacking"):
        os.kill(os.getpid(), signal.SIGKILL)

fetch(report=report)
"""
FETCH = "from fcnlib.checkpoints import fetch; print(fetch())"


@pytest.fixture(scope="module")
def originals(tmp_path_factory):
    """Create a small checkpoint and its archive, with padding that makes the download slower."""
    folder = tmp_path_factory.mktemp("originals")
    checkpoint = write_v1(folder / "vgg_16.ckpt", SHAPES | {"padding": (1000, 1000)})
    pack(checkpoint, folder / ARCHIVE)
    write_keras(folder / SOURCES["keras"].filename, SHAPES)
    return folder


@pytest.fixture
def server(originals):
    with WeightsServer({path.name: path for path in originals.iterdir()}) as server:
        yield server


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch, server, originals):
    """Make this process and its children download from the server to a temporary folder."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("FCNLIB_CACHE_DIR", str(folder))
    monkeypatch.setenv("FCNLIB_WEIGHTS_URL", server.url)
    monkeypatch.setenv("FCNLIB_WEIGHTS_SIZE", str((originals / ARCHIVE).stat().st_size))
    monkeypatch.delenv("FCNLIB_VGG_CHECKPOINT", raising=False)
    monkeypatch.setattr(downloads, "BACKOFF_S", 0.01)
    return folder


def python(code):
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def refuse(call, code, *words):
    with weights_error(code, *words):
        call()


def give_up(fraction, text):
    raise Cancelled


def test_m1_the_first_fetch_sends_one_request_and_the_second_none(server, cache, originals):
    path = fetch()
    assert path == cache / "vgg_16.ckpt"
    assert path.read_bytes() == (originals / "vgg_16.ckpt").read_bytes()
    assert fetch() == find() == path
    assert server.ranges == [None]
    assert sorted(os.listdir(cache)) == KEPT
    assert verify(path, SHAPES).num_tensors == 32


def test_m13_progress_covers_download_and_unpacking(originals):
    reports = []
    fetch(report=lambda *args: reports.append(args))
    fractions = [fraction for fraction, _ in reports]
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] < 0.1
    assert fractions[-1] == 1
    size = f"{(originals / ARCHIVE).stat().st_size:,}"
    assert any(at == 0.8 and f"{size} of {size}" in text for at, text in reports)
    assert "vgg_16.ckpt" in reports[-1][1]


def test_manifest_contains_size_source_and_hashes(cache, originals, server, monkeypatch):
    fetch()
    manifest = json.loads((cache / "vgg_16.ckpt.json").read_text())
    assert manifest["size"] == (originals / "vgg_16.ckpt").stat().st_size
    assert manifest["sha256"] == storage.file_digest(originals / "vgg_16.ckpt")
    assert manifest["source"] == f"{server.url}/{ARCHIVE}"
    pin = verify(find(), SHAPES).archive_sha256
    assert pin == storage.file_digest(originals / ARCHIVE)
    find().unlink()
    monkeypatch.setenv("FCNLIB_VGG_ARCHIVE_SHA256", pin)
    fetch()
    find().unlink()
    monkeypatch.setenv("FCNLIB_VGG_ARCHIVE_SHA256", "0" * 64)
    refuse(fetch, "wrong_checksum", pin, "0" * 64)
    assert os.listdir(cache) == [LOCK]


def test_o12_cache_is_private_and_its_folder_configurable(cache, monkeypatch):
    fetch()
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    monkeypatch.setenv("FCNLIB_CACHE_DIR", "~/elsewhere")
    assert cache_dir() == Path.home() / "elsewhere"
    monkeypatch.delenv("FCNLIB_CACHE_DIR")
    monkeypatch.setenv("XDG_CACHE_HOME", "/tmp/xdg")
    assert cache_dir().name == "fcnlib"


def test_folder_that_cannot_be_created_or_written(cache, monkeypatch):
    cache.write_text("a file, not a folder")
    refuse(fetch, "disk_error", str(cache), "FCNLIB_CACHE_DIR")
    cache.unlink()
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    refuse(fetch, "disk_error", "allowed", "FCNLIB_CACHE_DIR")


def test_m2_threads_and_processes_share_one_download(server, cache):
    server.always = Fault(pause=0.02)
    texts = []
    with ThreadPoolExecutor(4) as pool:
        processes = [python(FETCH) for _ in range(3)]
        paths = [pool.submit(fetch, report=lambda _, text: texts.append(text)) for _ in range(4)]
        paths = {str(path.result()) for path in paths}
        outputs = {process.communicate(timeout=60)[0].strip() for process in processes}
    assert paths == outputs == {str(cache / "vgg_16.ckpt")}
    assert server.ranges == [None]
    assert any(text.startswith("Waiting") for text in texts)


def test_a_waiting_caller_can_give_up_while_the_download_continues(server, cache):
    server.always = Fault(pause=0.02)
    first = threading.Thread(target=fetch)
    first.start()
    while not server.ranges:
        time.sleep(0.01)
    with pytest.raises(Cancelled):
        fetch(report=give_up)
    first.join()
    assert find() == cache / "vgg_16.ckpt"


def test_cancelled_download_releases_the_lock_and_is_resumed(server, cache):
    def cancel(fraction, text):
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        fetch(report=cancel)
    size = (cache / f"{ARCHIVE}.part").stat().st_size
    fetch()
    assert server.ranges == [None, f"bytes={size}-"]
    assert sorted(os.listdir(cache)) == KEPT


def test_cancelled_unpacking_needs_no_second_download(server, cache):
    def cancel(fraction, text):
        if text.startswith("Unpacking"):
            raise Cancelled

    with pytest.raises(Cancelled):
        fetch(report=cancel)
    assert sorted(os.listdir(cache)) == [ARCHIVE, LOCK]
    fetch()
    assert server.ranges == [None]
    assert sorted(os.listdir(cache)) == KEPT


def test_m4_killed_download_is_resumed_from_the_saved_byte(server, cache, originals):
    server.faults.append(Fault(pause=0.05))
    process = python(FETCH)
    part = cache / f"{ARCHIVE}.part"
    while not part.exists() or part.stat().st_size < 500_000:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    size = part.stat().st_size
    assert fetch().read_bytes() == (originals / "vgg_16.ckpt").read_bytes()
    assert server.ranges == [None, f"bytes={size}-"]


def test_m4_killed_unpacking_is_done_again_without_a_download(server, cache, originals):
    process = python(KILLED_UNPACKING)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert fetch().read_bytes() == (originals / "vgg_16.ckpt").read_bytes()
    assert server.ranges == [None]
    assert sorted(path.name for path in cache.iterdir()) == KEPT


@pytest.mark.parametrize("kind", ["web page", "missing", "flipped bit", "wrong length"])
def test_m6_a_different_file_than_the_archive_is_not_kept(kind, server, cache, originals):
    content = bytearray((originals / ARCHIVE).read_bytes())
    content[len(content) // 2] ^= 1
    fault, code = {
        "web page": (Fault(body=b"<html>", content_type="text/html"), "wrong_size"),
        "missing": (Fault(status=404), "download_failed"),
        "flipped bit": (Fault(body=bytes(content)), "bad_archive"),
        "wrong length": (Fault(body=bytes(content[:-9])), "wrong_size"),
    }[kind]
    server.always = fault
    refuse(fetch, code, ARCHIVE)
    assert len(server.ranges) <= 4
    assert os.listdir(cache) == [LOCK]
    server.always = Fault()
    fetch()
    assert sorted(os.listdir(cache)) == KEPT


@pytest.mark.parametrize("kind", ["cut", "longer", "replaced", "link", "gone", "no manifest"])
def test_m8_changed_file_is_detected_and_fetched_again(kind, server, cache, originals, tmp_path):
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
    refuse(find, "weights_missing", "is missing" if kind == "gone" else "truncated or replaced")
    assert fetch() == find() == path
    assert not path.is_symlink()
    assert path.read_bytes() == outside.read_bytes() == content
    assert len(server.ranges) == 2


def test_truncated_file_with_the_old_modification_time_is_detected(cache):
    path = fetch()
    state = path.stat()
    path.write_bytes(path.read_bytes()[:1000])
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    refuse(find, "weights_missing", "truncated")


def test_damaged_file_is_removed_even_if_it_cannot_be_fetched_again(server, cache):
    fetch().write_bytes(b"damaged")
    server.always = Fault(status=404)
    refuse(fetch, "download_failed", "404")
    assert os.listdir(cache) == [LOCK]


def test_file_with_another_modification_time_is_intact(cache):
    path = fetch()
    os.utime(path, (1, 1))
    assert find() == path


def test_fetch_detects_damage_on_the_disk(server, cache, originals):
    """A flipped bit with the old modification time passes `find` but not `fetch`."""
    path = fetch()
    content, state = path.read_bytes(), path.stat()
    path.write_bytes(content[:-1000] + bytes(1) + content[-999:])
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert find() == path
    assert fetch().read_bytes() == content
    assert len(server.ranges) == 2


def test_m9_full_disk_is_detected_before_the_first_byte(server, cache, originals, monkeypatch):
    needed = (originals / ARCHIVE).stat().st_size + SOURCES["archive"].unpacked
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(
        storage.shutil, "disk_usage", lambda folder: usage(10**12, 10**12, needed - 1)
    )
    refuse(fetch, "disk_full", f"{needed:,}", f"{needed - 1:,}", str(cache))
    assert server.ranges == []
    (cache / f"{ARCHIVE}.part").write_bytes((originals / ARCHIVE).read_bytes()[:1])
    fetch()
    assert server.ranges == ["bytes=1-"]


def test_m9_disk_that_fills_up_keeps_the_downloaded_part(server, cache, originals):
    """The first limit stops the download, the second the unpacking; no byte is sent twice."""
    code = (
        "import resource; from fcnlib import checkpoints, errors\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, ({0}, {0}))\n"
        "try: checkpoints.fetch()\n"
        "except errors.WeightsError as error: print(error.code)\n"
    )
    size = (originals / ARCHIVE).stat().st_size
    assert size < (originals / "vgg_16.ckpt").stat().st_size
    assert python(code.format(size // 2)).communicate()[0] == "disk_full\n"
    part_size = (cache / f"{ARCHIVE}.part").stat().st_size
    assert python(code.format(size)).communicate()[0] == "disk_full\n"
    assert sorted(os.listdir(cache)) == [ARCHIVE, LOCK]
    fetch()
    assert server.ranges == [None, f"bytes={part_size}-"]
    assert sorted(os.listdir(cache)) == KEPT


def test_message_about_missing_weights_names_path_command_and_variable(cache):
    words = str(cache / "vgg_16.ckpt"), FETCH_COMMAND, "FCNLIB_VGG_CHECKPOINT"
    refuse(find, "weights_missing", *words, str(missing()))
    assert missing().code == "weights_missing"
    assert not cache.exists()
    fetch()
    assert missing() is None


def test_m12_download_without_network_and_then_with_it(server, cache, monkeypatch):
    with WeightsServer({}) as gone:
        url = gone.url
    monkeypatch.setenv("FCNLIB_WEIGHTS_URL", url)
    refuse(fetch, "download_failed", "127.0.0.1")
    monkeypatch.setenv("FCNLIB_WEIGHTS_URL", server.url)
    assert fetch() == find()


def test_plain_http_mirror_is_refused(monkeypatch, cache):
    monkeypatch.setenv("FCNLIB_WEIGHTS_URL", "http://mirror.test")
    refuse(fetch, "insecure_address", "http://mirror.test", "FCNLIB_WEIGHTS_URL")
    assert os.listdir(cache) == [LOCK]


def test_keras_copy_is_downloaded_checked_and_found(server, cache, originals):
    name = SOURCES["keras"].filename
    content = (originals / name).read_bytes()
    source = Source(f"{server.url}/{name}", len(content), f"md5:{md5(content).hexdigest()}")
    assert fetch(source) == fetch(source) == find() == cache / name
    assert verify(find(), SHAPES).num_tensors == 32
    assert server.ranges == [None]
    assert sorted(os.listdir(cache)) == [name, f"{name}.json", f"{name}.lock"]
    server.files[name] = content[:-1] + b"x"
    find().unlink()
    refuse(lambda: fetch(source), "wrong_checksum", "md5")
    assert os.listdir(cache) == [f"{name}.lock"]


@pytest.mark.parametrize("name", ["vgg_16.ckpt", SOURCES["keras"].filename])
def test_file_of_the_user_comes_first_and_is_not_copied(name, originals, monkeypatch, server):
    fetch()
    monkeypatch.setenv("FCNLIB_VGG_CHECKPOINT", str(originals / name))
    assert find() == originals / name
    assert verify(find(), SHAPES).num_tensors == 32
    assert len(server.ranges) == 1


def test_archive_of_the_user_is_unpacked_once_per_version(originals, cache, monkeypatch, tmp_path):
    own = tmp_path / "own"
    own.write_bytes((originals / ARCHIVE).read_bytes())
    monkeypatch.setenv("FCNLIB_VGG_CHECKPOINT", str(own))
    texts = []
    assert missing() is None
    assert not cache.exists()
    path = find(lambda fraction, text: texts.append(text))
    assert texts[-1].startswith("Unpacking")
    assert path.read_bytes() == (originals / "vgg_16.ckpt").read_bytes()
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert verify(path, SHAPES).archive_sha256 == storage.file_digest(own)
    assert json.loads((path.parent / "vgg_16.ckpt.json").read_text())["source"] == str(own)
    texts.clear()
    assert find(lambda fraction, text: texts.append(text)) == path
    assert texts == []
    own.write_bytes((originals / ARCHIVE).read_bytes()[:-1])
    refuse(find, "bad_archive", "own", "damaged")
    assert own.exists()


def test_two_callers_unpack_an_archive_of_the_user_once(originals, monkeypatch):
    monkeypatch.setenv("FCNLIB_VGG_CHECKPOINT", str(originals / ARCHIVE))
    monkeypatch.setattr(storage, "POLL_S", 0.01)
    waited = threading.Event()
    unpacked = []

    def first(fraction, text):
        unpacked.append(text)
        assert waited.wait(10)

    def second(fraction, text):
        assert text.startswith("Waiting")
        waited.set()

    with ThreadPoolExecutor(1) as pool:
        path = pool.submit(find, first)
        while not unpacked:
            time.sleep(0.01)
        assert find(second) == path.result()


def test_missing_file_of_the_user(monkeypatch, tmp_path):
    path = tmp_path / "none.ckpt"
    monkeypatch.setenv("FCNLIB_VGG_CHECKPOINT", str(path))
    refuse(find, "weights_missing", str(path), "FCNLIB_VGG_CHECKPOINT")
    assert missing().code == "weights_missing"


def test_full_disk_while_unpacking_an_archive_of_the_user(monkeypatch, originals, cache):
    monkeypatch.setenv("FCNLIB_VGG_CHECKPOINT", str(originals / ARCHIVE))
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(storage.shutil, "disk_usage", lambda folder: usage(1, 1, 0))
    refuse(find, "disk_full", "560,000,000")


def test_lock_of_a_dead_process_is_released(cache, tmp_path):
    lock = tmp_path / "a.lock"
    code = (
        f"from fcnlib.checkpoints.storage import only_one; from pathlib import Path; import os\n"
        f"with only_one(Path({str(lock)!r}), print): os.kill(os.getpid(), 9)"
    )
    process = python(code)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    with storage.only_one(lock, lambda: pytest.fail("still held")):
        pass


def test_lock_file_that_cannot_be_created(tmp_path):
    path = tmp_path / "a.lock"
    path.mkdir()
    with weights_error("disk_error", str(path)), storage.only_one(path, lambda: None):
        pytest.fail("held a lock without a file")


def test_lock_is_released_after_an_error_in_the_block(tmp_path):
    with suppress(ZeroDivisionError), storage.only_one(tmp_path / "a.lock", lambda: None):
        1 / 0  # noqa: B018 - the error is the point
    with storage.only_one(tmp_path / "a.lock", lambda: pytest.fail("still held")):
        pass


def test_importing_loads_no_large_library():
    heavy = {"tensorflow", "h5py", "requests", "pooch", "filelock", "streamlit", "plotly"}
    code = f"import sys, fcnlib.checkpoints; print({heavy} & set(sys.modules))"
    assert python(code).communicate()[0] == "set()\n"


def test_public_names_exist():
    assert all(hasattr(checkpoints, name) for name in checkpoints.__all__)


def test_tensors_that_are_not_expected_are_ignored(originals):
    verified = verify(originals / "vgg_16.ckpt", SHAPES)
    assert verified.num_parameters == sum(np.prod(shape) for shape in SHAPES.values())
