"""The Training page: runs are started, watched, paused, stopped, saved and found again."""

import base64
import json
import shlex
import shutil
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from support.separate_trainings import SOON, separate_trainings

from fcnlib import cli, images, scenes
from fcnlib.class_map import label_map
from fcnlib.class_map.metrics import measure
from fcnlib.errors import BusyError
from fcnlib.jobs import Job
from fcnlib.networks import built_in, small_fcn
from fcnlib.networks.npz_weights import SHIPPED
from fcnlib.training import grid_bound, stages
from fcnlib.training.grid_bound import FACTORS
from fcnlib.ui import jobs, page, story
from fcnlib.ui.training import alone, controls, figures, live_run, onward, skips
from fcnlib.ui.training import grid_bound as bound_section

PAGE = str(Path(__file__).parents[2] / "pages/training.py")
STARTS = {"zero": 0, "half": 0.5, "equal": 2, "classes": 7}


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    """Give every test separate runs of the narrowest network; stop them at the end."""
    widths = small_fcn.Widths((4, 4, 4, 4, 8), 8, 1)
    small = live_run.small_options

    def tiny_options(*args, **options):
        chosen = small(*args, **options)
        return replace(chosen, widths=widths, num_scenes=4, batch_size=1)

    monkeypatch.setattr(live_run, "small_options", tiny_options)
    with separate_trainings():
        yield


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
        time.sleep(0.3)
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


def maps(app, key):
    """Return the panels of linked maps: title, kind, note and decoded image."""
    shown = [part.proto for part in app.get("bidi_component")]
    (data,) = [json.loads(part.json) for part in shown if key in part.id]
    panels = {}
    for panel in data["panels"]:
        encoded = panel["image"].partition(",")[2]
        image = images.decode(base64.b64decode(encoded)) if encoded else None
        panels[panel["title"]] = panel | {"pixels": image}
    return panels


def painted(labels):
    return np.array([list(bytes.fromhex(color[1:])) for color in scenes.PALETTE])[labels]


def loss(app):
    return values(charts(app)["loss"]["data"][-1])


def texts(app):
    return " ".join(element.value for element in [*app.text, *app.markdown, *app.caption])


def test_before_any_run_the_scene_and_its_ground_truth_are_shown(app):
    assert not app.exception
    assert "Press Start" in texts(app)
    shown, scene = maps(app, "training_maps"), figures.watched()
    np.testing.assert_array_equal(shown["Truth"]["pixels"], painted(scene.labels))
    assert shown["Test street"]["pixels"].shape == scene.picture.shape
    assert shown["Answer"]["pixels"] is None
    assert not status(app)
    assert not app.button(key="training_go").disabled
    assert "loss" not in charts(app)


def test_a_run_learns_and_can_be_paused_resumed_and_stopped(app):
    app.session_state["training_more_figures"] = True
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
    assert "FCN-8s; its kernels start bilinear and learn; learning rate 0.008" in texts(app)
    answer = maps(app, "training_maps")["Answer"]
    (run,) = controls.runs()._runs.values()
    np.testing.assert_array_equal(answer["pixels"], painted(run.snapshot.prediction))
    assert f"{run.snapshot.mean_iu:.2f}" in answer["note"]
    assert f"from {loss(app)[0]:.2f} to" in texts(app)


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
    press(app, "stop")
    run_until(app, lambda: status(app).startswith("Stopped"))
    assert status(again.run()).startswith("Stopped")


def buttons(app):
    """Return the names of the buttons of a training, and whether each can be pressed."""
    here = {button.key: not button.disabled for button in app.button}
    driven = [f"training_{name}" for name in ("go", "pause", "resume", "stop")]
    return {key.removeprefix("training_"): here[key] for key in driven if key in here}


def test_who_has_the_address_of_a_run_can_watch_but_not_drive(app):
    start(app, steps=400)
    run_until(app, lambda: status(app).startswith("Running") and "loss" in charts(app))
    watcher = AppTest.from_file(PAGE, default_timeout=60)
    watcher.query_params["training_run"] = app.query_params["training_run"]
    watcher.run()
    assert buttons(watcher) == {"go": True}
    assert buttons(app) == {"go": False, "pause": True, "stop": True}
    assert "loss" in charts(watcher)
    start(watcher, steps=50)  # a run of the watcher's own waits, and leaves the other one alone
    assert status(watcher).startswith("Waiting")
    assert buttons(watcher) == {"go": False, "pause": False, "stop": True}
    assert status(app.run()).startswith("Running")
    press(app, "pause")
    run_until(app, lambda: status(app).startswith("Paused"))
    assert buttons(app) == {"go": False, "resume": True, "stop": True}


