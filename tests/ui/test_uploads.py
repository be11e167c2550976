"""What visitors upload: files of any name, and pictures whose values are all small."""

import io
import json
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest
from support.crafted_pictures import file_of

from fcnlib import images

PAGE = str(Path(__file__).parents[2] / "pages/upsampling.py")
PHOTO = images.sample("cat")[:20, :24]


@pytest.fixture
def page():
    app = AppTest.from_file(PAGE, default_timeout=120)
    app.run()
    app.selectbox(key="upsampling_picture").set_value("own").run()
    assert not app.exception
    return app


def titles(app):
    specs = [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
    return [spec["layout"]["title"]["text"] for spec in specs]


def shown(app):
    return [chart.proto.spec for chart in app.get("plotly_chart")]


def upload(app, name, data):
    app.file_uploader(key="upsampling_upload").upload(name, data).run()
    assert not app.exception


def mpo():
    file = io.BytesIO()
    first, second = Image.fromarray(PHOTO), Image.fromarray(PHOTO[::-1].copy())
    first.save(file, "MPO", save_all=True, append_images=[second])
    return file.getvalue()


JPEG, PNG = file_of(PHOTO, "JPEG"), file_of(PHOTO)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("cat.jfif", JPEG),
        ("cat.jpe", JPEG),
        ("CAT.JPG", JPEG),
        ("cat.mpo", mpo()),
        ("cat", PNG),
        ("cat.png.exe", PNG),
        ("..\\..\\cat.svg", PNG),
        ("c\0at.png", PNG),
        ("c" * 300 + ".png", PNG),
        ("", PNG),
    ],
)
def test_a_picture_may_have_any_name(page, name, data):
    upload(page, name, data)
    assert titles(page)[0] == "TensorFlow, 60 × 72 px"
    assert not page.main.text


HEIC = struct.pack(">I", 24) + b"ftypheic" + bytes(12)
AVIF = struct.pack(">I", 24) + b"ftypavif" + bytes(12)


@pytest.mark.parametrize(
    ("name", "data", "word"),
    [
        ("cat.heic", HEIC, "HEIC"),
        ("cat.avif", AVIF, "AVIF"),
        ("cat.tif", file_of(PHOTO, "TIFF"), "TIFF"),
        ("cat.tiff", file_of(PHOTO, "TIFF"), "TIFF"),
        ("cat.jpg", b"%PDF-1.7", "PDF"),
        ("evil.svg", b"<svg onload=alert(1)>", "SVG"),
        ("cat", b"no picture", "not a picture"),
    ],
)
def test_other_files_are_named_by_their_content(page, name, data, word):
    upload(page, name, data)
    assert word in page.main.text[0].value


@pytest.mark.parametrize(
    ("values", "dark"),
    [
        (np.arange(6144).reshape(64, 96) % 21, True),  # classes of PASCAL VOC in 16 bits
        (np.arange(6144).reshape(64, 96) % 700 + 50, True),  # depths in millimeters
        (np.arange(6144).reshape(64, 96), False),
    ],
)
def test_small_values_can_be_stretched(page, values, dark):
    data = file_of(values.astype(np.uint16))
    upload(page, "labels.png", data)
    toggles = [toggle for toggle in page.toggle if toggle.key == "upsampling_upload_stretch"]
    assert len(toggles) == dark
    if not dark:
        return
    before = shown(page)
    toggles[0].set_value(True).run()
    assert not page.exception
    assert shown(page) != before
    assert page.toggle(key="upsampling_upload_stretch").value
