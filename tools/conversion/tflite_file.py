"""Weights and operators of a TensorFlow Lite file."""

import hashlib
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fcnlib import runtime

CONVOLUTIONS = ("CONV_2D", "DEPTHWISE_CONV_2D", "Convolution2DTransposeBias")


def read(path: Path, sha256: str) -> bytes:
    """Return a file's bytes, or raise `ValueError` if it is not the expected file."""
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if digest != sha256:
        msg = f"{path} has the SHA-256 {digest}, expected {sha256}"
        raise ValueError(msg)
    return data


def interpreter(model: bytes) -> Any:
    """Return a TensorFlow Lite interpreter of a model that keeps every tensor to be read."""
    lite = runtime.load().tf.lite
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", r"\s*Warning: tf.lite.Interpreter is deprecated")
        return lite.Interpreter(
            model_content=model,
            experimental_op_resolver_type=(
                # The default kernels fuse operators, and so lose the tensors between them.
                lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
            ),
            experimental_preserve_all_tensors=True,
        )


def convolutions(
    model: bytes,
) -> Iterator[tuple[str, str, NDArray[np.floating], NDArray[np.floating]]]:
    """Yield the kind, the kernel's name, kernel and bias of every convolution, in order.

    Kernels and biases that are stored as float16 are returned as they are stored.
    """
    loaded = interpreter(model)
    operators = loaded._get_ops_details()
    stored = {
        op["outputs"][0]: op["inputs"][0] for op in operators if op["op_name"] == "DEQUANTIZE"
    }
    names = {tensor["index"]: tensor["name"] for tensor in loaded.get_tensor_details()}
    for op in operators:
        if op["op_name"] in CONVOLUTIONS:
            kernel, bias = (stored.get(index, index) for index in op["inputs"][1:3])
            arrays = (loaded.tensor(index)().copy() for index in (kernel, bias))
            yield (op["op_name"], names[kernel], *arrays)


def tensorflow_kernel(kind: str, kernel: NDArray[Any]) -> NDArray[Any]:
    """Bring a kernel from TensorFlow Lite's order of axes into TensorFlow's.

    Parameters
    ----------
    kind : str
        The operator.
    kernel : ndarray
        (C_out, K, K, C_in), or (1, K, K, C) for a depthwise convolution.

    Returns
    -------
    kernel : ndarray
        (K, K, C_in, C_out); (K, K, C, 1) for a depthwise convolution; (K, K, C_out, C_in)
        for a transposed one.

    """
    if kind == "DEPTHWISE_CONV_2D":
        return kernel[0][..., None]
    if kind == "CONV_2D":
        return kernel.transpose(1, 2, 3, 0)
    return kernel.transpose(1, 2, 0, 3)


def without_last_operators(model: bytes, count: int) -> bytes:
    """Return a model that ends before its last operators, at the first input of the first of them.

    TensorFlow Lite cannot run an operator that MediaPipe defines. It can run the layers
    before it.
    """
    import flatbuffers
    from tensorflow.lite.python import schema_py_generated as schema

    loaded = schema.ModelT.InitFromPackedBuf(model, 0)
    (graph,) = loaded.subgraphs
    graph.outputs = [graph.operators[-count].inputs[0]]
    graph.operators = graph.operators[:-count]
    builder = flatbuffers.Builder(len(model))
    builder.Finish(loaded.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def with_rounded_weights(model: bytes, weights: Mapping[str, NDArray[np.float32]]) -> bytes:
    """Return a model whose weights are rounded to float16, in the file's own float32.

    Parameters
    ----------
    model : bytes
        A TensorFlow Lite file with float32 constants.
    weights : mapping of str to ndarray
        Its constants, in the order of axes of the file.

    """
    for name, values in weights.items():
        old, new = values.tobytes(), values.astype(np.float16).astype(np.float32).tobytes()
        if model.count(old) != 1:
            msg = f"the values of {name} are not exactly once in the file"
            raise ValueError(msg)
        model = model.replace(old, new)
    return model
