"""The Segmentation page: the built-in network, and what is missing or wrong for VGG-16.

VGG-16 with weights of full size is in `test_end_to_end`.
"""

import json
import time
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from support.checkpoint_factory import NARROW, write_v1
from support.weights_server import WeightsServer

from fcnlib import images
from fcnlib.networks.vgg import vgg_16_shapes
from fcnlib.ui import jobs
from fcnlib.ui.pictures import BUS
from fcnlib.ui.segmentation.run import FIRST_SEED, first_street

PAGE = str(Path(__file__).parents[2] / "pages/segmentation.py")
PHOTO = images.encode_png(np.full((40, 50, 3), 99, np.uint8))


@pytest.fixture(autouse=True)
def own_queues():
    yield
    jobs.queue.clear()


@pytest.fixture
def without_weights(monkeypatch, tmp_path):
    monkeypatch.delenv("FCNLIB_VGG_CHECKPOINT", raising=False)
    monkeypatch.setenv("FCNLIB_CACHE_DIR", str(tmp_path))
    return opened("VGG-16 (ImageNet)")


@pytest.fixture
def app(monkeypatch, tmp_path):
    """Open the page with a checkpoint in place, if not the right one."""
    path = write_v1(tmp_path / "vgg_16.ckpt", vgg_16_shapes(**NARROW))
    monkeypatch.setenv("FCNLIB_VGG_CHECKPOINT", str(path))
    monkeypatch.setenv("FCNLIB_ALLOW_LOCAL_PICTURES", "1")
    app = opened("VGG-16 (ImageNet)").run()
    return choose(app, "address")


def opened(network):
    """Return the page as an address with the network in it opens it."""
    app = AppTest.from_file(PAGE, default_timeout=60)
    app.query_params["segmentation_network"] = network
    return app


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
    return app.segmented_control(key="segmentation_source").set_value(source).run()


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
    monkeypatch.setattr("fcnlib.checkpoints.downloads.BACKOFF_S", 0)
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
        run_until(
            app, lambda: any("3,000,000 bytes" in bar.proto.text for bar in app.get("progress"))
        )
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


@pytest.mark.parametrize("source", ["upload", "sample", "scene"])
def test_wrong_weights_end_in_a_sentence_and_the_page_goes_on(app, source):
    choose(app, source)
    if source == "upload":
        app.file_uploader(key="segmentation_upload").upload("cat.png", PHOTO).run()
    app.button(key="segmentation_run").click().run()
    run_until(app, lambda: "not the expected VGG-16" in texts(app))
    assert not app.exception
    assert not app.button(key="segmentation_run").disabled


def titles(app):
    specs = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    return [spec["layout"]["title"]["text"] for spec in specs]


def segmented(app):
    run_until(app, lambda: app.get("plotly_chart"))
    assert not app.exception
    return titles(app)


def test_the_page_opens_on_a_street_that_three_heads_have_segmented():
    app = AppTest.from_file(PAGE, default_timeout=60).run()
    shown = segmented(app)
    assert shown[:2] == ["Picture, 160 × 224 px", "The truth, drawn with it"]
    for head in ("FCN-32s", "FCN-16s", "FCN-8s"):
        assert any(title.startswith(f"{head}: mean IU 0.") for title in shown)
    assert any("score_pool3, 20 × 28" in title for title in shown)
    table = app.dataframe[0].value
    assert list(table["Head"]) == ["FCN-32s", "FCN-16s", "FCN-8s"]
    assert table["Mean IU"].iloc[2] > table["Mean IU"].iloc[0]


def test_the_first_street_awaits_the_first_visitor():
    first_street()()
    key = ("built_in", f"scene:{FIRST_SEED}", 224, "float32")
    job = jobs.queue("inference").find(key)
    assert job.wait(60)
    app = AppTest.from_file(PAGE, default_timeout=60).run()
    assert "Picture, 160 × 224 px" in titles(app)


def test_another_street_is_another_picture_and_the_heads_show_their_sums():
    app = AppTest.from_file(PAGE, default_timeout=60).run()
    before = segmented(app)
    app.button(key="segmentation_another").click().run()
    run_until(app, lambda: app.get("plotly_chart") and titles(app) != before)
    app.segmented_control(key="segmentation_head").set_value("fcn_32s").run()
    assert any("score_fr, 5 × 7" in title for title in titles(app))
    assert not any("score_pool4" in title for title in titles(app))


def test_a_file_goes_through_the_built_in_network_without_asking():
    app = AppTest.from_file(PAGE, default_timeout=60).run()
    choose(app, "upload")
    assert "on a photograph it guesses" in texts(app)
    app.file_uploader(key="segmentation_upload").upload("cat.png", PHOTO).run()
    run_until(app, lambda: "Picture, 40 × 50 px" in titles(app))
    assert "FCN-8s over the picture" in titles(app)
    assert not any("Mean IU" in table.value for table in app.dataframe)


def test_two_visitors_share_one_result():
    first = AppTest.from_file(PAGE, default_timeout=60).run()
    segmented(first)
    second = AppTest.from_file(PAGE, default_timeout=60).run()
    assert titles(second) == titles(first)
