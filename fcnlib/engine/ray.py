"""The engine that runs networks on a cluster with Ray Serve, and everything else in workers.

It sends HTTP requests to the door, the deployment of the cluster that receives them
(`fcnlib.engine.serve`). It does not need the package ``ray``. Only tasks with a `remote` module
go to the cluster. A request runs in a thread of its own, so that the caller can give up at any
time. Closing the connection makes the cluster drop the request.
"""

import http.client
import json
import logging
import os
import queue
import socket
import ssl
import threading
import time
from contextlib import suppress
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from fcnlib import errors
from fcnlib.engine.context import Caller, Report
from fcnlib.engine.local import Local
from fcnlib.engine.tasks import TASKS, Remote, imported
from fcnlib.errors import BusyError, EngineError

URL, SECRET = "FCNLIB_RAY_URL", "FCNLIB_RAY_SECRET"
CONNECT = 5.0  # seconds until a cluster that does not accept the connection counts as away
LONGEST = 150.0  # seconds of one request; the door gives up a little earlier and says why
MAX_ANSWER = 256 << 20
MAX_MESSAGE = 1 << 16
ATTEMPTS = 4
"""How often a request is sent if the node that has it is lost."""
PAUSE = 1.0  # seconds before a request is sent again
POLL = 0.1
PROGRESS = (0.1, "Computing on the cluster")
_LOG = logging.getLogger(__name__)


class Lost(Exception):  # noqa: N818 - an event inside this module
    """A node did not accept the request, or did not answer it."""

    def __init__(self, reason: str, *, connected: bool) -> None:
        super().__init__(reason)
        self.connected = connected


class Ray:
    """Sends tasks with a `remote` module to a cluster and runs the others with a `Local`.

    The variable ``FCNLIB_RAY_URL`` holds the address of the cluster's door, such as
    ``http://127.0.0.1:8000``, or several of them, separated by commas, which are tried in turn.
    ``FCNLIB_RAY_SECRET`` holds the secret that the door asks for.
    """

    def __init__(self) -> None:
        self.local = Local()
        self._first = 0  # index of the address that answered last

    def start(self) -> None:
        """Start the worker of this machine that runs the other tasks."""
        self.local.start()

    def close(self) -> None:
        """End the workers of this machine."""
        self.local.close()

    def retire(self) -> None:
        """End the workers of this machine, and never start another."""
        self.local.retire()

    def is_ready(self) -> bool:
        """Return whether the worker of this machine has loaded TensorFlow."""
        return self.local.is_ready()

    def run(self, name: str, args: tuple[Any, ...], caller: Caller) -> Any:
        """Run a task; see `fcnlib.engine.run`.

        Raises
        ------
        EngineError
            ``cluster_away`` if no node of the cluster can be reached, ``no_cluster`` if no address
            or no secret is set, ``wrong_secret`` if the cluster does not accept it, ``timeout``.
        BusyError
            If too many requests are waiting.

        """
        remote = TASKS[name].remote
        if not remote:
            return self.local.run(name, args, caller)
        request: Remote = imported(f"{remote}:prepare")(*args)
        ends = time.monotonic() + min(caller.deadline or LONGEST, LONGEST)
        path = f"/{name}/{request.place}"
        return request.result(self._ask(path, request.request, caller.report, ends))

    def _ask(self, path: str, body: bytes, report: Report, ends: float) -> bytes:
        """Send a request to the nodes in turn until one answers; return the answer's body."""
        doors, connected = _doors(), False
        for attempt in range(max(ATTEMPTS, len(doors))):
            number = (self._first + attempt) % len(doors)
            try:
                found = _follow(_Exchange(doors[number], path, body, ends), report, ends)
            except Lost as lost:
                _LOG.warning("attempt %d at %s: %s", attempt + 1, doors[number].host, lost)
                connected = connected or lost.connected
                # Without a pause while another address has not been tried; not at all if none
                # has accepted the request, because then there is nothing to wait for.
                if attempt + 1 >= len(doors):
                    if not connected:
                        break
                    _pause(report, ends)
            else:
                self._first = number
                return found
        raise _away(doors)


class _Door(NamedTuple):
    """An address of the cluster, and the secret for it."""

    scheme: str
    host: str
    port: int
    path: str
    secret: str


