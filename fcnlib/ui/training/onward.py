"""Things to try and to read, for the end of the Training page."""

from fcnlib.ui.glossary import LONG, POST, TF_GRADIENTS, VOC
from fcnlib.ui.story import GOAL

TRIES = {
    "Train FCN-32s with a learning rate that is too high": (
        "pages/training.py",
        {
            GOAL: "training_loss",
            "training_head": "fcn_32s",
            "training_rate": "0.02",
            "training_kernels": "bilinear_learned",
        },
    ),
    "See the sum behind one pixel's class on a drawn street": (
        "pages/segmentation.py",
        {
            GOAL: "segmentation_pixel",
            "segmentation_source": "street",
            "segmentation_head": "fcn_8s",
        },
    ),
}
READING = {
    "the post": POST[1],
    "the paper, section 4 and appendix A": LONG[1],
    TF_GRADIENTS[0]: TF_GRADIENTS[1],
    VOC[0]: VOC[1],
}
