"""The parts of a table are one table: what each column means is found in each part, and numbers and moments are of one type."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.data.files.parts import joined_cells
from segkit.data.properties import Cells, cells_of
from segkit.errors import DataError

HEADERS = ["phone_number", "Phone Number", "Phone number", "phone", " PHONE_NUMBER "]


@pytest.mark.parametrize("ending", ["csv", "parquet"])
@pytest.mark.parametrize("header", HEADERS)
def test_one_column_may_have_another_header_in_each_part(header, ending, tmp_path):
    """Whichever spelling of a column the second part has, the two are one column, in CSV and in Parquet."""
    first = pd.DataFrame(
        {"Klaviyo ID": ["ann"], "Phone Number": ["+14155550132"], "SMS Marketing Consent": "SUBSCRIBED"}
    )
    second = pd.DataFrame({"profile_id": ["bea"], header: ["+14155550133"], "sms_consent": "UNSUBSCRIBED"})
    for number, part in enumerate((first, second), 1):
        path = tmp_path / f"profiles-{number}.{ending}"
        part.to_csv(path, index=False) if ending == "csv" else part.to_parquet(path, index=False)
    shop = sk.load(tmp_path, as_of="2026-06-30")
    assert shop.property_names == ["phone_number", "sms_consent"]
    assert shop.profiles["phone_number"].tolist() == ["+14155550132", "+14155550133"]
    assert shop.profiles["sms_consent"].tolist() == ["subscribed", "unsubscribed"]


def test_columns_are_renamed_as_told_in_every_part(tmp_path):
    """What `columns` says holds for each part that has the header, and a header of a later part counts as known."""
    (tmp_path / "profiles-1.csv").write_text("customer,City\nann,Oslo\n")
    (tmp_path / "profiles-2.csv").write_text("profile_id,town\nbea,Bergen\n")
    shop = sk.load(tmp_path, as_of="2026-06-30", columns={"customer": "profile_id", "town": "city"})
    assert shop.profiles["city"].to_dict() == {"ann": "Oslo", "bea": "Bergen"}


def test_a_property_of_an_export_stays_apart_in_every_part(tmp_path):
    """A custom property beside Klaviyo's own column of that meaning is a property in a part that has both, and told once."""
    (tmp_path / "profiles-1.csv").write_text("Klaviyo ID,City,city\nann,Oslo,x\n")
    (tmp_path / "profiles-2.csv").write_text("Klaviyo ID,City,city\nbea,Bergen,y\n")
    (tmp_path / "profiles-3.csv").write_text("Klaviyo ID,city\ncat,Paris\n")
    shop = sk.load(tmp_path, as_of="2026-06-30")
    assert shop.profiles["city"].tolist() == ["Oslo", "Bergen", "Paris"]
    assert shop.profiles["properties['city']"].fillna("").tolist() == ["x", "y", ""]
    assert shop.report["issue"].tolist().count("'city' has the same meaning") == 1


def test_a_part_without_a_needed_column_is_refused(tmp_path):
    """A part whose rows say nothing of whom or when would be lost, so nothing is loaded."""
    (tmp_path / "profiles.csv").write_text("profile_id\nann\n")
    (tmp_path / "events-1.csv").write_text("profile_id,metric,datetime\nann,X,2026-06-01T00:00:00Z\n")
    (tmp_path / "events-2.csv").write_text("profile_id,what,datetime\nann,X,2026-06-01T00:00:00Z\n")
    with pytest.raises(DataError, match=r"events, metric: this column is missing.*'what'"):
        sk.load(tmp_path)


def parts_of_events(folder, *columns, name="datetime"):
    """Return the shop of events whose column of this name is of another type in each part."""
    for number, column in enumerate(columns):
        size = len(column)
        when = pa.array([datetime(2026, 6, 1, tzinfo=UTC)] * size, pa.timestamp("us", "UTC"))
        table = {"profile_id": pa.array(["ann"] * size), "metric": pa.array(["X"] * size), "datetime": when} | {
            name: column
        }
        pq.write_table(pa.table(table), folder / f"events-{number}.parquet")
    return sk.load(folder)


