"""The JavaScript of the browser components that computes, compared with Python's values.

The files run in a JavaScript engine without a browser, so they cannot use the DOM.
"""

import base64
import json
import re

import numpy as np
import pytest
import quickjs
from scipy.ndimage import label, map_coordinates
from support.linked_views import ROW, SQUARE, Sizes, partners

from fcnlib import scenes
from fcnlib.images import colors, decode
from fcnlib.kernels import KERNELS
from fcnlib.kernels.reconstruction import reconstruct
from fcnlib.kernels.resampling import weight_table
from fcnlib.kernels.signals import SIGNALS
from fcnlib.networks import deeplab
from fcnlib.segmentation import Segmentation, last_layer
from fcnlib.segmentation.network_geometry import built_in_geometry, vgg_16_geometry
from fcnlib.transposed_convolution.views import ViewSettings, payload, setting
from fcnlib.transposed_convolution.views.terms import output_of, partial_sums, spread
from fcnlib.ui import linked_pictures
from fcnlib.ui.components import FOLDER, script
from fcnlib.ui.kernels.drag_samples import NEAR_ONE, WIDE
from fcnlib.ui.segmentation.pixel_picker import encode_labels
from fcnlib.ui.training.own.painter import read_runs

COMPONENTS = sorted(path.parent.name for path in FOLDER.glob("*/view.js"))
ARROWS = {"ArrowUp": (-1, 0), "ArrowDown": (1, 0), "ArrowLeft": (0, -1), "ArrowRight": (0, 1)}
MODEL_SIZES = [ROW, SQUARE, Sizes(1, 3, 5, 4, 0), Sizes(1, 2, 2, 3, 0), Sizes(2, 2, 3, 2, 2)]


class Engine:
    """Evaluates the shared file and the model of a component; values travel as JSON."""

    def __init__(self, component):
        self.context = quickjs.Context()
        for file in (FOLDER / "common.js", FOLDER / component / "model.js"):
            self.context.eval(file.read_text("utf-8"))

    def define(self, **values):
        for name, value in values.items():
            self.context.set(name, self.context.parse_json(json.dumps(value)))

    def __call__(self, code):
        return json.loads(self.context.eval(f"JSON.stringify({code})"))

    def call(self, function, *arguments):
        return self(f"{function}(...{json.dumps(arguments)})")


@pytest.fixture(scope="module")
def drag():
    return Engine("drag_samples")


@pytest.fixture(scope="module")
def picker():
    return Engine("pixel_picker")


@pytest.fixture(scope="module")
def linked():
    """Give the engine with the data of random scores, and the label maps and scores of Python."""
    engine, result = Engine("linked_pictures"), random_scores()
    data = linked_pictures.linked_pictures(result)
    maps = linked_pictures.label_maps(result)
    engine.define(
        data=data,
        labels={name: labels.ravel().tolist() for name, labels in maps.items()},
        bytes=list(base64.b64decode(data["scores"])),
    )
    engine.context.eval("globalThis.scores = decodedScores(bytes, data.unit)")
    return engine, data, maps, result


def random_scores():
    """Return a result of DeepLab with scores of noise, of the size that its grid gives a strip."""
    rng = np.random.default_rng(3)
    scores = rng.normal(size=(5, 49, 21)).astype(np.float32) * 4
    scores[..., 15:] -= 40  # six classes that are never first or second
    height, width = (8 * (side - 1) + 1 for side in scores.shape[:2])
    return Segmentation(
        network="DeepLab",
        class_names=deeplab.CLASSES,
        picture=rng.integers(0, 256, (height, width, 3)).astype(np.uint8),
        padding=(0, 0),
        coarse_logits=scores,
        coarse_factor=8,
        coarse_map=scores.argmax(-1),
        label_map=last_layer.resized_label_maps(scores)["resize"],
        palette=deeplab.voc_palette(21),
    )


@pytest.fixture(scope="module")
def maps_linked():
    return Engine("linked_maps")


SCENE = {"height": 6, "width": 9}


def test_a_pointer_names_a_pixel_of_a_linked_map(maps_linked):
    box = {"left": 10, "top": 20, "width": 90, "height": 60}
    for at, pixel in (
        ((10, 20), [0, 0]),
        ((55, 49), [2, 4]),
        ((99, 79), [5, 8]),
        ((0, 99), [5, 0]),
    ):
        event = {"clientX": at[0], "clientY": at[1]}
        assert maps_linked.call("pixelUnder", event, box, SCENE) == pixel


