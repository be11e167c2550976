"""The engine that runs tasks in worker processes of this machine.

Tasks are grouped in lanes (`fcnlib.engine.tasks.LANES`). Each lane has one worker, a new Python
process instead of a fork of this one. It loads TensorFlow and each network once. A worker that
dies, or whose task hangs, is replaced.

No library for worker processes is used: loky and `concurrent.futures` offer no progress, partial
results or cancelling of one running task, and `multiprocessing` imports the caller's main module
again, which for an app is the page. The messages therefore have a format of their own (`wire`).
"""

import atexit
import contextlib
import itertools
import logging
import os
import queue
import subprocess
import sys
import threading
import time
import weakref
from pathlib import Path
from typing import Any

from fcnlib import runtime
from fcnlib.engine import limits, wire
from fcnlib.engine.context import Caller
from fcnlib.engine.tasks import LANES, TASKS, Lane, Task
from fcnlib.errors import EngineError, FcnlibError

POLL = 0.1  # seconds between two looks at the mailbox and at the caller's wish to stop
GRACE = 10.0
"""Seconds that a cancelled task has to stop, since its worker's networks are lost otherwise."""
FAREWELL = 1.0  # seconds that all workers together have to end by themselves

LOST = (
    "The process that computed this ended before it was done. Perhaps there was not enough memory. "
    "Try again, or choose a smaller picture."
)
START = "from fcnlib.engine.worker import main; main()"
"""With ``-m`` instead, TensorFlow's import takes a third longer."""
_LOG = logging.getLogger(__name__)
ROOT = Path(__file__).parents[2]


class WorkerLost(Exception):  # noqa: N818 - an event inside this module
    """The worker ended before it returned the result, or before it got the task."""

    def __init__(self, *, began: bool = True) -> None:
        self.began = began


class Local:
    """Worker processes, one per lane, which are started on first use."""

    def __init__(self) -> None:
        self._lanes = {name: _Workers(name, lane) for name, lane in LANES.items()}
        _ENGINES.add(self)
        threading.Thread(target=self._watch, name="idle workers", daemon=True).start()

    def start(self) -> None:
        """Start the worker of short tasks, which loads TensorFlow in the background.

        If a setting is wrong, each task that needs a worker says so.
        """
        with contextlib.suppress(FcnlibError):
            self._lanes["quick"].worker()

    def close(self) -> None:
        """End all workers. The next task starts others."""
        workers = [worker for lane in self._lanes.values() if (worker := lane.current)]
        for worker in workers:
            worker.hang_up()
        ends = time.monotonic() + FAREWELL
        for worker in workers:
            worker.end(max(ends - time.monotonic(), 0))

    def retire(self) -> None:
        """End all workers, and never start another."""
        for lane in self._lanes.values():
            lane.retired = True
        self.close()

    def is_ready(self) -> bool:
        """Return whether the worker of short tasks has loaded TensorFlow."""
        return self._lanes["quick"].is_ready()

    def run(self, name: str, args: tuple[Any, ...], caller: Caller) -> Any:
        """Run a task; see `fcnlib.engine.run`."""
        call = _Call(TASKS[name], args, caller)
        lane = self._lanes[call.task.lane]
        while not lane.slots.acquire(timeout=POLL):
            caller.report(*call.shown)
        try:
            return self._attempt(call, lane)
        finally:
            lane.slots.release()

    def _watch(self) -> None:
        while True:
            time.sleep(1.0)
            for lane in self._lanes.values():
                lane.end_if_idle()

    def _attempt(self, call: "_Call", lane: "_Workers") -> Any:
        for again in (call.task.again, False):
            worker = lane.worker()
            try:
                return worker.run(call)
            except WorkerLost as lost:
                if _ENDING.is_set():
                    raise _ending() from None
                # The worker may have been ended because of another task.
                innocent = worker.ended_for not in (None, call)
                if not (again or innocent or not lost.began):
                    break
        _LOG.warning("worker lost in %s, status %s", call.task.function, worker.process.poll())
        raise EngineError("worker_lost", LOST)


class _Call:
    """A task with its arguments, its caller, when it must end, and the latest progress."""

    def __init__(self, task: Task, args: tuple[Any, ...], caller: Caller) -> None:
        self.task, self.args, self.caller = task, args, caller
        self.ends = time.monotonic() + caller.deadline if caller.deadline else float("inf")
        self.shown = (0.0, "Starting")


class _Workers:
    """The current worker of a lane, and its successors."""

    def __init__(self, name: str, lane: Lane) -> None:
        self.slots = threading.BoundedSemaphore(lane.slots)
        self._name, self._lane = name, lane
        self._lock = threading.Lock()
        self.current: _Worker | None = None
        self.retired = False

    def worker(self) -> "_Worker":
        """Return the current worker, a new one if there is none that lives."""
        with self._lock:
            # Threads go on while the process ends. A worker that they start would outlive it.
            if _ENDING.is_set() or self.retired:
                raise _ending()
            if self.current is None or not self.current.alive:
                self.current = _Worker(self._name, self._lane)
            self.current.used = time.monotonic()
            return self.current

    def end_if_idle(self) -> None:
        """End a worker that has had nothing to do for a while."""
        with self._lock:
            worker = self.current
            if worker and self._lane.idle and time.monotonic() - worker.used > self._lane.idle:
                worker.close_if_free()

    def is_ready(self) -> bool:
        return self.current is not None and self.current.ready.is_set()


