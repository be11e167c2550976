"""What a network's graph holds, and how its variables are set without holding them twice."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from fcnlib import runtime


class GraphOutputs(NamedTuple):
    """What is in a graph.

    Attributes
    ----------
    logits : Tensor of shape (1, h, w, C)
        Class scores.
    factor : int
        Picture pixels per cell of `logits` along each axis.
    sums : mapping of str to Tensor, optional
        Scores on the way to `logits`.
    pool4 : Tensor, optional
        What ends the layers that may run on strips of a large picture; all that follows
        depends on it alone.

    """

    logits: Any
    factor: int
    sums: Mapping[str, Any] = MappingProxyType({})
    pool4: Any = None


Build = Callable[[Any], GraphOutputs]


class RowAssign:
    """The operations that set a variable a few rows at a time.

    Setting it from one array would hold it twice; `clear` makes it of zeros in place.
    """

    def __init__(self, variable: Any) -> None:
        tf, tf1, _ = runtime.load()
        self.first = tf1.placeholder("int32", ())
        self.values = tf1.placeholder("float32", (None, *variable.shape[1:]))
        stop = self.first + tf.shape(self.values)[0]
        cast = tf.cast(self.values, variable.dtype)
        with tf.control_dependencies([variable[self.first : stop].assign(cast).op]):
            # A variable set in part is copied whenever it is read, unless told otherwise.
            self.rows = tf.raw_ops.DisableCopyOnRead(resource=variable.handle)
        # Fed, since a shape known beforehand makes TensorFlow keep the zeros as a constant.
        self.shape = tf1.placeholder("int32", (variable.shape.rank,))
        self.clear = variable.assign(tf.zeros(self.shape, variable.dtype)).op
        self.is_initialized = variable.is_initialized()
