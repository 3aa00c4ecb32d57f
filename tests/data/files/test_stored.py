"""Columns that lie in Parquet files answer as the same columns in memory do, however the files are cut into pieces."""

import threading
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import segkit as sk
from segkit.data.files.stored import joined_tables, stored_table
from segkit.data.properties import JSON_CELLS, arrow_cells
from segkit.errors import DataError

TEXTS = st.lists(st.none() | st.sampled_from(["", "ann", "bea", "NA", "007", "東京"]), min_size=1, max_size=12)
KINDS = {
    "text": pa.string(),
    "large text": pa.large_string(),
    "codes": pa.dictionary(pa.int32(), pa.string()),
    "bytes": pa.binary(),
}


def stored_parts(*paths):
    """Return the table that Parquet files hold together."""
    return joined_tables([stored_table(path) for path in paths])


def decoded(cells):
    """Return a column from its codes, piece by piece."""
    return [value for piece in cells.encoded() for value in piece.to_pylist()]


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=30)
@given(parts=st.lists(TEXTS, min_size=1, max_size=3), group=st.integers(1, 5), data=st.data())
def test_a_column_in_files_answers_as_the_same_column_in_memory(kind, parts, group, data):
    """Cells, codes, places among other texts and single rows are the same, in parts and groups of rows of any size."""
    whole = [text for part in parts for text in part]
    in_memory = arrow_cells(pa.chunked_array([pa.array(whole, pa.string())]))
    with TemporaryDirectory() as folder:
        paths = [Path(folder) / f"part-{number}.parquet" for number in range(len(parts))]
        for path, part in zip(paths, parts, strict=True):
            column = pa.array(part, KINDS[kind]) if kind != "codes" else pa.array(part, pa.string()).dictionary_encode()
            pq.write_table(pa.table({"id": column}), path, row_group_size=group)
        stored = stored_parts(*paths)["id"]
        assert len(stored) == len(whole)
        assert stored.values.to_pylist() == [text or None for text in whole]
        found = decoded(stored.loaded() if kind == "bytes" else stored)
        assert [text or None for text in found] == decoded(in_memory)
        wanted = pa.array(["bea", "東京", "nobody"])
        assert stored.index_in(wanted).tolist() == in_memory.index_in(wanted).tolist()
        rows = np.array(data.draw(st.lists(st.integers(0, len(whole) - 1))), dtype=np.int64)
        assert stored.take(rows).values.to_pylist() == [whole[row] or None for row in rows]


def test_a_column_that_one_part_lacks_is_unset_there(tmp_path):
    """Its cells are null, and no place and no code stands for them."""
    pq.write_table(pa.table({"id": ["ann"], "city": ["Oslo"]}), tmp_path / "1.parquet")
    pq.write_table(pa.table({"id": ["bea", "cat"]}), tmp_path / "2.parquet")
    city = stored_parts(tmp_path / "1.parquet", tmp_path / "2.parquet")["city"]
    assert city.values.to_pylist() == decoded(city) == ["Oslo", None, None]
    assert city.index_in(pa.array(["Oslo"])).tolist() == [0, -1, -1]


@pytest.mark.parametrize("name", ["_events.parquet", ".events.parquet", "day=1.parquet", "events"])
def test_any_name_of_a_file_will_do(name, tmp_path):
    """What a file and its folders are called is no reason to pass it over or to see more columns in it."""
    folder = tmp_path / "_old" / "year=2026"
    folder.mkdir(parents=True)
    pq.write_table(pa.table({"a.b": ["x", None]}), folder / name)
    table = stored_parts(folder / name)
    assert list(table) == ["a.b"]
    assert table["a.b"].index_in(pa.array(["x"])).tolist() == [0, -1]
    assert decoded(table["a.b"]) == table["a.b"].values.to_pylist() == ["x", None]


