"""What the Segmentation page offers at its end: things to try, and things to read."""

from fcnlib.ui.glossary import LONG, TF_SOFTMAX, TORCH_INTERPOLATE

PAGE = "pages/segmentation.py"

TRIES = {
    "Fetch the school bus of the post from its address": (
        PAGE,
        {"segmentation_source": "address"},
    ),
    "See which class a cup of coffee gets from a network that has no class for cups": (
        PAGE,
        {"segmentation_source": "sample", "segmentation_sample": "coffee"},
    ),
    "Compare maps with the truth on a drawn street": (PAGE, {"segmentation_source": "street"}),
    "See how much memory upsampling takes, and how little it needs": ("pages/memory.py", {}),
}

READING = {
    "The post that this app follows": "http://warmspringwinds.github.io/tensorflow/tf-slim/2016/11"
    "/22/upsampling-and-image-segmentation-with-tensorflow-and-tf-slim/",
    f"{LONG[0]}, section 3": LONG[1],
    "Chen et al. 2017, DeepLab v3": "https://arxiv.org/abs/1706.05587",
    f"{TORCH_INTERPOLATE[0]}, with align_corners": TORCH_INTERPOLATE[1],
    TF_SOFTMAX[0]: TF_SOFTMAX[1],
}
