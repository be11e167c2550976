"""The Kernels page: its controls, curves, pictures, numbers and tables."""

import base64
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fcnlib.ui.page import PAGES
from fcnlib.kernels import KERNELS, normalized
from fcnlib.kernels.reconstruction import reconstruct
from fcnlib.kernels.separable import resize_separable, zone_plate
from fcnlib.kernels.signals import SIGNALS
from fcnlib.ui.kernels import table as properties_table
from fcnlib.ui.kernels.picture import PICTURES, say_range
from fcnlib.ui.kernels.sentences import say_sampling

ROOT = Path(__file__).parents[2]
STEPS = ["samples", "shape", "nyquist", "truncation", "readings"]
ANSWERS = {"kernels_alias": "Waves of", "kernels_cut": "weights that are left"}


@pytest.fixture
def page():
    app = AppTest.from_file(str(ROOT / "pages" / "kernels.py"), default_timeout=10).run()
    assert not app.exception
    return app


@pytest.fixture
def measured():
    """Return the page with the errors of the curve."""
    return opened("facts")


def text(page):
    return "\n".join(element.value for element in page.markdown)


def charts(page):
    """Return the figures by the part of their key after the page's name."""
    shown = page.get("plotly_chart")
    return {chart.key.removeprefix("kernels_"): json.loads(chart.proto.spec) for chart in shown}


def figure(page, name):
    return charts(page)[f"{name}_figure"]


def picture(page, name):
    return charts(page)[name]


def names(page, name):
    return [trace["name"] for trace in figure(page, name)["data"]]


def trace(page, name, line):
    """Return the x and y of a line or of markers as arrays."""
    found = next(t for t in figure(page, name)["data"] if t["name"] == line)
    return tuple(
        np.frombuffer(base64.b64decode(found[axis]["bdata"]), found[axis]["dtype"])
        for axis in ("x", "y")
    )


def opened(fold, **query):
    """Return the page with a fold open, and these values in its address."""
    app = AppTest.from_file(str(ROOT / "pages" / "kernels.py"), default_timeout=10)
    for key, value in query.items():
        app.query_params[f"kernels_{key}"] = value
    app.session_state[f"kernels_{fold}"] = True
    app.run()
    assert not app.exception
    return app


def on_sampling(page):
    """Return the sentence on what the samples of step 1 can represent."""
    return next(part for part in text(page).split("\n") if "the Nyquist frequency: half" in part)


def metrics(page):
    """Return the largest error, overshoot, error at a sample and response to a constant."""
    return [metric.value for metric in page.metric]


def largest_error(page):
    return float(metrics(page)[0])


def hertz(sentence):
    """Return the frequencies in a sentence."""
    return [float(number) for number in re.findall(r"([\d.]+) Hz", sentence)]


def sent_data(page):
    """Return the data that the component with the samples receives."""
    return json.loads(page.get("bidi_component")[0].proto.json)


def move(page, samples, **more):
    """Send moved samples, as the browser does after a drag."""
    sent = {"preset": sent_data(page)["preset"], "turn": 1, "samples": samples, **more}
    page.session_state["kernels_samples"] = {"moved": sent}
    return page.run()


def drawn_in_browser(page, samples):
    """Return the curve, added up as in the browser from the data it receives."""
    sent = sent_data(page)
    total, table = np.array(sent["outside"]), np.array(sent["table"])
    padded = np.pad(table, len(total))
    middle = len(padded) // 2
    for n, sample in enumerate(samples):
        first = middle - n * sent["steps"]
        total += sample * padded[first : first + len(total)]
    return total


def test_page_starts_with_sinc_and_bilinear(page):
    assert page.title[0].value == PAGES["pages/kernels.py"].question
    assert page.get("plotly_chart")[1].key == "kernels_weights_figure"
    assert names(page, "weights") == names(page, "shape") == ["Sinc", "Bilinear"]
    assert names(page, "curves") == ["Sinc", "Bilinear", "Samples"]
    distance, sinc = trace(page, "weights", "Sinc")
    np.testing.assert_allclose(sinc, np.sinc(distance), atol=1e-6)
    distance, bilinear = trace(page, "weights", "Bilinear")
    np.testing.assert_allclose(bilinear, np.clip(1 - np.abs(distance), 0, 1), atol=1e-6)
    assert sent_data(page)["kernel"] == "Bilinear"


