"""The figures of the kernels as a table: measured, exact, and a tick where they agree."""

from itertools import groupby

import streamlit as st

from fcnlib.kernels import KERNELS
from fcnlib.kernels.properties import KernelFact, facts

_COLUMNS = {
    "H(1/4)": "H(1/4)",
    "H(1/2)": "H(1/2)",
    "overshoot": "Overshoot",
    "support": "Support",
    "k(0)": "Through the samples",
    "raw H(0)": "A flat 1, on average",
}
_STYLE = """
<style>
.kernel-facts { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
.kernel-facts th, .kernel-facts td {
  padding: 0.35rem 0.5rem; text-align: left; vertical-align: top; font-weight: 400;
  border-bottom: 1px solid rgba(138, 143, 152, 0.35);
}
.kernel-facts th { font-weight: 600; }
.kernel-facts small { display: block; opacity: 0.75; font-size: 0.8rem; }
.kernel-facts .yes { color: #1fa179; font-weight: 700; }
.kernel-facts .no { color: #cc5fa0; font-weight: 700; }
.kernel-facts .chosen { background: rgba(224, 138, 30, 0.14); }
@media (max-width: 700px) {
  .kernel-facts thead { display: none; }
  .kernel-facts tr { display: grid; grid-template-columns: 1fr 1fr; padding: 0.4rem 0; }
  .kernel-facts th[scope=row] { grid-column: 1 / -1; border: 0; }
  .kernel-facts td::before { content: attr(data-label); display: block; font-size: 0.8rem; }
}
</style>
"""


def show_table(chosen: str) -> None:
    """Show the figures of all kernels, measured now, with the row of `chosen` lit."""
    rows = []
    for name, found in groupby(_facts(), key=lambda fact: fact.kernel):
        rows.append(_row(name, {fact.quantity: fact for fact in found}, name == chosen))
    head = "".join(f'<th scope="col">{title}</th>' for title in ("Kernel", *_COLUMNS.values()))
    st.html(
        f'{_STYLE}<table class="kernel-facts"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def count_facts() -> tuple[int, int]:
    """Return how many figures agree with their exact value, and how many there are."""
    return sum(fact.holds for fact in _facts()), len(_facts())


@st.cache_data(max_entries=1, show_spinner=False)
def _facts() -> tuple[KernelFact, ...]:
    return facts()


def _row(name: str, found: dict[str, KernelFact], lit: bool) -> str:
    mark = ' class="chosen"' if lit else ""
    cells = "".join(_cell(quantity, found) for quantity in _COLUMNS)
    return f'<tr{mark}><th scope="row">{KERNELS[name].title}</th>{cells}</tr>'


def _cell(quantity: str, found: dict[str, KernelFact]) -> str:
    fact = found[quantity]
    holds = fact.holds
    formula = fact.formula
    if quantity == "k(0)":
        holds = holds and found["beside"].holds
        through = fact.measured == 1 and found["beside"].measured < 1e-12
        shown = "yes" if through else f"no, {fact.measured:.4f}"
        formula = f"k(0) = {formula}"
    elif quantity == "overshoot":
        shown = f"{100 * fact.measured:.2f} %"
    elif quantity == "support":
        shown = f"{fact.measured:g}"
    else:
        shown = f"{fact.measured:.4f}"
    tick = _tick(holds)
    return f'<td data-label="{_COLUMNS[quantity]}">{shown} {tick}<small>{formula}</small></td>'


def _tick(holds: bool) -> str:
    kind, sign, words = ("yes", "✓", "agrees") if holds else ("no", "✗", "differs")
    return f'<span class="{kind}" role="img" aria-label="{words}">{sign}</span>'
