"""Steps on training: one step of gradient descent, TensorFlow's gradient, and 200 steps."""

from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from fcnlib import engine
from fcnlib.kernels.bilinear import get_kernel_size, upsample_filt
from fcnlib.plots import theme
from fcnlib.plots.cells import cells_figure, number
from fcnlib.plots.gradient_descent import losses_figure
from fcnlib.plots.theme import Figure
from fcnlib.transposed_convolution import gradient_descent, transposed_convolution
from fcnlib.transposed_convolution.gradient_descent import Run, Step
from fcnlib.typing import FloatArray
from fcnlib.ui import scripts
from fcnlib.ui.comparison import (
    Comparison,
    compare_later,
    compared_last,
    verdict,
)
from fcnlib.ui.elements import bounded_slider, seed_button
from fcnlib.ui.layout import chart_row, drawn, fold
from fcnlib.ui.story import predict, so, step
from fcnlib.upsampling.experiment import short

# With these small integers the largest curvature of the loss is only twice the smallest, so all
# weights converge at a similar speed.
X = np.array([[1.0, 1, 0], [-1, -2, 2], [-1, -1, 0]])[..., np.newaxis]
STRIDE, PADDING = 2, 1
BILINEAR = upsample_filt(get_kernel_size(STRIDE))[..., np.newaxis, np.newaxis]
TARGET = transposed_convolution(X, BILINEAR, STRIDE, PADDING)
STEPS = 200
RATES = (0.1, 5.5)  # with 5.5, one step makes the loss larger from every random kernel
PREDICTED = 0.5  # learning rate of the prediction, and of the page at first
TOLERANCE = 1e-12
WEIGHT = (1, 1)  # row and column of the weight whose gradient is written out

CLOSE = 1e-6  # kernels that differ less are the same up to rounding
CHECK, SMALL, LARGE = 210, 200, 225  # px

PAGE = "why_a_layer"
_KEY = "transposed_convolution_step"  # of the page that had this section, so that links stay valid


@compared_last
def show_gradient_descent() -> Comparison:
    """Show one step of gradient descent, TensorFlow's gradient, and 200 steps, as three steps."""
    seed = int(st.session_state.get(f"{_KEY}_seed", 0))
    with step(f"{PAGE}_hand", "One step by hand", 2):
        rate = _show_step(seed)
        so("a weight's gradient is a sum of inputs times errors, and the update goes against it.")
    with step(f"{PAGE}_check", "TensorFlow returns the same gradient", 3):
        compare = _show_check(seed, rate)
        so("the layer's gradient is known exactly, so a network can be trained through it.")
    with step(f"{PAGE}_steps", "Repeat it 200 times", 4):
        _show_training(seed, rate)
    return compare


@st.cache_data(max_entries=64, show_spinner=False)
def _train(seed: int, rate: float) -> tuple[Step, Run]:
    """Return the first step from a random kernel, and all steps."""
    kernel = np.random.default_rng(seed).normal(size=BILINEAR.shape)
    setting: dict[str, int] = {"stride": STRIDE, "padding": PADDING}
    first = gradient_descent.step(X, kernel, TARGET, rate, **setting)
    return first, gradient_descent.train(X, kernel, TARGET, rate, steps=STEPS, **setting)


@st.cache_data(max_entries=64, show_spinner=False)
def _compared(seed: int, rate: float) -> tuple[float, float, FloatArray]:
    """Return the largest differences of output and gradients, and TensorFlow's kernel gradient."""
    first, run = _train(seed, rate)
    output = engine.run("transposed_convolution", X, run.kernels[0], STRIDE, PADDING)
    kernel_gradient, input_gradient = engine.run(
        "gradients", X, run.kernels[0], TARGET, STRIDE, PADDING
    )
    backward = max(
        np.abs(first.kernel_gradient - kernel_gradient).max(),
        np.abs(first.input_gradient - input_gradient).max(),
    )
    forward = float(np.abs(first.output - output).max())
    return forward, float(backward), kernel_gradient


def _agreement_text(forward: float, backward: float) -> tuple[str, str]:
    """Return the result of the comparison with TensorFlow in Markdown, and its digits.

    Examples
    --------
    >>> print(_agreement_text(0.0, 2.2e-16)[1])
    The largest difference is 0 in y and 2.2e-16 in the gradients.

    """
    equal = max(forward, backward) <= TOLERANCE
    return (
        f"{verdict(equal=equal)}{', up to rounding' if equal else ''}",
        f"The largest difference is {short(forward)} in y and {short(backward)} in the gradients.",
    )


