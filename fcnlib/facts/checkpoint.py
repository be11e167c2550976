"""Facts of VGG-16's weights: the file, its format, its classes and the color it expects."""

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
    "The packaged tf_slim.nets.vgg.vgg_16 has no fc_conv_padding.",
    {"tf_slim": "has none", "fcnlib": "has one"},
    WORDS,
    "tf-slim 1.1.0",
    seconds=0.1,
    tensorflow=True,
)
def packaged_network() -> Measured:
    """Ask both functions for their parameters."""
    with building() as (_, _tf1, slim):
        packaged = importlib.import_module(f"{slim.__name__}.nets.vgg").vgg_16
    asked = {"tf_slim": packaged, "fcnlib": vgg_16}
    return {
        label: f"has {'one' if 'fc_conv_padding' in inspect.signature(net).parameters else 'none'}"
        for label, net in asked.items()
    }


@fact(
    "4 bytes for each parameter make the checkpoint's 553.4 MB.",
    {"": "553.4 MB"},
    ROUNDED,
    "the checkpoint vgg_16_2016_08_28",
)
def checkpoint_size() -> Measured:
    """Add up the variables; the file's few other bytes do not show in the last digit."""
    return {"": 4 * sum(math.prod(shape) for shape in vgg_16_shapes().values()) / 1e6}


@fact(
    "TensorFlow 2.21 still writes the version 1 format: a single file without an .index.",
    {"files": "1", "with .index": "0"},
    EXACT,
    "TensorFlow",
    seconds=0.2,
    tensorflow=True,
)
def version_1_checkpoint() -> Measured:
    """Save one variable so and list the folder."""
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
    "It knows 1000 classes and no background class, so that the post's names[i + 1] is names[i].",
    {"classes": "1,000", "named background": "0"},
    EXACT,
    "ImageNet",
)
def classes() -> Measured:
    """Look through the names."""
    names = imagenet_names()
    return {"classes": len(names), "named background": names.count("background")}


@fact(
    "It takes RGB less (123.68, 116.78, 103.94), not scaled.",
    {
        "red, fcnlib": "123.68",
        "green, fcnlib": "116.78",
        "blue, fcnlib": "103.94",
        "red, Keras": "123.68",
        "green, Keras": "116.78",
        "blue, Keras": "103.94",
    },
    ROUNDED,
    "slim's vgg_preprocessing",
    seconds=0.1,
    tensorflow=True,
)
def mean_color() -> Measured:
    """Let fcnlib and Keras each prepare a black pixel; Keras answers in the order blue to red."""
    black = np.zeros((1, 1, 3), np.float32)
    keras = load().tf.keras.applications.vgg16.preprocess_input(black.copy())
    ours, theirs = -subtract_mean(black)[0, 0], -keras[0, 0, ::-1]
    names = ("red", "green", "blue")
    measured = {f"{name}, fcnlib": float(v) for name, v in zip(names, ours, strict=True)}
    return measured | {f"{name}, Keras": float(v) for name, v in zip(names, theirs, strict=True)}


FACTS = (
    packaged_network,
    checkpoint_size,
    version_1_checkpoint,
    classes,
    mean_color,
)

TAKEN = (
    QuotedFact(
        "The archive of the weights.",
        "vgg_16_2016_08_28.tar.gz, 513,324,920 bytes, one member vgg_16.ckpt in TensorFlow's "
        "version 1 format, with vgg_16/mean_rgb and global_step, which go unused",
        "TensorFlow's model garden",
        "It is half a gigabyte, and not here unless someone fetches it.",
    ),
    QuotedFact(
        "How often the right class of ImageNet comes first, or among the first five.",
        "top-1 71.5 % · top-5 89.8 %",
        "tf-slim's table of models",
        "It takes ImageNet's validation pictures.",
    ),
    QuotedFact(
        "The post's own run on a school bus of 1024 × 768 px.",
        "40 classes in the coarse map, 43 after upsampling by 32",
        "the post",
        "It takes the official weights and its picture.",
    ),
)
