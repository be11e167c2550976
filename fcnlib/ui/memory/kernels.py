"""What the kernel of the enlarging layer stores: dense, depthwise and separable."""

import numpy as np
import streamlit as st

from fcnlib.class_map.memory import PICTURE, requirements
from fcnlib.kernels.bilinear import bilinear_upsample_weights, get_kernel_size, upsample_filt
from fcnlib.plots.arrays import kernel_heatmap_figure
from fcnlib.plots.memory import growth_figure, kernel_grid_figure, linear_memory_figure
from fcnlib.plots.pruning import size
from fcnlib.runtime import machine_nbytes
from fcnlib.transposed_convolution.definition import transposed_convolution
from fcnlib.transposed_convolution.depthwise import enlarged
from fcnlib.ui import scripts
from fcnlib.ui.layout import chart, choose_one, drawn
from fcnlib.ui.rows import wrapping_columns
from fcnlib.ui.story import predict, so, step

CLASSES = (21, 100, 400, 1000)
FACTOR, MANY = 32, 1000
_SIDE = get_kernel_size(FACTOR)
_DRAWN, _SMALL = 6, 4
"""Classes and factor of the kernels that are drawn."""


def show_opening() -> None:
    """Show the memory of the first and the last method for 1000 classes on a linear scale."""
    # The methods between them would answer the question of step 2.
    plan = {method: requirements(FACTOR, MANY)[method] for method in ("dense", "exact")}
    dense, exact = plan["dense"], plan["exact"]
    with step("memory_opening"):
        st.markdown(
            f"The post's network, VGG-16, gives each cell a score for each of {MANY:,} "
            f"**classes**. The post enlarges these scores by {FACTOR} with a **transposed "
            "convolution**, a layer, so that each pixel can take the class with the best score. "
            f"The kernel of this layer takes {size(dense.kernel)}, and its output "
            f"{size(dense.activations)} more. But {size(exact.total)} are enough to compute the "
            "same map of classes."
        )
        title = f"Memory for {PICTURE[0]} × {PICTURE[1]} pixels, linear scale"
        chart(
            drawn(linear_memory_figure, plan, title, height=165),
            "memory_bars",
            alt="; ".join(f"{method}: {size(need.total)}" for method, need in plan.items()),
        )
        st.caption(
            "The number at a bar is the sum of its kernel and its output. 1 GB is 10⁹ bytes. The "
            "exact map's bar counts the map, the scores of the cells, and temporary arrays. The "
            "bar is thinner than a pixel. Steps 2 to 4 show why so little memory is enough."
        )


def show_pairs() -> None:
    """Show the dense kernel as a grid of kernels, and how it grows with the classes."""
    with step("memory_pairs", "One kernel for every pair of classes", 1):
        st.markdown(
            "A **dense kernel** connects every class to every class, so it has one small kernel "
            "per pair. Enlarging must not mix classes, so only the kernels from a class to itself "
            "are not zero. The zeros take memory all the same. Choose 100 classes, then 1,000: ten "
            "times the classes take 100 times the memory."
        )
        control, left, right = wrapping_columns("memory_pairs_row", (5, 5, 6))
        with control:
            classes = choose_one(
                "Classes", CLASSES, MANY, "memory_classes", in_address=True, wrap=True
            )
            scripts.note(CLASSES=classes)
            st.markdown(
                f"To enlarge by {FACTOR}, a kernel has {_SIDE} × {_SIDE} weights of 4 bytes. "
                f"{classes:,} × {classes:,} kernels take "
                f"**{size(requirements(FACTOR, classes)['dense'].kernel)}**. TensorFlow needs more "
                "while it computes (see the last “Go deeper”)."
            )
        with left:
            weights = bilinear_upsample_weights(_SMALL, _DRAWN)
            title = f"An example with {_DRAWN} classes"
            chart(
                drawn(kernel_grid_figure, weights, title, height=270),
                "memory_grid",
                alt="A grid of kernels by class; only those on the diagonal are not zero",
            )
        with right:
            counts = sorted({*range(0, 1001, 50), *CLASSES} - {0})
            sizes = {
                method: [requirements(FACTOR, count)[method].kernel for count in counts]
                for method in ("dense",)
            }
            title = "Memory of the kernel, linear scale"
            figure = drawn(
                growth_figure, counts, sizes, classes, machine_nbytes(), title, height=270
            )
            chart(figure, "memory_growth", alt="Memory by number of classes")
        so(
            f"{classes:,} classes need {classes**2:,} kernels, and {classes**2 - classes:,} of "
            "them hold only zeros."
        )


