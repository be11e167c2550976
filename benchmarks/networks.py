"""Benchmarks of VGG-16 against PyTorch, and of the whole job from a picture to its maps.

The weights are the official ones if the app finds them. Otherwise they are random, of the same size
and in a file of the same format. Both take the same time.
"""

import atexit
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.measure import peak_mb, seconds
from benchmarks.rows import Row
from fcnlib import checkpoints, images, networks, segmentation
from fcnlib.networks import Network
from fcnlib.networks.precision import has_bfloat16
from fcnlib.networks.vgg import vgg_16_shapes
from fcnlib.typing import RGBImage

TESTS = Path(__file__).parents[1] / "tests"
WIDE = (768, 1024)
TWELVE_MEGAPIXELS = (3000, 4000)
MAKE = (
    "import sys; from pathlib import Path; from support.checkpoint_factory import write_v1; "
    "from fcnlib.networks.vgg import vgg_16_shapes; "
    "write_v1(Path(sys.argv[1]), vgg_16_shapes())"
)


def rows() -> Iterator[Row]:
    """Measure the network, the whole job, and the memory of both."""
    provide_weights()
    yield from _forward()
    yield from _whole_job()
    yield _memory("float32", WIDE, 1800)
    if has_bfloat16():
        yield _memory("bfloat16", WIDE, 1500)
    yield _memory("float32", TWELVE_MEGAPIXELS, 2500)


def provide_weights() -> None:
    """Write a full-size checkpoint for this process if there are no weights."""
    if checkpoints.missing() is None:
        return
    folder = tempfile.TemporaryDirectory(prefix="fcnlib-benchmarks-")
    atexit.register(folder.cleanup)
    path = Path(folder.name) / "vgg_16.ckpt"
    search = {"PYTHONPATH": f"{TESTS}{os.pathsep}{TESTS.parent}"}
    command = [sys.executable, "-c", MAKE, str(path)]
    subprocess.run(command, env=os.environ | search, check=True, capture_output=True)
    os.environ["FCNLIB_VGG_CHECKPOINT"] = str(path)


def whole_job(precision: str, size: tuple[int, int]) -> segmentation.Segmentation:
    """Load VGG-16 and compute the maps of a picture file."""
    file = images.encode_png(photograph(size))
    return segmentation.segment(images.decode(file), networks.vgg_16(precision=precision))


def load_and_run(precision: str) -> None:
    """Load VGG-16 and run it on a photograph."""
    network(precision).scores(photograph())


def load_and_run_pytorch() -> None:
    """Do the same as `load_and_run` with PyTorch."""
    _pytorch()(photograph())


def photograph(size: tuple[int, int] = WIDE) -> RGBImage:
    """Return a photograph from scikit-image, resized."""
    picture = Image.fromarray(images.sample("cat"))
    return np.array(picture.resize(size[::-1], Image.Resampling.BICUBIC))


@cache
def network(precision: str) -> Network:
    """Load VGG-16 once per number format."""
    return networks.vgg_16(precision=precision)


def _forward() -> Iterator[Row]:
    picture = photograph()
    exact = network("float32")
    theirs = _pytorch()
    ours, peer = seconds(lambda: exact.scores(picture), lambda: theirs(picture))
    difference = np.abs(exact.scores(picture).coarse_logits - theirs(picture))
    spread = float(difference.max() / np.ptp(theirs(picture)))
    yield Row(
        f"VGG-16 in float32, 768 × 1024 px (scores differ by at most {spread:.0e} of their range)",
        ours,
        peer,
        "PyTorch, channels last",
        peak_mb("networks.load_and_run('float32')"),
        peak_mb("networks.load_and_run_pytorch()"),
        max_ratio=1.1,
    )
    if has_bfloat16():
        fast = network("bfloat16")
        ours, peer = seconds(lambda: fast.scores(picture), lambda: exact.scores(picture))
        labels, reference = (
            model.scores(picture).coarse_logits.argmax(-1) for model in (fast, exact)
        )
        changed = np.mean(labels != reference)
        yield Row(
            f"VGG-16 in bfloat16, 768 × 1024 px ({changed:.1%} of the cells change their class)",
            ours,
            peer,
            "ours in float32",
            peak_mb("networks.load_and_run('bfloat16')"),
            max_ratio=round(1 / 1.8, 3),
        )


def _whole_job() -> Iterator[Row]:
    picture = photograph()
    file = images.encode_png(picture)
    for precision in ("float32", "bfloat16") if has_bfloat16() else ("float32",):
        loaded = network(precision)
        ours, peer = seconds(partial(_segment_file, loaded, file), partial(loaded.scores, picture))
        yield Row(
            f"VGG-16 in {precision}, from a picture file to its class maps",
            ours,
            peer,
            "the network alone",
            max_ratio=1.15,
        )


def _segment_file(loaded: Network, file: bytes) -> segmentation.Segmentation:
    return segmentation.segment(images.decode(file), loaded)


def _memory(precision: str, size: tuple[int, int], max_mb: float) -> Row:
    height, width = size
    return Row(
        f"VGG-16 in {precision}, loaded and applied to a picture file of {height} × {width} px",
        ours_mb=peak_mb(f"networks.whole_job({precision!r}, {size})"),
        max_mb=max_mb,
    )


def _pytorch() -> Any:
    """Return VGG-16 in PyTorch with the same weights, as a function from picture to scores."""
    import torch

    layers: list[Any] = []
    with checkpoints.open_checkpoint(checkpoints.find()) as opened:
        for name in (name for name in vgg_16_shapes() if name.endswith("weights")):
            kernel = torch.from_numpy(opened.tensor(name).transpose(3, 2, 0, 1).copy())
            out, into, side, _ = kernel.shape
            layer = torch.nn.Conv2d(into, out, side, padding=side // 2)
            layer.weight.data = kernel
            layer.bias.data = torch.from_numpy(opened.tensor(name.replace("weights", "biases")))
            layers += [layer, torch.nn.ReLU(inplace=True)]
            if name.split("/")[-2] in ("conv1_2", "conv2_2", "conv3_3", "conv4_3", "conv5_3"):
                layers.append(torch.nn.MaxPool2d(2))
    model = torch.nn.Sequential(*layers[:-1]).eval().to(memory_format=torch.channels_last)

    def run(picture: RGBImage) -> Any:
        planes = torch.from_numpy(images.subtract_mean(picture)).permute(2, 0, 1)[None]
        with torch.inference_mode():
            return model(planes.to(memory_format=torch.channels_last))[0].permute(1, 2, 0).numpy()

    return run
