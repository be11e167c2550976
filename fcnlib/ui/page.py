"""The list of pages, and what every page begins and ends with.

Importing this module starts the engine. In `fcnlib.ui`, only `home` imports it, because the home
page links to the other pages.
"""

import gc
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st
from streamlit.errors import StreamlitAPIException

from fcnlib import engine
from fcnlib.ui import address, glossary, hosting, scripts, story
from fcnlib.ui.components import component
from fcnlib.ui.jobs import served

ICON = Path(__file__).parents[1] / "data" / "icon.png"
STYLE = Path(__file__).parent / "components" / "reader" / "page.css"

SWITCH_SECONDS = 0.0005  # Python's own is ten times as long

GARBAGE = 4000, 10, 10
"""Objects, and smaller searches, before each search for garbage. The first is Python's 700.

With 20 visitors, the searches take half of the time that they take with 700. Those through all
objects, in which the server answers nobody for 0.1 to 0.2 s, take place once a minute instead of
once in ten seconds.
"""

_reader = component("reader")
_save = component("save")


@st.cache_resource(show_spinner=False)
def _engines() -> list[engine.Engine]:
    """Return the engine that was started last, in a list that a reload of the code leaves alone."""
    return []


def _start_engine() -> None:
    """Start the engine, and end the one that runs the code from before a reload."""
    earlier, current = _engines(), engine.use("local")
    if earlier and earlier[0] is not current:
        # A script that still runs the old code must not start another worker.
        earlier[0].retire()
    earlier[:] = [current]


# The thread that answers all browsers waits so long for each thread that runs a page.
sys.setswitchinterval(SWITCH_SECONDS)
gc.set_threshold(*GARBAGE)

# Pages import this module first, so that a worker loads TensorFlow while they import the rest.
_start_engine()


class Page(NamedTuple):
    """A page of the app.

    Attributes
    ----------
    title : str
        Its name in the menu and in the browser's tab.
    icon : str
        A Material icon, by Streamlit's short code.
    question : str
        The question that the page answers, which is its heading.
    minutes : int
        About how long it takes to read it and to try its controls; 0 for a page to look things up.

    """

    title: str
    icon: str
    question: str
    minutes: int = 0


PAGES = {
    "app.py": Page("Home", ":material/route:", "How does a network color every pixel?", 3),
    "pages/kernels.py": Page(
        "Kernels", ":material/show_chart:", "How do you draw a curve through a few points?", 7
    ),
    "pages/upsampling.py": Page(
        "Upsampling",
        ":material/zoom_in:",
        "Is a layer the same as bilinear interpolation?",
        6,
    ),
    "pages/transposed_convolution.py": Page(
        "Transposed convolution", ":material/grid_on:", "What does a transposed convolution do?", 8
    ),
    "pages/why_a_layer.py": Page(
        "Why a layer", ":material/layers:", "Why must upsampling be a layer?", 5
    ),
    "pages/network.py": Page(
        "The network", ":material/account_tree:", "Why is the answer so coarse?", 6
    ),
    "pages/segmentation.py": Page(
        "Segmentation", ":material/palette:", "What does the network see in my photograph?", 6
    ),
    "pages/memory.py": Page("Memory", ":material/memory:", "Does upsampling need 16 GB?", 5),
    "pages/training.py": Page(
        "Training", ":material/school:", "How does it learn, and what do skips add?", 7
    ),
    "pages/numbers.py": Page("Numbers", ":material/fact_check:", "Which numbers can you check?"),
    "pages/words.py": Page("Words", ":material/dictionary:", "What does this word mean?"),
}
STORY = [path for path, page in PAGES.items() if page.minutes]
"""The pages that tell the story, in order."""


def setup(path: str) -> None:
    """Begin the page at `path`, a key of `PAGES`: tab title, menu, heading, words."""
    hosting.require()
    page = PAGES[path]
    if served():
        _warm_up()
    st.set_page_config(page_title=f"{page.title} · fcnlib", page_icon=str(ICON), layout="wide")
    if story.PAGE in st.session_state:
        address.obey_link()
    story.begin(path)
    scripts.begin("home" if path == "app.py" else Path(path).stem)
    seen().add(path)
    _menu(path)
    st.html(STYLE)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.title(page.question, width="content")
        if words := glossary.of_page(path):
            with st.popover("Words", icon=":material/dictionary:", key="words"):
                # One element, because each is a message of its own to the browser.
                st.markdown("\n\n".join(f"**{name}**: {t.meaning}" for name, t in words.items()))


