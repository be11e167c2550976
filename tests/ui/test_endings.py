"""Processes that end in the middle of jobs: with their own status, soon, and with their workers.

Twelve pages and two servers end at random moments. The variable FCNLIB_ENDINGS replaces the twelve;
there are two servers for every eight pages.
"""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from benchmarks.visitor import wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux's list of processes"),
]

ROOT = Path(__file__).parents[2]
ENDINGS = int(os.environ.get("FCNLIB_ENDINGS") or 12)
SERVERS = 8  # pages for each server of a signal
SOON = 5.0  # seconds
MARK = "FCNLIB_TEST_MARK"
# A thread that outlives its lock, an executor that is asked too late, a crash in TensorFlow.
FAULTS = ("FATAL", "Fatal", "not rethrown", "new futures", "Exception ignored", "in thread")
PAGES = ("upsampling", "segmentation", "training")

PAGE = """
import os, signal, sys, threading, time
from streamlit.testing.v1 import AppTest

from fcnlib.images import SAMPLES

samples = list(SAMPLES)
page, how, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])


def drive():
    app = AppTest.from_file(page, default_timeout=60).run()
    if "training" in page:
        app.button(key="training_go").click().run()
    while not app.exception:  # other work: each factor and each sample has its own
        if "upsampling" in page:
            slider = app.slider(key="upsampling_factor")
            slider.set_value(slider.value % 31 + 2).run()
        elif "segmentation" in page:
            at = samples.index(app.session_state["segmentation_sample"])
            app.session_state["segmentation_sample"] = samples[(at + 1) % len(samples)]
            app.run()
        else:
            time.sleep(0.1)
            app.run()
    print(app.exception, file=sys.stderr)


def end():
    time.sleep(seconds)
    print(time.monotonic(), flush=True)


def kill():
    # As Ctrl-C does, the signal reaches every process of the group.
    os.killpg(0, int(how)) if int(how) == signal.SIGINT else os.kill(os.getpid(), int(how))


def kill_later():
    end()
    kill()


# SIGINT in `AppTest.run` waits for the script, whatever that does, so a thread drives the page.
if how in ("0", "3", "2"):
    threading.Thread(target=drive, daemon=True).start()
    end()
    kill() if how == "2" else sys.exit(int(how))
threading.Thread(target=kill_later, daemon=True).start()
drive()
"""


