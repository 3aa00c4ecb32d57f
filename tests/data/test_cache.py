"""The Dataset's cache states what it really holds, and what it hands out can't be changed."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

import segkit as sk
from segkit.data.cache import Cache
from segkit.definition.measures import EventCount
from segkit.definition.timeframes import InTheLast
from segkit.engine.memory.evaluation import Evaluation
from segkit.sending.eligibility import Eligibility

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")


def shop() -> sk.Dataset:
    """Return two hundred profiles with columns of every kind, half of whom clicked."""
    numbers = range(200)
    profiles = pd.DataFrame(
        {
            "profile_id": [f"p{number}" for number in numbers],
            "sms_consent": "subscribed",
            "phone_number": [f"+1415555{number:04}" for number in numbers],
            "zip": "02110",
            "country": "US",
            "Age": [str(number) for number in numbers],
            "Tags": ['["a", "b"]' if number % 2 else "plain" for number in numbers],
        }
    )
    clicked = pd.DataFrame({"profile_id": [f"p{number}" for number in numbers if number % 2], "metric": "Clicked SMS"})
    events = clicked.assign(datetime="2026-06-01", value=5, Kind="x")
    lists = pd.DataFrame({"profile_id": ["p1"], "list_id": ["VIP"]})
    return sk.Dataset.from_frames(profiles, events, lists=lists, as_of="2026-06-30")


CLICKED = sk.did("Clicked SMS", at_least=1, in_last_days=90)
CLICKS = EventCount("Clicked SMS", InTheLast(90))

ARRAYS: dict[str, Callable[[sk.Dataset], Any]] = {
    "is_set": lambda data: data.is_set("Age"),
    "points": lambda data: data.points[0],
    "status": lambda data: data.status_then("sms").status,
    "codes of a property": lambda data: data.column("Age").codes,
    "numbers of a property": lambda data: data.column("Age").numbers.values,
    "codes of an event property": lambda data: data.event_column("Clicked SMS", "Kind").codes,
    "codes of phone countries": lambda data: data.phone_countries.codes,
    "rows of events": lambda data: data.events.metric("Clicked SMS").profiles,
    "amounts of events": lambda data: data.events.metric("Clicked SMS").units,
    "members of a list": lambda data: data.lists["VIP"].profiles,
    "unknown words": lambda data: data.unknown_sms_words,
    "an answer": lambda data: Evaluation(data).part(CLICKED),
    "a count": lambda data: Evaluation(data).measured(CLICKS)[0],
    "verdicts of eligibility": lambda data: Eligibility(data).held[0],
}


@pytest.mark.parametrize("name", ARRAYS)
def test_an_array_that_is_handed_out_cannot_be_written_to(name):
    """Nobody changes later answers by changing what an earlier one was read off."""
    found = ARRAYS[name](shop())
    with pytest.raises(ValueError, match="read-only"):
        found[:] = found[::-1].copy()


def test_a_table_that_is_handed_out_is_its_owners_to_change():
    """Whatever is done to tables, the next ones are as if nothing had been done."""
    data = shop()
    segments = [sk.Segment("Clicked", CLICKED), sk.Segment("Old", sk.has("Age", at_least=100))]
    tables: list[Callable[[], pd.DataFrame]] = [
        lambda: sk.membership(segments, data),
        lambda: sk.members(segments[0], data),
        lambda: data.profiles,
        lambda: sk.audience(segments[0], data).profiles,
        lambda: data.cache.contents[["what"]].iloc[:0],
    ]
    before = [table() for table in tables]
    for table in tables:
        changed = table()
        changed.iloc[:, 0] = changed.iloc[::-1, 0].to_numpy()
        changed.index.name = "other"
        changed["Clicked"] = False
    data.profile_ids.name = "other"
    for table, expected in zip(tables, before, strict=True):
        pd.testing.assert_frame_equal(table(), expected)
    assert data.is_set("Age").all()


def test_a_view_counts_for_all_that_it_keeps_alive():
    """A slice of an array, or of an Arrow column, keeps the whole in memory, and is counted so."""
    cache = Cache()
    cache.keep(("numpy",), lambda: np.zeros(10_000)[:1])
    assert 80_000 <= cache.size < 81_000
    cache.keep(("arrow",), lambda: pa.array(np.ones(10_000)).slice(5, 1))
    assert 160_000 <= cache.size < 162_000


def test_what_is_shared_is_counted_once_until_the_last_holder_is_gone():
    """Two things that share an array take its bytes once, and one of them still takes them when the other was evicted."""
    cache, shared = Cache(), np.zeros(10_000)
    cache.keep(("one",), lambda: shared)
    cache.keep(("other",), lambda: (shared, shared[::2]))
    assert 80_000 <= cache.size < 81_000
    assert cache.contents["bytes"].sum() == cache.size
    cache.limit = 100
    cache.put(("third",), None)
    assert cache.size == len(cache) == 0


def test_a_column_that_learns_to_be_read_is_counted_as_it_grows():
    """A reading that is worked out later counts at once, and evicts others if it is too much."""
    data = shop()
    column = data.column("Age")
    column.codes  # noqa: B018
    before = data.cache.size
    column.numbers  # noqa: B018
    assert data.cache.size >= before + column.numbers.values.nbytes
    data.cache.limit = data.cache.size
    column.instants  # noqa: B018
    assert data.cache.size <= data.cache.limit


def test_keys_are_counted():
    """Many small answers take the room of their conditions, too."""
    cache = Cache()
    for days in range(100):
        cache.keep(("answer", sk.did("Clicked SMS", in_last_days=days + 1)), lambda: None)
    assert cache.size > 100 * 100


def test_questions_share_one_evaluation(tmp_path, monkeypatch):
    """Whoever asks, and however often, a condition is evaluated once for a Dataset and a moment."""
    evaluated: list[tuple[Any, Any]] = []
    holds = Evaluation._holds

    def counted(evaluation: Evaluation, condition: Any) -> Any:
        evaluated.append((condition, evaluation.dataset.as_of))
        return holds(evaluation, condition)

    monkeypatch.setattr(Evaluation, "_holds", counted)
    data, segment = shop(), sk.Segment("Clicked", sk.can_receive("sms") & CLICKED)
    for number in range(2):
        sk.membership(segment, data)
        sk.members(segment, data)
        sk.audience(segment, data)
        sk.write_members(segment, data, tmp_path / f"{number}.csv")
    assert len(evaluated) == len(set(evaluated))
    assert evaluated
