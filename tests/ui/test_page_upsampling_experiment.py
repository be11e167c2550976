"""The experiment on the Upsampling page: every switch, every pill, the script, the X-ray."""

import json
import re
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from support.snippet_runner import run_together
from ui.test_page_upsampling import (
    allowed,
    captions,
    choose,
    metrics,
    png,
    spec,
    table,
    title,
    unfold,
    verdict,
)

from fcnlib.kernels.bilinear import upsample_filt
from fcnlib.ui.upsampling.experiment import BREAKS
from fcnlib.ui.upsampling.explanations import say_rim
from fcnlib.upsampling import upsample_skimage, upsample_tf
from fcnlib.upsampling.example_images import example_image
from fcnlib.upsampling.settings import CHOICES, CheckSettings

PAGE = Path(__file__).parents[2] / "pages" / "upsampling.py"
AGREE, DIFFER = "allclose: True", "allclose: False"


@pytest.mark.parametrize(
    "changes", [{}, {"kernel": "double"}, {"kernel": "lopsided"}, {"clip": True}]
)
def test_the_value_in_the_corner_is_stated_only_for_the_settings_it_holds_for(changes):
    assert ("44.4%" in say_rim(CheckSettings(3, **changes))) == (not changes)


@pytest.fixture
def page():
    app = AppTest.from_file(str(PAGE), default_timeout=60).run()
    assert not app.exception
    return app


def switch(page, **values):
    for name, value in values.items():
        kind = page.selectbox if name == "layer" else page.segmented_control
        if isinstance(value, bool):
            kind = page.toggle
        kind(key=f"upsampling_switch_{name}").set_value(value)
    page.run()
    assert not page.exception
    return verdict(page)


def pill(page, name):
    page.pills(key="upsampling_break").set_value(name).run()
    assert not page.exception
    if name:
        assert "upsampling_changed_difference" not in charts(page)
        page.pills(key=f"upsampling_predict_{name}").set_value("show").run()
        assert not page.exception
    return verdict(page)


def charts(page):
    return [chart.key for chart in page.get("plotly_chart")]


def repair(page):
    page.button(key="upsampling_repair").click().run()
    assert not page.exception
    return verdict(page)


def largest(page):
    return float(metrics(page)["Largest difference"])


def inside(page):
    return float(metrics(page)["Away from the rim"])


def reasons(page):
    return " ".join(text.value for text in page.markdown if ":material/arrow_right:" in text.value)


def script(page):
    return next(code.value for code in page.code if code.value.startswith("import numpy"))


def shown(page):
    """Return the figures of the page in the form of a script's output."""
    values = metrics(page)
    lines = [values["TensorFlow against scikit-image"]]
    labels = ("Shapes",) if "Shapes" in values else ("Largest difference", "Away from the rim")
    lines += [f"{label}: {values[label]}" for label in labels if label in values]
    if "Shapes" not in values:
        said = [text.value for text in page.markdown if "-badge[" in text.value][-1]
        (count,) = re.findall(r"[\d,]+ of [\d,]+", said)
        lines.append(f"Values within tolerance: {count}")
    return lines


@pytest.mark.parametrize(("factor", "stated"), [(2, 0.21), (3, 0.27), (8, 0.34), (32, 0.36)])
def test_clip(page, factor, stated):
    choose(page, factor, "bright")
    assert verdict(page) == AGREE
    assert switch(page, clip=True) == DIFFER
    assert largest(page) == pytest.approx(stated, abs=0.03)
    assert inside(page) < 1e-6
    assert "[0.50, 1.00]" in reasons(page)
    assert "raised" in reasons(page)
    assert repair(page) == AGREE


def test_clip_changes_nothing_on_the_ramp(page):
    assert switch(page, clip=True) == AGREE
    assert "contains 0" in reasons(page)
    assert switch(page, mode="edge", border="edge") == AGREE
    assert "no effect" in reasons(page)


def test_channel_axis(page):
    assert switch(page, channel_axis=False) == "allclose: impossible"
    assert metrics(page)["Shapes"] == "(9, 9, 3) and (9, 9, 9)"
    assert "Largest difference" not in metrics(page)
    assert "atol" not in allowed(page)
    assert any(":red-badge" in text.value for text in page.markdown)
    assert title(page, "upsampling_changed_skimage") == "scikit-image, 3 of its 9 channels"
    assert title(page, "upsampling_changed_difference") == "The middle pixel"
    assert "3 channels became 9" in reasons(page)
    unfold(page, "changed")
    assert set(table(page, 1)["allclose"]) == {"impossible"}
    assert repair(page) == AGREE
    assert title(page, "upsampling_difference") == "Difference for factor 3"
    assert "upsampling_changed_difference" not in charts(page)


