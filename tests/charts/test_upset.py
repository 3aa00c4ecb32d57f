"""What the chart of exact combinations says, and that it drops nobody."""

import numpy as np
import pandas as pd
import pytest
from charts.reading import finding, membership, note, plain, read, texts, trace
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as st_numpy

import segkit as sk
from segkit.charts import plot_upset
from segkit.charts.style import NAME_LINE, inked
from segkit.drawing.palette import GREY
from segkit.drawing.tables import Intersections
from segkit.errors import DefinitionError

WHO = membership({"VIP": "1100000", "SMS": "1111100", "New": "0011000", "Nobody": "0000000"})
MANY = pd.DataFrame(np.random.default_rng(5).random((4_000, 12)) < 0.3).rename(columns="S{}".format)

tables = st_numpy.arrays(bool, st.tuples(st.integers(0, 40), st.integers(1, 7)))


@given(flags=tables, most=st.integers(1, 12))
def test_nobody_is_dropped(flags: np.ndarray, most: int):
    """Bars, the last bar included, and those in no segment add up to all profiles; segments keep their sizes."""
    who = pd.DataFrame(flags).rename(columns="S{}".format)
    info = Intersections.of(sk.intersections(who), most=most)
    drawn = sum(combination.size for combination in info.shown)
    assert drawn + info.rest == info.members == int(flags.any(axis=1).sum())
    assert info.profiles == len(who)
    assert dict(zip(info.names, info.sizes, strict=True)) == who.sum().to_dict()
    assert len(info.shown) <= most + 1
    assert (info.folded == 0) == (info.rest == 0)


@given(flags=tables)
def test_order_is_by_size(flags: np.ndarray):
    """Segments from the largest down, bars from the largest on, and what is folded is smaller than any bar."""
    who = pd.DataFrame(flags).rename(columns="S{}".format)
    info = Intersections.of(sk.intersections(who), most=3)
    sizes = [combination.size for combination in info.shown]
    assert list(info.sizes) == sorted(info.sizes, reverse=True)
    assert sizes == sorted(sizes, reverse=True)
    assert info.rest <= info.folded * min(sizes, default=0)


def test_segments_are_rows_with_their_sizes():
    """The largest stands first, an empty one keeps its row with a 0, and equal sizes keep the table's order."""
    figure = plot_upset(sk.intersections(WHO))
    assert [read(name) for name in figure.layout.yaxis.ticktext] == ["SMS", "VIP", "New", "Nobody"]
    bars, labels, *_ = plain(figure)
    assert bars["x"] == [5, 2, 2, 0]
    assert [text.strip() for text in labels["text"]] == ["5", "2", "2", "0"]


def test_combinations_are_columns_with_their_segments():
    """A bar says how many are in exactly the segments whose dots are joined below it."""
    figure = plot_upset(sk.intersections(WHO))
    bars, inside = trace(figure, "combination"), trace(figure, "in")
    dots = {}
    for column, row in zip(inside.x, inside.y, strict=True):
        dots.setdefault(column, []).append(read(figure.layout.yaxis.ticktext[row]))
    assert {tuple(dots[place]): size for place, size in zip(bars.x, bars.y, strict=True)} == {
        ("SMS", "VIP"): 2,
        ("SMS", "New"): 2,
        ("SMS",): 1,
    }
    assert list(bars.text) == ["2", "2", "1"]


def test_who_is_in_none_is_said_and_not_drawn():
    """Those in no segment are often the most, and no bar of theirs flattens all others."""
    table = sk.intersections(pd.concat([WHO, pd.DataFrame(False, index=range(999), columns=WHO.columns)]))
    figure = plot_upset(table)
    assert note(figure) == "1,001 of 1,006 profiles are in none of them."
    assert max(trace(figure, "combination").y) == 2


def test_the_smallest_are_folded_into_one_counted_bar():
    """The last bar is grey and says how many combinations and profiles it holds, in its label, its words and the note."""
    info = Intersections.of(sk.intersections(MANY), most=5)
    figure = plot_upset(sk.intersections(MANY), most=5)
    *_, last = [one for one in figure.data if one.name == "all others"]
    assert len(trace(figure, "combination").y) == 5
    assert list(last.text) == [f"{info.rest:,}"]
    assert last.marker.color == GREY
    assert f"The last bar holds {info.folded:,} more intersections: {info.rest:,} profiles." in note(figure)
    assert figure.layout.annotations[0].text == inked(f"and {info.folded:,} more intersections")
    assert f"in {info.folded:,} more intersections" in last.hovertext[0]


