"""A web server on 127.0.0.1 for large files, with the faults of real servers."""

import contextlib
import io
import re
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PIECE = 1 << 16


@dataclass
class Fault:
    """Fault of one response. By default there is none."""

    cut: int | None = None  # close the connection after this many bytes of the body
    status: int | None = None
    body: bytes | None = None  # instead of the file
    content_type: str = "application/octet-stream"
    ignore_range: bool = False
    state_length: bool = True
    headers: dict[str, str] = field(default_factory=dict)  # instead of the correct ones
    pause: float = 0.0  # seconds before each piece of the body


class WeightsServer:
    """Server for files by name, complete or from a certain byte on.

    `ranges` has the Range header of each request, or None. `sent` is the number of bytes in all
    bodies. Each request takes one fault from the left of `faults`, or uses `always` if there is
    none left.
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
            content = io.BytesIO(body) if isinstance(body, bytes) else body.open("rb")
            with content:
                size = content.seek(0, io.SEEK_END)
                start = content.seek(self._send_head(fault, size))
                stop = size if fault.cut is None else min(size, start + fault.cut)
                for first in range(start, stop, PIECE):
                    time.sleep(fault.pause)
                    server.sent += self.wfile.write(content.read(min(PIECE, stop - first)))

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

        def log_message(self, *args):
            """Write nothing to the output of the tests."""

    return Handler
