"""Bins are those that searching for each amount gives, wherever the edges lie."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from segkit.engine.memory.bins import reached

FLOATS = st.floats(allow_nan=False, width=64)
NEAR = st.sampled_from([0.0, 0.1, 0.2, 0.30000000000000004, 0.3, 1.0, 1e-300, -5.5, 1e300, 7.25, 7.250000000000001])
WHOLE = st.one_of(st.integers(-(2**62), 2**62), st.integers(-1_000, 1_000))


@given(st.lists(st.one_of(FLOATS, NEAR), max_size=40), st.lists(st.one_of(FLOATS, NEAR), max_size=40))
def test_floats_reach_what_a_search_says(edges: list[float], amounts: list[float]):
    """Each amount, the edges themselves and their neighbours among the floats, reaches as many edges as a search finds."""
    edges_in_order = np.sort(np.array(edges))
    with np.errstate(over="ignore"):
        beside = [np.nextafter(edges_in_order, way) for way in (-np.inf, np.inf)]
    every = np.concatenate([np.array(amounts), edges_in_order, *beside, [np.inf, -np.inf]])

    assert reached(edges_in_order)(every).tolist() == np.searchsorted(edges_in_order, every, side="right").tolist()


@given(st.lists(WHOLE, max_size=40), st.lists(WHOLE, max_size=40))
def test_whole_amounts_reach_what_a_search_says(edges: list[int], amounts: list[int]):
    """The same of whole numbers, also those that no float tells from the next."""
    edges_in_order = np.sort(np.array(edges, dtype=np.int64))
    every = np.concatenate([np.array(amounts, dtype=np.int64), edges_in_order, edges_in_order + 1, edges_in_order - 1])

    assert reached(edges_in_order)(every).tolist() == np.searchsorted(edges_in_order, every, side="right").tolist()


@given(st.integers(8, 400), st.floats(0.001, 1e6), st.floats(-1e6, 1e6))
def test_evenly_spaced_edges_are_reached_as_a_search_says(count: int, step: float, first: float):
    """So it is for positions of a slider, at the edges and beside them."""
    edges = first + step * np.arange(count)
    every = np.concatenate([np.nextafter(edges, -np.inf), edges, np.nextafter(edges, np.inf), edges + step / 2])

    assert reached(edges)(every).tolist() == np.searchsorted(edges, every, side="right").tolist()
