"""One HTTP request to a machine of a visitor's choice, in limited time.

The name is looked up once, all its addresses must be public, and the connection goes to
one of just those, while the name stays in the request and in the check of the
certificate. Proxies from the environment are not used. `http.client` reads the answer,
through a socket that bears neither long silence nor an answer that never ends.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from fcnlib.images.public_addresses import resolve
from fcnlib.images.urls import PictureURL

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

IDLE_SECONDS = 5.0  # for a look-up, a connect, a handshake, and between two pieces

# Wikimedia, for one, answers 403 to a client that does not say what it is.
USER_AGENT = (
    "fcnlib/0.1.0 (interactive explainer of image segmentation; "
    "fetches one picture when a visitor gives its address)"
)
ACCEPT = "image/jpeg, image/png, image/webp, image/gif, image/bmp, */*;q=0.1"


@contextmanager
def ask(target: PictureURL, end: float) -> Iterator[http.client.HTTPResponse]:
    """Send a GET request and give the answer, its header read, its body not.

    Parameters
    ----------
    target : PictureURL
        Where to ask.
    end : float
        When to give up, on the clock of `time.monotonic`.

    Yields
    ------
    response : http.client.HTTPResponse
        To be read inside the ``with`` block.

    Raises
    ------
    PictureError
        With code ``not_public`` if the host may not be reached.
    TimeoutError
        At `end`, or after 5 seconds of silence; reading the answer raises it too.
    OSError, http.client.HTTPException
        If connecting fails, or what answers does not speak HTTP.

    """
    addresses = resolve(target.host, target.port, _seconds_left(end))
    with _connect(addresses, target.port, end) as plain, _secure(plain, target, end) as sock:
        sock.settimeout(_seconds_left(end))
        sock.sendall(_request(target))
        reader = cast("socket.socket", _TimedReader(sock, end))
        response = http.client.HTTPResponse(reader, method="GET")
        response.begin()
        yield response


def _request(target: PictureURL) -> bytes:
    lines = [
        f"GET {target.path} HTTP/1.1",
        f"Host: {target.authority}",
        f"User-Agent: {USER_AGENT}",
        f"Accept: {ACCEPT}",
        "Accept-Encoding: identity",
        "Connection: close",
        "",
        "",
    ]
    return "\r\n".join(lines).encode("ascii")


def _connect(addresses: list[str], port: int, end: float) -> socket.socket:
    """Return a connection to the first of `addresses` that takes one."""
    for address in addresses[:-1]:
        try:
            return socket.create_connection((address, port), _seconds_left(end))
        except OSError:
            continue
    return socket.create_connection((addresses[-1], port), _seconds_left(end))


def _secure(plain: socket.socket, target: PictureURL, end: float) -> socket.socket:
    """Return `plain`, for https under TLS with the certificate checked for the name."""
    if target.scheme == "http":
        return plain
    plain.settimeout(_seconds_left(end))
    return ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)


class _TimedReader(io.RawIOBase):
    """What comes from a socket: nothing after `end`, and no pause that is too long."""

    def __init__(self, sock: socket.socket, end: float) -> None:
        self._sock = sock
        self._end = end

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return a buffered reader, as `http.client.HTTPResponse` wants it of a socket."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        self._sock.settimeout(_seconds_left(self._end))
        return self._sock.recv_into(buffer)


def _seconds_left(end: float) -> float:
    """Return how long the next step may take, or raise if there is no time left."""
    left = end - time.monotonic()
    if left <= 0:
        msg = "the time for the whole fetch is over"
        raise TimeoutError(msg)
    return min(left, IDLE_SECONDS)