def _show_step(seed: int) -> float:
    """Show forward, backward and update; return the chosen learning rate."""
    forward = st.container()
    backward, columns = st.container(), st.columns([2, 1, 1])
    with columns[0]:
        update = st.container()
        rate = bounded_slider(
            "Learning rate η: how far the update goes",
            *RATES,
            value=PREDICTED,
            step=0.1,
            key=f"{_KEY}_rate",
            width=320,
            bind="query-params",
            help=f"This step makes the loss larger above {_first_limit(seed):.2f}.",
        )
    scripts.note(RATE=rate, SEED=seed)
    first, run = _train(seed, rate)
    x, error = X[..., 0], first.error[..., 0]
    inputs = [(int(row), int(col)) for row, col in np.argwhere(x)]
    reached = [
        (STRIDE * row + WEIGHT[0] - PADDING, STRIDE * col + WEIGHT[1] - PADDING)
        for row, col in inputs
    ]
    with forward:
        words, *columns_of_inputs = st.columns([2, 1, 1])
        words.markdown(
            f"**Forward.** The layer turns the 9 numbers of x into the 36 numbers of y (stride "
            f"{STRIDE}, {PADDING} cell cut off at each end). Its kernel k is random at first. The "
            "target t is what bilinear interpolation makes of x, and e = y − t is the error. The "
            f"**loss** L is the mean of the 36 squared errors: **{first.loss:.4f}**. Inputs are "
            "blue, kernels orange, outputs green, errors and gradients pink, negative numbers "
            "purple. The framed ones are used below."
        )
        figures = {
            "input_x": _squares("Input x", X, theme.INPUT, framed=inputs, height=SMALL),
            "kernel_k": _squares(
                "Kernel k", run.kernels[0], theme.KERNEL, framed=(WEIGHT,), height=SMALL
            ),
        }
        chart_row(_KEY, figures, columns_of_inputs)
        figures = {
            "output_y": _squares("Output y", first.output, theme.OUTPUT, height=LARGE),
            "target_t": _squares("Target t", TARGET, theme.OUTPUT, height=LARGE),
            "error_e": _squares(
                "Error e = y − t", error, theme.DIFFERENCE, framed=reached, height=LARGE
            ),
        }
        chart_row(_KEY, figures)
    terms = gradient_descent.gradient_terms(x, error, WEIGHT, STRIDE, PADDING)
    gradient = f"{first.kernel_gradient[WEIGHT].item():.4f}".replace("-", "−")
    backward.markdown(
        "**Backward.** The gradient of a weight says how fast the loss grows if the weight grows. "
        f"Take the framed weight of k (row {WEIGHT[0]}, column {WEIGHT[1]}, counted from 0). It "
        "carries each input to one output. The copy of k for row *r* begins at row 2*r*. The "
        "weight is 1 row further, but 1 row is cut off at each end, so the input in row *r*, "
        "column *c* reaches the output in row 2*r*, column 2*c*. The "
        f"{len(inputs)} inputs that are not 0 and their errors are framed. Their products, in the "
        f"table, add up to {number(sum(value * e for value, e in terms))}. The gradient is 2/36 "
        f"times that (the loss is a mean of 36 squares): **{gradient}**."
    )
    products = [(value, e, value * e) for value, e in terms]
    rows = zip(("Input", "Error", "Product"), zip(*products, strict=True), strict=True)
    with backward:
        st.table(
            [
                {"": name} | {str(column): number(each) for column, each in enumerate(values, 1)}
                for name, values in rows
            ],
            hide_index=True,
            hide_header=True,
        )
    update.markdown(
        "**Update.** Subtract the gradient times the learning rate *η* from the kernel. This "
        f"changes the loss from {first.loss:.4f} to **{run.losses[1]:.4f}**. Move the slider: "
        "above which learning rate does this step make the loss larger? The “?” has the answer."
    )
    figures = {
        "kernel_gradient": _squares(
            "Kernel gradient",
            first.kernel_gradient,
            theme.DIFFERENCE,
            framed=(WEIGHT,),
            height=SMALL,
        ),
        "kernel": _squares(
            f"Kernel − {rate:g} × gradient", first.kernel, theme.KERNEL, height=SMALL
        ),
    }
    chart_row(_KEY, figures, columns[1:])
    fold("Go deeper: the gradient that is passed on", f"{_KEY}_more", _more, first)
    return rate


def _more(first: Step) -> None:
    figure, text = st.columns(2)
    shown = _squares("Input gradient", first.input_gradient, theme.DIFFERENCE)
    chart_row(_KEY, {"input_gradient": shown}, [figure])
    text.markdown(
        "The input gradient says how the loss changes with each number of x. In a network, it is "
        "passed to the layer before this one: it is the arrow of step 1. It is the convolution of "
        "the errors with the kernel, times 2/36."
    )


