"""Settings and limits of a public host, which `hosted.py` puts around the app.

`harden` sets Streamlit's options, and `Guard` checks every request and connection before Streamlit
sees it. A local run uses neither. On a public host, where `in_force` returns True, the pages hide
details of the machine and advice for its owner, which they show in a local run.
"""

import asyncio
import ctypes
import json
import logging
import os
import re
import sys
import time
from collections import Counter
from contextlib import suppress
from importlib import import_module
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit import logger as streamlit_logger
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from fcnlib import jobs
from fcnlib.errors import FcnlibError

_LOG = logging.getLogger(__name__)

_NAME = r"(\*\.)?[\w.-]+"  # of a host
LARGEST_PORT = 65535

LOCAL = ("localhost", "127.0.0.1", "::1")
"""Hosts that are always allowed, for health checks on the machine itself."""

SETTINGS: dict[str, Any] = {
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "server.maxUploadSize": 10,  # MiB
    "server.maxCacheDataSize": "500MB",
    "server.maxMessageSize": 20,  # MB
    "server.maxWidgetStateSize": 1,  # MB; all controls of a page take some kB
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.fileWatcherType": "none",
    "server.headless": True,
    "logger.enableRich": False,
    "browser.gatherUsageStats": False,
}

VARIABLES = {
    "STREAMLIT_SERVER_ADDRESS": "server.address",
    "STREAMLIT_SERVER_PORT": "server.port",
    "STREAMLIT_SERVER_BASE_URL_PATH": "server.baseUrlPath",
}
"""Variables of ``streamlit run`` that count here too. Streamlit itself reads them only there."""

SOCKETS_PER_CLIENT = 100  # a school class behind one address has some dozens
SOCKETS_IN_ALL = 300
UPLOADS_PER_SESSION = 20
UPLOADED_PER_SESSION = 40 << 20  # bytes
UPLOADED_IN_ALL = 256 << 20  # bytes
UPLOAD_SECONDS = 120.0
KEPT_SECONDS = 60.0  # for which the uploads of a closed tab wait for its return
SWEEP_SECONDS = 10.0
LONGEST_MESSAGE = 1_000_000  # bytes, from a browser
CONNECTIONS = 1000
SHORT = 1 << 16  # bytes, for a message that begins a run
FORM = 1 << 20  # bytes; what surrounds a file in an upload is smaller

SILENCE = {"inference": 45.0, "fetch": 45.0}
"""Seconds without a sign of life after which the health check reports a running job."""
LONG_SILENCE = 330.0  # of the other queues, whose tasks may be silent for 300 s

