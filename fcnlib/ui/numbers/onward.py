"""Things to try and to read, for the end of the Numbers page."""

from fcnlib.ui.glossary import LONG, NUMPY_ALLCLOSE, POST, SIMONYAN
from fcnlib.ui.story import GOAL

TRIES = {
    "See which number of VGG-16 is exact to the last digit": (
        "pages/numbers.py",
        {GOAL: "numbers_wrong", "numbers_fact": "parameters"},
    ),
    "Compare TensorFlow with scikit-image yourself, with any factor": (
        "pages/upsampling.py",
        {},
    ),
}
READING = {
    "the post": POST[1],
    LONG[0]: LONG[1],
    SIMONYAN[0]: SIMONYAN[1],
    NUMPY_ALLCLOSE[0]: NUMPY_ALLCLOSE[1],
}
