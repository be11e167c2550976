"""Facts: every figure holds, a wrong figure is detected, and values are formatted like figures."""

from dataclasses import replace

import pytest

from fcnlib import facts, runtime
from fcnlib.errors import WeightsError
from fcnlib.facts import FACTS, QUOTED, SECTIONS, check, check_all
from fcnlib.facts.fact import Fact, fact, judge
from fcnlib.facts.tolerances import ERROR, EXACT, ROUNDED, SEEDS, WORDS, read, say, within
from fcnlib.kernels import KERNELS

SECTION_NAMES = ["Upsampling", "Kernels", "Memory", "VGG-16", "FCN"]


def example(expected, measured, tolerance=ROUNDED):
    return Fact("example", "For a test.", expected, tolerance, "nobody", lambda: measured)


@pytest.fixture(scope="module")
def outcomes():
    """Return the outcomes of all facts, computed once."""
    known = {}
    check_all(known.__setitem__)
    return known


@pytest.mark.parametrize("claim", FACTS, ids=lambda claim: claim.name)
def test_a_fact_holds(claim, outcomes):
    outcome = outcomes[claim.name]
    assert outcome.holds, (outcome.error, outcome.differing, outcome.measured)
    assert outcome.measured.keys() == claim.expected.keys()
    assert not outcome.error


@pytest.mark.parametrize("claim", FACTS, ids=lambda claim: claim.name)
def test_a_wrong_figure_differs(claim, outcomes):
    """Falsify each figure in turn: a number by a tenth, a bound by a hundredth, or the words."""
    for label, printed in claim.expected.items():
        wrong = dict(claim.expected) | {label: falsified(printed, claim.tolerance)}
        outcome = judge(replace(claim, expected=wrong), outcomes[claim.name].measured)
        if outcomes[claim.name].measured[label] == 0 and claim.tolerance is ERROR:
            continue  # an error of zero is below any bound
        assert not outcome.holds
        assert outcome.differing == (label,)


def falsified(printed, tolerance):
    if tolerance is WORDS:
        return f"not {printed}"
    number, decimals, exponent, unit = read(printed)
    if exponent is not None:
        return f"{number / 100:.1e}{unit}"
    off = {SEEDS: 1.8}.get(tolerance, 1.1)
    return f"{number * off + 0.1 * (number < 1):.{decimals + 2}f}{unit}"


def test_sections_and_their_sizes():
    assert list(SECTIONS) == SECTION_NAMES
    assert set(QUOTED) == {"Memory", "VGG-16", "FCN"}
    assert [len(section) for section in SECTIONS.values()] == [24, 9, 4, 10, 3]
    assert len({claim.name for claim in FACTS}) == len(FACTS)


@pytest.mark.parametrize(
    ("section", "figures"),
    [
        ("Upsampling", ["1.4e-15", "0.21", "(9, 9, 9)", "6e-7", "0.62", "0.25", "0.16", "0.2659"]),
        ("Upsampling", ["2e-16", "2.25", "29%", "10.8%", "[1 3 3 1; 3 9 9 3; 3 9 9 3; 1 3 3 1]"]),
        ("Kernels", [".9003", ".4053", "7.41%", "3.63%", ".1643", "12.65%", "1.0098"]),
        ("Memory", ["0.43 MiB", "6.89 MiB", "15,625 MiB", "16.38 GB", "15.6 MiB", "512 B"]),
        ("VGG-16", ["138,357,544", "15.47 GMAC", "134,346,581", "404 px", "6 × 10", "553.4 MB"]),
    ],
)
def test_figures_are_those_of_the_sources(section, figures):
    printed = {figure for claim in SECTIONS[section] for figure in claim.expected.values()}
    assert set(figures) <= printed


def test_quoted_facts_have_a_source_and_a_reason():
    quoted = [entry for entries in QUOTED.values() for entry in entries]
    assert len(quoted) == 8
    assert all(entry.source and entry.why and entry.figures for entry in quoted)
    text = " ".join(entry.figures for entry in quoted)
    for figure in ("71.5%", "62.7, 83.2", "98.5", "513,324,920", "43 after", "65.5", "9.8 GB"):
        assert figure in text


def test_quick_facts_come_before_those_that_need_tensorflow(monkeypatch):
    order, reports = [], []
    monkeypatch.setattr(facts, "check", order.append)
    monkeypatch.setattr(facts, "is_loaded", lambda: False)
    check_all(lambda name, outcome: None, report=lambda *report: reports.append(report))
    assert order == sorted(order, key=lambda claim: (claim.tensorflow, claim.seconds))
    assert len(order) == len(FACTS) == len(reports)
    fractions = [fraction for fraction, _ in reports]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0
    assert fractions[-1] < 1
    for claim, (_, text) in zip(order, reports, strict=True):
        assert f"{len(FACTS)}" in text
        assert ("TensorFlow" in text) == claim.tensorflow


