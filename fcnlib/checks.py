"""Argument checks that several packages use."""

import operator
from collections.abc import Collection

# Signs that people paste for those that Python reads: hyphens, dashes and minus signs, then the
# plus sign, decimal points and slashes of other scripts and of typeset text.
_ASCII_SIGNS = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2212\ufe63\uff0d", "-")
    | {"\uff0b": "+", "\uff0e": ".", "\u066b": ".", "\u2044": "/", "\u2215": "/"}
)


def ascii_signs(text: str) -> str:
    r"""Return `text` with the signs of typeset numbers replaced by those that `float` reads.

    Examples
    --------
    >>> ascii_signs("\u22122.5e\u22123")
    '-2.5e-3'

    """
    return text.translate(_ASCII_SIGNS)


def positive_int(value: int, name: str = "factor") -> int:
    """Return `value` as a Python int after checking that it is an integer of at least 1.

    Parameters
    ----------
    value : int
        Any integer type, including NumPy's.
    name : str, optional
        Name of the caller's argument, for the error message.

    Returns
    -------
    value : int
        The same number.

    Raises
    ------
    TypeError
        If `value` is not an integer. The float 2.0 is not one.
    ValueError
        If `value` is less than 1.

    Examples
    --------
    >>> positive_int(True + 2)
    3

    """
    try:
        number = operator.index(value)
    except TypeError:
        kind = type(value).__name__
        msg = f"{name} must be an integer, got {value!r} ({kind}). Pass a whole number from 1 up."
        raise TypeError(msg) from None
    if number < 1:
        msg = f"{name} must be at least 1, got {number}. Pass a whole number from 1 up."
        raise ValueError(msg)
    return number


def check_choice(value: str, choices: Collection[str], name: str) -> None:
    """Raise `ValueError` unless a value is one of some choices.

    Parameters
    ----------
    value : str
    choices : collection of str
        What is allowed, in the order in which the error lists it.
    name : str
        Name of the caller's argument, for the error message.

    Examples
    --------
    >>> check_choice("cat", ("cat", "dog"), "animal")

    """
    if value not in choices:
        msg = f"{name} must be one of {', '.join(choices)}, got {value!r}"
        raise ValueError(msg)
