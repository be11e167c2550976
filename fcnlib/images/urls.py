"""Reading the address of a picture as strictly as the rest of the way needs it.

Parsers disagree about addresses that are slightly wrong, and attackers live on that. So
what is unusual is refused rather than repaired: other schemes and ports, user names,
backslashes, line breaks, numbers that only some libraries read as an IP address.
"""

import re
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple
from urllib.parse import quote, urljoin, urlsplit

from fcnlib.errors import PictureError
from fcnlib.images.public_addresses import local_allowed

MAX_LENGTH = 2048
PORTS = {"http": 80, "https": 443}

_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\\]")
_NETLOC = re.compile(r"(?P<host>\[[0-9a-fA-F:.]+\]|[^\[\]:@%\s]+)(?::(?P<port>[0-9]{1,5}))?")
_LABEL = re.compile(r"[a-z0-9_-]{1,63}")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_KEPT = "%/:=&?~#+!$,;'@()*[]"  # not escaped in a path or query; the rest that is not ASCII is


class PictureURL(NamedTuple):
    """An address in its parts, each fit for use.

    Attributes
    ----------
    scheme : str
        ``http`` or ``https``.
    host : str
        A name in ASCII without the root's dot, or an IP address without brackets.
    port : int
        The scheme's own, unless pictures from this machine are allowed.
    path : str
        Path and query in ASCII, beginning with a slash.

    """

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The host as a request names it: brackets around IPv6, no default port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def join(self, location: str) -> "PictureURL":
        """Return the address that a redirect from this one leads to, parsed anew.

        Examples
        --------
        >>> parse("https://img.test/a/b.jpg").join("../c.jpg").path
        '/c.jpg'

        """
        _check_characters(location)
        base = f"{self.scheme}://{self.authority}{self.path}"
        try:
            return parse(urljoin(base, location))
        except ValueError:
            raise _malformed() from None


def parse(url: str) -> PictureURL:
    """Return the parts of `url`.

    Parameters
    ----------
    url : str
        What a visitor typed. Blanks around it are dropped.

    Returns
    -------
    parts : PictureURL
        A name in another script comes out in ASCII, and so does the path.

    Raises
    ------
    PictureError
        With code ``bad_address``.

    Examples
    --------
    >>> parse("http://bücher.test/a b.jpg#top")
    PictureURL(scheme='http', host='xn--bcher-kva.test', port=80, path='/a%20b.jpg')

    """
    url = url.strip(" ")
    if len(url) > MAX_LENGTH:
        msg = f"The address has more than {MAX_LENGTH} characters. Give a shorter one."
        raise PictureError("bad_address", msg)
    _check_characters(url)
    try:
        scheme, netloc, path, query, _ = urlsplit(url)
    except ValueError:
        raise _malformed() from None
    if scheme not in PORTS:
        msg = "The address of a picture begins with https:// or http://. Give such a one."
        raise PictureError("bad_address", msg)
    parts = _NETLOC.fullmatch(netloc)
    if parts is None:
        raise _malformed()
    target = (path or "/") + (f"?{query}" if query else "")
    port = _port(scheme, parts["port"])
    return PictureURL(scheme, _host(parts["host"]), port, quote(target, safe=_KEPT))


def _check_characters(url: str) -> None:
    """Raise for control characters, which some parsers drop, and for backslashes."""
    if _FORBIDDEN.search(url):
        raise _malformed()


def _port(scheme: str, written: str | None) -> int:
    port = PORTS[scheme] if written is None else int(written)
    if port != PORTS[scheme] and not local_allowed():
        msg = (
            f"Pictures are fetched from port {PORTS[scheme]} when the address begins with "
            f"{scheme}://. Leave the port out of it."
        )
        raise PictureError("bad_address", msg)
    return port


def _host(written: str) -> str:
    """Return the host in ASCII; an IP address only if all software reads it alike."""
    try:
        if written.startswith("["):
            return str(IPv6Address(written[1:-1]))
        host = written.encode("idna").decode("ascii").lower().removesuffix(".")
        if _NUMBER.fullmatch(host.rpartition(".")[2]):
            return str(IPv4Address(host))
    except ValueError:
        raise _malformed() from None
    if len(host) > 253 or not all(map(_LABEL.fullmatch, host.split("."))):
        raise _malformed()
    return host


def _malformed() -> PictureError:
    msg = (
        "This is not the address of a picture on the internet. Copy it from the picture "
        "itself, as in https://example.org/cat.jpg."
    )
    return PictureError("bad_address", msg)