def test_the_opening_does_not_change_with_the_controls(page):
    before = figure(page, "weights"), figure(page, "curves")
    page.pills(key="kernels_kernel").set_value("mitchell")
    page.selectbox(key="kernels_signal").set_value("step").run()
    assert (figure(page, "weights"), figure(page, "curves")) == before


def test_the_curves_of_the_opening_are_interpolations(page):
    time, curve = trace(page, "curves", "Bilinear")
    samples = trace(page, "curves", "Samples")
    np.testing.assert_allclose(curve, np.interp(time, *samples), atol=1e-6)
    time, curve = trace(page, "curves", "Sinc")
    np.testing.assert_allclose(curve, np.sin(4 * np.pi * time), atol=1e-5)


def test_every_step_has_a_heading_a_figure_and_its_control(page):
    headings = [header.value.partition(".")[0] for header in page.header]
    assert headings[:5] == list("12345")
    for name in ("samples", "shape", "nyquist", "truncation", "readings"):
        assert page.header[headings.index(str(STEPS.index(name) + 1))].anchor == f"kernels_{name}"
    assert page.pills(key="kernels_kernel").value == "triangle"
    assert page.slider(key="kernels_at").value == 5
    assert set(charts(page)) == {
        *("curves_figure", "weights_figure", "shape_figure", "sum_figure", "wave_figure"),
        *("lobes_figure", "placed_figure", "spikes_figure"),
    }
    # Those of the predictions come after the answers.
    assert text(page).count("**So: ") == 3


def test_the_sum_of_kernels_is_drawn_for_the_chosen_kernel(page):
    moved = [0.3, *sent_data(page)["samples"][1:]]
    move(page, moved)
    assert trace(page, "sum", "Samples")[1] == pytest.approx(moved, abs=1e-6)
    time, curve = trace(page, "sum", "Curve")
    np.testing.assert_allclose(curve, np.interp(time, np.arange(11) / 10, moved), atol=1e-6)
    copies = trace(page, "sum", "Kernels")[1].reshape(11, -1)[:, :-1]
    np.testing.assert_allclose(copies.sum(axis=0), curve, atol=1e-6)


@pytest.mark.parametrize(("choice", "right"), [("slower", True), ("same", False), ("show", None)])
def test_an_alias_is_predicted_and_shown(page, choice, right):
    assert names(page, "wave") == ["Signal", "Samples"]
    page.pills(key="kernels_alias").set_value(choice).run()
    assert page.session_state["predictions"]["kernels_alias"].right is right
    assert hertz(answer(page, "kernels_alias"))[-3:] == [2, 8, 2]
    time, curve = trace(page, "wave", "Curve")
    np.testing.assert_allclose(curve, np.sin(2 * np.pi * -2 * time), atol=1e-5)  # -2 = 8 - 10
    assert trace(page, "alias", "This wave") == (8, 2)
    page.slider(key="kernels_wave").set_value(4.0).run()
    time, curve = trace(page, "wave", "Curve")
    np.testing.assert_allclose(curve, np.sin(2 * np.pi * 4 * time), atol=1e-4)
    assert trace(page, "alias", "This wave") == (4, 4)


