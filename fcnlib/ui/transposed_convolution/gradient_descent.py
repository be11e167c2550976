"""One training step by hand, and two hundred, on the page of the transposed convolution."""

import numpy as np
import streamlit as st

from fcnlib.kernels.bilinear import get_kernel_size, upsample_filt
from fcnlib.plots import theme
from fcnlib.plots.cells import cells_figure, number
from fcnlib.plots.gradient_descent import losses_figure
from fcnlib.transposed_convolution import gradient_descent, transposed_convolution
from fcnlib.transposed_convolution.gradient_descent import Run, Step
from fcnlib.transposed_convolution.tensorflow_reference import (
    gradients_tf,
    transposed_convolution_tf,
)
from fcnlib.typing import Float64Array, FloatArray
from fcnlib.ui.layout import chart
from fcnlib.ui.transposed_convolution.sizes import Judge, call_last

# Few whole numbers that part all weights: the largest curvature is but twice the smallest.
X = np.array([[1.0, 1, 0], [-1, -2, 2], [-1, -1, 0]])[..., np.newaxis]
STRIDE, PADDING = 2, 1
BILINEAR = upsample_filt(get_kernel_size(STRIDE))[..., np.newaxis, np.newaxis]
TARGET = transposed_convolution(X, BILINEAR, STRIDE, PADDING)
STEPS = 200
RATES = (0.1, 3.0)
TOLERANCE = 1e-12
PLACE = (1, 1)  # the weight whose gradient is written out

_KEY = "transposed_convolution_step"


def show_gradient_descent() -> Judge:
    """Show one step and many; return what compares them with TensorFlow."""
    asks: list[Judge] = []
    _show(asks)
    return asks[0]


@st.fragment
def _show(asks: list[Judge]) -> None:
    seed, rate = _ask()
    taken, run = _step(seed, rate), _run(seed, rate)
    slot = _forward(run.kernels[0], taken)
    _backward(taken, rate)
    _many(run, rate)

    def ask() -> None:
        slot.caption(_say_agreement(*_against_tensorflow(seed, rate)))

    call_last(ask, asks)


def _ask() -> tuple[int, float]:
    st.session_state.setdefault(f"{_KEY}_seed", 0)

    def draw() -> None:
        st.session_state[f"{_KEY}_seed"] += 1

    with st.container(horizontal=True, vertical_alignment="bottom"):
        rate = st.slider("Learning rate *η*", *RATES, 0.5, 0.1, key=f"{_KEY}_rate", width=320)
        st.button(
            "Start from another kernel", icon=":material/casino:", key=f"{_KEY}_draw", on_click=draw
        )
    return st.session_state[f"{_KEY}_seed"], min(max(rate, RATES[0]), RATES[1])


def _kernel(seed: int) -> Float64Array:
    return np.random.default_rng(seed).normal(size=BILINEAR.shape)


@st.cache_data(max_entries=64, show_spinner=False)
def _step(seed: int, rate: float) -> Step:
    return gradient_descent.step(X, _kernel(seed), TARGET, rate, stride=STRIDE, padding=PADDING)


@st.cache_data(max_entries=64, show_spinner=False)
def _run(seed: int, rate: float) -> Run:
    options = {"stride": STRIDE, "padding": PADDING}
    return gradient_descent.train(X, _kernel(seed), TARGET, rate, steps=STEPS, **options)


@st.cache_data(max_entries=64, show_spinner=False)
def _against_tensorflow(seed: int, rate: float) -> tuple[float, float]:
    """Return how far the forward numbers and the gradients are from TensorFlow's."""
    taken, kernel = _step(seed, rate), _kernel(seed)
    output = transposed_convolution_tf(X, kernel, STRIDE, PADDING)
    kernel_gradient, input_gradient = gradients_tf(
        X, kernel, TARGET, stride=STRIDE, padding=PADDING
    )
    backward = max(
        np.abs(taken.kernel_gradient - kernel_gradient).max(),
        np.abs(taken.input_gradient - input_gradient).max(),
    )
    return float(np.abs(taken.output - output).max()), float(backward)


def _say_agreement(forward: float, backward: float) -> str:
    """Return how well both agree, in Markdown.

    Examples
    --------
    >>> _say_agreement(0.0, 2.2e-16)
    ':green[**✓ Equals TensorFlow**] forward to 0, both gradients to 2.2e-16.'

    """
    told = [f"{value:.1e}" if value else "0" for value in (forward, backward)]
    equal = max(forward, backward) <= TOLERANCE
    verdict = ":green[**✓ Equals TensorFlow**]" if equal else ":red[**✗ Differs from TensorFlow**]"
    return f"{verdict} forward to {told[0]}, both gradients to {told[1]}."


