"""The parser of all commands, and the command ``weights``."""

import argparse
import sys
from collections.abc import Sequence
from typing import Any

from fcnlib import checkpoints, runtime
from fcnlib.cli import datasets, segmenting, training
from fcnlib.cli.terminal import progress_bar, unfailing_output
from fcnlib.errors import FcnlibError
from fcnlib.networks.vgg import vgg_16_shapes
from fcnlib.paths import why

EPILOG = """\
examples:
  python -m fcnlib segment cat.jpg --out maps
  python -m fcnlib segment - < cat.jpg
  python -m fcnlib segment photos --network imagenet --json
  python -m fcnlib segment https://example.org/bus.jpg --network vgg_16
  python -m fcnlib weights --fetch
  python -m fcnlib train --steps 200
  python -m fcnlib evaluate
  python -m fcnlib dataset check photos --sheet sheet.png

environment:
  FCNLIB_VGG_CHECKPOINT  your own copy of VGG-16's weights: vgg_16.ckpt, the .tar.gz that
                         contains it, or the .h5 file of Keras
  FCNLIB_CACHE_DIR       folder for downloaded weights
  TF_CPP_MIN_LOG_LEVEL   0 shows the log of TensorFlow, which is hidden by default

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
    with unfailing_output() as out:
        options = _parser().parse_args(arguments)
        code = _run(options)
        out.flush()
        # A reader such as `head` may go when it has seen enough.
        if out.error and not isinstance(out.error, BrokenPipeError):
            print(f"fcnlib: standard output is incomplete: {why(out.error)}", file=sys.stderr)
            code = code or 1
        return code


def _run(options: argparse.Namespace) -> int:
    try:
        return int(options.run(options) or 0)
    except FcnlibError as error:
        print(f"fcnlib: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("fcnlib: interrupted", file=sys.stderr)
        return 130


def weights(options: argparse.Namespace) -> None:
    """Download, locate or verify the weights of VGG-16."""
    if options.fetch:
        print(checkpoints.fetch(options.source, progress_bar()))
        return
    path = checkpoints.find(progress_bar())
    if not options.verify:
        print(path)
        return
    runtime.load_quietly()
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
    segmenting.add_parser(commands)
    _add_weights(commands)
    training.add_parsers(commands)
    datasets.add_parser(commands)
    return parser


def _add_weights(commands: Any) -> None:
    command = commands.add_parser(
        "weights",
        help="download, locate or verify the weights of VGG-16",
        description="Download, locate or verify the weights of VGG-16. They take half a gigabyte. "
        "Each user of this machine downloads them once.",
    )
    action = command.add_mutually_exclusive_group()
    action.add_argument(
        "--fetch", action="store_true", help="download the weights unless they are on this machine"
    )
    action.add_argument(
        "--path", action="store_true", help="print the path of the weights (default)"
    )
    action.add_argument(
        "--verify", action="store_true", help="check the shape and the values of every tensor"
    )
    command.add_argument(
        "--source",
        choices=list(checkpoints.SOURCES),
        default="archive",
        help="what --fetch downloads: the official archive (default), or the same weights in the "
        "format of Keras",
    )
    command.set_defaults(run=weights)
