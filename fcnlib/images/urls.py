"""Strict parsing of the address of a picture.

Parsers disagree about addresses that are slightly malformed, and attacks use these disagreements.
Unusual addresses are therefore rejected and not repaired: other schemes and ports, user names,
backslashes, line breaks, and numbers that only some libraries read as an IP address.
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
_KEPT = "%/:=&?~#+!$,;'@()*[]"  # signs that are not escaped in a path or query


class PictureURL(NamedTuple):
    """A checked address, split into its parts.

    Attributes
    ----------
    scheme : str
        ``http`` or ``https``.
    host : str
        A name in ASCII without a final dot, or an IP address without brackets.
    port : int
        The default port of the scheme, unless pictures from this machine are allowed.
    path : str
        Path and query in ASCII, starting with a slash.

    """

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The host as in a request's Host header: brackets around IPv6, no default port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    def join(self, location: str) -> "PictureURL":
        """Return the target of a redirect from this address, parsed and checked.

        Examples
        --------
        >>> parse("https://img.test/a/b.jpg").join("../c.jpg").path
        '/c.jpg'

        """
        _check_characters(location)
        try:
            return parse(urljoin(f"{self.scheme}://{self.authority}{self.path}", location))
        except ValueError:
            raise _malformed() from None


def parse(url: str) -> PictureURL:
    """Split `url` into its parts and check each of them.

    Parameters
    ----------
    url : str
        Address as a visitor typed it. Spaces around it are removed.

    Returns
    -------
    parts : PictureURL
        Host names in other scripts and the path are converted to ASCII.

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
        msg = (
            f"The address has {len(url):,} characters; at most {MAX_LENGTH:,} are allowed. "
            "Enter a shorter address."
        )
        raise PictureError("bad_address", msg)
    _check_characters(url)
    try:
        scheme, netloc, path, query, _ = urlsplit(url)
    except ValueError:
        raise _malformed() from None
    if scheme not in PORTS:
        msg = (
            "The address of a picture must start with https:// or http://. Copy the complete "
            "address of the picture."
        )
        raise PictureError("bad_address", msg)
    parts = _NETLOC.fullmatch(netloc)
    if parts is None:
        raise _malformed()
    target = (path or "/") + (f"?{query}" if query else "")
    port = _port(scheme, parts["port"])
    return PictureURL(scheme, _host(parts["host"]), port, quote(target, safe=_KEPT))


def _check_characters(url: str) -> None:
    """Raise if the address has backslashes or control characters, which some parsers ignore."""
    if _FORBIDDEN.search(url):
        raise _malformed()


def _port(scheme: str, text: str | None) -> int:
    default = PORTS[scheme]
    port = default if text is None else int(text)
    if port != default and not local_allowed():
        msg = (
            f"The address has port {port}, but {scheme}:// addresses may only use port {default}. "
            "Remove the port number from the address."
        )
        raise PictureError("bad_address", msg)
    return port


def _host(text: str) -> str:
    """Return the host in ASCII; accept an IP address only if all software reads it alike."""
    try:
        if text.startswith("["):
            return str(IPv6Address(text[1:-1]))
        host = text.encode("idna").decode("ascii").lower().removesuffix(".")
        if _NUMBER.fullmatch(host.rpartition(".")[2]):
            return str(IPv4Address(host))
    except ValueError:
        raise _malformed() from None
    if len(host) > 253 or not all(map(_LABEL.fullmatch, host.split("."))):
        raise _malformed()
    return host


def _malformed() -> PictureError:
    msg = (
        "This is not a valid web address. Copy the address of the picture itself, for example "
        "https://example.org/cat.jpg."
    )
    return PictureError("bad_address", msg)
