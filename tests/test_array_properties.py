"""Arrays of any type, range, mask and shape: a well-formed result, or an error of fcnlib.

An error counts as fcnlib's own if a `raise` statement of fcnlib raised it. Errors from inside
NumPy, TensorFlow, Pillow or plotly, and those of Python itself, do not count.
"""

import linecache
import traceback
import warnings
from functools import partial
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fcnlib
from fcnlib import class_map, images, segmentation
from fcnlib.class_map.confidence import confidence_map
from fcnlib.class_map.metrics import confusion_matrix, measure
from fcnlib.class_map.pixels import pixel_scores
from fcnlib.class_map.reference import enlarged_one_by_one
from fcnlib.class_map.step_order import compare_orders
from fcnlib.errors import FcnlibError
from fcnlib.images import colors
from fcnlib.images.preprocessing import fit_long_side, pad_to_multiple, subtract_mean
from fcnlib.images.values import as_bytes
from fcnlib.networks import deeplab, efficientnet_lite, selfie_segmentation, shipped
from fcnlib.networks.grid import CellGrid
from fcnlib.plots.arrays import difference_figure, image_figure, kernel_heatmap_figure
from fcnlib.plots.cells import cells_figure
from fcnlib.plots.class_maps import (
    discrete_matshow,
    mask_figure,
    photograph_figure,
)
from fcnlib.plots.step_order import disagreement_figure
from fcnlib.segmentation.last_layer import people_masks, voc_label_maps
from fcnlib.training.grid_bound import down_and_up
from fcnlib.transposed_convolution.checkerboard import apply_normalized
from fcnlib.transposed_convolution.depthwise import enlarged
from fcnlib.upsampling import compare, upsample_skimage, upsample_tf, upsample_tf_dense
from fcnlib.upsampling.border import border_xray
from fcnlib.upsampling.experiment import run_check
from fcnlib.upsampling.settings import CheckSettings

PACKAGE = str(Path(fcnlib.__file__).parent)
PALETTE = colors.palette(3)
LAYER = selfie_segmentation.LastLayer(np.ones((2, 2, 1, 3), np.float32), np.zeros(1, np.float32))
DTYPES = [
    *(np.uint8, np.uint16, np.uint32, np.uint64, np.int8, np.int16, np.int32, np.int64),
    *(np.float16, np.float32, np.float64, np.longdouble, ">f4", ">u2", ml_dtypes.bfloat16),
    *(bool, complex, object, "U4", "S4", "M8[s]", "V4", [("red", "f4")]),
]
SHAPES = [(), (0,), (3,), (2, 0), (1, 1), (3, 4), (4, 4), (2, 3, 1), (3, 2, 3), (4, 4, 4)]
SHAPES += [(0, 2, 3), (2, 2, 0), (1, 2, 2, 3)]
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
    return array.tolist() if draw(st.integers(0, 9)) == 0 else array


def result(labels):
    labels_shape = np.shape(labels)[:2] if np.ndim(labels) >= 2 else (1, 1)
    picture = np.zeros((*(side or 1 for side in labels_shape), 3), np.uint8)
    scores = np.zeros((1, 1, 3), np.float32)
    made = segmentation.Segmentation(
        "n", tuple("abc"), picture, (0, 0), scores, 1, np.zeros((1, 1), np.uint8), labels
    )
    return made.painted()


PICTURES = {
    "segment": lambda a: segmentation.segment(a, shipped.loaded("fcn_32s")).label_map,
    "scores": lambda a: (
        shipped.loaded("fcn_32s").scores(np.ma.resize(a, (32, 32, 3))).coarse_logits
    ),
    "as_rgb8": images.as_rgb8,
    "as_bytes": as_bytes,
    "subtract_mean": subtract_mean,
    "pad_to_multiple": partial(pad_to_multiple, multiple=3),
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
    "difference_figure": lambda a: difference_figure(a, a),
    "kernel_heatmap_figure": kernel_heatmap_figure,
    "cells_figure": lambda a: cells_figure(a, ""),
    "mask_figure": mask_figure,
    "upsample_tf": partial(upsample_tf, 2),
    "upsample_tf of a kernel": lambda a: upsample_tf(2, np.ones((2, 2)), a),
    "upsample_tf_dense": partial(upsample_tf_dense, 2),
    "upsample_skimage": partial(upsample_skimage, 2),
    "run_check": lambda a: run_check(CheckSettings(2), a).by_tensorflow,
    "run_check with edges": lambda a: run_check(CheckSettings(2, border="edge"), a).by_tensorflow,
    "compare": lambda a: compare(a, a) and None,
    "apply_normalized": lambda a: apply_normalized(a, np.ones((2, 2)), 2),
    "apply_normalized of a kernel": lambda a: apply_normalized(np.ones((2, 2)), a, 2),
}
SCORES = {
    "label_map": class_map.label_map,
    "upsampled_argmax": partial(class_map.upsampled_argmax, 2),
    "surviving_classes": class_map.surviving_classes,
    "resized_argmax": lambda a: class_map.resized_argmax(2, a, (3, 5), aligned_corners=True),
    "probabilities": class_map.probabilities,
    "confidence_map": partial(confidence_map, 2),
    "pixel_scores": lambda a: np.array(pixel_scores(2, a, 0, 0).confidences),
    "enlarged_one_by_one": partial(enlarged_one_by_one, 2),
    "compare_orders": lambda a: tuple(compare_orders(2, a).maps.values()),
    "border_xray": lambda a: border_xray(2, a).labels_edge,
    "voc_label_maps": lambda a: tuple(voc_label_maps(a).values()),
    "people_masks": lambda a: tuple(people_masks(a, LAYER).values()),
    "enlarged": lambda a: enlarged(2, np.ones((2, 2, 3)), a),
}
LABELS = {
    "confusion_matrix": lambda a: confusion_matrix(a, a, 3),
    "confusion_matrix without void": lambda a: confusion_matrix(a, a, 3, ignore_label=255),
    "measure": lambda a: measure(a) and None,
    "cell_shares": lambda a: class_map.cell_shares(2, a, 3),
    "paint": lambda a: colors.paint(a, PALETTE),
    "down_and_up": lambda a: down_and_up(2, a, 3),
    "discrete_matshow": discrete_matshow,
    "discrete_matshow with names": lambda a: discrete_matshow(a, list("abc"), colors=PALETTE),
    "Segmentation": result,
}
FUNCTIONS = PICTURES | SCORES | LABELS


def is_own(error):
    """Tell whether a `raise` statement of fcnlib raised the error, with a sentence."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    line = linecache.getline(frame.filename, frame.lineno).strip()
    right = isinstance(error, ValueError | TypeError | FcnlibError) and len(str(error).split()) > 4
    return right and frame.filename.startswith(PACKAGE) and line.startswith("raise")


def check(found):
    """Check that arrays are plain and, if they are of numbers, finite."""
    for array in found if isinstance(found, tuple) else (found,):
        if isinstance(array, np.ndarray):
            assert not np.ma.isMaskedArray(array)
            assert array.dtype.kind not in "fc" or np.isfinite(array).all()


@pytest.mark.parametrize("name", FUNCTIONS)
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(array=arrays())
def test_any_array_gives_a_well_formed_result_or_an_error_of_this_library(name, array):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*taken to be", UserWarning)
        try:
            found = FUNCTIONS[name](array)
        except Exception as error:
            if not is_own(error):
                raise
            return
    if name != "pad_to_multiple":  # which takes any type
        check(found)
