"""MediaPipe's selfie segmentation from its wheel."""

import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from conversion import output, tflite_file
from fcnlib import runtime
from fcnlib.networks import Network, selfie_segmentation

PACKAGE = "mediapipe==0.10.14"
MEMBER = "mediapipe/modules/selfie_segmentation/selfie_segmentation.tflite"
SHA256 = "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c"
STORED = ("astronaut", "camera", "cat")
"""The crops whose masks are stored; of the others, only the side of 0.5 is."""

EVERY = 4
"""Of the activations before the last layer, every fourth row and column is stored."""

SIDE = selfie_segmentation.SIDE


def convert(crops: dict[str, NDArray[np.uint8]], mediapipe_python: Path | None) -> None:
    """Write weights, reference outputs and figures."""
    pictures = {name: np.ascontiguousarray(crop[:SIDE, :SIDE]) for name, crop in crops.items()}
    with tempfile.TemporaryDirectory() as folder:
        model = _model(Path(folder))
        weights = _weights(model)
        python = mediapipe_python or _environment(Path(folder) / "environment")
        expected = _reference(pictures, python, Path(folder))
    arrays: dict[str, Any] = {f"mask/{name}": expected[name] for name in STORED}
    arrays |= {f"person/{name}": np.packbits(mask > 0.5) for name, mask in expected.items()}
    activations = _activations(model, pictures)
    arrays |= {f"activations/{name}": activations[name][::EVERY, ::EVERY] for name in STORED}
    output.write("people", weights, arrays)
    masks, rebuilt = _rebuilt(output.rounded(weights), pictures)
    figures = {
        "weights that float16 changes": str(_changed(weights)),
        "largest error of the activations before the last layer, in parts of their range": (
            f"{max(output.largest_error(rebuilt[n], activations[n]) for n in expected):.1e}"
        ),
        "largest error of the mask": (
            f"{max(np.abs(masks[name] - expected[name]).max() for name in expected):.1e}"
        ),
        "pixels on the original's side of 0.5": output.percent(
            np.stack([(masks[name] > 0.5) == (expected[name] > 0.5) for name in expected])
        ),
    }
    output.write_figures("people", figures)


def _model(folder: Path) -> bytes:
    """Download the wheel and return the network's file out of it."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest"]
    subprocess.run([*command, str(folder), PACKAGE], check=True)
    (wheel,) = folder.glob("mediapipe*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return tflite_file.read(Path(archive.extract(MEMBER, folder)), SHA256)


def _environment(folder: Path) -> Path:
    """Make an environment with MediaPipe and return its interpreter."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", PACKAGE], check=True)
    return python


def _weights(model: bytes) -> dict[str, NDArray[Any]]:
    """Return the weights by variable.

    The file numbers its layers; here they have names. Both list them in the order in which
    they are computed, and every shape is compared.
    """
    shapes = _variables()
    kernels = [name for name in shapes if not name.endswith("biases")]
    weights: dict[str, NDArray[Any]] = {}
    for name, (kind, _, kernel, bias) in zip(kernels, tflite_file.convolutions(model), strict=True):
        biases = f"{name.rpartition('/')[0]}/biases"
        weights |= {name: tflite_file.tensorflow_kernel(kind, kernel), biases: bias}
    different = [name for name in shapes if weights[name].shape != shapes[name]]
    if different:
        msg = f"layers in another order than expected: {different}"
        raise ValueError(msg)
    return weights


def _variables() -> dict[str, tuple[int, ...]]:
    """Return the shapes of the rebuilt network's variables, in the order of its layers."""
    with runtime.building() as (_, tf1, _slim), tf1.Graph().as_default() as graph:
        selfie_segmentation.build(tf1.placeholder("float32", (1, SIDE, SIDE, 3)))
        return {v.op.name: tuple(v.shape) for v in graph.get_collection("variables")}


def _changed(weights: dict[str, NDArray[Any]]) -> int:
    halves = output.rounded(weights)
    return sum(int((values != halves[name]).sum()) for name, values in weights.items())


def _reference(
    pictures: dict[str, NDArray[np.uint8]], python: Path, folder: Path
) -> dict[str, NDArray[np.float32]]:
    """Return the masks that MediaPipe computes in its own environment."""
    given, computed = folder / "pictures.npz", folder / "masks.npz"
    np.savez(given, **pictures)  # type: ignore[arg-type]
    script = Path(__file__).with_name("mediapipe_masks.py")
    subprocess.run([str(python), str(script), str(given), str(computed)], check=True)
    with np.load(computed) as stored:
        return dict(stored)


def _activations(
    model: bytes, pictures: dict[str, NDArray[np.uint8]]
) -> dict[str, NDArray[np.float32]]:
    """Return the last layer's input, as TensorFlow Lite computes it from the original file."""
    loaded = tflite_file.interpreter(tflite_file.without_last_operators(model, 2))
    loaded.allocate_tensors()
    activations = {}
    for name, picture in pictures.items():
        image = selfie_segmentation.preprocess(picture)[None]
        loaded.set_tensor(loaded.get_input_details()[0]["index"], image)
        loaded.invoke()
        activations[name] = loaded.get_tensor(loaded.get_output_details()[0]["index"])[0]
    return activations


def _rebuilt(
    weights: dict[str, NDArray[np.float32]], pictures: dict[str, NDArray[np.uint8]]
) -> tuple[dict[str, NDArray[np.float32]], dict[str, NDArray[np.float32]]]:
    """Return the masks and the last layer's input of the network rebuilt here."""
    network = Network(
        "rebuilt",
        selfie_segmentation.CLASSES,
        selfie_segmentation.build,
        preprocess=selfie_segmentation.preprocess,
        grid=selfie_segmentation.GRID,
        weights=weights,
    )
    scores = {
        name: network.scores(picture, end_points=["mask", "activations"]).end_points
        for name, picture in pictures.items()
    }
    network.close()
    masks = {name: found["mask"][..., 0] for name, found in scores.items()}
    return masks, {name: found["activations"] for name, found in scores.items()}
