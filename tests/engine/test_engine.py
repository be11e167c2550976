"""The engines: same results, progress, cancelling, and workers that hang, die or eat memory."""

import inspect
import io
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import support.tasks

from fcnlib import engine, images
from fcnlib.engine import tasks, wire
from fcnlib.engine.local import Local
from fcnlib.engine.tasks import LANES, TASKS, Task
from fcnlib.errors import Cancelled, EngineError, PictureError

TESTS = Path(__file__).parents[1]
SOON = 300  # seconds; a longer wait is a failure
NAMES = {
    name: Task(f"support.tasks:{name}", "files", patience=SOON)
    for name, function in vars(support.tasks).items()
    if inspect.isfunction(function)
}


@pytest.fixture(scope="module", autouse=True)
def names():
    """Let engines run the functions of `support.tasks`."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(os.environ, "PYTHONPATH", str(TESTS))
        for name, task in NAMES.items():
            patch.setitem(TASKS, name, task)
        yield


@pytest.fixture(scope="module")
def local():
    """Provide workers that all tests share; a test that ends one gets a new one."""
    workers = Local()
    yield workers
    workers.close()


@pytest.fixture(params=["inline", "local"])
def either(request, local, monkeypatch):
    """Make each engine in turn the engine of this process."""
    monkeypatch.setattr(engine, "_current", local if request.param == "local" else engine.Inline())


@pytest.fixture
def in_workers(local, monkeypatch):
    monkeypatch.setattr(engine, "_current", local)


def patient(monkeypatch, name, seconds=0.4, **changes):
    monkeypatch.setitem(TASKS, name, NAMES[name]._replace(patience=seconds, **changes))


def in_thread(*args, **kwargs):
    """Run a task in a thread; return a function that waits for it and gives result or error."""
    found = []

    def work():
        try:
            found.append(engine.run(*args, **kwargs))
        except Exception as error:
            found.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()

    def end():
        thread.join(SOON)
        return found[0]

    return end


def wait_until(condition):
    limit = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.01)


@pytest.mark.parametrize("name", sorted(TASKS.keys() - NAMES.keys()))
def test_every_task_has_a_function_and_a_lane(name):
    assert callable(tasks.imported(TASKS[name].function))
    assert TASKS[name].lane in LANES


def test_arrays_come_back_as_they_went(either):
    rng = np.random.default_rng(0)
    sent = (
        rng.normal(size=(3, 4)),
        np.asfortranarray(rng.normal(size=(300, 400)).astype(np.float32)),
        rng.integers(0, 9, (5, 6))[::2, ::-1],
        np.zeros((0, 3), np.uint8),
        np.array(7),
        {"words": [None, "ä", b"\0"]},
    )
    got = engine.run("echo", *sent)
    for one, other in zip(sent, got, strict=True):
        assert type(one) is type(other)
        np.testing.assert_array_equal(one, other)
    np.testing.assert_array_equal(engine.run("doubled", sent[1].copy()), 2 * sent[1])


def test_progress_and_partial_results_arrive_in_order(either):
    reports, published = [], []
    report = lambda *values: reports.append(values)  # noqa: E731
    assert engine.run("counted", 4, report=report, publish=published.append) == 4
    assert published == [0, 1, 2, 3]
    assert [step for step in dict.fromkeys(reports) if step[1] != "Starting"] == [
        (step / 4, f"step {step}") for step in range(4)
    ]


def test_a_running_task_hears_its_caller(either):
    mailbox = engine.Mailbox()
    end = in_thread("until_told", mailbox=mailbox)
    for word in ("one", "two", "end"):
        mailbox.put(word)
        time.sleep(0.05)
    assert end() == ["one", "two", "end"]


def test_the_callers_own_error_stops_the_task(either):
    calls = []

    def report(fraction, text):
        calls.append(text)
        if len(calls) > 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        engine.run("report_for_ever", report=report)


@pytest.mark.parametrize(
    ("name", "args", "error"),
    [("refuse", (), PictureError), ("divide", (0,), ZeroDivisionError)],
)
def test_errors_of_the_function_are_raised(either, name, args, error):
    with pytest.raises(error) as raised:
        engine.run(name, *args)
    assert getattr(raised.value, "code", "empty") == "empty"


def test_an_unexpected_error_says_where_it_happened(in_workers):
    with pytest.raises(ZeroDivisionError) as raised:
        engine.run("divide", 0)
    assert "support/tasks.py" in raised.value.__notes__[0]
    with pytest.raises(PictureError) as raised:
        engine.run("refuse")
    assert not getattr(raised.value, "__notes__", [])


def test_a_result_that_cannot_be_sent_is_an_error(in_workers):
    with pytest.raises(TypeError, match="pickle"):
        engine.run("unsendable")


def test_an_error_that_cannot_be_sent_arrives_as_text(in_workers):
    with pytest.raises(RuntimeError, match="UnusualError: 1"):
        engine.run("fail_unusually")


def test_what_a_task_prints_does_not_disturb_the_messages(in_workers):
    assert engine.run("print_much") == ""


def test_a_worker_is_an_interpreter_of_its_own(in_workers):
    about = engine.run("about")
    assert about == {
        "tensorflow": False,
        "main": None,  # not the module that the parent runs
        "nice": min(os.nice(0) + 5, 19),
    }
    assert engine.run("who") == engine.run("who") != os.getpid()


def test_long_tasks_give_way_to_short_ones(in_workers, monkeypatch):
    monkeypatch.setitem(TASKS, "about", NAMES["about"]._replace(lane="long"))
    assert engine.run("about")["nice"] == min(os.nice(0) + 10, 19)


def test_tasks_run_at_the_same_time_up_to_the_slots(in_workers):
    boxes = [engine.Mailbox() for _ in range(3)]
    heard = [[] for _ in boxes]
    ends = [
        in_thread("until_told", mailbox=box, report=lambda *said, list_=list_: list_.append(said))
        for box, list_ in zip(boxes, heard, strict=True)
    ]
    assert LANES["files"].slots == 2

    def running():
        return sum(any(part == 0.5 for part, _ in said) for said in heard)

    wait_until(lambda: running() == 2)
    time.sleep(0.3)
    assert running() == 2
    for box in boxes:
        box.put("end")
    assert [end() for end in ends] == [["end"]] * 3


@pytest.mark.parametrize("name", ["hang", "hold_the_lock"])
def test_l4_a_task_that_hangs_is_ended_and_the_next_one_runs(in_workers, monkeypatch, name):
    patient(monkeypatch, name)
    before = engine.run("who")
    with pytest.raises(EngineError) as raised:
        engine.run(name)
    assert raised.value.code == "timeout"
    assert engine.run("who") != before


def test_a_deadline_ends_a_task_that_makes_progress(in_workers):
    with pytest.raises(EngineError) as raised:
        engine.run("report_for_ever", deadline=0.3)
    assert raised.value.code == "timeout"


def test_a_cancelled_task_that_does_not_stop_is_ended(in_workers, monkeypatch):
    monkeypatch.setattr("fcnlib.engine.local.GRACE", 0.2)
    before = engine.run("who")

    def report(*_):
        raise Cancelled

    with pytest.raises(Cancelled):
        engine.run("hang", report=report)
    assert engine.run("who") != before


def test_the_others_of_an_ended_worker_are_run_again(in_workers, monkeypatch):
    """A visitor whose task shares a worker with one that hangs notices nothing."""
    patient(monkeypatch, "hang", 0.6)
    mailbox = engine.Mailbox()
    said = []
    end = in_thread("until_told", mailbox=mailbox, report=lambda *words: said.append(words))
    hanging = in_thread("hang")
    assert hanging().code == "timeout"
    # A message to the worker that was ended is lost with it.
    wait_until(lambda: len({process for part, process in said if part == 0.5}) == 2)
    mailbox.put("end")
    assert end() == ["end"]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_a_worker_that_dies_costs_one_error(in_workers, number):
    before = engine.run("who")
    with pytest.raises(EngineError) as raised:
        engine.run("die", int(number))
    assert raised.value.code == "worker_lost"
    assert engine.run("who") != before


@pytest.mark.parametrize(("again", "result"), [(True, "alive"), (False, "worker_lost")])
def test_only_short_tasks_are_run_again_by_themselves(
    in_workers, monkeypatch, tmp_path, again, result
):
    monkeypatch.setitem(TASKS, "die_once", Task("support.tasks:die_once", "files", again=again))
    assert getattr(end := in_thread("die_once", tmp_path / "seen")(), "code", end) == result


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory cannot be limited")
def test_a_task_that_eats_memory_is_stopped(in_workers):
    before = engine.run("who")
    with pytest.raises(EngineError) as raised:
        engine.run("fill_memory")
    assert raised.value.code == "out_of_memory"
    assert engine.run("who") == before


def test_the_worker_for_outside_bytes_may_send_no_other_classes(in_workers):
    with pytest.raises(EngineError) as raised:
        engine.run("evil")
    assert raised.value.code == "worker_lost"
    for value in (np.float32(1), np.arange(3), PictureError("empty", "Empty."), {"a": (1, None)}):
        file = io.BytesIO()
        wire.send(file, value)
        file.seek(0)
        got = wire.receive(file, trusted=False)
        assert type(got) is type(value)
    file = io.BytesIO()
    wire.send(file, os.system)
    file.seek(0)
    with pytest.raises(pickle.UnpicklingError):
        wire.receive(file, trusted=False)


def test_vgg_16_gives_the_same_bits_in_a_worker(in_workers, monkeypatch, full_size_checkpoint):
    monkeypatch.setenv("FCNLIB_VGG_CHECKPOINT", str(full_size_checkpoint))
    args = images.sample("cat"), "vgg_16", "float32", 320
    inside = engine.run("segment", *args)
    monkeypatch.setattr(engine, "_current", engine.Inline())
    here = engine.run("segment", *args)
    for field in ("picture", "coarse_logits", "coarse_map", "label_map"):
        np.testing.assert_array_equal(getattr(inside, field), getattr(here, field))
    assert np.ptp(here.coarse_logits) > 0


def test_a_cut_message_is_the_end():
    file = io.BytesIO()
    wire.send(file, np.arange(1000))
    for size in (0, 3, 11, 100, len(file.getvalue()) - 1):
        with pytest.raises(EOFError):
            wire.receive(io.BytesIO(file.getvalue()[:size]))


def test_pictures_are_the_same_from_both_engines(in_workers):
    data = images.encode_png(images.sample("cat"))
    np.testing.assert_array_equal(engine.run("decode", data), images.decode(data))
    for broken in (b"", b"nonsense", data[:1000]):
        with pytest.raises(PictureError) as here:
            images.decode(broken)
        with pytest.raises(PictureError) as there:
            engine.run("decode", broken)
        assert (here.value.code, str(here.value)) == (there.value.code, str(there.value))


def test_an_idle_worker_ends_and_the_next_task_starts_another(monkeypatch):
    monkeypatch.setitem(LANES, "files", LANES["files"]._replace(idle=0.2))
    workers = Local()
    monkeypatch.setattr(engine, "_current", workers)
    first = engine.run("who")
    worker = workers._lanes["files"].worker()
    wait_until(lambda: not worker.alive)
    assert engine.run("who") != first
    workers.close()


PARENT = """
import os, sys, threading
from fcnlib import engine
from fcnlib.engine.tasks import TASKS, Task

