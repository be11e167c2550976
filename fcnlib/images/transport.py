"""One HTTP request to a host that a visitor chose, with time limits.

The host name is looked up once, all its addresses must be public, and the connection goes to one of
these addresses. The name itself is still used in the request and to check the certificate. Proxies
from the environment are ignored. `http.client` parses the response through a socket with two time
limits: one between reads, one for the whole request.
"""

import http.client
import io
import os
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, cast

from fcnlib.images.public_addresses import resolve
from fcnlib.images.urls import PictureURL

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MAX_CONTACT = 200  # characters
IDLE_SECONDS = 5.0  # for a look-up, a connect or a handshake, and between two reads

ACCEPT = "image/jpeg, image/png, image/webp, image/gif, image/bmp, */*;q=0.1"


@contextmanager
def request(target: PictureURL, end: float) -> Iterator[http.client.HTTPResponse]:
    """Send a GET request and return the response, of which only the header has been read.

    Parameters
    ----------
    target : PictureURL
        Address to request.
    end : float
        Deadline, on the clock of `time.monotonic`.

    Yields
    ------
    response : http.client.HTTPResponse
        Read it inside the ``with`` block.

    Raises
    ------
    PictureError
        With code ``not_public`` if the host is not public, or ``offline`` if no name can be looked
        up.
    TimeoutError
        At `end`, or after 5 seconds without data. Reading the response raises it too.
    OSError, http.client.HTTPException
        If connecting fails, or if the response does not follow HTTP.

    """
    addresses = resolve(target.host, target.port, _seconds_left(end))
    with _connect(addresses, target.port, end) as plain, _secure(plain, target, end) as sock:
        sock.settimeout(_seconds_left(end))
        sock.sendall(_request_bytes(target))
        reader = cast("socket.socket", _TimedReader(sock, end))
        response = http.client.HTTPResponse(reader, method="GET")
        response.begin()
        yield response


def user_agent() -> str:
    """Return what the requests say of their sender.

    Some sites, such as Wikimedia, refuse a client that does not identify itself. They also ask for
    the address of its operator, which the variable ``FCNLIB_CONTACT`` holds: that of a web page or
    a mailbox. Only its printable ASCII characters are sent.
    """
    contact = os.environ.get("FCNLIB_CONTACT", "")
    safe = "".join(c for c in contact if c.isascii() and c.isprintable() and c not in "()\\")
    who = safe.strip()[:MAX_CONTACT] or "no contact given"
    return (
        f"fcnlib/0.1.0 ({who}; interactive explainer of image segmentation; fetches one picture "
        "when a visitor gives its address)"
    )


def _request_bytes(target: PictureURL) -> bytes:
    return (
        f"GET {target.path} HTTP/1.1\r\nHost: {target.authority}\r\nUser-Agent: {user_agent()}\r\n"
        f"Accept: {ACCEPT}\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n"
    ).encode("ascii")


def _connect(addresses: list[str], port: int, end: float) -> socket.socket:
    """Return a connection to the first of `addresses` that accepts one."""
    for address in addresses[:-1]:
        with suppress(OSError):
            return socket.create_connection((address, port), _seconds_left(end))
    return socket.create_connection((addresses[-1], port), _seconds_left(end))


def _secure(plain: socket.socket, target: PictureURL, end: float) -> socket.socket:
    """Return `plain` for http; for https, wrap it in TLS and check the certificate's name."""
    if target.scheme == "http":
        return plain
    plain.settimeout(_seconds_left(end))
    return ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)


class _TimedReader(io.RawIOBase):
    """Reader for a socket that raises at `end` and after `IDLE_SECONDS` without data."""

    def __init__(self, sock: socket.socket, end: float) -> None:
        self._sock = sock
        self._end = end

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return a buffered reader, which `http.client.HTTPResponse` requires of a socket."""
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        self._sock.settimeout(_seconds_left(self._end))
        return self._sock.recv_into(buffer)


def _seconds_left(end: float) -> float:
    """Return the time limit in seconds for the next step, or raise if no time is left."""
    left = end - time.monotonic()
    if left <= 0:
        msg = "the time limit of the whole fetch has passed"
        raise TimeoutError(msg)
    return min(left, IDLE_SECONDS)
