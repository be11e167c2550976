"""The ladder of the paper: FCN-32s first, FCN-16s from it, FCN-8s from that.

All of a run lies in one folder: a state per head, from which the run goes on after a kill,
summaries for TensorBoard, and at the end the weights of all three heads in one file.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from fcnlib import runtime, scenes
from fcnlib.networks.npz_weights import Weights, write_weights
from fcnlib.training.trainer import Options, Progress, Trainer
from fcnlib.typing import Report, silent

SHARES = {"fcn_32s": 0.46, "fcn_16s": 0.2, "fcn_8s": 0.34}
"""Part of all steps that each head takes: the first one learns the features."""

WEIGHTS_NAME = "weights.npz"
SAVE_EVERY = 250
VALIDATE_EVERY = 1000
_WINDOW = 50


def stages(options: Options) -> list[Options]:
    """Return the options of each head, in the order in which they are trained.

    Parameters
    ----------
    options : Options
        Of the whole ladder: `steps` is shared out, `head` is the last one to train.

    Examples
    --------
    >>> [(stage.head, stage.steps) for stage in stages(Options(steps=100))]
    [('fcn_32s', 46), ('fcn_16s', 20), ('fcn_8s', 34)]

    """
    return [
        replace(options, head=head, steps=max(1, round(share * options.steps)))
        for head, share in SHARES.items()
    ]


def train(
    options: Options, folder: Path, report: Report = silent, *, save_every: int = SAVE_EVERY
) -> Path:
    """Train all three heads, or go on where a killed run with the same options stopped.

    Parameters
    ----------
    options : Options
        As `stages` takes them.
    folder : Path
        Where the run lies; made if there is none.
    report : callable, optional
        Told of every step, with loss and mean IU over the last 50.
    save_every : int, optional
        Steps between saved states: what a kill costs at most.

    Returns
    -------
    weights : Path
        The file with the weights of the three heads.

    Raises
    ------
    WeightsError
        If the folder holds a run with other options.

    """
    weights: dict[str, Weights] = {}
    start: Weights | None = None
    done = 0
    total = sum(stage.steps for stage in stages(options))
    for stage in stages(options):

        def tell(fraction: float, text: str, done: int = done, steps: int = stage.steps) -> None:
            report((done + fraction * steps) / total, text)

        start = weights[stage.head] = train_head(stage, folder, start, tell, save_every=save_every)
        done += stage.steps
    return write_weights(folder / WEIGHTS_NAME, weights)


def train_head(
    options: Options,
    folder: Path,
    start: Weights | None = None,
    report: Report = silent,
    *,
    save_every: int = SAVE_EVERY,
) -> Weights:
    """Train one head to its end, from its saved state if there is one.

    Returns
    -------
    weights : dict of str to ndarray
        The trained weights by name.

    """
    state = folder / f"{options.head}.state.npz"
    recent: deque[Progress] = deque(maxlen=_WINDOW)
    with Trainer(options, start) as trainer, _summaries(folder / "logs" / options.head) as log:
        if state.exists():
            trainer.load(state)
        while trainer.steps_done < options.steps:
            progress = trainer.step()
            recent.append(progress)
            report(progress.step / options.steps, describe(options, recent))
            if progress.step % save_every == 0 or progress.step == options.steps:
                trainer.save(state)
                log(progress.step, _figures(recent))
            if progress.step % VALIDATE_EVERY == 0:
                log(progress.step, {"validation_mean_iu": validate(trainer)})
        return trainer.weights()


def validate(trainer: Trainer) -> float:
    """Return the mean IU on the first 20 validation scenes."""
    return trainer.evaluate(scenes.VALIDATION_SEEDS[:20]).mean_iu


def describe(options: Options, recent: "deque[Progress]") -> str:
    """Say in one line where a training stands, its figures averaged over recent steps."""
    figures = _figures(recent)
    return (
        f"{options.head} step {recent[-1].step}/{options.steps}  loss {figures['loss']:.4f}  "
        f"mean IU {figures['mean_iu']:.4f}"
    )


def _figures(recent: "deque[Progress]") -> dict[str, float]:
    return {
        "loss": float(np.mean([progress.loss for progress in recent])),
        "mean_iu": float(np.mean([progress.mean_iu for progress in recent])),
        "learning_rate": recent[-1].learning_rate,
    }


@contextmanager
def _summaries(folder: Path) -> Iterator[Any]:
    """Give a function that writes figures of a step for TensorBoard."""
    tf1 = runtime.load().tf1
    with tf1.Graph().as_default():
        writer = tf1.summary.FileWriter(str(folder))

    def write(step: int, figures: dict[str, float]) -> None:
        values = [tf1.Summary.Value(tag=tag, simple_value=value) for tag, value in figures.items()]
        writer.add_summary(tf1.Summary(value=values), step)
        writer.flush()

    try:
        yield write
    finally:
        writer.close()
