"""The commands ``train --data`` and ``evaluate --data``, for a user's own labeled pictures."""

import argparse
import math
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fcnlib import runtime
from fcnlib.cli.terminal import positive_number, progress_bar, usable_path, whole_number
from fcnlib.networks.backbones import BACKBONES
from fcnlib.networks.fcn import HEADS
from fcnlib.paths import writing

if TYPE_CHECKING:
    from fcnlib.datasets.dataset import Dataset
    from fcnlib.training.own_data.run import Result

OPTIONS = ("backbone", "head", "freeze", "minutes", "class_weights", "accumulate")
"""Options of ``train`` that need ``--data``."""

CAMVID = {"freeze": "half", "class_weights": True, "steps": 5000}
"""Options for the pictures of CamVid if no others are given: those that were measured on them."""


def add_options(command: argparse.ArgumentParser) -> None:
    """Add the options of ``train`` that are about a user's own pictures."""
    group = command.add_argument_group("your own labeled pictures")
    add = group.add_argument
    add(
        "--data",
        type=usable_path,
        metavar="DIR",
        help="folder of labeled pictures, such as one in the layout of PASCAL VOC; the command "
        "dataset check tells what is in it",
    )
    add(
        "--backbone",
        choices=list(BACKBONES),
        help="network whose features are used: imagenet (default) and voc come with fcnlib, small "
        "starts from random weights, vgg_16 needs its checkpoint",
    )
    add(
        "--head",
        choices=list(HEADS),
        help="head that turns these features into scores (default: fcn_8s)",
    )
    add(
        "--freeze",
        nargs="?",
        const="all",
        choices=("none", "half", "all"),
        help="do not change weights of the backbone: all of them (all, also if no word follows) "
        "or those of its layers up to stride 8 (half, the default for CamVid). By default, all "
        "may change (none). If all are fixed, features are computed only once, so that the head "
        "trains in minutes",
    )
    add(
        "--minutes",
        type=positive_number,
        metavar="N",
        help="end the training after this time; its result then depends on the machine's speed",
    )
    add(
        "--class-weights",
        action=argparse.BooleanOptionalAction,
        help="count pixels of rare classes more, if the network ignores them; the default for "
        "CamVid",
    )
    add(
        "--accumulate",
        type=whole_number(1),
        metavar="N",
        help="batches whose gradients are added up for one step (default: 1), like a larger batch "
        "but without more memory",
    )


def add_evaluation(command: argparse.ArgumentParser) -> None:
    """Add the options of ``evaluate`` that are about a user's own pictures."""
    group = command.add_argument_group("your own labeled pictures")
    group.add_argument(
        "--network", type=usable_path, metavar="DIR", help="folder of a network that train wrote"
    )
    group.add_argument(
        "--data",
        type=usable_path,
        metavar="DIR",
        help="folder of labeled pictures to measure the network on",
    )
    group.add_argument(
        "--split",
        choices=("train", "val", "test"),
        default="val",
        help="the part of the pictures: for training, validation or test (default: val)",
    )


def train(arguments: argparse.Namespace) -> None:
    """Train a network, or continue a killed training, and print its metrics and its folder."""
    given = vars(arguments)
    if "scenes" in given:
        arguments.error("--scenes cannot be used with --data")
    names = {name: given.get(name, default) for name, default in _NAMES.items()}
    if names["backbone"] == "small" and names["freeze"] != "none":
        arguments.error("--freeze needs a trained backbone, but small starts from random weights")
    data = given["data"]
    name = f"{data.resolve().name}_{names['backbone']}_{names['head']}"
    folder = given.get("folder", Path("runs", name))
    with writing(folder, "--folder"):
        folder.mkdir(parents=True, exist_ok=True)
    dataset = _open(data)
    for finding in dataset.findings:
        _warn(finding.text)
    given = completed(given, dataset.classes)
    names["freeze"] = given.get("freeze", names["freeze"])
    runtime.load_quietly()
    from fcnlib.datasets.pairs import PairReader
    from fcnlib.networks.backbones import BACKBONES
    from fcnlib.training.own_data import run
    from fcnlib.training.own_data.options import Options
    from fcnlib.training.own_data.samples import default_crop

    minutes = given.get("minutes")
    values: dict[str, Any] = {"learning_rate": BACKBONES[names["backbone"]].learning_rate}
    values |= {key: given[key] for key in _SAME if key in given}
    options = Options(
        **names,
        **values,
        steps=given.get("steps", None if minutes else 1000),
        minutes=minutes,
        crop=tuple(
            given.get("size") or default_crop(dataset.splits.get("train", ()), PairReader(_warn))
        ),
    )
    with writing(folder, "--folder"):
        result = run.train(
            dataset,
            options,
            folder,
            progress_bar(),
            warn=_warn,
            save_every=given.get("save_every", run.SAVE_EVERY),
        )
    _print(result, dataset)
    print(f"The network is in {result.folder}. To use it, run:")
    print(f"python -m fcnlib segment --network {result.folder} --out maps PICTURE")


