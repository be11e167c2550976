"""Things to try and to read, for the end of the Segmentation page."""

from fcnlib.ui.glossary import LONG, POST, TORCH_INTERPOLATE
from fcnlib.ui.story import GOAL

PAGE = "pages/segmentation.py"

TRIES = {
    "Fetch the school bus of the post from its address": (
        PAGE,
        {GOAL: "segmentation_opening", "segmentation_source": "address"},
    ),
    "See which class a cup of coffee gets from a network that has no class for cups": (
        PAGE,
        {
            GOAL: "segmentation_opening",
            "segmentation_source": "sample",
            "segmentation_sample": "coffee",
        },
    ),
    "See how much memory upsampling takes, and how little it needs": ("pages/memory.py", {}),
}

READING = {
    "The post": POST[1],
    f"{LONG[0]}, section 3": LONG[1],
    "DeepLab v3": "https://arxiv.org/abs/1706.05587",
    TORCH_INTERPOLATE[0]: TORCH_INTERPOLATE[1],
}
