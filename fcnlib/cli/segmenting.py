"""The command ``segment``, which runs any network on one or more pictures."""

import argparse
import glob
import json
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fcnlib.cli.terminal import progress_bar, whole_number
from fcnlib.errors import FcnlibError
from fcnlib.networks import precision, shipped
from fcnlib.typing import silent

if TYPE_CHECKING:
    from fcnlib.segmentation import Segmentation

SUFFIXES = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"}
"""What counts as a picture in a folder. A file that is named itself may have any name."""

_ALLOWED = ", ".join(sorted(SUFFIXES))

NAMED = 3  # classes in the line of a picture


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "segment",
        help="segment pictures",
        description="Print the classes in pictures with their shares, and write their maps.",
        epilog="networks:\n" + "\n".join(_describe(name) for name in shipped.NETWORKS),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = command.add_argument
    add(
        "pictures",
        nargs="+",
        metavar="PICTURE",
        help="path, folder, pattern such as 'photos/*.jpg', or http(s) address",
    )
    add(
        "--network",
        choices=list(shipped.NETWORKS),
        default="voc",
        help="which network (default voc)",
    )
    add(
        "--out",
        type=Path,
        metavar="DIR",
        help="write coarse.png, map.png, overlay.png and segmentation.npz to this folder, or to a "
        "folder for each picture in it if there are several",
    )
    add("--json", action="store_true", help="print a summary as JSON instead of text")
    add(
        "--long-side",
        type=whole_number(32, or_zero=True),
        default=1024,
        metavar="PX",
        help="scale larger pictures down to this size first; 0 keeps the size (default 1024)",
    )
    add("--weights", type=Path, metavar="FILE", help="checkpoint to use with --network vgg_16")
    add(
        "--precision",
        choices=precision.CHOICES,
        default="auto",
        help="number format of vgg_16; auto is bfloat16 if the processor supports it",
    )
    command.set_defaults(run=segment, error=command.error)


def segment(options: argparse.Namespace) -> int:
    """Segment the pictures one after another; return 1 if any of them failed, else 0."""
    if options.weights and options.network != "vgg_16":
        options.error("--weights goes with --network vgg_16")
    pictures = [found for given in options.pictures for found in _expand(given)]
    if not pictures:
        options.error(f"no picture in {', '.join(options.pictures)}; allowed: {_ALLOWED}")
    several = len(pictures) > 1
    report = progress_bar()
    network = shipped.load(
        options.network, report, weights=options.weights, precision=options.precision
    )
    summary, failed = [], False
    for number, picture in enumerate(pictures):
        folder = options.out
        if folder and several:
            folder = folder / _folder_name(picture, pictures[:number])
        try:
            entry = _segment_one(picture, network, folder, options, several=several)
        except FcnlibError as error:
            failed = True
            entry = {"picture": picture, "error": {"code": error.code, "message": str(error)}}
            print(f"fcnlib: {picture}: {error}", file=sys.stderr)
        summary.append(entry)
    if options.json:
        print(json.dumps(summary, indent=1))
    return int(failed)


def _describe(name: str) -> str:
    choice = shipped.NETWORKS[name]
    kind = "segments" if choice.segments else "classifies every cell"
    return f"  {name:9} {choice.title}, {choice.trained_on}; {kind}"


def _expand(given: str) -> Iterator[str]:
    """Yield the pictures that an argument names."""
    if Path(given).is_dir():
        files = sorted(path for path in Path(given).iterdir() if path.suffix.lower() in SUFFIXES)
        yield from map(str, files)
    elif glob.has_magic(given) and not Path(given).exists():
        # Shells that do not expand patterns, such as that of Windows, pass them on.
        yield from sorted(glob.glob(given)) or [given]
    else:
        yield given


def _folder_name(picture: str, before: Sequence[str]) -> str:
    """Return a folder name for a picture that no earlier picture has."""
    stem = Path(picture).stem or "picture"
    repeated = sum((Path(other).stem or "picture") == stem for other in before)
    return f"{stem}_{repeated + 1}" if repeated else stem


def _segment_one(
    picture: str,
    network: Any,
    folder: Path | None,
    options: argparse.Namespace,
    *,
    several: bool,
) -> dict[str, Any]:
    from fcnlib import images, segmentation
    from fcnlib.images import fetching

    # With several pictures, a line for each of them is progress enough.
    report = silent if several else progress_bar()
    started = time.perf_counter()
    is_url = picture.lower().startswith(("http://", "https://"))
    data = fetching.fetch(picture, report) if is_url else images.read(picture)
    image = images.decode(data)
    if options.long_side:
        image = images.fit_long_side(image, options.long_side)
    result = segmentation.segment(image, network, report)
    files = _write(result, folder) if folder else []
    seconds = time.perf_counter() - started
    if not options.json:
        _print(picture, result, seconds, several=several)
        if files and not several:
            print(f"Wrote {', '.join(file.name for file in files)} to {folder}")
    return {
        "picture": picture,
        "network": options.network,
        "size": list(result.label_map.shape),
        "cells": list(result.coarse_map.shape),
        "seconds": round(seconds, 3),
        "classes": {entry.name: round(entry.share, 4) for entry in result.classes},
        "files": [str(file) for file in files],
    }


def _print(picture: str, result: "Segmentation", seconds: float, *, several: bool) -> None:
    if several:
        largest = ", ".join(f"{entry.name} {entry.share:.0%}" for entry in result.classes[:NAMED])
        more = len(result.classes) - NAMED
        print(f"{picture}: {largest}{f', {more} more' if more > 0 else ''} ({seconds:.2f} s)")
        return
    height, width = result.label_map.shape
    rows, cols = result.coarse_map.shape
    print(f"{height} × {width} px, {rows} × {cols} cells, {result.network} in {result.precision}")
    print(" share  cells  class")
    for entry in result.classes:
        print(f"{entry.share:6.1%} {entry.cells:6d}  {entry.name}")


def _write(result: "Segmentation", folder: Path) -> list[Path]:
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
    return [folder / name for name in files]
