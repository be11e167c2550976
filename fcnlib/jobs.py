"""Queue for long work: one job at a time, with progress, sharing and cancelling.

Running two networks at once is no faster on two cores, so jobs run one after another. If other
machines compute them, a queue can run several at once. If another visitor has already submitted the
same work, a request joins that job. A job stops only when all visitors that requested it have
stopped it, submitted other work or closed their tabs. The worker threads are daemon threads, so
Python does not wait for them when it exits. This module does not depend on Streamlit.

::

    waiting -> running -> done
       |          |-----> failed
       `----------+-----> cancelled
"""

import logging
import threading
import time
import weakref
from collections import Counter, OrderedDict, deque
from collections.abc import Callable, Hashable
from typing import Any

from fcnlib.errors import BusyError, Cancelled, FcnlibError
from fcnlib.typing import Report

_LOG = logging.getLogger(__name__)

Work = Callable[[Report], Any]

_QUEUES: "weakref.WeakSet[Jobs]" = weakref.WeakSet()


def queues() -> list["Jobs"]:
    """Return all queues of this process, in the order of their names."""
    return sorted(_QUEUES, key=lambda queue: queue.name)


class Job:
    """State and result of one piece of work; created by `Jobs.submit`.

    Attributes
    ----------
    state : {"waiting", "running", "done", "failed", "cancelled"}
        Current state.
    fraction : float
        Progress in [0, 1].
    text : str
        Description of the current stage.
    result : object
        Return value of the work, once the state is "done".
    error : FcnlibError or None
        Error that may be shown to the visitor, if the state is "failed".
    owners : set of hashable
        Visitors that wait for the result.
    seconds : float
        Time since the start, or total time after the end.

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
        self._started = self._ended = self._heard = 0.0
        self._stop = threading.Event()
        self._finished = threading.Event()

    @property
    def active(self) -> bool:
        """Whether the job is waiting or running."""
        return not self._finished.is_set()

    @property
    def seconds(self) -> float:
        """Running time in seconds, 0 while the job waits."""
        return (self._ended or time.monotonic()) - self._started if self._started else 0.0

    @property
    def silence(self) -> float:
        """Seconds since a running job was started or last reported, 0 while it does not run."""
        return time.monotonic() - self._heard if self.state == "running" else 0.0

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the end for at most `timeout` seconds; return whether the job has ended."""
        return self._finished.wait(timeout)

    def cancel(self) -> None:
        """Make the work stop at its next report."""
        self._stop.set()

    def run(self) -> str:
        """Do the work in the calling thread and return the final state."""
        self._started = self._heard = time.monotonic()
        self.state = "running"
        try:
            self.result = self._work(self._report) if self._work else None
        except Cancelled:
            return "cancelled"
        except FcnlibError as error:
            self.error = error
        except Exception:
            # The visitor sees a general message; the cause is written to the log.
            _LOG.exception("work failed")
            self.error = FcnlibError("internal", "This failed for a reason on our side. Try again.")
        return "failed" if self.error else "done"

    def end(self, state: str) -> None:
        """Set the final state and wake all threads that wait for the job."""
        self._work = None  # frees what the work refers to, such as a picture
        self._ended, self.state = time.monotonic(), state
        if state == "done":
            self.fraction = 1.0
        self._finished.set()

    def _report(self, fraction: float, text: str) -> None:
        if self._stop.is_set():
            raise Cancelled
        self.fraction, self.text = min(max(fraction, 0.0), 1.0), text
        self._heard = time.monotonic()


