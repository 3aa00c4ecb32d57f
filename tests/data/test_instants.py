"""An instant is the same instant in every form that it comes in, and what names none is told apart, never guessed."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.data.instants import from_arrow, from_text, instant_of, microseconds

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29), timezones=OFFSETS)  # noqa: DTZ001  # bounds are naive


def read(text):
    """Return what one text is read as, on its own: an instant or None, and whether it named no zone."""
    found = from_text(pa.array([text]))
    return (instant_of(int(found.values[0])) if found.readable[0] else None), bool(found.naive[0])


@given(INSTANTS)
def test_microseconds_and_back(instant):
    """Every instant comes back from its microseconds, whatever zone it was written in."""
    assert instant_of(microseconds(instant)) == instant
    assert microseconds(instant) == (instant - EPOCH) // timedelta(microseconds=1)


@given(st.lists(INSTANTS | st.none(), min_size=1, max_size=6), st.sampled_from(["T", " "]))
def test_text_with_an_offset_is_that_instant(instants, between):
    """ISO texts with offsets are the instants that they were written from, and an unset cell is none."""
    found = from_text(pa.array([None if one is None else one.isoformat(between) for one in instants], pa.string()))
    for one, value, is_readable, is_naive in zip(instants, found.values, found.readable, found.naive, strict=True):
        assert is_readable == (one is not None)
        assert not is_naive
        assert one is None or instant_of(int(value)) == one


READ = {
    "2026-06-30": "2026-06-30T00:00:00",
    "2026-06-30T12:30": "2026-06-30T12:30:00",
    "2026-06-30 12:30:15": "2026-06-30T12:30:15",
    "2026-06-30T12:30:15.5": "2026-06-30T12:30:15.500000",
    "2026-06-30T12": "2026-06-30T12:00:00",
    "2026-06-30T12:30:15.123456789": "2026-06-30T12:30:15.123456",
    "2026-06-30T12:30:15Z": "2026-06-30T12:30:15+00:00",
    "2026-06-30 12:30:15+00:00": "2026-06-30T12:30:15+00:00",
    "2026-06-30T12:30:15-0500": "2026-06-30T17:30:15+00:00",
    "2026-06-30T12:30+02": "2026-06-30T10:30:00+00:00",
    "2026-06-30T12:30:15.999999999Z": "2026-06-30T12:30:15.999999+00:00",
    "1969-12-31T23:59:59.9999999Z": "1969-12-31T23:59:59.999999+00:00",
    "1752-09-14T00:00:00Z": "1752-09-14T00:00:00+00:00",
    "2024-02-29": "2024-02-29T00:00:00",
    "9999-12-31T23:59:59Z": "9999-12-31T23:59:59+00:00",
}
NOT_READ = [
    "30/06/2026", "06/30/2026", "30.06.2026", "2026/06/30", "2026-6-3", "20260630", "1767225600", "2026-02-30", "2025-02-29",
    "2026-13-01", "2026-06-30T24:00:00Z", "2026-06-30T12:60", "2026-06-30T12:30:15 -0500", "0000-01-01", "yesterday", "",
    " 2026-06-30", "2026-06-30 ", "2026-06-30T", "2026-06", "2026-W27-2", "26-06-30", "NaT",
]  # fmt: skip
MISLEADING = ["2026-06-30+02:00", "2026-06-30-05:00", "2026-06-30Z", "2026-06-30123", "2026-06-30T10:30:001"]


@pytest.mark.parametrize("text", READ)
def test_iso_texts_are_read(text):
    """A date, optionally a time, optionally an offset of that time; digits beyond microseconds are dropped."""
    found, is_naive = read(text)
    meant = datetime.fromisoformat(READ[text])
    assert (found, is_naive) == (meant if meant.tzinfo else meant.replace(tzinfo=UTC), meant.tzinfo is None)


@pytest.mark.parametrize("text", NOT_READ)
def test_other_texts_are_not_guessed_at(text):
    """Other orders, two-digit years, days that don't exist and words are no instants."""
    assert read(text) == (None, False)


@pytest.mark.parametrize("text", MISLEADING)
def test_an_offset_or_digits_behind_a_date_are_no_time_of_day(text):
    """What follows a bare date is not taken for hours, which would move the event by part of a day."""
    assert read(text) == (None, False)


@given(st.lists(st.sampled_from([*READ, *NOT_READ, *MISLEADING, None]), min_size=1, max_size=8))
def test_how_a_cell_is_read_does_not_depend_on_its_neighbours(texts):
    """A column gives each text the very answer that it has on its own."""
    found = from_text(pa.array(texts, pa.string()))
    for text, value, is_readable, is_naive in zip(texts, found.values, found.readable, found.naive, strict=True):
        alone = (None, False) if text is None else read(text)
        assert ((instant_of(int(value)) if is_readable else None), bool(is_naive)) == alone


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York", "+05:30"])
def test_arrow_timestamps_of_any_unit_and_zone(unit, zone):
    """A timestamp is its instant, whatever unit and zone its column has, before 1970 as well; a null is 0."""
    instants = [datetime(2026, 3, 8, 7, 30, tzinfo=UTC), datetime(1969, 7, 20, 20, 17, 40, tzinfo=UTC), None]
    column = pa.array(instants, pa.timestamp(unit, zone))
    assert from_arrow(column).tolist() == [microseconds(instants[0]), microseconds(instants[1]), 0]
    assert from_arrow(pa.chunked_array([column, column])).tolist() == from_arrow(column).tolist() * 2


