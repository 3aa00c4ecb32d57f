"""A seeded shop of any size as Parquet, for timing: heavy-tailed activity, and nothing in it that is anybody's.

Events are drawn and written a million at a time, so that the largest shop takes no more memory than a small one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import zipcodes

METRICS = (
    "Received SMS",
    "Clicked SMS",
    "Opened Email",
    "Clicked Email",
    "Placed Order",
    "Subscribed to SMS Marketing",
)
SHARES = (0.36, 0.08, 0.36, 0.08, 0.1, 0.02)
LAST = np.datetime64("2026-06-30T23:59:59", "us")
DAYS = 730
PIECE = 1_000_000
"""Events in a row group of the file, which is also what is drawn at once."""
AREA_CODES = (212, 213, 305, 312, 404, 415, 503, 602, 617, 718)


@dataclass(frozen=True)
class Size:
    """How large a shop is, and what its ids and its luck are.

    An id has 26 characters, as Klaviyo's have; fewer are quicker to read and flatter everybody who reads them.
    """

    profiles: int
    events_each: int = 20
    seed: int = 11
    id_characters: int = 26


def write_shop(folder: Path, *, profiles: int, events_each: int = 20, seed: int = 11, id_characters: int = 26) -> None:
    """Write profiles.parquet and events.parquet with so many profiles and, on average, so many events each."""
    size = Size(profiles, events_each, seed, id_characters)
    random = np.random.default_rng(size.seed)
    folder.mkdir(parents=True, exist_ok=True)
    ids = _ids(size)
    pq.write_table(_profiles(size, ids, random), folder / "profiles.parquet")
    with pq.ParquetWriter(folder / "events.parquet", _EVENTS) as writer:
        for piece in _pieces(size, ids, random):
            writer.write_table(piece)


def _ids(size: Size) -> pa.Array:
    digits = size.id_characters - len("GEN")
    return pa.array(np.char.add("GEN", np.char.zfill(np.arange(size.profiles).astype("U10"), digits)))


def _profiles(size: Size, ids: pa.Array, random: np.random.Generator) -> pa.Table:
    """Make profiles all over the United States; at this size people must share numbers, which is work for the gate as well."""
    count = size.profiles
    postal = [row["zip_code"] for row in zipcodes.list_all() if float(row["lat"] or 0) or float(row["long"] or 0)]
    area = pa.array([str(code) for code in AREA_CODES]).take(pa.array(random.integers(0, len(AREA_CODES), count)))
    line = pa.array([f"5550{100 + number}" for number in range(100)]).take(pa.array(random.integers(0, 100, count)))
    expected = np.round(random.lognormal(3, 1, count), 2)
    # No amount is whole: whether 9 is written as 9 or 9.0 is each writer's taste, and they shall write the same bytes.
    expected += np.where(expected == np.floor(expected), 0.01, 0)
    since = LAST - random.integers(0, DAYS * 86_400, count).astype("timedelta64[s]")
    table = {
        "profile_id": ids,
        "email": pa.array(np.char.add(np.arange(count).astype("U10"), "@example.com")),
        "phone_number": pc.binary_join_element_wise("+1", area, line, ""),
        "country": pa.repeat(pa.scalar("US"), count),
        "zip": pa.array(postal).take(pa.array(random.integers(0, len(postal), count))),
        "sms_consent": _words(random, ["SUBSCRIBED", "UNSUBSCRIBED", "NEVER_SUBSCRIBED"], [0.6, 0.1, 0.3], count),
        "sms_consent_timestamp": pa.array(since).cast(pa.timestamp("us", tz="UTC")),
        "email_consent": _words(random, ["SUBSCRIBED", "UNSUBSCRIBED", "NEVER_SUBSCRIBED"], [0.5, 0.1, 0.4], count),
        "predicted_clv": pa.array(expected),
    }
    return pa.table(table)


def _words(random: np.random.Generator, words: list[str], shares: list[float], count: int) -> pa.Array:
    return pa.array(words).take(pa.array(random.choice(len(words), count, p=shares)))


_EVENTS = pa.schema(
    {
        "profile_id": pa.string(),
        "metric": pa.string(),
        "datetime": pa.timestamp("us", tz="UTC"),
        "value": pa.float64(),
    }
)


def _pieces(size: Size, ids: pa.Array, random: np.random.Generator) -> Iterator[pa.Table]:
    """Make events from the oldest to the newest; each piece covers a stretch of time as long as its share of them."""
    every = size.profiles * size.events_each
    activity = np.cumsum(random.lognormal(0, 1.2, size.profiles))
    metrics, span = pa.array(METRICS), DAYS * 86_400_000_000
    for first in range(0, every, PIECE):
        count = min(PIECE, every - first)
        who = np.searchsorted(activity, random.random(count) * activity[-1], side="right")
        what = random.choice(len(METRICS), count, p=SHARES)
        ago = random.integers(span * (every - first - count) // every, span * (every - first) // every, count)
        value = np.round(random.lognormal(3.3, 0.9, count), 2)
        columns = [
            ids.take(pa.array(who)),
            metrics.take(pa.array(what)),
            pa.array(LAST - np.sort(ago)[::-1].astype("timedelta64[us]")).cast(pa.timestamp("us", tz="UTC")),
            pa.array(value, mask=what != METRICS.index("Placed Order")),
        ]
        yield pa.table(columns, schema=_EVENTS)