def test_an_address_of_a_forgotten_run_shows_the_empty_page():
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.query_params["training_run"] = "forgotten"
    app.run()
    assert not app.exception
    assert "training_run" not in app.query_params
    assert maps(app, "training_maps")["Answer"]["pixels"] is None
    assert not status(app)


def test_of_several_runs_in_an_address_only_the_known_ones_stay(app):
    start(app, steps=50)
    (name,) = controls.runs()._runs
    again = AppTest.from_file(PAGE, default_timeout=60)
    again.query_params["training_run"] = ["forgotten", name]
    again.run()
    assert name in again.query_params["training_run"]
    assert "forgotten" not in again.query_params["training_run"]


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
    assert all(texts(app).count(f"{name}; its kernels") == 1 for name in ("FCN-32s", "FCN-8s"))
    app.session_state["training_more_figures"] = True
    app.run()
    for name in ("bus", "person"):
        app.selectbox(key="training_class").set_value(name).run()
        assert name in charts(app)["kernel"]["layout"]["title"]["text"]


@pytest.mark.slow
def test_a_fixed_kernel_stays_bilinear(app):
    app.session_state["training_more_figures"] = True
    start(app, steps=50, kernels="bilinear_fixed")
    run_until(app, lambda: status(app).startswith("Done"))
    shown = values(charts(app)["kernel"]["data"][0], "z").reshape(16, 16)
    tent = 1 - np.abs((np.arange(16) - 7.5) / 8)
    np.testing.assert_allclose(shown, np.outer(tent, tent), atol=1e-6)


@pytest.mark.slow
def test_a_zero_kernel_shows_a_warning_and_does_not_learn(app):
    start(app, steps=50, kernels="zero_learned")
    assert "ln 7 = 1.95" in texts(app)
    run_until(app, lambda: status(app).startswith("Done"))
    np.testing.assert_allclose(loss(app), np.log(7), rtol=1e-5)


def test_a_failed_run_shows_its_error(app, monkeypatch):
    chosen = live_run.small_options
    monkeypatch.setattr(
        live_run, "small_options", lambda *a, **k: replace(chosen(*a, **k), size=(97, 97))
    )
    start(app.run())
    run_until(app, lambda: status(app).startswith("Failed"))
    (failed,) = controls.runs()._runs.values()
    assert str(failed.error) in texts(app)
    assert not app.button(key="training_go").disabled


def test_a_full_queue_shows_its_error(app, monkeypatch):
    monkeypatch.setattr(controls.runs()._jobs, "_most_waiting", 0)
    press(app, "go")
    with pytest.raises(BusyError) as caught:
        controls.runs().start(live_run.small_options(), None, "somebody else")
    assert str(caught.value) in texts(app)
    assert not controls.runs()._runs


@pytest.fixture(scope="module")
def kept():
    """Return the mean IU of the first test scenes through cells of 32 px."""
    total = sum(grid_bound.confusions(scenes.scene(seed).labels, [32])[32] for seed in range(20))
    return measure(total).mean_iu


def test_the_grid_bound_is_measured_on_the_first_test_scenes(app, kept):
    assert "bound" not in charts(app)
    predict(app, "kept", story.SKIP)
    paper, here = charts(app)["bound"]["data"]
    assert here["x"] == [str(factor) for factor in FACTORS] == paper["x"]
    assert here["y"][3] == pytest.approx(kept)
    assert f"{kept:.2f}" in texts(app)
    assert paper["y"] == pytest.approx([0.985, 0.964, 0.928, 0.861, 0.733, 0.509])


@pytest.mark.parametrize("factor", [32, 4])
def test_a_scene_is_shown_after_cells_of_the_chosen_size(app, factor):
    app.select_slider(key="training_factor").set_value(factor).run()
    truth = scenes.scene(10).labels
    coarse = grid_bound.down_and_up(factor, truth)
    shown = maps(app, "training_bound_example")
    answer, errors = list(shown.values())[2:]
    np.testing.assert_array_equal(answer["pixels"], painted(coarse))
    assert f"{(coarse != truth).mean():.1%}" in errors["note"]


