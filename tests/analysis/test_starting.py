"""Starts: a threshold begins at an amount that somebody has and that no more than the wanted share exceeds."""

from collections import Counter, defaultdict
from fractions import Fraction
from pathlib import Path
from typing import Annotated

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.analysis.starting import quantile, starting_values
from segkit.engine.engines import engine_of

ORDERS = st.lists(st.tuples(st.sampled_from("abcdef"), st.integers(0, 40_000)), min_size=1, max_size=40)


def shop_of(orders: list[tuple[str, int]], day: str = "2026-06-01") -> sk.Dataset:
    """Return a shop of orders, each of who and how many cents, looked at from the end of June."""
    events = {
        "profile_id": [who for who, _ in orders],
        "metric": "Placed Order",
        "datetime": day,
        "value": [f"{cents // 100}.{cents % 100:02}" for _, cents in orders],
    }
    return sk.Dataset.from_frames(None, pd.DataFrame(events), as_of="2026-06-30")


@given(ORDERS, st.sampled_from([0.1, 0.5, 0.9]))
def test_quantile_is_had_by_somebody_and_exceeded_by_few(orders: list[tuple[str, int]], share: float):
    """The start is one buyer's own sum, and at most the rest of the share spent more; the next larger sum would not be needed."""
    sums: dict[str, int] = defaultdict(int)
    for who, cents in orders:
        sums[who] += cents
    found = quantile(
        sk.StartsAt("Placed Order", "sum", quantile=share, days=365), engine_of(shop_of(orders)), sk.Range(0, 100, 0.01)
    )
    cents = round(found * 100)
    rank = int(Fraction(str(share)) * (len(sums) - 1))

    assert cents == sorted(sums.values())[rank]


@given(ORDERS)
def test_counts_are_of_buyers_and_not_of_profiles(orders: list[tuple[str, int]]):
    """Profiles that never ordered do not pull the start down."""
    counts = sorted(Counter(who for who, _ in orders).values())
    found = quantile(
        sk.StartsAt("Placed Order", "count", quantile=0.5, days=365), engine_of(shop_of(orders)), sk.Range(1, 3)
    )

    assert found == counts[(len(counts) - 1) // 2]


def test_only_the_window_counts():
    """Orders before the window make nobody a buyer, and without buyers there is no start."""
    old = shop_of([("a", 500)], day="2024-06-01")

    assert quantile(sk.StartsAt("Placed Order", "sum", quantile=0.9, days=365), engine_of(old), sk.Range(0, 9)) is None
    assert starting_values(sk.sms_vip, old) == {}


def test_metrics_that_the_data_lacks_leave_the_default():
    """A shop without orders starts from the builder's own numbers."""
    people = pd.DataFrame({"profile_id": ["ann"], "sms_consent": ["subscribed"]})

    assert starting_values(sk.sms_vip, sk.Dataset.from_frames(people, as_of="2026-06-30")) == {}


def test_a_start_picks_about_the_top_tenth_of_the_buyers():
    """On the sample shop no more than a tenth of the year's buyers spent more than the start, which somebody spent to the cent."""
    shop = sk.load(Path(__file__).parents[2] / "sample_data")
    start = starting_values(sk.sms_vip, shop)
    buyers = sk.membership(sk.Segment("Buyers", sk.did("Placed Order", in_last_days=365)), shop)["Buyers"].sum()
    best = sk.membership(sk.Segment("Best", sk.spent("Placed Order", more_than=start["spent"], in_last_days=365)), shop)

    exactly = sk.spent("Placed Order", equals=start["spent"], in_last_days=365)
    assert len(sk.members(sk.Segment("At it", exactly), shop))
    assert starting_values(sk.sms_vip, shop, rounded=True)["spent"] == 5 * round(start["spent"] / 5)
    assert 0.08 <= best["Best"].sum() / buyers <= 0.105


def test_a_builder_of_ones_own_may_start_from_any_metric():
    """The annotation is all that is needed; parameters without it are left alone."""
    median = sk.StartsAt("Placed Order", "count", quantile=0.5, days=90)

    def regulars(*, orders: Annotated[int, sk.Range(1, 20), median] = 3, days: Annotated[int, sk.Range(7, 90)] = 30):
        return sk.Segment("Regulars", sk.did("Placed Order", more_than=orders, in_last_days=days))

    assert starting_values(regulars, shop_of([("a", 1), ("a", 1), ("b", 1)])) == {"orders": 1}
