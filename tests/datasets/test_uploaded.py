"""Pictures and labels as files in memory: which belong together, and what is refused."""

import io

import numpy as np
import pytest
from PIL import Image
from support.failures import error_of

from fcnlib import images
from fcnlib.datasets.pairs import VOID
from fcnlib.datasets.uploaded import LONG_SIDE, MOST_FILES, read_files
from fcnlib.errors import DatasetError

RNG = np.random.default_rng(5)


def picture(height=40, width=60):
    return images.encode_png(RNG.integers(0, 256, (height, width, 3), np.uint8))


def halves(height=40, width=60, values=(0, 1)):
    labels = np.full((height, width), values[0], np.uint8)
    labels[:, width // 2 :] = values[1]
    return labels


def test_pictures_without_labels_are_void():
    classes, colors, found, remarks = read_files([("a.png", picture()), ("b", picture(20, 30))])
    assert (classes, colors, remarks) == ([], [], [])
    assert [labels.shape for _, labels in found] == [(40, 60), (20, 30)]
    assert all((labels == VOID).all() for _, labels in found)
    assert images.decode(found[0][0]).shape == (40, 60, 3)


@pytest.mark.parametrize(
    ("of_picture", "of_labels"),
    [("a.jpg", "a.png"), ("a.png", "a_mask.png"), ("My street.JPG", "My street_label.PNG")],
)
def test_labels_are_found_by_their_name(of_picture, of_labels):
    files = [
        (of_labels, images.encode_png(halves())),
        (of_picture, picture()),
        ("other.jpg", picture()),
    ]
    classes, colors, found, _ = read_files(files)
    assert len(classes) == len(colors) == 2
    np.testing.assert_array_equal(found[0][1], halves())
    assert len(found) == 2
    assert (found[1][1] == VOID).all()


def test_a_mask_of_0_and_255_gives_two_classes():
    files = [("a.jpg", picture()), ("a.png", images.encode_png(halves(values=(0, 255))))]
    classes, _, found, remarks = read_files(files)
    assert len(classes) == 2
    np.testing.assert_array_equal(found[0][1], halves())
    assert len(remarks) == 1


def test_large_pictures_are_scaled_down_with_their_labels():
    files = [("a.jpg", picture(300, 1024)), ("a.png", images.encode_png(halves(300, 1024)))]
    _, _, found, _ = read_files(files)
    assert images.decode(found[0][0]).shape == (150, LONG_SIDE, 3)
    np.testing.assert_array_equal(found[0][1], halves(150, LONG_SIDE))


def test_names_that_are_no_file_names_do_not_matter():
    names = ["../../a.jpg", "..\\..\\b", "\0", "", "x" * 5000, "a/b/c.svg", "🐈.jpg"]
    _, _, found, _ = read_files([(name, picture()) for name in names])
    assert len(found) == len(names)


def jpeg_labels():
    file = io.BytesIO()
    Image.fromarray(RNG.integers(0, 9, (40, 60), np.uint8)).save(file, "JPEG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("labels", "code"),
    [
        (images.encode_png(halves(30, 60)), "size_differs"),
        (images.encode_png(np.zeros((40, 60), np.uint8)), "one_class"),
        (jpeg_labels(), "lossy_labels"),
    ],
)
def test_faulty_labels_are_refused_without_the_folder_of_the_server(labels, code):
    with error_of(DatasetError, code, "cat") as info:
        read_files([("cat.jpg", picture()), ("cat.png", labels)])
    assert "/tmp" not in str(info.value)


def test_a_file_that_is_no_picture_is_named_and_left_out():
    _, _, found, remarks = read_files([("cat.jpg", picture()), ("dog.jpg", b"?")])
    assert len(found) == 1
    assert ["dog" in remark for remark in remarks] == [True]


def test_there_is_a_largest_number_of_files():
    with error_of(DatasetError, "too_many", str(MOST_FILES)):
        read_files([("a.jpg", b"")] * (MOST_FILES + 1))
