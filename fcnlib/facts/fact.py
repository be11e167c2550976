"""A fact that this project stands on: what is claimed, and what this machine finds."""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from fcnlib.errors import FcnlibError
from fcnlib.facts.tolerances import Measured, Tolerance

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Fact:
    """A claim with figures, and the function that computes them anew.

    Attributes
    ----------
    name : str
        What it is called in the library.
    statement : str
        What is claimed, a sentence.
    expected : mapping of str to str
        Figures as printed, by label; a unit may follow a number.
    tolerance : Tolerance
        How the measured values have to agree with them.
    source : str
        Who says so.
    compute : callable
        Returns values by the same labels, in the printed units.
    seconds : float
        How long it takes on two cores, roughly.
    tensorflow : bool
        Whether TensorFlow takes part.

    """

    name: str
    statement: str
    expected: Mapping[str, str]
    tolerance: Tolerance
    source: str
    compute: Callable[..., Measured]
    seconds: float = 0.01
    tensorflow: bool = False


@dataclass(frozen=True)
class QuotedFact:
    """A finding of others that is not recomputed here.

    Attributes
    ----------
    statement : str
        What was found.
    figures : str
        The figures, as printed.
    source : str
        Who found them.
    why : str
        Why they are not recomputed.

    """

    statement: str
    figures: str
    source: str
    why: str


@dataclass(frozen=True)
class Outcome:
    """What became of a fact on this machine.

    Attributes
    ----------
    holds : bool
        Whether every figure agrees with what was measured.
    measured : mapping of str to value
        The values by label; empty if computing them failed.
    differing : tuple of str
        Labels of the figures that do not agree.
    seconds : float
        Time it took.
    error : str
        Why it could not be computed; else empty.

    """

    holds: bool
    measured: Measured = field(default_factory=dict)
    differing: tuple[str, ...] = ()
    seconds: float = 0.0
    error: str = ""


def fact(
    statement: str,
    expected: Mapping[str, str],
    tolerance: Tolerance,
    source: str,
    *,
    seconds: float = 0.01,
    tensorflow: bool = False,
) -> Callable[[Callable[[], Measured]], Fact]:
    """Make a `Fact` of the function below; its name becomes the fact's."""

    def make(compute: Callable[[], Measured]) -> Fact:
        name = compute.__name__
        return Fact(name, statement, expected, tolerance, source, compute, seconds, tensorflow)

    return make


def judge(claim: Fact, measured: Measured) -> Outcome:
    """Hold what was measured against the figures of a fact.

    Raises
    ------
    ValueError
        If the labels are not those of the figures.

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
            "Give one value for each figure."
        )
        raise ValueError(msg)
    agrees = claim.tolerance.agrees
    differing = tuple(
        label for label, printed in claim.expected.items() if not agrees(printed, measured[label])
    )
    return Outcome(not differing, measured, differing)


def check(claim: Fact) -> Outcome:
    """Compute a fact's figures now and judge them; never raises.

    Returns
    -------
    outcome : Outcome
        What fails to compute does not hold, and says why in `error`.

    """
    start = time.monotonic()
    try:
        outcome = judge(claim, claim.compute())
    except Exception as problem:
        # One row that fails must not keep the others from being seen.
        _LOG.exception("computing %s failed", claim.name)
        known = isinstance(problem, FcnlibError)
        why = str(problem) if known else f"{type(problem).__name__}."
        outcome = Outcome(holds=False, error=f"Could not be computed: {why}")
    return replace(outcome, seconds=time.monotonic() - start)
