"""A server of the app, and visitors that open its pages as a browser does, without drawing them.

A visitor speaks Streamlit's protocol: a websocket that carries the messages of `streamlit.proto`.
It caches messages that the server may refer to later, sends the state of the widgets that it has
changed, and reruns fragments, which are parts of a page, at the interval that they ask for.
`streamlit.testing` does not use the server, so it cannot measure how visitors affect each other.
"""

import contextlib
import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import requests
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.Common_pb2 import FileURLsRequest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets import Origin, Subprotocol
from websockets.sync.client import connect

LONGEST_MESSAGE = 100 << 20
PATIENCE = 120.0


class _Repeat(NamedTuple):
    """When a fragment runs again, and after how many seconds it does so each time."""

    due: float
    interval: float


class PageError(Exception):
    """The page did not finish, or shows an exception."""


@contextlib.contextmanager
def server(app: Path, cache: Path, hosted: bool = False) -> Iterator[tuple[str, int]]:
    """Run the app in `app` with the weights in `cache`; give its address and process number.

    With `hosted`, it has the limits of a public host. The folder `cache` gets its log, `log.txt`.
    """
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    environment = {"FCNLIB_CACHE_DIR": str(cache), "FCNLIB_VGG_CHECKPOINT": ""}
    environment |= {"PYTHONPATH": str(app), "STREAMLIT_SERVER_PORT": str(port)}
    environment |= {"STREAMLIT_SERVER_ADDRESS": "127.0.0.1", "STREAMLIT_SERVER_HEADLESS": "true"}
    if hosted:
        environment["MALLOC_ARENA_MAX"] = "2"  # as all of deploy/ sets it
    local = ["-m", "streamlit", "run", "app.py"]
    with (cache / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, *(["hosted.py"] if hosted else local)],
            cwd=app,
            env=os.environ | environment,
            stdout=log,
            stderr=log,
        )
    address = f"127.0.0.1:{port}"
    try:
        wait_for(f"http://{address}/_stcore/health")
        yield address, process.pid
    finally:
        process.terminate()
        process.wait(20)


