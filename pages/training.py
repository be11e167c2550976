"""Training page: train a small network live, and measure what a coarse grid can represent."""

import streamlit as st

from fcnlib.ui.page import setup
from fcnlib import class_map
from fcnlib.networks import fcn
from fcnlib.training import Trainer, grid_bound, learning_rate
from fcnlib.training.live_run import Run
from fcnlib.ui.layout import show_source
from fcnlib.ui.training.grid_bound import show_grid_bound
from fcnlib.ui.training.live_run import show_training

setup("pages/training.py")
st.markdown(
    "A *fully convolutional network* (FCN) computes scores of every class for the cells of a grid. "
    "Its last part, the **head**, turns these scores into scores for every pixel. **FCN-32s** "
    "upsamples the scores of cells of 32 × 32 px. **FCN-16s** and **FCN-8s** also use *skip "
    "connections*: they add scores from earlier layers, FCN-16s with cells of 16 px, FCN-8s with "
    "cells of 16 and of 8 px. Train one head, then another. The curves of the first one stay for "
    "comparison."
)
st.markdown(
    "Each training step shows the network a batch of four drawn scenes and changes its weights to "
    "lower the **loss**. The loss of a pixel is −ln p, where p is the probability that the network "
    "gives to the pixel's correct class. The curve shows the mean over all pixels of the batch."
)
st.caption(
    "Mean IU (intersection over union) compares a prediction with the ground truth, the correct "
    "class of every pixel. The IU of a class is the area that it covers in both, divided by the "
    "area that it covers in at least one. Mean IU is the mean over the classes. 1 is perfect. The "
    "unit of the loss is the nat, because ln is the natural logarithm."
)
show_training()
show_source(
    Run.work, Trainer.step, learning_rate, fcn.build_head, fcn.upscore, key="training_source_code"
)

st.subheader("How good can a coarse prediction be?")
st.markdown(
    "This experiment uses no network. It shrinks the ground truth: each cell stores only the "
    "fraction of its pixels that belongs to each class. Then it upsamples these fractions by "
    "bilinear interpolation, and each pixel gets the class with the largest fraction. Only the "
    "grid can cause a difference from the ground truth. The paper that introduced FCNs (Long, "
    "Shelhamer and Darrell, 2015) describes a similar experiment in its appendix A."
)
show_grid_bound()
show_source(
    grid_bound.down_and_up,
    class_map.cell_shares,
    class_map.upsampled_argmax,
    key="training_bound_source_code",
)
