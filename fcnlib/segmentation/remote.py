"""The task ``segment`` on another machine: its request and its result as bytes.

The caller scales the picture down first, so that it sends only the pixels that the network gets.
The answer contains the label map, the coarse scores and their description. It does not contain the
picture, which the caller adds to the result.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from fcnlib.engine.packing import bad_message, pack, unpack
from fcnlib.engine.tasks import Remote
from fcnlib.images import MAX_PIXELS, as_rgb8, fit_long_side
from fcnlib.networks import precision as formats
from fcnlib.networks import shipped
from fcnlib.segmentation.pipeline import Segmentation
from fcnlib.segmentation.tasks import segment_photograph
from fcnlib.typing import RGBImage

_PLAIN = ("network", "coarse_factor", "upsampling", "seconds", "precision", "strips")
_TUPLES = ("class_names", "padding", "input_size")
_ARRAYS = ("coarse_logits", "coarse_map", "label_map", "palette")
_SUM = "sums/"


def prepare(picture: RGBImage, name: str, precision: str, long_side: int) -> Remote:
    """Return the request for another machine; the parameters are those of `segment_photograph`."""
    scaled = fit_long_side(picture, long_side) if long_side else as_rgb8(picture)
    # The other machine's processor might prefer another number format.
    values = {"precision": formats.choose(precision)}
    return Remote(name, pack(values, {"picture": scaled}), partial(result, scaled))


def answer(name: str, request: bytes) -> bytes:
    """Compute what a request asks for with the network `name`, which stays loaded.

    Raises
    ------
    EngineError
        ``bad_message`` if the request is not one that `prepare` makes.
    WeightsError
        If the network's weights are missing or damaged.

    """
    values, arrays = unpack(request)
    precision, picture = values.get("precision"), arrays.get("picture")
    if precision not in formats.FORMATS:
        msg = f"precision must be one of {', '.join(formats.FORMATS)}"
        raise bad_message(msg)
    if picture is None or picture.dtype != np.uint8 or not _is_picture(picture.shape):
        msg = f"there is no RGB picture of 1 to {MAX_PIXELS} pixels in it"
        raise bad_message(msg)
    found = segment_photograph(picture, name, precision, 0)
    plain = {name: getattr(found, name) for name in (*_PLAIN, *_TUPLES)}
    plain["seconds"] = dict(found.seconds)
    big = {name: getattr(found, name) for name in _ARRAYS if getattr(found, name) is not None}
    return pack(plain, big | {_SUM + layer: sums for layer, sums in found.sums.items()})


def result(picture: RGBImage, body: bytes) -> Segmentation:
    """Return the result that `answer` packed, for the picture that was sent.

    Raises
    ------
    EngineError
        ``bad_message`` if it is not a result for this picture.

    """
    values, arrays = unpack(body)
    sums = {
        name.removeprefix(_SUM): array for name, array in arrays.items() if name.startswith(_SUM)
    }
    try:
        return _segmentation(picture, values, arrays, sums)
    except (KeyError, TypeError, ValueError) as error:
        msg = f"the result is not complete ({str(error)[:100]})"
        raise bad_message(msg) from error


def preload(name: str) -> None:
    """Load a network and run it once, so that the first request finds it ready.

    VGG-16 is loaded by its first request, which also chooses its number format.
    """
    if name != "vgg_16":
        segment_photograph(np.zeros((64, 64, 3), np.uint8), name, "float32", 0)


def largest_request() -> int:
    """Return the size in bytes of a request with the largest picture that fcnlib decodes."""
    return 3 * MAX_PIXELS + 4096


def names() -> tuple[str, ...]:
    """Return the names of the networks."""
    return tuple(shipped.NETWORKS)


def _segmentation(
    picture: RGBImage, values: Mapping[str, Any], arrays: Mapping[str, Any], sums: Mapping[str, Any]
) -> Segmentation:
    fields = {name: values[name] for name in _PLAIN}
    fields |= {name: tuple(values[name]) for name in _TUPLES}
    fields |= {name: arrays[name] for name in _ARRAYS[:3]}
    found = Segmentation(picture=picture, sums=sums, palette=arrays.get("palette"), **fields)
    cells, height_width = found.coarse_logits.shape, picture.shape[:2]
    if found.label_map.shape != height_width or cells[:2] != found.coarse_map.shape:
        msg = f"maps of {found.label_map.shape} and {found.coarse_map.shape}"
        raise ValueError(msg)
    if cells[2:] != (len(found.class_names),):
        msg = f"scores of {cells}"
        raise ValueError(msg)
    return replace(found, seconds={str(k): float(v) for k, v in dict(found.seconds).items()})


def _is_picture(shape: tuple[int, ...]) -> bool:
    return len(shape) == 3 and shape[2] == 3 and 0 < shape[0] * shape[1] <= MAX_PIXELS
