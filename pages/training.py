"""Training page: train a small network live, and measure what a coarse grid can represent."""

import streamlit as st

from fcnlib import class_map
from fcnlib.networks import fcn
from fcnlib.training import Trainer, grid_bound, learning_rate
from fcnlib.training.live_run import Run
from fcnlib.ui.layout import show_source
from fcnlib.ui.page import setup
from fcnlib.ui.training.grid_bound import show_grid_bound
from fcnlib.ui.training.live_run import show_training

setup("pages/training.py")
st.markdown(
    "Each training step shows the network four drawn scenes and changes its weights so that the "
    "*loss* falls: the mean of −ln p, where p is the probability that a pixel's correct class "
    "gets. **FCN-32s** computes one vector of scores per 32 × 32 px and upsamples it. **FCN-16s** "
    "and **FCN-8s** also use *skips*: they add the scores of earlier layers with a finer grid. "
    "Train one head, then another. The curves of the first one stay for comparison."
)
st.caption(
    "Mean IU compares a prediction with the ground truth: for each class, the intersection of both "
    "areas divided by their union, averaged over the classes. 1 is perfect."
)
show_training()
show_source(
    Run.work, Trainer.step, learning_rate, fcn.build_head, fcn.upscore, key="training_source_code"
)

st.subheader("How good can a coarse prediction be?")
st.markdown(
    "This experiment uses no network. It shrinks the ground truth until each cell stores only the "
    "fraction of its pixels that belongs to each class, then upsamples these fractions bilinearly "
    "and takes the largest one per pixel. Every difference from the ground truth is a loss that "
    "the grid alone causes. The paper does the same in its appendix A."
)
show_grid_bound()
show_source(
    grid_bound.down_and_up,
    class_map.cell_shares,
    class_map.upsampled_argmax,
    key="training_bound_source_code",
)
