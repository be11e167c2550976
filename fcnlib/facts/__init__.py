"""The figures that this project stands on, each with the function that computes it anew.

Every fact tells what is claimed, the figures as they are printed, who says so, and how a
measurement has to agree with them. `check` computes one now; `check_all` computes all.
What cannot be computed here is told apart, in `TAKEN`.
"""

from collections.abc import Callable, Mapping, Sequence

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
from fcnlib.facts.fact import Fact, Outcome, QuotedFact, check, judge
from fcnlib.runtime import is_loaded
from fcnlib.typing import Report, silent

__all__ = [
    "FACTS",
    "SECTIONS",
    "TAKEN",
    "Fact",
    "Outcome",
    "QuotedFact",
    "check",
    "check_all",
    "judge",
]

SECTIONS: Mapping[str, tuple[Fact, ...]] = {
    "Upsampling": (*upsampling.FACTS, *common_errors.FACTS, *transposed.FACTS, *labels.FACTS),
    "Kernels": kernels.FACTS,
    "Memory": memory.FACTS,
    "VGG-16": (*vgg.FACTS, *checkpoint.FACTS),
    "FCN": fcn.FACTS,
}

TAKEN: Mapping[str, tuple[QuotedFact, ...]] = {
    "Memory": memory.TAKEN,
    "VGG-16": checkpoint.TAKEN,
    "FCN": fcn.TAKEN,
}

NOTE = ", loading TensorFlow first"
FACTS = tuple(fact for section in SECTIONS.values() for fact in section)


def check_all(
    found: Callable[[str, Outcome], object],
    facts: Sequence[Fact] = FACTS,
    report: Report = silent,
) -> None:
    """Compute the facts one by one, those without TensorFlow and the quick ones first.

    Parameters
    ----------
    found : callable
        Told the name and the outcome of each fact at once.
    facts : sequence of Fact, optional
        Which ones.
    report : callable, optional
        Told of the progress, by the time that the facts are expected to take.

    Examples
    --------
    >>> check_all(lambda name, outcome: print(name, outcome.holds), kernels.FACTS[:1])
    support True

    """
    total = sum(fact.seconds for fact in facts)
    done = 0.0
    for number, fact in enumerate(sorted(facts, key=lambda fact: (fact.tensorflow, fact.seconds))):
        loading = fact.tensorflow and not is_loaded()
        report(done / total, f"Figure {number + 1} of {len(facts)}{NOTE if loading else ''}")
        found(fact.name, check(fact))
        done += fact.seconds
