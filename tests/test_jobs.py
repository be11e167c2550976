import threading

import pytest
from support.failures import error_of

from fcnlib.errors import BusyError, PictureError
from fcnlib.jobs import Jobs

SOON = 60  # seconds; a longer wait is a failure


@pytest.fixture
def gate():
    """Return an event that lets `blocked` work end; it is set at the end of every test."""
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


def test_a_job_has_a_result_and_progress(gate):
    progress = []

    def work(report):
        assert gate.wait(SOON)
        report(0.5, "halfway")
        progress.append((job.fraction, job.text))
        return 42

    job = Jobs("test").submit("key", work, "anna")
    gate.set()
    assert job.wait(SOON)
    assert (job.state, job.result, job.fraction) == ("done", 42, 1.0)
    assert progress == [(0.5, "halfway")]
    assert job.seconds > 0


def test_l7_the_same_work_is_done_once_for_all_visitors(gate):
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


def test_l1_one_job_runs_and_the_others_keep_their_order(gate):
    jobs, running, counts, order = Jobs("test"), [], [], []

    def work(number):
        def run(report):
            running.append(number)
            counts.append(len(running))
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
    assert max(counts) == 1


def test_l2_a_full_queue_refuses_requests_until_a_visitor_leaves(gate):
    jobs = Jobs("test", waiting=2)
    first = jobs.submit(0, blocked(gate), 0)
    until_running(first)
    waiting = [jobs.submit(n, blocked(gate), n) for n in (1, 2)]
    with error_of(BusyError, "busy", "2"):
        jobs.submit(3, blocked(gate), 3)
    jobs.leave(waiting[0], 1)
    assert jobs.submit(3, blocked(gate), 3).state == "waiting"


def test_l3_a_job_stops_when_the_last_owner_leaves(gate):
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


def test_a_cancelled_job_that_still_runs_is_not_joined(gate):
    jobs = Jobs("test")
    old = jobs.submit("key", blocked(gate), "anna")
    until_running(old)
    jobs.leave(old, "anna")
    new = jobs.submit("key", blocked(gate, "fresh"), "ben")
    assert new is not old
    gate.set()
    assert new.wait(SOON)
    assert (old.state, new.result) == ("cancelled", "fresh")


def test_a_visitor_has_one_job(gate):
    jobs = Jobs("test")
    first = jobs.submit("running", blocked(gate), "other")
    until_running(first)
    mine = jobs.submit("mine", blocked(gate), "anna")
    second = jobs.submit("another", blocked(gate), "anna")
    assert (mine.state, second.state) == ("cancelled", "waiting")
    jobs.leave_all("anna")
    assert second.state == "cancelled"


@pytest.mark.parametrize(
    ("error", "code"), [(PictureError("empty", "Empty."), "empty"), (KeyError("x"), "internal")]
)
def test_the_worker_continues_after_a_failure(error, code, caplog):
    def work(report):
        raise error

    jobs = Jobs("test")
    job = jobs.submit("bad", work, "anna")
    assert job.wait(SOON)
    assert job.state == "failed"
    assert job.error.code == code
    assert "'x'" not in str(job.error)
    assert ("KeyError" in caplog.text) == (code == "internal")
    assert jobs.find("bad") is None
    assert jobs.submit("good", lambda report: 1, "anna").wait(SOON)


def test_l6_only_the_most_recent_results_are_kept():
    jobs = Jobs("test", kept=2)
    for key in "abcd":
        assert jobs.submit(key, lambda report: None, "anna").wait(SOON)
    assert jobs.find("a") is None
    assert jobs.find("c") is not None


def test_several_jobs_run_at_once_if_the_queue_allows_it():
    jobs = Jobs("test", at_once=3)
    together = threading.Barrier(3)
    running = [
        jobs.submit(key, lambda report: together.wait(SOON) >= 0, key) for key in ("a", "b", "c")
    ]
    assert all(job.wait(SOON) for job in running)
    assert [job.result for job in running] == [True] * 3


def test_a_job_that_waits_counts_all_that_run():
    jobs = Jobs("test", at_once=2)
    release = threading.Event()
    first, second, third, fourth = (
        jobs.submit(key, lambda report: release.wait(SOON), key) for key in "abcd"
    )
    until_running(first)
    until_running(second)
    assert [jobs.ahead(job) for job in (first, second, third, fourth)] == [0, 0, 2, 3]
    release.set()
    assert all(job.wait(SOON) for job in (first, second, third, fourth))
