"""Trainings of the app that belong to one test."""

from contextlib import contextmanager

from fcnlib.ui import jobs
from fcnlib.ui.training import controls

SOON = 300  # seconds; a test that waits longer has failed


@contextmanager
def separate_trainings():
    """Give the block trainings of its own, and stop them at its end."""
    controls.runs.clear()
    yield
    for run in list(controls.runs()._runs.values()):
        controls.runs().stop(run)
        assert run.job.wait(SOON)
    controls.runs.clear()
    jobs.queue.clear()
