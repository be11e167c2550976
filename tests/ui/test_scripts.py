"""The scripts and notebooks that pages offer: they run and print what the page shows."""

import ast
import base64
import contextlib
import io
import json
import os
import re
import runpy
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import nbformat
import numpy as np
import pytest
import streamlit as st
from hypothesis import example, given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from fcnlib.ui.page import PAGES, STORY
from fcnlib import images
from fcnlib.ui import jobs, scripts

ROOT = Path(__file__).parents[2]


class Saved(NamedTuple):
    """A page and the files that it offers, made when they are asked for."""

    app: AppTest
    files: dict

    @property
    def script(self):
        return self.file("py")

    def file(self, ending):
        (make,) = (make for name, make in self.files.items() if name.endswith(f".{ending}"))
        return make()


@pytest.fixture
def save(monkeypatch):
    """Open a page with values of its controls, and keep what its buttons would download."""
    files = {}

    def button(label, data, name, *_, **__):
        if name.startswith("fcnlib_"):
            files[name] = data

    monkeypatch.setattr(st, "download_button", button)

    def opened(page, **chosen):
        app = AppTest.from_file(str(ROOT / page), default_timeout=120)
        for name, value in chosen.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return Saved(app, files)

    yield opened
    jobs.queue.clear()


def by_label(lines):
    return dict(line.split(": ", 1) for line in lines.splitlines())


def run(script, folder):
    """Run a script in an empty folder; return what it printed, by label."""
    path = Path(folder, "script.py")
    path.write_text(script, encoding="utf-8")
    with contextlib.chdir(folder), contextlib.redirect_stdout(io.StringIO()) as printed:
        runpy.run_path(str(path), run_name="__main__")
    return by_label(printed.getvalue())


def run_alone(script, folder):
    """Run a script as `run` does, in an interpreter of its own."""
    Path(folder, "script.py").write_text(script, encoding="utf-8")
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "script.py"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return by_label(done.stdout)


def numbers(text):
    """Return the numbers in a text, each as it is written."""
    found = re.findall(r"-?\d[\d,.]*(?:e[-+]\d+)?%?", text.replace("−", "-").replace("*", " "))
    return [number.rstrip(".,") for number in found]


def texts(app):
    return "\n".join(element.value for element in [*app.markdown, *app.caption])


def components(app):
    """Return the data of the components that have any."""
    parts = [part.proto.json for part in app.get("bidi_component")]
    return [json.loads(part) for part in parts if part]


def charts(app):
    return {chart.key: json.loads(chart.proto.spec) for chart in app.get("plotly_chart")}


def drawn(app, key):
    """Return the values of a figure of squares, from the first to the last."""
    values = charts(app)[key]["data"][0]["z"]
    if isinstance(values, dict):
        values = np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"])
    return np.ravel(values)


def shown(app):
    """Return every number that a page shows in its texts, figures and components."""
    found = [texts(app)]
    found += [json.dumps(figure["layout"]) for figure in charts(app).values()]
    found += [part.proto.json for part in app.get("bidi_component")]
    return {number for text in found for number in numbers(text)}


def rounded(text):
    """Return a number with one digit, however it is written."""
    return f"{float(text):.0e}"


KERNELS = {"kernels_alias": "show", "kernels_cut": "show"}


@pytest.mark.parametrize(
    "state",
    [
        {},
        {
            "kernels_kernel": "lanczos3",
            "kernels_normalize": "false",
            "kernels_signal": "chirp",
            "kernels_rate": "14",
            "kernels_wave": "7.0",
            "kernels_lobes": "3",
            "kernels_at": "11",
        },
    ],
)
def test_kernels(save, tmp_path, state):
    saved = save("pages/kernels.py", **KERNELS, **state)
    printed = run(saved.script, tmp_path)
    assert f"**alias** of {printed['Alias']} appears" in texts(saved.app)
    assert {n for value in printed.values() for n in numbers(value)} <= shown(saved.app)
    assert len(printed) == 5
    assert Path(tmp_path, "curve.html").stat().st_size > 0


def compared(app):
    """Return what the Upsampling page shows of its last comparison, by label."""
    first = max(n for n, metric in enumerate(app.metric) if "TensorFlow" in metric.label)
    return {metric.label: metric.value for metric in app.metric[first:]}


