"""Agreement of two networks with different classes on a picture."""

from typing import NamedTuple

import numpy as np

from fcnlib.networks.class_names import imagenet_names
from fcnlib.networks.imagenet_groups import voc_classes
from fcnlib.segmentation.pipeline import Segmentation
from fcnlib.typing import ByteArray, IndexArray

UNMATCHED, SAME, DIFFERENT = range(3)
"""Values of an agreement map."""


class Agreement(NamedTuple):
    """Shares of a picture's pixels; they add up to 1.

    Attributes
    ----------
    same : float
        Both networks give the same class.
    different : float
        They give different classes, each of which the other network has too.
    unmatched : float
        At least one gives a class that the other network does not have.

    """

    same: float
    different: float
    unmatched: float


def agreement(first: Segmentation, second: Segmentation) -> Agreement:
    """Return the shares of pixels at which two results agree, disagree and cannot be compared.

    Parameters, classes and errors are those of `agreement_map`.
    """
    compared = agreement_map(first, second)
    shares = [float((compared == value).mean()) for value in (SAME, DIFFERENT, UNMATCHED)]
    return Agreement(*shares)


def agreement_map(first: Segmentation, second: Segmentation) -> ByteArray:
    """Compare the classes of every pixel in two label maps of one picture.

    Classes of ImageNet count as the VOC class that they correspond to by WordNet: "Egyptian
    cat" is "cat". Classes without one, such as "espresso", are unmatched with a network of
    other classes.

    Parameters
    ----------
    first, second : Segmentation
        With label maps of equal shape.

    Returns
    -------
    compared : ndarray of shape (H, W), uint8
        `SAME`, `DIFFERENT` or, where a network gives a class that the other one does not have,
        `UNMATCHED`.

    Raises
    ------
    ValueError
        If the label maps differ in shape.

    """
    if first.label_map.shape != second.label_map.shape:
        shapes = f"{first.label_map.shape} and {second.label_map.shape}"
        msg = f"label maps must have one shape, got {shapes}"
        raise ValueError(msg)
    ours, theirs = first.class_names, second.class_names
    if ours != theirs:
        ours, theirs = _common_names(ours), _common_names(theirs)
    common = sorted((set(ours) & set(theirs)) - {""})
    one, other = _indices(ours, common)[first.label_map], _indices(theirs, common)[second.label_map]
    compared = np.where(one == other, SAME, DIFFERENT).astype(np.uint8)
    compared[(one < 0) | (other < 0)] = UNMATCHED
    return compared


def _common_names(class_names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the VOC class of every class, or its own name in other networks."""
    return voc_classes() if class_names == imagenet_names() else class_names


def _indices(names: tuple[str, ...], common: list[str]) -> IndexArray:
    """Return the index in `common` of each name, -1 where it is not among them."""
    return np.array([common.index(name) if name in common else -1 for name in names])
