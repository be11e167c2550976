"""Short trainings in a background thread, one at a time, whose progress can be displayed.

A `Run` can be paused, resumed and stopped while it trains. The page does not access the network but
a `Snapshot`, a copy that is taken between two steps about once a second. The page therefore does
not wait for the training and does not slow it down. `Runs` belong to the process, not to the page
that started them, and can be found by name. This module does not use Streamlit.

::

    waiting -> running -> done
       |       ^    |---> failed
       |       v    |
       |      paused'
       `-----------`----> stopped
"""

import io
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Hashable
from typing import NamedTuple

import numpy as np

from fcnlib import scenes
from fcnlib.class_map.metrics import confusion_matrix, measure
from fcnlib.errors import FcnlibError
from fcnlib.jobs import Job, Jobs
from fcnlib.networks.npz_weights import Weights
from fcnlib.training.options import Options, Progress
from fcnlib.training.trainer import Trainer
from fcnlib.typing import Float32Array, LabelMap, Report

SNAPSHOT_SECONDS = 0.8
MAX_PAUSE = 180.0
"""Seconds after which a paused run stops, because others may be waiting for their turn."""


class Snapshot(NamedTuple):
    """State of a network in training after some step.

    Attributes
    ----------
    step : int
        Number of steps done.
    prediction : ndarray of int, shape (H, W)
        Predicted labels of the watched scene.
    mean_iu : float
        Mean IU of that prediction.
    kernels : ndarray of shape (K, K, C)
        The last upsampling kernel of every class.
    weights : dict of str to ndarray
        The weights of the network by name.

    """

    step: int
    prediction: LabelMap
    mean_iu: float
    kernels: Float32Array
    weights: Weights

    def to_npz(self, head: str) -> bytes:
        """Return the weights as an ``.npz`` file, with the array names of the shipped weights."""
        file = io.BytesIO()
        arrays = {f"{head}/{name}": values for name, values in self.weights.items()}
        np.savez_compressed(file, allow_pickle=False, **arrays)
        return file.getvalue()


class Run:
    """One training that can be watched, paused and stopped; created by `Runs.start`.

    Parameters
    ----------
    options : Options
        What to train and how.
    watched : scenes.Scene
        The scene that each snapshot predicts, with the size given in the options.
    max_pause : float, optional
        Seconds after which a pause ends the run.

    Attributes
    ----------
    name : str
        Unique name, for `Runs.find`.
    history : list of Progress
        Progress of every step so far.
    snapshot : Snapshot or None
        The latest snapshot, None until the network is built.

    """

    def __init__(
        self, options: Options, watched: scenes.Scene, *, max_pause: float = MAX_PAUSE
    ) -> None:
        self.name = uuid.uuid4().hex
        self.options, self.watched = options, watched
        self.history: list[Progress] = []
        self.snapshot: Snapshot | None = None
        self.job: Job | None = None
        self._max_pause, self._snapshot_time = max_pause, 0.0
        self._paused, self._stopped = threading.Event(), threading.Event()

    @property
    def state(self) -> str:
        """One of waiting, running, paused, stopped, done and failed."""
        state = self.job.state if self.job else "waiting"
        if state == "running" and self._paused.is_set():
            return "paused"
        early = state == "done" and len(self.history) < self.options.steps
        return "stopped" if early or state == "cancelled" else state

    @property
    def active(self) -> bool:
        """Whether the run is waiting, running or paused."""
        return self.job is None or self.job.active

    @property
    def error(self) -> FcnlibError | None:
        """Why the run failed, as a message for the user."""
        return self.job.error if self.job else None

    def pause(self) -> None:
        """Wait before the next step."""
        self._paused.set()

    def resume(self) -> None:
        """Continue after a pause."""
        self._paused.clear()

    def stop(self) -> None:
        """End the run after the current step; history and snapshot stay available."""
        self._stopped.set()

    def work(self, report: Report) -> None:
        """Train to the last step or until stopped; called in the thread of the queue."""
        report(0.0, "Building the network")
        with Trainer(self.options) as trainer:
            self._take_snapshot(trainer)
            while trainer.steps_done < self.options.steps and self._may_continue(trainer, report):
                self.history.append(trainer.step())
                if time.monotonic() - self._snapshot_time > SNAPSHOT_SECONDS:
                    self._take_snapshot(trainer)
                self._report(report, "Step")
            self._take_snapshot(trainer)

    def _may_continue(self, trainer: Trainer, report: Report) -> bool:
        """Wait while the run is paused; return False once it is stopped."""
        if self._paused.is_set():
            self._take_snapshot(trainer)
        since = time.monotonic()
        while self._paused.is_set() and not self._stopped.wait(0.05):
            self._report(report, "Paused at step")
            if time.monotonic() - since > self._max_pause:
                self.stop()
        return not self._stopped.is_set()

    def _report(self, report: Report, verb: str) -> None:
        done, steps = len(self.history), self.options.steps
        report(done / steps, f"{verb} {done} of {steps}")

    def _take_snapshot(self, trainer: Trainer) -> None:
        prediction = trainer.predict(self.watched.picture)
        confusion = confusion_matrix(self.watched.labels, prediction, len(scenes.CLASSES))
        mean_iu = measure(confusion).mean_iu
        self.snapshot = Snapshot(
            trainer.steps_done, prediction, mean_iu, trainer.kernels(), trainer.weights()
        )
        self._snapshot_time = time.monotonic()


class Runs:
    """The trainings of a process: at most one is running, the others wait in a queue.

    Parameters
    ----------
    jobs : Jobs
        The queue.
    max_kept : int
        Number of runs that can be found by name; older ones are forgotten.

    """

    def __init__(self, jobs: Jobs, max_kept: int = 24) -> None:
        self._jobs, self._max_kept = jobs, max_kept
        self._lock = threading.Lock()
        self._runs: OrderedDict[str, Run] = OrderedDict()

    def start(self, options: Options, watched: scenes.Scene, owner: Hashable) -> Run:
        """Add a training to the queue and return its run.

        Parameters
        ----------
        options, watched
            See `Run`.
        owner : hashable
            Who starts it. An earlier run of the same owner that is still active is stopped.

        Raises
        ------
        BusyError
            If too many trainings are waiting already.

        """
        run = Run(options, watched)
        run.job = self._jobs.submit(run.name, run.work, owner)
        with self._lock:
            self._runs[run.name] = run
            while len(self._runs) > self._max_kept:
                self._runs.popitem(last=False)
        return run

    def find(self, name: str) -> Run | None:
        """Return the run with this name, or None if it is unknown or forgotten."""
        return self._runs.get(name)

    def ahead(self, run: Run) -> int:
        """Return how many runs come before this one, including the running one."""
        return self._jobs.ahead(run.job) if run.job else 0

    def stop(self, run: Run) -> None:
        """Stop a run, or remove it from the queue."""
        run.stop()
        if run.job and run.state == "waiting":
            for owner in list(run.job.owners):
                self._jobs.leave(run.job, owner)
