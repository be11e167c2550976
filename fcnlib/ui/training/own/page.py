"""The Training page for a visitor's own classes, step by step."""

import streamlit as st

from fcnlib.training import live_run
from fcnlib.training.own_data import live
from fcnlib.training.own_data.learner import Learner
from fcnlib.ui import scripts
from fcnlib.ui.layout import choose_one, show_source
from fcnlib.ui.story import so, step
from fcnlib.ui.training.own.collection import choose_classes, choose_collection
from fcnlib.ui.training.own.painter import paint
from fcnlib.ui.training.own.run import keep_network, show_training

DATA = {"streets": "Drawn streets", "own": "Your own classes"}
COMMANDS = """\
unzip network.zip
python -m fcnlib segment --network network --out maps PICTURE
python -m fcnlib train --data FOLDER
"""


def chooses_own() -> bool:
    """Ask what to train on, and return whether it is the visitor's own classes."""
    asked = choose_one("Train on", DATA, "streets", "training_data", in_address=True)
    return asked == "own"


def show_own_classes() -> None:
    """Let the visitor paint classes on pictures, train a head on them, and keep the network."""
    scripts.begin("")  # The page's script trains on drawn streets.
    with step("training_own_opening"):
        st.markdown(
            "Name your classes, and paint some pixels of each class on a few pictures. Pixels that "
            "are not painted count nowhere. A network that already knows ImageNet's pictures then "
            "learns your classes in about a minute."
        )
        source, collection = choose_collection()
        classes = choose_classes(source)
        if collection.pictures:
            number = choose_one(
                "Picture",
                {n: str(n + 1) for n in range(len(collection.pictures))},
                0,
                f"training_own_{source}_picture",
                control=st.pills,
                wrap=True,
            )
            st.fragment(paint)(source, collection, number, classes)
    with step("training_own_train", "A head learns your classes", 1):
        st.markdown(
            "The **backbone**, a network trained on ImageNet, turns each picture once into "
            "**features**, arrays of numbers. Its weights do not change. Only the **head** learns, "
            "which turns features into scores of your classes. Press Start and watch its answers "
            "for pictures that it is not trained on."
        )
        show_training(collection, classes)
        so(
            "features learned for other pictures are enough to tell new classes apart, so a few "
            "labeled pictures and a minute suffice."
        )
    with step("training_own_keep", "Keep the network", 2):
        st.markdown(
            "The file holds a folder with weights, class names, colors and a card that says how "
            "good the network is. "
            "The commands below use it on other pictures, and train for longer on a folder of "
            "labeled pictures."
        )
        keep_network()
        st.code(COMMANDS, language="bash")
        show_source(live.train, live_run.follow, Learner, key="training_own_source_code")