def marked(mark):
    """Return the processes whose environment contains the mark, except zombies."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def left_behind(mark, since):
    while marked(mark) and time.monotonic() - since < SOON:
        time.sleep(0.05)
    return marked(mark)


class Ending(NamedTuple):
    """How a process ended: its status, since when, the mark of its workers, what it wrote."""

    status: int
    since: float
    mark: str
    stderr: str


def fault(what, expected, ending):
    """Return what is wrong with an ending, or nothing."""
    seconds = time.monotonic() - ending.since
    wrong = [] if seconds < SOON else [f"{seconds:.1f} s"]
    # CPython 3.11 ends with 1 after Ctrl-C if a thread compiles a string before the process has
    # ended, as every dataclass and named tuple that is imported does. Its workers write to the same
    # stream, so that the traceback's last line need not be the last of all.
    interrupted = ending.status == 1 and "\nKeyboardInterrupt\n" in ending.stderr
    if ending.status != expected and not (expected == -signal.SIGINT and interrupted):
        wrong.append(f"status {ending.status}, not {expected}: {ending.stderr[-3000:]}")
    left = left_behind(ending.mark, ending.since)
    for pid in left:
        os.kill(pid, signal.SIGKILL)
    if left:
        wrong.append(f"left {len(left)} processes")
    tracebacks = ending.stderr.count("Traceback") - ending.stderr.count("\nKeyboardInterrupt")
    if tracebacks or any(words in ending.stderr for words in FAULTS):
        wrong.append(ending.stderr[-3000:])
    return f"{what}: {'; '.join(wrong)}" if wrong else ""


def end_page(seed):
    rng = random.Random(seed)
    page, seconds = PAGES[seed % len(PAGES)], rng.uniform(0.5, 8.0)
    how = rng.choice(("0", "3", int(signal.SIGTERM), int(signal.SIGINT), int(signal.SIGKILL)))
    mark = uuid.uuid4().hex
    process = subprocess.Popen(
        [sys.executable, "-c", PAGE, f"pages/{page}.py", str(how), str(seconds)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), MARK: mark},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with process.stdout, process.stderr:
        since = float(process.stdout.readline() or "nan")
        ending = Ending(process.wait(90), since, mark, process.stderr.read())
    expected = -how if isinstance(how, int) else int(how)
    return fault(f"{page}, {how} after {seconds:.2f} s, seed {seed}", expected, ending)


def test_a_page_that_ends_in_a_job_leaves_nothing():
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(filter(None, pool.map(end_page, range(ENDINGS))))
    assert not found, "\n\n".join([f"{len(found)} of {ENDINGS}", *found])


@contextmanager
def served(mark, folder=ROOT):
    """Start the app of a folder; give its process and its port, and end it afterwards."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    command = [
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.headless=true",
        "--server.fileWatcherType=auto",
    ]
    server = subprocess.Popen(
        [sys.executable, *command, f"--server.port={port}", "--server.address=127.0.0.1"],
        cwd=folder,
        env=os.environ | {MARK: mark, "PYTHONPATH": str(folder)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    with server.stderr:
        try:
            wait_for(f"http://127.0.0.1:{port}/_stcore/health")
            yield server, port
        finally:
            server.terminate()
            server.wait(90)


@contextmanager
def visiting(port, page):
    """Open a page as a browser does; give a function that waits for it and runs it again."""
    finished = threading.Event()

    def listen():
        with suppress(ConnectionClosed):
            for data in visitor:
                if ForwardMsg.FromString(data).WhichOneof("type") == "script_finished":
                    finished.set()

    def run_again():
        assert finished.wait(60)
        finished.clear()
        visitor.send(message.SerializeToString())

    message = BackMsg()
    message.rerun_script.page_name = page
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    with connect(address, max_size=None, close_timeout=0.1) as visitor:
        visitor.send(message.SerializeToString())
        threading.Thread(target=listen, daemon=True).start()
        yield run_again


def end_server(number, seconds=None):
    """Start the app, open two pages with jobs, and end it with a signal after some seconds.

    Without seconds, no page is opened.
    """
    mark = uuid.uuid4().hex
    with served(mark) as (server, port), ExitStack() as visitors:
        if seconds is not None:
            for page in ("segmentation", "numbers"):
                visitors.enter_context(visiting(port, page))
            time.sleep(seconds)
        since = time.monotonic()
        if number == signal.SIGINT:  # as Ctrl-C does
            os.killpg(server.pid, number)
        else:
            server.send_signal(number)
        status = server.wait(90)
        return Ending(status, since, mark, server.stderr.read())


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_server_that_ends_in_jobs_leaves_nothing(number):
    expected = end_server(number).status

    def end(seed):
        seconds = random.Random(seed).uniform(0.2, 9.0)
        what = f"server, {number.name} after {seconds:.2f} s, seed {seed}"
        return fault(what, expected, end_server(number, seconds))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        found = list(filter(None, pool.map(end, range(ENDINGS // SERVERS))))
    assert not found, "\n\n".join(found)


def test_a_changed_file_replaces_the_worker(tmp_path):
    """Streamlit imports the changed modules again, and with them the engine."""
    for name in ("fcnlib", "pages", ".streamlit"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "app.py", tmp_path)
    mark, pids = uuid.uuid4().hex, []

    def replaced():
        return len(now := marked(mark)) == 2 and not set(now) & set(pids) - {server.pid}

    with served(mark, tmp_path) as (server, port), visiting(port, "upsampling") as run_again:
        for number in range(3):
            limit = time.monotonic() + 60
            while not replaced():
                assert time.monotonic() < limit, (server.pid, pids, marked(mark))
                time.sleep(0.1)
            if number == 2:
                return
            pids = marked(mark)
            run_again()  # Streamlit watches the files once the page has run
            with (tmp_path / "fcnlib/ui/layout.py").open("a") as file:
                file.write("# changed\n")
            time.sleep(2)  # until Streamlit notices
            run_again()
