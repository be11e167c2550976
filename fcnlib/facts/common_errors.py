"""Facts about common errors in upsampling: settings that look equivalent but are not."""

from fcnlib.facts.fact import MEASURED, fact
from fcnlib.facts.samples import (
    FACTORS,
    SHAPE,
    difference,
    largest_difference,
    normal,
    spread,
    uniform,
)
from fcnlib.facts.tolerances import SEEDS, WORDS, Measured, within
from fcnlib.runtime import load
from fcnlib.upsampling import ramp, upsample_skimage
from fcnlib.upsampling.experiment import by_skimage, run_check
from fcnlib.upsampling.settings import CheckSettings


@fact(
    "scikit-image's default clip=True changes the upsampled image if the input lies in [0.5, 1]. "
    "The numbers are the largest difference from clip=False.",
    {2: "0.21", 3: "0.27", 8: "0.34", 32: "0.36"},
    within(0.03, "the input is random, and other random numbers change it by about as much"),
    MEASURED + ". The post's ramp contains 0, so it cannot show this",
    case="f = {}",
    seconds=0.2,
)
def clipping(factor: int) -> float:
    """Compare scikit-image's result with and without clipping."""
    image = uniform(3, low=0.5)
    clipped = upsample_skimage(factor, image, clip=True)
    return largest_difference(clipped, upsample_skimage(factor, image))


@fact(
    "Without channel_axis, scikit-image's rescale also enlarges the channel axis. With today's "
    "versions, this happens in the code of the post. With factor 3, this is the result's shape for "
    "an image of shape (3, 3, 3).",
    {"": "(9, 9, 9)"},
    WORDS,
)
def channels_grow() -> Measured:
    """Enlarge the post's ramp without saying which axis holds the channels."""
    return {"": str(by_skimage(CheckSettings(3, channel_axis=False), ramp()).shape)}


@fact(
    "np.allclose compares the float32 results of TensorFlow and scikit-image. With NumPy's default "
    "tolerances, it returns False for most factors. With the tolerances of this app, rtol 1e-5 and "
    "atol 1e-6, it returns True for all factors. Near zero, the rounding errors are about 1e-7.",
    {"numpy": "most fail", "ours": "none fails"},
    WORDS,
    case="tolerances: {}",
    seconds=0.3,
    tensorflow=True,
)
def tolerances(name: str) -> str:
    """Compare the results for every factor."""
    checks = [run_check(CheckSettings(factor, tolerances=name), normal(3)) for factor in FACTORS]
    failed = sum(not (check.agreement and check.agreement.verdict) for check in checks)
    share = "most fail" if failed > len(FACTORS) / 2 else "some fail" if failed else "none fails"
    return f"{share}: {failed} of {len(FACTORS)} factors"


@fact(
    "TensorFlow 1's resize_bilinear, both with its defaults and with align_corners, differs from "
    "resizing with half-pixel centers. The largest difference was measured for each of four "
    "factors. The numbers are the least and the greatest of these four values.",
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
    """Compare for factors 2, 3, 4 and 8 on 12 × 16 px of random colors."""

    def trial(seed: int) -> dict[str, float]:
        image, extremes = uniform(3, seed), {}
        for label, layer in {"default": "tf1", "align_corners": "align_corners"}.items():
            settings = [CheckSettings(factor, mode="edge", layer=layer) for factor in (2, 3, 4, 8)]
            differences = [difference(setting, image) for setting in settings]
            extremes[f"{label}, least"] = min(differences)
            extremes[f"{label}, greatest"] = max(differences)
        return extremes

    return spread(trial)


@fact(
    "A kernel of 2f instead of 2f − f mod 2 weights shifts the image by half a pixel if f is odd. "
    "The numbers are the largest difference away from the border.",
    {"f = 3": "0.25", "f = 5": "0.16"},
    SEEDS,
    seconds=0.5,
    tensorflow=True,
)
def kernel_too_wide() -> Measured:
    """Compare with scikit-image on 12 × 16 px of random gray in [0, 1]."""

    def inside(factor: int, seed: int) -> float:
        settings = CheckSettings(factor, "float64", kernel="double")
        return run_check(settings, uniform(1, seed)).inside or 0.0

    return spread(lambda seed: {f"f = {factor}": inside(factor, seed) for factor in (3, 5)})


@fact(
    "Bicubic interpolation uses one kernel in TensorFlow and another in scikit-image (order=3). "
    "The largest difference was measured for each of four factors. The numbers are the least and "
    "the greatest of these four values.",
    {"least": "0.14", "greatest": "0.16"},
    SEEDS,
    seconds=1,
    tensorflow=True,
)
def bicubic() -> Measured:
    """Compare for factors 2, 3, 4 and 8 on 12 × 16 px of random colors."""
    from skimage.transform import rescale

    tf = load().tf

    def trial(seed: int) -> dict[str, float]:
        image, differences = uniform(3, seed), []
        for factor in (2, 3, 4, 8):
            size = [factor * side for side in SHAPE]
            ours = tf.image.resize(image, size, method="bicubic").numpy()
            cubic = rescale(image, factor, order=3, mode="edge", clip=False, channel_axis=-1)
            differences.append(largest_difference(ours, cubic))
        return {"least": min(differences), "greatest": max(differences)}

    return spread(trial)
