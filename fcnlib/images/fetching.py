"""Getting the bytes of a picture from an address that a visitor typed.

`fetch` is the only way to them. What an address may look like is in
`fcnlib.images.urls`, where it may lead in `fcnlib.images.public_addresses`, how the bytes travel in
`fcnlib.images.transport`; here is what an answer must be like. No message quotes the address or
the answer, so all are safe to show.
"""

import http.client
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager

from fcnlib.errors import PictureError
from fcnlib.images.decoding import MAX_BYTES, check_length
from fcnlib.images.formats import decoder_of, is_web_page
from fcnlib.images.transport import ask
from fcnlib.images.urls import PictureURL, parse
from fcnlib.typing import Report, silent

WALL_SECONDS = 15.0  # for a fetch with all its redirects
MAX_REDIRECTS = 3

_REDIRECTS = {301, 302, 303, 307, 308}
_PIECE = 2**16  # bytes read at once

# The first type that fits an error gives its code and its sentence.
_FAILURES: dict[type[Exception], tuple[str, str]] = {
    TimeoutError: (
        "timeout",
        f"The picture did not arrive within {WALL_SECONDS:.0f} seconds. Try again, or "
        "download it and upload it here.",
    ),
    ssl.SSLCertVerificationError: (
        "bad_certificate",
        "The site could not prove that it is the one the address names. Download the "
        "picture and upload it here.",
    ),
    http.client.HTTPException: (
        "bad_answer",
        "The site did not answer as a web server does. Give another address.",
    ),
    OSError: (
        "unreachable",
        "The site cannot be reached. Check the address, or try again later.",
    ),
}


def fetch(url: str, report: Report = silent) -> bytes:
    """Return the bytes of the picture at `url`.

    Parameters
    ----------
    url : str
        Beginning with ``https://`` or ``http://``, on a public host.
    report : callable, optional
        Told the fraction in [0, 1] and a text. What it raises ends the fetch.

    Returns
    -------
    data : bytes
        At most 10 MiB, complete, and no web page; whether they are a picture is for
        `fcnlib.images.decode` to say.

    Raises
    ------
    PictureError
        With code ``bad_address``, ``not_public``, ``unreachable``, ``bad_certificate``,
        ``timeout``, ``too_many_redirects``, ``insecure_redirect``, ``bad_status``,
        ``bad_answer``, ``truncated``, ``empty``, ``too_large`` or ``not_an_image``.

    """
    end = time.monotonic() + WALL_SECONDS
    target = parse(url)
    for _ in range(MAX_REDIRECTS + 1):
        report(0.0, "Asking for the picture")
        with _sentences(), ask(target, end) as response:
            location = _location(response)
            if location is None:
                return _body(response, report)
        target = _follow(target, location)
    msg = (
        f"The address leads on to another one more than {MAX_REDIRECTS} times. Give the "
        "address of the picture itself."
    )
    raise PictureError("too_many_redirects", msg)


@contextmanager
def _sentences() -> Iterator[None]:
    """Turn the errors of sockets and of HTTP into a `PictureError`."""
    try:
        yield
    except tuple(_FAILURES) as error:
        fits = (failure for kind, failure in _FAILURES.items() if isinstance(error, kind))
        raise PictureError(*next(fits)) from error


def _location(response: http.client.HTTPResponse) -> str | None:
    """Return where a redirect leads, None for a picture, and raise for other answers."""
    location = response.getheader("Location", "").strip()
    if response.status in _REDIRECTS and location:
        return location.encode("latin-1").decode("utf-8", "replace")
    if response.status != http.client.OK:
        msg = (
            f"The site answered {response.status} instead of sending a picture. Check the "
            "address, or download the picture and upload it here."
        )
        raise PictureError("bad_status", msg)
    return None


def _follow(target: PictureURL, location: str) -> PictureURL:
    following = target.join(location)
    if (target.scheme, following.scheme) == ("https", "http"):
        msg = (
            "The address leads from https to unprotected http. Download the picture and "
            "upload it here."
        )
        raise PictureError("insecure_redirect", msg)
    return following


def _body(response: http.client.HTTPResponse, report: Report) -> bytes:
    """Read the picture, and raise as soon as it is too large, cut short or none."""
    _check_encoding(response)
    total = response.length
    if total is not None:
        check_length(total)
    data = bytearray()
    for piece in _pieces(response):
        data += piece
        check_length(len(data))
        report(len(data) / (total or MAX_BYTES), f"Fetched {len(data) / 2**20:.1f} MiB")
    check_length(len(data))
    _check_not_a_page(response, data)
    return bytes(data)


def _pieces(response: http.client.HTTPResponse) -> Iterator[bytes]:
    """Yield the body as it arrives, and raise if it ends before its announced end."""
    cut_short = False
    try:
        while piece := response.read1(_PIECE):
            yield piece
        cut_short = bool(response.length)
    except (http.client.IncompleteRead, ConnectionError, ssl.SSLError):
        cut_short = True
    if cut_short:
        msg = "The site sent only a part of the picture. Try again."
        raise PictureError("truncated", msg)


def _check_encoding(response: http.client.HTTPResponse) -> None:
    packed = response.getheader("Content-Encoding", "identity").strip().lower()
    framed = response.getheader("Transfer-Encoding", "chunked").strip().lower()
    if packed not in ("identity", "") or framed != "chunked":
        msg = (
            "The site sent the picture compressed once more, although it was asked not to. "
            "Download the picture and upload it here."
        )
        raise PictureError("bad_answer", msg)


def _check_not_a_page(response: http.client.HTTPResponse, data: bytearray) -> None:
    start = bytes(data[:_PIECE])
    called_a_page = response.headers.get_content_type() in ("text/html", "application/xhtml+xml")
    if is_web_page(start) or (called_a_page and decoder_of(start) is None):
        msg = (
            "This address is a web page, not a picture. Open the picture by itself and copy "
            "its address, which often ends in .jpg or .png."
        )
        raise PictureError("not_an_image", msg)
