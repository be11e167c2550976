"""Everything that the four linked views show, as JSON-compatible data for the browser.

The browser only draws and highlights; all numbers are computed here.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from fcnlib.transposed_convolution.views import terms, text
from fcnlib.transposed_convolution.views.settings import ViewSettings
from fcnlib.typing import Float64Array


def payload(setting: ViewSettings) -> dict[str, Any]:
    """Return everything that the four views show, as JSON-compatible data.

    Parameters
    ----------
    setting : ViewSettings

    Returns
    -------
    payload : dict
        `input`, `kernel` and `output` with the shape, names, numbers and sentences of their
        cells; `terms` with one list per column; `matrix`, `spread` and `partial` from
        `matrix_terms`, `spread` and `partial_sums`.

    """
    arrays = (np.array(setting.values), np.array(setting.kernel), terms.output_of(setting))
    cells = {
        role: _cells(role, array, setting.dimensions)
        for role, array in zip(("input", "kernel", "output"), arrays, strict=True)
    }
    products, spread_input = terms.terms(setting), terms.spread(setting)
    inputs, taps, outputs, values = zip(*products, strict=True)
    sentences = text.Sentences(products, cells)
    for cell, sentence in zip(
        cells.values(), (sentences.of_input, sentences.of_weight, sentences.of_output), strict=True
    ):
        cell["says"] = [sentence(index) for index in range(len(cell["names"]))]
    sums = terms.partial_sums(setting)
    shades = np.minimum(np.abs(sums) / (np.abs(arrays[2]).max() or 1), 1).round(3)
    return {
        **cells,
        "dimensions": setting.dimensions,
        "stride": setting.stride,
        "padding": setting.padding,
        "size": text.size_sum(setting),
        "says": text.description(setting, arrays[2]),
        "terms": {
            "input": inputs,
            "tap": taps,
            "output": outputs,
            "short": list(map(text.short, values)),
            "full": list(map(text.full, values)),
            "shade": _shades(values),
            "says": list(map(sentences.term, products)),
        },
        "matrix": terms.matrix_terms(setting).ravel().tolist(),
        "spread": {"shape": spread_input.shape, "inputs": spread_input.ravel().tolist()},
        "partial": {
            "short": [list(map(text.short, row)) for row in sums.tolist()],
            "shade": shades.tolist(),
        },
    }


def _cells(role: str, array: Float64Array, dimensions: int) -> dict[str, Any]:
    letter = {"input": "x", "kernel": "k", "output": "y"}[role]
    cells = [(index, float(value)) for index, value in np.ndenumerate(array)]
    values = [value for _, value in cells]
    return {
        "shape": array.shape,
        "names": [text.cell_name(letter, index, dimensions) for index, _ in cells],
        "labels": [text.cell_label(role, index, dimensions, value) for index, value in cells],
        "short": list(map(text.short, values)),
        "full": list(map(text.full, values)),
        "equals": list(map(text.equals, values)),
        "shade": _shades(values),
    }


def _shades(values: Sequence[float]) -> list[float]:
    """Return absolute values divided by the largest, which set the intensity of the color."""
    sizes = np.abs(values)
    return (sizes / (sizes.max() or 1)).round(3).tolist()
