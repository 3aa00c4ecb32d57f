"""What the charts of history, movements and uplift say, and that they draw what their tables hold."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from charts.reading import finding, note, plain, read, trace
from charts.test_every_chart import changes, history, leaving, movements, uplift

import segkit as sk
from segkit.charts import plot_changes, plot_history, plot_leaving, plot_movements, plot_uplift
from segkit.drawing.palette import BLUE, ORANGE
from segkit.errors import DefinitionError


def test_a_history_is_a_line_of_sizes_for_each_segment():
    """The title tells how the first changed, the note the others."""
    table = history().assign(segment=np.repeat(["VIP", "Engaged", "Lapsed"], 10))
    figure = plot_history(table)

    assert [one["y"] for one in plain(figure)] == [[100 * place + week for week in range(10)] for place in range(3)]
    assert finding(figure) == "VIP grew from 0 members to 9"
    assert "Engaged grew from 100 members to 109." in note(figure)
    assert note(figure).startswith("2026-01-07 to 2026-03-11, 10 moments.")
    with pytest.raises(DefinitionError, match="at most 5"):
        plot_history(pd.concat([table.assign(segment=str(place)) for place in range(6)]))


def test_a_history_that_falls_or_stays_is_told_so():
    """A size that is the same at both ends has not grown."""
    table = history()[:10].assign(segment="VIP")

    assert finding(plot_history(table.assign(size=range(20, 10, -1)))) == "VIP fell from 20 members to 11"
    assert "as many as at first" in finding(plot_history(table.assign(size=5)))


def test_movements_are_bands_as_high_as_their_profiles():
    """Those who stayed in blue, those who moved in orange; new profiles are not counted as moved."""
    rows = [
        ("A", "A", 70, 0.7),
        ("A", "none of them", 30, 0.3),
        ("none of them", "none of them", 50, 1.0),
        ("not there yet", "A", 20, 1.0),
    ]
    figure = plot_movements(pd.DataFrame(rows, columns=["before", "after", "profiles", "share"]))
    stayed, moved = (
        next(one for one in figure.data if read(one.name).startswith(words)) for words in ("A → A", "A → none")
    )

    assert finding(figure) == "30 of 150 profiles moved, 20%"
    assert (
        "Most of them, 30, are from A to none of them: 30% of those who were there. 20 profiles were not there yet."
        in note(figure)
    )
    assert (stayed.line.color, moved.line.color) == (BLUE, ORANGE)
    assert (stayed.y[-1] - stayed.y[0], moved.y[-1] - moved.y[0]) == (70, 30)
    assert moved.y[0] == stayed.y[-1] == 70
    assert read(moved.name) == "A → none of them 30 profiles 30% of those who were there"


def test_bands_fill_their_bars():
    """Of every state, on both sides: no profile is drawn twice or left out."""
    figure = plot_movements(movements())
    bands = [one for one in figure.data if "→" in one.name]

    assert sum(one.y[-1] - one.y[0] for one in bands) == pytest.approx(movements()["profiles"].sum())
    bars = [one for one in figure.data if "→" not in one.name]
    assert sum(one.y[2] - one.y[0] for one in bars) == pytest.approx(2 * movements()["profiles"].sum())


def test_nobody_moved_is_told_so():
    """With how many stayed."""
    table = pd.DataFrame({"before": ["A"], "after": ["A"], "profiles": [70], "share": [1.0]})

    assert finding(plot_movements(table)) == "All of 70 profiles are where they were before"


def test_an_uplift_is_a_line_for_members_and_one_for_others():
    """Within their intervals, and only where both arms have people."""
    figure = plot_uplift(uplift())
    members, others = trace(figure, "members"), trace(figure, "others")

    assert (list(members.x), list(others.x)) == ([10, 20, 30, 40, 50], [10, 20, 30, 40])
    assert finding(figure).startswith(
        "At days 10 the text adds +10 points (+7 points to +14 points) to members, -5 points"
    )
    assert "one in twenty stands out by chance" in note(figure)
    none = plot_uplift(uplift().assign(apart_low=-1))
    assert finding(none).startswith(
        "What the text adds to members and to others differs measurably at none of 5 settings"
    )


def test_an_uplift_of_choices_is_named_and_of_two_parameters_refused():
    """Values that are no numbers stand below their points."""
    named = plot_uplift(uplift().assign(days=list("abcde")))

    assert [read(text) for text in named.layout.xaxis.ticktext] == list("abcde")
    with pytest.raises(DefinitionError, match="number of parameters"):
        plot_uplift(uplift().assign(clicks=1)[["clicks", *uplift().columns]])
    with pytest.raises(DefinitionError, match=r"the result of sk\.uplift"):
        plot_uplift(5)


def test_changes_are_bars_that_add_up():
    """The bars of each kind add up to its total, further causes share one, and each has its sign as a label."""
    figure = plot_changes(changes())
    bars, labels = figure.data
    counts = {"+": 0, "-": 0}
    for text in labels.text:
        counts[text.strip()[0]] += int(text.strip()[1:])

    assert set(counts.values()) == {changes()["profiles"].sum() // 2}
    assert sum(bars.x) == changes()["profiles"].sum()
    assert list(bars.marker.color) == [BLUE] * 8 + [ORANGE] * 8
    assert "5 further causes" in read(figure.layout.yaxis.ticktext[7])


def test_changes_of_a_shop_say_the_sizes_and_who_left():
    """The title has the sizes at both moments, and the note has the sum and what is not known, as `sk.changes` finds them."""
    days = ["2026-06-01", "2026-06-20", "2026-05-01", "2026-06-02"]
    orders = pd.DataFrame({"profile_id": list("abbc"), "metric": "Placed Order", "datetime": days})
    shop = sk.Dataset.from_frames(None, orders, as_of="2026-06-30")
    lately = sk.Segment("Lately", sk.did("Placed Order", in_last_days=14))
    found = sk.changes(lately, shop, "2026-06-10")
    figure = plot_changes(replace(found, notes=("A column was not known then.",)))
    same = plot_changes(sk.changes(lately, shop, "2026-06-25"))

    assert finding(figure) == "Lately fell from 2 members to 1"
    assert note(figure).startswith("2026-06-10 to 2026-06-30: 2 + 1 entered - 2 left = 1.")
    assert "A column was not known then." in note(figure)
    assert finding(same) == "Lately has 1 member, as many as before"
    with pytest.raises(DefinitionError, match=r"the result of sk\.changes"):
        plot_changes(5)


def test_leaving_is_a_bar_for_each_day():
    """With how many fall out, the day of most, and a label on each bar unless they are many."""
    figure, many = plot_leaving(leaving(3)), plot_leaving(leaving(20))

    assert list(figure.data[0].y) == [1, 2, 3]
    assert list(figure.data[0].text) == ["1", "2", "3"]
    assert finding(figure) == "6 of 500 members fall out by 2026-07-05 if nothing happens"
    assert note(figure).startswith("Most on 2026-07-05: 3.")
    assert [text for text in many.data[0].text if text] == ["20"]
    with pytest.raises(DefinitionError, match=r"the result of sk\.leaving"):
        plot_leaving(5)


def test_leaving_of_nobody_is_told_so():
    """With the segment and the days of the question, if nobody falls out."""
    orders = pd.DataFrame({"profile_id": ["a"], "metric": "Placed Order", "datetime": ["2026-06-20"]})
    shop = sk.Dataset.from_frames(None, orders, as_of="2026-06-30")
    figure = plot_leaving(sk.leaving(sk.Segment("Ever", sk.did("Placed Order")), shop, within_days=7))

    assert finding(figure) == "Ever: nobody falls out within 7 days if nothing happens"
