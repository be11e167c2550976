"""The commands ``python -m fcnlib train`` and ``python -m fcnlib evaluate``."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fcnlib import runtime
from fcnlib.cli.terminal import (
    positive_number,
    progress_bar,
    usable_path,
    whole_number,
)
from fcnlib.paths import writing

if TYPE_CHECKING:
    from fcnlib.class_map.metrics import Metrics


def add_parsers(commands: Any) -> None:
    """Add both commands to the subparsers of argparse; each sets ``run`` to its function."""
    count, side = whole_number(1), whole_number(32, multiple=32)
    command = commands.add_parser(
        "train",
        help="train FCN-32s, then 16s, then 8s on drawn street scenes",
        description="Train FCN-32s, FCN-16s and FCN-8s one after another on drawn street scenes. "
        "The same command continues a training that was stopped.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = command.add_argument
    add(
        "--steps",
        type=count,
        default=15_500,
        metavar="N",
        help="training steps, divided between the three networks",
    )
    add(
        "--folder",
        type=usable_path,
        default=Path("runs/street"),
        metavar="DIR",
        help="folder for everything that is written",
    )
    add("--scenes", type=count, default=3000, metavar="N", help="different scenes to train on")
    add("--batch-size", type=count, default=4, metavar="N", help="scenes per step")
    add(
        "--learning-rate",
        type=positive_number,
        default=1e-3,
        metavar="X",
        help="highest learning rate",
    )
    add(
        "--seed",
        type=whole_number(0),
        default=0,
        metavar="N",
        help="equal seeds give equal results",
    )
    add(
        "--size",
        type=side,
        nargs=2,
        default=(160, 224),
        metavar=("HEIGHT", "WIDTH"),
        help="size of a scene in pixels, multiples of 32",
    )
    add(
        "--save-every",
        type=count,
        default=250,
        metavar="N",
        help="save the state after every N steps; a stopped training continues from it",
    )
    command.set_defaults(run=train)
    command = commands.add_parser(
        "evaluate",
        help="measure trained networks on drawn test scenes",
        description="Print the four metrics of the FCN paper, and the IU of each class, for "
        "FCN-32s, FCN-16s and FCN-8s on drawn test scenes.",
    )
    command.add_argument(
        "--weights",
        type=usable_path,
        metavar="FILE",
        help="file that train wrote (default: the weights that come with fcnlib)",
    )
    command.add_argument(
        "--scenes",
        type=count,
        default=200,
        metavar="N",
        help="number of test scenes (default: 200)",
    )
    command.set_defaults(run=evaluate)


def train(arguments: argparse.Namespace) -> None:
    """Train the three heads, or continue a killed training, and print where the weights are."""
    folder = arguments.folder
    with writing(folder, "--folder"):
        folder.mkdir(parents=True, exist_ok=True)
    runtime.load_quietly()
    from fcnlib.training import Options, stages

    options = Options(
        steps=arguments.steps,
        learning_rate=arguments.learning_rate,
        batch_size=arguments.batch_size,
        num_scenes=max(arguments.scenes, arguments.batch_size),
        size=tuple(arguments.size),
        seed=arguments.seed,
    )
    with writing(folder, "--folder"):
        weights = stages.train(options, folder, progress_bar(), save_every=arguments.save_every)
    print(f"Weights of the three heads: {weights}")
    print(f"To evaluate them, run: python -m fcnlib evaluate --weights {weights}")


def evaluate(arguments: argparse.Namespace) -> None:
    """Print a table with one row per head: the four metrics, then the IU of each class."""
    from fcnlib import scenes
    from fcnlib.networks import built_in
    from fcnlib.networks.npz_weights import SHIPPED, read_weights

    path = arguments.weights or SHIPPED
    read_weights("fcn_8s", path)  # An error comes before TensorFlow is loaded.
    runtime.load_quietly()
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
    averages = (
        f"{100 * metrics.pixel_accuracy:10.2f} {100 * metrics.mean_accuracy:10.2f} "
        f"{100 * metrics.mean_iu:9.2f} {100 * metrics.frequency_weighted_iu:8.2f}"
    )
    return f"{head:<8} {averages} | " + " ".join(f"{100 * iu:.2f}" for iu in metrics.iu)
