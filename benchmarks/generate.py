"""Generate a shop of any size as Parquet files, for the benchmarks: seeded, with heavy-tailed activity and no real people.

Events are generated and written a million at a time, so that they never all have to be in memory.
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
"""Number of events to generate at a time, which is also the size of a row group."""
AREA_CODES = (212, 213, 305, 312, 404, 415, 503, 602, 617, 718)


@dataclass(frozen=True)
class Size:
    """The size of a shop, the random seed, and the length of its ids.

    Ids have 26 characters, as Klaviyo's have. Shorter ids would make every peer look faster.
    """

    profiles: int
    events_each: int = 20
    seed: int = 11
    id_characters: int = 26


def write_shop(folder: Path, *, profiles: int, events_each: int = 20, seed: int = 11, id_characters: int = 26) -> None:
    """Write profiles.parquet and events.parquet with `profiles` profiles and, on average, `events_each` events per profile."""
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
    """Make profiles all over the United States. Many share phone numbers, which the eligibility checks have to handle too."""
    count = size.profiles
    postal = [row["zip_code"] for row in zipcodes.list_all() if float(row["lat"] or 0) or float(row["long"] or 0)]
    area = pa.array([str(code) for code in AREA_CODES]).take(pa.array(random.integers(0, len(AREA_CODES), count)))
    line = pa.array([f"5550{100 + number}" for number in range(100)]).take(pa.array(random.integers(0, 100, count)))
    expected = np.round(random.lognormal(3, 1, count), 2)
    # No amount is whole, because some peers write 9 and others 9.0, and all files must have the same bytes.
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
    """Yield events from the oldest to the newest. Each piece covers a part of the time in proportion to its number of events."""
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
