"""A short training on a few labeled pictures that can be watched, and its network as a file."""

import io
import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from fcnlib import images
from fcnlib.class_map.metrics import confusion_matrix, measure
from fcnlib.datasets.dataset import Dataset
from fcnlib.datasets.pairs import VOID, Pair, PairReader
from fcnlib.engine.context import Context
from fcnlib.errors import FcnlibError
from fcnlib.images.colors import from_hex
from fcnlib.images.stored import decode_stored
from fcnlib.networks.backbones import BACKBONES
from fcnlib.networks.npz_weights import Weights
from fcnlib.training import live_run, options
from fcnlib.training.own_data.features import FrozenBackbone
from fcnlib.training.own_data.learner import HEAD
from fcnlib.training.own_data.options import Options
from fcnlib.training.own_data.run import write_network
from fcnlib.training.own_data.samples import default_crop
from fcnlib.training.own_data.trainer import Progress, Trainer
from fcnlib.typing import ByteArray, Report, RGBImage, silent

WATCHED = 3  # pictures that each snapshot predicts
_HELD_OUT = 5  # one of so many labeled pictures is not trained on
FROZEN = ("imagenet", "voc")
"""Backbones that come with fcnlib and whose features are computed once."""


class Picture(NamedTuple):
    """A picture, and its labels if it has some, as files in memory.

    Attributes
    ----------
    picture : bytes
        JPEG or another format that `fcnlib.images.decode` reads.
    labels : bytes
        PNG of the same size with the class of each pixel or `VOID` as gray, or nothing.

    """

    picture: bytes
    labels: bytes = b""

    def read(self) -> tuple[RGBImage, ByteArray]:
        """Return picture (H, W, 3) and labels (H, W)."""
        picture = images.decode(self.picture)
        if not self.labels:
            return picture, np.full(picture.shape[:2], VOID, np.uint8)
        return picture, decode_stored(self.labels).values


class Labeled(NamedTuple):
    """A few pictures to train on, and their classes.

    Attributes
    ----------
    classes, colors : tuple of str
        Name and color (``#rrggbb``) of each class.
    pictures : tuple of Picture
        Those without labels are only predicted.

    """

    classes: tuple[str, ...]
    colors: tuple[str, ...]
    pictures: tuple[Picture, ...]

    def dataset(self) -> Dataset:
        """Return the labeled pictures as a dataset, a fifth of them for validation."""
        splits: dict[str, list[Pair]] = {"train": [], "val": []}
        held_out = self.held_out()
        for number, picture in enumerate(self.pictures):
            if picture.labels:
                split = "val" if number in held_out else "train"
                splits[split].append(Pair(f"picture {number + 1}", picture.read))
        return Dataset(self.classes, from_hex(self.colors), splits)

    def held_out(self) -> list[int]:
        """Return the numbers of the labeled pictures that are not trained on.

        Examples
        --------
        >>> few = Labeled((), (), (Picture(b""), *[Picture(b"", b"labels")] * 6))
        >>> few.held_out(), few.watched()
        ([5], [0, 5, 1])

        """
        labeled = [number for number, picture in enumerate(self.pictures) if picture.labels]
        return labeled[_HELD_OUT - 1 :: _HELD_OUT]

    def watched(self) -> list[int]:
        """Return the pictures that snapshots predict: first those that are not trained on."""
        unlabeled = [number for number, picture in enumerate(self.pictures) if not picture.labels]
        first = [*unlabeled, *self.held_out()]
        rest = [number for number in range(len(self.pictures)) if number not in first]
        return [*first, *rest][:WATCHED]


class Snapshot(NamedTuple):
    """State of a training after some step.

    Attributes
    ----------
    step : int
        Number of steps done.
    predictions : tuple of ndarray of uint8
        Labels (H, W) of each watched picture.
    mean_iu : float
        Mean IU on all pictures that are held out, nan if there are none.
    weights : dict of str to ndarray
        The weights of the head by name.

    """

    step: int
    predictions: tuple[ByteArray, ...]
    mean_iu: float
    weights: Weights


