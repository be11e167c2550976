"""Declaration of facts, and checking them on this machine."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from fcnlib.errors import FcnlibError
from fcnlib.facts.tolerances import Measured, Tolerance

MEASURED = "measured before"
"""Source of numbers that nobody published: this project, with the libraries in `MEASURED_WITH`."""

MEASURED_WITH = "TensorFlow 2.21, tf-slim 1.1.0, scikit-image 0.26 and NumPy 2.4"

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fact:
    """A claim with printed numbers, and the function that recomputes them.

    Attributes
    ----------
    name : str
        Unique name, the same as that of the function.
    statement : str
        The claim, as a sentence.
    expected : mapping of str to str
        Numbers as printed, by label. A unit may follow a number.
    tolerance : Tolerance
        How closely the measured values must agree with the numbers.
    source : str
        Where the numbers come from.
    compute : callable
        Returns values by the same labels, in the printed units.
    seconds : float
        Approximate duration on two cores.
    tensorflow : bool
        Whether the computation uses TensorFlow.

    """

    name: str
    statement: str
    expected: Mapping[str, str]
    tolerance: Tolerance
    source: str
    compute: Callable[[], Measured]
    seconds: float = 0.1
    tensorflow: bool = False


@dataclass(frozen=True)
class QuotedFact:
    """A result of others that is not recomputed here.

    Attributes
    ----------
    statement : str
        What the numbers mean.
    figures : str
        The numbers, as printed.
    source : str
        Who published or measured them.
    why : str
        Why they are not recomputed.

    """

    statement: str
    figures: str
    source: str
    why: str


@dataclass(frozen=True)
class Outcome:
    """The result of checking a fact on this machine.

    Attributes
    ----------
    holds : bool
        Whether every number agrees with its measured value.
    measured : mapping of str to value
        The values by label; empty if computing them failed.
    differing : tuple of str
        Labels of the numbers that do not agree.
    error : str
        Why the values could not be computed; otherwise empty.

    """

    holds: bool
    measured: Measured = field(default_factory=dict)
    differing: tuple[str, ...] = ()
    error: str = ""


def fact(
    statement: str,
    expected: Mapping[Any, str],
    tolerance: Tolerance,
    source: str = MEASURED,
    *,
    case: str = "",
    seconds: float = 0.1,
    tensorflow: bool = False,
) -> Callable[[Callable[..., Any]], Fact]:
    """Return a decorator that turns a function into a `Fact` of the same name.

    Without `case`, the function is called once and returns all values by label. With it, the
    function is called once per number and returns one value.

    Parameters
    ----------
    statement, tolerance, source, seconds, tensorflow
        As in `Fact`.
    expected : mapping to str
        Numbers by label. With `case`, by the argument of the function, or by a tuple of its
        arguments.
    case : str, optional
        Format of the labels, such as ``"f = {}"``. It is filled with the arguments.

    Examples
    --------
    >>> from fcnlib.facts.tolerances import EXACT
    >>> @fact("Squares.", {2: "4", 3: "9"}, EXACT, "arithmetic", case="n = {}")
    ... def squares(number):
    ...     return number**2
    >>> squares.compute()
    {'n = 2': 4, 'n = 3': 9}

    """

    def make(compute: Callable[..., Any]) -> Fact:
        name = compute.__name__
        if not case:
            return Fact(name, statement, expected, tolerance, source, compute, seconds, tensorflow)
        arguments = [key if isinstance(key, tuple) else (key,) for key in expected]
        labels = [case.format(*values) for values in arguments]

        # The Numbers page shows the source of the wrapped function.
        @wraps(compute)
        def compute_cases() -> Measured:
            return {
                label: compute(*values) for label, values in zip(labels, arguments, strict=True)
            }

        figures = dict(zip(labels, expected.values(), strict=True))
        return Fact(name, statement, figures, tolerance, source, compute_cases, seconds, tensorflow)

    return make


def judge(claim: Fact, measured: Measured) -> Outcome:
    """Compare measured values with the numbers of a fact.

    Raises
    ------
    ValueError
        If the labels are not those of the numbers.

    Examples
    --------
    >>> from fcnlib.facts.tolerances import ROUNDED
    >>> half = Fact("half", "It is a half", {"": "0.5"}, ROUNDED, "arithmetic", dict)
    >>> judge(half, {"": 0.52}).holds, judge(half, {"": 0.6}).differing
    (True, ('',))

    """
    if measured.keys() != claim.expected.keys():
        msg = (
            f"{claim.name} must measure {sorted(claim.expected)}, got {sorted(measured)}. "
            "Return one value for each number."
        )
        raise ValueError(msg)
    differing = tuple(
        label
        for label, printed in claim.expected.items()
        if not claim.tolerance.agrees(printed, measured[label])
    )
    return Outcome(not differing, measured, differing)


def check(claim: Fact) -> Outcome:
    """Compute a fact's numbers now and compare them; never raises.

    Returns
    -------
    outcome : Outcome
        If the computation fails, the fact does not hold and `error` says why.

    """
    try:
        return judge(claim, claim.compute())
    except Exception as problem:
        # A fact that fails must not prevent the others from being checked.
        _LOG.exception("computing %s failed", claim.name)
        known = isinstance(problem, FcnlibError)
        why = str(problem) if known else f"{type(problem).__name__}."
        return Outcome(holds=False, error=f"Could not be computed: {why}")
