import hashlib
import os
import socket

import numpy as np
import pytest
from skimage import data as skimage_data
from skimage.io import imread

from fcnlib import images
from fcnlib.errors import PictureError
from fcnlib.images import MAX_BYTES, SAMPLES, decode, digest, encode_jpeg, encode_png, read, sample


def test_read_gives_the_bytes(tmp_path):
    (tmp_path / "cat.png").write_bytes(b"picture")
    assert read(tmp_path / "cat.png") == read(str(tmp_path / "cat.png")) == b"picture"


def test_read_takes_ten_mebibytes_and_no_more(tmp_path):
    path = tmp_path / "large.png"
    path.write_bytes(bytes(MAX_BYTES))
    assert len(read(path)) == MAX_BYTES
    path.write_bytes(bytes(MAX_BYTES + 1))
    with pytest.raises(PictureError, match="larger than 10 MiB") as info:
        read(path)
    assert info.value.code == "too_large"


def test_read_names_what_is_missing(tmp_path):
    for path in (tmp_path / "none.png", tmp_path):
        with pytest.raises(PictureError, match=r"There is no file '.*'\. Give the path") as info:
            read(path)
        assert info.value.code == "not_found"


def test_read_refuses_an_empty_file(tmp_path):
    (tmp_path / "empty.png").touch()
    with pytest.raises(PictureError, match="The file is empty") as info:
        read(tmp_path / "empty.png")
    assert info.value.code == "empty"


def test_read_tells_why_a_file_is_unreadable(tmp_path, monkeypatch):
    (tmp_path / "cat.png").write_bytes(b"picture")

    def refuse(*_args, **_kwargs):
        raise PermissionError(13, os.strerror(13))

    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(PictureError, match=r"cannot be read: Permission denied\. Check") as info:
        read(tmp_path / "cat.png")
    assert info.value.code == "unreadable"


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
    images._decoded_sample.cache_clear()
    monkeypatch.setattr(socket, "socket", None)
    for name in SAMPLES:
        image = sample(name)
        assert image.dtype == np.uint8
        assert image.shape[2] == 3


def test_samples_are_shared_and_therefore_read_only():
    assert sample("cat") is sample("cat")
    with pytest.raises(ValueError, match="read-only"):
        sample("cat")[0, 0] = 0


def test_an_unknown_sample_is_named_with_those_there_are():
    with pytest.raises(ValueError, match=r"one of astronaut, cat, .*, rocket, got 'dog'"):
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


def test_a_picture_comes_back_from_its_png():
    np.testing.assert_array_equal(decode(encode_png(sample("cat"))), sample("cat"))


def test_a_picture_nearly_comes_back_from_its_jpeg():
    picture = sample("cat")
    assert np.abs(decode(encode_jpeg(picture)).astype(int) - picture).mean() < 3
    assert len(encode_jpeg(picture, 50)) < len(encode_jpeg(picture)) < len(encode_png(picture))


@pytest.mark.parametrize("encode", [encode_png, encode_jpeg])
@pytest.mark.parametrize(
    "image", [np.zeros((2, 3)), np.zeros(3, np.uint8), np.zeros((2, 3, 4), np.uint8)]
)
def test_files_are_made_of_pictures_only(encode, image):
    with pytest.raises(ValueError, match=r"uint8 of shape \(H, W\) or \(H, W, 3\), got"):
        encode(image)


@pytest.mark.parametrize("name", images.__all__)
def test_all_that_is_offered_exists(name):
    assert hasattr(images, name)
