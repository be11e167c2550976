"""A worker process: reads tasks from standard input, runs each in a thread, sends messages back.

`fcnlib.engine.local` starts it as a new Python process, which calls `main` with the name of its
group of tasks, the lane. It ends when standard input ends, which also happens when its parent
process ends.
"""

import contextlib
import faulthandler
import os
import pickle
import queue
import sys
import threading
import time
import traceback
from typing import IO, Any, NoReturn

from fcnlib.engine import limits, wire
from fcnlib.engine.context import Context, Mailbox
from fcnlib.engine.tasks import LANES, call, imported
from fcnlib.errors import EngineError, FcnlibError

OUT_OF_MEMORY = "This needs more memory than it may use here. Choose a smaller picture."
HEARTBEAT = 10.0
STUCK = 120.0
"""If none of a worker's threads can run for so many seconds, the worker ends itself. This happens
if code holds Python's lock and does not release it. The thread that watches standard input cannot
run then either."""


class Worker:
    """Runs the tasks that arrive on one pipe and writes reports and results to another.

    Parameters
    ----------
    lane : str
        A key of `LANES`.
    tasks : binary file
        Messages ``("run", number, function, args)``, ``("tell", number, message)`` and
        ``("cancel", number)``.
    answers : binary file
        Messages ``("ready", 0)``, ``("report", number, (fraction, text))``,
        ``("partial", number, value)``, ``("result", number, value)`` and
        ``("error", number, exception)``.

    """

    def __init__(self, lane: str, tasks: IO[bytes], answers: IO[bytes]) -> None:
        self._lane = LANES[lane]
        self._tasks, self._answers = tasks, answers
        self._writing = threading.Lock()
        self._running: dict[int, Context] = {}

    def serve(self) -> None:
        """Run tasks until standard input ends, and then end this process."""
        messages: queue.SimpleQueue[list[bytearray]] = queue.SimpleQueue()
        threading.Thread(target=self._read, args=(messages,), daemon=True).start()
        # Before any message is loaded, and with it what its objects are made of: NumPy fails if two
        # threads import it at once. A task that needs what cannot be imported raises the error.
        with contextlib.suppress(Exception):
            if self._lane.preload:
                imported(self._lane.preload)()
        self._answer("ready", 0, None)
        while True:
            kind, number, *rest = wire.load(messages.get())
            if kind == "run":
                self._start(number, *rest)
            elif number in self._running:
                context = self._running[number]
                context.cancel() if kind == "cancel" else context.tell(*rest)

    def _read(self, messages: "queue.SimpleQueue[list[bytearray]]") -> None:
        """Pass messages on until the parent ends, also while this worker is still starting."""
        with contextlib.suppress(EOFError):
            while True:
                messages.put(wire.read(self._tasks))
        end()

    def _start(self, number: int, function: str, args: tuple[Any, ...]) -> None:
        context = Context(
            lambda fraction, text: self._answer("report", number, (fraction, text)),
            lambda value: self._answer("partial", number, value),
            Mailbox(),
        )
        self._running[number] = context
        work = threading.Thread(
            target=self._run, args=(number, function, args, context), daemon=True
        )
        try:
            work.start()
        except RuntimeError:  # There is no memory for another thread.
            self._running.pop(number)
            self._answer("error", number, EngineError("out_of_memory", OUT_OF_MEMORY))

    def _run(self, number: int, function: str, args: tuple[Any, ...], context: Context) -> None:
        limits.processor_seconds(self._lane.processor_seconds)
        try:
            kind, value = "result", call(function, args, context)
        except BaseException as error:
            kind, value = "error", portable(error).with_traceback(None)
        # Outside of the block: inside, the error still holds the memory that the task has filled.
        self._running.pop(number)
        try:
            self._answer(kind, number, value)
        except Exception as error:  # The result cannot be pickled.
            self._answer("error", number, portable(error))

    def _answer(self, kind: str, number: int, value: Any) -> None:
        try:
            with self._writing:
                wire.send(self._answers, (kind, number, value))
        except BrokenPipeError:
            end()  # nobody reads it any more


def portable(error: BaseException) -> BaseException:
    """Return an error that can be sent; an unexpected one with its traceback as a note."""
    if isinstance(error, FcnlibError):
        return error
    # TensorFlow's error is recognized by name, since not every worker imports TensorFlow.
    if isinstance(error, MemoryError) or type(error).__name__ == "ResourceExhaustedError":
        return EngineError("out_of_memory", OUT_OF_MEMORY)
    error.add_note("".join(traceback.format_exception(error)))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}"[:2000])
    return error


def end() -> NoReturn:
    """End this process at once. In the usual way, threads inside TensorFlow abort it."""
    os._exit(0)


def _beat() -> None:
    """Postpone the end of this process for as long as its threads run and its parent lives."""
    parent = os.getppid()
    while os.getppid() == parent:
        faulthandler.dump_traceback_later(STUCK, exit=True)
        time.sleep(HEARTBEAT)
    # Standard input has not ended, so a fork of the parent holds the other end of the pipe.
    end()


def main() -> None:
    """Serve until the parent ends."""
    tasks, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    # Whatever prints in a task must not disturb the messages.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    lane = sys.argv[1]
    limits.apply(LANES[lane])
    threading.Thread(target=_beat, daemon=True).start()
    Worker(lane, tasks, answers).serve()
