"""Arrays of any type, range, mask, shape and layout: a right result, or an error of fcnlib.

Every public function that takes a picture, scores, labels or another array is tried. A result must
be the same for the same values in another type or layout, and equal to the independent value in
`support/expected_values.py` if there is one. An error counts as fcnlib's own if a `raise` statement
of fcnlib raised it. Errors from inside NumPy, TensorFlow, Pillow or plotly, and those of Python
itself, do not count.
"""

import ast
import dataclasses
import linecache
import pickle
import traceback
import warnings
from functools import partial
from itertools import islice, product
from pathlib import Path

import ml_dtypes
import numpy as np
import plotly.graph_objects as go
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.expected_values import EXPECTED, PALETTE, kernel_for, other, predicted, weights

import fcnlib
from fcnlib import class_map, images, segmentation
from fcnlib.class_map.confidence import confidence_map
from fcnlib.class_map.interpolation import check_logits, check_scores
from fcnlib.class_map.metrics import confusion_matrix, measure
from fcnlib.class_map.pixels import pixel_scores
from fcnlib.class_map.pruning import remaining_between, winners_between
from fcnlib.class_map.reference import benchmark_argmax, enlarged_one_by_one
from fcnlib.class_map.step_order import compare_orders
from fcnlib.errors import FcnlibError
from fcnlib.images import colors
from fcnlib.images.preprocessing import cover, fit_long_side, pad_to_multiple, subtract_mean
from fcnlib.images.values import as_bytes
from fcnlib.kernels import KERNELS, resampling
from fcnlib.kernels.separable import resize_separable
from fcnlib.networks import deeplab, dense_layer, efficientnet_lite, selfie_segmentation, shipped
from fcnlib.networks.grid import CellGrid
from fcnlib.networks.receptive_field import Field
from fcnlib.plots import curves, memory, network, pruning, training, upsampling
from fcnlib.plots.agreement import agreement_figure
from fcnlib.plots.arrays import difference_figure, image_figure, kernel_heatmap_figure
from fcnlib.plots.cells import cells_figure
from fcnlib.plots.class_maps import (
    discrete_matshow,
    mask_figure,
    photograph_figure,
    scene_figure,
)
from fcnlib.plots.gradient_descent import losses_figure
from fcnlib.plots.step_order import disagreement_figure
from fcnlib.segmentation import remote
from fcnlib.segmentation.comparison import compare_heads
from fcnlib.segmentation.last_layer import (
    between_classes,
    changed,
    people_activations,
    people_masks,
    resized_label_maps,
    voc_label_maps,
)
from fcnlib.segmentation.tasks import segment_photograph
from fcnlib.training.grid_bound import confusions, down_and_up
from fcnlib.transposed_convolution import definition, gradient_descent, tensorflow_reference
from fcnlib.transposed_convolution.checkerboard import apply_normalized, polyphase_sums, ripple
from fcnlib.transposed_convolution.depthwise import enlarged, taps
from fcnlib.upsampling import compare, upsample_skimage, upsample_tf, upsample_tf_dense
from fcnlib.upsampling.border import border_xray
from fcnlib.upsampling.example_images import shrunk
from fcnlib.upsampling.experiment import run_check
from fcnlib.upsampling.settings import CheckSettings

FOLDER = Path(fcnlib.__file__).parent
PACKAGE = str(FOLDER)
FIELD = Field(-1, 0, 3)
TRIANGLE = KERNELS["triangle"]
LAYER = selfie_segmentation.LastLayer(weights(2, 2, 1, 3), np.zeros(1, np.float32))
TYPES = (np.uint8, np.int8, np.uint64, np.float16, np.longdouble, ">f4", ml_dtypes.bfloat16, bool)
DTYPES = [
    *(np.uint8, np.uint16, np.uint32, np.uint64, np.int8, np.int16, np.int32, np.int64),
    *(np.float16, np.float32, np.float64, np.longdouble, ">f4", ">u2", ml_dtypes.bfloat16),
    *(bool, complex, object, "U4", "S4", "M8[s]", "V4", [("red", "f4")]),
]
SHAPES = [(), (0,), (5,), (2, 0), (1, 1), (3, 4), (4, 4), (2, 3, 1), (3, 2, 3), (4, 4, 4)]
SHAPES += [(0, 2, 3), (2, 2, 0), (2, 2, 2, 3)]
VALUES = [
    *([0], [0, 1], [0, 1, 2], [0, 0.5, 1], [0, 0.9, 2], [2, 100, 255], [0, 255, 3]),
    *([-1, 0, 1], [300, 70_000], [0, np.nan], [1, np.inf], [-np.inf, 0], [1e30, -1e30], [1e-40, 0]),
]


