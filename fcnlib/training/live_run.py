"""Short trainings in the background, one at a time, whose progress can be displayed.

`train` runs as a task of an engine. The app's engine runs it in another process. `train` publishes
the progress of every step and, about once a second, a `Snapshot` of the network. It can be paused,
resumed and stopped. A page shows and controls a training through its `Run`. `Runs` holds the runs
of the process by name. They continue when the visitor opens another page. This module does not use
Streamlit.

::

    waiting -> running or stopped
    running -> paused, done, failed or stopped
    paused  -> running or stopped
"""

import io
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from fcnlib import engine, scenes
from fcnlib.class_map.metrics import confusion_matrix, measure
from fcnlib.engine.context import Context
from fcnlib.errors import FcnlibError
from fcnlib.jobs import Job, Jobs
from fcnlib.networks.npz_weights import Weights
from fcnlib.training.options import Options, Progress
from fcnlib.training.trainer import Trainer
from fcnlib.typing import Float32Array, LabelMap, Report

SNAPSHOT_SECONDS = 0.8
PAUSE_SECONDS = 0.05
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


def train(options: Options, watched: scenes.Scene, max_pause: float, context: Context) -> None:
    """Train as a task of an engine.

    Parameters
    ----------
    options : Options
        What to train and how.
    watched : scenes.Scene
        The scene that each snapshot predicts, with the size given in the options.
    max_pause, context
        See `follow`.

    """
    context.report(0.0, "Building the network")
    with Trainer(options) as trainer:
        follow(
            trainer.step, partial(_snapshot, trainer, watched), options.steps, max_pause, context
        )


def follow(
    step: Callable[[], Progress],
    snapshot: Callable[[], Any],
    steps: int,
    max_pause: float,
    context: Context,
) -> None:
    """Train step by step, and let the caller watch, pause, resume and stop.

    Parameters
    ----------
    step : callable
        Trains one step and returns its `Progress`, which is published.
    snapshot : callable
        Returns the state of the network, which is published at the start, during a pause, at the
        end, and about once a second.
    steps : int
        Number of steps.
    max_pause : float
        Seconds after which a pause ends the training.
    context : Context
        The caller may say ``"pause"``, ``"resume"`` and ``"stop"``, each of which takes effect
        after the current step.

    """
    context.publish(snapshot())
    due = time.monotonic() + SNAPSHOT_SECONDS
    for done in range(steps):
        words = context.heard()
        if "stop" in words:
            break
        if words[-1:] == ["pause"]:
            context.publish(snapshot())
            if not _resumed(context, done, steps, max_pause):
                break
        context.publish(step())
        if time.monotonic() > due:
            started = time.monotonic()
            context.publish(snapshot())
            # Snapshots that take long must not take most of the time.
            due = time.monotonic() + max(SNAPSHOT_SECONDS, 3 * (time.monotonic() - started))
        _report(context, "Step", done + 1, steps)
    context.publish(snapshot())


def _resumed(context: Context, done: int, steps: int, max_pause: float) -> bool:
    """Wait until the caller resumes; return False if it stops, or waits too long."""
    ends = time.monotonic() + max_pause
    while time.monotonic() < ends:
        _report(context, "Paused at step", done, steps)
        words = context.heard()
        if "stop" in words or words[-1:] == ["resume"]:
            return "stop" not in words
        time.sleep(PAUSE_SECONDS)
    return False


def _report(context: Context, verb: str, done: int, steps: int) -> None:
    context.report(done / steps, f"{verb} {done} of {steps}")


def _snapshot(trainer: Trainer, watched: scenes.Scene) -> Snapshot:
    prediction = trainer.predict(watched.picture)
    confusion = confusion_matrix(watched.labels, prediction, len(scenes.CLASSES))
    mean_iu = measure(confusion).mean_iu
    return Snapshot(trainer.steps_done, prediction, mean_iu, trainer.kernels(), trainer.weights())


class Run:
    """One training that can be watched, paused and stopped; created by `Runs.start`.

    Parameters
    ----------
    options : object
        What to train and how; it has `head` and `steps`.
    watched : object
        What the snapshots predict, as the task expects it.
    owner : hashable, optional
        Who started it.
    task : str, optional
        Name of the engine's task: a function of `options`, `watched` and `max_pause` that calls
        `follow`.
    max_pause : float, optional
        Seconds after which a pause ends the training.

    Attributes
    ----------
    name : str
        Unique name, for `Runs.find`.
    owner : hashable
        Who may pause and stop it. Others who know its name can watch it.
    history : list of Progress
        Progress of every step so far.
    snapshot : object or None
        The latest snapshot, such as a `Snapshot`; None until the network is built.

    """

    def __init__(
        self,
        options: Any,
        watched: Any,
        *,
        owner: Hashable = None,
        task: str = "train",
        max_pause: float = MAX_PAUSE,
    ) -> None:
        self.name = uuid.uuid4().hex
        self.owner = owner
        self.options, self.watched = options, watched
        self.history: list[Progress] = []
        self.snapshot: Any = None
        self.job: Job | None = None
        self._task, self._max_pause = task, max_pause
        self._mailbox = engine.Mailbox()
        self._paused = False

    @property
    def state(self) -> str:
        """One of waiting, running, paused, stopped, done and failed."""
        state = self.job.state if self.job else "waiting"
        if state == "running" and self._paused:
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
        self._paused = True
        self._mailbox.put("pause")

    def resume(self) -> None:
        """Continue after a pause."""
        self._paused = False
        self._mailbox.put("resume")

    def stop(self) -> None:
        """End the run after the current step; history and snapshot stay available."""
        self._mailbox.put("stop")

    def work(self, report: Report) -> None:
        """Train to the last step or until stopped; called in the thread of the queue."""
        engine.run(
            self._task,
            *(self.options, self.watched, self._max_pause),
            report=report,
            publish=self._receive,
            mailbox=self._mailbox,
        )

    def _receive(self, news: Any) -> None:
        if isinstance(news, Progress):
            self.history.append(news)
        else:
            self.snapshot = news


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

    def start(self, options: Any, watched: Any, owner: Hashable, task: str = "train") -> Run:
        """Add a training to the queue and return its run.

        Parameters
        ----------
        options, watched, task
            See `Run`.
        owner : hashable
            Who starts it. An earlier run of the same owner that is still active is stopped.

        Raises
        ------
        BusyError
            If too many trainings are waiting already.

        """
        run = Run(options, watched, owner=owner, task=task)
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
