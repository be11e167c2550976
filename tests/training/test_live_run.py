"""Watched runs: snapshots, pausing, stopping, waiting and finding; training curves."""

import io
import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from fcnlib import scenes
from fcnlib.class_map.metrics import confusion_matrix, measure
from fcnlib.errors import BusyError
from fcnlib.jobs import Jobs
from fcnlib.kernels import upsample_filt
from fcnlib.networks import small_fcn
from fcnlib.training import Options, Progress, Trainer
from fcnlib.training.curves import curves
from fcnlib.training.live_run import Run, Runs
from fcnlib.training.options import LIVE_SIZE, LIVE_WIDTHS, small_options

TINY = Options(
    head="fcn_8s",
    steps=6,
    size=(64, 64),
    batch_size=1,
    num_scenes=2,
    warm_up=1,
    widths=small_fcn.Widths((4, 4, 4, 4, 4), 4, 1),
)
ENDLESS = replace(TINY, steps=100_000)
SCENE = scenes.scene(0, TINY.size)
SOON = 300  # seconds; a test that waits longer has failed


@pytest.fixture
def runs():
    """Provide separate runs, all stopped at the end even if the test fails."""
    jobs = Jobs("training of a test")
    runs = Runs(jobs)
    started = []
    start = runs.start

    def remember(*args):
        started.append(start(*args))
        return started[-1]

    runs.start = remember
    yield runs
    for run in reversed(started):
        runs.stop(run)
    for run in started:
        assert run.job.wait(SOON)


def wait_until(condition):
    limit = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.005)


@pytest.mark.slow
def test_a_run_gives_the_same_result_as_the_trainer(runs):
    run = runs.start(TINY, SCENE, "anna")
    assert run.job.wait(SOON)
    assert (run.state, run.active, run.error) == ("done", False, None)
    with Trainer(TINY) as trainer:
        assert run.history == [trainer.step() for _ in range(TINY.steps)]
        prediction = trainer.predict(SCENE.picture)
        for name, values in trainer.weights().items():
            np.testing.assert_array_equal(run.snapshot.weights[name], values)
        np.testing.assert_array_equal(run.snapshot.kernels, trainer.kernels())
    np.testing.assert_array_equal(run.snapshot.prediction, prediction)
    assert run.snapshot.mean_iu == measure(confusion_matrix(SCENE.labels, prediction, 7)).mean_iu
    assert run.snapshot.step == TINY.steps


def test_the_first_snapshot_shows_the_untrained_network(runs):
    """All scores are zero, so the prediction is class 0; the kernels are still bilinear."""
    run = runs.start(ENDLESS, SCENE, "anna")
    run.pause()
    wait_until(lambda: run.snapshot)
    assert run.snapshot.step == 0
    assert not run.snapshot.prediction.any()
    assert run.snapshot.kernels.shape == (16, 16, 7)
    np.testing.assert_allclose(run.snapshot.kernels[:, :, 3], upsample_filt(16), atol=1e-6)


def test_a_paused_run_waits_and_a_resumed_one_continues(runs):
    run = runs.start(ENDLESS, SCENE, "anna")
    wait_until(lambda: len(run.history) > 2)
    assert run.state == "running"
    run.pause()
    assert run.state == "paused"
    wait_until(lambda: run.job.text.startswith("Paused"))
    held = len(run.history)
    assert run.snapshot.step == held
    time.sleep(0.3)
    assert len(run.history) == held
    run.resume()
    assert run.state == "running"
    wait_until(lambda: len(run.history) > held)


def test_stop_keeps_history_and_snapshot(runs):
    run = runs.start(ENDLESS, SCENE, "anna")
    wait_until(lambda: len(run.history) > 2)
    runs.stop(run)
    assert run.job.wait(SOON)
    assert (run.state, run.active) == ("stopped", False)
    assert run.snapshot.step == len(run.history) > 2


def test_stop_ends_a_pause(runs):
    run = runs.start(ENDLESS, SCENE, "anna")
    run.pause()
    wait_until(lambda: run.job.text.startswith("Paused"))
    runs.stop(run)
    assert run.job.wait(SOON)
    assert run.state == "stopped"


def test_a_pause_that_is_too_long_stops_the_run():
    run = Run(ENDLESS, SCENE, max_pause=0.1)
    run.pause()
    run.job = Jobs("test").submit("key", run.work, "anna")
    assert run.job.wait(SOON)
    assert run.state == "stopped"


