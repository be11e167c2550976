"""The Segmentation page."""

from fcnlib.ui.segmentation.run import (
    FIRST_SEED,
    JOB,
    LONG_SIDES,
    NETWORKS,
    SEED,
    SOURCES,
    WHOLE,
    Choice,
    Request,
    choose_network,
    first_street,
    run,
)

__all__ = [
    "FIRST_SEED",
    "JOB",
    "LONG_SIDES",
    "NETWORKS",
    "SEED",
    "SOURCES",
    "WHOLE",
    "Choice",
    "Request",
    "choose_network",
    "first_street",
    "run",
]
