"""What the heat map of overlaps says, in each of its three ways."""

import numpy as np
import pandas as pd
import pytest
from charts.reading import finding, membership, note, plain, read

import segkit as sk
from segkit.charts import plot_overlap
from segkit.charts.heat import strength
from segkit.charts.overlap import _overlap_info
from segkit.errors import DefinitionError
from segkit.wording import shortened

WHO = membership({"SMS": "11110000", "VIP": "11000000", "New": "00011000", "Nobody": "00000000"})
KINDS = ["containment", "count", "jaccard"]


def cells(figure: object, kind: str) -> list[list[str]]:
    """Return the numbers of one way to tell, row by row."""
    return [[read(text) for text in row] for row in plain(figure)[1 + KINDS.index(kind)]["text"]]


def test_cells_hold_their_numbers_in_three_ways():
    """The row's share that is in the column, the profiles in both, and Jaccard; a share of nobody is a dash."""
    figure = plot_overlap(sk.overlap(WHO))
    assert cells(figure, "containment")[:2] == [["100%", "50%", "25%", "0%"], ["100%", "100%", "0%", "0%"]]
    assert cells(figure, "containment")[3] == ["—", "—", "—", "—"]
    assert cells(figure, "count")[0] == ["4", "2", "1", "0"]
    assert cells(figure, "jaccard")[0] == ["1", "0.50", "0.20", "0"]


def test_numbers_stand_in_their_cells():
    """Each cell is whole, in one colour, and holds its number in the page's own ink."""
    for drawn in plain(plot_overlap(sk.overlap(WHO)))[1:]:
        assert np.shape(drawn["z"]) == np.shape(drawn["text"]) == (4, 4)
        assert "currentColor" in drawn["texttemplate"]


def test_colour_is_as_strong_as_the_number_is_large():
    """Shares are coloured as they are, counts as a part of the largest between two segments; nothing has no colour."""
    info = _overlap_info(sk.overlap(WHO))
    assert info.values["containment"][0].tolist() == [1, 0.5, 0.25, 0]
    assert info.values["count"][0, 1] == 1
    assert strength(info.values["containment"])[3].tolist() == [0, 0, 0, 0]


def test_a_segment_with_itself_steps_back():
    """The diagonal has no colour, in each way."""
    for drawn in plain(plot_overlap(sk.overlap(WHO)))[1:]:
        assert not np.array(drawn["z"]).diagonal().any()
        assert np.array(drawn["z"]).any()


@pytest.mark.parametrize("show", KINDS)
def test_the_way_asked_for_is_seen_first(show: str):
    """One set of cells is visible, its button alone is in bold, and the note says how to read a cell."""
    figure = plot_overlap(sk.overlap(WHO), show=show)
    seen = [one["visible"] for one in plain(figure)[1:]]
    assert seen == [kind == show for kind in KINDS]
    assert [button.label.startswith("<b>") for button in figure.layout.updatemenus[0].buttons] == [
        kind == show for kind in KINDS
    ]
    told = {"containment": "share of the row's members", "count": "how many profiles", "jaccard": "Jaccard"}
    assert told[show] in note(figure)


def test_each_button_shows_its_way_and_says_how_to_read_it():
    """A button changes what is visible, the title and which button is bold, and makes the figure that asking for it would."""
    figure = plot_overlap(sk.overlap(WHO))
    for kind, button in zip(KINDS, figure.layout.updatemenus[0].buttons, strict=True):
        seen, title = button.args
        asked = plot_overlap(sk.overlap(WHO), show=kind)
        assert seen["visible"] == [True, *(one["visible"] for one in plain(asked)[1:])]
        assert title["title.text"] == asked.layout.title.text
        labels = [title[f"updatemenus[0].buttons[{place}].label"] for place in range(len(KINDS))]
        assert labels == [each.label for each in asked.layout.updatemenus[0].buttons]


