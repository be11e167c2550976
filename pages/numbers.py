"""Page: the figures that the other pages and the tests rely on, recomputed on this machine."""

import streamlit as st

from fcnlib.ui.page import setup
from fcnlib.facts import QUOTED
from fcnlib.ui.numbers import checks, table

setup("pages/numbers.py")
table.style()
st.markdown(
    "The other pages and the tests rely on figures that were published or measured before, such "
    "as the size of a kernel or the number of a network's parameters. A **fact** is a claim with "
    "one or more such figures. This page computes the figures of all facts again with the "
    "functions of this app and compares many of them with scikit-image and TensorFlow. A fact "
    "**holds** if all its figures agree within the tolerance that is named below the claim."
)
checks.show_checks()
checks.show_tolerances()
checks.show_code()

st.subheader("Published results that are not recomputed here")
st.markdown(
    "These figures depend on data, weights or a machine that this app does not have, so it cannot "
    "check them."
)
table.show_quoted(QUOTED)
