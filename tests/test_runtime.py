import subprocess
import sys
import threading

import pytest
from support.failures import error_of

from fcnlib import runtime
from fcnlib.engine import Local, Mailbox
from fcnlib.engine.context import Caller, ignore
from fcnlib.errors import FcnlibError

RACE = """
import threading
from fcnlib import runtime

assert not runtime.is_loaded()
results = []
threads = [threading.Thread(target=lambda: results.append(runtime.load())) for _ in range(8)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert runtime.is_loaded()
assert len({id(entry) for entry in results}) == 1 and len(results) == 8
results[0].slim.conv2d, results[0].tf1.Session
"""


def test_many_threads_import_the_same_modules():
    subprocess.run([sys.executable, "-c", RACE], check=True, timeout=120)


def test_graphs_built_in_many_threads_keep_their_scopes():
    """`arg_scope` is one stack per process: without the lock, kernel sizes are mixed up."""
    kernels = {}

    def build(size):
        with runtime.building() as (_, tf1, slim), tf1.Graph().as_default() as graph:
            images = tf1.placeholder("float32", (1, 16, 16, 3))
            with slim.arg_scope([slim.conv2d], kernel_size=[size, size]):
                for layer in range(10):
                    images = slim.conv2d(images, 4, scope=f"conv{layer}")
            kernels[size] = {
                v.shape[0] for v in graph.get_collection("variables") if len(v.shape) == 4
            }

    threads = [threading.Thread(target=build, args=(size,)) for size in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert kernels == {size: {size} for size in range(1, 9)}


def test_the_number_of_threads_can_be_set(monkeypatch):
    monkeypatch.delenv("FCNLIB_THREADS", raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: 7)
    assert runtime.threads() == 7
    monkeypatch.setenv("FCNLIB_THREADS", "3")
    assert runtime.threads() == 3


@pytest.mark.parametrize("given", ["0", "-1", "two", "1.5", "1000", "٣", "4" * 5000])
def test_a_number_of_threads_that_is_none_is_refused(monkeypatch, given):
    monkeypatch.setenv("FCNLIB_THREADS", given)
    with error_of(FcnlibError, "bad_setting", "FCNLIB_THREADS", "999"):
        runtime.threads()


@pytest.mark.parametrize("given", ["8GB", "1e9", "-5", "0", "4 GiB", "9" * 16])
def test_a_worker_memory_that_is_none_is_refused_before_a_worker_starts(monkeypatch, given):
    monkeypatch.setenv("FCNLIB_WORKER_MEMORY", given)
    monkeypatch.setattr(subprocess, "Popen", lambda *_, **__: pytest.fail("a worker started"))
    local = Local()
    local.start()
    caller = Caller(ignore, ignore, Mailbox(), None)
    with error_of(FcnlibError, "bad_setting", "FCNLIB_WORKER_MEMORY", "digits"):
        local.run("decode", (b"", False), caller)