raise_in_a_second_import = 1 / (__name__ == "__main__")
for name in ("who", "hang", "hold_the_lock"):
    TASKS[name] = Task(f"support.tasks:{name}", "files")
engine.use("local")
print(engine.run("who"), engine.current()._lanes["quick"].worker().process.pid, flush=True)
if len(sys.argv) > 1:
    threading.Thread(target=engine.run, args=sys.argv[1:], daemon=True).start()
sys.stdin.readline()
"""


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs Linux's list of processes")
@pytest.mark.parametrize("task", [[], ["hang"]])
@pytest.mark.parametrize("end", ["exit", signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_workers_end_with_their_parent(tmp_path, end, task):
    """Also from a plain script without a main guard."""
    script = tmp_path / "parent.py"
    script.write_text(PARENT)
    parent = subprocess.Popen(
        [sys.executable, script, *task],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])},
    )
    workers = [int(word) for word in parent.stdout.readline().split()]
    assert len(workers) == 2
    assert all(map(alive, workers))
    started = time.monotonic()
    if end == "exit":
        parent.stdin.write(b"\n")
        parent.stdin.flush()
    else:
        parent.send_signal(end)
    status = parent.wait(SOON)
    assert status == (0 if end == "exit" else -end)
    wait_until(lambda: not any(map(alive, workers)))
    assert time.monotonic() - started < 10
    parent.stdin.close()
    parent.stdout.close()


ENDING = """
import atexit, sys, threading, time
from fcnlib import engine
from fcnlib.engine import local

