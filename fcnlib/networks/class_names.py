"""Names of the 1000 classes of ImageNet.

They stand in ``data/imagenet_classes.tsv`` in the checkpoint's order, which is the order of
their WordNet ids; ``data/SOURCES.md`` says where they come from.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class ClassName:
    """One class of ImageNet.

    Attributes
    ----------
    index : int
        Channel of fc8, 0 to 999.
    wordnet_id : str
        Such as ``"n04146614"``.
    name : str
        The first of its names, made unique by the id where two classes share it.
    synonyms : tuple of str
        All names in WordNet's synset.

    """

    index: int
    wordnet_id: str
    name: str
    synonyms: tuple[str, ...]


@cache
def imagenet_classes() -> tuple[ClassName, ...]:
    """Return the 1000 classes in the checkpoint's order.

    Returns
    -------
    classes : tuple of ClassName
        Entry i belongs to channel i of fc8; there is no background class.

    Examples
    --------
    >>> imagenet_classes()[779]
    ClassName(index=779, wordnet_id='n04146614', name='school bus', synonyms=('school bus',))

    """
    table = resources.files("fcnlib").joinpath("data/imagenet_classes.tsv")
    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()[1:]]
    synonyms = [tuple(names.split(", ")) for _, _, names in rows]
    repeated = Counter(names[0] for names in synonyms)
    return tuple(
        ClassName(
            int(index),
            wordnet_id,
            f"{names[0]} ({wordnet_id})" if repeated[names[0]] > 1 else names[0],
            names,
        )
        for (index, wordnet_id, _), names in zip(rows, synonyms, strict=True)
    )


def imagenet_names() -> tuple[str, ...]:
    """Return one unique name per class in the checkpoint's order."""
    return tuple(entry.name for entry in imagenet_classes())
