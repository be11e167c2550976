"""The Training page: runs are started, watched, paused, stopped, saved and found again."""

import base64
import json
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fcnlib import scenes
from fcnlib.class_map.metrics import measure
from fcnlib.errors import BusyError
from fcnlib.networks import built_in, small_fcn
from fcnlib.training import grid_bound
from fcnlib.training.grid_bound import FACTORS
from fcnlib.training.live_run import Snapshot
from fcnlib.ui import jobs
from fcnlib.ui.training import live_run

PAGE = str(Path(__file__).parents[2] / "pages/training.py")
SOON = 90  # seconds; a test that waits longer has failed


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    """Give every test separate runs of the narrowest network; stop them at the end."""
    widths = small_fcn.Widths((4, 4, 4, 4, 8), 8, 1)
    small = live_run.small_options

    def tiny_options(*args, **options):
        chosen = small(*args, **options)
        return replace(chosen, widths=widths, num_scenes=4, batch_size=1)

    monkeypatch.setattr(live_run, "small_options", tiny_options)
    live_run.runs.clear()
    yield
    for run in list(live_run.runs()._runs.values()):
        live_run.runs().stop(run)
        assert run.job.wait(SOON)
    live_run.runs.clear()
    jobs.queue.clear()


@pytest.fixture
def app():
    return AppTest.from_file(PAGE, default_timeout=60).run()


def press(app, name):
    app.button(key=f"training_{name}").click().run()
    assert not app.exception


def start(app, **choices):
    if "head" in choices:
        app.segmented_control(key="training_head").set_value(choices["head"])
    if "steps" in choices:
        app.slider(key="training_steps").set_value(choices["steps"])
    if "kernels" in choices:
        app.selectbox(key="training_kernels").set_value(choices["kernels"])
    press(app.run(), "go")


def status(app):
    """Return the state and the progress in percent of the run shown, such as ``Paused 12``."""
    bars = [bar.proto for bar in app.get("progress")]
    return f"{bars[0].text.partition(' ')[0]} {bars[0].value}" if bars else ""


def run_until(app, condition):
    limit = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < limit, status(app)
        time.sleep(0.1)
        app.run()
        assert not app.exception


def charts(app):
    """Return the figures shown, by key without the prefix of the page."""
    shown = app.get("plotly_chart")
    return {chart.key.removeprefix("training_"): json.loads(chart.proto.spec) for chart in shown}


def values(trace, axis="y"):
    stored = trace[axis]
    if not isinstance(stored, dict):
        return np.array(stored)
    return np.frombuffer(base64.b64decode(stored["bdata"]), stored["dtype"])


def loss(app):
    return values(charts(app)["loss"]["data"][-1])


def texts(app):
    return " ".join(element.value for element in [*app.text, *app.markdown, *app.caption])


def test_before_any_run_the_scene_and_its_ground_truth_are_shown(app):
    assert not app.exception
    assert "Press Start" in texts(app)
    assert list(charts(app))[:2] == ["picture", "truth"]
    assert not status(app)
    assert not app.button(key="training_go").disabled


def test_a_run_learns_and_can_be_paused_resumed_and_stopped(app):
    start(app, steps=400)
    assert app.button(key="training_go").disabled
    run_until(app, lambda: "loss" in charts(app) and len(loss(app)) > 15)
    assert loss(app)[0] == pytest.approx(np.log(7), abs=0.05)
    assert loss(app)[-5:].mean() < loss(app)[0] - 0.1
    assert len(values(charts(app)["mean_iu"]["data"][-1])) > 10
    assert app.get("download_button")[0].proto.disabled

    press(app, "pause")
    run_until(app, lambda: status(app).startswith("Paused"))
    time.sleep(0.5)
    held = status(app.run())
    time.sleep(0.5)
    assert status(app.run()) == held
    assert not app.get("download_button")[0].proto.disabled

    press(app, "resume")
    run_until(app, lambda: status(app).startswith(("Running", "Done")) and status(app) != held)

    press(app, "stop")
    run_until(app, lambda: status(app).startswith("Stopped"))
    assert not app.button(key="training_go").disabled
    assert app.button(key="training_stop").disabled
    assert "FCN-8s, bilinear, learned, rate 0.008" in texts(app)
    assert "prediction" in charts(app)


@pytest.mark.slow
def test_the_run_of_a_second_session_waits(app):
    other = AppTest.from_file(PAGE, default_timeout=60).run()
    start(app, steps=400)
    run_until(app, lambda: status(app).startswith("Running"))
    start(other, steps=50)
    assert status(other) == "Waiting 0"
    assert status(app.run()).startswith("Running")
    press(app, "stop")
    run_until(other, lambda: status(other).startswith("Done 100"))
    assert status(app.run()).startswith("Stopped")


def test_a_waiting_run_can_be_stopped(app):
    other = AppTest.from_file(PAGE, default_timeout=60).run()
    start(app, steps=400)
    start(other)
    press(other, "stop")
    assert status(other.run()) == "Stopped 0"
    assert not other.button(key="training_go").disabled


