r"""Heads that compute coarse scores from a network's layers, and enlarge them to every pixel.

FCN-32s computes scores from fc7 and upsamples them by 32 in one step. FCN-16s upsamples them by 2,
adds scores computed from pool4, and upsamples the sum by 16. FCN-8s does the same once more with
pool3. Every upsampling is a transposed convolution with one kernel per class, so it is trained
by backpropagation like any other layer.

::

    fc7   -> score_fr --> upscore32 ==> FCN-32s
                     \-> upscore2 --+
    pool4 -> score_pool4 -----------+--> upscore16 ==> FCN-16s
                                     \-> upscore_pool4 --+
    pool3 -> score_pool3 --------------------------------+--> upscore8 ==> FCN-8s

New score layers start at zero and kernels start as bilinear interpolation. A head with a new skip
therefore starts with the coarse scores of the previous head, only upsampled in one more step.

References
----------
.. [1] J. Long, E. Shelhamer and T. Darrell, "Fully Convolutional Networks for Semantic
   Segmentation", CVPR 2015, sections 3.3 and 4.2. :arxiv:`1411.4038`.

"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from fcnlib import runtime
from fcnlib.checks import check_choice
from fcnlib.kernels import get_kernel_size, upsample_filt
from fcnlib.networks.vgg import STRIDE, end_point

KERNEL_STARTS = ("bilinear", "zero", "random")
SKIPS = {"pool4": "upscore2", "pool3": "upscore_pool4"}
"""The layer each skip starts from, and the upsampling layer whose output its scores are added to,
in the order in which heads add them."""


EndPoints = Mapping[str, Any]
Head = tuple[Any, dict[str, Any]]


def build_head(
    end_points: EndPoints,
    num_classes: int,
    skips: int,
    *,
    kernel_start: str = "bilinear",
    trainable_kernel: bool = True,
    by_blocks: bool = False,
    scope: str = "fcn",
) -> Head:
    """Build a head with a number of skips.

    Parameters
    ----------
    end_points : mapping
        As returned by `vgg.vgg_16`, for images whose sides are multiples of 32.
    num_classes : int
        Number of classes C.
    skips : {0, 1, 2}
        How many of `SKIPS` to use.
    kernel_start : {"bilinear", "zero", "random"}
        Initial kernels of the transposed convolutions.
    trainable_kernel : bool
        Whether training changes these kernels.
    by_blocks : bool
        Whether the transposed convolutions are computed by `_upscored_blocks`, which gives the same
        scores up to rounding, and several times as fast on a processor.
    scope : str
        First part of the variables' names. Heads with the same scope share the names of
        their common layers, so one can start from the checkpoint of another.

    Returns
    -------
    logits : Tensor of shape (N, 32 h, 32 w, C)
        Scores for every pixel, where fc7 (read after its dropout) has shape (N, h, w, D).
    sums : dict of str to Tensor
        The intermediate scores in the order in which they are computed: ``score_fr`` and, for
        each skip, the upsampled scores, the scores of the skip and their sum.

    Raises
    ------
    ValueError
        If `kernel_start` is not one of the above.

    """
    check_choice(kernel_start, KERNEL_STARTS, "kernel_start")
    upsample = partial(
        upscore, kernel_start=kernel_start, trainable=trainable_kernel, by_blocks=by_blocks
    )
    with runtime.load().tf1.variable_scope(scope):
        scores = _score(end_point(end_points, "dropout7"), num_classes, "score_fr")
        sums = {"score_fr": scores}
        for layer, name in list(SKIPS.items())[:skips]:
            sums[name] = upsample(scores, 2, name)
            score = _score(end_point(end_points, layer), num_classes, f"score_{layer}")
            scores = sums[name] + score
            sums |= {f"score_{layer}": score, f"fuse_{layer}": scores}
        # Each skip halves the remaining factor.
        factor = STRIDE >> skips
        return upsample(scores, factor, f"upscore{factor}"), sums


def fcn_32s(end_points: EndPoints, num_classes: int, **options: Any) -> Head:
    """Build the head that upsamples the scores of fc7 by 32; options as for `build_head`."""
    return build_head(end_points, num_classes, 0, **options)


def fcn_16s(end_points: EndPoints, num_classes: int, **options: Any) -> Head:
    """Build the head with one skip, from pool4; options as for `build_head`."""
    return build_head(end_points, num_classes, 1, **options)


def fcn_8s(end_points: EndPoints, num_classes: int, **options: Any) -> Head:
    """Build the head with two skips, from pool4 and pool3; options as for `build_head`."""
    return build_head(end_points, num_classes, 2, **options)


HEADS = {"fcn_32s": fcn_32s, "fcn_16s": fcn_16s, "fcn_8s": fcn_8s}
COARSE_FACTORS = {"fcn_32s": 32, "fcn_16s": 16, "fcn_8s": 8}
"""Pixels per cell of the last sum of each head."""


def _score(features: Any, num_classes: int, name: str) -> Any:
    _, tf1, slim = runtime.load()
    zeros = tf1.zeros_initializer()
    return slim.conv2d(
        features, num_classes, [1, 1], activation_fn=None, weights_initializer=zeros, scope=name
    )


def upscore(
    scores: Any,
    factor: int,
    name: str,
    *,
    kernel_start: str,
    trainable: bool,
    by_blocks: bool = False,
) -> Any:
    """Upsample scores (N, h, w, C) by `factor` with one trainable kernel per class.

    The weights have shape (K, K, C, 1), the order of TensorFlow's depthwise convolution. They are
    the dense kernel (K, K, C, C) of the paper without the off-diagonal part, which would mix
    classes.
    """
    tf, tf1, _ = runtime.load()
    size, classes = get_kernel_size(factor), scores.shape[-1]
    kernel, dtype = (size, size, classes, 1), scores.dtype.base_dtype
    start = _kernel_initializer(kernel_start, size, factor)
    with tf1.variable_scope(name):
        weights = tf1.get_variable("weights", kernel, dtype, start, trainable=trainable)
        if by_blocks:
            enlarged = _upscored_blocks(scores, weights, factor)
        else:
            batch, rows, cols, _ = tf.unstack(tf.shape(scores))
            sizes = tf.stack([batch, rows * factor, cols * factor, classes])
            enlarged = tf.nn.depthwise_conv2d_backprop_input(
                sizes, weights, scores, strides=[1, factor, factor, 1], padding="SAME"
            )
        # The static shape, which `tf.shape` loses.
        shape = [scores.shape[0], *(n and n * factor for n in scores.shape[1:3]), classes]
        return tf.ensure_shape(enlarged, shape, name="enlarged")


def _upscored_blocks(scores: Any, weights: Any, factor: int) -> Any:
    """Return the transposed convolution of `upscore` for an even factor, computed block by block.

    A kernel of twice the factor reaches from each cell to the centers of its neighbors. So the
    block of factor × factor pixels between four centers depends on these four cells only, and all
    blocks together are one matrix product per class. TensorFlow's own function uses one core.
    """
    tf = runtime.load().tf
    classes = scores.shape[-1]
    batch, rows, cols, _ = tf.unstack(tf.shape(scores))
    padded = tf.pad(scores, ((0, 0), (1, 1), (1, 1), (0, 0)))
    corners = [padded[:, i : rows + 1 + i, j : cols + 1 + j] for i in (0, 1) for j in (0, 1)]
    cells = tf.reshape(tf.transpose(tf.stack(corners, -1), (3, 0, 1, 2, 4)), (classes, -1, 4))
    # The cell above a block reaches it with the lower half of its kernel, and so on.
    halves = tf.reshape(weights, (2, factor, 2, factor, classes))
    parts = tf.stack([halves[1 - i, :, 1 - j] for i in (0, 1) for j in (0, 1)])
    kernels = tf.reshape(tf.transpose(parts, (3, 0, 1, 2)), (classes, 4, factor**2))
    shape = (classes, batch, rows + 1, cols + 1, factor, factor)
    blocks = tf.transpose(tf.reshape(tf.matmul(cells, kernels), shape), (1, 2, 4, 3, 5, 0))
    sides = ((rows + 1) * factor, (cols + 1) * factor)
    enlarged = tf.reshape(blocks, (batch, *sides, classes))
    # The first block ends half a cell inside the picture.
    half = factor // 2
    return enlarged[:, half : half + rows * factor, half : half + cols * factor]


def _kernel_initializer(kernel_start: str, size: int, factor: int) -> Any:
    tf, tf1, _ = runtime.load()
    if kernel_start == "zero":
        return tf1.zeros_initializer()
    if kernel_start == "random":
        # Each output pixel sums (size / factor)² weights; this keeps the scale of the scores.
        return tf1.random_normal_initializer(stddev=factor / size)

    def bilinear(shape: Any, dtype: Any = None, **_: Any) -> Any:
        return tf.broadcast_to(tf.constant(upsample_filt(size), dtype)[..., None, None], shape)

    return bilinear
