"""Independent values for what public functions return for an array, computed the plain way.

`EXPECTED` holds a function per name of `FUNCTIONS` in `test_array_properties.py`. It takes the
array and the result and returns pairs of what was found and what is right.
"""

import base64
import io

import numpy as np
from PIL import Image
from scipy import ndimage, signal, special

from fcnlib import images, scenes
from fcnlib.images import colors
from fcnlib.plots import theme
from fcnlib.plots.pruning import OUTLINE, SHADES

PALETTE = colors.palette(3)
FADED = 0.45  # the share of the picture's color in figures that mark pixels


def weights(*shape):
    """Return numbers of both signs, all different in small arrays."""
    return (np.arange(np.prod(shape)) * 3 % 7 - 2.0).reshape(shape)


def kernel_for(array):
    return weights(2, 2, 1, np.shape(array)[-1] if np.ndim(array) else 1)


def other(array):
    """Return the rows in reverse order, in the same type."""
    return array[::-1] if np.ndim(array) else array


def predicted(labels):
    return np.resize([0, 1, 2, 2], np.shape(labels))


def pixels(data):
    """Return the picture in a file, or in the first trace of a figure."""
    if not isinstance(data, bytes):
        data = base64.b64decode(data.data[0].source.partition(",")[2])
    return np.array(Image.open(io.BytesIO(data)), float)


def in_range(array):
    """Return the values of a picture from 0 to 255, not rounded, by its type and largest value."""
    top = array.max(initial=0)
    if array.dtype.kind == "u":
        return array // (256.0 if top > 255 else 1.0)
    return array * 255.0 if top <= 1 else array.astype(float)


