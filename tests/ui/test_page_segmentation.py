"""The Segmentation page: a photograph through two networks, and the drawn streets.

VGG-16 with weights of full size is in `test_end_to_end`.
"""

import io
import json
import re
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy import ndimage
from streamlit.testing.v1 import AppTest
from support.checkpoint_factory import NARROW, write_v1
from support.weights_server import WeightsServer

from fcnlib import images
from fcnlib.networks.imagenet_groups import voc_classes
from fcnlib.networks.vgg import vgg_16_shapes
from fcnlib.segmentation import Segmentation
from fcnlib.ui import jobs
from fcnlib.ui.pictures import BUS
from fcnlib.ui.segmentation import maps
from fcnlib.ui.segmentation.run import describe, segment_samples

PAGE = str(Path(__file__).parents[2] / "pages/segmentation.py")
PHOTO = images.encode_png(np.ascontiguousarray(images.sample("cat")[40:240, 100:340]))
SHIPPED = ("imagenet", "voc", "people")


@pytest.fixture(autouse=True)
def own_queues(monkeypatch):
    monkeypatch.setenv("FCNLIB_ALLOW_LOCAL_PICTURES", "1")
    yield
    jobs.queue.clear()


@pytest.fixture
def without_weights(inline, monkeypatch, tmp_path):
    monkeypatch.delenv("FCNLIB_VGG_CHECKPOINT", raising=False)
    monkeypatch.setenv("FCNLIB_CACHE_DIR", str(tmp_path))
    return opened(segmentation_network="VGG-16 (ImageNet)")


def opened(**query):
    app = AppTest.from_file(PAGE, default_timeout=120)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


@pytest.mark.parametrize(
    ("original", "size", "padding", "seen", "said"),
    [
        ((64, 96), (64, 96), (0, 0), (64, 96), {"not resized"}),
        ((60, 90), (60, 90), (4, 6), (64, 96), {"padded to 64 × 96"}),
        ((600, 900), (60, 90), (4, 6), (64, 96), {"from 600 × 900 px to 60 × 90", "to 64 × 96"}),
        ((600, 900), (60, 90), (0, 0), (33, 49), {"scaled from 600 × 900 px to 33 × 49"}),
    ],
)
def test_scaling_and_padding_are_told_apart(original, size, padding, seen, said):
    labels = np.zeros(size, np.uint8)
    result = Segmentation(
        network="",
        class_names=("cat",),
        picture=np.zeros((*size, 3), np.uint8),
        padding=padding,
        coarse_logits=np.zeros((2, 3, 1), np.float32),
        coarse_factor=32,
        coarse_map=labels[:2, :3],
        label_map=labels,
        input_size=seen,
        original_size=original,
    )
    text = describe(result)
    assert all(words in text for words in said)
    assert ("padded" in text, "scaled" in text) == (any(padding), original != size)


def texts(app):
    return " ".join(element.value for element in [*app.text, *app.markdown, *app.caption])


def legends(app):
    return [text.value for text in app.markdown if text.value.startswith(":color")]


def address(app):
    """Return the page's address by name; the testing framework gives some values as lists."""
    given = app.query_params.items()
    return {name: value if isinstance(value, str) else value[0] for name, value in given}


def titles(app):
    return {
        chart.key: json.loads(chart.proto.spec)["layout"]["title"]["text"]
        for chart in app.get("plotly_chart")
    }


def run_until(app, condition):
    for _ in range(300):
        if condition():
            return
        time.sleep(0.2)
        app.run()
    raise AssertionError(texts(app))


def choose(app, source):
    return app.segmented_control(key="segmentation_source").set_value(source).run()


def networks(app, first, second):
    app.selectbox(key="segmentation_first").set_value(first)
    app.selectbox(key="segmentation_second").set_value(second)
    return app.run()


def open_fold(app, key):
    app.session_state[key] = True
    app.run()
    assert not app.exception


def test_the_first_run_shows_a_photograph_through_both_networks(monkeypatch, tmp_path):
    monkeypatch.setenv("FCNLIB_CACHE_DIR", str(tmp_path))
    shown = titles(opened())
    assert "300 × 451" in shown["segmentation_picture"]
    assert "10 × 15 cells" in shown["segmentation_1_coarse"]
    assert "33 × 49 cells" in shown["segmentation_2_coarse"]
    for number, network in ((1, "EfficientNet-Lite0"), (2, "DeepLab v3")):
        assert shown[f"segmentation_{number}_full"] == f"{network}: 300 × 451 px"
    assert list(tmp_path.iterdir()) == [], "nothing is downloaded"


