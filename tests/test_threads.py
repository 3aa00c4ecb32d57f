"""Many threads may use one Dataset: each is answered as one alone would be, however little is kept."""

import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

import segkit as sk
from segkit.data.cache import LIMIT, Cache
from segkit.data.properties import PropertyColumn, cells_of
from segkit.sending.eligibility import Eligibility

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")

THREADS = 8
READINGS = ("numbers", "texts", "lists", "instants", "truths", "somethings", "codes")


@pytest.fixture(autouse=True)
def _often_switched() -> Iterator[None]:
    """Let threads take turns after a few steps, so that what can go wrong between two steps does."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """Return what each of several threads finds that begin together; what one raises is raised."""
    found: list[Any] = [None] * THREADS
    begin = threading.Barrier(THREADS)

    def one(number: int) -> None:
        begin.wait()
        try:
            found[number] = work(number)
        except Exception as error:  # noqa: BLE001  # told below, where a test can see it
            found[number] = error

    threads = [threading.Thread(target=one, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for error in found:
        if isinstance(error, Exception):
            raise error
    return found


def shop() -> sk.Dataset:
    """Return a shop with columns of every kind."""
    random, size = np.random.default_rng(5), 400
    profiles = pd.DataFrame(
        {
            "profile_id": [f"p{number}" for number in range(size)],
            "sms_consent": random.choice(["subscribed", "unsubscribed"], size),
            "phone_number": [f"+1415555{number:04}" for number in range(size)],
            "zip": random.choice(["02110", "10001"], size),
            "country": "US",
            "Age": random.integers(0, 90, size).astype(str),
            "Tags": random.choice(['["a", "b"]', "plain", "[]"], size),
            "Joined": random.choice(["2026-06-01", "03/04/2026", "soon"], size),
        }
    )
    events = pd.DataFrame(
        {
            "profile_id": random.choice(profiles["profile_id"], 4_000),
            "metric": random.choice(["Clicked SMS", "Placed Order", "Received SMS"], 4_000),
            "datetime": pd.Timestamp("2026-06-30") - pd.to_timedelta(random.integers(0, 400, 4_000), unit="D"),
            "value": random.integers(1, 90, 4_000),
            "Kind": random.choice(["x", "y", "12"], 4_000),
        }
    )
    return sk.Dataset.from_frames(profiles, events, as_of="2026-06-30")


def segments(step: int) -> list[sk.Segment]:
    """Return segments of every kind, whose thresholds stand at a step."""
    conditions = [
        sk.sms_engaged(clicked_days=7 + step).condition,
        sk.sms_vip(spent=20 + step, approach="big spender").condition,
        sk.sms_nearby(of="02110", radius=5 + 10 * step).condition,
        sk.did("Placed Order", at_least=2, in_last_days=30 + step) | sk.has("Age", at_least=step),
        sk.has("Tags", contains_item="a") & ~sk.did("Clicked SMS", at_least=1 + step % 4),
        sk.has("Joined", in_last_days=5 + step) | sk.has("Age", at_most=step),
    ]
    return [sk.Segment(f"s{number}", condition) for number, condition in enumerate(conditions)]


@pytest.mark.parametrize("limit", [0, 30_000, LIMIT])
def test_threads_are_answered_as_one_alone(limit: int):
    """Eight threads move the same thresholds over one Dataset, each from another position on, and agree with fresh data."""
    steps = range(0, 24, 6)
    alone = shop()
    expected = {step: sk.membership(segments(step), alone) for step in steps}
    sendable = Eligibility(alone).passes.tolist()
    data = shop()
    data.cache.limit = limit

    def work(number: int) -> None:
        for step in [*steps[number % len(steps) :], *steps[: number % len(steps)]]:
            # Not by pandas' own assertion, which silences warnings of its own for all threads at once.
            assert sk.membership(segments(step), data).equals(expected[step])
            assert data.cache.size <= limit
            assert data.cache.contents["bytes"].ge(0).all()
        assert Eligibility(data).passes.tolist() == sendable

    at_once(work)


def test_a_column_is_first_read_by_one_thread():
    """Of several threads that ask a new column for its readings at once, each gets the same ones."""
    values = [str(number) for number in range(50)] + ["2026-06-01", '["a"]', "true"]
    for _ in range(20):
        column = PropertyColumn(cells_of(values))
        at_once(lambda number, column=column: getattr(column, READINGS[number % len(READINGS)]))
        assert column.codes.tolist() == list(range(len(values)))


def test_a_thing_is_worked_out_once():
    """Threads that ask a cache for the same thing at once wait for the one that works it out."""
    cache, times = Cache(), []

    def work_out() -> int:
        times.append(1)
        return sum(range(20_000))

    assert len(set(at_once(lambda _: cache.keep(("a", 1), work_out)))) == 1
    assert len(times) == 1
