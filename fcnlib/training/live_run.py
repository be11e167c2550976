"""Trainings that someone watches: small, in a thread of their own, one at a time.

A `Run` can be paused, resumed and stopped from outside while it learns. What is seen of it
is never the network itself but a `Snapshot`, taken between two steps about once a second, so
that who watches never waits for the training nor disturbs it. `Runs` belong to the process,
not to who started them: they are found again by name. Nothing here knows Streamlit.

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
from fcnlib.training.trainer import Options, Progress, Trainer
from fcnlib.typing import Float32Array, LabelMap, Report

LOOK_SECONDS = 0.8
MAX_PAUSE = 180.0
"""Seconds after which a paused run stops, since others may wait for their turn."""


class Snapshot(NamedTuple):
    """What a training had made of its network after some step.

    Attributes
    ----------
    step : int
        Steps done.
    prediction : ndarray of int, shape (H, W)
        Labels of the watched scene.
    mean_iu : float
        Of that prediction.
    kernels : ndarray of shape (K, K, C)
        The last upsampling kernel of every class.
    weights : dict of str to ndarray
        The network's weights by name.

    """

    step: int
    prediction: LabelMap
    mean_iu: float
    kernels: Float32Array
    weights: Weights

    def to_npz(self, head: str) -> bytes:
        """Return the weights as the bytes of an ``.npz`` file, named as in shipped ones."""
        file = io.BytesIO()
        named = {f"{head}/{name}": values for name, values in self.weights.items()}
        np.savez_compressed(file, allow_pickle=False, **named)
        return file.getvalue()


class Run:
    """One training and what can be seen of it; made by `Runs.start`.

    Parameters
    ----------
    options : Options
        What to train and how.
    watched : scenes.Scene
        The scene whose prediction is looked at; of the size that the options name.
    max_pause : float, optional
        Seconds after which a pause ends the run.

    Attributes
    ----------
    name : str
        By which `Runs.find` finds it.
    history : list of Progress
        What every step told.
    look : Snapshot or None
        The latest look, None until the network is built.

    """

    def __init__(
        self, options: Options, watched: scenes.Scene, *, max_pause: float = MAX_PAUSE
    ) -> None:
        self.name = uuid.uuid4().hex
        self.options, self.watched = options, watched
        self.history: list[Progress] = []
        self.look: Snapshot | None = None
        self.job: Job | None = None
        self._max_pause, self._looked = max_pause, 0.0
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
        """Whether it still waits, runs or is paused."""
        return self.job is None or self.job.active

    @property
    def error(self) -> FcnlibError | None:
        """Why it failed, in words for the person at the screen."""
        return self.job.error if self.job else None

    def pause(self) -> None:
        """Hold before the next step."""
        self._paused.set()

    def resume(self) -> None:
        """Go on after a pause."""
        self._paused.clear()

    def stop(self) -> None:
        """End after the step in progress; what was learned stays to be looked at."""
        self._stopped.set()

    def work(self, report: Report) -> None:
        """Train to the end, or until stopped; called in the queue's thread."""
        report(0.0, "Building the network")
        with Trainer(self.options) as trainer:
            self._take_look(trainer)
            while trainer.steps_done < self.options.steps and self._may_go_on(trainer, report):
                self.history.append(trainer.step())
                if time.monotonic() - self._looked > LOOK_SECONDS:
                    self._take_look(trainer)
                self._report(report, "Step")
            self._take_look(trainer)

    def _may_go_on(self, trainer: Trainer, report: Report) -> bool:
        if self._paused.is_set():
            self._take_look(trainer)
        since = time.monotonic()
        while self._paused.is_set() and not self._stopped.wait(0.05):
            self._report(report, "Paused at step")
            if time.monotonic() - since > self._max_pause:
                self.stop()
        return not self._stopped.is_set()

    def _report(self, report: Report, verb: str) -> None:
        done, steps = len(self.history), self.options.steps
        report(done / steps, f"{verb} {done} of {steps}")

    def _take_look(self, trainer: Trainer) -> None:
        found = trainer.predict(self.watched.picture)
        confusion = confusion_matrix(self.watched.labels, found, len(scenes.CLASSES))
        kernels = np.stack([trainer.kernel(index) for index in range(len(scenes.CLASSES))], -1)
        self.look = Snapshot(
            trainer.steps_done, found, measure(confusion).mean_iu, kernels, trainer.weights()
        )
        self._looked = time.monotonic()


class Runs:
    """The trainings of a process: at most one at work, the others in line.

    Parameters
    ----------
    jobs : Jobs
        The queue they wait in.
    kept : int
        Most runs that are remembered.

    """

    def __init__(self, jobs: Jobs, kept: int = 24) -> None:
        self._jobs, self._most_kept = jobs, kept
        self._lock = threading.Lock()
        self._runs: OrderedDict[str, Run] = OrderedDict()

    def start(self, options: Options, watched: scenes.Scene, owner: Hashable) -> Run:
        """Put a training in line; the owner's earlier one, if still active, is left.

        Raises
        ------
        BusyError
            If too many wait already.

        """
        run = Run(options, watched)
        run.job = self._jobs.submit(run.name, run.work, owner)
        with self._lock:
            self._runs[run.name] = run
            while len(self._runs) > self._most_kept:
                self._runs.popitem(last=False)
        return run

    def find(self, name: str) -> Run | None:
        """Return the run of that name, or None if there is none or it is forgotten."""
        return self._runs.get(name)

    def ahead(self, run: Run) -> int:
        """Return how many runs come before this one, the one at work included."""
        return self._jobs.ahead(run.job) if run.job else 0

    def stop(self, run: Run) -> None:
        """Stop a run, or take it out of the line."""
        run.stop()
        if run.job and run.state == "waiting":
            for owner in list(run.job.owners):
                self._jobs.leave(run.job, owner)
