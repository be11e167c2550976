"""Workers that die, hang or eat memory: a page says so, and "Try again" gives the result."""

import io
import os
import signal
import time
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.testing.v1 import AppTest

from fcnlib.ui.page import PAGES
from fcnlib import engine
from fcnlib.engine.local import Local
from fcnlib.engine.tasks import TASKS
from fcnlib.ui import jobs
from fcnlib.ui.numbers import checks
from fcnlib.ui.segmentation import run
from fcnlib.ui.training import controls
from fcnlib.ui.upsampling import verdict

TESTS = Path(__file__).parents[1]
SOON = 300  # seconds; a longer wait is a failure

PHONE, ORDERS = "transposed_convolution_phone", "segmentation_orders"


class Part(NamedTuple):
    """A part of a page.

    Its page, its task, the prefix of the button's key, what shows that the result is there, and
    what the visitor chooses or opens first.
    """

    page: str
    task: str
    key: str
    result: str
    chosen: dict[str, object] = MappingProxyType({})


def of_fold(page, task, fold, result):
    return Part(page, task, fold, result, {fold: True})


HOME, UPSAMPLING, TRANSPOSED = "app.py", "pages/upsampling.py", "pages/transposed_convolution.py"
SEGMENTATION, TRAINING = "pages/segmentation.py", "pages/training.py"
NUMBERS, WHY = "pages/numbers.py", "pages/why_a_layer.py"
MEMORY = "pages/memory.py"
SIZES = {"transposed_convolution_back": "show"}
SKIPS = {"segmentation_source": "street"}
BORDER = {"upsampling_border_fold": True}
LEFT = {"memory_survivors_left_kept": "show"}
MASK = "orders_argmax_nearest_mask"
PARTS = [
    Part(HOME, "segment", "segmentation_job", "home_nearest"),
    Part(UPSAMPLING, "check_upsampling", "upsampling_check", "upsampling_difference"),
    Part(UPSAMPLING, "check_upsampling", "upsampling_table", "upsampling_difference"),
    Part(UPSAMPLING, "upsampled_borders", "upsampling_xray", "upsampling_xray_profile", BORDER),
    Part(TRANSPOSED, "check_views", "transposed_convolution_views", "Equals TensorFlow"),
    Part(TRANSPOSED, "accepts", "transposed_convolution_sizes", "and rejected", SIZES),
    Part(WHY, "gradients_through", "why_a_layer_stop", "why_a_layer_stop_chain"),
    Part(WHY, "transposed_convolution", "transposed_convolution_step", "Equals TensorFlow"),
    Part(WHY, "gradients", "transposed_convolution_step", "Equals TensorFlow"),
    Part(TRANSPOSED, "last_layers", f"{PHONE}_job", f"{PHONE}_people_learned", {PHONE: True}),
    Part(SEGMENTATION, "segment", "segmentation_job", "segmentation_2_full"),
    of_fold(SEGMENTATION, "cost", "segmentation_cost", "A multiply-add is"),
    of_fold(SEGMENTATION, "step_orders", "segmentation_imagenet_order_fold", MASK),
    Part(MEMORY, "segment", "segmentation_job", "memory_survivors", LEFT),
    Part(
        MEMORY,
        "upsampled_argmax",
        "memory_scores_fold",
        "memory_scores_survivors",
        LEFT | {"memory_scores_fold": True},
    ),
    Part(SEGMENTATION, "street", "segmentation_street_job", "segmentation_fcn_8s", SKIPS),
    Part(SEGMENTATION, "step_orders", ORDERS, MASK, SKIPS | {ORDERS: True}),
    Part(NUMBERS, "facts", "numbers", "## 50 of 50 facts hold"),
]


@pytest.fixture(scope="module")
def workers():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "PYTHONPATH", str(TESTS))
        patch.setitem(os.environ, "FCNLIB_WORKER_MEMORY", str(4 << 30))
        local = Local()
        yield local
        local.close()


