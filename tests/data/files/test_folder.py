"""Every file of a folder that seems meant for a table is read, or is named in the report with what to do."""

import gzip
import json
import os
import sys
import zipfile

import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

import segkit as sk
from segkit.errors import DataError

PROFILES = "profile_id,sms_consent\nann,subscribed\nbea,subscribed\n"
EVENTS = pd.DataFrame({
    "profile_id": ["ann", "bea", "ann"],
    "metric": "Placed Order",
    "datetime": pd.to_datetime(["2026-06-01", "2026-06-02", "2026-06-03"], utc=True),
    "value": [5.0, 7.5, 2.5],
})  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    """Give a folder that holds two profiles."""
    (tmp_path / "profiles.csv").write_text(PROFILES)
    return tmp_path


def lines(frame):
    """Return a frame as JSON Lines."""
    return frame.assign(datetime=frame["datetime"].astype(str)).to_json(orient="records", lines=True)


def write(folder, name):
    """Write the events under a name, in the form that it says."""
    path = folder / name
    text = EVENTS.to_csv(index=False)
    match name.partition(".")[2]:
        case "csv.zip" | "zip":
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("events.csv", text)
        case "tsv" | "txt":
            path.write_text(EVENTS.to_csv(index=False, sep="\t"))
        case "tsv.gz":
            path.write_bytes(gzip.compress(EVENTS.to_csv(index=False, sep="\t").encode()))
        case "jsonl" | "ndjson":
            path.write_text(lines(EVENTS))
        case "jsonl.zst":
            with pa.CompressedOutputStream(str(path), "zstd") as stream:
                stream.write(lines(EVENTS).encode())
        case "json":
            path.write_text(json.dumps([json.loads(line) for line in lines(EVENTS).splitlines()]))
        case "feather":
            pyarrow.feather.write_feather(EVENTS, str(path))
        case "arrow":
            table = pa.Table.from_pandas(EVENTS)
            with pa.OSFile(str(path), "wb") as stream, pa.ipc.new_stream(stream, table.schema) as writer:
                writer.write_table(table)
        case "parquet":
            EVENTS.to_parquet(path)


FORMS = [
    "events.csv.zip", "events.zip", "events.tsv", "events.txt", "events.tsv.gz", "events.jsonl", "events.ndjson", "events.jsonl.zst",
    "events.json", "events.feather", "events.arrow", "EVENTS.parquet",
]  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_what_our_libraries_read_is_read(name, folder):
    """The events are the same events in whatever form they lie beside the profiles, and nothing is passed over."""
    write(folder, name)
    shop = sk.load(folder)
    orders = shop.events.metric("Placed Order")
    assert (orders.profiles.tolist(), (orders.units / 10**orders.scale).tolist()) == ([0, 1, 0], [5.0, 7.5, 2.5])
    assert "(file)" not in set(shop.report["column"])


def test_a_workbook_is_read_where_the_package_for_it_is(folder):
    """The sheet named like the table is read with the types of its cells, and the others are named."""
    pytest.importorskip("openpyxl")
    with pd.ExcelWriter(folder / "events.xlsx") as book:
        pd.DataFrame({"notes": ["x"]}).to_excel(book, sheet_name="Notes", index=False)
        naive = EVENTS.assign(datetime=EVENTS["datetime"].dt.tz_localize(None), Country="NA", Code="007")
        naive.to_excel(book, sheet_name="Events", index=False)
    shop = sk.load(folder)
    assert shop.events.metric("Placed Order").units.tolist() == [50, 75, 25]
    assert shop.event_column("Placed Order", "Country").distinct.to_pylist() == ["NA"]
    assert shop.event_column("Placed Order", "Code").distinct.to_pylist() == ["007"]
    assert shop.report.set_index("issue").loc["sheets that were not read", "examples"] == "'Notes'"


def test_a_workbook_without_the_package_says_what_to_install(folder, monkeypatch):
    """The error has the line that installs the reader."""
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    (folder / "events.xlsx").write_bytes(b"PK")
    with pytest.raises(DataError, match=r"'events\.xlsx' is an Excel workbook.*pip install openpyxl"):
        sk.load(folder)


