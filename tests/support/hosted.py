"""A server with the limits of a public host around a small page, and what speaks to it."""

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

ROOT = Path(__file__).parents[2]
PAGE = """
import threading
import time

import streamlit as st


def compute():
    ends = time.monotonic() + 1
    while time.monotonic() < ends:
        sum(range(1000))


for _ in range(int(st.query_params.get("busy", 0))):
    threading.Thread(target=compute, daemon=True).start()
if st.query_params.get("fail"):
    raise ValueError("secret-4711 in /srv/private")
if file := st.file_uploader("File", key="file"):
    st.write("shown", len(file.getvalue()), file.name)
"""
SERVER = """
import streamlit as st
from starlette.middleware import Middleware

from fcnlib.ui import hosting

hosting.harden()
hosting.KEPT_SECONDS, hosting.SWEEP_SECONDS = 0.3, 0.05
app = st.App("page.py", middleware=[Middleware(hosting.Guard)])
if __name__ == "__main__":
    hosting.serve(app)
"""


class Hosted:
    """A running server: its address, its process number, and the file with its log."""

    def __init__(self, port, process, log):
        self.address, self.port, self.pid, self.log = f"127.0.0.1:{port}", port, process.pid, log
        self._process = process

    def wait(self):
        """Wait until the server answers."""
        while True:
            with contextlib.suppress(ConnectionError):
                return self.get("/_stcore/health")
            assert self._process.poll() is None, self.log.read_text()
            time.sleep(0.1)

    def get(self, path="/", method="GET", body=None, **headers):
        """Return status, headers and body of a request; underscores in names mean hyphens."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            named = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request(method, path, body, named)
            response = connection.getresponse()
            return response.status, response.headers, response.read()

    def connect(self, origin=None, path="stream", **headers):
        """Open a websocket as a browser does, which sends one host only."""
        host, port = self.address.split(":")
        return connect(
            f"ws://{headers.pop('Host', self.address)}/_stcore/{path}",
            sock=socket.create_connection((host, int(port))),
            origin=origin or f"http://{self.address}",
            subprotocols=["streamlit"],
            additional_headers={name.replace("_", "-"): v for name, v in headers.items()},
            max_size=None,
        )

    def token(self):
        """Return the token against forged requests."""
        cookie = self.get("/_stcore/health")[1]["Set-Cookie"]
        return cookie.partition("=")[2].partition(";")[0]


class Tab:
    """A browser tab at the page: a websocket, whose owner closes it, and its session."""

    def __init__(self, hosted, websocket, query=""):
        self.hosted, self.socket, self.token = hosted, websocket, hosted.token()
        self.messages = []
        state = ClientState(query_string=query)
        self.socket.send(BackMsg(rerun_script=state).SerializeToString())
        while not self.messages or self.messages[-1].WhichOneof("type") != "script_finished":
            self.messages.append(ForwardMsg.FromString(self.socket.recv(timeout=30)))
        (new,) = [m for m in self.messages if m.WhichOneof("type") == "new_session"]
        self.session = new.new_session.initialize.session_id

    def put(self, name, data, **headers):
        """Upload a file and return the status."""
        edge = b"7c9e6679"
        head = f'Content-Disposition: form-data; name="f"; filename="{name}"\r\n\r\n'.encode()
        body = b"--%s\r\n%s%s\r\n--%s--\r\n" % (edge, head, data, edge)
        chunked = headers.pop("chunked", False)
        status, _, _ = self.hosted.get(
            f"/_stcore/upload_file/{self.session}/{name}",
            "PUT",
            iter([body]) if chunked else body,
            **{
                "Content_Type": "multipart/form-data; boundary=7c9e6679",
                "X_Xsrftoken": self.token,
                "Cookie": f"_streamlit_xsrf={self.token}",
                **headers,
            },
        )
        return status

    def delete(self, name):
        path = f"/_stcore/upload_file/{self.session}/{name}"
        secret = {"X_Xsrftoken": self.token, "Cookie": f"_streamlit_xsrf={self.token}"}
        return self.hosted.get(path, "DELETE", **secret)[0]


@contextlib.contextmanager
def hosted(folder, script, log, **variables):
    """Run a script in `folder` that writes the file `log`, and give the `Hosted` server."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, script],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "STREAMLIT_SERVER_PORT": str(port),
                **variables,
            },
            stdout=file,
            stderr=file,
        )
    try:
        server = Hosted(port, process, log)
        server.wait()
        yield server
    finally:
        process.terminate()
        process.wait(20)


@contextlib.contextmanager
def small_host(folder, **variables):
    """Serve `PAGE` with the limits of a public host."""
    (folder / "page.py").write_text(PAGE)
    (folder / "server.py").write_text(SERVER)
    with hosted(folder, "server.py", folder / "log.txt", **variables) as server:
        yield server
