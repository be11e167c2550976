"""How large a transposed convolution's output is, and which settings are allowed.

All along one axis, in the order of its definition: input, kernel, stride, padding,
output_padding. The relations are those of V. Dumoulin and F. Visin, "A guide to convolution
arithmetic for deep learning", arXiv:1603.07285. Padding and stride are those of the
convolution that is transposed, as in all frameworks: so padding here takes cells away.
"""

import operator

from fcnlib.checks import positive_int

Pair = tuple[int, int]


def output_size(
    size: int, kernel_size: int, stride: int, padding: int = 0, output_padding: int = 0
) -> int:
    """Return how many cells a transposed convolution makes of `size` cells.

    Parameters
    ----------
    size, kernel_size, stride : int
        Cells of the input, of the kernel, and from one copy of the kernel to the next; each
        at least 1.
    padding : int, optional
        Cells cut off at either end, 0 to ``kernel_size - 1``.
    output_padding : int, optional
        Cells added again at the far end, 0 to ``stride - 1``: see `input_sizes`.

    Returns
    -------
    size : int
        At least 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is no integer or out of its range, or if nothing is left.

    Examples
    --------
    >>> output_size(3, kernel_size=4, stride=2, padding=1)
    6

    """
    size, kernel_size = positive_int(size, "size"), positive_int(kernel_size, "kernel_size")
    stride = positive_int(stride, "stride")
    _check_within(padding, range(kernel_size), "padding", f"a kernel of {kernel_size}")
    _check_within(
        output_padding, output_padding_range(stride), "output_padding", f"a stride of {stride}"
    )
    # Relation 13; output_padding is the paper's a, which relation 14 adds.
    found = stride * (size - 1) + kernel_size - 2 * padding + output_padding
    if found < 1:
        msg = (
            f"padding {padding} leaves {found} cells of the output, at least 1 must be left. "
            f"Lower padding or raise size, {size} now."
        )
        raise ValueError(msg)
    return found


def convolution_size(size: int, kernel_size: int, stride: int, padding: int = 0) -> int:
    """Return how many cells the convolution makes of `size` cells: the way back.

    Parameters
    ----------
    size, kernel_size, stride : int
        Cells of the convolution's input, of the kernel, and between two of its positions.
    padding : int, optional
        Zeros put at either end first, 0 to ``kernel_size - 1``.

    Returns
    -------
    size : int
        At least 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is no integer or out of its range, or if the kernel does not fit.

    Examples
    --------
    >>> convolution_size(6, kernel_size=4, stride=2, padding=1)
    3

    """
    size, kernel_size = positive_int(size, "size"), positive_int(kernel_size, "kernel_size")
    stride = positive_int(stride, "stride")
    _check_within(padding, range(kernel_size), "padding", f"a kernel of {kernel_size}")
    if size + 2 * padding < kernel_size:
        msg = (
            f"a kernel of {kernel_size} does not fit on {size} cells with padding {padding}. "
            f"Pass a size of at least {kernel_size - 2 * padding}."
        )
        raise ValueError(msg)
    # Relation 6: the floor is why sizes are ambiguous on the way back.
    return (size + 2 * padding - kernel_size) // stride + 1


def input_sizes(size: int, kernel_size: int, stride: int, padding: int = 0) -> list[int]:
    """Return all sizes that the convolution turns into `size`: what output_padding picks from.

    Parameters
    ----------
    size, kernel_size, stride : int
        Cells of the convolution's output, which is the transposed convolution's input; of the
        kernel; and of the stride.
    padding : int, optional
        As for `convolution_size`.

    Returns
    -------
    sizes : list of int
        `stride` sizes in a row, one for each output_padding; fewer only if the first ones
        would be below 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is no integer or out of its range.

    Examples
    --------
    >>> input_sizes(3, kernel_size=3, stride=3, padding=1)
    [7, 8, 9]

    """
    largest = output_size(size, kernel_size, stride, padding, stride - 1)
    return list(range(max(1, largest - stride + 1), largest + 1))


def padding_range(size: int, kernel_size: int, stride: int) -> range:
    """Return the paddings that leave at least one cell of the output.

    Parameters
    ----------
    size, kernel_size, stride : int
        As for `output_size`.

    Returns
    -------
    paddings : range
        From 0 up; allowed with every output_padding of `output_padding_range`.

    Raises
    ------
    TypeError, ValueError
        If an argument is no integer or less than 1.

    Examples
    --------
    >>> padding_range(3, 4, 2), padding_range(1, 4, 2)
    (range(0, 4), range(0, 2))

    """
    largest = output_size(size, kernel_size, stride)
    return range(min(kernel_size - 1, (largest - 1) // 2) + 1)


def output_padding_range(stride: int) -> range:
    """Return the values of output_padding that a stride allows.

    Examples
    --------
    >>> output_padding_range(3)
    range(0, 3)

    """
    return range(positive_int(stride, "stride"))


def pair(value: int | Pair, name: str) -> Pair:
    """Return ``(rows, cols)`` for one number that counts for both, or for two.

    Parameters
    ----------
    value : int or pair of int
        Not negative.
    name : str
        What the caller's argument is called, for the message.

    Returns
    -------
    pair : tuple of int

    Raises
    ------
    TypeError, ValueError
        If `value` is neither, or negative.

    Examples
    --------
    >>> pair(2, "stride"), pair((1, 2), "stride")
    ((2, 2), (1, 2))

    """
    given = tuple(value) if isinstance(value, tuple | list) else (value, value)
    try:
        numbers = tuple(operator.index(number) for number in given)
    except TypeError:
        msg = f"{name} must be an integer or a pair of them, got {value!r}. Pass (rows, cols)."
        raise TypeError(msg) from None
    if len(numbers) != 2 or min(numbers) < 0:
        msg = f"{name} must be one number or two, none negative, got {value!r}. Pass (rows, cols)."
        raise ValueError(msg)
    return numbers[0], numbers[1]


def _check_within(value: int, allowed: range, name: str, what: str) -> None:
    try:
        inside = operator.index(value) in allowed
    except TypeError:
        kind = type(value).__name__
        msg = f"{name} must be an integer, got {value!r} ({kind}). Pass a whole number from 0 up."
        raise TypeError(msg) from None
    if not inside:
        msg = f"{name} must lie between 0 and {allowed[-1]} for {what}, got {value}."
        raise ValueError(msg)
