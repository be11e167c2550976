"""Training on a user's own pictures: one training, step by step, that can be interrupted.

Each step depends only on the options, the pictures and its own number. A training that was killed
and continues from its saved state therefore ends with the same weights as one that was not, unless
it has a time limit.
"""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from fcnlib.checkpoints import cache_dir
from fcnlib.class_map.metrics import measure
from fcnlib.datasets.dataset import Dataset
from fcnlib.datasets.pairs import Pair, PairReader
from fcnlib.errors import FcnlibError
from fcnlib.images.preprocessing import pad_to_multiple
from fcnlib.networks.backbones import BACKBONES
from fcnlib.networks.npz_weights import Weights, read_arrays, write_arrays
from fcnlib.training.own_data.class_weights import balanced
from fcnlib.training.own_data.evaluation import evaluate
from fcnlib.training.own_data.features import STRIDES, FrozenBackbone
from fcnlib.training.own_data.learner import Learner
from fcnlib.training.own_data.options import Options, learning_rate, share_done
from fcnlib.training.own_data.samples import Samples, Stream
from fcnlib.training.states import check_options
from fcnlib.typing import ByteArray, Report, RGBImage, silent

VALIDATION_PICTURES = 100
"""Largest number of pictures that are measured during the training, evenly spaced."""

Warn = Callable[[str], None]

_OPTIONS, _PROGRESS, _BEST = "__options__", "__progress__", "__best__/"


class Progress(NamedTuple):
    """How far a training is.

    Attributes
    ----------
    step : int
        Steps done.
    seconds : float
        Time that they took, with the measurements.
    best_mean_iu : float
        Highest mean IU on the validation pictures so far, −1 before the first measurement.
    best_step : int
        The step after which it was measured.
    waited : int
        Measurements since then.
    done : bool
        Whether the training has reached its length or its time limit, or has stopped early.

    """

    step: int = 0
    seconds: float = 0.0
    best_mean_iu: float = -1.0
    best_step: int = 0
    waited: int = 0
    done: bool = False


