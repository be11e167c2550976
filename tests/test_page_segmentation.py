"""The Segmentation page where something is missing or wrong; see also `test_end_to_end`."""

import time
from pathlib import Path

import numpy as np
import pytest
from checkpoint_factory import NARROW, write_v1
from streamlit.testing.v1 import AppTest
from weights_server import WeightsServer

from fcnlib import checkpoints, images
from fcnlib.ui import work
from fcnlib.ui.pictures import BUS

PAGE = str(Path(__file__).parents[1] / "pages/segmentation.py")
PHOTO = images.encode_png(np.full((40, 50, 3), 99, np.uint8))


@pytest.fixture(autouse=True)
def own_queues():
    yield
    work.queue.clear()


@pytest.fixture
def without_weights(monkeypatch, tmp_path):
    monkeypatch.delenv("FCNLIB_VGG_CHECKPOINT", raising=False)
    monkeypatch.setenv("FCNLIB_CACHE_DIR", str(tmp_path))
    return AppTest.from_file(PAGE, default_timeout=60)


@pytest.fixture
def app(monkeypatch, tmp_path):
    """Open the page with a checkpoint in place, if not the right one."""
    path = write_v1(tmp_path / "vgg_16.ckpt", checkpoints.vgg_16_shapes(**NARROW))
    monkeypatch.setenv("FCNLIB_VGG_CHECKPOINT", str(path))
    monkeypatch.setenv("FCNLIB_ALLOW_LOCAL_PICTURES", "1")
    return AppTest.from_file(PAGE, default_timeout=60).run()


def texts(app):
    return " ".join(element.value for element in [*app.text, *app.markdown, *app.caption])


def run_until(app, condition):
    for _ in range(300):
        if condition():
            return
        time.sleep(0.2)
        app.run()
    raise AssertionError(texts(app))


def choose(app, source):
    app.segmented_control(key="segmentation_source").set_value(source).run()


def test_without_weights_one_sentence_tells_and_every_way_is_offered(without_weights):
    app = without_weights.run()
    assert not app.exception
    assert "needs its weights once: half a gigabyte" in texts(app)
    assert app.button(key="segmentation_fetch").label == "Download 513 MB"
    assert "FCNLIB_VGG_CHECKPOINT=" in app.code[0].value
    assert app.button(key="segmentation_run").disabled


def test_the_other_source_has_its_own_size(without_weights):
    app = without_weights.run()
    app.segmented_control(key="segmentation_weights_from").set_value("keras").run()
    assert app.button(key="segmentation_fetch").label == "Download 553 MB"


def test_a_failed_download_says_why_and_can_be_tried_again(without_weights, monkeypatch):
    monkeypatch.setenv("FCNLIB_WEIGHTS_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("fcnlib.downloads.BACKOFF_S", 0)
    app = without_weights.run()
    app.button(key="segmentation_fetch").click().run()
    run_until(app, lambda: "4 times" in texts(app))
    assert not app.exception
    assert not app.button(key="segmentation_fetch").disabled


def test_a_download_can_be_stopped_and_begun_again(without_weights, monkeypatch, tmp_path):
    """A server that drips: the progress is seen, then Stop, and the button is back."""
    archive = {"vgg_16_2016_08_28.tar.gz": bytes(3_000_000)}
    with WeightsServer(archive) as server:
        server.always.pause = 0.2
        monkeypatch.setenv("FCNLIB_WEIGHTS_URL", server.url)
        monkeypatch.setenv("FCNLIB_WEIGHTS_SIZE", "3000000")
        app = without_weights.run()
        app.button(key="segmentation_fetch").click().run()
        run_until(app, lambda: any("3,000,000 bytes" in bar.proto.text for bar in app.get("progress")))
        app.button(key="segmentation_download_stop").click().run()
        run_until(app, lambda: "Stopped." in texts(app))
    assert app.button(key="segmentation_fetch").label == "Download 513 MB"


def test_the_bus_of_the_post_comes_first(app):
    assert app.text_input(key="segmentation_address").value == BUS


def test_an_address_without_a_picture_is_told_and_kept(app):
    with WeightsServer({}) as server:
        app.text_input(key="segmentation_address").set_value(f"{server.url}/no.png").run()
        app.button(key="segmentation_run").click().run()
    assert not app.exception
    assert "answered 404" in texts(app)
    assert app.text_input(key="segmentation_address").value == f"{server.url}/no.png"


def test_a_file_that_is_no_picture_is_told(app):
    choose(app, "upload")
    assert app.button(key="segmentation_run").disabled
    app.file_uploader(key="segmentation_upload").upload("cat.png", b"not a picture").run()
    assert not app.exception
    assert "Not done" in texts(app)
    app.file_uploader(key="segmentation_upload").upload("cat.png", PHOTO).run()
    assert not app.button(key="segmentation_run").disabled


@pytest.mark.parametrize("source", ["upload", "sample"])
def test_wrong_weights_end_in_a_sentence_and_the_page_goes_on(app, source):
    choose(app, source)
    if source == "upload":
        app.file_uploader(key="segmentation_upload").upload("cat.png", PHOTO).run()
    app.button(key="segmentation_run").click().run()
    run_until(app, lambda: "not the expected VGG-16" in texts(app))
    assert not app.exception
    assert not app.button(key="segmentation_run").disabled