@pytest.mark.parametrize(("choice", "right"), [("below", True), ("stays", False), ("show", None)])
def test_the_cost_of_a_cut_is_predicted_and_shown(page, choice, right):
    assert "constant_figure" not in charts(page)
    assert "kernels_lobes" not in page.session_state  # the question needs no control
    distance, cut = trace(page, "lobes", "Sinc, cut off at 2")
    expected = np.where(np.abs(distance) < 2, np.sinc(distance), 0)
    np.testing.assert_allclose(cut, expected, atol=1e-6)
    page.pills(key="kernels_cut").set_value(choice).run()
    assert page.session_state["predictions"]["kernels_cut"].right is right
    middle = 2 * (np.sinc(0.5) + np.sinc(1.5))
    assert f"{middle:.3f}" in answer(page, "kernels_cut")
    assert trace(page, "constant", "Cut off")[1].min() == pytest.approx(middle, abs=1e-4)
    assert trace(page, "constant", "Raw Lanczos")[1].max() == pytest.approx(1.0189, abs=1e-4)
    np.testing.assert_allclose(trace(page, "constant", "Normalized")[1], 1, atol=1e-6)
    assert names(page, "lobes") == ["Sinc", "Lanczos 2", "Sinc, cut off at 2"]
    page.toggle(key="kernels_normalize").set_value(False).run()
    assert names(page, "constant") == ["Cut off", "Raw Lanczos", "Samples"]
    assert "0.9943" not in text(page)
    page.segmented_control(key="kernels_lobes").set_value(3).run()
    assert names(page, "lobes") == ["Sinc", "Lanczos 3", "Sinc, cut off at 3"]
    assert "0.9943" in text(page)
    highest = trace(page, "constant", "Cut off")[1].max()
    assert highest == pytest.approx(middle + 2 * np.sinc(2.5), abs=1e-4)


def answer(page, key):
    """Return the text of a prediction's answer."""
    return next(part for part in text(page).split("\n") if ANSWERS[key] in part)


def test_both_readings_give_the_sum(page):
    samples = np.sin(4 * np.pi * np.arange(11) / 10)
    outputs = np.interp(np.arange(21) / 4, np.arange(6), samples[:6])
    for at in (0, 5, 11, 20):
        page.slider(key="kernels_at").set_value(at).run()
        for name in ("placed", "spikes"):
            np.testing.assert_allclose(trace(page, name, "Outputs")[1], outputs, atol=1e-6)
            assert trace(page, name, "Sum") == (
                pytest.approx([at / 4]),
                pytest.approx(outputs[[at]], abs=1e-6),
            )
        said = re.findall(r"= \*\*\(?([−\d.]+)", text(page))
        assert [float(value.replace("−", "-")) for value in said] == [
            pytest.approx(outputs[at], abs=0.0051)
        ] * 2
    terms = trace(page, "spikes", "Spikes")[1]
    assert np.nanmax(terms) == pytest.approx(samples.max(), abs=1e-6)


def test_the_readings_are_of_the_moved_samples(page):
    moved = [1.0, -1.0, 0.5, 0.25, 0.0, -0.5, *[0.0] * 5]
    move(page, moved)
    outputs = np.convolve(np.kron(moved[:6], [1, 0, 0, 0]), [0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25])
    drawn = trace(page, "spikes", "Outputs")[1]
    np.testing.assert_allclose(drawn, outputs[3 : 3 + len(drawn)], atol=1e-6)
    assert "1.00 × 0.75" not in text(page)
    page.slider(key="kernels_at").set_value(1).run()
    assert "1.00 × 0.75 + (−1.00) × 0.25 = **0.50**" in text(page)


def test_the_readings_of_few_samples(page):
    page.slider(key="kernels_at").set_value(20).run()
    page.slider(key="kernels_rate").set_value(4).run()
    assert not page.exception
    assert page.slider(key="kernels_at").max == 16
    assert trace(page, "spikes", "Sum")[0] == 5 / 4


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


