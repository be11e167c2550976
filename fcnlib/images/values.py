"""The one rule for the values that a picture may have: what is accepted, and how it is read.

Networks expect RGB from 0 to 255. A picture of another range gives scores without any error, but
they mean nothing. So every function that passes a picture to a network calls `as_rgb8` first.
"""

import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fcnlib.checks import unmasked
from fcnlib.typing import RGBImage


def as_rgb8(picture: Any, name: str = "picture") -> RGBImage:
    """Return a picture as RGB of type uint8, or raise if its range of values is not clear.

    Parameters
    ----------
    picture : array_like of shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4)
        Gray, RGB or RGBA, in one of the types and ranges of `as_bytes`. RGBA must be of an
        integer type.
    name : str, optional
        Name of the caller's argument, for the error message.

    Returns
    -------
    rgb : ndarray of shape (H, W, 3), uint8
        Gray is repeated in three channels. Transparent parts are blended with white, as by
        `fcnlib.images.decode`. RGB of type uint8 is returned as it is, without a copy.

    Raises
    ------
    ValueError
        If the picture has another shape, type or range, masked values, NaN or infinity.

    Warns
    -----
    UserWarning
        If the range is a guess, see `as_bytes`.

    Examples
    --------
    >>> as_rgb8(np.array([[0, 200]], np.uint8)).tolist()
    [[[0, 0, 0], [200, 200, 200]]]

    """
    values = unmasked(picture, name)
    channels = values.shape[2:] or (1,)
    if values.ndim not in (2, 3) or channels not in ((1,), (3,), (4,)) or not values.size:
        msg = (
            f"{name} must have shape (H, W), (H, W, 1), (H, W, 3) or (H, W, 4) with no side of 0, "
            f"got {values.shape}. Pass one gray or color picture at a time."
        )
        raise ValueError(msg)
    if channels == (4,) and values.dtype.kind != "u":
        msg = (
            f"{name} with transparency must hold uint8 or uint16, got {values.dtype}. Leave the "
            f"transparency out with {name}[..., :3]."
        )
        raise ValueError(msg)
    pixels = as_bytes(values, name)
    if channels == (4,):
        return _on_white(pixels)
    return pixels if channels == (3,) else np.dstack([pixels] * 3)


def as_bytes(values: Any, name: str = "picture") -> NDArray[np.uint8]:
    """Return the values of a picture as bytes from 0 to 255, or raise if their range is not clear.

    The type and the largest value decide how the values are read:

    ===========  ============================  ============================================
    type         largest value                 read as
    ===========  ============================  ============================================
    uint8        any                           0 to 255
    bool         any                           0 and 255
    uint16       255, or less                  0 to 255, with a warning
    uint16       256 or more                   0 to 65535: the upper 8 bits are kept, as by
                                               `fcnlib.images.decode`; with a warning below
                                               4096, the range of 12 bits
    float        1, or less                    0 to 1: multiplied by 255, with a warning
    float        above 1, but less than 2      refused: perhaps 0 to 1 with overshoot
    float        2 to 255                      0 to 255
    ===========  ============================  ============================================

    Floats are rounded. Zeros are zeros in every range, so they are never a guess.

    Parameters
    ----------
    values : array_like of any shape
        One picture or a part of one.
    name : str, optional
        Name of the caller's argument, for the error message.

    Returns
    -------
    pixels : ndarray of the same shape, uint8
        In [0, 255]. Values of type uint8 are returned as they are, without a copy.

    Raises
    ------
    ValueError
        If the values have another type or range, or are masked, NaN or infinite.

    Warns
    -----
    UserWarning
        If the range is a guess, as stated in the table.

    Examples
    --------
    >>> as_bytes(np.array([0.0, 127.4, 255.0]))
    array([  0, 127, 255], dtype=uint8)

    """
    values = unmasked(values, name)
    kind, nbytes = values.dtype.kind, values.dtype.itemsize
    if kind == "u" and nbytes == 1:
        return values
    if kind == "b":
        return values * np.uint8(255)
    if not (kind == "f" or (kind == "u" and nbytes == 2)):
        msg = (
            f"{name} must hold uint8, uint16, bool or floating-point numbers, got {values.dtype}. "
            f"If its values are from 0 to 255, convert them with {name}.astype(np.uint8)."
        )
        raise ValueError(msg)
    low, high = (values.min(), values.max()) if values.size else (0, 0)
    if kind == "u":
        return _from_16_bits(values, int(high), name)
    # Comparisons with NaN are false, so this form rejects NaN too.
    if not 0 <= low <= high <= 255 or 1 < high < 2:
        msg = (
            f"{name} must hold floating-point numbers from 0 to 1 or from 0 to 255, got from "
            f"{low:g} to {high:g}. Scale it to 0 to 255 and clip it, or undo what was subtracted."
        )
        raise ValueError(msg)
    if 0 < high <= 1:
        _warn(f"{name} has values up to {high:g}. They are taken to be from 0 to 1", name)
        values = values * np.float32(255)
    return values.round().astype(np.uint8)


def _from_16_bits(values: NDArray[Any], high: int, name: str) -> NDArray[np.uint8]:
    scale = 255 if high <= 255 else 65535
    if 0 < high < 4096:
        _warn(f"{name} is uint16 with values up to {high}. They are taken to be 0 to {scale}", name)
    return (values if scale == 255 else values >> 8).astype(np.uint8)


def _warn(guess: str, name: str) -> None:
    msg = f"{guess}. Pass {name} as uint8 from 0 to 255 to be sure."
    warnings.warn(msg, UserWarning, stacklevel=4)


def _on_white(rgba: NDArray[np.uint8]) -> RGBImage:
    opacity = rgba[..., 3:] / np.float32(255)
    return (opacity * rgba[..., :3] + (1 - opacity) * 255).round().astype(np.uint8)
