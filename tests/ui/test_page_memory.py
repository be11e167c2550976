"""The page about memory: its steps, its predictions, and its folds."""

import base64
import json
import re
import time
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fcnlib.class_map import memory, reference, surviving_classes
from fcnlib.plots.pruning import NAMES
from fcnlib.segmentation import Segmentation
from fcnlib.ui.jobs import queue
from fcnlib.ui.memory import deeper, kernels, survivors
from fcnlib.ui.segmentation.run import JOB
from fcnlib.ui.story import SKIP

PAGE = str(Path(__file__).parents[2] / "pages/memory.py")


@pytest.fixture(autouse=True)
def own_queues():
    yield
    queue.clear()


@pytest.fixture
def little(monkeypatch):
    """Make the random scores few, so that timing them takes a moment."""
    few = np.random.default_rng(0).standard_normal((3, 4, 40)).astype(np.float32)
    monkeypatch.setattr(reference, "random_scores", lambda _kind: few)
    deeper._random.clear()
    yield
    deeper._random.clear()


@pytest.fixture
def small(monkeypatch):
    """Let the page show a small result at once, without a network."""
    shown = result(9)
    monkeypatch.setattr(survivors, "run", lambda _request: {"imagenet": shown})
    return shown


def opened(**address):
    app = AppTest.from_file(PAGE, default_timeout=120)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def predicted(key, choice):
    """Return the page after a prediction. Streamlit's addresses have the labels of choices."""
    app = opened()
    app.button_group(key=key).set_value(choice).run()
    assert not app.exception
    return app


def unfolded(name, given):
    def script(name, given):
        from fcnlib.ui.memory import deeper

        getattr(deeper, name)(*given)

    return AppTest.from_function(script, args=(name, given), default_timeout=60)


def result(classes):
    logits = np.random.default_rng(1).standard_normal((2, 3, classes)).astype(np.float32)
    names = tuple(f"class {n}" for n in range(classes))
    labels = np.zeros((60, 90), np.uint8)
    picture = np.zeros((60, 90, 3), np.uint8)
    return Segmentation("VGG", names, picture, (4, 6), logits, 32, logits.argmax(-1), labels)


def texts(app):
    return " ".join(element.value for element in [*app.text, *app.markdown, *app.caption])


def charts(app):
    return {chart.key: json.loads(chart.proto.spec) for chart in app.get("plotly_chart")}


def titles(app):
    return " ".join(spec["layout"]["title"]["text"] for spec in charts(app).values())


def run_until(app, condition):
    for _ in range(200):
        if condition():
            return
        time.sleep(0.1)
        app.run()
    raise AssertionError(texts(app))


def test_the_page_opens_with_its_figures(small):
    app = opened()
    assert {
        *("memory_bars", "memory_grid", "memory_growth", "memory_diagonal", "memory_column"),
        *("memory_row", "memory_product", "memory_between"),
    } <= set(charts(app))
    # The depthwise kernel's memory, which step 2 asks for, is not among the bars.
    assert charts(app)["memory_bars"]["data"][0]["y"] == [NAMES["dense"], NAMES["exact"]]
    assert "1 GB is 10⁹ bytes" in texts(app)
    assert [header.value.partition(".")[0] for header in app.header][:4] == ["1", "2", "3", "4"]


def test_the_photograph_is_that_of_the_job_that_the_segmentation_page_uses():
    app = predicted("memory_survivors_left", SKIP)
    run_until(app, lambda: "memory_survivors" in charts(app))
    scores = app.session_state[JOB].result["imagenet"].coarse_logits
    assert scores.shape[2] == 1000
    mean = surviving_classes(scores).mean()
    assert f"On average {mean:.1f} remain" in texts(app)
    right = "under 20" if mean < 20 else "20 to 100" if mean <= 100 else "over 100"
    assert f"**The answer: {right}.**" in texts(app)


@pytest.mark.parametrize("classes", kernels.CLASSES)
def test_the_dense_kernel_is_computed_for_every_number_of_classes(small, classes):
    app = opened(memory_classes=str(classes))
    nbytes = 4 * 64 * 64 * classes**2
    marks = [t for t in charts(app)["memory_growth"]["data"] if t["mode"] == "markers"]
    assert marks[0]["y"] == [nbytes / 1e9]
    assert len(marks) == 1  # the depthwise kernel is asked for in the next step
    assert f"{classes:,} × {classes:,} kernels" in texts(app)