def test_metrics_come_in_the_order_in_which_they_first_happen(tmp_path):
    """A file's own list of distinct texts, in another order or with more in it than occurs, changes nothing."""
    metric = pa.DictionaryArray.from_arrays(pa.array([2, 0, 2], pa.int32()), pa.array(["Late", "Never", "Early"]))
    when = pd.to_datetime(["2026-06-03", "2026-06-02", "2026-06-01"], utc=True)
    pq.write_table(pa.table({"profile_id": ["ann"] * 3, "metric": metric, "datetime": when}), tmp_path / "e.parquet")
    shop = sk.load(events=tmp_path / "e.parquet")
    assert list(shop.events.metrics) == shop.metric_names == ["Early", "Late"]


def shop_in_pieces(folder, events, group):
    """Return a shop of two profiles and events from Parquet files in two parts, in groups of so many rows."""
    half = len(events) // 2
    for number, part in enumerate([events[:half], events[half:]]):
        part.to_parquet(folder / f"events-{number}.parquet", row_group_size=group, index=False)
    return sk.load(folder, profiles=pd.DataFrame({"profile_id": ["ann", "bea"]}))


def test_faults_are_counted_over_the_whole_table(tmp_path):
    """A table that is read in pieces has the report of the same table in memory: counts, examples and their order."""
    events = pd.DataFrame({
        "profile_id": ["ann", "who", None, "", "bea", "whom", "who", "ann", "else", "other"],
        "metric": ["Placed Order", "Placed Order", "Clicked SMS", "", None, "x", "x", "Clicked SMS", None, "y"],
        "datetime": pd.date_range("2026-06-01", periods=10, tz="UTC"),
        "value": [19.99, None, 5.0, None, float("nan"), 1.0, 2.0, 3.123456789012, None, 1.0],
    })  # fmt: skip
    in_memory = sk.load(profiles=pd.DataFrame({"profile_id": ["ann", "bea"]}), events=events)
    stored = shop_in_pieces(tmp_path, events, 2)
    pd.testing.assert_frame_equal(stored.report, in_memory.report)
    counts = stored.report.set_index("issue")["count"]
    assert counts["rows without a profile id"] == 2
    assert counts["rows of unknown profiles"] == 5
    assert counts["events without a metric"] == 3


def test_faults_come_in_the_order_of_the_columns(tmp_path):
    """How much was left out, ids, metrics, dates, amounts: so the issues are listed, whichever column was read first."""
    events = pd.DataFrame({
        "profile_id": ["ann", "who", "bea", "ann"],
        "metric": ["Placed Order", "Placed Order", None, "Clicked SMS"],
        "datetime": ["2026-06-01T00:00:00Z", "2026-06-02T00:00:00Z", "2026-06-03T00:00:00Z", "soon"],
        "value": [3.123456789012, 1.0, 2.0, float("inf")],
    })  # fmt: skip
    events.to_parquet(tmp_path / "events.parquet", row_group_size=1)
    profiles = pd.DataFrame({"profile_id": ["ann", "bea"]})
    shop = sk.load(tmp_path, profiles=profiles, unreadable="leave out")
    told = shop.report[shop.report["table"] == "events"]
    assert told["column"].tolist() == ["rows", "profile_id", "metric", "datetime", "value", "value"]
    with pytest.raises(DataError) as error:
        sk.load(tmp_path, profiles=profiles)
    assert str(error.value).index("events, datetime") < str(error.value).index("events, value")


