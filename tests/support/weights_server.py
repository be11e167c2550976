"""A web server on 127.0.0.1 for large files, with the faults that real ones have."""

import contextlib
import re
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PIECE = 1 << 16


@dataclass
class Fault:
    """What goes wrong with one answer; the default is nothing."""

    cut: int | None = None  # close the connection after this many bytes of the body
    status: int | None = None
    body: bytes | None = None  # in place of the file
    content_type: str = "application/octet-stream"
    ignore_range: bool = False
    state_length: bool = True
    headers: dict[str, str] = field(default_factory=dict)  # in place of the right ones
    pause: float = 0.0  # seconds before each piece of the body


class WeightsServer:
    """Serves files by name, whole or from a byte on.

    `ranges` has one entry for each request: its Range header, or None. `sent` counts the
    bytes of all bodies. `faults` are used up from the left, one for each request; `always`
    is the fault when there is none.
    """

    def __init__(self, files):
        self.files = dict(files)
        self.faults = deque()
        self.always = Fault()
        self.requests = []
        self.sent = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))

    @property
    def ranges(self):
        return [headers.get("Range") for headers in self.requests]

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *exception):
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(server):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            server.requests.append(dict(self.headers))
            fault = server.faults.popleft() if server.faults else server.always
            self.close_connection = True
            with contextlib.suppress(ConnectionError):
                self._answer(fault)

        def _answer(self, fault):
            body = fault.body
            if body is None:
                body = server.files.get(self.path.lstrip("/"))
            if body is None:
                fault, body = Fault(status=404), b"not here"
            with _Bytes(body) as content:
                start = self._send_head(fault, content.size)
                self._send_body(fault, content, start)

        def _send_head(self, fault, size):
            match = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
            start = int(match[1]) if match and not fault.ignore_range else 0
            status = 206 if start else 200
            headers = {"Content-Type": fault.content_type}
            if start >= size > 0:
                status, start = 416, size
            if fault.state_length:
                headers["Content-Length"] = str(size - start)
            if status == 206:
                headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
            self.send_response(fault.status or status)
            for name, value in (headers | fault.headers).items():
                self.send_header(name, value)
            self.send_header("Connection", "close")
            self.end_headers()
            return start

        def _send_body(self, fault, content, start):
            stop = content.size if fault.cut is None else min(content.size, start + fault.cut)
            for first in range(start, stop, PIECE):
                if fault.pause:
                    time.sleep(fault.pause)
                server.sent += self.wfile.write(content.read(first, min(first + PIECE, stop)))

        def log_message(self, *args):
            """Keep the tests' output clean."""

    return Handler


class _Bytes:
    """The bytes of a file or of a literal, by position."""

    def __init__(self, source):
        self._source = source

    def __enter__(self):
        if isinstance(self._source, bytes):
            self._file = None
            self.size = len(self._source)
        else:
            self._file = self._source.open("rb")
            self.size = self._source.stat().st_size
        return self

    def __exit__(self, *exception):
        if self._file:
            self._file.close()

    def read(self, start, stop):
        if self._file is None:
            return self._source[start:stop]
        self._file.seek(start)
        return self._file.read(stop - start)
