"""Steps, predictions, words and the way on: the parts that all pages share."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from fcnlib.ui.page import PAGES, STORY
from fcnlib.ui import glossary, story


def asking():
    from fcnlib.ui import story

    def answer():
        calls.append("computed")
        return "two", "Because 1 + 1 = 2."

    import streamlit as st

    calls = st.session_state.setdefault("calls", [])
    counts = st.session_state.get("counts", True)
    shown = story.predict("sum", "What is 1 + 1?", {"one": "1", "two": "2"}, answer, counts=counts)
    st.session_state["shown"] = shown
    st.text(story.score())


@pytest.fixture
def app():
    return AppTest.from_function(asking).run()


def choose(app, choice):
    app.session_state["sum"] = choice
    return app.run()


def test_nothing_is_computed_before_a_choice(app):
    assert not app.session_state["shown"]
    assert app.session_state["calls"] == []
    assert app.text[0].value == ""


@pytest.mark.parametrize(
    ("choice", "right", "counted"), [("one", False, "0 of 1"), ("two", True, "1 of 1")]
)
def test_a_prediction_is_compared_with_the_computed_answer(app, choice, right, counted):
    choose(app, choice)
    assert app.session_state["shown"]
    assert app.session_state["calls"] == ["computed"]
    assert story.Prediction("", "What is 1 + 1?", right) == app.session_state["predictions"]["sum"]
    assert "1 + 1 = 2" in app.markdown[-1].value
    assert counted in app.text[0].value


def test_a_prediction_can_be_left_out_of_the_score(app):
    app.session_state["counts"] = False
    choose(app, "two")
    assert "You were right" in app.markdown[-1].value
    assert app.session_state["predictions"]["sum"].right is None
    assert app.text[0].value == ""


def test_just_show_me_is_not_counted(app):
    choose(app, story.SKIP)
    assert app.session_state["shown"]
    assert app.session_state["predictions"]["sum"].right is None
    assert "1 + 1 = 2" in app.markdown[-1].value
    assert app.text[0].value == ""


def test_a_prediction_is_in_the_address_and_is_read_from_it():
    app = AppTest.from_function(asking)
    app.query_params["sum"] = "one"
    app.run()
    assert app.session_state["predictions"]["sum"].right is False
    assert app.query_params["sum"] == "one"
    app.query_params["sum"] = "two"
    assert app.run().session_state["predictions"]["sum"].right is True
    app.query_params["sum"] = "neither"  # keeps what was chosen before
    assert app.run().session_state["sum"] == "two"
    choose(app, story.SKIP)
    assert app.query_params["sum"] == story.SKIP


def test_an_unknown_prediction_in_the_address_is_none():
    app = AppTest.from_function(asking)
    app.query_params["sum"] = "neither"
    assert not app.run().session_state["shown"]
    assert "sum" not in app.query_params


def test_a_prediction_is_kept_for_the_visit(app):
    """The browser drops a control's value with its page."""
    choose(app, "two")
    fresh = AppTest.from_function(asking)
    fresh.session_state["sum_kept"] = app.session_state["sum_kept"]
    assert fresh.run().session_state["shown"]


def test_a_link_to_an_answer_does_not_take_back_a_prediction(app):
    choose(app, "two")
    app.query_params["sum"] = story.SKIP
    app.run()
    assert app.session_state["sum"] == "two"
    assert app.session_state["predictions"]["sum"].right is True
    assert app.query_params["sum"] == "two"


def asking_about():
    import streamlit as st

    from fcnlib.ui import story

    terms = st.session_state.setdefault("terms", (1, 1))
    right = "two" if sum(terms) == 2 else "three"
    choices = {"two": "2", "three": "3"}
    story.predict("sum", "What is the sum?", choices, lambda: (right, "So."), about=terms)


def test_a_prediction_is_judged_only_for_what_it_was_made_about():
    app = AppTest.from_function(asking_about).run()
    choose(app, "three")
    assert app.markdown[-1].value == "**Not quite: 2.** So."
    app.session_state["terms"] = (1, 2)
    app.run()
    assert app.markdown[-1].value.startswith(
        "**The answer: 3.** So. You predicted this for another"
    )
    assert app.session_state["predictions"]["sum"].right is False
    app.session_state["terms"] = (1, 1)
    assert app.run().markdown[-1].value == "**Not quite: 2.** So."
    app.session_state["terms"] = (1, 2)
    app.run()
    choose(app, "two")  # another prediction
    assert app.markdown[-1].value == "**Not quite: 3.** So."


def test_every_term_has_a_meaning_pages_and_a_source_if_any():
    names = {path.rsplit("/", 1)[-1].removesuffix(".py") for path in PAGES}
    for word, term in glossary.TERMS.items():
        assert word == word.strip()
        assert term.meaning.endswith(".")
        if term.source:
            title, address = term.source
            assert title
            assert urlsplit(address).scheme == "https"
            assert urlsplit(address).hostname
        assert term.pages
        assert set(term.pages) <= names


def test_every_word_names_the_pages_that_use_it():
    app = AppTest.from_file("../../pages/words.py").run()
    shown = {text.value.split(".**")[0][2:]: text.value for text in app.markdown}
    for word, term in glossary.TERMS.items():
        used = shown[word].partition("Used on: ")[2].rstrip(".*").split(", ")
        assert set(used) == {PAGES[path].title for path in PAGES if Path(path).stem in term.pages}


def ending():
    import streamlit as st

    from fcnlib.ui import page

    page.finish(st.query_params["path"])


@pytest.mark.parametrize(("number", "path"), list(enumerate(PAGES)))
def test_a_page_leads_to_those_before_and_after_it(number, path):
    app = AppTest.from_function(ending)
    app.query_params["path"] = path
    app.run()
    assert not app.exception
    pages = list(PAGES.values())
    expected = [f"Back: {pages[number - 1].question}"] if number else []
    expected += [f"Next: {page.question}" for page in pages[number + 1 : number + 2]]
    # Without the app, a link is shown as text.
    assert [text.value for text in app.markdown if ": " in text.value[:6]] == expected


def test_every_page_of_the_story_explains_words():
    for path in STORY:
        assert glossary.of_page(path), path


@pytest.mark.parametrize(
    ("typed", "words"), [("STRIDE", ["Stride"]), ("aliasing?", []), (" nyquist ", ["Alias"])]
)
def test_a_word_is_found_by_its_name_or_its_meaning(typed, words):
    app = AppTest.from_file("../../pages/words.py").run()
    assert len(app.markdown) >= len(glossary.TERMS)
    app.text_input(key="words_find").set_value(typed).run()
    shown = [text.value.split(".**")[0] for text in app.markdown]
    found = [word[2:] for word in shown if word.startswith("**") and word[2:] in glossary.TERMS]
    assert found == sorted(found, key=str.casefold)
    assert set(words) <= set(found)
    assert len(found) < len(glossary.TERMS)


def choosing():
    from fcnlib.ui.layout import choose_one

    choose_one("Number", {1: "one", 2: "two", 3: "three"}, 1, "number", in_address=True)


def test_a_choice_stays_if_the_browser_does_not_know_yet_what_the_address_became():
    app = AppTest.from_function(choosing).run()
    for number in (2, 3, 1, 3):
        app.session_state["number"] = number
        app.query_params.clear()
        assert app.run().session_state["number"] == number


@pytest.mark.parametrize(("asked", "number"), [("2", 2), ("two", 2), ("1", 1), ("four", 1)])
def test_an_address_sets_a_choice_by_its_name_or_its_older_label(asked, number):
    app = AppTest.from_function(choosing)
    app.query_params["number"] = asked
    assert app.run().session_state["number"] == number


def test_back_and_forward_set_the_choice():
    app = AppTest.from_function(choosing).run()
    for number in (2, 3):
        app.session_state["number"] = number
        app.run().run()
    for asked in ("2", None, "2", "3"):
        app.query_params.clear()
        if asked:
            app.query_params["number"] = asked
        assert app.run().session_state["number"] == int(asked or 1)


def test_a_choice_that_was_made_before_is_kept():
    app = AppTest.from_function(choosing)
    app.session_state["number"] = 3
    assert app.run().session_state["number"] == 3