def test_no_button_is_painted_by_plotly():
    """Plotly paints the pressed button nearly white, which is a slab on a dark page, so it is told not to."""
    assert plot_overlap(sk.overlap(WHO)).layout.updatemenus[0].showactive is False


def test_names_stand_level_only_where_a_narrow_page_has_room():
    """Two short names stand level above their columns; ten long ones slant, each of at most 30 letters, and are whole beside the rows."""
    long = [f"Budget shoppers who bought on sale ({place})" for place in range(10)]
    for names, angle in ((["SMS", "VIP"], 0), (long, 45)):
        columns = plot_overlap(sk.overlap(membership(dict.fromkeys(names, "1101")))).layout.xaxis
        assert columns.tickangle == angle
        assert [read(text) for text in columns.ticktext] == [shortened(name, 30) if angle else name for name in names]
        assert columns.side == "top"


def test_pointing_at_a_cell_tells_all_three():
    """Whatever is shown, the exact count, the share and Jaccard are told."""
    first = plain(plot_overlap(sk.overlap(WHO)))[0]
    assert first["customdata"][0][1] == ["2", "50%", "0.50"]
    assert all(f"%{{customdata[{place}]}}" in first["hovertemplate"] for place in range(3))


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ({"SMS": "11110", "VIP": "10000", "New": "01101"}, "SMS and New overlap most, sharing 2 of 5 profiles (40%)"),
        ({"SMS": "1110", "VIP": "1110", "New": "0011"}, "SMS and New overlap most, sharing 1 of 4 profiles (25%)"),
        ({"SMS": "1111", "VIP": "1000", "New": "0110"}, "New lies wholly within SMS: 2 of its 4 members (50%)"),
        ({"A": "1100", "B": "1100"}, "A and B have the same 2 members"),
        ({"A": "1000", "B": "1000"}, "A and B have the same one member"),
        ({"A": "10", "B": "01", "C": "00"}, "No two of the 3 segments share a profile"),
        ({"A": "10"}, "A is the only segment, so nothing overlaps"),
    ],
)
def test_the_title_says_the_finding(columns: dict[str, str], sentence: str):
    """It names the two segments that are most alike; that a part lies within its whole is told only where nothing else is."""
    assert finding(plot_overlap(sk.overlap(membership(columns)))) == sentence


def test_one_segment_needs_no_buttons():
    """There is nothing to switch between."""
    assert not plot_overlap(sk.overlap(WHO[["SMS"]])).layout.updatemenus


def test_many_segments_write_large_counts_short():
    """Where cells are narrow a count takes few letters; the exact one is told when it is pointed at."""
    many = pd.DataFrame(True, index=range(12_345), columns=[f"S{place}" for place in range(20)])
    many["S1"] = many.index < 4_000
    figure = plot_overlap(sk.overlap(many), show="count")
    assert cells(figure, "count")[0][2] == "12k"
    assert cells(figure, "containment")[0][1] == "32"
    assert cells(figure, "jaccard")[0][1] == ".32"
    assert plain(figure)[0]["customdata"][0][2][0] == "12,345"
    assert note(plot_overlap(sk.overlap(many))).endswith("In percent.")
    assert len(figure.layout.yaxis.ticktext) == len(figure.layout.xaxis.ticktext) == 20


def test_no_number_stands_where_none_can_be_read():
    """Thirty columns leave no room for legible numbers: the colour and the label under the pointer say them."""
    many = pd.DataFrame(True, index=range(5), columns=[f"S{place}" for place in range(30)])
    figure = plot_overlap(sk.overlap(many))
    assert {text for kind in KINDS for row in cells(figure, kind) for text in row} == {""}
    assert note(figure).endswith("Point at a cell for its number.")
    assert plain(figure)[0]["customdata"][0][1] == ["5", "100%", "1"]


def test_an_unknown_way_is_refused():
    """The error names the three ways."""
    with pytest.raises(DefinitionError, match=r"show can.t be .counts.\. Did you mean .count."):
        plot_overlap(sk.overlap(WHO), show="counts")
