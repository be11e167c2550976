"""Uploads: which files reach the decoder, what the page says of others, and dark pictures."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest
from support.crafted_pictures import corners, file_of
from support.servers import Server, answer

from fcnlib.ui import jobs

pytestmark = pytest.mark.usefixtures("inline")
UPSAMPLING = Path(__file__).parents[2] / "pages/upsampling.py"
DARK_16 = (np.arange(40 * 64, dtype=np.uint16) % 600).reshape(40, 64)
DARK_8 = (np.arange(40 * 64) % 3).astype(np.uint8).reshape(40, 64)


def upload_script():
    import streamlit as st

    from fcnlib.ui import pictures

    picture = pictures.from_upload("own")
    if picture is not None:
        high = picture.image.max()
        st.code(f"{picture.image.shape} {high} {picture.digest}")


def address_script():
    import streamlit as st

    from fcnlib.ui import pictures

    picture = pictures.from_address("own")
    if picture is not None:
        st.code(f"{picture.image.shape} {picture.image.max()}")


def uploaded(name, data):
    app = AppTest.from_function(upload_script, default_timeout=30).run()
    app.file_uploader(key="own_upload").upload(name, data).run()
    assert not app.exception
    return app


def upsampling_page():
    app = AppTest.from_file(str(UPSAMPLING), default_timeout=60).run()
    app.session_state["upsampling_script_fold"] = True
    app.selectbox(key="upsampling_picture").set_value("own").run()
    return app


def said(app):
    return "\n".join(element.value for kind in (app.text, app.caption) for element in kind)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("photo.jfif", "JPEG"),
        ("photo.JPE", "JPEG"),
        ("photo.jif", "JPEG"),
        ("photo.MPO", "MPO"),
        ("PHOTO.JPG", "JPEG"),
        ("picture.dib", "BMP"),
        ("picture.apng", "PNG"),
        ("picture", "PNG"),
        ("", "PNG"),
        (".png", "PNG"),
        ("cat.jpg ", "JPEG"),
        ("cat.jpg.download", "WEBP"),
        ("cat.jpg?width=300", "GIF"),
        ("a.png\0.exe", "PNG"),
        ("../../x.png", "PNG"),
        ("x" * 300, "PNG"),
        ("\u202egnp.cat", "PNG"),
    ],
)
def test_o5_a_picture_may_have_any_name(name, kind):
    app = uploaded(name, file_of(corners(64, 48), kind))
    assert app.code[0].value.startswith("(48, 64, 3) ")


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("photo.heic", b"\0\0\0\x1cftypheic\0\0\0\0", "HEIC"),
        ("PHOTO.HEIF", b"\0\0\0\x1cftypmif1\0\0\0\0", "HEIC"),
        ("photo.avif", b"\0\0\0\x1cftypavif\0\0\0\0", "AVIF"),
        ("scan.tif", b"II*\0\x08\0\0\0", "TIFF"),
        ("scan.TIFF", b"MM\0*\0\0\0\x08", "TIFF"),
        ("evil.svg", b"<svg onload='alert(1)'/>", "SVG"),
        ("photo.jxl", b"\xff\x0a\0\0", "JPEG XL"),
        ("cat.html", b"<!doctype html>", "web page"),
        ("letter", b"%PDF-1.7", "PDF"),
        ("a.png\0.exe", b"MZ", "not a picture"),
        ("cat.png", b"version https://git-lfs.github.com/spec/v1\n", "Git LFS"),
        ("cat.png", b"", "empty"),
    ],
)
def test_o5_other_files_reach_the_sentence_that_names_them(name, data, words):
    app = uploaded(name, data)
    assert words in said(app)
    assert not app.code


@pytest.mark.parametrize("name", ["bus\0.png", "bus", "\u202egnp.bus", "`bus`.JFIF"])
def test_the_upsampling_page_accepts_any_name(name):
    app = upsampling_page()
    app.file_uploader(key="upsampling_upload").upload(name, file_of(corners(64, 48))).run()
    assert not app.exception
    assert "48 × 64 to 24 × 32 px" in said(app)
    assert any(f"PATH = {name!r}" in code.value for code in app.code)


@pytest.mark.parametrize(
    "data",
    [file_of(DARK_16), file_of(DARK_8), file_of(DARK_8, "GIF"), file_of(DARK_8, "BMP")],
    ids=["16 bits", "8 bits", "GIF", "BMP"],
)
def test_a_dark_picture_can_be_stretched(data):
    app = uploaded("labels.png", data)
    assert "1%" in said(app)
    before = app.code[0].value.split()
    assert int(before[3]) <= 2
    app.toggle(key="own_upload_stretch").set_value(True).run()
    after = app.code[0].value.split()
    assert after[:4] == ["(40,", "64,", "3)", "255"]
    assert before[4:] != after[4:]  # the digest
    app.toggle(key="own_upload_stretch").set_value(False).run()
    assert app.code[0].value.split() == before


@pytest.mark.parametrize(
    ("data", "dark"),
    [
        (file_of(corners(64, 48)), False),
        (file_of(DARK_16 * 100), False),
        (file_of(DARK_8 + 1), False),
        (file_of(np.zeros((40, 64), np.uint8)), True),
        (file_of(np.full((40, 64), 300, np.uint16)), True),
        (file_of(Image.new("RGBA", (64, 40))), False),
    ],
    ids=["colors", "bright 16 bits", "3 of 255", "black", "one value", "transparent"],
)
def test_other_pictures_are_not_offered_to_be_stretched(data, dark):
    app = uploaded("picture.png", data)
    assert ("1%" in said(app)) == dark
    assert not app.toggle


def test_a_dark_picture_at_an_address_can_be_stretched(monkeypatch):
    monkeypatch.setenv("FCNLIB_ALLOW_LOCAL_PICTURES", "1")
    with Server({"/depth.png": answer(file_of(DARK_16))}) as server:
        app = AppTest.from_function(address_script, default_timeout=30).run()
        app.text_input(key="own_address").set_value(server.url("/depth.png")).run()
        app.button(key="own_fetch_address").click().run()
        app.session_state["own_fetched"].wait(20)
        app.run()
    assert app.code[0].value == "(40, 64, 3) 2"
    app.toggle(key="own_address_stretch").set_value(True).run()
    assert app.code[0].value == "(40, 64, 3) 255"
    jobs.queue.clear()


def test_the_script_of_a_stretched_picture_stretches_it(tmp_path):
    app = upsampling_page()
    uploader = app.file_uploader(key="upsampling_upload")
    uploader.upload("depth.png", file_of(DARK_16)).run()
    app.toggle(key="upsampling_upload_stretch").set_value(True).run()
    (code,) = [code.value for code in app.code if code.value.startswith("import numpy")]
    reading = code[: code.index("image = image.astype")].replace("import tensorflow as tf\n", "")
    (tmp_path / "depth.png").write_bytes(file_of(DARK_16))
    found = {}
    exec(reading.replace("'depth.png'", repr(str(tmp_path / "depth.png"))), found)
    expected = np.rint(DARK_16.astype(float) * (255 / 599))
    np.testing.assert_array_equal(np.asarray(found["picture"])[..., 0], expected)