_SHARES = {"half": "8.2 GB, half", "tenth": "1.6 GB, a tenth", "thousandth": "16 MB, a thousandth"}


def show_depthwise() -> None:
    """Show the kernels that remain, and that they give the same scores."""
    with step("memory_depthwise", "Keep only the diagonal: depthwise", 2):
        st.markdown(
            "A **depthwise** layer applies each kernel to one class by itself. It stores only the "
            "kernels from a class to itself."
        )
        control, place = wrapping_columns("memory_depthwise_row", (5, 6))
        with control:
            known = predict(
                "memory_share",
                f"the dense kernel for {MANY:,} classes takes {size(_kernel('dense'))}. How much "
                "do the kernels on the diagonal take?",
                _SHARES,
                _share,
            )
        weights = np.repeat(upsample_filt(get_kernel_size(_SMALL))[..., None, None], _DRAWN, 3)
        title = f"{_DRAWN} classes: {_DRAWN} kernels"
        with place:
            figure = drawn(kernel_grid_figure, weights, title, height=560, by_pair=False)
            chart(figure, "memory_diagonal", alt="One kernel for each of six classes")
            if known:
                st.markdown(
                    f"On {_DRAWN} classes of random scores, both layers give the same enlarged "
                    "scores. They differ by rounding only.",
                    help=f"Largest difference: {depthwise_difference():.0e}",
                )
        so("a kernel per class is enough. The zeros never changed a score.")


def depthwise_difference() -> float:
    """Return the largest difference of a dense and a depthwise layer on small random scores."""
    scores = np.random.default_rng(0).standard_normal((3, 5, _DRAWN))
    dense = bilinear_upsample_weights(_SMALL, _DRAWN).astype(float)
    cut = (get_kernel_size(_SMALL) - _SMALL) // 2
    full = transposed_convolution(scores, dense, _SMALL, cut)
    kernel = np.repeat(upsample_filt(get_kernel_size(_SMALL))[..., None], _DRAWN, 2)
    return float(np.abs(full - enlarged(_SMALL, kernel, scores)).max())


def show_separable() -> None:
    """Show that the kernel is the product of a column and a row."""
    with step("memory_separable", "A column times a row: separable", 3):
        st.markdown(
            "All classes have the same kernel, and it is **separable**: weight = row "
            "weight × column weight. So enlarge along the columns first, then along the rows."
        )
        control, column, row, product = wrapping_columns("memory_separable_row", (3, 2, 4, 4), 110)
        with control:
            factor = choose_one("Factor", (2, 3, 4), 2, "memory_factor", in_address=True)
            scripts.note(FACTOR=factor)
            kernel = upsample_filt(get_kernel_size(factor))
            triangle = np.sqrt(np.diag(kernel))
            off = float(np.abs(np.outer(triangle, triangle) - kernel).max())
            rounding = f" up to {off:.0e}, which is rounding" if off else " exactly"
            unit = 2 * factor if factor % 2 == 0 else factor
            first, last = (round(unit * float(triangle[at])) for at in (0, factor - 1))
            st.markdown(
                f"Column times row is the kernel{rounding}. For example, in the first row: "
                f"{first}/{unit} × {last}/{unit} = {first * last}/{unit**2}."
            )
        with column:
            figure = drawn(kernel_heatmap_figure, triangle[:, None], "Column", height=215)
            chart(figure, "memory_column", alt="Weights of the rows")
        with row:
            figure = drawn(kernel_heatmap_figure, triangle[None], "Row", height=215)
            chart(figure, "memory_row", alt="Weights of the columns")
        with product:
            figure = drawn(kernel_heatmap_figure, kernel, "Kernel", height=215)
            chart(
                figure,
                "memory_product",
                alt="Each weight is one of the column times one of the row",
            )
        so(
            f"two lists of {get_kernel_size(FACTOR)} numbers, {size(_kernel('separable'))}, are "
            f"enough to enlarge {MANY:,} classes by {FACTOR}."
        )


def _kernel(method: str) -> int:
    return requirements(FACTOR, MANY)[method].kernel


def _share() -> tuple[str, str]:
    ratio = _kernel("dense") // _kernel("depthwise")
    right = min(
        {"half": 2, "tenth": 10, "thousandth": 1000}.items(), key=lambda item: abs(item[1] - ratio)
    )
    return right[0], (
        f"Each of the {MANY:,} classes keeps one of its {MANY:,} kernels: "
        f"{size(_kernel('dense'))} / {ratio:,} = {size(_kernel('depthwise'))}."
    )
