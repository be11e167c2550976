"""The command ``segment``, which runs any network on one or more pictures."""

import argparse
import glob
import json
import os
import re
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fcnlib import engine, runtime
from fcnlib.cli.finished import RECORD, finish, finished
from fcnlib.cli.terminal import progress_bar, usable_path, whole_number
from fcnlib.errors import BusyError, EngineError, FcnlibError, PictureError
from fcnlib.networks import model_folder, precision, shipped
from fcnlib.paths import shown, why, write_whole, writing
from fcnlib.typing import Report, RGBImage, silent

if TYPE_CHECKING:
    from fcnlib.networks import Network
    from fcnlib.segmentation import Segmentation

    Compute = Callable[[Report], Callable[[RGBImage], Segmentation]]

_ENDINGS = ("jpg", "jpeg", "jpe", "jfif", "mpo", "png", "apng", "webp", "gif", "bmp", "dib")
SUFFIXES = {f".{ending}" for ending in _ENDINGS}
"""What counts as a picture in a folder. A file that is named itself may have any name."""

_ALLOWED = ", ".join(sorted(SUFFIXES))

LONG_SIDE = 1024

AT_ONCE = 8  # pictures at once that a cluster works on
PAUSES = (1, 2, 4, 8, 15, 30, 60, 60)
"""Seconds before a busy cluster is asked again."""
HOPELESS = {"cluster_away", "no_cluster", "wrong_secret", "not_found"}
"""Codes of errors that all other pictures would meet as well. The command ends."""

NAMED = 3  # classes in the line of a picture
LONGEST_NAME = 60  # characters of a folder for a picture; file systems allow 255 bytes

