"""Long work, one at a time: a bounded queue with progress, sharing and cancelling.

Two inferences at once gain nothing on two cores, so work waits its turn. Who asks for what
another visitor already asked for joins that job instead of repeating it, and a job stops
only when nobody wants it any more. Threads here are daemons: they never hold up the end of
the process. Nothing here knows Streamlit.

::

    waiting -> running -> done
       |          |-----> failed
       `----------+-----> cancelled
"""

import logging
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from typing import Any

from fcnlib.errors import BusyError, Cancelled, FcnlibError
from fcnlib.typing import Report

_LOG = logging.getLogger(__name__)

Work = Callable[[Report], Any]


class Job:
    """One piece of work and what is known of it; made by `Jobs.submit`.

    Attributes
    ----------
    state : {"waiting", "running", "done", "failed", "cancelled"}
        Where it stands.
    fraction : float
        Progress in [0, 1].
    text : str
        What it is doing, in words.
    result : object
        What the work returned, once done.
    error : FcnlibError or None
        Why it failed, in words for the person at the screen.
    seconds : float
        Time it has run, or ran.

    """

    def __init__(self, key: Hashable, work: Work) -> None:
        self.key = key
        self.state = "waiting"
        self.fraction = 0.0
        self.text = "Waiting"
        self.result: Any = None
        self.error: FcnlibError | None = None
        self.owners: set[Hashable] = set()
        self._work: Work | None = work
        self._started = self._ended = 0.0
        self._stop = threading.Event()
        self._finished = threading.Event()

    @property
    def active(self) -> bool:
        """Whether it still waits or runs."""
        return not self._finished.is_set()

    @property
    def seconds(self) -> float:
        """Seconds for which it has run, 0 while it waits."""
        return (self._ended or time.monotonic()) - self._started if self._started else 0.0

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end, `timeout` seconds at most; tell whether it has come."""
        return self._finished.wait(timeout)

    def cancel(self) -> None:
        """Ask the work to stop at its next report, or never to start."""
        self._stop.set()

    def run(self) -> str:
        """Do the work in the calling thread; return the state to end in."""
        self._started, self.state = time.monotonic(), "running"
        try:
            self.result = self._work(self._report) if self._work else None
        except Cancelled:
            return "cancelled"
        except FcnlibError as error:
            self.error = error
        except Exception:
            # The visitor gets a sentence; the cause belongs in the log.
            _LOG.exception("work failed")
            self.error = FcnlibError("internal", "This failed for a reason on our side. Try again.")
        return "failed" if self.error else "done"

    def end(self, state: str) -> None:
        """Settle the final state and wake who waits."""
        self._work = None  # what the work holds, such as a picture, is free now
        self._ended, self.state = time.monotonic(), state
        if state == "done":
            self.fraction = 1.0
        self._finished.set()

    def _report(self, fraction: float, text: str) -> None:
        if self._stop.is_set():
            raise Cancelled
        self.fraction, self.text = min(max(fraction, 0.0), 1.0), text


class Jobs:
    """A queue with one worker and the last results.

    Parameters
    ----------
    name : str
        Name of the worker's thread.
    waiting : int
        Most jobs that may wait.
    kept : int
        Most finished jobs whose results are kept.

    """

    def __init__(self, name: str, waiting: int = 8, kept: int = 12) -> None:
        self._name, self._most_waiting, self._most_kept = name, waiting, kept
        self._changed = threading.Condition(threading.RLock())
        self._queue: deque[Job] = deque()
        self._running: Job | None = None
        self._done: OrderedDict[Hashable, Job] = OrderedDict()
        self._worker: threading.Thread | None = None

    def submit(self, key: Hashable, work: Work, owner: Hashable) -> Job:
        """Ask for work, or join whoever asked for the same.

        Parameters
        ----------
        key : hashable
            Names the work and all it depends on: equal keys give equal results.
        work : callable
            Called with a report function; returns the result. It should report often, since
            a report is where it stops if cancelled.
        owner : hashable
            Who asks. One owner has one active job: asking for another leaves the first.

        Returns
        -------
        job : Job
            A finished job if the result is kept, else one that waits or runs.

        Raises
        ------
        BusyError
            If too many jobs wait already.

        """
        with self._changed:
            job = self.find(key)
            if job is None:
                self.leave_all(owner)
                self._check_room()
                job = Job(key, work)
                self._queue.append(job)
                self._start_worker()
                self._changed.notify()
            elif job.active and owner not in job.owners:
                self.leave_all(owner)
            if job.active:
                job.owners.add(owner)
            return job

    def find(self, key: Hashable) -> Job | None:
        """Return the job with `key` that waits, runs or is kept, or None."""
        with self._changed:
            if key in self._done:
                self._done.move_to_end(key)
                return self._done[key]
            return next((job for job in self._active() if job.key == key), None)

    def ahead(self, job: Job) -> int:
        """Return how many jobs come before `job`, the running one included."""
        with self._changed:
            if job not in self._queue:
                return 0
            return self._queue.index(job) + (self._running is not None)

    def leave(self, job: Job, owner: Hashable) -> None:
        """Withdraw `owner`; a job that nobody wants any more is cancelled."""
        with self._changed:
            job.owners.discard(owner)
            if job.owners or not job.active:
                return
            job.cancel()
            if job in self._queue:
                self._queue.remove(job)
                job.end("cancelled")

    def leave_all(self, owner: Hashable) -> None:
        """Withdraw `owner` from everything, as when a visitor's tab closes."""
        with self._changed:
            for job in self._active():
                if owner in job.owners:
                    self.leave(job, owner)

    def _active(self) -> list[Job]:
        """Return the jobs one may join: a cancelled one still winding down is none."""
        running = [self._running] if self._running and self._running.owners else []
        return [*running, *self._queue]

    def _check_room(self) -> None:
        if len(self._queue) >= self._most_waiting:
            waiting = len(self._queue)
            msg = f"Busy: {waiting} others are waiting, which is the most. Try again in a minute."
            raise BusyError("busy", msg)

    def _start_worker(self) -> None:
        if self._worker is None or not self._worker.is_alive():
            self._worker = threading.Thread(target=self._serve, name=self._name, daemon=True)
            self._worker.start()

    def _serve(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue)
                job = self._running = self._queue.popleft()
            state = job.run()
            with self._changed:
                self._running = None
                job.end(state)
                if state == "done":
                    self._keep(job)
            del job  # or its result would stay until the next one comes

    def _keep(self, job: Job) -> None:
        job.owners.clear()
        self._done[job.key] = job
        while len(self._done) > self._most_kept:
            self._done.popitem(last=False)
