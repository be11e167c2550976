"""Processes that are killed at their work."""

import os
import signal
import subprocess
import time


def kill_once_written(path, command):
    """Run a command, and kill it without warning when it has written a file."""
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 300
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
