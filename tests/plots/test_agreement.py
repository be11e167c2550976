"""Where two networks agree, marked on the picture."""

import base64

import numpy as np
import pytest

from fcnlib.images import decode
from fcnlib.images.colors import from_hex
from fcnlib.plots import theme
from fcnlib.plots.agreement import agreement_figure
from fcnlib.segmentation.agreement import DIFFERENT, SAME, UNMATCHED

PICTURE = np.full((48, 96, 3), 128, np.uint8)


def test_agreement_is_marked_in_its_color_and_the_rest_shows_the_picture():
    compared = np.repeat(np.uint8([SAME, DIFFERENT, UNMATCHED]), 32)[None].repeat(48, 0)
    figure = agreement_figure(PICTURE, compared, "Title")
    assert figure.layout.title.text == "Title"
    drawn = decode(base64.b64decode(figure.data[0].source.partition(",")[2])).astype(int)
    same, different, unmatched = drawn[24, [16, 48, 80]]
    for pixel, color in ((same, theme.OUTPUT), (different, theme.DIFFERENCE)):
        distances = [
            abs(pixel - from_hex([one])[0].astype(int)).sum() for one in (color, "#808080")
        ]
        assert distances[0] < distances[1]
    assert np.ptp(unmatched) < 6, "gray, as the picture"
    assert unmatched.mean() > 128, "faded"


def test_picture_and_map_have_one_size():
    with pytest.raises(ValueError, match=r"one size, got \(48, 96\) and \(48, 95\)"):
        agreement_figure(PICTURE, np.zeros((48, 95), np.uint8))
