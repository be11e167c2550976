"""Trainings on a small folder of labeled pictures: ``python -m benchmarks.own_training``.

It writes drawn streets with void outlines in the layout of PASCAL VOC, trains heads on them by the
functions of ``train --data``, and prints a table for ``docs/performance.md``: minutes, peak memory
and mean IU on pictures that were held out. About ten minutes on two cores.
"""

import multiprocessing
import resource
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.measure import this_machine
from fcnlib import images, scenes

SIZE = (288, 384)
HELD_OUT = 10


class Case(NamedTuple):
    """A training: pictures, backbone, head, layers that are not trained, and steps."""

    pictures: int
    backbone: str
    head: str
    freeze: str
    steps: int


CASES = [
    *(Case(50, "imagenet", head, "all", 300) for head in ("fcn_32s", "fcn_16s", "fcn_8s")),
    Case(30, "imagenet", "fcn_8s", "all", 300),
    Case(30, "small", "fcn_8s", "none", 300),
]


def run(case: Case, root: str) -> tuple[float, float, float]:
    """Return minutes, peak memory in GB, and mean IU of one training, in a process of its own."""
    from fcnlib.datasets import open_dataset
    from fcnlib.training.own_data.options import Options
    from fcnlib.training.own_data.run import train

    started = time.monotonic()
    dataset = open_dataset(Path(root) / str(case.pictures))
    options = Options(
        case.backbone, case.head, case.freeze, case.steps, crop=SIZE, validate_every=100
    )
    folder = Path(root) / "_".join(map(str, case))
    result = train(dataset, options, folder, cache=Path(root) / "features")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9
    return (time.monotonic() - started) / 60, peak, result.metrics.mean_iu


def write_voc(folder: Path, train: int, val: int, size: tuple[int, int]) -> Path:
    """Write drawn streets in the layout of PASCAL VOC: void outlines, colors of a palette."""
    for name in ("JPEGImages", "SegmentationClass", "ImageSets/Segmentation"):
        (folder / name).mkdir(parents=True)
    (folder / "classes.txt").write_text("\n".join(scenes.CLASSES))
    colors = np.vstack([scenes.COLORS, np.zeros((249, 3), np.uint8)])
    for split, seeds in (
        ("train", scenes.TRAIN_SEEDS[:train]),
        ("val", scenes.VALIDATION_SEEDS[:val]),
    ):
        names = [f"{split}_{seed}" for seed in seeds]
        (folder / "ImageSets" / "Segmentation" / f"{split}.txt").write_text("\n".join(names))
        for name, seed in zip(names, seeds, strict=True):
            street = scenes.scene(seed, size)
            labels = street.labels
            outlines = np.zeros(size, bool)
            outlines[:, 1:] = labels[:, 1:] != labels[:, :-1]
            (folder / "JPEGImages" / f"{name}.jpg").write_bytes(
                images.encode_jpeg(street.picture, 95)
            )
            data = images.encode_labels(np.where(outlines, 255, labels), colors)
            (folder / "SegmentationClass" / f"{name}.png").write_bytes(data)
    return folder


def main() -> None:
    """Print the table."""
    print(f"{this_machine()}\n")
    print("| pictures | backbone | head | not trained | steps | minutes | peak GB | mean IU |")
    print("|---|---|---|---|---|---|---|---|")
    new = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as root:
        for pictures in {case.pictures for case in CASES}:
            write_voc(Path(root) / str(pictures), pictures, HELD_OUT, SIZE)
        for case in CASES:
            with new.Pool(1) as pool:
                minutes, peak, mean_iu = pool.apply(run, (case, root))
            cells = [*map(str, case), f"{minutes:.1f}", f"{peak:.1f}", f"{mean_iu:.3f}"]
            print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