@st.composite
def arrays(draw):
    dtype, shape = draw(st.sampled_from(DTYPES)), draw(st.sampled_from(SHAPES))
    values = np.resize(np.array(draw(st.sampled_from(VALUES))), shape)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        # What NumPy cannot convert becomes zeros of that type.
        array = values.astype(dtype) if np.dtype(dtype).kind not in "MV" else np.zeros(shape, dtype)
        if dtype is ml_dtypes.bfloat16:
            array = values.astype(dtype)
    if draw(st.integers(0, 4)) == 0 and array.dtype.fields is None:
        array = np.ma.array(array, mask=np.resize([draw(st.booleans()), False], shape))
    if draw(st.integers(0, 9)) == 0 and array.ndim:
        return array.tolist()
    layout = draw(st.sampled_from(["C", "F", "every second value", "read-only"]))
    if layout == "every second value" and array.ndim:
        return array.repeat(2, 0)[::2]
    array = array.copy("F" if layout == "F" else "C")
    array.flags.writeable = layout != "read-only"
    return array


def result(labels):
    labels_shape = np.shape(labels)[:2] if np.ndim(labels) >= 2 else (1, 1)
    picture = np.zeros((*(side or 1 for side in labels_shape), 3), np.uint8)
    scores = np.zeros((1, 1, 3), np.float32)
    made = segmentation.Segmentation(
        "n", tuple("abc"), picture, (0, 0), scores, 1, np.zeros((1, 1), np.uint8), labels
    )
    return made.painted()


def compared(labels):
    heads = {"a": shipped.loaded("fcn_32s")}
    found = compare_heads(heads, np.zeros((3, 4, 3), np.uint8), labels)
    return found.results["a"].label_map, found.metrics["a"]