class Visitor:
    """One browser tab.

    Parameters
    ----------
    address : str
        Host and port of the server.

    Attributes
    ----------
    secrets : tuple of bytes
        What no message from the server may contain.
    elements : dict of str to Message
        The latest run's elements by the key that the page gave them, or by their number.
    pages : dict of str to str
        Hash of each page that the menu leads to, by its title.

    Raises
    ------
    PageError
        From every method that runs a page: if a run does not finish within `PATIENCE` seconds,
        shows an exception or sends a secret.

    """

    secrets: tuple[bytes, ...] = ()

    def __init__(self, address: str) -> None:
        self.address = address
        self._uploaded: dict[str, str] = {}
        self._open = contextlib.ExitStack()
        self._socket = self._open.enter_context(
            connect(
                f"ws://{address}/_stcore/stream",
                origin=Origin(f"http://{address}"),
                subprotocols=[Subprotocol("streamlit")],
                max_size=LONGEST_MESSAGE,
            )
        )
        self._cached: dict[str, ForwardMsg] = {}
        self._repeats: dict[str, _Repeat] = {}
        self._changed: dict[str, dict[str, Any]] = {}
        self._page = self._session = ""
        self._running = False
        self.elements: dict[str, Any] = {}
        self.pages: dict[str, str] = {}
        self._run()

    def close(self) -> None:
        """Close the tab."""
        self._open.close()

    def open(self, name: str) -> None:
        """Open a page by its title, as its link in the menu does."""
        self._page = self.pages[name]
        self._changed = {}
        self._run()

    def change(self, key: str, **value: Any) -> None:
        """Set the widget with this key to a value, a field of `WidgetState`, and run the page."""
        widget = {"id": self.elements[key].id, **value}
        if "trigger_value" not in value:
            self._changed[key] = widget
        self._run(widget)

    def slide(self, key: str, value: float) -> None:
        """Move a slider."""
        self.change(key, double_array_value={"data": [value]})

    def press(self, key: str) -> None:
        """Press a button."""
        self.change(key, trigger_value=True)

    def upload(self, key: str, name: str, data: bytes) -> None:
        """Upload a file to the file uploader with this key, and run the page.

        As a browser does, remove the file that it replaces.
        """
        asked = FileURLsRequest(request_id=name, file_names=[name], session_id=self._session)
        self._send(BackMsg(file_urls_request=asked))
        urls = self._next("file_urls_response").file_urls_response.file_urls[0]
        browser = requests.Session()
        browser.get(f"http://{self.address}/_stcore/health", timeout=PATIENCE)
        browser.headers["X-Xsrftoken"] = browser.cookies.get("_streamlit_xsrf") or ""
        browser.put(
            f"http://{self.address}{urls.upload_url}",
            files={name: (name, data)},
            timeout=PATIENCE,
        ).raise_for_status()
        if earlier := self._uploaded.get(key):
            browser.delete(f"http://{self.address}{earlier}", timeout=PATIENCE)
        self._uploaded[key] = urls.delete_url
        if self._running:  # A finished job may have started another run meanwhile.
            self._finish()
        info = {"name": name, "size": len(data), "file_id": urls.file_id, "file_urls": urls}
        self.change(key, file_uploader_state_value={"uploaded_file_info": [info]})

    def watch(self, seconds: float, until: str = "") -> bool:
        """Look at the page, whose fragments repeat themselves meanwhile.

        Parameters
        ----------
        seconds : float
            How long at most, and then until the run that goes on is finished.
        until : str, optional
            Key of an element, or a part of a text; stop as soon as it is there.

        Returns
        -------
        found : bool
            Whether there is such an element.

        """
        ends = time.monotonic() + seconds
        while not self._shows(until) and (now := time.monotonic()) < ends:
            due = min((repeat.due for repeat in self._repeats.values()), default=ends)
            if self._receive(min(due, ends) - now) is None:
                self._repeat_what_is_due()
        if self._running:
            self._finish()
        return self._shows(until)

    def _shows(self, wanted: str) -> bool:
        texts = (getattr(element, "body", "") for element in self.elements.values())
        return bool(wanted) and (wanted in self.elements or any(wanted in text for text in texts))

    def _run(self, widget: dict[str, Any] | None = None) -> None:
        """Run the page with the widgets that were changed."""
        while self._receive(0):
            pass  # the end of an earlier run is not the end of this one
        self._running = True
        self._send(BackMsg(rerun_script=self._state(widget)))
        self._finish()

    def _state(self, widget: dict[str, Any] | None = None, **more: Any) -> ClientState:
        state = ClientState(page_script_hash=self._page, cached_message_hashes=self._cached, **more)
        for changed in [*self._changed.values(), *([widget] if widget else [])]:
            state.widget_states.widgets.add(**changed)
        return state

    def _repeat_what_is_due(self) -> None:
        """Ask for fragments again. There is no answer if the page has no such fragment any more."""
        for name, (due, interval) in self._repeats.items():
            if time.monotonic() >= due:
                self._repeats[name] = _Repeat(time.monotonic() + interval, interval)
                state = self._state(fragment_id=name, is_auto_rerun=True)
                self._send(BackMsg(rerun_script=state))

    def _finish(self) -> None:
        """Receive messages until the page's run, and any that it started in turn, is finished."""
        while self._running:
            self._next("script_finished")

    def _next(self, kind: str) -> ForwardMsg:
        """Receive messages until one of this kind."""
        ends = time.monotonic() + PATIENCE
        while time.monotonic() < ends:
            message = self._receive(ends - time.monotonic())
            if message is not None and message.WhichOneof("type") == kind:
                return message
        msg = f"no {kind} within {PATIENCE:.0f} s"
        raise PageError(msg)

    def _receive(self, timeout: float) -> ForwardMsg | None:
        """Return the next message, or None if there is none in time."""
        try:
            data = self._socket.recv(timeout=max(timeout, 0))
        except TimeoutError:
            return None
        if any(secret in data for secret in self.secrets):
            msg = "the server sent something internal"
            raise PageError(msg)
        message = ForwardMsg.FromString(data)
        if message.WhichOneof("type") == "ref_hash":
            message = self._cached[message.ref_hash]
        elif message.metadata.cacheable:
            self._cached[message.hash] = message
        self._take(message)
        return message

    def _take(self, message: ForwardMsg) -> None:
        kind, of_fragment = message.WhichOneof("type"), message.metadata.run.fragment_ids
        if kind == "new_session":
            self._session = message.new_session.initialize.session_id
            self._page = message.new_session.page_script_hash
            if not of_fragment:
                self._running, self.elements, self._repeats = True, {}, {}
        elif kind == "script_finished" and not of_fragment:
            if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                msg = "the page cannot be compiled"
                raise PageError(msg)
            self._running = message.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY
        elif kind == "auto_rerun":
            interval = message.auto_rerun.interval
            repeat = _Repeat(time.monotonic() + interval, interval)
            self._repeats[message.auto_rerun.fragment_id] = repeat
        elif kind == "stop_auto_rerun":
            for name in message.stop_auto_rerun.fragment_ids:
                self._repeats.pop(name, None)
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            self._show(message.delta.new_element)
        elif kind == "delta" and message.delta.add_block.expandable.id:
            self._keep(message.delta.add_block.expandable)

    def _show(self, element: Any) -> None:
        kind = element.WhichOneof("type") or "empty"
        shown = getattr(element, kind)
        if kind == "exception":
            msg = f"{shown.type}: {shown.message}"
            raise PageError(msg)
        # The menu comes first. Links after it have other labels for the same pages.
        if kind == "page_link" and shown.page_script_hash not in self.pages.values():
            self.pages[shown.label] = shown.page_script_hash
        self._keep(shown)

    def _keep(self, shown: Any) -> None:
        # A widget's number ends with the key that the page gave it.
        number = getattr(shown, "id", "") or str(len(self.elements))
        self.elements[re.sub(r"^\$\$[A-Z]+-[0-9a-f]+-", "", number)] = shown

    def _send(self, message: BackMsg) -> None:
        self._socket.send(message.SerializeToString())


def wait_for(url: str) -> None:
    """Wait up to a minute for an address to answer."""
    for attempt in range(120):
        try:
            urllib.request.urlopen(url, timeout=2).read()
        except OSError:
            if attempt == 119:
                raise
            time.sleep(0.5)
        else:
            return
