r"""Heads that turn a network's coarse scores into scores for every pixel.

FCN-32s scores fc7 and enlarges the answer 32 times in one step. FCN-16s enlarges it twice,
adds scores taken from pool4, and enlarges the sum 16 times; FCN-8s does the same once more
with pool3. Every enlargement is a transposed convolution with one kernel per class, so it
has a forward, a backward and an update like any other layer.

::

    fc7   -> score_fr --> upscore32 ==> FCN-32s
                     \-> upscore2 --+
    pool4 -> score_pool4 -----------+--> upscore16 ==> FCN-16s
                                     \-> upscore_pool4 --+
    pool3 -> score_pool3 --------------------------------+--> upscore8 ==> FCN-8s

New score layers start at zero and kernels at bilinear interpolation, so a head with a new
skip starts out as the head before it enlarged in two steps.

References
----------
.. [1] J. Long, E. Shelhamer and T. Darrell, "Fully Convolutional Networks for Semantic
   Segmentation", CVPR 2015, sections 3.3 and 4.2. :arxiv:`1411.4038`.

"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from fcnlib import runtime
from fcnlib.kernels import get_kernel_size, upsample_filt
from fcnlib.networks.vgg import end_point

KERNEL_STARTS = ("bilinear", "zero", "random")


def fcn_32s(
    end_points: Mapping[str, Any],
    num_classes: int,
    *,
    kernel_start: str = "bilinear",
    trainable_kernel: bool = True,
    scope: str = "fcn",
) -> tuple[Any, dict[str, Any]]:
    """Build the head that enlarges the scores of fc7 32 times in one step.

    Parameters
    ----------
    end_points : mapping
        As `vgg.vgg_16` returns it, for pictures whose sides are multiples of 32.
    num_classes : int
        Number of classes C.
    kernel_start : {"bilinear", "zero", "random"}
        What the kernels of the transposed convolutions start as.
    trainable_kernel : bool
        Whether training changes these kernels.
    scope : str
        First part of the variables' names. Heads with the same scope share the names of
        their common layers, so that one can start from another's checkpoint.

    Returns
    -------
    logits : Tensor of shape (N, 32 h, 32 w, C)
        Scores for every pixel, where fc7 (read after its dropout) is (N, h, w, D).
    sums : dict of str to Tensor
        The scores on the way, in the order in which they arise: ``score_fr`` here; for the
        other heads also each enlargement, each skip's scores and the sum after it.

    Raises
    ------
    ValueError
        If `kernel_start` is none of the above.

    """
    upscore = _upscore_layer(kernel_start, trainable_kernel)
    with runtime.load().tf1.variable_scope(scope):
        sums = {"score_fr": _score(end_point(end_points, "dropout7"), num_classes, "score_fr")}
        return upscore(sums["score_fr"], 32, "upscore32"), sums


def fcn_16s(
    end_points: Mapping[str, Any],
    num_classes: int,
    *,
    kernel_start: str = "bilinear",
    trainable_kernel: bool = True,
    scope: str = "fcn",
) -> tuple[Any, dict[str, Any]]:
    """Build the head with one skip, from pool4; parameters and results as `fcn_32s`."""
    upscore = _upscore_layer(kernel_start, trainable_kernel)
    with runtime.load().tf1.variable_scope(scope):
        sums = _through_pool4(end_points, num_classes, upscore)
        return upscore(sums["fuse_pool4"], 16, "upscore16"), sums


def fcn_8s(
    end_points: Mapping[str, Any],
    num_classes: int,
    *,
    kernel_start: str = "bilinear",
    trainable_kernel: bool = True,
    scope: str = "fcn",
) -> tuple[Any, dict[str, Any]]:
    """Build the head with two skips, pool4 and pool3; parameters and results as `fcn_32s`."""
    upscore = _upscore_layer(kernel_start, trainable_kernel)
    with runtime.load().tf1.variable_scope(scope):
        sums = _through_pool4(end_points, num_classes, upscore)
        sums["upscore_pool4"] = upscore(sums["fuse_pool4"], 2, "upscore_pool4")
        sums["score_pool3"] = _score(end_point(end_points, "pool3"), num_classes, "score_pool3")
        sums["fuse_pool3"] = sums["upscore_pool4"] + sums["score_pool3"]
        return upscore(sums["fuse_pool3"], 8, "upscore8"), sums


HEADS = {"fcn_32s": fcn_32s, "fcn_16s": fcn_16s, "fcn_8s": fcn_8s}
COARSE_FACTORS = {"fcn_32s": 32, "fcn_16s": 16, "fcn_8s": 8}
"""Pixels per cell of each head's last sum."""


def _through_pool4(
    end_points: Mapping[str, Any], num_classes: int, upscore: Callable[..., Any]
) -> dict[str, Any]:
    sums = {"score_fr": _score(end_point(end_points, "dropout7"), num_classes, "score_fr")}
    sums["upscore2"] = upscore(sums["score_fr"], 2, "upscore2")
    sums["score_pool4"] = _score(end_point(end_points, "pool4"), num_classes, "score_pool4")
    sums["fuse_pool4"] = sums["upscore2"] + sums["score_pool4"]
    return sums


def _score(features: Any, num_classes: int, name: str) -> Any:
    _, tf1, slim = runtime.load()
    return slim.conv2d(
        features,
        num_classes,
        [1, 1],
        activation_fn=None,
        weights_initializer=tf1.zeros_initializer(),
        scope=name,
    )


def _upscore_layer(kernel_start: str, trainable: bool) -> Callable[[Any, int, str], Any]:
    if kernel_start not in KERNEL_STARTS:
        msg = f"kernel_start must be one of {', '.join(KERNEL_STARTS)}, got {kernel_start!r}"
        raise ValueError(msg)
    return partial(upscore, kernel_start=kernel_start, trainable=trainable)


def upscore(scores: Any, factor: int, name: str, *, kernel_start: str, trainable: bool) -> Any:
    """Enlarge scores (N, h, w, C) by `factor` with one trainable kernel per class.

    The weights are (K, K, C, 1), TensorFlow's order for depthwise convolution: the dense
    kernel (K, K, C, C) of the paper without the off-diagonal part that would mix classes.
    """
    tf, tf1, _ = runtime.load()
    size, classes = get_kernel_size(factor), scores.shape[-1]
    with tf1.variable_scope(name):
        weights = tf1.get_variable(
            "weights",
            (size, size, classes, 1),
            scores.dtype.base_dtype,
            initializer=_kernel_initializer(kernel_start, size, factor),
            trainable=trainable,
        )
        batch, rows, cols, _ = tf.unstack(tf.shape(scores))
        enlarged = tf.nn.depthwise_conv2d_backprop_input(
            tf.stack([batch, rows * factor, cols * factor, classes]),
            weights,
            scores,
            strides=[1, factor, factor, 1],
            padding="SAME",
        )
        shape = [scores.shape[0], *(n and n * factor for n in scores.shape[1:3]), classes]
        return tf.ensure_shape(enlarged, shape, name="enlarged")


def _kernel_initializer(kernel_start: str, size: int, factor: int) -> Any:
    tf, tf1, _ = runtime.load()
    if kernel_start == "zero":
        return tf1.zeros_initializer()
    if kernel_start == "random":
        # Each output pixel adds up (size / factor)² weights; this keeps the scores' scale.
        return tf1.random_normal_initializer(stddev=factor / size)

    def bilinear(shape: Any, dtype: Any = None, **_: Any) -> Any:
        return tf.broadcast_to(tf.constant(upsample_filt(size), dtype)[..., None, None], shape)

    return bilinear
