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

from fcnlib.ui.page import PAGES
from fcnlib.kernels.bilinear import get_kernel_size
from fcnlib.ui.upsampling import example_images
from fcnlib.ui.upsampling.verdict import LABEL, answer, post_table
from fcnlib.upsampling import experiment, ramp, upsample_skimage, upsample_tf
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
    """Return the figures of the last comparison on the page."""
    first = max(n for n, metric in enumerate(page.metric) if metric.label == LABEL)
    return {metric.label: metric.value for metric in page.metric[first:]}


def verdict(page):
    return metrics(page)[LABEL]


def allowed(page):
    """Return what is said about the allowed difference of the last comparison."""
    return [text.value for text in page.markdown if "-badge[" in text.value][-1]


def captions(page):
    return "\n".join(caption.value for caption in page.caption)


def spec(page, key):
    (chart,) = [chart for chart in page.get("plotly_chart") if chart.key == key]
    return json.loads(chart.proto.spec)


def title(page, key):
    return spec(page, key)["layout"]["title"]["text"]


def unfold(page, *names):
    for name in names:
        page.session_state[f"upsampling_{name}_fold"] = True
    page.run()
    assert not page.exception


def table(page, index=0):
    return page.table[index].value


def choose(page, factor=None, picture=None, precision=None):
    if factor:
        page.slider(key="upsampling_factor").set_value(factor)
    if picture:
        page.selectbox(key="upsampling_picture").set_value(picture)
    if precision:
        page.segmented_control(key="upsampling_precision").set_value(precision)
    page.run()
    assert not page.exception


def test_the_first_run_shows_the_verdict(page):
    assert page.title[0].value == PAGES["pages/upsampling.py"].question
    assert verdict(page) == "allclose: True"
    assert page.slider(key="upsampling_factor").value == 3
    assert title(page, "upsampling_tensorflow") == "TensorFlow, 9 × 9 px"
    assert title(page, "upsampling_skimage") == "scikit-image, 9 × 9 px"
    (said,) = [text.value for text in page.markdown if ":green-badge" in text.value]
    assert "0.0000000" in said
    assert "243 of 243" in said
    unfold(page, "script")
    assert verdict(page) == "allclose: True"
    assert "rtol=1e-05, atol=1e-06" in allowed(page)
    assert 0 < float(metrics(page)["Largest difference"]) < 1e-6


def test_every_step_has_its_heading_and_its_figures(page):
    steps = ["kernel", "factors", "breaks", "end"]
    assert [heading.proto.anchor for heading in page.header] == [
        *(f"upsampling_{name}" for name in steps[:-1]),
        "end",
    ]
    assert [int(heading.value[0]) for heading in page.header[:3]] == [1, 2, 3]
    names = ("before", "ramp", "kernel", "result", "reach_odd")
    names += ("tensorflow", "skimage", "difference")
    charts = [chart.key for chart in page.get("plotly_chart")]
    assert sorted(charts) == sorted(f"upsampling_{name}" for name in names)


def test_the_copy_of_every_input_pixel_is_outlined(page):
    """The outputs that change with an input pixel, found by changing it."""
    changes = []
    for pixel in range(9):
        image = np.zeros((3, 3))
        image.flat[pixel] = 1
        rows, columns = np.nonzero(upsample_skimage(3, image))
        changes.append([rows.min(), rows.max() + 1, columns.min(), columns.max() + 1])
    for pixel in range(9):
        page.slider(key="upsampling_pixel").set_value(pixel + 1).run()
        assert not page.exception
        found = [
            {
                name: value + 0.5
                for name, value in spec(page, key)["layout"]["shapes"][0].items()
                if name in ("x0", "x1", "y0", "y1")
            }
            for key in ("upsampling_ramp", "upsampling_result")
        ]
        row, column = divmod(pixel, 3)
        assert found[0] == {"y0": row, "y1": row + 1, "x0": column, "x1": column + 1}
        assert found[1] == dict(zip(("y0", "y1", "x0", "x1"), changes[pixel], strict=True))
        said = " ".join(text.value for text in page.markdown)
        assert f"{ramp()[row, column, 0]:g} × the kernel" in said


def test_the_result_of_the_first_step_is_scikit_images(page):
    numbers = spec(page, "upsampling_result")["data"][-1]["text"]
    expected = upsample_skimage(3, ramp()[..., 0])
    assert [float(number) for number in numbers] == pytest.approx(expected.ravel(), abs=0.0051)


@pytest.mark.parametrize(("choice", "verdict"), [("8", "right"), ("4", "not"), ("show", None)])
def test_the_size_for_an_even_factor_is_predicted(page, choice, verdict):
    assert get_kernel_size(4) == np.count_nonzero(np.abs(np.arange(-99.5, 100)) < 4) == 8
    page.pills(key="upsampling_size").set_value(choice).run()
    assert not page.exception
    given = page.session_state["predictions"]["upsampling_size"]
    assert given.right is {"right": True, "not": False, None: None}[verdict]
    assert len(spec(page, "upsampling_reach_even")["data"][1]["y"]["bdata"]) > 0
    assert "8 weights" in title(page, "upsampling_reach_even")


def test_every_factor_of_the_post(page):
    unfold(page, "kernel")
    for factor in range(2, 10):
        choose(page, factor)
        assert verdict(page) == "allclose: True", factor
        assert title(page, "upsampling_tensorflow") == f"TensorFlow, {3 * factor} × {3 * factor} px"
        assert title(page, "upsampling_skimage") == f"scikit-image, {3 * factor} × {3 * factor} px"
        size = 2 * factor - factor % 2
        assert f"{size} × {size} weights" in captions(page)
        assert f"add up to {factor**2}," in captions(page)


