"""A known file arrives whole and unchanged, or not at all, whatever the server does."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from support.weights_server import Fault, WeightsServer

from fcnlib.checkpoints import downloads
from fcnlib.checkpoints.downloads import arrived, download, part_path
from fcnlib.checkpoints.sources import SOURCES, Source, check_address, configured
from fcnlib.errors import Cancelled, WeightsError

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


def fail(server, path, code, match, **changes):
    with pytest.raises(WeightsError, match=match) as caught:
        download(source(server, **changes), path)
    assert caught.value.code == code


def test_file_arrives_with_one_request_and_says_how_far_it_is(server, path):
    told = []
    download(source(server), path, lambda fraction, text: told.append((fraction, text)))
    assert path.read_bytes() == CONTENT
    assert os.listdir(path.parent) == [NAME]
    assert server.ranges == [None]
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert told[-1] == (1.0, "Downloading: 1,000,000 of 1,000,000 bytes")


def test_compression_is_declined(server, path):
    download(source(server), path)
    assert server.requests[0]["Accept-Encoding"] == "identity"


def test_three_cuts_are_resumed_and_no_byte_is_sent_twice(server, path):
    server.faults.extend([Fault(cut=300_000)] * 3)
    download(source(server), path)
    assert path.read_bytes() == CONTENT
    assert server.ranges == [None, "bytes=300000-", "bytes=600000-", "bytes=900000-"]


def test_fourth_cut_ends_it_and_the_next_call_goes_on(server, path):
    server.faults.extend([Fault(cut=100_000)] * 4)
    fail(server, path, "download_failed", "The connection broke.*4 times.*is kept")
    assert not path.exists()
    assert arrived(source(server), path) == 400_000
    download(source(server), path)
    assert path.read_bytes() == CONTENT
    assert server.ranges[-1] == "bytes=400000-"


def test_server_without_ranges_starts_again(server, path):
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
def test_unusable_answer_to_a_range_starts_again(server, path, fault):
    part_path(path).write_bytes(CONTENT[:1000])
    server.faults.append(fault)
    download(source(server), path)
    assert path.read_bytes() == CONTENT
    assert server.ranges == ["bytes=1000-", None]


def test_file_that_changed_its_length_meanwhile_is_refused(server, path):
    part_path(path).write_bytes(CONTENT[:1000])
    server.files[NAME] = CONTENT + b"more"
    fail(server, path, "wrong_size", "offers 1,000,004 bytes, expected are 1,000,000")
    assert os.listdir(path.parent) == []


def test_unfinished_file_that_is_too_long_or_a_link_is_thrown_away(server, path, tmp_path):
    outside = tmp_path / "outside"
    outside.write_bytes(b"precious")
    part_path(path).symlink_to(outside)
    download(source(server), path)
    assert outside.read_bytes() == b"precious"
    path.unlink()
    part_path(path).write_bytes(CONTENT + b"x")
    download(source(server), path)
    assert path.read_bytes() == CONTENT
    assert server.ranges == [None, None]


def test_complete_unfinished_file_needs_no_request(server, path):
    part_path(path).write_bytes(CONTENT)
    download(source(server), path)
    assert path.read_bytes() == CONTENT
    assert server.ranges == []


def test_finished_file_is_checked_again_without_a_request(server, path):
    path.write_bytes(CONTENT[:-1] + b"x")
    fail(server, path, "wrong_checksum", "arrived damaged", checksum=f"md5:{'0' * 32}")
    assert os.listdir(path.parent) == []
    assert server.ranges == []


@pytest.mark.parametrize("state_length", [True, False])
def test_web_page_in_place_of_the_file(server, path, state_length):
    page = b"<html>Please log in</html>"
    server.always = Fault(body=page, content_type="text/html", state_length=state_length)
    fail(server, path, "wrong_size", "offers 26 bytes, expected are 1,000,000.*login page")
    assert len(server.ranges) == 1
    assert os.listdir(path.parent) == []


def test_body_without_end_is_stopped(server, path):
    server.always = Fault(body=CONTENT + bytes(100_000_000), state_length=False)
    fail(server, path, "wrong_size", "offers more bytes")
    assert server.sent < 30_000_000
    assert os.listdir(path.parent) == []


@pytest.mark.parametrize("length", ["9" * 5000, "-1", "none"])
def test_length_that_is_no_number_is_not_believed(server, path, length):
    server.always = Fault(body=b"short", headers={"Content-Length": length})
    fail(server, path, "wrong_size", "offers 5 bytes")


@pytest.mark.parametrize("status", [401, 403, 404])
def test_refusal_is_final(server, path, status):
    server.always = Fault(status=status)
    fail(server, path, "download_failed", f"the server answered {status}. Check FCNLIB_WEIGHTS_URL")
    assert len(server.ranges) == 1
    assert os.listdir(path.parent) == []


@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_passing_trouble_is_tried_four_times(server, path, status):
    server.always = Fault(status=status)
    fail(server, path, "download_failed", f"The server answered {status}, 4 times")
    assert len(server.ranges) == 4
    assert os.listdir(path.parent) == []


def test_no_server_at_all(path):
    with WeightsServer({}) as server:
        closed = source(server)
    with pytest.raises(WeightsError, match=r"could not be fetched from 127\.0\.0\.1") as caught:
        download(closed, path)
    assert caught.value.code == "download_failed"
    assert os.listdir(path.parent) == []


def test_silent_server_is_given_up(server, path, monkeypatch):
    monkeypatch.setattr(downloads, "TIMEOUT_S", (1, 0.1))
    server.always = Fault(pause=1)
    fail(server, path, "download_failed", "The connection broke")


@pytest.mark.parametrize("algorithm", ["md5", "sha256"])
def test_hash_decides(server, path, algorithm):
    right = hashlib.new(algorithm, CONTENT).hexdigest()
    download(source(server, checksum=f"{algorithm}:{right.upper()}"), path)
    path.unlink()
    flipped = bytearray(CONTENT)
    flipped[500_000] ^= 1
    server.files[NAME] = bytes(flipped)
    wrong = hashlib.new(algorithm, flipped).hexdigest()
    checksum = f"{algorithm}:{right}"
    fail(server, path, "wrong_checksum", f"is {wrong}, expected is {right}", checksum=checksum)
    assert os.listdir(path.parent) == []


def test_cancelling_keeps_what_has_arrived(server, path):
    def cancel(fraction, text):
        if fraction > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled, match="Stopped"):
        download(source(server), path, cancel)
    have = arrived(source(server), path)
    assert 500_000 < have < 1_000_000
    download(source(server), path)
    assert path.read_bytes() == CONTENT
    assert server.ranges == [None, f"bytes={have}-"]


def test_folder_that_is_gone(server, tmp_path):
    fail(server, tmp_path / "none" / NAME, "disk_error", "could not be written.*FCNLIB_CACHE_DIR")


def test_file_size_limit_is_a_full_disk_and_the_part_is_kept(server, path):
    code = (
        "import resource, sys; from pathlib import Path; from fcnlib import downloads, errors\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))\n"
        "source = downloads.Source(sys.argv[1], size=1_000_000)\n"
        "try: downloads.download(source, Path(sys.argv[2]))\n"
        "except errors.WeightsError as error: print(error.code)\n"
    )
    command = [sys.executable, "-c", code, source(server).url, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "disk_full\n"
    have = part_path(path).stat().st_size
    assert CONTENT.startswith(part_path(path).read_bytes())
    download(source(server), path)
    assert path.read_bytes() == CONTENT
    assert server.ranges == [None, f"bytes={have}-"]


def test_redirect_is_followed_on_this_machine(server, path):
    target = f"{server.url}/{NAME}"
    server.faults.append(Fault(status=302, body=b"", headers={"Location": target}))
    download(Source(f"{server.url}/elsewhere", size=len(CONTENT)), path)
    assert path.read_bytes() == CONTENT


def test_redirect_to_plain_http_elsewhere_is_refused(server, path, monkeypatch):
    """The other host is this machine too, under a name that does not say so."""
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
    fail(server, path, "insecure_address", "http://mirror.test: only https")
    assert os.listdir(path.parent) == []


def test_proxy_never_sees_what_is_not_encrypted(server, path, monkeypatch):
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
    with pytest.raises(WeightsError, match="only https addresses") as caught:
        download(Source(url, size=1), path)
    assert caught.value.code == "insecure_address"


def test_refusal_does_not_tell_a_password():
    with pytest.raises(WeightsError, match=r"from http://example\.com:") as caught:
        check_address("http://user:secret@example.com/a?key=secret")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["https://example.com/a", "http://localhost:1/a", "http://[::1]:1/a", "http://127.9.9.9"]
)
def test_secure_addresses_are_allowed(url):
    check_address(url)


def test_official_sources():
    """Addresses and hash as TensorFlow and Keras publish them; sizes as served."""
    from keras.src.applications import vgg16

    archive, keras = SOURCES["archive"], SOURCES["keras"]
    assert (archive.filename, archive.result) == ("vgg_16_2016_08_28.tar.gz", "vgg_16.ckpt")
    assert (archive.size, keras.size) == (513_324_920, 553_467_096)
    assert keras.url == vgg16.WEIGHTS_PATH
    assert keras.checksum.removeprefix("md5:") in vgg16.VGG16.__code__.co_consts
    assert keras.result == keras.filename


def test_environment_moves_and_pins_the_archive(monkeypatch):
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
def test_malformed_size_is_named(monkeypatch, value):
    monkeypatch.setenv("FCNLIB_WEIGHTS_URL", "https://mirror.test")
    monkeypatch.setenv("FCNLIB_WEIGHTS_SIZE", value)
    with pytest.raises(WeightsError, match="FCNLIB_WEIGHTS_SIZE must be a number of bytes, got"):
        configured()


def test_malformed_pin_is_named(monkeypatch):
    monkeypatch.setenv("FCNLIB_VGG_ARCHIVE_SHA256", "abc")
    with pytest.raises(WeightsError, match="must be 64 hexadecimal digits, got 'abc'") as caught:
        configured()
    assert caught.value.code == "bad_setting"


def test_unknown_source_is_named():
    with pytest.raises(ValueError, match="source must be one of archive, keras, got 'torch'"):
        configured("torch")
