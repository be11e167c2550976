"""Page: a small network trained in front of the visitor, and the bound no stride can pass."""

import streamlit as st

from fcnlib import class_map
from fcnlib.networks import fcn
from fcnlib.training import Trainer, grid_bound, learning_rate
from fcnlib.training.live_run import Run
from fcnlib.ui.layout import show_source
from fcnlib.ui.page import setup
from fcnlib.ui.training.grid_bound import show_grid_bound
from fcnlib.ui.training.live_run import run

setup("pages/training.py")
st.markdown(
    "Each step shows the network four scenes and makes its scores a little less wrong. **FCN-32s** "
    "answers once per 32 px; **16s** and **8s** add the scores of earlier, finer layers. Train "
    "one, then another: the first one's curves stay to compare."
)
run()
show_source(
    Run.work, Trainer.step, learning_rate, fcn.fcn_8s, fcn.upscore, key="training_source_code"
)

st.subheader("How good can a coarse answer be?")
st.markdown(
    "No network here: the ground truth itself is shrunk until each cell only knows how much of "
    "it each class takes, then enlarged bilinearly again. What is lost is lost to the grid. The "
    "paper did so in its Appendix A."
)
show_grid_bound()
show_source(
    grid_bound.down_and_up,
    class_map.cell_shares,
    class_map.upsampled_argmax,
    key="training_bound_source_code",
)
