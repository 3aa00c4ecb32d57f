"""That the circles are as large as their segments, overlap as they do, and say how far they are from it."""

from itertools import combinations
from math import hypot, pi

import pandas as pd
import plotly.graph_objects as go
import pytest
from charts.reading import finding, note, read
from hypothesis import given, settings
from hypothesis import strategies as st

import segkit as sk
from segkit.charts import plot_areas
from segkit.charts.areas import _error, _placed
from segkit.charts.circles import Circle, Region, circles, distances, lens_area, regions
from segkit.drawing.tables import Intersections
from segkit.errors import DefinitionError


def drawn(made: pd.DataFrame) -> tuple[Intersections, tuple[Circle, ...], dict[tuple[int, ...], Region]]:
    """Return what a chart of a table draws: its intersections, a circle for each segment, and where the circles overlap."""
    sets = Intersections.of(made, most=8)
    return sets, _placed(sets), regions(_placed(sets))


def numbers(figure: go.Figure) -> list[str]:
    """Return the numbers within the circles and beside them."""
    inside, beside = figure.data[0].text, [read(label.text) for label in figure.layout.annotations]
    return [text for text in [*inside, *beside] if text]


sizes = st.integers(1, 1_000_000)


def table(counts: dict[str, int], segments: str = "ABC", none: int = 0) -> pd.DataFrame:
    """Return a table of intersections from, for example, {"A": 5, "AB": 2}."""
    rows = [[name in key for name in segments] for key in counts]
    frame = pd.DataFrame(rows, columns=list(segments)).assign(degree=0, size=list(counts.values()))
    nobody = pd.DataFrame([[False] * len(segments)], columns=list(segments)).assign(degree=0, size=none)
    return pd.concat([frame, nobody], ignore_index=True) if none else frame


@given(one=sizes, other=sizes, share=st.floats(0, 1))
def test_two_circles_share_exactly_what_their_sets_share(one: int, other: int, share: float):
    """Areas are the sets' sizes and the lens is their overlap, to rounding; one inside the other and apart included."""
    both = share * min(one, other)
    first, second = circles([one, other], {(0, 1): both})
    assert pi * first.radius**2 == pytest.approx(one)
    assert pi * second.radius**2 == pytest.approx(other)
    distance = hypot(second.x - first.x, second.y - first.y)
    assert lens_area(first.radius, second.radius, distance) == pytest.approx(both, abs=1e-5 * min(one, other))


@given(one=st.floats(0.1, 10), other=st.floats(0.1, 10), nearer=st.floats(0, 25), farther=st.floats(0, 25))
def test_circles_share_less_the_farther_they_are_apart(one: float, other: float, nearer: float, farther: float):
    """The lens never grows with the distance, which is what bisection needs."""
    nearer, farther = sorted([nearer, farther])
    assert lens_area(one, other, nearer) >= lens_area(one, other, farther) - 1e-9


def test_circles_that_share_nothing_or_everything_may_move():
    """Apart they may be anywhere beyond each other, inside anywhere within; otherwise there is one distance."""
    low, high = distances(2, 1, 0)
    assert low > 3
    assert high == float("inf")
    low, high = distances(2, 1, pi)
    assert low == 0 < high < 1
    assert len(set(distances(2, 1, 1))) == 1


@settings(max_examples=25, deadline=None)
@given(members=st.lists(st.integers(0, 7), min_size=30, max_size=200))
def test_three_circles_are_placed_as_well_as_they_say(members: list[int]):
    """Each two of three circles overlap as their sets, unless the chart says how wrong it is; counts are always exact."""
    who = pd.DataFrame({name: [bool(one >> bit & 1) for one in members] for bit, name in enumerate("ABC")})
    sets, _, found = drawn(sk.intersections(who))
    for one in sets.shown if sets.members else ():
        area = found[one.rows].area if one.rows in found else 0
        assert abs(area - one.size) <= _error(sets, found) * sets.members + 1e-9


def test_three_circles_of_like_sets_are_near():
    """An ordinary overlap of three is drawn to within a hundredth of all that is shown."""
    sets, placed, found = drawn(table({"A": 437, "B": 356, "C": 468, "AB": 109, "AC": 78, "BC": 111, "ABC": 29}))
    assert _error(sets, found) < 0.01
    for one, other in combinations(range(3), 2):
        first, second = placed[one], placed[other]
        both = sum(each.size for each in sets.shown if {one, other} <= set(each.rows))
        distance = hypot(second.x - first.x, second.y - first.y)
        assert lens_area(first.radius, second.radius, distance) == pytest.approx(both, rel=1e-6)


def test_an_error_is_stated():
    """Three circles can't share pairwise without a common middle, and the note says how wrong that is."""
    figure = plot_areas(table({"A": 300, "B": 200, "C": 50, "AB": 100, "AC": 80, "BC": 90}, none=10))
    assert "with an error of up to 4.6% of those shown; the numbers are exact." in note(figure)
    assert "10 of 830 profiles are in none of them." in note(figure)
    assert sorted(numbers(figure)) == sorted(str(count) for count in (300, 200, 50, 100, 80, 90, 0))


