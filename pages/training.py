"""Training page: a network that learns while you watch, and what its skip connections add."""

import streamlit as st

from fcnlib.ui.page import finish, setup
from fcnlib.ui.story import so, step
from fcnlib.ui.training.alone import SHIPPED_STEPS, show_commands
from fcnlib.ui.training.grid_bound import show_grid_bound
from fcnlib.ui.training.live_run import predict_start, show_training
from fcnlib.ui.training.onward import READING, TRIES
from fcnlib.ui.training.own.page import chooses_own, show_own_classes
from fcnlib.ui.training.skips import ask_heads, choose_street, show_heads

PATH = "pages/training.py"

ask_heads()  # first, because a process that has just started has to load the networks
setup(PATH)
if chooses_own():
    show_own_classes()
    finish(PATH, TRIES, READING)
    st.stop()
with step("training_opening"):
    st.markdown(
        "A small **fully convolutional network** (FCN), trained for "
        f"{SHIPPED_STEPS:,} steps, colors a drawn street by class. FCN-32s has a **stride** of 32: "
        "it enlarges scores of cells of 32 × 32 px. **Skip connections** add scores of earlier "
        "layers: FCN-16s adds those of cells of 16 px, FCN-8s also those of 8 px. Point, tap or "
        "use the arrow keys to compare one pixel with the **truth**, its correct class."
    )
    opening = st.container()
    st.caption(
        "**IU** (intersection over union) of a class: number of pixels that have it in both answer "
        "and truth, divided by the number that have it in either (1 is best). **Mean IU**: the "
        "mean over classes."
    )

with step("training_loss", "The loss falls", 1):
    st.markdown(
        "A training step shows the network four streets and changes its weights to lower the "
        "**loss**, which says how wrong the answer is. **Softmax** turns the scores of a pixel "
        "into probabilities. A pixel's loss is −ln p if its correct class has probability p. Press "
        "Start and watch each step's mean loss, and the answer for a street it never trains on."
    )
    predict_start()
    if learned := show_training():
        so(learned)

with step("training_skips", "What skips add", 2):
    st.markdown(
        "The network halves its picture five times. The last layer knows best what is there, but "
        "its cells have 32 px. The cells of earlier layers are smaller: 8 px in **pool3** and "
        "16 px in **pool4**. FCN-8s enlarges the last scores by 2, adds those of pool4, "
        "enlarges by 2, adds those of pool3, and enlarges by 8. Watch where errors stay (pink)."
    )
    seed, below = choose_street()

with step("training_bound", "What does a coarse grid lose?", 3):
    st.markdown(
        "Suppose that every cell knew which fraction of its pixels each class has. We upsample "
        "these true fractions, without a network. Each pixel gets the class with the largest "
        "fraction. Change the size of the cells and watch the people. Pink pixels are wrong."
    )
    show_grid_bound()

with step("training_alone", "Train it yourself", 4):
    st.markdown(
        "`python -m fcnlib train` trains on drawn streets. With `--data FOLDER`, it trains on your "
        "own pictures. Run it in the folder of fcnlib, after `pip install -r requirements.txt`."
    )
    show_commands()

finish(PATH, TRIES, READING)
show_heads(seed, opening, below)
