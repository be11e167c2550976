"""Sizes, and the ranges that keep every state valid."""

import itertools

import pytest

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
        # The examples of arXiv:1603.07285, figures 4.1 to 4.7, each by its caption's setting.
        ((2, 3, 1, 0, 0), 4),
        ((6, 4, 1, 2, 0), 5),
        ((5, 3, 1, 1, 0), 5),
        ((7, 3, 1, 2, 0), 5),
        ((2, 3, 2, 0, 0), 5),
        ((3, 3, 2, 1, 0), 5),
        ((3, 3, 2, 1, 1), 6),
        # An FCN's layers: x2 of 16, and x32 of 24 cells.
        ((16, 4, 2, 1, 0), 32),
        ((24, 64, 32, 16, 0), 768),
    ],
)
def test_sizes_of_the_paper(setting, expected):
    assert output_size(*setting) == expected


def count_places(size, kernel_size, stride, padding):
    """Slide the kernel along and count, without the formula."""
    return len(range(0, size + 2 * padding - kernel_size + 1, stride))


def test_every_input_size_leads_back_and_no_other():
    for size, kernel_size, stride in itertools.product(range(1, 6), range(1, 7), range(1, 6)):
        for padding in padding_range(size, kernel_size, stride):
            found = input_sizes(size, kernel_size, stride, padding)
            reach = range(max(1, kernel_size - 2 * padding), 60)
            setting = (kernel_size, stride, padding)
            expected = [n for n in reach if count_places(n, *setting) == size]
            assert found == expected
            assert len(found) == stride
            for extra in output_padding_range(stride):
                assert output_size(size, *setting, extra) == found[extra]
                assert convolution_size(found[extra], *setting) == size


def test_fewer_input_sizes_where_the_first_would_be_empty():
    assert input_sizes(1, kernel_size=3, stride=2, padding=1) == [1, 2]
    assert input_sizes(1, kernel_size=3, stride=3, padding=2) == [1]


def test_padding_range_is_all_that_is_allowed():
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
        ((0, 3, 1), ValueError, "size must be at least 1, got 0"),
        ((3, 0, 1), ValueError, "kernel_size must be at least 1, got 0"),
        ((3, 3, 0), ValueError, "stride must be at least 1, got 0"),
        ((3, 3.0, 1), TypeError, r"kernel_size must be an integer, got 3.0 \(float\)"),
        ((3, 3, 1, 1.0), TypeError, r"padding must be an integer, got 1.0 \(float\)\. Pass"),
        ((3, 3, 1, -1), ValueError, "padding must lie between 0 and 2 for a kernel of 3, got -1"),
        ((3, 3, 1, 3), ValueError, "padding must lie between 0 and 2 for a kernel of 3, got 3"),
    ],
)
def test_numbers_are_checked(function, setting, error, match):
    with pytest.raises(error, match=match):
        function(*setting)


@pytest.mark.parametrize("extra", [-1, 2])
def test_output_padding_is_checked(extra):
    with pytest.raises(ValueError, match=f"between 0 and 1 for a stride of 2, got {extra}"):
        output_size(3, 3, 2, 0, extra)


def test_something_must_be_left():
    with pytest.raises(ValueError, match=r"padding 2 leaves -1 cells .* raise size, 1 now"):
        output_size(1, 3, 2, 2)


def test_the_kernel_must_fit():
    with pytest.raises(ValueError, match=r"kernel of 5 does not fit on 2 cells .* at least 3"):
        convolution_size(2, 5, 1, 1)


@pytest.mark.parametrize(
    ("value", "error", "match"),
    [
        (1.5, TypeError, r"stride must be an integer or a pair of them, got 1.5\. Pass"),
        ("12", TypeError, "stride must be an integer or a pair of them, got '12'"),
        ((1, 2.0), TypeError, r"pair of them, got \(1, 2.0\)"),
        ((1,), ValueError, r"one number or two, none negative, got \(1,\)\. Pass"),
        (-1, ValueError, "none negative, got -1"),
    ],
)
def test_pairs_are_checked(value, error, match):
    with pytest.raises(error, match=match):
        pair(value, "stride")


def test_a_list_is_a_pair():
    assert pair([3, 4], "stride") == (3, 4)