# Invisible characters may precede an address that was copied.
_ADDRESS = re.compile(r"\W*(?:https?|ftp|file|data):", re.IGNORECASE)
_DATA = re.compile(r"\W*data:", re.IGNORECASE)


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser(
        "segment",
        help="segment pictures",
        description="Print the classes in pictures with their shares. With --out, write the maps.",
        epilog="networks:\n"
        + "\n".join(_describe(name) for name in shipped.NETWORKS)
        + "\n\nEvery pixel gets one of the classes that its network knows, so use fcn_32s, fcn_16s"
        "\nand fcn_8s for drawn streets only, and people for pictures with people.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = command.add_argument
    add(
        "pictures",
        nargs="+",
        metavar="PICTURE",
        help="file, folder, pattern such as 'photos/*.jpg', http(s) address, or - for standard "
        "input",
    )
    add(
        "--network",
        type=_network,
        default="voc",
        metavar="NAME",
        help="one of the networks below (default voc), or the folder of a network that the command "
        "train --data wrote",
    )
    add(
        "--out",
        type=usable_path,
        metavar="DIR",
        help="write coarse.png, map.png, overlay.png, labels.png and segmentation.npz to this "
        "folder; if there are several pictures, each gets a folder of its own inside this one",
    )
    add("--json", action="store_true", help="print a summary as JSON instead of text")
    add(
        "--long-side",
        type=whole_number(32, or_zero=True),
        metavar="PX",
        help="scale a picture down first if its longer side has more pixels; 0 never scales "
        "(default 1024; for a network that train --data wrote, the long side of its training)",
    )
    add(
        "--weights",
        type=usable_path,
        metavar="FILE",
        help="weights for --network vgg_16: vgg_16.ckpt, its .tar.gz, or the .h5 file of Keras",
    )
    add(
        "--precision",
        choices=precision.CHOICES,
        default="auto",
        help="number format of vgg_16; auto is bfloat16 if the processor supports it",
    )
    add(
        "--engine",
        choices=list(engine.ENGINES),
        default="inline",
        help="where the network runs: in this process (default), in a worker process, or on the "
        "cluster that FCNLIB_RAY_URL names",
    )
    add(
        "--resume",
        action="store_true",
        help="skip pictures whose maps in --out are complete and were made with the same options",
    )
    command.set_defaults(run=segment, error=command.error)


def _network(text: str) -> str | Path:
    """Return the name of a network, or the folder of one; argparse can use this as ``type``."""
    if text in shipped.NETWORKS:
        return text
    folder = usable_path(text)
    if not folder.is_dir():
        msg = f"must be one of {', '.join(shipped.NETWORKS)}, or a folder, got {text[:60]}"
        raise argparse.ArgumentTypeError(msg)
    return folder


def segment(options: argparse.Namespace) -> int:
    """Segment the pictures one after another; return 1 if any of them failed, else 0."""
    if options.weights and options.network != "vgg_16":
        options.error("--weights can only be used with --network vgg_16")
    pictures = [found for given in options.pictures for found in _expand(given)]
    if not pictures:
        options.error(f"no picture in {', '.join(options.pictures)}; allowed: {_ALLOWED}")
    if options.resume and options.out is None:
        options.error("--resume needs --out")
    if options.weights and options.engine != "inline":
        options.error("--weights can only be used with --engine inline")
    own = isinstance(options.network, Path)
    if own and options.engine != "inline":
        options.error("the folder of a network can only be used with --engine inline")
    if options.long_side is None:
        options.long_side = model_folder.read(options.network).long_side if own else LONG_SIDE
    several = len(pictures) > 1
    # With several pictures, a line for each of them is progress enough.
    report = silent if several else progress_bar()
    compute = _compute(options)
    folders = _folders(pictures, options.out, several=several)

    def work(picture: str, folder: Path | None) -> dict[str, Any]:
        done = finished(folder, picture, _settings(options)) if folder and options.resume else None
        return done or _entry(picture, folder, compute, options, report)

    at_once = AT_ONCE if options.engine == "ray" else 1
    summary = []
    for entry in _in_turn(work, pictures, folders, at_once):
        summary.append(entry)
        if options.out is None and getattr(sys.stdout, "error", None):
            break  # Nobody would see the rest.
    if options.json:
        print(json.dumps(summary, indent=1))
    return int(any("error" in entry for entry in summary))


def _in_turn(
    work: Callable[[str, Path | None], dict[str, Any]],
    pictures: list[str],
    folders: Iterator[Path | None],
    at_once: int,
) -> Iterator[dict[str, Any]]:
    """Yield the entry of each picture in their order, with so many pictures in work at once."""
    if at_once == 1:
        yield from map(work, pictures, folders)
        return
    pool = ThreadPoolExecutor(at_once)
    try:
        yield from pool.map(work, pictures, folders)
    finally:
        # After an interrupt, pictures that have not been begun are left out.
        pool.shutdown(cancel_futures=True)


def _entry(
    picture: str,
    folder: Path | None,
    compute: "Compute",
    options: argparse.Namespace,
    report: Report,
) -> dict[str, Any]:
    """Segment a picture; return its entry of the summary, also if it failed."""
    try:
        started = time.perf_counter()
        image = _image(picture, report, options.long_side)
        reading = time.perf_counter() - started
        if folder:
            with writing(folder, "--out"):  # Before the work, which would be lost.
                folder.mkdir(parents=True, exist_ok=True)
    except FcnlibError as error:
        return _failed(picture, error)
    # What loads the network may raise: without it, no other picture can be segmented either.
    run = compute(report)
    try:
        return _segment_one(
            picture, image, run, folder=folder, options=options, report=report, reading=reading
        )
    except EngineError as error:
        if error.code in HOPELESS:
            raise
        return _failed(picture, error)
    except FcnlibError as error:
        return _failed(picture, error)


def _compute(options: argparse.Namespace) -> "Compute":
    """Return what gives the function that segments an array with the engine of the options."""
    if options.engine == "inline":
        # Loaded by the first picture that can be read, so that one that cannot is reported at once.
        network = cache(lambda: _load(options))

        def inline(report: Report) -> Callable[[RGBImage], "Segmentation"]:
            from fcnlib import segmentation

            return partial(segmentation.segment, network=network(), report=report)

        return inline
    engine.use(options.engine, exactly=True)

    def elsewhere(report: Report) -> Callable[[RGBImage], "Segmentation"]:
        return lambda image: _patiently(image, options, report)

    return elsewhere


def _patiently(image: RGBImage, options: argparse.Namespace, report: Report) -> "Segmentation":
    """Segment an array with the engine; while it is busy, wait and ask again."""
    arguments = image, options.network, options.precision, 0
    for pause in (*PAUSES, None):
        try:
            result: Segmentation = engine.run("segment", *arguments, report=report)
            break
        except BusyError:
            if pause is None:
                raise
            time.sleep(pause)
    return result


def _settings(options: argparse.Namespace) -> dict[str, Any]:
    """Return the options that a result depends on."""
    weights = options.weights and str(options.weights)
    return {
        "network": str(options.network),
        "long_side": options.long_side,
        "precision": options.precision,
        "weights": weights,
    }


def _load(options: argparse.Namespace) -> "Network":
    runtime.load_quietly()
    if isinstance(options.network, Path):
        return model_folder.load(options.network)
    return shipped.load(
        options.network, progress_bar(), weights=options.weights, precision=options.precision
    )


def _failed(picture: str, error: FcnlibError) -> dict[str, Any]:
    """Print why a picture was not segmented, and return its entry of the summary."""
    name = shown(picture).strip("'") if len(picture) > LONGEST_NAME else picture
    print(f"fcnlib: {name}: {error}\n", end="", file=sys.stderr)
    return {"picture": picture, "error": {"code": error.code, "message": str(error)}}


def _describe(name: str) -> str:
    choice = shipped.NETWORKS[name]
    kind = "segments" if choice.segments else "classifies every cell"
    return f"  {name:9} {choice.title}, {choice.trained_on}; {kind}"


def _expand(given: str) -> Iterator[str]:
    """Yield the pictures that an argument names."""
    if given == "-" or _is_address(given):
        yield given
    elif os.path.isdir(given):
        try:
            yield from _pictures_in(given)
        except PictureError:
            yield given  # Reading it gives the reason, and the other pictures go on.
    elif glob.has_magic(given) and not os.path.lexists(given):
        # Shells that do not expand patterns, such as that of Windows, pass them on.
        yield from sorted(glob.glob(given)) or [given]
    else:
        yield given


def _pictures_in(folder: str) -> list[str]:
    try:
        names = sorted(os.listdir(folder))
    except OSError as error:
        msg = f"The folder {shown(folder)} cannot be read: {why(error)}. Check its permissions."
        raise PictureError("unreadable", msg) from error
    return [str(Path(folder, name)) for name in names if Path(name).suffix.lower() in SUFFIXES]


def _is_address(given: str) -> bool:
    is_file = os.path.lexists(given)
    return not is_file and ("://" in given or _ADDRESS.match(given) is not None)


def _folders(pictures: list[str], out: Path | None, *, several: bool) -> Iterator[Path | None]:
    """Yield the folder for the maps of each picture."""
    if out is None or not several:
        yield from [out] * len(pictures)
        return
    taken: set[str] = set()
    for picture in pictures:
        stem = name = Path(picture).stem[:LONGEST_NAME].strip(". ") or "picture"
        number = 1
        while name in taken:
            number += 1
            name = f"{stem}_{number}"
        taken.add(name)
        yield out / name


def _image(picture: str, report: Report, long_side: int) -> RGBImage:
    """Read or fetch a picture and scale it down."""
    from fcnlib import images
    from fcnlib.images import fetching

    if picture == "-":
        data = _standard_input()
    elif _DATA.match(picture) and not os.path.lexists(picture):
        msg = "Addresses that start with data: are not read. Save the picture to a file."
        raise PictureError("bad_address", msg)
    elif _is_address(picture):
        data = fetching.fetch(picture, report)
    else:
        if os.path.isdir(picture):
            _pictures_in(picture)  # raises
        data = images.read(picture)
    image = images.decode(data)
    if images.is_dark(image):
        largest = f"no value is above {image.max()} of 255, about 1 % of the range or less"
        print(f"{shown(picture)}: {largest}, so it looks black.", file=sys.stderr)
    return images.fit_long_side(image, long_side) if long_side else image


def _standard_input() -> bytes:
    """Return a picture from standard input, at most one byte more than is allowed."""
    from fcnlib.images import MAX_BYTES

    try:
        if sys.stdin is None:
            msg = "it is closed"
            raise OSError(msg)
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    except OSError as error:
        msg = f"Standard input cannot be read: {why(error)}. Pipe a picture to it, or name a file."
        raise PictureError("unreadable", msg) from error


def _segment_one(
    picture: str,
    image: RGBImage,
    run: Callable[[RGBImage], "Segmentation"],
    *,
    folder: Path | None,
    options: argparse.Namespace,
    report: Report,
    reading: float,
) -> dict[str, Any]:
    """Segment a picture that took `reading` seconds to read; return its entry of the summary."""
    started = time.perf_counter()
    result = run(image)
    files = _write(result, folder) if folder else []
    seconds = reading + time.perf_counter() - started
    several = report is silent
    if not options.json:
        _print(picture, result, seconds, several=several)
        if files and not several:
            print(f"Wrote {', '.join(file.name for file in files)} to {folder}")
    entry = {
        "picture": picture,
        "network": str(options.network),
        "size": list(result.label_map.shape),
        "cells": list(result.coarse_map.shape),
        "seconds": round(seconds, 3),
        "classes": {entry.name: round(entry.share, 4) for entry in result.classes},
        "files": [str(file) for file in files],
    }
    if folder and options.resume:
        finish(folder, entry, _settings(options))
    return entry


def _print(picture: str, result: "Segmentation", seconds: float, *, several: bool) -> None:
    if several:
        largest = ", ".join(f"{entry.name} {entry.share:.0%}" for entry in result.classes[:NAMED])
        more = len(result.classes) - NAMED
        line = f"{picture}: {largest}{f', {more} more' if more > 0 else ''} ({seconds:.2f} s)"
        # In one piece, since several threads may print; at once, to learn whether anybody reads.
        print(f"{line}\n", end="", flush=True)
        return
    height, width = result.label_map.shape
    rows, cols = result.coarse_map.shape
    print(f"{height} × {width} px, {rows} × {cols} cells, {result.network} in {result.precision}")
    print(" share  cells  class")
    for entry in result.classes:
        print(f"{entry.share:6.1%} {entry.cells:6d}  {entry.name}")


def _write(result: "Segmentation", folder: Path) -> list[Path]:
    from fcnlib.images import MAX_LABELS, encode_labels, encode_png

    files = {
        "coarse.png": encode_png(result.painted_coarse()),
        "map.png": encode_png(result.painted()),
        "overlay.png": encode_png(result.overlay(0.6)),
        "segmentation.npz": result.to_npz(),
    }
    if len(result.class_names) <= MAX_LABELS:
        files["labels.png"] = encode_labels(result.label_map, result.colors)
    with writing(folder, "--out"):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / RECORD).unlink(missing_ok=True)  # It is about the files that are replaced now.
        for name, data in files.items():
            write_whole(folder / name, data)
    return [folder / name for name in files]