@pytest.mark.parametrize("state", [{}, {"upsampling_factor": "4", "upsampling_picture": "cat"}])
def test_upsampling(save, tmp_path, state):
    saved = save("pages/upsampling.py", **state)
    printed = run(saved.script, tmp_path)
    assert compared(saved.app)["TensorFlow against scikit-image"] == "allclose: True"
    assert f"Here, {printed['Values within tolerance']} values" in texts(saved.app)
    for row in saved.app.table[0].value.to_dict("records"):
        line = printed[f"Factor {row['Check for factor']}"]
        assert f"allclose is {row['allclose']}," in line
        assert rounded(line.split()[-1]) == rounded(row["Largest difference"])


@pytest.mark.parametrize(
    ("name", "factor", "label"),
    [("edge", 4, "Largest difference"), ("tolerances", 2, "Away from the rim"), ("clip", 3, "")],
)
def test_upsampling_with_a_break(save, tmp_path, name, factor, label):
    state = {"upsampling_break": name, f"upsampling_predict_{name}": "show"}
    saved = save("pages/upsampling.py", upsampling_factor=str(factor), **state)
    printed, page = run(saved.script, tmp_path), compared(saved.app)
    assert page["TensorFlow against scikit-image"] == f"allclose: {printed['allclose']}"
    assert printed["allclose"] == "False"
    label = label or "Largest difference"
    assert rounded(printed[label]) == rounded(page[label])


def test_upsampling_a_visitors_file(save, tmp_path):
    name = "my 'cat'; import os.png"
    data = images.encode_png(np.ascontiguousarray(images.sample("cat")[40:240, 100:340]))
    saved = save("pages/upsampling.py", upsampling_picture="own")
    saved.app.file_uploader(key="upsampling_upload").upload(name, data).run()
    Path(tmp_path, name).write_bytes(data)
    printed = run(saved.script, tmp_path)
    assert f"Here, {printed['Values within tolerance']} values" in texts(saved.app)
    assert assigned(saved.script, "PICTURE")[1] == f"./{name}"


TRANSPOSED = {"transposed_convolution_back": "show", "transposed_convolution_board_flat": "show"}


@pytest.mark.parametrize(
    "state",
    [
        {},
        {
            "transposed_convolution_views_shape": "2-D",
            "transposed_convolution_views_weights": "random",
            "transposed_convolution_views_stride": "3",
            "transposed_convolution_stride": "2",
            "transposed_convolution_board_weights": "bilinear",
            "transposed_convolution_board_size": "6",
            "transposed_convolution_board_stride": "4",
        },
        {"transposed_convolution_board_weights": "own"},
    ],
)
def test_transposed_convolution(save, tmp_path, state):
    saved = save("pages/transposed_convolution.py", **TRANSPOSED, **state)
    printed = run(saved.script, tmp_path)
    views = components(saved.app)
    (output,) = [
        view["output"]["full"] for view in views if view.get("views") == ["gather", "formula"]
    ]
    cells = [cell for row in ast.literal_eval(printed["Output"]) for cell in row]
    assert cells == pytest.approx([float(cell.replace("−", "-")) for cell in output], abs=1e-3)
    assert max(float(printed[label]) for label in printed if "difference" in label) < 1e-14
    *smaller, last = ast.literal_eval(printed["Sizes"])
    assert f"{', '.join(map(str, smaller))} **and** {last} cells" in texts(saved.app)
    shown = drawn(saved.app, "transposed_convolution_board_sums")
    expected = np.ravel(ast.literal_eval(printed["Sums of the weights"]))
    np.testing.assert_allclose(np.sort(np.ravel(shown)), np.sort(expected), atol=1e-6)
    ripple = float(printed["Brightest by darkest"])
    words = "flat" if ripple == 1 else f"the brightest is {round(ripple, 2):g} times the darkest"
    assert f"{words}**" in texts(saved.app)


WHY = {"why_a_layer_stop": "show", "why_a_layer_learned": "show"}


@pytest.mark.parametrize(
    "state",
    [
        {"why_a_layer_method": "layer"},
        {
            "why_a_layer_method": "library",
            "transposed_convolution_step_rate": "1.7",
            "transposed_convolution_step_at": "30",
        },
    ],
)
def test_why_a_layer(save, tmp_path, state):
    saved = save("pages/why_a_layer.py", **WHY, **state)
    printed = run(saved.script, tmp_path)
    assert float(printed.pop("Largest difference from TensorFlow")) < 1e-14
    (chain,) = [figure for key, figure in charts(saved.app).items() if key.endswith("stop_chain")]
    notes = " ".join(note["text"] for note in chain["layout"]["annotations"])
    gradients = {
        label: printed.pop(label)
        for label in list(printed)
        if "Gradient of " in label[:12] and "row" not in label
    }
    for gradient in gradients.values():
        assert f"<b>{gradient}</b>" in notes or gradient in notes
    assert ("None" in gradients.values()) == (state["why_a_layer_method"] == "library")
    assert len(printed) == 7
    assert {number for value in printed.values() for number in numbers(value)} <= shown(saved.app)


