"""Facts about VGG-16's weights: the file, its format, its classes and its mean color."""

import importlib
import inspect
import math
import tempfile
from pathlib import Path

import numpy as np

from fcnlib.facts.fact import QuotedFact, fact
from fcnlib.facts.tolerances import EXACT, ROUNDED, WORDS, Measured
from fcnlib.images.preprocessing import subtract_mean
from fcnlib.networks.class_names import imagenet_names
from fcnlib.networks.vgg import vgg_16, vgg_16_shapes
from fcnlib.runtime import building, load


@fact(
    "The packaged function tf_slim.nets.vgg.vgg_16 has no parameter fc_conv_padding.",
    {"tf_slim": "has none", "fcnlib": "has one"},
    WORDS,
    "tf-slim 1.1.0",
    tensorflow=True,
)
def packaged_network() -> Measured:
    """Inspect the parameters of both functions."""
    with building() as (_, _tf1, slim):
        packaged = importlib.import_module(f"{slim.__name__}.nets.vgg").vgg_16
    return {
        label: f"has {'one' if 'fc_conv_padding' in inspect.signature(net).parameters else 'none'}"
        for label, net in {"tf_slim": packaged, "fcnlib": vgg_16}.items()
    }


@fact(
    "With 4 bytes per parameter, the checkpoint, the file with the weights, takes 553.4 MB.",
    {"": "553.4 MB"},
    ROUNDED,
    "the checkpoint vgg_16_2016_08_28",
)
def checkpoint_size() -> Measured:
    """Add up the variables. The file's few other bytes do not change the last digit."""
    return {"": 4 * sum(math.prod(shape) for shape in vgg_16_shapes().values()) / 1e6}


@fact(
    "TensorFlow 2.21 can still write checkpoints in the version 1 format, which is a single file "
    "without an .index file.",
    {"files": "1", "with .index": "0"},
    EXACT,
    "TensorFlow",
    seconds=0.2,
    tensorflow=True,
)
def version_1_checkpoint() -> Measured:
    """Save one variable in this format and list the folder."""
    with (
        tempfile.TemporaryDirectory() as folder,
        building() as (_, tf1, _slim),
        tf1.Graph().as_default() as graph,
        tf1.Session(graph=graph) as session,
    ):
        tf1.get_variable("weights", (3,), initializer=tf1.zeros_initializer())
        session.run(tf1.global_variables_initializer())
        saver = tf1.train.Saver(write_version=tf1.train.SaverDef.V1)
        saver.save(session, f"{folder}/small.ckpt", write_meta_graph=False, write_state=False)
        names = [path.name for path in Path(folder).iterdir()]
    return {"files": len(names), "with .index": sum(name.endswith(".index") for name in names)}


@fact(
    "The network has 1000 classes and no background class. The name of class i is names[i] here, "
    "but names[i + 1] in the post.",
    {"classes": "1,000", "named background": "0"},
    EXACT,
    "ImageNet",
)
def classes() -> Measured:
    """Read the names."""
    names = imagenet_names()
    return {"classes": len(names), "named background": names.count("background")}


@fact(
    "The network expects RGB values from 0 to 255 minus the mean color (123.68, 116.78, 103.94).",
    {"fcnlib": "123.68, 116.78, 103.94", "Keras": "123.68, 116.78, 103.94"},
    WORDS,
    "slim's vgg_preprocessing",
    tensorflow=True,
)
def mean_color() -> Measured:
    """Preprocess a black pixel with fcnlib and with Keras, which returns blue, green, red."""
    black = np.zeros((1, 1, 3), np.float32)
    load()  # Keras imports TensorFlow
    from keras.applications.vgg16 import preprocess_input

    by_keras = preprocess_input(black.copy())
    means = {"fcnlib": -subtract_mean(black)[0, 0], "Keras": -by_keras[0, 0, ::-1]}
    return {label: ", ".join(f"{value:.2f}" for value in mean) for label, mean in means.items()}


QUOTED = (
    QuotedFact(
        "Content of the archive with the weights.",
        "vgg_16_2016_08_28.tar.gz, 513,324,920 bytes, one member vgg_16.ckpt in TensorFlow's "
        "version 1 format, with vgg_16/mean_rgb and global_step, which are not used",
        "TensorFlow's model garden",
        "The archive is half a gigabyte in size and is not included with the app.",
    ),
    QuotedFact(
        "How often VGG-16 ranks the correct ImageNet class first (top-1) or among the first five.",
        "top-1 71.5% · top-5 89.8%",
        "tf-slim's table of models",
        "This needs ImageNet's validation images.",
    ),
    QuotedFact(
        "The post's own run on a school bus of 1024 × 768 px.",
        "40 classes in the coarse map, 43 after upsampling by 32",
        "the post",
        "This needs the official weights and the post's picture.",
    ),
)
