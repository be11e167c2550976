"""A small server in the place of a cluster's door."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from fcnlib.segmentation import remote


class Door(ThreadingHTTPServer):
    """Answers every request with the status and the bytes that `script` returns for it."""

    daemon_threads = True

    def __init__(self, script):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script, self.requests = script, []
        self.thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def address(self):
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address):
        """Print nothing: clients of these tests leave early."""

    def end(self):
        self.shutdown()
        self.server_close()
        self.thread.join(10)


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.requests.append((self.path, dict(self.headers), body))
        told = self.server.script(self.path, body)
        if told is None:
            return  # closes the connection without an answer
        status, answer = told
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        """Print nothing."""


def computed(path, body):
    return 200, remote.answer(path.rpartition("/")[2], body)


def failed(status, kind, code, message="Why."):
    return status, json.dumps({"kind": kind, "code": code, "message": message}).encode()
