"""The words that the pages use, with their meaning and where they are defined."""

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
    source : tuple of str
        Title and address of its definition in the literature or in a library's documentation.
    pages : tuple of str
        Names of the pages that use it first, such as ``"kernels"``; ``"app"`` is the home page.

    """

    meaning: str
    source: tuple[str, str]
    pages: tuple[str, ...]


TERMS = {
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
        "A small function or table of weights. It says how much a sample counts at a distance.",
        KEYS,
        ("kernels", "upsampling", "transposed_convolution", "why_a_layer", "memory"),
    ),
    "Support": Term(
        "The distances at which a kernel is not zero. A small support means little to compute.",
        KEYS,
        ("kernels",),
    ),
    "Bilinear interpolation": Term(
        "Each new value is a weighted mean of the nearest samples. Nearer ones count more.",
        SKIMAGE_RESCALE,
        ("app", "kernels", "upsampling", "segmentation"),
    ),
    "Sinc": Term(
        "The kernel sin(πx)/(πx). It returns a signal exactly if the samples are dense enough, but "
        "it never ends.",
        SMITH,
        ("kernels",),
    ),
    "Nyquist frequency": Term(
        "Half the number of samples per second. Only waves below it can be told apart from their "
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
        "A layer that adds a copy of its kernel to the output for each input, multiplied by the "
        "input. As a matrix it is a convolution's matrix, transposed.",
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
        "is the distance between two copies of the kernel.",
        DUMOULIN,
        ("upsampling", "transposed_convolution", "network"),
    ),
    "Padding": Term(
        "For a convolution, cells that are added around the input. For a transposed convolution, "
        "cells that are cut off around the output.",
        DUMOULIN,
        ("transposed_convolution", "network"),
    ),
    "VALID and SAME": Term(
        "Two paddings of a convolution. VALID adds nothing, so the kernel stays within its input. "
        "SAME adds so many zeros that, with a stride of 1, no cell is lost.",
        TF_CONVOLUTION,
        ("network",),
    ),
    "Output padding": Term(
        "Cells that a transposed convolution adds at the end of its output, so that it can return "
        "each of the sizes that a convolution maps to the same size.",
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
        ("app", "network", "training"),
    ),
    "Cell": Term(
        "Of a network: a square of pixels that it gives one answer for. Of an array: the place of "
        "one entry.",
        LONG,
        ("app", "network", "segmentation", "training", "transposed_convolution", "why_a_layer"),
    ),
    "Class map": Term(
        "An array with one class per cell or pixel: the class with the highest score.",
        LONG,
        ("app", "upsampling", "segmentation", "memory"),
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
        "A way to enlarge an array in which the outermost samples stay in the corners. Otherwise "
        "each sample stands for a block of pixels and lies in its middle.",
        TORCH_INTERPOLATE,
        ("segmentation",),
    ),
    "Ground truth": Term(
        "The correct class of every pixel, which a network's answer is compared with.",
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
        "A number format with the range of float32 and 8 of its 24 significant bits. It needs half "
        "the memory.",
        BFLOAT16,
        ("network",),
    ),
    "Loss": Term(
        "A number that says how wrong a network's answer is. Training makes it smaller.",
        TF_GRADIENTS,
        ("why_a_layer", "training"),
    ),
    "Gradient": Term(
        "How much the loss changes when a number changes, for every weight of the network.",
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
        TF_GRADIENTS,
        ("why_a_layer", "training"),
    ),
    "Skip connection": Term(
        "An early layer's scores, which are finer, added to the scores of the last layer.",
        LONG,
        ("app", "training", "segmentation"),
    ),
    "Mean IU": Term(
        "Per class, the pixels that are right divided by all pixels that have the class in the "
        "answer or in the truth. The mean over the classes is the mean IU.",
        VOC,
        ("training", "segmentation"),
    ),
    "Head": Term(
        "The last part of a network. It turns scores of cells into scores of pixels.",
        LONG,
        ("training",),
    ),
    "Nat": Term(
        "The unit of a logarithm to the base e, as the loss of a pixel is one.",
        TF_SOFTMAX,
        ("training",),
    ),
    "Fact": Term(
        "A claim of this app with printed figures, and the code that computes them again.",
        NUMPY_ALLCLOSE,
        ("numbers",),
    ),
    "Tolerance": Term(
        "How far a computed figure may lie from the printed one.", NUMPY_ALLCLOSE, ("numbers",)
    ),
    "Epoch": Term("One pass of a training over all its pictures.", TF_GRADIENTS, ("training",)),
}


def of_page(path: str) -> dict[str, Term]:
    """Return the terms of a page; `path` is a key of `fcnlib.ui.page.PAGES`."""
    name = Path(path).stem
    return {word: term for word, term in TERMS.items() if name in term.pages}


def show_terms() -> None:
    """Show the words in alphabetical order, those that contain what the visitor types."""
    asked = st.text_input(
        "Find a word", key="words_find", bind="query-params", max_chars=40, width=320
    )
    found = {
        word: TERMS[word]
        for word in sorted(TERMS, key=str.casefold)
        if (asked or "").strip().casefold() in f"{word} {TERMS[word].meaning}".casefold()
    }
    if not found:
        st.markdown("No word of these pages has that in its name or its meaning.")
    left, right = st.columns(2, gap="large")
    for number, (word, term) in enumerate(found.items()):
        # The first half on the left, so that a phone shows the words in order.
        column = left if number < (len(found) + 1) // 2 else right
        title, address = term.source
        column.markdown(f"**{word}.** {term.meaning} [{title}]({address})")
