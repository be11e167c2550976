"""A download gives the complete, unchanged file or an error, whatever the server sends."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from support.failures import weights_error
from support.weights_server import Fault, WeightsServer

from fcnlib.checkpoints import downloads
from fcnlib.checkpoints.downloads import download, downloaded_size, part_path
from fcnlib.checkpoints.sources import SOURCES, Source, check_address, configured
from fcnlib.errors import Cancelled

CONTENT = np.random.default_rng(1).bytes(1_000_000)
NAME = "weights.bin"


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(downloads, "BACKOFF_S", 0.01)


@pytest.fixture
def server():
    with WeightsServer({NAME: CONTENT}) as server:
        yield server


@pytest.fixture
def path(tmp_path):
    return tmp_path / NAME


def source(server, content=CONTENT, **changes):
    return Source(f"{server.url}/{NAME}", size=len(content), **changes)


def fail(server, path, code, *words, **changes):
    with weights_error(code, *words):
        download(source(server, **changes), path)


def test_file_is_downloaded_with_one_request_and_progress(server, path):
    reports = []
    download(source(server), path, lambda fraction, text: reports.append((fraction, text)))
    assert path.read_bytes() == CONTENT
    assert os.listdir(path.parent) == [NAME]
    assert server.ranges == [None]
    fractions = [fraction for fraction, _ in reports]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert "1,000,000 of 1,000,000" in reports[-1][1]


def test_compression_is_not_requested(server, path):
    download(source(server), path)
    assert server.requests[0]["Accept-Encoding"] == "identity"


def test_m3_three_interruptions_are_resumed_and_no_byte_is_sent_twice(server, path):
    server.faults.extend([Fault(cut=300_000)] * 3)
    download(source(server), path)
    assert path.read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=300000-", "bytes=600000-", "bytes=900000-"]


def test_fourth_interruption_is_an_error_and_the_next_call_resumes(server, path):
    server.faults.extend([Fault(cut=100_000)] * 4)
    fail(server, path, "download_failed", "4 attempts")
    assert not path.exists()
    assert downloaded_size(source(server), path) == 400_000
    download(source(server), path)
    assert path.read_bytes() == CONTENT
    assert server.ranges[-1] == "bytes=400000-"


def test_m5_server_without_ranges_sends_the_file_again(server, path):
    server.faults.extend([Fault(cut=300_000), Fault(ignore_range=True)])
    download(source(server), path)
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    "fault",
    [
        Fault(headers={"Content-Range": "bytes 5-999999/1000000"}),
        Fault(headers={"Content-Range": "nonsense"}),
        Fault(status=416),
    ],
)
def test_invalid_response_to_a_range_restarts_the_download(server, path, fault):
    part_path(path).write_bytes(CONTENT[:1000])
    server.faults.append(fault)
    download(source(server), path)
    assert path.read_bytes() == CONTENT
    assert server.ranges == ["bytes=1000-", None]


def test_file_whose_length_has_changed_is_refused(server, path):
    part_path(path).write_bytes(CONTENT[:1000])
    server.files[NAME] = CONTENT + b"more"
    fail(server, path, "wrong_size", "1,000,004", "1,000,000")
    assert os.listdir(path.parent) == []


def test_incomplete_file_that_is_too_long_or_a_link_is_removed(server, path, tmp_path):
    outside = tmp_path / "outside"
    outside.write_bytes(b"other")
    part_path(path).symlink_to(outside)
    download(source(server), path)
    assert outside.read_bytes() == b"other"
    path.unlink()
    part_path(path).write_bytes(CONTENT + b"x")
    download(source(server), path)
    assert path.read_bytes() == CONTENT
    assert server.ranges == [None, None]


def test_complete_part_file_needs_no_request(server, path):
    part_path(path).write_bytes(CONTENT)
    download(source(server), path)
    assert path.read_bytes() == CONTENT
    assert server.ranges == []


def test_existing_file_is_checked_without_a_request(server, path):
    path.write_bytes(CONTENT[:-1] + b"x")
    fail(server, path, "wrong_checksum", checksum=f"md5:{'0' * 32}")
    assert os.listdir(path.parent) == []
    assert server.ranges == []


@pytest.mark.parametrize("state_length", [True, False])
def test_web_page_instead_of_the_file(server, path, state_length):
    page = b"<html>Please log in</html>"
    server.always = Fault(body=page, content_type="text/html", state_length=state_length)
    fail(server, path, "wrong_size", " 26 bytes", "login page")
    assert len(server.ranges) == 1
    assert os.listdir(path.parent) == []


def test_endless_body_is_stopped(server, path):
    server.always = Fault(body=CONTENT + bytes(100_000_000), state_length=False)
    fail(server, path, "wrong_size", "more bytes")
    assert server.sent < 30_000_000
    assert os.listdir(path.parent) == []


@pytest.mark.parametrize("length", ["9" * 5000, "-1", "none"])
def test_invalid_length_is_ignored(server, path, length):
    server.always = Fault(body=b"short", headers={"Content-Length": length})
    fail(server, path, "wrong_size", " 5 bytes")


@pytest.mark.parametrize("status", [401, 403, 404])
def test_client_error_is_not_tried_again(server, path, status):
    server.always = Fault(status=status)
    fail(server, path, "download_failed", f"{status}", "FCNLIB_WEIGHTS_URL")
    assert len(server.ranges) == 1
    assert os.listdir(path.parent) == []


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_temporary_error_is_tried_four_times(server, path, status):
    server.always = Fault(status=status)
    fail(server, path, "download_failed", f"{status}", "4 attempts")
    assert len(server.ranges) == 4
    assert os.listdir(path.parent) == []


def test_unreachable_server(path):
    with WeightsServer({}) as server:
        closed = source(server)
    with weights_error("download_failed", "127.0.0.1"):
        download(closed, path)
    assert os.listdir(path.parent) == []


def test_silent_server_is_given_up(server, path, monkeypatch):
    monkeypatch.setattr(downloads, "TIMEOUT_S", (1, 0.1))
    server.always = Fault(pause=1)
    fail(server, path, "download_failed", "4 attempts")


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
def test_m6_file_with_another_hash_is_refused(server, path, algorithm):
    right = hashlib.new(algorithm, CONTENT).hexdigest()
    download(source(server, checksum=f"{algorithm}:{right.upper()}"), path)
    path.unlink()
    flipped = bytearray(CONTENT)
    flipped[500_000] ^= 1
    server.files[NAME] = bytes(flipped)
    wrong = hashlib.new(algorithm, flipped).hexdigest()
    checksum = f"{algorithm}:{right}"
    fail(server, path, "wrong_checksum", wrong, right, checksum=checksum)
    assert os.listdir(path.parent) == []


def test_cancelling_keeps_the_downloaded_part(server, path):
    def cancel(fraction, text):
        if fraction > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        download(source(server), path, cancel)
    size = downloaded_size(source(server), path)
    assert 500_000 < size < 1_000_000
    download(source(server), path)
    assert path.read_bytes() == CONTENT
    assert server.ranges == [None, f"bytes={size}-"]


def test_missing_folder(server, tmp_path):
    fail(server, tmp_path / "none" / NAME, "disk_error", "FCNLIB_CACHE_DIR")


def test_m9_file_size_limit_is_a_full_disk_and_the_part_is_kept(server, path):
    code = (
        "import resource, sys; from pathlib import Path; from fcnlib import errors\n"
        "from fcnlib.checkpoints import Source, downloads\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))\n"
        "source = Source(sys.argv[1], size=1_000_000)\n"
        "try: downloads.download(source, Path(sys.argv[2]))\n"
        "except errors.WeightsError as error: print(error.code)\n"
    )
    command = [sys.executable, "-c", code, source(server).url, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "disk_full\n"
    size = part_path(path).stat().st_size
    assert CONTENT.startswith(part_path(path).read_bytes())
    download(source(server), path)
    assert path.read_bytes() == CONTENT
    assert server.ranges == [None, f"bytes={size}-"]


def test_redirect_is_followed_on_this_machine(server, path):
    target = f"{server.url}/{NAME}"
    server.faults.append(Fault(status=302, body=b"", headers={"Location": target}))
    download(Source(f"{server.url}/elsewhere", size=len(CONTENT)), path)
    assert path.read_bytes() == CONTENT


def test_redirect_to_plain_http_elsewhere_is_refused(server, path, monkeypatch):
    """The other host is also this machine, but its name is not a loopback address."""
    import urllib3.util.connection as wire

    connect = wire.create_connection
    local = {"mirror.test": "127.0.0.1"}
    monkeypatch.setattr(
        wire,
        "create_connection",
        lambda address, *rest, **more: connect(
            (local.get(address[0], address[0]), address[1]), *rest, **more
        ),
    )
    target = f"http://mirror.test:{server.url.rsplit(':', 1)[1]}/{NAME}"
    server.faults.append(Fault(status=302, body=b"", headers={"Location": target}))
    fail(server, path, "insecure_address", "http://mirror.test")
    assert os.listdir(path.parent) == []


def test_proxies_are_ignored_for_unencrypted_downloads(server, path, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    download(source(server), path)
    assert path.read_bytes() == CONTENT


@pytest.mark.parametrize(
    "url",
    [
        "http://storage.googleapis.com/a",
        "http://127.0.0.1@example.com/a",
        "http://127.0.0.1.example.com/a",
        "http://localhost.example.com/a",
        "http://10.0.0.1/a",
        "ftp://127.0.0.1/a",
        "file:///etc/passwd",
        "https:///a",
        "https://[::1/a",
        "",
    ],
)
def test_insecure_addresses_are_refused(url, path):
    with weights_error("insecure_address", "https"):
        download(Source(url, size=1), path)


def test_message_contains_no_password():
    with weights_error("insecure_address", "http://example.com") as info:
        check_address("http://user:secret@example.com/a?key=secret")
    assert "secret" not in str(info.value)


@pytest.mark.parametrize(
    "url", ["https://example.com/a", "http://localhost:1/a", "http://[::1]:1/a", "http://127.9.9.9"]
)
def test_secure_addresses_are_allowed(url):
    check_address(url)


def test_official_sources():
    """TensorFlow and Keras publish the addresses and the hash; the sizes are those served."""
    from keras.src.applications import vgg16

    archive, keras = SOURCES["archive"], SOURCES["keras"]
    assert (archive.filename, archive.result) == ("vgg_16_2016_08_28.tar.gz", "vgg_16.ckpt")
    assert (archive.size, keras.size) == (513_324_920, 553_467_096)
    assert keras.url == vgg16.WEIGHTS_PATH
    assert keras.checksum.removeprefix("md5:") in vgg16.VGG16.__code__.co_consts
    assert keras.result == keras.filename


def test_variables_configure_mirror_hash_and_size(monkeypatch):
    monkeypatch.setenv("FCNLIB_WEIGHTS_URL", "https://mirror.test/models/")
    monkeypatch.setenv("FCNLIB_VGG_ARCHIVE_SHA256", "AB" * 32)
    archive = configured("archive")
    assert archive.url == "https://mirror.test/models/vgg_16_2016_08_28.tar.gz"
    assert archive.size == 513_324_920
    assert archive.checksum == "sha256:" + "ab" * 32
    monkeypatch.setenv("FCNLIB_WEIGHTS_SIZE", "1234")
    assert configured("archive").size == 1234
    assert configured("keras").checksum == SOURCES["keras"].checksum


def test_size_alone_does_not_change_the_official_source(monkeypatch):
    monkeypatch.setenv("FCNLIB_WEIGHTS_SIZE", "1234")
    assert configured("archive") == SOURCES["archive"]


@pytest.mark.parametrize("value", ["0", "-1", "1e9", "many"])
def test_malformed_size_is_refused(monkeypatch, value):
    monkeypatch.setenv("FCNLIB_WEIGHTS_URL", "https://mirror.test")
    monkeypatch.setenv("FCNLIB_WEIGHTS_SIZE", value)
    with weights_error("bad_setting", "FCNLIB_WEIGHTS_SIZE", value):
        configured()


def test_malformed_hash_is_refused(monkeypatch):
    monkeypatch.setenv("FCNLIB_VGG_ARCHIVE_SHA256", "abc")
    with weights_error("bad_setting", "FCNLIB_VGG_ARCHIVE_SHA256", "64", "'abc'"):
        configured()


def test_message_lists_the_sources_if_one_is_unknown():
    with pytest.raises(ValueError, match=r"archive, keras.* 'torch'"):
        configured("torch")