def completed(given: Mapping[str, Any], classes: Sequence[str]) -> dict[str, Any]:
    """Return the given options and, if the classes are those of CamVid, the rest of `CAMVID`.

    `small` starts from random weights, which cannot be fixed, and a training that ends after some
    minutes needs no number of steps.
    """
    from fcnlib.datasets import class_lists

    if list(classes) != [name for name, _ in class_lists.CAMVID[:-1]]:
        return dict(given)
    useless = {"freeze": given.get("backbone") == "small", "steps": "minutes" in given}
    added = {key: value for key, value in CAMVID.items() if not useless.get(key)}
    words = [f"--{key.replace('_', '-')} {value}" for key, value in added.items()]
    text = " ".join(words).replace(" True", "")
    _warn(f"The pictures are CamVid's, so these are the defaults: {text}.")
    return {**added, **given}


def evaluate(arguments: argparse.Namespace) -> None:
    """Measure a trained network on labeled pictures, and print the metrics."""
    if not (arguments.network and arguments.data):
        arguments.error("--network and --data must be given together")
    from fcnlib.networks import model_folder

    model_folder.read(arguments.network)  # An error comes before TensorFlow is loaded.
    dataset = _open(arguments.data)
    runtime.load_quietly()
    from fcnlib.training.own_data import run

    with writing(arguments.network, "--network"):
        result = run.measured(
            arguments.network, dataset, arguments.split, progress_bar(), warn=_warn
        )
    _print(result, dataset)


_NAMES = {"backbone": "imagenet", "head": "fcn_8s", "freeze": "none"}
# Options that have the same name and meaning in the library.
_SAME = ("batch_size", "learning_rate", "seed", "class_weights", "accumulate")


def _open(folder: Path) -> "Dataset":
    from fcnlib.datasets.dataset import open_dataset

    return open_dataset(folder, progress_bar())


def _warn(text: str) -> None:
    print(f"fcnlib: {text}", file=sys.stderr)


def _print(result: "Result", dataset: "Dataset") -> None:
    """Print the four metrics, the IU of each class, and a remark if the network learned nothing."""
    from fcnlib.training.own_data.evaluation import collapsed

    pictures = len(dataset.splits[result.split])
    metrics: Any = result.metrics
    print(f"{pictures} pictures of the split {result.split}, in percent")
    print(f"{100 * metrics.pixel_accuracy:6.2f}  pixel accuracy")
    print(f"{100 * metrics.mean_accuracy:6.2f}  mean accuracy")
    print(f"{100 * metrics.mean_iu:6.2f}  mean IU")
    print(f"{100 * metrics.frequency_weighted_iu:6.2f}  frequency-weighted IU")
    print("    IU  class")
    for name, iu in zip(dataset.classes, metrics.iu, strict=True):
        print(f"     -  {name}" if math.isnan(iu) else f"{100 * iu:6.2f}  {name}")
    print(f"The confusion matrix is in {result.folder / f'{result.split}_confusion.csv'}")
    leader = collapsed(result.confusion)
    if leader is not None:
        print(
            f"Almost every pixel is predicted as {dataset.classes[leader]!r}: the network ignores "
            "the other classes. Train with --class-weights, so that rare classes count more, or "
            "for more steps."
        )
