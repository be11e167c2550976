"""What decides a training that is short enough to be watched to its end."""

from fcnlib.networks import small_fcn
from fcnlib.training.trainer import Options

SIZE = (96, 128)
PLAN = small_fcn.Plan((8, 16, 24, 32, 48), 64, 1)
"""Of FCN-8s this makes 109,245 parameters, and a step takes about 0.05 s on two cores."""


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
        size=SIZE,
        kernel_start=kernel_start,
        trainable_kernel=trainable_kernel,
        plan=PLAN,
    )
