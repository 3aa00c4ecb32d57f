"""What the charts of a backtest say: what was achieved at which setting, with its base and interval, and what is not known."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from charts.reading import finding, note, plain, read, trace

from segkit.charts import plot_backtest
from segkit.drawing.palette import GREEN, ORANGE
from segkit.errors import DefinitionError

TABLE = pd.DataFrame({"days": [90, 30, 60], "members": [4_195.0, 1_739.0, 2_924.0]}).assign(
    response_rate=[0.233, 0.300, 0.263], response_rate_low=[0.219, 0.278, 0.246], response_rate_high=[0.247, 0.322, 0.281],
    base_rate=0.077, lift_low=[2.9, 3.7, 3.3], reached=[0.541, 0.288, 0.426], reached_low=[0.516, 0.267, 0.402],
    reached_high=[0.565, 0.311, 0.451], unsubscribed=[0.01, np.nan, 0.02], base="everybody",
)  # fmt: skip
BACKTEST = SimpleNamespace(table=TABLE, outcome="Placed Order", within_days=30, moments=range(12))


def test_the_trade_off_goes_from_few_texts_to_many():
    """Each setting is a dot at its texts and the share of responders that they reach, within its interval."""
    band, line = plain(plot_backtest(BACKTEST))[:2]

    assert (line["x"], line["y"]) == ([1_739, 2_924, 4_195], [0.288, 0.426, 0.541])
    assert band["y"] == [0.311, 0.451, 0.565, 0.516, 0.402, 0.267]
    assert read(line["hovertext"][2]) == (
        "days 90 4,195 members per moment 23% (22% to 25%) of them have Placed Order within 30 days "
        "54% (52% to 56%) of all who do are reached 1.0% unsubscribed"
    )
    assert "unsubscribed" not in line["hovertext"][0]


def test_the_title_says_what_the_current_setting_achieved():
    """With its interval, its base, and that this is not what a text causes."""
    figure = plot_backtest(BACKTEST, current=90)

    assert (
        finding(figure) == "At days 90, 4,195 texts reach 54% (52% to 56%) of all who have Placed Order within 30 days"
    )
    assert note(figure).startswith(
        "12 moments. Of the base (everybody), 7.7% have Placed Order within 30 days. This does not show who comes back because of a text."
    )
    assert trace(figure, "current").marker.color == ORANGE


def test_the_response_falls_beside_the_rate_of_the_base():
    """In the order of the parameter, with the base as a line."""
    figure = plot_backtest(BACKTEST, show="response")
    line = plain(figure)[1]

    assert (line["x"], line["y"]) == ([30, 60, 90], [0.300, 0.263, 0.233])
    assert figure.layout.shapes[0].y0 == figure.layout.shapes[0].y1 == 0.077
    assert finding(figure) == "Members have Placed Order within 30 days most at days 30: 30% (28% to 32%)"


def test_thin_evidence_is_said_in_the_title():
    """Where members can't be told from anybody in the base."""
    thin = TABLE.assign(lift_low=[0.9, np.nan, 0.5])

    assert finding(plot_backtest(thin, show="response")).startswith(
        "Members respond measurably more than the base at none of 3 settings"
    )
    assert "members don't respond measurably more than the base" in finding(plot_backtest(thin, current=90))
    some = TABLE.assign(lift_low=[0.9, 2, 2])
    assert finding(plot_backtest(some, show="response", current=90)).endswith("not measurably more than the base")


def test_a_suggestion_is_marked_with_its_plateau():
    """Both in green; without a suggested setting the plateau alone."""
    plateau = pd.DataFrame({"days": [60, 90]})
    figure = plot_backtest(BACKTEST, suggestion=SimpleNamespace(setting={"days": 60}, plateau=plateau), current=30)
    flat = plot_backtest(BACKTEST, suggestion=SimpleNamespace(setting=None, plateau=plateau))

    assert list(trace(figure, "plateau").x) == [2_924, 4_195]
    assert (list(trace(figure, "suggested").x), trace(figure, "suggested").marker.color) == ([2_924], GREEN)
    assert [read(label.text) for label in figure.layout.annotations] == ["days 30", "days 60"]
    assert "suggested" not in [one.name for one in flat.data]
    assert list(trace(flat, "plateau").x) == [2_924, 4_195]


def test_settings_without_an_order_are_named_below_their_intervals():
    """Values that are no numbers, several parameters, or a single segment."""
    countries = TABLE.assign(days=[["US"], ["CA", "GB"], ["DE"]]).rename(columns={"days": "countries"})
    two = TABLE.assign(members=TABLE["members"]).rename(columns={"days": "clicked_days"})
    two.insert(1, "opened", [True, False, True])
    alone = TABLE.iloc[:1].rename(columns={"days": "segment"}).assign(segment="VIP")

    axes = [plot_backtest(table, show="response").layout.xaxis.ticktext for table in (countries, two, alone)]
    assert [read(one) for one in axes[0]] == ["countries US", "countries CA, GB", "countries DE"]
    assert read(axes[1][0]) == "clicked days 90 and opened True"
    assert read(axes[2][0]) == "VIP"
    assert plain(plot_backtest(countries, show="response"))[0]["error_y"]["array"] == pytest.approx(
        [0.014, 0.022, 0.018]
    )


def test_what_is_no_backtest_or_no_setting_is_refused():
    """With what would do."""
    with pytest.raises(DefinitionError, match=r"the result of sk\.backtest"):
        plot_backtest(5)
    with pytest.raises(DefinitionError, match="trade-off"):
        plot_backtest(BACKTEST, show="lines")
    with pytest.raises(DefinitionError, match="'days 90', 'days 30'"):
        plot_backtest(BACKTEST, current=45)
