"""The equality lab on the page of upsampling: every switch, every pill, the script, the X-ray."""

import json
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from support.snippet_runner import run_together
from test_page_upsampling import captions, choose, metrics, png, title, verdict

from fcnlib.ui.upsampling.experiment import BREAKS
from fcnlib.upsampling.settings import CHOICES

PAGE = Path(__file__).parents[2] / "pages" / "upsampling.py"
AGREE, DIFFER = "allclose: True", "allclose: False"


@pytest.fixture
def page():
    app = AppTest.from_file(str(PAGE), default_timeout=60).run()
    assert not app.exception
    return app


def switch(page, **values):
    for name, value in values.items():
        kind = page.toggle if isinstance(value, bool) else page.segmented_control
        kind(key=f"upsampling_switch_{name}").set_value(value)
    page.run()
    assert not page.exception
    return verdict(page)


def pill(page, name):
    page.pills(key="upsampling_break").set_value(name).run()
    assert not page.exception
    return verdict(page)


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
    """Return what the page shows in the words of a script's output."""
    values = metrics(page)
    lines = [values["TensorFlow against scikit-image"]]
    wanted = ("Shapes",) if "Shapes" in values else ("Largest difference", "Away from the rim")
    lines += [f"{label}: {values[label]}" for label in wanted if label in values]
    if "Shapes" not in values:
        counts = next(c.value for c in page.caption if "values differ by no more" in c.value)
        lines.append(f"Values within tolerance: {counts.split('] ')[1].split(' values')[0]}")
    return lines


@pytest.mark.parametrize(("factor", "stated"), [(2, 0.21), (3, 0.27), (8, 0.34), (32, 0.36)])
def test_clip(page, factor, stated):
    choose(page, factor, "bright")
    assert verdict(page) == AGREE
    assert switch(page, clip=True) == DIFFER
    assert largest(page) == pytest.approx(stated, abs=0.03)
    assert inside(page) < 1e-6
    assert "[0.50, 1.00]. What of the dark rim" in reasons(page)
    assert repair(page) == AGREE


def test_clip_cannot_show_on_the_ramp(page):
    assert switch(page, clip=True) == AGREE
    assert "It holds 0" in reasons(page)
    assert switch(page, mode="edge", border="edge") == AGREE
    assert "`clip` has nothing to do" in reasons(page)


def test_channel_axis(page):
    assert switch(page, channel_axis=False) == "allclose: impossible"
    assert metrics(page)["Shapes"] == "(9, 9, 3) and (9, 9, 9)"
    assert not {"Largest difference", "rtol", "atol"} & set(metrics(page))
    assert "They differ" in captions(page)
    assert title(page, 1) == "scikit-image, 3 of its 9 channels"
    assert title(page, 2) == "The middle pixel"
    assert "3 became 9" in reasons(page)
    assert set(page.table[0].value["allclose"]) == {"impossible"}
    assert repair(page) == AGREE
    assert title(page, 2) == "Difference"


@pytest.mark.parametrize("border", ["edge", "reflect"])
@pytest.mark.parametrize("first", ["mode", "border"])
def test_one_border_breaks_and_the_other_repairs(page, border, first):
    second = "border" if first == "mode" else "mode"
    choose(page, picture="unit", precision="float64")
    assert switch(page, **{first: border}) == DIFFER
    assert inside(page) < 1e-14
    assert "so the rim differs. Give both the same." in reasons(page)
    dark = "TensorFlow's" if first == "mode" else "scikit-image's"
    assert f"{dark} rim is dark, for it alone sees zeros" in captions(page)
    assert switch(page, **{second: border}) == AGREE
    assert "Neither sees zeros" in captions(page)
    assert largest(page) < 1e-14
    assert "nothing darkens the rim" in reasons(page)
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
    assert "stretched 23 to 7 instead of 24 to 8" in reasons(page)
    assert switch(page, layer="tf1") == DIFFER
    assert 0.40 < largest(page) < 0.62
    assert "up and left by 1 output px" in reasons(page)
    assert page.segmented_control(key="upsampling_switch_kernel").disabled
    assert "computes its own" in captions(page)
    assert switch(page, mode="constant", layer="half_pixel") == DIFFER
    assert "A resize always repeats the edge" in reasons(page)
    assert repair(page) == AGREE


