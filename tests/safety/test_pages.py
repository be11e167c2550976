"""What visitors type or upload reaches no Markdown or HTML, and equal bytes give equal results."""

import ast
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from support.crafted_pictures import corners, file_of
from support.servers import Server, answer

from fcnlib.ui import jobs, pictures

ROOT = Path(__file__).parents[2]
SOURCES = [
    path for folder in ("fcnlib/ui", "pages") for path in sorted((ROOT / folder).rglob("*.py"))
]
HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "![t](http://img.test/p.png)",
    r"$\href{javascript:alert(1)}{x}$",
    ":red[x]",
    "\u202etxt.exe",
    "x" * 10_000,
]
MARKDOWN = {"error", "info", "success", "warning", "toast", "caption", "markdown", "write", "badge"}
LITERAL = {"text", "code", "text_input", "file_uploader"}
pytestmark = pytest.mark.usefixtures("inline")


def source_script():
    import streamlit as st

    from fcnlib.errors import PictureError
    from fcnlib.ui import pictures
    from fcnlib.ui.layout import show_error

    picture = pictures.from_upload("own") or pictures.from_address("own")
    if picture is not None:
        st.code(f"{picture.digest} {pictures.images.digest(picture.image.tobytes())}")
    if "message" in st.session_state:
        show_error(PictureError("bad_image", st.session_state["message"]))


def literal_only(app, text):
    """Fail if any element but literal ones has the text."""
    for element in app.main:
        stack = [element]
        while stack:
            found = stack.pop()
            stack += getattr(found, "children", {}).values()
            shown = str(getattr(found, "proto", ""))
            if found.type not in LITERAL and not getattr(found, "children", None):
                assert text not in shown, found.type


def calls():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield f"{path.name}:{node.lineno}", node


def test_o1_texts_from_outside_appear_literally_or_not_at_all(monkeypatch):
    monkeypatch.setattr(pictures, "FETCHES", len(HOSTILE))
    app = AppTest.from_function(source_script, default_timeout=30).run()
    for text in HOSTILE:
        app.session_state["message"] = text
        app.text_input(key="own_address").set_value(f"http://127.0.0.1/{text}").run()
        app.button(key="own_fetch_address").click().run()
        app.session_state["own_fetched"].wait(20)
        app.run()
        assert not app.exception
        literal_only(app, text[:30])
        assert text[:30] in app.text[-1].value
        assert all(len(shown.value) <= 800 for shown in app.text)
    jobs.queue.clear()


@pytest.mark.slow
def test_o1_the_name_of_a_file_appears_in_code_only():
    app = AppTest.from_file(str(ROOT / "pages/upsampling.py"), default_timeout=60).run()
    app.session_state["upsampling_script_fold"] = True
    app.selectbox(key="upsampling_picture").set_value("own").run()
    for text in HOSTILE:
        app.file_uploader(key="upsampling_upload").upload(text, file_of(corners(64, 48))).run()
        assert not app.exception
        literal_only(app, text[:30])
        assert any(text[:30].encode("unicode_escape").decode()[:9] in c.value for c in app.code)
        assert all("x" * 201 not in code.value for code in app.code)


def test_o2_no_html_is_allowed_in_markdown_and_none_is_made_by_components():
    for place, call in calls():
        assert "components.html" not in ast.unparse(call.func), place
        assert not {keyword.arg for keyword in call.keywords} & {"unsafe_allow_html"}, place


def test_o2_markdown_gets_no_error_and_no_name_from_outside():
    for place, call in calls():
        if call.func.attr in MARKDOWN and ast.unparse(call.func.value) == "st":
            names = {
                ast.unparse(part)
                for argument in call.args
                for part in ast.walk(argument)
                if isinstance(part, ast.Name | ast.Attribute)
            }
            assert not names & {"error", "job.error", "file", "file.name"}, place


def test_d12_an_upload_and_an_address_with_equal_bytes_give_the_same(monkeypatch):
    monkeypatch.setenv("FCNLIB_ALLOW_LOCAL_PICTURES", "1")
    data = file_of(corners(64, 48), "JPEG")
    uploaded = AppTest.from_function(source_script, default_timeout=30).run()
    uploaded.file_uploader(key="own_upload").upload("a.jpg", data).run()
    with Server({"/a": answer(data)}) as server:
        fetched = AppTest.from_function(source_script, default_timeout=30).run()
        fetched.text_input(key="own_address").set_value(server.url("/a")).run()
        fetched.button(key="own_fetch_address").click().run()
        fetched.session_state["own_fetched"].wait(20)
        fetched.run()
    assert uploaded.code[0].value == fetched.code[0].value
    jobs.queue.clear()


def test_l5_one_pixel_makes_another_picture():
    first = np.full((1024, 1024, 3), 128, np.uint8)
    second = first.copy()
    second[700, 300, 1] += 1
    shown = [pictures.from_bytes("", file_of(picture, "BMP"), "own") for picture in (first, second)]
    assert shown[0].digest != shown[1].digest
    np.testing.assert_array_equal(shown[1].image, second)