@pytest.mark.parametrize("choice", ["half", "tenth", "thousandth", SKIP])
def test_the_share_of_the_diagonal_is_predicted(small, choice):
    app = predicted("memory_share", choice)
    needs = memory.requirements(32, 1000)
    assert needs["dense"].kernel / needs["depthwise"].kernel == 1000
    right = {"thousandth": "You were right", SKIP: "The answer"}.get(choice, "Not quite")
    assert f"**{right}: 16 MB, a thousandth.**" in texts(app)
    assert "both layers give the same enlarged scores" in texts(app)


def test_both_layers_are_compared_with_each_other(monkeypatch):
    assert kernels.depthwise_difference() < 1e-14
    monkeypatch.setattr(kernels, "enlarged", lambda _f, _k, scores: np.zeros((12, 20, 6)))
    assert kernels.depthwise_difference() > 1


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_column_times_row_is_the_kernel(small, factor):
    app = opened(memory_factor=str(factor))
    column, row, product = (
        _values(charts(app)[f"memory_{name}"]) for name in ("column", "row", "product")
    )
    np.testing.assert_allclose(column.reshape(-1, 1) * row.reshape(1, -1), product, atol=1e-6)


@pytest.mark.parametrize("choice", ["hundreds", "tens", "few", SKIP])
def test_the_classes_that_can_win_are_predicted(small, choice):
    app = predicted("memory_survivors_left", choice)
    # Nine classes cannot leave twenty.
    right = {"few": "You were right", SKIP: "The answer"}.get(choice, "Not quite")
    assert f"**{right}: under 20.**" in texts(app)
    mean = surviving_classes(small.coarse_logits).mean()
    assert f"On average {mean:.1f} remain" in texts(app)
    edge = charts(app)["memory_survivors"]["data"][-1]
    row, col = survivors.contested_pair(small)
    assert (edge["y"][0], edge["x"][0]) == (32 * row + 15.5, 32 * col + 15.5)


def test_before_the_prediction_the_answer_is_hidden(small):
    app = opened()
    assert "memory_survivors" not in charts(app)
    assert "On average" not in texts(app)


def test_lines_between_cells_are_those_of_the_scores(small):
    row, col = survivors.contested_pair(small)
    first, second = small.coarse_logits[row, col : col + 2]
    share = np.linspace(0, 1, 500)[:, None]
    winning = set(((1 - share) * first + share * second).argmax(1))
    lines = charts(predicted("memory_survivors_left", SKIP))["memory_between"]["data"][1:-1]
    drawn = {int(line["name"].split()[1].strip(",")): line["y"] for line in lines}
    assert winning <= set(drawn)
    for index, ends in drawn.items():
        np.testing.assert_allclose(ends, [first[index], second[index]], rtol=1e-6)


def test_only_classes_below_the_leader_at_both_ends_are_gray(small):
    row, col = survivors.contested_pair(small)
    first, second = small.coarse_logits[row, col : col + 2].astype(float)
    leader = (first + second).argmax()
    below = (first < first[leader]) & (second < second[leader])
    app = predicted("memory_survivors_left", SKIP)
    others, *lines, example = charts(app)["memory_between"]["data"]
    assert int(example["name"].split()[1].strip(",")) in np.flatnonzero(below)
    assert others["name"].startswith(f"{below.sum()} below the leader")
    assert {line["name"].split(",")[0] for line in lines} == {
        f"class {index}" for index in np.flatnonzero(~below)
    }
    assert [line["name"] for line in lines if line["name"].endswith("the leader")] == [
        f"class {leader}, the leader"
    ]
    assert f"In the middle, class {leader} leads." in texts(app)


def test_the_picture_of_the_segmentation_page_can_be_chosen(small):
    app = AppTest.from_file(PAGE, default_timeout=60)
    own = result(12)
    job = queue("inference").submit(
        (("vgg_16",), "mine", 1024, "float32", False), lambda _: {"vgg_16": own}, "me"
    )
    assert job.wait(30)
    app.session_state[JOB] = job
    app.run()
    assert not app.exception
    app.button_group(key="memory_picture").set_value(survivors.OWN).run()
    assert not app.exception
    app.button_group(key="memory_survivors_left").set_value(SKIP).run()
    assert not app.exception
    mean = surviving_classes(own.coarse_logits).mean()
    assert f"On average {mean:.1f} remain" in texts(app)


