"""Moments begin with the data, and a placeholder date is not the beginning of the data."""

from datetime import date

import pandas as pd
import pytest

import segkit as sk
from segkit.analysis.moments import first_day
from segkit.engine.engines import engine_of

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