class _Exchange:
    """One HTTP request in a thread, whose outcome is put into `outcome`."""

    def __init__(self, door: _Door, path: str, body: bytes, ends: float) -> None:
        self.outcome: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()
        self._door, self._path, self._body, self._ends = door, path, body, ends
        self._connected = False
        if door.scheme == "https":
            context = ssl.create_default_context()
            self._connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                door.host, door.port, timeout=CONNECT, context=context
            )
        else:
            self._connection = http.client.HTTPConnection(door.host, door.port, timeout=CONNECT)
        threading.Thread(target=self._work, name="cluster", daemon=True).start()

    def close(self) -> None:
        """Close the connection, which also ends the thread."""
        sock = self._connection.sock
        if sock is not None:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _work(self) -> None:
        try:
            self.outcome.put(self._exchanged())
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.outcome.put(Lost(str(error) or type(error).__name__, connected=self._connected))
        except Exception as error:
            self.outcome.put(error)
        finally:
            self._connection.close()

    def _exchanged(self) -> bytes:
        connection = self._connection
        connection.connect()
        self._connected = True
        # A read may wait for as long as the whole request; `_follow` ends it in time.
        connection.sock.settimeout(max(self._ends - time.monotonic(), 0.1) + 1.0)
        headers = {
            "Authorization": f"Bearer {self._door.secret}",
            "Content-Type": "application/octet-stream",
        }
        connection.request("POST", self._door.path + self._path, self._body, headers)
        response = connection.getresponse()
        if response.status == http.client.OK:
            return _read(response, MAX_ANSWER)
        raise _error(response.status, _read(response, MAX_MESSAGE))


def _follow(exchange: _Exchange, report: Report, ends: float) -> bytes:
    """Wait for the outcome and let the caller stop meanwhile."""
    while True:
        with suppress(queue.Empty):
            outcome = exchange.outcome.get(timeout=POLL)
            if isinstance(outcome, Exception):
                raise outcome
            return outcome
        try:
            if time.monotonic() > ends:
                raise _timeout()
            report(*PROGRESS)
        except BaseException:
            exchange.close()
            raise


def _pause(report: Report, ends: float) -> None:
    resumes = time.monotonic() + PAUSE
    while time.monotonic() < resumes:
        report(*PROGRESS)
        time.sleep(POLL)
    if resumes > ends:
        raise _timeout()


def _read(response: http.client.HTTPResponse, most: int) -> bytes:
    """Return the whole body, which may have at most `most` bytes."""
    body = response.read(most + 1)
    if len(body) > most:
        msg = (
            f"The cluster's answer is larger than {most >> 20} MiB, the largest size accepted. "
            "Choose a smaller picture."
        )
        raise EngineError("too_large", msg)
    if response.length:
        msg = "the answer is cut off"
        raise ValueError(msg)
    return body


def _error(status: int, body: bytes) -> Exception:
    """Return the error that an answer with this status stands for."""
    try:
        said = json.loads(body)
        kind, code, message = (str(said[key])[:1000] for key in ("kind", "code", "message"))
    except (ValueError, TypeError, KeyError, RecursionError):
        # Not written by the door: Ray's own proxy, while the door starts or after it was lost.
        return Lost(f"status {status}", connected=True)
    if code == "replica_lost":
        return Lost(message, connected=True)
    found = getattr(errors, kind, None)
    if found in {errors.PictureError, errors.WeightsError, BusyError, EngineError}:
        return found(code, message)
    return EngineError(code, message)


def _doors() -> list[_Door]:
    """Return the addresses that the settings name."""
    secret = os.environ.get(SECRET, "")
    doors = [_door(given.strip(), secret) for given in os.environ.get(URL, "").split(",")]
    if not secret.isascii() or not secret.isprintable() or not secret:
        msg = f"Set {SECRET} to the secret of the cluster, in printable ASCII characters."
        raise EngineError("no_cluster", msg)
    return doors


def _door(given: str, secret: str) -> _Door:
    try:
        parts = urlsplit(given)
        port = parts.port or {"http": 80, "https": 443}[parts.scheme]
        if parts.hostname and given.isascii() and given.isprintable() and " " not in given:
            return _Door(parts.scheme, parts.hostname, port, parts.path.rstrip("/"), secret)
    except (ValueError, KeyError):
        pass
    msg = (
        f"{URL} must be the address of the cluster, such as http://127.0.0.1:8000, got "
        f"{given[:100]!r}. Correct the setting."
    )
    raise EngineError("no_cluster", msg)


def _away(doors: list[_Door]) -> EngineError:
    named = ", ".join(f"{door.host}:{door.port}" for door in doors)[:200]
    msg = f"The cluster at {named} does not answer. Try again later, or compute on this machine."
    return EngineError("cluster_away", msg)


def _timeout() -> EngineError:
    msg = "The cluster did not answer in time. Try again, or choose a smaller picture."
    return EngineError("timeout", msg)