def test_opens_alone_and_without_heavy_libraries(tmp_path):
    code = (
        "app = AppTest.from_file(page, default_timeout=60).run()\n"
        "assert not app.exception, app.exception\n"
        "heavy = {'tensorflow', 'skimage.transform', 'scipy'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    result = run_cold(code, tmp_path)
    assert result.returncode == 0, result.stderr


@pytest.mark.slow
def test_opens_from_home(tmp_path):
    code = (
        "app = AppTest.from_file(home).run(timeout=30)\n"
        "app.switch_page('pages/kernels.py').run(timeout=60)\n"
        "assert not app.exception, app.exception\n"
        "assert 'curve' in app.title[0].value, app.title\n"
    )
    result = run_cold(code, tmp_path)
    assert result.returncode == 0, result.stderr


def test_choosing_a_kernel_changes_kernel_spectrum_curve_and_picture():
    page = opened("spectrum", picture="A cat's eye")
    before = charts(page)
    curve = drawn_in_browser(page, sent_data(page)["samples"])
    page.pills(key="kernels_kernel").set_value("b_spline").run()
    assert names(page, "shape") == names(page, "spectrum") == ["Sinc", "B-spline"]
    changed = {key for key, shown in charts(page).items() if shown != before[key]}
    # The original picture does not change.
    assert changed == {"shape_figure", "sum_figure", "spectrum_figure", "after"}
    now = drawn_in_browser(page, sent_data(page)["samples"])
    assert np.abs(now - curve).max() > 0.1


def test_other_kernels_can_be_compared():
    page = opened("spectrum")
    page.multiselect(key="kernels_beside").set_value(["mitchell", "triangle"]).run()
    assert names(page, "shape") == names(page, "spectrum") == ["Mitchell", "Bilinear"]
    page.multiselect(key="kernels_beside").set_value([]).run()
    assert names(page, "shape") == ["Bilinear"]


def test_spectrum_can_be_in_decibels():
    page = opened("spectrum")
    page.toggle(key="kernels_decibels").set_value(True).run()
    assert "dB" in figure(page, "spectrum")["layout"]["yaxis"]["title"]["text"]
    assert figure(page, "spectrum")["layout"]["yaxis"]["range"][0] < -80


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("decibels", "true", "spectrum_figure"),
        ("picture", PICTURES["rings"], "after"),
        ("factor", "4", "after"),
    ],
)
def test_a_fold_is_open_if_its_control_is_in_the_address(name, value, shown):
    app = AppTest.from_file(str(ROOT / "pages" / "kernels.py"), default_timeout=10)
    assert shown not in charts(app.run())
    app = AppTest.from_file(str(ROOT / "pages" / "kernels.py"), default_timeout=10)
    app.query_params[f"kernels_{name}"] = value
    assert shown in charts(app.run())


def test_sinc_restores_a_sine_and_the_bilinear_kernel_does_not(measured):
    page = measured
    assert largest_error(page) == pytest.approx(0.182, abs=5e-4)
    page.pills(key="kernels_kernel").set_value("sinc").run()
    assert largest_error(page) < 1e-6


def test_the_curve_of_a_smoothing_kernel_has_an_error_at_the_samples(measured):
    page = measured
    assert metrics(page)[2] == "0"
    page.pills(key="kernels_kernel").set_value("mitchell").run()
    result = reconstruct(KERNELS["mitchell"], SIGNALS["sine"], 2, rate=10)
    assert float(metrics(page)[2]) == pytest.approx(result.sample_error, rel=5e-3)


def test_overshoot_is_that_of_the_curve(measured):
    page = measured
    page.pills(key="kernels_kernel").set_value("catmull_rom")
    page.selectbox(key="kernels_signal").set_value("step").run()
    result = reconstruct(KERNELS["catmull_rom"], SIGNALS["step"], 2, rate=10)
    assert float(metrics(page)[1]) == pytest.approx(result.overshoot, rel=1e-2)


@pytest.mark.parametrize("name", KERNELS)
def test_the_data_sent_to_the_browser_adds_up_to_the_curve(page, name):
    page.pills(key="kernels_kernel").set_value(name).run()
    assert not page.exception
    sent = sent_data(page)
    points = 10 * sent["steps"] + 1
    kernel = normalized(KERNELS[name]) if name.startswith("lanczos") else KERNELS[name]
    expected = reconstruct(kernel, SIGNALS["sine"], 2, rate=10, points=points).curve
    np.testing.assert_allclose(drawn_in_browser(page, sent["samples"]), expected, atol=1e-13)


def test_moved_samples_change_the_numbers_and_the_picture():
    page = opened("enlarged")
    page.session_state["kernels_facts"] = True
    page.selectbox(key="kernels_picture").set_value("samples").run()
    small = picture(page, "before")
    moved = [0.0] * 5 + [1.0] + [0.0] * 5
    move(page, moved)
    assert sent_data(page)["samples"] == moved
    assert sent_data(page)["start"] != moved
    expected = reconstruct(KERNELS["triangle"], SIGNALS["sine"], 2, rate=10, moved=moved)
    assert largest_error(page) == pytest.approx(expected.max_error, abs=5e-3)
    assert picture(page, "before") != small


