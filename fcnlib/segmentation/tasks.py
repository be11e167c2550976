"""What the app asks networks to compute, as functions that an engine can run by name.

The networks stay loaded in the process that runs them, see `fcnlib.networks.shipped.loaded`.
"""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from fcnlib import images, scenes
from fcnlib.errors import WeightsError
from fcnlib.images.preprocessing import fit_long_side
from fcnlib.networks import built_in, deeplab, model_folder, selfie_segmentation, shipped
from fcnlib.networks.cost import multiply_adds, num_parameters, peak_memory
from fcnlib.segmentation import last_layer
from fcnlib.segmentation.comparison import Comparison, compare_heads
from fcnlib.segmentation.pipeline import Segmentation, segment
from fcnlib.typing import Float32Array, LabelMap, Report, RGBImage, part, silent


class Cost(NamedTuple):
    """What a network costs for one picture.

    Attributes
    ----------
    parameters : int
        Number of its weights.
    multiply_adds : int
        Multiplications with addition in its convolutions.
    memory : int
        Largest memory of its layers during a run, in bytes.

    """

    parameters: int
    multiply_adds: int
    memory: int


class LastLayers(NamedTuple):
    """Label maps of DeepLab and masks of the selfie segmentation, by last layer."""

    label_maps: dict[str, LabelMap]
    masks: dict[str, Float32Array]


def segment_photograph(
    picture: RGBImage, name: str, precision: str, long_side: int, report: Report = silent
) -> Segmentation:
    """Scale a picture so that its long side is at most `long_side`, and segment it.

    Parameters
    ----------
    picture : ndarray of shape (H, W, 3), uint8
        RGB.
    name : str
        A key of `shipped.NETWORKS`.
    precision : str
        Number format of VGG-16.
    long_side : int
        In pixels. 0 leaves the picture as it is.
    report : callable, optional
        Called with (fraction, text).

    """
    report(0.0, f"Loading {shipped.NETWORKS[name].title}")
    network = shipped.loaded(name, precision, report)
    return segment(fit_long_side(picture, long_side) if long_side else picture, network, report)


def segment_with_uploads(
    picture: RGBImage, files: Sequence[bytes], report: Report = silent
) -> list[Segmentation]:
    """Segment a picture with each of some networks that a visitor trained.

    Parameters
    ----------
    picture : ndarray of shape (H, W, 3), uint8
        RGB. It is scaled to the size that each network was trained on.
    files : sequence of bytes
        ZIP files, see `model_folder.unpack`.
    report : callable, optional
        Called with (fraction, text).

    Returns
    -------
    results : list of Segmentation
        In the order of the files.

    Raises
    ------
    WeightsError
        If a file is no network, or one that is damaged or too large.

    """
    results = []
    for number, data in enumerate(files, 1):
        own = part(report, (number - 1) / len(files), 1 / len(files))
        try:
            results.append(_segment_with_upload(picture, data, own))
        except WeightsError as error:
            if len(files) == 1:
                raise
            raise WeightsError(error.code, f"File {number}: {error}") from error
    return results


def _segment_with_upload(picture: RGBImage, data: bytes, report: Report) -> Segmentation:
    report(0.0, "Loading your network")
    with TemporaryDirectory() as root:
        folder = Path(root)
        model_folder.unpack(data, folder)
        model = model_folder.read(folder)
        network = model_folder.load(folder, model_folder.MAX_UPLOAD_NBYTES)
    try:
        return segment(fit_long_side(picture, model.long_side), network, report)
    finally:
        network.close()


def segment_street(seed: int, report: Report = silent) -> Comparison:
    """Segment the drawn street of this number with the three heads of the small FCN."""
    report(0.0, "Loading the three heads")
    heads = {head: shipped.loaded(head) for head in built_in.NAMES}
    street = scenes.scene(seed)
    return compare_heads(heads, street.picture, street.labels, report)


def replace_last_layers(sample: str, report: Report = silent) -> LastLayers:
    """Segment a sample with two networks for phones, and replace their last layers."""
    picture = images.sample(sample)
    report(0.0, "DeepLab v3")
    scores = shipped.loaded("voc").scores(deeplab.GRID.fit(picture))
    report(0.5, "Selfie segmentation")
    activations = last_layer.people_activations(shipped.loaded("people"), picture)
    return LastLayers(
        last_layer.voc_label_maps(scores.coarse_logits),
        last_layer.people_masks(activations, selfie_segmentation.last_layer()),
    )


def measure_cost(name: str, precision: str, size: tuple[int, int]) -> Cost:
    """Measure what a network costs for a picture of `size` (rows, columns); runs it once."""
    network = shipped.loaded(name, precision)
    return Cost(num_parameters(network), multiply_adds(network, size), peak_memory(network, size))
