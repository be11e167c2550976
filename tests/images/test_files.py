import hashlib
import io
import os
import socket

import numpy as np
import pytest
from PIL import Image
from skimage import data as skimage_data
from skimage.io import imread
from support.failures import picture_error

from fcnlib import images
from fcnlib.images import (
    MAX_BYTES,
    SAMPLES,
    decode,
    digest,
    encode_jpeg,
    encode_labels,
    encode_png,
    read,
    sample,
)


def test_read_returns_the_bytes(tmp_path):
    (tmp_path / "cat.png").write_bytes(b"picture")
    assert read(tmp_path / "cat.png") == read(str(tmp_path / "cat.png")) == b"picture"


def test_read_takes_ten_mebibytes_and_no_more(tmp_path):
    path = tmp_path / "large.png"
    path.write_bytes(bytes(MAX_BYTES))
    assert len(read(path)) == MAX_BYTES
    path.write_bytes(bytes(MAX_BYTES + 1))
    with picture_error("too_large"):
        read(path)


def test_the_message_names_a_missing_file(tmp_path):
    for path in (tmp_path / "none.png", tmp_path):
        with picture_error("not_found", str(path)):
            read(path)


def test_read_refuses_an_empty_file(tmp_path):
    (tmp_path / "empty.png").touch()
    with picture_error("empty"):
        read(tmp_path / "empty.png")


def test_the_message_says_why_a_file_cannot_be_read(tmp_path, monkeypatch):
    (tmp_path / "cat.png").write_bytes(b"picture")

    def refuse(*_args, **_kwargs):
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr("pathlib.Path.open", refuse)
    with picture_error("unreadable", "cat.png", "Permission denied"):
        read(tmp_path / "cat.png")


@pytest.mark.parametrize(
    ("name", "independent"),
    [
        ("astronaut", skimage_data.astronaut),
        ("cat", skimage_data.chelsea),
        ("coffee", skimage_data.coffee),
        ("motorcycle", lambda: skimage_data.stereo_motorcycle()[0]),
        ("rocket", skimage_data.rocket),
    ],
)
def test_samples_are_those_of_scikit_image(name, independent):
    np.testing.assert_array_equal(sample(name), independent())


def test_samples_need_no_network(monkeypatch):
    sample.cache_clear()
    monkeypatch.setattr(socket, "socket", None)
    for name in SAMPLES:
        image = sample(name)
        assert image.dtype == np.uint8
        assert image.shape[2] == 3


def test_samples_are_read_only_because_they_are_shared():
    assert sample("cat") is sample("cat")
    with pytest.raises(ValueError, match="read-only"):
        sample("cat")[0, 0] = 0


def test_the_message_lists_the_samples_if_one_is_unknown():
    with pytest.raises(ValueError, match=r"astronaut, cat, .*, rocket.* 'dog'"):
        sample("dog")


def test_digest_is_sha_256():
    assert digest(b"") == hashlib.sha256().hexdigest()
    assert digest(b"a") != digest(b"b")


@pytest.mark.parametrize("shape", [(20, 30), (20, 30, 3)])
def test_png_keeps_every_pixel(shape, tmp_path):
    image = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    path = tmp_path / "image.png"
    path.write_bytes(encode_png(image))
    np.testing.assert_array_equal(imread(path), image)


def test_decoding_a_png_returns_the_same_picture():
    np.testing.assert_array_equal(decode(encode_png(sample("cat"))), sample("cat"))


def test_decoding_a_jpeg_returns_nearly_the_same_picture():
    picture = sample("cat")
    assert np.abs(decode(encode_jpeg(picture)).astype(int) - picture).mean() < 3
    assert len(encode_jpeg(picture, 50)) < len(encode_jpeg(picture)) < len(encode_png(picture))


def test_labels_are_stored_as_such_with_a_color_each():
    colors = np.arange(768, dtype=np.uint8).reshape(256, 3)
    labels = np.arange(256).reshape(16, 16)
    with Image.open(io.BytesIO(encode_labels(labels, colors))) as image:
        np.testing.assert_array_equal(np.array(image), labels)
        np.testing.assert_array_equal(np.array(image.convert("RGB")), colors[labels])


def test_labels_without_a_color_and_too_many_colors_raise():
    with pytest.raises(ValueError, match="0 to 1"):
        encode_labels(np.array([[2]]), np.zeros((2, 3), np.uint8))
    with pytest.raises(ValueError, match="257"):
        encode_labels(np.array([[2]]), np.zeros((257, 3), np.uint8))


@pytest.mark.parametrize("encode", [encode_png, encode_jpeg])
@pytest.mark.parametrize(
    "image", [np.zeros((2, 3)), np.zeros(3, np.uint8), np.zeros((2, 3, 5), np.uint8)]
)
def test_only_pictures_are_encoded(encode, image):
    with pytest.raises(ValueError, match=rf"{image.dtype} of shape"):
        encode(image)


def test_opacity_is_encoded_in_a_png_and_refused_in_a_jpeg():
    image = np.dstack([np.full((2, 3, 3), 9, np.uint8), np.array([[0, 128, 255]] * 2, np.uint8)])
    with Image.open(io.BytesIO(encode_png(image))) as decoded:
        assert decoded.mode == "RGBA"
        np.testing.assert_array_equal(np.array(decoded), image)
    with pytest.raises(ValueError, match="uint8 of shape"):
        encode_jpeg(image)


@pytest.mark.parametrize("name", images.__all__)
def test_public_names_exist(name):
    assert hasattr(images, name)
