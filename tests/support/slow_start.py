"""What a worker does while it starts. This module does not import NumPy."""

import sys
import time

seen = []


def prepare():
    time.sleep(0.5)
    seen.append("numpy" in sys.modules)


def numpy_was_imported(_array):
    return seen
