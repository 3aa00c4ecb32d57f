"""Moments begin with the data, and a placeholder date is not the beginning of the data."""

import warnings
from datetime import UTC, date, datetime

import pandas as pd
import pytest

import segkit as sk
from segkit.analysis.moments import first_day
from segkit.engine.engines import engine_of
from segkit.errors import DataError

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")


def bought(*, days: int = 30) -> sk.Segment:
    """Return everybody who bought in the last days."""
    return sk.Segment("Bought", sk.did("Placed Order", in_last_days=days))


def shop(*extra: tuple[str, str]) -> sk.Dataset:
    """Return a shop with orders in the first half of 2026, and more orders of some profiles on some days."""
    rows = [(f"p{n}", f"2026-0{month}-10") for n in range(30) for month in range(1, 7) if n % month == 0]
    orders = pd.DataFrame([*rows, *extra], columns=["profile_id", "datetime"]).assign(metric="Placed Order")
    return sk.Dataset.from_frames(None, orders, as_of="2026-06-30")


@pytest.mark.parametrize("placeholder", ["1970-01-01", "1970-01-01T23:00:00", "0001-01-01"])
def test_a_placeholder_date_is_not_the_first_day(placeholder: str):
    """Nor does it hide the first real event of its own profile."""
    every = shop(*((f"p{n}", placeholder) for n in range(30)))

    assert first_day(engine_of(every), "Placed Order") == date(2026, 1, 10)
    assert sk.backtest(bought, every).moments == sk.backtest(bought, shop()).moments
    moments = ["2025-06-30", "2026-04-30"]
    assert len(sk.backtest(bought, every, moments=moments).left_out) == 1


def test_the_first_day_may_be_the_day_after_the_placeholder_and_there_may_be_none():
    """The 2nd of January 1970 is the first day that counts."""
    assert first_day(engine_of(shop(("p1", "1970-01-02"))), "Placed Order") == date(1970, 1, 2)
    only = pd.DataFrame({"profile_id": ["a"], "metric": "Placed Order", "datetime": ["1970-01-01"]})
    assert first_day(engine_of(sk.Dataset.from_frames(None, only, as_of="2026-06-30")), "Placed Order") is None


def clicks() -> sk.Dataset:
    """Return a shop with orders since January and clicks since May."""
    rows = [("a", "Placed Order", "2026-01-01"), ("a", "Clicked SMS", "2026-05-01"), ("b", "Clicked SMS", "2026-06-20")]
    return sk.Dataset.from_frames(
        None, pd.DataFrame(rows, columns=["profile_id", "metric", "datetime"]), as_of="2026-06-30"
    )


ORDERED, CLICKED = (
    sk.Segment(name, sk.did(metric, in_last_days=20))
    for name, metric in (("Ordered", "Placed Order"), ("Clicked", "Clicked SMS"))
)


def test_history_begins_where_the_data_of_every_metric_covers_the_longest_window():
    """Before that, a size of 0 would only mean that the metric is missing; the first moment with a whole window counts."""
    found = sk.history([ORDERED, CLICKED], clicks(), every_days=1)["moment"]
    assert [str(day)[:10] for day in (found.iloc[0], found.iloc[-1])] == ["2026-05-21", "2026-06-30"]

    alone = sk.history(ORDERED, clicks(), every_days=1)["moment"]
    assert len(alone) == 53


@pytest.mark.parametrize(
    "ask",
    [
        lambda: sk.history([ORDERED, CLICKED], clicks(), moments=["2026-05-20", "2026-02-01"]),
        lambda: sk.movements([ORDERED, CLICKED], clicks(), "2026-02-01", "2026-05-20"),
        lambda: sk.changes(CLICKED, clicks(), "2026-02-01", "2026-05-20"),
    ],
)
def test_moments_before_the_data_covers_a_segment_are_named(ask):
    """With the metric, its first day, and the first day with a whole window; a segment that is covered is not named."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        ask()

    (told,) = (str(one.message) for one in caught if "begin on" in str(one.message))
    assert told.startswith("Events of 'Clicked SMS' begin on 2026-05-01, and 'Clicked' looks back 21 days")
    assert "at 2 moments before 2026-05-21" in told


def test_history_has_each_moment_once_and_takes_a_single_date():
    """Instants later on the last day are the end of the data; a date needs no list."""
    orders = pd.DataFrame({"profile_id": ["a"], "metric": "Placed Order", "datetime": ["2026-01-01"]})
    early = sk.Dataset.from_frames(None, orders, as_of="2026-06-30 10:00")
    assert sk.history(ORDERED, early, moments=["2026-06-30 15:00", "2026-06-30"])["moment"].tolist() == [early.as_of]

    for day in (date(2026, 5, 5), datetime(2026, 5, 5, 23, 59, 59, 999_999, tzinfo=UTC), "2026-05-05"):
        assert [str(one)[:10] for one in sk.history(ORDERED, early, moments=day)["moment"]] == ["2026-05-05"]
    with pytest.raises(DataError, match="7"):
        sk.history(ORDERED, early, moments=7)
