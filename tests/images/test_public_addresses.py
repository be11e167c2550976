import csv
import json
import random
import socket
import threading
import time
from contextlib import suppress
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import pytest
from support.failures import picture_error
from support.servers import Server, answer, redirect

from fcnlib.errors import PictureError
from fcnlib.images import public_addresses, transport
from fcnlib.images.fetching import fetch
from fcnlib.images.public_addresses import (
    KNOWN_NAME,
    LOCAL_SWITCH,
    is_public,
    local_allowed,
    resolve,
)
from fcnlib.images.urls import parse

PUBLIC = "93.184.215.14"
START_OF_PNG = b"\x89PNG\r\n\x1a\n"
OPEN = [PUBLIC, "1.1.1.1", "8.8.8.8", "223.255.255.255", "9.255.255.255", "172.15.255.255"]
OPEN += ["172.32.0.0", "100.63.255.255", "100.128.0.0", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"]
OPEN += ["2a00::1", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"]
CLOSED = ["0.0.0.0", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.255"]
CLOSED += ["168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.192"]
CLOSED += ["192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255"]
CLOSED += ["203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"]
CLOSED += ["::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:0:127.0.0.1", "100::1"]
CLOSED += ["64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2001::1", "2001:20::1"]
CLOSED += ["2001:db8::1", "2002:7f00:1::", "2002:5db8:d70e::1", "3fff::1", "5f00::1", "fc00::1"]
CLOSED += ["2002:c0a8:101::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1"]
CARRIERS = [ip_network("::ffff:0:0/96"), ip_network("64:ff9b::/96")]
NO_ADDRESS = ["", "127.1", "0x7f000001", "2130706433", "0177.0.0.1", "img.test", "1.2.3.4.5"]


@pytest.mark.parametrize("address", OPEN)
def test_public_addresses_are_allowed(address):
    assert is_public(address)


@pytest.mark.parametrize("address", CLOSED + NO_ADDRESS)
def test_all_other_addresses_are_blocked(address):
    assert not is_public(address)


def edges():
    """Yield the first and last address of every special block, and their neighbors."""
    ipv6 = [public_addresses._PUBLIC_V6, public_addresses._MAPPED, public_addresses._NAT64]
    for block in [*public_addresses._BLOCKED, *ipv6]:
        last = 2**block.max_prefixlen - 1
        for number in (int(block[0]) - 1, int(block[0]), int(block[-1]), int(block[-1]) + 1):
            yield type(block[0])(min(max(number, 0), last))


def test_every_public_address_is_global_for_python():
    """`ipaddress` accepts too many addresses, but never too few."""
    generator = random.Random(0)
    drawn = [ip_address(generator.getrandbits(32)) for _ in range(20_000)]
    drawn += [ip_address(generator.getrandbits(125) + (1 << 125)) for _ in range(20_000)]
    for ip in [*drawn, *edges()]:
        embedded = ip.version == 6 and any(ip in net for net in CARRIERS)
        assert not is_public(str(ip)) or ip.is_global or embedded, ip


def test_ipv4_addresses_in_ipv6_are_checked_as_ipv4():
    generator = random.Random(1)
    for _ in range(2000):
        ip = ip_address(generator.getrandbits(32))
        for carrier in CARRIERS:
            assert is_public(str(carrier[int(ip)])) == is_public(str(ip)), ip


class Row(NamedTuple):
    name: str
    expected: str
    kind: str
    url: str
    answers: dict
    note: str


def rows(expected):
    with (Path(__file__).parents[1] / "data" / "addresses.tsv").open(newline="") as file:
        table = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            pytest.param(Row(*row[:3], *map(json.loads, row[3:5]), row[5]), id=row[0])
            for row in table
            if row[1] == expected
        ]


class WanderingServer(Server):
    """Redirect to the target in the path or to the same path; otherwise send a picture."""

    def answer_to(self, path):
        if path == "/loop":
            return redirect(path)
        if path.startswith("/redir?to="):
            return redirect(unquote(path.removeprefix("/redir?to=")))
        return answer(START_OF_PNG)


class Internet:
    """Replacement for the resolver and for all other machines.

    Every connection goes to one server on this machine and is recorded.
    """

    def __init__(self, server):
        self.server = server
        self.answers = {}
        self.lookups = []
        self.connects = []
        self.offline = False

    def getaddrinfo(self, host, port, *_args, **_kwargs):
        if host == KNOWN_NAME:
            addresses = [] if self.offline else [PUBLIC]
        elif host in self.answers:
            answers = self.answers[host]
            addresses = answers[min(self.lookups.count(host), len(answers) - 1)]
            self.lookups.append(host)
        else:
            addresses = [str(ip_address(host))] if _is_address(host) else []
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in addresses]

    def connect(self, address, timeout):
        self.connects.append(address[0])
        sock = socket.socket()
        sock.settimeout(timeout)
        sock.connect(("127.0.0.1", self.server.port))
        return sock


def _is_address(host):
    with suppress(ValueError):
        return bool(ip_address(host))
    return False


@pytest.fixture
def internet(monkeypatch):
    monkeypatch.delenv(LOCAL_SWITCH, raising=False)
    with WanderingServer() as server:
        net = Internet(server)
        monkeypatch.setattr(socket, "getaddrinfo", net.getaddrinfo)
        monkeypatch.setattr(socket, "create_connection", net.connect)
        # The server speaks plain http; test_fetching_https tests TLS.
        monkeypatch.setattr(transport, "_secure", lambda plain, *_: plain)
        yield net


@pytest.mark.parametrize("row", rows("BLOCK"))
def test_f1_blocked_addresses_are_never_connected_to(row, internet):
    internet.answers = row.answers
    with pytest.raises(PictureError) as info:
        fetch(row.url)
    assert info.value.code in ("bad_address", "not_public")
    assert internet.connects == []


@pytest.mark.parametrize("row", rows("ALLOW"))
def test_f2_f4_allowed_addresses_are_connected_to_once(row, internet):
    internet.answers = row.answers
    assert fetch(row.url) == START_OF_PNG
    literal = parse(row.url).host
    assert internet.connects == [PUBLIC if row.answers else literal]
    assert len(internet.lookups) == bool(row.answers)


@pytest.mark.parametrize("row", rows("HOP"))
def test_f3_redirects_to_blocked_addresses_are_not_followed(row, internet):
    internet.answers = row.answers
    with pytest.raises(PictureError):
        fetch(row.url.replace("{PORT}", str(internet.server.port)))
    assert set(internet.connects) == {PUBLIC}
    assert len(internet.connects) <= 4


@pytest.mark.parametrize("mixed", [[PUBLIC, "127.0.0.1"], ["127.0.0.1", PUBLIC], ["::1", PUBLIC]])
def test_f5_a_name_with_one_blocked_address_is_blocked(mixed, internet):
    internet.answers = {"mixed.test": [mixed]}
    with picture_error("not_public"):
        fetch("http://mixed.test/")
    assert internet.connects == []


@pytest.mark.parametrize("offline", [False, True])
def test_f1_internal_and_unknown_names_get_the_same_message(offline, internet):
    internet.answers = {"intranet.test": [["10.1.2.3"]]}
    internet.offline = offline
    messages = set()
    for host in ("intranet.test", "unknown.test"):
        with picture_error("offline" if offline else "not_public") as info:
            fetch(f"http://{host}/")
        messages.add(str(info.value))
    assert len(messages) == 1


@pytest.mark.parametrize("offline", [False, True])
def test_f1_numbers_are_refused_alike_with_and_without_a_resolver(offline, internet):
    internet.offline = offline
    messages = set()
    for host in ("10.1.2.3", "[::1]"):
        with picture_error("not_public") as info:
            fetch(f"http://{host}/")
        messages.add(str(info.value))
    assert len(messages) == 1


@pytest.mark.parametrize("value", [None, "", "0", "true", "yes"])
def test_this_machine_is_blocked_by_default(value, monkeypatch):
    if value is None:
        monkeypatch.delenv(LOCAL_SWITCH, raising=False)
    else:
        monkeypatch.setenv(LOCAL_SWITCH, value)
    assert not local_allowed()
    with picture_error("not_public"):
        resolve("127.0.0.1", 80, seconds=5)
    with picture_error("bad_address", "8501", "port 80"):
        parse("http://127.0.0.1:8501/cat.png")


def test_the_variable_allows_only_this_machine(monkeypatch):
    monkeypatch.setenv(LOCAL_SWITCH, "1")
    assert parse("http://127.0.0.1:8501/cat.png").port == 8501
    assert resolve("127.0.0.1", 8501, seconds=5) == ["127.0.0.1"]
    for closed in ("10.0.0.1", "169.254.169.254", "192.168.1.1", "0.0.0.0"):
        with picture_error("not_public"):
            resolve(closed, 80, seconds=5)


def test_a_look_up_has_a_time_limit(monkeypatch):
    over = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: over.wait(5) and [])
    start = time.monotonic()
    with pytest.raises(TimeoutError, match=r"0\.2 s"):
        resolve("slow.test", 80, seconds=0.2)
    assert time.monotonic() - start < 1
    over.set()


def test_addresses_keep_the_resolvers_order_without_repetitions(monkeypatch):
    records = [(socket.AF_INET, 1, 6, "", (ip, 80)) for ip in ("8.8.8.8", "1.1.1.1", "8.8.8.8")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: records)
    assert resolve("img.test", 80, seconds=5) == ["8.8.8.8", "1.1.1.1"]
