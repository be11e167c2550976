"""Training in three stages, as in the paper: FCN-32s, then FCN-16s, then FCN-8s.

FCN-16s starts from the trained weights of FCN-32s, and FCN-8s from those of FCN-16s.

All files of a run are in one folder: a saved state per head, from which a killed run continues,
summaries for TensorBoard, and at the end one file with the weights of all three heads.
"""

from collections import deque
from dataclasses import replace
from pathlib import Path

import numpy as np

from fcnlib import scenes
from fcnlib.networks.npz_weights import Weights, write_weights
from fcnlib.training import summaries
from fcnlib.training.options import Options, Progress
from fcnlib.training.trainer import Trainer
from fcnlib.typing import Report, part, silent

SHARES = {"fcn_32s": 0.46, "fcn_16s": 0.2, "fcn_8s": 0.34}
"""Fraction of all steps for each head. The first one has the most, as it learns the features."""

WEIGHTS_NAME = "weights.npz"
SAVE_EVERY = 250
VALIDATE_EVERY = 1000
_WINDOW = 50


def stages(options: Options) -> list[Options]:
    """Return the options of each head, in the order in which they are trained.

    Parameters
    ----------
    options : Options
        Options of the whole training. `steps` is divided between the heads; `head` is ignored.

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
    """Train all three heads, or continue a killed run that had the same options.

    Parameters
    ----------
    options : Options
        Options of the whole training, see `stages`.
    folder : Path
        Folder of the run; created if it does not exist.
    report : callable, optional
        Called with (fraction, text) after each step. The text contains loss and mean IU, averaged
        over the last 50 steps.
    save_every : int, optional
        Steps between saved states. A kill loses at most that many steps.

    Returns
    -------
    weights : Path
        The file with the weights of the three heads.

    Raises
    ------
    WeightsError
        If the folder contains a run with other options.
    FcnlibError
        ``cannot_write`` if the name of the folder is not valid Unicode.
    OSError
        If the folder cannot be written to.

    """
    weights: dict[str, Weights] = {}
    start: Weights | None = None
    done = 0
    total = sum(stage.steps for stage in stages(options))
    for stage in stages(options):
        of_stage = part(report, done / total, stage.steps / total)
        start = weights[stage.head] = train_head(
            stage, folder, start, of_stage, save_every=save_every
        )
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
    """Train one head to its last step, from its saved state if there is one.

    Every 1,000 steps the mean IU on the first 20 validation scenes is added to the summaries.

    Parameters
    ----------
    options : Options
        Options of this head.
    folder, report, save_every
        See `train`.
    start : dict of str to ndarray, optional
        Weights of the previous head by name, see `Trainer`.

    Returns
    -------
    weights : dict of str to ndarray
        The trained weights by name.

    """
    state = folder / f"{options.head}.state.npz"
    recent: deque[Progress] = deque(maxlen=_WINDOW)
    with (
        Trainer(options, start) as trainer,
        summaries.writer(folder / "logs" / options.head) as log,
    ):
        if state.exists():
            trainer.load(state)
        while trainer.steps_done < options.steps:
            recent.append(trainer.step())
            step, _, _, rate = recent[-1]
            _, loss, mean_iu, _ = np.mean(recent, axis=0).tolist()
            text = f"{options.head} step {step}/{options.steps}  loss {loss:.4f}"
            report(step / options.steps, f"{text}  mean IU {mean_iu:.4f}")
            if step % save_every == 0 or step == options.steps:
                trainer.save(state)
                summaries.write(
                    log, step, {"loss": loss, "mean_iu": mean_iu, "learning_rate": rate}
                )
            if step % VALIDATE_EVERY == 0:
                validation = trainer.evaluate(scenes.VALIDATION_SEEDS[:20])
                summaries.write(log, step, {"validation_mean_iu": validation.mean_iu})
        return trainer.weights()
