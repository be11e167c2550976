"""Terms of a transposed convolution: the products that it adds up.

Each term is an input cell times a weight, added to one output cell. All four views show the
same terms: scatter groups them by input cell, gather by output cell, the matrix has one entry
per term, and the formula writes them out. Each element that a user can point at selects some of
the terms.
"""

from typing import Any, NamedTuple

import numpy as np

from fcnlib.transposed_convolution import convolution_matrix, gather, transposed_convolution
from fcnlib.transposed_convolution.tensorflow_reference import transposed_convolution_tf
from fcnlib.transposed_convolution.views.settings import ViewSettings
from fcnlib.typing import Float64Array, Int64Array

CUT = -1
"""Stands for an output index if padding cuts off the cell to which the term is added."""
INSERTED, BORDER = -1, -2
"""Stand for an input index: a zero inserted between inputs, or a zero around all inputs."""


class Term(NamedTuple):
    """Product of an input cell and a weight, added to an output cell.

    Attributes
    ----------
    input, tap, output : int
        Indices of the cells in the input, the kernel and the output, counted row by row.
        `output` is `CUT` if padding cuts the cell off.
    product : float
        Value of the term.

    """

    input: int
    tap: int
    output: int
    product: float


class Agreement(NamedTuple):
    """Largest differences from `transposed_convolution` (scatter).

    Attributes
    ----------
    gather, matrix : float
        Difference of the zero-inserted convolution and of C^T, in float64.
    tensorflow, tensorflow_single : float
        Difference of TensorFlow's layer, in float64 and in float32.
    scale : float
        Largest sum of the absolute terms of an output. Rounding errors are proportional to it.

    """

    gather: float
    matrix: float
    tensorflow: float
    tensorflow_single: float
    scale: float

    @property
    def holds(self) -> bool:
        """Whether all differences are only rounding errors."""
        double = max(self.gather, self.matrix, self.tensorflow)
        return double <= 1e-14 * self.scale and self.tensorflow_single <= 1e-6 * self.scale


def output_of(setting: ViewSettings) -> Float64Array:
    """Return the output, of shape (o_h, o_w)."""
    return np.asarray(transposed_convolution(*_arguments(setting))[..., 0], np.float64)


def terms(setting: ViewSettings) -> list[Term]:
    """Return every product of an input cell and a weight, input by input.

    Parameters
    ----------
    setting : ViewSettings

    Returns
    -------
    terms : list of Term
        One for each input cell and weight, including those that padding cuts off.

    Examples
    --------
    >>> from fcnlib.transposed_convolution.views.settings import setting
    >>> row = setting(np.array([1.0, 10.0]), np.array([2.0, 3.0, 4.0]), stride=1, padding=1)
    >>> [term.output for term in terms(row)]
    [-1, 0, 1, 0, 1, -1]

    """
    values, kernel = np.array(setting.values), np.array(setting.kernel)
    shape = output_of(setting).shape
    products = []
    for index, cell in enumerate(np.ndindex(values.shape)):
        for tap, weight in enumerate(np.ndindex(kernel.shape)):
            target = np.multiply(setting.stride, cell) + weight - np.array(setting.padding)
            inside = np.all((target >= 0) & (target < shape))
            output = int(np.ravel_multi_index(tuple(target), shape)) if inside else CUT
            products.append(Term(index, tap, output, float(values[cell] * kernel[weight])))
    return products


def partial_sums(setting: ViewSettings) -> Float64Array:
    """Return the output after adding the terms of the first 0, 1, 2, ... inputs.

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


def spread(setting: ViewSettings) -> Int64Array:
    """Return which input cell is at each position of the zero-inserted, padded input.

    Parameters
    ----------
    setting : ViewSettings

    Returns
    -------
    indices : ndarray of shape (o_h + k_h - 1, o_w + k_w - 1)
        Index of the input cell counted row by row, `INSERTED` or `BORDER`. Output ``(r, c)`` is
        the sum over rows ``r`` to ``r + k_h - 1`` and columns ``c`` to ``c + k_w - 1``, weighted
        by the flipped kernel.

    Examples
    --------
    >>> from fcnlib.transposed_convolution.views.settings import setting
    >>> spread(setting(np.array([1.0, 10.0]), np.ones(3), stride=2, padding=1))
    array([[-2,  0, -1,  1, -2]])

    """
    shape, kernel_shape = np.shape(setting.values), np.shape(setting.kernel)
    indices = np.full(np.add(output_of(setting).shape, kernel_shape) - 1, BORDER)
    first = np.array(kernel_shape) - 1 - setting.padding
    last = first + np.multiply(setting.stride, np.array(shape) - 1)
    rows, cols = (slice(start, stop + 1) for start, stop in zip(first, last, strict=True))
    indices[rows, cols] = INSERTED
    inside = indices[rows, cols]
    inside[:: setting.stride[0], :: setting.stride[1]] = np.arange(np.prod(shape)).reshape(shape)
    return indices


def matrix_terms(setting: ViewSettings) -> Int64Array:
    """Return which term belongs to each entry of C^T.

    Parameters
    ----------
    setting : ViewSettings

    Returns
    -------
    entries : ndarray of shape (outputs, inputs)
        Indices in the list of `terms`, or -1 if the entry of the matrix is not a weight.

    """
    entries = np.full((output_of(setting).size, np.size(setting.values)), -1)
    for index, term in enumerate(terms(setting)):
        if term.output != CUT:
            entries[term.output, term.input] = index
    return entries


def agreement(setting: ViewSettings) -> Agreement:
    """Compute the output in every other way and measure the differences.

    Parameters
    ----------
    setting : ViewSettings

    Returns
    -------
    agreement : Agreement

    Notes
    -----
    Loads TensorFlow.

    """
    x, kernel, *numbers = _arguments(setting)
    double, single = (x, kernel, *numbers), (np.float32(x), np.float32(kernel), *numbers)
    y = transposed_convolution(*double)
    matrix = convolution_matrix(y.shape[:2], kernel[..., 0, 0], setting.stride, setting.padding)
    # In the order of the fields of Agreement: four differences, then the scale.
    arrays = (
        gather(*double) - y,
        matrix.T @ x.ravel() - y.ravel(),
        transposed_convolution_tf(*double) - y,
        transposed_convolution_tf(*single) - transposed_convolution(*single),
        transposed_convolution(np.abs(x), np.abs(kernel), *numbers),
    )
    return Agreement(*(float(np.abs(array).max()) for array in arrays))


def _arguments(setting: ViewSettings) -> tuple[Any, ...]:
    x = np.array(setting.values)[:, :, np.newaxis]
    kernel = np.array(setting.kernel)[:, :, np.newaxis, np.newaxis]
    return x, kernel, setting.stride, setting.padding, setting.output_padding
