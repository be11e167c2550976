"""The command line: ``python -m fcnlib``."""

from fcnlib.cli.main import main

__all__ = ["main"]