def browser_difference(page):
    """Return the difference of the browser's curve in the captions, or None if there is none."""
    sentences = [part for part in caption(page).split("\n") if "browser" in part]
    return float(re.search(r"\d+(\.\d+)?(e-\d+)?", sentences[0])[0]) if sentences else None


def test_the_curves_of_browser_and_python_are_compared(page):
    assert browser_difference(page) is None
    samples = [0.5, *sent_data(page)["samples"][1:]]
    curve = drawn_in_browser(page, samples)
    move(page, samples, kernel="Bilinear", curve=curve.tolist())
    assert browser_difference(page) < 1e-14
    curve[7] += 0.2
    move(page, samples, kernel="Bilinear", curve=curve.tolist())
    assert browser_difference(page) == pytest.approx(0.2)
    page.pills(key="kernels_kernel").set_value("mitchell").run()
    assert browser_difference(page) is None


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
def test_invalid_samples_from_the_browser_are_ignored(measured, sent):
    page = measured
    move(page, sent)
    assert not page.exception
    assert sent_data(page)["samples"] == sent_data(page)["start"]
    assert largest_error(page) == pytest.approx(0.182, abs=5e-4)


def test_moved_samples_are_clipped_to_the_scale(page):
    move(page, [1e9, -1e9, *[0.0] * 9])
    assert sent_data(page)["samples"][:2] == [1.2, -1.2]


def test_another_signal_discards_moved_samples(page):
    move(page, [1.0] * 11)
    page.selectbox(key="kernels_signal").set_value("bump").run()
    assert sent_data(page)["samples"] == sent_data(page)["start"]


def test_page_explains_aliasing_above_nyquist(page):
    assert hertz(on_sampling(page)) == [5, 2]  # Nyquist and the highest frequency of the signal
    page.slider(key="kernels_frequency").set_value(5.0).run()
    assert hertz(on_sampling(page)) == [5]
    page.slider(key="kernels_frequency").set_value(8.0).run()
    assert hertz(on_sampling(page)) == [5, 8, 2]
    assert "aliasing" in on_sampling(page)
    page.slider(key="kernels_rate").set_value(20).run()
    assert hertz(on_sampling(page)) == [10, 8]
    assert "aliasing" not in on_sampling(page)


@pytest.mark.parametrize(
    ("signal", "frequency", "rate", "keyword", "frequencies"),
    [
        ("two_tones", 4, 10, "aliasing", [5, 12, 2]),
        ("two_tones", 6, 10, "aliasing", [5, 6, 4, 18, 2]),
        ("sine", 20, 10, "aliasing", [5, 20, 0]),
        ("sine", 3.5, 7, "At", [3.5]),
        ("two_tones", 1, 8, "nothing above", [4, 3]),
        ("chirp", 4, 10, "even the sinc", [5, 4]),
        ("step", 1, 8, "every frequency", [4]),
        ("flat", 1, 8, "one sample", [4]),
    ],
)
def test_sentence_on_sampling(signal, frequency, rate, keyword, frequencies):
    sentence = say_sampling(SIGNALS[signal], frequency, rate)
    assert keyword in sentence
    assert hertz(sentence) == frequencies


@pytest.mark.slow
@pytest.mark.parametrize("kernel", KERNELS)
def test_every_kernel_reconstructs_every_signal(page, kernel):
    page.pills(key="kernels_kernel").set_value(kernel)
    for signal in SIGNALS:
        page.selectbox(key="kernels_signal").set_value(signal).run()
        assert not page.exception
        assert sent_data(page)["preset"].startswith(signal)


def test_frequency_is_disabled_for_signals_without_one(page):
    assert not page.slider(key="kernels_frequency").disabled
    page.selectbox(key="kernels_signal").set_value("bump").run()
    assert page.slider(key="kernels_frequency").disabled
    assert hertz(on_sampling(page)) == [5]


