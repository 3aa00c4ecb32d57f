"""Rows that a connector marked as deleted are left out of every table, and counted; what is not marked is not touched."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.data.files.stored import stored_table
from segkit.data.properties import cells_of
from segkit.data.validation.deleted import without_deleted
from segkit.data.validation.issues import Issues
from segkit.errors import DataError

DELETED = ["_fivetran_deleted", "__deleted", "_deleted", "_hevo__marked_deleted", "__hevo__marked_deleted"]
DELETED_AT = ["_sdc_deleted_at", "_ab_cdc_deleted_at"]
DONE = "left out, because the connector marked them as deleted"
EVENTS = pd.DataFrame({"profile_id": ["a", "b", "c"], "metric": "Placed Order", "datetime": "2026-06-01T00:00:00Z", "value": [1, 2, 4]})  # fmt: skip


def people(**columns):
    """Return a frame of three profiles with these columns."""
    return pd.DataFrame({"profile_id": ["a", "b", "c"], "Badge": ["Oslo", "Rome", "Lima"], **columns})


def told(shop):
    """Return what a shop's report says of marked rows: table, column, issue, count, what was done."""
    rows = shop.report[shop.report["column"].str.strip().str.startswith("_")]
    return [tuple(row) for row in rows[["table", "column", "issue", "count", "resolution"]].to_numpy()]


def load(frame, store, folder):
    """Return the Dataset of a frame of profiles that came as a frame, as CSV or as Parquet."""
    if store == "frames":
        return sk.Dataset.from_frames(frame, as_of="2026-06-30")
    path = folder / f"profiles.{store}"
    frame.to_csv(path, index=False) if store == "csv" else frame.to_parquet(path)
    return sk.load(folder, as_of="2026-06-30")


@pytest.mark.parametrize("store", ["frames", "csv", "parquet"])
@pytest.mark.parametrize("header", DELETED)
def test_a_row_marked_as_deleted_is_left_out(header, store, tmp_path):
    """It is counted, the others stay as they are, and the column of marks is no property."""
    shop = load(people(**{header: [False, True, None]}), store, tmp_path)

    assert shop.profiles["Badge"].to_dict() == {"a": "Oslo", "c": "Lima"}
    assert shop.property_names == ["Badge"]
    assert told(shop) == [("profiles", header, "rows marked as deleted", 1, DONE)]


@pytest.mark.parametrize("store", ["frames", "csv", "parquet"])
@pytest.mark.parametrize("header", DELETED_AT)
def test_a_row_with_a_time_of_deletion_is_left_out(header, store, tmp_path):
    """Whenever it was deleted; a row without a time is there."""
    shop = load(people(**{header: [None, "2026-06-01T00:00:00Z", None]}), store, tmp_path)

    assert shop.profile_ids.tolist() == ["a", "c"]
    assert shop.property_names == ["Badge"]
    assert told(shop) == [("profiles", header, "rows marked as deleted", 1, DONE)]


def test_an_older_version_of_a_row_is_left_out():
    """In history mode a profile has many rows, of which one is active: it counts, and the others are no second profile."""
    frame = people(profile_id=["a", "a", "b"], _fivetran_active=[False, True, True])
    shop = sk.Dataset.from_frames(frame, as_of="2026-06-30")

    assert shop.profiles["Badge"].to_dict() == {"a": "Rome", "b": "Lima"}
    done = "left out, because the connector marked them as no longer current"
    assert told(shop) == [("profiles", "_fivetran_active", "older versions of rows", 1, done)]


def test_a_deleted_row_is_no_second_profile():
    """It is left out before ids are compared, so a profile that was deleted and made again is one profile."""
    shop = sk.Dataset.from_frames(people(profile_id=["a", "a", "b"], _deleted=[True, False, False]), as_of="2026-06-30")
    assert shop.profile_ids.tolist() == ["a", "b"]


