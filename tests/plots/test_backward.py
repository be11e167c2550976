"""The chain of a network, with arrows where a gradient comes back and a cross where none does."""

import pytest

from fcnlib.plots import theme
from fcnlib.plots.backward import Box, Passage, chain_figure

BOXES = [Box("A", theme.INPUT), Box("B", theme.KERNEL, "weights"), Box("C", theme.OUTPUT)]


def drawn(*arrives):
    passages = [Passage(f"p{place}", "", arrives=each) for place, each in enumerate(arrives)]
    return chain_figure(BOXES, passages).layout


def arrows(layout, color):
    return [
        (note.ax, note.x)
        for note in layout.annotations
        if note.showarrow and note.arrowcolor == color
    ]


def test_the_way_forward_is_always_there_and_the_way_back_where_a_gradient_arrives():
    layout = drawn(False, True)
    forward, back = arrows(layout, theme.NEUTRAL), arrows(layout, theme.DIFFERENCE)
    assert [start < end for start, end in forward] == [True, True]
    assert len(back) == 1
    assert 1 < back[0][1] < back[0][0] < 2
    assert [note.x for note in layout.annotations if "×" in note.text] == [0.5]
    assert [shape.line.dash for shape in layout.shapes] == [None, None, None, "dot"]


def test_nothing_is_drawn_backward_where_nobody_asked():
    layout = drawn(None, None)
    assert arrows(layout, theme.DIFFERENCE) == []
    assert not any("×" in note.text for note in layout.annotations)


def test_the_number_of_passages_must_fit():
    with pytest.raises(ValueError, match="one fewer than the 3 boxes, got 1"):
        chain_figure(BOXES, [Passage("p")])