@pytest.mark.parametrize("key", ARROWS)
@pytest.mark.parametrize("far", [False, True])
def test_an_arrow_key_moves_the_pixel_of_linked_maps(maps_linked, key, far):
    moved = np.array([2, 3]) + np.array(ARROWS[key]) * (10 if far else 1)
    expected = np.clip(moved, 0, [5, 8]).tolist()
    assert maps_linked.call("pixelBeside", [2, 3], key, far, SCENE) == expected


def test_linked_maps_read_classes_from_their_colors(maps_linked):
    labels = np.random.default_rng(0).integers(7, size=(6, 9))
    opaque = np.dstack([colors.paint(labels, scenes.COLORS), np.full((6, 9), 255)])
    read = maps_linked.call("classesOf", opaque.ravel().tolist(), list(scenes.PALETTE))
    assert list(read.values()) == labels.ravel().tolist()


def test_linked_maps_name_a_pixel_in_each_map(maps_linked):
    truth, answer = [0, 1, 2, 2], [0, 1, 1, 2]
    maps = [
        {"kind": "truth", "title": "Truth", "classes": truth},
        {"kind": "answer", "title": "FCN-8s", "classes": answer},
    ]
    names = ["sky", "road", "bus"]
    assert maps_linked.call("sayPixel", [1, 0], maps, names, 2).split(" · ") == [
        "Row 1, column 0",
        "truth: bus",
        "FCN-8s: road ✗",
    ]
    assert maps_linked.call("sayPixel", [1, 1], maps, names, 2).endswith("FCN-8s: bus ✓")
    errors = {"kind": "wrong", "title": "Errors", "classes": answer}
    assert "Errors" not in maps_linked.call("sayPixel", [1, 1], [*maps, errors], names, 2)
    assert maps_linked.call("sayPixel", [1, 0], [maps[0], errors], names, 2).endswith(
        "Errors: road ✗"
    )


@pytest.mark.parametrize("component", COMPONENTS)
def test_the_files_of_a_component_form_one_module(component):
    code = script(component)
    quickjs.Context().module(code)  # raises if a name is declared twice or used before it exists
    assert code.count("export default function") == 1
    assert code.startswith((FOLDER / "common.js").read_text("utf-8"))


def test_the_components_are_those_of_the_folders():
    assert COMPONENTS == [
        "drag_samples",
        "four_views",
        "linked_maps",
        "linked_pictures",
        "painter",
        "pixel_picker",
        "reader",
        "ripple_table",
        "save",
    ]


@pytest.mark.parametrize("key", ARROWS)
def test_an_arrow_key_leads_to_the_next_cell_of_a_full_grid(drag, key):
    cells = [{"at": [row, column]} for row in range(4) for column in range(5)]
    for cell in cells:
        target = np.add(cell["at"], ARROWS[key]).tolist()
        expected = {"at": target} if {"at": target} in cells else None
        assert drag.call("neighbor", cells, cell, key) == expected


def test_up_and_down_reach_a_shifted_cell_but_left_and_right_stay_in_their_row(drag):
    cells = [{"at": [1, 1]}, {"at": [3, 2]}, {"at": [3, 6]}, {"at": [1, 9]}]
    assert drag.call("neighbor", cells, cells[0], "ArrowDown") == {"at": [3, 2]}
    assert drag.call("neighbor", cells, cells[2], "ArrowUp") == {"at": [1, 9]}
    assert drag.call("neighbor", cells, cells[0], "ArrowRight") == {"at": [1, 9]}
    assert drag.call("neighbor", cells, cells[2], "ArrowRight") is None
    next_row, straight = {"at": [2, 3]}, {"at": [3, 1]}
    assert drag.call("neighbor", [straight, next_row], cells[0], "ArrowDown") == next_row


def test_numbers_are_clamped_rounded_and_signed(drag):
    assert [drag.call("clamp", value, 0, 4) for value in (-1, 2, 9)] == [0, 2, 4]
    assert drag.call("rounded", 1 / 3, 3) == 0.333
    assert drag.call("withMinusSign", -12) == "−12"