PICTURES = {
    "segment": lambda a: segmentation.segment(a, shipped.loaded("fcn_32s")).label_map,
    "scores": lambda a: (
        shipped.loaded("fcn_32s").scores(np.ma.resize(a, (32, 32, 3))).coarse_logits
    ),
    "evaluate": lambda a: shipped.loaded("fcn_32s").evaluate(
        shipped.loaded("fcn_32s").graph.get_operations()[0].outputs[0], a
    ),
    "segment_photograph": lambda a: segment_photograph(a, "fcn_32s", "auto", 0).label_map,
    "prepare": lambda a: remote.prepare(a, "fcn_32s", "auto", 2).request,
    "mask": lambda a: selfie_segmentation.mask(shipped.loaded("people"), a),
    "people_activations": lambda a: people_activations(shipped.loaded("people"), a),
    "as_rgb8": images.as_rgb8,
    "as_bytes": as_bytes,
    "subtract_mean": subtract_mean,
    "pad_to_multiple": partial(pad_to_multiple, multiple=3),
    "cover": lambda a: cover(a, 3, 4),
    "is_dark": images.is_dark,
    "shrunk": shrunk,
    "fit_long_side": lambda a: fit_long_side(a, 2),
    "deeplab.preprocess": deeplab.preprocess,
    "efficientnet_lite.preprocess": efficientnet_lite.preprocess,
    "selfie_segmentation.preprocess": selfie_segmentation.preprocess,
    "CellGrid.fit": lambda a: (CellGrid(2).fit(a), CellGrid(1, size=(3, 3)).fit(a)),
    "overlay": lambda a: colors.overlay(a, a, 0.5),
    "encode_png": images.encode_png,
    "encode_jpeg": images.encode_jpeg,
    "image_figure": lambda a: image_figure(a, ""),
    "photograph_figure": photograph_figure,
    "disagreement_figure": lambda a: disagreement_figure(a, np.zeros((3, 4), bool)),
    "disagreement_figure of a mask": lambda a: disagreement_figure(np.zeros((4, 4, 3), "u1"), a),
    "agreement_figure": lambda a: agreement_figure(a, np.zeros(np.shape(a)[:2], np.uint8)),
    "fields_figure": lambda a: network.fields_figure(a, FIELD, [FIELD], beyond=1),
    "seen_figure": lambda a: network.seen_figure(a, FIELD, Field(0, 0, 1)),
    "cell_map_figure": lambda a: network.cell_map_figure(a, 1, 1),
    "copy_figure": lambda a: upsampling.copy_figure(a, "", (0, 0), 1),
}
SCORES = {
    "check_scores": check_scores,
    "check_logits": check_logits,
    "label_map": class_map.label_map,
    "upsampled_argmax": partial(class_map.upsampled_argmax, 2),
    "surviving_classes": class_map.surviving_classes,
    "resized_argmax": lambda a: class_map.resized_argmax(2, a, (3, 5), aligned_corners=True),
    "probabilities": class_map.probabilities,
    "confidence_map": partial(confidence_map, 2),
    "pixel_scores": lambda a: np.array(pixel_scores(2, a, 1, 1).confidences),
    "enlarged_one_by_one": partial(enlarged_one_by_one, 2),
    "compare_orders": lambda a: tuple(compare_orders(2, a).maps.values()),
    "benchmark_argmax": lambda a: benchmark_argmax(1, a).differing,
    "remaining_between": lambda a: remaining_between(a, other(a)),
    "winners_between": lambda a: winners_between(a, other(a)),
    "resized_label_maps": lambda a: tuple(resized_label_maps(a).values()),
    "between_cells_figure": lambda a: memory.between_cells_figure(
        a, other(a), [0], "abcd", PALETTE, leader=0
    ),
    "border_xray": lambda a: border_xray(2, a),
    "voc_label_maps": lambda a: tuple(voc_label_maps(a).values()),
    "people_masks": lambda a: tuple(people_masks(a, LAYER).values()),
}
LABELS = {
    "confusion_matrix": lambda a: confusion_matrix(a, predicted(a), 3),
    "confusion_matrix without void": lambda a: confusion_matrix(a, predicted(a), 3, ignore_label=2),
    "measure": measure,
    "cell_shares": lambda a: class_map.cell_shares(2, a, 3),
    "paint": lambda a: colors.paint(a, PALETTE),
    "encode_labels": lambda a: images.encode_labels(a, PALETTE),
    "down_and_up": lambda a: down_and_up(2, a, 3),
    "confusions": lambda a: confusions(a, [2], 3)[2],
    "compare_heads of labels": compared,
    "between_classes": between_classes,
    "changed": lambda a: changed({"first": a, "second": other(a)}),
    "outlines": pruning.outlines,
    "survivors_figure": lambda a: pruning.survivors_figure(a, np.ones((5, 5), int), 1),
    "survivors_figure of counts": lambda a: pruning.survivors_figure(np.zeros((3, 3), int), a, 1),
    "agreement_figure of labels": lambda a: agreement_figure(np.zeros((3, 4, 3), np.uint8), a),
    "scene_figure": lambda a: scene_figure(a, ""),
    "discrete_matshow": discrete_matshow,
    "discrete_matshow with names": lambda a: discrete_matshow(a, list("abc"), colors=PALETTE),
    "Segmentation": result,
}
OTHERS = {
    "difference_figure": lambda a: difference_figure(a, other(a)),
    "kernel_heatmap_figure": kernel_heatmap_figure,
    "cells_figure": lambda a: cells_figure(a, ""),
    "mask_figure": mask_figure,
    "resize_separable": lambda a: resize_separable(TRIANGLE, a, 2),
    "upsample_tf": partial(upsample_tf, 2),
    "upsample_tf of a kernel": lambda a: upsample_tf(2, np.ones((2, 2)), a),
    "upsample_tf_dense": partial(upsample_tf_dense, 2),
    "upsample_skimage": partial(upsample_skimage, 2),
    "run_check": lambda a: run_check(CheckSettings(2), a).by_tensorflow,
    "run_check with edges": lambda a: run_check(CheckSettings(2, border="edge"), a).by_tensorflow,
    "compare": lambda a: compare(weights(*np.shape(a)), a),
    "apply_normalized": lambda a: apply_normalized(a, np.ones((2, 2)), 2),
    "apply_normalized of a kernel": lambda a: apply_normalized(np.ones((2, 2)), a, 2),
    "enlarged": lambda a: enlarged(2, weights(3, 3, np.shape(a)[-1] if np.ndim(a) else 1), a),
    "enlarged of a kernel": lambda a: enlarged(1, a, a),
    "scaled_kernels": lambda a: resampling.scaled_kernels(TRIANGLE, a, [0.5]),
    "convolve_comb": lambda a: resampling.convolve_comb(TRIANGLE, a, 2),
    "reading_difference": lambda a: resampling.reading_difference(TRIANGLE, a, 2),
    "placed_figure": lambda a: curves.placed_figure(TRIANGLE, a, 2, 0),
    "spikes_figure": lambda a: curves.spikes_figure(TRIANGLE, a, 2, 0),
    "dense": lambda a: dense_layer.dense(a, np.resize(a, (np.size(a), 2))),
    "dense of weights": lambda a: dense_layer.dense(weights(1, 3, 1) + 3, a),
    "as_kernel": lambda a: dense_layer.as_kernel(a, (1, 3, 1)),
    "valid_convolution": lambda a: dense_layer.valid_convolution(
        a, np.resize(a, (1, 1, *np.shape(a)[2:], 2))
    ),
    "valid_convolution of a kernel": partial(dense_layer.valid_convolution, weights(4, 4, 2)),
    "convolution_matrix": partial(definition.convolution_matrix, 5),
    "insert_zeros": lambda a: definition.insert_zeros(a, 2),
    "transposed_shape": lambda a: definition.transposed_shape(a, kernel_for(a)),
    "transposed_convolution": lambda a: definition.transposed_convolution(a, kernel_for(a)),
    "transposed_convolution of a kernel": partial(
        definition.transposed_convolution, weights(2, 2, 3)
    ),
    "gather": lambda a: definition.gather(a, kernel_for(a), 2),
    "transposed_convolution_tf": lambda a: tensorflow_reference.transposed_convolution_tf(
        a, kernel_for(a)
    ),
    "gradients_tf": lambda a: tensorflow_reference.gradients_tf(a, kernel_for(a), weights(3, 4, 1)),
    "polyphase_sums": lambda a: polyphase_sums(a, 2),
    "ripple": lambda a: ripple(a, 2),
    "taps": lambda a: taps(2, a, (2, 2), 0, 0),
    "step": lambda a: gradient_descent.step(a, kernel_for(a), weights(3, 4, 1), 0.1).kernel,
    "step of a target": lambda a: (
        gradient_descent.step(np.ones((2, 3, 1)), np.ones((1, 1, 1, 1)), a, 0.1).kernel
    ),
    "train": lambda a: (
        gradient_descent.train(np.ones((1, 1, 3)), a, weights(2, 2, 2), 0.1, steps=1).losses
    ),
    "gradients": lambda a: gradient_descent.gradients(a, kernel_for(a), weights(3, 4, 1)),
    "gradient_terms": lambda a: gradient_descent.gradient_terms(a, weights(4, 4), (0, 0)),
    "largest_rate": lambda a: gradient_descent.largest_rate(a, (2, 2)),
    "kernel_grid_figure": memory.kernel_grid_figure,
    "learning_kernel_figure": training.learning_kernel_figure,
    "losses_figure": lambda a: losses_figure(a, 0),
    "lost_figure": lambda a: upsampling.lost_figure(a, ""),
    "channels_figure": lambda a: upsampling.channels_figure(a, a, ""),
    "profile_figure": lambda a: upsampling.profile_figure(a, a, a, ""),
    "window_figure": lambda a: network.window_figure(a, "", "red", (0, 0, 1), known=2),
}
FUNCTIONS = PICTURES | SCORES | LABELS | OTHERS