NETWORK = {"network_valid": "show", "network_overlap": "show"}


@pytest.mark.parametrize(
    "state",
    [
        {},
        {
            "network_layer": "conv4_2",
            "network_position": "12",
            "network_size": "384x512",
            "network_column": "3",
            "network_row": "20",
        },
    ],
)
def test_network(save, tmp_path, state):
    saved = save("pages/network.py", **NETWORK, **state)
    printed = run(saved.script, tmp_path)
    assert len(printed) == 9
    assert {n for value in printed.values() for n in numbers(value)} <= shown(saved.app) | {
        "0%",
        "0",
    }
    assert (
        f"**{state.get('network_layer', 'pool5')}**: {printed[state.get('network_layer', 'pool5')]}"
        in texts(saved.app)
    )
    assert f"Dense layer: **{printed['Dense layer']}**" in texts(saved.app).replace("−", "-")
    outside = printed["Outside the picture"]
    assert (f"{outside} of the receptive" in texts(saved.app)) == (outside != "0%")


@pytest.mark.parametrize(
    "state", [{}, {"memory_classes": "21", "memory_factor": "3", "memory_picture": "rocket"}]
)
def test_memory(save, tmp_path, state):
    saved = save("pages/memory.py", memory_share="show", memory_survivors_left="show", **state)
    printed = run(saved.script, tmp_path)
    assert Path(tmp_path, "remaining_classes.html").stat().st_size > 0
    assert float(printed.pop("Largest difference of column times row")) < 1e-15
    column = drawn(saved.app, "memory_column")
    assert ast.literal_eval(printed.pop("Column")) == pytest.approx(column, abs=1e-6)
    assert {n for value in printed.values() for n in numbers(value)} <= shown(saved.app)


@pytest.mark.parametrize("state", [{}, {"home_photo": "motorbike"}])
def test_home(save, tmp_path, state):
    saved = save("app.py", home_nearest="show", home_cells="show", **state)
    printed = run(saved.script, tmp_path)
    assert Path(tmp_path, "overlay.png").stat().st_size > 0
    parts = components(saved.app)
    (page,) = [part for part in parts if "classes" in part]
    assert printed.pop("Cells") == "{} × {}".format(*page["cells"])
    shares = {name: share["bilinear"] for _, name, _, share in page["classes"]}
    named = [name for name in shares if name in printed]
    assert len(named) >= 2
    for name in named:
        assert float(printed.pop(name).split()[0]) == pytest.approx(shares[name], abs=1e-4)
    between = printed.pop("Of these, all but").split()[0]
    assert f"{'All' if between == '0' else f'All but {between}'} of them" in texts(saved.app)
    assert len(printed) == 4
    assert {n for value in printed.values() for n in numbers(value)} <= shown(saved.app)


def added(app):
    """Return the table of a pixel's sum: the column of its class, from the first cell on."""
    table = next(table.value for table in app.table if "Cell" in table.value)
    return [cell.replace("*", "").replace("−", "-") for cell in table.iloc[:, 1]]


PHOTO = images.encode_png(np.ascontiguousarray(images.sample("cat")[40:240, 100:340]))


@pytest.mark.parametrize(
    ("state", "file"),
    [
        ({}, ""),
        ({"segmentation_sample": "coffee", "segmentation_second": "people"}, ""),
        pytest.param({"segmentation_source": "upload"}, 'a "cat".png', marks=pytest.mark.slow),
    ],
)
def test_segmentation(save, tmp_path, state, file):
    saved = save("pages/segmentation.py", segmentation_agree="show", **state)
    if file:
        saved.app.file_uploader(key="segmentation_upload").upload(file, PHOTO).run()
        Path(tmp_path, file).write_bytes(PHOTO)
    printed = run(saved.script, tmp_path)
    page = texts(saved.app)
    names = assigned(saved.script, "NETWORKS")[1]
    assert all(Path(tmp_path, f"{name}.png").exists() for name in names)
    for label in [label for label in printed if label.startswith(names)]:
        value = printed[label].removesuffix(" of the pixels")
        if label in names:
            assert f"{value}" in "".join(
                figure["layout"]["title"]["text"] for figure in charts(saved.app).values()
            )
        else:
            assert f"{label.split(', ', 1)[1]} {value}" in page
    assert f"{printed['Same class'].split()[0]} of the pixels have the same" in page
    *cells, total = added(saved.app)
    assert cells == [value for label, value in printed.items() if label.startswith("Cell ")]
    assert total == printed["Sum"]


