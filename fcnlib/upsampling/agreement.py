"""A measure of how closely two arrays agree, within stated tolerances."""

from dataclasses import dataclass

import numpy as np

from fcnlib.checks import unmasked
from fcnlib.typing import FloatArray

RTOL = 1e-5
ATOL = 1e-6


@dataclass(frozen=True)
class Agreement:
    """How closely two arrays agree.

    Attributes
    ----------
    max_difference : float
        Largest absolute difference between two values.
    rtol, atol : float
        A pair of values agrees if it differs by at most ``atol + rtol * |second value|``.
    share_outside : float
        Share of the pairs that do not agree, in [0, 1].
    verdict : bool
        Whether all pairs agree, as `numpy.allclose` would return.

    """

    max_difference: float
    rtol: float
    atol: float
    share_outside: float
    verdict: bool


def compare(a: FloatArray, b: FloatArray, rtol: float = RTOL, atol: float = ATOL) -> Agreement:
    """Measure how closely `a` agrees with the reference `b`.

    Parameters
    ----------
    a, b : ndarray of the same shape
        The array to judge, and the reference.
    rtol, atol : float, optional
        Allowed difference: ``atol + rtol * |b|``.

    Returns
    -------
    agreement : Agreement
        A pair that contains a NaN does not agree.

    Raises
    ------
    ValueError
        If the shapes differ, or if the arrays are empty, masked or not real numbers.

    Notes
    -----
    float32 keeps 24 bits, about 6e-8 of a value near 1, and the two methods add in a different
    order. So sums in which values near 1 cancel differ from zero by 1e-7. This is ten times
    what `numpy.allclose` allows there by default (``atol=1e-8``), so the default here is 1e-6.

    Examples
    --------
    >>> compare(np.array([1.0, 2.0]), np.array([1.0, 2.5])).share_outside
    0.5

    """
    if np.shape(a) != np.shape(b) or not np.size(a):
        msg = (
            f"a and b must have the same shape and at least one value, got shapes {np.shape(a)} "
            f"and {np.shape(b)}. Upsample both by the same factor."
        )
        raise ValueError(msg)
    a, b = unmasked(a, "a"), unmasked(b, "b")
    if any(array.dtype.kind not in "iuf" for array in (a, b)):
        msg = f"a and b must hold real numbers, got {a.dtype} and {b.dtype}. Convert them."
        raise ValueError(msg)
    # Infinity minus itself is NaN, which does not agree.
    with np.errstate(invalid="ignore"):
        difference = np.abs(np.subtract(a, b, dtype=np.result_type(a, b, np.float32)))
    share_outside = 1 - float(np.mean(difference <= atol + rtol * np.abs(b)))
    return Agreement(float(difference.max()), rtol, atol, share_outside, share_outside == 0)
