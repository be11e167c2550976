"""A short budget of random bytes and texts; `make fuzz` runs ten minutes of it."""

import time

from support import fuzz


def test_d1_f1_random_input_ends_in_a_result_or_an_error_of_ours():
    counts, findings = fuzz.run(1.0)
    assert findings == []
    assert min(counts.values()) > 10


def test_other_errors_and_slow_answers_are_found(monkeypatch):
    def busy(_):
        started = time.thread_time()
        while time.thread_time() - started < 0.02:
            pass

    monkeypatch.setattr(fuzz, "SLOW", 0.01)
    targets = {"broken": (lambda _: 1 / 0, fuzz.some_bytes), "slow": (busy, fuzz.some_bytes)}
    monkeypatch.setattr(fuzz, "TARGETS", targets)
    _, findings = fuzz.run(0.05)
    assert {(name, why) for name, _, why in findings} == {
        ("broken", "ZeroDivisionError('division by zero')"),
        ("slow", "slow"),
    }
