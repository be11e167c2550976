"""From a URL to class maps with a full-size VGG-16, with everything served on 127.0.0.1.

The weights are random but have the official size and format; the photograph comes with
scikit-image. The same archive, server and photograph are used by the command line, in a separate
process, and by the Segmentation page.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage.transform import rescale
from streamlit.testing.v1 import AppTest
from support.weights_server import WeightsServer

from fcnlib import images
from fcnlib.networks import shipped
from fcnlib.networks.precision import FORMATS, choose
from fcnlib.ui import jobs

ROOT = Path(__file__).parents[2]
LONG = 300  # seconds; far more than any step here needs


@pytest.fixture(scope="module")
def server(full_size_archive):
    photo = images.encode_png(images.fit_long_side(images.sample("motorcycle"), 400))
    files = {"photo.png": photo, full_size_archive.name: full_size_archive.read_bytes()}
    with WeightsServer(files) as server:
        yield server


@pytest.fixture(scope="module")
def environment(server, full_size_archive, tmp_path_factory):
    """Point fcnlib at the server, and its cache at a folder that is empty at first."""
    return {
        "FCNLIB_CACHE_DIR": str(tmp_path_factory.mktemp("cache")),
        "FCNLIB_WEIGHTS_URL": server.url,
        "FCNLIB_WEIGHTS_SIZE": str(full_size_archive.stat().st_size),
        "FCNLIB_ALLOW_LOCAL_PICTURES": "1",
    }


def command(environment, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "fcnlib", *map(str, arguments)],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )


def test_command_line_from_url_to_maps(server, environment, tmp_path):
    photo = (f"{server.url}/photo.png", "--network", "vgg_16")
    before = command(environment, "segment", *photo)
    assert before.returncode == 1
    assert "python -m fcnlib weights --fetch" in before.stderr

    fetched = command(environment, "weights", "--fetch")
    assert fetched.returncode == 0, fetched.stderr
    assert fetched.stdout.strip().endswith("vgg_16.ckpt")

    verified = command(environment, "weights", "--verify")
    assert verified.returncode == 0, verified.stderr
    assert "32 tensors, 138,357,544 parameters, all finite" in verified.stdout

    done = command(environment, "segment", *photo, "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    first = f"270 × 400 px, 9 × 13 cells, VGG-16 (ImageNet) in {choose()}"
    assert done.stdout.splitlines()[0] == first
    check_files(tmp_path)


def check_files(folder):
    """Compare the arrays with upsampling every class, and check that the pictures open."""
    with np.load(folder / "segmentation.npz") as arrays:
        logits, labels = arrays["coarse_logits"], arrays["label_map"]
        assert len(arrays["class_names"]) == 1000
    assert logits.shape == (9, 13, 1000)
    assert len(np.unique(labels)) > 1
    cut = logits[:3, :4]  # every class of a corner, upsampled by scikit-image
    dense = rescale(cut, 32, order=1, mode="edge", clip=False, channel_axis=-1)
    np.testing.assert_array_equal(labels[:80, :112], dense.argmax(-1)[:80, :112])
    sizes = {path.name: size_of(path) for path in folder.glob("*.png")}
    assert sizes == {"coarse.png": (13, 9), "map.png": (400, 270), "overlay.png": (400, 270)}


def size_of(path):
    with Image.open(path) as image:
        return image.size


def test_the_example_in_the_readme_runs(tmp_path):
    code = (ROOT / "README.md").read_text().split("```python\n")[1].split("```")[0]
    photo = images.fit_long_side(images.sample("cat"), 100)
    (tmp_path / "cat.jpg").write_bytes(images.encode_png(photo))
    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=LONG,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("cat: ")
    assert size_of(tmp_path / "overlay.png") == (100, 67)


@pytest.fixture
def app(inline, environment, monkeypatch, tmp_path):
    """Open the Segmentation page on a machine that has no weights yet."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("FCNLIB_CACHE_DIR", str(tmp_path))
    app = AppTest.from_file(str(ROOT / "pages/segmentation.py"), default_timeout=LONG)
    app.query_params["segmentation_network"] = "VGG-16 (ImageNet)"
    app.run()
    yield app.segmented_control(key="segmentation_source").set_value("address").run()
    jobs.queue.clear()
    if network := shipped._LOADED.pop("vgg_16", None):
        network.close()


def run_until(app, condition):
    deadline = time.monotonic() + LONG
    while not condition():
        assert time.monotonic() < deadline
        assert not app.exception
        time.sleep(0.3)
        app.run()


def open_fold(app, key):
    app.session_state[key] = True
    app.run()


def test_page_from_url_to_maps(app, server):
    app.text_input(key="segmentation_address").set_value(f"{server.url}/photo.png").run()
    app.button(key="segmentation_fetch_address").click().run()
    run_until(app, lambda: "segmentation_fetch" in [button.key for button in app.button])
    app.button(key="segmentation_fetch").click().run()
    run_until(app, lambda: vgg_16_answers(app))
    assert app.text_input(key="segmentation_address").value == f"{server.url}/photo.png"
    assert {"segmentation_picture", "segmentation_1_coarse", "segmentation_1_full"} <= keys(app)
    open_fold(app, "segmentation_details")
    assert app.dataframe[0].value["share"].sum() == pytest.approx(100)
    assert any(f"({choose()})" in caption.value for caption in app.caption)
    open_fold(app, "segmentation_vgg_16_order_fold")
    check_the_confidence(app)
    open_fold(app, "segmentation_cost")
    check_the_other_format(app)


def vgg_16_answers(app):
    """Return whether the maps are those of VGG-16. Until its weights are there, another answers."""
    titles = " ".join(chart.proto.spec for chart in app.get("plotly_chart"))
    shown = "segmentation_2_full" in keys(app)
    return shown and "VGG-16" in titles and "not VGG-16" not in titles


def keys(app):
    return {chart.key for chart in app.get("plotly_chart")}


def check_the_confidence(app):
    """Request the confidence of every pixel; it is between chance and certainty."""
    app.button(key="segmentation_confidence_run").click().run()
    run_until(app, lambda: "Confidence on average" in [metric.label for metric in app.metric])
    shown = {metric.label: metric.value for metric in app.metric}
    least, mean = (
        float(shown[name].rstrip("%"))
        for name in ("Least confident pixel", "Confidence on average")
    )
    assert 0.1 <= least <= mean <= 100
    assert "segmentation_confidence_map" in [chart.key for chart in app.get("plotly_chart")]


def check_the_other_format(app):
    """Run the same picture in the other number format and check what it changes."""
    other = next(name for name in FORMATS if name != choose())
    assert other in app.button(key="segmentation_precision_run").label
    app.button(key="segmentation_precision_run").click().run()
    run_until(app, lambda: "Pixels with another class" in [metric.label for metric in app.metric])
    shown = {metric.label: metric.value for metric in app.metric}
    assert 0 < float(shown["Pixels with another class"].rstrip("%")) < 50
    assert 0 < float(shown["Largest change of a score"].split("%")[0]) < 10
    assert {f"Network in {name}" for name in FORMATS} <= set(shown)
    masks = [chart for chart in app.get("plotly_chart") if "precision" in chart.key]
    assert len(masks) == 1
    app.segmented_control(key="segmentation_precision").set_value(other).run()
    app.selectbox(key="segmentation_long_side").set_value(0).run()
    computed = f"({other})"
    run_until(app, lambda: any(computed in caption.value for caption in app.caption))
