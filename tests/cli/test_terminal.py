"""Progress bars in a terminal and in a file."""

import io
import sys

from fcnlib.cli.terminal import progress_bar


class Terminal(io.StringIO):
    def isatty(self):
        return True


def bar_on(stream, monkeypatch, **options):
    """Return a progress bar that prints to `stream`."""
    # Not in a fixture: pytest replaces standard error once more before it calls the test.
    monkeypatch.setattr(sys, "stderr", stream)
    return progress_bar(**options)


def test_a_terminal_shows_one_line_with_a_growing_bar(monkeypatch):
    terminal = Terminal()
    report = bar_on(terminal, monkeypatch, seconds=0)
    report(0.5, "halfway")
    report(1.0, "done")
    first, second = terminal.getvalue().split("\r\x1b[K")[1:]
    assert first.startswith("[############            ] halfway")
    assert second.startswith("[########################] done")
    assert "\n" not in first
    assert second.endswith("\n")


def test_a_terminal_is_redrawn_only_now_and_then(monkeypatch):
    terminal = Terminal()
    report = bar_on(terminal, monkeypatch, seconds=60)
    for step in range(100):
        report(step / 100, f"step {step}")
    assert terminal.getvalue().count("\r") == 1


def test_a_file_gets_few_lines_and_always_the_last(monkeypatch):
    file = io.StringIO()
    report = bar_on(file, monkeypatch, seconds=60)
    for step in range(100):
        report(step / 100, f"step {step}")
    report(1.0, "step 100")
    lines = file.getvalue().splitlines()
    assert len(lines) == 2
    assert "step 0 " in lines[0]
    assert "step 100 " in lines[1]
    assert "0:00 elapsed" in lines[1]
    assert "left" not in lines[1]


def test_the_time_left_follows_from_the_time_elapsed(monkeypatch):
    """A quarter in 30 s leaves 90 s. Before 2 s there is nothing to estimate from."""
    clock = iter([100.0, 101.0, 130.0])
    monkeypatch.setattr("time.monotonic", lambda: next(clock))
    file = io.StringIO()
    report = bar_on(file, monkeypatch)
    report(0.25, "early")
    report(0.25, "late")
    early, late = file.getvalue().splitlines()
    assert "left" not in early
    assert late.endswith("0:30 elapsed, 1:30 left")


def test_a_file_gets_each_text_once_if_it_differs_only_in_digits(monkeypatch):
    file = io.StringIO()
    report = bar_on(file, monkeypatch)
    for done in range(4):
        report(done / 4, f"{done} of 4 MB")
    report(0.9, "unpacking")
    texts = [line.partition("] ")[2].partition("  ")[0] for line in file.getvalue().splitlines()]
    assert texts == ["0 of 4 MB", "unpacking"]
