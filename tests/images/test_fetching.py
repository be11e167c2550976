import gzip
import re
import socket
import time
import tomllib
import zlib
from pathlib import Path

import pytest
from support.failures import fetch_error, picture_error
from support.servers import CHUNKED, Server, answer, chunk, forever, redirect

from fcnlib.errors import Cancelled, PictureError
from fcnlib.images import decode, transport
from fcnlib.images.fetching import fetch
from fcnlib.images.public_addresses import LOCAL_SWITCH

ROOT = Path(__file__).parents[2]
PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(2000)


@pytest.fixture(autouse=True)
def _pictures_from_this_machine(monkeypatch):
    monkeypatch.setenv(LOCAL_SWITCH, "1")


@pytest.mark.parametrize(
    "script",
    [
        answer(PICTURE),
        CHUNKED + chunk(PICTURE[:700]) + chunk(PICTURE[700:]) + b"0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n" + PICTURE,
        b"HTTP/1.1 100 Continue\r\n\r\n" + answer(PICTURE),
        answer(PICTURE, content_type="text/html"),
        answer(PICTURE, headers=["Content-Encoding: identity"]),
    ],
    ids=["length", "chunks", "until closed", "after 100", "called a page", "identity"],
)
def test_the_bytes_are_received_as_they_were_sent(script):
    with Server({"/cat.png": script}) as server:
        assert fetch(server.url("/cat.png")) == PICTURE


@pytest.mark.parametrize(
    "script",
    [
        answer(PICTURE, headers=["X-Header: y"] * 1000),
        forever(b"x" * 2**12, begin=b"HTTP/1.1 200 OK\r\nX-Header: "),
        forever(b"x" * 2**12),
        b"SSH-2.0-OpenSSH_9.2\r\n",
        PICTURE,
        b"",
        answer(PICTURE, headers=["Transfer-Encoding: gzip, chunked"]),
    ],
    ids=["1000 headers", "endless header", "endless status", "ssh", "HTTP/0.9", "nothing", "gzip"],
)
def test_f13_a_response_that_is_not_http_is_refused_at_once(script):
    start = time.monotonic()
    assert fetch_error(script).code == "bad_answer"
    assert time.monotonic() - start < 1


@pytest.mark.parametrize(
    "script",
    [
        answer(bytes(100), headers=["Content-Length: 1000"]),
        CHUNKED + b"3e8\r\n" + bytes(100),
        CHUNKED + chunk(bytes(100)),
        CHUNKED + chunk(bytes(100)) + b"no number\r\n",
    ],
    ids=["length", "inside a chunk", "no last chunk", "bad chunk"],
)
def test_f14_an_incomplete_picture_is_refused(script):
    assert fetch_error(script).code == "truncated"


def test_f14_a_connection_reset_midway_gives_an_incomplete_picture():
    def reset(connection):
        connection.sendall(answer(bytes(100), headers=["Content-Length: 1000"]))
        time.sleep(0.2)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")

    assert fetch_error(reset).code == "truncated"


@pytest.mark.parametrize("status", [201, 204, 206, 300, 304, 401, 403, 404, 429, 500, 503])
def test_f15_the_message_contains_only_the_number_of_another_status(status):
    script = answer(b"" if status in (204, 304) else b"secret", status=f"{status} Because <b>")
    error = fetch_error(script)
    assert error.code == "bad_status"
    assert str(status) in str(error)
    assert not re.search("secret|Because|127", str(error))


@pytest.mark.parametrize("script", [answer(b""), CHUNKED + b"0\r\n\r\n"])
def test_f15_an_empty_response_is_refused(script):
    assert fetch_error(script).code == "empty"


def chain(length):
    routes = {f"/{hop}": redirect(f"/{hop + 1}") for hop in range(length)}
    return Server({**routes, f"/{length}": answer(PICTURE)})


def test_f16_three_redirects_are_followed():
    with chain(3) as server:
        assert fetch(server.url("/0")) == PICTURE
    assert server.paths == ["/0", "/1", "/2", "/3"]


def test_f16_four_redirects_are_too_many():
    with chain(4) as server, picture_error("too_many_redirects", "3 times"):
        fetch(server.url("/0"))
    assert server.paths == ["/0", "/1", "/2", "/3"]