@pytest.mark.parametrize(
    ("name", "mean", "worst"),
    [("lanczos3", "0.9971", "0.9943"), ("lanczos2", "1.0098", "1.0189")],
)
def test_lanczos_can_be_normalized(measured, name, mean, worst):
    page = measured
    page.pills(key="kernels_cut").set_value("show").run()
    page.segmented_control(key="kernels_lobes").set_value(int(name[-1]))
    page.pills(key="kernels_kernel").set_value(name).run()
    assert metrics(page)[3] == "1"
    assert mean not in text(page)
    page.toggle(key="kernels_normalize").set_value(False)
    page.selectbox(key="kernels_signal").set_value("flat").run()
    assert mean in text(page)
    assert metrics(page)[3] == worst
    curve = drawn_in_browser(page, sent_data(page)["samples"])
    assert np.ptp(curve) > 5e-3
    assert curve[:-1].mean() == pytest.approx(float(mean), abs=1e-4)
    page.toggle(key="kernels_normalize").set_value(True).run()
    assert largest_error(page) == 0
    assert np.ptp(drawn_in_browser(page, sent_data(page)["samples"])) < 1e-12


def test_a_constant_is_shown_on_a_narrow_scale(page):
    wide = sent_data(page)["scale"]
    page.selectbox(key="kernels_signal").set_value("flat").run()
    near = sent_data(page)["scale"]
    assert near["high"] - near["low"] < (wide["high"] - wide["low"]) / 20
    assert page.slider(key="kernels_frequency").disabled


@pytest.mark.parametrize("name", ["eye", "rings", "samples"])
def test_every_picture_is_enlarged(name):
    page = opened("enlarged")
    page.selectbox(key="kernels_picture").set_value(name)
    page.slider(key="kernels_factor").set_value(4).run()
    titles = (picture(page, key)["layout"]["title"]["text"] for key in ("before", "after"))
    before, after = (list(map(int, re.findall(r"\d+", title))) for title in titles)
    assert after == [4 * side for side in before]


def test_a_share_that_is_not_zero_is_not_shown_as_zero():
    large = np.zeros((100, 100))
    large[0, 0] = -0.25
    said = say_range(np.array([[0.0, 1.0]]), large)
    assert re.findall(r"[\d.]+\d", said) == ["0.1", "0.25"]
    assert said.startswith("Less")


def test_overshoot_in_the_picture_is_shown():
    app = AppTest.from_file(str(ROOT / "pages" / "kernels.py"), default_timeout=10)
    app.query_params["kernels_picture"] = PICTURES["rings"]
    app.run()
    assert "overshoot" not in caption(app)
    app.pills(key="kernels_kernel").set_value("lanczos3").run()
    small = zone_plate(28)
    large = resize_separable(normalized(KERNELS["lanczos3"]), small, 8)
    outside = ((large < small.min() - 1e-9) | (large > small.max() + 1e-9)).mean()
    assert outside > 0.01
    assert f"{100 * outside:.1f}% " in caption(app)
    assert "overshoot" in caption(app)


def test_values_outside_the_limits_are_replaced_by_the_defaults(page):
    page.slider(key="kernels_rate").set_value(10_000_000)
    page.slider(key="kernels_frequency").set_value(float("nan")).run()
    assert not page.exception
    assert hertz(on_sampling(page)) == [5, 2]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("kernels_rate", "99999999"),
        ("kernels_frequency", "inf"),
        ("kernels_kernel", "Gauss"),
        ("kernels_signal", "<script>"),
        ("kernels_beside", "nothing"),
        ("kernels_factor", "-3"),
        ("kernels_wave", "nan"),
        ("kernels_alias", "99"),
        ("kernels_lobes", "5"),
        ("kernels_at", "-1"),
    ],
)
def test_an_invalid_value_in_the_address_gives_the_default(key, value):
    app = AppTest.from_file(str(ROOT / "pages" / "kernels.py"), default_timeout=10)
    app.query_params[key] = value
    app.session_state["kernels_facts"] = True
    app.run()
    assert not app.exception
    assert names(app, "shape") == ["Sinc", "Bilinear"]
    assert largest_error(app) == pytest.approx(0.182, abs=5e-4)


def test_settings_are_read_from_the_address():
    app = AppTest.from_file(str(ROOT / "pages" / "kernels.py"), default_timeout=10)
    app.query_params["kernels_frequency"] = "12"
    app.query_params["kernels_rate"] = "16"
    app.query_params["kernels_kernel"] = "Mitchell"
    app.run()
    assert hertz(on_sampling(app)) == [8, 12, 4]
    assert names(app, "shape") == ["Sinc", "Mitchell"]


