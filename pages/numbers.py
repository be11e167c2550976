"""Page: every figure that this project stands on, computed anew on this machine."""

import streamlit as st

from fcnlib.ui.numbers import checks
from fcnlib.ui.page import setup

setup("pages/numbers.py")
st.markdown(
    "Other pages and tests lean on figures that someone printed or measured before. Here each is "
    "computed again, by this app's own functions and against scikit-image and TensorFlow."
)
checks.show_checks()
checks.show_tolerances()
checks.show_code()

st.subheader("QuotedFact from others, not recomputed here")
st.markdown(
    "These figures need data, weights or a machine that are not here, so no verdict is given."
)
checks.show_taken()