def test_all_four_tables_are_looked_at():
    """An event that was deleted is not summed, an entry that was deleted puts nobody on a list, and a point is not there."""
    marks = [False, True, False]
    lists = pd.DataFrame({"profile_id": ["a", "b", "c"], "list_id": "VIPs", "_fivetran_deleted": marks})
    places = pd.DataFrame(
        {"country": "GB", "postal_code": ["SW1W", "EC1A", "N1"], "latitude": 51.5, "longitude": -0.1, "_deleted": marks}
    )
    shop = sk.Dataset.from_frames(
        people(__deleted=marks), EVENTS.assign(_fivetran_deleted=marks), lists=lists, places=places
    )

    assert shop.events.metrics["Placed Order"].profiles.tolist() == [0, 1]
    assert shop.lists["VIPs"].profiles.tolist() == [0, 1]
    assert shop.postal_points.point("EC1A", "GB") is None
    assert shop.postal_points.point("SW1W", "GB") is not None
    assert [(table, count) for table, _, _, count, _ in told(shop)] == [
        ("profiles", 1), ("events", 1), ("lists", 1), ("places", 1),
    ]  # fmt: skip


def test_profiles_taken_from_events_are_those_of_rows_that_are_left():
    """Somebody of whom only deleted events are known is nobody."""
    shop = sk.Dataset.from_frames(None, EVENTS.assign(_deleted=[False, False, True]))
    assert shop.profile_ids.tolist() == ["a", "b"]


@pytest.mark.parametrize("header", ["_FIVETRAN_DELETED", " _Fivetran_Deleted "])
def test_capitals_and_blanks_of_the_header_do_not_matter(header):
    """Some warehouses write every header in capitals."""
    assert len(sk.Dataset.from_frames(people(**{header: [1, 0, 0]}), as_of="2026-06-30")) == 2


@pytest.mark.parametrize("header", ["_fivetran_deleted", "_fivetran_active"])
def test_a_mark_that_nobody_can_read_keeps_its_row(header):
    """What is neither true nor false is noted, and its row stays."""
    shop = sk.Dataset.from_frames(people(**{header: ["perhaps", None, " "]}), as_of="2026-06-30")
    assert len(shop) == 3
    assert told(shop) == [("profiles", header, "neither true nor false", 1, "kept")]


@pytest.mark.parametrize("table", ["profiles", "events"])
def test_a_table_of_which_nothing_is_left_is_refused(table):
    """The error names the table, the column and what to do."""
    tables = {"profiles": people(), "events": EVENTS}
    tables[table] = tables[table].assign(_fivetran_deleted=True)
    with pytest.raises(DataError, match=f"{table}, _fivetran_deleted: all rows are marked as deleted.*Check that"):
        sk.Dataset.from_frames(**tables)


def test_a_renamed_mark_is_a_property():
    """Whoever wants the rows names the column otherwise."""
    shop = sk.Dataset.from_frames(
        people(_deleted=[True, False, False]), as_of="2026-06-30", columns={"_deleted": "Gone"}
    )
    assert shop.profiles["Gone"].tolist() == [True, False, False]


def test_without_marks_nothing_is_read(tmp_path):
    """Columns that lie in files stay there: they are the very ones that were given."""
    people().to_parquet(tmp_path / "profiles.parquet")
    table = stored_table(tmp_path / "profiles.parquet")
    found = without_deleted("profiles", table, Issues())
    assert all(found[name] is table[name] for name in table)


@given(st.lists(st.tuples(st.sampled_from([True, False, None]), st.sampled_from([None, "", "2026-06-01"])), min_size=1))
def test_kept_are_the_rows_that_no_mark_speaks_of(marks):
    """Whatever marks there are, a row is left out if any of them says so, the order stays, and each row is counted once."""
    table = {
        "profile_id": cells_of([str(row) for row in range(len(marks))]),
        "_deleted": cells_of([deleted for deleted, _ in marks]),
        "_sdc_deleted_at": cells_of([at for _, at in marks]),
    }
    kept = [str(row) for row, (deleted, at) in enumerate(marks) if not deleted and not at]
    issues = Issues()
    found = without_deleted("profiles", table, issues)

    if kept:
        assert [str(one) for one in found["profile_id"].values] == kept
        assert sum(issue.count for issue in issues.found) == len(marks) - len(kept)
    else:
        assert [issue.is_fatal for issue in issues.found][-1]
