"""Training options, per-step progress and the learning-rate schedule."""

import math
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from fcnlib import scenes
from fcnlib.networks import small_fcn

LIVE_SIZE = (96, 128)
LIVE_WIDTHS = small_fcn.Widths((8, 16, 24, 32, 48), 64, 1)
"""Gives FCN-8s 109,245 parameters; a training step takes about 0.05 s on two cores."""


@dataclass(frozen=True)
class Options:
    """Options of a training; equal options give equal results.

    Attributes
    ----------
    head : {"fcn_32s", "fcn_16s", "fcn_8s"}
        The head to train.
    steps : int
        Length of the training; the learning-rate schedule depends on it.
    learning_rate : float
        Highest learning rate. It rises linearly for `warm_up` steps, then falls along a cosine
        to 0.
    warm_up : int
        Number of steps in which the learning rate rises.
    batch_size, num_scenes, size
        See `Batches`.
    seed : int
        Determines the initial weights and the order of the scenes.
    kernel_start : {"bilinear", "zero", "random"}
        Initial upsampling kernels.
    trainable_kernel : bool
        Whether the upsampling kernels are trained.
    widths : small_fcn.Widths
        Number of channels in the network.

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
    """Progress after one training step.

    Attributes
    ----------
    step : int
        Steps done.
    loss : float
        Mean cross entropy per pixel of the batch, in nats, before the update.
    mean_iu : float
        Mean IU of the batch, before the update.
    learning_rate : float
        Learning rate of the update.

    """

    step: int
    loss: float
    mean_iu: float
    learning_rate: float


def learning_rate(options: Options, step: int) -> float:
    """Return the learning rate of a step: a linear rise, then half a cosine down to 0.

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


_SMALL = Options(
    learning_rate=8e-3, batch_size=4, num_scenes=60, size=LIVE_SIZE, widths=LIVE_WIDTHS
)


def small_options(head: str = "fcn_8s", *, steps: int = 200, **choices: Any) -> Options:
    """Return options of a training that is short enough to watch.

    Parameters
    ----------
    head, steps, **choices
        See `Options`. The learning rate is 0.008 by default.

    Returns
    -------
    options : Options
        A narrow network, 60 small scenes, 4 per step, and a tenth of the steps as warm-up.

    Examples
    --------
    >>> small_options(steps=100).warm_up
    10

    """
    return replace(_SMALL, head=head, steps=steps, warm_up=max(1, steps // 10), **choices)