@pytest.mark.parametrize("damaged", [["profile_id"], ["metric"], ["datetime"], ["profile_id", "metric"]])
def test_a_damaged_column_is_one_error_and_leaves_no_thread(damaged, tmp_path):
    """A column that can't be read stops the load with one error, however many are read at once, and nothing goes on behind it."""
    size = 5_000
    events = {
        "profile_id": [f"id {number}" for number in range(size)],
        "metric": [f"metric {number}" for number in range(size)],
        "datetime": pd.date_range("2026-06-01", periods=size, freq="s", tz="UTC"),
    }
    path = tmp_path / "events.parquet"
    pq.write_table(pa.table(events), path, use_dictionary=False)
    raw = bytearray(path.read_bytes())
    group = pq.ParquetFile(path).metadata.row_group(0)
    for name in damaged:
        start = group.column(list(events).index(name)).data_page_offset
        raw[start : start + 500] = bytes(500)
    path.write_bytes(raw)
    before = set(threading.enumerate())
    with pytest.raises(DataError, match=r"'events\.parquet' can't be read"):
        sk.load(profiles=pd.DataFrame({"profile_id": ["id 1"]}), events=path)
    assert set(threading.enumerate()) <= before


def test_no_known_id_is_one_error_over_all_pieces(tmp_path):
    """Ids that are all strange are refused with the count of the whole table."""
    events = pd.DataFrame({"profile_id": list("pqrst"), "metric": "x", "datetime": pd.Timestamp("2026-06-01")})
    with pytest.raises(DataError, match=r"no id belongs to a profile \(5 times\), such as 'p', 'q', 'r'"):
        shop_in_pieces(tmp_path, events, 2)


def test_events_of_one_instant_keep_their_order_over_pieces(tmp_path):
    """Events that happened at once stay in the order of their files and rows."""
    events = pd.DataFrame({
        "profile_id": "ann", "metric": "Placed Order", "datetime": pd.Timestamp("2026-06-01", tz="UTC"),
        "value": np.arange(1.0, 41.0),
    })  # fmt: skip
    shop = shop_in_pieces(tmp_path, events, 3)
    assert shop.events.metric("Placed Order").units.tolist() == list(range(1, 41))


def test_a_file_that_is_damaged_inside_is_named(tmp_path):
    """Which of several files is damaged is told, though its first and last bytes are as they should be."""
    column = pa.array([f"id {number}" for number in range(5_000)])
    for number in (1, 2):
        pq.write_table(pa.table({"id": column}), tmp_path / f"{number}.parquet", use_dictionary=False)
    raw = bytearray((tmp_path / "2.parquet").read_bytes())
    raw[20:2_000] = bytes(1_980)
    (tmp_path / "2.parquet").write_bytes(raw)
    stored = stored_parts(tmp_path / "1.parquet", tmp_path / "2.parquet")["id"]
    for read in (stored.loaded, lambda: list(stored.encoded()), lambda: stored.index_in(column)):
        with pytest.raises(DataError, match=r"'2\.parquet' can't be read"):
            read()


def test_a_marked_column_holds_what_its_json_says(tmp_path):
    """A column of ids that is marked as JSON is read as what that stands for, numbers among them."""
    field = pa.field("id", pa.string(), metadata=JSON_CELLS)
    pq.write_table(pa.table([pa.array(['"ann"', "7", None])], schema=pa.schema([field])), tmp_path / "1.parquet")
    stored = stored_parts(tmp_path / "1.parquet")["id"]
    assert not stored.is_text
    assert stored.values == ["ann", 7, None]


def test_only_what_is_kept_stays_in_memory(tmp_path):
    """After a load no text of the events' ids and metrics is left in Arrow's memory."""
    events = pd.DataFrame({
        "profile_id": [f"a long id, so that its text is noticed: {number % 10}" for number in range(200_000)],
        "metric": "Placed Order",
        "datetime": pd.Timestamp("2026-06-01", tz="UTC"),
    })  # fmt: skip
    events.to_parquet(tmp_path / "events.parquet", index=False)
    before = pa.total_allocated_bytes()
    shop = sk.load(profiles=events[["profile_id"]].drop_duplicates(), events=tmp_path / "events.parquet")
    assert len(shop.events) == 200_000
    assert (
        pa.total_allocated_bytes() - before
        < 8_000_000
        < pc.sum(pc.binary_length(pa.array(events["profile_id"]))).as_py()
    )