_POLICY = {
    "default-src": "'self'",
    # Streamlit compiles its checks of charts, and components are modules from blobs.
    "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob: data:",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "media-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self' data: blob:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}

_state = {"in_force": False}


def in_force() -> bool:
    """Return whether this process runs with the limits of a public host."""
    return _state["in_force"]


def require() -> None:
    """End the page if the operator asked for a public host, but the server has no limits."""
    if os.environ.get("FCNLIB_HOSTED") == "1" and not in_force():
        st.error("This server was started without the limits of a public host: run hosted.py.")
        st.stop()


def harden() -> None:
    """Set all options of a public host, whatever the configuration says, and start the log.

    Call it before the server starts.

    Raises
    ------
    FcnlibError
        ``bad_host`` or ``bad_embedder``: `hosts` or `embedders` found a wrong entry. ``bad_port``:
        the port is no number from 1 to 65535.

    """
    options: dict[str, Any] = {
        name: os.environ[key] for key, name in VARIABLES.items() if key in os.environ
    }
    if "server.port" in options:
        options["server.port"] = _port(options["server.port"])
    options |= SETTINGS | {"server.allowedHosts": [*hosts(), *LOCAL]}
    if embedders():
        # In another site's frame, browsers send no other cookie, and uploads would be refused.
        options["server.xsrfCookieSameSite"] = "none"
    for name, value in options.items():
        config.set_option(name, value)
    _start_log()
    if not hosts():
        _LOG.warning("FCNLIB_HOSTS is not set: requests for other hosts than localhost get 403")
    # Plotly looks pandas up in `sys.modules`, where it may be half-initialized if the first two
    # visitors come at the same time.
    import_module("pandas")
    _state["in_force"] = True


def _port(written: str) -> int:
    if not re.fullmatch(r"[0-9]{1,5}", written) or not 1 <= int(written) <= LARGEST_PORT:
        msg = f"STREAMLIT_SERVER_PORT is {written!r}. Write a number from 1 to {LARGEST_PORT}."
        raise FcnlibError("bad_port", msg)
    return int(written)


def hosts() -> list[str]:
    """Return the names of this server, which ``FCNLIB_HOSTS`` lists.

    Raises
    ------
    FcnlibError
        ``bad_host``: an entry can never equal the host name of a request.

    """
    names = _entries("FCNLIB_HOSTS")
    for name in names:
        if not re.fullmatch(_NAME, name, re.ASCII) and not _is_address(name):
            raise FcnlibError(
                "bad_host",
                f"FCNLIB_HOSTS contains {name!r}, which is not a host name. Write names without "
                "scheme, port or path, such as demo.example.org or *.example.org.",
            )
    return names


def embedders() -> list[str]:
    """Return the origins that may show this app in a frame, which ``FCNLIB_EMBEDDERS`` lists.

    Raises
    ------
    FcnlibError
        ``bad_embedder``: an entry is not an origin with https.

    """
    origins = _entries("FCNLIB_EMBEDDERS")
    for origin in origins:
        if not re.fullmatch(rf"https://{_NAME}(:\d{{1,5}})?", origin, re.ASCII):
            raise FcnlibError(
                "bad_embedder",
                f"FCNLIB_EMBEDDERS contains {origin!r}, which is not an origin. Write https://, "
                "a host name and perhaps a port, but no path, such as https://example.org.",
            )
    return origins


def _entries(variable: str) -> list[str]:
    """Return the parts of an environment variable between commas and blanks."""
    return os.environ.get(variable, "").replace(",", " ").split()


def _start_log() -> None:
    """Write the records of all loggers with `Lines`, also Streamlit's and the server's."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    logging.getLogger().handlers = [handler]
    logging.getLogger("fcnlib").setLevel(logging.INFO)
    logging.captureWarnings(True)

    def attach(logger: logging.Logger) -> None:
        logger.handlers = [handler]

    # Streamlit's loggers do not propagate. It calls this function for each of them, also later.
    streamlit_logger.setup_formatter = attach
    streamlit_logger.update_formatter()
    # The server's messages of level INFO contain addresses of visitors.
    streamlit_logger.set_log_level(logging.WARNING)


def serve(app: ASGIApp) -> None:
    """Serve the app until the process is asked to end.

    Address and port are Streamlit's options, by default 127.0.0.1 and 8501, where a proxy on the
    same machine finds it.
    """
    import uvicorn

    host = config.get_option("server.address") or LOCAL[1]
    port = config.get_option("server.port")
    fields = {"address": host, "port": port, "hosts": config.get_option("server.allowedHosts")}

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[Any] | None = None) -> None:
            await super().startup(sockets)  # ends the process if the port is taken
            _LOG.info("start", extra={"fields": fields})

    settings = uvicorn.Config(
        app,
        host=host,
        port=port,
        ws="websockets-sansio",
        ws_max_size=LONGEST_MESSAGE,
        ws_ping_interval=30,
        ws_ping_timeout=30,
        limit_concurrency=CONNECTIONS,
        timeout_graceful_shutdown=5,
        server_header=False,
        access_log=False,
        log_config=None,
    )
    with suppress(KeyboardInterrupt):
        Server(settings).run()


class Lines(logging.Formatter):
    """One JSON object per line in ASCII, so that no text from outside can begin a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line of a record; its attribute ``fields`` has named values."""
        line = {
            "time": round(record.created, 3),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class Guard:
    """ASGI middleware with the limits of a public host.

    It refuses other host names, pages for machines, and too many connections or uploads, adds
    headers to every response, and answers the health check and the request for metrics.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._sockets: Counter[str] = Counter()
        self._arriving: Counter[str] = Counter()  # bytes by session
        self._refused: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer or refuse a request, or pass it on."""
        if scope["type"] == "http":
            # Somebody who breaks off an upload gets no answer, and leaves no traceback in the log.
            with suppress(ClientDisconnect):
                await self._request(
                    scope, *_read_before_answer(scope, receive, _with_headers(send))
                )
        elif scope["type"] == "websocket":
            await self._connection(scope, receive, send)
        else:
            sweeping = asyncio.create_task(self._sweep())
            try:
                await self._app(scope, receive, send)
            finally:
                sweeping.cancel()

    async def _sweep(self) -> None:
        """Remove the uploads of tabs that were closed, which Streamlit does when others come."""
        closed: dict[str, float] = {}
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            if not Runtime.exists():
                continue
            runtime, now = Runtime.instance(), time.monotonic()
            names = [name for name in _kept(runtime) if not runtime.is_active_session(name)]
            closed = {name: closed.get(name, now) for name in names}
            gone = [name for name, since in closed.items() if now - since >= KEPT_SECONDS]
            for name in gone:
                runtime.uploaded_file_mgr.remove_session_files(name)
            if gone:
                await asyncio.to_thread(_give_back_memory)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        path, method = scope["path"], scope["method"]
        answer: Response | None = None
        if not is_host_allowed(Headers(scope=scope).get("host")):
            answer = self._refuse(
                403,
                "host",
                "This server does not answer to this host name. Use its published address.",
            )
        elif "/_stcore/agent" in path or not path.isprintable():
            # Streamlit's routes also match a path that ends with a line break.
            answer = Response(status_code=404)
        elif path.endswith("/_stcore/metrics"):
            asked = os.environ.get("FCNLIB_METRICS") == "1"
            answer = PlainTextResponse(self._figures()) if asked else Response(status_code=404)
        elif path.endswith("/_stcore/health") and (names := stuck()):
            answer = PlainTextResponse(f"stuck: {', '.join(names)}", 503)
        elif method == "PUT" and "/_stcore/upload_file/" in path:
            await self._upload(scope, receive, send)
            return
        await (answer or self._app)(scope, receive, send)

    async def _upload(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass an upload on if the session and the server have room for it."""
        session = scope["path"].split("/")[-2]
        most = _largest_upload()
        size = _announced(scope, most)
        runtime = Runtime.instance()
        if not runtime.is_active_session(session):
            await self._app(scope, receive, send)  # answers that there is no such session
            return
        kept = _kept(runtime)
        mine = kept.get(session, [])
        if size > most + FORM:
            answer = self._refuse(413, "upload_size", "The file is too large.")
        elif (
            len(mine) >= UPLOADS_PER_SESSION
            or sum(mine) + self._arriving[session] + size > UPLOADED_PER_SESSION + FORM
            or sum(map(sum, kept.values())) + self._arriving.total() + size > UPLOADED_IN_ALL
        ):
            answer = self._refuse(429, "uploads", "Too many files. Remove some, or try later.")
        else:
            # Streamlit compares the length of the whole form with the limit of the file, and so
            # refuses a file of exactly this size. Without a length it measures the file itself.
            headers = [pair for pair in scope["headers"] if pair[0] != b"content-length"]
            self._arriving[session] += size
            try:
                async with asyncio.timeout(UPLOAD_SECONDS):
                    await self._app({**scope, "headers": headers}, receive, send)
            except TimeoutError:
                answer = self._refuse(408, "upload_time", "The file took too long to arrive.")
            else:
                return
            finally:
                self._arriving[session] -= size
                self._arriving += Counter()  # drops the zeros
        await answer(scope, receive, send)

    async def _connection(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a websocket on if a page of this server opened it, and there are not too many."""
        client = _network(scope)
        full = self._sockets.total() >= SOCKETS_IN_ALL
        end = None
        if not _own_page(Headers(scope=scope)) or not scope["path"].isprintable():
            self._refuse(403, "origin", "")
            end = {"code": 1008, "reason": "other origin"}
        elif full or self._sockets[client] >= SOCKETS_PER_CLIENT:
            self._refuse(503 if full else 429, "sockets", "")
            end = {"code": 1013, "reason": "try again later"}
        if end:
            await receive()
            await send({"type": "websocket.close", **end})
            return
        self._sockets[client] += 1
        try:
            await self._app(scope, receive, _without_path(send))
        finally:
            self._sockets[client] -= 1
            self._sockets += Counter()

    def _refuse(self, status: int, reason: str, message: str) -> Response:
        self._refused[reason] += 1
        headers = {"Retry-After": "10"} if status in {429, 503} else None
        return PlainTextResponse(message, status, headers)

    def _figures(self) -> str:
        """Return what an operator watches, in the text format of Prometheus."""
        uploads = sum(map(sum, _kept(Runtime.instance()).values()))
        lines = [
            f"fcnlib_websockets {self._sockets.total()}",
            f"fcnlib_uploads_bytes {uploads}",
            *(f'fcnlib_refused_total{{reason="{r}"}} {n}' for r, n in self._refused.items()),
        ]
        if (memory := _resident()) is not None:
            lines.append(f"fcnlib_resident_bytes {memory}")
        for queue in jobs.queues():
            label = f'queue="{queue.name}"'
            lines += [
                f"fcnlib_jobs_waiting{{{label}}} {queue.waiting}",
                f"fcnlib_jobs_refused_total{{{label}}} {queue.refused}",
                f"fcnlib_job_seconds_total{{{label}}} {queue.seconds:.3f}",
            ]
            ended = queue.ended.items()
            lines += [f'fcnlib_jobs_total{{{label},state="{s}"}} {n}' for s, n in ended]
        return "\n".join([*lines, ""])


def stuck() -> list[str]:
    """Return the names of the queues whose running job has given no sign of life for too long."""
    return [
        queue.name
        for queue in jobs.queues()
        if queue.silence > SILENCE.get(queue.name, LONG_SILENCE)
    ]


def policy() -> str:
    """Return the Content-Security-Policy.

    The pages of `embedders` may show this app in a frame.
    """
    rules = _POLICY | {"frame-ancestors": " ".join(["'self'", *embedders()])}
    return "; ".join(f"{name} {sources}" for name, sources in rules.items())


def _with_headers(send: Send) -> Send:
    """Add the headers that tell browsers what this site never does."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["X-Content-Type-Options"] = "nosniff"
            headers["Referrer-Policy"] = "no-referrer"
            headers["Permissions-Policy"] = "camera=(self), microphone=(), geolocation=()"
            headers["Content-Security-Policy"] = policy()
        await send(message)

    return sending


def _read_before_answer(scope: Scope, receive: Receive, send: Send) -> tuple[Receive, Send]:
    """Read the rest of a request's body before its answer is sent, and do not keep it.

    If the server closes a connection whose data it has not read, the other side is told that the
    connection was reset, and nginx answers 502 instead of passing the refusal of an upload on. No
    more is read than an upload may have, and not for longer than it may take.
    """
    headers = Headers(scope=scope)
    complete = "content-length" not in headers and "transfer-encoding" not in headers
    left = _largest_upload() + FORM
    readable = _announced(scope, 0) <= left
    ends = time.monotonic() + UPLOAD_SECONDS

    async def receiving() -> Message:
        nonlocal complete, left
        message = await receive()
        complete = not message.get("more_body", False)
        left -= len(message.get("body", b""))
        return message

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start" and not complete:
            with suppress(TimeoutError):
                async with asyncio.timeout(ends - time.monotonic()):
                    while readable and left >= 0 and not complete:
                        await receiving()
            if not complete:
                MutableHeaders(scope=message)["Connection"] = "close"
        await send(message)

    return receiving, sending


def _without_path(send: Send) -> Send:
    """Leave the folder of this server out of the message that begins a run of a page."""
    script = str(Path(config._main_script_path or "").parent).encode()

    async def sending(message: Message) -> None:
        data = message.get("bytes") or b""
        if len(data) < SHORT and script in data:
            content = ForwardMsg.FromString(data)
            if content.WhichOneof("type") == "new_session":
                session = content.new_session
                session.main_script_path = Path(session.main_script_path).name
                message = {**message, "bytes": content.SerializeToString()}
        await send(message)

    return sending


def _largest_upload() -> int:
    """Return the largest size of a file in bytes."""
    return int(config.get_option("server.maxUploadSize")) << 20


def _announced(scope: Scope, unknown: int) -> int:
    """Return the length of a request's body in bytes, or `unknown` if it has no such header."""
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isascii() and length.isdecimal() else unknown


def _own_page(headers: Headers) -> bool:
    """Return whether a websocket names this server, and no page of another one opened it.

    Streamlit refuses the others too, but first asks a site outside for this server's address. That
    blocks all visitors, so everything that passes here must be equal in Streamlit's comparison.
    """
    host, origin = headers.get("host"), headers.get("origin")
    try:
        same = origin is None or urlsplit(origin).netloc == host
    except ValueError:
        return False
    return same and is_host_allowed(host)


def _kept(runtime: Runtime) -> dict[str, list[int]]:
    """Return the sizes in bytes of the uploads that are kept, by session."""
    storage = getattr(runtime.uploaded_file_mgr, "file_storage", {})
    return {name: [len(f.data) for f in files.values()] for name, files in storage.items()}


def _give_back_memory() -> None:
    """Return freed memory to the system, which glibc keeps after many allocations of one size."""
    if sys.platform == "linux" and hasattr(c := ctypes.CDLL(None), "malloc_trim"):
        c.malloc_trim(0)


def _network(scope: Scope) -> str:
    """Return whose connection it is: an IPv4 address, or the /64 net of an IPv6 address."""
    client = scope.get("client")
    try:
        address = ip_address(client[0] if client else "")
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None)
    if address.version == 4 or mapped:
        return str(mapped or address)
    return str(ip_network((int(address), 64), strict=False))


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _resident() -> int | None:
    """Return the memory of this process in bytes, where the system tells it."""
    status = Path("/proc/self/statm")
    if not status.exists():
        return None
    return int(status.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
