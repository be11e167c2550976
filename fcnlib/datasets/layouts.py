"""Which files of a folder are pairs, and in which split: the layouts of labeled pictures."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeVar

from fcnlib.datasets.class_lists import ClassList, find_class_list, read_text
from fcnlib.datasets.labelme import labelme_pairs
from fcnlib.datasets.pairs import Files, Pair
from fcnlib.errors import DatasetError
from fcnlib.paths import shown, why

T = TypeVar("T", Files, Pair)

PICTURE_SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"}
SPLITS = {
    "train": ("train", "training", "train2017"),
    "val": ("val", "valid", "validation", "val2017"),
    "test": ("test", "testing"),
}
PICTURE_FOLDERS = ("images", "image", "imgs", "img", "pictures", "photos", "JPEGImages")
LABEL_FOLDERS = (
    "labels", "label", "masks", "mask", "annotations", "gt", "SegmentationClassPNG",
    "SegmentationClass",
)  # fmt: skip
LABEL_ENDINGS = ("", "_mask", "_label", "_labels", "_labelTrainIds", "_seg", "_gt", "_L")
"""What may follow the name of a picture in the name of its labels."""

HELD_OUT = 51  # of 256 pairs without a split, a fifth, are for validation
_MAX_SPLIT = 1 << 24  # bytes of a list of names


@dataclass(frozen=True)
class Layout:
    """The pairs of a folder, before any picture is read.

    Attributes
    ----------
    kind : {"voc", "segnet", "folders", "labelme"}
    splits : mapping of str to list of Files
        "train", "val", and "test" if there is one.
    listed : ClassList or None
        Names that a file in the folder gives to the numbers.
    chosen : bool
        Whether the split was chosen here, by a hash of the names.

    """

    kind: str
    splits: Mapping[str, list[Files]]
    listed: ClassList | None
    chosen: bool = False


def find_layout(folder: Path) -> Layout:
    """Return the pairs of a folder.

    Raises
    ------
    DatasetError
        ``no_folder``, ``unknown_layout``, ``missing_file``, ``same_name``, ``empty`` or
        ``unreadable``.

    """
    if not folder.is_dir():
        msg = f"The folder {shown(folder)} does not exist. Correct its path."
        raise DatasetError("no_folder", msg)
    for root in (folder, folder / "VOC2012", folder / "VOCdevkit" / "VOC2012"):
        for find in (_voc, _segnet, _split_folders, _plain_folders, _labelme):
            if (found := find(root)) is not None:
                kind, splits = found
                return _complete(folder, root, kind, splits)
    msg = (
        f"{shown(folder)} has none of the known layouts. The simplest one is a folder 'images' "
        "with pictures and a folder 'labels' with PNG files of the same names."
    )
    raise DatasetError("unknown_layout", msg)


Splits = dict[str, list[Files]]


def _complete(folder: Path, root: Path, kind: str, splits: Splits) -> Layout:
    splits = {split: files for split, files in splits.items() if files}
    if not splits:
        msg = f"{shown(folder)} has no pair of a picture and its labels. Add pictures and labels."
        raise DatasetError("empty", msg)
    chosen = "val" not in splits or "train" not in splits
    splits = with_validation(splits)
    return Layout(kind, splits, find_class_list((root, folder)), chosen)


def with_validation(splits: Mapping[str, list[T]]) -> dict[str, list[T]]:
    """Return the splits, with a part chosen for validation if they have none."""
    splits = dict(splits)
    if "val" not in splits or "train" not in splits:
        pool = [entry for split in SPLITS if split != "test" for entry in splits.get(split, [])]
        splits["train"], splits["val"] = _divide(pool)
    return {split: splits[split] for split in SPLITS if split in splits}


def _divide(pool: list[T]) -> tuple[list[T], list[T]]:
    """Hold out a fifth by a hash of the name, so that new pictures move no other picture."""
    ranked = sorted(
        (hashlib.sha256(os.fsencode(files.name)).digest(), files.name) for files in pool
    )
    first = sum(digest[0] < HELD_OUT for digest, _ in ranked)
    # Both parts of a small set have at least one pair.
    first = min(max(first, 1), max(len(ranked) - 1, 0))
    held_out = {name for _, name in ranked[:first]}
    train = [files for files in pool if files.name not in held_out]
    return train, [files for files in pool if files.name in held_out]


class Folder(NamedTuple):
    """A folder, and its picture files by their names without the ending."""

    path: Path
    files: Mapping[str, Path]


def _labelme(root: Path) -> tuple[str, Splits] | None:
    pairs = labelme_pairs(root)
    return ("labelme", {"train": pairs}) if pairs else None


def _voc(root: Path) -> tuple[str, Splits] | None:
    labels = root / "SegmentationClass"
    if not any(labels.glob("*.png")) and (root / "SegmentationClassPNG").is_dir():
        labels = root / "SegmentationClassPNG"  # where labelme writes the PNG files
    if not ((root / "JPEGImages").is_dir() and labels.is_dir()):
        return None
    both = picture_files(root / "JPEGImages"), picture_files(labels)
    lists = _lists(root / "ImageSets" / "Segmentation") or _lists(root)
    # Most pictures of PASCAL VOC have no labels, so without a list the labels decide.
    return "voc", _listed_pairs(lists or {"train": sorted(both[1].files)}, *both)


def _segnet(root: Path) -> tuple[str, Splits] | None:
    splits = {}
    for split, names in SPLITS.items():
        for name in names:
            if (root / name).is_dir() and (root / f"{name}annot").is_dir():
                splits[split] = _all_pairs(root / name, root / f"{name}annot", f"{split}/")
    return ("segnet", splits) if splits else None


def _split_folders(root: Path) -> tuple[str, Splits] | None:
    splits = {}
    for split, names in SPLITS.items():
        for name in names:
            within = _two_folders(root / name)  # train/images, train/labels
            if within is None and (both := _two_folders(root)):
                within = both[0] / name, both[1] / name  # images/train, labels/train
            if within and within[0].is_dir() and within[1].is_dir():
                splits[split] = _all_pairs(*within, f"{split}/")
    return ("folders", splits) if splits else None


def _plain_folders(root: Path) -> tuple[str, Splits] | None:
    both = _two_folders(root)
    if both is None:
        return None
    if lists := _lists(root):
        return "folders", _listed_pairs(lists, picture_files(both[0]), picture_files(both[1]))
    return "folders", {"train": _all_pairs(*both, "")}


def _two_folders(root: Path) -> tuple[Path, Path] | None:
    """Return the folders of pictures and of labels in a folder, if both are there."""
    if not root.is_dir():
        return None
    there = {path.name.lower(): path for path in _entries(root)}
    pictures = [there[name.lower()] for name in PICTURE_FOLDERS if name.lower() in there]
    labels = [there[name.lower()] for name in LABEL_FOLDERS if name.lower() in there]
    return (pictures[0], labels[0]) if pictures and labels else None


def _lists(folder: Path) -> dict[str, list[str]]:
    """Return the names in the lists of a folder such as ``train.txt``, by split."""
    lists = {}
    for split in SPLITS:
        path = folder / f"{split}.txt"
        if path.is_file():
            words = [line.split() for line in read_text(path, _MAX_SPLIT).splitlines()]
            # Some lists hold the paths of the picture and its labels.
            names = [word[0] for word in words if word]
            lists[split] = [Path(name).stem if "/" in name else name for name in names]
    return lists


def _listed_pairs(lists: Mapping[str, list[str]], pictures: Folder, labels: Folder) -> Splits:
    return {
        split: [pair_of(name, name, pictures, labels, split) for name in names]
        for split, names in lists.items()
    }


def _all_pairs(picture_folder: Path, label_folder: Path, prefix: str) -> list[Files]:
    """Return the pairs of two folders; each picture needs labels, and the other way round."""
    pictures, labels = picture_files(picture_folder), picture_files(label_folder)
    pairs = [pair_of(prefix + stem, stem, pictures, labels) for stem in sorted(pictures.files)]
    used = {files.labels for files in pairs}
    if extra := next((path for path in labels.files.values() if path not in used), None):
        msg = (
            f"{shown(extra)} has no picture of the same name in {shown(picture_folder)}. Add the "
            "picture, or move the labels away."
        )
        raise DatasetError("missing_file", msg)
    return pairs


def pair_of(name: str, stem: str, pictures: Folder, labels: Folder, split: str = "") -> Files:
    """Return the files of a pair, or raise `DatasetError` if one is missing."""
    names = [stem + ending for ending in LABEL_ENDINGS if stem + ending in labels.files]
    if stem in pictures.files and names:
        return Files(name, pictures.files[stem], labels.files[names[0]])
    what, folder = ("labels", labels) if stem in pictures.files else ("picture", pictures)
    where = f", which {split}.txt names," if split else ""
    msg = (
        f"{shown(stem)}{where} has no {what} in {shown(folder.path)}. Add the missing file, or "
        "remove what names it."
    )
    raise DatasetError("missing_file", msg)


def picture_files(path: Path) -> Folder:
    """Return a folder with its picture files by their names without the ending."""
    files: dict[str, Path] = {}
    for entry in sorted(_entries(path)):
        if entry.suffix.lower() in PICTURE_SUFFIXES and not entry.name.startswith("."):
            if entry.stem in files:
                msg = (
                    f"{shown(files[entry.stem])} and {shown(entry)} differ in their endings only. "
                    "Rename or remove one of them."
                )
                raise DatasetError("same_name", msg)
            files[entry.stem] = entry
    return Folder(path, files)


def _entries(folder: Path) -> Iterator[Path]:
    try:
        yield from folder.iterdir()
    except OSError as error:
        msg = f"The folder {shown(folder)} cannot be read: {why(error)}. Check its permissions."
        raise DatasetError("unreadable", msg) from error
