"""What a kernel does to each frequency: its Fourier transform, one at frequency zero.

Frequencies are in cycles per sample. Samples can carry up to 1/2, the Nyquist frequency;
above it a kernel should let nothing through, for there lie the images of the signal.
"""

import numpy as np
from numpy.typing import ArrayLike

from fcnlib.kernels.continuous import Kernel
from fcnlib.typing import Float64Array

NYQUIST = 0.5


def frequency_response(kernel: Kernel, frequencies: ArrayLike) -> Float64Array:
    """Return what is left of a wave of each frequency under `kernel`.

    Parameters
    ----------
    kernel : Kernel
        Of finite support, or with a spectrum known in closed form.
    frequencies : array_like of any shape
        In cycles per sample.

    Returns
    -------
    response : ndarray of that shape
        Real, for the kernels are even; one at frequency zero, negative where waves come
        out upside down.

    Raises
    ------
    ValueError
        If the support is infinite and no closed form is known.

    Notes
    -----
    Where no closed form is known, the integral of ``k(x) cos(2 pi f x)`` is taken by
    Gauss and Legendre's rule between the joints of the kernel, one sample apart, and
    divided by its value at zero. It is good to 1e-12 for frequencies up to 100.

    Examples
    --------
    >>> from fcnlib.kernels import KERNELS
    >>> frequency_response(KERNELS["triangle"], [0, 0.25, 0.5]).round(4)
    array([1.    , 0.8106, 0.4053])

    """
    frequencies = np.asarray(frequencies, dtype=np.float64)
    if kernel.spectrum is not None:
        return kernel.spectrum(frequencies)
    if not np.isfinite(kernel.support):
        msg = (
            f"The support of {kernel.name!r} is infinite and its spectrum is not given. "
            "Pass a kernel of finite support, or one with a spectrum."
        )
        raise ValueError(msg)
    return _integral(kernel, frequencies) / _integral(kernel, np.zeros(()))


def decibels(response: ArrayLike, floor: float = -80.0) -> Float64Array:
    """Return the magnitude of `response` in dB, no lower than `floor`.

    Examples
    --------
    >>> decibels([1, -0.1, 0])
    array([  0., -20., -80.])

    """
    magnitude = np.maximum(np.abs(response), 10 ** (floor / 20))
    return 20 * np.log10(magnitude)


def _integral(kernel: Kernel, frequencies: Float64Array) -> Float64Array:
    # The nodes follow the fastest wave: about six to each of its periods, and a few more.
    fastest = float(np.max(np.abs(frequencies), initial=0))
    nodes, shares = np.polynomial.legendre.leggauss(24 + int(np.ceil(6 * fastest)))
    edges = np.append(np.arange(np.ceil(kernel.support)), kernel.support)
    widths = np.diff(edges)[:, np.newaxis]
    positions = (edges[:-1, np.newaxis] + widths * (nodes + 1) / 2).ravel()
    weights = (widths * shares).ravel() * kernel(positions)
    return np.cos(2 * np.pi * frequencies[..., np.newaxis] * positions) @ weights
