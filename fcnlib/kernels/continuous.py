"""Interpolation kernels: the weights that stand between the samples.

A continuous kernel tells how much a sample counts at a given distance from it, measured
in samples. Each function here takes distances of any shape and returns the weights in
that shape; `KERNELS` names them. The discrete bilinear kernel of a transposed
convolution, `fcnlib.kernels.bilinear`, can be had from here too.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from fcnlib.kernels.bilinear import (
    bilinear_upsample_weights,
    get_kernel_size,
    upsample_filt,
)
from fcnlib.typing import Float64Array

__all__ = [
    "KERNELS",
    "Kernel",
    "bilinear_upsample_weights",
    "box",
    "cubic",
    "get_kernel_size",
    "lanczos",
    "normalized",
    "sinc",
    "triangle",
    "upsample_filt",
]

Curve = Callable[[Float64Array], Float64Array]


@dataclass(frozen=True)
class Kernel:
    """A continuous, even kernel, called with distances in samples.

    Attributes
    ----------
    name : str
        Its key in `KERNELS`.
    title : str
        Its name for people.
    support : float
        The weights are zero from this distance on, in samples; infinite for the sinc.
    weights : callable
        Maps an array of distances to an array of weights.
    spectrum : callable, optional
        Its frequency response in closed form, one at frequency zero, where it is known.

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
        """Whether the curve passes through the samples: weight 1 at 0, 0 at the others."""
        at_samples = self(np.arange(10))
        return bool(np.allclose(at_samples, np.arange(10) == 0, atol=1e-12))


def box(distance: Float64Array) -> Float64Array:
    """Weight the nearest sample by one; midway, the later one: nearest neighbor."""
    return np.where((distance >= -0.5) & (distance < 0.5), 1.0, 0.0)


def triangle(distance: Float64Array) -> Float64Array:
    """Fall from one to zero within a sample: linear, and in two dimensions bilinear."""
    return np.maximum(1 - np.abs(distance), 0)


def sinc(distance: Float64Array) -> Float64Array:
    """Return sin(pi x) / (pi x), which passes every frequency up to 1/2 and no other."""
    return np.sinc(distance)


def cubic(distance: Float64Array, b: float, c: float) -> Float64Array:
    """Return the piecewise cubic of Mitchell and Netravali with parameters `b` and `c`.

    Notes
    -----
    ``(0, 1/2)`` is the Catmull-Rom spline, often given by its slope a = -c = -1/2 at
    distance 1; ``(1, 0)`` is the cubic B-spline, ``(1/3, 1/3)`` their recommendation.

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
    """Return the sinc under the wider main lobe of another: zero from `lobes` samples on."""
    window = np.where(np.abs(distance) < lobes, np.sinc(distance / lobes), 0)
    return np.sinc(distance) * window


def normalized(kernel: Kernel) -> Kernel:
    """Return `kernel` divided by what it makes of a constant one.

    Parameters
    ----------
    kernel : Kernel
        Of finite support. The windowed sinc of Lanczos needs it: its raw weights at
        distances one sample apart sum to 0.994-1.019, so that a flat signal gets ripples.

    Returns
    -------
    kernel : Kernel
        Its weights at distances one sample apart sum to one everywhere.

    Raises
    ------
    ValueError
        If the support is infinite: the sum has no last term.

    Examples
    --------
    >>> raw = KERNELS["lanczos2"]
    >>> distances = [-1.5, -0.5, 0.5, 1.5]
    >>> float(raw(distances).sum().round(4)), float(normalized(raw)(distances).sum())
    (1.0189, 1.0)

    """
    if not np.isfinite(kernel.support):
        msg = f"The support of {kernel.name!r} is infinite. Normalize a kernel of finite support."
        raise ValueError(msg)
    support = int(np.ceil(kernel.support))

    def weights(distance: Float64Array) -> Float64Array:
        first = distance - np.floor(distance)
        total = sum(kernel(first + shift) for shift in range(-support, support + 1))
        return kernel(distance) / total

    title = f"{kernel.title}, normalized"
    return replace(kernel, title=title, weights=weights, spectrum=None)


def _sinc_power(frequency: Float64Array, power: int) -> Float64Array:
    # A B-spline of order n is n boxes convolved, so their spectra are multiplied.
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
