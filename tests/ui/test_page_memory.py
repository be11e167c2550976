"""The section on memory and on how few classes can win, alone and on its page."""

import json
import re
import time
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fcnlib.class_map import memory, reference
from fcnlib.segmentation import Segmentation
from fcnlib.ui.jobs import queue
from fcnlib.ui.segmentation import memory as section_code

PAGE = str(Path(__file__).parents[2] / "pages/segmentation.py")


@pytest.fixture(autouse=True)
def own_queues():
    yield
    queue.clear()


@pytest.fixture
def little(monkeypatch):
    """Make the random scores few, so that timing them takes a moment."""
    few = np.random.default_rng(0).standard_normal((3, 4, 40)).astype(np.float32)
    monkeypatch.setattr(reference, "random_scores", lambda _kind: few)
    section_code._random.clear()
    yield
    section_code._random.clear()


def section(result):
    def script(result):
        from fcnlib.ui.segmentation.memory import show_memory

        show_memory(result, "gb")

    return AppTest.from_function(script, args=(result,), default_timeout=60)


def result(classes):
    logits = np.random.default_rng(1).standard_normal((2, 3, classes)).astype(np.float32)
    names = tuple(f"class {n}" for n in range(classes))
    labels = np.zeros((60, 90), np.uint8)
    picture = np.zeros((60, 90, 3), np.uint8)
    return Segmentation("VGG", names, picture, (4, 6), logits, 32, logits.argmax(-1), labels)


def texts(app):
    return " ".join(element.value for element in [*app.text, *app.markdown, *app.caption])


def titles(app):
    specs = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    return " ".join(spec["layout"]["title"]["text"] for spec in specs)


def run_until(app, condition):
    for _ in range(200):
        if condition():
            return
        time.sleep(0.1)
        app.run()
    raise AssertionError(texts(app))


@pytest.mark.parametrize(
    ("machine", "figures"),
    [
        (24 * 10**9, ["81.4%", "24 GB"]),
        (16 * 10**9, ["16 GB"]),
        (None, []),
    ],
)
def test_the_dense_kernel_is_held_against_this_machine(monkeypatch, little, machine, figures):
    monkeypatch.setattr(section_code, "machine_nbytes", lambda: machine)
    app = section(result(9)).run()
    assert not app.exception
    (said,) = [text.value for text in app.markdown if "**19.5 GB**" in text.value]
    assert re.findall(r"[\d.]+(?:%| GB)", said.partition("**19.5 GB**")[2]) == figures


def test_other_classes_and_factors_take_what_the_plan_says(little):
    app = section(result(9)).run()
    app.segmented_control(key="gb_classes").set_value(21).run()
    app.segmented_control(key="gb_x").set_value(8).run()
    assert "21 classes × 8" in titles(app)
    total = memory.requirements(8, 21)["dense"].total
    assert f"**{total / 1e6:.3g} MB**" in texts(app)


def test_the_scores_of_the_result_come_first_and_random_ones_can_be_chosen(little):
    app = section(result(9)).run()
    choice = app.segmented_control(key="gb_source")
    assert choice.value == "picture"
    assert "9 classes" in titles(app)
    choice.set_value("smooth").run()
    assert not app.exception
    assert "40 classes" in titles(app)


def test_both_ways_are_timed_on_request_and_the_times_kept(little):
    app = section(result(9)).run()
    assert not app.metric
    app.button(key="gb_timing").click().run()
    run_until(app, lambda: app.metric)
    assert [metric.label for metric in app.metric] == ["Exact map", "Every class at every pixel"]
    assert all(metric.value.endswith("s") for metric in app.metric)
    assert "The maps are the same" in texts(app)
    values = [metric.value for metric in app.metric]
    app.button(key="gb_timing").click().run()
    assert [metric.value for metric in app.metric] == values


def test_a_full_queue_is_told(little, monkeypatch):
    jobs = queue("inference")
    monkeypatch.setattr(jobs, "_most_waiting", 0)
    app = section(result(9)).run()
    app.button(key="gb_timing").click().run()
    assert "others are waiting" in texts(app)


def test_it_maps_the_scores_of_the_photograph_on_the_page_of_segmentation(little):
    app = AppTest.from_file(PAGE, default_timeout=120).run()
    app.session_state["segmentation_imagenet_memory_fold"] = True
    app.run()
    assert not app.exception
    key = "segmentation_imagenet_gb_source"
    assert app.segmented_control(key=key).value == "picture"
    assert "1000 classes" in titles(app)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0.0123, "12 ms"), (0.999, "999 ms"), (1.0, "1.00 s"), (1.5, "1.50 s"), (12.345, "12.35 s")],
)
def test_times_from_one_second_on_are_in_seconds(seconds, text):
    assert section_code._seconds(seconds) == text


@pytest.mark.parametrize("kind", [kind for kind in section_code.SOURCES if kind != "picture"])
def test_random_scores_fill_the_picture_of_the_memory_table(monkeypatch, little, kind):
    monkeypatch.setattr(section_code, "choose_one", lambda *_: kind)
    monkeypatch.setattr(reference, "random_scores", lambda _: np.zeros((24, 32, 2), np.float32))
    field = section_code._choose_field(result(9), "gb")
    assert field.size == memory.PICTURE == (768, 1024)
    assert tuple(side * field.factor for side in field.logits.shape[:2]) == field.size