def test_the_legends_name_the_cat_and_count_the_rest():
    app = opened()
    first, second = legends(app)
    assert "Egyptian cat" in first
    assert " more (" in first
    assert "cat 77%" in second


def test_the_cat_is_bright_and_the_background_gray():
    app = opened()
    labels = app.session_state["segmentation_job"].result["voc"]
    named = dict(zip(labels.class_names, labels.colors.tolist(), strict=True))
    assert (named["cat"], named["background"]) == ([230, 159, 0], [128, 128, 128])


def cells_by_class(app):
    """Return the legend of the cells: the number of cells by class."""
    legend = next(text.value for text in app.markdown if ": :color" in text.value)
    entries = re.findall(r"}\s([^&\d]+) (\d+)", legend)
    return {name: int(cells) for name, cells in entries}


def test_the_cells_are_counted_by_class_and_groups_replace_breeds():
    app = opened()
    cells = app.session_state["segmentation_job"].result["imagenet"]
    labels = np.bincount(cells.coarse_map.ravel(), minlength=1000)
    breeds = cells_by_class(app)
    assert sorted(breeds.values()) == sorted(labels)[-len(breeds) :]
    assert all(labels[cells.class_names.index(name)] == count for name, count in breeds.items())
    app.segmented_control(key="segmentation_1_names").set_value("groups").run()
    assert not app.exception
    groups = cells_by_class(app)
    assert not any("Egyptian" in name for name in groups)
    assert groups["cat"] > breeds["Egyptian cat"]
    assert "Egyptian cat" in legends(app)[0], "the maps at the top keep their classes"


def test_the_samples_are_segmented_ahead_of_the_first_visitor():
    ahead = segment_samples()
    assert all(job.wait(120) for job in ahead)
    app = opened()
    assert app.session_state["segmentation_job"] is ahead[1], "the first one is Home's"
    found = []
    for name in images.SAMPLES:
        app.pills(key="segmentation_sample").set_value(name).run()
        found.append(app.session_state["segmentation_job"])
    assert set(found) == set(ahead[1:])


def test_two_visitors_share_one_result():
    first, second = opened(), opened()
    assert titles(first) == titles(second)
    key = first.session_state["segmentation_job"]
    assert second.session_state["segmentation_job"] is key


@pytest.mark.parametrize("network", SHIPPED)
def test_a_file_goes_through_each_network(network):
    app = choose(opened(), "upload")
    assert titles(app) == {}
    app.file_uploader(key="segmentation_upload").upload("cat.png", PHOTO).run()
    networks(app, network, "voc")
    assert not app.exception
    assert "200 × 240" in titles(app)["segmentation_1_full"]


@pytest.mark.parametrize("network", SHIPPED)
def test_an_address_goes_through_each_network(network):
    app = choose(opened(), "address")
    assert app.text_input(key="segmentation_address").value == BUS
    with WeightsServer({"cat.png": PHOTO}) as server:
        server.always.content_type = "image/png"
        app.text_input(key="segmentation_address").set_value(f"{server.url}/cat.png").run()
        assert server.requests == []
        app.button(key="segmentation_fetch_address").click().run()
        run_until(app, lambda: titles(app))
    networks(app, "imagenet", network)
    number = 1 if network == "imagenet" else 2
    assert "200 × 240" in titles(app)[f"segmentation_{number}_full"]


@pytest.mark.parametrize(
    ("network", "named"),
    [("imagenet", "military uniform"), ("voc", "person"), ("people", "person")],
)
def test_a_sample_goes_through_each_network(network, named):
    app = opened()
    app.pills(key="segmentation_sample").set_value("astronaut")
    networks(app, network, "voc")
    assert not app.exception
    assert "512 × 512" in titles(app)["segmentation_1_full"]
    assert named in legends(app)[0]


@pytest.mark.parametrize("network", SHIPPED)
def test_a_photograph_from_the_camera_goes_through_each_network(network):
    app = choose(opened(), "camera")
    assert "https" in texts(app)
    assert titles(app) == {}
    photo = images.encode_jpeg(images.decode(PHOTO))
    app.camera_input(key="segmentation_camera").upload("photo.jpg", photo).run()
    networks(app, "imagenet", network)
    assert not app.exception
    number = 1 if network == "imagenet" else 2
    assert "200 × 240" in titles(app)[f"segmentation_{number}_full"]


def test_an_address_without_a_picture_shows_the_error_and_no_result():
    app = choose(opened(), "address")
    with WeightsServer({}) as server:
        url = f"{server.url}/no.png"
        app.text_input(key="segmentation_address").set_value(url).run()
        app.button(key="segmentation_fetch_address").click().run()
        run_until(app, lambda: "404" in texts(app))
    assert not app.exception
    assert titles(app) == {}
    assert app.text_input(key="segmentation_address").value == url