@pytest.mark.parametrize(
    ("key", "name", "label"),
    [
        ("kernels_kernel", "mitchell", "Mitchell"),
        ("kernels_signal", "two_tones", "Two tones"),
        ("kernels_picture", "rings", "Rings of decreasing width"),
    ],
)
def test_the_address_has_names_and_older_labels_are_read(key, name, label):
    for asked in (name, label):
        app = AppTest.from_file(str(ROOT / "pages" / "kernels.py"), default_timeout=10)
        app.query_params[key] = asked
        app.run()
        assert app.session_state[key] == name
        assert app.query_params[key] == name


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (["mitchell", "b_spline"], ["B-spline", "Mitchell"]),
        (["Lanczos 2"], ["Lanczos 2"]),
        ([""], []),
        (list(KERNELS), ["Nearest", "Sinc"]),
        ([], ["Sinc"]),
    ],
)
def test_the_kernels_to_compare_with_are_in_the_address(asked, shown):
    app = AppTest.from_file(str(ROOT / "pages" / "kernels.py"), default_timeout=10)
    app.query_params["kernels_beside"] = asked
    app.run()
    assert not app.exception
    assert names(app, "shape") == [*shown, "Bilinear"]
    app.multiselect(key="kernels_beside").set_value([]).run()
    assert app.query_params["kernels_beside"] == ""
    app.multiselect(key="kernels_beside").set_value(["sinc"]).run()
    assert "kernels_beside" not in app.query_params


def table(page):
    """Return the rows of the table as lists of cell texts, with | in place of the tags."""
    body = page.get("html")[0].proto.body
    rows = re.findall(r"<tr.*?</tr>", body.partition("<tbody>")[2])
    cells = [re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row) for row in rows]
    return [[re.sub(r"<.*?>", "|", cell).strip("|") for cell in row] for row in cells]


def test_the_table_has_the_published_values_and_all_agree():
    page = opened("facts")
    rows = {row[0]: row[1:] for row in table(page)}
    assert rows["Bilinear"] == [
        "0.8106 |✓||8/π²",
        "0.4053 |✓||4/π²",
        "0.00% |✓||0",
        "1 |✓||1",
        "yes |✓||k(0) = 1",
        "1.0000 |✓||1",
    ]
    assert rows["Mitchell"][2:5] == ["3.63% |✓||16/441", "2 |✓||2", "no, 0.8889 |✓||k(0) = 8/9"]
    assert rows["Lanczos 3"][0] == "1.0114 |✓||Si"
    assert rows["Lanczos 2"][5] == "1.0098 |✓||Si"
    assert len(rows) == 8
    assert "✓ 56 of 56 " in caption(page)


def test_the_row_of_the_chosen_kernel_is_highlighted():
    page = opened("facts")
    page.pills(key="kernels_kernel").set_value("b_spline").run()
    body = page.get("html")[0].proto.body
    assert re.findall(r'<tr class="chosen"><th scope="row">(.*?)</th>', body) == ["B-spline"]


def test_a_value_that_differs_gets_a_cross(monkeypatch):
    page = opened("facts")
    wrong = properties_table.measured_and_exact()
    measured, exact = wrong["box"]["H(1/2)"]
    wrong["box"]["H(1/2)"] = (measured, exact._replace(value=0.3))
    monkeypatch.setattr(properties_table, "measured_and_exact", lambda: wrong)
    page.run()
    rows = {row[0]: row[1:] for row in table(page)}
    assert rows["Nearest"][1] == "0.6366 |✗||2/π"
    assert "✓ 55 of 56 " in caption(page)


def test_page_shows_the_formula_and_the_source_code_of_the_library():
    page = opened("formula")
    page.session_state["kernels_facts"] = True
    page.run()
    assert len(page.latex) == 1
    code = "\n".join(block.value for block in page.code)
    for name in (
        "sinc",
        "lanczos",
        "frequency_response",
        "scaled_kernels",
        "resize_separable",
        "measure",
    ):
        assert f"def {name}(" in code
