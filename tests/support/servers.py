"""A web server on 127.0.0.1 that sends the bytes that a test specifies."""

import socket
import threading
from contextlib import suppress

CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


class Server:
    """Answer each path with the bytes or the function in `routes`.

    A function is called with the connection and may send anything. `heads` contains the request
    line and the headers of each request as received. With a `tls` context the server uses https.
    """

    def __init__(self, routes=None, tls=None):
        self.routes = dict(routes or {})
        self.heads = []
        self._tls = tls
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._connections = []

    def __enter__(self):
        self._threads[0].start()
        return self

    def __exit__(self, *_):
        for sock in (self._listener, *self._connections):
            _shut(sock)
        for thread in self._threads:
            thread.join(5)

    def url(self, path):
        scheme = "https" if self._tls else "http"
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    @property
    def paths(self):
        return [head.split()[1] for head in self.heads]

    def answer_to(self, path):
        return self.routes.get(path, answer(status="404 Not Found"))

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._connections.append(connection)
            self._threads.append(threading.Thread(target=self._serve, args=(connection,)))
            self._threads[-1].start()

    def _serve(self, connection):
        try:
            with self._secured(connection) as secured:
                head = _read_head(secured)
                self.heads.append(head)
                script = self.answer_to(head.split()[1])
                if callable(script):
                    script(secured)
                else:
                    secured.sendall(script)
        except (OSError, IndexError):
            return  # A client closes the connection when it stops reading early.

    def _secured(self, connection):
        return self._tls.wrap_socket(connection, server_side=True) if self._tls else connection


def answer(body=b"", status="200 OK", headers=(), content_type="image/png"):
    """Return a complete response, with the correct length unless `headers` state another."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {content_type}", *headers]
    if not any(line.startswith(("Content-Length", "Transfer-Encoding")) for line in headers):
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body


def chunk(data):
    """Return a chunk of a body for `CHUNKED`. An empty chunk is the last one."""
    return b"%x\r\n%s\r\n" % (len(data), data)


def redirect(location, status="302 Found"):
    return answer(status=status, headers=[f"Location: {location}"])


def forever(piece, begin=b""):
    """Return a script that sends `begin` and then repeats `piece`."""

    def script(connection):
        connection.sendall(begin)
        while True:
            connection.sendall(piece)

    return script


def silence(connection):
    """Send nothing until the client closes the connection."""
    connection.recv(1)


def _read_head(connection):
    head = b""
    while b"\r\n\r\n" not in head:
        received = connection.recv(4096)
        if not received:
            break
        head += received
    return head.decode("latin-1")


def _shut(sock):
    with suppress(OSError):  # It may be closed already.
        sock.shutdown(socket.SHUT_RDWR)
    sock.close()