# Functions that pass on NaN and infinity as arithmetic does: training that diverges shows it.
PASSING = {"pad_to_multiple", "insert_zeros", "transposed_convolution", "gather", "step", "train"}
PASSING |= {"transposed_convolution_tf", "gradients", "gradients_tf", "gradient_terms"}

# Metrics leave masked labels out. All other functions refuse them.
MASKABLE = {"confusion_matrix", "confusion_matrix without void", "compare_heads of labels"}
# The range of a picture depends on its type here: floats are from 0 to 1.
BY_TYPE = {"image_figure", "copy_figure"}

PACKAGES = ("class_map", "images", "kernels", "networks", "plots", "segmentation", "training")
PACKAGES += ("transposed_convolution", "upsampling")
ARRAYS = ("AnyArray", "ArrayLike", "BoolArray", "ByteArray", "Confusion", "Float", "IndexArray")
ARRAYS += ("LabelMap", "NDArray", "RGBImage", "Sequence[Float", "Mapping[str, LabelMap")
STEPS = {  # of an algorithm, whose first function checks the array
    *("class_map/interpolation.centered", "class_map/interpolation.interpolate"),
    *("class_map/pruning.corner_scores", "class_map/pruning.first_pass", "class_map/pruning.where"),
    *("class_map/resizing.possible_winners", "class_map/softmax.odds_of_classes"),
    *("class_map/subdivision.best_classes", "class_map/tiling.blocks", "class_map/tiling.paste"),
    *("networks/network.assign", "networks/precision.as_bfloat16", "networks/strips.run"),
    *("segmentation/remote.result", "plots/cells.sliding_figure", "plots/descriptions.shares"),
    *("upsampling/experiment.by_skimage", "upsampling/experiment.by_tensorflow"),
    *("transposed_convolution/definition.check_arrays",),
    *("transposed_convolution/definition.like_output", "images/stored.turned"),
    "images/colors.to_hex",  # whose caller has a palette
}
FORMULAS = {  # of kernels, signals and spectra, for a number or an array of them
    *(f"kernels/continuous.{name}" for name in ("box", "cubic", "lanczos", "sinc", "triangle")),
    *("kernels/continuous.weights", "kernels/resampling.tapered"),
    *(f"kernels/signals.{name}" for name in ("bump", "chirp", "flat", "sine", "two_tones")),
    *("kernels/spectra.decibels", "kernels/spectra.frequency_response"),
    "kernels/reconstruction.reconstruct",
}
SLOW = {  # to set up; in the tests of void labels in training, and of uploaded networks
    *("training/trainer.predict", "segmentation/tasks.segment_with_uploads"),
}