def test_a_last_bar_that_is_too_tall_is_cut_and_says_so():
    """It has a gap, reaches a little above the largest bar, and its label still holds its number."""
    figure = plot_upset(sk.intersections(MANY), most=5)
    lower, upper = [one for one in figure.data if one.name == "all others"]
    highest = max(trace(figure, "combination").y)
    assert lower.text is None
    assert lower.y[0] < upper.base
    assert highest < upper.base + upper.y[0] < figure.layout.yaxis2.range[1]
    assert "the bar is cut" in lower.hovertext[0]


def test_a_last_bar_that_fits_is_drawn_in_proportion():
    """It is cut only where it must be."""
    table = pd.DataFrame({"A": [True, False, True], "B": [False, True, True], "degree": [1, 1, 2], "size": [9, 4, 3]})
    three = pd.concat([table.assign(C=False), table.assign(C=True, size=1)], ignore_index=True)
    last = trace(plot_upset(three, most=2), "all others")
    assert (list(last.y), list(last.text)) == ([6], ["6"])
    assert "cut" not in last.hovertext[0]


def test_one_combination_is_not_folded_alone():
    """A bar for it takes no more room than a bar that would say so."""
    assert not Intersections.of(sk.intersections(WHO), most=2).folded
    assert Intersections.of(sk.intersections(WHO), most=1).folded == 2


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        (
            {"A": "1110", "B": "1110", "C": "0001"},
            "3 of 4 members are in exactly A and B",
        ),
        ({"A": "1110", "B": "0001"}, "3 of 4 members are in A alone"),
        ({"A": "1110"}, "3 of 4 profiles are in A"),
        ({"A": "00", "B": "00"}, "Nobody is in any of the 2 segments"),
        ({"A": "00"}, "Nobody is in A"),
        (dict.fromkeys("ABCDEF", "1"), "1 of 1 member is in exactly A, B, C and 3 more"),
    ],
)
def test_the_title_says_the_finding(columns: dict[str, str], sentence: str):
    """It names the largest combination and of how many members it is."""
    assert finding(plot_upset(sk.intersections(membership(columns)))) == sentence


def test_pointing_at_a_bar_names_every_segment():
    """However many there are, all are told, with the share and of what."""
    told = trace(plot_upset(sk.intersections(WHO[["VIP", "SMS"]])), "combination").hovertext[1]
    assert told == "<b>2 profiles</b><br>40% of the 5 members of these segments<br>in exactly:<br>SMS<br>VIP"


def test_thirty_segments_are_drawn():
    """Thirty rows and twenty-one columns fit, and labels of many narrow bars stand upright where they are long."""
    who = pd.DataFrame(np.random.default_rng(1).random((150_000, 30)) < 0.01).rename(columns="S{}".format)
    figure = plot_upset(sk.intersections(who))
    assert len(figure.layout.yaxis.ticktext) == 30
    assert len(trace(figure, "combination").y) == 20
    assert max(trace(figure, "combination").y) > 999
    assert trace(figure, "combination").textangle == -90
    assert not any("nan" in text for text in texts(figure))


@pytest.mark.parametrize(("most", "each", "angle"), [(12, 1_500, 0), (16, 500, 0), (20, 500, -90), (20, 90, 0)])
def test_numbers_stand_upright_where_columns_are_too_narrow_for_them(most: int, each: int, angle: int):
    """The more columns, the shorter a number must be to lie level above its bar."""
    table = pd.DataFrame(np.array([[row >> bit & 1 for bit in range(5)] for row in range(32)], dtype=bool))
    table = table.rename(columns="S{}".format).assign(degree=0, size=each)
    assert trace(plot_upset(table, most=most), "combination").textangle == angle


def test_a_long_name_takes_two_lines_and_higher_rows():
    """A name that the narrow room beside the dots can't hold is broken and not cut, and every row is high enough for it."""
    long, short = "Budget shoppers (bought on sale)", "VIP"
    figures = [plot_upset(sk.intersections(membership({name: "110", "SMS": "011"}))) for name in (long, short)]
    assert long in [read(text) for text in figures[0].layout.yaxis.ticktext]
    assert max(len(read(line)) for text in figures[0].layout.yaxis.ticktext for line in text.split("<br>")) <= NAME_LINE
    assert figures[0].layout.height > figures[1].layout.height


def test_most_must_be_at_least_one():
    """A chart without bars is refused."""
    with pytest.raises(DefinitionError, match="most must be 1 or more, but it is 0"):
        plot_upset(sk.intersections(WHO), most=0)
