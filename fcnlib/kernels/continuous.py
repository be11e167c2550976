"""Continuous interpolation kernels, by name in `KERNELS`.

A continuous kernel gives the weight of a sample at a given distance from it. Distances are in
samples. Each kernel function takes an array of distances and returns weights of the same shape.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from fcnlib.checks import positive_int
from fcnlib.typing import Float64Array

Curve = Callable[[Float64Array], Float64Array]


@dataclass(frozen=True)
class Kernel:
    """A continuous, even kernel. Call it with distances in samples to get the weights.

    Attributes
    ----------
    name : str
        Key in `KERNELS`.
    title : str
        Name to display.
    support : float
        Distance, in samples, from which all weights are zero. Infinite for the sinc.
    weights : callable
        Function from an array of distances to an array of weights.
    spectrum : callable, optional
        Closed form of the frequency response, normalized to one at frequency zero.
        None if it is not known.

    Examples
    --------
    >>> KERNELS["triangle"]([0, 0.25, 1])
    array([1.  , 0.75, 0.  ])

    """

    name: str
    title: str
    support: float
    weights: Curve
    spectrum: Curve | None = None

    def __call__(self, distance: ArrayLike) -> Float64Array:
        """Return the weights at these distances."""
        return self.weights(np.asarray(distance, dtype=np.float64))

    @property
    def interpolating(self) -> bool:
        """Whether the curve passes through all samples: weight 1 at 0, 0 at other integers."""
        at_samples = self(np.arange(10))
        return bool(np.allclose(at_samples, np.arange(10) == 0, atol=1e-12))


def box(distance: Float64Array) -> Float64Array:
    """Return 1 in [-1/2, 1/2) and 0 elsewhere: nearest-neighbor interpolation."""
    return np.where((distance >= -0.5) & (distance < 0.5), 1.0, 0.0)


def triangle(distance: Float64Array) -> Float64Array:
    """Return max(0, 1 - abs(distance)): linear interpolation, bilinear in two dimensions."""
    return np.maximum(1 - np.abs(distance), 0)


def sinc(distance: Float64Array) -> Float64Array:
    """Return sin(pi x) / (pi x), the ideal low-pass filter for frequencies below 1/2."""
    return np.sinc(distance)


def cubic(distance: Float64Array, b: float, c: float) -> Float64Array:
    """Return the piecewise cubic of Mitchell and Netravali with parameters `b` and `c`.

    Notes
    -----
    ``b, c = 0, 1/2`` gives the Catmull-Rom spline, also known as the cubic convolution
    kernel with slope ``a = -c = -1/2`` at distance 1. ``1, 0`` gives the cubic B-spline, and
    ``1/3, 1/3`` is what Mitchell and Netravali recommend.

    References
    ----------
    D. Mitchell and A. Netravali, "Reconstruction filters in computer graphics",
    SIGGRAPH 1988.

    Examples
    --------
    >>> cubic(np.array([0.0, 1.0, 2.0]), b=1, c=0) * 6
    array([4., 1., 0.])

    """
    x = np.abs(distance)
    inner = (12 - 9 * b - 6 * c) * x**3 + (12 * b + 6 * c - 18) * x**2 + (6 - 2 * b)
    outer = (b + 6 * c) * (2 - x) ** 3 - 6 * c * (2 - x) ** 2
    return np.where(x < 1, inner, np.where(x < 2, outer, 0)) / 6


def lanczos(distance: Float64Array, lobes: int) -> Float64Array:
    """Return the sinc times the main lobe of a sinc that is `lobes` times as wide."""
    window = np.where(np.abs(distance) < lobes, np.sinc(distance / lobes), 0)
    return np.sinc(distance) * window


def normalized(kernel: Kernel) -> Kernel:
    """Return `kernel` divided by its response to a constant 1.

    Parameters
    ----------
    kernel : Kernel
        Kernel of finite support. Lanczos kernels need normalization: their raw weights sum
        to between 0.994 and 1.019, depending on the position between two samples, so a
        constant signal gets ripples.

    Returns
    -------
    kernel : Kernel
        Kernel whose weights sum to one at every position. Its `spectrum` is None.

    Raises
    ------
    ValueError
        If the support is infinite, since the sum would have infinitely many terms.

    Examples
    --------
    >>> raw = KERNELS["lanczos2"]
    >>> distances = [-1.5, -0.5, 0.5, 1.5]
    >>> float(raw(distances).sum().round(4)), float(normalized(raw)(distances).sum())
    (1.0189, 1.0)

    """
    if not np.isfinite(kernel.support):
        msg = f"The support of {kernel.name!r} is infinite. Pass a kernel of finite support."
        raise ValueError(msg)
    support = int(np.ceil(kernel.support))

    def weights(distance: Float64Array) -> Float64Array:
        first = distance - np.floor(distance)
        total = sum(kernel(first + shift) for shift in range(-support, support + 1))
        return kernel(distance) / total

    title = f"{kernel.title}, normalized"
    return replace(kernel, title=title, weights=weights, spectrum=None)


def truncated(kernel: Kernel, support: int) -> Kernel:
    """Return `kernel` with all weights from the distance `support` on set to 0.

    Parameters
    ----------
    kernel : Kernel
        Kernel of any support.
    support : int
        Distance in samples, at least 1.

    Returns
    -------
    kernel : Kernel
        Kernel that is cut off sharply. Its weights no longer sum to one. Its `spectrum` is None.

    Raises
    ------
    TypeError, ValueError
        If `support` is not an integer of at least 1.

    Examples
    --------
    >>> truncated(KERNELS["sinc"], 2)([0, 1.5, 2.5]).round(3)
    array([ 1.   , -0.212,  0.   ])

    """
    support = positive_int(support, "support")

    def weights(distance: Float64Array) -> Float64Array:
        return np.where(np.abs(distance) < support, kernel(distance), 0)

    title = f"{kernel.title}, cut off at {support}"
    support_left = min(kernel.support, support)
    return replace(kernel, title=title, support=support_left, weights=weights, spectrum=None)


def _sinc_power(frequency: Float64Array, power: int) -> Float64Array:
    # A B-spline is a box convolved with itself, so its spectrum is a power of the box's.
    return np.sinc(frequency) ** power


def _brick_wall(frequency: Float64Array) -> Float64Array:
    return np.heaviside(0.5 - np.abs(frequency), 0.5)


KERNELS = {
    kernel.name: kernel
    for kernel in (
        Kernel("sinc", "Sinc", np.inf, sinc, _brick_wall),
        Kernel("triangle", "Bilinear", 1, triangle, partial(_sinc_power, power=2)),
        Kernel("box", "Nearest", 0.5, box, partial(_sinc_power, power=1)),
        Kernel("catmull_rom", "Catmull-Rom", 2, partial(cubic, b=0, c=1 / 2)),
        Kernel("mitchell", "Mitchell", 2, partial(cubic, b=1 / 3, c=1 / 3)),
        Kernel("b_spline", "B-spline", 2, partial(cubic, b=1, c=0), partial(_sinc_power, power=4)),
        Kernel("lanczos2", "Lanczos 2", 2, partial(lanczos, lobes=2)),
        Kernel("lanczos3", "Lanczos 3", 3, partial(lanczos, lobes=3)),
        Kernel("lanczos4", "Lanczos 4", 4, partial(lanczos, lobes=4)),
    )
}