def test_a_file_that_is_no_picture_shows_the_error_and_no_result():
    app = choose(opened(), "upload")
    app.file_uploader(key="segmentation_upload").upload("cat.png", b"not a picture").run()
    assert not app.exception
    assert "not a picture" in texts(app)
    assert titles(app) == {}
    app.file_uploader(key="segmentation_upload").upload("cat.png", PHOTO).run()
    assert "200 × 240" in titles(app)["segmentation_1_full"]


def test_one_network_twice_is_shown_once():
    app = networks(opened(), "voc", "voc")
    assert not app.exception
    assert "segmentation_1_full" in titles(app)
    assert "segmentation_2_full" not in titles(app)


def test_folds_run_only_when_they_are_opened():
    app = opened()
    assert not app.dataframe
    open_fold(app, "segmentation_details")
    assert app.dataframe[1].value["class"].tolist() == ["cat", "background"]
    open_fold(app, "segmentation_cost")
    costs = next(table.value for table in app.table if "" in table.value).set_index("")
    assert list(costs) == ["EfficientNet-Lite0", "DeepLab v3"]
    assert costs.loc["Parameters"].tolist() == ["4.63 million", "0.69 million"]
    assert costs.loc["Input"].tolist() == ["320 × 480 px", "257 × 385 px"]
    memory = [float(text.removesuffix(" MB")) for text in costs.loc["Layers in memory, at most"]]
    # Two layers of 96 and 16 channels at half the size are the least that must be there at once.
    assert 160 * 240 * 96 * 4 / 1e6 < memory[0] < 60
    assert memory[1] < memory[0]


def test_the_fold_of_the_orders_computes_confidence_on_request():
    app = opened()
    open_fold(app, "segmentation_imagenet_order_fold")
    assert "segmentation_imagenet_orders_argmax_nearest_mask" in titles(app)
    app.button(key="segmentation_confidence_run").click().run()
    run_until(app, lambda: "segmentation_confidence_map" in titles(app))
    assert not app.exception


@pytest.mark.parametrize(("name", "background"), [("people", True), ("voc", False)])
def test_only_the_network_with_a_single_class_calls_the_rest_background(name, background):
    def introduced(name):
        from fcnlib.ui.segmentation.photograph import introduce

        introduce(name)

    app = AppTest.from_function(introduced, args=(name,)).run()
    assert ("background" in app.markdown[0].value) == background


def test_files_are_named_after_what_they_show(monkeypatch):
    offered = {}
    monkeypatch.setattr(
        maps.st, "download_button", lambda label, data, name, *_, **__: offered.update({name: data})
    )
    app = networks(opened(), "people", "voc")
    open_fold(app, "segmentation_details")
    assert {"cat_people_451x300_map.png", "cat_people_451x300.npz"} <= set(offered)
    with Image.open(io.BytesIO(offered["cat_people_451x300_cut_out.png"]())) as image:
        assert (image.mode, image.size) == ("RGBA", (451, 300))
    with Image.open(io.BytesIO(offered["cat_people_451x300_blurred.png"]())) as image:
        assert (image.mode, image.size) == ("RGB", (451, 300))


def test_without_weights_every_way_to_get_them_is_offered_and_another_network_stands_in(
    without_weights,
):
    app = without_weights
    assert app.selectbox(key="segmentation_first").value == "vgg_16"
    assert app.button(key="segmentation_fetch").label == "Download 513 MB"
    assert "FCNLIB_VGG_CHECKPOINT=" in app.code[0].value
    shown = titles(app)
    assert shown["segmentation_1_coarse"] == "EfficientNet-Lite0, not VGG-16: 10 × 15 cells"
    assert "33 × 49 cells" in shown["segmentation_2_coarse"]


def test_vgg_16_without_weights_next_to_the_network_that_stands_in_shows_one_answer(
    without_weights,
):
    app = networks(without_weights, "imagenet", "vgg_16")
    assert not app.exception
    assert app.button(key="segmentation_fetch")
    assert "segmentation_2_full" not in titles(app)


def test_the_other_source_has_its_own_size(without_weights):
    app = without_weights
    app.segmented_control(key="segmentation_weights_from").set_value("keras").run()
    assert app.button(key="segmentation_fetch").label == "Download 553 MB"


