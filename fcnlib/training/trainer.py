"""Training a head step by step: loss, optimizer, schedule, and states that survive a kill.

A `Trainer` holds one head and is driven from outside, by the command line's ladder or by a
page that draws while it learns. All that a step does follows from the options and the
step's number, so a training resumed from a saved state ends where an unbroken one ends.
"""

import threading
from pathlib import Path
from typing import Any

import numpy as np

from fcnlib import runtime, scenes
from fcnlib.class_map.metrics import Confusion, Metrics, confusion_matrix, measure
from fcnlib.errors import WeightsError
from fcnlib.images.preprocessing import MEAN_RGB
from fcnlib.networks import small_fcn
from fcnlib.networks.npz_weights import Weights, read_arrays, write_arrays
from fcnlib.training.batches import Batches
from fcnlib.training.options import Options, Progress, learning_rate
from fcnlib.typing import Float32Array, LabelMap, RGBImage

__all__ = ["Options", "Progress", "Trainer", "learning_rate"]

_STEPS, _OPTIONS = "__steps__", "__options__"


class Trainer:
    """One head in training, with its own graph and session.

    Parameters
    ----------
    options : Options
        What to train and how.
    start : dict of str to ndarray, optional
        Weights to start from, by variable; those it does not hold start afresh. So a head
        starts from the one before.

    Examples
    --------
    >>> widths = small_fcn.Widths((4, 4, 4, 4, 4), 4, 1)
    >>> options = Options(size=(64, 64), widths=widths, batch_size=1, num_scenes=1)
    >>> with Trainer(options) as trainer:
    ...     progress = trainer.step()
    >>> progress.step, round(progress.loss, 2)
    (1, 1.95)

    """

    def __init__(self, options: Options, start: Weights | None = None) -> None:
        small_fcn.check_head(options.head)
        self.options = options
        self.steps_done = 0
        self.batches = Batches(options.seed, options.num_scenes, options.batch_size, options.size)
        self._lock = threading.Lock()
        with runtime.building() as (_, tf1, _), tf1.Graph().as_default() as graph:
            self.graph = graph
            self._build()
            config = tf1.ConfigProto(intra_op_parallelism_threads=2, inter_op_parallelism_threads=2)
            self.session = tf1.Session(config=config)
            self.session.run(tf1.global_variables_initializer())
        if start:
            names = [name for name in self._variables if name in start]
            self._assign({name: start[name] for name in names})

    def __enter__(self) -> "Trainer":
        """Return the trainer itself."""
        return self

    def __exit__(self, *_: Any) -> None:
        """Close the trainer."""
        self.close()

    def close(self) -> None:
        """Free the session and the scenes."""
        self.batches.close()
        self.session.close()

    def step(self) -> Progress:
        """Learn from one batch and tell how it went."""
        rate = learning_rate(self.options, self.steps_done)
        pictures, labels = self.batches.batch(self.steps_done)
        feed = {
            self._pictures: pictures,
            self._labels: labels,
            self._rate: rate,
        }
        with self._lock:
            _, loss, found = self.session.run([self._update, self._loss, self._found], feed)
            self.steps_done += 1
        confusion = confusion_matrix(labels, found, len(scenes.CLASSES))
        return Progress(self.steps_done, float(loss), measure(confusion).mean_iu, rate)

    def predict(self, picture: RGBImage) -> LabelMap:
        """Return the label of every pixel (H, W) of a picture (H, W, 3), as it now sees it."""
        found = self.session.run(self._found, {self._pictures: picture[None]})
        return np.asarray(found[0])

    def evaluate(self, seeds: "range | list[int]") -> Metrics:
        """Return the metrics on the scenes of some seeds."""
        return measure(self.confusion(seeds))

    def confusion(self, seeds: "range | list[int]") -> Confusion:
        """Return the confusion matrix, summed over the scenes of some seeds."""
        total = np.zeros((len(scenes.CLASSES),) * 2, dtype=np.int64)
        for seed in seeds:
            one = scenes.scene(seed, self.options.size)
            total += confusion_matrix(one.labels, self.predict(one.picture), len(scenes.CLASSES))
        return total

    def kernel(self, class_index: int = 0) -> Float32Array:
        """Return the last upsampling kernel (K, K) of a class, as it now is."""
        name = f"fcn/upscore{self.options.head[4:-1]}/weights"
        return np.asarray(self.session.run(self._variables[name]))[:, :, class_index, 0]

    def weights(self) -> Weights:
        """Return the network's weights by name, without the optimizer's."""
        return dict(self.session.run({name: self._variables[name] for name in self._network}))

    def save(self, path: Path) -> None:
        """Write all that a later trainer needs to go on, whole or not at all."""
        with self._lock:
            values = dict(self.session.run(self._variables))
            steps = self.steps_done
        note = {_STEPS: np.array(steps), _OPTIONS: np.array(repr(self.options))}
        write_arrays(path, {**values, **note})

    def load(self, path: Path) -> None:
        """Go on from a saved state.

        Raises
        ------
        WeightsError
            If the file is missing or damaged, or the state of a training with other options.

        """
        values = read_arrays(path)
        saved = str(values.pop(_OPTIONS, ""))
        if saved != repr(self.options):
            msg = (
                f"{path} was saved by a training with other options: {saved or 'none'}. "
                "Repeat its command, or choose another folder."
            )
            raise WeightsError("other_options", msg)
        self.steps_done = int(values.pop(_STEPS))
        self._assign(values)

    def _build(self) -> None:
        tf, tf1, _ = runtime.load()
        tf1.set_random_seed(self.options.seed)
        height, width = self.options.size
        self._pictures = tf1.placeholder(tf.uint8, (None, height, width, 3), "pictures")
        self._labels = tf1.placeholder(tf.uint8, (None, height, width), "labels")
        self._rate = tf1.placeholder(tf.float32, (), "learning_rate")
        scores = small_fcn.build(
            tf.cast(self._pictures, tf.float32) - tf.constant(MEAN_RGB),
            self.options.head,
            widths=self.options.widths,
            kernel_start=self.options.kernel_start,
            trainable_kernel=self.options.trainable_kernel,
        )
        self._found = tf.argmax(scores.logits, axis=-1, output_type=tf.int32)
        self._loss = tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(
                labels=tf.cast(self._labels, tf.int32), logits=scores.logits
            )
        )
        self._network = [variable.op.name for variable in tf1.global_variables()]
        self._update = tf1.train.AdamOptimizer(self._rate).minimize(self._loss)
        self._variables = {variable.op.name: variable for variable in tf1.global_variables()}
        self._values = {
            name: tf1.placeholder(variable.dtype.base_dtype, variable.shape)
            for name, variable in self._variables.items()
        }
        self._assigns = {
            name: variable.assign(self._values[name]) for name, variable in self._variables.items()
        }

    def _assign(self, values: Weights) -> None:
        self.session.run(
            [self._assigns[name].op for name in values],
            {self._values[name]: value for name, value in values.items()},
        )
