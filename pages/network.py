"""Page: why a classifier's answer is coarse, layer by layer."""

from fcnlib.ui.page import finish, setup
from fcnlib.ui.glossary import DUMOULIN, LONG, POST, SIMONYAN, TF_POOLING
from fcnlib.ui.network.deeper import show_deeper
from fcnlib.ui.network.dense import show_dense
from fcnlib.ui.network.field import show_field
from fcnlib.ui.network.layers import show_answers, show_layers, show_opening
from fcnlib.ui.network.padding import show_padding
from fcnlib.ui.story import GOAL

PATH = "pages/network.py"

setup(PATH)
answers = show_opening()
show_layers()
show_dense()
show_padding()
show_field()
show_deeper()
finish(
    PATH,
    tries={
        "See what a cell of the second layer depends on": (
            PATH,
            {GOAL: "network_layers", "network_layer": "conv1_2"},
        ),
        "Find the ring: move the block to position 12": (
            PATH,
            {GOAL: "network_dense", "network_position": "12"},
        ),
    },
    reading=dict([POST, SIMONYAN, (f"{LONG[0]}, section 3.1", LONG[1]), DUMOULIN, TF_POOLING]),
)
show_answers(answers)
