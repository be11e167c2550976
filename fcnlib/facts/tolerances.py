"""Printed figures, and when a measurement agrees with one.

Figures are kept as they are printed elsewhere, since the number of digits says how sharply a
figure is meant. A measurement is a number, a word, or for random input the least and the
greatest of several trials.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

Value = float | str | tuple[float, float]
Measured = Mapping[str, Value]
"""Values by the labels of the figures that they belong to."""

_FIGURE = re.compile(r"(-?[\d,]*\.?\d+)(?:e(-?\d+))?(.*)")


@dataclass(frozen=True)
class Tolerance:
    """How a measurement has to agree with a printed figure.

    Attributes
    ----------
    name : str
        A word or two for it.
    why : str
        What is allowed and for what reason, for people.
    agrees : callable
        Told a figure as printed and the value measured, answers whether they agree.

    """

    name: str
    why: str
    agrees: Callable[[str, Value], bool]


class Printed(NamedTuple):
    """A printed figure taken apart.

    Attributes
    ----------
    number : float
        Its value.
    decimals : int
        Digits after the point.
    exponent : int or None
        Power of ten, if it is written with one.
    unit : str
        What follows, such as ``" MiB"``.

    """

    number: float
    decimals: int
    exponent: int | None
    unit: str

    @property
    def half_unit(self) -> float:
        """Half a unit of the last digit."""
        return float(0.5 * 10.0 ** ((self.exponent or 0) - self.decimals))


def read(printed: str) -> Printed:
    """Take a printed figure apart.

    Raises
    ------
    ValueError
        If it does not begin with a number.

    Examples
    --------
    >>> read("15,625 MiB")
    Printed(number=15625.0, decimals=0, exponent=None, unit=' MiB')
    >>> read("1.4e-15").number, read(".4053").half_unit
    (1.4e-15, 5e-05)

    """
    found = _FIGURE.fullmatch(printed)
    if found is None:
        msg = f"a figure must begin with a number, got {printed!r}. Compare words by WORDS."
        raise ValueError(msg)
    digits, exponent, unit = found[1].replace(",", ""), found[2], found[3]
    decimals = len(digits.partition(".")[2])
    number = float(f"{digits}e{exponent or 0}")
    return Printed(number, decimals, int(exponent) if exponent else None, unit)


def say(value: Value, printed: str) -> str:
    """Return a measured value in the form of the printed figure, where it helps a digit longer.

    Examples
    --------
    >>> say(0.21561, "0.21"), say((0.2, 0.25), "0.21"), say(138357544, "138,357,544")
    ('0.216', '0.20 to 0.25', '138,357,544')
    >>> say(8.9e-16, "1.4e-15"), say(2.2e-16, "0 %"), say(1 + 2e-16, "1"), say(2.25, "2")
    ('8.9e-16', '2.2e-16 %', '1', '2.2')
    >>> say(3906.25, "3,906 MiB"), say("(9, 9, 9)", "(9, 9, 9)")
    ('3,906.2 MiB', '(9, 9, 9)')

    """
    if isinstance(value, str):
        return value
    figure, decimals, exponent, unit = read(printed)
    if isinstance(value, tuple):
        low, high = (f"{end:,.{decimals}f}" for end in value)
        return f"{low} to {high}{unit}"
    if figure and abs(value - figure) < 1e-12 * abs(figure):
        return printed
    if value == round(value):
        return f"{value:,.0f}{unit}"
    tiny = abs(value) < 0.5 * 10.0 ** -(decimals + 1)
    return f"{value:.1e}{unit}" if exponent or tiny else f"{value:,.{decimals + 1}f}{unit}"


def _ends(value: Value) -> tuple[float, float]:
    if isinstance(value, str):
        msg = f"a number must be measured, got {value!r}. Compare words by WORDS."
        raise TypeError(msg)
    return value if isinstance(value, tuple) else (value, value)


def _near(figure: float, distance: float, value: Value) -> bool:
    """Tell whether the figure, give or take a distance, lies where the value or range is."""
    low, high = _ends(value)
    return low - distance <= figure <= high + distance


def _rounds(printed: str, value: Value) -> bool:
    figure = read(printed)
    return _near(figure.number, figure.half_unit * (1 + 1e-9), value)


def _small(printed: str, value: Value) -> bool:
    return 0 <= _ends(value)[1] <= 4 * read(printed).number


def _begins(printed: str, value: Value) -> bool:
    return isinstance(value, str) and (value == printed or value.startswith(f"{printed}:"))


ROUNDED = Tolerance("as rounded", "Equal when rounded to the printed digits.", _rounds)
WORDS = Tolerance("same words", "The same words; what was counted may follow.", _begins)
ERROR = Tolerance(
    "up to rounding errors",
    "At most four times the figure: rounding errors grow with the picture and its values, and "
    "differ between processors.",
    _small,
)
SEEDS = Tolerance(
    "within 20 seeds",
    "Random input of a size that the source does not tell: the figure must lie between the "
    "least and the greatest that 20 seeds give.",
    _rounds,
)


def within(distance: float, why: str, name: str = "") -> Tolerance:
    """Return the tolerance that allows a distance from the figure, for a stated reason.

    Examples
    --------
    >>> near = within(0.03, "seeds differ")
    >>> near.agrees("0.21", 0.23), near.agrees("0.21", 0.25), near.name, near.why
    (True, False, '± 0.03', 'Within 0.03: seeds differ.')

    """

    def agrees(printed: str, value: Value) -> bool:
        return _near(read(printed).number, distance, value)

    return Tolerance(name or f"± {distance:g}", f"Within {distance:g}: {why}.", agrees)


EXACT = within(1e-9, "no more than rounding errors, for it is arithmetic", "exact")