@pytest.mark.parametrize(("factor", "stated"), [(3, 0.25), (5, 0.16)])
def test_kernel_of_twice_the_factor(page, factor, stated):
    choose(page, factor, "unit")
    assert switch(page, kernel="double") == DIFFER
    assert inside(page) == pytest.approx(stated, abs=0.03)
    assert f"{2 * factor} weights have their center between two pixels" in reasons(page)
    choose(page, 4)
    assert verdict(page) == AGREE
    assert "nothing changes" in reasons(page)


def test_flipping(page):
    assert switch(page, flipped=True) == AGREE
    assert "no weight changes (by 0)" in reasons(page)
    assert switch(page, flipped=False, kernel="lopsided") == DIFFER
    assert "down and right" in reasons(page)
    before = page.get("plotly_chart")[0].proto.spec
    assert switch(page, flipped=True) == DIFFER
    assert "up and left" in reasons(page)
    assert page.get("plotly_chart")[0].proto.spec != before
    assert repair(page) == AGREE


def test_tolerances(page):
    choose(page, 5, "normal")
    assert verdict(page) == AGREE
    assert switch(page, tolerances="numpy") == DIFFER
    assert largest(page) < 1e-6
    assert metrics(page)["atol"] == "1e-08"
    assert "more digits than there are" in reasons(page)
    choose(page, precision="float64")
    assert verdict(page) == AGREE


def test_every_pill_breaks_with_one_click_and_is_repaired_with_one(page):
    for name in BREAKS:
        found = pill(page, name)
        assert (found == AGREE) == (name == "flip the kernel"), name
        assert reasons(page), name
        assert repair(page) == AGREE, name
        assert page.pills(key="upsampling_break").value is None
        assert not reasons(page)
        assert "upsampling_repair" not in {button.key for button in page.button}


def test_a_second_pill_sets_the_first_back(page):
    pill(page, "forget channel_axis")
    assert pill(page, "repeat the edge") == DIFFER
    assert page.toggle(key="upsampling_switch_channel_axis").value is True
    assert page.segmented_control(key="upsampling_switch_mode").value == "edge"
    assert pill(page, None) == AGREE


def test_a_switch_moved_by_hand_lets_go_of_the_pill(page):
    pill(page, "repeat the edge")
    assert switch(page, border="edge") == AGREE
    assert page.pills(key="upsampling_break").value is None


def test_the_table_follows_the_switches(page):
    choose(page, picture="bright")
    switch(page, clip=True)
    table = page.table[0].value
    assert set(table["allclose"]) == {"False"}
    np.testing.assert_allclose(
        table["Largest difference"].astype(float)[[0, 1, 6]], [0.21, 0.27, 0.34], atol=0.03
    )


def test_every_script_prints_what_its_page_shows(page, tmp_path):
    codes, expected = [], []

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
    assert metrics(page)["Labels that change"] == "0 of 90,112 px"
    assert metrics(page)["Scores left in the corner"] == "× 0.266"
    sure, less = metrics(page)["Confidence there"].split(" → ")
    assert float(less.strip("%")) < float(sure.strip("%")) - 20
    figures = [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]
    maps = {f["layout"]["title"]["text"]: f["data"][0] for f in figures}
    assert maps["Labels, border of zeros"] == maps["Labels, edge repeated"]
    for name, factor, pixels in (("noise", 8, "5,632"), ("street", 2, "352")):
        page.segmented_control(key="upsampling_xray_scores").set_value(name)
        page.segmented_control(key="upsampling_xray_factor").set_value(factor).run()
        assert not page.exception
        assert metrics(page)["Labels that change"] == f"0 of {pixels} px"
    assert metrics(page)["Scores left in the corner"] == "× 0.562"
    assert "rounding" in captions(page)
