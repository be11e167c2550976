"""The commands ``python -m fcnlib train`` and ``python -m fcnlib evaluate``."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fcnlib import runtime
from fcnlib.cli import own_training
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
        help="train on drawn street scenes, or on your own labeled pictures",
        description="Train FCN-32s, FCN-16s and FCN-8s one after another on drawn street scenes. "
        "With --data, train one network on your own labeled pictures. The same command continues a "
        "training that was stopped.",
        # An option that is not given has no value here, since both kinds have their own defaults.
        argument_default=argparse.SUPPRESS,
    )
    add = command.add_argument
    add(
        "--steps",
        type=count,
        metavar="N",
        help="training steps (default: 15500, divided between the three networks; 1000 with "
        "--data, or as many as --minutes allows)",
    )
    add(
        "--folder",
        type=usable_path,
        metavar="DIR",
        help="folder for everything that is written (default: runs/street, or runs/ and a name "
        "made of data, backbone and head)",
    )
    add("--batch-size", type=count, metavar="N", help="pictures per batch (default: 4)")
    add(
        "--learning-rate",
        type=positive_number,
        metavar="X",
        help="highest learning rate (default: 0.001; 0.002 with --data, or 0.0002 on vgg_16)",
    )
    add(
        "--seed",
        type=whole_number(0),
        metavar="N",
        help="equal seeds give equal results (default: 0)",
    )
    add(
        "--size",
        type=side,
        nargs=2,
        metavar=("HEIGHT", "WIDTH"),
        help="height and width in pixels, multiples of 32: of a drawn scene (default: 160 224), "
        "or, with --data, of the random parts of your pictures (default: the size of a typical "
        "picture, at most 288 384)",
    )
    add(
        "--save-every",
        type=count,
        metavar="N",
        help="save the state after every N steps (default: 250; 100 with --data); a stopped "
        "training continues from it",
    )
    add("--scenes", type=count, metavar="N", help="drawn scenes to train on (default: 3000)")
    own_training.add_options(command)
    command.set_defaults(run=train, error=command.error)
    command = commands.add_parser(
        "evaluate",
        help="measure trained networks on drawn test scenes, or on your own labeled pictures",
        description="Measure FCN-32s, FCN-16s and FCN-8s on drawn test scenes. With --network and "
        "--data, measure a network that train --data wrote. Print the IU (intersection over "
        "union) of each class and the four metrics of the FCN paper: pixel accuracy, mean "
        "accuracy, mean IU and frequency-weighted IU (f.w. IU).",
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
    own_training.add_evaluation(command)
    command.set_defaults(run=evaluate, error=command.error)


def train(arguments: argparse.Namespace) -> None:
    """Train the three heads, or continue a killed training, and print where the weights are."""
    given = vars(arguments)
    if "data" in given:
        own_training.train(arguments)
        return
    if wrong := [name for name in own_training.OPTIONS if name in given]:
        arguments.error(f"--{wrong[0].replace('_', '-')} needs --data")
    folder = given.get("folder", Path("runs/street"))
    with writing(folder, "--folder"):
        folder.mkdir(parents=True, exist_ok=True)
    runtime.load_quietly()
    from fcnlib.training import Options, stages

    batch_size = given.get("batch_size", 4)
    options = Options(
        steps=given.get("steps", 15_500),
        learning_rate=given.get("learning_rate", 1e-3),
        batch_size=batch_size,
        num_scenes=max(given.get("scenes", 3000), batch_size),
        size=tuple(given.get("size", (160, 224))),
        seed=given.get("seed", 0),
    )
    with writing(folder, "--folder"):
        weights = stages.train(
            options, folder, progress_bar(), save_every=given.get("save_every", stages.SAVE_EVERY)
        )
    print(f"Weights of the three heads: {weights}")
    print(f"To evaluate them, run: python -m fcnlib evaluate --weights {weights}")


def evaluate(arguments: argparse.Namespace) -> None:
    """Print a table with one row per head: the four metrics, then the IU of each class."""
    if arguments.network or arguments.data:
        own_training.evaluate(arguments)
        return
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