@pytest.mark.parametrize("head", ["fcn_8s", pytest.param("fcn_32s", marks=pytest.mark.slow)])
def test_segmentation_of_a_street(save, tmp_path, head):
    saved = save("pages/segmentation.py", segmentation_source="street", segmentation_head=head)
    printed = run(saved.script, tmp_path)
    *cells, total = added(saved.app)
    assert cells == [value for label, value in printed.items() if label.startswith("Cell ")]
    assert total == printed["Sum"]
    heads = [printed[name] for name in ("fcn_32s", "fcn_16s", "fcn_8s")]
    assert {n for value in heads for n in numbers(value)} <= shown(saved.app)


@pytest.mark.slow
@pytest.mark.parametrize(
    "state",
    [
        {},
        {
            "training_street": "3",
            "training_factor": "16",
            "training_head": "fcn_16s",
            "training_rate": "0.02",
            "training_kernels": "bilinear, fixed",
        },
    ],
)
def test_training(save, tmp_path, state):
    saved = save("pages/training.py", training_kept="show", training_steps="50", **state)
    app = saved.app.button(key="training_go").click().run()
    limit = time.monotonic() + 300
    while "of its answer: **" not in texts(app):
        assert time.monotonic() < limit
        time.sleep(2)
        app.run()
    printed = run_alone(saved.script, tmp_path)
    trained = float(re.search(r"of its answer: \*\*([\d.]+)", texts(app))[1])
    assert float(printed.pop("Mean IU of the answer")) == pytest.approx(trained, abs=0.02)
    first, last = printed.pop("Loss before the first step"), printed.pop("Loss at the end")
    ended = re.search(rf"lowered the loss from {first} to ([\d.]+)\.", texts(app))
    assert float(last) == pytest.approx(float(ended[1]), abs=0.02)
    assert len(printed) == 6
    for label, value in printed.items():
        measured = numbers(value.removeprefix("mean IU"))
        assert set(measured) <= shown(app), label


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(scripts.NAMES - {"training"}))
def test_a_script_prints_the_same_in_an_interpreter_of_its_own(tmp_path, name):
    script = scripts.code(name, {})
    assert run_alone(script, tmp_path) == run(script, tmp_path)


def test_every_page_of_the_story_has_a_script():
    pages = {"home" if path == "app.py" else Path(path).stem for path in STORY}
    assert pages | {"segmentation_street"} == scripts.NAMES


@pytest.mark.parametrize("name", sorted(scripts.NAMES))
def test_a_notebook_has_the_question_and_the_paragraphs_of_the_script(name):
    page = PAGES[f"pages/{name.partition('_street')[0]}.py" if name != "home" else "app.py"]
    asked = name, page.title, page.question, {}
    made = nbformat.reads(scripts.notebook(*asked), as_version=4)
    nbformat.validate(made)
    words, *cells = made.cells
    assert words.cell_type == "markdown"
    assert page.question in words.source
    assert {cell.cell_type for cell in cells} == {"code"}
    assert "\n\n".join(cell.source for cell in cells) == scripts.code(asked[0], {})
    for cell in cells:
        compile(cell.source, name, "exec")


def assigned(code, name):
    """Return the program without the first assignment of a name, and what that assigns."""
    program = ast.parse(code)
    (first, *_) = (
        node
        for node in program.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name
    )
    program.body.remove(first)
    return ast.dump(program), ast.literal_eval(first.value)


@given(some.text(some.characters()))
@example('"; import os; "')
@example("\n\nimport os  # \u2028\u202e\r\x0c'''")
def test_a_text_stays_a_text_whatever_it_contains(text):
    program, value = assigned(scripts.code("kernels", {"KERNEL": text}), "KERNEL")
    assert value == text
    assert program == assigned(scripts.code("kernels", {}), "KERNEL")[0]


def test_a_setting_that_a_script_does_not_have_is_an_error():
    with pytest.raises(KeyError):
        scripts.code("kernels", {"COLOR": "red"})


def test_a_page_makes_nothing_before_it_is_asked_for():
    code = (
        "import sys\nfrom streamlit.testing.v1 import AppTest\n"
        "app = AppTest.from_file('pages/kernels.py', default_timeout=60).run()\n"
        "buttons = app.get('download_button')\n"
        "assert [button.proto.deferred_file_id != '' for button in buttons] == [True, True]\n"
        "assert not {'nbformat', 'tensorflow'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
