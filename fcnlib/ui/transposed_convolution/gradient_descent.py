"""Section on training: one step of gradient descent in numbers, and the result of 200 steps."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fcnlib import engine
from fcnlib.kernels.bilinear import get_kernel_size, upsample_filt
from fcnlib.plots import theme
from fcnlib.plots.cells import cells_figure, number
from fcnlib.plots.gradient_descent import losses_figure
from fcnlib.plots.theme import Figure
from fcnlib.transposed_convolution import gradient_descent, transposed_convolution
from fcnlib.transposed_convolution.gradient_descent import Run, Step
from fcnlib.typing import FloatArray
from fcnlib.ui.layout import chart_row, drawn
from fcnlib.ui.transposed_convolution.comparison import (
    Comparison,
    compare_later,
    compared_last,
    verdict,
)
from fcnlib.ui.transposed_convolution.elements import bounded_slider, seed_button
from fcnlib.upsampling.experiment import short

# With these small integers the largest curvature of the loss is only twice the smallest, so all
# weights converge at a similar speed.
X = np.array([[1.0, 1, 0], [-1, -2, 2], [-1, -1, 0]])[..., np.newaxis]
STRIDE, PADDING = 2, 1
BILINEAR = upsample_filt(get_kernel_size(STRIDE))[..., np.newaxis, np.newaxis]
TARGET = transposed_convolution(X, BILINEAR, STRIDE, PADDING)
STEPS = 200
RATES = (0.1, 3.0)
TOLERANCE = 1e-12
WEIGHT = (1, 1)  # row and column of the weight whose gradient is written out

_KEY = "transposed_convolution_step"


@compared_last
def show_gradient_descent() -> Comparison:
    """Show one step of gradient descent in full, and the training curve of many steps."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        rate = bounded_slider(
            "Learning rate *η*", *RATES, value=0.5, step=0.1, key=f"{_KEY}_rate", width=320
        )
        seed = seed_button("Start from another kernel", _KEY)
    first, run = _train(seed, rate)
    compare = compare_later(
        _show_forward(first, run), lambda: _agreement_text(*_differences(seed, rate)), _KEY
    )
    _show_backward(first, run, rate)
    _show_training(run, rate)
    return compare


@st.cache_data(max_entries=64, show_spinner=False)
def _train(seed: int, rate: float) -> tuple[Step, Run]:
    """Return the first step from a random kernel, and all steps."""
    kernel = np.random.default_rng(seed).normal(size=BILINEAR.shape)
    setting: dict[str, int] = {"stride": STRIDE, "padding": PADDING}
    first = gradient_descent.step(X, kernel, TARGET, rate, **setting)
    return first, gradient_descent.train(X, kernel, TARGET, rate, steps=STEPS, **setting)


@st.cache_data(max_entries=64, show_spinner=False)
def _differences(seed: int, rate: float) -> tuple[float, float]:
    """Return the largest differences of output and gradients from TensorFlow's."""
    first, run = _train(seed, rate)
    output = engine.run("transposed_convolution", X, run.kernels[0], STRIDE, PADDING)
    kernel_gradient, input_gradient = engine.run(
        "gradients", X, run.kernels[0], TARGET, STRIDE, PADDING
    )
    backward = max(
        np.abs(first.kernel_gradient - kernel_gradient).max(),
        np.abs(first.input_gradient - input_gradient).max(),
    )
    return float(np.abs(first.output - output).max()), float(backward)


def _agreement_text(forward: float, backward: float) -> str:
    """Return the result of the comparison with TensorFlow, in Markdown.

    Examples
    --------
    >>> print(_agreement_text(0.0, 2.2e-16).split(". ")[0])
    :green[**✓ Equals TensorFlow**]: the largest difference is 0 in y and 2.2e-16 in the gradients.

    """
    output, gradients = short(forward), short(backward)
    result = verdict(equal=max(forward, backward) <= TOLERANCE)
    return f"{result}: the largest difference is {output} in y and {gradients} in the gradients."