@pytest.mark.parametrize(
    "address",
    [
        {"memory_classes": "7"},
        {"memory_factor": "99"},
        {"memory_picture": "nothing"},
        {"memory_picture": survivors.OWN},
        {"memory_share": "all"},
    ],
)
def test_wrong_addresses_do_no_harm(small, address):
    assert charts(opened(**address))


@pytest.mark.parametrize(
    ("machine", "figures"),
    [
        (24 * 10**9, ["81.4%", "24 GB"]),
        (16 * 10**9, ["16 GB"]),
        (None, []),
    ],
)
def test_the_dense_kernel_is_held_against_this_machine(monkeypatch, machine, figures):
    monkeypatch.setattr(deeper, "machine_nbytes", lambda: machine)
    app = unfolded("show_requirements", ()).run()
    assert not app.exception
    (said,) = [text.value for text in app.markdown if "**19.5 GB**" in text.value]
    after = said.partition("**19.5 GB**.")[2].partition(" The first three")[0]
    assert re.findall(r"[\d.]+(?:%| GB)", after) == figures


def test_other_classes_and_factors_take_what_the_plan_says():
    app = unfolded("show_requirements", ()).run()
    app.segmented_control(key="memory_scale_classes").set_value(21).run()
    app.segmented_control(key="memory_scale_factor").set_value(8).run()
    assert "21 classes × 8" in titles(app)
    total = memory.requirements(8, 21)["dense"].total
    assert f"**{total / 1e6:.3g} MB**" in texts(app)
    assert "logarithmic" in texts(app)


def test_the_scores_of_the_result_come_first_and_random_ones_can_be_chosen(little):
    app = unfolded("show_scores", (result(9),)).run()
    choice = app.segmented_control(key="memory_scores_source")
    assert choice.value == "picture"
    assert "9 classes" in titles(app)
    choice.set_value("smooth").run()
    assert not app.exception
    assert "40 classes" in titles(app)


def test_both_ways_are_timed_on_request_and_the_times_kept(little):
    app = unfolded("show_scores", (result(9),)).run()
    assert not app.metric
    app.button(key="memory_timing").click().run()
    run_until(app, lambda: app.metric)
    assert [metric.label for metric in app.metric] == ["Exact map", "Every class at every pixel"]
    assert all(metric.value.endswith("s") for metric in app.metric)
    assert "The maps are the same" in texts(app)
    values = [metric.value for metric in app.metric]
    app.button(key="memory_timing").click().run()
    assert [metric.value for metric in app.metric] == values


def test_a_full_queue_is_told(little, monkeypatch):
    jobs = queue("inference")
    monkeypatch.setattr(jobs, "_most_waiting", 0)
    app = unfolded("show_scores", (result(9),)).run()
    app.button(key="memory_timing").click().run()
    assert "others are waiting" in texts(app)


@pytest.mark.parametrize(
    "fold", ["memory_scale_fold", "memory_scores_fold", "memory_measured_fold"]
)
def test_the_folds_open(small, little, fold):
    app = predicted("memory_survivors_left", SKIP)
    app.session_state[fold] = True
    app.run()
    assert not app.exception
    if fold == "memory_measured_fold":
        assert list(app.table[0].value["Classes"]) == ["21", "100", "200", "400", "1000"]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0123, "12 ms"), (0.999, "999 ms"), (1.0, "1.00 s"), (1.5, "1.50 s"), (12.345, "12.35 s")],
)
def test_times_from_one_second_on_are_in_seconds(seconds, text):
    assert deeper._seconds(seconds) == text


@pytest.mark.parametrize("kind", [kind for kind in deeper.SOURCES if kind != "picture"])
def test_random_scores_fill_the_picture_of_the_memory_table(monkeypatch, little, kind):
    monkeypatch.setattr(deeper, "choose_one", lambda *_, **__: kind)
    monkeypatch.setattr(reference, "random_scores", lambda _: np.zeros((24, 32, 2), np.float32))
    field = deeper.choose_field(result(9))
    assert field.size == memory.PICTURE == (768, 1024)
    assert tuple(side * field.factor for side in field.logits.shape[:2]) == field.size


def _values(spec):
    """Return the heatmap's values, which plotly may send as base64."""
    values = spec["data"][0]["z"]
    if isinstance(values, list):
        return np.array(values)
    flat = np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"])
    return flat.reshape([int(n) for n in values["shape"].split(",")])