def finish(
    path: str,
    tries: Mapping[str, tuple[str, Mapping[str, str]]] | None = None,
    reading: Mapping[str, str] | None = None,
    picture: str = "",
) -> None:
    """End the page at `path`: what to try, to read and to keep, the predictions, and the way on.

    Parameters
    ----------
    path : str
        A key of `PAGES`.
    tries : mapping, optional
        What to try, in one sentence: the page that opens, a key of `PAGES`, and the values of its
        controls by their names in the address. `story.GOAL` names the step to scroll to.
    reading : mapping of str to str, optional
        Title and address of definitions and papers.
    picture : str, optional
        Title of the picture that the page's figures are about. Saved figures are named after it.

    """
    state = address.keep(path)
    with story.step(f"{Path(path).stem}_end"):
        st.header("Try this, and go on", anchor="end")
        with st.container(horizontal=True, gap="xsmall", key="end_tries"):
            for text, (opened, prepared) in (tries or {}).items():
                link(opened, text, prepared)
        if reading:
            st.markdown("To read: " + " · ".join(f"[{t}]({url})" for t, url in reading.items()))
        # Home shows it next to the questions.
        if path != "app.py":
            story.show_score()
        # After the story come the pages to look things up, as in the menu.
        order = list(PAGES)
        with st.container(
            horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"
        ):
            for arrow, step in (("Back", -1), ("Next", 1)):
                if 0 <= (place := order.index(path) + step) < len(order):
                    with st.container(width="content", key=f"end_{arrow.lower()}"):
                        link(order[place], f"{arrow}: {PAGES[order[place]].question}")
        with st.container(
            horizontal=True, vertical_alignment="top", gap="xsmall", key="print-not_printed"
        ):
            st.button(
                "Print a handout",
                icon=":material/print:",
                key="print_page",
                help="Prints this page as it is now. Your predictions are left out.",
            )
            _save(key="save", data={"about": picture}, width="content")
            scripts.offer(PAGES[path].title, PAGES[path].question)
            if _presents():
                link(path, "Leave teacher's mode", state | {"present": ["0"]})
            else:
                about = "One step at a time, in larger type. The arrow keys go from step to step."
                link(path, "Teacher's mode", state | address.PRESENT, help=about)
    if served():
        _keep_loaded(path)


@st.cache_resource(show_spinner=False)
def _warm_up() -> None:
    """Segment the samples in the background, so that a click on one finds its maps."""
    from fcnlib.ui.segmentation.run import segment_samples

    segment_samples()


@st.cache_resource(show_spinner=False)
def _keep_loaded(path: str) -> None:
    """Exempt what this page has imported from the search for garbage.

    These modules are never freed. To search them takes 0.2 s, and the server answers nobody then.
    """
    gc.freeze()


def seen() -> set[str]:
    """Return the paths of the pages that this visit has opened, keys of `PAGES`."""
    paths: set[str] = st.session_state.setdefault("pages_seen", set())
    return paths


def _presents() -> bool:
    """Return whether the page is shown in teacher's mode, which stays on from page to page."""
    if (asked := st.query_params.get("present")) is not None:
        st.session_state["present"] = asked == "1"
    return bool(st.session_state.get("present"))


def _menu(current: str) -> None:
    with st.sidebar:
        for path, page in PAGES.items():
            mark = " :green[:material/check:]" if path in seen() and path != current else ""
            # The link to the page itself begins it anew.
            link(path, f"{page.title}{mark}", {} if path == current else None)
        told = set(STORY) - {"app.py"}  # Home numbers these
        st.caption(f"{len(seen() & told)} of {len(told)} story pages opened")
        shown = {"page": current, "question": PAGES[current].question}
        _reader(key="reader", data=shown | {"present": _presents(), "goal": _goal()})


def _goal() -> tuple[str, int] | None:
    """Return the step that the last opened link leads to, and the number of such links opened."""
    if (asked := st.query_params.pop(story.GOAL, None)) is not None:
        # Without the number, the browser would scroll only once to the same step.
        number = st.session_state.get("goal", ("", 0))[1]
        st.session_state["goal"] = asked, number + 1
    goal: tuple[str, int] | None = st.session_state.get("goal")
    return goal


def link(
    path: str,
    label: str,
    state: Mapping[str, str | list[str]] | None = None,
    **more: Any,
) -> None:
    """Link to the page at `path`, a key of `PAGES`; `label` may be Markdown.

    `state` has values of the page's controls, by their names in the address. By default, they are
    those that the visitor left. `more` is passed to `st.page_link`.
    """
    state = address.visited().get(path) if state is None else dict(state)
    try:
        st.page_link(path, label=label, icon=PAGES[path].icon, query_params=state or None, **more)
    except StreamlitAPIException:
        # A page run alone, as tests do, has no other pages to link to.
        st.markdown(label)
