"""The commands ``python -m fcnlib train`` and ``python -m fcnlib evaluate``."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from fcnlib.class_map.metrics import Metrics


def add_parsers(subparsers: Any) -> None:
    """Add both commands to the parsers of `fcnlib`; each sets ``run`` to its function."""
    train = subparsers.add_parser(
        "train", help="train FCN-32s, then 16s, then 8s on drawn street scenes"
    )
    train.add_argument("--steps", type=_count, default=15_500, help="of all three heads together")
    train.add_argument("--folder", type=Path, default=Path("runs/street"), help="of the run")
    train.add_argument("--scenes", type=_count, default=3000, help="different scenes to learn from")
    train.add_argument("--batch-size", type=_count, default=4, help="scenes per step")
    train.add_argument("--learning-rate", type=float, default=1e-3, help="its highest value")
    train.add_argument("--seed", type=_seed, default=0, help="one seed, one result")
    train.add_argument(
        "--size",
        type=_side,
        nargs=2,
        default=(160, 224),
        metavar=("HEIGHT", "WIDTH"),
        help="of a scene in pixels, multiples of 32",
    )
    train.add_argument("--save-every", type=_count, default=250, help="steps between saved states")
    train.set_defaults(run=run_train)
    evaluate = subparsers.add_parser(
        "evaluate", help="print the paper's four figures of trained weights on the test scenes"
    )
    evaluate.add_argument("--weights", type=Path, help="by default those in the repository")
    evaluate.add_argument("--scenes", type=_count, default=200, help="first test scenes to use")
    evaluate.set_defaults(run=run_evaluate)


def run_train(arguments: argparse.Namespace) -> None:
    """Train the ladder, or go on with it, and say where the weights are."""
    from fcnlib.training import Options, stages

    options = Options(
        steps=arguments.steps,
        learning_rate=arguments.learning_rate,
        batch_size=arguments.batch_size,
        num_scenes=max(arguments.scenes, arguments.batch_size),
        size=tuple(arguments.size),
        seed=arguments.seed,
    )
    report = progress_bar(sys.stderr)
    weights = stages.train(options, arguments.folder, report, save_every=arguments.save_every)
    print(f"\nWeights of the three heads: {weights}")
    print(f"Measure them:  python -m fcnlib evaluate --weights {weights}")


def run_evaluate(arguments: argparse.Namespace) -> None:
    """Print a table: one row per head, one column per figure, then the IU of each class."""
    from fcnlib import scenes
    from fcnlib.networks import built_in
    from fcnlib.networks.npz_weights import SHIPPED

    path = arguments.weights or SHIPPED
    seeds = scenes.TEST_SEEDS[: arguments.scenes]
    print(f"{path} on {len(seeds)} test scenes, in percent")
    print("         pixel acc.  mean acc.   mean IU  f.w. IU | IU of " + ", ".join(scenes.CLASSES))
    for head in built_in.NAMES:
        print(table_row(head, built_in.evaluate(built_in.network(head, path), seeds)))


def table_row(head: str, metrics: "Metrics") -> str:
    """Return one line of the table.

    Examples
    --------
    >>> import numpy as np
    >>> from fcnlib.class_map.metrics import measure
    >>> table_row("fcn_8s", measure(np.array([[3, 1], [0, 4]])))
    'fcn_8s        87.50      87.50     77.50    77.50 | 75.00 80.00'

    """
    figures = (
        f"{100 * metrics.pixel_accuracy:10.2f} {100 * metrics.mean_accuracy:10.2f} "
        f"{100 * metrics.mean_iu:9.2f} {100 * metrics.frequency_weighted_iu:8.2f}"
    )
    return f"{head:<8} {figures} | " + " ".join(f"{100 * iu:.2f}" for iu in metrics.iu)


def progress_bar(stream: TextIO, *, seconds: float = 0.5) -> Callable[[float, str], None]:
    """Return a report that draws a bar, redrawn at most once in so many seconds.

    On a terminal the line is overwritten; in a file there is a new one, twenty times less often.
    """
    start, last, width = time.monotonic(), [-1e9], 24

    def report(fraction: float, text: str) -> None:
        now, terminal = time.monotonic(), stream.isatty()
        if now - last[0] < (seconds if terminal else 20 * seconds) and fraction < 1:
            return
        last[0] = now
        left = (now - start) * (1 - fraction) / max(fraction, 1e-9)
        bar = "#" * round(fraction * width)
        line = f"[{bar:<{width}}] {text}  {_clock(now - start)} gone, {_clock(left)} left"
        stream.write(f"\r{line}" if terminal else f"{line}\n")
        stream.flush()

    return report


def _count(text: str) -> int:
    return _whole_number(text, 1)


def _seed(text: str) -> int:
    return _whole_number(text, 0)


def _side(text: str) -> int:
    side = _whole_number(text, 32)
    if side % 32:
        msg = f"must be a multiple of 32, got {text}"
        raise argparse.ArgumentTypeError(msg)
    return side


def _whole_number(text: str, least: int) -> int:
    if not text.isdecimal() or int(text) < least:
        msg = f"must be a whole number of at least {least}, got {text}"
        raise argparse.ArgumentTypeError(msg)
    return int(text)


def _clock(seconds: float) -> str:
    """Return minutes and seconds, such as ``61:05``."""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"
