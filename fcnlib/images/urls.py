"""Strict parsing of the address of a picture.

Parsers disagree about addresses that are slightly malformed, and attacks use these disagreements.
Unusual addresses are therefore rejected and not repaired: other schemes and ports, user names,
backslashes, invisible characters, and numbers that only some libraries read as an IP address.

References
----------
.. [1] Unicode Technical Standard 46, "Unicode IDNA Compatibility Processing": how browsers convert
   host names in other scripts. Python's codec ``idna`` follows the older standard, by which
   straße.test is the host strasse.test, which may belong to somebody else.

"""

import re
import unicodedata
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple
from urllib.parse import quote, urljoin, urlsplit

import idna

from fcnlib.errors import PictureError
from fcnlib.images.public_addresses import local_allowed

MAX_LENGTH = 2048
PORTS = {"http": 80, "https": 443}
MAX_HOST = 253  # characters, a limit of DNS

# Unicode categories of control and formatting characters and of separators.
_INVISIBLE_CATEGORIES = {"Cc", "Cf", "Zl", "Zp", "Zs"}
_OVERRIDES = "\u202d\u202e"  # show the characters after them in another order
# Letters and marks that are shown as nothing.
_BLANKS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
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
        Address as a visitor typed it. Spaces and invisible characters around it are removed.

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
    url = _trimmed(url)
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


def _trimmed(url: str) -> str:
    """Remove spaces and invisible characters from both ends, which copying often adds.

    Overrides of the direction stay, and are refused: they are there to make a text look different.
    """
    invisible = "".join(filter(_is_invisible, set(url) - set(_OVERRIDES)))
    return url.strip(" " + invisible)


def _check_characters(url: str) -> None:
    """Raise if the address has characters that are invisible or that only some parsers ignore."""
    if "\\" in url:
        raise _malformed()
    for character in url:
        if _is_invisible(character) or unicodedata.category(character) == "Cs":
            name = unicodedata.name(character, "a code that is not a character")
            msg = (
                f"This is not a valid web address: it contains U+{ord(character):04X} ({name}), "
                "which is invisible or has no meaning in an address. Type the address, or copy it "
                "from the address bar of a browser."
            )
            raise PictureError("bad_address", msg)


def _is_invisible(character: str) -> bool:
    return character in _BLANKS or (
        character != " " and unicodedata.category(character) in _INVISIBLE_CATEGORIES
    )


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
        host = _ascii_host(text).removesuffix(".")
        if _NUMBER.fullmatch(host.rpartition(".")[2]):
            return str(IPv4Address(host))
    except ValueError:
        raise _malformed() from None
    if len(host) > MAX_HOST or not all(map(_LABEL.fullmatch, host.split("."))):
        raise _malformed()
    return host


def _ascii_host(text: str) -> str:
    """Return a host name in ASCII, or raise `ValueError`."""
    if text.isascii() or len(text) > MAX_HOST:
        return text.lower()
    # Labels in ASCII may have underscores, which IDNA forbids, so only the others are encoded.
    labels = idna.uts46_remap(text, std3_rules=False).split(".")
    return ".".join(x if x.isascii() else idna.alabel(x).decode("ascii") for x in labels)


def _malformed() -> PictureError:
    msg = (
        "This is not a valid web address. Copy the address of the picture itself, for example "
        "https://example.org/cat.jpg."
    )
    return PictureError("bad_address", msg)
