"""Defaults and constants that change the numbers on a page, against numbers worked out by hand."""

import numpy as np
import pytest

from fcnlib import runtime
from fcnlib.images.preprocessing import MEAN_RGB
from fcnlib.networks import deeplab, efficientnet_lite, selfie_segmentation, small_fcn
from fcnlib.transposed_convolution.sizes import convolution_size, input_sizes
from fcnlib.upsampling.agreement import compare


@pytest.mark.parametrize(
    ("size", "kernel_size", "stride", "cells"),
    [(6, 4, 2, 2), (5, 3, 1, 3), (7, 3, 2, 3), (3, 3, 5, 1)],
)
def test_a_convolution_has_no_padding_by_default(size, kernel_size, stride, cells):
    assert convolution_size(size, kernel_size, stride) == cells
    assert size in input_sizes(cells, kernel_size, stride)


def test_input_sizes_have_no_padding_by_default():
    assert input_sizes(3, 3, 2) == [7, 8]


@pytest.mark.parametrize("value", [0, 64, 255])
def test_the_built_in_network_reads_the_mean_color_as_zero_and_64_levels_as_one(value):
    """Its first layer sees (value - mean) / 64, so that activations are near one."""
    seen = {}

    def first_layer(images, *_, **__):
        seen["images"] = images
        raise StopIteration

    with pytest.MonkeyPatch.context() as patch, runtime.building() as (tf, tf1, _):
        patch.setattr(small_fcn.vgg, "vgg_16", first_layer)
        with tf1.Graph().as_default():
            centered = tf.constant(np.full((1, 32, 32, 3), value) - MEAN_RGB, "float32")
            with pytest.raises(StopIteration):
                small_fcn.build(centered)
        with tf1.Session(graph=seen["images"].graph) as session:
            found = session.run(seen["images"])[0, 0, 0]
    expected = [(value - mean) / 64 for mean in (123.68, 116.78, 103.94)]
    np.testing.assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("preprocess", "ends"),
    [
        (deeplab.preprocess, (-1, 1)),
        (efficientnet_lite.preprocess, (-127 / 128, 1)),
        (selfie_segmentation.preprocess, (0, 1)),
    ],
)
def test_a_network_reads_black_and_white_as_the_ends_of_its_range(preprocess, ends):
    found = preprocess(np.array([[[0, 0, 0], [255, 255, 255]]], np.uint8))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found[0, :, 0], ends, atol=1e-7)


@pytest.mark.parametrize(("off", "outside"), [(1.09e-5, 0), (1.11e-5, 1)])
def test_two_values_agree_within_a_hundred_thousandth_and_a_millionth(off, outside):
    """At a reference of 1, the page allows 1e-6 + 1e-5."""
    assert compare(np.array([1 + off]), np.array([1.0])).share_outside == outside


def test_equal_values_agree_without_any_tolerance():
    same = compare(np.ones(3), np.ones(3), rtol=0, atol=0)
    assert (same.share_outside, same.verdict, same.max_difference) == (0, True, 0)
    other = compare(np.array([1, 1 + 2**-52, 0]), np.array([1, 1, 0]), rtol=0, atol=0)
    assert (other.share_outside, other.verdict) == (pytest.approx(1 / 3), False)
