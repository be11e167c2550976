"""Output sizes of a transposed convolution and the allowed ranges of its settings.

Every function handles one axis. Arguments come in this order: input size, kernel size, stride,
padding, output_padding. The relations are from V. Dumoulin and F. Visin, "A guide to convolution
arithmetic for deep learning", arXiv:1603.07285. As in all frameworks, padding and stride are
those of the convolution that is transposed, so padding removes cells from the output here.
"""

import operator

from fcnlib.checks import positive_int

Pair = tuple[int, int]
Ints = int | Pair
"""One number for both axes, or (rows, columns)."""


def output_size(
    size: int, kernel_size: int, stride: int, padding: int = 0, output_padding: int = 0
) -> int:
    """Return the number of output cells of a transposed convolution.

    Parameters
    ----------
    size, kernel_size, stride : int
        Cells of the input, cells of the kernel, and distance in output cells between neighboring
        copies of the kernel. Each is at least 1.
    padding : int, optional
        Cells removed at each end, 0 to ``kernel_size - 1``.
    output_padding : int, optional
        Cells added back at the far end, 0 to ``stride - 1``. `input_sizes` explains why.

    Returns
    -------
    size : int
        At least 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is not an integer or is out of range, or if padding removes every cell.

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
    # Relation 13, plus output_padding, which is called a in relation 14.
    cells = stride * (size - 1) + kernel_size - 2 * padding + output_padding
    if cells < 1:
        msg = (
            f"padding {padding} leaves {cells} cells of the output, but must leave at least 1. "
            f"Lower padding, or raise size above {size}."
        )
        raise ValueError(msg)
    return cells


def convolution_size(size: int, kernel_size: int, stride: int, padding: int = 0) -> int:
    """Return the number of output cells of the ordinary convolution.

    Parameters
    ----------
    size, kernel_size, stride : int
        Cells of the convolution's input, cells of the kernel, and distance in cells between
        neighboring positions of the kernel.
    padding : int, optional
        Zeros added at each end before the convolution, 0 to ``kernel_size - 1``.

    Returns
    -------
    size : int
        At least 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is not an integer or is out of range, or if the kernel does not fit.

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
    # Relation 6. Because of the floor, several input sizes give the same output size.
    return (size + 2 * padding - kernel_size) // stride + 1


def input_sizes(size: int, kernel_size: int, stride: int, padding: int = 0) -> list[int]:
    """Return all input sizes for which the convolution has `size` output cells.

    A transposed convolution can output any of them; output_padding chooses one.

    Parameters
    ----------
    size, kernel_size, stride : int
        Cells of the convolution's output, which is the transposed convolution's input; cells of
        the kernel; and the stride.
    padding : int, optional
        As for `convolution_size`.

    Returns
    -------
    sizes : list of int
        `stride` consecutive sizes, one for each output_padding. There are fewer only if the
        first ones would be below 1.

    Raises
    ------
    TypeError, ValueError
        If an argument is not an integer or is out of range.

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
        Starts at 0. Each is valid with every output_padding in `output_padding_range`.

    Raises
    ------
    TypeError, ValueError
        If an argument is not an integer or is less than 1.

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


def pair(value: Ints, name: str) -> Pair:
    """Return ``(rows, cols)``, repeating a single number for both axes.

    Parameters
    ----------
    value : int or pair of int
        Not negative.
    name : str
        Name of the caller's argument, for the error message.

    Returns
    -------
    pair : tuple of int

    Raises
    ------
    TypeError, ValueError
        If `value` is neither an integer nor a pair of integers, or is negative.

    Examples
    --------
    >>> pair(2, "stride"), pair((1, 2), "stride")
    ((2, 2), (1, 2))

    """
    per_axis = tuple(value) if isinstance(value, tuple | list) else (value, value)
    try:
        numbers = tuple(operator.index(number) for number in per_axis)
    except TypeError:
        msg = f"{name} must be an integer or a pair, got {value!r}. Pass an int or (rows, cols)."
        raise TypeError(msg) from None
    if len(numbers) != 2 or min(numbers) < 0:
        msg = f"{name} must be one or two numbers of at least 0, got {value!r}. Pass (rows, cols)."
        raise ValueError(msg)
    return numbers[0], numbers[1]


def _check_within(value: int, allowed: range, name: str, setting: str) -> None:
    try:
        valid = operator.index(value) in allowed
    except TypeError:
        kind = type(value).__name__
        msg = f"{name} must be an integer, got {value!r} ({kind}). Pass a whole number from 0 up."
        raise TypeError(msg) from None
    if not valid:
        msg = f"{name} must be between 0 and {allowed[-1]} for {setting}, got {value}."
        raise ValueError(msg)
