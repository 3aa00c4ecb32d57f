"""What the waterfall says: who is left after each step, which steps stopped somebody, and that it adds up."""

import pandas as pd
import pytest
from charts.reading import finding, note, plain, read

import segkit as sk
from segkit.charts import plot_waterfall
from segkit.drawing.palette import ORANGE
from segkit.drawing.tables import Waterfall
from segkit.sending.eligibility import STEPS


def waterfall(included: int, stops: dict[str, int]) -> pd.DataFrame:
    """Return a waterfall of some steps."""
    left = included
    rows = [("included", "in an included segment", 0, included)]
    for step, removed in stops.items():
        left -= removed
        rows.append((step, f"because of {step}", removed, left))
    return pd.DataFrame([*rows, ("sendable", "sent to", 0, left)], columns=["step", "meaning", "removed", "remaining"])


TABLE = waterfall(2_984, {"excluded": 0, "no phone": 7, "invalid number": 308, "fails": 59, "same number": 0})


def test_it_runs_from_the_included_to_those_who_may_be_texted():
    """First who is included, last who may be texted, between them only the steps that stopped somebody."""
    steps = Waterfall.of(TABLE)
    assert (steps.included, steps.sendable) == (2_984, 2_610)
    assert [(row.meaning, row.removed, row.remaining) for row in steps.stops] == [
        ("because of no phone", 7, 2_977),
        ("because of invalid number", 308, 2_669),
        ("because of fails", 59, 2_610),
    ]


def test_steps_that_stopped_nobody_are_named_below_the_title():
    """They are folded, not forgotten."""
    assert note(plot_waterfall(TABLE)).startswith("Stopped nobody: excluded, same number.")


def test_bars_are_a_staircase():
    """What a step leaves and what it takes are together what the step before left."""
    left, gone, _ = plain(plot_waterfall(TABLE))
    assert all(
        before == kept + lost for before, kept, lost in zip(left["x"], left["x"][1:], gone["x"][1:], strict=False)
    )


def test_labels_add_up_as_printed():
    """From the first label each step takes what its label says and leaves what its label says, to the last."""
    *_, labels = plain(plot_waterfall(TABLE))
    first, *steps, last = [text.strip().replace(",", "") for text in labels["text"]]
    left = int(first)
    for step in steps:
        gone, rest = step.replace("−", "-").split(" → ")  # noqa: RUF001
        left += int(gone)
        assert left == int(rest)
    assert left == int(last)


def test_the_step_that_stops_most_stands_out():
    """One bar is orange, and the colours are told, with which it is and how many."""
    _, gone, _ = plain(plot_waterfall(TABLE))
    assert [place for place, colour in enumerate(gone["marker"]["color"]) if colour == ORANGE] == [2]
    assert "■ stopped most: invalid number (308)" in note(plot_waterfall(TABLE))


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (TABLE, "2,610 of 2,984 included profiles may be texted (87%)"),
        (waterfall(5, {"fails": 0}), "5 of 5 included profiles may be texted (100%)"),
        (waterfall(1, {"fails": 1}), "0 of 1 included profile may be texted (0%)"),
        (waterfall(0, {"fails": 0}), "Nobody is included, so nobody may be texted"),
        (TABLE.iloc[:0], "Nobody is included, so nobody may be texted"),
    ],
)
def test_the_title_says_the_finding(table: pd.DataFrame, sentence: str):
    """How many of the included may be texted, and what share that is."""
    assert finding(plot_waterfall(table)) == sentence


def test_a_waterfall_in_which_nobody_is_stopped_has_two_rows():
    """Nothing is coloured as lost where nothing is."""
    left, gone, _ = plain(plot_waterfall(waterfall(5, {"fails": 0})))
    assert left["x"] == [5, 5]
    assert gone["x"] == [0, 0]


def test_it_takes_the_table_of_an_audience():
    """An audience's own waterfall goes in as it comes out."""
    people = {"profile_id": ["a", "b"], "phone_number": ["+14155550132", None], "sms_consent": ["SUBSCRIBED"] * 2}
    shop = sk.Dataset.from_frames(pd.DataFrame(people), as_of="2026-06-30")
    send = sk.audience(sk.sms_subscribers(), shop)
    assert finding(plot_waterfall(send.waterfall)) == "1 of 2 included profiles may be texted (50%)"


def test_a_long_meaning_is_broken_and_not_cut():
    """Every reason of an audience can be read whole in a narrow page: it takes a second line."""
    for _, meaning in STEPS:
        shown = plot_waterfall(TABLE.assign(meaning=meaning)).layout.yaxis.ticktext[1]
        assert read(shown) == meaning
        assert max(len(read(line)) for line in shown.split("<br>")) <= 34
