"""A network that is loaded once and then runs on any number of images, from any thread."""

import difflib
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from fcnlib import checkpoints, runtime
from fcnlib.checks import unmasked
from fcnlib.errors import WeightsError
from fcnlib.images.preprocessing import subtract_mean
from fcnlib.images.values import as_rgb8
from fcnlib.networks import strips, vgg
from fcnlib.networks.class_names import imagenet_names
from fcnlib.networks.graph import Build, GivenWeights, RowAssign, Scores, session_config
from fcnlib.networks.grid import CellGrid
from fcnlib.networks.precision import choose
from fcnlib.typing import AnyArray, Float32Array, Report, RGBImage, silent

PADDED = CellGrid(vgg.STRIDE)
"""The grid of VGG-16 and of the heads on it: pictures are padded to multiples of 32."""

STRIP_PIXELS = 5 << 18
"""Largest number of pixels that the early layers process at once, at 512 bytes each in float32."""


class Network:
    """A TensorFlow graph with its session. Building takes the lock; running does not.

    Parameters
    ----------
    name : str
        Name shown to users.
    class_names : sequence of str
        Name of each channel of the scores.
    build : callable
        Takes images (1, H, W, 3), builds the network into the current graph and returns `Scores`.
    palette : ndarray of shape (C, 3), uint8, optional
        RGB of each class, if the classes have fixed colors.
    precision : {"auto", "float32", "bfloat16"}, optional
        Number format of weights and activations; see `fcnlib.networks.precision`.
    preprocess : callable, optional
        Maps an image (H, W, 3), uint8, to the values that the network was trained on. By
        default VGG's: the mean color is subtracted.
    grid : CellGrid, optional
        Where the cells lie and which sizes the network takes. By default any multiple of 32.
    weights : mapping of str to ndarray, optional
        The values of all variables, which then cannot be changed. By default, set them by `assign`.

    Attributes
    ----------
    shapes : dict of str to tuple of int
        The shape of every variable by name.

    Raises
    ------
    WeightsError
        ``wrong_network`` if `weights` does not have exactly the variables of the graph.

    """

    def __init__(
        self,
        name: str,
        class_names: Sequence[str],
        build: Build,
        palette: RGBImage | None = None,
        precision: str = "float32",
        *,
        preprocess: Callable[[RGBImage], Float32Array] = subtract_mean,
        grid: CellGrid = PADDED,
        weights: Mapping[str, Float32Array] | None = None,
    ) -> None:
        self.name = name
        self.class_names = tuple(class_names)
        self.palette = palette
        self.precision = choose(precision)
        self.grid = grid
        self._preprocess = preprocess
        given = None if weights is None else GivenWeights(weights)
        with runtime.building() as (tf, tf1, _slim), tf1.Graph().as_default() as graph:
            shape = (1, *(grid.size or (None, None)), 3)
            self._images = tf1.placeholder("float32", shape, "images")
            with tf1.variable_scope(tf1.get_variable_scope(), custom_getter=given):
                built = build(tf.cast(self._images, self.precision))
            self.coarse_factor, self._pool4 = built.coarse_factor, built.pool4
            self._end_points = built.end_points
            fetched = {"coarse_logits": built.coarse_logits, "sums": dict(built.sums)}
            if built.logits is not None:
                fetched["logits"] = built.logits
            self._fetched = tf.nest.map_structure(lambda t: tf.cast(t[0], "float32"), fetched)
            self._variables = {v.op.name: v for v in graph.get_collection("variables")}
            variables = {name: tuple(v.shape) for name, v in self._variables.items()}
            self.shapes = given.shapes if given else variables
            self._row_assigns: dict[str, RowAssign] = {}
            config = session_config(runtime.threads())
            self._session = tf1.Session(graph=graph, config=config)
        if given and weights is not None:
            _check_shapes(name, weights, self.shapes)
            given.set(self._session)

    def assign(self, name: str, rows: Float32Array, first: int = 0) -> None:
        """Set rows of one variable, casting them to its number format.

        Rows that were never set are zero.

        Parameters
        ----------
        name : str
            Name of the variable.
        rows : ndarray
            Its values, or some of them along the first axis.
        first : int, optional
            Index of the first row to set.

        Raises
        ------
        KeyError, ValueError
            If there is no such variable, or the rows do not fit into it.

        """
        variable = self._variables[name]
        shape = tuple(variable.shape)
        if rows.shape[1:] != shape[1:] or not 0 <= first <= first + len(rows) <= shape[0]:
            msg = f"rows of shape {rows.shape} from {first} do not fit {name} of shape {shape}"
            raise ValueError(msg)
        if len(rows) == shape[0]:
            # Feeding the initializer's own input avoids a second operation.
            start = variable.initializer.inputs[1]
            values = rows.astype(start.dtype.as_numpy_dtype, copy=False)
            self._session.run(variable.initializer, {start: values})
        else:
            assign = self._row_assign(name)
            self._session.run(assign.rows, {assign.values: rows, assign.first: first})

    def _row_assign(self, name: str) -> RowAssign:
        """Return the operations that set rows of a variable. Few variables need them."""
        if name not in self._row_assigns:
            with runtime.building(), self._session.graph.as_default():
                assign = RowAssign(self._variables[name])
            if not self._session.run(assign.is_initialized):
                self._session.run(assign.clear, {assign.shape: self.shapes[name]})
            self._row_assigns[name] = assign
        return self._row_assigns[name]

    @property
    def end_points(self) -> tuple[str, ...]:
        """The names that `scores` takes as end points."""
        return tuple(self._end_points)

    def scores(
        self, image: RGBImage, report: Report = silent, end_points: Iterable[str] = ()
    ) -> Scores:
        """Run the network on one image.

        Parameters
        ----------
        image : ndarray of shape (H, W, 3)
            Red, green, blue in [0, 255], or another type and range that `images.as_rgb8` accepts,
            with sides that `grid` allows.
        report : callable, optional
            Called with (fraction, text) before each strip of an image that is too large to be
            processed at once.
        end_points : iterable of str, optional
            Names out of `end_points` whose arrays are returned too.

        Returns
        -------
        scores : Scores
            Arrays of float32. ``coarse_logits`` has shape (H / factor, W / factor, C).

        Raises
        ------
        KeyError
            If there is no such end point.
        ValueError
            If the image has another shape than the network takes, or as from `images.as_rgb8`.

        """
        shape = np.shape(unmasked(image, "image"))
        if len(shape) != 3 or shape[2] != 3 or not self.grid.fits(*shape[:2]):
            msg = (
                f"the sides of the image must {self.grid.rule}, got the shape {shape}. "
                "Use `grid.fit` first."
            )
            raise ValueError(msg)
        image = as_rgb8(image, "image")
        parts = []
        if self._pool4 is not None:
            parts = strips.plan(image.shape, STRIP_PIXELS, strips.pool_margin(self.shapes))
        if len(parts) > 1:
            feed = {self._pool4: strips.run(self._early_layers, image, parts, report)}
        else:
            feed = {self._images: self._preprocess(image)[None]}
        wanted = {"end_points": {name: self._end_point(name) for name in end_points}}
        found = self._session.run(self._fetched | wanted, feed)
        found["end_points"] = {name: array[0] for name, array in found["end_points"].items()}
        return Scores(coarse_factor=self.coarse_factor, strips=max(1, len(parts)), **found)

    @property
    def graph(self) -> Any:
        """The `tf.Graph` that the network was built into."""
        return self._session.graph

    @property
    def outputs(self) -> dict[str, Any]:
        """The tensors of `graph` whose values `scores` returns."""
        return self._fetched

    def evaluate(self, tensors: Any, image: RGBImage, **options: Any) -> Any:
        """Return the values of tensors of `graph` for an image, as `Session.run` does."""
        seen = {self._images: self._preprocess(as_rgb8(image, "image"))[None]}
        return self._session.run(tensors, seen, **options)

    def _early_layers(self, image: RGBImage) -> AnyArray:
        seen = {self._images: self._preprocess(image)[None]}
        return self._session.run(self._pool4, seen)[0]

    def _end_point(self, name: str) -> Any:
        if name not in self._end_points:
            near = difflib.get_close_matches(name, self.end_points, 1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            msg = f"no end point {name!r}; see Network.end_points.{hint}"
            raise KeyError(msg)
        return self._end_points[name]

    def close(self) -> None:
        """Free the session and its memory."""
        self._session.close()


def _check_shapes(
    name: str, weights: Mapping[str, Float32Array], shapes: Mapping[str, tuple[int, ...]]
) -> None:
    given = {variable: values.shape for variable, values in weights.items()}
    wrong = sorted(n for n in given.keys() | shapes if given.get(n) != shapes.get(n))
    if wrong:
        first = wrong[0]
        msg = (
            f"These are not the weights of {name}: {len(wrong)} variables differ, such as {first} "
            f"({given.get(first)} instead of {shapes.get(first)}). Restore the shipped file."
        )
        raise WeightsError("wrong_network", msg)


def vgg_16(
    checkpoint: Path | str | None = None, report: Report = silent, precision: str = "auto"
) -> Network:
    """Load the ImageNet classifier as a fully convolutional network.

    Parameters
    ----------
    checkpoint : Path or str, optional
        The weights or their archive. By default, `checkpoints.find` searches for them.
    report : callable, optional
        Called with (fraction, text) after each stage.
    precision : {"auto", "float32", "bfloat16"}, optional
        Number format. By default, bfloat16 if the processor supports it.

    Returns
    -------
    network : Network
        With 1000 classes and a factor of 32.

    Raises
    ------
    WeightsError
        If the weights are missing, damaged, or not those of VGG-16.

    """
    path = checkpoints.find(report, checkpoint)
    report(0.0, "Building VGG-16")
    names = imagenet_names()
    network = Network("VGG-16 (ImageNet)", names, _build_vgg_16, precision=precision)
    load_weights(network, path, report)
    return network


def load_weights(network: Network, path: Path, report: Report = silent) -> None:
    """Set every variable of `network` from a checkpoint, a few rows at a time.

    Raises
    ------
    WeightsError
        If the checkpoint is damaged, lacks a tensor or has one of another shape.

    """
    expected = network.shapes
    done, total = 0, sum(int(np.prod(shape)) for shape in expected.values())
    for name, first, rows in checkpoints.checked_rows(path, expected):
        network.assign(name, rows, first)
        done += rows.size
        report(done / total, f"Reading the weights: {4 * done / 1e6:,.0f} MB")


def _build_vgg_16(images: Any) -> Scores:
    logits, end_points = vgg.vgg_16(images, fc_conv_padding="SAME")
    return Scores(logits, vgg.STRIDE, pool4=vgg.end_point(end_points, "pool4"))
