"""Numbers and sums in words and signs, as four linked views show and say them."""

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from fcnlib.transposed_convolution.sizes import output_size
from fcnlib.transposed_convolution.views.settings import ViewSettings
from fcnlib.typing import Float64Array

if TYPE_CHECKING:
    from fcnlib.transposed_convolution.views.terms import Term

Names = dict[str, list[str]]


def full(value: float) -> str:
    """Return a number with up to four decimals, as it stands in a formula.

    Examples
    --------
    >>> full(0.5625), full(-2.0), full(1 / 3)
    ('0.5625', '−2', '0.3333')

    """
    return f"{round(value, 4) + 0.0:.4f}".rstrip("0").rstrip(".").replace("-", "−")


def short(value: float) -> str:
    """Return a number in at most four signs if it can be, as it stands in a cell.

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
    """Return the sign before `full` of a number: equal, or nearly so.

    Examples
    --------
    >>> equals(0.1 * 3), equals(1 / 3)
    ('=', '≈')

    """
    return "=" if math.isclose(value, round(value, 4), abs_tol=1e-12) else "≈"


def cell_name(letter: str, cell: Sequence[int], dimensions: int) -> str:
    """Return what a formula calls a cell.

    Examples
    --------
    >>> cell_name("y", (0, 3), 1), cell_name("y", (2, 3), 2)
    ('y[3]', 'y[2,3]')

    """
    return f"{letter}[{','.join(str(place) for place in cell[-dimensions:])}]"


def cell_label(role: str, cell: Sequence[int], dimensions: int, value: float) -> str:
    """Return what a screen reader calls a cell.

    Examples
    --------
    >>> cell_label("output", (1, 2), 2, 3.5), cell_label("input", (0, 3), 1, 1.0)
    ('output row 1, column 2: 3.5', 'input 3: 1')

    """
    place = f"row {cell[0]}, column {cell[1]}" if dimensions == 2 else str(cell[1])
    return f"{role} {place}: {full(value)}"


def size_sum(setting: ViewSettings) -> str:
    """Return how the output's size follows from the setting, along the last axis.

    Examples
    --------
    >>> from fcnlib.transposed_convolution.views.settings import setting
    >>> size_sum(setting(np.ones(4), np.ones(3), stride=2, padding=1, output_padding=1))
    's (i − 1) + k − 2p + a = 2 × 3 + 3 − 2 × 1 + 1 = 8'

    """
    size, kernel_size = len(setting.values[0]), len(setting.kernel[0])
    stride, padding, extra = setting.stride[1], setting.padding[1], setting.output_padding[1]
    signs, numbers = "s (i − 1) + k − 2p", f"{stride} × {size - 1} + {kernel_size} − 2 × {padding}"
    if extra:
        signs, numbers = f"{signs} + a", f"{numbers} + {extra}"
    return f"{signs} = {numbers} = {output_size(size, kernel_size, stride, padding, extra)}"


def description(setting: ViewSettings, output: Float64Array) -> str:
    """Return the whole setting and its output in a sentence, for those who do not see it.

    Examples
    --------
    >>> from fcnlib.transposed_convolution.views.settings import setting
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


class Teller:
    """Says in sentences which terms a cell has a part in.

    Parameters
    ----------
    setting : ViewSettings
    terms : sequence of Term
        As from `fcnlib.transposed_convolution.views.terms.terms`.
    output : ndarray of shape (o_h, o_w)
    names : dict of list of str
        What `cell_name` calls the cells of the input ``"x"``, kernel ``"k"``, output ``"y"``.

    """

    def __init__(
        self, setting: ViewSettings, terms: "Sequence[Term]", output: Float64Array, names: Names
    ) -> None:
        self.setting, self.terms, self.names = setting, terms, names
        self.values = np.ravel(setting.values).tolist()
        self.kernel = np.ravel(setting.kernel).tolist()
        self.output = output.ravel().tolist()

    def term(self, term: "Term") -> str:
        """Return one product, and where it goes."""
        goes = f"added to {self._y(term)}" if term.output >= 0 else "cut off by the padding"
        return (
            f"{self._factors(term)} = {self._numbers(term)} "
            f"{equals(term.product)} {full(term.product)}, {goes}"
        )

    def of_output(self, place: int) -> str:
        """Return the sum that an output cell is, in names, in numbers, and its value."""
        parts = [term for term in self.terms if term.output == place]
        name, value = self.names["y"][place], self.output[place]
        if not parts:
            return f"{name} = 0: no copy of the kernel reaches it"
        return (
            f"{name} = {' + '.join(map(self._factors, parts))} "
            f"= {' + '.join(map(self._numbers, parts))} {equals(value)} {full(value)}"
        )

    def of_input(self, place: int) -> str:
        """Return what an input cell paints."""
        head = f"{self.names['x'][place]} = {full(self.values[place])} paints"
        return self._list(head, (term for term in self.terms if term.input == place))

    def of_weight(self, place: int) -> str:
        """Return where a weight is used."""
        head = f"{self.names['k'][place]} = {full(self.kernel[place])} takes part in"
        return self._list(head, (term for term in self.terms if term.tap == place))

    def _list(self, head: str, terms: "Iterable[Term]") -> str:
        parts = (
            f"{self._numbers(term)} = {full(term.product)} "
            + (f"for {self._y(term)}" if term.output >= 0 else "cut off")
            for term in terms
        )
        return f"{head} {'; '.join(parts)}"

    def _factors(self, term: "Term") -> str:
        return f"{self.names['x'][term.input]}·{self.names['k'][term.tap]}"

    def _numbers(self, term: "Term") -> str:
        return f"{_signed(self.values[term.input])} × {_signed(self.kernel[term.tap])}"

    def _y(self, term: "Term") -> str:
        return self.names["y"][term.output]


def _listed(rows: Sequence[Sequence[float]]) -> str:
    return "; ".join(", ".join(map(full, row)) for row in rows)


def _signed(value: float) -> str:
    """Put a negative factor in brackets, as between signs it must be."""
    return f"({full(value)})" if value < 0 else full(value)