def test_table_of_the_post(page):
    rows = table(page)
    assert rows["Check for factor"].tolist() == [str(factor) for factor in range(2, 10)]
    assert (rows["allclose"] == "True").all()
    assert (rows["Largest difference"].astype(float) < 1e-6).all()
    assert rows["Kernel"].tolist()[:2] == ["4 × 4", "5 × 5"]


def test_photograph_at_the_factor_of_the_network(page):
    choose(page, 32, "cat")
    assert verdict(page) == "allclose: True"
    assert title(page, "upsampling_tensorflow") == "TensorFlow, 672 × 1024 px"
    assert "300 × 451 to 21 × 32 px" in captions(page)
    unfold(page, "memory")
    assert table(page, 1)["Size"].tolist() == ["147 kB", "7.23 MB", "16.4 GB"]


def test_float64_agrees_to_rounding(page):
    unfold(page, "script")
    choose(page, 7, "coffee", "float64")
    assert verdict(page) == "allclose: True"
    assert float(metrics(page)["Largest difference"]) < 1e-14


def test_upload(page):
    choose(page, 5, "own")
    assert title(page, "upsampling_tensorflow") == "TensorFlow, 15 × 15 px"
    page.file_uploader(key="upsampling_upload").upload("mine.png", png(40, 64, 3)).run()
    assert not page.exception
    assert "40 × 64 to 20 × 32 px" in captions(page)
    assert title(page, "upsampling_tensorflow") == "TensorFlow, 100 × 160 px"
    assert title(page, "upsampling_skimage") == "scikit-image, 100 × 160 px"
    assert verdict(page) == "allclose: True"
    assert (table(page)["allclose"] == "True").all()


def test_small_upload_is_shown_as_it_is(page):
    choose(page, 2, "own")
    data = png(20, 24, 3)
    page.file_uploader(key="upsampling_upload").upload("mine.png", data).run()
    unfold(page, "kernel")
    source = spec(page, "upsampling_input")["data"][0]["source"]
    shown = base64.b64decode(source.split(",")[1])
    np.testing.assert_array_equal(Image.open(io.BytesIO(shown)), Image.open(io.BytesIO(data)))


def test_l5_two_uploads_give_different_results(page):
    choose(page, 5, "own")
    specs = set()
    for _ in range(2):
        page.file_uploader(key="upsampling_upload").upload("mine.png", png(64, 64, 3)).run()
        specs.add(json.dumps(spec(page, "upsampling_difference")))
    assert len(specs) == 2


def test_a_link_to_the_first_factor_replaces_another(page):
    choose(page, 6)
    assert page.query_params["upsampling_factor"] in ("6", ["6"])
    page.query_params["upsampling_factor"] = "3"
    assert page.run().slider(key="upsampling_factor").value == 3


def test_broken_upload_shows_an_error_and_keeps_the_settings(page):
    choose(page, 6, "own", "float64")
    page.file_uploader(key="upsampling_upload").upload("half.png", png(64, 64, 3)[:300]).run()
    assert not page.exception
    assert "damaged or incomplete" in page.main.text[0].value
    assert page.slider(key="upsampling_factor").value == 6
    assert page.selectbox(key="upsampling_picture").value == "own"
    assert page.segmented_control(key="upsampling_precision").value == "float64"
    assert title(page, "upsampling_tensorflow") == "TensorFlow, 18 × 18 px"
    page.file_uploader(key="upsampling_upload").upload("whole.png", png(64, 64, 3)).run()
    assert title(page, "upsampling_tensorflow") == "TensorFlow, 192 × 192 px"


def test_the_source_of_the_library_is_shown(page):
    unfold(page, "script", "memory")
    shown = "\n".join(code.value for code in page.code)
    for name in ("upsample_tf", "upsample_skimage", "compare", "upsample_tf_dense"):
        assert f"def {name}(" in shown


@pytest.mark.parametrize("factor", [-1, 1, 33, 100000])
def test_factor_beyond_the_slider_is_refused(page, factor):
    choose(page, factor)
    assert title(page, "upsampling_tensorflow") == "TensorFlow, 6 × 6 px"


@pytest.mark.parametrize("name", ["rocket", example_images.CHOICES["rocket"]])
def test_an_address_can_hold_the_settings(name):
    """A picture's label too, which older addresses have."""
    app = AppTest.from_file(str(PAGE), default_timeout=60)
    app.query_params["upsampling_factor"] = "8"
    app.query_params["upsampling_picture"] = name
    app.query_params["upsampling_precision"] = "float64"
    app.run()
    assert app.segmented_control(key="upsampling_precision").value == "float64"
    assert "427 × 640" in captions(app)
    assert title(app, "upsampling_tensorflow") == "TensorFlow, 168 × 256 px"


def test_a_chosen_picture_is_in_the_address(page):
    choose(page, picture="coffee")
    assert page.query_params["upsampling_picture"] == "coffee"
    choose(page, 5)
    assert page.selectbox(key="upsampling_picture").value == "coffee"
    choose(page, picture="ramp")
    assert "upsampling_picture" not in page.query_params


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
    assert "atol=1e-08" in allowed(app)
    (said,) = [text.value for text in app.markdown]
    assert ":red-badge" in said
    assert "45 of 50" in said


def test_importing_the_parts_does_not_import_tensorflow():
    code = "import sys, fcnlib.ui.upsampling.verdict; assert 'tensorflow' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)
