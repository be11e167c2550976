"""The page of kernels, as a visitor reads and moves it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from fcnlib.kernels import KERNELS
from fcnlib.signals import SIGNALS
from fcnlib.ui.kernels import say_sampling

ROOT = Path(__file__).parents[1]


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
    return {metric.label: float(metric.value) for metric in page.metric}


def test_sinc_and_bilinear_are_there_from_the_first_second(page):
    assert page.title[0].value == "Kernels"
    assert "What stands between the samples?" in text(page)
    assert names(page, 0) == names(page, 1) == ["Sinc", "Bilinear"]
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
        "heavy = {'tensorflow', 'skimage', 'scipy', 'pandas'} & set(sys.modules)\n"
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


def test_other_kernels_come_at_a_click(page):
    page.pills(key="kernels_shown").set_value(["mitchell", "sinc"]).run()
    assert names(page, 0) == names(page, 1) == ["Sinc", "Mitchell"]
    page.pills(key="kernels_shown").set_value([]).run()
    assert not page.exception
    assert names(page, 0) == []


def test_spectrum_can_be_in_decibels(page):
    page.toggle(key="kernels_decibels").set_value(True).run()
    assert figure(page, 1)["layout"]["yaxis"]["title"]["text"] == "Share left, in dB"


def test_sinc_gives_a_sine_back_and_the_bilinear_kernel_does_not(page):
    assert metrics(page)["Largest error"] == pytest.approx(0.182, abs=5e-4)
    page.selectbox(key="kernels_kernel").set_value("sinc").run()
    assert metrics(page)["Largest error"] < 1e-6
    assert metrics(page)["RMS error"] < 1e-6


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
@pytest.mark.parametrize("signal", ["chirp", "step"])
def test_every_kernel_draws_every_kind_of_signal(page, signal, kernel):
    page.selectbox(key="kernels_signal").set_value(signal)
    page.selectbox(key="kernels_kernel").set_value(kernel).run()
    assert not page.exception
    assert "Sum of the kernels" in names(page, 2)


def test_frequency_is_asked_only_where_it_plays_a_part(page):
    assert not page.slider(key="kernels_frequency").disabled
    page.selectbox(key="kernels_signal").set_value("bump").run()
    assert page.slider(key="kernels_frequency").disabled
    assert "A bump has a little of every frequency" in text(page)


def test_normalising_is_offered_for_lanczos_and_matters(page):
    page.selectbox(key="kernels_signal").set_value("step").run()
    assert [toggle.key for toggle in page.toggle] == ["kernels_decibels"]
    page.selectbox(key="kernels_kernel").set_value("lanczos2").run()
    normalised = metrics(page)
    page.toggle(key="kernels_normalise").set_value(False).run()
    assert metrics(page)["RMS error"] > normalised["RMS error"]


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
        ("kernels_shown", "nothing"),
    ],
)
def test_an_address_with_a_wrong_value_gives_the_default(key, value):
    app = AppTest.from_file(str(ROOT / "pages" / "kernels.py"), default_timeout=10)
    app.query_params[key] = value
    app.run()
    assert not app.exception
    assert names(app, 0) == ["Sinc", "Bilinear"]
    assert metrics(app)["Largest error"] == pytest.approx(0.182, abs=5e-4)


def test_settings_travel_in_the_address():
    app = AppTest.from_file(str(ROOT / "pages" / "kernels.py"), default_timeout=10)
    app.query_params["kernels_frequency"] = "12"
    app.query_params["kernels_rate"] = "16"
    app.query_params["kernels_shown"] = ["Mitchell"]
    app.run()
    assert "The samples of 12 Hz are those of 4 Hz" in text(app)
    assert names(app, 0) == ["Mitchell"]


def test_tables_hold_the_published_figures(page):
    table = text(page).replace("\u00a0", " ").replace("\u2011", "-")
    for row in (
        "| Sinc | ∞ | 0 | yes |",
        "| Bilinear | 1 | 0 | yes |",
        "| Mitchell | 2 | 0 | no |",
        "| Bilinear | 0.8106 | 0.4053 | 0 |",
        "| Nearest | 0.9003 | 0.6366 | 0 |",
        "| Catmull-Rom | 0.9390 | 0.4928 | 7.41 % |",
        "| Mitchell | 0.8450 | 0.3833 | 3.63 % |",
        "| B-spline | 0.6570 | 0.1643 | 0 |",
        "| Lanczos 2 | 0.9407 | 0.4958 | 8.54 % |",
        "| Lanczos 3 | 1.0114 | 0.5017 | 11.78 % |",
        "| Lanczos 4 | 1.0038 | 0.4995 | 12.65 % |",
    ):
        assert row in table


def test_sources_are_the_library_s_own(page):
    code = "\n".join(block.value for block in page.code)
    for name in ("sinc", "lanczos", "frequency_response", "scaled_kernels", "convolve_comb"):
        assert f"def {name}(" in code
