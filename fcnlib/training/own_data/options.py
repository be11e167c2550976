"""Options of a training on a user's own pictures, and its learning-rate schedule."""

import math
from dataclasses import dataclass

from fcnlib.checks import check_choice
from fcnlib.datasets.uploaded import LONG_SIDE
from fcnlib.networks import fcn
from fcnlib.networks.backbones import BACKBONES

FREEZE = ("none", "half", "all")
LARGEST_CROP = (288, 384)


@dataclass(frozen=True)
class Options:
    """What to train and how; equal options and pictures give equal results.

    A training with a time limit is the exception: its number of steps depends on the machine.

    Attributes
    ----------
    backbone : str
        A key of `BACKBONES`.
    head : {"fcn_32s", "fcn_16s", "fcn_8s"}
        The head that turns the features of the backbone into scores.
    freeze : {"none", "half", "all"}
        Layers of the backbone whose weights do not change: none, those up to stride 8, or all. With
        ``"all"``, the features of a picture are computed once and kept on the disk.
    steps : int, optional
        Length of the training. None: until the time limit.
    minutes : float, optional
        Time limit.
    batch_size : int
        Pictures per batch.
    accumulate : int
        Batches whose gradients are added up for one step, like a larger batch but without more
        memory.
    crop : tuple of int
        Height and width of the random parts of pictures, multiples of 32.
    long_side : int
        Larger pictures are scaled down to this long side.
    learning_rate : float
        Highest learning rate of the head. It rises for `warm_up` steps, then falls to 0.
    backbone_rate : float
        Learning rate of the backbone, as a part of that of the head.
    warm_up : int
        Number of steps in which the learning rate rises.
    class_weights : bool
        Whether the loss weighs rare classes more, see `class_weights.balanced`.
    validate_every : int
        Steps between two measurements on the validation pictures.
    patience : int
        Measurements without improvement after which the training stops.
    seed : int
        Determines initial weights, order and augmentation.

    Raises
    ------
    ValueError
        If a name is not one of the above, or there is neither a length nor a limit, or
        random weights would be frozen.

    """

    backbone: str = "imagenet"
    head: str = "fcn_8s"
    freeze: str = "none"
    steps: int | None = 1000
    minutes: float | None = None
    batch_size: int = 4
    accumulate: int = 1
    crop: tuple[int, int] = LARGEST_CROP
    long_side: int = LONG_SIDE
    learning_rate: float = 2e-3
    backbone_rate: float = 0.15
    warm_up: int = 50
    class_weights: bool = False
    validate_every: int = 200
    patience: int = 10
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the names, and that the training ends."""
        check_choice(self.backbone, BACKBONES, "backbone")
        check_choice(self.head, fcn.HEADS, "head")
        check_choice(self.freeze, FREEZE, "freeze")
        if self.steps is None and self.minutes is None:
            msg = "steps or minutes must be given, or the training never ends"
            raise ValueError(msg)
        if self.backbone == "small" and self.freeze != "none":
            msg = "the backbone small starts from random weights, so it must not be frozen"
            raise ValueError(msg)


def share_done(options: Options, step: int, seconds: float) -> float:
    """Return which part of the training is done, from 0 to 1, by its length or its time limit.

    Examples
    --------
    >>> options = Options(steps=100, minutes=1)
    >>> share_done(options, 25, 6), share_done(options, 25, 30), share_done(options, 25, 90)
    (0.25, 0.5, 1.0)

    """
    by_steps = step / options.steps if options.steps else 0.0
    by_time = seconds / (60 * options.minutes) if options.minutes else 0.0
    return min(1.0, max(by_steps, by_time))


def learning_rate(options: Options, step: int, seconds: float = 0.0) -> float:
    """Return the head's learning rate: a linear rise, multiplied by half a cosine down to 0.

    The fall follows `share_done`, so that it ends at the time limit on every machine.

    Examples
    --------
    >>> options = Options(steps=100, warm_up=10, learning_rate=1.0)
    >>> [round(learning_rate(options, step), 3) for step in (0, 9, 50, 100)]
    [0.1, 0.98, 0.5, 0.0]

    """
    rise = min(1.0, (step + 1) / options.warm_up) if options.warm_up else 1.0
    fall = (1 + math.cos(math.pi * share_done(options, step, seconds))) / 2
    return options.learning_rate * rise * fall
