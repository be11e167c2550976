"""Download of a picture from an address that a visitor typed.

`fetch` is the only function that does this. `fcnlib.images.urls` checks the syntax of the address,
`fcnlib.images.public_addresses` checks that the host is public, and `fcnlib.images.transport` sends
the request. This module checks the response. No message quotes text from the address or the
response, so all messages are safe to show.
"""

import http.client
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager

from fcnlib.errors import PictureError
from fcnlib.images.decoding import MAX_BYTES, check_length
from fcnlib.images.formats import (
    START,
    decoder_of,
    is_lfs_pointer,
    is_recognized,
    is_web_page,
)
from fcnlib.images.transport import request
from fcnlib.images.urls import PictureURL, parse
from fcnlib.typing import Report, silent

WALL_SECONDS = 15.0  # for the whole fetch, including all redirects
MAX_REDIRECTS = 3
LONGEST_WAIT = 3600
"""Seconds up to which a message repeats a site's wish that the visitor waits."""

COMPRESSIONS = {"gzip", "x-gzip", "deflate", "br", "zstd", "compress", "x-compress", "dcb", "dcz"}
"""Words in Content-Encoding for compressed bytes (IANA, HTTP Content Coding Registry). Servers also
put words there that leave the bytes as they are, such as a charset or ``aws-chunked``."""

_REDIRECTS = {301, 302, 303, 307, 308}
_PIECE = 2**16  # bytes per read

# The first type that an error is an instance of decides its code and message.
_FAILURES: dict[type[Exception], tuple[str, str]] = {
    TimeoutError: (
        "timeout",
        f"The picture did not arrive within {WALL_SECONDS:.0f} seconds. Try again, or "
        "download it and upload it here.",
    ),
    ssl.SSLCertVerificationError: (
        "bad_certificate",
        "The site's certificate is not valid for this address, so the connection is not "
        "secure. Download the picture and upload it here.",
    ),
    http.client.HTTPException: (
        "bad_answer",
        "The site's response does not follow HTTP, the protocol of the web. Enter another address.",
    ),
    OSError: (
        "unreachable",
        "The site cannot be reached. Check the address, or try again later.",
    ),
}


def fetch(url: str, report: Report = silent) -> bytes:
    """Download the picture at `url` and return its bytes.

    Parameters
    ----------
    url : str
        An address on a public host that starts with ``https://`` or ``http://``.
    report : callable, optional
        Called with (fraction, text) before each request and after each piece. An exception that
        it raises stops the download.

    Returns
    -------
    data : bytes
        A complete file of at most 10 MiB that is not a web page. `fcnlib.images.decode` checks
        whether it is a picture.

    Raises
    ------
    PictureError
        With code ``bad_address``, ``not_public``, ``offline``, ``unreachable``,
        ``bad_certificate``, ``timeout``, ``too_many_redirects``, ``insecure_redirect``,
        ``bad_status``, ``bad_answer``, ``truncated``, ``empty``, ``too_large`` or
        ``not_an_image``.

    """
    end = time.monotonic() + WALL_SECONDS
    target = parse(url)
    for _ in range(MAX_REDIRECTS + 1):
        report(0.0, "Requesting the picture")
        with _picture_errors(), request(target, end) as response:
            location = _location(response)
            if location is None:
                return _body(response, report)
        target = _follow(target, location)
    msg = (
        f"The address redirects more than {MAX_REDIRECTS} times, the most that is allowed. Enter "
        "the address of the picture itself."
    )
    raise PictureError("too_many_redirects", msg)


@contextmanager
def _picture_errors() -> Iterator[None]:
    """Convert errors of sockets and HTTP to `PictureError`."""
    try:
        yield
    except tuple(_FAILURES) as error:
        matches = (failure for kind, failure in _FAILURES.items() if isinstance(error, kind))
        raise PictureError(*next(matches)) from error


def _location(response: http.client.HTTPResponse) -> str | None:
    """Return the target of a redirect or None for a picture; raise for any other status."""
    location = response.getheader("Location", "").strip()
    if response.status in _REDIRECTS and location:
        return location.encode("latin-1").decode("utf-8", "replace")
    if response.status != http.client.OK:
        raise _bad_status(response.status, response.getheader("Retry-After", ""))
    return None


