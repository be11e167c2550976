"""The row of pixels with its cells in two places."""

import numpy as np
import pytest

from fcnlib.kernels.bilinear import upsample_filt
from fcnlib.plots.cell_grids import CELLS, COLUMNS, FACTOR, cell_grids_figure, row_weights


@pytest.mark.parametrize("column", range(COLUMNS))
def test_weights_are_those_of_a_line_between_two_centers(column):
    for aligned, first in ((True, 0), (False, (FACTOR - 1) / 2)):
        weights = row_weights(column, aligned_corners=aligned)
        centers = {cell: FACTOR * cell + first for cell in range(CELLS)}
        inside = np.clip(column, first, centers[CELLS - 1])
        assert sum(weights.values()) == pytest.approx(1)
        assert sum(centers[cell] * weight for cell, weight in weights.items()) == pytest.approx(
            inside
        )
        assert all(abs(centers[cell] - inside) < FACTOR for cell in weights)


def test_blocks_are_upsampled_as_by_the_kernel_of_the_post():
    kernel = upsample_filt(2 * FACTOR).diagonal() ** 0.5
    weights = row_weights(9, aligned_corners=False)
    assert weights == pytest.approx({0: kernel[9 + FACTOR // 2], 1: kernel[9 - FACTOR // 2]})


def test_each_row_shows_its_centers_and_the_pixel_with_its_weights():
    figure = cell_grids_figure(6)
    blocks, above, _, corners, below, pixel = figure.data
    assert list(corners.x) == [0, 8, 16, 24]
    assert list(blocks.x) == [3.5, 11.5, 19.5, 27.5]
    assert list(pixel.x) == [6]
    assert (list(below.text), list(below.x)) == (["× 0.25", "× 0.75"], [0, 8])
    assert (list(above.text), list(above.x)) == (["× 0.69", "× 0.31"], [3.5, 11.5])
    numbers = [(n.text, n.x) for n in figure.layout.annotations if n.text in {"0", "1", "2", "3"}]
    assert numbers[:4] == [("0", 3.5), ("1", 11.5), ("2", 19.5), ("3", 27.5)]
    assert numbers[4:] == [("0", 0), ("1", 8), ("2", 16), ("3", 24)]
    ends = [shape.x1 for shape in figure.layout.shapes if shape.type == "rect"]
    assert max(ends) == FACTOR * CELLS - 0.5


@pytest.mark.parametrize("column", [-1, COLUMNS])
def test_a_pixel_that_is_not_in_both_rows_is_refused(column):
    with pytest.raises(ValueError, match=f"from 0 to 24, got {column}"):
        cell_grids_figure(column)
