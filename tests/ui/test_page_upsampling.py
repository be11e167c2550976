"""The Upsampling page: verdict, figures, table, uploads and address."""

import base64
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from fcnlib.ui.upsampling import example_images
from fcnlib.ui.upsampling.verdict import answer, post_table
from fcnlib.upsampling import experiment, upsample_tf
from fcnlib.upsampling.settings import CheckSettings

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "pages" / "upsampling.py"
RNG = np.random.default_rng(9)


@pytest.fixture
def page():
    app = AppTest.from_file(str(PAGE), default_timeout=60).run()
    assert not app.exception
    return app


def png(*shape):
    file = io.BytesIO()
    Image.fromarray(RNG.integers(0, 256, shape, dtype=np.uint8)).save(file, "PNG")
    return file.getvalue()


def metrics(page):
    return {metric.label: metric.value for metric in page.metric}


def verdict(page):
    return metrics(page)["TensorFlow against scikit-image"]


def captions(page):
    return "\n".join(caption.value for caption in page.caption)


def title(page, index):
    spec = json.loads(page.get("plotly_chart")[index].proto.spec)
    return spec["layout"]["title"]["text"]


def choose(page, factor=None, picture=None, precision=None):
    if factor:
        page.slider(key="upsampling_factor").set_value(factor)
    if picture:
        page.selectbox(key="upsampling_picture").set_value(picture)
    if precision:
        page.selectbox(key="upsampling_precision").set_value(precision)
    page.run()
    assert not page.exception


def test_the_first_run_shows_the_verdict(page):
    assert page.title[0].value == "Upsampling"
    assert verdict(page) == "allclose: True"
    assert metrics(page)["rtol"] == "1e-05"
    assert metrics(page)["atol"] == "1e-06"
    assert 0 < float(metrics(page)["Largest difference"]) < 1e-6
    assert "243 of 243" in captions(page)
    assert len(page.latex) == 3


def test_every_factor_of_the_post(page):
    for factor in range(2, 10):
        choose(page, factor)
        assert verdict(page) == "allclose: True", factor
        assert title(page, 0) == f"TensorFlow, {3 * factor} × {3 * factor} px"
        assert title(page, 1) == f"scikit-image, {3 * factor} × {3 * factor} px"
        size = 2 * factor - factor % 2
        assert f"{size} × {size} weights" in captions(page)
        assert f"add up to {factor**2}," in captions(page)


def test_table_of_the_post(page):
    table = page.table[0].value
    assert table["Check for factor"].tolist() == [str(factor) for factor in range(2, 10)]
    assert (table["allclose"] == "True").all()
    assert (table["Largest difference"].astype(float) < 1e-6).all()
    assert table["Kernel"].tolist()[:2] == ["4 × 4", "5 × 5"]


def test_photograph_at_the_factor_of_the_network(page):
    choose(page, 32, "cat")
    assert verdict(page) == "allclose: True"
    assert title(page, 0) == "TensorFlow, 672 × 1024 px"
    assert "300 × 451 to 21 × 32 px" in captions(page)
    assert page.table[1].value["Size"].tolist() == ["144 KiB", "6.89 MiB", "15,625 MiB"]


def test_float64_agrees_to_rounding(page):
    choose(page, 7, "coffee", "float64")
    assert verdict(page) == "allclose: True"
    assert float(metrics(page)["Largest difference"]) < 1e-14


def test_upload(page):
    choose(page, 5, "own")
    assert title(page, 0) == "TensorFlow, 15 × 15 px"  # the ramp, until a file is uploaded
    page.file_uploader(key="upsampling_upload").upload("mine.png", png(40, 64, 3)).run()
    assert not page.exception
    assert "40 × 64 to 20 × 32 px" in captions(page)
    assert title(page, 0) == "TensorFlow, 100 × 160 px"
    assert title(page, 1) == "scikit-image, 100 × 160 px"
    assert verdict(page) == "allclose: True"
    assert (page.table[0].value["allclose"] == "True").all()


