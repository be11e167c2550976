"""Names of the 1000 classes of ImageNet.

``data/imagenet_classes.tsv`` lists them in the order of the checkpoint, which is the order of
their WordNet ids. ``data/SOURCES.md`` states their source.
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
        The first of its synonyms. If another class has it too, in whatever case, it is the first
        synonym that is no first synonym of another class, or else the first one with the id.
        All 1000 names are distinct without regard to case.
    synonyms : tuple of str
        All names in WordNet's synset.

    """

    index: int
    wordnet_id: str
    name: str
    synonyms: tuple[str, ...]


@cache
def imagenet_classes() -> tuple[ClassName, ...]:
    """Return the 1000 classes in the order of the checkpoint.

    Returns
    -------
    classes : tuple of ClassName
        Entry i belongs to channel i of fc8. There is no background class.

    Examples
    --------
    >>> imagenet_classes()[779]
    ClassName(index=779, wordnet_id='n04146614', name='school bus', synonyms=('school bus',))

    """
    table = resources.files("fcnlib").joinpath("data/imagenet_classes.tsv")
    rows = [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()[1:]]
    classes = [(int(index), key, tuple(names.split(", "))) for index, key, names in rows]
    first = Counter(names[0].casefold() for _, _, names in classes)

    def name(key: str, names: tuple[str, ...]) -> str:
        if first[names[0].casefold()] == 1:
            return names[0]
        return next((n for n in names if not first[n.casefold()]), f"{names[0]} ({key})")

    return tuple(ClassName(index, key, name(key, names), names) for index, key, names in classes)


def imagenet_names() -> tuple[str, ...]:
    """Return one unique name per class in the order of the checkpoint."""
    return tuple(entry.name for entry in imagenet_classes())
