"""The three heads of the small FCN on one drawn street, and what the skip connections add."""

import math
from contextlib import suppress

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fcnlib import scenes
from fcnlib.errors import BusyError
from fcnlib.networks import built_in
from fcnlib.plots.training import iu_figure
from fcnlib.segmentation.comparison import Comparison
from fcnlib.ui import pictures, scripts
from fcnlib.ui.jobs import ask, on_opening, task
from fcnlib.ui.layout import chart, drawn, fold
from fcnlib.ui.story import predict, so
from fcnlib.ui.training.linked_maps import Panel, show_maps, telling_pixel

JOB = "training_street_job"
STREETS = (1, 40)
FIRST = 11  # a test scene with all seven classes
ASKED = ("sky", "road", "bus", "person")
"""Classes that the visitor may predict, if the street has them."""


def ask_heads() -> None:
    """Submit the work of the street that the visitor or the address asks for.

    The answer comes sooner if this is called before the page shows anything. `show_heads` submits
    what this could not, and shows its errors.
    """
    # The slider has no value yet in the first run, so its number is read from the address.
    asked = st.session_state.get("training_street", st.query_params.get("training_street", FIRST))
    with suppress(ValueError, BusyError):
        number = int(asked)
        if STREETS[0] <= number <= STREETS[1]:
            key = ("street", scenes.TEST_SEEDS[number - 1])
            ask("inference", JOB, key=key, work=task(*key))


def choose_street() -> tuple[int, DeltaGenerator]:
    """Let the visitor choose a test scene; return its seed, and where its maps are shown."""
    number = st.slider(
        "Street",
        *STREETS,
        value=FIRST,
        key="training_street",
        bind="query-params",
        help="Each number is another drawn street that was not used for training.",
    )
    seed = scenes.TEST_SEEDS[number - 1]
    scripts.note(STREET=seed)
    return seed, st.container()


def show_heads(seed: int, opening: DeltaGenerator, below: DeltaGenerator) -> None:
    """Show the answers of the three heads at the top of the page, and their errors in its step.

    Call it last: the rest of the page is shown while the networks are still loading.
    """
    with opening:
        compared: Comparison | None = on_opening(
            "inference", JOB, key=("street", seed), work=task("street", seed)
        )
        if compared is None or compared.truth is None:
            street = pictures.street(seed)
            known = [
                Panel("Picture", "picture", street.picture),
                Panel("Truth", "truth", street.labels),
            ]
            waiting = [Panel(name, "answer") for name in built_in.NAMES.values()]
            show_maps([*known, *waiting], "training_heads_waiting", 5, waiting="is being computed")
            return
        _show_answers(compared)
    with below:
        _show_errors(compared, seed)


def _show_answers(compared: Comparison) -> None:
    results, truth = compared.results, compared.truth
    panels = [
        Panel("Picture", "picture", results["fcn_8s"].picture),
        Panel("Truth", "truth", truth),
    ]
    panels += [
        Panel(
            built_in.NAMES[head],
            "answer",
            result.label_map,
            f"mean IU {compared.metrics[head].mean_iu:.2f}",
        )
        for head, result in results.items()
    ]
    show_maps(panels, "training_heads", 5, start=_start(compared), legend=True)


def _show_errors(compared: Comparison, seed: int) -> None:
    results, truth = compared.results, compared.truth
    panels = [Panel("Truth", "truth", truth)]
    panels += [
        Panel(
            built_in.NAMES[head],
            "wrong",
            result.label_map,
            f"{(result.label_map != truth).mean():.1%} wrong",
        )
        for head, result in results.items()
    ]
    show_maps(panels, "training_errors", 4, start=_start(compared))
    gains = _gains(compared)
    choices = {name: name for name in ASKED if not math.isnan(gains[name])}

    def answer() -> tuple[str, str]:
        best = max(choices, key=gains.__getitem__)
        coarse, fine = (_iu(compared, head)[best] for head in ("fcn_32s", "fcn_8s"))
        return best, (
            f"Its IU rises from {coarse:.2f} to {fine:.2f}. Where a class is smaller than a cell, "
            "FCN-32s gives the cell another class."
        )

    question = "on this street, which class's IU improves most from FCN-32s to FCN-8s?"
    if predict("training_gain", question, choices, answer, about=seed):
        lines = {name: _iu(compared, head) for head, name in built_in.NAMES.items()}
        chart(drawn(iu_figure, lines, "IU of each class"), "training_iu")
        fold("Go deeper: these numbers as a table", "training_iu_fold", _show_table, compared)
        wrong = [(results[head].label_map != truth).mean() for head in ("fcn_32s", "fcn_8s")]
        so(
            f"on this street, skips reduce the wrong pixels from {wrong[0]:.1%} to {wrong[1]:.1%}, "
            "mostly at edges and thin objects."
        )


def _show_table(compared: Comparison) -> None:
    st.table(
        {
            "Class": [*scenes.CLASSES, "mean IU"],
            **{
                built_in.NAMES[head]: [f"{value:.2f}" for value in (*measured.iu, measured.mean_iu)]
                for head, measured in compared.metrics.items()
            },
        },
        hide_index=True,
    )
    st.caption("A class that is in neither the answer nor the truth has no IU (nan).")


def _iu(compared: Comparison, head: str) -> dict[str, float]:
    return dict(zip(scenes.CLASSES, compared.metrics[head].iu.tolist(), strict=True))


def _gains(compared: Comparison) -> dict[str, float]:
    coarse, fine = _iu(compared, "fcn_32s"), _iu(compared, "fcn_8s")
    return {name: fine[name] - coarse[name] for name in scenes.CLASSES}


def _start(compared: Comparison) -> tuple[int, int] | None:
    maps = (compared.results[head].label_map for head in ("fcn_32s", "fcn_8s"))
    return None if compared.truth is None else telling_pixel(compared.truth, *maps)