WHEN = datetime(2026, 6, 1, 12, tzinfo=UTC)
TIMES = {
    "two zones": [pa.array([WHEN], pa.timestamp("us", zone)) for zone in ("UTC", "America/New_York", "+02:00")],
    "two units": [pa.array([WHEN], pa.timestamp(unit, "UTC")) for unit in ("ns", "s")],
    "a zone and none": [pa.array([WHEN], pa.timestamp("us", "UTC")), pa.array([WHEN.replace(tzinfo=None)], pa.timestamp("us"))],
    "text and moments": [pa.array(["2026-06-01T14:00:00+02:00"]), pa.array([WHEN], pa.timestamp("us", "UTC"))],
    "a zone that nobody knows": [pa.array([WHEN], pa.timestamp("us", "UTC")).cast(pa.timestamp("us", "Mars/Base"))],
}  # fmt: skip


@pytest.mark.parametrize("name", TIMES)
def test_parts_in_several_zones_are_moments(name, tmp_path):
    """However each part writes its times, the events are at the moments meant, and a part without a zone is told."""
    shop = parts_of_events(tmp_path, *TIMES[name])
    assert shop.events.metric("X").times.tolist() == [int(WHEN.timestamp()) * 10**6] * len(TIMES[name])
    told = shop.report.set_index("issue")["count"].get("dates or times without a zone", 0)
    assert told == (name == "a zone and none")


NUMBERS = {
    "whole and doubles": [pa.array([2], pa.int64()), pa.array([2.5])],
    "small and large": [pa.array([2], pa.int8()), pa.array([2], pa.uint64()), pa.array([2.5], pa.float32())],
    "decimals and doubles": [pa.array([Decimal("2.00")]), pa.array([2.5])],
    "decimals of two kinds": [pa.array([Decimal("2.00")]), pa.array([Decimal("2.5000")])],
    "nothing and numbers": [pa.array([None]), pa.array([2.5])],
    "text and numbers": [pa.array(["2"]), pa.array([2.5])],
}


@pytest.mark.parametrize("name", NUMBERS)
def test_parts_of_several_types_of_number_are_summed(name, tmp_path):
    """Amounts are the numbers that were written, whichever type each part keeps them in."""
    shop = parts_of_events(tmp_path, *NUMBERS[name], name="value")
    written = [value for column in NUMBERS[name] for value in column.to_pylist() if value is not None]
    orders = shop.events.metric("X")
    assert orders.units.sum() / 10**orders.scale == sum(map(float, written))


VALUES = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text(max_size=3) | st.booleans()
COLUMNS = st.lists(
    VALUES
    | st.datetimes()
    | st.datetimes(timezones=st.just(UTC))
    | st.dates()
    | st.lists(st.text(max_size=2), max_size=2),
    max_size=4,
)


@given(st.lists(COLUMNS, min_size=1, max_size=3))
def test_no_cell_becomes_another_value(parts):
    """Joined cells are equal to the cells of the parts, one after the other, and truths stay apart from numbers; empty text is none."""
    joined = joined_cells([cells_of(part) for part in parts]).values
    found = joined if isinstance(joined, list) else joined.to_pylist()
    meant = [None if cell == "" else cell for part in parts for cell in part]
    assert found == meant
    assert [isinstance(cell, (bool, str, date, list)) for cell in found] == [
        isinstance(cell, (bool, str, date, list)) for cell in meant
    ]


def test_parts_of_text_stay_text():
    """A part without any cell makes no other kind of the texts of another."""
    parts = [Cells(pa.chunked_array([["007"]])), Cells(pa.chunked_array([pa.nulls(1)]))]
    assert joined_cells(parts).is_text
    assert joined_cells(parts).values.to_pylist() == ["007", None]
