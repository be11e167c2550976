"""Step 3: changes to the post's comparison, each with a prediction and its result."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Any, NamedTuple

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fcnlib.ui import scripts
from fcnlib.ui.address import follow, write
from fcnlib.ui.layout import button, chart_row, fold, try_again
from fcnlib.ui.story import predict
from fcnlib.ui.upsampling import verdict
from fcnlib.ui.upsampling.example_images import Picture, named
from fcnlib.ui.upsampling.explanations import reasons, say_rim
from fcnlib.upsampling.example_images import PICTURES
from fcnlib.upsampling.settings import CHOICES, CheckSettings


class Break(NamedTuple):
    """A change of the comparison that may break the equality.

    Attributes
    ----------
    label : str
        What the visitor chooses.
    meaning : str
        What it changes, in one or two sentences of Markdown.
    changes : mapping
        Values of the switches. A picture or a precision is named where few others show the effect.

    """

    label: str
    meaning: str
    changes: Mapping[str, object]


BREAKS = MappingProxyType(
    {
        "clip": Break(
            "clip values to the input's range",
            "By default (`clip=True`), scikit-image **clips** its result: values outside the "
            "input's range are moved to the nearer end of the range. The picture is noise in "
            "[0.5, 1].",
            {"clip": True, "picture": "bright"},
        ),
        "channel_axis": Break(
            "mix the color channels",
            "`channel_axis=-1` tells scikit-image that the last axis holds the three colors, the "
            "**channels**. Here it is left out.",
            {"channel_axis": False},
        ),
        "edge": Break(
            "repeat the edge",
            "Beyond the border, scikit-image now repeats the outermost pixels (`mode='edge'`). "
            "TensorFlow still assumes zeros.",
            {"mode": "edge"},
        ),
        "align_corners": Break(
            "align the corners",
            "Networks made with TensorFlow 1, such as DeepLab on Home, use its resize function. "
            "Here it replaces the layer, with `align_corners=True`. It always repeats the edge, so "
            "scikit-image is now set to do so too.",
            {"layer": "align_corners", "mode": "edge"},
        ),
        "tf1": Break(
            "use TensorFlow 1's resize",
            "Networks made with TensorFlow 1 use its resize function. Here it replaces the layer, "
            "with its default options. It always repeats the edge, so scikit-image is now set to "
            "do so too.",
            {"layer": "tf1", "mode": "edge"},
        ),
        "double": Break(
            "2f weights for odd f",
            "The kernel has 2*f* weights along each axis, even if the factor *f* is odd.",
            {"kernel": "double"},
        ),
        "lopsided": Break(
            "shift the kernel",
            "Each weight of the kernel is moved by one position, and the last one becomes the "
            "first.",
            {"kernel": "lopsided"},
        ),
        "flip": Break(
            "flip the kernel",
            "The kernel is rotated by 180 degrees.",
            {"flipped": True},
        ),
        "tolerances": Break(
            "allow a smaller difference",
            "`allclose` allows NumPy's default difference: for values near zero, it is 0.00000001 "
            "instead of 0.000001. The picture is noise around 0, with many values near it.",
            {"tolerances": "numpy", "picture": "normal", "precision": "float32"},
        ),
    }
)
"""The breaks by their names in the address."""

COUNTED = {"edge", "lopsided", "flip"}
"""Breaks that are part of the score. Nearly all others break the equality too."""

BREAK = "upsampling_break"
BROKEN = "breaks"
HOLDS = "holds"
ANSWERS = {BROKEN: "No, that breaks it", HOLDS: "Yes, they stay equal"}

ABOVE = "above"
"""The choice of a switch that leaves what is chosen further up on the page."""

LABELS = {
    "layer": "Layer",
    "border": "Beyond the border",
    "kernel": "Kernel: number of weights along an axis, for the factor f",
    "flipped": "flip the kernel",
    "mode": "Beyond the border (mode)",
    "clip": "clip the values (clip=True, its default)",
    "channel_axis": "keep the colors apart (channel_axis=-1)",
    "tolerances": "For values near zero (atol)",
    "picture": "Picture",
    "precision": "Number format",
}
BORDERS = {"constant": "zeros", "edge": "edge", "reflect": "reflect"}
HELP = {
    "layer": "“half-pixel” is TensorFlow 2's resize, whose outermost pixel centers are half a "
    "pixel from the border. The resize functions of TensorFlow 1 (TF1) place them elsewhere.",
    "kernel": "The post has 2f weights if the factor f is even, and 2f − 1 if it is odd. “shifted” "
    "moves each weight by one position.",
}
NAMES = {
    "mode": BORDERS,
    "border": BORDERS,
    "layer": {
        "conv2d_transpose": "the layer (conv2d_transpose)",
        "half_pixel": "TensorFlow 2's resize (half-pixel)",
        "align_corners": "TF1's resize (align_corners)",
        "tf1": "TF1's resize (its default)",
    },
    "kernel": {"fitting": "the post's", "double": "2f, also if f is odd", "lopsided": "shifted"},
    "tolerances": {"ours": "ours, 0.000001", "numpy": "NumPy's, 0.00000001"},
    "picture": {ABOVE: "as above", **PICTURES},
    "precision": {ABOVE: "as above", "float32": "float32", "float64": "float64"},
}
_KEY = "upsampling_switch_{}"


def ask(
    factor: int, precision: str, picture: Picture
) -> tuple[CheckSettings, Picture, DeltaGenerator]:
    """Show the breaks and the switches; return the settings and the picture that they give.

    The last result is the place for the outcome: below the breaks, which it asks about.
    `factor`, `precision` and `picture` are those chosen further up, which the post's settings use.
    """
    if follow(BREAK, {name: each.label for name, each in BREAKS.items()}, None):
        _set_switches()
    st.pills(
        "Change one thing",
        list(BREAKS),
        format_func=lambda name: BREAKS[name].label,
        key=BREAK,
        on_change=_apply_break,
        wrap=True,
    )
    outcome = st.container()
    with st.expander("More controls: all switches", key="upsampling_switches"):
        left, right = st.columns(2)
        with left:
            st.markdown("**TensorFlow's settings**")
            values = {"layer": _switch("layer")}
            resizes = values["layer"] != "conv2d_transpose"
            for name in ("border", "kernel", "flipped"):
                values[name] = _switch(name, disabled=resizes)
            given = {name: _switch(name) for name in ("picture", "precision")}
        with right:
            st.markdown("**scikit-image's settings**")
            values |= {name: _switch(name) for name in ("mode", "clip", "channel_axis")}
            st.markdown("**Allowed difference**")
            values["tolerances"] = _switch("tolerances")
    scripts.note(
        FACTOR=factor, PRECISION=precision, PICTURE=picture.source, STRETCH=picture.stretched
    )
    if given["picture"] != ABOVE:
        picture = named(given["picture"])
    if given["precision"] != ABOVE:
        precision = given["precision"]
    settings = replace(CheckSettings(factor, precision), **values)
    changes = settings.changes | {"precision": precision}
    scripts.note(CHANGES=changes, CHANGED_PICTURE=picture.source)
    return settings, picture, outcome


def show_outcome(settings: CheckSettings, picture: Picture) -> bool:
    """Ask for a prediction of a break, then show the results of both libraries and the reasons.

    Return whether the results are shown.
    Nothing is shown for the post's settings. Switches that the visitor changed one by one have no
    prediction.
    """
    if not changed(settings):
        return False
    with try_again("upsampling_break_check"):
        if name := st.session_state[BREAK]:
            question = f"{BREAKS[name].meaning} Does `allclose` still return True?"
            key = f"upsampling_predict_{name}"
            answer = partial(_answer, settings, picture)
            about, counts = (settings, picture.digest), name in COUNTED
            if not predict(key, question, ANSWERS, answer, about=about, counts=counts):
                return False
        for reason in reasons(settings, picture.image):
            st.markdown(f":material/arrow_right: {reason}")
        figures, charts = verdict.answer(settings, picture.digest, picture.image)
        names = ("tensorflow", "skimage", "difference")
        chart_row("upsampling_changed", dict(zip(names, charts, strict=True)))
        verdict.show_verdict(figures, settings.tolerances, plain=True)
        st.caption(f"{say_rim(settings)} {picture.note}")
        button("Repair: back to the post's settings", "build", "upsampling_repair", _repair)
        fold(
            "Go deeper: this change for the factors 2 to 9",
            "upsampling_changed_fold",
            _show_table,
            settings,
            picture,
        )
        return True
    return False


def _show_table(settings: CheckSettings, picture: Picture) -> None:
    st.table(verdict.post_table(settings, picture.digest, picture.image), hide_index=True)


def changed(settings: CheckSettings) -> bool:
    """Return whether a break, a switch or another picture is chosen in this step."""
    given = (st.session_state[_KEY.format(name)] for name in ("picture", "precision"))
    return bool(settings.changes) or any(value != ABOVE for value in given)


def _answer(settings: CheckSettings, picture: Picture) -> tuple[str, str]:
    figures = verdict.answer(settings, picture.digest, picture.image)[0]
    right = HOLDS if figures["allclose"] == "True" else BROKEN
    return right, verdict.say_difference(figures)


def _choices(name: str) -> tuple[Any, ...]:
    """Return what a switch can be, first what it is at first."""
    return tuple(NAMES[name]) if name in ("picture", "precision") else CHOICES[name]


def _switch(name: str, *, disabled: bool = False) -> Any:
    """Show a toggle or the choices of a setting, at first the post's, and return its value."""
    choices = _choices(name)
    key = _KEY.format(name)
    st.session_state.setdefault(key, choices[0])
    options: dict[str, Any] = {
        "key": key,
        "on_change": _release,
        "disabled": disabled,
        "help": HELP.get(name),
    }
    if isinstance(choices[0], bool):
        return st.toggle(LABELS[name], **options)
    options["format_func"] = NAMES[name].__getitem__
    if name in ("picture", "layer"):  # long names, which buttons would break over several lines
        return st.selectbox(LABELS[name], choices, **options)
    return st.segmented_control(LABELS[name], choices, required=True, wrap=True, **options)


def _apply_break() -> None:
    write(BREAK, None)
    _set_switches()


def _set_switches() -> None:
    """Set the switches that the chosen break names, and all others as in the post."""
    chosen = st.session_state[BREAK]
    changes = BREAKS[chosen].changes if chosen else {}
    for name in LABELS:
        st.session_state[_KEY.format(name)] = changes.get(name, _choices(name)[0])


def _repair() -> None:
    st.session_state[BREAK] = None
    _apply_break()


def _release() -> None:
    """Forget the break once a switch is changed by hand."""
    st.session_state[BREAK] = None
    write(BREAK, None)