def test_m12_a_failed_download_shows_why_and_can_be_tried_again(without_weights, monkeypatch):
    monkeypatch.setenv("FCNLIB_WEIGHTS_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("fcnlib.checkpoints.downloads.BACKOFF_S", 0)
    app = without_weights
    app.button(key="segmentation_fetch").click().run()
    run_until(app, lambda: "4 attempts" in texts(app))
    assert not app.exception
    assert not app.button(key="segmentation_fetch").disabled


def test_m13_a_download_can_be_stopped_and_started_again(without_weights, monkeypatch):
    """A server that drips: the progress is seen, then Stop, and the button is back."""
    archive = {"vgg_16_2016_08_28.tar.gz": bytes(3_000_000)}
    with WeightsServer(archive) as server:
        server.always.pause = 0.2
        monkeypatch.setenv("FCNLIB_WEIGHTS_URL", server.url)
        monkeypatch.setenv("FCNLIB_WEIGHTS_SIZE", "3000000")
        app = without_weights
        app.button(key="segmentation_fetch").click().run()
        run_until(
            app, lambda: any("3,000,000 bytes" in bar.proto.text for bar in app.get("progress"))
        )
        app.button(key="segmentation_download_stop").click().run()
        run_until(app, lambda: "Stopped." in texts(app))
    assert app.button(key="segmentation_fetch").label == "Download 513 MB"


def test_wrong_weights_end_in_a_sentence_and_the_page_goes_on(inline, monkeypatch, tmp_path):
    path = write_v1(tmp_path / "vgg_16.ckpt", vgg_16_shapes(**NARROW))
    monkeypatch.setenv("FCNLIB_VGG_CHECKPOINT", str(path))
    app = opened(segmentation_network="VGG-16 (ImageNet)")
    run_until(app, lambda: "conv1_1" in texts(app))
    assert list(titles(app)) == ["segmentation_picture", "segmentation_grids"]
    assert app.button(key="segmentation_job_again")
    networks(app, "imagenet", "voc")
    assert "segmentation_2_full" in titles(app)


@pytest.mark.parametrize(
    "query", [{"segmentation_network": "Built-in FCN"}, {"segmentation_view": "skips"}]
)
def test_older_links_open_the_street(query, inline):
    app = opened(**query)
    assert app.button(key="segmentation_another")
    assert address(app) == {"segmentation_source": "street"}


def test_older_links_open_vgg_16(without_weights):
    assert without_weights.selectbox(key="segmentation_first").value == "vgg_16"
    assert address(without_weights) == {"segmentation_first": "vgg_16"}


CHOSEN = {
    "segmentation_sample": "coffee",
    "segmentation_first": "people",
    "segmentation_second": "imagenet",
    "segmentation_long_side": "512",
}


def test_the_address_names_what_was_chosen_and_opens_it_again():
    app = opened()
    assert app.query_params == {}
    app.pills(key="segmentation_sample").set_value("coffee")
    app.selectbox(key="segmentation_long_side").set_value(512)
    networks(app, "people", "imagenet")
    assert address(app) == CHOSEN
    again = opened(**CHOSEN)
    assert titles(again) == titles(app)
    assert not again.warning
    again.pills(key="segmentation_sample").set_value("cat").run()
    assert "segmentation_sample" not in again.query_params


def test_a_link_within_the_page_opens_what_it_names():
    app = opened()
    app.query_params["segmentation_sample"] = "coffee"
    app.run()
    assert app.pills(key="segmentation_sample").value == "coffee"
    assert not app.warning
    app.pills(key="segmentation_sample").set_value("cat").run()
    assert "Cat" in titles(app)["segmentation_picture"]


@pytest.mark.parametrize("name", ["segmentation_sample", "segmentation_long_side"])
def test_an_address_that_names_nothing_known_opens_the_first_choice(name):
    app = opened(**{name: "no such thing"})
    assert titles(app) == titles(opened())
    assert name not in app.query_params


STEPS = ("opening", "cells", "second", "pixel", "grids", "deeper")


def inside(app, step):
    """Return the keys of the figures and the headings within a step."""
    found = app.container(key=f"step_segmentation_{step}")
    return [chart.key for chart in found.get("plotly_chart")], [h.value for h in found.header]


def test_every_step_has_its_heading_and_its_figures():
    app = opened()
    shown = {step: inside(app, step) for step in STEPS}
    assert {step: figures for step, (figures, _) in shown.items()} == {
        "opening": ["segmentation_picture", "segmentation_1_full", "segmentation_2_full"],
        "cells": ["segmentation_1_coarse"],
        "second": ["segmentation_2_coarse"],
        "pixel": [],
        "grids": ["segmentation_grids"],
        "deeper": [],
    }
    numbers = [heading[0] for _, headings in shown.values() for heading in headings]
    assert numbers == ["1", "2", "3", "4"]


@pytest.mark.parametrize("chosen", ["less", "middle", "more", "show"])
def test_the_share_that_both_networks_agree_on_is_predicted_and_shown(chosen):
    app = opened()
    assert "segmentation_agreement" not in titles(app)
    app.pills(key="segmentation_agree").set_value(chosen).run()
    assert not app.exception
    assert {"segmentation_agreement", "segmentation_overlay"} <= set(titles(app))
    first, second = app.session_state["segmentation_job"].result.values()
    kinds = voc_classes()
    one = np.array([kinds[label] for label in first.label_map.ravel()])
    other = np.array([second.class_names[label] for label in second.label_map.ravel()])
    same = (one == other).mean()
    right = "less" if same < 0.2 else "middle" if same <= 0.5 else "more"
    given = app.session_state["predictions"]["segmentation_agree"]
    assert given.right == (None if chosen == "show" else chosen == right)
    assert f"{same:.0%} of the pixels" in texts(app)


@pytest.mark.parametrize(("network", "corners"), [("voc", True), ("people", False)])
@pytest.mark.parametrize("chosen", ["few", "some", "many", "show"])
def test_what_the_other_grid_changes_is_predicted_and_shown(chosen, network, corners):
    app = networks(opened(), "imagenet", network)
    assert "segmentation_other_grid" not in titles(app)
    app.pills(key="segmentation_grid").set_value(chosen).run()
    assert not app.exception
    result = app.session_state["segmentation_job"].result[network]
    other = scores_on_another_grid(result, corners=not corners).argmax(-1)
    share = (other != result.label_map).mean()
    right = "few" if share < 0.03 else "some" if share <= 0.1 else "many"
    given = app.session_state["predictions"]["segmentation_grid"]
    assert given.right == (None if chosen == "show" else chosen == right)
    assert f"{share:.1%}" in titles(app)["segmentation_other_grid_mask"]


def scores_on_another_grid(result, *, corners):
    """Interpolate the scores with SciPy, at the place of every pixel among the cells."""
    places = []
    for side, cells in zip(result.picture.shape, result.coarse_map.shape, strict=False):
        pixels = (np.arange(side) + 0.5) / side  # as shares of the picture
        # With aligned corners, the outermost cells' centers are half a pixel of the input inside.
        factor = result.coarse_factor
        place = (
            (pixels * (factor * (cells - 1) + 1) - 0.5) / factor
            if corners
            else pixels * cells - 0.5
        )
        places.append(place.clip(0, cells - 1))
    grid = np.meshgrid(*places, indexing="ij")
    channels = np.moveaxis(result.coarse_logits.astype(float), -1, 0)
    return np.stack([ndimage.map_coordinates(c, grid, order=1) for c in channels], -1)


@pytest.mark.parametrize("column", [0, 6, 24])
def test_the_weights_of_a_pixel_are_those_of_both_grids(column):
    app = opened()
    app.slider(key="segmentation_column").set_value(column).run()
    assert not app.exception
    for first in (3.5, 0):
        place = min(max((column - first) / 8, 0), 3)
        cell, phase = int(place), place % 1
        assert f"{1 - phase:.2f} × cell {cell}" in texts(app)
        if phase:
            assert f"{phase:.2f} × cell {cell + 1}" in texts(app)


@pytest.fixture
def street():
    app = opened()
    app.segmented_control(key="segmentation_source").set_value("street").run()
    assert not app.exception
    return app


def test_a_street_is_shown_through_three_heads_with_its_truth(street):
    shown = titles(street)
    for head in ("fcn_32s", "fcn_16s", "fcn_8s"):
        assert "mean IU 0." in shown[f"segmentation_{head}"]
    open_fold(street, "segmentation_sums_fold")
    assert "score_pool3, 20 × 28" in titles(street)["segmentation_sum_score_pool3"]
    open_fold(street, "segmentation_iou_fold")
    table = street.dataframe[0].value
    assert list(table["Network"]) == ["FCN-32s", "FCN-16s", "FCN-8s"]
    assert table["Mean IU"].iloc[2] > table["Mean IU"].iloc[0]


def test_another_street_has_other_figures_and_each_head_its_sums(street):
    before = titles(street)
    street.button(key="segmentation_another").click().run()
    assert titles(street) != before
    open_fold(street, "segmentation_sums_fold")
    street.segmented_control(key="segmentation_head").set_value("fcn_32s").run()
    shown = titles(street)
    assert "segmentation_sum_score_fr" in shown
    assert "segmentation_sum_score_pool4" not in shown
