"""What is known of the kernels: each figure measured, beside its exact value.

Measured means by quadrature, by drawing a curve, by looking along a fine grid: no closed
form is used. The exact values are those of `fcnlib.kernels.exact_values`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from fcnlib.kernels.continuous import KERNELS, Kernel, normalized
from fcnlib.kernels.exact_values import LOBES, Exact, exact_values
from fcnlib.kernels.resampling import constant_gain, overshoot
from fcnlib.kernels.spectra import frequency_response

CLOSED_FORM = 1e-12  # how near a measurement comes to a closed form
PRINTED = 5e-5  # half of the last of four printed digits
_DRAWN = 1e-6  # an overshoot is the highest of 2001 points
_FINE = 1024  # steps per sample; of a power of two, every position is exact


@dataclass(frozen=True)
class KernelFact:
    """One figure of one kernel.

    Attributes
    ----------
    kernel : str
        The kernel's key in `fcnlib.kernels.KERNELS`.
    quantity : str
        One of `QUANTITIES`.
    measured : float
        What was found here and now.
    exact : float
        What it has to be.
    formula : str
        Where the exact value comes from, such as ``"8/π²"``.
    tolerance : float
        How far the two may be apart.

    """

    kernel: str
    quantity: str
    measured: float
    exact: float
    formula: str
    tolerance: float

    @property
    def holds(self) -> bool:
        """Whether the measured figure is the exact one, within the tolerance."""
        return abs(self.measured - self.exact) <= self.tolerance


def facts() -> tuple[KernelFact, ...]:
    """Return every figure of every kernel that ends, measured now.

    Returns
    -------
    facts : tuple of KernelFact
        For eight kernels, in the order of `KERNELS`, the seven `QUANTITIES`.

    Examples
    --------
    >>> found = facts()
    >>> len(found), all(fact.holds for fact in found)
    (56, True)
    >>> found[0].kernel, found[0].quantity, found[0].formula, round(found[0].measured, 4)
    ('triangle', 'H(1/4)', '8/π²', 0.8106)

    """
    ending = [kernel for kernel in KERNELS.values() if np.isfinite(kernel.support)]
    return tuple(fact for kernel in ending for fact in facts_of(kernel))


def facts_of(kernel: Kernel) -> tuple[KernelFact, ...]:
    """Return the figures of one kernel, measured now.

    Parameters
    ----------
    kernel : Kernel
        One of `KERNELS`, or an imitation to be found out: the exact values are those of
        its name.

    Raises
    ------
    ValueError
        If no exact figures are known for this kernel, as for the endless sinc.

    Examples
    --------
    >>> [fact.formula for fact in facts_of(KERNELS["b_spline"])]
    ['64/π⁴', '16/π⁴', '1', '0', '2', '2/3', '1/6']

    """
    return tuple(
        KernelFact(
            kernel.name,
            quantity,
            QUANTITIES[quantity](kernel),
            exact.value,
            exact.formula,
            _tolerance(quantity, exact),
        )
        for quantity, exact in exact_values(kernel.name).items()
    )


def _tolerance(quantity: str, exact: Exact) -> float:
    if exact.printed:
        return PRINTED
    return _DRAWN if quantity == "overshoot" else CLOSED_FORM


def _response(kernel: Kernel, frequency: float) -> float:
    return float(frequency_response(replace(kernel, spectrum=None), frequency))


def _mean_gain(kernel: Kernel) -> float:
    """Return what is left of a flat one on average: the transform at 0 of the raw kernel."""
    return float(constant_gain(kernel, points=2 * _FINE + 1)[:-1].mean())


def _overshoot(kernel: Kernel) -> float:
    return overshoot(normalized(kernel) if kernel.name in LOBES else kernel)


def _end(kernel: Kernel) -> float:
    """Return the first position from which all weights on a fine grid are zero."""
    distance = np.arange(6 * _FINE) / _FINE
    return float(distance[np.flatnonzero(np.abs(kernel(distance)) > 1e-12)[-1] + 1])


def _at_sample(kernel: Kernel) -> float:
    return float(kernel(0))


def _beside(kernel: Kernel) -> float:
    return float(np.abs(kernel(np.arange(1, 10))).max())


QUANTITIES: dict[str, Callable[[Kernel], float]] = {
    "H(1/4)": partial(_response, frequency=1 / 4),
    "H(1/2)": partial(_response, frequency=1 / 2),
    "raw H(0)": _mean_gain,
    "overshoot": _overshoot,
    "support": _end,
    "k(0)": _at_sample,
    "beside": _beside,
}
"""How each figure is measured; what it means is told by `exact_values`."""