def color(array):
    values = in_range(array)
    values = values.reshape(*array.shape[:2], -1)
    if values.shape[2] == 4:
        opacity = values[..., 3:] / 255
        return 255 - opacity * (255 - values[..., :3])
    return values.repeat(3 // values.shape[2], 2)


def rounded(array):
    return np.rint(color(array))


def padded(array, multiple):
    rows, columns = (
        np.minimum(np.arange(-(-side // multiple) * multiple), side - 1) for side in array.shape[:2]
    )
    return array[rows][:, columns]


def photograph(found, picture):
    """Compare the mean color only, since JPEG changes pixels."""
    found = pixels(found)
    return [(found.shape, picture.shape), (round((found.mean() - picture.mean()) / 64), 0)]


def between(values, *places, border="nearest"):
    """Interpolate linearly at places along rows and columns."""
    grid = np.meshgrid(*places, indexing="ij")
    planes = np.moveaxis(values.reshape(*values.shape[:2], -1).astype(float), -1, 0)
    found = [ndimage.map_coordinates(plane, grid, order=1, mode=border) for plane in planes]
    return np.stack(found, -1).reshape(*grid[0].shape, *values.shape[2:])


def larger(values, border="nearest", factor=2):
    centers = [(np.arange(factor * n) + 0.5) / factor - 0.5 for n in values.shape[:2]]
    return between(values, *centers, border=border)


def aligned(values, factor=8):
    """Interpolate between cells that are centered on every eighth pixel."""
    return between(values, *(np.arange(factor * (n - 1) + 1) / factor for n in values.shape[:2]))


def wins(labels, scores):
    """Return the score of each pixel's class, which must be the best one."""
    return [(np.take_along_axis(scores, labels[..., None].astype(int), -1)[..., 0], scores.max(-1))]


def line(first, second):
    """Return the classes that are clearly the best somewhere between two cells."""
    scores = first + (second - first) * np.linspace(0, 1, 301)[:, None]
    ordered = np.sort(scores)
    clear = scores == scores.max(-1, keepdims=True)
    if len(first) > 1:
        gap = 1e-5 * np.abs(ordered).max()
        clear &= (ordered[:, -1:] - ordered[:, -2:-1]) > gap
    return set(np.flatnonzero(clear.any(0)).tolist())


def left(scores):
    """Count the classes that are not below the middle's best one at all corners of a square."""
    cells = np.pad(scores, ((1, 1), (1, 1), (0, 0)), mode="edge")
    cells = cells - cells.max(-1, keepdims=True)
    counts = np.zeros([side - 1 for side in cells.shape[:2]])
    for row, column in np.ndindex(counts.shape):
        corners = cells[row : row + 2, column : column + 2].reshape(4, -1)
        leader = corners.sum(0).argmax()
        for label, values in enumerate(corners.T):
            best = corners[:, leader]
            counts[row, column] += (values > best).any() or (
                label <= leader and (values == best).any()
            )
    return counts


def counted(truth, prediction, classes=3, void=None):
    counts = np.zeros((classes, classes))
    for pair in zip(np.ma.ravel(truth), np.ma.ravel(prediction), strict=True):
        if np.ma.masked not in pair and pair[0] != void:
            counts[pair] += 1
    return counts


def metrics(counts):
    """Return the four metrics, by the formulas of the paper, one class at a time."""
    rows, columns = counts.sum(1), counts.sum(0)
    seen = [i for i in range(len(counts)) if rows[i] + columns[i]]
    iu = {i: counts[i, i] / (rows[i] + columns[i] - counts[i, i]) for i in seen}
    return (
        np.trace(counts) / counts.sum(),
        np.mean([counts[i, i] / rows[i] for i in seen if rows[i]]),
        np.mean(list(iu.values())),
        sum(rows[i] * iu[i] for i in seen) / counts.sum(),
    )


def shares(labels, factor=2, classes=3):
    rows, columns = (side // factor for side in labels.shape)
    found = np.zeros((rows, columns, classes))
    for (row, column), label in np.ndenumerate(labels):
        found[row // factor, column // factor, label] += 1 / factor**2
    return found


def down(labels):
    height, width = labels.shape
    return larger(shares(padded(labels, 2)))[:height, :width]


def edges(labels):
    found = np.zeros(labels.shape, bool)
    for row, column in np.ndindex(labels.shape):
        near = labels[max(row - 1, 0), column], labels[row, max(column - 1, 0)]
        found[row, column] = any(label != labels[row, column] for label in near)
    return found


def spread(x, kernel, stride=1):
    """Return the transposed convolution: zeros between cells, then a convolution."""
    canvas = np.zeros([stride * (side - 1) + 1 for side in x.shape[:2]] + [x.shape[2]])
    canvas[::stride, ::stride] = x
    outputs, inputs = map(range, kernel.shape[2:])
    return np.stack(
        [
            sum(signal.convolve2d(canvas[..., c], kernel[:, :, o, c]) for c in inputs)
            for o in outputs
        ],
        -1,
    )


def cropped(x, kernel, factor=2):
    """Return what `spread` returns for kernels (K, L, C), one per channel, as "SAME" crops it."""
    planes = [spread(x[..., [c]], kernel[:, :, c, None, None], factor) for c in range(x.shape[2])]
    full = np.concatenate(planes, -1)
    top, start = (max(side - factor, 0) // 2 for side in kernel.shape[:2])
    return full[top : top + factor * x.shape[0], start : start + factor * x.shape[1]]


def normalized(picture, kernel):
    """Return what `spread` returns for a gray picture, with equal ends cut off, over its gain."""
    sums = phases(kernel)
    gain = sums.mean() if abs(sums.mean()) > 1e-9 * np.abs(sums).max() else 1
    full = spread(picture[..., None], kernel[..., None, None], 2)[..., 0] / gain
    top, start = (max(side - 2, 0) // 2 for side in kernel.shape)
    return full[top : len(full) - top, start : full.shape[1] - start]


def phases(kernel):
    sums = np.zeros((2, 2))
    for (row, column), weight in np.ndenumerate(kernel):
        sums[row % 2, column % 2] += weight
    return sums


def quotient(sums):
    """Return the largest value divided by the smallest, infinite if their signs differ."""
    sums = np.where(sums > 1e-8 * sums.max(), sums, 0)
    if not sums.any():
        return 1
    return sums.max() / sums.min() if sums.min() > 0 else np.inf


def backward(x, kernel, upstream):
    """Return the gradients of one output channel as correlations."""
    inputs = range(x.shape[2])
    of_kernel = [signal.correlate2d(upstream[..., 0], x[..., c], "valid") for c in inputs]
    of_x = [signal.correlate2d(upstream[..., 0], kernel[:, :, 0, c], "valid") for c in inputs]
    return np.stack(of_kernel, -1)[:, :, None], np.stack(of_x, -1)


def error(x, kernel, target):
    """Return the gradient of the mean squared error with respect to the output."""
    return 2 * (spread(x, kernel) - target) / target.size


def rate(x):
    """Return 2 divided by the largest curvature, from the singular values of the layer."""
    units = np.eye(4).reshape(4, 2, 2, 1, 1)
    outputs = np.stack([spread(x, unit).ravel() for unit in units])
    return outputs.shape[1] / np.linalg.norm(outputs, 2) ** 2


def triangles(samples, places):
    return samples[:, None] * np.maximum(
        1 - np.abs(np.subtract.outer(np.arange(len(samples)), places)), 0
    )


def curve(samples):
    return triangles(samples, np.arange(2 * len(samples) - 1) / 2).sum(0)


def heat(figure):
    return np.array(figure.data[0].z, float)


def largest_difference(a):
    difference = np.abs(a - other(a)).reshape(*a.shape[:2], -1).max(-1)
    return np.where(difference > 0, difference, np.nan)


def difference_of(figure):
    """Return the differences that a figure draws; NaN where it has a gap."""
    logarithms = [trace.z for trace in figure.data if trace.colorbar.tickvals]
    return 10 ** np.array(logarithms[0], float) if logarithms else None


_ZEROS = "grid-constant"

PICTURES = {
    "evaluate": lambda a, y: [(y[0], rounded(a) - images.MEAN_RGB)],
    "as_rgb8": lambda a, y: [(y, color(a))],
    "as_bytes": lambda a, y: [(y, in_range(a))],
    "subtract_mean": lambda a, y: [(y, np.rint(in_range(a)) - images.MEAN_RGB)],
    "pad_to_multiple": lambda a, y: [(y, padded(a, 3))],
    "cover": lambda a, y: [(y.shape, (3, 4, 3))],
    "is_dark": lambda a, y: [(y, rounded(a).max() <= 2)],
    "shrunk": lambda a, y: [(y, rounded(a) / 255)],
    "fit_long_side": lambda a, y: [(max(y.shape[:2]), min(2, max(a.shape[:2])))],
    "deeplab.preprocess": lambda a, y: [(y, np.rint(in_range(a)) / 127.5 - 1)],
    "efficientnet_lite.preprocess": lambda a, y: [(y, (np.rint(in_range(a)) - 127) / 128)],
    "selfie_segmentation.preprocess": lambda a, y: [(y, np.rint(in_range(a)) / 255)],
    "CellGrid.fit": lambda a, y: [(y[0], padded(rounded(a), 2)), (y[1].shape, (3, 3, 3))],
    "overlay": lambda a, y: [(y, color(a))],
    "encode_png": lambda a, y: [(pixels(y), a)],
    "encode_jpeg": lambda a, y: photograph(y, a),
    "image_figure": lambda a, y: [
        (pixels(y), np.rint(np.clip(a, 0, 1) * 255) if a.dtype.kind == "f" else a)
    ],
    "photograph_figure": lambda a, y: photograph(y, rounded(a)),
    "fields_figure": lambda a, y: photograph(y, rounded(a)),
    "cell_map_figure": lambda a, y: photograph(y, rounded(a)),
    "disagreement_figure": lambda a, y: photograph(y, 255 - FADED * (255 - rounded(a))),
    "agreement_figure": lambda a, y: photograph(y, 255 - FADED * (255 - rounded(a))),
}
SCORES = {
    "check_scores": lambda a, y: [(y, a)],
    "check_logits": lambda a, y: [(y, a)],
    "label_map": lambda a, y: [(y, a.argmax(-1))],
    "upsampled_argmax": lambda a, y: wins(y, larger(a)),
    "surviving_classes": lambda a, y: [(y, left(a))],
    "resized_argmax": lambda a, y: wins(
        y,
        between(
            a,
            *(
                ((np.arange(side) + 0.5) * (2 * n - 1) / side - 0.5) / 2
                for side, n in zip((3, 5), a.shape, strict=False)
            ),
        ),
    ),
    "probabilities": lambda a, y: [(y, special.softmax(a, -1))],
    "confidence_map": lambda a, y: [(y, special.softmax(larger(a), -1).max(-1))],
    "pixel_scores": lambda a, y: [(y, np.sort(special.softmax(larger(a)[1, 1]))[::-1][:3])],
    "enlarged_one_by_one": lambda a, y: wins(y, larger(a)),
    "compare_orders": lambda a, y: [
        (y[0], a.argmax(-1).repeat(2, 0).repeat(2, 1)),
        (y[1], y[0]),
        *wins(y[2], larger(a)),
        *wins(y[3], larger(special.softmax(a, -1))),
    ],
    "benchmark_argmax": lambda a, y: [(y, 0)],
    "remaining_between": lambda a, y: [(line(a, other(a)) - {*y.tolist()}, set())],
    "winners_between": lambda a, y: [(line(a, other(a)) - {*y}, set()), (len({*y}), len(y))],
    "resized_label_maps": lambda a, y: [
        *wins(y[0], aligned(a)),
        (y[1], a.argmax(-1)[np.ix_(*((np.arange(8 * n - 7) + 4) // 8 for n in a.shape[:2]))]),
    ],
    "voc_label_maps": lambda a, y: [
        *wins(y[0], aligned(a)),
        *wins(y[2], larger(a, _ZEROS, 8)[: len(y[0]), : y[0].shape[1]]),
    ],
    "between_cells_figure": lambda a, y: [(y.data[1].y, [a[0], other(a)[0]])],
    "border_xray": lambda a, y: [
        *wins(y.labels_edge, larger(a)),
        (y.confidence_zero, special.softmax(larger(a, _ZEROS), -1).max(-1)),
        (y.confidence_edge, special.softmax(larger(a), -1).max(-1)),
        (y.gain, larger(np.ones(a.shape[:2]), _ZEROS)),
    ],
    "people_masks": lambda a, y: [
        (y[0], special.expit(np.einsum("hwc,pqc->hpwq", a, weights(2, 2, 3)).reshape(y[0].shape))),
        (y[1], special.expit((a @ weights(2, 2, 3).mean((0, 1))).repeat(2, 0).repeat(2, 1))),
        (y[2], special.expit(larger(a @ weights(2, 2, 3).mean((0, 1))))),
    ],
}
LABELS = {
    "confusion_matrix": lambda a, y: [(y, counted(a, predicted(a)))],
    "confusion_matrix without void": lambda a, y: [(y, counted(a, predicted(a), void=2))],
    "measure": lambda a, y: [
        ((y.pixel_accuracy, y.mean_accuracy, y.mean_iu, y.frequency_weighted_iu), metrics(a))
    ],
    "cell_shares": lambda a, y: [(y, shares(a))],
    "paint": lambda a, y: [(y, PALETTE[a])],
    "encode_labels": lambda a, y: [(pixels(y), a)],
    "down_and_up": lambda a, y: wins(y, down(a)),
    "confusions": lambda a, y: [(y.sum(1), [np.sum(a == i) for i in range(3)])],
    "compare_heads of labels": lambda a, y: [(y[1].pixel_accuracy, np.mean(y[0] == a))],
    "between_classes": lambda a, y: [(y, (aligned(a[..., None] == np.unique(a)) > 0).sum(-1) > 1)],
    "changed": lambda a, y: [(y["second"], np.mean(a != other(a)))],
    "outlines": lambda a, y: [(y, edges(a))],
    "survivors_figure": lambda a, y: [
        (pixels(y), np.where(edges(a)[..., None], *colors.from_hex([OUTLINE, SHADES[0]])))
    ],
    "scene_figure": lambda a, y: [(pixels(y), scenes.COLORS[a])],
    "discrete_matshow with names": lambda a, y: [(pixels(y), PALETTE[a])],
}
OTHERS = {
    "difference_figure": lambda a, y: (
        [(difference_of(y), largest_difference(a))] * int((a != other(a)).any())
    ),
    "kernel_heatmap_figure": lambda a, y: [(heat(y), a)],
    "cells_figure": lambda a, y: [(heat(y), a)],
    "mask_figure": lambda a, y: [
        (pixels(y), colors.from_hex([theme.FAINT, theme.DIFFERENCE])[(a != 0) * 1])
    ],
    "resize_separable": lambda a, y: [(y, larger(a))],
    "upsample_tf": lambda a, y: [(y, larger(a, _ZEROS))],
    "upsample_tf of a kernel": lambda a, y: [
        (y, cropped(np.ones((2, 2, 1)), a[..., None])[..., 0])
    ],
    "upsample_tf_dense": lambda a, y: [(y, larger(a, _ZEROS))],
    "upsample_skimage": lambda a, y: [(y, larger(a, _ZEROS))],
    "run_check": lambda a, y: [(y, larger(a, _ZEROS))],
    "run_check with edges": lambda a, y: [(y, larger(a))],
    "compare": lambda a, y: [(y.max_difference, np.abs(a - weights(*a.shape)).max())],
    "apply_normalized": lambda a, y: [(y, a.repeat(2, 0).repeat(2, 1))],
    "apply_normalized of a kernel": lambda a, y: [(y, normalized(np.ones((2, 2)), a))],
    "enlarged": lambda a, y: [(y, cropped(a, weights(3, 3, a.shape[2])))],
    "enlarged of a kernel": lambda a, y: [(y, cropped(a, a, 1))],
    "scaled_kernels": lambda a, y: [(y, triangles(a, [0.5]))],
    "convolve_comb": lambda a, y: [(y, curve(a))],
    "reading_difference": lambda a, y: [(y / max(1, np.abs(a).max()), 0)],
    "placed_figure": lambda a, y: [(y.data[2].y, curve(a))],
    "spikes_figure": lambda a, y: [(y.data[3].y, curve(a))],
    "dense": lambda a, y: [(y, np.resize(a, (a.size, 2)).T @ a.ravel())],
    "dense of weights": lambda a, y: [(y, a.T @ [1, 4, 7])],
    "as_kernel": lambda a, y: [(y[0, :, 0], a)],
    "valid_convolution": lambda a, y: [(y, a @ np.resize(a, (a.shape[2], 2)))],
    "valid_convolution of a kernel": lambda a, y: [
        (y[..., d], signal.correlate(weights(4, 4, 2), a[..., d], "valid")[..., 0])
        for d in range(a.shape[3])
    ],
    "convolution_matrix": lambda a, y: [
        (y @ weights(25), signal.correlate2d(weights(5, 5), a, "valid").ravel())
    ],
    "insert_zeros": lambda a, y: [(y[::2, ::2], a), (np.count_nonzero(y), np.count_nonzero(a))],
    "transposed_shape": lambda a, y: [(y, (len(a) + 1, a.shape[1] + 1))],
    "transposed_convolution": lambda a, y: [(y, spread(a, kernel_for(a)))],
    "transposed_convolution of a kernel": lambda a, y: [(y, spread(weights(2, 2, 3), a))],
    "gather": lambda a, y: [(y, spread(a, kernel_for(a), 2))],
    "transposed_convolution_tf": lambda a, y: [(y, spread(a, kernel_for(a)))],
    "gradients": lambda a, y: [*zip(y, backward(a, kernel_for(a), weights(3, 4, 1)), strict=True)],
    "gradients_tf": lambda a, y: [
        *zip(
            y,
            backward(a, kernel_for(a), error(a, kernel_for(a), weights(3, 4, 1))),
            strict=True,
        )
    ],
    "polyphase_sums": lambda a, y: [(y, phases(a))],
    "ripple": lambda a, y: [(y, quotient(phases(a)))] * int(a.min() >= 0),
    "taps": lambda a, y: [
        (sum(tap.weights for tap in y), cropped(np.ones((2, 2, a.shape[2])), a)[0, 0])
    ],
    "step": lambda a, y: [
        (
            y,
            kernel_for(a)
            - 0.1 * backward(a, kernel_for(a), error(a, kernel_for(a), weights(3, 4, 1)))[0],
        )
    ],
    "step of a target": lambda a, y: [(y, [[[[1 - 0.2 * np.mean(1 - a)]]]])],
    "train": lambda a, y: [(y[0], np.mean((a.sum(-1) - weights(2, 2, 2)) ** 2))],
    "gradient_terms": lambda a, y: [
        (y, [(a[at], weights(4, 4)[at]) for at in np.ndindex(a.shape) if a[at]])
    ],
    "largest_rate": lambda a, y: [(y, rate(a))],
    "kernel_grid_figure": lambda a, y: [
        (heat(y), np.block([[a[:, :, d, c] for c in range(a.shape[3])] for d in range(a.shape[2])]))
    ],
    "learning_kernel_figure": lambda a, y: [(heat(y), a)],
    "losses_figure": lambda a, y: [(y.data[0].y, np.maximum(a, 1e-32))],
    "lost_figure": lambda a, y: [(heat(y), a)],
    "channels_figure": lambda a, y: [(trace.y, a) for trace in y.data],
    "profile_figure": lambda a, y: [(trace.y, a) for trace in y.data],
    "window_figure": lambda a, y: [(heat(y).ravel()[:2], a.ravel()[:2])],
}
EXPECTED = PICTURES | SCORES | LABELS | OTHERS
EXPECTED["copy_figure"] = EXPECTED["image_figure"]