def _show_forward(first: Step, run: Run) -> DeltaGenerator:
    st.markdown(
        f"**Forward.** The layer turns the 9 cells of x into the 36 cells of y (stride {STRIDE}, "
        f"padding {PADDING}). The kernel is random at first. The **loss** measures how "
        "far y is from the wanted output, the target t. It is the mean squared error, "
        rf"$L = \frac1{{36}}\sum (y - t)^2$ = "
        f"**{first.loss:.4f}**."
    )
    slot = st.empty()
    limit = float(max(np.abs(first.output).max(), np.abs(TARGET).max()))
    figures = {
        "input_x": _squares("Input x", X, theme.INPUT),
        "kernel_k": _squares("Kernel k", run.kernels[0], theme.KERNEL),
        "output_y": _squares("Output y", first.output, theme.OUTPUT, limit),
        "target_t": _squares("Target t", TARGET, theme.OUTPUT, limit),
    }
    chart_row(_KEY, figures)
    return slot


def _show_backward(first: Step, run: Run, rate: float) -> None:
    x, error = X[..., 0], first.error[..., 0]
    terms = gradient_descent.gradient_terms(x, error, WEIGHT, STRIDE, PADDING)
    products = " + ".join(f"({number(value)})({number(e)})" for value, e in terms)
    gradient = f"{first.kernel_gradient[WEIGHT].item():.4f}".replace("-", "−")
    st.markdown(
        "**Backward.** The **gradient** of a weight is the rate at which the loss grows if the "
        "weight grows. The weight contributes to several output cells. Each of them adds a term to "
        "the gradient: the input cell times the error e = y − t of the output cell. For "
        f"the weight in row {WEIGHT[0]}, column {WEIGHT[1]}, counted from 0, the gradient is "
        f"2/36 × [{products}] = **{gradient}**. Terms whose input cell is 0 are left out."
    )
    st.markdown(
        "**Update.** Subtract the gradient times the learning rate *η* from the kernel. This "
        f"changes the loss from {first.loss:.4f} to **{run.losses[1]:.4f}**."
    )
    updated = f"Kernel − {rate:g} × gradient"
    figures = {
        "error_e": _squares("Error e = y − t", error, theme.DIFFERENCE),
        "kernel_gradient": _squares("Kernel gradient", first.kernel_gradient, theme.DIFFERENCE),
        "kernel": _squares(updated, first.kernel, theme.KERNEL),
        "input_gradient": _squares("Input gradient", first.input_gradient, theme.DIFFERENCE),
    }
    chart_row(_KEY, figures)
    st.caption(
        "The input gradient says how the loss changes with each cell of x. In a network, it is "
        "passed to the layer before this one. It is the convolution of the errors with the kernel, "
        "times 2/36."
    )


def _show_training(run: Run, rate: float) -> None:
    limit = gradient_descent.largest_rate(X, BILINEAR.shape[:2], STRIDE, PADDING)
    st.markdown(
        f"**{STEPS} steps.** The target was computed with a bilinear kernel. If the update is "
        f"repeated with a learning rate below {limit:.2f}, the random kernel approaches this "
        "bilinear kernel. With a higher rate, each update overshoots by more than the last, and "
        "the loss grows. Move the slider to watch the kernel change."
    )
    step = bounded_slider("Step", 0, STEPS, value=STEPS, key=f"{_KEY}_at", width=480)
    kernel, distance = run.kernels[step], np.abs(run.kernels[step] - BILINEAR).max()
    figures = {
        "losses": drawn(losses_figure, run.losses, step, height=240),
        "start": _squares("Kernel at the start", run.kernels[0], theme.KERNEL),
        "now": _squares(f"After {step} steps", kernel, theme.KERNEL),
        "bilinear": _squares("Bilinear", BILINEAR, theme.KERNEL),
    }
    chart_row(_KEY, figures)
    st.caption(
        f"After {step} steps with learning rate {rate:g}, the loss is {run.losses[step]:.1e}, and "
        f"the weights differ from the bilinear ones by at most {distance:.1e}."
    )


def _squares(title: str, values: FloatArray, color: str, limit: float | None = None) -> Figure:
    squares = values.reshape(values.shape[:2])  # there is one channel
    return drawn(cells_figure, squares, title, color, limit=limit, height=240)