def test_a_network_with_cells_of_32_px_exceeds_the_bound_on_the_street_shown(answers):
    truth, labels = answers[skips.FIRST]
    np.testing.assert_array_equal(truth, scenes.scene(bound_section.EXAMPLE).labels)
    coarse = grid_bound.down_and_up(32, truth)
    assert (labels["fcn_32s"] != truth).mean() < (coarse != truth).mean()


def predict(app, name, choice):
    app.pills(key=f"training_{name}").set_value(choice).run()
    assert not app.exception
    return app.session_state["predictions"][f"training_{name}"].right


@pytest.mark.parametrize("chosen", [*live_run.STARTS, story.SKIP])
def test_the_prediction_of_the_first_loss(app, chosen):
    right = min(live_run.STARTS, key=lambda name: abs(STARTS[name] + np.log(1 / 7)))
    assert predict(app, "start", chosen) is (None if chosen == story.SKIP else chosen == right)
    assert f"{np.log(7):.2f}" in texts(app)


@pytest.mark.parametrize("chosen", [*bound_section.RANGES, story.SKIP])
def test_the_prediction_of_what_the_grid_keeps(app, kept, chosen):
    right = "low" if kept <= 0.5 else "middle" if kept <= 0.75 else "high"
    assert predict(app, "kept", chosen) is (None if chosen == story.SKIP else chosen == right)


@pytest.fixture(scope="module")
def answers():
    """Return truth and answers of the three heads for two streets."""
    loaded = {head: built_in.network(head) for head in built_in.NAMES}
    streets = {}
    for number in (11, 3):
        street = scenes.scene(scenes.TEST_SEEDS[number - 1])
        labels = {h: label_map(n.scores(street.picture).logits) for h, n in loaded.items()}
        streets[number] = street.labels, labels
    for network in loaded.values():
        network.close()
    return streets


def iu(truth, labels, index):
    union = ((truth == index) | (labels == index)).sum()
    return ((truth == index) & (labels == index)).sum() / union if union else np.nan


@pytest.mark.parametrize("number", [11, 3])
def test_the_heads_answer_for_the_chosen_street(app, answers, number):
    app.slider(key="training_street").set_value(number).run()
    truth, labels = answers[number]
    shown, errors = maps(app, "training_heads"), maps(app, "training_errors")
    np.testing.assert_array_equal(shown["Truth"]["pixels"], painted(truth))
    for head, name in built_in.NAMES.items():
        ious = [iu(truth, labels[head], index) for index in range(7)]
        np.testing.assert_array_equal(shown[name]["pixels"], painted(labels[head]))
        assert f"{np.nanmean(ious):.2f}" in shown[name]["note"]
        assert f"{(labels[head] != truth).mean():.1%}" in errors[name]["note"]


@pytest.mark.parametrize(("asked", "seed"), [("3", 2), ("99", 10), ("all", 10), (None, 10)])
def test_the_heads_are_asked_once_and_before_anything_is_shown(monkeypatch, asked, seed):
    seen = []

    def submit(queue, key, work, owner):
        seen.append(key)
        return Job(key, work)

    monkeypatch.setattr(jobs.Jobs, "submit", submit)
    monkeypatch.setattr(jobs, "show_progress", lambda *_, **__: False)
    begin = page.setup
    monkeypatch.setattr(page, "setup", lambda path: [seen.append("shown"), begin(path)])
    app = AppTest.from_file(PAGE, default_timeout=60)
    if asked:
        app.query_params["training_street"] = asked
    app.run()
    assert not app.exception
    known = asked is None or asked == "3"
    assert seen == ([("street", seed), "shown"] if known else ["shown", ("street", seed)])
    app.slider(key="training_street").set_value(5).run()
    assert seen[2:] == [("street", 4), "shown"]


def test_a_full_queue_is_said_once(monkeypatch):
    monkeypatch.setattr(jobs.queue("inference"), "_most_waiting", -1)
    app = AppTest.from_file(PAGE, default_timeout=60).run()
    assert not app.exception
    assert len([text for text in app.text if "Too many" in text.value]) == 1


