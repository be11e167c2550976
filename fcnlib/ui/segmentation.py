"""The Segmentation page: choosing a network and a picture, and running one on the other."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, NamedTuple

import streamlit as st

from fcnlib import built_in, heads, networks, scenes, segmentation
from fcnlib.errors import BusyError
from fcnlib.networks import Network
from fcnlib.preprocessing import fit_long_side
from fcnlib.typing import LabelMap, Report
from fcnlib.ui import maps, pictures, street, weights
from fcnlib.ui.layout import show_error
from fcnlib.ui.pictures import Picture
from fcnlib.ui.work import follow, queue, visitor

NETWORKS = {"built_in": "Built-in FCN", "vgg_16": "VGG-16 (ImageNet)"}
SOURCES = {"scene": "Drawn street", "address": "Address", "upload": "Your file", "sample": "Sample"}
LONG_SIDES = (512, 768, 1024)
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
    choice, long_side = _choose_picture()
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
        _submit(network, picture, choice.truth, long_side, again=asked)
    job = st.session_state.get(JOB)
    if job is None or job.key[0] != network:
        return
    if follow(queue("inference"), job, "segmentation"):
        _show(network, job.result)


def _choose_picture() -> tuple[Choice, int]:
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
        long_side = st.selectbox(
            "Long side at most",
            LONG_SIDES,
            index=len(LONG_SIDES) - 1,
            format_func="{} px".format,
            key="segmentation_long_side",
            width=160,
            help="A larger picture is scaled down first, a smaller one is left as it is.",
        )
    return _choice(source or "address"), int(long_side or LONG_SIDES[-1])


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
    work = _work("built_in", picture, truth, side)
    return lambda: jobs.submit(("built_in", picture.digest, side), work, "first street")


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


def _submit(
    network: str, picture: Picture, truth: LabelMap | None, long_side: int, *, again: bool
) -> None:
    """Ask for a picture's segmentation unless this visitor's last job was just that."""
    key = (network, picture.digest, long_side)
    last = st.session_state.get(JOB)
    if last is not None and last.key == key and not again:
        return
    try:
        work = _work(network, picture, truth, long_side)
        st.session_state[JOB] = queue("inference").submit(key, work, visitor())
    except BusyError as error:
        show_error(error)


def _work(
    network: str, picture: Picture, truth: LabelMap | None, long_side: int
) -> Callable[[Report], Any]:
    image = fit_long_side(picture.image, long_side)
    shelf = loaded()
    if network == "vgg_16":
        return lambda report: segmentation.segment(
            shelf.get("vgg_16", lambda: networks.vgg_16(None, report)), image, report
        )

    def compare(report: Report) -> heads.Comparison:
        report(0.0, "Loading the three heads")
        three = {
            head: shelf.get(head, lambda head=head: built_in.network(head))  # type: ignore[misc]
            for head in built_in.NAMES
        }
        return heads.compare_heads(three, image, truth, report)

    return compare


def _show(network: str, result: Any) -> None:
    if network == "vgg_16":
        maps.show(result, "segmentation")
    else:
        street.show(result)


class _Shelf:
    """Networks by name, each loaded by the first job that needs it and kept."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._networks: dict[Hashable, Network] = {}

    def get(self, name: str, load: Callable[[], Network]) -> Network:
        with self._lock:
            if name not in self._networks:
                self._networks[name] = load()
            return self._networks[name]


@st.cache_resource(show_spinner=False)
def loaded() -> _Shelf:
    """Return what holds the networks for all visitors of this process."""
    return _Shelf()
