"""The home page: three pictures, two predictions, the story, and what is installed."""

import base64
import json
import threading
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fcnlib.ui.page import PAGES, STORY
from fcnlib import engine, images
from fcnlib.class_map import resized_argmax
from fcnlib.ui import home, jobs, linked_pictures
from fcnlib.ui.segmentation import run as networks
from fcnlib.ui.segmentation.run import JOB, sample_request

ROOT = Path(__file__).parents[2]
LARGEST = 150_000  # bytes that the browser gets for one photograph


def opened(**chosen):
    """Open Home by an address with these values; predictions are made in the session."""
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    for name, value in chosen.items():
        made = name in ("home_nearest", "home_cells")
        (app.session_state if made else app.query_params)[name] = value
    app.run()
    assert not app.exception
    return app


def texts(app):
    labels = [link.proto.label for link in app.get("page_link")]
    return [element.value for element in [*app.markdown, *app.caption]] + labels


def pictures(app):
    """Return what the component with the three pictures gets."""
    parts = [part.proto.json for part in app.get("bidi_component")]
    data = [json.loads(part) for part in parts if part]
    (found,) = [one for one in data if "picture" in one]
    return found


def decoded(url):
    return images.decode(base64.b64decode(url.partition(",")[2]))


def maps(data):
    """Return both maps as the browser decodes them."""
    return [decoded(data["maps"][name])[..., 0] for name in ("bilinear", "nearest")]


def charts(app):
    return [chart.key for chart in app.get("plotly_chart")]


@pytest.fixture
def own_queues():
    """Start without the results of other tests, and leave none."""
    jobs.queue.clear()
    yield
    jobs.queue.clear()


def test_home_lists_the_versions_and_links_every_page():
    text = " ".join(texts(opened()))
    for page in list(PAGES.values())[1:]:
        assert page.question in text
    assert "VGG-16 weights" in text
    assert "tensorflow 2." in text


def test_every_page_of_the_story_has_its_minutes_and_those_seen_a_mark():
    app = opened()
    cards = [caption.value for caption in app.caption if " minutes" in caption.value]
    assert len(cards) == len(STORY) - 1
    assert not any("opened" in card for card in cards)
    app.session_state["pages_seen"].add("pages/kernels.py")
    cards = [caption.value for caption in app.run().caption if " minutes" in caption.value]
    assert ["opened" in card for card in cards] == [
        path == "pages/kernels.py" for path in STORY if path != "app.py"
    ]


def test_home_shows_a_photograph_through_deeplab(own_queues):
    data = pictures(opened())
    assert decoded(data["picture"]).shape == (257, 385, 3)
    assert data["cells"] == [33, 49]
    bilinear, nearest = maps(data)
    assert bilinear.shape == nearest.shape == (257, 385)
    np.testing.assert_array_equal(bilinear[::8, ::8], nearest[::8, ::8])
    shares = {name: share["bilinear"] for _, name, _, share in data["classes"]}
    assert shares["cat"] == pytest.approx(0.77, abs=0.01)


def test_home_runs_one_network_whose_result_segmentation_uses_too(own_queues, monkeypatch):
    ran = []

    def run(task, *args, **more):
        ran.append(args[1])
        return compute(task, *args, **more)

    compute = engine.run
    monkeypatch.setattr(networks, "_RESULTS", type(networks._RESULTS)())
    monkeypatch.setattr(engine, "run", run)
    on_home = opened().session_state[JOB].result
    assert list(on_home) == ran == ["voc"]
    page = AppTest.from_file(str(ROOT / "pages" / "segmentation.py"), default_timeout=120).run()
    assert not page.exception
    assert ran == ["voc", "imagenet"]
    assert page.session_state[JOB].result["voc"] is on_home["voc"]


def test_another_photograph_is_chosen_by_the_address(own_queues):
    data = pictures(opened(home_photo="person"))
    assert data["cells"] == [49, 49]
    assert "person" in [name for _, name, _, _ in data["classes"]]


