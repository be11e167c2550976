"""Check that a visitor's address leads to the public internet.

`ipaddress.is_global` is not sufficient: it differs between versions of Python and accepts
multicast addresses and an IPv4 loopback address embedded in IPv6. The blocks are therefore listed
here. In IPv4, every address is allowed except those in the registry of special addresses. In IPv6,
only the block assigned to the public is allowed, without the special blocks inside it. An IPv4
address embedded in an IPv6 address is checked as an IPv4 address.

References
----------
.. [1] IANA, "IPv4 Special-Purpose Address Registry".
.. [2] IANA, "IPv6 Special-Purpose Address Registry".

"""

import os
import socket
import threading
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

from fcnlib.errors import PictureError

LOCAL_SWITCH = "FCNLIB_ALLOW_LOCAL_PICTURES"
KNOWN_NAME = "example.com"
"""A name that always exists (RFC 2606). If it cannot be looked up, no name can."""

_BLOCKED = [
    ip_network(block)
    for block in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # private space of carriers, metadata services of some clouds
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # the host of an Azure virtual machine
        "169.254.0.0/16",  # link-local, metadata services of most clouds
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # multicast tunnels
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
        "2001::/23",  # protocol assignments, Teredo, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # the former 6bone
        "3fff::/20",  # documentation
    )
]
_PUBLIC_V6 = IPv6Network("2000::/3")
_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Return whether `address` belongs to the public internet.

    Parameters
    ----------
    address : str
        IPv4 as four decimal numbers, or IPv6. Anything else is not public.

    Returns
    -------
    public : bool
        False for private, local, reserved, multicast and tunneled addresses.

    Examples
    --------
    >>> is_public("93.184.215.14"), is_public("::ffff:10.0.0.1"), is_public("127.1")
    (True, False, False)

    """
    try:
        ip = _unwrapped(ip_address(address))
    except ValueError:
        return False
    # No address is in a block of the other version.
    return (ip.version == 4 or ip in _PUBLIC_V6) and not any(ip in block for block in _BLOCKED)


def local_allowed() -> bool:
    """Return whether pictures may be fetched from this machine, at any port.

    This is the case if the environment variable ``FCNLIB_ALLOW_LOCAL_PICTURES`` is ``1``. The
    variable is for development and tests. A public server must not set it.
    """
    return os.environ.get(LOCAL_SWITCH) == "1"


def resolve(host: str, port: int, seconds: float) -> list[str]:
    """Look up the addresses of `host` and return them if all of them are allowed.

    Parameters
    ----------
    host : str
        A host name or an IP address.
    port : int
        The port to connect to.
    seconds : float
        Time limit of the look-up.

    Returns
    -------
    addresses : list of str
        At least one address, in the resolver's order and without repetitions. Connect only to
        these: a second look-up could return others.

    Raises
    ------
    PictureError
        With code ``not_public`` if the name is unknown or any address is not public, or with code
        ``offline`` if no name can be looked up. Which of the two does not depend on the name, so it
        does not reveal which internal names exist.
    TimeoutError
        If the resolver takes too long.

    Examples
    --------
    >>> resolve("93.184.215.14", 80, seconds=5)
    ['93.184.215.14']

    """
    addresses = _lookup(host, port, seconds)
    if not addresses or not all(map(_is_allowed, addresses)):
        if not _is_literal(host) and not _lookup(KNOWN_NAME, port, seconds):
            msg = (
                "The name of this site could not be looked up. This server may have no connection "
                "to the internet. Try again later, or upload a picture instead."
            )
            raise PictureError("offline", msg)
        msg = (
            "There is no public site at this address. Check the spelling, or download the "
            "picture and upload it here."
        )
        raise PictureError("not_public", msg)
    return addresses


def _is_allowed(address: str) -> bool:
    return is_public(address) or (local_allowed() and ip_address(address).is_loopback)


def _is_literal(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False


def _lookup(host: str, port: int, seconds: float) -> list[str]:
    """Return the addresses of `host`, or none if it is unknown, within a time limit."""
    answers: list[list[str]] = []

    def ask() -> None:
        try:
            records = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            records = []
        answers.append([str(sockaddr[0]) for *_, sockaddr in records])

    # The resolver cannot be interrupted, so this thread stays behind if it hangs.
    thread = threading.Thread(target=ask, name="look-up", daemon=True)
    thread.start()
    thread.join(seconds)
    if not answers:
        msg = f"no answer from the resolver within {seconds:.1f} s"
        raise TimeoutError(msg)
    return list(dict.fromkeys(answers[0]))


def _unwrapped(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address embedded in an IPv6 address, or else the address itself."""
    if ip in _MAPPED or ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip
