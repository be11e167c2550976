"""Saved states of a training: which options they belong to."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from fcnlib.errors import WeightsError
from fcnlib.paths import shown


def check_options(saved: str, options: dict[str, Any], path: Path) -> None:
    """Raise unless a state was saved by a training with the same options.

    Parameters
    ----------
    saved : str
        The options in the file, as JSON.
    options : dict
        The options of this training.
    path : Path
        The file, for the message.

    Raises
    ------
    WeightsError
        ``other_options``, with the names and both values of those that differ.

    """
    if differences := _differences(saved, options):
        msg = (
            f"{shown(path)} was saved by a training with other options: {differences}. "
            "Use the same options, or choose another folder."
        )
        raise WeightsError("other_options", msg)


def _differences(text: str, options: dict[str, Any]) -> str:
    """Describe how options in JSON differ from these; return nothing if they are equal."""
    saved = None
    with suppress(ValueError):
        saved = json.loads(text)
    if not isinstance(saved, dict):
        return "they are not recorded"
    own = json.loads(json.dumps(options))  # tuples become lists
    names = [name for name in own.keys() | saved if own.get(name) != saved.get(name)]
    return ", ".join(
        f"{name} was {saved.get(name)} and is now {own.get(name)}" for name in sorted(names)
    )