@pytest.mark.parametrize("chosen", [*skips.ASKED, story.SKIP])
def test_the_prediction_of_the_class_that_gains_most(app, answers, chosen):
    truth, labels = answers[skips.FIRST]
    gains = {
        name: iu(truth, labels["fcn_8s"], index) - iu(truth, labels["fcn_32s"], index)
        for index, name in enumerate(scenes.CLASSES)
        if name in skips.ASKED
    }
    assert "iu" not in charts(app)
    right = max(gains, key=gains.get)
    assert predict(app, "gain", chosen) is (None if chosen == story.SKIP else chosen == right)
    bars = charts(app)["iu"]["data"]
    for bar, head in zip(bars, built_in.NAMES, strict=True):
        expected = [iu(truth, labels[head], index) for index in range(7)]
        np.testing.assert_allclose(values(bar), expected)


def test_controls_in_an_address_are_kept():
    app = AppTest.from_file(PAGE, default_timeout=60)
    given = {"gain": "sky", "factor": "16", "rate": "0.02", "head": "FCN-32s", "street": "3"}
    for name, value in given.items():
        app.query_params[f"training_{name}"] = value
    app.run()
    assert not app.exception
    assert set(app.session_state["predictions"]) == {"training_gain"}
    assert app.select_slider(key="training_factor").value == 16
    assert app.selectbox(key="training_rate").value == 0.02
    assert app.segmented_control(key="training_head").value == "fcn_32s"
    assert app.slider(key="training_street").value == 3


def test_the_page_says_what_start_would_train(app):
    """The options are in a closed fold, and the maps are those of an earlier run."""
    start(app, steps=50)
    press(app, "stop")
    run_until(app, lambda: status(app).startswith("Stopped"))
    assert "press Start" not in texts(app)
    app.segmented_control(key="training_head").set_value("fcn_32s")
    app.selectbox(key="training_rate").set_value(0.02)
    assert "FCN-32s, learning rate 0.02: press Start" in texts(app.run())


@pytest.mark.parametrize("path", onward.TRIES.values())
def test_what_to_try_opens_in_the_state_it_names(path):
    page, state = path
    app = AppTest.from_file(str(Path(PAGE).parents[1] / page), default_timeout=60)
    for name, value in state.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    if page == "pages/training.py":
        assert app.segmented_control(key="training_head").value == "fcn_32s"
        assert app.selectbox(key="training_rate").value == max(live_run.RATES)


def test_the_table_has_the_iu_of_every_class(app, answers):
    app.session_state["training_iu_fold"] = True
    predict(app, "gain", story.SKIP)
    truth, labels = answers[skips.FIRST]
    (table,) = [part.value for part in app.table]
    for head, name in built_in.NAMES.items():
        expected = [f"{iu(truth, labels[head], index):.2f}" for index in range(7)]
        assert table[name].tolist()[:7] == expected


def test_the_page_has_its_steps(app):
    assert [header.value[:2] for header in app.header[:4]] == ["1.", "2.", "3.", "4."]


def test_the_commands_shown_are_understood(monkeypatch):
    called = []
    for name in ("train", "evaluate"):
        monkeypatch.setattr(cli.training, name, lambda options: called.append(vars(options)))
    for line in alone.COMMANDS.splitlines():
        python, *words = shlex.split(line)
        assert (python, words[:2]) == ("python", ["-m", "fcnlib"])
        assert cli.main(words[2:]) == 0
    assert [str(called[0]["folder"]), str(called[1]["weights"])] == [
        "runs/street",
        "runs/street/weights.npz",
    ]


def test_the_page_states_the_default_steps_of_the_command(tmp_path, monkeypatch):
    steps = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(stages, "train", lambda options, *_, **__: steps.append(options.steps))
    assert cli.main(["train"]) == 0
    assert steps == [alone.SHIPPED_STEPS]


def test_the_snippet_shown_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    Path("runs/street").mkdir(parents=True)
    shutil.copy(SHIPPED, "runs/street/weights.npz")
    street = scenes.scene(10)
    Path("street.png").write_bytes(images.encode_png(street.picture))
    exec(alone.SNIPPET, {})
    assert {line.partition(":")[0] for line in capsys.readouterr().out.splitlines()} <= set(
        scenes.CLASSES
    )


def test_the_source_code_shown_is_that_of_the_library(app):
    shown = "\n".join(code.value for code in app.code)
    for name in ("work", "step", "build_head", "upscore", "down_and_up", "cell_shares"):
        assert f"def {name}(" in shown


def test_every_head_has_a_name(app):
    assert list(app.segmented_control(key="training_head").options) == [*built_in.NAMES.values()]
