"""What the chart of a sweep says: the size at each setting, and where the parameters stand now."""

import pandas as pd
import pytest
from charts.reading import finding, note, plain, read, texts, trace

import segkit as sk
from segkit.analysis.sweep import sweep
from segkit.charts import plot_sweep
from segkit.drawing.palette import ORANGE
from segkit.errors import DefinitionError

ONE = pd.DataFrame(
    {"clicked_days": [90, 7, 30], "size": [653, 143, 335], "share": [0.13, 0.03, 0.07], "base": "all profiles"}
)
TWO = pd.DataFrame(
    [(days, clicks, 10 * days - clicks) for days in (30, 60, 90) for clicks in (1, 2)],
    columns=["clicked_days", "clicks", "size"],
)
CHOICES = pd.DataFrame({"approach": ["spender", "frequent"], "size": [606, 488], "share": [0.12, 0.1], "base": "SMS"})
DENSE = pd.DataFrame([(x, y, x + y) for x in range(40) for y in range(30)], columns=["x", "y", "size"])


def test_one_parameter_is_a_line_from_the_least_to_the_most():
    """Whatever the table's order, numbers rise from left to right, each with its size."""
    line = plain(plot_sweep(ONE))[0]
    assert line["x"] == [7, 30, 90]
    assert line["y"] == [143, 335, 653]
    assert line["line"]["shape"] == "hv"


def test_the_current_value_is_marked_and_labelled():
    """A post, a dot and a label stand at it, in the colour of what to look at."""
    figure = plot_sweep(ONE, current=90)
    (post,), (label,) = figure.layout.shapes, figure.layout.annotations
    dot = trace(figure, "current")
    assert post.x0 == post.x1 == label.x == 90
    assert read(label.text) == "90: 653"
    assert (list(dot.x), list(dot.y)) == ([90], [653])
    assert post.line.color == dot.marker.color == ORANGE


def test_other_settings_tell_their_change_against_the_current_one():
    """In members and in percent of the current size; the current one tells none."""
    told = plain(plot_sweep(ONE, current=90))[0]["hovertext"]
    assert (
        told[0]
        == "<b>clicked days 7</b><br>143 members<br>3.0% of all profiles<br>-510 (-78.1%) against clicked days 90"
    )
    assert "against" not in told[2]
    assert not any("against" in text for text in plain(plot_sweep(ONE))[0]["hovertext"])


def test_a_change_against_an_empty_segment_has_no_percent():
    """Nothing is divided by nobody."""
    table = pd.DataFrame({"days": [1, 2], "size": [0, 5]})
    assert "+5 against days 1" in plain(plot_sweep(table, current=1))[0]["hovertext"][1]


def test_who_may_be_texted_is_a_second_line():
    """It is drawn where the table has it, and the colours are told."""
    figure = plot_sweep(ONE.assign(sendable=[500, 100, 200]))
    assert list(trace(figure, "of them may be texted").y) == [100, 200, 500]
    assert "■ members" in note(figure)
    assert "500 may be texted" in trace(figure, "members").hovertext[2]


def test_choices_are_bars_in_their_order():
    """A parameter that is no number has a bar for each choice, the current one set apart."""
    figure = plot_sweep(CHOICES, current="frequent")
    bars, labels = plain(figure)
    assert [read(name) for name in figure.layout.yaxis.ticktext] == ["spender", "frequent"]
    assert bars["x"] == [606, 488]
    assert [text.strip() for text in labels["text"]] == ["606 · 12%", "488 · 10%"]
    assert [colour == ORANGE for colour in bars["marker"]["color"]] == [False, True]


def test_yes_and_no_are_choices():
    """True and False are no numbers to be drawn along an axis."""
    table = pd.DataFrame({"opens_too": [True, False], "size": [3, 5]})
    assert [read(name) for name in plot_sweep(table).layout.yaxis.ticktext] == ["True", "False"]


def test_two_parameters_are_a_heat_map_with_numbers():
    """The first runs to the right, the second upwards, and each cell holds its size."""
    figure = plot_sweep(TWO, current={"clicked_days": 60, "clicks": 2})
    _, cells = plain(figure)
    assert [read(name) for name in figure.layout.xaxis.ticktext] == ["30", "60", "90"]
    assert [read(name) for name in figure.layout.yaxis.ticktext] == ["2", "1"]
    assert cells["text"] == [["298", "598", "898"], ["299", "599", "899"]]
    assert read(figure.layout.xaxis.title.text) == "clicked days"
    (frame,) = figure.layout.shapes
    assert (frame.x0, frame.x1, frame.y0, frame.y1) == (0.5, 1.5, -0.5, 0.5)