def _show_check(seed: int, rate: float) -> Comparison:
    about, *columns = st.columns([4, 3, 3, 3])
    with about:
        st.markdown(
            "TensorFlow computes the gradients with its own code. If a sum above were wrong, you "
            "would see it in the difference."
        )
        seed_button("Start from another kernel", _KEY)
        slot = st.empty()

    def say() -> tuple[str, str]:
        forward, backward, gradient = _compared(seed, rate)
        own = _train(seed, rate)[0].kernel_gradient
        figures = {
            "own": _squares("By hand", own, theme.DIFFERENCE, height=CHECK),
            "tensorflow": _squares("TensorFlow", gradient, theme.DIFFERENCE, height=CHECK),
            # Rounding must not get the full color.
            "gap": _squares(
                "Difference", own - gradient, theme.DIFFERENCE, limit=1.0, height=CHECK
            ),
        }
        chart_row(_KEY, figures, columns)
        return _agreement_text(forward, backward)

    return compare_later(slot, say, _KEY)


def _show_training(seed: int, rate: float) -> None:
    limit = gradient_descent.largest_rate(X, BILINEAR.shape[:2], STRIDE, PADDING)
    st.markdown(
        f"Now repeat this {STEPS} times, with the learning rate of step 2. The layer sees x, t and "
        "its errors, but not how t was made."
    )
    if not predict(
        f"{PAGE}_learned",
        f"The kernel starts random. Which kernel does the layer have after {STEPS} steps with "
        f"learning rate {PREDICTED}?",
        {
            "bilinear": "The bilinear kernel",
            "blurred": "Halfway between the start and bilinear",
            "other": "Another kernel with the same output",
        },
        partial(_learned, seed),
    ):
        return
    at = bounded_slider(
        "Step", 0, STEPS, value=STEPS, key=f"{_KEY}_at", width=480, bind="query-params"
    )
    scripts.note(AT=at)
    run = _train(seed, rate)[1]
    kernel, distance = run.kernels[at], np.abs(run.kernels[at] - BILINEAR).max()
    figures = {
        "losses": drawn(losses_figure, run.losses, at, height=240),
        "start": _squares("Kernel at the start", run.kernels[0], theme.KERNEL),
        "now": _squares(f"After {at} steps", kernel, theme.KERNEL),
        "bilinear": _squares("Bilinear", BILINEAR, theme.KERNEL),
    }
    chart_row(_KEY, figures)
    st.caption(
        f"After {at} steps with learning rate {rate:g}, the loss is {run.losses[at]:.1e}, and the "
        f"weights differ from the bilinear ones by at most {distance:.1e}. Below a learning rate "
        f"of {limit:.2f}, the kernel always approaches the bilinear one. Above it, the updates "
        "overshoot by more and more, and the loss grows in the end."
    )
    so(
        "bilinear interpolation is one setting of the layer's weights. Training can find it, and "
        "if other weights fit the data better, it finds those."
    )


def _first_limit(seed: int) -> float:
    """Return the learning rate above which the first step makes the loss larger."""
    first = _train(seed, PREDICTED)[0]
    # The output is linear in the kernel, so with g the gradient and y(g) the output of g as a
    # kernel, the rate η changes the loss by −η sum(g²) + η² mean(y(g)²).
    output = transposed_convolution(X, first.kernel_gradient, STRIDE, PADDING)
    return float((first.kernel_gradient**2).sum() / (output**2).mean())


def _learned(seed: int) -> tuple[str, str]:
    """Return which kernel the first one becomes at the rate that the page starts with."""
    run = _train(seed, PREDICTED)[1]
    start, last = run.kernels[0], run.kernels[-1]
    distances = {
        "bilinear": np.abs(last - BILINEAR).max(),
        "blurred": np.abs(last - (start + BILINEAR) / 2).max(),
    }
    nearest = min(distances, key=distances.__getitem__)
    right = nearest if distances[nearest] < CLOSE else "other"
    rounding = ", which is rounding" if right == "bilinear" else ""
    return right, (
        f"At the start, a weight differs from the bilinear one by up to "
        f"{np.abs(start - BILINEAR).max():.2f}, and after {STEPS} steps with learning rate "
        f"{PREDICTED} by at most {distances['bilinear']:.1e}{rounding}. No other kernel returns "
        "the target."
    )


def _squares(title: str, values: FloatArray, color: str, **options: Any) -> Figure:
    squares = values.reshape(values.shape[:2])  # there is one channel
    return drawn(cells_figure, squares, title, color, **{"height": 235} | options)
