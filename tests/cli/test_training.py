"""Command-line arguments of `train` and `evaluate`."""

import pytest

from fcnlib.cli import main


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["train", "--steps=0"], ("--steps", "at least 1", "got 0")),
        (["train", "--seed=-1"], ("--seed", "at least 0", "got -1")),
        (["train", "--size", "64", "70"], ("--size", "multiple of 32", "got 70")),
        (["train", "--size", "0", "64"], ("--size", "at least 32", "got 0")),
        (["train", "--learning-rate=0"], ("--learning-rate", "above 0", "got 0")),
        (["train", "--learning-rate=nan"], ("--learning-rate", "above 0", "got nan")),
        (["train", "--learning-rate=\u22121E-3"], ("--learning-rate", "above 0")),
        (["train", "--learning-rate=0,001"], ("--learning-rate", "0.001", "got 0,001")),
        (["train", "--learning-rate=inf"], ("--learning-rate", "got inf")),
        (["train", "--steps=" + "9" * 5000], ("--steps", "at most")),
        (["evaluate", "--scenes=many"], ("--scenes", "at least 1", "got many")),
    ],
)
def test_wrong_usage_names_the_option_the_limit_and_the_value(words, named, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(words)
    message = capsys.readouterr().err
    assert all(part in message for part in named)
