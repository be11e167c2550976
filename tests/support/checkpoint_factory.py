"""Checkpoints and archives in the official formats, with seeded random weights, of any size."""

import tarfile

import h5py
import numpy as np

from fcnlib import runtime

MEAN_RGB = (123.68, 116.78, 103.94)
NARROW = {"widths": (4, 6, 8, 10, 12), "fc_width": 32, "num_classes": 9}
KERAS_DENSE = {"fc6": "fc1", "fc7": "fc2", "fc8": "predictions"}


def random_weights(shapes, seed=0):
    """Yield (name, values) of He-normal kernels and small biases, one tensor at a time.

    Each tensor has its own generator, so it does not depend on the other tensors.
    """
    for number, (name, shape) in enumerate(shapes.items()):
        rng = np.random.default_rng([seed, number])
        values = rng.standard_normal(shape, dtype=np.float32)
        fan_in = np.prod(shape[:-1]) if len(shape) > 1 else 200
        values *= np.float32(np.sqrt(2 / fan_in))
        yield name, values


def write_v1(path, shapes, seed=0):
    """Write a TensorFlow version 1 checkpoint with `shapes`, the mean color and a step."""
    with runtime.building() as (_, tf1, _slim), tf1.Graph().as_default():
        feeds, assigns = {}, {}
        for name, shape in [*shapes.items(), ("vgg_16/mean_rgb", (3,))]:
            variable = tf1.get_variable(name, shape, initializer=tf1.zeros_initializer())
            feeds[name] = tf1.placeholder(tf1.float32, shape)
            assigns[name] = variable.assign(feeds[name]).op
        step = tf1.get_variable("global_step", (), tf1.int64, tf1.zeros_initializer())
        saver = tf1.train.Saver(write_version=tf1.train.SaverDef.V1)
        with tf1.Session() as session:
            session.run(step.initializer)
            for name, values in [*random_weights(shapes, seed), ("vgg_16/mean_rgb", MEAN_RGB)]:
                session.run(assigns[name], {feeds[name]: values})
            saver.save(session, str(path), write_meta_graph=False, write_state=False)
    return path


def write_keras(path, shapes, seed=0):
    """Write the same random weights in the format of Keras' HDF5 copy."""
    with h5py.File(path, "w") as file:
        for name, values in random_weights(shapes, seed):
            _, *_, layer, part = name.split("/")
            group = file.require_group(_keras_layer(layer))
            dataset = f"{group.name[1:]}_{'W' if part == 'weights' else 'b'}_1:0"
            group.create_dataset(dataset, data=_keras_values(name, values))
            names = list(group.attrs.get("weight_names", []))
            group.attrs["weight_names"] = np.array([*names, dataset.encode()])
        file.create_group("flatten").attrs["weight_names"] = np.zeros(0)
    return path


def pack(path, archive, name="vgg_16.ckpt"):
    """Write one file to a ``.tar.gz``, with fast compression."""
    with tarfile.open(archive, "w:gz", compresslevel=1) as tar:
        tar.add(path, arcname=name)
    return archive


def _keras_layer(layer):
    if layer in KERAS_DENSE:
        return KERAS_DENSE[layer]
    block, number = layer.removeprefix("conv").split("_")
    return f"block{block}_conv{number}"


def _keras_values(name, values):
    if name == "vgg_16/conv1/conv1_1/weights":
        return values[:, :, ::-1]
    if "/fc" in name and values.ndim == 4:
        return values.reshape(-1, values.shape[-1])
    return values
