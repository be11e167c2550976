"""The numbers that the pages and the tests rely on, and functions that recompute them.

Every fact has a claim, its numbers as printed, their source, and a tolerance for the measured
values. `check` recomputes one fact, `check_all` all of them. Numbers that cannot be
recomputed here are listed separately, in `QUOTED`.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from types import ModuleType

from fcnlib.engine.context import Context
from fcnlib.facts import (
    checkpoint,
    common_errors,
    fcn,
    kernels,
    labels,
    memory,
    transposed,
    upsampling,
    vgg,
)
from fcnlib.facts.fact import Fact, Outcome, QuotedFact, check
from fcnlib.runtime import is_loaded, load_quietly
from fcnlib.typing import Report, silent

__all__ = [
    "FACTS",
    "QUOTED",
    "SECTIONS",
    "Fact",
    "Outcome",
    "QuotedFact",
    "check",
    "check_all",
    "compute_all",
]


def _declared_in(*modules: ModuleType) -> tuple[Fact, ...]:
    """Return the facts that modules declare, in the order of their source."""
    values = [value for module in modules for value in vars(module).values()]
    return tuple(value for value in values if isinstance(value, Fact))


SECTIONS: Mapping[str, tuple[Fact, ...]] = {
    "Upsampling": _declared_in(upsampling, common_errors, transposed, labels),
    "Kernels": _declared_in(kernels),
    "Memory": _declared_in(memory),
    "VGG-16": _declared_in(vgg, checkpoint),
    "FCN": _declared_in(fcn),
}

QUOTED: Mapping[str, tuple[QuotedFact, ...]] = {
    "Memory": memory.QUOTED,
    "VGG-16": checkpoint.QUOTED,
    "FCN": fcn.QUOTED,
}

FACTS = tuple(fact for section in SECTIONS.values() for fact in section)


def check_all(
    on_outcome: Callable[[str, Outcome], object],
    facts: Sequence[Fact] = FACTS,
    report: Report = silent,
    prepare: Callable[[], object] | None = None,
) -> None:
    """Check facts one by one: first those without TensorFlow, and of these the fastest first.

    Parameters
    ----------
    on_outcome : callable
        Called with (name, outcome) after each fact.
    facts : sequence of Fact, optional
        The facts to check.
    report : callable, optional
        Called with (fraction, text) before each fact. The fraction follows the expected
        durations.
    prepare : callable, optional
        Loads TensorFlow before the first fact that needs it. By default, that fact loads it.

    Examples
    --------
    >>> check_all(lambda name, outcome: print(name, outcome.holds), SECTIONS["Kernels"][:1])
    support True

    """
    total = sum(fact.seconds for fact in facts)
    done = 0.0
    for number, fact in enumerate(sorted(facts, key=lambda fact: (fact.tensorflow, fact.seconds))):
        loading = ", loading TensorFlow first" if fact.tensorflow and not is_loaded() else ""
        report(done / total, f"Fact {number + 1} of {len(facts)}{loading}")
        if loading and prepare:
            # If TensorFlow cannot be loaded, each fact that needs it says so.
            with suppress(Exception):
                prepare()
        on_outcome(fact.name, check(fact))
        done += fact.seconds


def compute_all(context: Context) -> None:
    """Check all facts as a task of an engine, which publishes each (name, outcome)."""
    check_all(
        lambda name, outcome: context.publish((name, outcome)),
        FACTS,
        context.report,
        prepare=load_quietly,
    )
