"""The commands ``segment`` and ``weights``, and the parser of all commands."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fcnlib import checkpoints
from fcnlib.cli import training
from fcnlib.cli.terminal import progress_bar, whole_number
from fcnlib.errors import FcnlibError
from fcnlib.networks import precision
from fcnlib.networks.vgg import vgg_16_shapes

if TYPE_CHECKING:
    from fcnlib.segmentation import Segmentation

EPILOG = """\
examples:
  python -m fcnlib weights --fetch
  python -m fcnlib segment bus.jpg --out maps
  python -m fcnlib segment https://example.org/bus.jpg --long-side 768
  python -m fcnlib train --steps 200
  python -m fcnlib evaluate

environment:
  FCNLIB_VGG_CHECKPOINT  your own weights: vgg_16.ckpt, its .tar.gz, or the .h5 file of Keras
  FCNLIB_CACHE_DIR       folder for downloaded weights

exit codes:
  0 done, 1 failed (the message says why), 2 wrong usage, 130 interrupted
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after ``python -m fcnlib``; by default those of this process.

    Returns
    -------
    code : int
        0 if it is done, 1 if it failed, 130 if it was interrupted. Wrong usage exits with 2.

    """
    options = _parser().parse_args(arguments)
    try:
        options.run(options)
    except FcnlibError as error:
        print(f"fcnlib: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("fcnlib: interrupted", file=sys.stderr)
        return 130
    return 0


def segment(options: argparse.Namespace) -> None:
    """Segment a picture with VGG-16, print its classes and write the maps."""
    from fcnlib import images, networks, segmentation
    from fcnlib.images import fetching

    report = progress_bar()
    is_url = options.picture.lower().startswith(("http://", "https://"))
    data = fetching.fetch(options.picture, report) if is_url else images.read(options.picture)
    picture = images.decode(data)
    if options.long_side:
        picture = images.fit_long_side(picture, options.long_side)
    network = networks.vgg_16(options.weights, report, options.precision)
    result = segmentation.segment(picture, network, report)
    _print_classes(result)
    if options.out:
        _write(result, options.out)


def weights(options: argparse.Namespace) -> None:
    """Download, locate or verify the weights of VGG-16."""
    if options.fetch:
        print(checkpoints.fetch(options.source, progress_bar()))
        return
    path = checkpoints.find(progress_bar())
    if not options.verify:
        print(path)
        return
    checked = checkpoints.verify(path, vgg_16_shapes(), progress_bar())
    print(checked.path)
    print(f"{checked.num_tensors} tensors, {checked.num_parameters:,} parameters, all finite")
    print(f"sha256 of the file     {checked.sha256 or 'none, because there are several files'}")
    print(f"sha256 of the archive  {checked.archive_sha256 or 'unknown'}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m fcnlib",
        description="Segment pictures with a fully convolutional network.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", required=True)
    _add_segment(commands)
    _add_weights(commands)
    training.add_parsers(commands)
    return parser


def _add_segment(commands: Any) -> None:
    command = commands.add_parser(
        "segment",
        help="segment a picture",
        description="Print the classes in a picture with their shares, and write its maps.",
    )
    add = command.add_argument
    add("picture", metavar="PICTURE", help="path, or http(s) address")
    add(
        "--out",
        type=Path,
        metavar="DIR",
        help="write coarse.png, map.png, overlay.png and segmentation.npz to this folder",
    )
    add(
        "--long-side",
        type=whole_number(32, or_zero=True),
        default=1024,
        metavar="PX",
        help="scale larger pictures down to this size first; 0 keeps the size (default 1024)",
    )
    add("--weights", type=Path, metavar="FILE", help="checkpoint to use")
    add(
        "--precision",
        choices=precision.CHOICES,
        default="auto",
        help="number format; auto is bfloat16 if the processor supports it (default auto)",
    )
    command.set_defaults(run=segment)


def _add_weights(commands: Any) -> None:
    command = commands.add_parser(
        "weights",
        help="download, locate or verify the weights of VGG-16",
        description="Manage the weights of VGG-16: half a gigabyte, stored once per user.",
    )
    action = command.add_mutually_exclusive_group()
    action.add_argument("--fetch", action="store_true", help="download them if they are missing")
    action.add_argument("--path", action="store_true", help="print where they are (default)")
    action.add_argument("--verify", action="store_true", help="read and check every tensor")
    command.add_argument(
        "--source",
        choices=list(checkpoints.SOURCES),
        default="archive",
        help="with --fetch: the official archive, or the copy of the same network from Keras",
    )
    command.set_defaults(run=weights)


def _print_classes(result: "Segmentation") -> None:
    height, width = result.label_map.shape
    rows, cols = result.coarse_map.shape
    print(f"{width} × {height} px, {cols} × {rows} cells, {result.network} in {result.precision}")
    print(" share  cells  class")
    for entry in result.classes:
        print(f"{entry.share:6.1%} {entry.cells:6d}  {entry.name}")


def _write(result: "Segmentation", folder: Path) -> None:
    from fcnlib.images import encode_png

    files = {
        "coarse.png": encode_png(result.painted_coarse()),
        "map.png": encode_png(result.painted()),
        "overlay.png": encode_png(result.overlay(0.6)),
        "segmentation.npz": result.to_npz(),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            (folder / name).write_bytes(data)
    except OSError as error:
        msg = f"Cannot write to {folder}: {error.strerror}. Choose another folder with --out."
        raise FcnlibError("cannot_write", msg) from error
    print(f"Wrote {', '.join(files)} to {folder}")
