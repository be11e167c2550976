import gzip
import itertools
import socket
import time

import pytest
from support import memory
from support.failures import fetch_error, picture_error
from support.servers import CHUNKED, Server, answer, chunk, forever, redirect, silence

from fcnlib.images import fetching, transport
from fcnlib.images.fetching import MAX_BYTES, fetch
from fcnlib.images.public_addresses import LOCAL_SWITCH

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(2000)


@pytest.fixture(autouse=True)
def _pictures_from_this_machine(monkeypatch):
    monkeypatch.setenv(LOCAL_SWITCH, "1")


@pytest.fixture
def impatient(monkeypatch):
    """Reduce the time limits from 15 and 5 seconds to 1.5 and 0.5 seconds."""
    monkeypatch.setattr(fetching, "WALL_SECONDS", 1.5)
    monkeypatch.setattr(transport, "IDLE_SECONDS", 0.5)


def test_f9_ten_mebibytes_are_accepted():
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
def test_f8_larger_files_are_refused_at_once_and_not_stored(script):
    start = time.monotonic()
    with memory.at_most(25):
        assert fetch_error(script).code == "too_large"
    assert time.monotonic() - start < 2


def test_f12_a_compressed_response_is_not_decompressed():
    packed = gzip.compress(bytes(300 * 2**20), compresslevel=1)
    with memory.at_most(5):
        error = fetch_error(answer(packed, headers=["Content-Encoding: gzip"]))
    assert error.code == "bad_answer"
    assert "compressed" in str(error)


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
def test_f10_no_response_takes_longer_than_the_total_time_limit(script):
    start = time.monotonic()
    assert fetch_error(script).code == "timeout"
    assert 1.4 < time.monotonic() - start < 2.5


class SilentServer(Server):
    """Accept connections and send nothing, not even in a TLS handshake."""

    def _serve(self, connection):
        silence(connection)


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.usefixtures("impatient")
def test_f11_a_silent_server_is_given_up_before_the_total_time_limit(scheme):
    start = time.monotonic()
    with SilentServer() as server, picture_error("timeout"):
        fetch(f"{scheme}://127.0.0.1:{server.port}/cat.png")
    assert 0.4 < time.monotonic() - start < 1.3


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_slow_connect_leaves_less_time_for_the_response(scheme, monkeypatch):
    connect = socket.create_connection

    def slowly(address, timeout):
        time.sleep(0.8)
        return connect(address, timeout)

    monkeypatch.setattr(socket, "create_connection", slowly)
    monkeypatch.setattr(fetching, "WALL_SECONDS", 1.0)
    start = time.monotonic()
    with SilentServer() as server, picture_error("timeout"):
        fetch(f"{scheme}://127.0.0.1:{server.port}/cat.png")
    assert time.monotonic() - start < 1.5


def test_the_time_limits_are_15_and_5_seconds():
    assert (fetching.WALL_SECONDS, transport.IDLE_SECONDS) == (15, 5)


def test_the_total_time_limit_includes_all_redirects(impatient, monkeypatch):
    def slowly(connection):
        time.sleep(0.4)
        connection.sendall(redirect("/again"))

    monkeypatch.setattr(fetching, "MAX_REDIRECTS", 100)
    start = time.monotonic()
    assert fetch_error(slowly, "/again").code == "timeout"
    assert time.monotonic() - start < 2.5
