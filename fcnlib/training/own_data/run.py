"""A whole training: from a dataset to a folder with the trained network and its card."""

import json
from collections import deque
from pathlib import Path
from typing import NamedTuple

import numpy as np

from fcnlib.class_map.metrics import Confusion, Metrics, measure
from fcnlib.datasets.dataset import Dataset
from fcnlib.datasets.pairs import PairReader
from fcnlib.errors import FcnlibError
from fcnlib.images import encode_png
from fcnlib.images.colors import to_hex
from fcnlib.networks import model_folder
from fcnlib.networks.model_folder import Model
from fcnlib.networks.npz_weights import Weights
from fcnlib.paths import write_whole
from fcnlib.training import summaries
from fcnlib.training.own_data.card import card
from fcnlib.training.own_data.evaluation import (
    as_csv,
    confusion_picture,
    evaluate,
    figures,
    predictor,
)
from fcnlib.training.own_data.options import Options
from fcnlib.training.own_data.trainer import Progress, Trainer, Warn
from fcnlib.typing import Report, part, silent

SAVE_EVERY = 100
STATE, NETWORK = "state.npz", "network"
MOST_DRAWN = 64
"""Largest number of classes whose confusion matrix is drawn too; its picture has 2,710 px then."""
_WINDOW = 50
_TRAINING = 0.95
"""Fraction of the progress that the training takes; evaluation takes the rest."""


class Result(NamedTuple):
    """A trained network and how good it is.

    Attributes
    ----------
    folder : Path
        Folder of the network.
    split : str
        The pictures that it was measured on.
    confusion : ndarray of shape (C, C)
        Rows are true classes, columns predicted ones.
    metrics : Metrics
        The metrics of `confusion`.

    """

    folder: Path
    split: str
    confusion: Confusion
    metrics: Metrics


def train(
    dataset: Dataset,
    options: Options,
    folder: Path,
    report: Report = silent,
    *,
    warn: Warn = lambda _: None,
    save_every: int = SAVE_EVERY,
    cache: Path | None = None,
) -> Result:
    """Train a network, or continue a killed training that had the same options and pictures.

    Parameters
    ----------
    dataset, options, warn, cache
        See `Trainer`.
    folder : Path
        Folder for everything that is written: the state, the summaries for TensorBoard in
        ``logs``, and the network in ``network``.
    report : callable, optional
        Called with (fraction, text) after each step.
    save_every : int, optional
        Steps between saved states. A kill loses at most that many steps.

    Returns
    -------
    result : Result
        The network with the best weights, measured on the split "val", or on "train" if there is
        no other.

    Raises
    ------
    FcnlibError, WeightsError
        As from `Trainer`.
    OSError
        If the folder cannot be written to.

    """
    folder.mkdir(parents=True, exist_ok=True)
    state = folder / STATE
    recent: deque[float] = deque(maxlen=_WINDOW)
    of_training = part(report, 0.0, _TRAINING)
    with (
        Trainer(dataset, options, warn=warn, report=report, cache=cache) as trainer,
        summaries.writer(folder / "logs") as log,
    ):
        if state.exists():
            trainer.load(state)
        while not trainer.progress.done:
            found = trainer.step()
            recent.append(found["loss"])
            step, share = trainer.progress.step, trainer.share_done
            text = f"Step {step}{f'/{options.steps}' if options.steps else ''}"
            text += f"  loss {np.mean(recent):.4f}"
            if trainer.progress.best_step:
                text += f"  validation mean IU {trainer.progress.best_mean_iu:.4f}"
            of_training(share, text)
            if step % save_every == 0 or trainer.progress.done or "validation_mean_iu" in found:
                trainer.save(state)
                summaries.write(log, step, found | {"loss": float(np.mean(recent))})
        weights, progress = trainer.weights(), trainer.progress
    of_evaluation = part(report, _TRAINING, 1 - _TRAINING)
    return write_network(
        folder / NETWORK, dataset, options, weights, progress=progress, report=of_evaluation
    )


def write_network(
    folder: Path,
    dataset: Dataset,
    options: Options,
    weights: Weights,
    *,
    progress: Progress,
    report: Report = silent,
) -> Result:
    """Write a trained network to a folder, measure it, and write its metrics and its card.

    Parameters
    ----------
    folder : Path
        Created if it does not exist.
    dataset, options
        What it was trained on, and how.
    weights : dict of str to ndarray
        Its weights by name.
    progress : Progress
        How far the training was.
    report : callable, optional
        Called with (fraction, text) after each picture that is measured.

    Raises
    ------
    OSError
        If the folder cannot be written to.

    """
    model = Model(
        options.backbone, options.head, dataset.classes, to_hex(dataset.palette), options.long_side
    )
    model_folder.write(folder, model, weights)
    split = "val" if dataset.splits.get("val") else "train"
    result = measured(folder, dataset, split, report)
    text = card(model, options, progress, dataset, split=split, metrics=result.metrics)
    write_whole(folder / model_folder.CARD, text.encode())
    return result


def measured(
    folder: Path,
    dataset: Dataset,
    split: str,
    report: Report = silent,
    *,
    warn: Warn = lambda _: None,
) -> Result:
    """Measure a trained network on a split, and write the metrics to its folder.

    Raises
    ------
    FcnlibError
        ``no_pictures`` if the split has no pictures that can be read, ``other_classes`` if the
        network was trained on other classes.
    WeightsError
        As from `model_folder.load`.

    """
    model = model_folder.read(folder)
    check_classes(model, dataset)
    network = model_folder.load(folder)
    confusion = evaluate(
        predictor(network),
        dataset.splits.get(split, ()),
        len(dataset.classes),
        model.long_side,
        read=PairReader(warn),
        report=report,
    )
    network.close()
    if not confusion.any():
        msg = f"The split {split!r} has no labeled pictures that can be read. Choose another one."
        raise FcnlibError("no_pictures", msg)
    metrics = measure(confusion)
    values = figures(metrics, model.classes) | {"confusion": confusion.tolist()}
    write_whole(folder / f"{split}.json", json.dumps(values, indent=1).encode())
    table = as_csv(confusion, model.classes)
    write_whole(folder / f"{split}_confusion.csv", table.encode())
    if len(model.classes) <= MOST_DRAWN:
        picture = confusion_picture(confusion, model.classes)
        write_whole(folder / f"{split}_confusion.png", encode_png(picture))
    return Result(folder, split, confusion, metrics)


def check_classes(model: Model, dataset: Dataset) -> None:
    """Raise unless a network knows the classes of a dataset."""
    if model.classes != dataset.classes:
        msg = (
            f"The network knows the classes {', '.join(model.classes)[:200]}, but the pictures "
            f"have {', '.join(dataset.classes)[:200]}. Name the pictures that it was trained on."
        )
        raise FcnlibError("other_classes", msg)
