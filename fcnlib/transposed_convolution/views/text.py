"""Numbers, formulas and sentences of the four linked views."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from fcnlib.transposed_convolution.sizes import output_size
from fcnlib.transposed_convolution.views.settings import ViewSettings
from fcnlib.typing import Float64Array

if TYPE_CHECKING:
    from fcnlib.transposed_convolution.views.terms import Term


def full(value: float) -> str:
    """Format a number for a formula, with up to four decimals.

    Examples
    --------
    >>> full(0.5625), full(-2.0), full(1 / 3)
    ('0.5625', '−2', '0.3333')

    """
    return f"{round(value, 4) + 0.0:.4f}".rstrip("0").rstrip(".").replace("-", "−")


def short(value: float) -> str:
    """Format a number for a cell, in at most four characters if possible.

    Examples
    --------
    >>> short(0.5625), short(-1.5), short(-12.75), short(123.4), short(20480.0)
    ('.56', '−1.5', '−13', '123', '20k')

    """
    if abs(value) >= 9999.5:
        return full(round(value / 1000)) + "k"
    for digits in (2, 1, 0):
        text = f"{round(value, digits) + 0.0:.{digits}f}"
        text = text.rstrip("0").rstrip(".") if digits else text
        text = text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
        if len(text) <= 4:
            break
    return text.replace("-", "−")


def equals(value: float) -> str:
    """Return "=", or "≈" if `full` rounds the number.

    Examples
    --------
    >>> equals(0.1 * 3), equals(1 / 3)
    ('=', '≈')

    """
    return "=" if math.isclose(value, round(value, 4), abs_tol=1e-12) else "≈"


def cell_name(letter: str, cell: Sequence[int], dimensions: int) -> str:
    """Return the name of a cell in formulas.

    Examples
    --------
    >>> cell_name("y", (0, 3), 1), cell_name("y", (2, 3), 2)
    ('y[3]', 'y[2,3]')

    """
    return f"{letter}[{','.join(map(str, cell[-dimensions:]))}]"


def cell_label(role: str, cell: Sequence[int], dimensions: int, value: float) -> str:
    """Return the label of a cell for screen readers.

    Examples
    --------
    >>> cell_label("output", (1, 2), 2, 3.5), cell_label("input", (0, 3), 1, 1.0)
    ('output row 1, column 2: 3.5', 'input 3: 1')

    """
    position = f"row {cell[0]}, column {cell[1]}" if dimensions == 2 else str(cell[1])
    return f"{role} {position}: {full(value)}"


def size_sum(setting: ViewSettings) -> str:
    """Return the formula for the size of the output along the last axis, with its numbers.

    Examples
    --------
    >>> import numpy as np
    >>> from fcnlib.transposed_convolution.views import setting
    >>> size_sum(setting(np.ones(4), np.ones(3), stride=2, padding=1, output_padding=1))
    's (i − 1) + k − 2p + a = 2 × 3 + 3 − 2 × 1 + 1 = 8'

    """
    size, kernel_size = len(setting.values[0]), len(setting.kernel[0])
    stride, padding, extra = setting.stride[1], setting.padding[1], setting.output_padding[1]
    symbols, numbers = (
        "s (i − 1) + k − 2p",
        f"{stride} × {size - 1} + {kernel_size} − 2 × {padding}",
    )
    if extra:
        symbols, numbers = f"{symbols} + a", f"{numbers} + {extra}"
    return f"{symbols} = {numbers} = {output_size(size, kernel_size, stride, padding, extra)}"


def description(setting: ViewSettings, output: Float64Array) -> str:
    """Describe the settings and the output in words, for screen readers.

    Examples
    --------
    >>> import numpy as np
    >>> from fcnlib.transposed_convolution.views import setting
    >>> row = setting(np.array([1.0, 10.0]), np.ones(2), stride=2)
    >>> description(row, np.array([[1.0, 1.0, 10.0, 10.0]]))
    'Input 1, 10. Kernel 1, 1. Stride 2, padding 0, output padding 0. Output 1, 1, 10, 10.'

    """
    x, kernel, y = (_listed(rows) for rows in (setting.values, setting.kernel, output.tolist()))
    stride, padding, extra = setting.stride[1], setting.padding[1], setting.output_padding[1]
    return (
        f"Input {x}. Kernel {kernel}. Stride {stride}, padding {padding}, "
        f"output padding {extra}. Output {y}."
    )


class Sentences:
    """Sentences about terms, and about the cells of the input, the kernel and the output.

    Parameters
    ----------
    terms : sequence of Term
        From `fcnlib.transposed_convolution.views.terms.terms`.
    cells : dict of dict
        For each of ``"input"``, ``"kernel"`` and ``"output"``, the lists ``"names"`` (from
        `cell_name`), ``"full"`` and ``"equals"`` (from the functions of these names).

    """

    def __init__(self, terms: "Sequence[Term]", cells: dict[str, dict[str, Any]]) -> None:
        self.terms = terms
        self.x, self.kernel, self.y = cells["input"], cells["kernel"], cells["output"]

    def term(self, term: "Term") -> str:
        """Return one product and the output cell to which it is added."""
        return f"{self._factors(term)} = {self._product(term)}, {self._destination(term)}"

    def of_output(self, index: int) -> str:
        """Return an output cell as a sum: in symbols, in numbers, and its value."""
        terms = [term for term in self.terms if term.output == index]
        name = self.y["names"][index]
        if not terms:
            return f"{name} = 0, because no copy of the kernel reaches it"
        return (
            f"{name} = {' + '.join(map(self._factors, terms))} "
            f"= {' + '.join(map(self._numbers, terms))} "
            f"{self.y['equals'][index]} {self.y['full'][index]}"
        )

    def of_input(self, index: int) -> str:
        """Return all products of an input cell."""
        products = self._list([term for term in self.terms if term.input == index])
        return f"{self.x['names'][index]} = {self.x['full'][index]} contributes {products}"

    def of_weight(self, index: int) -> str:
        """Return all products of a weight."""
        products = self._list([term for term in self.terms if term.tap == index])
        return f"{self.kernel['names'][index]} = {self.kernel['full'][index]} is used in {products}"

    def _list(self, terms: "Sequence[Term]") -> str:
        return "; ".join(f"{self._product(term)} ({self._destination(term)})" for term in terms)

    def _factors(self, term: "Term") -> str:
        return f"{self.x['names'][term.input]}·{self.kernel['names'][term.tap]}"

    def _numbers(self, term: "Term") -> str:
        factors = self.x["full"][term.input], self.kernel["full"][term.tap]
        # A negative factor needs brackets after a sign.
        return " × ".join(f"({text})" if text.startswith("−") else text for text in factors)

    def _product(self, term: "Term") -> str:
        return f"{self._numbers(term)} {equals(term.product)} {full(term.product)}"

    def _destination(self, term: "Term") -> str:
        if term.output < 0:
            return "cut off by the padding"
        return f"added to {self.y['names'][term.output]}"


def _listed(rows: Sequence[Sequence[float]]) -> str:
    return "; ".join(", ".join(map(full, row)) for row in rows)
