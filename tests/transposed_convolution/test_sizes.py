"""Output sizes, and the ranges within which every setting is valid."""

import itertools

import numpy as np
import pytest

from fcnlib.transposed_convolution.definition import transposed_convolution
from fcnlib.transposed_convolution.sizes import (
    convolution_size,
    input_sizes,
    output_padding_range,
    output_size,
    padding_range,
    pair,
)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        # Settings from the captions of figures 4.1 to 4.7 in arXiv:1603.07285.
        ((2, 3, 1, 0, 0), 4),
        ((6, 4, 1, 2, 0), 5),
        ((5, 3, 1, 1, 0), 5),
        ((7, 3, 1, 2, 0), 5),
        ((2, 3, 2, 0, 0), 5),
        ((3, 3, 2, 1, 0), 5),
        ((3, 3, 2, 1, 1), 6),
        # Layers of an FCN: 16 cells upsampled by 2, and 24 cells by 32.
        ((16, 4, 2, 1, 0), 32),
        ((24, 64, 32, 16, 0), 768),
    ],
)
def test_sizes_of_the_paper(setting, expected):
    assert output_size(*setting) == expected


def count_positions(size, kernel_size, stride, padding):
    """Slide the kernel along and count its positions, without the formula."""
    return len(range(0, size + 2 * padding - kernel_size + 1, stride))


def test_input_sizes_are_exactly_those_that_convolve_to_the_size():
    for size, kernel_size, stride in itertools.product(range(1, 6), range(1, 7), range(1, 6)):
        for padding in padding_range(size, kernel_size, stride):
            setting = (kernel_size, stride, padding)
            sizes = input_sizes(size, *setting)
            candidates = range(max(1, kernel_size - 2 * padding), 60)
            assert sizes == [n for n in candidates if count_positions(n, *setting) == size]
            assert len(sizes) == stride
            for extra in output_padding_range(stride):
                assert output_size(size, *setting, extra) == sizes[extra]
                assert convolution_size(sizes[extra], *setting) == size


def test_input_sizes_below_one_are_left_out():
    assert input_sizes(1, kernel_size=3, stride=2, padding=1) == [1, 2]
    assert input_sizes(1, kernel_size=3, stride=3, padding=2) == [1]


def test_padding_range_holds_exactly_the_valid_paddings():
    for size, kernel_size, stride in itertools.product(range(1, 6), range(1, 7), range(1, 6)):
        allowed = padding_range(size, kernel_size, stride)
        assert allowed.start == 0
        for padding in allowed:
            assert output_size(size, kernel_size, stride, padding) >= 1
        with pytest.raises(ValueError, match="padding"):
            output_size(size, kernel_size, stride, allowed.stop)


@pytest.mark.parametrize("function", [output_size, convolution_size])
@pytest.mark.parametrize(
    ("setting", "error", "match"),
    [
        ((0, 3, 1), ValueError, "^size .*got 0"),
        ((3, 0, 1), ValueError, "^kernel_size .*got 0"),
        ((3, 3, 0), ValueError, "^stride .*got 0"),
        ((3, 3.0, 1), TypeError, r"^kernel_size .*got 3.0 \(float\)"),
        ((3, 3, 1, 1.0), TypeError, r"^padding .*got 1.0 \(float\)"),
        ((3, 3, 1, -1), ValueError, "^padding .* 0 and 2 .*kernel of 3, got -1"),
        ((3, 3, 1, 3), ValueError, "^padding .* 0 and 2 .*kernel of 3, got 3"),
    ],
)
def test_numbers_are_checked(function, setting, error, match):
    with pytest.raises(error, match=match):
        function(*setting)


@pytest.mark.parametrize("extra", [-1, 2])
def test_output_padding_is_checked(extra):
    with pytest.raises(ValueError, match=f"^output_padding .* 0 and 1 .*stride of 2, got {extra}"):
        output_size(3, 3, 2, 0, extra)


def test_padding_must_leave_a_cell():
    with pytest.raises(ValueError, match=r"padding 2 leaves -1 cells"):
        output_size(1, 3, 2, 2)


def test_the_kernel_must_fit():
    with pytest.raises(ValueError, match=r"kernel of 5 .*2 cells .*padding 1\..* at least 3"):
        convolution_size(2, 5, 1, 1)


@pytest.mark.parametrize(
    ("value", "error", "match"),
    [
        (1.5, TypeError, r"got 1.5\."),
        ("12", TypeError, "got '12'"),
        ((1, 2.0), TypeError, r"got \(1, 2.0\)"),
        ((1,), ValueError, r"got \(1,\)"),
        (-1, ValueError, "got -1"),
    ],
)
def test_pairs_are_checked(value, error, match):
    with pytest.raises(error, match=f"^stride .*{match}"):
        pair(value, "stride")


def test_a_list_is_accepted_as_a_pair():
    assert pair([3, 4], "stride") == (3, 4)


def keras_layer(size, kernel_size, stride, padding):
    """Return Keras' output for ones and the kernel 1, 2, 3, ..., along one axis."""
    import keras  # takes a second; TensorFlow offers it only in a process that loaded it with Keras

    kernel = np.arange(1.0, kernel_size + 1, dtype=np.float32).reshape(1, -1, 1, 1)
    layer = keras.layers.Conv2DTranspose(
        1, (1, kernel_size), (1, stride), padding=padding, use_bias=False
    )
    layer.build((1, 1, size, 1))
    layer.set_weights([kernel])
    return np.asarray(layer(np.ones((1, 1, size, 1), np.float32)))[0, 0, :, 0]


def full_output(size, kernel_size, stride, **options):
    """Return our output for the same input and kernel."""
    kernel = np.arange(1.0, kernel_size + 1).reshape(1, -1, 1, 1)
    x = np.ones((1, size, 1))
    options = {name: (0, cells) for name, cells in options.items()}
    return transposed_convolution(x, kernel, (1, stride), **options)[0, :, 0]


@pytest.mark.parametrize(
    ("kernel_size", "stride", "start", "end"),
    [(3, 2, 0, 1), (5, 2, 1, 2), (4, 3, 0, 1), (4, 2, 1, 1), (5, 3, 1, 1)],
)
def test_same_padding_cuts_an_odd_number_of_cells_unevenly(kernel_size, stride, start, end):
    found = keras_layer(3, kernel_size, stride, "same")
    full = full_output(3, kernel_size, stride)
    np.testing.assert_array_equal(found, full[start : len(full) - end])
    ours = [
        full_output(3, kernel_size, stride, padding=padding, output_padding=extra)
        for padding in padding_range(3, kernel_size, stride)
        for extra in output_padding_range(stride)
    ]
    assert any(np.array_equal(found, output) for output in ours) == (start == end)


@pytest.mark.parametrize(("kernel_size", "stride"), [(1, 2), (2, 3), (1, 4), (2, 2), (3, 2)])
def test_valid_padding_of_keras_adds_cells_after_a_kernel_smaller_than_the_stride(
    kernel_size, stride
):
    found = keras_layer(3, kernel_size, stride, "valid")
    cells = output_size(3, kernel_size, stride)
    added = max(0, stride - kernel_size)
    assert (len(found), len(found) >= 3 * stride) == (cells + added, True)
    np.testing.assert_array_equal(found[:cells], full_output(3, kernel_size, stride))
    assert not found[cells:].any()
