"""The command ``python -m fcnlib dataset check``."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fcnlib.cli.terminal import progress_bar, usable_path
from fcnlib.paths import write_whole, writing

if TYPE_CHECKING:
    from fcnlib.datasets import Check

MOST_SIZES = 5  # in the report


def add_parser(commands: Any) -> None:
    """Add the command to the parser."""
    command = commands.add_parser("dataset", help="check a folder of labeled pictures")
    actions = command.add_subparsers(title="actions", required=True)
    action = actions.add_parser(
        "check",
        help="report what is in a folder of labeled pictures",
        description="Read all pictures and labels of a folder, and print counts, sizes, the share "
        "of each class, and everything that would spoil a training. Exits with 1 if the labels "
        "cannot be used.",
    )
    action.add_argument(
        "folder", type=usable_path, metavar="DIR", help="folder in a layout of docs/datasets.md"
    )
    action.add_argument(
        "--sheet",
        type=usable_path,
        metavar="FILE.png",
        help="write a picture of up to 12 pairs, each with its labels in the colors of the classes",
    )
    action.set_defaults(run=check)


def check(options: argparse.Namespace) -> int:
    """Print the report, and write the sheet; return 1 if the labels cannot be used."""
    from fcnlib import datasets
    from fcnlib.images import encode_png

    found = datasets.check(options.folder, progress_bar())
    for finding in found.findings:
        print(f"{'error' if finding.stops else 'note'}: {finding.text}")
    for text in found.damaged:
        print(f"note: {text}")
    if not found.usable:
        return 1
    print("\n".join(table(found)))
    if options.sheet and found.sheet is not None:
        with writing(options.sheet.parent, "--sheet"):
            write_whole(Path(options.sheet), encode_png(found.sheet))
        print(f"Sheet: {options.sheet}")
    return 0


def table(found: "Check") -> list[str]:
    """Return the lines of the report: pairs, sizes, and the share of each class in each split."""
    pairs = ", ".join(f"{split} {number:,}" for split, number in found.pairs.items())
    ranked = sorted(found.sizes.items(), key=lambda entry: -entry[1])
    sizes = [f"{width} × {height} ({n:,})" for (height, width), n in ranked[:MOST_SIZES]]
    more = f" and {len(ranked) - MOST_SIZES} other sizes" if len(ranked) > MOST_SIZES else ""
    wide = max(map(len, (*found.classes, "class")))
    lines = [
        f"pairs: {pairs}",
        f"sizes in pixels (number of pictures): {', '.join(sizes)}{more}",
        f"{'class':<{wide}}" + "".join(f"{split:>10}" for split in found.pairs),
    ]
    # Shares of the classes are of the labeled pixels; that of void is of all pixels.
    for index, name in enumerate((*found.classes, "void")):
        shares = []
        for pixels in found.pixels.values():
            of = pixels.sum() if index == len(found.classes) else pixels[:-1].sum()
            shares.append(f"{100 * pixels[index] / max(of, 1):>9.2f}%")
        lines.append(f"{name:<{wide}}" + "".join(shares))
    return lines
