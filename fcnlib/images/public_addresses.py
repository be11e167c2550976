"""Which machines a visitor's address may reach: those of the public internet, no others.

`ipaddress.is_global` would not do. It differs between versions of Python, and it takes
multicast, and an IPv4 loopback address wrapped in IPv6, for global. So the blocks are
written out: IPv4 is open but for the registry of special addresses, IPv6 is closed but
for the space given to the public, less the special blocks inside it. An IPv4 address
carried in an IPv6 one is judged by itself.

References
----------
.. [1] IANA, "IPv4 Special-Purpose Address Registry".
.. [2] IANA, "IPv6 Special-Purpose Address Registry".

"""

import os
import socket
import threading
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from fcnlib.errors import PictureError

LOCAL_SWITCH = "FCNLIB_ALLOW_LOCAL_PICTURES"

_CLOSED_V4 = [
    IPv4Network(block)
    for block in (
        "0.0.0.0/8",  # this host
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # carriers' private space, some clouds' metadata
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # Azure's host, seen from a guest
        "169.254.0.0/16",  # link-local, most clouds' metadata
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
    )
]
_OPEN_V6 = IPv6Network("2000::/3")
_CLOSED_V6 = [
    IPv6Network(block)
    for block in (
        "2001::/23",  # protocol assignments, Teredo, ORCHID
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # the former 6bone
        "3fff::/20",  # documentation
    )
]
_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")


def is_public(address: str) -> bool:
    """Tell whether `address` belongs to the public internet.

    Parameters
    ----------
    address : str
        IPv4 in four decimal parts, or IPv6. Anything else is not public.

    Returns
    -------
    public : bool
        False for private, local, reserved, multicast and tunnelled addresses.

    Examples
    --------
    >>> is_public("93.184.215.14"), is_public("::ffff:10.0.0.1"), is_public("127.1")
    (True, False, False)

    """
    try:
        ip = _unwrapped(ip_address(address))
    except ValueError:
        return False
    if isinstance(ip, IPv4Address):
        return not any(ip in block for block in _CLOSED_V4)
    return ip in _OPEN_V6 and not any(ip in block for block in _CLOSED_V6)


def local_allowed() -> bool:
    """Tell whether pictures may come from this machine, at any port.

    True if the environment variable ``FCNLIB_ALLOW_LOCAL_PICTURES`` is ``1``. It is for
    development and tests; a public server must not set it.
    """
    return os.environ.get(LOCAL_SWITCH) == "1"


def resolve(host: str, port: int, seconds: float) -> list[str]:
    """Look `host` up once and return its addresses, if all of them are allowed.

    Parameters
    ----------
    host : str
        A name or an address.
    port : int
        The port to connect to.
    seconds : float
        How long the answer may take.

    Returns
    -------
    addresses : list of str
        In the resolver's order, each once, at least one. Connect to these and to nothing
        else: a second look-up could answer otherwise.

    Raises
    ------
    PictureError
        With code ``not_public`` if the name is unknown or any address is not public. One
        message for both, so that nobody learns which internal names exist.
    TimeoutError
        If the resolver takes too long.

    Examples
    --------
    >>> resolve("93.184.215.14", 80, seconds=5)
    ['93.184.215.14']

    """
    addresses = _lookup(host, port, seconds)
    if not addresses or not all(map(_is_allowed, addresses)):
        msg = (
            "There is no public site at this address. Check how it is spelled, or download "
            "the picture and upload it."
        )
        raise PictureError("not_public", msg)
    return addresses


def _is_allowed(address: str) -> bool:
    return is_public(address) or (local_allowed() and ip_address(address).is_loopback)


def _lookup(host: str, port: int, seconds: float) -> list[str]:
    """Return the addresses of `host`, none for an unknown one, in limited time."""
    answers: list[list[str]] = []

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            found = []
        answers.append([str(sockaddr[0]) for *_, sockaddr in found])

    # The resolver cannot be interrupted, so a thread is left behind if it hangs.
    thread = threading.Thread(target=ask, name="look-up", daemon=True)
    thread.start()
    thread.join(seconds)
    if not answers:
        msg = f"no answer from the resolver in {seconds:.1f} s"
        raise TimeoutError(msg)
    return list(dict.fromkeys(answers[0]))


def _unwrapped(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 address carries, or the address itself."""
    if ip in _MAPPED or ip in _NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip
