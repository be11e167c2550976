"""Page: the numbers that the other pages and the tests rely on, recomputed on this machine."""

import streamlit as st

from fcnlib.ui.page import finish, setup
from fcnlib.facts import QUOTED
from fcnlib.ui.layout import fold
from fcnlib.ui.numbers import checks, table, wrong_figure
from fcnlib.ui.numbers.onward import READING, TRIES
from fcnlib.ui.story import so, step

PATH = "pages/numbers.py"

setup(PATH)
table.style()
job = checks.start()
with step("numbers_opening"):
    st.markdown(
        "The other pages rely on numbers that others published or that this project measured "
        "before, such as the size of a kernel. A **fact** is a claim with such numbers. This "
        "machine computes all of them now, and compares many with scikit-image and TensorFlow. A "
        "fact **holds** if every number agrees within its **tolerance**, an allowed difference."
    )
    checks.show_headline(job)

with step("numbers_topics", "Every fact, by topic", 1):
    st.markdown(
        "Open a topic to read its claims, each with its numbers as stated and as measured here."
    )
    checks.show_topics(job)
    fold("Go deeper: when does a fact hold?", "numbers_tolerances", checks.show_tolerances)
    so("you can trace each number to a claim, a source and a function that computes it.")

with step("numbers_wrong", "Would a wrong number be noticed?", 2):
    st.markdown(
        "A check is worth something only if it can fail. There are two main tolerances. **As "
        "rounded**: the value measured here, rounded to the digits of the stated number, must be "
        "that number. **Up to rounding errors**: the number is itself a rounding error, such as "
        "1.4e-15. Such errors differ from processor to processor, so up to four times as much may "
        "be measured here."
    )
    known = checks.outcomes()
    wrong_figure.ask(known, job)
    wrong_figure.show(known, job)

with step("numbers_quoted", "Which numbers cannot be checked here?", 3):
    st.markdown(
        "Some published results depend on data, weights or a machine that this app does not have."
    )
    fold(
        "Published results that are not recomputed", "numbers_published", table.show_quoted, QUOTED
    )

finish(PATH, TRIES, READING)