def curve_data(kernel, rate=10, steps=12):
    """Return the curve through random samples, and what the browser gets to draw it."""
    moved = np.random.default_rng(rate).uniform(-1.2, 1.2, rate + 1)
    points = rate * steps + 1
    result = reconstruct(kernel, SIGNALS["step"], 2, rate, points=points, moved=moved)
    outside = result.contributions[~result.within].sum(axis=0).tolist()
    table = weight_table(kernel, rate, steps).tolist()
    return result, moved.tolist(), {"table": table, "steps": steps, "outside": outside}


@pytest.mark.parametrize("name", KERNELS)
def test_the_curve_of_the_browser_is_that_of_python(drag, name):
    result, samples, data = curve_data(KERNELS[name])
    curve = drag.call("curveThrough", data, samples)
    np.testing.assert_allclose(curve, result.curve, rtol=0, atol=1e-13)


@pytest.mark.parametrize("name", ["triangle", "lanczos3", "sinc"])
def test_every_scaled_kernel_is_the_contribution_of_its_sample(drag, name):
    result, samples, data = curve_data(KERNELS[name])
    for n, expected in enumerate(result.contributions[result.within]):
        part = drag.call("scaledKernel", data, n, samples[n])
        drawn = np.zeros(len(expected))
        drawn[part["first"] : part["first"] + len(part["values"])] = part["values"]
        np.testing.assert_allclose(drawn, expected, rtol=0, atol=1e-13)


@pytest.mark.parametrize("scale", [WIDE, NEAR_ONE], ids=["wide", "near one"])
def test_a_sample_takes_multiples_of_the_grain_within_its_limits(drag, scale):
    for value in np.linspace(scale.low, scale.high, 37):
        snapped = drag.call("snapped", value, scale._asdict())
        clipped = np.clip(value, scale.least, scale.most)
        assert abs(snapped - clipped) <= scale.grain / 2 + 1e-12
        assert snapped / scale.grain == pytest.approx(round(snapped / scale.grain), abs=1e-9)


def test_a_sample_never_becomes_negative_zero(drag):
    assert drag(f"Object.is(snapped(-0.001, {json.dumps(WIDE._asdict())}), 0)")


def test_the_row_of_pixels_repeats_the_nearest_sample(drag):
    samples = [0.0, 1.0, -1.0]
    expected = [samples[int(point / 4 + 0.5)] for point in range(9)]
    assert drag.call("nearestSamples", samples, 4) == expected


def test_gray_levels_go_from_black_to_white(drag):
    values = [WIDE.black, 0, WIDE.white]
    assert [drag.call("grayLevel", v, WIDE._asdict()) for v in values] == [0, 128, 255]


def test_axes_convert_between_values_and_pixels(drag):
    drag.define(scale=WIDE._asdict())
    drag.context.eval("globalThis.axes = plotAxes(560, 101, scale)")
    frame = drag("axes.frame")
    assert (frame["width"], frame["height"]) == (500, 216)
    left, right = frame["x"], frame["x"] + frame["width"]
    assert drag("[axes.x(0), axes.x(100)]") == [left, right]
    assert drag(f"[axes.y({WIDE.high}), axes.y({WIDE.low})]") == [frame["y"], frame["y"] + 216]
    for value in (-1.2, 0, 0.37):
        assert drag(f"axes.valueAt(axes.y({value}))") == pytest.approx(value)
    assert drag("pathPoints(axes, [0, 1.6], 99)") == ["541.00 118.00", "546.00 10.00"]


def test_class_indices_and_colors_are_decoded_exactly(picker):
    labels = np.array([[0, 1, 255], [256, 1000, 65535]])
    padded = np.pad(labels, ((0, 14), (0, 13)), mode="edge")
    rgb = decode(encode_labels(padded))[: labels.shape[0], : labels.shape[1]]
    rgba = np.concatenate([rgb, np.full((*labels.shape, 1), 255, np.uint8)], -1)
    indices = labels.ravel().tolist()
    decoded = picker(f"Array.from(classIndices({json.dumps(rgba.ravel().tolist())}))")
    assert decoded == indices
    palette = colors.palette(6)
    classes = {index: palette[place] for place, index in enumerate(indices)}
    names = [[i, {"color": "#" + color.tobytes().hex()}] for i, color in classes.items()]
    drawn = picker(f"Array.from(labelColors({json.dumps(indices)}, new Map({json.dumps(names)})))")
    expected = [[*classes[index].tolist(), 255] for index in indices]
    assert np.reshape(drawn, (-1, 4)).tolist() == expected


