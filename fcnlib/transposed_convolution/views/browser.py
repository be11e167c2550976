"""What four linked views show of a transposed convolution, ready to be sent to a browser.

The browser draws and lights; it computes no number.
"""

from typing import Any

import numpy as np

from fcnlib.transposed_convolution.views.settings import ViewSettings
from fcnlib.transposed_convolution.views.terms import (
    Term,
    matrix_terms,
    output_of,
    partial_sums,
    spread,
    terms,
)
from fcnlib.transposed_convolution.views.text import (
    Teller,
    cell_label,
    cell_name,
    description,
    equals,
    full,
    short,
    size_sum,
)
from fcnlib.typing import Float64Array


def payload(setting: ViewSettings) -> dict[str, Any]:
    """Return everything that the four views show, as JSON can hold it.

    Parameters
    ----------
    setting : ViewSettings

    Returns
    -------
    payload : dict
        `input`, `kernel` and `output` with the shape, names and numbers of their cells, and
        a sentence on each; `terms`, one list for each of their columns; `matrix`, `spread`
        and `partial` as from the functions of those names.

    """
    values, kernel, output = np.array(setting.values), np.array(setting.kernel), output_of(setting)
    found, places = terms(setting), spread(setting)
    cells = {
        role: _cells(role, array, setting.dimensions)
        for role, array in (("input", values), ("kernel", kernel), ("output", output))
    }
    sums = partial_sums(setting).tolist()
    largest = np.abs(output).max() or 1
    shades = np.minimum(np.abs(sums) / largest, 1).round(3).tolist()
    names = {letter: cells[role]["names"] for letter, role in zip("xky", cells, strict=True)}
    teller = Teller(setting, found, output, names)
    for cell, say in zip(
        cells.values(), (teller.of_input, teller.of_weight, teller.of_output), strict=True
    ):
        cell["says"] = list(map(say, range(len(cell["names"]))))
    return {
        **cells,
        "dimensions": setting.dimensions,
        "stride": setting.stride,
        "padding": setting.padding,
        "size": size_sum(setting),
        "says": description(setting, output),
        "terms": _columns(found) | {"says": list(map(teller.term, found))},
        "matrix": matrix_terms(setting).ravel().tolist(),
        "spread": {"shape": places.shape, "inputs": places.ravel().tolist()},
        "partial": {"short": [list(map(short, row)) for row in sums], "shade": shades},
    }


def _cells(role: str, array: Float64Array, dimensions: int) -> dict[str, Any]:
    flat, places = array.ravel().tolist(), list(np.ndindex(array.shape))
    letter = {"input": "x", "kernel": "k", "output": "y"}[role]
    return {
        "shape": array.shape,
        "names": [cell_name(letter, place, dimensions) for place in places],
        "labels": [
            cell_label(role, place, dimensions, value)
            for place, value in zip(places, flat, strict=True)
        ],
        "short": list(map(short, flat)),
        "full": list(map(full, flat)),
        "equals": list(map(equals, flat)),
        "shade": _shades(array),
    }


def _columns(found: list[Term]) -> dict[str, Any]:
    products = [term.product for term in found]
    return {
        "input": [term.input for term in found],
        "tap": [term.tap for term in found],
        "output": [term.output for term in found],
        "short": list(map(short, products)),
        "full": list(map(full, products)),
        "shade": _shades(np.array(products)),
    }


def _shades(array: Float64Array) -> list[float]:
    """Return each value's share of the largest, without sign: how strongly it is colored."""
    sizes = np.abs(array.ravel())
    return (sizes / (sizes.max() or 1)).round(3).tolist()
