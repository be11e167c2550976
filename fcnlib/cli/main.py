"""The command line: segment a picture, look after the weights, train and evaluate."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fcnlib import checkpoints
from fcnlib.cli import training
from fcnlib.errors import FcnlibError
from fcnlib.networks import precision
from fcnlib.networks.vgg import vgg_16_shapes
from fcnlib.typing import Report

if TYPE_CHECKING:
    from fcnlib.segmentation import Segmentation

EXAMPLES = """\
examples:
  python -m fcnlib weights --fetch
  python -m fcnlib segment bus.jpg --out maps
  python -m fcnlib segment https://example.org/bus.jpg --long-side 768
  python -m fcnlib train --steps 200
  python -m fcnlib evaluate

environment:
  FCNLIB_VGG_CHECKPOINT  weights of your own: vgg_16.ckpt, its .tar.gz, or Keras' .h5
  FCNLIB_CACHE_DIR       folder for fetched weights

exit codes:
  0 done, 1 it could not be done (the message says why), 2 wrong usage, 130 interrupted
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
        0 done, 1 not done, 130 interrupted; wrong usage exits with 2.

    """
    parser = _parser()
    options = parser.parse_args(arguments)
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

    report = terminal_report()
    picture = images.decode(_bytes(options.picture, report))
    if options.long_side:
        picture = images.fit_long_side(picture, options.long_side)
    network = networks.vgg_16(options.weights, report, options.precision)
    result = segmentation.segment(picture, network, report)
    _print_classes(result)
    if options.out:
        _write(result, options.out)


def weights(options: argparse.Namespace) -> None:
    """Fetch, locate or verify the weights of VGG-16."""
    if options.fetch:
        print(checkpoints.fetch(options.source, terminal_report()))
    elif options.verify:
        path = checkpoints.find(terminal_report())
        found = checkpoints.verify(path, vgg_16_shapes(), terminal_report())
        print(f"{found.path}")
        print(f"{found.num_tensors} tensors, {found.num_parameters:,} parameters, all finite")
        print(f"sha256 of the file     {found.sha256 or 'none: it is several files'}")
        print(f"sha256 of the archive  {found.archive_sha256 or 'not known'}")
    else:
        print(checkpoints.find(terminal_report()))


def terminal_report() -> Report:
    """Return a report that keeps one line of the terminal up to date, or prints each text once."""
    live, last = sys.stderr.isatty(), ""

    def report(fraction: float, text: str) -> None:
        nonlocal last
        if live:
            print(f"\r\x1b[K{fraction:4.0%} {text}", end="", file=sys.stderr, flush=True)
            if fraction >= 1:
                print(file=sys.stderr)
        # Without a terminal the same words with another number are no news.
        elif (words := "".join(c for c in text if not c.isdigit())) != last:
            last = words
            print(text, file=sys.stderr, flush=True)

    return report


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m fcnlib",
        description="From a picture to its class map, with a fully convolutional network.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(title="commands", required=True)
    _add_segment(commands)
    _add_weights(commands)
    training.add_parsers(commands)
    return parser


def _add_segment(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = commands.add_parser(
        "segment",
        help="segment a picture",
        description="Print the classes of a picture by their share, and write its maps.",
    )
    command.add_argument("picture", metavar="PICTURE", help="path, or http(s) address")
    command.add_argument(
        "--out",
        type=Path,
        metavar="DIR",
        help="write coarse.png, map.png, overlay.png and segmentation.npz there",
    )
    command.add_argument(
        "--long-side",
        type=_side,
        default=1024,
        metavar="PX",
        help="scale a larger picture down to this first; 0 keeps its size (default 1024)",
    )
    command.add_argument("--weights", type=Path, metavar="FILE", help="checkpoint to use")
    command.add_argument(
        "--precision",
        choices=precision.CHOICES,
        default="auto",
        help="number format; auto is bfloat16 where the processor has it (default auto)",
    )
    command.set_defaults(run=segment)


def _add_weights(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    command = commands.add_parser(
        "weights",
        help="fetch, locate or verify the weights of VGG-16",
        description="Look after the weights of VGG-16, half a gigabyte, kept once per user.",
    )
    action = command.add_mutually_exclusive_group()
    action.add_argument("--fetch", action="store_true", help="download them unless they are here")
    action.add_argument("--path", action="store_true", help="print where they are (the default)")
    action.add_argument("--verify", action="store_true", help="read and check every tensor")
    command.add_argument(
        "--source",
        choices=list(checkpoints.SOURCES),
        default="archive",
        help="with --fetch: the official archive, or Keras' copy of the same network",
    )
    command.set_defaults(run=weights)


def _side(text: str) -> int:
    side = int(text) if text.isdecimal() else -1
    if side != 0 and side < 32:
        msg = f"must be 0 or at least 32, got {text}"
        raise argparse.ArgumentTypeError(msg)
    return side


def _bytes(picture: str, report: Report) -> bytes:
    from fcnlib import images
    from fcnlib.images import fetching

    if picture.lower().startswith(("http://", "https://")):
        return fetching.fetch(picture, report)
    return images.read(picture)


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
        msg = f"{folder} cannot be written to: {error.strerror}. Name another folder with --out."
        raise FcnlibError("cannot_write", msg) from error
    print(f"Wrote {', '.join(files)} to {folder}")