@pytest.mark.parametrize("factor", [2, 8, 32])
def test_surrounding_cells_are_those_that_interpolation_gives_a_weight(picker, factor):
    cells = [3, 4]
    for pixel in np.random.default_rng(factor).integers(0, np.multiply(cells, factor), (20, 2)):
        expected = [
            np.flatnonzero(
                [np.interp((p + 0.5) / factor - 0.5, range(n), one) for one in np.eye(n)]
            ).tolist()
            for p, n in zip(pixel, cells, strict=True)
        ]
        data = {"factor": factor, "cells": cells}
        assert picker.call("surroundingCells", pixel.tolist(), data) == expected


@pytest.mark.parametrize("geometry", [vgg_16_geometry(), built_in_geometry("fcn_8s")])
def test_receptive_fields_are_those_of_the_geometry(picker, geometry):
    for name, field in geometry.receptive_fields.items():
        sent = [name, *field]
        for row, col in ((0, 0), (31, 32), (159, 223)):
            square = field.field(row // field.stride, col // field.stride)
            top, left, size = square
            assert picker.call("receptiveField", sent, [row, col]) == list(square)
            text = picker.call("describeField", sent, [row, col]).replace("−", "-")
            numbers = [int(number) for number in re.findall(r"-?\d+", text.removeprefix(name))]
            assert numbers == [size, top, top + size - 1, left, left + size - 1]
        extent = picker.call("fieldsExtent", sent, {"height": 160, "width": 224})
        last = field.field(159 // field.stride, 223 // field.stride)
        assert extent == [end + last.size - field.start for end in (last.top, last.left)]


def test_the_pixel_under_the_pointer_is_in_the_map(picker):
    data, box = {"height": 10, "width": 20}, {"left": 100, "top": 50, "width": 200, "height": 100}
    for x, y, pixel in [(100, 50, [0, 0]), (205, 71, [2, 10]), (400, 10, [0, 19])]:
        event = {"clientX": x, "clientY": y}
        assert picker.call("pixelAt", event, box, data) == pixel
    inside = [picker.call("insideMap", p, data) for p in ([0, 0], [9, 19], [10, 0], [0, -1])]
    assert inside == [True, True, False, False]


def pixels_of(shape):
    """Return corners, pixels on cells and between them, and random ones of a picture."""
    some = np.random.default_rng(0).integers(0, shape, (40, 2)).tolist()
    return [[0, 0], [shape[0] - 1, shape[1] - 1], [0, 5], [8, 16], [12, 20], [13, 8], *some]


def test_the_used_cells_have_the_weights_of_interpolation(linked):
    """SciPy interpolates an array that is 1 at one cell, with aligned corners."""
    engine, data, maps, _ = linked
    shape = tuple(data["cells"])
    cells = list(np.ndindex(shape))
    units = np.eye(len(cells)).reshape(-1, *shape)
    for pixel in pixels_of(maps["bilinear"].shape):
        place = [[position / 8] for position in pixel]
        expected = {
            cell: weight
            for cell, unit in zip(cells, units, strict=True)
            if (weight := map_coordinates(unit, place, order=1)[0]) > 1e-12
        }
        found = engine.call("usedCells", pixel, data, "bilinear")
        assert {tuple(cell["at"]): cell["weight"] for cell in found} == pytest.approx(expected)
        (nearest,) = engine.call("usedCells", pixel, data, "nearest")
        assert nearest["weight"] == 1
        distances = [
            abs(position - 8 * at) for position, at in zip(pixel, nearest["at"], strict=True)
        ]
        assert max(distances) <= 4


def test_the_browser_explains_the_class_that_python_computed(linked):
    """Also the runner-up, among all 21 classes, and both scores up to the rounding of 16 bits."""
    engine, data, maps, result = linked
    logits = result.coarse_logits.astype(float)
    height, width = maps["bilinear"].shape
    places = np.meshgrid(np.arange(height) / 8, np.arange(width) / 8, indexing="ij")
    bilinear = np.stack(
        [map_coordinates(plane, places, order=1) for plane in np.moveaxis(logits, -1, 0)], -1
    )
    rows, cols = ((np.arange(side) + 4) // 8 for side in (height, width))
    sums = {"bilinear": bilinear, "nearest": logits[np.ix_(rows, cols)]}
    for layer, scores in sums.items():
        for pixel in pixels_of((height, width)):
            found = engine(f"explained({pixel}, '{layer}', labels, scores, data)")
            expected = scores[tuple(pixel)]
            first, second = np.argsort(-expected)[:2]
            assert found["label"] == maps[layer][tuple(pixel)]
            assert [entry["label"] for entry in found["best"]] == [first, second]
            assert [entry["score"] for entry in found["best"]] == pytest.approx(
                expected[[first, second]].tolist(), abs=data["unit"]
            )
            total = sum(cell["weight"] * cell["scores"][0] for cell in found["cells"])
            assert total == pytest.approx(found["best"][0]["score"])
            labels = {tuple(cell["at"]): cell["label"] for cell in found["cells"]}
            assert labels == {at: result.coarse_map[at] for at in labels}


def test_classes_that_are_never_first_or_second_are_not_sent(linked):
    _, data, maps, _ = linked
    assert max(data["contenders"]) < 15
    assert set(np.unique(maps["bilinear"])) <= set(data["contenders"])
    assert [entry[0] for entry in data["classes"]] == data["contenders"]
    for layer, labels in maps.items():
        shares = {index: share[layer] for index, _, _, share in data["classes"]}
        assert shares == {index: (labels == index).mean() for index in shares}
    assert maps["bilinear"][tuple(data["start"])] != maps["nearest"][tuple(data["start"])]


def test_the_sentences_name_class_runner_up_cells_and_the_other_layer(linked):
    engine, data, maps, result = linked
    names = f"new Map({json.dumps([entry[:2] for entry in data['classes']])})"
    pixel = data["start"]
    other = int(maps["nearest"][tuple(pixel)])
    engine.context.eval(f"globalThis.found = explained({pixel}, 'bilinear', labels, scores, data)")
    found = engine("found")
    said = engine(f"sentences({pixel}, 'bilinear', found, {other}, {names})")
    first, second = (result.class_names[entry["label"]] for entry in found["best"])
    assert said[0].startswith(f"{first}: ")
    assert f" {second} with " in said[0]
    assert f"row {pixel[0]}, column {pixel[1]}," in said[1]
    assert result.class_names[other] in said[2]
    same = found["label"]
    assert len(engine(f"sentences({pixel}, 'bilinear', found, {same}, {names})")) == 2


def test_scores_and_shares_are_written_for_people(linked):
    engine = linked[0]
    assert [engine.call("scoreText", value) for value in (1.234, -1.5, -0.001)] == [
        *("1.23", "−1.50", "0.00")
    ]
    assert [engine.call("percent", share) for share in (0, 0.004, 0.126, 1)] == [
        *("0%", "< 1%", "13%", "100%")
    ]


def test_the_enlarged_view_stays_within_the_cells(linked):
    engine, data, maps, _ = linked
    last = [side - 1 for side in maps["bilinear"].shape]
    assert engine.call("viewedCells", [0, 0], data) == [0, 0]
    assert engine.call("viewedCells", last, data) == [side - 2 for side in data["cells"]]
    assert engine.call("cellSquare", [1, 2], 8) == [4.5, 12.5, 8]


def view_setting(sizes):
    rng = np.random.default_rng(sizes.output)
    values, kernel = (rng.normal(size=(n,) * sizes.dimensions) for n in (sizes.size, sizes.kernel))
    return setting(values, kernel, sizes.stride, sizes.padding)


def unequal_axes():
    """Return a setting whose axes differ in every number, with output padding."""
    rng = np.random.default_rng(6)
    arrays = [tuple(map(tuple, rng.normal(size=shape).tolist())) for shape in ((2, 3), (3, 4))]
    return ViewSettings(2, *arrays, (1, 2), (1, 2), (0, 1))


BEYOND_COPIES = setting(np.ones(3), np.ones(2), 2, padding=0, output_padding=1)
SETTINGS = [*map(view_setting, MODEL_SIZES), unequal_axes(), BEYOND_COPIES]
EVERY_SETTING = pytest.mark.parametrize("settings", SETTINGS, ids=str)


def links_of(settings):
    engine, data = Engine("four_views"), payload(settings)
    engine.define(data=data)
    engine.context.eval("globalThis.links = new Links(data)")
    return engine, data


@pytest.mark.parametrize("sizes", MODEL_SIZES, ids=str)
@pytest.mark.parametrize("role", ["input", "kernel", "output"])
def test_a_cell_highlights_the_cells_that_it_meets(sizes, role):
    engine, data = links_of(view_setting(sizes))
    for index in range(len(data[role]["names"])):
        cell = f"{role}:{index}"
        # An output beyond every copy meets nothing.
        met = [m for m in sizes.meetings() if m[["input", "kernel", "output"].index(role)] == index]
        expected = partners(sizes, role, index) if met else {role: {index}}
        marks = dict(engine(f"[...links.highlights('{cell}')]"))
        assert marks[cell] == "self"
        for other in ("input", "kernel", "output"):
            found = engine(f"links.highlighted(links.highlights('{cell}'), '{other}')")
            assert found == sorted(expected.get(other, ()))


@EVERY_SETTING
def test_scattered_and_gathered_sums_are_the_output(settings):
    engine, data = links_of(settings)
    x, kernel = np.ravel(settings.values), np.ravel(settings.kernel)
    around = np.where(spread(settings) >= 0, x[spread(settings)], 0).ravel()
    terms = data["terms"]
    products = [x[i] * kernel[t] for i, t in zip(terms["input"], terms["tap"], strict=True)]
    for output, expected in enumerate(output_of(settings).ravel()):
        scattered = sum(products[term] for term in engine(f"links.terms('output:{output}')"))
        over = engine(f"data.spread.inputs.map((_, place) => links.weightOver({output}, place))")
        gathered = sum(kernel[tap] * around[place] for place, tap in enumerate(over) if tap >= 0)
        assert sorted(tap for tap in over if tap >= 0) == list(range(kernel.size))
        assert (scattered, gathered) == (pytest.approx(expected), pytest.approx(expected))


@EVERY_SETTING
def test_zeros_highlight_the_windows_over_them_as_idle(settings):
    engine, data = links_of(settings)
    outputs = len(data["output"]["names"])
    for place, found in enumerate(data["spread"]["inputs"]):
        assert engine(f"links.has('zero:{place}')") == (found < 0)
        over = engine(f"links.windowsOver({place})")
        taps = [engine(f"links.weightOver({output}, {place})") for output in range(outputs)]
        expected = [{"output": o, "tap": tap} for o, tap in enumerate(taps) if tap >= 0]
        assert over == expected
        if found < 0:
            marks = dict(engine(f"[...links.highlights('zero:{place}')]"))
            names = {f"output:{o['output']}" for o in over} | {f"kernel:{o['tap']}" for o in over}
            assert marks == dict.fromkeys(names, "idle") | {f"zero:{place}": "self"}


@EVERY_SETTING
def test_matrix_entries_without_a_term_highlight_their_row_and_column(settings):
    engine, data = links_of(settings)
    inputs = len(data["input"]["names"])
    for index, term in enumerate(data["matrix"]):
        output, column = divmod(index, inputs)
        assert engine(f"links.entry({index})") == [output, column]
        assert engine(f"links.has('entry:{index}')") == (term < 0)
        if term < 0:
            marks = dict(engine(f"[...links.highlights('entry:{index}')]"))
            idle = {f"output:{output}": "idle", f"input:{column}": "idle"}
            assert marks == idle | {f"entry:{index}": "self"}


@EVERY_SETTING
def test_steps_hold_the_partial_sums_of_python(settings):
    engine, data = links_of(settings)
    texts, terms = data["partial"]["short"], data["terms"]
    count = len(data["output"]["names"])
    assert len(texts) == len(partial_sums(settings)) == len(data["input"]["names"]) + 1
    included = "data.terms.input.map((_, term) => state.included(term))"
    for order, steps in (("input", len(texts) - 1), ("output", count)):
        for step in range(steps + 1):
            engine.context.eval(f"globalThis.state = links.progress('{order}', {step})")
            sums = engine("state.sums.map((sum) => sum && sum.text)")
            computed = step if order == "output" else count
            row = texts[step] if order == "input" else texts[-1]
            assert sums == [*row[:computed], *[False] * (count - computed)]
            expected = [step == steps or 0 <= index < step for index in terms[order]]
            assert engine(included) == expected


@EVERY_SETTING
def test_the_first_cell_is_the_output_with_most_terms_nearest_to_the_center(settings):
    engine, data = links_of(settings)
    shape = output_of(settings).shape
    places = np.indices(shape).reshape(2, -1).T
    terms = np.bincount([o for o in data["terms"]["output"] if o >= 0], minlength=len(places))
    distance = np.abs(places - (np.array(shape) - 1) / 2).sum(axis=1)
    order = np.lexsort([np.arange(len(places)), distance, -terms])
    assert engine("links.start()") == f"output:{order[0]}"


@EVERY_SETTING
def test_the_uncut_output_holds_every_copy_and_the_output(settings):
    engine, _ = links_of(settings)
    copies = np.zeros(2, int)
    for first in np.ndindex(np.shape(settings.values)):
        last = np.multiply(settings.stride, first) + np.shape(settings.kernel)
        copies = np.maximum(copies, last)
    expected = np.maximum(copies, np.add(settings.padding, output_of(settings).shape))
    assert engine("uncutShape(data)") == expected.tolist()


def test_cells_that_do_not_exist_are_unknown():
    engine, data = links_of(view_setting(ROW))
    counts = {role: len(data[role]["names"]) for role in ("input", "kernel", "output")}
    counts["term"] = len(data["terms"]["input"])
    for role, count in counts.items():
        assert engine(f"links.has('{role}:{count - 1}')")
        assert not engine(f"links.has('{role}:{count}')")
    assert not any(engine(f"links.has('{cell}')") for cell in ("", "zero:999", "entry:999", "a:0"))


def test_a_sentence_names_what_a_zero_reaches():
    engine, data = links_of(view_setting(ROW))
    names = data["output"]["names"]
    zero = data["spread"]["inputs"].index(-1)
    outputs = [window["output"] for window in engine(f"links.windowsOver({zero})")]
    assert engine(f"links.describe('zero:{zero}')").endswith(", ".join(names[o] for o in outputs))
    assert "border" in engine("links.describe('zero:0')")
    entry = data["matrix"].index(-1)
    output, column = engine(f"links.entry({entry})")
    text = engine(f"links.describe('entry:{entry}')")
    assert data["input"]["names"][column] in text
    assert names[output] in text
    for role, key in (("output", "output"), ("term", "terms")):
        assert engine(f"links.describe('{role}:1')") == data[key]["says"][1]


def test_a_saved_table_has_a_line_for_each_point_cell_and_bar():
    engine = Engine("save")
    traces = [
        {"type": "scatter", "x": [0, 1, 2], "y": [0.5, None, -1], "_input": {"name": "A, B"}},
        {"type": "heatmap", "z": [[1, 2], [3, None]], "text": [["<b>cat</b>", "x"], ["", "y"]]},
        {"type": "bar", "x": ["sky", "road"], "y": [3, 4]},
        {"type": "image", "x": [0], "y": [0]},
        {"type": "scatter", "x": [None], "y": [None]},
    ]
    assert engine.call("table", traces) == [
        ["name", "x", "y", "value", "text"],
        ["A, B", 0, 0.5, "", ""],
        ["A, B", 2, -1, "", ""],
        *(["", 0, 0, 1, "cat"], ["", 1, 0, 2, "x"], ["", 0, 1, 3, ""], ["", 1, 1, "", "y"]),
        *(["", "sky", 3, "", ""], ["", "road", 4, "", ""]),
    ]
    assert engine.call("table", traces[3:]) == []
    assert engine.call("csv", [["a,b", 'say "x"', -1.5], ["", "\n", 0]]) == (
        '"a,b","say ""x""",-1.5\r\n,"\n",0\r\n'
    )


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Weights, 3 × 3", "weights-3-x-3"),
        ("../../etc/passwd", "etc-passwd"),
        ("Café", "cafe"),
        ("→ −", "figure"),
        ("x" * 500, "x" * 60),
    ],
)
def test_a_saved_file_is_named_by_its_title(title, name):
    assert Engine("save").call("fileName", title, "figure") == name


@pytest.mark.parametrize(
    ("title", "picture", "name"),
    [
        ("DeepLab v3: 3 × 4 cells", "Cup of coffee", "cup-of-coffee-deeplab-v3-3-x-4-cells"),
        ("Example: Cat, 3 × 4 px", "Cat", "example-cat-3-x-4-px"),
        ("Map", "a" * 500, "a" * 24 + "-map"),
        ("Map", "→", "map"),
    ],
)
def test_a_saved_file_names_the_picture_that_the_figure_is_about(title, picture, name):
    assert Engine("save").call("fileName", title, "figure", picture) == name


@pytest.fixture(scope="module")
def painter():
    return Engine("painter")


def painted(painter, labels, code):
    """Return what some code makes of the label map `labels`, with the names it uses."""
    height, width = labels.shape
    painter.define(given=labels.ravel().tolist(), size={"height": height, "width": width})
    changed = painter(
        f"(() => {{ const labels = Uint8Array.from(given); {code}; return [...labels]; }})()"
    )
    return np.array(changed).reshape(height, width)


@pytest.mark.parametrize("center", [(4, 5), (0, 0), (8, 11)])
@pytest.mark.parametrize("radius", [1, 2, 3.5, 30])
def test_a_brush_paints_the_pixels_of_a_disc(painter, center, radius):
    found = painted(
        painter, np.zeros((9, 12)), f"paintDisc(labels, size, {list(center)}, {radius}, 3)"
    )
    rows, cols = np.indices((9, 12))
    inside = (rows - center[0]) ** 2 + (cols - center[1]) ** 2 <= radius**2
    # Only whole rows within the radius are painted.
    inside &= abs(rows - center[0]) <= int(radius)
    np.testing.assert_array_equal(found, np.where(inside, 3, 0))


@pytest.mark.parametrize(("start", "end"), [((1, 1), (1, 10)), ((8, 2), (0, 11)), ((4, 4), (4, 4))])
def test_a_stroke_has_no_gaps(painter, start, end):
    code = f"paintLine(labels, size, {list(start)}, {list(end)}, 1, 1)"
    found = painted(painter, np.zeros((9, 12)), code)
    assert found[start] == found[end] == 1
    assert label(found, np.ones((3, 3)))[1] == 1


def test_filling_changes_one_area_as_scipy_labels_it(painter):
    rng = np.random.default_rng(3)
    for _ in range(30):
        labels = rng.integers(0, 2, (9, 12))
        row, col = rng.integers(0, (9, 12)).tolist()
        found = painted(painter, labels, f"fillArea(labels, size, [{row}, {col}], 7)")
        areas, _ = label(labels == labels[row, col])
        np.testing.assert_array_equal(found, np.where(areas == areas[row, col], 7, labels))


def test_the_largest_map_is_filled(painter):
    found = painted(painter, np.full((512, 512), 255), "fillArea(labels, size, [300, 7], 2)")
    assert (found == 2).all()


def test_runs_are_read_as_the_labels_that_were_painted(painter):
    labels = np.random.default_rng(4).choice([0, 1, 255], (9, 12), p=[0.1, 0.2, 0.7])
    painter.define(given=labels.ravel().tolist())
    runs = painter("runsOf(Uint8Array.from(given))")
    data = {"digest": "a", "height": 9, "width": 12}
    found = read_runs({"digest": "a", "runs": runs}, data)
    np.testing.assert_array_equal(found, labels)


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        {},
        {"digest": "b", "runs": [0, 6]},
        {"digest": "a"},
        {"digest": "a", "runs": "06"},
        {"digest": "a", "runs": []},
        {"digest": "a", "runs": [0]},
        {"digest": "a", "runs": [0, 5]},
        {"digest": "a", "runs": [0, 7]},
        {"digest": "a", "runs": [0, -6]},
        {"digest": "a", "runs": [-1, 6]},
        {"digest": "a", "runs": [0, 6.0]},
        {"digest": "a", "runs": [0, True]},
        {"digest": "a", "runs": [256, 6]},
        {"digest": "a", "runs": [0, 10**400]},
        {"digest": "a", "runs": [0, 0] * 10**6},
        {"digest": "a", "runs": [[0], 6]},
    ],
)
def test_what_the_browser_sends_is_checked(sent):
    assert read_runs(sent, {"digest": "a", "height": 2, "width": 3}) is None


def test_a_map_of_a_single_label_is_accepted():
    found = read_runs({"digest": "a", "runs": [7, 6]}, {"digest": "a", "height": 2, "width": 3})
    np.testing.assert_array_equal(found, np.full((2, 3), 7))


def test_pixels_without_a_class_are_transparent(painter):
    rgba = painter('[...tint(Uint8Array.from([0, 255, 1]), ["#ff8000", "#0000ff"])]')
    assert rgba == [255, 128, 0, 255, 0, 0, 0, 0, 0, 0, 255, 255]
