"""Which files of a folder are pairs, in each of the layouts."""

import numpy as np
from support.datasets import LABELS, picture, write, write_palette_png

from fcnlib.datasets import VOID, open_dataset
from fcnlib.networks.deeplab import voc_palette


def test_a_folder_in_the_layout_of_pascal_voc(tmp_path):
    (tmp_path / "classes.txt").write_text("ground\nwall\nroof\n")
    lists = tmp_path / "ImageSets" / "Segmentation"
    lists.mkdir(parents=True)
    for split, names in (("train", "ab"), ("val", "c"), ("test", "d")):
        (lists / f"{split}.txt").write_text("\n".join(names) + "\n")
    labels = LABELS.copy()
    labels[0] = VOID
    for seed, name in enumerate("abcde"):
        write(tmp_path / "JPEGImages" / f"{name}.png", picture(seed))
        if name != "e":  # as most pictures of PASCAL VOC, it has no labels
            write_palette_png(tmp_path / "SegmentationClass" / f"{name}.png", labels)
    dataset = open_dataset(tmp_path)
    assert dataset.classes == ("ground", "wall", "roof")
    assert dataset.palette.tolist() == voc_palette(3).tolist()
    assert {s: [pair.name for pair in pairs] for s, pairs in dataset.splits.items()} == {
        "train": ["a", "b"],
        "val": ["c"],
        "test": ["d"],
    }
    image, read = dataset.splits["val"][0].read()
    assert image.dtype == read.dtype == np.uint8
    np.testing.assert_array_equal(image, picture(2))
    np.testing.assert_array_equal(read, labels)
