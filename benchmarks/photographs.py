"""Benchmarks of the shipped networks on photographs."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks import class_maps, networks
from benchmarks.measure import peak_mb, seconds
from benchmarks.rows import Row
from fcnlib import class_map, images
from fcnlib.networks import shipped
from fcnlib.typing import RGBImage

MEGAPIXEL = (868, 1152)
COUNT = 20
PHOTOGRAPHS = ("chelsea.png", "astronaut.png", "coffee.png", "motorcycle_left.png", "rocket.jpg")


def rows() -> Iterator[Row]:
    """Measure each network against a peer, their class maps, and many pictures by one command."""
    networks.provide_weights()
    wide = networks.photograph()
    light, heavy = shipped.loaded("imagenet"), networks.network("float32")
    yield Row(
        "EfficientNet-Lite0, 768 × 1024 px",
        *seconds(lambda: light.scores(wide), lambda: heavy.scores(wide)),
        "VGG-16 in float32",
        max_ratio=1 / 25,
    )
    square = networks.photograph((257, 257))
    voc = shipped.loaded("voc")
    yield Row(
        "DeepLab v3, 257 × 257 px",
        *seconds(lambda: voc.scores(square), _convolutions_alone(square), repeats=15),
        "EfficientNet-Lite0 at 256 × 256 px",
    )
    yield _maps_of_photographs()
    yield _command_line()


def _convolutions_alone(square: RGBImage) -> Callable[[], Any]:
    light = shipped.loaded("imagenet")
    smaller = np.ascontiguousarray(square[:256, :256])
    return lambda: light.scores(smaller)


def _maps_of_photographs() -> Row:
    """Measure the class maps of the classifier's scores of five photographs."""
    classifier = shipped.loaded("imagenet")
    scores = [
        classifier.scores(classifier.grid.fit(_photograph(name))).coarse_logits
        for name in PHOTOGRAPHS
    ]
    ours, peer = seconds(
        lambda: [class_map.upsampled_argmax(class_maps.FACTOR, one) for one in scores],
        lambda: [class_maps.best_of_planes(one) for one in scores],
    )
    name = class_maps.EXACT_PEERS["one_by_one"]
    return Row("class maps of five photographs' scores", ours, peer, name, max_ratio=0.1)


def _command_line() -> Row:
    """Measure pictures per second and peak memory of `segment` on a folder."""
    with tempfile.TemporaryDirectory() as folder:
        write_photographs(folder)
        one = _run(next(Path(folder).iterdir()))
        many = _run(Path(folder))
        # The difference of both runs leaves out the start of the program.
        rate = (COUNT - 1) / (many - one)
        what = f"DeepLab v3 on the command line: {COUNT} photographs of one megapixel"
        return Row(
            f"{what}, including the start ({rate:.1f} per second without it)",
            many,
            one,
            "one photograph",
            peak_mb(f"photographs.segment_folder({folder!r})"),
        )


def write_photographs(folder: str) -> None:
    """Write `COUNT` photographs of about a megapixel, all different."""
    for number in range(COUNT):
        picture = Image.fromarray(_photograph(PHOTOGRAPHS[number % len(PHOTOGRAPHS)]))
        shifted = np.roll(np.array(picture.resize(MEGAPIXEL[::-1])), number, axis=1)
        path = Path(folder) / f"{number:02}.jpg"
        path.write_bytes(images.encode_jpeg(shifted))


def segment_folder(folder: str) -> None:
    """Run the command in this process, as for its memory."""
    from fcnlib import cli

    cli.main(["segment", folder, "--json"])


def _run(path: Path) -> float:
    started = time.perf_counter()
    command = [sys.executable, "-m", "fcnlib", "segment", str(path), "--json"]
    subprocess.run(command, env=os.environ, check=True, capture_output=True)
    return time.perf_counter() - started


def _photograph(name: str) -> RGBImage:
    with as_file(files("skimage") / "data" / name) as path, Image.open(path) as image:
        return np.array(image.convert("RGB"))