def test_exact_areas_are_said_to_be_in_proportion():
    """Two circles have no error to state."""
    assert "Areas are in proportion to profiles." in note(plot_areas(table({"A": 515, "B": 467, "AB": 138}, "AB")))


def test_each_region_is_labelled_within_it():
    """A label's point lies in its own circles and in no other."""
    _, placed, found = drawn(table({"A": 437, "B": 356, "C": 468, "AB": 109, "AC": 78, "BC": 111, "ABC": 29}))
    for key, region in found.items():
        inside = {place for place, one in enumerate(placed) if hypot(region.x - one.x, region.y - one.y) < one.radius}
        assert inside == set(key)


def test_a_region_too_small_for_its_number_has_it_beside_it():
    """A line of a few pixels leads to it from its region, away from the middle, so that it is right at every width."""
    table_of_small = table({"A": 3_882, "B": 3_977, "C": 3_940, "AB": 40, "AC": 43, "BC": 39})
    labels = plot_areas(table_of_small).layout.annotations
    assert {read(label.text) for label in labels} == {"40", "43", "39"}
    assert all(30 < hypot(label.ax, label.ay) < 40 for label in labels)
    for one, other in combinations(labels, 2):
        assert hypot(one.ax - other.ax, one.ay - other.ay) > 20


def test_a_segment_inside_another_lies_inside_it():
    """Containment looks like containment."""
    _, (outer, inner), _ = drawn(table({"A": 900, "AB": 100}, "AB"))
    assert hypot(inner.x - outer.x, inner.y - outer.y) + inner.radius < outer.radius


def test_an_empty_segment_is_named_without_a_circle():
    """Its size stands beside its name."""
    figure = plot_areas(table({"A": 900, "AC": 5}))
    assert "■ A (905)" in note(figure)
    assert "■ B (0)" in note(figure)
    assert len(figure.layout.shapes) == 2


def test_what_can_not_be_seen_is_said():
    """A combination that has no place among the circles is told in words."""
    figure = plot_areas(table({"A": 1_000_000, "AB": 1}, "AB"))
    assert "Not visible in the circles: 1 profile in A and B only." in note(figure)


@pytest.mark.parametrize(
    ("counts", "segments", "sentence"),
    [
        ({"A": 515, "B": 467, "AB": 138}, "AB", "138 of 1,120 profiles in A or B are in both (12%)"),
        ({"A": 3, "ABC": 1}, "ABC", "1 of 4 profiles in A, B or C is in all three (25%)"),
        ({"A": 3, "AB": 1}, "ABC", "1 of 4 profiles is in A and B (25%), and nobody in all three"),
        ({"A": 3, "B": 1}, "AB", "Nobody is in both A and B, which hold 4 profiles"),
        ({"A": 3, "B": 1}, "ABC", "Nobody is in two of A, B and C, which hold 4 profiles"),
        ({"A": 0}, "AB", "Nobody is in A or B"),
    ],
)
def test_the_title_says_the_finding(counts: dict[str, int], segments: str, sentence: str):
    """How many are in all of the segments, of how many in any."""
    assert finding(plot_areas(table(counts, segments))) == sentence


@pytest.mark.parametrize("segments", ["A", "ABCD"])
def test_other_numbers_of_segments_are_refused(segments: str):
    """The error leads to the chart that draws any number."""
    with pytest.raises(DefinitionError, match=r"must be 2 or 3 \(charts.plot_upset draws any number of them\)"):
        plot_areas(table({segments: 3}, segments))


def test_regions_measure_exact_combinations():
    """Areas of what is only in one circle and of what is in both are right to a thousandth, and their labels are clear of edges."""
    found = regions([Circle(0, 0, 2), Circle(1.5, 1, 1.5)])
    both = lens_area(2, 1.5, hypot(1.5, 1))
    assert found[(0, 1)].area == pytest.approx(both, rel=2e-3)
    assert found[(0,)].area == pytest.approx(pi * 4 - both, rel=2e-3)
    assert all(region.clearance > 0 for region in found.values())
    assert regions([]) == {}


def test_segments_that_share_nobody_are_one_bar():
    """Each has its part, as long as it is large, one after the other, with its number in it, or above it where there is no room."""
    figure = plot_areas(table({"A": 2_189, "B": 653, "C": 5}, "ABC"))
    assert [(part.base[0], part.x[0], part.name) for part in figure.data] == [
        (0, 2_189, "A"),
        (2_189, 653, "B"),
        (2_842, 5, "C"),
    ]
    assert [read(note.text) for note in figure.layout.annotations] == ["2,189 · 77%", "653 · 23%", "5 · 0.2%"]
    assert [note.showarrow for note in figure.layout.annotations] == [False, False, True]
    assert not figure.layout.shapes
    assert "Lengths are in proportion to profiles." in note(figure)


def test_an_empty_segment_beside_those_apart_has_no_part():
    """It stays in the key with its 0, and no number stands where nothing is."""
    figure = plot_areas(table({"A": 3, "B": 1}, "ABC"))
    assert len(figure.layout.annotations) == 2
    assert "C (0)" in note(figure)