def test_small_upload_is_shown_as_it_is(page):
    choose(page, 2, "own")
    data = png(20, 24, 3)
    page.file_uploader(key="upsampling_upload").upload("mine.png", data).run()
    spec = json.loads(page.get("plotly_chart")[3].proto.spec)
    shown = base64.b64decode(spec["data"][0]["source"].split(",")[1])
    np.testing.assert_array_equal(Image.open(io.BytesIO(shown)), Image.open(io.BytesIO(data)))


def test_two_uploads_give_different_results(page):
    choose(page, 5, "own")
    specs = set()
    for _ in range(2):
        page.file_uploader(key="upsampling_upload").upload("mine.png", png(64, 64, 3)).run()
        specs.add(page.get("plotly_chart")[2].proto.spec)
    assert len(specs) == 2


def test_broken_upload_shows_an_error_and_keeps_the_settings(page):
    choose(page, 6, "own", "float64")
    page.file_uploader(key="upsampling_upload").upload("half.png", png(64, 64, 3)[:300]).run()
    assert not page.exception
    assert "damaged or incomplete" in page.main.text[0].value
    assert page.slider(key="upsampling_factor").value == 6
    assert page.selectbox(key="upsampling_picture").value == "own"
    assert page.selectbox(key="upsampling_precision").value == "float64"
    assert title(page, 0) == "TensorFlow, 18 × 18 px"
    page.file_uploader(key="upsampling_upload").upload("whole.png", png(64, 64, 3)).run()
    assert title(page, 0) == "TensorFlow, 192 × 192 px"


def test_the_source_of_the_library_is_shown(page):
    shown = "\n".join(code.value for code in page.code)
    for name in ("upsample_tf", "upsample_skimage", "compare", "upsample_tf_dense"):
        assert f"def {name}(" in shown


@pytest.mark.parametrize("factor", [-1, 1, 33, 100000])
def test_factor_beyond_the_slider_is_refused(page, factor):
    choose(page, factor)
    assert title(page, 0) == "TensorFlow, 9 × 9 px"


def test_an_address_can_hold_the_settings():
    app = AppTest.from_file(str(PAGE), default_timeout=60)
    app.query_params["upsampling_factor"] = "8"
    app.query_params["upsampling_picture"] = example_images.CHOICES["rocket"]
    app.run()
    assert "427 × 640" in captions(app)
    assert title(app, 0) == "TensorFlow, 168 × 256 px"


def test_disagreement_is_detected(inline, monkeypatch):
    monkeypatch.setattr(
        experiment, "upsample_tf", lambda factor, image, _: upsample_tf(factor, image) + 1
    )
    image = np.zeros((4, 4, 3))
    rows = post_table(CheckSettings(), "a picture for this test", image)
    assert [row["allclose"] for row in rows] == ["False"] * 8
    figures = answer(CheckSettings(2), "a picture for this test", image)[0]
    assert figures["allclose"] == "False"
    assert figures["Largest difference"] == figures["Away from the rim"] == "1.0e+00"
    assert figures["Values within tolerance"] == "0 of 192"


def test_a_negative_verdict_is_shown():
    def script():
        from fcnlib.ui.upsampling.verdict import show_verdict

        figures = {"Largest difference": "2.5e-01", "Values within tolerance": "45 of 50"}
        show_verdict({"allclose": "False", **figures}, "numpy")

    app = AppTest.from_function(script).run()
    assert verdict(app) == "allclose: False"
    assert metrics(app)["Largest difference"] == "2.5e-01"
    assert metrics(app)["atol"] == "1e-08"
    assert ":red-badge" in captions(app)
    assert ":green-badge" not in captions(app)
    assert "45 of 50" in captions(app)


def test_importing_the_parts_does_not_import_tensorflow():
    code = "import sys, fcnlib.ui.upsampling.verdict; assert 'tensorflow' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)
