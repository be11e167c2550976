"""A network loaded once and run on picture after picture, from any thread."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from fcnlib import checkpoints, labels, runtime, vgg
from fcnlib.preprocessing import subtract_mean
from fcnlib.typing import Float32Array, Report, RGBImage, silent

# Given the images, the scores, how far they are still to be enlarged, and sums to look at.
Build = Callable[[Any], tuple[Any, int, dict[str, Any]]]


class Scores(NamedTuple):
    """What a network says of one picture.

    Attributes
    ----------
    logits : ndarray of shape (h, w, C), float32
        Class scores.
    factor : int
        Picture pixels per cell of `logits` along each axis.
    sums : dict of str to ndarray
        Scores on the way to `logits`, coarse ones first.

    """

    logits: Float32Array
    factor: int
    sums: dict[str, Float32Array]

    @property
    def cells(self) -> Float32Array:
        """The scores (h, w, C) before the last enlargement: the last sum, or the logits."""
        return [self.logits, *self.sums.values()][-1]


class Network:
    """A graph with its session; building takes the lock, running needs none.

    Parameters
    ----------
    name : str
        For people.
    class_names : sequence of str
        Name of each channel of the scores.
    build : callable
        Given a placeholder (1, H, W, 3), builds the network into the current graph and
        returns the scores' tensor (1, h, w, C), their factor and other sums by name.
    palette : ndarray of shape (C, 3), uint8, optional
        RGB of each class, for classes that have colours of their own.

    """

    def __init__(
        self,
        name: str,
        class_names: Sequence[str],
        build: Build,
        palette: RGBImage | None = None,
    ) -> None:
        self.name = name
        self.class_names = tuple(class_names)
        self.palette = palette
        with runtime.building() as (_, tf1, _slim), tf1.Graph().as_default() as graph:
            self._images = tf1.placeholder("float32", (1, None, None, 3), "images")
            self._logits, self.factor, self._sums = build(self._images)
            self._variables = {v.op.name: v for v in graph.get_collection("variables")}
            threads = os.cpu_count() or 1
            config = tf1.ConfigProto(
                intra_op_parallelism_threads=threads, inter_op_parallelism_threads=threads
            )
            self._session = tf1.Session(graph=graph, config=config)

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every variable by name."""
        return {name: tuple(v.shape) for name, v in self._variables.items()}

    def assign(self, name: str, value: Float32Array) -> None:
        """Set one variable.

        Raises
        ------
        KeyError, ValueError
            If there is no such variable, or its shape is another.

        """
        start = self._variables[name].initializer
        self._session.run(start, {start.inputs[1]: value})

    def scores(self, image: RGBImage) -> Scores:
        """Run the network on one picture.

        Parameters
        ----------
        image : ndarray of shape (H, W, 3)
            Red, green, blue in [0, 255]; H and W are multiples of 32.

        Returns
        -------
        scores : Scores
            Logits of shape (H / factor, W / factor, C).

        Raises
        ------
        ValueError
            If a side is no multiple of 32.

        """
        if image.shape[0] % vgg.STRIDE or image.shape[1] % vgg.STRIDE or not image.size:
            msg = f"sides must be multiples of {vgg.STRIDE}, got {image.shape}; pad the image first"
            raise ValueError(msg)
        feed = {self._images: subtract_mean(image)[None]}
        logits, sums = self._session.run([self._logits, self._sums], feed)
        return Scores(logits[0], self.factor, {name: sum_[0] for name, sum_ in sums.items()})

    def close(self) -> None:
        """Free the session and what it holds."""
        self._session.close()


def vgg_16(checkpoint: Path | None = None, report: Report = silent) -> Network:
    """Load the ImageNet classifier as a fully convolutional network.

    Parameters
    ----------
    checkpoint : Path, optional
        A file that `checkpoints.open_checkpoint` reads; by default what
        `checkpoints.find` finds.
    report : callable, optional
        Told of the progress.

    Returns
    -------
    network : Network
        With 1000 classes and a factor of 32.

    Raises
    ------
    WeightsError
        If the weights are missing, damaged, or not those of VGG-16.

    """
    path = checkpoint or checkpoints.find(report)
    report(0.0, "Building VGG-16")
    network = Network("VGG-16 (ImageNet)", labels.imagenet_names(), _build_vgg_16)
    load_weights(network, path, report)
    return network


def load_weights(network: Network, path: Path, report: Report = silent) -> None:
    """Set every variable of `network` from a checkpoint, one tensor at a time.

    Raises
    ------
    WeightsError
        If the checkpoint is damaged, lacks a tensor or has one of another shape.

    """
    expected = network.shapes
    done, total = 0, sum(int(np.prod(shape)) for shape in expected.values())
    for name, values in checkpoints.checked_tensors(path, expected):
        network.assign(name, values)
        done += values.size
        report(done / total, f"Reading the weights: {4 * done / 1e6:,.0f} MB")


def _build_vgg_16(images: Any) -> tuple[Any, int, dict[str, Any]]:
    logits, _ = vgg.vgg_16(images, fc_conv_padding="SAME")
    return logits, vgg.STRIDE, {}