class Jobs:
    """A queue with one or more worker threads that keeps the most recent results.

    Parameters
    ----------
    name : str
        Name of the queue in the log, and of its worker threads.
    waiting : int, optional
        Largest number of waiting jobs.
    kept : int, optional
        Largest number of finished jobs whose results are kept.
    at_once : int, optional
        Largest number of running jobs.

    Attributes
    ----------
    name : str
        As given.
    ended : Counter of str
        Number of jobs that have ended, by their final state.
    refused : int
        Number of jobs that were refused because the queue was full.
    seconds : float
        Running time of all jobs that have ended.

    """

    def __init__(self, name: str, waiting: int = 8, kept: int = 12, at_once: int = 1) -> None:
        self.name, self._most_waiting, self._most_kept = name, waiting, kept
        self.ended: Counter[str] = Counter()
        self.refused, self.seconds = 0, 0.0
        self._changed = threading.Condition(threading.RLock())
        self._queue: deque[Job] = deque()
        self._running: list[Job] = []
        self._done: OrderedDict[Hashable, Job] = OrderedDict()
        self._workers: list[threading.Thread | None] = [None] * at_once
        _QUEUES.add(self)

    @property
    def waiting(self) -> int:
        """Number of jobs that wait."""
        return len(self._queue)

    @property
    def silence(self) -> float:
        """Longest time in seconds since a running job was started or last reported."""
        with self._changed:
            return max((job.silence for job in self._running), default=0.0)

    def submit(self, key: Hashable, work: Work, owner: Hashable) -> Job:
        """Submit work, or join the job of another visitor with the same key.

        Parameters
        ----------
        key : hashable
            Identifies the work and everything it depends on: equal keys give equal results.
        work : callable
            Called with a report function; returns the result. It should report often, because a
            cancelled job stops at its next report.
        owner : hashable
            The visitor. Each visitor has one active job: a new request leaves the previous job.

        Returns
        -------
        job : Job
            A finished job if its result is kept, otherwise one that waits or runs.

        Raises
        ------
        BusyError
            If too many jobs are waiting.

        """
        with self._changed:
            job = self.find(key)
            if job is None or (job.active and owner not in job.owners):
                self.leave_all(owner)
            if job is None:
                job = self._append(key, work)
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
        """Return the number of jobs before `job`, including the running one."""
        with self._changed:
            if job not in self._queue:
                return 0
            return self._queue.index(job) + len(self._running)

    def leave(self, job: Job, owner: Hashable) -> None:
        """Remove `owner` from a job, and cancel the job if no owner remains."""
        with self._changed:
            job.owners.discard(owner)
            if job.owners or not job.active:
                return
            job.cancel()
            if job in self._queue:
                self._queue.remove(job)
                job.end("cancelled")

    def leave_all(self, owner: Hashable) -> None:
        """Remove `owner` from all jobs, for example when a visitor closes the browser tab."""
        with self._changed:
            for job in self._active():
                if owner in job.owners:
                    self.leave(job, owner)

    def _active(self) -> list[Job]:
        """Return the jobs that can be joined, without a running job that has been cancelled."""
        return [*(job for job in self._running if job.owners), *self._queue]

    def _append(self, key: Hashable, work: Work) -> Job:
        waiting = len(self._queue)
        if waiting >= self._most_waiting:
            self.refused += 1
            msg = (
                f"Too many requests: {waiting} others are waiting, the largest number allowed. "
                "Try again in a minute."
            )
            raise BusyError("busy", msg)
        job = Job(key, work)
        self._queue.append(job)
        for number, worker in enumerate(self._workers):
            if worker is None or not worker.is_alive():
                started = threading.Thread(target=self._serve, name=self.name, daemon=True)
                self._workers[number] = started
                started.start()
        self._changed.notify()
        return job

    def _serve(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue)
                job = self._queue.popleft()
                self._running.append(job)
            state = job.run()
            with self._changed:
                self._running.remove(job)
                job.end(state)
                self.ended[state] += 1
                self.seconds += job.seconds
                if state == "done":
                    job.owners.clear()
                    self._done[job.key] = job
                    while len(self._done) > self._most_kept:
                        self._done.popitem(last=False)
            fields = {
                "queue": self.name,
                "code": job.error.code if job.error else state,
                "seconds": round(job.seconds, 3),
                "waiting": self.waiting,
            }
            _LOG.info("job", extra={"fields": fields})
            del job  # otherwise its result would stay in memory until the next job