@pytest.fixture(autouse=True)
def nothing_known(workers, monkeypatch):
    """Start every test without results of earlier ones."""
    monkeypatch.setattr(engine, "_current", workers)
    st.cache_data.clear()
    run._RESULTS.clear()
    for kept in (jobs.queue, checks.outcomes, controls.runs, verdict.answer):
        kept.clear()
    yield
    jobs.queue.clear()


def opened(page, **chosen):
    app = AppTest.from_file(str(TESTS.parent / page), default_timeout=SOON)
    for key, value in chosen.items():
        app.session_state[key] = value
    return again(app)


def again(app):
    app.run()
    assert not app.exception
    return app


def press(app, key):
    app.button(key=key).click()
    return again(app)


def shown(app):
    texts = [element.value for element in [*app.text, *app.markdown, *app.caption]]
    keyed = [*app.get("plotly_chart"), *app.get("button_group")]
    return " ".join([*texts, *(element.key or "" for element in keyed)])


def buttons(app):
    return [button.key for button in app.button if button.key.endswith("_again")]


def until(app, condition):
    limit, pause = time.monotonic() + SOON, 0.1
    while not condition():
        assert time.monotonic() < limit, shown(app)
        time.sleep(pause)
        # A page that runs all the time takes the processor from what it waits for.
        pause = min(1.3 * pause, 2.0)
        again(app)


def replaced(patch, name, function):
    """Let a task do something else, with little patience if that shows no progress."""
    patience = 3.0 if function in {"hang", "hold_the_lock"} else SOON
    other = TASKS[name]._replace(function=f"support.tasks:{function}", patience=patience)
    patch.setitem(TASKS, name, other)


def kill(worker):
    """End a worker as the system does when memory is short."""
    os.kill(worker.process.pid, signal.SIGKILL)


def busy(workers, lane):
    """Wait until a lane's worker computes something and return it."""
    limit = time.monotonic() + SOON
    while not ((worker := workers._lanes[lane].current) and worker.alive and worker._waiting):
        assert time.monotonic() < limit
        time.sleep(0.01)
    return worker


@pytest.mark.slow
@pytest.mark.parametrize("part", PARTS, ids=lambda part: f"{part.key}: {part.task}")
def test_every_part_of_a_page_can_be_tried_again(monkeypatch, part):
    key = f"{part.key}_again"
    with monkeypatch.context() as patch:
        replaced(patch, part.task, "give_up")
        app = opened(part.page, **part.chosen)
        until(app, lambda: key in buttons(app))
        assert "This was given up." in shown(app)
        assert part.result not in shown(app)
        press(app, key)
        until(app, lambda: key in buttons(app))
    press(app, key)
    until(app, lambda: part.result in shown(app))
    assert buttons(app) == []
    for name, value in part.chosen.items():
        assert app.session_state[name] == value
    assert [title.value for title in app.title] == [PAGES[part.page].question]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "fold"),
    [
        (
            Part(SEGMENTATION, "confidence", "segmentation_confidence_run", "confidence_map"),
            "segmentation_imagenet_order_fold",
        ),
        (
            Part(MEMORY, "time_argmax", "memory_timing", "The maps are the same", LEFT),
            "memory_scores_fold",
        ),
    ],
)
def test_what_is_computed_on_request_can_be_requested_again(monkeypatch, part, fold):
    page, task, key, result, chosen = part
    app = opened(page, **chosen, **{fold: True})
    with monkeypatch.context() as patch:
        replaced(patch, task, "give_up")
        press(app, key)
        until(app, lambda: "This was given up." in shown(app))
    press(app, key)
    until(app, lambda: result in shown(app))
    assert "This was given up." not in shown(app)


def test_work_that_fails_does_not_start_again_by_itself(monkeypatch):
    """Otherwise the end of the job would start it again, and so on."""
    starts = []
    monkeypatch.setattr(jobs.Jobs, "_append", counted(starts, jobs.Jobs._append))
    for task in ("facts", "last_layers", "segment", "street"):
        replaced(monkeypatch, task, "give_up")
    for page, chosen in (
        (NUMBERS, {}),
        (TRANSPOSED, {"transposed_convolution_phone": True}),
        (SEGMENTATION, {}),
        (SEGMENTATION, SKIPS),
        (TRAINING, {}),
    ):
        starts.clear()
        app = opened(page, **chosen)
        until(app, lambda: buttons(app))  # noqa: B023 - called at once
        for _ in range(3):
            again(app)
        assert len(starts) == 1, page


