"""JSON files of any size, read one element of a list after another."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from fcnlib.errors import DatasetError
from fcnlib.paths import shown, why

_CHUNK = 1 << 20
MAX_ELEMENT = 1 << 24  # characters of one element of a list, or of one value


def elements(path: Path) -> Iterator[tuple[str, Any]]:
    """Yield the key and each element of the lists in the object that a JSON file holds.

    Only one element is in memory at a time. Values that are no lists are skipped.

    Raises
    ------
    DatasetError
        ``bad_json`` if the file cannot be read or is something else.

    """
    try:
        with path.open(encoding="utf-8") as file:
            yield from _elements(_Reader(file))
        return
    except OSError as error:
        reason = why(error)
    except (ValueError, RecursionError):  # Also what is no text in UTF-8.
        reason = "it is incomplete, or is not an object in JSON"
    msg = f"{shown(path)} cannot be read: {reason}. Download or export it again."
    raise DatasetError("bad_json", msg)


def _elements(reader: "_Reader") -> Iterator[tuple[str, Any]]:
    reader.expect("{")
    sign = ","
    while sign == ",":
        key = reader.value()
        reader.expect(":")
        if reader.peek() == "[":
            reader.expect("[")
            while reader.peek() != "]":
                yield str(key), reader.value()
                if reader.peek() != "]":
                    reader.expect(",")
            reader.expect("]")
        else:
            reader.value()
        sign = reader.peek()
        reader.expect("," if sign == "," else "}")


class _Reader:
    def __init__(self, file: TextIO) -> None:
        self._file, self._text, self._at = file, "", 0
        self._decoder = json.JSONDecoder()

    def peek(self) -> str:
        """Return the next character that is no space, or an empty text at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at].isspace():
                self._at += 1
            if self._at < len(self._text) or not self._more():
                return self._text[self._at : self._at + 1]

    def expect(self, sign: str) -> None:
        """Go past a sign, or raise `ValueError` if there is another one."""
        if self.peek() != sign:
            raise ValueError(sign)
        self._at += 1

    def value(self) -> Any:
        """Return the next value and go past it."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except ValueError:
                end = len(self._text)
            # A number at the end of the text may go on in the file.
            if end < len(self._text):
                self._at = end
                return value
            if len(self._text) - self._at > MAX_ELEMENT or not self._more():
                raise ValueError(end)

    def _more(self) -> bool:
        chunk = self._file.read(_CHUNK)
        self._text, self._at = self._text[self._at :] + chunk, 0
        return bool(chunk)
