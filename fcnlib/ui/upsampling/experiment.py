"""The lab under the verdict: break the post's check with one click, see why, repair it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from fcnlib.typing import FloatArray
from fcnlib.ui.upsampling.explanations import reasons
from fcnlib.upsampling.scripts import upsampling_snippet
from fcnlib.upsampling.settings import CHOICES, CheckSettings

BREAKS: Mapping[str, Mapping[str, object]] = {
    "leave clip on": {"clip": True, "picture": "bright"},
    "forget channel_axis": {"channel_axis": False},
    "repeat the edge": {"mode": "edge"},
    "align_corners": {"layer": "align_corners", "mode": "edge", "picture": "unit"},
    "TF1's resize": {"layer": "tf1", "mode": "edge", "picture": "unit"},
    "kernel of 2f": {"kernel": "double"},
    "lopsided kernel": {"kernel": "lopsided"},
    "flip the kernel": {"flipped": True},
    "NumPy's tolerances": {"tolerances": "numpy", "picture": "normal", "precision": "float32"},
}
"""What one click changes; a picture or a precision is named where only that can show it."""

NAMES = {
    "mode": {"constant": "zeros", "edge": "edge", "reflect": "reflect"},
    "border": {"constant": "zeros", "edge": "edge", "reflect": "reflect"},
    "layer": {
        "conv2d_transpose": "conv2d_transpose",
        "half_pixel": "image.resize: half-pixel",
        "align_corners": "TF1 resize: align_corners",
        "tf1": "TF1 resize: its default",
    },
    "kernel": {"fitting": "2f − f mod 2", "double": "2f", "lopsided": "lopsided"},
    "tolerances": {"ours": "ours: atol 1e-6", "numpy": "NumPy's: atol 1e-8"},
}
_KEY = "upsampling_switch_{}"
SWITCHES = tuple(name for name in CHOICES if name != "precision")


def ask(factor: int, precision: str, image: FloatArray) -> CheckSettings:
    """Offer to break the check, say why it breaks, offer every switch; return what is set."""
    st.pills("Try to break it", list(BREAKS), key="upsampling_break", on_change=_break, wrap=True)
    why = st.container()
    with st.expander("All switches", key="upsampling_switches"):
        tensorflow, skimage = st.columns(2)
        with tensorflow:
            told = _tensorflow_switches()
        with skimage:
            told |= _skimage_switches()
    setting = replace(CheckSettings(factor, precision), **told)
    with why:
        _show_reasons(setting, image)
    return setting


def show_snippet(setting: CheckSettings, picture: str, path: str) -> None:
    """Offer the script that computes the same and prints the same figures."""
    with st.expander("This setting as a script, to run yourself", key="upsampling_script"):
        st.caption(
            "It needs NumPy, TensorFlow and scikit-image, nothing of ours, and prints the figures "
            "above."
        )
        st.code(upsampling_snippet(setting, picture, path), language="python")


def _tensorflow_switches() -> dict[str, Any]:
    st.markdown("**TensorFlow is told**")
    layer = _choice("Layer", "layer")
    free = layer == "conv2d_transpose"
    return {
        "layer": layer,
        "border": _choice("Beyond the border", "border", disabled=not free),
        "kernel": _choice("Kernel: weights along an axis", "kernel", disabled=not free),
        "flipped": _toggle("flip the kernel", "flipped", disabled=not free),
    }


def _skimage_switches() -> dict[str, Any]:
    st.markdown("**scikit-image is told**")
    told = {
        "mode": _choice("Beyond the border: mode", "mode"),
        "clip": _toggle("clip=True, its default", "clip"),
        "channel_axis": _toggle("channel_axis=-1", "channel_axis"),
    }
    st.markdown("**The verdict allows**")
    return told | {"tolerances": _choice("Tolerances", "tolerances")}


def _show_reasons(setting: CheckSettings, image: FloatArray) -> None:
    """Say of each switch that is not as in the post what it does, and offer to set it back."""
    for reason in reasons(setting, image):
        st.markdown(f":material/arrow_right: {reason}")
    if setting.changes:
        st.button(
            "Repair: back to the post's check",
            icon=":material/build:",
            key="upsampling_repair",
            on_click=_repair,
        )


def _choice(label: str, name: str, *, disabled: bool = False) -> str:
    options = [str(choice) for choice in CHOICES[name]]
    chosen = st.segmented_control(
        label,
        options,
        required=True,
        wrap=True,
        format_func=NAMES[name].__getitem__,
        key=_seeded(name),
        on_change=_by_hand,
        disabled=disabled,
    )
    return chosen or options[0]


def _toggle(label: str, name: str, *, disabled: bool = False) -> bool:
    return st.toggle(
        label,
        key=_seeded(name),
        on_change=_by_hand,
        disabled=disabled,
    )


def _seeded(name: str) -> str:
    """Return the key of a switch, which holds the post's choice at first."""
    st.session_state.setdefault(_KEY.format(name), CHOICES[name][0])
    return _KEY.format(name)


def _break() -> None:
    """Set the switches as the pill says, all others as in the post."""
    changes = BREAKS.get(st.session_state["upsampling_break"] or "", {})
    _reset()
    for name, value in changes.items():
        key = _KEY if name in SWITCHES else "upsampling_{}"
        st.session_state[key.format(name)] = value


def _repair() -> None:
    st.session_state["upsampling_break"] = None
    _reset()


def _by_hand() -> None:
    st.session_state["upsampling_break"] = None


def _reset() -> None:
    for name in SWITCHES:
        st.session_state[_KEY.format(name)] = CHOICES[name][0]
