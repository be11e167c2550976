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

from benchmarks.measure import this_machine

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


def main() -> None:
    """Print the table."""
    from tests.support.drawn_dataset import write_voc

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