PASSED_OVER = {
    "events (1).csv": "rename it to events-2.csv",
    "events_2.csv": "rename it to events-2.csv",
    "event.csv": "rename it to events-2.csv",
    "my_events.csv": "rename it to events-2.csv",
    "events.xlsx": "'events.csv' was read|events.csv was read",
    "events.txt": "events.csv was read",
    "events.csv.part": "unfinished download",
    "events.csv.crdownload": "unfinished download",
    "events.xls": "save it as events.csv or events.xlsx",
    "events.log": "save it as events.csv or events.parquet",
    "profiles_unsubscribed.csv": "rename it to profiles-2.csv",
    "list.csv": "pass it",
}


@pytest.mark.parametrize("name", PASSED_OVER)
def test_a_file_that_looks_meant_for_a_table_is_named(name, folder):
    """The report has one row with the file's name and what to do, whatever the reason why it was not read."""
    EVENTS.to_csv(folder / "events.csv", index=False)
    (folder / name).write_text("profile_id\nx\n")
    shop = sk.load(folder)
    [told] = shop.report[shop.report["issue"] == "a file that was not read"].itertuples()
    assert (told.examples, told.count) == (repr(name), 1)
    assert pd.Series([told.resolution]).str.contains(PASSED_OVER[name]).all()


@pytest.mark.parametrize(
    "name", ["README.md", "playlist.csv", ".events.csv", "~$events.xlsx", "segment_members.parquet"]
)
def test_other_files_are_none_of_the_reports_business(name, folder):
    """Notes, hidden files and files of other names are passed over in silence."""
    (folder / name).write_text("profile_id\nx\n")
    assert "a file that was not read" not in set(sk.load(folder, as_of="2026-06-30").report["issue"])


def test_a_file_that_was_given_by_name_is_not_named_again(folder):
    """What is read since it was named is nothing that was passed over."""
    EVENTS.to_csv(folder / "my_events.csv", index=False)
    shop = sk.load(folder, events=folder / ".." / folder.name / "my_events.csv")
    assert (len(shop.events), shop.report.empty) == (3, True)


def test_a_folder_that_is_no_table_is_named(folder):
    """A folder beside the tables that holds something else is named, too, and an empty one is nothing."""
    (folder / "events").mkdir()
    assert sk.load(folder, as_of="2026-06-30").report.empty
    (folder / "events" / "notes.docx").write_text("x")
    assert sk.load(folder, as_of="2026-06-30").report["issue"].tolist() == ["a folder that was not read"]


@pytest.mark.parametrize("name", ["events", "events.parquet"])
def test_a_folder_of_parts_is_one_table(name, folder):
    """Parts as engines write them are read together, without the files that engines put beside them, empty parts included."""
    parts = folder / name
    parts.mkdir()
    for number in range(3):
        EVENTS.iloc[[number]].to_parquet(parts / f"part-0000{number}-c000.snappy.parquet", index=False)
    EVENTS.iloc[:0].to_parquet(parts / "part-00003-c000.snappy.parquet", index=False)
    (parts / "_SUCCESS").write_text("")
    (parts / ".part-00000.crc").write_bytes(b"crc")
    for shop in (sk.load(folder), sk.load(profiles=folder / "profiles.csv", events=parts)):
        assert shop.events.metric("Placed Order").units.tolist() == [50, 75, 25]
        assert shop.report.empty


def test_parts_of_text_are_one_table_as_well(folder):
    """So are part files of CSV and of JSON Lines under the name that engines give them."""
    for name, write_part in {
        "csv": lambda rows, path: rows.to_csv(path.with_suffix(".csv"), index=False),
        "json": lambda rows, path: path.with_suffix(".json").write_text(lines(rows)),
    }.items():
        parts = folder / f"events.{name}"
        parts.mkdir()
        for number in range(3):
            write_part(EVENTS.iloc[[number]], parts / f"part-0000{number}")
        assert len(sk.load(profiles=folder / "profiles.csv", events=parts).events) == 3


def test_folders_between_name_a_column(folder):
    """Engines that split a table by a column put its values into the names of folders, from which they are read."""
    for metric, rows in EVENTS.assign(metric=["Placed Order", "Clicked SMS", "Placed Order"]).groupby("metric"):
        within = folder / "events" / f"metric={metric.replace(' ', '%20')}" / "year=2026"
        within.mkdir(parents=True)
        rows.drop(columns="metric").to_parquet(within / "part-0.parquet", index=False)
    nobody = folder / "events" / "metric=__HIVE_DEFAULT_PARTITION__" / "year=2026"
    nobody.mkdir(parents=True)
    EVENTS.iloc[:1].drop(columns="metric").to_parquet(nobody / "part-0.parquet", index=False)
    shop = sk.load(folder)
    assert {name: len(events) for name, events in shop.events.metrics.items()} == {"Placed Order": 2, "Clicked SMS": 1}
    assert shop.report.set_index("issue").loc["events without a metric", "count"] == 1
    assert shop.event_column("Clicked SMS", "year").distinct.to_pylist() == ["2026"]