class Trainer:
    """One training.

    Parameters
    ----------
    dataset : Dataset
        Pictures to train on ("train") and to measure on ("val").
    options : Options
        What to train and how.
    warn : callable, optional
        Called once with a message for every damaged picture.
    report : callable, optional
        Called with (fraction, text) while weights are read and classes are counted.
    cache : Path, optional
        Folder for the features of a frozen backbone. By default in the cache folder.
    clock : callable, optional
        Returns seconds.

    Raises
    ------
    FcnlibError
        ``no_pictures`` if there are none to train on.
    WeightsError
        If the weights of the backbone are missing.

    """

    def __init__(
        self,
        dataset: Dataset,
        options: Options,
        *,
        warn: Warn = lambda _: None,
        report: Report = silent,
        cache: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if not dataset.splits.get("train"):
            msg = "There are no pictures to train on. Put some into the split 'train'."
            raise FcnlibError("no_pictures", msg)
        self.options, self.dataset, self.progress = options, dataset, Progress()
        self._read, self._clock = PairReader(warn), clock
        self._started = clock()
        self._stream: Stream | None = None
        self._best: Weights = {}
        start = BACKBONES[options.backbone].weights(report)
        self._frozen: FrozenBackbone | None = None
        self._backbone: Weights = {}
        if options.freeze == "all":
            folder = cache or cache_dir() / "features"
            self._frozen = FrozenBackbone(options.backbone, start, folder)
            self._backbone = self._frozen.weights
        weights = balanced(dataset, self._read, report) if options.class_weights else None
        self._learner = Learner(options, len(dataset.classes), weights, self._frozen)
        self._learner.restore(start)
        self._samples = Samples(dataset.splits["train"], options, self._read, self._frozen)

    def __enter__(self) -> "Trainer":
        """Return this object."""
        return self

    def __exit__(self, *_: Any) -> None:
        """Call `close`."""
        self.close()

    def close(self) -> None:
        """Free the sessions."""
        if self._stream:
            self._stream.close()
        self._learner.close()
        if self._frozen:
            self._frozen.close()

    @property
    def share_done(self) -> float:
        """Which part of the training is done, from 0 to 1."""
        if self.progress.done:
            return 1.0
        return share_done(self.options, self.progress.step, self._seconds())

    def step(self) -> dict[str, float]:
        """Train one step, measure if it is due, and return loss, rate and perhaps mean IU."""
        if self._stream is None:
            first = self.progress.step * self.options.accumulate
            dtypes = [np.float16] * len(STRIDES) if self._frozen else [np.uint8]
            self._stream = Stream(
                self._samples.sample, [*dtypes, np.uint8], self.options.batch_size, first
            )
        rate = learning_rate(self.options, self.progress.step, self._seconds())
        batches = [self._stream.next() for _ in range(self.options.accumulate)]
        found = {"loss": self._learner.step(batches, rate), "learning_rate": rate}
        self.progress = self.progress._replace(step=self.progress.step + 1)
        last = self.share_done >= 1
        if self.progress.step % self.options.validate_every == 0 or last:
            found |= self._validate()
        stopped = self.progress.waited >= self.options.patience
        self.progress = self.progress._replace(done=last or stopped)
        return found

    def predict(self, picture: RGBImage) -> ByteArray:
        """Return the labels (H, W) of a picture (H, W, 3)."""
        if self._frozen:
            inputs = list(self._frozen.features(picture).values())
        else:
            inputs = [pad_to_multiple(picture)]
        return self._learner.predict(inputs)[: picture.shape[0], : picture.shape[1]]

    def weights(self) -> Weights:
        """Return the best weights by name: those with the highest mean IU on validation."""
        return self._backbone | (self._best or self._learner.weights())

    def save(self, path: Path) -> None:
        """Write everything that is needed to continue; `path` never holds a partial file."""
        progress = self.progress._replace(seconds=self._seconds())
        note = {
            _OPTIONS: np.array(json.dumps(self._description())),
            _PROGRESS: np.array(json.dumps(progress._asdict())),
        }
        best = {f"{_BEST}{name}": values for name, values in self._best.items()}
        write_arrays(path, {**self._learner.state(), **best, **note})

    def load(self, path: Path) -> None:
        """Continue from a saved state; call it before the first step.

        Raises
        ------
        WeightsError
            If the file is damaged, or was saved with other options or other pictures.

        """
        values = read_arrays(path)
        check_options(str(values.pop(_OPTIONS, "")), self._description(), path)
        self.progress = Progress(**json.loads(str(values.pop(_PROGRESS))))
        self._started = self._clock() - self.progress.seconds
        best = [name for name in values if name.startswith(_BEST)]
        self._best = {name.removeprefix(_BEST): values.pop(name) for name in best}
        self._learner.restore(values)

    def _seconds(self) -> float:
        return self._clock() - self._started

    def _description(self) -> dict[str, Any]:
        """Return what a saved state belongs to: the options and the pictures."""
        names = [pair.name for pair in self.dataset.splits["train"]]
        text = json.dumps([self.dataset.classes, names])
        return asdict(self.options) | {"pictures": hashlib.sha256(text.encode()).hexdigest()[:16]}

    def _validate(self) -> dict[str, float]:
        """Measure on validation pictures, and keep the weights if they are the best so far."""
        pairs = spaced(self.dataset.splits.get("val", ()), VALIDATION_PICTURES)
        classes = len(self.dataset.classes)
        confusion = evaluate(self.predict, pairs, classes, self.options.long_side, read=self._read)
        if not confusion.any():
            return {}
        mean_iu = measure(confusion).mean_iu
        if mean_iu > self.progress.best_mean_iu:
            self._best = self._learner.weights()
            self.progress = self.progress._replace(
                best_mean_iu=mean_iu, best_step=self.progress.step, waited=0
            )
        else:
            self.progress = self.progress._replace(waited=self.progress.waited + 1)
        return {"validation_mean_iu": mean_iu}


def spaced(pairs: Sequence[Pair], count: int) -> list[Pair]:
    """Return at most `count` pairs, evenly spaced.

    Examples
    --------
    >>> spaced(range(10), 4)
    [0, 2, 5, 7]

    """
    count = min(count, len(pairs))
    return [pairs[i * len(pairs) // count] for i in range(count)]
