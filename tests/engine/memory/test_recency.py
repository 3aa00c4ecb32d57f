"""A window that moves is answered by deciding days: whoever counts the window anew gets the same, at every position."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.data.cache import Cache
from segkit.definition.conditions import MetricCondition, NumberComparison
from segkit.definition.measures import EventSum, LastDay
from segkit.engine.memory.evaluation import Evaluation

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)
PROFILES = ["ann", "bea", "cem"]
COMPARISONS: list[NumberComparison] = ["equals", "not equals", "more than", "at least", "fewer than", "at most"]


def shop(*events: tuple[str, float, float]) -> sk.Dataset:
    """Return a shop of three with orders: who, how many days ago, and for how much."""
    rows = [(who, "Placed Order", NOW - timedelta(days=ago), value) for who, ago, value in events]
    frame = pd.DataFrame(rows, columns=["profile_id", "metric", "datetime", "value"])
    return sk.Dataset.from_frames(pd.DataFrame({"profile_id": PROFILES}), frame, as_of=NOW)


def moved(condition: MetricCondition, data: sk.Dataset, windows: list[int]) -> list[list[bool]]:
    """Answer a condition at one window after another within one evaluation, as a slider does."""
    evaluation = Evaluation(data)
    return [evaluation.holds(at(condition, days)).tolist() for days in windows]


def counted(condition: MetricCondition, data: sk.Dataset, windows: list[int]) -> list[list[bool]]:
    """Answer each window by itself, with nothing kept."""
    found = []
    for days in windows:
        data.cache.clear()
        found.append(Evaluation(data).holds(at(condition, days)).tolist())
    return found


def at(condition: MetricCondition, days: int) -> MetricCondition:
    """Return a condition with another window."""
    window = sk.did("Placed Order", at_least=1, in_last_days=days).timeframe
    return MetricCondition(condition.metric, condition.measurement, condition.comparison, condition.value, window)


orders = st.lists(
    st.tuples(
        st.sampled_from(PROFILES),
        st.integers(-2, 40).map(lambda hours: hours / 4),
        st.sampled_from([0.0, 0.1, 5.0, 19.99, 20.0, -5.0]),
    ),
    min_size=1,
    max_size=12,
)
asked = st.builds(
    MetricCondition,
    st.just("Placed Order"),
    st.sampled_from(["count", "sum", "days"]),
    st.sampled_from(COMPARISONS),
    st.sampled_from([0, 1, 2, 2.5, 3, -1, 5.1, 19.99, 20, 100]),
)


@given(orders, asked, st.lists(st.integers(1, 12), min_size=2, max_size=5))
def test_a_moving_window_is_answered_as_if_counted_anew(events, condition, windows):
    """Refunds, sums at exactly the number, numbers below 0, future events and empty windows included."""
    data = shop(*events)

    assert moved(condition, data, windows) == counted(condition, data, windows)


def test_without_refunds_one_day_a_profile_decides():
    """The newest events are summed back to the one that reaches the number; who never does has no such day."""
    data = shop(("ann", 1, 10.0), ("ann", 3, 10.0), ("ann", 8, 10.0), ("bea", 2, 19.0))
    days = Evaluation(data).deciding_days(LastDay(EventSum("Placed Order"), 20))

    assert (NOW.date() - timedelta(days=3) - date(1970, 1, 1)).days == days[0]
    assert days[1] < -(10**6)
    assert days[2] < -(10**6)


def test_a_refund_leaves_no_day_that_decides():
    """A sum that can fall back passes its number more than once, so windows are counted."""
    data = shop(("ann", 1, 10.0), ("ann", 3, -10.0), ("ann", 8, 10.0))

    assert Evaluation(data).deciding_days(LastDay(EventSum("Placed Order"), 10)) is None


def test_what_is_kept_is_of_its_moment():
    """The same data seen from two moments keeps two answers, though it keeps them in one place."""
    data = shop(("ann", 1, 10.0), ("bea", 20, 10.0))
    condition = sk.did("Placed Order", at_least=1, in_last_days=7)
    now, then = Evaluation(data), Evaluation(data.with_as_of(NOW - timedelta(days=18)))

    assert now.holds(condition).tolist() == [True, False, False]
    assert then.holds(condition).tolist() == [False, True, False]
    assert now.dataset.cache is then.dataset.cache


def test_a_threshold_that_moves_counts_its_window_once():
    """However many thresholds are asked for, one count of the window is kept."""
    data = shop(("ann", 1, 10.0), ("ann", 2, 10.0))
    evaluation = Evaluation(data)
    for least in range(1, 9):
        evaluation.holds(sk.did("Placed Order", at_least=least, in_last_days=7))

    assert (data.cache.contents["what"] == "count").sum() == 1


def test_a_cache_stays_within_its_bound():
    """What was not asked for longest goes first, and what is larger than the bound is not kept at all."""
    cache = Cache(limit=1_200)
    for name in ("a", "b", "c"):
        cache.keep((name,), lambda: np.zeros(50))
        cache.keep(("a",), lambda: pytest.fail("a was asked for last and is still there"))
    cache.keep(("too large",), lambda: np.zeros(10_000))

    assert cache.size <= 1_200
    assert cache.contents["what"].tolist() == ["c", "a"]


def test_a_cache_says_what_it_holds():
    """Each thing has a word, what it is of, and its bytes, and together they are the size."""
    data = shop(("ann", 1, 10.0))
    sk.membership(sk.Segment("Bought", sk.did("Placed Order", at_least=1, in_last_days=7)), data)
    contents = data.cache.contents

    assert {"count"} <= set(contents["what"])
    assert contents["bytes"].sum() == data.cache.size
    assert "MiB" in repr(data.cache)
    data.cache.clear()
    assert data.cache.size == len(data.cache) == 0


def test_a_cache_forgets_and_answers_stay():
    """A cache that holds next to nothing slows an answer and never changes it."""
    data = shop(("ann", 1, 10.0), ("bea", 2, 30.0), ("bea", 5, 30.0))
    condition = sk.spent("Placed Order", at_least=30, in_last_days=4)
    data.cache.limit = 1

    assert moved(condition, data, [1, 3, 6, 2]) == counted(condition, data, [1, 3, 6, 2])
    assert len(data.cache) == 0
