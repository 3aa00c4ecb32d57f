"""Ranges of sliders: they come from the data, reach beyond the start, and divide into steps that can be hit."""

from typing import Annotated

import numpy as np
import pandas as pd
import pytest

import segkit as sk
from segkit.analysis.ranges import slider_range
from segkit.definition.parameters import Range, parameters
from segkit.definition.tuning import builder_of
from segkit.engine.engines import engine_of

AMOUNTS = np.arange(1_000, dtype=float)


@pytest.fixture(scope="module")
def shop() -> sk.Dataset:
    """Return a thousand people of whom each bought once, for 0 to 999, one after another in the last thousand days."""
    people = [f"p{number:03}" for number in range(1_000)]
    profiles = pd.DataFrame({"profile_id": people, "Score": AMOUNTS - 500})
    bought = pd.DataFrame({"profile_id": people, "metric": "Placed Order", "value": AMOUNTS})
    bought["datetime"] = pd.Timestamp("2026-06-30", tz="UTC") - pd.to_timedelta(AMOUNTS, unit="D")
    return sk.Dataset.from_frames(profiles, bought, as_of="2026-06-30")


def range_of(condition: sk.Condition, shop: sk.Dataset, least: int | None = None) -> Range | None:
    """Return the range of the only number of a condition."""
    builder = builder_of(sk.Segment("Own", condition))
    (parameter,) = parameters(builder)
    return slider_range(engine_of(shop), builder, parameter, {parameter.name: parameter.default}, least=least)


def test_an_amount_reaches_to_what_nearly_nobody_exceeds(shop: sk.Dataset):
    """Of a thousand amounts to 999, 99.5 % are at most 994, and the range ends at the next round number."""
    span = range_of(sk.spent("Placed Order", more_than=100), shop)

    assert (span.low, span.high) == (0, 1_000)
    assert 100 % span.step == 0
    assert 100 <= (span.high - span.low) / span.step <= 400


def test_a_number_may_be_below_nothing(shop: sk.Dataset):
    """A property with negative values has a range from below 0."""
    span = range_of(sk.has("Score", at_least=10), shop)

    assert span.low <= -490
    assert span.high >= 490


def test_a_window_reaches_back_to_the_last_event_of_nearly_everybody(shop: sk.Dataset):
    """In days it is about a thousand, in weeks a seventh of that."""
    days = range_of(sk.did("Placed Order", in_last_days=90), shop, least=1)
    weeks = range_of(sk.did("Placed Order", in_last_weeks=9), shop, least=1)

    assert (days.low, days.step) == (1, 1)
    assert 994 <= days.high <= 1_200
    assert 142 <= weeks.high <= 160


@pytest.mark.parametrize("start", [999, 5_000])
def test_no_start_is_at_the_end(shop: sk.Dataset, start: int):
    """A start at the largest amount, or beyond it, leaves a quarter of itself to move up."""
    assert range_of(sk.spent("Placed Order", more_than=start), shop).high >= 1.25 * start


def test_a_declared_window_is_kept_and_a_declared_amount_follows_the_data(shop: sk.Dataset):
    """What a builder says of days holds; what it says of money can't know the shop, but its step does."""

    def mine(
        *, days: Annotated[int, Range(7, 365)] = 90, money: Annotated[float, Range(0, 10, step=5)] = 5
    ) -> sk.Segment:
        return sk.Segment("Mine", sk.did("Placed Order", in_last_days=days) & sk.spent("Placed Order", more_than=money))

    values = {"days": 90, "money": 5}
    days, money = (slider_range(engine_of(shop), mine, one, values) for one in parameters(mine))

    assert days == Range(7, 365)
    assert (money.low, money.high, money.step) == (0, 1_000, 5)


def test_what_is_no_number_has_no_range(shop: sk.Dataset):
    """A text, and a number of which nothing says how far it goes, get none; hours get a week."""
    assert range_of(sk.has("Town", equals="Boston"), shop) is None
    assert range_of(sk.did("Placed Order", in_last_hours=24), shop, least=1).high >= 168


def test_a_window_that_no_single_day_decides_has_the_usual_range():
    """With refunds, more days can mean less spent, so the data has no last day for the window; it gets a year."""
    rows = {
        "profile_id": ["a", "a"],
        "metric": "Placed Order",
        "datetime": ["2026-06-01", "2026-05-01"],
        "value": [5, -5],
    }
    shop = sk.Dataset.from_frames(None, pd.DataFrame(rows), as_of="2026-06-30")
    spent = sk.spent("Placed Order", more_than=3, in_last_days=90)
    builder = builder_of(sk.Segment("Own", spent))
    _, days = parameters(builder)

    found = slider_range(engine_of(shop), builder, days, {"placed_order_spent": 3, "placed_order_days": 90})
    assert (found.low, found.high) == (1, 380)
