"""Argument checks that several packages use."""

import operator
from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Signs that people paste for those that Python reads: hyphens, dashes and minus signs, then the
# plus sign, decimal points and slashes of other scripts and of typeset text.
_ASCII_SIGNS = str.maketrans(
    dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u207b\u2212\u2796\ufe63\uff0d", "-")
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


def unmasked(array: Any, name: str) -> NDArray[Any]:
    """Return `array` as an ndarray after checking that none of its values is masked.

    NumPy's functions for plain arrays ignore a mask, so what lies under it would be used.

    Parameters
    ----------
    array : array_like
        An array, a list, or a masked array.
    name : str
        Name of the caller's argument, for the error message.

    Returns
    -------
    array : ndarray
        The same values. An ndarray is returned as it is.

    Raises
    ------
    ValueError
        If a value is masked, or if the rows of a list differ in length.

    Examples
    --------
    >>> unmasked(np.ma.array([1, 2], mask=False), "labels")
    array([1, 2])

    """
    if _hides(array):
        msg = (
            f"{name} has masked values, which cannot be left out here. Replace them first, for "
            f"example with {name}.filled(0)."
        )
        raise ValueError(msg)
    try:
        return np.asarray(array)
    except (TypeError, ValueError) as error:
        msg = f"{name} must be an array, got {type(array).__name__} that is none: {error}."
        raise ValueError(msg) from None


def _hides(array: Any) -> bool:
    """Return whether a value is masked, also in a list of masked arrays, which NumPy would join."""
    if isinstance(array, list | tuple):
        return any(map(_hides, array))
    return bool(np.ma.is_masked(array))


def real_array(
    array: Any, name: str, ndims: Collection[int], *, finite: bool = True
) -> NDArray[Any]:
    """Return `array` as an ndarray after checking that it holds real numbers, none masked.

    Parameters
    ----------
    array : array_like of int, bool or float
        Not empty.
    name : str
        Name of the caller's argument, for the error message.
    ndims : collection of int
        Numbers of dimensions that it may have.
    finite : bool, optional
        Whether NaN and infinity are refused.

    Raises
    ------
    ValueError
        If the type, the number of dimensions or a value is another one.

    Examples
    --------
    >>> real_array([1, 2.5], "samples", (1,))
    array([1. , 2.5])

    """
    array = unmasked(array, name)
    if array.dtype.kind not in "biuf":
        msg = f"{name} must be real numbers, got {array.dtype}. Convert it first."
        raise ValueError(msg)
    if array.ndim not in ndims or not array.size:
        allowed = " or ".join(map(str, ndims))
        msg = f"{name} must have {allowed} dimensions, no empty axis, got shape {array.shape}."
        raise ValueError(msg)
    wrong = int(np.sum(~np.isfinite(array))) if finite else 0
    if wrong:
        msg = f"{name} must be finite, got {wrong} of {array.size} values that are not finite."
        raise ValueError(msg)
    return array


def integers(array: Any, name: str) -> NDArray[Any]:
    """Return `array` as an ndarray after checking that it holds integers or bool, none masked.

    Raises
    ------
    ValueError
        If the type is another one, even if all values are whole numbers, or a value is masked.

    Examples
    --------
    >>> integers([1, 2], "labels")
    array([1, 2])

    """
    array = unmasked(array, name)
    if array.dtype.kind not in "biu":
        msg = (
            f"{name} must be integers, got {array.dtype}. If all are whole numbers, convert them "
            f"with {name}.astype(int)."
        )
        raise ValueError(msg)
    return array


def label_array(
    labels: Any, num_classes: int | None = None, name: str = "labels"
) -> NDArray[np.integer[Any]]:
    """Return labels in a type that can be used as indices, after checking all of them.

    Parameters
    ----------
    labels : array_like of int or bool, any shape
        Class indices. Floating-point labels are refused, even if they are whole numbers.
    num_classes : int, optional
        Number of classes C. By default, any index from 0 up is allowed.
    name : str, optional
        Name of the caller's argument, for the error message.

    Returns
    -------
    labels : ndarray of int
        The same labels. Types that NumPy does not accept everywhere are converted: bool to uint8,
        and uint64 to the type of indices.

    Raises
    ------
    ValueError
        If `labels` has another type, masked values, or a label outside [0, C), such as the void
        label 255 of PASCAL VOC.

    Examples
    --------
    >>> label_array(np.array([0, 6], np.uint64), 7)
    array([0, 6])

    """
    labels = integers(labels, name)
    if labels.dtype == bool:
        labels = labels.view(np.uint8)
    highest = np.iinfo(np.intp).max if num_classes is None else num_classes - 1
    if labels.size and not 0 <= labels.min() <= labels.max() <= highest:
        allowed = "0 up" if num_classes is None else f"0 to {highest}"
        msg = (
            f"{name} must hold labels from {allowed}, got {labels.min()} to {labels.max()}. "
            "Give void pixels a class of their own or leave them out."
        )
        raise ValueError(msg)
    return labels.astype(np.intp, copy=False) if labels.dtype.itemsize == 8 else labels


def label_plane(
    labels: Any, num_classes: int | None = None, name: str = "labels"
) -> NDArray[np.integer[Any]]:
    """Return a label map as `label_array` does, after checking that it has shape (H, W).

    Raises
    ------
    ValueError
        If it has another shape or a side of 0, or as from `label_array`.

    Examples
    --------
    >>> label_plane([[True, False]])
    array([[1, 0]], dtype=uint8)

    """
    labels = label_array(labels, num_classes, name)
    if labels.ndim != 2 or not labels.size:
        msg = f"{name} must have shape (H, W) with no side of 0, got {labels.shape}"
        raise ValueError(msg)
    return labels
