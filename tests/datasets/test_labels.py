"""What people meet with their own labels: each case has its code, and names the file and values."""

import zlib

import numpy as np
import pytest
from PIL import Image
from support.datasets import (
    LABELS,
    picture,
    refused,
    write,
    write_jpeg,
    write_pairs,
    write_palette_png,
)

from fcnlib.datasets import VOID, PairReader, open_dataset
from fcnlib.errors import PictureError
from fcnlib.networks.deeplab import CLASSES, voc_palette

WITH_VOID = LABELS.copy()
WITH_VOID[0] = VOID
COLORS = np.array([[10, 20, 30], [200, 0, 0], [0, 250, 90]], np.uint8)


def numbered(*numbers):
    """Return labels whose stripes have these numbers."""
    return np.array(numbers, np.uint8)[np.arange(24) * len(numbers) // 24][None].repeat(20, 0)


def codes(dataset):
    return {finding.code for finding in dataset.findings} - {"split_chosen"}


def labels_of(dataset):
    return dataset.splits["train"][0].read()[1]


def finding(dataset, code):
    return next(finding.text for finding in dataset.findings if finding.code == code)


def name_classes(folder, *lines):
    (folder / "classes.txt").write_text("\n".join(lines) + "\n")


def test_ordinary_labels_need_no_finding(tmp_path):
    write_pairs(tmp_path, WITH_VOID)
    dataset = open_dataset(tmp_path)
    assert not codes(dataset)
    assert dataset.classes == ("class 0", "class 1", "class 2")
    np.testing.assert_array_equal(labels_of(dataset), WITH_VOID)


@pytest.mark.parametrize("names", [(), ("sky", "ground")])
def test_masks_of_0_and_255_have_two_classes(tmp_path, names):
    write_pairs(tmp_path, numbered(0, 255))
    if names:
        name_classes(tmp_path, *names)
    dataset = open_dataset(tmp_path)
    assert codes(dataset) == {"mask"}
    assert "00.png" in finding(dataset, "mask")
    assert dataset.classes == (names or ("class 0", "class 255"))
    np.testing.assert_array_equal(labels_of(dataset), numbered(0, 1))


@pytest.mark.parametrize("numbers", [(0,), (255,), (7, 255)])
def test_one_class_is_too_few(tmp_path, numbers):
    write_pairs(tmp_path, numbered(*numbers))
    refused(tmp_path, "one_class", "00.png", ", ".join(map(str, numbers)))


def test_a_mask_for_many_names_has_one_class(tmp_path):
    write_pairs(tmp_path, numbered(0, 255))
    name_classes(tmp_path, "sky", "ground", "car")
    refused(tmp_path, "one_class", "00.png")


def test_colors_without_a_list(tmp_path):
    write_pairs(tmp_path, COLORS[LABELS])
    refused(tmp_path, "unnamed_colors", "00.png", "(0, 250, 90), (10, 20, 30), (200, 0, 0)")


@pytest.mark.parametrize("line", ["{} {} {} {}", "{1} {2} {3} {0}", "{},{},{},{}"])
def test_colors_with_a_list(tmp_path, line):
    labels = COLORS[LABELS]
    labels[0] = 0
    write_pairs(tmp_path, labels)
    names = ("open sky", "wall", "car", "void")
    rows = [*COLORS.tolist(), [0, 0, 0]]
    name_classes(tmp_path, *(line.format(n, *row) for n, row in zip(names, rows, strict=True)))
    dataset = open_dataset(tmp_path)
    assert not codes(dataset)
    assert dataset.classes == names[:3]
    np.testing.assert_array_equal(dataset.palette, COLORS)
    np.testing.assert_array_equal(labels_of(dataset), WITH_VOID)


def test_a_color_outside_the_list(tmp_path):
    write_pairs(tmp_path, [COLORS[LABELS], COLORS[LABELS], COLORS[LABELS] // 2])
    name_classes(tmp_path, *(f"{i} {row[0]} {row[1]} {row[2]}" for i, row in enumerate(COLORS)))
    refused(tmp_path, "unknown_color", "02.png", "(5, 10, 15)")


@pytest.mark.parametrize("alpha", [255, 0])
def test_colors_with_alpha(tmp_path, alpha):
    labels = np.dstack([voc_palette(3)[LABELS], np.full(LABELS.shape, 255, np.uint8)])
    labels[5, 5, 3] = alpha
    write_pairs(tmp_path, labels)
    if alpha == 255:
        np.testing.assert_array_equal(labels_of(open_dataset(tmp_path)), LABELS)
    else:
        refused(tmp_path, "transparent_labels", "00.png")


def test_colors_of_pascal_voc_are_its_numbers(tmp_path):
    labels = voc_palette(3)[LABELS]
    labels[0] = 224, 224, 192
    write_pairs(tmp_path, labels)
    dataset = open_dataset(tmp_path)
    assert codes(dataset) == {"voc_colors"}
    np.testing.assert_array_equal(labels_of(dataset), WITH_VOID)


def test_gray_saved_as_rgb_holds_numbers(tmp_path):
    write_pairs(tmp_path, np.repeat(WITH_VOID[..., None], 3, -1))
    np.testing.assert_array_equal(labels_of(open_dataset(tmp_path)), WITH_VOID)


def test_numbers_among_colors(tmp_path):
    write_pairs(tmp_path, [COLORS[LABELS], LABELS, COLORS[LABELS]])
    refused(tmp_path, "mixed_labels", "01.png", "00.png")


def test_palettes_that_differ(tmp_path):
    write_pairs(tmp_path, LABELS, save=write_palette_png)
    write_palette_png(tmp_path / "labels" / "07.png", LABELS, COLORS)
    refused(tmp_path, "palettes_differ", "00.png", "07.png", "(0, 0, 0)", "(10, 20, 30)")


def test_palettes_that_differ_have_classes_by_color(tmp_path):
    write_pairs(tmp_path, LABELS, save=lambda *args: write_palette_png(*args, COLORS))
    write_palette_png(tmp_path / "labels" / "00.png", numbered(2, 1, 0), COLORS[::-1])
    name_classes(tmp_path, *(f"{i} {row[0]} {row[1]} {row[2]}" for i, row in enumerate(COLORS)))
    dataset = open_dataset(tmp_path)
    for pair in (*dataset.splits["train"], *dataset.splits["val"]):
        np.testing.assert_array_equal(pair.read()[1], LABELS)


def test_labels_in_a_jpeg(tmp_path):
    write_pairs(tmp_path, LABELS * 80)
    (tmp_path / "labels" / "03.png").unlink()
    write_jpeg(tmp_path / "labels" / "03.jpg", LABELS * 80)
    refused(tmp_path, "lossy_labels", "03.jpg", "different values")


def test_labels_with_smoothed_edges(tmp_path):
    write_pairs(tmp_path, LABELS)
    smooth = np.arange(100, dtype=np.uint8)[None].repeat(20, 0)
    write(tmp_path / "images" / "04.png", picture(4, smooth.shape))
    write(tmp_path / "labels" / "04.png", smooth)
    refused(tmp_path, "blurred_labels", "04.png", "100", "0, 1, 2")


def test_gaps_keep_the_numbers_as_names(tmp_path):
    write_pairs(tmp_path, numbered(0, 1, 2, 4))
    dataset = open_dataset(tmp_path)
    assert codes(dataset) == {"gaps"}
    assert "0, 1, 2, 4" in finding(dataset, "gaps")
    assert dataset.classes == ("class 0", "class 1", "class 2", "class 4")
    np.testing.assert_array_equal(labels_of(dataset), numbered(0, 1, 2, 3))


def test_a_number_without_a_name(tmp_path):
    write_pairs(tmp_path, [LABELS, LABELS, numbered(0, 1, 2, 4)])
    name_classes(tmp_path, "sky", "wall", "car")
    refused(tmp_path, "unnamed_number", "02.png", "has 4", "3 classes", "0 to 2")


def test_a_high_number_may_be_void(tmp_path):
    write_pairs(tmp_path, numbered(0, 1, 2, 254))
    refused(tmp_path, "unsure_void", "00.png", "254", "0 to 2")


def test_void_has_the_number_that_the_list_gives_it(tmp_path):
    write_pairs(tmp_path, numbered(0, 1, 2, 3))
    name_classes(tmp_path, "sky", "_void_", "wall", "car")
    dataset = open_dataset(tmp_path)
    assert dataset.classes == ("sky", "wall", "car")
    np.testing.assert_array_equal(labels_of(dataset), numbered(0, VOID, 1, 2))


def test_grays_for_viewing_are_no_numbers(tmp_path):
    write_pairs(tmp_path, numbered(0, 85, 170, 255))
    refused(tmp_path, "grays", "00.png", "0, 85, 170, 255")
    name_classes(tmp_path, *(f"c{value} {value} {value} {value}" for value in (0, 85, 170, 255)))
    np.testing.assert_array_equal(labels_of(open_dataset(tmp_path)), numbered(0, 1, 2, 3))


def test_numbers_counted_from_1(tmp_path):
    write_pairs(tmp_path, numbered(1, 2, 3))
    dataset = open_dataset(tmp_path)
    assert codes(dataset) == {"counted_from_1"}
    assert dataset.classes == ("class 1", "class 2", "class 3")
    np.testing.assert_array_equal(labels_of(dataset), numbered(0, 1, 2))
    name_classes(tmp_path, "sky", "wall", "car")
    refused(tmp_path, "counted_from_1", "00.png", "number 3", "0 to 2")


def test_numbers_of_16_bits(tmp_path):
    write_pairs(tmp_path, WITH_VOID.astype(np.uint16))
    np.testing.assert_array_equal(labels_of(open_dataset(tmp_path)), WITH_VOID)
    write_pairs(tmp_path, numbered(0, 1).astype(np.uint16) * 26_000)
    dataset = open_dataset(tmp_path)
    assert dataset.classes == ("class 0", "class 26000")
    np.testing.assert_array_equal(labels_of(dataset), numbered(0, 1))


def test_a_gray_png_of_2_bits_holds_small_numbers(tmp_path):
    write_pairs(tmp_path, LABELS)
    for path in (tmp_path / "labels").iterdir():
        image = Image.fromarray(LABELS).convert("P")
        image.putpalette([0, 0, 0, 85, 85, 85, 170, 170, 170, 255, 255, 255])
        image.save(path, bits=2)
        gray = bytearray(path.read_bytes())
        start = gray.index(b"PLTE") - 4
        end = start + 12 + int.from_bytes(gray[start : start + 4])
        gray[25] = 0  # the color type: gray without a palette
        gray[29:33] = zlib.crc32(gray[12:29]).to_bytes(4)
        path.write_bytes(gray[:start] + gray[end:])
    # Pillow reads 0, 85 and 170, which would be numbers with gaps.
    assert open_dataset(tmp_path).classes == ("class 0", "class 1", "class 2")
    np.testing.assert_array_equal(labels_of(open_dataset(tmp_path)), LABELS)


def test_gray_and_deep_pictures(tmp_path):
    write_pairs(tmp_path, LABELS)
    gray = picture()[..., 0]
    write(tmp_path / "images" / "00.png", gray)
    assert not codes(open_dataset(tmp_path))
    write(tmp_path / "images" / "00.png", gray.astype(np.uint16) * 256)
    dataset = open_dataset(tmp_path)
    assert codes(dataset) == {"deep_picture"}
    pair = next(p for pairs in dataset.splits.values() for p in pairs if p.name == "00")
    np.testing.assert_array_equal(pair.read()[0][..., 1], gray)


def test_labels_of_another_size(tmp_path):
    write_pairs(tmp_path, LABELS)
    write(tmp_path / "labels" / "05.png", LABELS[:, :20])
    refused(tmp_path, "size_differs", "05.png", "20 × 20", "24 × 20")


@pytest.mark.parametrize("orientation", [3, 6])
def test_pictures_turned_by_exif(tmp_path, orientation):
    write_pairs(tmp_path, LABELS)
    shown = np.array(Image.fromarray(picture(0)))
    exif = Image.Exif()
    exif[0x0112] = orientation
    write(tmp_path / "images" / "00.png", shown, exif=exif)
    dataset = open_dataset(tmp_path)
    pair = next(p for pairs in dataset.splits.values() for p in pairs if p.name == "00")
    image, labels = pair.read()
    if orientation == 6:
        assert codes(dataset) == {"exif_turned"}
        np.testing.assert_array_equal(image, np.rot90(shown, -1))
        np.testing.assert_array_equal(labels, np.rot90(LABELS, -1))
    else:
        assert codes(dataset) == {"exif_unsure"}
        np.testing.assert_array_equal(labels, LABELS)


def test_seven_pictures(tmp_path):
    write_pairs(tmp_path, LABELS, 7)
    dataset = open_dataset(tmp_path)
    train, val = (len(dataset.splits[split]) for split in ("train", "val"))
    assert train + val == 7
    assert min(train, val) > 0
    assert f"only {train} " in finding(dataset, "few_pictures")


def test_a_class_that_never_occurs(tmp_path):
    write_pairs(tmp_path, LABELS)
    name_classes(tmp_path, "sky", "wall", "car", "bus", "person")
    text = finding(open_dataset(tmp_path), "class_never_occurs")
    assert "'bus', 'person'" in text


def test_damaged_files_are_left_out(tmp_path):
    write_pairs(tmp_path, LABELS, 40)
    path = tmp_path / "labels" / "03.png"
    path.write_bytes(path.read_bytes()[:48])
    dataset = open_dataset(tmp_path)
    assert "03.png" in finding(dataset, "damaged")
    assert "03" not in [pair.name for pairs in dataset.splits.values() for pair in pairs]


def test_a_truncated_jpeg_is_named_once(tmp_path):
    write_pairs(tmp_path, LABELS)
    (tmp_path / "images" / "00.png").unlink()
    path = tmp_path / "images" / "00.jpg"
    write_jpeg(path, picture(size=(64, 64)))
    write(tmp_path / "labels" / "00.png", np.zeros((64, 64), np.uint8))
    path.write_bytes(path.read_bytes()[:-400])
    dataset = open_dataset(tmp_path)
    pairs = [pair for pairs in dataset.splits.values() for pair in pairs]
    messages = []
    reader = PairReader(messages.append)
    read = [pair.name for _ in range(2) for pair in pairs if reader(pair)]
    assert len(read) == 2 * (len(pairs) - 1)
    assert len(messages) == 1
    assert "00.jpg" in messages[0]


def test_labels_that_change_later_are_refused_when_they_are_read(tmp_path):
    write_pairs(tmp_path, LABELS)
    pair = open_dataset(tmp_path).splits["train"][0]
    write(tmp_path / "labels" / f"{pair.name}.png", LABELS + 1)
    with pytest.raises(PictureError) as caught:
        pair.read()
    assert caught.value.code == "unknown_label"
    assert "value 3" in str(caught.value)


def test_labels_that_are_smaller_later_are_refused_when_they_are_read(tmp_path):
    write_pairs(tmp_path, LABELS)
    pair = open_dataset(tmp_path).splits["train"][0]
    write(tmp_path / "labels" / f"{pair.name}.png", LABELS[:, :20])
    with pytest.raises(PictureError) as caught:
        pair.read()
    assert caught.value.code == "size_differs"
    assert f"{pair.name}.png" in str(caught.value)


def test_names_of_pascal_voc(tmp_path):
    for number in range(3):
        write(tmp_path / "JPEGImages" / f"{number}.png", picture(number))
        write_palette_png(tmp_path / "SegmentationClass" / f"{number}.png", numbered(0, 15, 255))
    dataset = open_dataset(tmp_path)
    assert dataset.classes == CLASSES
    assert "published_names" in codes(dataset)
    np.testing.assert_array_equal(labels_of(dataset), numbered(0, 15, 255))


def test_too_many_classes(tmp_path):
    write_pairs(tmp_path, [(LABELS.astype(np.uint16) + 3 * i) * 7 for i in range(100)])
    refused(tmp_path, "too_many_numbers", "300", str(299 * 7))