@pytest.mark.parametrize("border", ["edge", "reflect"])
@pytest.mark.parametrize("first", ["mode", "border"])
def test_one_border_breaks_and_the_other_repairs(page, border, first):
    second = "border" if first == "mode" else "mode"
    choose(page, picture="unit", precision="float64")
    unfold(page, "script")  # it has all digits
    assert switch(page, **{first: border}) == DIFFER
    assert inside(page) < 1e-14
    assert "rim differs" in reasons(page)
    dark = "TensorFlow's" if first == "mode" else "scikit-image's"
    assert f"{dark} rim is dark" in captions(page)
    assert switch(page, **{second: border}) == AGREE
    assert "rim is not dark" in captions(page)
    assert largest(page) < 1e-14
    assert "rim differs" not in reasons(page)
    choose(page, precision="float32")
    assert verdict(page) == AGREE
    assert largest(page) < 6e-7
    assert repair(page) == AGREE


def test_alignment(page):
    choose(page, picture="unit")
    assert switch(page, mode="edge", layer="half_pixel") == AGREE
    assert largest(page) < 6e-7
    assert switch(page, layer="align_corners") == DIFFER
    assert 0.22 < largest(page) < 0.40
    assert "23/7 instead of 3" in reasons(page)
    assert switch(page, layer="tf1") == DIFFER
    assert 0.40 < largest(page) < 0.62
    assert "up and left by 1 output px" in reasons(page)
    assert page.segmented_control(key="upsampling_switch_kernel").disabled
    unfold(page, "kernel")
    assert "resize" in captions(page)
    assert switch(page, mode="constant", layer="half_pixel") == DIFFER
    assert "repeats the edge" in reasons(page)
    assert repair(page) == AGREE


@pytest.mark.parametrize(("factor", "stated"), [(3, 0.25), (5, 0.16)])
def test_kernel_of_twice_the_factor(page, factor, stated):
    choose(page, factor, "unit")
    assert switch(page, kernel="double") == DIFFER
    assert inside(page) == pytest.approx(stated, abs=0.03)
    assert f"kernel of {2 * factor} weights" in reasons(page)
    choose(page, 4)
    assert verdict(page) == AGREE
    assert "nothing changes" in reasons(page)


def test_flipping(page):
    assert switch(page, flipped=True) == AGREE
    assert "by 0." in reasons(page)
    assert switch(page, flipped=False, kernel="lopsided") == DIFFER
    assert "down and right" in reasons(page)
    before = spec(page, "upsampling_changed_tensorflow")
    assert switch(page, flipped=True) == DIFFER
    assert "up and left" in reasons(page)
    assert spec(page, "upsampling_changed_tensorflow") != before
    assert repair(page) == AGREE


@pytest.mark.parametrize("factor", [3, 4, 7])
def test_the_grid_of_the_shifted_kernel_is_that_of_a_constant_picture(page, factor):
    """Enlarge ones with TensorFlow, and look at the output of the middle pixels."""
    choose(page, factor)
    switch(page, kernel="lopsided")
    kernel = np.roll(upsample_filt(2 * factor - factor % 2), (1, 1), axis=(0, 1))
    middle = upsample_tf(factor, np.ones((6, 6, 1)), kernel)[2 * factor : -2 * factor, 2 * factor :]
    low, high = middle[:, : 2 * factor].min(), middle[:, : 2 * factor].max()
    assert (high - low > 0.1) == bool(factor % 2)
    assert (f"{low:.2f} to {high:.2f} instead of 1" in reasons(page)) == bool(factor % 2)


@pytest.mark.parametrize("name", ["align_corners", "tf1", "edge"])
def test_a_break_keeps_the_picture_and_writes_its_difference_as_in_the_answer(page, name):
    pill(page, name)
    assert title(page, "upsampling_changed_tensorflow") == "TensorFlow, 9 × 9 px"
    difference = metrics(page)["Largest difference"]
    assert 0.01 < float(difference) < 1
    assert "e" not in difference
    assert any(f"is {difference}." in text.value for text in page.markdown)


def test_tolerances(page):
    choose(page, 5, "normal")
    assert verdict(page) == AGREE
    assert switch(page, tolerances="numpy") == DIFFER
    assert largest(page) < 1e-6
    assert "atol=1e-08" in allowed(page)
    assert "1e-8" in reasons(page)
    choose(page, precision="float64")
    assert verdict(page) == AGREE


def test_every_pill_breaks_with_one_click_and_is_repaired_with_one(page):
    for name in BREAKS:
        result = pill(page, name)
        assert (result == AGREE) == (name == "flip"), name
        assert reasons(page), name
        assert repair(page) == AGREE, name
        assert page.pills(key="upsampling_break").value is None
        assert not reasons(page)
        assert "upsampling_repair" not in {button.key for button in page.button}


@pytest.mark.parametrize("choice", ["breaks", "holds", "show"])
@pytest.mark.parametrize("name", ["clip", "flip"])
def test_a_prediction_is_compared_with_what_both_libraries_return(page, name, choice):
    page.pills(key="upsampling_break").set_value(name).run()
    page.pills(key=f"upsampling_predict_{name}").set_value(choice).run()
    assert not page.exception
    given = page.session_state["predictions"][f"upsampling_predict_{name}"]
    image = example_image("bright" if name == "clip" else "ramp").astype(np.float32)
    kernel = upsample_filt(5)[::-1, ::-1] if name == "flip" else None
    ours = upsample_tf(3, image, kernel)
    equal = np.allclose(ours, upsample_skimage(3, image, clip=name == "clip"), atol=1e-6)
    assert equal == (name == "flip")
    judged = None if choice == "show" else (choice == "holds") == equal
    said = {True: "**You were right", False: "**Not quite", None: "**The answer"}[judged]
    assert any(element.value.startswith(said) for element in page.markdown)
    assert given.right is (judged if name == "flip" else None)  # few changes count
    assert "upsampling_changed_difference" in charts(page)


