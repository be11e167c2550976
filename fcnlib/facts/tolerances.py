"""Printed numbers, and the rules by which measured values agree with them.

Numbers are kept as they are printed elsewhere, because their number of digits says how precise
they are. A measured value is a number, a word, or, for random input, the smallest and the
largest number of several trials.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

Value = float | str | tuple[float, float]
Measured = Mapping[str, Value]
"""Measured values by the labels of their numbers."""

_FIGURE = re.compile(r"(-?[\d,]*\.?\d+)(?:e(-?\d+))?(.*)")


@dataclass(frozen=True)
class Tolerance:
    """A rule by which a measured value agrees with a printed number.

    Attributes
    ----------
    name : str
        One to three words.
    why : str
        What is allowed and for what reason, as a sentence for the page.
    agrees : callable
        Called with a number as printed and the measured value; returns whether they agree.

    """

    name: str
    why: str
    agrees: Callable[[str, Value], bool]


class Printed(NamedTuple):
    """The parts of a printed number.

    Attributes
    ----------
    number : float
        Its value.
    decimals : int
        Digits after the point.
    exponent : int or None
        Power of ten, if the number is written with one.
    unit : str
        What follows the number, such as ``" MiB"``.

    """

    number: float
    decimals: int
    exponent: int | None
    unit: str


def read(printed: str) -> Printed:
    """Split a printed number into its parts.

    Raises
    ------
    ValueError
        If it does not begin with a number.

    Examples
    --------
    >>> read("15,625 MiB")
    Printed(number=15625.0, decimals=0, exponent=None, unit=' MiB')
    >>> read("1.4e-15").number
    1.4e-15

    """
    match = _FIGURE.fullmatch(printed)
    if match is None:
        msg = f"a printed number begins with digits, got {printed!r}. Compare words by WORDS."
        raise ValueError(msg)
    digits, exponent, unit = match[1].replace(",", ""), match[2], match[3]
    decimals = len(digits.partition(".")[2])
    number = float(f"{digits}e{exponent or 0}")
    return Printed(number, decimals, int(exponent) if exponent else None, unit)


def say(value: Value, printed: str) -> str:
    """Format a measured value like the printed number, with one more digit where that helps.

    Examples
    --------
    >>> say(0.21561, "0.21"), say((0.2, 0.25), "0.21"), say(138357544, "138,357,544")
    ('0.216', '0.20 to 0.25', '138,357,544')
    >>> say(8.9e-16, "1.4e-15"), say(2.2e-16, "0%"), say(1 + 2e-16, "1"), say(2.25, "2")
    ('8.9e-16', '2.2e-16%', '1', '2.2')
    >>> say(3906.25, "3,906 MiB"), say("(9, 9, 9)", "(9, 9, 9)")
    ('3,906.2 MiB', '(9, 9, 9)')

    """
    if isinstance(value, str):
        return value
    figure, decimals, exponent, unit = read(printed)
    if isinstance(value, tuple):
        low, high = (f"{end:,.{decimals}f}" for end in value)
        return f"{low} to {high}{unit}"
    # A rounding error would otherwise add a digit to an exact number.
    if figure and abs(value - figure) < 1e-12 * abs(figure):
        return printed
    if value == round(value):
        return f"{value:,.0f}{unit}"
    tiny = abs(value) < 0.5 * 10.0 ** -(decimals + 1)
    return f"{value:.1e}{unit}" if exponent or tiny else f"{value:,.{decimals + 1}f}{unit}"


def _ends(value: Value) -> tuple[float, float]:
    if isinstance(value, str):
        msg = f"a number must be measured, got {value!r}. Use WORDS to compare words."
        raise TypeError(msg)
    return value if isinstance(value, tuple) else (value, value)


def _near(figure: float, distance: float, value: Value) -> bool:
    """Return whether the number lies at most a distance outside the value or range."""
    low, high = _ends(value)
    return low - distance <= figure <= high + distance


def _rounds(printed: str, value: Value) -> bool:
    number, decimals, exponent, _ = read(printed)
    half_unit = float(0.5 * 10.0 ** ((exponent or 0) - decimals))
    # The factor allows for the rounding error of a value that lies exactly on the limit.
    return _near(number, half_unit * (1 + 1e-9), value)


def largest_error(printed: str) -> float:
    """Return the largest value that agrees with a printed rounding error.

    Examples
    --------
    >>> largest_error("6e-7")
    2.4e-06

    """
    return 4 * read(printed).number


def _small(printed: str, value: Value) -> bool:
    return 0 <= _ends(value)[1] <= largest_error(printed)


def _begins(printed: str, value: Value) -> bool:
    return isinstance(value, str) and (value == printed or value.startswith(f"{printed}:"))


ROUNDED = Tolerance(
    "as rounded",
    "The measured value equals the stated number after rounding to the same digits.",
    _rounds,
)
WORDS = Tolerance(
    "same words",
    "The measured words are the stated ones. After a colon, more may follow, such as a number.",
    _begins,
)
ERROR = Tolerance(
    "up to rounding errors",
    "The measured value is at most four times the stated number, because rounding errors depend on "
    "the processor. They grow with the size and the values of the image.",
    _small,
)
SEEDS = Tolerance(
    "within 20 random tries",
    "The input is random, and the source does not state its size. The stated number must "
    "therefore lie between the smallest and the largest value of 20 tries, "
    "each with other random numbers.",
    _rounds,
)


def within(distance: float, why: str, name: str = "") -> Tolerance:
    """Return the tolerance that allows a distance from the number, for a stated reason.

    Examples
    --------
    >>> near = within(0.03, "seeds differ")
    >>> near.agrees("0.21", 0.23), near.agrees("0.21", 0.25), near.name, near.why
    (True, False, '± 0.03', 'Within 0.03: seeds differ.')

    """

    def agrees(printed: str, value: Value) -> bool:
        return _near(read(printed).number, distance, value)

    return Tolerance(name or f"± {distance:g}", f"Within {distance:g}: {why}.", agrees)


EXACT = within(1e-9, "the number is arithmetic, so only rounding errors are allowed", "exact")
