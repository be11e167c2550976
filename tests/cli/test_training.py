"""Command-line arguments of `train` and `evaluate`."""

import re

import pytest

from fcnlib.cli import main
from fcnlib.networks.npz_weights import SHIPPED
from fcnlib.training import stages

CARD = (SHIPPED.parent / "README.md").read_text(encoding="utf-8")


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


def options_of(words, monkeypatch):
    """Return the options with which the command would train."""
    given = []
    monkeypatch.setattr(stages, "train", lambda options, *_, **__: given.append(options))
    main(words)
    return given[0]


@pytest.mark.parametrize(
    ("text", "rate"),
    [("1E\u22123", 0.001), ("2e\u20132", 0.02), ("\uff0b\uff15\u066b5", 5.5), ("1E+1", 10)],
)
def test_typed_numbers_keep_their_sign_and_exponent(text, rate, monkeypatch):
    assert options_of(["train", f"--learning-rate={text}"], monkeypatch).learning_rate == rate


def test_by_default_training_repeats_the_weights_of_the_repository(monkeypatch):
    card = dict(re.findall(r"^\| (.+?) \| (.+) \|$", CARD, re.MULTILINE))
    command = re.search(r"python -m fcnlib (train .+)`", card["command"])[1].split()
    options = options_of(["train"], monkeypatch)
    assert options == options_of(command, monkeypatch)
    numbers = [options.steps, options.num_scenes, options.batch_size, options.learning_rate]
    assert numbers == [15_500, 3000, 4, 0.001]
    assert f"{options.size[0]} × {options.size[1]} px" in card["training data"]
    assert f"rises for {options.warm_up} steps" in card["optimizer"]
    kernels = (options.kernel_start, options.trainable_kernel, options.seed)
    assert kernels == ("bilinear", True, 0)
    widths = options.widths
    assert re.findall(r"\d+", card["network"])[:5] == [str(width) for width in widths.blocks]
    assert f"fc6 {widths.fc_kernel} × {widths.fc_kernel}" in card["network"]
    assert f"with {widths.fc_width};" in card["network"]
