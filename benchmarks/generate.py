"""A seeded shop of any size as Parquet, for timing: heavy-tailed activity, and nothing in it that is anybody's."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

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


def write_shop(folder: Path, *, profiles: int, events_each: int = 20, seed: int = 11) -> None:
    """Write profiles.parquet and events.parquet with so many profiles and, on average, so many events each."""
    random = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    ids = pa.array(np.char.add("GEN-", np.arange(profiles).astype("U8")))
    consent = random.choice(["SUBSCRIBED", "UNSUBSCRIBED", "NEVER_SUBSCRIBED"], profiles, p=[0.6, 0.1, 0.3])
    zips = random.choice(["02110", "02139", "01801", "10001", "60601", "94105", "73301", "98101"], profiles)
    # 451 area codes by 100 fictional numbers: at this size people must share, which is work for the gate as well.
    areas = random.choice([212, 213, 305, 312, 404, 415, 503, 602, 617, 718], profiles)
    phones = np.char.add(
        np.char.add("+1", areas.astype("U3")),
        np.char.add("5550", (100 + random.integers(0, 100, profiles)).astype("U3")),
    )
    since = LAST - random.integers(0, DAYS, profiles).astype("timedelta64[D]")
    table = {
        "profile_id": ids,
        "email": pa.array(np.char.add(np.arange(profiles).astype("U8"), "@example.com")),
        "phone_number": pa.array(phones),
        "country": pa.array(np.full(profiles, "US")),
        "zip": pa.array(zips),
        "sms_consent": pa.array(consent),
        "sms_consent_timestamp": pa.array(since).cast(pa.timestamp("us", tz="UTC")),
        "email_consent": pa.array(random.choice(["SUBSCRIBED", "NEVER_SUBSCRIBED"], profiles)),
        "predicted_clv": pa.array(np.round(random.lognormal(3, 1, profiles), 2)),
    }
    pq.write_table(pa.table(table), folder / "profiles.parquet")
    size = profiles * events_each
    activity = random.lognormal(0, 1.2, profiles)
    who = random.choice(profiles, size, p=activity / activity.sum())
    what = random.choice(len(METRICS), size, p=SHARES)
    when = LAST - np.sort(random.integers(0, DAYS * 86_400_000_000, size))[::-1].astype("timedelta64[us]")
    value = np.where(what == METRICS.index("Placed Order"), np.round(random.lognormal(3.3, 0.9, size), 2), np.nan)
    events = {
        "profile_id": ids.take(pa.array(who)),
        "metric": pa.array(np.array(METRICS)[what]),
        "datetime": pa.array(when).cast(pa.timestamp("us", tz="UTC")),
        "value": pa.array(value, from_pandas=True),
    }
    pq.write_table(pa.table(events), folder / "events.parquet")