def is_own(error):
    """Tell whether a `raise` statement of fcnlib raised the error, with a sentence."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    line = linecache.getline(frame.filename, frame.lineno).strip()
    right = isinstance(error, ValueError | TypeError | FcnlibError) and len(str(error).split()) > 4
    return right and frame.filename.startswith(PACKAGE) and line.startswith("raise")


def check(found, *, finite):
    """Check that arrays are plain and, if they are of numbers and must be so, finite."""
    for array in found if isinstance(found, tuple) else (found,):
        if isinstance(array, np.ndarray):
            assert not np.ma.isMaskedArray(array)
            assert not finite or array.dtype.kind not in "fc" or np.isfinite(array).all()


def outcome(name, array):
    """Return the result, or None after an error of fcnlib; raise any other error."""
    before, passing = pickle.dumps(array), name.partition(" of ")[0] in PASSING
    with warnings.catch_warnings(), np.errstate(all="ignore" if passing else None):
        warnings.filterwarnings("ignore", ".*taken to be", UserWarning)
        try:
            found = FUNCTIONS[name](array)
        except Exception as error:
            if not is_own(error):
                raise
            return None
    assert pickle.dumps(array) == before
    check(found, finite=not passing)
    return found


def leaves(value):
    """Yield the arrays, numbers and texts in a result; of a figure, all that depends on values."""
    if isinstance(value, go.Figure):
        value = [*value.data, *value.layout.shapes, value.layout.meta]
    if hasattr(value, "to_plotly_json"):
        value = value.to_plotly_json()
    if dataclasses.is_dataclass(value):
        value = vars(value)
    if isinstance(value, dict):
        value = [part for item in value.items() for part in item]
    if isinstance(value, list | tuple):
        yield len(value)
        for part in value:
            yield from leaves(part)
    else:
        yield value


def assert_same(found, expected):
    for one, two in zip(leaves(found), leaves(expected), strict=True):
        # Comparing with NumPy takes much longer, and figures contain many texts and numbers.
        if any(isinstance(part, np.ndarray | np.generic | float) for part in (one, two)):
            assert_close(one, two)
        else:
            assert one == two


def assert_close(found, expected):
    """Compare up to the rounding of float32, or of bytes if `expected` is not rounded."""
    found, expected = np.asarray(found), np.asarray(expected)
    if expected.dtype.kind not in "biuf":
        assert str(found.tolist()) == str(expected.tolist())
        return
    with np.errstate(all="ignore"):
        expected = expected.astype(np.float64)
        largest = np.abs(expected[np.isfinite(expected)]).max(initial=0)
        # Below the smallest normal number of float32, TensorFlow computes zeros.
        atol = 1e-5 * largest + (0.5 if found.dtype == np.uint8 else 1e-37)
        np.testing.assert_allclose(found.astype(np.float64), expected, rtol=1e-5, atol=atol)


def plain(array):
    """Return the same values and mask in a contiguous, writable array in native byte order."""
    array = np.ma.asarray(array) if np.ma.is_masked(array) else np.asarray(array)
    native = array.dtype if array.dtype.isnative else array.dtype.newbyteorder("=")
    return array.astype(native, order="C")


def check_values(name, array, found):
    """Compare a result with the table of expected values, for finite numbers."""
    real = array.dtype.kind in "biuf" or array.dtype == ml_dtypes.bfloat16
    if name not in EXPECTED or not real or not array.size:
        return
    with np.errstate(all="ignore"):
        if np.isfinite(array.astype(float)).all():
            if name not in PICTURES:
                array = array.astype(int if name in LABELS else float)
            for one, two in EXPECTED[name](array, found):
                assert_close(one, two)


def gives_a_right_result_or_an_own_error(name, array):
    if (found := outcome(name, array)) is not None:
        assert name in MASKABLE or not np.ma.is_masked(array)
        same = plain(array)
        assert_same(found, outcome(name, same))
        check_values(name, same, found)


OPTIONS = {"deadline": None, "suppress_health_check": list(HealthCheck), "database": None}


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=4, **OPTIONS)
@given(array=arrays())
def test_any_array_gives_a_right_result_or_an_error_of_this_library(name, array):
    gives_a_right_result_or_an_own_error(name, array)


@pytest.mark.slow
@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=400, **OPTIONS)
@given(array=arrays())
def test_many_arrays_give_a_right_result_or_an_error_of_this_library(name, array):
    gives_a_right_result_or_an_own_error(name, array)


def layouts(array):
    """Yield arrays of the same values and type that lie in memory in another way."""
    yield array.copy("F")
    yield np.ma.array(array, mask=False)
    if array.ndim:
        yield array.repeat(2, 0)[::2]
        yield array[::-1].copy()[::-1]
    array = array.copy()
    array.flags.writeable = False
    yield array


def types(array):
    """Yield arrays of other types that hold the same values."""
    yield array.tolist()
    yield array.astype(array.dtype.newbyteorder(">"))
    for dtype in TYPES:
        converted = array.astype(dtype)
        if (converted.astype(float) == array).all():
            yield converted


def accepted(name):
    """Yield small numbers that a function accepts, in the first shapes and types that it takes."""
    rng, highest = np.random.default_rng(0), 2 if name in LABELS else 9 if name in SCORES else 99
    for shape, top in product(reversed(SHAPES), (highest, 1)):
        values = rng.integers(0, top, shape, endpoint=True)
        for dtype in (float, int, np.uint8):
            array = values.astype(dtype)
            if array.size and (found := outcome(name, array)) is not None:
                yield array, found
                break


@pytest.mark.parametrize("name", FUNCTIONS)
def test_neither_the_type_nor_the_layout_changes_a_result(name):
    examples = [*islice(accepted(name), 3)]
    for array, found in examples:
        check_values(name, array, found)
    array, found = examples[0]
    for same in layouts(array):
        assert_same(outcome(name, same), found)
    for same in () if name in BY_TYPE else types(array):
        if (result := outcome(name, same)) is not None:
            assert_same(result, found)
    for more in (array / 199, array.astype(np.uint16) * 300) if name in PICTURES else ():
        if (result := outcome(name, more)) is not None:
            check_values(name, more, result)
    masked = np.ma.array(array, mask=array == array.min())
    result = outcome(name, masked)
    assert (result is None) == (name not in MASKABLE)
    if result is not None:
        check_values(name, masked, result)


def takes_arrays(function):
    arguments = function.args.posonlyargs + function.args.args + function.args.kwonlyargs
    kinds = [ast.unparse(argument.annotation or ast.Constant(None)) for argument in arguments]
    return any(kind.startswith(ARRAYS) for kind in kinds)


def test_every_public_function_that_takes_an_array_is_tried():
    tried = {name.partition(" ")[0].rpartition(".")[2] for name in FUNCTIONS}
    found = {
        f"{path.relative_to(FOLDER).with_suffix('')}.{node.name}"
        for package in PACKAGES
        for path in FOLDER.glob(f"{package}/*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and takes_arrays(node)
    }
    missing = {name for name in found if name.rpartition(".")[2] not in tried}
    assert missing == STEPS | FORMULAS | SLOW
