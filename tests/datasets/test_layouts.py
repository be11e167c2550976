"""Which files of a folder are pairs, in each of the layouts."""

import numpy as np
import pytest
from support.datasets import LABELS, picture, refused, write, write_pairs, write_palette_png

from fcnlib.datasets import VOID, open_dataset
from fcnlib.networks.deeplab import voc_palette


def names(dataset):
    return {split: [pair.name for pair in pairs] for split, pairs in dataset.splits.items()}


def write_voc(folder, splits):
    lists = folder / "ImageSets" / "Segmentation"
    lists.mkdir(parents=True)
    for split, listed in splits.items():
        (lists / f"{split}.txt").write_text("\n".join(listed) + "\n")
        for seed, name in enumerate(listed):
            write(folder / "JPEGImages" / f"{name}.png", picture(seed))
            write_palette_png(folder / "SegmentationClass" / f"{name}.png", LABELS)


@pytest.mark.parametrize("inner", [".", "VOC2012", "VOCdevkit/VOC2012"])
def test_a_folder_in_the_layout_of_pascal_voc(tmp_path, inner):
    folder = tmp_path / inner
    write_voc(folder, {"train": "ab", "val": "c", "test": "d"})
    (folder / "classes.txt").write_text("ground\nwall\nroof\n")
    labels = LABELS.copy()
    labels[0] = VOID
    write_palette_png(folder / "SegmentationClass" / "c.png", labels)
    # As most pictures of PASCAL VOC, it has no labels.
    write(folder / "JPEGImages" / "e.png", picture())
    dataset = open_dataset(tmp_path)
    assert dataset.classes == ("ground", "wall", "roof")
    assert dataset.palette.tolist() == voc_palette(3).tolist()
    assert names(dataset) == {"train": ["a", "b"], "val": ["c"], "test": ["d"]}
    image, read = dataset.splits["val"][0].read()
    assert image.dtype == read.dtype == np.uint8
    np.testing.assert_array_equal(image, picture(0))
    np.testing.assert_array_equal(read, labels)


def test_a_list_that_names_a_missing_picture(tmp_path):
    write_voc(tmp_path, {"train": "ab", "val": "c"})
    (tmp_path / "JPEGImages" / "c.png").unlink()
    refused(tmp_path, "missing_file", "'c'", "val.txt", "picture")


def test_the_layout_of_segnet_has_the_classes_of_camvid(tmp_path):
    labels = np.arange(12, dtype=np.uint8).repeat(40)[None].repeat(360, 0)
    for split in ("train", "val", "test"):
        write(tmp_path / split / "0001TP.png", picture(0, labels.shape))
        write(tmp_path / f"{split}annot" / "0001TP.png", labels)
    dataset = open_dataset(tmp_path)
    assert names(dataset) == {split: [f"{split}/0001TP"] for split in ("train", "val", "test")}
    assert len(dataset.classes) == len(dataset.palette) == 11
    assert dataset.classes[3] == "road"
    read = dataset.splits["test"][0].read()[1]
    assert read[0, ::40].tolist() == [*range(11), VOID]


def test_the_layout_of_segnet_with_other_classes(tmp_path):
    for split in ("train", "val"):
        write(tmp_path / split / "a.png", picture())
        write(tmp_path / f"{split}annot" / "a.png", LABELS)
    assert open_dataset(tmp_path).classes == ("class 0", "class 1", "class 2")


@pytest.mark.parametrize(
    ("pictures", "labels"),
    [
        ("{}/images", "{}/labels"),
        ("images/{}", "annotations/{}"),
        ("Images/{}", "masks/{}"),
        ("{}/img", "{}/gt"),
    ],
)
def test_two_folders_for_each_split(tmp_path, pictures, labels):
    for split in ("training", "validation"):
        write(tmp_path / pictures.format(split) / "a.png", picture())
        write(tmp_path / labels.format(split) / "a_mask.png", LABELS)
    assert names(open_dataset(tmp_path)) == {"train": ["train/a"], "val": ["val/a"]}


