"""The terms of a transposed convolution, which four views of it share.

A transposed convolution is a sum of terms: input cell times weight, added to an output cell.
Scatter sorts the terms by input, gather by output, the matrix has one entry for each, and the
formula writes some of them out. So whatever a visitor points at is a choice of terms.
"""

from typing import Any, NamedTuple

import numpy as np

from fcnlib.transposed_convolution import convolution_matrix, gather, transposed_convolution
from fcnlib.transposed_convolution.tensorflow_reference import transposed_convolution_tf
from fcnlib.transposed_convolution.views.settings import ViewSettings
from fcnlib.typing import Float64Array, FloatArray

CUT = -1
"""In place of an output: the term falls on a cell that padding cuts off."""
INSERTED, BORDER = -1, -2
"""In place of an input: a zero between two inputs, or one that stands around all of them."""


class Term(NamedTuple):
    """One product: an input cell times a weight, added to an output cell.

    Attributes
    ----------
    input, tap, output : int
        Which cell of the input, of the kernel and of the output, counted row by row;
        `output` is `CUT` where padding cuts the cell off.
    product : float
        What the term adds.

    """

    input: int
    tap: int
    output: int
    product: float


class Agreement(NamedTuple):
    """Largest differences between ways to the same output.

    Attributes
    ----------
    gather, matrix : float
        Of the zero-inserted convolution and of C^T from the scatter, in float64.
    tensorflow, tensorflow_single : float
        Of TensorFlow's layer from the scatter, in float64 and in float32.
    scale : float
        The largest sum of the terms of an output, signs left out: what rounding goes by.

    """

    gather: float
    matrix: float
    tensorflow: float
    tensorflow_single: float
    scale: float

    @property
    def holds(self) -> bool:
        """Whether all differences are no more than rounding."""
        double = max(self.gather, self.matrix, self.tensorflow)
        return double <= 1e-14 * self.scale and self.tensorflow_single <= 1e-6 * self.scale


def output_of(setting: ViewSettings) -> Float64Array:
    """Return the output, of shape (o_h, o_w)."""
    return np.asarray(transposed_convolution(*_arguments(setting))[..., 0], np.float64)


def terms(setting: ViewSettings) -> list[Term]:
    """Return every product of an input cell and a weight, in the order of scattering.

    Parameters
    ----------
    setting : ViewSettings

    Returns
    -------
    terms : list of Term
        One for each input cell and weight, the cut ones included.

    Examples
    --------
    >>> from fcnlib.transposed_convolution.views.settings import setting
    >>> row = setting(np.array([1.0, 10.0]), np.array([2.0, 3.0, 4.0]), stride=1, padding=1)
    >>> [term.output for term in terms(row)]
    [-1, 0, 1, 0, 1, -1]

    """
    values, kernel = np.array(setting.values), np.array(setting.kernel)
    shape = output_of(setting).shape
    found = []
    for place, cell in enumerate(np.ndindex(values.shape)):
        for tap, weight in enumerate(np.ndindex(kernel.shape)):
            landed = np.multiply(setting.stride, cell) + weight - np.array(setting.padding)
            inside = np.all((landed >= 0) & (landed < shape))
            output = int(np.ravel_multi_index(tuple(landed), shape)) if inside else CUT
            found.append(Term(place, tap, output, float(values[cell] * kernel[weight])))
    return found


def partial_sums(setting: ViewSettings) -> Float64Array:
    """Return the output after none, one, two ... of the inputs have been painted.

    Parameters
    ----------
    setting : ViewSettings

    Returns
    -------
    sums : ndarray of shape (inputs + 1, outputs)

    Examples
    --------
    >>> from fcnlib.transposed_convolution.views.settings import setting
    >>> partial_sums(setting(np.array([1.0, 10.0]), np.ones(2), stride=1))
    array([[ 0.,  0.,  0.],
           [ 1.,  1.,  0.],
           [ 1., 11., 10.]])

    """
    added = np.zeros((np.size(setting.values) + 1, output_of(setting).size))
    for term in terms(setting):
        if term.output != CUT:
            added[term.input + 1, term.output] += term.product
    return added.cumsum(axis=0)


def spread(setting: ViewSettings) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return which input stands in each cell of the zero-inserted, padded input.

    Parameters
    ----------
    setting : ViewSettings

    Returns
    -------
    places : ndarray of shape (o_h + k_h - 1, o_w + k_w - 1)
        An input counted row by row, `INSERTED` or `BORDER`. Output ``(r, c)`` sees rows
        ``r`` to ``r + k_h - 1`` and columns ``c`` to ``c + k_w - 1``, through the flipped
        kernel.

    Examples
    --------
    >>> from fcnlib.transposed_convolution.views.settings import setting
    >>> spread(setting(np.array([1.0, 10.0]), np.ones(3), stride=2, padding=1))
    array([[-2,  0, -1,  1, -2]])

    """
    shape, kernel_shape = np.shape(setting.values), np.shape(setting.kernel)
    places = np.full(np.add(output_of(setting).shape, kernel_shape) - 1, BORDER)
    first = np.array(kernel_shape) - 1 - setting.padding
    last = first + np.multiply(setting.stride, np.array(shape) - 1)
    rows, cols = (slice(start, stop + 1) for start, stop in zip(first, last, strict=True))
    places[rows, cols] = INSERTED
    inside = places[rows, cols]
    inside[:: setting.stride[0], :: setting.stride[1]] = np.arange(np.prod(shape)).reshape(shape)
    return places


def matrix_terms(setting: ViewSettings) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return which term stands behind each entry of C^T.

    Parameters
    ----------
    setting : ViewSettings

    Returns
    -------
    entries : ndarray of shape (outputs, inputs)
        Places in the list of `terms`; -1 where the matrix holds no weight.

    """
    entries = np.full((output_of(setting).size, np.size(setting.values)), -1)
    for place, term in enumerate(terms(setting)):
        if term.output != CUT:
            entries[term.output, term.input] = place
    return entries


def agreement(setting: ViewSettings) -> Agreement:
    """Compute the output in every other way and tell how far each is off.

    Parameters
    ----------
    setting : ViewSettings

    Returns
    -------
    agreement : Agreement
        Loads TensorFlow.

    """
    x, kernel, *numbers = _arguments(setting)
    found = transposed_convolution(x, kernel, *numbers)
    matrix = convolution_matrix(
        found.shape[:2], np.array(setting.kernel), setting.stride, setting.padding
    )
    single = [array.astype(np.float32) for array in (x, kernel)]
    return Agreement(
        _off(gather(x, kernel, *numbers), found),
        _off(matrix.T @ x.ravel(), found.ravel()),
        _off(transposed_convolution_tf(x, kernel, *numbers), found),
        _off(
            transposed_convolution_tf(*single, *numbers), transposed_convolution(*single, *numbers)
        ),
        float(transposed_convolution(np.abs(x), np.abs(kernel), *numbers).max()),
    )


def _arguments(setting: ViewSettings) -> tuple[Any, ...]:
    x = np.array(setting.values)[:, :, np.newaxis]
    kernel = np.array(setting.kernel)[:, :, np.newaxis, np.newaxis]
    return x, kernel, setting.stride, setting.padding, setting.output_padding


def _off(found: FloatArray, expected: FloatArray) -> float:
    return float(np.abs(found - expected).max())
