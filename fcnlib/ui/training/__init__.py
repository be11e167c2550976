"""The Training page."""

from fcnlib.ui.training.live_run import KEPT, RATES, STEPS, run, runs

__all__ = [
    "KEPT",
    "RATES",
    "STEPS",
    "run",
    "runs",
]
