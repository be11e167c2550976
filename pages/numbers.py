"""Page: the figures that the other pages and the tests rely on, recomputed on this machine."""

import streamlit as st

from fcnlib.facts import QUOTED
from fcnlib.ui.numbers import checks, table
from fcnlib.ui.page import setup

setup("pages/numbers.py")
st.markdown(
    "The other pages and the tests rely on figures that someone printed or measured before, such "
    "as the size of a kernel or the number of a network's parameters. This page computes each of "
    "them again with the functions of this app, and compares many results with scikit-image and "
    "TensorFlow. A fact **holds** if all its figures agree within the tolerance named below its "
    "claim."
)
checks.show_checks()
checks.show_tolerances()
checks.show_code()

st.subheader("Results of others, not recomputed here")
st.markdown(
    "These figures need data, weights or a machine that this app does not have, so they have no "
    "verdict."
)
table.show_quoted(QUOTED)