def test_a_setting_that_is_missing_is_an_empty_cell():
    """It has no number and no colour, while the smallest size has some."""
    _, cells = plain(plot_sweep(TWO.iloc[:-1]))
    assert cells["text"] == [["298", "598", ""], ["299", "599", "899"]]
    assert cells["z"][0][2] == 0
    assert cells["z"][0][0] > 0


def test_many_settings_are_plain_cells_with_a_scale():
    """More cells than numbers fit into tell theirs when they are pointed at."""
    figure = plot_sweep(DENSE.assign(share=0.5, base="<SMS>"), current={"x": 3, "y": 4})
    (cells,) = figure.data
    assert cells.z.shape == (30, 40)
    assert list(cells.y[:2]) == ["29", "28"]
    assert cells.z[0][5] == 34
    assert cells.customdata[0][5].tolist() == [0.5, 27]
    assert read(cells.hovertemplate).startswith("x %{x} and y %{y} %{z:,d} members %{customdata[0]:.1%} of <SMS>")
    assert len(figure.to_json()) < 60_000


@pytest.mark.parametrize(
    ("table", "current", "sentence"),
    [
        (ONE, 90, "653 members at clicked days 90"),
        (ONE, None, "The segment grows from 143 members at clicked days 7 to 653 at clicked days 90"),
        (CHOICES, "frequent", "488 members at approach frequent"),
        (TWO, {"clicked_days": 30, "clicks": 1}, "299 members at clicked days 30 and clicks 1"),
        (ONE.assign(size=5), None, "Moving clicked days changes nothing: 5 members at every setting"),
        (ONE.assign(size=[302, 242, 260]), None, "Moving clicked days hardly matters: 242 to 302 members"),
    ],
)
def test_the_title_says_the_finding(table: pd.DataFrame, current: object, sentence: str):
    """Where the parameters stand and what that gives, or from where to where the segment goes."""
    assert finding(plot_sweep(table, current=current)) == sentence


def test_the_note_says_the_span():
    """With a current setting the least and the most stand below the title."""
    span = "From 143 members at clicked days 7 to 653 at clicked days 90."
    assert note(plot_sweep(ONE, current=30)) == f"That is 7.0% of all profiles. {span}"


def test_a_share_that_is_not_known_is_left_out():
    """Neither an empty base nor a table without shares says so with a NaN."""
    for table in (ONE.assign(share=float("nan")), ONE[["clicked_days", "size"]]):
        figure = plot_sweep(table, current=90)
        assert "That is" not in note(figure)
        assert not any("nan" in text for text in texts(figure))


@pytest.mark.parametrize(
    ("current", "words"),
    [
        (91, r"current can't be 91\. The choices are: 7, 30, 90"),
        ({"clicked_day": 90}, r"can't be 'clicked_day'\. Did you mean 'clicked_days'"),
    ],
)
def test_a_setting_that_was_not_swept_is_refused(current: object, words: str):
    """Its size is not known, so the error names those that are."""
    with pytest.raises(DefinitionError, match=words):
        plot_sweep(ONE, current=current)


def test_three_parameters_are_refused():
    """There is no picture for them, and the error says how many there may be."""
    with pytest.raises(DefinitionError, match="number of parameters in plot_sweep must be 1 or 2, but it is 3"):
        plot_sweep(DENSE.assign(z=1))


def test_it_takes_the_table_of_a_sweep():
    """A sweep's own table goes in as it comes out."""
    homes = {
        "profile_id": ["a", "b"],
        "latitude": [42.4, 43.0],
        "longitude": [-71.1, -71.1],
        "sms_consent": ["subscribed"] * 2,
    }
    shop = sk.Dataset.from_frames(pd.DataFrame(homes), as_of="2026-06-30")
    table = sweep(sk.sms_nearby, shop, radius=[10, 100])
    assert finding(plot_sweep(table, current=100)) == "2 members at radius 100"


def test_the_note_says_where_a_setting_hardly_matters():
    """Beside the current setting it is said that others give about the same, or the same, and nothing is said where they don't."""
    assert "so moving this hardly matters." in note(plot_sweep(ONE.assign(size=[302, 242, 260]), current=90))
    assert "Moving this changes nothing." in note(plot_sweep(ONE.assign(size=5), current=90))
    assert "moving" not in note(plot_sweep(ONE, current=90)).lower()
