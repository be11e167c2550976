"""COCO's two layouts, and JSON files that are read piece by piece."""

import json

import numpy as np
import pytest
from support.datasets import LABELS, picture, refused, write

from fcnlib.datasets import VOID, json_stream, open_dataset
from fcnlib.errors import DatasetError, PictureError

CATEGORIES = [
    {"id": 184, "name": "tree", "color": [1, 2, 3], "isthing": 0},
    {"id": 1, "name": "person", "color": [220, 20, 60], "isthing": 1},
]
# Three segments: two persons and a tree. Their numbers need all three bytes.
NUMBERS = (3226956, 70_000, 9)
SEGMENTS = [
    {"id": number, "category_id": category, "area": 1, "iscrowd": 0}
    for number, category in zip(NUMBERS, (1, 184, 1), strict=True)
]


def segment_colors(numbers):
    """Return colors of which R + 256 G + 65536 B is the number, as COCO defines it."""
    return np.stack([numbers % 256, numbers // 256 % 256, numbers // 65536], -1).astype(np.uint8)


def write_panoptic(folder, segments=SEGMENTS, categories=CATEGORIES, splits=("train", "val")):
    numbers = np.array(NUMBERS)[LABELS]
    numbers[0] = 0
    for split in splits:
        write(folder / f"{split}2017" / "01.png", picture())
        write(folder / f"panoptic_{split}2017" / "01.png", segment_colors(numbers))
        annotation = {"file_name": "01.png", "image_id": 1, "segments_info": segments}
        data = {
            "info": {"year": 2017},
            "annotations": [annotation],
            "categories": categories,
        }
        (folder / "annotations").mkdir(exist_ok=True)
        (folder / "annotations" / f"panoptic_{split}2017.json").write_text(json.dumps(data))


def test_panoptic_segments_become_classes(tmp_path):
    write_panoptic(tmp_path)
    dataset = open_dataset(tmp_path)
    assert dataset.classes == ("person", "tree")
    assert dataset.palette.tolist() == [[220, 20, 60], [1, 2, 3]]
    assert [pair.name for pair in dataset.splits["val"]] == ["val2017/01"]
    image, labels = dataset.splits["train"][0].read()
    np.testing.assert_array_equal(image, picture())
    assert (labels[0] == VOID).all()
    np.testing.assert_array_equal(labels[1:], np.array([0, 1, 0])[LABELS[1:]])


def test_one_split_is_divided(tmp_path):
    write_panoptic(tmp_path, splits=("train",))
    for name in ("02", "03"):
        write(tmp_path / "train2017" / f"{name}.png", picture())
        write(
            tmp_path / "panoptic_train2017" / f"{name}.png", segment_colors(0 * LABELS.astype(int))
        )
    path = tmp_path / "annotations" / "panoptic_train2017.json"
    data = json.loads(path.read_text())
    data["annotations"] += [
        {"file_name": f"{name}.png", "segments_info": []} for name in ("02", "03")
    ]
    path.write_text(json.dumps(data))
    splits = open_dataset(tmp_path).splits
    assert min(len(splits["train"]), len(splits["val"])) >= 1
    assert len(splits["train"]) + len(splits["val"]) == 3


def test_a_segment_that_the_json_file_does_not_know(tmp_path):
    write_panoptic(tmp_path, SEGMENTS[:2])
    with pytest.raises(PictureError) as caught:
        open_dataset(tmp_path).splits["train"][0].read()
    assert caught.value.code == "unknown_label"


def test_a_category_that_does_not_exist(tmp_path):
    write_panoptic(tmp_path, [{"id": 9, "category_id": 7}])
    refused(tmp_path, "bad_categories", "7", "'01'", "panoptic_train2017.json")


def test_one_category_is_too_few(tmp_path):
    write_panoptic(tmp_path, categories=CATEGORIES[:1])
    refused(tmp_path, "bad_categories", "1 categories")


@pytest.mark.parametrize("segments", [[{"id": 9}], 5, [{"id": "x", "category_id": 1}]])
def test_json_in_another_format(tmp_path, segments):
    write_panoptic(tmp_path, segments)
    refused(tmp_path, "bad_json", "panoptic_train2017.json")


def test_missing_files_and_folders(tmp_path):
    write_panoptic(tmp_path)
    (tmp_path / "train2017" / "01.png").unlink()
    refused(tmp_path, "missing_file", "'01'", "train2017")
    (tmp_path / "train2017").rmdir()
    refused(tmp_path, "missing_folder", "train2017")


def test_a_file_name_leads_to_no_other_folder(tmp_path):
    folder = tmp_path / "coco"
    write_panoptic(folder / ".")
    write(tmp_path / "secret.png", picture())
    path = folder / "annotations" / "panoptic_val2017.json"
    path.write_text(path.read_text().replace("01.png", "../../secret.png"))
    refused(folder, "missing_file", "'secret'")


def test_stuff_has_the_numbers_of_the_categories(tmp_path):
    labels = np.array([92, 183, 0], np.uint8)[LABELS]
    for split in ("train", "val"):
        write(tmp_path / "images" / f"{split}2017" / "01.png", picture())
        write(tmp_path / "annotations" / f"stuff_{split}2017_pixelmaps" / "01.png", labels)
        categories = [{"id": 183, "name": "other"}, {"id": 92, "name": "banner"}]
        data = {"annotations": [{"id": 1}], "categories": categories}
        (tmp_path / "annotations" / f"stuff_{split}2017.json").write_text(json.dumps(data))
    dataset = open_dataset(tmp_path)
    assert dataset.classes == ("banner", "other")
    read = dataset.splits["val"][0].read()[1]
    np.testing.assert_array_equal(read, np.array([0, 1, VOID])[LABELS])


@pytest.mark.parametrize("chunk", [1, 2, 7, 1 << 20])
def test_pieces_of_any_size_give_the_same_elements(tmp_path, monkeypatch, chunk):
    data = {"a": [1, 23, {"x": [4, "]"]}], "n": 12345, "b": [], "t": "é}", "c": ["é", None]}
    path = tmp_path / "data.json"
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False), encoding="utf-8")
    monkeypatch.setattr(json_stream, "_CHUNK", chunk)
    found = list(json_stream.elements(path))
    assert found == [(key, e) for key in "abc" for e in data[key]]


@pytest.mark.parametrize(
    "text",
    ["", "[1]", '{"a": [1, 2', '{"a": [1 2]}', '{"a" [1]}', '{"a": [' + "[" * 100_000, "\xff"],
)
def test_faulty_json(tmp_path, text):
    path = tmp_path / "data.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(DatasetError) as caught:
        list(json_stream.elements(path))
    assert caught.value.code == "bad_json"


def test_an_element_without_end(tmp_path, monkeypatch):
    path = tmp_path / "data.json"
    path.write_text('{"a": ["' + "x" * 1000 + '"]}')
    monkeypatch.setattr(json_stream, "_CHUNK", 10)
    assert len(list(json_stream.elements(path))) == 1
    monkeypatch.setattr(json_stream, "MAX_ELEMENT", 900)
    with pytest.raises(DatasetError):
        list(json_stream.elements(path))
