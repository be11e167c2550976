"""The Training page: a run is started, watched, paused, stopped, kept, and found again."""

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
from fcnlib.networks import built_in, small_fcn
from fcnlib.training import grid_bound
from fcnlib.training.grid_bound import FACTORS
from fcnlib.training.live_run import Snapshot
from fcnlib.ui import jobs
from fcnlib.ui.training import live_run

PAGE = str(Path(__file__).parents[2] / "pages/training.py")
SOON = 90  # seconds; a wait this long is a failure


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    """Give every test runs of its own, of the narrowest network; stop them at the end."""
    plan = small_fcn.Widths((4, 4, 4, 4, 8), 8, 1)
    small = live_run.small_options

    def tiny_options(*args, **options):
        chosen = small(*args, **options)
        return replace(chosen, plan=plan, num_scenes=4, batch_size=1)

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


def said(app):
    bars = [bar.proto.text for bar in app.get("progress")]
    return bars[0] if bars else ""


def run_until(app, condition):
    limit = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < limit, said(app)
        time.sleep(0.1)
        app.run()
        assert not app.exception


def charts(app):
    """Return the figures shown, by title up to the first comma."""
    specs = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    return {spec["layout"]["title"]["text"].partition(",")[0]: spec for spec in specs}


def values(trace, axis="y"):
    stored = trace[axis]
    if not isinstance(stored, dict):
        return np.array(stored)
    return np.frombuffer(base64.b64decode(stored["bdata"]), stored["dtype"])


def loss(app):
    return values(charts(app)["Loss"]["data"][-1])


def texts(app):
    return " ".join(element.value for element in [*app.text, *app.markdown, *app.caption])


def test_before_any_run_one_sentence_says_what_will_happen(app):
    assert not app.exception
    assert "Press Start: a small network that knows nothing yet learns" in texts(app)
    assert list(charts(app))[:2] == ["A scene it never trains on", "Ground truth"]
    assert not app.button(key="training_go").disabled


def test_started_it_learns_and_is_paused_resumed_and_stopped(app):
    start(app, steps=400)
    assert app.button(key="training_go").disabled
    run_until(app, lambda: "Loss" in charts(app) and len(loss(app)) > 15)
    assert loss(app)[0] == pytest.approx(np.log(7), abs=0.05)
    assert loss(app)[-5:].mean() < loss(app)[0] - 0.1
    assert len(values(charts(app)["Mean IU of the batch"]["data"][-1])) > 10
    assert app.get("download_button")[0].proto.disabled

    press(app, "pause")
    run_until(app, lambda: said(app).startswith("Paused"))
    time.sleep(0.5)
    held = said(app.run())
    time.sleep(0.5)
    assert said(app.run()) == held
    assert not app.get("download_button")[0].proto.disabled

    press(app, "resume")
    run_until(app, lambda: said(app).startswith(("Running", "Done")) and said(app) != held)

    press(app, "stop")
    run_until(app, lambda: said(app).startswith("Stopped"))
    assert not app.button(key="training_go").disabled
    assert app.button(key="training_stop").disabled
    assert "FCN-8s, bilinear, learned, 0.008: **" in texts(app)


def test_two_sessions_the_second_waits_and_is_told_so(app):
    other = AppTest.from_file(PAGE, default_timeout=60).run()
    start(app, steps=400)
    run_until(app, lambda: said(app).startswith("Running"))
    start(other, steps=50)
    assert said(other).startswith("Waiting · 1 before you")
    assert said(app.run()).startswith("Running")
    press(app, "stop")
    run_until(other, lambda: said(other).startswith("Done · step 50 of 50"))
    assert said(app.run()).startswith("Stopped")


def test_who_waits_may_leave(app):
    other = AppTest.from_file(PAGE, default_timeout=60).run()
    start(app, steps=400)
    start(other)
    press(other, "stop")
    assert said(other.run()).startswith("Stopped · step 0")
    assert not other.button(key="training_go").disabled


