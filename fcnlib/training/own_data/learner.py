"""The graph that learns: inputs, loss, gradients and the two learning rates."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from fcnlib import runtime
from fcnlib.networks.backbones import BACKBONES, build_head
from fcnlib.networks.graph import set_variables
from fcnlib.networks.npz_weights import Weights
from fcnlib.training.own_data.features import STRIDES, FrozenBackbone, session_config
from fcnlib.training.own_data.options import Options
from fcnlib.training.own_data.samples import Sample
from fcnlib.typing import AnyArray, ByteArray, Float32Array

HEAD = "fcn/"
_ADDED = "added/"


class Learner:
    """A head, and its backbone unless that is frozen, with a graph and a session.

    Parameters
    ----------
    options : Options
        What to train and how.
    num_classes : int
        Number of classes C. Pixels with a label from C up are not counted, such as void ones.
    class_weights : ndarray of shape (C,), optional
        Weight of a pixel of each class in the loss. By default 1.
    frozen : FrozenBackbone, optional
        If given, the inputs are its features, and otherwise pictures.

    """

    def __init__(
        self,
        options: Options,
        num_classes: int,
        class_weights: Float32Array | None = None,
        frozen: FrozenBackbone | None = None,
    ) -> None:
        self.options = options
        weights = np.ones(num_classes, np.float32) if class_weights is None else class_weights
        with runtime.building() as (tf, tf1, _), tf1.Graph().as_default():
            tf1.set_random_seed(options.seed)
            self._labels = tf1.placeholder(tf.uint8, (None, None, None), "labels")
            self._rate = tf1.placeholder(tf.float32, (), "learning_rate")
            features = self._features(frozen)
            self._logits = build_head(features, options.head, num_classes, by_blocks=True).logits
            self._prediction = tf.argmax(self._logits, -1, output_type=tf.int32)
            self._network = {v.op.name: v for v in tf1.global_variables()}
            total, count = _loss(self._logits, self._labels, tf.constant(weights))
            self._build_updates(total, count, self._trained(features[8]))
            # What is added up within a step is empty between two steps, so it is not saved.
            variables = {v.op.name: v for v in tf1.global_variables()}
            self._variables = {n: v for n, v in variables.items() if not n.startswith(_ADDED)}
            self._session = tf1.Session(config=session_config())
            self._session.run(tf1.global_variables_initializer())

    def close(self) -> None:
        """Free the session."""
        self._session.close()

    def step(self, batches: Sequence[Sample], rate: float) -> float:
        """Update the weights once and return the mean loss per counted pixel, in nats.

        Parameters
        ----------
        batches : sequence of Sample
            `accumulate` batches.
        rate : float
            Learning rate of the head.

        """
        if self._added:
            self._session.run(self._clear)
        for batch in batches[: len(batches) if self._added else 0]:
            self._session.run(self._add, self._feed(batch))
        feed = {} if self._added else self._feed(batches[0])
        loss, _ = self._session.run([self._loss, self._update], {**feed, self._rate: rate})
        return float(loss)

    def predict(self, inputs: Sequence[AnyArray]) -> ByteArray:
        """Return the labels (H, W) of one picture, given its input arrays without a batch axis."""
        feed = {tensor: array[None] for tensor, array in zip(self._inputs, inputs, strict=True)}
        return self._session.run(self._prediction, feed)[0].astype(np.uint8)

    def weights(self) -> Weights:
        """Return the weights of the network by name, without the variables of the optimizer."""
        return dict(self._session.run(self._network))

    def state(self) -> Weights:
        """Return the values of all variables by name."""
        return dict(self._session.run(self._variables))

    def restore(self, values: Weights) -> None:
        """Set the variables that `values` names; other names are ignored."""
        set_variables(self._session, self._variables, values)

    def _feed(self, batch: Sample) -> dict[Any, AnyArray]:
        return dict(zip([*self._inputs, self._labels], batch, strict=True))

    def _features(self, frozen: FrozenBackbone | None) -> dict[int, Any]:
        tf, tf1, _ = runtime.load()
        if frozen is None:
            images = tf1.placeholder(tf.uint8, (None, None, None, 3), "images")
            self._inputs = [images]
            backbone = BACKBONES[self.options.backbone]
            return backbone.features(backbone.preprocess(tf.cast(images, tf.float32)))
        self._inputs = [
            tf1.placeholder(tf.float16, (None, None, None, frozen.channels[stride]))
            for stride in STRIDES
        ]
        casts = (tf.cast(tensor, tf.float32) for tensor in self._inputs)
        return dict(zip(STRIDES, casts, strict=True))

    def _trained(self, early: Any) -> list[Any]:
        """Return the variables that change."""
        tf, tf1, _ = runtime.load()
        variables = tf1.trainable_variables()
        if self.options.freeze == "none":
            return variables
        # The layers before the stride of 8 are those that these features depend on.
        depends = tf.gradients(early, variables)
        return [v for v, gradient in zip(variables, depends, strict=True) if gradient is None]

    def _build_updates(self, total: Any, count: Any, variables: list[Any]) -> None:
        """Build what changes the weights: in one run, or after several that add up gradients.

        The gradient is that of the loss per counted pixel of all batches of a step together.
        """
        tf, tf1, _ = runtime.load()
        sums = [total, count, *tf.gradients(total, variables)]
        self._added: list[Any] = []
        if self.options.accumulate > 1:
            with tf1.variable_scope(_ADDED[:-1]):
                zeros = tf1.zeros_initializer()
                self._added = [
                    tf1.get_variable(f"sum_{n}", s.shape, initializer=zeros, trainable=False)
                    for n, s in enumerate(sums)
                ]
            pairs = list(zip(self._added, sums, strict=True))
            self._add = tf.group([added.assign_add(s).op for added, s in pairs])
            self._clear = tf.group([added.initializer for added in self._added])
            sums = [added.read_value() for added in self._added]
        total, count, *gradients = sums
        means = [tf.math.divide_no_nan(gradient, count) for gradient in gradients]
        self._loss = tf.math.divide_no_nan(total, count)
        updates = []
        for name, rate in (("head", 1.0), ("backbone", self.options.backbone_rate)):
            chosen = [
                (mean, v)
                for mean, v in zip(means, variables, strict=True)
                if v.op.name.startswith(HEAD) == (name == "head")
            ]
            if chosen:
                optimizer = tf1.train.AdamOptimizer(self._rate * rate, name=f"adam_{name}")
                updates.append(optimizer.apply_gradients(chosen))
        self._update = tf.group(updates)


def _loss(logits: Any, labels: Any, class_weights: Any) -> tuple[Any, Any]:
    """Return the weighted sum of the cross entropies of counted pixels, and that of weights."""
    tf = runtime.load().tf
    labels = tf.cast(labels, tf.int32)
    counted = labels < logits.shape[-1]
    labels = tf.where(counted, labels, 0)
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    weights = tf.gather(class_weights, labels) * tf.cast(counted, tf.float32)
    return tf.reduce_sum(losses * weights), tf.reduce_sum(weights)