def test_other_facts_do_not_import_tensorflow(monkeypatch):
    def load():
        raise AssertionError

    monkeypatch.setattr(runtime, "_import_once", load)
    for claim in FACTS:
        assert claim.tensorflow or check(claim).holds, claim.name


def test_a_failed_computation_does_not_hold_and_has_an_error(caplog):
    def fails():
        raise WeightsError("missing", "There are no weights.")

    def breaks():
        raise ZeroDivisionError

    claim = example({"": "1"}, {})
    broken = check(replace(claim, compute=breaks))
    failed = check(replace(claim, compute=fails))
    assert not broken.holds
    assert not failed.holds
    assert "ZeroDivisionError" in broken.error
    assert "There are no weights." in failed.error
    assert "computing example failed" in caplog.text


def test_a_fact_must_measure_its_own_figures():
    with pytest.raises(ValueError, match=r"example must measure \['a'\], got \['b'\]"):
        judge(example({"a": "1"}, {}), {"b": 1.0})


def test_a_fact_is_named_after_its_function():
    @fact("One is one.", {"": "1"}, EXACT, "arithmetic", seconds=3, tensorflow=True)
    def one():
        return {"": 1.0}

    assert (one.name, one.source) == ("one", "arithmetic")
    assert (one.seconds, one.tensorflow) == (3, True)
    assert check(one).holds


def test_a_fact_with_cases_calls_its_function_once_per_figure():
    calls = []

    @fact("Products.", {(2, 3): "6", (4, 5): "20"}, EXACT, case="{} × {}")
    def product(a, b):
        calls.append((a, b))
        return a * b

    assert product.name == "product"
    assert product.expected == {"2 × 3": "6", "4 × 5": "20"}
    outcome = check(product)
    assert outcome.holds
    assert outcome.measured == {"2 × 3": 6, "4 × 5": 20}
    assert calls == [(2, 3), (4, 5)]


@pytest.mark.parametrize(
    ("tolerance", "printed", "right", "wrong"),
    [
        (ROUNDED, "0.21", 0.2149, 0.2151),
        (ROUNDED, "15,625 MiB", 15625.4, 15625.6),
        (ROUNDED, ".4053", 0.40528, 0.40536),
        (ROUNDED, "7.41%", 7.4074, float("nan")),
        (EXACT, "4", 4 + 1e-12, 4.001),
        (EXACT, "138,357,544", 138_357_544, 138_357_543),
        (ERROR, "1.4e-15", 5e-15, 6e-15),
        (ERROR, "4e-7", 0.0, -1.0),
        (SEEDS, "0.25", (0.2, 0.3), (0.26, 0.3)),
        (SEEDS, "29%", (27.0, 28.6), (27.0, 28.4)),
        (WORDS, "changes", "changes: by 0.3", "changes nowhere"),
        (WORDS, "6 × 10", "6 × 10", "6 × 100"),
        (WORDS, "yes", "yes", 1.0),
        (within(0.03, "seeds differ"), "0.21", 0.24 - 1e-9, 0.241),
    ],
)
def test_tolerances(tolerance, printed, right, wrong):
    assert tolerance.agrees(printed, right)
    assert not tolerance.agrees(printed, wrong)


def test_every_tolerance_has_a_reason():
    assert all(claim.tolerance.why.endswith(".") for claim in FACTS)
    why = within(0.03, "seeds differ").why
    assert "0.03" in why
    assert "seeds differ" in why


def test_different_tolerances_have_different_reasons():
    reasons = {claim.tolerance.name: claim.tolerance.why for claim in FACTS}
    # The amount is the first word after "Within".
    assert len({why.partition(": ")[2] or why for why in reasons.values()}) == len(reasons)


def test_labels_use_the_titles_of_kernels():
    labels = {label for claim in SECTIONS["Kernels"] for label in claim.expected}
    internal = {name for name, kernel in KERNELS.items() if name != kernel.title}
    assert not [label for label in labels for name in internal if name in label]


def test_words_are_not_compared_as_numbers():
    with pytest.raises(ValueError, match=r"got 'no'\. .*WORDS"):
        ROUNDED.agrees("no", 1.0)
    with pytest.raises(TypeError, match=r"got 'no'\. .*WORDS"):
        ROUNDED.agrees("1", "no")


@pytest.mark.parametrize(
    ("value", "printed", "text"),
    [
        (4, "5", "4"),
        (4.25, "4", "4.2"),
        (0.2649, "0.2659", "0.26490"),
        (1e-17, "0", "1.0e-17"),
        (3e-7, "4e-7", "3.0e-07"),
        (0.0, "4e-7", "0"),
        ((0.2, 1234.0), "0.25 px", "0.20 to 1,234.00 px"),
        ("nowhere", "nowhere", "nowhere"),
    ],
)
def test_a_measured_value_is_formatted_like_its_figure(value, printed, text):
    assert say(value, printed) == text
