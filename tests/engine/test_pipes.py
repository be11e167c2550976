"""Pipes to a worker hold much at once where the system allows it, and work where it does not."""

import sys

import numpy as np
import pytest

from fcnlib.engine import wire
from fcnlib.engine.context import Caller, Mailbox, ignore
from fcnlib.engine.local import Local

fcntl = pytest.importorskip("fcntl")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has wide pipes")


@pytest.fixture
def local():
    local = Local()
    yield local
    local.close()


def decoded_size(local):
    array = np.zeros((60, 50, 3), np.uint8)
    from fcnlib import images

    caller = Caller(ignore, ignore, Mailbox(), deadline=60.0)
    return local.run("decode", (images.encode_png(array),), caller).shape


def held(local):
    process = local._lanes["files"].current.process
    return {fcntl.fcntl(pipe, fcntl.F_GETPIPE_SZ) for pipe in (process.stdin, process.stdout)}


def test_both_pipes_of_a_worker_are_wide(local):
    assert decoded_size(local) == (60, 50, 3)
    assert held(local) == {wire.PIPE_SIZE}


def test_a_system_that_allows_no_wide_pipes_still_runs_tasks(local, monkeypatch):
    monkeypatch.setattr(wire, "PIPE_SIZE", 1 << 40)
    assert decoded_size(local) == (60, 50, 3)
    assert max(held(local)) < 1 << 30


def test_a_system_without_such_a_setting_still_runs_tasks(local, monkeypatch):
    monkeypatch.setattr(wire, "fcntl", None)
    assert decoded_size(local) == (60, 50, 3)