def test_the_home_folder_is_read(folder, monkeypatch):
    """A path may begin with ~ for a folder, a file and several files."""
    monkeypatch.setenv("HOME", str(folder.parent))
    monkeypatch.setenv("USERPROFILE", str(folder.parent))
    home = f"~/{folder.name}"
    for given in ({"folder": home}, {"profiles": f"{home}/profiles.csv"}, {"profiles": [f"{home}/profiles.csv"]}):
        assert len(sk.load(**given, as_of="2026-06-30")) == 2


NO_SOURCE = {
    "a number": (5, "profiles can't be an int"),
    "rows": ({"profile_id": ["ann"]}, "profiles can't be a dict"),
    "a column": (pl.Series("profile_id", ["ann"]), "profiles can't be read from this Series"),
    "a name that no file can have": ("x" * 5_000, "no file can have this name"),
    "a name with a nought": ("a\0b", "no file can have this name"),
}


@pytest.mark.parametrize("name", NO_SOURCE)
def test_what_is_neither_a_path_nor_a_frame_is_refused_in_our_words(name):
    """Whatever is handed in, the error says what may be."""
    given, message = NO_SOURCE[name]
    with pytest.raises(DataError, match=message):
        sk.load(profiles=given)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes have names on Unix only")
def test_a_pipe_is_refused(folder):
    """A pipe given by name would be waited for without end."""
    os.mkfifo(folder / "pipe.csv")
    with pytest.raises(DataError, match="not a regular file"):
        sk.load(profiles=folder / "pipe.csv")


def as_stored(frame):
    """Return the same events as tables of other libraries."""
    table = pa.Table.from_pandas(frame, preserve_index=False)
    return {
        "Arrow": table,
        "Polars": pl.from_arrow(table),
        "Polars with categories": pl.from_arrow(table).with_columns(pl.col("metric").cast(pl.Categorical)),
        "a reader": pa.RecordBatchReader.from_batches(table.schema, table.to_batches()),
    }


@pytest.mark.parametrize("kind", as_stored(EVENTS))
def test_frames_of_other_libraries_are_frames(kind):
    """Whatever hands out its columns by Arrow loads as the frame of pandas does, by either way in."""
    profiles = pd.DataFrame({"profile_id": ["ann", "bea"], "sms_consent": "subscribed"})
    meant = sk.Dataset.from_frames(profiles, EVENTS)
    for load in (sk.Dataset.from_frames, lambda people, events: sk.load(profiles=people, events=events)):
        shop = load(pl.from_pandas(profiles), as_stored(EVENTS)[kind])
        pd.testing.assert_frame_equal(shop.profiles, meant.profiles, check_dtype=False)
        assert shop.events.metric("Placed Order").units.tolist() == [50, 75, 25]
        assert (shop.as_of, shop.report.to_dict()) == (meant.as_of, meant.report.to_dict())


def test_doubled_headers_and_foreign_text_of_a_table_are_refused():
    """A table of Arrow may have two columns of one header, or bytes under the name of text, and neither goes on."""
    table = pa.table([pa.array(["a"]), pa.array(["b"])], names=["profile_id", "profile_id"])
    with pytest.raises(DataError, match="several columns have the header 'profile_id'"):
        sk.load(profiles=table)
    text = pa.Array.from_buffers(pa.string(), 1, pa.array([b"\xe9"]).buffers())
    with pytest.raises(DataError, match="text in UTF-8"):
        sk.load(profiles=pa.table({"profile_id": text}))


def test_parquet_text_that_is_not_utf8_is_refused(folder):
    """What an engine wrote as text in another encoding is named by file and column, for ids, metrics and any other column."""
    text = pa.Array.from_buffers(pa.string(), 1, pa.array([b"\xe9"]).buffers())
    good = {"profile_id": ["ann"], "metric": ["X"], "datetime": ["2026-06-01T00:00:00Z"], "Note": ["x"]}
    for column in ("profile_id", "metric", "Note"):
        pq.write_table(pa.table(good | {column: text}), folder / "events.parquet")
        with pytest.raises(
            DataError, match=rf"'events\.parquet' can't be read: the column '{column}' should be text in UTF-8"
        ):
            sk.load(folder)
