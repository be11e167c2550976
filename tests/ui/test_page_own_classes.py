"""The Training page for a visitor's own classes: pictures, classes, training and its network."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from support.separate_trainings import SOON, separate_trainings

from fcnlib import images, scenes
from fcnlib.datasets.pairs import VOID
from fcnlib.ui.elements import class_legend
from fcnlib.ui.training import controls
from fcnlib.ui.training.own import collection, run

PAGES = Path(__file__).parents[2] / "pages"
STREET = scenes.scene(3, (96, 128))


@pytest.fixture(autouse=True)
def short(monkeypatch):
    """Let every training have three steps, and stop those that run at the end."""
    chosen = run.short_options
    monkeypatch.setattr(run, "short_options", lambda *a, **k: replace(chosen(*a, **k), steps=3))
    with separate_trainings():
        yield


@pytest.fixture
def app():
    app = AppTest.from_file(str(PAGES / "training.py"), default_timeout=60)
    app.query_params["training_data"] = "own"
    app.run()
    assert not app.exception
    return app


def sent(app):
    """Return what the browser gets of the picture to paint on."""
    shown = [part.proto for part in app.get("bidi_component")]
    (data,) = [json.loads(part.json) for part in shown if "training_own_paint" in part.id]
    return data


def errors(app):
    return [text.value for text in app.text]


def own(app):
    return app.session_state["training_own_own"]


def upload(app, files):
    app.segmented_control(key="training_own_source").set_value("own").run()
    app.file_uploader(key="training_own_files").set_value(files)
    app.button(key="training_own_submit").click().run()
    assert not app.exception


def train(app):
    app.button(key="training_own_go").click().run()
    assert not app.exception
    (started,) = controls.runs()._runs.values()
    assert started.job.wait(SOON)
    app.run()
    assert not app.exception
    return started


def test_the_page_opens_with_an_example_to_paint_on(app):
    data = sent(app)
    assert [name for name, _ in data["classes"]] == list(scenes.CLASSES)
    assert [color for _, color in data["classes"]] == list(scenes.PALETTE)
    assert data["labels"]
    assert app.pills(key="training_own_example_picture").options == [str(n) for n in range(1, 9)]
    app.pills(key="training_own_example_picture").set_value(7).run()
    assert not sent(app)["labels"], "the last streets have no labels yet"
    assert not [part for part in app.get("download_button") if "save_py" in part.proto.id]


def test_a_training_shows_its_loss_and_answers_and_gives_a_network(app):
    started = train(app)
    assert started.state == "done"
    charts = {chart.key for chart in app.get("plotly_chart")}
    assert charts == {"training_own_loss", *(f"training_own_answer_{n}" for n in range(3))}
    assert started.watched.watched() == [6, 7, 4]
    text = " ".join(element.value for element in app.markdown)
    assert f"**{started.snapshot.mean_iu:.2f}**" in text

    app.button(key="training_own_network_run").click().run()
    job = app.session_state["training_own_network_job"]
    assert job.wait(SOON)
    app.run()
    assert not app.exception
    assert job.result[:2] == b"PK"
    (download,) = [part for part in app.get("download_button") if "training_own" in part.proto.id]
    assert not download.proto.disabled

    page = AppTest.from_file(str(PAGES / "segmentation.py"), default_timeout=60)
    page.session_state["training_own_network_job"] = job
    page.session_state["segmentation_own_fold"] = True
    page.run()
    assert not page.exception
    assert {"segmentation_own_1_coarse", "segmentation_own_1_full"} <= {
        chart.key for chart in page.get("plotly_chart")
    }
    (result,) = page.session_state["segmentation_own_job"].result
    assert result.class_names == scenes.CLASSES

    files = [(f"{n}.zip", job.result, "application/zip") for n in range(4)]
    page.file_uploader(key="segmentation_own_file").set_value(files).run()
    assert not page.exception
    shown = {chart.key for chart in page.get("plotly_chart")}
    assert {f"segmentation_own_{n}_full" for n in (1, 2, 3)} <= shown
    assert "segmentation_own_4_full" not in shown


def test_a_network_of_another_origin_is_refused_on_the_segmentation_page():
    page = AppTest.from_file(str(PAGES / "segmentation.py"), default_timeout=60)
    page.session_state["segmentation_own_fold"] = True
    page.run()
    page.file_uploader(key="segmentation_own_file").set_value([("network.zip", b"PK?", "")]).run()
    assert not page.exception
    assert page.session_state["segmentation_own_job"].error.code == "no_model"
    assert "segmentation_own_1_full" not in {chart.key for chart in page.get("plotly_chart")}
    assert "segmentation_1_full" in {chart.key for chart in page.get("plotly_chart")}


def test_uploads_are_added_and_label_files_bring_their_classes(app):
    labels = np.where(STREET.labels == 3, 1, 0).astype(np.uint8)
    jpeg = images.encode_jpeg(STREET.picture)
    upload(app, [("a.jpg", jpeg, "image/jpeg"), ("a.png", images.encode_png(labels), "image/png")])
    (shown,) = own(app).pictures
    np.testing.assert_array_equal(shown.labels, labels)
    assert len(sent(app)["classes"]) == 2
    upload(app, [("b.jpg", jpeg, "image/jpeg"), ("c.jpg", b"no picture", "image/jpeg")])
    assert [bool((picture.labels != VOID).any()) for picture in own(app).pictures] == [True, False]
    assert any("c.jpg" in text for text in errors(app))


def test_labels_that_do_not_fit_are_refused_and_nothing_is_lost(app):
    upload(app, [("a.jpg", images.encode_jpeg(STREET.picture), "image/jpeg")])
    wrong = images.encode_png(np.zeros((5, 5), np.uint8))
    upload(app, [("b.jpg", images.encode_jpeg(STREET.picture), ""), ("b.png", wrong, "image/png")])
    assert len(own(app).pictures) == 1
    assert any("b.png" in text for text in errors(app))


def test_a_training_without_labels_says_what_to_do(app):
    upload(app, [("a.jpg", images.encode_jpeg(STREET.picture), "image/jpeg")])
    started = train(app)
    assert started.error.code == "no_pictures"
    assert str(started.error) in errors(app)
    assert len(own(app).pictures) == 1


def test_classes_are_checked_and_remembered(app):
    field = "training_own_example_classes"
    app.text_input(key=field).set_value("a, a").run()
    assert not app.exception
    assert len(errors(app)) == 1
    names = ["sky", "<b>", "*x*", "tree"]
    app.text_input(key=field).set_value(" , ".join([*names, ""])).run()
    assert [name for name, _ in sent(app)["classes"]] == names
    app.segmented_control(key="training_own_source").set_value("own").run()
    app.segmented_control(key="training_own_source").set_value("example").run()
    assert [name for name, _ in sent(app)["classes"]] == names


def test_a_class_that_was_removed_is_not_trained():
    street = collection._example()
    labeled = street.labeled(("sky", "building"))
    for file, shown in zip(labeled.pictures, street.pictures, strict=True):
        _, labels = file.read()
        np.testing.assert_array_equal(labels, np.where(shown.labels < 2, shown.labels, VOID))


def test_there_is_a_largest_number_of_pictures(app):
    app.segmented_control(key="training_own_source").set_value("own").run()
    files = [("a.jpg", images.encode_jpeg(STREET.picture), "image/jpeg")]
    kept = own(app)
    upload(app, files)
    kept.pictures *= collection.MOST_PICTURES
    upload(app, files)
    assert len(kept.pictures) == collection.MOST_PICTURES
    assert any("room" in text for text in errors(app))


def test_a_name_is_shown_as_it_was_written():
    shown = class_legend(["a*b_[c](d) :red[e]"], ["#112233"])
    assert shown.endswith("\N{NO-BREAK SPACE}" + r"a\*b\_\[c\]\(d\) \:red\[e\]")


def test_another_visit_cannot_see_a_training(app):
    train(app)
    assert "training_own_run" not in app.query_params
    other = AppTest.from_file(str(PAGES / "training.py"), default_timeout=60)
    other.query_params["training_data"] = "own"
    other.query_params["training_own_run"] = next(iter(controls.runs()._runs))
    other.run()
    assert not [c for c in other.get("plotly_chart") if c.key == "training_own_loss"]
