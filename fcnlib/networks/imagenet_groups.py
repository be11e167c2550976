"""Groups of ImageNet's 1000 classes, and the PASCAL VOC class that some of them correspond to.

The 19 groups are in the table ``data/imagenet_groups.tsv``. ``tools/group_imagenet_classes.py``
writes it, using the hypernyms (broader terms) of WordNet.
"""

from functools import cache
from importlib import resources

import numpy as np

from fcnlib.typing import IndexArray


@cache
def _table() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the group and the VOC class of every class, the latter empty where none fits."""
    text = resources.files("fcnlib").joinpath("data/imagenet_groups.tsv").read_text("utf-8")
    _, groups, voc = zip(*(line.split("\t") for line in text.splitlines()[1:]), strict=True)
    return groups, voc


def group_names() -> tuple[str, ...]:
    """Return the names of the groups, those with most classes first.

    Examples
    --------
    >>> group_names()[:3]
    ('device or tool', 'dog', 'clothing or cover')

    """
    groups, _ = _table()
    return tuple(sorted(dict.fromkeys(groups), key=groups.count, reverse=True))


def group_indices() -> IndexArray:
    """Return the index into `group_names` of each of the 1000 classes, shape (1000,).

    Examples
    --------
    >>> group_names()[group_indices()[285]]  # Egyptian cat
    'cat'

    """
    names = group_names()
    return np.array([names.index(group) for group in _table()[0]])


def voc_classes() -> tuple[str, ...]:
    """Return the VOC class of each of the 1000 classes, ``""`` where none corresponds.

    Examples
    --------
    >>> voc_classes()[779], voc_classes()[967]  # school bus, espresso
    ('bus', '')

    """
    return _table()[1]
