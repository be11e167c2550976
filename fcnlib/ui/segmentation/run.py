"""The Segmentation page: choosing a network and a picture, and running one on the other."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import streamlit as st

from fcnlib import scenes, segmentation
from fcnlib.images.preprocessing import fit_long_side
from fcnlib.jobs import Job
from fcnlib.networks import built_in
from fcnlib.segmentation import comparison
from fcnlib.typing import LabelMap, Report
from fcnlib.ui import pictures
from fcnlib.ui.jobs import queue, show_progress, submit
from fcnlib.ui.loaded_networks import loaded_networks
from fcnlib.ui.pictures import Picture
from fcnlib.ui.segmentation import weights
from fcnlib.ui.segmentation.confidence import show_confidence
from fcnlib.ui.segmentation.maps import show_maps
from fcnlib.ui.segmentation.precision import choose_precision, show_effect
from fcnlib.ui.segmentation.street import show_street

NETWORKS = {"built_in": "Built-in FCN", "vgg_16": "VGG-16 (ImageNet)"}
SOURCES = {"scene": "Drawn street", "address": "Address", "upload": "Your file", "sample": "Sample"}
LONG_SIDES = (512, 768, 1024)
WHOLE = 0
"""Stands for a picture's own size."""
JOB = "segmentation_job"
SEED = "segmentation_seed"
FIRST_SEED = scenes.TEST_SEEDS[10]


class Choice(NamedTuple):
    """What the visitor wants segmented.

    Attributes
    ----------
    get : callable
        Returns the picture, fetching it if need be, or None.
    ready : bool
        Whether `get` has it without fetching.
    truth : ndarray of shape (H, W) or None
        The true classes of a drawn scene.

    """

    get: Callable[[], Picture | None]
    ready: bool
    truth: LabelMap | None = None


class Request(NamedTuple):
    """What is asked of a network: a picture, scaled to a long side, in a number format."""

    network: str
    picture: Picture
    truth: LabelMap | None
    long_side: int
    precision: str = "float32"

    @property
    def key(self) -> tuple[str, str, int, str]:
        """What tells this request from all others."""
        return self.network, self.picture.digest, self.long_side, self.precision


def choose_network() -> str:
    """Let the visitor choose a network; return its key in `NETWORKS`."""
    chosen = st.segmented_control(
        "Network",
        list(NETWORKS),
        default="built_in",
        required=True,
        format_func=NETWORKS.__getitem__,
        key="segmentation_network",
        bind="query-params",
    )
    return chosen or "built_in"


def run(network: str) -> None:
    """Let the visitor choose a picture, have it segmented, and show the result."""
    weights_here = network == "built_in" or weights.ready("segmentation")
    choice, long_side = _choose_picture(network)
    precision = choose_precision() if network == "vgg_16" else "float32"
    # The built-in network takes a moment, so it need not be asked where the picture is at hand.
    at_once = network == "built_in" and choice.ready
    asked = not at_once and st.button(
        "Segment",
        type="primary",
        icon=":material/play_arrow:",
        disabled=not weights_here or not (choice.ready or _is_address()),
        key="segmentation_run",
    )
    if (at_once or asked) and (picture := choice.get()):
        request = Request(network, picture, choice.truth, long_side, precision)
        _submit(request, again=asked)
    job = st.session_state.get(JOB)
    if job is None or job.key[0] != network:
        return
    if show_progress(queue("inference"), job, "segmentation"):
        _show(job)


def _choose_picture(network: str) -> tuple[Choice, int]:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        source = st.segmented_control(
            "Picture",
            list(SOURCES),
            default="scene",
            required=True,
            format_func=SOURCES.__getitem__,
            key="segmentation_source",
        )
        if source == "scene":
            st.button(
                "Another street",
                icon=":material/casino:",
                key="segmentation_another",
                on_click=_next_scene,
            )
            return _scene(), max(scenes.SIZE)
        # The built-in network's scores are as large as the picture, in three heads.
        sides = (*LONG_SIDES, WHOLE) if network == "vgg_16" else LONG_SIDES
        long_side = st.selectbox(
            "Long side at most",
            sides,
            index=LONG_SIDES.index(1024),
            format_func=lambda side: f"{side} px" if side else "As it is",
            key="segmentation_long_side",
            width=160,
            help="A larger picture is scaled down first, a smaller one is left as it is. Twelve "
            "megapixels as they are take 15 times as long as 1024 px.",
        )
    return _choice(source or "address"), WHOLE if long_side == WHOLE else int(long_side or 1024)


def _choice(source: str) -> Choice:
    """Show the widgets of a source."""
    if source == "address":
        url = pictures.address("segmentation")
        return Choice(lambda: pictures.from_address(url), ready=False)
    if source == "upload":
        picture = pictures.from_upload("segmentation")
    else:
        picture = pictures.from_sample("segmentation")
    return Choice(lambda: picture, ready=picture is not None)


def _is_address() -> bool:
    return st.session_state.get("segmentation_source") == "address"


def first_street() -> Callable[[], object]:
    """Return what asks for the first street's maps, so that they await the first visitor."""
    picture, truth = _street(FIRST_SEED)
    jobs, side = queue("inference"), max(scenes.SIZE)
    request = Request("built_in", picture, truth, side)
    return lambda: jobs.submit(request.key, _work(request), "first street")


def _scene() -> Choice:
    picture, truth = _street(st.session_state.setdefault(SEED, FIRST_SEED))
    return Choice(lambda: picture, ready=True, truth=truth)


def _street(seed: int) -> tuple[Picture, LabelMap]:
    scene = scenes.scene(seed)
    return Picture(f"Street {seed}", f"scene:{seed}", scene.picture), scene.labels


def _next_scene() -> None:
    """Go on through the test scenes, none of which the network was trained on."""
    test = scenes.TEST_SEEDS
    st.session_state[SEED] = test[(test.index(st.session_state[SEED]) + 1) % len(test)]


def _submit(request: Request, *, again: bool) -> None:
    """Ask for a picture's segmentation unless this visitor's last job was just that."""
    last = st.session_state.get(JOB)
    if last is not None and last.key == request.key and not again:
        return
    submit("inference", request.key, _work(request), JOB)


def _work(request: Request) -> Callable[[Report], Any]:
    image = request.picture.image
    if request.long_side:
        image = fit_long_side(image, request.long_side)
    loaded = loaded_networks()
    if request.network == "vgg_16":

        def segment(report: Report) -> segmentation.Segmentation:
            network = loaded.vgg_16(request.precision, report)
            result = segmentation.segment(image, network, report)
            return replace(result, original_size=request.picture.image.shape[:2])

        return segment

    def compare(report: Report) -> comparison.Comparison:
        report(0.0, "Loading the three heads")
        three = {head: loaded.built_in(head) for head in built_in.NAMES}
        return comparison.compare_heads(three, image, request.truth, report)

    return compare


def _show(job: Job) -> None:
    result = job.result
    if isinstance(result, comparison.Comparison):
        show_street(result)
        return
    st.caption(_how(result))
    show_maps(result, "segmentation")
    show_confidence(result, job.key)
    show_effect(result, job.key)


def _how(result: segmentation.Segmentation) -> str:
    """Say what was done to the picture and in which numbers the network computed."""
    sizes = [f"{h} × {w} px" for h, w in (result.original_size or (0, 0), result.label_map.shape)]
    scaled = f"scaled from {sizes[0]} to {sizes[1]}" if sizes[0] != sizes[1] else "as it is"
    parts = f", the early layers in {result.strips} strips" if result.strips > 1 else ""
    return f"The picture {scaled}; computed in {result.precision}{parts}."
