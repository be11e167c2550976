"""Facts of upsampling: what looks alike and is not, and how far it is off."""

import numpy as np

from fcnlib.facts.fact import fact
from fcnlib.facts.samples import FACTORS, MEASURED, SHAPE, difference, normal, spread, uniform
from fcnlib.facts.tolerances import SEEDS, WORDS, Measured, within
from fcnlib.runtime import load
from fcnlib.upsampling import ramp, upsample_skimage
from fcnlib.upsampling.experiment import by_skimage, run_check
from fcnlib.upsampling.settings import CheckSettings


@fact(
    "With scikit-image's default clip=True, a picture in [0.5, 1] comes out different.",
    {"f = 2": "0.21", "f = 3": "0.27", "f = 8": "0.34", "f = 32": "0.36"},
    within(0.03, "random input, and seeds differ by as much"),
    MEASURED + ". The post's ramp contains 0, so it cannot show this",
    seconds=0.2,
)
def clipping() -> Measured:
    """Compare scikit-image with itself, clipped and not."""
    image = uniform(3, low=0.5)
    return {
        f"f = {factor}": float(
            np.abs(
                upsample_skimage(factor, image, clip=True) - upsample_skimage(factor, image)
            ).max()
        )
        for factor in (2, 3, 8, 32)
    }


@fact(
    "rescale without channel_axis enlarges the channels too, as the post's call does today: "
    "(3, 3, 3) at factor 3.",
    {"": "(9, 9, 9)"},
    WORDS,
    MEASURED,
)
def channels_grow() -> Measured:
    """Enlarge the post's ramp without telling which axis holds the channels."""
    return {"": str(by_skimage(CheckSettings(3, channel_axis=False), ramp()).shape)}


@fact(
    "np.allclose with its own tolerances calls float32 results different for most factors; "
    "rtol 1e-5 with atol 1e-6 calls none so. Near zero, errors of 1e-7 are rounding.",
    {"numpy's tolerances": "most fail", "rtol 1e-5, atol 1e-6": "none fails"},
    WORDS,
    MEASURED,
    seconds=0.3,
    tensorflow=True,
)
def tolerances() -> Measured:
    """Ask for every factor, with both tolerances."""
    image = normal(3)
    measured = {}
    for label, name in {"numpy's tolerances": "numpy", "rtol 1e-5, atol 1e-6": "ours"}.items():
        found = [run_check(CheckSettings(factor, tolerances=name), image) for factor in FACTORS]
        failed = sum(not (one.agreement and one.agreement.verdict) for one in found)
        share = "most" if failed > len(FACTORS) / 2 else "some" if failed else "none"
        verb = "fail" if failed else "fails"
        measured[label] = f"{share} {verb}: {failed} of {len(FACTORS)} factors"
    return measured


@fact(
    "TensorFlow 1's resize_bilinear, by default and with align_corners, is something else: "
    "largest difference from half-pixel centers, from factor to factor.",
    {
        "default, least": "0.40",
        "default, greatest": "0.62",
        "align_corners, least": "0.22",
        "align_corners, greatest": "0.40",
    },
    SEEDS,
    MEASURED + ", random [0, 1]",
    seconds=1,
    tensorflow=True,
)
def tensorflow_1_resizing() -> Measured:
    """Take the factors 2, 3, 4 and 8 on 12 × 16 px of random colors."""

    def trial(seed: int) -> dict[str, float]:
        image, found = uniform(3, seed), {}
        for label, layer in {"default": "tf1", "align_corners": "align_corners"}.items():
            settings = [CheckSettings(factor, mode="edge", layer=layer) for factor in (2, 3, 4, 8)]
            differences = [difference(setting, image) for setting in settings]
            found[f"{label}, least"] = min(differences)
            found[f"{label}, greatest"] = max(differences)
        return found

    return spread(trial)


@fact(
    "A kernel of 2f instead of 2f − f mod 2 weights is half a pixel off at odd f: largest "
    "difference away from the border.",
    {"f = 3": "0.25", "f = 5": "0.16"},
    SEEDS,
    MEASURED,
    seconds=0.5,
    tensorflow=True,
)
def kernel_too_wide() -> Measured:
    """Compare with scikit-image on 12 × 16 px of random gray in [0, 1]."""

    def trial(seed: int) -> dict[str, float]:
        found = {}
        for factor in (3, 5):
            setting = CheckSettings(factor, "float64", kernel="double")
            found[f"f = {factor}"] = run_check(setting, uniform(1, seed)).inside or 0.0
        return found

    return spread(trial)


@fact(
    "'Bicubic' is two kernels: TensorFlow's against scikit-image's order 3, from factor to factor.",
    {"least": "0.14", "greatest": "0.16"},
    SEEDS,
    MEASURED,
    seconds=1,
    tensorflow=True,
)
def bicubic() -> Measured:
    """Take the factors 2, 3, 4 and 8 on 12 × 16 px of random colors."""
    from skimage.transform import rescale

    tf = load().tf

    def trial(seed: int) -> dict[str, float]:
        image, found = uniform(3, seed), []
        for factor in (2, 3, 4, 8):
            size = [factor * side for side in SHAPE]
            ours = tf.image.resize(image, size, method="bicubic").numpy()
            cubic = rescale(image, factor, order=3, mode="edge", clip=False, channel_axis=-1)
            found.append(float(np.abs(ours - cubic).max()))
        return {"least": min(found), "greatest": max(found)}

    return spread(trial)


FACTS = (
    clipping,
    channels_grow,
    tolerances,
    tensorflow_1_resizing,
    kernel_too_wide,
    bicubic,
)
