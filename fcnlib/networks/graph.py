"""The type `Scores`, and operations that set a network's variables without doubling the memory."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from fcnlib import runtime
from fcnlib.typing import Float32Array


class Scores(NamedTuple):
    """Class scores of a network: tensors from the builder, arrays once the network has run.

    Attributes
    ----------
    coarse_logits : Tensor of shape (1, h, w, C), or ndarray of shape (h, w, C)
        Scores of each cell, before the last upsampling.
    coarse_factor : int
        Pixels per cell along each axis.
    logits : Tensor of shape (1, H, W, C), ndarray of shape (H, W, C), or None
        Scores of each pixel if the network upsamples them itself.
    sums : mapping of str to Tensor or ndarray
        Intermediate scores that lead to `coarse_logits` in a network with skips, deepest layer
        first.
    end_points : mapping of str to Tensor or ndarray
        Outputs of layers by name: all of them from the builder, those that were asked for
        after the network has run.
    pool4 : Tensor or None
        Output of the layers that may run on strips of a large image. All later layers
        depend on it alone. None after the network has run.
    strips : int
        Number of strips in which those layers processed the image.

    """

    coarse_logits: Any
    coarse_factor: int
    logits: Any = None
    sums: Mapping[str, Any] = MappingProxyType({})
    end_points: Mapping[str, Any] = MappingProxyType({})
    pool4: Any = None
    strips: int = 1


Build = Callable[[Any], Scores]


class GivenWeights:
    """Variables that hold given weights, for ``variable_scope(custom_getter=...)``.

    TensorFlow's own variables bring operations to initialize and to read them, which a network
    that is not trained does not need. Without them, a network is built in half the time.

    Attributes
    ----------
    shapes : dict of str to tuple of int
        The shape of every variable that the network has asked for, by name.

    """

    def __init__(self, weights: Mapping[str, Float32Array]) -> None:
        self.shapes: dict[str, tuple[int, ...]] = {}
        self._weights = weights
        self._assigns: list[Any] = []
        self._feed: dict[Any, Float32Array] = {}

    # `getter` is how TensorFlow itself would make the variable.
    def __call__(
        self, getter: Any, name: str, shape: Any, dtype: Any = "float32", **_options: Any
    ) -> Any:
        """Return a tensor that reads the variable `name`."""
        tf, tf1, _ = runtime.load()
        shape, dtype = tf.TensorShape(shape), tf.as_dtype(dtype)
        self.shapes[name] = tuple(shape)
        handle = tf.raw_ops.VarHandleOp(dtype=dtype, shape=shape, shared_name=name)
        # A missing weight, or one of another shape, is found when all shapes are compared.
        if name in self._weights:
            value = tf1.placeholder(dtype)
            self._assigns.append(tf.raw_ops.AssignVariableOp(resource=handle, value=value))
            self._feed[value] = self._weights[name]
        return tf.raw_ops.ReadVariableOp(resource=handle, dtype=dtype)

    def set(self, session: Any) -> None:
        """Set all variables in one run, since each run needs ten milliseconds of preparation."""
        session.run(self._assigns, self._feed)


def session_config(threads: int) -> Any:
    """Return the configuration of a session that uses a number of threads."""
    return runtime.load().tf1.ConfigProto(
        intra_op_parallelism_threads=threads, inter_op_parallelism_threads=threads
    )


def set_variables(
    session: Any, variables: Mapping[str, Any], values: Mapping[str, Float32Array]
) -> None:
    """Set those variables, given by name, that have a value, in one run."""
    # Feeding the initializer's own input needs no second operation.
    named = [(variables[name].initializer, values[name]) for name in variables.keys() & values]
    session.run([op for op, _ in named], {op.inputs[1]: value for op, value in named})


class RowAssign:
    """Operations that set a variable a few rows at a time.

    Setting it from one array would need twice its memory. `clear` fills it with zeros in place.
    """

    def __init__(self, variable: Any) -> None:
        tf, tf1, _ = runtime.load()
        self.first = tf1.placeholder("int32", ())
        self.values = tf1.placeholder("float32", (None, *variable.shape[1:]))
        stop = self.first + tf.shape(self.values)[0]
        cast = tf.cast(self.values, variable.dtype)
        with tf.control_dependencies([variable[self.first : stop].assign(cast).op]):
            # Without this, TensorFlow copies a partly assigned variable every time it is read.
            self.rows = tf.raw_ops.DisableCopyOnRead(resource=variable.handle)
        # Fed, since TensorFlow would store zeros of a known shape as a constant in the graph.
        self.shape = tf1.placeholder("int32", (variable.shape.rank,))
        self.clear = variable.assign(tf.zeros(self.shape, variable.dtype)).op
        self.is_initialized = variable.is_initialized()