@pytest.mark.parametrize("name", images.SAMPLES)
def test_what_the_browser_gets_is_small_and_what_the_network_computed(name):
    request = sample_request(name)
    result = engine.run("segment", request.picture.image, "voc", "float32", request.long_side)
    data = linked_pictures.linked_pictures(result)
    assert len(json.dumps(data)) < LARGEST
    expected = resized_argmax(
        8, result.coarse_logits, (data["height"], data["width"]), aligned_corners=True
    )
    bilinear, nearest = maps(data)
    np.testing.assert_array_equal(bilinear, expected)
    np.testing.assert_array_equal(nearest[::8, ::8], result.coarse_map)
    assert [data["height"], data["width"]] == list(result.input_size)


def test_the_layer_comes_from_the_address_and_an_unknown_one_is_bilinear():
    assert pictures(opened(home_layer="nearest"))["layer"] == ["nearest", 0]
    assert pictures(opened(home_layer="cubic"))["layer"] == ["bilinear", 0]


def test_a_link_to_the_page_changes_the_layer_and_the_number():
    app = opened()
    assert pictures(app)["layer"] == ["bilinear", 0]
    app.query_params["home_layer"] = "nearest"
    assert pictures(app.run())["layer"] == ["nearest", 1]
    assert pictures(app.run())["layer"] == ["nearest", 1]


def test_home_is_complete_while_its_maps_are_computed(own_queues, monkeypatch):
    monkeypatch.setattr(jobs, "served", lambda: True)
    finish = threading.Event()
    jobs.queue("inference").submit("before", lambda report: finish.wait(60), "somebody else")
    app = opened()
    assert "maps" not in pictures(app)
    assert decoded(pictures(app)["picture"]).shape == (257, 385, 3)
    assert app.get("progress")
    assert app.header[-1].value == "Try this, and go on"
    finish.set()
    assert app.session_state[JOB].wait(120)
    assert "maps" in pictures(app.run())


@pytest.mark.parametrize("choice", [*home.SHARES, "show"])
def test_the_prediction_about_nearest_is_computed_from_the_maps(choice):
    app = opened(home_nearest=choice)
    bilinear, nearest = maps(pictures(app))
    share = (bilinear != nearest).mean()
    right = "few" if share <= 0.03 else "some" if share <= 0.15 else "many"
    (given,) = [text for text in texts(app) if home.SHARES[right] in text]
    assert f"{share:.1%}" in given
    assert app.session_state["predictions"]["home_nearest"].right == (
        None if choice == "show" else choice == right
    )


@pytest.mark.parametrize("choice", [*home.LEFT, "show"])
def test_the_prediction_about_smaller_cells_is_computed_from_the_street(choice):
    compared = engine.run("street", home.SEED)
    wrong = [
        (compared.results[head].label_map != compared.truth).sum()
        for head in ("fcn_32s", "fcn_16s", "fcn_8s")
    ]
    right = min(home.LEFT, key=lambda name: abs(int(name) / 100 - wrong[2] / wrong[0]))
    app = opened(home_cells=choice)
    (given,) = [text for text in texts(app) if home.LEFT[right] in text]
    assert all(f"{count:,}" in given for count in wrong)
    assert app.session_state["predictions"]["home_cells"].right == (
        None if choice == "show" else choice == right
    )


def test_the_street_is_shown_at_first_and_the_maps_of_its_heads_after_the_prediction():
    assert charts(opened()) == ["home_street"]
    for name, cells in (("32", "5 × 7 cells"), ("16", "10 × 14 cells"), ("8", "20 × 28 cells")):
        app = opened(home_cells="show", home_cell_size=name)
        assert charts(app) == [
            *("home_street", "home_street_cells", "home_street_map", "home_street_wrong")
        ]
        figure = json.loads(app.get("plotly_chart")[1].proto.spec)
        assert cells in figure["layout"]["title"]["text"]


def test_the_predictions_of_the_visit_are_listed_with_their_score():
    app = opened(home_nearest="show")
    assert not any("You predicted" in text for text in texts(app))
    app = opened(home_nearest="few", home_cells="90")
    (score,) = [text for text in texts(app) if "You predicted" in text]
    made = app.session_state["predictions"].values()
    assert f"{sum(one.right for one in made)} of 2" in score
    for one in made:
        assert any(one.question in text for text in texts(app))


def test_the_source_shown_is_the_source_that_ran():
    assert any("def resized_label_maps(" in block.value for block in opened().code)