def test_one_run_at_a_time_and_the_others_know_their_position(runs):
    first = runs.start(ENDLESS, SCENE, "anna")
    wait_until(lambda: first.history)
    second = runs.start(TINY, SCENE, "ben")
    third = runs.start(TINY, SCENE, "cleo")
    assert [run.state for run in (first, second, third)] == ["running", "waiting", "waiting"]
    assert [runs.ahead(run) for run in (first, second, third)] == [0, 1, 2]
    before = len(first.history)
    wait_until(lambda: len(first.history) > before + 2)
    assert second.snapshot is None
    runs.stop(first)
    assert second.job.wait(SOON)
    assert second.state == "done"


def test_a_waiting_run_leaves_the_queue_at_once(runs):
    first = runs.start(ENDLESS, SCENE, "anna")
    wait_until(lambda: first.history)
    second, third = (runs.start(TINY, SCENE, name) for name in ("ben", "cleo"))
    runs.stop(second)
    assert (second.state, second.history) == ("stopped", [])
    assert runs.ahead(third) == 1
    assert first.state == "running"


def test_a_full_queue_raises():
    runs = Runs(Jobs("test", waiting=0))
    with pytest.raises(BusyError):
        runs.start(TINY, SCENE, "anna")


def test_a_failed_run_has_an_error_and_the_next_one_runs(runs):
    failed = runs.start(replace(TINY, kernel_start="square"), SCENE, "anna")
    assert failed.job.wait(SOON)
    assert failed.state == "failed"
    assert failed.error.code == "internal"
    after = runs.start(TINY, SCENE, "anna")
    assert after.job.wait(SOON)
    assert after.state == "done"


def test_runs_are_found_by_name_until_forgotten():
    runs = Runs(Jobs("test"), max_kept=1)
    first = runs.start(replace(TINY, steps=1), SCENE, "anna")
    assert runs.find(first.name) is first
    second = runs.start(replace(TINY, steps=1), SCENE, "ben")
    assert runs.find(first.name) is None
    assert runs.find(second.name) is second
    assert runs.find("no such run") is None
    assert first.job.wait(SOON)
    assert second.job.wait(SOON)


def test_the_work_runs_in_a_daemon_thread(runs):
    run = runs.start(ENDLESS, SCENE, "anna")
    workers = [t for t in threading.enumerate() if t.name == "training of a test"]
    assert workers
    assert all(thread.daemon for thread in workers)
    assert run.active


def test_saved_weights_give_the_same_prediction(runs):
    run = runs.start(TINY, SCENE, "anna")
    assert run.job.wait(SOON)
    stored = np.load(io.BytesIO(run.snapshot.to_npz("fcn_8s")))
    assert stored["fcn_8s/fcn/upscore8/weights"].shape == (16, 16, 7, 1)
    start = {name.partition("/")[2]: stored[name] for name in stored.files}
    with Trainer(replace(TINY, seed=9), start) as other:
        np.testing.assert_array_equal(other.predict(SCENE.picture), run.snapshot.prediction)


def test_small_options_are_small():
    options = small_options("fcn_16s", learning_rate=0.5, steps=9, kernel_start="zero")
    assert (options.head, options.learning_rate, options.kernel_start) == ("fcn_16s", 0.5, "zero")
    assert (options.steps, options.warm_up) == (9, 1)
    assert (options.size, options.widths) == (LIVE_SIZE, LIVE_WIDTHS)
    with Trainer(small_options()) as trainer:
        assert sum(values.size for values in trainer.weights().values()) == 109_245


@pytest.mark.parametrize("head", ["fcn_32s", "fcn_8s"])
def test_a_zero_kernel_on_zero_scores_never_learns(head):
    """Each makes the gradient of the other zero, so the loss stays at that of equal scores."""
    stuck = replace(TINY, head=head, kernel_start="zero")
    with Trainer(stuck) as trainer:
        losses = [trainer.step().loss for _ in range(4)]
    np.testing.assert_allclose(losses, np.log(7), rtol=1e-6)


def history(losses):
    return [Progress(step, loss, loss / 2, 0.1) for step, loss in enumerate(losses, 1)]


def test_a_short_history_has_a_point_per_step():
    points = curves(history([3.0, 2.0, 4.0]))
    assert points.step.tolist() == [1, 2, 3]
    assert points.loss.tolist() == [3, 2, 4]
    assert points.mean_iu.tolist() == [1.5, 1, 2]


def test_a_long_history_has_a_point_per_block_and_the_last_block_may_be_short():
    points = curves(history([1.0, 3.0, 5.0, 7.0, 9.0]), max_points=3)
    assert points.step.tolist() == [2, 4, 5]
    assert points.loss.tolist() == [2, 6, 9]


@pytest.mark.parametrize("steps", [0, 1, 99, 100, 101, 399, 400])
def test_there_are_never_more_points_than_the_maximum(steps):
    points = curves(history(np.ones(steps)))
    assert len(points.step) <= 100
    assert steps < 2 or points.step[-1] == steps
