"""The words that the pages use, with their meaning and where they are defined."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import streamlit as st

POST = (
    "The post that this app follows",
    "http://warmspringwinds.github.io/tensorflow/tf-slim/2016/11/22/"
    "upsampling-and-image-segmentation-with-tensorflow-and-tf-slim/",
)
LONG = ("Long, Shelhamer, Darrell 2015", "https://arxiv.org/abs/1411.4038")
DUMOULIN = ("Dumoulin, Visin 2016", "https://arxiv.org/abs/1603.07285")
ODENA = ("Odena, Dumoulin, Olah 2016", "https://distill.pub/2016/deconv-checkerboard/")
SIMONYAN = ("Simonyan, Zisserman 2014", "https://arxiv.org/abs/1409.1556")
SMITH = ("Smith, Digital Audio Resampling", "https://ccrma.stanford.edu/~jos/resample/")
KEYS = ("Keys 1981", "https://doi.org/10.1109/TASSP.1981.1163711")
VOC = ("Everingham et al. 2010", "https://doi.org/10.1007/s11263-009-0275-4")
TF_TRANSPOSE = (
    "TensorFlow: conv2d_transpose",
    "https://www.tensorflow.org/api_docs/python/tf/nn/conv2d_transpose",
)
TF_CONVOLUTION = ("TensorFlow: conv2d", "https://www.tensorflow.org/api_docs/python/tf/nn/conv2d")
TF_SOFTMAX = ("TensorFlow: softmax", "https://www.tensorflow.org/api_docs/python/tf/nn/softmax")
TF_POOLING = (
    "TensorFlow: max_pool2d",
    "https://www.tensorflow.org/api_docs/python/tf/nn/max_pool2d",
)
TF_GRADIENTS = (
    "TensorFlow: automatic differentiation",
    "https://www.tensorflow.org/guide/autodiff",
)
TORCH_TRANSPOSE = (
    "PyTorch: ConvTranspose2d",
    "https://docs.pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html",
)
TF_RESIZE = (
    "TensorFlow: ResizeMethod",
    "https://www.tensorflow.org/api_docs/python/tf/image/ResizeMethod",
)
TORCH_INTERPOLATE = (
    "PyTorch: interpolate",
    "https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html",
)
SKIMAGE_RESCALE = (
    "scikit-image: rescale",
    "https://scikit-image.org/docs/stable/api/skimage.transform.html#skimage.transform.rescale",
)
NUMPY_ALLCLOSE = (
    "NumPy: allclose",
    "https://numpy.org/doc/stable/reference/generated/numpy.allclose.html",
)
NUMPY_TYPES = (
    "NumPy: data types",
    "https://numpy.org/doc/stable/user/basics.types.html",
)
BFLOAT16 = ("TensorFlow: bfloat16", "https://cloud.google.com/tpu/docs/bfloat16")


class Term(NamedTuple):
    """The meaning of a word.

    Attributes
    ----------
    meaning : str
        One or two sentences, as Markdown.
    source : tuple of str or None
        Title and address of its definition in the literature or in a library's documentation. None
        for a word of everyday use, or of this app.
    pages : tuple of str
        Names of the pages that explain it, such as ``"kernels"``; ``"app"`` is the home page.

    """

    meaning: str
    source: tuple[str, str] | None
    pages: tuple[str, ...]


TERMS = {
    "Signal": Term(
        "A value that changes along a line or in time, such as a row of a picture or a sound.",
        SMITH,
        ("kernels",),
    ),
    "Spike": Term("A single value with zeros around it.", None, ("kernels",)),
    "Sample": Term(
        "The value of a signal at one moment, or of a picture at one pixel.", SMITH, ("kernels",)
    ),
    "Resampling": Term(
        "Computing samples at new positions from the samples at hand. Enlarging a picture is one "
        "kind of it.",
        SMITH,
        ("kernels",),
    ),
    "Kernel": Term(
        "A small function or table of weights, which says how much a sample counts at each "
        "distance.",
        KEYS,
        ("kernels", "upsampling", "transposed_convolution", "why_a_layer", "memory"),
    ),
    "Support": Term(
        "The distance beyond which a kernel is zero. A small support means little to compute.",
        KEYS,
        ("kernels",),
    ),
    "Bilinear interpolation": Term(
        "Each new value is a weighted mean of the nearest samples. Nearer ones count more.",
        SKIMAGE_RESCALE,
        ("app", "kernels", "upsampling", "segmentation"),
    ),
    "Nearest neighbor": Term(
        "Each new value is a copy of the sample that is nearest to it.",
        SKIMAGE_RESCALE,
        ("app", "kernels"),
    ),
    "Catmull-Rom": Term(
        "A kernel of cubic curves. The curve that it makes passes through the samples, and can "
        "overshoot them.",
        KEYS,
        ("kernels",),
    ),
    "Mitchell": Term(
        "A kernel of cubic curves that overshoots less than Catmull-Rom. The curve that it makes "
        "can miss the samples.",
        TF_RESIZE,
        ("kernels",),
    ),
    "B-spline": Term(
        "A smooth kernel of cubic curves that is never negative. The curve that it makes never "
        "overshoots, but can miss the samples.",
        None,
        ("kernels",),
    ),
    "Sinc": Term(
        "The kernel sin(πx)/(πx). It restores a signal exactly if the signal's fastest wave has "
        "more than two samples per period. But it never ends, so every sample counts.",
        SMITH,
        ("kernels",),
    ),
    "Nyquist frequency": Term(
        "Half the number of samples per second. Only waves below it can be identified by their "
        "samples.",
        SMITH,
        ("kernels",),
    ),
    "Lanczos kernel": Term(
        "The sinc, multiplied by a curve that fades to 0 after two to four samples.",
        TF_RESIZE,
        ("kernels",),
    ),
    "Frequency response": Term(
        "For each frequency, the factor by which a kernel multiplies a wave.", SMITH, ("kernels",)
    ),
    "Gain": Term(
        "The factor by which a kernel multiplies a wave of one frequency.",
        SMITH,
        ("kernels", "numbers"),
    ),
    "Alias": Term(
        "A slower wave that has the same samples as a wave above the Nyquist frequency.",
        SMITH,
        ("kernels",),
    ),
    "Upsampling": Term(
        "Enlarging an array: computing more samples than there were.",
        SKIMAGE_RESCALE,
        ("app", "kernels", "upsampling", "why_a_layer"),
    ),
    "allclose": Term(
        "A test that two arrays are equal up to a small allowed difference.",
        NUMPY_ALLCLOSE,
        ("upsampling",),
    ),
    "rtol and atol": Term(
        "The two parts of the difference that allclose allows: rtol is relative to the value, atol "
        "is the same for every value.",
        NUMPY_ALLCLOSE,
        ("upsampling",),
    ),
    "Clip": Term(
        "To replace values outside a range by the nearest end of the range.",
        SKIMAGE_RESCALE,
        ("upsampling",),
    ),
    "Logarithmic scale": Term(
        "An axis on which equal distances stand for equal factors, such as from 1 to 10 and from "
        "10 to 100.",
        None,
        ("why_a_layer", "memory"),
    ),
    "float32": Term(
        "A number format of 32 bits, with about 7 decimal digits. float64 has 64 bits and about "
        "16 digits.",
        NUMPY_TYPES,
        ("upsampling",),
    ),
    "Convolution": Term(
        "A layer that slides a kernel over its input. Each output is a weighted sum of the inputs "
        "under the kernel.",
        TF_CONVOLUTION,
        ("kernels", "transposed_convolution", "network"),
    ),
    "Transposed convolution": Term(
        "A layer that, for each input, adds its kernel, multiplied by the input, to the output. "
        " As a matrix it is a convolution's matrix, transposed.",
        TF_TRANSPOSE,
        ("app", "kernels", "upsampling", "transposed_convolution", "why_a_layer", "memory"),
    ),
    "Deconvolution": Term(
        "Another name for the transposed convolution, and a misleading one: it does not undo a "
        "convolution.",
        DUMOULIN,
        ("transposed_convolution",),
    ),
    "Fractionally strided convolution": Term(
        "Another name for the transposed convolution: a convolution over the input with zeros "
        "between its cells, so that the kernel moves by a fraction of a cell.",
        DUMOULIN,
        ("transposed_convolution",),
    ),
    "Stride": Term(
        "How many cells a kernel moves from one place to the next. In a transposed convolution it "
        "is the distance between two copies of the kernel. The stride of a whole network is the "
        "distance between the centers of two cells, in pixels.",
        DUMOULIN,
        ("upsampling", "transposed_convolution", "network", "training"),
    ),
    "Padding": Term(
        "For a convolution, cells that are added around the input. For a transposed convolution, "
        "cells that are cut off around the output.",
        DUMOULIN,
        ("transposed_convolution", "network"),
    ),
    "VALID and SAME": Term(
        "Two paddings of a convolution. VALID adds nothing, so the kernel stays within its input. "
        "SAME adds just enough zeros to lose no cell with a stride of 1.",
        TF_CONVOLUTION,
        ("network",),
    ),
    "Output padding": Term(
        "Cells that a transposed convolution adds at the end of its output. Their number selects "
        "one of several possible sizes.",
        TORCH_TRANSPOSE,
        ("transposed_convolution",),
    ),
    "Checkerboard artifact": Term(
        "A pattern that a transposed convolution adds if its outputs receive unequal sums of "
        "weights.",
        ODENA,
        ("transposed_convolution",),
    ),
    "Scatter and gather": Term(
        "Two ways to compute the same sums. Scatter adds what each input contributes to the "
        "outputs. Gather collects what each output needs from the inputs.",
        DUMOULIN,
        ("transposed_convolution",),
    ),
    "Phase": Term(
        "All outputs at the same position relative to the nearest inputs. They use the same "
        "weights of a transposed convolution's kernel.",
        ODENA,
        ("transposed_convolution",),
    ),
    "Channel": Term(
        "One of the arrays that a layer takes or returns, such as one color or one class's scores.",
        TF_CONVOLUTION,
        ("upsampling", "network", "memory"),
    ),
    "Weight": Term(
        "A number of a layer that training changes.", TF_CONVOLUTION, ("network", "why_a_layer")
    ),
    "Multiply-add": Term(
        "One multiplication and one addition. A layer's work is counted in them.",
        SIMONYAN,
        ("network",),
    ),
    "Max pooling": Term(
        "A layer that keeps the largest value of each square of cells, usually 2 × 2. It halves "
        "height and width.",
        TF_POOLING,
        ("network",),
    ),
    "Receptive field": Term(
        "The part of the picture that an output cell depends on.",
        DUMOULIN,
        ("network", "segmentation"),
    ),
    "Dense layer": Term(
        "A layer whose every output is a weighted sum of all inputs, also called fully connected.",
        SIMONYAN,
        ("network",),
    ),
    "Fully convolutional network": Term(
        "A network without dense layers. It takes pictures of any size and answers once per cell.",
        LONG,
        ("network", "training"),
    ),
    "Cell": Term(
        "A square of pixels that a network gives one answer for. For a single layer, one number of "
        "its input or output.",
        LONG,
        ("app", "transposed_convolution", "why_a_layer", "network", "segmentation", "training"),
    ),
    "Class map": Term(
        "An array with one class per cell or pixel: the class with the highest score.",
        LONG,
        ("upsampling", "segmentation", "memory"),
    ),
    "Score": Term(
        "What a network computes for each class in a cell. The class with the highest score is the "
        "answer. Scores have no unit.",
        LONG,
        ("app", "segmentation", "memory", "training"),
    ),
    "Logits": Term(
        "A network's scores for the classes before they become probabilities.",
        TF_SOFTMAX,
        ("segmentation", "memory"),
    ),
    "Softmax": Term(
        "The function that turns scores into probabilities, which are positive and sum to 1.",
        TF_SOFTMAX,
        ("upsampling", "segmentation", "training"),
    ),
    "Classifier": Term(
        "A network that was trained to give one class to a whole picture.",
        SIMONYAN,
        ("segmentation",),
    ),
    "Aligned corners": Term(
        "A way to enlarge an array in which the corner samples stay on the corner pixels. "
        "Otherwise each sample lies in the middle of its block of pixels.",
        TORCH_INTERPOLATE,
        ("segmentation", "upsampling"),
    ),
    "Ground truth": Term(
        "The correct class of every pixel, which a network's answer is compared with. Also called "
        "the truth.",
        VOC,
        ("segmentation", "training"),
    ),
    "Segmentation": Term(
        "Giving a class to every pixel of a picture.", LONG, ("app", "segmentation", "training")
    ),
    "Dense kernel": Term(
        "A convolution's kernel with weights from every channel of its input to every channel of "
        "its output.",
        TF_TRANSPOSE,
        ("memory",),
    ),
    "Depthwise": Term(
        "Applied to each channel by itself, with a kernel that joins no channels.",
        (
            "TensorFlow: depthwise_conv2d",
            "https://www.tensorflow.org/api_docs/python/tf/nn/depthwise_conv2d",
        ),
        ("memory",),
    ),
    "Separable": Term(
        "A kernel that is a product of a column and a row. Rows and columns can be enlarged one "
        "after the other.",
        KEYS,
        ("memory",),
    ),
    "bfloat16": Term(
        "A number format of 16 bits. Its numbers can be as large as in float32, but they have only "
        "2 to 3 digits. It needs half the memory.",
        BFLOAT16,
        ("network",),
    ),
    "Loss": Term(
        "A number that says how wrong a network's answer is. Training makes it smaller.",
        None,
        ("why_a_layer", "training"),
    ),
    "Gradient": Term(
        "How fast the loss grows if a number in the network grows, such as a weight.",
        TF_GRADIENTS,
        ("why_a_layer", "training"),
    ),
    "Backpropagation": Term(
        "Computing the gradients from the last layer back to the first.",
        TF_GRADIENTS,
        ("why_a_layer",),
    ),
    "Learning rate": Term(
        "The factor by which a gradient is multiplied before it is subtracted from a weight.",
        None,
        ("why_a_layer", "training"),
    ),
    "Skip connection": Term(
        "An early layer's scores, which are finer, added to the scores of the last layer.",
        LONG,
        ("training", "segmentation"),
    ),
    "FCN-32s": Term(
        "A fully convolutional network (FCN) with a stride of 32. Skip connections give FCN-16s a "
        "stride of 16, and FCN-8s one of 8.",
        LONG,
        ("training", "segmentation"),
    ),
    "IU": Term(
        "Intersection over union: the number of pixels that have a class in both answer and truth, "
        "divided by the number that have it in either. 1 is perfect.",
        VOC,
        ("training", "segmentation"),
    ),
    "Mean IU": Term("The mean of the IU over all classes.", VOC, ("training", "segmentation")),
    "VGG-16": Term(
        "A network of 2014 with 13 convolutions and 3 dense layers, trained to classify pictures.",
        SIMONYAN,
        ("network", "segmentation", "memory", "numbers"),
    ),
    "pool5 and fc6": Term(
        "Layers of VGG-16: its fifth pooling, and the first dense layer (fully connected, fc), "
        "which follows it.",
        SIMONYAN,
        ("network", "numbers"),
    ),
    "Head": Term(
        "The last part of a network. It computes scores of cells from features, and enlarges them "
        "to scores of pixels.",
        None,
        ("training", "segmentation"),
    ),
    "ImageNet": Term(
        "A collection of photographs. Classifiers learn from a million of them, each with one of "
        "1000 classes.",
        ("Russakovsky et al. 2015", "https://doi.org/10.1007/s11263-015-0816-y"),
        ("segmentation",),
    ),
    "PASCAL VOC": Term(
        "A collection of photographs in which objects of 20 kinds are outlined.",
        VOC,
        ("segmentation",),
    ),
    "DeepLab v3": Term(
        "A network that is trained to segment. The one here learned from PASCAL VOC.",
        ("Chen et al. 2017", "https://arxiv.org/abs/1706.05587"),
        ("app", "segmentation"),
    ),
    "EfficientNet-Lite0": Term(
        "A small classifier for phones, trained on ImageNet.",
        ("Tan, Le 2019", "https://arxiv.org/abs/1905.11946"),
        ("network", "segmentation", "memory"),
    ),
    "Fact": Term(
        "A claim of this app with stated numbers, and the code that computes them again.",
        None,
        ("numbers",),
    ),
    "Tolerance": Term(
        "How far a computed number may lie from the stated one.", NUMPY_ALLCLOSE, ("numbers",)
    ),
    "Epoch": Term("One pass of a training over all its pictures.", None, ("training",)),
}


def of_page(path: str) -> dict[str, Term]:
    """Return the terms of a page; `path` is a key of `fcnlib.ui.page.PAGES`."""
    name = page_name(path)
    return {word: term for word, term in TERMS.items() if name in term.pages}


def page_name(path: str) -> str:
    """Return a page's name in `Term.pages`; `path` is a key of `fcnlib.ui.page.PAGES`.

    Examples
    --------
    >>> page_name("pages/kernels.py")
    'kernels'

    """
    return Path(path).stem


def show_terms(titles: Mapping[str, str]) -> None:
    """Show the words in alphabetical order, those that contain what the visitor types.

    Parameters
    ----------
    titles : mapping of str to str
        What a page is called in the menu, by its name in `Term.pages`.

    """
    asked = st.text_input(
        "Find a word", key="words_find", bind="query-params", max_chars=40, width=320
    )
    found = {
        word: TERMS[word]
        for word in sorted(TERMS, key=str.casefold)
        if (asked or "").strip().casefold() in f"{word} {TERMS[word].meaning}".casefold()
    }
    if not found:
        st.markdown("No word has this text in its name or meaning.")
    with st.container(key="words_list"):
        left, right = st.columns(2, gap="large")
    # Small, since this is the longest page.
    st.html("<style>.st-key-words_list p { font-size: 0.875rem; line-height: 1.4; }</style>")
    for number, (word, term) in enumerate(found.items()):
        # The first half on the left, so that a phone shows the words in order.
        column = left if number < (len(found) + 1) // 2 else right
        used = ", ".join(titles[page] for page in titles if page in term.pages)
        source = f" [{term.source[0]}]({term.source[1]})" if term.source else ""
        column.markdown(f"**{word}.** {term.meaning}{source} *Used on: {used}.*")