def test_a_break_is_in_the_address_and_leaves_no_picture_behind(page):
    before = spec(page, "upsampling_tensorflow")
    for name in BREAKS:
        pill(page, name)
        assert page.query_params["upsampling_break"] == name
        assert page.selectbox(key="upsampling_picture").value == "ramp"
        repair(page)
        assert "upsampling_break" not in page.query_params
        assert page.selectbox(key="upsampling_switch_picture").value == "above"
        assert spec(page, "upsampling_tensorflow") == before


@pytest.mark.parametrize("name", BREAKS)
def test_an_address_can_hold_a_break(name):
    app = AppTest.from_file(str(PAGE), default_timeout=60)
    app.query_params["upsampling_break"] = name
    app.run()
    assert not app.exception
    assert app.pills(key="upsampling_break").value == name
    for switch, value in BREAKS[name].changes.items():
        assert app.session_state[f"upsampling_switch_{switch}"] == value
    app.pills(key=f"upsampling_predict_{name}").set_value("show").run()
    assert (verdict(app) == AGREE) == (name == "flip")
    app.query_params.clear()
    app.run()  # as a link to the page without a break does
    assert app.pills(key="upsampling_break").value is None
    assert verdict(app) == AGREE


def test_an_unknown_break_in_the_address_is_ignored():
    app = AppTest.from_file(str(PAGE), default_timeout=60)
    app.query_params["upsampling_break"] = "<b>"
    app.run()
    assert not app.exception
    assert app.pills(key="upsampling_break").value is None


def test_a_second_pill_resets_the_first(page):
    pill(page, "channel_axis")
    assert pill(page, "edge") == DIFFER
    assert page.toggle(key="upsampling_switch_channel_axis").value is True
    assert page.segmented_control(key="upsampling_switch_mode").value == "edge"
    assert pill(page, None) == AGREE


def test_a_switch_changed_by_hand_releases_the_pill(page):
    pill(page, "edge")
    assert switch(page, border="edge") == AGREE
    assert page.pills(key="upsampling_break").value is None
    assert "upsampling_break" not in page.query_params


def test_the_table_follows_the_switches(page):
    choose(page, picture="bright")
    switch(page, clip=True)
    unfold(page, "changed")
    rows = table(page, 1)
    assert set(rows["allclose"]) == {"False"}
    assert set(table(page)["allclose"]) == {"True"}
    np.testing.assert_allclose(
        rows["Largest difference"].astype(float)[[0, 1, 6]], [0.21, 0.27, 0.34], atol=0.03
    )


@pytest.mark.slow
def test_every_script_prints_what_its_page_shows(page, tmp_path):
    codes, expected = [], []
    unfold(page, "script")

    def keep():
        codes.append(script(page))
        expected.append(shown(page))

    choose(page, 5, "unit")
    keep()
    for name, (first, *others) in CHOICES.items():
        for value in others if name != "precision" else ():
            switch(page, **{name: value})
            keep()
        if name != "precision":
            switch(page, **{name: first})
    for picture in ("ramp", "bright", "normal", "astronaut", "cat", "coffee", "rocket"):
        choose(page, 2, picture, "float64")
        keep()
    choose(page, 3, "own")
    (tmp_path / "{my} 'bus'.png").write_bytes(data := png(50, 70, 4))
    page.file_uploader(key="upsampling_upload").upload("{my} 'bus'.png", data).run()
    switch(page, mode="reflect")
    keep()
    assert "PATH = \"{my} 'bus'.png\"" in codes[-1]
    results = run_together(codes, tmp_path)
    assert len({tuple(lines) for lines in results}) > 12
    assert results == expected


def test_labels_stay_in_the_xray(page):
    unfold(page, "border")
    assert metrics(page)["Pixels that change class"] == "0 of 90,112 px"
    assert metrics(page)["Gain of the scores in the corner"] == "× 0.266"
    before, after = metrics(page)["Confidence in the corner"].split(" → ")
    assert float(after.strip("%")) < float(before.strip("%")) - 20
    figures = [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]
    maps = {f["layout"]["title"]["text"]: f["data"][0] for f in figures}
    assert maps["Classes, border of zeros"] == maps["Classes, edge repeated"]
    for name, factor, pixels in (("noise", 8, "5,632"), ("street", 2, "352")):
        page.segmented_control(key="upsampling_xray_scores").set_value(name)
        page.segmented_control(key="upsampling_xray_factor").set_value(factor).run()
        assert not page.exception
        assert metrics(page)["Pixels that change class"] == f"0 of {pixels} px"
    assert metrics(page)["Gain of the scores in the corner"] == "× 0.562"
