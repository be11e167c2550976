"""Numerical measurements of kernel properties.

The measurements use numerical integration, interpolated curves and fine grids, but no closed form,
so they can be compared with `fcnlib.kernels.exact_values`.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from fcnlib.kernels.continuous import Kernel, normalized
from fcnlib.kernels.exact_values import LOBES
from fcnlib.kernels.resampling import constant_gain, overshoot
from fcnlib.kernels.spectra import frequency_response

_STEPS = 1024  # per sample; a power of two, so that every position is exact


def measure(kernel: Kernel) -> dict[str, float]:
    """Measure all properties of a kernel.

    Parameters
    ----------
    kernel : Kernel
        Kernel with a support of less than 6 samples.

    Returns
    -------
    measured : dict of str to float
        Values by the keys of `QUANTITIES`. See `fcnlib.kernels.exact_values.exact_values` for
        their meaning.

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> {name: round(value, 4) for name, value in measure(KERNELS["triangle"]).items()}
    ... # doctest: +NORMALIZE_WHITESPACE
    {'H(1/4)': 0.8106, 'H(1/2)': 0.4053, 'raw H(0)': 1.0, 'overshoot': 0.0, 'support': 1.0,
     'k(0)': 1.0, 'k(n)': 0.0}

    """
    return {quantity: measurement(kernel) for quantity, measurement in QUANTITIES.items()}


def _response(kernel: Kernel, frequency: float) -> float:
    return float(frequency_response(replace(kernel, spectrum=None), frequency))


def _mean_gain(kernel: Kernel) -> float:
    """Return the mean response to a constant 1, the Fourier transform of the raw kernel at 0."""
    return float(constant_gain(kernel, points=2 * _STEPS + 1)[:-1].mean())


def _overshoot(kernel: Kernel) -> float:
    return overshoot(normalized(kernel) if kernel.name in LOBES else kernel)


def _support(kernel: Kernel) -> float:
    """Return the first position on a fine grid from which all weights are zero."""
    distance = np.arange(6 * _STEPS) / _STEPS
    return float(distance[np.flatnonzero(np.abs(kernel(distance)) > 1e-12)[-1] + 1])


QUANTITIES: dict[str, Callable[[Kernel], float]] = {
    "H(1/4)": partial(_response, frequency=1 / 4),
    "H(1/2)": partial(_response, frequency=1 / 2),
    "raw H(0)": _mean_gain,
    "overshoot": _overshoot,
    "support": _support,
    "k(0)": lambda kernel: float(kernel(0)),
    "k(n)": lambda kernel: float(np.abs(kernel(np.arange(1, 10))).max()),
}
"""How to measure each property, by the keys of `exact_values`."""
