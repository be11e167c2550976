import gzip
import itertools
import re
import socket
import time

import pytest
from support import memory
from support.failures import failure
from support.servers import CHUNKED, Server, answer, chunk, forever, redirect, silence

from fcnlib.errors import PictureError
from fcnlib.images import fetching, transport
from fcnlib.images.fetching import MAX_BYTES, fetch
from fcnlib.images.public_addresses import LOCAL_SWITCH

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(2000)


@pytest.fixture(autouse=True)
def _pictures_from_this_machine(monkeypatch):
    monkeypatch.setenv(LOCAL_SWITCH, "1")


@pytest.fixture
def impatient(monkeypatch):
    """The limits of time scaled from 15 and 5 seconds to 1.5 and 0.5."""
    monkeypatch.setattr(fetching, "WALL_SECONDS", 1.5)
    monkeypatch.setattr(transport, "IDLE_SECONDS", 0.5)


def test_ten_mebibytes_are_accepted():
    full = PICTURE + bytes(MAX_BYTES - len(PICTURE))
    with Server({"/cat.png": answer(full)}) as server:
        assert fetch(server.url("/cat.png")) == full


@pytest.mark.parametrize(
    "script",
    [
        forever(chunk(bytes(2**16)), begin=CHUNKED),
        answer(headers=["Content-Length: 999999999999"]),
        forever(bytes(2**16), begin=b"HTTP/1.0 200 OK\r\n\r\n"),
        answer(headers=[f"Content-Length: {MAX_BYTES + 1}"]),
        CHUNKED + chunk(bytes(MAX_BYTES + 1)),
        forever(bytes(2**16), begin=CHUNKED + b"-1\r\n"),
    ],
    ids=["endless chunks", "huge length", "endless", "a byte more", "a byte more, chunked", "-1"],
)
def test_more_is_refused_at_once_and_without_storing_it(script):
    start = time.monotonic()
    with memory.at_most(25):
        error = failure(script)
    assert error.code == "too_large"
    assert re.search("larger than 10 MiB, .* Make it smaller", str(error))
    assert time.monotonic() - start < 2


def test_a_compressed_answer_is_never_unpacked():
    packed = gzip.compress(bytes(300 * 2**20), compresslevel=1)
    with memory.at_most(5):
        error = failure(answer(packed, headers=["Content-Encoding: gzip"]))
    assert error.code == "bad_answer"
    assert re.search("compressed once more", str(error))


def drip(data, pause, begin=b""):
    def script(connection):
        connection.sendall(begin)
        for byte in itertools.cycle(data):
            connection.sendall(bytes([byte]))
            time.sleep(pause)

    return script


@pytest.mark.parametrize(
    "script",
    [
        drip(b"x", 0.1, begin=answer(headers=["Content-Length: 1000"])),
        drip(b"X-Header: y\r\n", 0.05, begin=b"HTTP/1.1 200 OK\r\n"),
        drip(b"HTTP/1.1 200", 0.1),
        forever(b"HTTP/1.1 100 Continue\r\n\r\n"),
        forever(b"X-Trailer: y\r\n", begin=CHUNKED + chunk(PICTURE) + b"0\r\n"),
    ],
    ids=["body", "header", "status", "100 Continue", "trailers"],
)
@pytest.mark.usefixtures("impatient")
def test_no_answer_outlasts_the_whole_time(script):
    start = time.monotonic()
    error = failure(script)
    assert error.code == "timeout"
    assert "Try again" in str(error)
    assert 1.4 < time.monotonic() - start < 2.5


class SilentServer(Server):
    """Takes connections and says nothing, not even in a TLS handshake."""

    def _serve(self, connection):
        silence(connection)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.usefixtures("impatient")
def test_silence_is_given_up_before_the_whole_time(scheme):
    start = time.monotonic()
    with SilentServer() as server, pytest.raises(PictureError, match="did not arrive") as info:
        fetch(f"{scheme}://127.0.0.1:{server.port}/cat.png")
    assert info.value.code == "timeout"
    assert 0.4 < time.monotonic() - start < 1.3


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_slow_connect_leaves_less_time_for_what_follows(scheme, monkeypatch):
    connect = socket.create_connection

    def slowly(address, timeout):
        time.sleep(0.8)
        return connect(address, timeout)

    monkeypatch.setattr(socket, "create_connection", slowly)
    monkeypatch.setattr(fetching, "WALL_SECONDS", 1.0)
    start = time.monotonic()
    with SilentServer() as server, pytest.raises(PictureError, match="did not arrive"):
        fetch(f"{scheme}://127.0.0.1:{server.port}/cat.png")
    assert time.monotonic() - start < 1.5


def test_the_limits_of_time_are_15_and_5_seconds():
    assert (fetching.WALL_SECONDS, transport.IDLE_SECONDS) == (15, 5)


def test_the_time_is_for_all_redirects_together(impatient, monkeypatch):
    def slowly(connection):
        time.sleep(0.4)
        connection.sendall(redirect("/again"))

    monkeypatch.setattr(fetching, "MAX_REDIRECTS", 100)
    start = time.monotonic()
    assert failure(slowly, "/again").code == "timeout"
    assert time.monotonic() - start < 2.5
