"""How pages show a figure, its source code and an error."""

import hashlib
import inspect
import logging
import pickle
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, ParamSpec, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fcnlib.errors import EngineError, FcnlibError, WeightsError
from fcnlib.plots.descriptions import sentences
from fcnlib.plots.theme import Figure, description
from fcnlib.ui import hosting
from fcnlib.ui.address import follow, write

Option = TypeVar("Option", int, str)
Settings = ParamSpec("Settings")

LONGEST = 800  # characters of a message; four faults of a file of weights take 700

ABOUT_MACHINES = {"cluster_away", "no_cluster", "wrong_secret"}
"""Errors whose message names machines."""

_LOG = logging.getLogger(__name__)

_DRAWN: OrderedDict[bytes, Figure] = OrderedDict()
_DRAWING = threading.Lock()
MOST_DRAWN = 128


def drawn(
    draw: Callable[Settings, Figure], *args: Settings.args, **options: Settings.kwargs
) -> Figure:
    """Return what `draw` returns for these arguments, drawn once for all visitors.

    Plotly checks all that it draws, which takes most of the time of a page with many small figures.
    Do not change the figure. Arguments that cannot be pickled are drawn each time.
    """
    # All of the arguments, unlike Streamlit's caches, which sample large arrays. Arguments that are
    # equal may have different pickles, but those that differ never have the same.
    try:
        content = pickle.dumps((draw, args, options), protocol=5)
    except (pickle.PicklingError, AttributeError):  # such as a normalized kernel
        return draw(*args, **options)
    key = hashlib.sha256(content).digest()
    with _DRAWING:
        if key in _DRAWN:
            _DRAWN.move_to_end(key)
            return _DRAWN[key]
    figure = draw(*args, **options)
    with _DRAWING:
        _DRAWN[key] = figure
        while len(_DRAWN) > MOST_DRAWN:
            _DRAWN.popitem(last=False)
    return figure


def chart(figure: Figure, key: str, *, alt: str = "", **options: Any) -> Any:
    """Show a figure at the column's width, without plotly's toolbar, which covers the title.

    Screen readers speak `alt`, which says what only the page knows, and the figure's description.
    Do not change the figure afterwards.
    """
    # `st.plotly_chart` converts the figure in every run, which copies all of its parts: half of a
    # page's processor time if the figures are the same as before.
    if "to_dict" not in vars(figure):
        figure.to_dict = cache(figure.to_dict)
    options.setdefault("config", {"displayModeBar": False})
    said = sentences(alt, description(figure))
    return st.plotly_chart(figure, width="stretch", key=key, alt=said, **options)


def chart_row(
    prefix: str, figures: Mapping[str, Figure], columns: Sequence[DeltaGenerator] | None = None
) -> None:
    """Show figures side by side; the key of each chart is the prefix and its key in `figures`.

    Parameters
    ----------
    prefix : str
    figures : mapping of str to Figure
    columns : sequence of DeltaGenerator, optional
        Where to show them, at least one for each figure. By default, columns of equal width.

    """
    columns = columns or st.columns(len(figures))
    for column, (key, figure) in zip(columns, figures.items(), strict=False):
        with column:
            chart(figure, f"{prefix}_{key}")


def metric_row(figures: Mapping[str, str], help: Mapping[str, str] | None = None) -> None:
    """Show labeled values in a row, each as wide as its text. `help` has texts by label."""
    with st.container(horizontal=True, gap="medium"):
        for label, value in figures.items():
            st.metric(label, value, width="content", help=(help or {}).get(label))


