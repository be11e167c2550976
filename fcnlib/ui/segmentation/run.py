"""Running networks as jobs: on a visitor's picture, and on the samples before anyone asks."""

from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from threading import Lock

import streamlit as st

from fcnlib import engine, images
from fcnlib.errors import BusyError
from fcnlib.images import colors
from fcnlib.jobs import Job
from fcnlib.segmentation import Segmentation
from fcnlib.typing import Report, RGBImage, part
from fcnlib.ui.jobs import ask, on_opening, queue
from fcnlib.ui.layout import button
from fcnlib.ui.pictures import FIRST, sample
from fcnlib.ui.segmentation.choices import LONG_SIDES, Request

JOB = "segmentation_job"
KEPT_RESULTS = 24
_RESULTS: OrderedDict[tuple[object, ...], Segmentation] = OrderedDict()
"""The latest results of all visitors, which only the threads of the queue change."""
_LOCK = Lock()
FIRST_NETWORKS = ("imagenet", "voc")
HOME_NETWORKS = ("voc",)
HERE = "segmentation_here"
"""Key in the session state: this visitor's networks run on this machine, not on the cluster."""
NOT_THERE = {"cluster_away", "no_cluster", "wrong_secret", "timeout", "busy"}
"""Codes of errors of a cluster after which this machine can compute instead."""


def start(request: Request) -> None:
    """Start the networks of a request, so that they run while the page shows what needs none."""
    here = bool(st.session_state.get(HERE))
    with suppress(BusyError):  # `run` tries again, and says so
        ask("inference", JOB, key=_key(request, here), work=work(request, here))


def run(request: Request) -> dict[str, Segmentation] | None:
    """Return what each network of a request makes of its picture, by the network's name.

    Until the result is there, the page shows progress or the error, and None is returned.
    """
    here = bool(st.session_state.get(HERE))
    results: dict[str, Segmentation] | None = on_opening(
        "inference", JOB, key=_key(request, here), work=work(request, here)
    )
    error = getattr(st.session_state.get(JOB), "error", None)
    away = engine.is_remote() and not here and getattr(error, "code", "") in NOT_THERE
    if results is None and away:
        button("Compute on this machine instead", "computer", HERE + "_run", _stay_here)
    return results


def sample_request(name: str = FIRST, networks: tuple[str, ...] = FIRST_NETWORKS) -> Request:
    """Return the request that the Segmentation page makes for a sample, if nothing is changed.

    With other `networks`, it is a request of another page. Each network's result is shared.
    """
    return Request(sample(name), networks, max(LONG_SIDES), "float32")


def segment_samples() -> list[Job]:
    """Segment all samples before a visitor asks; return the jobs.

    The first is what Home shows first, the others are what the Segmentation page starts with.
    Each has an owner of its own, since an owner's next job replaces one that waits, and so that a
    visitor's picture waits for one of them at most.
    """
    names = sorted(images.SAMPLES, key=lambda name: name != FIRST)
    requests = [sample_request(networks=HOME_NETWORKS), *map(sample_request, names)]
    return [
        queue("inference").submit(_key(request), work(request), ("ahead", number))
        for number, request in enumerate(requests)
    ]


def work(request: Request, here: bool = False) -> Callable[[Report], dict[str, Segmentation]]:
    """Return the work of a request: scale the picture and run the networks one after another.

    Parameters
    ----------
    request : Request
        The picture and the networks.
    here : bool, optional
        Whether to compute on this machine, also if the engine is a cluster.

    """

    def run_all(report: Report) -> dict[str, Segmentation]:
        results = {}
        share = 1 / len(request.networks)
        for number, name in enumerate(request.networks):
            results[name] = _segmented(request, name, part(report, number * share, share), here)
        return results

    return run_all


def describe(result: Segmentation) -> str:
    """Say how the picture was fitted to the network, and how the network computed."""
    before, picture = result.original_size or result.picture.shape[:2], result.picture.shape[:2]
    seen = result.input_size or picture
    padded = any(result.padding)
    scaled = picture if padded else seen
    steps = [f"scaled from {_size(before)} to {_size(scaled)}"] if scaled != before else []
    steps += [f"padded to {_size(seen)} by repeating its edge"] if padded else []
    bits = 16 if result.precision == "bfloat16" else 32
    strips = f", in {result.strips} strips for the early layers" if result.strips > 1 else ""
    return (
        f"The picture was {' and '.join(steps) or 'not resized'}. Network and upsampling took "
        f"{sum(result.seconds.values()):.2f} s with numbers of {bits} bits ({result.precision})"
        f"{strips}."
    )


def _stay_here() -> None:
    st.session_state[HERE] = True


def _key(request: Request, here: bool = False) -> tuple[object, ...]:
    """Return what distinguishes this request from all others."""
    return request.networks, request.picture.digest, request.long_side, request.precision, here


def _segmented(request: Request, name: str, report: Report, here: bool) -> Segmentation:
    picture = request.picture.image
    key = (name, request.picture.digest, request.long_side, request.precision)

    with _LOCK:
        kept = _RESULTS.get(key)
    if kept is None:
        args = picture, name, request.precision, request.long_side
        result = engine.run("segment", *args, report=report, here=here)
        palette = _object_colors(result) if name == "voc" else result.palette
        kept = replace(result, original_size=picture.shape[:2], palette=palette)
        with _LOCK:
            _RESULTS[key] = kept
            while len(_RESULTS) > KEPT_RESULTS:
                _RESULTS.popitem(last=False)
    return kept


def _object_colors(result: Segmentation) -> RGBImage:
    """Return the first colors of the palette for the largest objects, and gray for the rest.

    VOC's own colors are hard to tell apart on a screen: a cat is #400000 on black.
    """
    objects = [entry.index for entry in result.classes if entry.name != "background"]
    return colors.colors_by_share(objects, len(result.class_names))


def _size(shape: tuple[int, ...]) -> str:
    return f"{shape[0]} × {shape[1]} px"