def test_nanoseconds_are_dropped_and_never_rounded_up():
    """The last nanosecond of a day stays in that day, also before 1970."""
    column = pa.array([-1, 86_399_999_999_999, 999, 1_000], pa.timestamp("ns", "UTC"))
    assert from_arrow(column).tolist() == [-1, 86_399_999_999, 0, 1]


@pytest.mark.parametrize("kind", [pa.date32(), pa.date64()])
def test_arrow_dates_are_their_midnight(kind):
    """A date is the midnight in UTC that opens it."""
    days = [date(2026, 6, 30), date(1969, 12, 31), None]
    assert from_arrow(pa.array(days, kind)).tolist() == [
        microseconds(datetime(2026, 6, 30, tzinfo=UTC)),
        -86_400_000_000,
        0,
    ]


FRAMES = {
    "text with an offset": ["2026-06-30T01:00:00+02:00", "2026-06-29T23:00:00Z"],
    "seconds": np.array(["2026-06-29T23:00:00"] * 2, dtype="datetime64[s]"),
    "milliseconds": np.array(["2026-06-29T23:00:00"] * 2, dtype="datetime64[ms]"),
    "microseconds": np.array(["2026-06-29T23:00:00"] * 2, dtype="datetime64[us]"),
    "nanoseconds": np.array(["2026-06-29T23:00:00"] * 2, dtype="datetime64[ns]"),
    "a zone": pd.DatetimeIndex(["2026-06-29T19:00:00"] * 2).tz_localize("America/New_York"),
    "an offset": pd.DatetimeIndex(["2026-06-30T04:30:00"] * 2).tz_localize("+05:30"),
    "Python datetimes": pd.Series([datetime(2026, 6, 29, 23, tzinfo=UTC)] * 2, dtype=object),
    "datetimes of several zones": pd.Series(
        [datetime(2026, 6, 30, 1, tzinfo=ZoneInfo("Europe/Berlin")), datetime(2026, 6, 29, 23, tzinfo=UTC)],
        dtype=object,
    ),
    "datetimes beside text": pd.Series(
        [datetime(2026, 6, 29, 23, tzinfo=UTC), "2026-06-30T01:00:00+02:00"], dtype=object
    ),
    "Arrow timestamps": pd.Series(
        pd.arrays.ArrowExtensionArray(pa.array([datetime(2026, 6, 29, 23, tzinfo=UTC)] * 2, pa.timestamp("ms", "UTC")))
    ),
}


@pytest.mark.parametrize("form", FRAMES)
def test_a_column_of_a_frame_is_its_instants(form):
    """One hour before midnight UTC is in that day's window, whatever type, unit or zone the frame stores it with."""
    events = pd.DataFrame({"profile_id": ["ann", "bea"], "metric": "Clicked SMS", "datetime": FRAMES[form]})
    shop = sk.Dataset.from_frames(None, events)
    assert shop.as_of == datetime(2026, 6, 29, 23, tzinfo=UTC)
    table = sk.membership([
        sk.Segment("on the 29th", sk.did("Clicked SMS", between=("2026-06-29", "2026-06-29"))),
        sk.Segment("later", sk.did("Clicked SMS", after="2026-06-29")),
    ], shop)  # fmt: skip
    assert table.to_numpy().tolist() == [[True, False]] * 2


def test_dates_in_a_frame_are_days():
    """Plain dates, as a query returns them, are the midnights that open them."""
    events = pd.DataFrame({"profile_id": ["ann"], "metric": ["Clicked SMS"], "datetime": [date(2026, 6, 29)]})
    assert sk.Dataset.from_frames(None, events).as_of == datetime(2026, 6, 29, tzinfo=UTC)


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_parquet_files_of_any_unit(unit, tmp_path):
    """An event at the last moment of a day that its file can hold is in that day."""
    last = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}[unit] * 86_400 - 1
    times = pa.array([last], pa.int64()).cast(pa.timestamp(unit, "UTC"))
    pq.write_table(pa.table({"profile_id": ["ann"], "metric": ["X"], "datetime": times}), tmp_path / "events.parquet")
    shop = sk.load(tmp_path)
    assert shop.as_of.date() == date(1970, 1, 1)
    assert shop.events.metric("X").days.tolist() == [0]


@given(st.lists(INSTANTS, min_size=1, max_size=5))
def test_every_form_of_a_shop_keeps_its_instants(instants):
    """Events stored as datetimes, as text and as microseconds of Arrow are laid out at the same instants."""
    who = {"profile_id": [str(number) for number in range(len(instants))], "metric": "X"}
    meant = sorted(map(microseconds, instants))
    utc = pa.array([one.astimezone(UTC) for one in instants], pa.timestamp("us", "UTC"))
    for column in (
        pd.Series(instants, dtype=object),
        [one.isoformat() for one in instants],
        pd.arrays.ArrowExtensionArray(utc),
    ):
        shop = sk.Dataset.from_frames(None, pd.DataFrame(who | {"datetime": column}), as_of="2026-06-30")
        assert shop.events.metric("X").times.tolist() == meant