started = []
popen = local.subprocess.Popen
local.subprocess.Popen = lambda *args, **more: started.append(0) or popen(*args, **more)
outcomes = []


def work():
    while len(outcomes) < 3:
        try:
            engine.run("upsampled_borders", 2, "no scores")
        except BaseException as error:
            outcomes.append(getattr(error, "code", type(error)))


def check():
    thread.join(10)
    print(len(started), *outcomes, flush=True)


engine.use("local")
atexit.unregister(local._close_all)
atexit.register(check)
atexit.register(local._close_all)
thread = threading.Thread(target=work, daemon=True)
thread.start()
"""


def test_no_worker_is_started_while_the_process_ends():
    """Threads of jobs and pages go on until the interpreter is gone."""
    command = [sys.executable, "-c", ENDING]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["1", "ending", "ending", "ending"], done.stderr


def test_modules_of_the_current_folder_replace_none_of_pythons(tmp_path, monkeypatch):
    for name in ("queue", "struct", "tensorflow", "fcnlib"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    workers = Local()
    monkeypatch.setattr(engine, "_current", workers)
    assert engine.run("echo", 1) == (1,)
    workers.close()


@pytest.mark.skipif(sys.platform == "win32", reason="needs groups of processes")
def test_ctrl_c_does_not_reach_a_worker_that_starts(monkeypatch):
    workers = Local()
    monkeypatch.setattr(engine, "_current", workers)
    process = workers._lanes["files"].worker().process
    assert os.getpgid(process.pid) != os.getpgid(0)
    workers.close()


STARTING = """
import sys
from fcnlib.engine import worker
from fcnlib.engine.tasks import LANES

