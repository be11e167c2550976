"""Write ``fcnlib/data/imagenet_groups.tsv``: a group and, where one fits, a VOC class per class.

Both follow from WordNet 3.0: a class belongs to the first entry of `GROUPS` (and of `VOC`) that
is among the hypernyms of its synset. ImageNet's ids are offsets into WordNet's ``data.noun``,
which Debian ships in the package ``wordnet-base``::

    python tools/group_imagenet_classes.py /usr/share/wordnet/data.noun

"""

import sys
from collections.abc import Iterator
from pathlib import Path

from fcnlib.networks.class_names import imagenet_classes

TABLE = Path(__file__).parents[1] / "fcnlib" / "data" / "imagenet_groups.tsv"

# In this order: the first that is a hypernym decides.
GROUPS = {
    "person": ["n00007846"],
    "dog": ["n02084071"],
    "cat": ["n02120997"],  # feline: lions and lynxes too
    "bird": ["n01503061"],
    "fish": ["n02512053"],
    "reptile or amphibian": ["n01661091", "n01627424"],
    "insect, spider, shell, ...": ["n01905661"],
    "other mammal": ["n01861778"],
    "other animal": ["n00015388"],
    "food": ["n00021265", "n07555863"],
    "plant or fungus": ["n00017222", "n12992868", "n13134947"],
    "vehicle": ["n04524313", "n03100490"],
    "clothing or cover": ["n03051540", "n03380867", "n03502509", "n03122748", "n02728440"],
    "furniture": ["n03405265", "n03405725"],
    "musical instrument": ["n03800933"],
    "container": ["n03094503"],
    "structure": ["n04341686"],
    "device or tool": ["n03183080", "n03563967", "n03575240", "n03528263"],
    "landscape": ["n09287968"],
}
OTHER = "other"

VOC = {
    "aeroplane": ["n02691156"],
    "bicycle": ["n02834778"],
    "bird": ["n01503061"],
    "boat": ["n04530566"],
    "bottle": ["n02876657"],
    "bus": ["n02924116"],
    "car": ["n02958343"],
    "cat": ["n02121808"],
    "chair": ["n03001627"],
    "cow": ["n02402425"],
    "diningtable": ["n03201208"],
    "dog": ["n02084071"],
    "horse": ["n02374451"],
    "motorbike": ["n03790512", "n03791053"],
    "person": ["n00007846"],
    "pottedplant": ["n03991062"],
    "sheep": ["n02411705"],
    "sofa": ["n04256520"],
    "train": ["n04468005", "n03684823"],
    "tvmonitor": ["n04404412", "n03782006"],
}


def hypernyms(data: Path) -> dict[str, list[str]]:
    """Return the direct hypernyms of every noun synset, by the form of id that ImageNet uses."""
    parents = {}
    for line in data.read_text(encoding="utf-8").splitlines():
        if line.startswith("  "):  # the licence
            continue
        fields = line.partition(" | ")[0].split()
        words = int(fields[3], 16)
        pointers = fields[5 + 2 * words :]
        parents["n" + fields[0]] = [
            "n" + offset
            for kind, offset in zip(pointers[::4], pointers[1::4], strict=True)
            if kind in ("@", "@i")
        ]
    return parents


def closure(synset: str, parents: dict[str, list[str]]) -> Iterator[str]:
    """Yield a synset and everything above it."""
    yield synset
    for parent in parents[synset]:
        yield from closure(parent, parents)


def first(table: dict[str, list[str]], above: set[str], otherwise: str) -> str:
    """Return the first name in `table` with a synset among `above`."""
    return next((name for name, synsets in table.items() if above & set(synsets)), otherwise)


def main() -> None:
    """Read WordNet and write the table."""
    parents = hypernyms(Path(sys.argv[1]))
    lines = ["index\tgroup\tvoc"]
    for entry in imagenet_classes():
        above = set(closure(entry.wordnet_id, parents))
        lines.append(f"{entry.index}\t{first(GROUPS, above, OTHER)}\t{first(VOC, above, '')}")
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
