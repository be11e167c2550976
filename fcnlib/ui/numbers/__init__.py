"""The Numbers page."""

from fcnlib.ui.numbers.checks import (
    ALL,
    JOB,
    compute,
    outcomes,
    select,
    served,
    show,
    show_code,
    show_taken,
    show_tolerances,
)

__all__ = [
    "ALL",
    "JOB",
    "compute",
    "outcomes",
    "select",
    "served",
    "show",
    "show_code",
    "show_taken",
    "show_tolerances",
]
