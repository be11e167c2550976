"""Training of one head, step by step: loss, optimizer, and saved states.

The command line and the Training page both use a `Trainer`, which they call once per step. Every
step depends only on the options and on its own number, so a training that continues from a saved
state ends with the same weights as one that was never interrupted.
"""

import json
import threading
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from fcnlib import runtime, scenes
from fcnlib.checks import label_array
from fcnlib.class_map.metrics import Metrics, confusion_matrix, measure
from fcnlib.images.preprocessing import MEAN_RGB
from fcnlib.images.values import as_rgb8
from fcnlib.networks import small_fcn
from fcnlib.networks.graph import session_config, set_variables
from fcnlib.networks.npz_weights import Weights, read_arrays, write_arrays
from fcnlib.training.batches import Batches
from fcnlib.training.options import Options, Progress, learning_rate
from fcnlib.training.states import check_options
from fcnlib.typing import Float32Array, LabelMap, RGBImage

_STEPS, _OPTIONS = "__steps__", "__options__"


class Trainer:
    """One head in training, with its own graph and session.

    Parameters
    ----------
    options : Options
        What to train and how.
    start : dict of str to ndarray, optional
        Initial weights by variable name, for example those of the previous head. Variables that
        are not in it are initialized as usual; names that the head does not have are ignored.

    Attributes
    ----------
    steps_done : int
        Number of steps so far.

    Raises
    ------
    ValueError
        If there is no such head, or the batches are impossible.

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
        with runtime.building() as (_, tf1, _), tf1.Graph().as_default():
            self._build()
            self.session = tf1.Session(config=session_config(2))
            self.session.run(tf1.global_variables_initializer())
        start = start or {}
        self._assign({name: start[name] for name in self._variables if name in start})

    def __enter__(self) -> "Trainer":
        """Return this object."""
        return self

    def __exit__(self, *_: Any) -> None:
        """Call `close`."""
        self.close()

    def close(self) -> None:
        """Free the session and the scenes."""
        self.batches.close()
        self.session.close()

    def step(self) -> Progress:
        """Train on one batch and return the progress."""
        rate = learning_rate(self.options, self.steps_done)
        pictures, labels = self.batches.batch(self.steps_done)
        # The loss of a label outside the classes is NaN, which would spoil all weights.
        label_array(labels, len(scenes.CLASSES))
        feed = {self._pictures: pictures, self._labels: labels, self._rate: rate}
        with self._lock:
            _, loss, prediction = self.session.run(
                [self._update, self._loss, self._prediction], feed
            )
            self.steps_done += 1
        confusion = confusion_matrix(labels, prediction, len(scenes.CLASSES))
        return Progress(self.steps_done, float(loss), measure(confusion).mean_iu, rate)

    def predict(self, picture: RGBImage) -> LabelMap:
        """Return the label of every pixel (H, W) of a picture (H, W, 3) of the scenes' size."""
        picture = as_rgb8(picture)
        if picture.shape[:2] != tuple(self.options.size):
            msg = f"picture must have the size {self.options.size}, got {picture.shape[:2]}"
            raise ValueError(msg)
        labels = self.session.run(self._prediction, {self._pictures: picture[None]})
        return np.asarray(labels[0])

    def evaluate(self, seeds: Iterable[int]) -> Metrics:
        """Return the metrics over all pixels of the scenes with these seeds."""
        confusion = np.zeros((len(scenes.CLASSES),) * 2, dtype=np.int64)
        for seed in seeds:
            scene = scenes.scene(seed, self.options.size)
            prediction = self.predict(scene.picture)
            confusion += confusion_matrix(scene.labels, prediction, len(scenes.CLASSES))
        return measure(confusion)

    def kernels(self) -> Float32Array:
        """Return the last upsampling kernel of every class, shape (K, K, C)."""
        name = f"fcn/upscore{self.options.head[4:-1]}/weights"
        return np.asarray(self.session.run(self._variables[name]))[..., 0]

    def weights(self) -> Weights:
        """Return the weights of the network by name, without the variables of the optimizer."""
        return dict(self.session.run({name: self._variables[name] for name in self._network}))

    def save(self, path: Path) -> None:
        """Write everything that is needed to continue; `path` never holds a partial file."""
        with self._lock:
            values = dict(self.session.run(self._variables))
            steps = self.steps_done
        note = {_STEPS: np.array(steps), _OPTIONS: np.array(json.dumps(asdict(self.options)))}
        write_arrays(path, {**values, **note})

    def load(self, path: Path) -> None:
        """Continue from a saved state.

        Raises
        ------
        WeightsError
            If the file is missing or damaged, or was saved by a training with other options.

        """
        values = read_arrays(path)
        check_options(str(values.pop(_OPTIONS, "")), asdict(self.options), path)
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
        self._prediction = tf.argmax(scores.logits, axis=-1, output_type=tf.int32)
        self._loss = tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(
                labels=tf.cast(self._labels, tf.int32), logits=scores.logits
            )
        )
        self._network = [variable.op.name for variable in tf1.global_variables()]
        self._update = tf1.train.AdamOptimizer(self._rate).minimize(self._loss)
        self._variables = {variable.op.name: variable for variable in tf1.global_variables()}

    def _assign(self, values: Weights) -> None:
        set_variables(self.session, {name: self._variables[name] for name in values}, values)