@pytest.mark.parametrize("status", ["301 A", "302 B", "303 C", "307 D", "308 E"])
def test_every_kind_of_redirect_is_followed(status):
    with Server(
        {"/a": redirect("b.png?x=%C3%BC", status), "/b.png?x=%C3%BC": answer(PICTURE)}
    ) as server:
        assert fetch(server.url("/a")) == PICTURE


def test_a_redirect_to_an_address_in_another_script_is_followed():
    with Server({"/a": redirect("/bücher.png"), "/b%C3%BCcher.png": answer(PICTURE)}) as server:
        assert fetch(server.url("/a")) == PICTURE


@pytest.mark.parametrize("status", ["302 Found", "301 Moved"])
def test_a_redirect_without_a_target_is_refused(status):
    assert fetch_error(redirect("", status)).code == "bad_status"


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"<!DOCTYPE html><title>A cat</title>", "text/html; charset=utf-8"),
        (b"\xef\xbb\xbf\n<!-- x -->\n<HTML lang=en>", "image/png"),
        (b"Please log in", "text/html"),
    ],
)
def test_f17_a_web_page_is_recognized(body, content_type):
    error = fetch_error(answer(body, content_type=content_type))
    assert error.code == "not_an_image"
    assert "web page" in str(error)


def test_f18_the_request_has_exactly_five_headers():
    with Server({"/a%20b.png?x=1": answer(PICTURE)}) as server:
        fetch(server.url("/a b.png?x=1#top"))
    first, *lines = server.heads[0].rstrip().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert first == "GET /a%20b.png?x=1 HTTP/1.1"
    assert list(headers) == ["Host", "User-Agent", "Accept", "Accept-Encoding", "Connection"]
    assert headers["Host"] == f"127.0.0.1:{server.port}"
    assert headers["Accept-Encoding"] == "identity"
    assert headers["Connection"] == "close"


def test_the_user_agent_contains_the_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert transport.user_agent().startswith(f"fcnlib/{project['version']} (")


@pytest.mark.parametrize(
    ("contact", "sent"),
    [
        ("mailto:demo@host.test", "mailto:demo@host.test"),
        (" https://host.test/about ", "https://host.test/about"),
        ("me\r\nCookie: a=b", "meCookie: a=b"),
        ("M\u00fcller \u202e(x)\\", "Mller x"),
        ("x" * 1000, "x" * 200),
        ("", "no contact given"),
    ],
)
def test_the_user_agent_names_the_operators_contact(monkeypatch, contact, sent):
    monkeypatch.setenv("FCNLIB_CONTACT", contact)
    with Server({"/cat.png": answer(PICTURE)}) as server:
        assert fetch(server.url("/cat.png")) == PICTURE
    (agent,) = re.findall("User-Agent: (.*)\r", server.heads[0])
    assert agent.startswith(f"fcnlib/0.1.0 ({sent}; ")
    assert "Cookie" not in [line.partition(":")[0] for line in server.heads[0].splitlines()]


@pytest.mark.parametrize(
    "encoding",
    [
        "identity, identity",
        "IDENTITY",
        "",
        "utf-8",
        "aws-chunked",
        "binary",
        "none",
        "gzip",
        "br, x",
        "iso-8859-1",
        "8bit",
        "image/png",
        '", ;=\xff',
    ],
)
def test_a_picture_may_come_with_a_coding_that_was_not_applied(encoding):
    script = answer(PICTURE, headers=[f"Content-Encoding: {encoding}"])
    with Server({"/cat.png": script}) as server:
        assert fetch(server.url("/cat.png")) == PICTURE