LANES["files"] = LANES["files"]._replace(preload="support.slow_start:prepare")
sys.argv = ["worker", "files"]
worker.main()
"""


@pytest.fixture
def starting():
    """Start a worker and give its process."""
    process = subprocess.Popen(
        [sys.executable, "-c", STARTING],
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(TESTS), str(TESTS.parent)])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        yield process
        process.kill()


def test_a_message_is_loaded_once_the_worker_has_started(starting):
    """If two threads import NumPy at once, both can fail, and the worker with them."""
    task = ("run", 1, "support.slow_start:numpy_was_imported", (np.arange(3),))
    wire.send(starting.stdin, task)
    assert wire.receive(starting.stdout) == ("ready", 0, None)
    assert wire.receive(starting.stdout) == ("result", 1, [False])


def test_a_worker_that_nobody_listens_to_ends_without_a_word(starting):
    assert wire.receive(starting.stdout) == ("ready", 0, None)
    wire.send(starting.stdin, ("run", 1, "support.tasks:report_for_ever", ()))
    starting.stdout.close()
    assert starting.wait(SOON) == 0
    assert starting.stderr.read() == b""


FORK = """
import os, sys
from fcnlib import engine
from fcnlib.engine.tasks import TASKS, Task

TASKS["who"] = Task("support.tasks:who", "files")
engine.use("local")
print(engine.run("who"), flush=True)
child = os.fork()
print(engine.run("who"), flush=True)
if child:
    os.waitpid(child, 0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_fork_has_workers_of_its_own():
    """Both would write to one pipe otherwise."""
    path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    words = subprocess.check_output(
        [sys.executable, "-W", "ignore", "-c", FORK],
        env=os.environ | {"PYTHONPATH": path},
        timeout=60,
    )
    first, *others = map(int, words.split())
    assert len(others) == 2
    assert set(others) - {first}
    assert first in others


def test_an_unknown_engine_is_refused(monkeypatch):
    monkeypatch.setenv("FCNLIB_ENGINE", "remote")
    with pytest.raises(ValueError, match="'remote'"):
        engine.use("local")


def test_a_retired_engine_starts_no_worker(monkeypatch):
    workers = Local()
    monkeypatch.setattr(engine, "_current", workers)
    engine.run("who")
    workers.retire()
    for _ in range(3):
        with pytest.raises(EngineError) as raised:
            engine.run("who")
        assert raised.value.code == "ending"
    assert not workers._lanes["files"].current.alive
