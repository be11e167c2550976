import threading

import pytest

from fcnlib.errors import BusyError, PictureError
from fcnlib.jobs import Jobs

SOON = 10  # seconds; a wait this long is a failure


@pytest.fixture
def gate():
    """Give an event that lets `blocked` work end; opened at the end whatever happens."""
    event = threading.Event()
    yield event
    event.set()


def blocked(gate, result=None):
    def work(report):
        report(0.25, "holding")
        assert gate.wait(SOON)
        report(0.75, "let go")
        return result

    return work


def until_running(job):
    while job.state == "waiting":
        threading.Event().wait(0.001)


def test_a_job_gives_its_result_and_its_progress():
    told = []

    def work(report):
        report(0.5, "halfway")
        told.append((job.fraction, job.text))
        return 42

    gate = threading.Event()
    jobs = Jobs("test")
    job = jobs.submit("key", lambda report: gate.wait(SOON) and work(report), "anna")
    gate.set()
    assert job.wait(SOON)
    assert (job.state, job.result, job.fraction) == ("done", 42, 1.0)
    assert told == [(0.5, "halfway")]
    assert job.seconds > 0


def test_the_same_work_is_done_once_for_all(gate):
    jobs = Jobs("test")
    calls = []

    def work(report):
        calls.append(1)
        return blocked(gate, "result")(report)

    together = [jobs.submit("key", work, owner) for owner in "abcde"]
    gate.set()
    assert together[0].wait(SOON)
    later = jobs.submit("key", work, "late")
    assert {id(job) for job in [*together, later]} == {id(together[0])}
    assert calls == [1]


def test_only_one_runs_and_the_others_keep_their_order(gate):
    jobs, running, most, order = Jobs("test"), [], [], []

    def work(number):
        def run(report):
            running.append(number)
            most.append(len(running))
            assert gate.wait(SOON)
            running.remove(number)
            order.append(number)

        return run

    all_jobs = [jobs.submit(n, work(n), f"visitor {n}") for n in range(8)]
    until_running(all_jobs[0])
    assert [jobs.ahead(job) for job in all_jobs] == list(range(8))
    gate.set()
    assert all(job.wait(SOON) for job in all_jobs)
    assert order == list(range(8))
    assert max(most) == 1


def test_a_full_queue_is_told_at_once_and_room_comes_back(gate):
    jobs = Jobs("test", waiting=2)
    first = jobs.submit(0, blocked(gate), 0)
    until_running(first)
    waiting = [jobs.submit(n, blocked(gate), n) for n in (1, 2)]
    with pytest.raises(BusyError, match="Busy: 2 others are waiting"):
        jobs.submit(3, blocked(gate), 3)
    jobs.leave(waiting[0], 1)
    assert jobs.submit(3, blocked(gate), 3).state == "waiting"


def test_a_job_stops_when_the_last_owner_leaves(gate):
    jobs = Jobs("test")
    job = jobs.submit("key", blocked(gate), "anna")
    jobs.submit("key", blocked(gate), "ben")
    until_running(job)
    jobs.leave(job, "anna")
    assert job.owners == {"ben"}
    jobs.leave(job, "ben")
    gate.set()
    assert job.wait(SOON)
    assert job.state == "cancelled"
    assert jobs.find("key") is None


def test_who_comes_while_a_cancelled_job_winds_down_gets_a_new_one(gate):
    jobs = Jobs("test")
    old = jobs.submit("key", blocked(gate), "anna")
    until_running(old)
    jobs.leave(old, "anna")
    new = jobs.submit("key", blocked(gate, "fresh"), "ben")
    assert new is not old
    gate.set()
    assert new.wait(SOON)
    assert (old.state, new.result) == ("cancelled", "fresh")


def test_one_visitor_has_one_job(gate):
    jobs = Jobs("test")
    first = jobs.submit("running", blocked(gate), "other")
    until_running(first)
    mine = jobs.submit("mine", blocked(gate), "anna")
    other = jobs.submit("changed my mind", blocked(gate), "anna")
    assert (mine.state, other.state) == ("cancelled", "waiting")
    jobs.leave_all("anna")
    assert other.state == "cancelled"


@pytest.mark.parametrize(
    ("error", "sentence"),
    [(PictureError("empty", "The file is empty."), "The file is empty."), (KeyError("x"), "side")],
)
def test_a_failure_leaves_a_sentence_and_the_worker_alive(error, sentence, caplog):
    def work(report):
        raise error

    jobs = Jobs("test")
    job = jobs.submit("bad", work, "anna")
    assert job.wait(SOON)
    assert job.state == "failed"
    assert sentence in str(job.error)
    assert jobs.find("bad") is None
    assert jobs.submit("good", lambda report: 1, "anna").wait(SOON)


def test_only_the_last_results_are_kept():
    jobs = Jobs("test", kept=2)
    for key in "abc":
        assert jobs.submit(key, lambda report: None, "anna").wait(SOON)
    jobs.submit("d", lambda report: None, "anna").wait(SOON)
    assert jobs.find("a") is None
    assert jobs.find("c") is not None
