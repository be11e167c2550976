"""Page: what upsampling stores, and how little of it is needed."""

from fcnlib.ui.page import finish, setup
from fcnlib.ui.glossary import KEYS, LONG, POST, TERMS, TF_TRANSPOSE
from fcnlib.ui.memory.deeper import show_deeper
from fcnlib.ui.memory.kernels import show_depthwise, show_opening, show_pairs, show_separable
from fcnlib.ui.memory.survivors import show_survivors
from fcnlib.ui.story import GOAL

PATH = "pages/memory.py"

setup(PATH)
show_opening()
show_pairs()
show_depthwise()
show_separable()
show_deeper(show_survivors())
finish(
    PATH,
    tries={
        "See how much 21 classes need": (
            PATH,
            {GOAL: "memory_pairs", "memory_classes": "21"},
        ),
        "Count the classes that remain on the rocket": (
            PATH,
            {GOAL: "memory_survivors", "memory_picture": "rocket"},
        ),
    },
    reading=dict(
        [POST, (f"{LONG[0]}, section 3.3", LONG[1]), TF_TRANSPOSE, TERMS["Depthwise"].source, KEYS]
    ),
)