def test_two_folders_get_a_split_that_new_pictures_do_not_change(tmp_path):
    write_pairs(tmp_path, LABELS, 60)
    before = names(open_dataset(tmp_path))
    assert 6 <= len(before["val"]) <= 18
    write_pairs(tmp_path, LABELS, 80)
    after = names(open_dataset(tmp_path))
    assert set(before["val"]) <= set(after["val"])
    assert set(before["train"]) <= set(after["train"])
    assert sorted(after["train"] + after["val"]) == [f"{number:02}" for number in range(80)]


def test_two_folders_with_lists_of_paths(tmp_path):
    write_pairs(tmp_path, LABELS, 4)
    (tmp_path / "train.txt").write_text("images/00.png labels/00.png\nimages/02.png labels/02.png")
    (tmp_path / "val.txt").write_text("./images/03.png labels/03.png\n")
    assert names(open_dataset(tmp_path)) == {"train": ["00", "02"], "val": ["03"]}


@pytest.mark.parametrize("kind", ["images", "labels"])
def test_a_picture_or_labels_alone(tmp_path, kind):
    write_pairs(tmp_path, LABELS, 4)
    (tmp_path / kind / "02.png").unlink()
    refused(tmp_path, "missing_file", "02", str(tmp_path / kind))


def test_two_files_of_one_name(tmp_path):
    write_pairs(tmp_path, LABELS, 4)
    write(tmp_path / "images" / "02.bmp", picture())
    refused(tmp_path, "same_name", "02.bmp", "02.png")


def test_empty_folders(tmp_path):
    refused(tmp_path, "unknown_layout", str(tmp_path))
    refused(tmp_path / "missing", "no_folder", "missing")
    for name in ("images", "labels"):
        (tmp_path / name).mkdir()
    refused(tmp_path, "empty", str(tmp_path))


def test_a_folder_that_may_not_be_read(tmp_path, monkeypatch):
    write_pairs(tmp_path, LABELS, 4)

    def refuse(folder):
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(type(tmp_path), "iterdir", refuse)
    refused(tmp_path, "unreadable", str(tmp_path), "Permission denied")


def test_a_split_in_which_everything_is_damaged(tmp_path):
    write_pairs(tmp_path / "train", LABELS, 2)
    write_pairs(tmp_path / "val", LABELS, 1)
    (tmp_path / "val" / "labels" / "00.png").write_bytes(b"no picture")
    refused(tmp_path, "empty", "'val'")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sky\nsky\n", "'sky'"),
        ("sky 1 2 3\nwall\n", "1 of its 2"),
        ("sky 1 2 3\nwall 1 1 " + "9" * 5000, "1 of its 2"),
        ("sky 1 2 3\nwall 1 2 3\n", "(1, 2, 3)"),
        ("\n".join(f"c{number}" for number in range(257)), "257"),
        ("\n", "names 0"),
    ],
)
def test_lists_of_classes_that_cannot_be_used(tmp_path, text, words):
    write_pairs(tmp_path, LABELS)
    (tmp_path / "classes.txt").write_text(text)
    refused(tmp_path, "bad_class_list", "classes.txt", words)


@pytest.mark.parametrize("data", [b"\xff\xfe", b"a" * (1 << 17)])
def test_lists_of_classes_that_are_no_text(tmp_path, data):
    write_pairs(tmp_path, LABELS)
    (tmp_path / "classes.txt").write_bytes(data)
    refused(tmp_path, "bad_text", "classes.txt")


def test_the_list_of_labelme_counts_from_its_second_line(tmp_path):
    write_pairs(tmp_path, LABELS)
    (tmp_path / "labels.txt").write_text("__ignore__\n_background_\nwall\nopen sky\n")
    assert open_dataset(tmp_path).classes == ("_background_", "wall", "open sky")