def _bad_status(status: int, retry_after: str) -> PictureError:
    """Return what a status other than 200 means for the visitor."""
    if status in {404, 410}:
        reason = "There is no picture at this address. Check the address."
    elif status in {401, 402, 403, 407, 451}:
        reason = (
            "The site does not give this picture to everybody. Download it in your browser and "
            "upload it here."
        )
    elif status == http.client.TOO_MANY_REQUESTS:
        reason = (
            "The site gets too many requests from this server. Try again in "
            f"{_wait(retry_after)}, or download the picture and upload it here."
        )
    elif status == http.client.SERVICE_UNAVAILABLE:
        reason = f"The site is busy or being repaired. Try again in {_wait(retry_after)}."
    elif status >= http.client.INTERNAL_SERVER_ERROR:
        reason = "The site has a fault of its own. Try again later."
    else:
        reason = "Check the address, or download the picture and upload it here."
    msg = f"The site answered {status} instead of sending a picture. {reason}"
    return PictureError("bad_status", msg)


def _wait(retry_after: str) -> str:
    """Return how long a site asks to wait, as far as that is a reasonable number of seconds."""
    text = retry_after.strip()
    # RFC 9110 also allows a date, which is not repeated here. `int` refuses thousands of digits.
    number = text.isascii() and text.isdecimal() and len(text) <= len(str(LONGEST_WAIT))
    seconds = int(text) if number else 0
    if not 0 < seconds <= LONGEST_WAIT:
        return "a while"
    return f"{seconds} second{'s' if seconds > 1 else ''}"


def _follow(target: PictureURL, location: str) -> PictureURL:
    following = target.join(location)
    if (target.scheme, following.scheme) == ("https", "http"):
        msg = (
            "The address redirects from https to http, which is not encrypted. Download the "
            "picture and upload it here."
        )
        raise PictureError("insecure_redirect", msg)
    return following


def _body(response: http.client.HTTPResponse, report: Report) -> bytes:
    """Read the body; raise as soon as it is encoded, too large, incomplete or a web page."""
    compressed = bool(_words(response, "Content-Encoding") & COMPRESSIONS)
    if _words(response, "Transfer-Encoding") - {"chunked", "identity"}:
        raise _compressed()
    total = response.length
    if total is not None:
        check_length(total)
    received = bytearray()
    for piece in _pieces(response):
        received += piece
        # Some servers name a compression that they did not apply, so the bytes decide.
        if compressed and len(received) >= START and not is_recognized(bytes(received[:START])):
            raise _compressed()
        check_length(len(received))
        report(len(received) / (total or MAX_BYTES), f"Received {len(received) / 2**20:.1f} MiB")
    data = bytes(received)
    check_length(len(data))
    if compressed and not is_recognized(data):
        raise _compressed()
    if is_lfs_pointer(data):
        msg = (
            "This is the address of a Git LFS pointer. The pointer is a short text, and the "
            "picture is stored elsewhere. Enter the address of the download itself. On GitHub, "
            "copy it from the button for the raw file."
        )
        raise PictureError("not_an_image", msg)
    declared_page = response.headers.get_content_type() in ("text/html", "application/xhtml+xml")
    if is_web_page(data) or (declared_page and decoder_of(data) is None):
        msg = (
            "This is the address of a web page, not of a picture. Open the picture on its own "
            "and copy its address, which often ends in .jpg or .png."
        )
        raise PictureError("not_an_image", msg)
    return data


def _words(response: http.client.HTTPResponse, header: str) -> set[str]:
    """Return the comma-separated words of all headers of this name, in lower case."""
    values = ",".join(response.headers.get_all(header, []))
    return {word.strip().lower() for word in values.split(",")} - {""}


def _compressed() -> PictureError:
    msg = (
        "The site compressed the picture for the transfer, which is not accepted. Download the "
        "picture and upload it here."
    )
    return PictureError("bad_answer", msg)


def _pieces(response: http.client.HTTPResponse) -> Iterator[bytes]:
    """Yield the body as it arrives; raise if it ends before its announced length."""
    try:
        while piece := response.read1(_PIECE):
            yield piece
        incomplete = bool(response.length)
    except (http.client.IncompleteRead, ConnectionError, ssl.SSLError):
        incomplete = True
    if incomplete:
        msg = "The site sent only part of the picture. Try again."
        raise PictureError("truncated", msg)
