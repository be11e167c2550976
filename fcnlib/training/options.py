"""What decides a training, what a step tells of it, and the learning rate's way."""

import math
from dataclasses import dataclass, field
from typing import NamedTuple

from fcnlib import scenes
from fcnlib.networks import small_fcn

LIVE_SIZE = (96, 128)
LIVE_WIDTHS = small_fcn.Widths((8, 16, 24, 32, 48), 64, 1)
"""Of FCN-8s this makes 109,245 parameters, and a step takes about 0.05 s on two cores."""


@dataclass(frozen=True)
class Options:
    """What decides a training; equal options give equal figures.

    Attributes
    ----------
    head : {"fcn_32s", "fcn_16s", "fcn_8s"}
        Which head is trained.
    steps : int
        Length of the training, which the schedule needs to know.
    learning_rate : float
        Highest learning rate: it rises over `warm_up` steps and falls along a cosine to 0.
    warm_up : int
        Steps of the rise.
    batch_size, num_scenes, size
        As `Batches` takes them.
    seed : int
        Start of the weights, order of the scenes.
    kernel_start : {"bilinear", "zero", "random"}
        Start of the upsampling kernels.
    trainable_kernel : bool
        Whether the upsampling kernels learn.
    widths : small_fcn.Widths
        The network's widths.

    """

    head: str = "fcn_8s"
    steps: int = 200
    learning_rate: float = 1.5e-3
    warm_up: int = 50
    batch_size: int = 4
    num_scenes: int = 400
    size: tuple[int, int] = scenes.SIZE
    seed: int = 0
    kernel_start: str = "bilinear"
    trainable_kernel: bool = True
    widths: small_fcn.Widths = field(default_factory=small_fcn.Widths)


class Progress(NamedTuple):
    """What one step tells of itself.

    Attributes
    ----------
    step : int
        Steps done.
    loss : float
        Mean cross entropy per pixel of the step's batch, in nats, before the update.
    mean_iu : float
        Mean IU of the batch, before the update.
    learning_rate : float
        The update's learning rate.

    """

    step: int
    loss: float
    mean_iu: float
    learning_rate: float


def learning_rate(options: Options, step: int) -> float:
    """Return the learning rate of a step: a linear rise, then half a cosine down to zero.

    Examples
    --------
    >>> options = Options(steps=100, warm_up=10, learning_rate=1.0)
    >>> [round(learning_rate(options, step), 3) for step in (0, 9, 55, 100)]
    [0.1, 1.0, 0.5, 0.0]

    """
    if step < options.warm_up:
        return options.learning_rate * (step + 1) / options.warm_up
    share = (step - options.warm_up) / max(1, options.steps - options.warm_up)
    return options.learning_rate * (1 + math.cos(math.pi * min(share, 1.0))) / 2


def small_options(
    head: str = "fcn_8s",
    *,
    learning_rate: float = 8e-3,
    steps: int = 200,
    kernel_start: str = "bilinear",
    trainable_kernel: bool = True,
) -> Options:
    """Return options of a training short enough to be watched to its end.

    Parameters
    ----------
    head, learning_rate, steps, kernel_start, trainable_kernel
        As `Options` has them.

    Returns
    -------
    options : Options
        With a narrow network, 60 small scenes, 4 a step, and a tenth of the steps to warm up.

    Examples
    --------
    >>> small_options(steps=100).warm_up
    10

    """
    return Options(
        head=head,
        steps=steps,
        learning_rate=learning_rate,
        warm_up=max(1, steps // 10),
        batch_size=4,
        num_scenes=60,
        size=LIVE_SIZE,
        kernel_start=kernel_start,
        trainable_kernel=trainable_kernel,
        widths=LIVE_WIDTHS,
    )