def test_a_reload_finds_the_run_again(app):
    start(app, steps=400)
    run_until(app, lambda: said(app).startswith("Running"))
    press(app, "pause")
    run_until(app, lambda: said(app).startswith("Paused"))
    again = AppTest.from_file(PAGE, default_timeout=60)
    again.query_params["training_run"] = app.query_params["training_run"]
    again.run()
    assert not again.exception
    assert said(again).startswith("Paused")
    press(again, "stop")
    run_until(app, lambda: said(app).startswith("Stopped"))


def test_an_address_of_a_run_that_is_gone_is_an_empty_page():
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.query_params["training_run"] = "forgotten"
    app.run()
    assert not app.exception
    assert "Press Start" in texts(app)


def test_the_next_run_is_drawn_over_the_one_before(app):
    for head in ("fcn_32s", "fcn_8s"):
        start(app, head=head, steps=50)
        run_until(app, lambda: said(app).startswith("Done"))
    drawn = charts(app)["Loss"]["data"]
    assert [line["name"] for line in drawn] == [
        "FCN-32s, bilinear, learned, 0.008",
        "FCN-8s, bilinear, learned, 0.008",
    ]
    assert texts(app).count("after 50 steps") == 2
    assert "Kernel of “bus”" in charts(app)
    app.selectbox(key="training_class").set_value("person").run()
    assert "Kernel of “person”" in charts(app)


def test_a_fixed_kernel_stays_bilinear(app):
    start(app, steps=50, kernels=("bilinear", "fixed"))
    run_until(app, lambda: said(app).startswith("Done"))
    shown = values(charts(app)["Kernel of “bus”"]["data"][0], "z").reshape(16, 16)
    tent = 1 - np.abs((np.arange(16) - 7.5) / 8)
    np.testing.assert_allclose(shown, np.outer(tent, tent), atol=1e-6)


def test_a_kernel_of_zeros_is_warned_of_and_does_not_learn(app):
    start(app, steps=50, kernels=("zero", "learned"))
    assert "nothing can learn: the loss stays at ln 7 = 1.95" in texts(app)
    run_until(app, lambda: said(app).startswith("Done"))
    np.testing.assert_allclose(loss(app), np.log(7), rtol=1e-5)


def test_kept_weights_are_those_of_the_look(app, monkeypatch):
    saved = []
    to_npz = Snapshot.to_npz
    monkeypatch.setattr(Snapshot, "to_npz", lambda *a: saved.append(to_npz(*a)) or saved[-1])
    start(app, head="fcn_16s", steps=50)
    run_until(app, lambda: said(app).startswith("Done"))
    app.run()
    assert len(saved) == 1
    assert saved[0][:2] == b"PK"


def test_a_failure_is_a_sentence(app, monkeypatch):
    chosen = live_run.small_options
    monkeypatch.setattr(
        live_run, "small_options", lambda *a, **k: replace(chosen(*a, **k), size=(97, 97))
    )
    start(app.run())
    run_until(app, lambda: said(app).startswith("Failed"))
    assert "reason on our side" in texts(app)
    assert not app.button(key="training_go").disabled


def test_a_full_line_is_a_sentence(app, monkeypatch):
    monkeypatch.setattr(live_run.runs()._jobs, "_most_waiting", 0)
    press(app, "go")
    assert "others are waiting" in texts(app)


def test_the_bound_is_that_of_the_first_test_scenes(app):
    total = sum(grid_bound.confusions(scenes.scene(seed).labels, [32])[32] for seed in range(20))
    kept = 100 * measure(total).mean_iu
    paper, here = charts(app)["Mean IU left"]["data"]
    assert here["x"] == [str(factor) for factor in FACTORS] == paper["x"]
    assert here["y"][3] == pytest.approx(kept)
    assert f"**{kept:.0f} %** of these 20 test scenes" in texts(app)
    assert paper["y"] == pytest.approx([98.5, 96.4, 92.8, 86.1, 73.3, 50.9])
    app.select_slider(key="training_factor").set_value(4).run()
    assert "One test scene" in charts(app)


def test_the_source_is_the_librarys(app):
    shown = "\n".join(code.value for code in app.code)
    for name in ("work", "step", "fcn_8s", "upscore", "down_and_up", "cell_shares"):
        assert f"def {name}(" in shown


def test_every_head_has_a_name(app):
    assert list(app.segmented_control(key="training_head").options) == [*built_in.NAMES.values()]