@pytest.mark.parametrize("encoding", ["gzip", "br", "utf-8", "x-unknown"])
@pytest.mark.parametrize(
    ("body", "word"),
    [
        (b"<!-- a -->\n<html>" + b" " * 2000, "web page"),
        (b"<title>A cat</title>", "web page"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
        (b"II*\0" + bytes(2000), "TIFF"),
        (b"<svg xmlns='x'/>", "SVG"),
    ],
)
def test_a_coding_that_was_not_applied_does_not_hide_what_was_sent(encoding, body, word):
    script = answer(body, headers=[f"Content-Encoding: {encoding}"])
    with Server({"/cat.png": script}) as server, picture_error("not_an_image", word):
        decode(fetch(server.url("/cat.png")))


@pytest.mark.parametrize("encoding", ["utf-8", "aws-chunked", "binary", "none, identity"])
@pytest.mark.parametrize("body", [b"Dear all,", b"a,b\n1,2\n" * 500])
def test_a_text_is_not_called_compressed_for_a_word_that_names_no_compression(encoding, body):
    script = answer(body, headers=[f"Content-Encoding: {encoding}"])
    with Server({"/cat.png": script}) as server, picture_error("not_an_image", "not a picture"):
        decode(fetch(server.url("/cat.png")))


# Without the time, which would be in the name of the test: workers that collect it must agree.
@pytest.mark.parametrize(
    "body", [gzip.compress(PICTURE, mtime=0), zlib.compress(PICTURE), b"short"]
)
def test_a_picture_that_was_compressed_is_refused(body):
    for encoding in ("gzip", "identity, deflate", "br"):
        error = fetch_error(answer(body, headers=[f"Content-Encoding: {encoding}"]))
        assert (error.code, "compressed" in str(error)) == ("bad_answer", True)


@pytest.mark.parametrize(
    ("status", "headers", "word"),
    [
        (404, [], "no picture at this address"),
        (410, [], "no picture at this address"),
        (401, [], "everybody"),
        (403, [], "everybody"),
        (451, [], "everybody"),
        (429, [], "too many requests"),
        (429, ["Retry-After: 30"], "in 30 seconds"),
        (429, ["Retry-After: 99999999999"], "in a while"),
        (429, ["Retry-After: Fri, 31 Dec 1999 23:59:59 GMT"], "in a while"),
        (429, ["Retry-After: -5"], "in a while"),
        (429, ["Retry-After: 1"], "in 1 second,"),
        (429, ["Retry-After: " + "9" * 5000], "in a while"),
        (429, ["Retry-After: \xb2"], "in a while"),
        (503, ["Retry-After: 120"], "in 120 seconds"),
        (503, ["Retry-After: " + "9" * 5000], "in a while"),
        (500, [], "fault of its own"),
        (502, [], "fault of its own"),
        (503, [], "in a while"),
        (300, [], "Check the address"),
    ],
)
def test_the_message_says_what_the_status_means(status, headers, word):
    error = fetch_error(answer(b"", status=f"{status} No", headers=headers))
    assert error.code == "bad_status"
    assert word in str(error)


@pytest.mark.parametrize("end", ["1\n", "1\noid sha256:4d7a\nsize 12345\n", "2\r\n"])
def test_a_git_lfs_pointer_is_named(end):
    pointer = f"version https://git-lfs.github.com/spec/v{end}".encode()
    error = fetch_error(answer(pointer))
    assert error.code == "not_an_image"
    assert "Git LFS" in str(error)
    with pytest.raises(PictureError, match="Git LFS"):
        decode(pointer)


@pytest.mark.parametrize("name", ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"])
def test_f7_proxies_from_the_environment_are_ignored(name, monkeypatch):
    with Server({"/cat.png": answer(PICTURE)}) as server, Server() as proxy:
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert fetch(server.url("/cat.png")) == PICTURE
    assert proxy.heads == []


def test_progress_is_reported_and_can_cancel():
    reports = []

    def report(fraction, text):
        reports.append((fraction, text))
        if fraction > 0.5:
            raise Cancelled

    with Server({"/cat.png": answer(bytes(2**20))}) as server, pytest.raises(Cancelled):
        fetch(server.url("/cat.png"), report)
    fractions, texts = zip(*reports, strict=True)
    assert fractions[0] == 0
    assert all(0 <= fraction <= 1 for fraction in fractions)
    assert re.search(r"\d\.\d MiB", texts[-1])


def test_a_host_that_refuses_connections_is_unreachable():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with picture_error("unreachable"):
        fetch(f"http://127.0.0.1:{port}/cat.png")


@pytest.mark.parametrize("addresses", [["127.0.0.2", "127.0.0.1"], ["127.0.0.1", "127.0.0.2"]])
def test_addresses_are_tried_until_one_accepts_a_connection(addresses, monkeypatch):
    with Server({"/cat.png": answer(PICTURE)}) as server:
        monkeypatch.setattr(transport, "resolve", lambda *_: addresses)
        assert fetch(server.url("/cat.png")) == PICTURE