def _forward(kernel: Float64Array, taken: Step) -> "st.delta_generator.DeltaGenerator":
    st.markdown(
        f"**Forward.** Nine cells become 36: stride {STRIDE}, padding {PADDING}. The loss is the "
        rf"mean of the squared errors, $L = \frac1{{36}}\sum e^2$ = **{taken.loss:.4f}**."
    )
    slot = st.empty()
    slot.caption("TensorFlow is being asked.")
    limit = float(max(np.abs(taken.output).max(), np.abs(TARGET).max()))
    _row(
        ("Input x", X[..., 0], theme.INPUT, None),
        ("Kernel k", kernel[..., 0, 0], theme.KERNEL, None),
        ("Output y", taken.output[..., 0], theme.OUTPUT, limit),
        ("Target t", TARGET[..., 0], theme.OUTPUT, limit),
    )
    return slot


def _backward(taken: Step, rate: float) -> None:
    error = taken.error[..., 0]
    terms = gradient_descent.gradient_terms(X[..., 0], error, PLACE, stride=STRIDE, padding=PADDING)
    total = taken.kernel_gradient[PLACE][0, 0]
    written = " + ".join(f"({number(x)})({number(e)})" for x, e in terms)
    st.markdown(
        "**Backward.** Each weight looks at the errors that it had a part in. The one in row "
        f"{PLACE[0]}, column {PLACE[1]}, counted from 0, gets 2/36 × [{written}] "
        f"= **{total:.4f}**.".replace("-", "−")
    )
    st.markdown(
        "**Update.** Take *η* times the gradient off the kernel. The loss goes from "
        f"{taken.loss:.4f} to **{_step_loss(taken):.4f}**."
    )
    _row(
        ("Error e = y − t", error, theme.DIFFERENCE, None),
        ("Gradient on the kernel", taken.kernel_gradient[..., 0, 0], theme.DIFFERENCE, None),
        (f"Kernel − {rate:g} × gradient", taken.kernel[..., 0, 0], theme.KERNEL, None),
        ("Gradient on the input", taken.input_gradient[..., 0], theme.DIFFERENCE, None),
    )
    st.caption(
        "The gradient on the input is what a layer before this one would learn from: it is the "
        "errors, convolved."
    )


def _step_loss(taken: Step) -> float:
    after = gradient_descent.step(X, taken.kernel, TARGET, 0, stride=STRIDE, padding=PADDING)
    return after.loss


def _many(run: Run, rate: float) -> None:
    limit = gradient_descent.largest_rate(X, BILINEAR.shape[:2], STRIDE, PADDING)
    st.markdown(
        f"**{STEPS} steps.** The target is bilinear, so the kernel becomes bilinear, by nothing "
        f"but this step again and again. Above a rate of {limit:.2f} it overshoots, more each time."
    )
    step = st.slider("Step", 0, STEPS, STEPS, key=f"{_KEY}_at", width=480)
    step = min(max(step, 0), STEPS)
    kernel = run.kernels[step][..., 0, 0]
    away = np.abs(kernel - BILINEAR[..., 0, 0]).max()
    columns = st.columns(4)
    with columns[0]:
        chart(losses_figure(run.losses, step, height=240), f"{_KEY}_losses")
    for column, (title, values, name) in zip(
        columns[1:],
        (
            ("Kernel at the start", run.kernels[0][..., 0, 0], "start"),
            (f"After {step} steps", kernel, "now"),
            ("Bilinear", BILINEAR[..., 0, 0], "bilinear"),
        ),
        strict=True,
    ):
        with column:
            chart(cells_figure(values, title, theme.KERNEL, height=240), f"{_KEY}_{name}")
    st.caption(
        f"After {step} steps at rate {rate:g}: loss {run.losses[step]:.1e}, and no weight is "
        f"further than {away:.1e} from bilinear."
    )


def _row(*cells: tuple[str, FloatArray, str, float | None]) -> None:
    for column, (title, values, color, limit) in zip(st.columns(4), cells, strict=True):
        with column:
            key = f"{_KEY}_{title.split(' −')[0].replace(' ', '_').lower()}"
            chart(cells_figure(values, title, color, limit=limit, height=240), key)
