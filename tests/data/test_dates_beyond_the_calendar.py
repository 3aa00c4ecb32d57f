"""Typed dates and durations that Python can't name, as Parquet and Arrow may hold them: told like other unreadable cells, in any column."""

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import segkit as sk

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")

KINDS = {
    "days": pa.array([2**31 - 1, 20_000], pa.int32()).cast(pa.date32()),
    "days in milliseconds": pa.array([86_400_000 * 10**9, 0]).cast(pa.date64()),
    "seconds": pa.array([10**15, 0]).cast(pa.timestamp("s")),
    "microseconds of a zone": pa.array([2**62, 0]).cast(pa.timestamp("us", "UTC")),
    "a duration": pa.array([2**62, 0]).cast(pa.duration("s")),
    "in a list": pa.array([[2**31 - 1], []], pa.list_(pa.int32())).cast(pa.list_(pa.date32())),
    "in a struct": pa.array([{"a": 2**62}, None]).cast(pa.struct([("a", pa.timestamp("us"))])),
}
BASE = {"profile_id": ["p1", "p2"], "metric": ["Bid", "Bid"], "datetime": ["2026-06-30T12:00:00Z"] * 2}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("column", ["profile_id", "phone_number", "zip", "latitude", "created", "Custom"])
@pytest.mark.parametrize("is_file", [True, False])
def test_in_profiles(kind, column, is_file, tmp_path):
    """The shop is refused in segkit's words, or answers."""
    table = pa.table(
        {"profile_id": BASE["profile_id"], column: KINDS[kind]} if column != "profile_id" else {column: KINDS[kind]}
    )
    _load_and_ask(tmp_path, is_file=is_file, profiles=table)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("column", ["profile_id", "metric", "datetime", "value", "event_id", "Custom"])
@pytest.mark.parametrize("is_file", [True, False])
def test_in_events(kind, column, is_file, tmp_path):
    """The shop is refused in segkit's words, or answers."""
    _load_and_ask(tmp_path, is_file=is_file, events=pa.table({**BASE, column: KINDS[kind]}))


def test_the_others_of_the_column_are_read():
    """A column with one such date answers for the rest as if it were blank."""
    profiles = pa.table({"profile_id": ["p1", "p2"], "Custom": KINDS["days"]})
    shop = sk.Dataset.from_frames(profiles, as_of="2026-06-30")

    told = sk.members(sk.Segment("Then", sk.has("Custom", between=("2024-10-04", "2024-10-04"))), shop)

    assert told.index.to_list() == ["p2"]


def _load_and_ask(folder, *, is_file, **tables):
    sources = tables
    if is_file:
        [(name, table)] = tables.items()
        sources = {name: folder / f"{name}.parquet"}
        pq.write_table(table, sources[name])
    for lenient in ({}, {"unreadable": "leave out"}):
        try:
            shop = sk.load(**sources, as_of="2026-06-30", **lenient)
        except sk.DataError:
            continue
        for name in shop.property_names:
            tests = ({"equals": "x"}, {"at_least": 1}, {"in_last_days": 30}, {"contains": "x"})
            sk.membership([sk.Segment(str(test), sk.has(name, **test)) for test in tests], shop)
        for metric in shop.metric_names:
            words = {"where": {"Custom": "x"}} if "Custom" in tables["events"].column_names else {}
            sk.membership([sk.Segment("Event", sk.did(metric, **words))], shop)
        assert isinstance(
            sk.members(sk.Segment("All", sk.can_receive("email") | ~sk.can_receive("email")), shop), pd.DataFrame
        )
