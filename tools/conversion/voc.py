"""DeepLab v3 from the TensorFlow Lite file that Google published."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conversion import output, tflite_file
from fcnlib.networks import Network, deeplab

SHA256 = "68a539782c2c6a72f8aac3724600124a85ed977162b44e84cbae5db717c933c6"
STORED = ("cat", "astronaut")
"""The crops whose logits are stored; of the others, only the labels are."""


def convert(path: Path, crops: dict[str, NDArray[np.uint8]]) -> None:
    """Write weights, reference outputs and figures."""
    model = tflite_file.read(path, SHA256)
    weights, stored = _weights(model)
    coarse, labels = _reference(model, crops)
    coarse16, _ = _reference(tflite_file.with_rounded_weights(model, stored), crops)
    arrays = {f"coarse_logits/{name}": coarse[name] for name in STORED}
    arrays |= {f"coarse_logits_float16/{name}": coarse16[name] for name in STORED}
    arrays |= {f"labels/{name}": labels[name] for name in crops}
    output.write("voc", weights, arrays)
    full, found = _rebuilt(weights, crops)
    half, found16 = _rebuilt(output.rounded(weights), crops)
    figures = {
        "largest error of the coarse logits, float32 weights, in parts of their range": (
            f"{max(output.largest_error(full[n], coarse[n]) for n in crops):.1e}"
        ),
        "the same for float16 weights, against the file with its weights rounded": (
            f"{max(output.largest_error(half[n], coarse16[n]) for n in crops):.1e}"
        ),
        "pixels with the original's label, float32 weights": _kept(found, labels),
        "pixels with the original's label, float16 weights (shipped)": _kept(found16, labels),
        "the same, in the crop with most changes": _least_kept(found16, labels),
    }
    output.write_figures("voc", figures)


def _weights(model: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the weights by variable, and the file's constants by name."""
    weights: dict[str, Any] = {}
    stored: dict[str, Any] = {}
    for kind, name, kernel, bias in tflite_file.convolutions(model):
        layer = name.rpartition("/")[0]
        weights[name] = tflite_file.tensorflow_kernel(kind, kernel)
        weights[f"{layer}/biases"] = bias
        stored |= {name: kernel, f"{layer}/biases": bias}
    return weights, stored


def _reference(
    model: bytes, crops: dict[str, NDArray[np.uint8]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the coarse logits and the labels that the file's own interpreter computes."""
    loaded = tflite_file.interpreter(model)
    loaded.allocate_tensors()
    index = {tensor["name"]: tensor["index"] for tensor in loaded.get_tensor_details()}
    coarse, labels = {}, {}
    for name, crop in crops.items():
        loaded.set_tensor(loaded.get_input_details()[0]["index"], deeplab.preprocess(crop)[None])
        loaded.invoke()
        coarse[name] = loaded.get_tensor(index["logits/semantic/BiasAdd"])[0]
        logits = loaded.get_tensor(loaded.get_output_details()[0]["index"])[0]
        labels[name] = logits.argmax(-1).astype(np.uint8)
    return coarse, labels


def _rebuilt(
    weights: dict[str, Any], crops: dict[str, NDArray[np.uint8]]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the coarse logits and the labels of the network rebuilt here."""
    network = Network(
        "rebuilt",
        deeplab.CLASSES,
        deeplab.build,
        preprocess=deeplab.preprocess,
        grid=deeplab.GRID,
        weights=weights,
    )
    scores = {name: network.scores(crop, end_points=["logits"]) for name, crop in crops.items()}
    network.close()
    coarse = {name: score.coarse_logits for name, score in scores.items()}
    labels = {name: score.end_points["logits"].argmax(-1) for name, score in scores.items()}
    return coarse, labels


def _kept(found: dict[str, Any], expected: dict[str, Any]) -> str:
    return output.percent(np.stack([found[name] == expected[name] for name in expected]))


def _least_kept(found: dict[str, Any], expected: dict[str, Any]) -> str:
    equal = {name: found[name] == expected[name] for name in expected}
    worst = min(equal, key=lambda name: equal[name].mean())
    return f"{output.percent(equal[worst])}, {worst}"
