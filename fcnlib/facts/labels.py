"""Facts about class maps: the effect of the border and of the order of the steps."""

from fcnlib.class_map import upsampled_argmax
from fcnlib.class_map.softmax import probabilities
from fcnlib.class_map.step_order import compare_orders
from fcnlib.facts.fact import MEASURED, fact
from fcnlib.facts.samples import largest_difference, normal, spread
from fcnlib.facts.tolerances import SEEDS, WORDS, Measured
from fcnlib.upsampling import upsample_skimage


@fact(
    "The confidence, the probability of the best class, depends on whether an upsampling assumes "
    "zeros or repeated cells outside the border. The class map does not.",
    {"class map": "changes nowhere", "confidence": "changes"},
    WORDS,
    MEASURED + " (0 of 329,520 px); follows algebraically for the bilinear kernel",
    seconds=0.5,
)
def border_keeps_labels() -> Measured:
    """Upsample random scores of 7 classes by 2, 3, 8 and 32 with both borders."""
    changed = pixels = 0
    moved = 0.0
    for factor in (2, 3, 8, 32):
        zeros = upsample_skimage(factor, normal(7))
        edges = upsample_skimage(factor, normal(7), mode="edge")
        changed += int((zeros.argmax(-1) != edges.argmax(-1)).sum())
        pixels += zeros[..., 0].size
        confidences = [probabilities(scores).max(-1) for scores in (edges, zeros)]
        moved = max(moved, largest_difference(*confidences))
    return {
        "class map": f"changes {'somewhere' if changed else 'nowhere'}: {changed} of {pixels:,} px",
        "confidence": f"changes: by up to {moved:.2f}" if moved > 1e-9 else "does not change",
    }


@fact(
    "If the best class of each cell is chosen first and the map is then enlarged, the result "
    "differs from enlarging the scores first and then choosing. The number is the share of pixels "
    "that differ, for random scores of 5 classes.",
    {"": "29%"},
    SEEDS,
    MEASURED + "; the number of classes was not recorded",
    seconds=0.3,
)
def order_of_steps() -> Measured:
    """Compare both orders at factor 8 on 12 × 16 cells."""
    return spread(
        lambda seed: {"": 100 * compare_orders(8, normal(5, seed)).differs("argmax_nearest").mean()}
    )


@fact(
    "Upsampled scores can show classes that are not the best class of any cell.",
    {"classes of 100": "some are new"},
    WORDS,
    MEASURED + "; the post's map goes from 40 to 43 classes",
)
def classes_between_cells() -> Measured:
    """Count the classes that are new at factor 8, on 12 × 16 cells of 100 random classes."""
    new = len(compare_orders(8, normal(100)).between)
    return {"classes of 100": f"{'some' if new else 'none'} are new: {new}"}


@fact(
    "Bilinear upsampling by 2 and then by 16 differs from upsampling by 32. Therefore the map "
    "of FCN-16s differs from that of FCN-32s even if its skip connection adds only zeros. The "
    "number is the share of pixels that differ, for random scores of 21 classes.",
    {"": "10.8%"},
    SEEDS,
    MEASURED + " as an upper limit; the number of classes was not recorded",
    seconds=0.4,
)
def two_steps_are_not_one() -> Measured:
    """Compare both on 12 × 16 cells."""

    def trial(seed: int) -> dict[str, float]:
        scores = normal(21, seed)
        once = upsampled_argmax(32, scores)
        twice = upsampled_argmax(16, upsample_skimage(2, scores, mode="edge"))
        return {"": 100 * float((once != twice).mean())}

    return spread(trial)
