import io

import pytest

from fcnlib.cli import main
from fcnlib.cli.training import progress_bar


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_a_terminal_sees_one_line_that_fills():
    stream = Terminal()
    report = progress_bar(stream, seconds=0)
    report(0.5, "halfway")
    report(1.0, "done")
    first, second = stream.getvalue().split("\r")[1:]
    assert first.startswith("[############            ] halfway")
    assert second.startswith("[########################] done")
    assert "\n" not in stream.getvalue()


def test_a_file_gets_a_line_now_and_then_and_always_the_last():
    stream = io.StringIO()
    report = progress_bar(stream, seconds=60)
    for step in range(100):
        report(step / 100, f"step {step}")
    report(1.0, "done")
    lines = stream.getvalue().splitlines()
    assert len(lines) == 2
    assert "step 0" in lines[0]
    assert "done  0:00 gone, 0:00 left" in lines[1]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["train", "--steps=0"], "--steps: must be a whole number of at least 1, got 0"),
        (["train", "--seed=-1"], "--seed: must be a whole number of at least 0, got -1"),
        (["train", "--size", "64", "70"], "--size: must be a multiple of 32, got 70"),
        (["evaluate", "--scenes=many"], "--scenes: must be a whole number of at least 1, got many"),
    ],
)
def test_wrong_usage_says_what_is_allowed(words, message, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(words)
    assert message in capsys.readouterr().err