def counted(calls, function):
    def count(*args):
        calls.append(args)
        return function(*args)

    return count


@pytest.mark.slow
@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("killed", "ended before it was done"),
        ("hang", "no progress"),
        ("hold_the_lock", "no progress"),
        ("fill_memory", "more memory"),
    ],
)
def test_l4_a_worker_lost_in_inference(workers, monkeypatch, way, words):
    monkeypatch.setattr(jobs, "served", lambda: True)
    chosen = {"segmentation_sample": "coffee", "segmentation_first": "people"}
    with monkeypatch.context() as patch:
        if way == "killed":
            workers.close()  # a worker that is not warm takes seconds for the first picture
        else:
            replaced(patch, "segment", way)
        app = opened(SEGMENTATION, **chosen)
        assert app.get("progress")
        worker = busy(workers, "quick")
        if way == "killed":
            kill(worker)
        # Another visitor, whose task shares the worker.
        other = opened(UPSAMPLING, upsampling_factor=7)
        until(app, lambda: "segmentation_job_again" in buttons(app))
    assert words in shown(app)
    assert "upsampling_difference" in shown(other)
    assert buttons(other) == []
    for key, value in chosen.items():
        assert app.session_state[key] == value
    press(app, "segmentation_job_again")
    until(app, lambda: "segmentation_2_full" in shown(app))
    assert words not in shown(app)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("killed", "ended before it was done"),
        ("hang", "no progress"),
        ("fill_memory", "more memory"),
    ],
)
def test_a_worker_lost_in_training(workers, monkeypatch, way, words):
    with monkeypatch.context() as patch:
        if way != "killed":
            replaced(patch, "train", way)
        app = opened(TRAINING, training_head="fcn_16s", training_steps=100)
        press(app, "training_go")
        if way == "killed":
            until(app, lambda: "training_loss" in shown(app))
            kill(busy(workers, "long"))
        other = opened(UPSAMPLING, upsampling_factor=8)
        until(app, lambda: words in shown(app))
    assert "upsampling_difference" in shown(other)
    assert buttons(other) == []
    assert app.session_state["training_head"] == "fcn_16s"
    assert app.session_state["training_steps"] == 100
    press(app, "training_go")
    until(app, lambda: "training_loss" in shown(app))
    assert words not in shown(app)
    press(app, "training_stop")
    for started in controls.runs()._runs.values():
        assert started.job.wait(SOON)


def png():
    file = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (40, 64, 3), np.uint8)
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("die_at_once", "ended before it was done"),
        pytest.param("hang", "no progress", marks=pytest.mark.slow),
        pytest.param("hold_the_lock", "no progress", marks=pytest.mark.slow),
        pytest.param("fill_memory", "more memory", marks=pytest.mark.slow),
    ],
)
def test_d4_a_worker_lost_in_decoding(monkeypatch, way, words):
    with monkeypatch.context() as patch:
        replaced(patch, "decode", way)
        app = opened(UPSAMPLING, upsampling_picture="own", upsampling_factor=5)
        app.file_uploader(key="upsampling_upload").upload("mine.png", png())
        again(app)
        assert words in shown(app)
        assert app.session_state["upsampling_factor"] == 5
    other = opened(SEGMENTATION, segmentation_source="upload")
    other.file_uploader(key="segmentation_upload").upload("mine.png", png())
    until(other, lambda: "segmentation_2_full" in shown(other))
    press(app, "upsampling_upload_again")
    assert words not in shown(app)
    assert "40 × 64 to 20 × 32 px" in shown(app)


def test_a_short_task_whose_worker_is_killed_once_shows_nothing(workers):
    """It runs again by itself."""
    opened(UPSAMPLING)
    killed = workers._lanes["quick"].current
    kill(killed)
    app = opened(UPSAMPLING, upsampling_factor=11)
    assert "upsampling_difference" in shown(app)
    assert buttons(app) == []
    assert workers._lanes["quick"].current is not killed
