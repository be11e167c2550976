"""The page of kernels, as a visitor reads and moves it."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fcnlib.kernels import KERNELS, normalized
from fcnlib.kernels.reconstruction import reconstruct
from fcnlib.kernels.separable import resize_separable, zone_plate
from fcnlib.kernels.signals import SIGNALS
from fcnlib.ui.kernels import table as facts_table
from fcnlib.ui.kernels.sentences import say_sampling

ROOT = Path(__file__).parents[2]


@pytest.fixture
def page():
    app = AppTest.from_file(str(ROOT / "pages" / "kernels.py"), default_timeout=10).run()
    assert not app.exception
    return app


def text(page):
    return "\n".join(element.value for element in page.markdown)


def figure(page, place):
    return json.loads(page.get("plotly_chart")[place].proto.spec)


def names(page, place):
    return [trace["name"] for trace in figure(page, place)["data"]]


def metrics(page):
    return {metric.label: metric.value for metric in page.metric}


def largest_error(page):
    return float(metrics(page)["Largest error"])


def desk(page):
    return json.loads(page.get("bidi_component")[0].proto.json)


def move(page, samples, **more):
    """Let go of samples, as the browser does."""
    sent = {"preset": desk(page)["preset"], "turn": 1, "samples": samples, **more}
    page.session_state["kernels_samples"] = {"moved": sent}
    return page.run()


def drawn_in_browser(page, samples):
    """Add up the curve as the browser does, from what it was sent."""
    sent = desk(page)
    total, table = np.array(sent["outside"]), np.array(sent["table"])
    padded = np.pad(table, len(total))
    middle = len(padded) // 2
    for n, sample in enumerate(samples):
        first = middle - n * sent["steps"]
        total += sample * padded[first : first + len(total)]
    return total


def test_sinc_and_bilinear_are_there_from_the_first_second(page):
    assert page.title[0].value == "Kernels"
    assert "What stands between the samples?" in text(page)
    assert names(page, 0) == names(page, 3) == ["Sinc", "Bilinear"]
    assert desk(page)["kernel"] == "Bilinear"
    assert len(page.latex) == 1


def run_cold(code, folder):
    """Run `code` in a fresh interpreter, in another folder, with nothing imported."""
    start = (
        "import sys; from streamlit.testing.v1 import AppTest\n"
        f"home, page = {str(ROOT / 'app.py')!r}, {str(ROOT / 'pages' / 'kernels.py')!r}\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", start + code]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_opens_alone_within_three_seconds_and_without_heavy_libraries(tmp_path):
    code = (
        "app = AppTest.from_file(page).run()\n"
        "assert not app.exception, app.exception\n"
        "heavy = {'tensorflow', 'skimage.transform', 'scipy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    result = run_cold(code, tmp_path)
    assert result.returncode == 0, result.stderr


def test_opens_from_home_within_three_seconds(tmp_path):
    code = (
        "app = AppTest.from_file(home).run(timeout=30)\n"
        "app.switch_page('pages/kernels.py').run()\n"
        "assert not app.exception, app.exception\n"
        "assert app.title[0].value == 'Kernels', app.title\n"
    )
    result = run_cold(code, tmp_path)
    assert result.returncode == 0, result.stderr


def test_one_choice_changes_kernel_spectrum_curve_and_picture(page):
    before = {place: figure(page, place) for place in range(4)}
    curve = drawn_in_browser(page, desk(page)["samples"])
    page.pills(key="kernels_kernel").set_value("b_spline").run()
    assert names(page, 0) == names(page, 3) == ["Sinc", "B-spline"]
    changed = [place for place in range(4) if figure(page, place) != before[place]]
    assert changed == [0, 2, 3]  # the picture before stays as it is
    now = drawn_in_browser(page, desk(page)["samples"])
    assert np.abs(now - curve).max() > 0.1


def test_others_are_drawn_beside_it(page):
    page.multiselect(key="kernels_beside").set_value(["mitchell", "triangle"]).run()
    assert names(page, 0) == names(page, 3) == ["Mitchell", "Bilinear"]
    page.multiselect(key="kernels_beside").set_value([]).run()
    assert names(page, 0) == ["Bilinear"]


def test_spectrum_can_be_in_decibels(page):
    page.toggle(key="kernels_decibels").set_value(True).run()
    assert figure(page, 3)["layout"]["yaxis"]["title"]["text"] == "Share left, in dB"


def test_sinc_gives_a_sine_back_and_the_bilinear_kernel_does_not(page):
    assert largest_error(page) == pytest.approx(0.182, abs=5e-4)
    page.pills(key="kernels_kernel").set_value("sinc").run()
    assert largest_error(page) < 1e-6


def test_the_curve_of_a_smoothing_kernel_misses_samples(page):
    assert metrics(page)["Past a sample"] == "0"
    page.pills(key="kernels_kernel").set_value("mitchell").run()
    result = reconstruct(KERNELS["mitchell"], SIGNALS["sine"], 2, rate=10)
    assert float(metrics(page)["Past a sample"]) == pytest.approx(result.missed, rel=5e-3)


@pytest.mark.parametrize("name", KERNELS)
def test_the_browser_is_sent_what_adds_up_to_the_curve(page, name):
    page.pills(key="kernels_kernel").set_value(name).run()
    sent = desk(page)
    points = 10 * sent["steps"] + 1
    kernel = normalized(KERNELS[name]) if name.startswith("lanczos") else KERNELS[name]
    expected = reconstruct(kernel, SIGNALS["sine"], 2, rate=10, points=points).curve
    np.testing.assert_allclose(drawn_in_browser(page, sent["samples"]), expected, atol=1e-13)


def test_samples_let_go_reach_the_numbers_and_the_picture(page):
    page.selectbox(key="kernels_picture").set_value("samples").run()
    small = figure(page, 1)
    moved = [0.0] * 5 + [1.0] + [0.0] * 5
    move(page, moved)
    assert desk(page)["samples"] == moved
    assert desk(page)["start"] != moved
    expected = reconstruct(KERNELS["triangle"], SIGNALS["sine"], 2, rate=10, moved=moved)
    assert largest_error(page) == pytest.approx(expected.max_error, abs=5e-3)
    assert figure(page, 1) != small


def test_the_browsers_curve_is_compared_with_pythons(page):
    assert "the browser then tells the curve it drew" in caption(page)
    samples = [0.5, *desk(page)["samples"][1:]]
    curve = drawn_in_browser(page, samples)
    move(page, samples, kernel="Bilinear", curve=curve.tolist())
    found = re.search(r"your browser drew and Python's differ by (\S+) at most", caption(page))
    assert float(found[1]) < 1e-14
    curve[7] += 0.2
    move(page, samples, kernel="Bilinear", curve=curve.tolist())
    assert "Python's differ by 2e-01 at most" in caption(page)
    page.pills(key="kernels_kernel").set_value("mitchell").run()
    assert "the browser then tells the curve it drew" in caption(page)


def caption(page):
    return "\n".join(element.value for element in page.caption)


@pytest.mark.parametrize(
    "sent",
    [
        [1.0] * 3,
        [float("nan")] * 11,
        ["1"] * 11,
        "<script>",
        None,
        {"0": 1},
    ],
)
def test_wrong_samples_from_the_browser_are_not_taken(page, sent):
    move(page, sent)
    assert not page.exception
    assert desk(page)["samples"] == desk(page)["start"]
    assert largest_error(page) == pytest.approx(0.182, abs=5e-4)


def test_samples_out_of_reach_are_brought_back(page):
    move(page, [1e9, -1e9, *[0.0] * 9])
    assert desk(page)["samples"][:2] == [1.2, -1.2]


def test_what_was_moved_is_forgotten_with_another_signal(page):
    move(page, [1.0] * 11)
    page.selectbox(key="kernels_signal").set_value("bump").run()
    assert desk(page)["samples"] == desk(page)["start"]


def test_crossing_nyquist_is_said_with_the_alias(page):
    assert "Below Nyquist" in text(page)
    page.slider(key="kernels_frequency").set_value(5.0).run()
    assert "At Nyquist" in text(page)
    page.slider(key="kernels_frequency").set_value(8.0).run()
    assert "10 samples a second hold tones below 5 Hz" in text(page)
    assert "The samples of 8 Hz are those of 2 Hz" in text(page)
    page.slider(key="kernels_rate").set_value(20).run()
    assert "Below Nyquist" in text(page)


@pytest.mark.parametrize(
    ("signal", "frequency", "rate", "words"),
    [
        ("two_tones", 4, 10, "The samples of 12 Hz are those of 2 Hz"),
        ("two_tones", 6, 10, "of 6 Hz are those of 4 Hz and 18 Hz are those of 2 Hz"),
        ("sine", 20, 10, "20 Hz are those of 0 Hz"),
        ("sine", 3.5, 7, "At 3.5 Hz they may all meet zeros"),
        ("two_tones", 1, 8, "none above 3 Hz"),
        ("step", 1, 8, "A step has a little of every frequency"),
    ],
)
def test_sentence_on_sampling(signal, frequency, rate, words):
    assert words in say_sampling(SIGNALS[signal], frequency, rate)


@pytest.mark.parametrize("kernel", KERNELS)
def test_every_kernel_draws_every_signal(page, kernel):
    page.pills(key="kernels_kernel").set_value(kernel)
    for signal in SIGNALS:
        page.selectbox(key="kernels_signal").set_value(signal).run()
        assert not page.exception
        assert desk(page)["preset"].startswith(signal)


def test_frequency_is_asked_only_where_it_plays_a_part(page):
    assert not page.slider(key="kernels_frequency").disabled
    page.selectbox(key="kernels_signal").set_value("bump").run()
    assert page.slider(key="kernels_frequency").disabled
    assert "A bump has a little of every frequency" in text(page)


@pytest.mark.parametrize(
    ("name", "mean", "worst"),
    [("lanczos3", "0.9971", "0.9943"), ("lanczos2", "1.0098", "1.0189")],
)
def test_normalizing_is_offered_for_lanczos_and_matters(page, name, mean, worst):
    assert [toggle.key for toggle in page.toggle] == ["kernels_decibels"]
    page.pills(key="kernels_kernel").set_value(name).run()
    assert metrics(page)["A flat 1, at worst"] == "1"
    page.button(key="kernels_flat").click().run()
    assert not page.toggle(key="kernels_normalize").value
    assert page.selectbox(key="kernels_signal").value == "flat"
    assert f"on average {mean}" in text(page)
    assert metrics(page)["A flat 1, at worst"] == worst
    curve = drawn_in_browser(page, desk(page)["samples"])
    assert np.ptp(curve) > 5e-3
    assert curve[:-1].mean() == pytest.approx(float(mean), abs=1e-4)
    page.toggle(key="kernels_normalize").set_value(True).run()
    assert largest_error(page) == 0
    assert np.ptp(drawn_in_browser(page, desk(page)["samples"])) < 1e-12


def test_a_constant_is_looked_at_closely(page):
    wide = desk(page)["scale"]
    page.selectbox(key="kernels_signal").set_value("flat").run()
    near = desk(page)["scale"]
    assert near["high"] - near["low"] < (wide["high"] - wide["low"]) / 20
    assert page.slider(key="kernels_frequency").disabled


@pytest.mark.parametrize("picture", ["eye", "rings", "samples"])
def test_every_picture_is_enlarged(page, picture):
    page.selectbox(key="kernels_picture").set_value(picture)
    page.slider(key="kernels_factor").set_value(4).run()
    before, after = (figure(page, place)["layout"]["title"]["text"] for place in (1, 2))
    rows, columns = map(int, re.findall(r"\d+", before))
    assert after == f"After, {4 * rows} × {4 * columns} px"


def test_overshoot_in_the_picture_is_told():
    app = AppTest.from_file(str(ROOT / "pages" / "kernels.py"), default_timeout=10)
    app.query_params["kernels_picture"] = "Rings, finer and finer"
    app.run()
    assert "No pixel lies outside" in caption(app)
    app.pills(key="kernels_kernel").set_value("lanczos3").run()
    small = zone_plate(28)
    large = resize_separable(normalized(KERNELS["lanczos3"]), small, 8)
    outside = ((large < small.min() - 1e-9) | (large > small.max() + 1e-9)).mean()
    assert outside > 0.01
    assert f"Overshoot: {100 * outside:.1f} % of the pixels" in caption(app)


def test_what_lies_beyond_the_limits_is_not_taken(page):
    page.slider(key="kernels_rate").set_value(10_000_000)
    page.slider(key="kernels_frequency").set_value(float("nan")).run()
    assert not page.exception
    assert "10 samples a second hold tones below 5 Hz" in text(page)
    assert "none above 2 Hz" in text(page)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("kernels_rate", "99999999"),
        ("kernels_frequency", "inf"),
        ("kernels_kernel", "Gauss"),
        ("kernels_signal", "<script>"),
        ("kernels_beside", "nothing"),
        ("kernels_factor", "-3"),
    ],
)
def test_an_address_with_a_wrong_value_gives_the_default(key, value):
    app = AppTest.from_file(str(ROOT / "pages" / "kernels.py"), default_timeout=10)
    app.query_params[key] = value
    app.run()
    assert not app.exception
    assert names(app, 0) == ["Sinc", "Bilinear"]
    assert largest_error(app) == pytest.approx(0.182, abs=5e-4)


def test_settings_travel_in_the_address():
    app = AppTest.from_file(str(ROOT / "pages" / "kernels.py"), default_timeout=10)
    app.query_params["kernels_frequency"] = "12"
    app.query_params["kernels_rate"] = "16"
    app.query_params["kernels_kernel"] = "Mitchell"
    app.run()
    assert "The samples of 12 Hz are those of 4 Hz" in text(app)
    assert names(app, 0) == ["Sinc", "Mitchell"]


def table(page):
    """Return the rows of the table as lists of words, each tick in its place."""
    body = page.get("html")[0].proto.body
    rows = re.findall(r"<tr.*?</tr>", body.partition("<tbody>")[2])
    cells = [re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row) for row in rows]
    return [[re.sub(r"<.*?>", "|", cell).strip("|") for cell in row] for row in cells]


def test_the_table_holds_the_published_figures_all_ticked(page):
    rows = {row[0]: row[1:] for row in table(page)}
    assert rows["Bilinear"] == [
        "0.8106 |✓||8/π²",
        "0.4053 |✓||4/π²",
        "0.00 % |✓||0",
        "1 |✓||1",
        "yes |✓||k(0) = 1",
        "1.0000 |✓||1",
    ]
    assert rows["Mitchell"][2:5] == ["3.63 % |✓||16/441", "2 |✓||2", "no, 0.8889 |✓||k(0) = 8/9"]
    assert rows["Lanczos 3"][0] == "1.0114 |✓||by Si"
    assert rows["Lanczos 2"][5] == "1.0098 |✓||by Si"
    assert len(rows) == 8
    assert "✓ 56 of 56 figures" in caption(page)


def test_the_chosen_kernels_row_is_lit(page):
    page.pills(key="kernels_kernel").set_value("b_spline").run()
    body = page.get("html")[0].proto.body
    lit = re.findall(r'<tr class="chosen"><th scope="row">(.*?)</th>', body)
    assert lit == ["B-spline"]


def test_a_figure_that_differs_gets_a_cross(page, monkeypatch):
    wrong = [
        replace(fact, exact=0.3) if fact.kernel == "box" and fact.quantity == "H(1/2)" else fact
        for fact in facts_table.facts()
    ]
    monkeypatch.setattr(facts_table, "_facts", lambda: wrong)
    page.run()
    rows = {row[0]: row[1:] for row in table(page)}
    assert rows["Nearest"][1] == "0.6366 |✗||2/π"
    assert "✓ 55 of 56 figures" in caption(page)


def test_sources_are_the_library_s_own(page):
    code = "\n".join(block.value for block in page.code)
    for name in (
        "sinc",
        "lanczos",
        "frequency_response",
        "scaled_kernels",
        "resize_separable",
        "facts",
    ):
        assert f"def {name}(" in code
