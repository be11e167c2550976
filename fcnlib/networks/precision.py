"""The number format that a network computes in: float32 or bfloat16.

bfloat16 has the range of float32 and 8 bits of significand instead of 24. Processors with
AVX512_BF16 or AMX multiply it at least twice as fast, and its weights need half the memory. Other
processors emulate it, which is slower. Scores change by a few tenths of a percent.
"""

from functools import cache
from pathlib import Path

import numpy as np

from fcnlib.checks import check_choice
from fcnlib.typing import Float32Array

FORMATS = ("float32", "bfloat16")
CHOICES = ("auto", *FORMATS)
CPU_INFO = Path("/proc/cpuinfo")
_FLAGS = {"avx512_bf16", "amx_bf16"}


def choose(precision: str = "auto") -> str:
    """Return the number format to compute in.

    Parameters
    ----------
    precision : {"auto", "float32", "bfloat16"}
        ``"auto"`` is bfloat16 if the processor supports it, and float32 otherwise.

    Returns
    -------
    name : {"float32", "bfloat16"}
        The format.

    Raises
    ------
    ValueError
        If `precision` is not one of the above.

    Examples
    --------
    >>> choose("float32")
    'float32'

    """
    check_choice(precision, CHOICES, "precision")
    if precision != "auto":
        return precision
    return "bfloat16" if has_bfloat16() else "float32"


def as_bfloat16(values: Float32Array) -> Float32Array:
    """Round numbers to the nearest bfloat16, and ties to the one with an even last bit.

    Parameters
    ----------
    values : ndarray of float32
        Finite, of any shape.

    Returns
    -------
    rounded : ndarray of float32
        Of the same shape. Their last 16 bits are zero.

    Examples
    --------
    >>> as_bfloat16(np.array([1.0, 1 / 3, 1000.5], np.float32)).tolist()
    [1.0, 0.333984375, 1000.0]

    """
    bits = np.ascontiguousarray(values, np.float32).view(np.uint32)
    # The added number carries into the upper half if the lower half is above its middle, or at it
    # below an odd last bit.
    rounded = (bits + 0x7FFF + (bits >> 16 & 1)) & 0xFFFF0000
    return rounded.astype(np.uint32).view(np.float32)


@cache
def has_bfloat16() -> bool:
    """Return whether the processor multiplies bfloat16 natively.

    Returns False where Linux does not list the processor's instruction sets.
    """
    try:
        lines = CPU_INFO.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return False
    return any(_FLAGS & set(line.split()) for line in lines if line.startswith("flags"))
