"""Functions to find, fetch, read and verify the VGG-16 weights.

`find` returns the path of the weights, `fetch` downloads them once for all threads and processes,
`open_checkpoint` reads them one tensor at a time, and `verify` checks them before use.
"""

from fcnlib.checkpoints.cache import fetch
from fcnlib.checkpoints.locate import find, missing
from fcnlib.checkpoints.reading import Checkpoint, open_checkpoint
from fcnlib.checkpoints.sources import SOURCES, Source, configured
from fcnlib.checkpoints.storage import cache_dir
from fcnlib.checkpoints.verification import Verification, checked_rows, verify

__all__ = [
    "SOURCES",
    "Checkpoint",
    "Source",
    "Verification",
    "cache_dir",
    "checked_rows",
    "configured",
    "fetch",
    "find",
    "missing",
    "open_checkpoint",
    "verify",
]