class _Worker:
    """A worker process and the calls that wait for it."""

    def __init__(self, name: str, lane: Lane) -> None:
        self.alive, self.ended_for = True, None  # type: bool, _Call | None
        self.ready = threading.Event()
        self.used = time.monotonic()
        self._lane = lane
        self._numbers = itertools.count(1)
        self._waiting: dict[int, queue.SimpleQueue[tuple[str, Any]]] = {}
        self._lock = threading.Lock()
        limits.memory_limit(lane)  # Raises here, where the error reaches the caller.
        environment = runtime.environment(runtime.threads()) | os.environ
        environment["PYTHONPATH"] = os.pathsep.join(
            filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])
        )
        self.process = subprocess.Popen(
            # -P: modules in the current folder must not replace those of Python.
            [sys.executable, "-P", "-c", START, name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            # Ctrl-C in a terminal reaches the whole group of processes, even a worker that is still
            # starting. The parent decides when its workers end.
            process_group=None if sys.platform == "win32" else 0,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
        for pipe in (self.process.stdin, self.process.stdout):
            wire.widen(pipe)  # type: ignore[arg-type]
        threading.Thread(target=self._listen, name=f"{name} worker", daemon=True).start()

    def run(self, call: _Call) -> Any:
        """Run a call in the worker: forward what it says, and return or raise its end."""
        answers: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        number = next(self._numbers)
        self._waiting[number] = answers
        try:
            try:
                self._send("run", number, call.task.function, call.args)
            except WorkerLost:
                raise WorkerLost(began=False) from None
            return self._follow(call, number, answers)
        finally:
            del self._waiting[number]
            self.used = time.monotonic()

    def kill(self, call: _Call) -> None:
        """End the process at once, because of `call`."""
        if self.alive:
            self.alive, self.ended_for = False, call
            self.process.kill()

    def close_if_free(self) -> None:
        """End the process unless a call waits for it."""
        if not self._waiting:
            self.hang_up()
            self.end(FAREWELL)

    def hang_up(self) -> None:
        """Close the standard input of the process, so that the process ends."""
        self.alive = False
        # A worker that does not read would hold up a thread that writes, and with it the lock.
        if self._lock.acquire(timeout=0.5):
            with contextlib.suppress(OSError):
                self.process.stdin.close()  # type: ignore[union-attr]
            self._lock.release()

    def end(self, seconds: float) -> None:
        """Wait up to so many seconds for the process to end, then kill it."""
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _follow(
        self, call: _Call, number: int, answers: "queue.SimpleQueue[tuple[str, Any]]"
    ) -> Any:
        heard, stopped = time.monotonic(), None  # type: float, BaseException | None
        while True:
            try:
                kind, value = answers.get(timeout=POLL)
            except queue.Empty:
                kind, value = "silence", None
            now = time.monotonic()
            heard = heard if stopped or kind == "silence" else now
            if kind == "lost" or (kind == "silence" and not self.alive):
                raise stopped or WorkerLost
            if kind in {"result", "error"}:
                if stopped or kind == "error":
                    raise stopped or value
                return value
            if stopped:
                if now - heard > GRACE:
                    self.kill(call)
                continue
            silent = now - heard > call.task.patience
            if silent or now > call.ends:
                self.kill(call)
                reason = (
                    f"it made no progress for {now - heard:.0f} s" if silent else "it took too long"
                )
                _LOG.warning("ended %s because %s", call.task.function, reason)
                raise _timeout(reason)
            try:
                self._forward(call, number, kind, value)
            except BaseException as error:
                stopped, heard = error, now
                with contextlib.suppress(WorkerLost):
                    self._send("cancel", number)

    def _forward(self, call: _Call, number: int, kind: str, value: Any) -> None:
        for message in call.caller.mailbox.take():
            self._send("tell", number, message)
        if kind == "partial":
            call.caller.publish(value)
            return
        if kind == "report":
            call.shown = value
        # Even in silence: a caller that does not want the result any more says so when it is asked.
        call.caller.report(*call.shown)

    def _send(self, *message: Any) -> None:
        try:
            with self._lock:
                wire.send(self.process.stdin, message)  # type: ignore[arg-type]
        except (OSError, ValueError):
            self.alive = False  # at once, so that the next attempt gets another worker
            raise WorkerLost from None

    def _listen(self) -> None:
        """Hand out what the worker says, until it ends."""
        try:
            while True:
                kind, number, value = wire.receive(
                    self.process.stdout,  # type: ignore[arg-type]
                    trusted=self._lane.trusted,
                )
                if kind == "ready":
                    self.ready.set()
                elif number in self._waiting:
                    self._waiting[number].put((kind, value))
        except Exception:
            self.alive = False
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()  # type: ignore[union-attr]
            with self._lock, contextlib.suppress(OSError):
                self.process.stdin.close()  # type: ignore[union-attr]
            for answers in list(self._waiting.values()):
                answers.put(("lost", None))


def _timeout(reason: str) -> EngineError:
    msg = f"This was ended because {reason}. Try again, or choose a smaller picture."
    return EngineError("timeout", msg)


def _ending() -> EngineError:
    msg = "The app is being stopped or changed, so this was not computed. Try again in a moment."
    return EngineError("ending", msg)


_ENGINES: "weakref.WeakSet[Local]" = weakref.WeakSet()
_ENDING = threading.Event()


@atexit.register
def _close_all() -> None:
    _ENDING.set()
    for engine in list(_ENGINES):
        engine.close()


def _start_over() -> None:
    """Leave the workers to the parent in a fork of this process, which copies only one thread."""
    for engine in list(_ENGINES):
        engine.__init__()  # type: ignore[misc]


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_start_over)
