"""What the histogram says: who lies on either side of the threshold."""

import numpy as np
import pandas as pd
import pytest
from charts.reading import finding, note, plain, texts, trace

import segkit as sk
from segkit.charts import plot_distribution
from segkit.charts.style import inked
from segkit.drawing.html import element
from segkit.drawing.palette import BLUE, GREY


def table(edges: list[float], profiles: list[int], is_in: list[bool]) -> pd.DataFrame:
    """Return a distribution whose bars stand side by side."""
    return pd.DataFrame({"from_value": edges[:-1], "to_value": edges[1:], "profiles": profiles, "is_in": is_in})


DAYS = table([0, 30, 60, 90], [300, 261, 920], [True, True, False])


def test_both_sides_are_drawn_in_their_colours_with_their_counts():
    """Bars stand where their values are, members in blue, the others in grey, each side counted with its share."""
    figure = plot_distribution(DAYS, quantity="days since the last click", threshold=60)
    inside, outside = trace(figure, "in"), trace(figure, "not in")
    assert (list(inside.x), list(inside.y)) == ([15, 45], [300, 261])
    assert (list(outside.x), list(outside.y)) == ([75], [920])
    assert (inside.marker.color, outside.marker.color) == (BLUE, GREY)
    assert note(figure) == "■ in: 561 (38%)  ■ not in: 920 (62%)"


def test_a_bar_with_both_sides_in_it_is_stacked():
    """Where other conditions decide, members and others of the same values stand upon each other."""
    both = pd.DataFrame({"from_value": [0, 0], "to_value": [5, 5], "profiles": [3, 4], "is_in": [True, False]})
    figure = plot_distribution(both, quantity="orders in all")
    assert figure.layout.barmode == "stack"
    assert list(trace(figure, "in").x) == list(trace(figure, "not in").x)


def test_the_threshold_is_a_line_with_its_value():
    """It stands at its value over the whole height, and is left out where there is none."""
    figure = plot_distribution(DAYS, quantity="days since the last click", threshold=60)
    (line,), (label,) = figure.layout.shapes, figure.layout.annotations
    assert (line.x0, line.x1, line.y0, line.y1) == (60, 60, 0, 1)
    assert label.text == inked(element("b", "60"))
    assert not plot_distribution(DAYS, quantity="days since the last click").layout.shapes


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"quantity": "days since the last click", "threshold": 60},
            "561 of 1,481 profiles are on the members' side of 60 days since the last click",
        ),
        ({"quantity": "Age", "threshold": 17.5}, "561 of 1,481 profiles are on the members' side of Age 17.5"),
        ({"quantity": "miles away"}, "1,481 profiles by miles away"),
    ],
)
def test_the_title_says_the_finding(settings: dict[str, object], sentence: str):
    """How many of how many are on the members' side, and of what."""
    assert finding(plot_distribution(DAYS, **settings)) == sentence


def test_whom_the_bars_leave_out_is_said():
    """The base and those without a value stand below the title."""
    figure = plot_distribution(DAYS, quantity="days", threshold=60, without=1_503, base="who may be texted")
    assert note(figure).startswith("Counts everybody who may be texted. 1,503 more profiles have no such value.")
    assert "1 more profile has" in note(plot_distribution(DAYS, quantity="days", without=1))


def test_pointing_at_a_bar_tells_its_values_with_the_unit():
    """Whole numbers are told as they are counted, others as an interval, and open ends as such."""
    whole = plot_distribution(table([0, 1, 3, np.inf], [5, 6, 7], [True] * 3), quantity="SMS clicks")
    assert [text.split("<br>")[1] for text in trace(whole, "in").hovertext] == [
        "SMS clicks: 0",
        "SMS clicks: 1 to 2",
        "SMS clicks: 3 or more",
    ]
    finer = plot_distribution(table([-np.inf, 0.5, 1.5], [5, 1_000], [False] * 2), quantity="miles away")
    assert [text.split("<br>") for text in trace(finer, "not in").hovertext] == [
        ["<b>5 profiles, not in</b>", "miles away: less than 0.5"],
        ["<b>1,000 profiles, not in</b>", "miles away: 0.5 up to 1.5"],
    ]


def test_open_and_empty_intervals_have_a_width():
    """A bar without end is as wide as the others; a single value has a bar too."""
    figure = plot_distribution(table([0, 2, 4, np.inf], [5, 6, 7], [True] * 3), quantity="clicks of texts")
    assert list(trace(figure, "in").x) == [1, 3, 5]
    assert len(set(trace(figure, "in").width)) == 1
    single = pd.DataFrame({"from_value": [1, 2], "to_value": [1, 2], "profiles": [3, 4], "is_in": [True, False]})
    assert min(plain(plot_distribution(single, quantity="clicks of texts"))[0]["width"]) > 0


def test_nobody_with_the_quantity_is_said():
    """An empty distribution still tells who has no such value."""
    figure = plot_distribution(DAYS.iloc[:0], quantity="days since the last click", threshold=60, without=9)
    assert finding(figure) == "No profile has days since the last click"
    assert note(figure) == "9 more profiles have no such value."
    assert not any("nan" in text for text in texts(figure))


def test_what_is_handed_back_is_drawn_as_it_is():
    """The record of `sk.distribution` says what its bars are, where the threshold stands and who is not drawn; so nothing is said twice."""
    people = pd.DataFrame(
        {"profile_id": list("abcd"), "predicted_clv": [4.0, 40.0, 7.0, None], "sms_consent": "subscribed"}
    )
    shop = sk.Dataset.from_frames(people, as_of="2026-06-30")
    d = sk.distribution(sk.sms_budget_shoppers, shop, parameter="clv")
    spelled = plot_distribution(d.table, quantity=d.quantity, threshold=d.threshold, without=d.without, base=d.base)

    assert plot_distribution(d) == spelled
    assert "1 more profile has no such value" in note(plot_distribution(d))


def test_what_can_not_be_drawn_is_told_with_what_can():
    """A parameter that moves no number has no distribution, and a bare table needs the name of its quantity."""
    people = pd.DataFrame({"profile_id": ["a"], "phone_number": ["+12125550142"], "sms_consent": ["subscribed"]})
    shop = sk.Dataset.from_frames(people, as_of="2026-06-30")
    nothing = sk.distribution(sk.sms_country, shop, parameter="countries")

    with pytest.raises(
        sk.DefinitionError, match=r"must be the result of sk\.distribution, which is None if the parameter"
    ):
        plot_distribution(nothing)
    with pytest.raises(sk.DefinitionError, match="plot_distribution of a table needs the argument 'quantity'"):
        plot_distribution(DAYS)