def short_options(head: str, *, backbone: str, steps: int) -> Options:
    """Return options of a training that is short enough to watch: only the head learns."""
    return Options(backbone, head, "all", steps, learning_rate=1e-2, warm_up=max(1, steps // 10))


def train(options: Options, labeled: Labeled, max_pause: float, context: Context) -> None:
    """Train as a task of an engine; see `fcnlib.training.live_run.follow`.

    Parameters
    ----------
    options : Options
        With a number of steps. The crop is replaced by one that fits the pictures.
    labeled : Labeled
        The pictures.
    max_pause, context
        As for `follow`.

    Raises
    ------
    FcnlibError
        ``no_pictures`` if no picture has labels, ``one_class`` if they all have the same.

    """
    context.report(0.0, "Reading the pictures")
    dataset = labeled.dataset()
    _check(dataset)
    # What a visitor uploads is removed with the training.
    with TemporaryDirectory() as folder:
        read = PairReader(lambda _: None)
        chosen = replace(options, crop=default_crop(dataset.splits["train"], read))
        only = replace(dataset, splits={"train": dataset.splits["train"]})
        with Trainer(only, chosen, cache=Path(folder)) as trainer:
            live_run.follow(
                partial(_step, trainer),
                partial(_snapshot, trainer, labeled),
                chosen.steps or 0,
                max_pause,
                context,
            )


def network_file(
    options: Options, labeled: Labeled, snapshot: Snapshot, report: Report = silent
) -> bytes:
    """Return the folder of a trained network as a ZIP file, with metrics and card.

    Parameters
    ----------
    options, labeled
        As for `train`.
    snapshot : Snapshot
        The state whose weights it gets.
    report : callable, optional
        Called with (fraction, text).

    """
    with TemporaryDirectory() as root:
        folder = Path(root) / "network"
        start = BACKBONES[options.backbone].weights(report)
        frozen = FrozenBackbone(options.backbone, start, Path(root) / "features")
        frozen.close()
        weights = frozen.weights | snapshot.weights
        progress = Progress(step=snapshot.step)
        write_network(folder, labeled.dataset(), options, weights, progress=progress, report=report)
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w") as archive:
            for path in sorted(folder.iterdir()):
                # The weights are compressed already.
                archive.write(path, f"network/{path.name}")
    return file.getvalue()


def _check(dataset: Dataset) -> None:
    if not dataset.splits["train"]:
        msg = "No picture has labels yet. Paint at least two classes, or add label files."
        raise FcnlibError("no_pictures", msg)
    found: set[int] = set()
    for pair in dataset.splits["train"]:
        found |= set(np.unique(pair.read()[1]).tolist()) - {VOID}
    if len(found) < 2:
        names = ", ".join(dataset.classes[label] for label in found)
        msg = f"The labels have one class only ({names}). Paint at least two classes."
        raise FcnlibError("one_class", msg)


def _step(trainer: Trainer) -> options.Progress:
    found = trainer.step()
    return options.Progress(
        trainer.progress.step, found["loss"], float("nan"), found["learning_rate"]
    )


def _snapshot(trainer: Trainer, labeled: Labeled) -> Snapshot:
    held_out, classes = labeled.held_out(), len(labeled.classes)
    total, predictions = np.zeros((classes, classes), np.int64), {}
    for number in {*labeled.watched(), *held_out}:
        picture, labels = labeled.pictures[number].read()
        predictions[number] = trainer.predict(picture)
        if number in held_out:
            total += confusion_matrix(labels, predictions[number], classes, ignore_label=VOID)
    watched = tuple(predictions[number] for number in labeled.watched())
    mean_iu = measure(total).mean_iu if total.any() else float("nan")
    weights = {name: w for name, w in trainer.weights().items() if name.startswith(HEAD)}
    return Snapshot(trainer.progress.step, watched, mean_iu, weights)