def test_a_reload_finds_the_run_again(app):
    start(app, steps=400)
    run_until(app, lambda: status(app).startswith("Running"))
    press(app, "pause")
    run_until(app, lambda: status(app).startswith("Paused"))
    again = AppTest.from_file(PAGE, default_timeout=60)
    again.query_params["training_run"] = app.query_params["training_run"]
    again.run()
    assert not again.exception
    assert status(again).startswith("Paused")
    press(again, "stop")
    run_until(app, lambda: status(app).startswith("Stopped"))


def test_an_address_of_a_forgotten_run_shows_the_empty_page():
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.query_params["training_run"] = "forgotten"
    app.run()
    assert not app.exception
    assert list(charts(app))[:2] == ["picture", "truth"]
    assert not status(app)


@pytest.mark.slow
def test_the_next_run_is_drawn_with_the_previous_one(app):
    for head in ("fcn_32s", "fcn_8s"):
        start(app, head=head, steps=50)
        run_until(app, lambda: status(app).startswith("Done"))
    drawn = charts(app)["loss"]["data"]
    assert [line["name"] for line in drawn] == [
        "FCN-32s, bilinear, learned, rate 0.008",
        "FCN-8s, bilinear, learned, rate 0.008",
    ]
    assert all(texts(app).count(line["name"]) == 1 for line in drawn)
    for name in ("bus", "person"):
        app.selectbox(key="training_class").set_value(name).run()
        assert name in charts(app)["kernel"]["layout"]["title"]["text"]


@pytest.mark.slow
def test_a_fixed_kernel_stays_bilinear(app):
    start(app, steps=50, kernels=("bilinear", "fixed"))
    run_until(app, lambda: status(app).startswith("Done"))
    shown = values(charts(app)["kernel"]["data"][0], "z").reshape(16, 16)
    tent = 1 - np.abs((np.arange(16) - 7.5) / 8)
    np.testing.assert_allclose(shown, np.outer(tent, tent), atol=1e-6)


@pytest.mark.slow
def test_a_zero_kernel_shows_a_warning_and_does_not_learn(app):
    start(app, steps=50, kernels=("zero", "learned"))
    assert "ln 7 = 1.95" in texts(app)
    run_until(app, lambda: status(app).startswith("Done"))
    np.testing.assert_allclose(loss(app), np.log(7), rtol=1e-5)


@pytest.mark.slow
def test_the_weights_offered_are_those_of_the_snapshot(app, monkeypatch):
    saved = []
    to_npz = Snapshot.to_npz
    monkeypatch.setattr(Snapshot, "to_npz", lambda *a: saved.append(to_npz(*a)) or saved[-1])
    start(app, head="fcn_16s", steps=50)
    run_until(app, lambda: status(app).startswith("Done"))
    app.run()
    assert len(saved) == 1
    assert saved[0][:2] == b"PK"


def test_a_failed_run_shows_its_error(app, monkeypatch):
    chosen = live_run.small_options
    monkeypatch.setattr(
        live_run, "small_options", lambda *a, **k: replace(chosen(*a, **k), size=(97, 97))
    )
    start(app.run())
    run_until(app, lambda: status(app).startswith("Failed"))
    (failed,) = live_run.runs()._runs.values()
    assert str(failed.error) in texts(app)
    assert not app.button(key="training_go").disabled


def test_a_full_queue_shows_its_error(app, monkeypatch):
    monkeypatch.setattr(live_run.runs()._jobs, "_most_waiting", 0)
    press(app, "go")
    with pytest.raises(BusyError) as caught:
        live_run.runs().start(live_run.small_options(), None, "somebody else")
    assert str(caught.value) in texts(app)
    assert not live_run.runs()._runs


def test_the_grid_bound_is_measured_on_the_first_test_scenes(app):
    total = sum(grid_bound.confusions(scenes.scene(seed).labels, [32])[32] for seed in range(20))
    kept = 100 * measure(total).mean_iu
    paper, here = charts(app)["bound"]["data"]
    assert here["x"] == [str(factor) for factor in FACTORS] == paper["x"]
    assert here["y"][3] == pytest.approx(kept)
    assert f"**{kept:.0f} %**" in texts(app)
    assert paper["y"] == pytest.approx([98.5, 96.4, 92.8, 86.1, 73.3, 50.9])
    coarse = charts(app)["bound_example"]["data"]
    app.select_slider(key="training_factor").set_value(4).run()
    assert charts(app)["bound_example"]["data"] != coarse


def test_the_source_code_shown_is_that_of_the_library(app):
    shown = "\n".join(code.value for code in app.code)
    for name in ("work", "step", "build_head", "upscore", "down_and_up", "cell_shares"):
        assert f"def {name}(" in shown


def test_every_head_has_a_name(app):
    assert list(app.segmented_control(key="training_head").options) == [*built_in.NAMES.values()]
