"""How well a network segments labeled pictures, and a remark if it has learned nothing."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from fcnlib.class_map import label_map
from fcnlib.class_map.metrics import Confusion, Metrics, confusion_matrix
from fcnlib.datasets.augmentation import resized_labels
from fcnlib.datasets.pairs import VOID, Pair, PairReader
from fcnlib.images.preprocessing import fit_long_side
from fcnlib.networks import Network
from fcnlib.typing import ByteArray, Report, RGBImage, silent

ALMOST_ALL = 0.995
"""Share of the pixels with one predicted class, from which on the others count as ignored."""


def predictor(network: Network) -> Callable[[RGBImage], ByteArray]:
    """Return the function with which a network labels a picture (H, W, 3) of any size."""

    def predict(picture: RGBImage) -> ByteArray:
        logits = network.scores(network.grid.fit(picture)).logits
        return label_map(logits)[: picture.shape[0], : picture.shape[1]].astype(np.uint8)

    return predict


def evaluate(
    predict: Callable[[RGBImage], ByteArray],
    pairs: Sequence[Pair],
    num_classes: int,
    long_side: int,
    *,
    read: PairReader,
    report: Report = silent,
) -> Confusion:
    """Compare predictions with the labels of all pictures.

    Parameters
    ----------
    predict : callable
        Returns the labels (H, W) of a picture (H, W, 3).
    pairs : sequence of Pair
        Pictures with labels.
    num_classes : int
        Number of classes C.
    long_side : int
        Pictures are scaled down to it, and their predictions up to the size of the labels again.
    read : PairReader
        Reads them. A damaged picture is left out.
    report : callable, optional
        Called with (fraction, text) after each picture.

    Returns
    -------
    confusion : ndarray of int64, shape (C, C)
        Rows are true classes; void pixels are not counted.

    """
    total = np.zeros((num_classes, num_classes), np.int64)
    for done, pair in enumerate(pairs, 1):
        if found := read(pair):
            picture, labels = found
            prediction = resized_labels(predict(fit_long_side(picture, long_side)), labels.shape)
            total += confusion_matrix(labels, prediction, num_classes, ignore_label=VOID)
        report(done / len(pairs), f"Evaluating picture {done} of {len(pairs)}")
    return total


def collapsed(confusion: Confusion) -> int | None:
    """Return the class predicted for almost all pixels although others occur, or None.

    Examples
    --------
    >>> collapsed(np.array([[900, 0], [100, 0]])), collapsed(np.array([[900, 0], [50, 50]]))
    (0, None)

    """
    predicted = confusion.sum(0) / max(1, confusion.sum())
    leader = int(predicted.argmax())
    occurring = np.count_nonzero(confusion.sum(1))
    return leader if predicted[leader] >= ALMOST_ALL and occurring > 1 else None


def figures(metrics: Metrics, classes: Sequence[str]) -> dict[str, Any]:
    """Return the four metrics and the IU of each class by name, for JSON, with None for NaN."""
    return {
        "pixel_accuracy": metrics.pixel_accuracy,
        "mean_accuracy": metrics.mean_accuracy,
        "mean_iu": metrics.mean_iu,
        "frequency_weighted_iu": metrics.frequency_weighted_iu,
        "iu": {
            name: None if np.isnan(iu) else float(iu)
            for name, iu in zip(classes, metrics.iu, strict=True)
        },
    }


def as_csv(confusion: Confusion, classes: Sequence[str]) -> str:
    """Return a confusion matrix as a table: a row per true class, a column per predicted one."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["true class", *classes])
    writer.writerows([name, *row] for name, row in zip(classes, confusion.tolist(), strict=True))
    return text.getvalue()


def confusion_picture(confusion: Confusion, classes: Sequence[str]) -> RGBImage:
    """Draw a confusion matrix: which percentage of each true class is predicted as each class.

    Parameters
    ----------
    confusion : ndarray of shape (C, C)
        Rows are true classes, columns predicted ones.
    classes : sequence of str
        Their names.

    Returns
    -------
    picture : ndarray of shape (H, W, 3), uint8
        A row per true class, with its name in front, and a column per predicted one, with its
        number above. The darker a cell is, the larger is its percentage.

    """
    rows = confusion / np.maximum(confusion.sum(1, keepdims=True), 1)
    cell, margin = 40, 150  # px
    side = margin + cell * len(classes)
    image = Image.new("RGB", (side, side - margin + cell), "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(13)
    for row, name in enumerate(classes):
        top = cell * (row + 1)
        pen.text((4, top + 13), f"{row} {name}"[:20], "black", font)
        pen.text((margin + cell * row + 13, 13), str(row), "black", font)
        for col, share in enumerate(rows[row].tolist()):
            left = margin + cell * col
            # From white to the dark blue of the percentage 100.
            shade = tuple(round(255 - share * (255 - end)) for end in (34, 95, 144))
            pen.rectangle((left, top, left + cell - 2, top + cell - 2), shade)
            text = "white" if share > 0.5 else "black"
            pen.text((left + 8, top + 13), f"{100 * share:.0f}", text, font)
    return np.asarray(image)