def choose_one(
    label: str,
    options: Iterable[Option],
    first: Option,
    key: str,
    *,
    in_address: bool = False,
    control: Callable[..., Option | None] = st.segmented_control,
    **more: Any,
) -> Option:
    """Let the visitor choose one of some options, shown side by side, and return it.

    Parameters
    ----------
    label : str
        Label of the control.
    options : iterable of int or str, or mapping
        What can be chosen; the values of a mapping are what the visitor reads. If the options
        change and the visitor's choice is not among them, the last option is chosen.
    first : int or str
        The option that is chosen at first.
    key : str
        Key of the control in the session state.
    in_address : bool, optional
        Whether the page's address has the choice, as ``?<key>=<option>``.
    control : callable, optional
        What shows the options, such as `st.pills`.
    **more
        Passed to the control, such as `help`.

    """
    if isinstance(options, Mapping):
        more["format_func"] = options.__getitem__
        labels = dict(options)
    else:
        labels = {option: str(option) for option in options}
    options = list(labels)
    default = first if first in options else options[-1]
    if in_address:
        follow(key, labels, default)
    if key in st.session_state and st.session_state[key] not in options:
        st.session_state[key] = options[-1]
    # Streamlit warns of a default for a control that has a value.
    more["default"] = None if key in st.session_state else default
    chosen = control(label, options, required=True, key=key, **more)
    if in_address:
        write(key, default)
    return default if chosen is None else chosen


def select_one(
    label: str, options: Mapping[Option, str], first: Option, key: str, **more: Any
) -> Option:
    """Show a selectbox whose choice is in the page's address, and return what is chosen.

    Parameters
    ----------
    label : str
        Label of the control.
    options : mapping of int or str to str
        What can be chosen, by the name in the address, and what the visitor reads.
    first : int or str
        The option that is chosen at first.
    key : str
        Key of the control in the session state, and its name in the address.
    **more
        Passed to `st.selectbox`, such as `help`.

    """
    follow(key, options, first)
    chosen = st.selectbox(label, list(options), format_func=options.__getitem__, key=key, **more)
    write(key, first)
    return first if chosen is None else chosen


def button(
    label: str, icon: str, key: str, act: Callable[..., Any], *args: object, **more: Any
) -> None:
    """Show a button that calls ``act(*args)`` when pressed; `icon` names a Material icon."""
    st.button(label, icon=f":material/{icon}:", key=key, on_click=act, args=args, **more)


def fold(title: str, key: str, show: Callable[..., None], *args: object) -> None:
    """Show a fold that calls ``show(*args)`` for its body while it is open.

    An `EngineError` that this raises takes the place of the rest of the body.
    """
    expander = st.expander(title, key=key, on_change="rerun")
    if expander.open:
        with expander, try_again(key):
            show(*args)


def show_source(*functions: Callable[..., Any], key: str) -> None:
    """Offer the source code of `functions` in a fold."""
    with st.expander("Source code", key=key):
        for function in functions:
            st.caption(f"`{function.__module__}.{function.__name__}`")
            st.code(_source(function), language="python")


@cache
def _source(function: Callable[..., Any]) -> str:
    return inspect.getsource(inspect.unwrap(function))


def show_error(error: FcnlibError) -> None:
    """Show the message of an error literally, never as Markdown.

    Visitors of a public host do not see messages that name files or machines. The log has them.
    """
    text = str(error)
    internal = isinstance(error, WeightsError) or error.code in ABOUT_MACHINES
    if internal and hosting.in_force():
        _LOG.error("hidden", extra={"fields": {"code": error.code, "message": text}})
        text = f"This server cannot do this now ({error.code}). Try again later."
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.badge("Not done", icon=":material/error:", color="red")
        st.text(text[:LONGEST])


def offer_again(error: FcnlibError, key: str) -> None:
    """Show an error and a button, whose key begins with `key`, that runs this part again."""
    show_error(error)
    st.button("Try again", icon=":material/refresh:", key=f"{key}_again")


@contextmanager
def try_again(key: str) -> Iterator[None]:
    """Let an `EngineError` take the place of a part of the page, with a button to try again.

    Results are cached, errors are not, so running the part again computes what is missing.

    Parameters
    ----------
    key : str
        Prefix of the button's key.

    """
    try:
        yield
    except EngineError as error:
        offer_again(error, key)
