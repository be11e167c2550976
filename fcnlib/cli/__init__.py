"""The command line: ``python -m fcnlib``."""

from fcnlib.cli.main import EXAMPLES, main, segment, terminal_report, weights

__all__ = [
    "EXAMPLES",
    "main",
    "segment",
    "terminal_report",
    "weights",
]
