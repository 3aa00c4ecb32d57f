"""What pictures are drawn from: tables read once, with nobody lost on the way."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.drawing.tables import Bins, Intersections, Waterfall, sizes_of

WHO = pd.DataFrame({"A": [1, 1, 1, 0, 0], "B": [1, 1, 0, 1, 0], "C": [1, 0, 0, 0, 0]}).astype(bool)


def test_a_picked_intersection_has_a_bar_whatever_its_size():
    """It is no longer folded, in any order of its names, and one that holds nobody is shown with none."""
    table = sk.intersections(WHO)
    sets = Intersections.of(table, most=1, picked=["B", "A"])
    assert (len(sets.shown), sets.folded) == (2, 2)
    assert (sets.shown[-1].rows, sets.shown[-1].size) == ((0, 1), 1)
    assert sum(one.size for one in sets.shown) + sets.rest == sets.members == 4
    empty = Intersections.of(table, most=1, picked=["C"])
    assert (empty.shown[-1].rows, empty.shown[-1].size) == ((2,), 0)
    assert empty.folded == Intersections.of(table, most=1).folded


@given(
    values=st.lists(st.tuples(st.integers(0, 5), st.booleans(), st.integers(0, 9)), min_size=1, max_size=30, unique_by=lambda row: row[:2])
)  # fmt: skip
def test_bins_hold_everybody_once(values: list[tuple[int, bool, int]]):
    """Both sides of a bin are one bin, and nobody is lost or counted twice."""
    rows = [(float(start), start + 1.0, count, is_in) for start, is_in, count in values]
    bins = Bins.of(pd.DataFrame(rows, columns=["from_value", "to_value", "profiles", "is_in"]))
    assert len(set(bins.starts)) == len(bins.starts) == len(bins.words)
    assert bins.totals.sum() == sum(count for *_, count in values)
    assert bins.inside.sum() == sum(count for _, is_in, count in values if is_in)


def test_open_bins_are_drawn_as_wide_as_most():
    """One without a beginning or an end, or without a width, takes the width of the others."""
    bins = Bins(np.array([-np.inf, 0, 2, 4]), np.array([0, 2, 2, np.inf]), np.ones(4, int), np.ones(4, int))
    starts, ends = bins.drawn
    assert (ends - starts).tolist() == [2, 2, 2, 2]
    assert bins.words == ["less than 0", "0 to 1", "2", "4 or more"]


def test_an_empty_table_is_empty():
    """Tables without rows are read without an error."""
    nobody = pd.DataFrame(columns=["step", "meaning", "removed", "remaining"])
    assert Waterfall.of(nobody) == Waterfall(0, (), 0, None, (), ())
    assert sizes_of(sk.sizes(WHO).iloc[:0]) == []
    assert Intersections.of(sk.intersections(WHO).iloc[:0], most=3).profiles == 0
