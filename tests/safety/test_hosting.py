"""What a public host refuses, hides and adds, with a real server on this machine."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, closing, suppress
from pathlib import Path

import pytest
from streamlit import config, net_util
from streamlit.web.server.starlette import starlette_websocket
from support.hosted import ROOT, Tab, small_host
from websockets.exceptions import ConnectionClosed, InvalidStatus

from fcnlib.errors import FcnlibError
from fcnlib.ui import hosting

MIB = 1 << 20


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with small_host(tmp_path_factory.mktemp("host"), FCNLIB_HOSTS="demo.test, *.pages.test") as it:
        yield it


@pytest.fixture
def opened(server):
    """Give a function that opens a tab, and close all tabs in the end."""
    with ExitStack() as stack:
        yield lambda query="": Tab(server, stack.enter_context(server.connect()), query)


@pytest.fixture
def own_hosts_only(monkeypatch):
    get_option = config.get_option
    named = {"server.allowedHosts": ["demo.test"], "server.maxUploadSize": 10}
    monkeypatch.setattr(
        config, "get_option", lambda name: named[name] if name in named else get_option(name)
    )


def resident(server):
    status = Path(f"/proc/{server.pid}/statm").read_text()
    return int(status.split()[1]) * 4096


def test_o3_an_exception_shows_neither_its_text_nor_a_path(server, opened):
    seen = b"".join(m.SerializeToString() for m in opened("fail=1").messages)
    assert b"secret-4711" not in seen
    assert b"/srv/" not in seen
    assert str(server.log.parent).encode() not in seen
    assert b"secret-4711" in server.log.read_bytes()


@pytest.mark.parametrize(
    "path",
    [
        "/media/..%2f..%2fetc%2fpasswd",
        "/static/../../etc/passwd",
        "//host/share",
        "/component/x/../../etc/passwd",
        "/app/static/../app.py",
        "/media/%2e%2e/%2e%2e/etc/passwd",
        "/\\\\host\\share",
    ],
)
def test_o6_paths_that_leave_their_folder_are_refused(server, path):
    assert server.get(path)[0] == 400


@pytest.mark.parametrize(
    "path",
    [
        *("metrics", "agent/openapi.json", "agent/mcp", "agent/interact"),
        *("metrics%0a", "metrics%0d", "metrics%00", "metrics%7f", "health%0a"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_o7_pages_for_machines_do_not_exist(server, path, method):
    assert server.get(f"/_stcore/{path}", method)[0] == 404


@pytest.mark.parametrize("path", ["/", "/_stcore/health", "/_stcore/metrics", "/nothing.js"])
def test_o8_every_response_has_the_headers(server, path):
    _, headers, _ = server.get(path)
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'self'" in headers["Content-Security-Policy"]
    assert "Server" not in headers


def test_o8_only_named_sites_may_embed_the_app(monkeypatch):
    monkeypatch.setenv("FCNLIB_EMBEDDERS", "https://school.test, https://*.a.test:8443 https://b")
    assert hosting.policy().endswith(
        "frame-ancestors 'self' https://school.test https://*.a.test:8443 https://b"
    )


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("demo.test", 200),
        ("DEMO.test:443", 200),
        ("x.pages.test", 200),
        ("localhost:1", 200),
        ("evil.test", 403),
        ("demo.test.evil.test", 403),
        ("pages.test", 403),
        ("demo.test@evil.test", 403),
        ("", 403),
    ],
)
def test_o9_a_foreign_host_is_refused(server, host, status):
    assert server.get("/", Host=host)[0] == status


@pytest.mark.parametrize(
    ("host", "origin"),
    [("demo.test", "https://evil.test"), ("evil.test", "http://evil.test"), ("demo.test", "null")],
)
def test_o9_a_foreign_websocket_is_refused(server, host, origin):
    with pytest.raises(InvalidStatus, match="403"), server.connect(origin, Host=host):
        pass


@pytest.mark.parametrize(
    ("host", "origin", "passes"),
    [
        ("demo.test", None, True),
        ("demo.test", "https://demo.test", True),
        ("demo.test:81", "http://demo.test:81", True),
        ("demo.test", "https://evil.test", False),
        ("demo.test", "https://demo.test:81", False),
        ("demo.test", "https://localhost", False),
        ("localhost", "https://demo.test", False),
        ("evil.test", None, False),
        ("evil.test", "https://evil.test", False),
        ("demo.test?", "https://demo.test?", False),
        ("demo.test", "null", False),
        ("demo.test", "", False),
        ("demo.test", "http://[", False),
    ],
)
def test_o9_a_foreign_websocket_makes_the_server_ask_no_site_for_its_address(
    monkeypatch, own_hosts_only, host, origin, passes
):
    asked, reached, sent = [], [], []
    monkeypatch.setattr(net_util, "get_external_ip", lambda: asked.append(host))

    async def streamlit(scope, receive, send):
        reached.append(starlette_websocket._is_origin_allowed(origin, host))

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        sent.append(message["type"])

    pairs = [(b"host", host.encode())]
    if origin is not None:
        pairs.append((b"origin", origin.encode()))
    guard = hosting.Guard(streamlit)
    asyncio.run(
        guard({"type": "websocket", "path": "/_stcore/stream", "headers": pairs}, receive, send)
    )
    assert (reached, sent) == (([True], []) if passes else ([], ["websocket.close"]))
    assert guard._refused == ({} if passes else {"origin": 1})
    assert asked == []


@pytest.mark.parametrize(
    "name",
    [
        "https://demo.test",
        "demo.test:443",
        "demo.test/app",
        "*",
        "*demo.test",
        "a.*.test",
        "[::1]",
        "müller.test",
    ],
)
def test_o9_an_entry_that_is_not_a_host_name_is_refused(monkeypatch, name):
    monkeypatch.setenv("FCNLIB_HOSTS", f"demo.test,{name}")
    with pytest.raises(FcnlibError) as refused:
        hosting.hosts()
    assert refused.value.code == "bad_host"
    assert name in str(refused.value)


def test_o9_names_and_addresses_are_accepted(monkeypatch):
    monkeypatch.setenv(
        "FCNLIB_HOSTS", "demo.test, *.a-b.test,,10.0.0.1 2001:db8::1\nxn--mller-kva.test."
    )
    assert hosting.hosts() == [
        "demo.test",
        "*.a-b.test",
        "10.0.0.1",
        "2001:db8::1",
        "xn--mller-kva.test.",
    ]


@pytest.mark.parametrize(
    "origin",
    [
        "http://school.test",
        "school.test",
        "https://",
        "https://*",
        "https://school.test/",
        "https://school.test/page",
        "https://school.test:",
        "https://school.test:443x",
        "https://user@school.test",
        "https://x;script-src",
        "https://x;script-src *",
        "*",
        "'none'",
        "https:",
    ],
)
def test_o8_an_entry_that_is_not_an_origin_is_refused(monkeypatch, origin):
    monkeypatch.setenv("FCNLIB_EMBEDDERS", f"https://a.test {origin}")
    with pytest.raises(FcnlibError) as refused:
        hosting.embedders()
    assert refused.value.code == "bad_embedder"
    assert origin.split()[0] in str(refused.value)


@pytest.mark.parametrize(
    ("variable", "wrong"),
    [
        ("FCNLIB_HOSTS", "https://demo.test"),
        ("FCNLIB_EMBEDDERS", "http://school.test"),
        ("STREAMLIT_SERVER_PORT", "web"),
        ("STREAMLIT_SERVER_PORT", "0"),
        ("STREAMLIT_SERVER_PORT", "65536"),
    ],
)
def test_o9_the_server_does_not_start_with_a_wrong_entry(variable, wrong):
    started = subprocess.run(
        [sys.executable, "hosted.py"],
        cwd=ROOT,
        env={**os.environ, variable: wrong},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert started.returncode == 2
    (line,) = started.stderr.decode().splitlines()
    assert wrong in line


def test_a_port_that_is_taken_ends_the_server_before_it_says_that_it_started(server):
    folder = server.log.parent
    started = subprocess.run(
        [sys.executable, "server.py"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "STREAMLIT_SERVER_PORT": str(server.port)},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert started.returncode == 3
    lines = [json.loads(line) for line in started.stderr.decode().splitlines()]
    # Without FCNLIB_HOSTS there is a warning, and then uvicorn's error.
    assert [line["level"] for line in lines] == ["warning", "error"]
    assert "FCNLIB_HOSTS" in lines[0]["event"]


def test_o10_an_upload_needs_the_token(server, opened):
    tab = opened()
    assert tab.put("a", b"x", X_Xsrftoken="") == 403
    assert tab.put("a", b"x", Cookie="a=b") == 403
    assert tab.put("a", b"x") == 204


def test_l8_a_session_keeps_twenty_uploads(server, opened):
    tab, before = opened(), resident(server)
    seen = [tab.put(f"f{n}", bytes(2 * MIB)) for n in range(25)]
    assert seen == [204] * hosting.UPLOADS_PER_SESSION + [429] * 5
    assert resident(server) - before <= 64 * MIB
    assert opened().put("other", b"x") == 204
    # Streamlit's page removes the file that another one replaces.
    assert tab.delete("f0") == 204
    assert tab.put("again", bytes(2 * MIB)) == 204


def test_l8_the_uploads_of_a_closed_tab_are_given_back(server):
    with server.connect() as websocket:
        tab = Tab(server, websocket)
        assert [tab.put(f"f{n}", bytes(2 * MIB)) for n in range(20)] == [204] * 20
        time.sleep(0.5)  # longer than the uploads of a closed tab are kept
        full = resident(server)
    time.sleep(0.6)
    assert full - resident(server) >= 30 * MIB


def test_l8_a_session_keeps_forty_mebibytes(server, opened):
    tab = opened()
    assert [tab.put(f"f{n}", bytes(10 * MIB)) for n in range(5)] == [204] * 4 + [429]


def test_l8_uploads_that_arrive_count(server, opened):
    tab = opened()
    with ExitStack() as stack:
        head = (
            f"PUT /_stcore/upload_file/{tab.session}/x HTTP/1.1\r\nHost: localhost\r\n"
            "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 10000000\r\n"
            f"X-Xsrftoken: {tab.token}\r\nCookie: _streamlit_xsrf={tab.token}\r\n\r\n"
        )
        for _ in range(4):
            slow = stack.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            slow.sendall(head.encode())
        time.sleep(0.1)
        assert tab.put("f", bytes(5 * MIB)) == 429
        assert opened().put("f", b"x") == 204
    time.sleep(0.1)
    assert tab.put("f", bytes(5 * MIB)) == 204


@pytest.mark.parametrize(
    ("status", "kept", "changed"),
    [
        (429, 20, {}),
        (400, 0, {"session": "none"}),
        (403, 0, {"token": "none"}),
        (403, 0, {"host": "evil.test"}),
    ],
)
def test_l8_a_proxy_that_sends_slowly_gets_the_refusal(server, opened, status, kept, changed):
    tab = opened()
    assert [tab.put(f"f{n}", b"x") for n in range(kept)] == [204] * kept
    named = {"session": tab.session, "token": tab.token, "host": "localhost", **changed}
    head = (
        f"PUT /_stcore/upload_file/{named['session']}/x HTTP/1.1\r\nHost: {named['host']}\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {10 * MIB}\r\n"
        f"X-Xsrftoken: {named['token']}\r\nCookie: _streamlit_xsrf={tab.token}\r\n"
        "Connection: close\r\n\r\n"
    )
    with socket.socket() as proxy:
        proxy.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        proxy.settimeout(30)
        proxy.connect(("127.0.0.1", server.port))
        proxy.sendall(head.encode())
        for _ in range(20):
            time.sleep(0.01)
            proxy.sendall(bytes(MIB // 2))
        assert proxy.recv(100).startswith(b"HTTP/1.1 %d " % status)


def refused_upload(receive, length=None):
    """Return the answer to an upload for another host, and how many bytes were received."""
    received, sent = [], []

    async def receiving():
        received.append(0)  # also for a piece that never comes
        message = await receive()
        received.append(len(message["body"]))
        return message

    async def sending(message):
        sent.append(message)

    headers = [(b"host", b"evil.test"), (b"transfer-encoding", b"chunked")]
    if length is not None:
        headers[1] = (b"content-length", b"%d" % length)
    path = "/_stcore/upload_file/a/b"
    scope = {"type": "http", "method": "PUT", "path": path, "headers": headers}
    asyncio.run(hosting.Guard(None)(scope, receiving, sending))
    answer = {name: value for name, value in sent[0]["headers"]}
    return sent[0]["status"], answer.get(b"connection"), received


@pytest.mark.usefixtures("own_hosts_only")
def test_l8_of_a_refused_upload_no_more_is_read_than_an_upload_may_have():
    async def piece():
        return {"type": "http.request", "body": bytes(MIB), "more_body": True}

    status, connection, received = refused_upload(piece)
    assert (status, connection) == (403, b"close")
    assert 11 * MIB <= sum(received) <= 12 * MIB
    assert refused_upload(piece, 11 * MIB + 1) == (403, b"close", [])


@pytest.mark.usefixtures("own_hosts_only")
def test_l8_a_refused_upload_is_read_to_its_end():
    pieces = iter([True, True, False])

    async def piece():
        return {"type": "http.request", "body": bytes(MIB), "more_body": next(pieces)}

    status, connection, received = refused_upload(piece, 3 * MIB)
    assert (status, connection, sum(received)) == (403, None, 3 * MIB)


@pytest.mark.usefixtures("own_hosts_only")
def test_l8_a_refused_upload_that_stops_arriving_is_answered(monkeypatch):
    monkeypatch.setattr(hosting, "UPLOAD_SECONDS", 0.05)

    async def nothing():
        await asyncio.Event().wait()

    assert refused_upload(nothing, MIB) == (403, b"close", [0])


def test_l9_the_101st_websocket_of_a_client_is_refused(server):
    with ExitStack() as stack:
        for _ in range(hosting.SOCKETS_PER_CLIENT):
            stack.enter_context(server.connect(X_Forwarded_For="192.0.2.1"))
        with pytest.raises(InvalidStatus, match="403"):
            stack.enter_context(server.connect(X_Forwarded_For="192.0.2.1"))
        stack.enter_context(server.connect(X_Forwarded_For="192.0.2.2"))
    time.sleep(0.1)
    with server.connect(X_Forwarded_For="192.0.2.1"):
        pass


def test_l9_one_client_may_not_use_many_addresses_of_its_own_net():
    scope = {"client": ("2001:db8:1:2:aaaa::1", 1)}
    assert hosting._network(scope) == hosting._network({"client": ("2001:db8:1:2::9", 1)})
    assert hosting._network(scope) != hosting._network({"client": ("2001:db8:1:3::9", 1)})
    assert hosting._network({"client": ("::ffff:192.0.2.1", 1)}) == "192.0.2.1"


def test_l9_a_large_message_ends_its_connection_and_takes_no_memory(server, opened):
    other, before = opened(), resident(server)
    with server.connect() as socket_:
        with suppress(ConnectionClosed):  # the server may not wait for the end of the message
            socket_.send(bytes(30 * MIB))
        with pytest.raises(ConnectionClosed):
            socket_.recv(timeout=30)
    assert resident(server) - before <= 10 * MIB
    assert other.put("f", b"x") == 204
    with server.connect() as socket_:
        socket_.send(bytes(hosting.LONGEST_MESSAGE + 1))
        with pytest.raises(ConnectionClosed) as closed:
            socket_.recv(timeout=30)
    assert closed.value.rcvd.code == 1009


@pytest.mark.parametrize("chunked", [False, True])
def test_l10_a_file_of_exactly_the_limit_is_accepted_and_one_more_byte_is_not(
    server, opened, chunked
):
    tab = opened()
    assert tab.put("f", bytes(10 * MIB), chunked=chunked) == 204
    assert tab.put("g", bytes(10 * MIB + 1), chunked=chunked) == 413


@pytest.mark.parametrize("chunked", [False, True])
def test_l10_a_large_body_is_not_stored(server, opened, chunked):
    tab, before = opened(), resident(server)
    # The server may close the connection before all of the body is sent.
    with suppress(ConnectionError):
        assert tab.put("f", bytes(40 * MIB), chunked=chunked) == 413
    assert resident(server) - before <= 40 * MIB


def test_l11_the_health_check_answers_while_threads_compute(server, opened):
    opened("busy=2")
    for _ in range(3):
        started = time.monotonic()
        assert server.get("/_stcore/health")[0] == 200
        assert time.monotonic() - started <= 1


def test_o11_every_line_of_the_log_is_an_object_and_has_no_address(server, opened):
    opened("fail=1")
    with server.connect(X_Forwarded_For="192.0.2.1") as socket_:
        socket_.send("text")
        with pytest.raises(ConnectionClosed):
            socket_.recv(timeout=30)
    with closing(socket.create_connection(("127.0.0.1", server.port))) as plain:
        plain.sendall(b"nothing\r\n\r\n")
        assert plain.recv(100).startswith(b"HTTP/1.1 400 ")
    text = server.log.read_text()
    lines = [json.loads(line) for line in text.splitlines()]
    assert lines[0]["event"] == "start"
    assert (lines[0]["address"], lines[0]["port"]) == ("127.0.0.1", server.port)
    assert set(lines[0]["hosts"]) == {"demo.test", "*.pages.test", *hosting.LOCAL}
    assert len(lines) >= 4
    assert "192.0.2.1" not in text


def test_o11_an_upload_that_is_broken_off_leaves_no_traceback(server, opened):
    tab = opened()

    def half():
        yield b"--7c9e6679\r\n"
        raise ConnectionError

    with pytest.raises(ConnectionError):
        server.get(
            f"/_stcore/upload_file/{tab.session}/f",
            "PUT",
            half(),
            Content_Type="multipart/form-data; boundary=7c9e6679",
            X_Xsrftoken=tab.token,
            Cookie=f"_streamlit_xsrf={tab.token}",
        )
    time.sleep(1)
    assert "ClientDisconnect" not in server.log.read_text()


@pytest.mark.parametrize("path", ["stream%0a", "stream%00"])
def test_o7_a_socket_has_one_address(server, path):
    with pytest.raises(InvalidStatus), server.connect(path=path):
        pass


def test_a_request_without_host_is_refused(server):
    with closing(socket.create_connection(("127.0.0.1", server.port))) as plain:
        plain.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert plain.recv(100).startswith(b"HTTP/1.1 403 ")
