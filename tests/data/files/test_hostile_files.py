"""Data from whoever sent it: what has no end, unpacks to terabytes, is nested without bottom, or is no file at all.

Whatever comes in, it is loaded with what was done in the report, or refused in segkit's own words, within the limits of docs/limits.md.
"""

import bz2
import gzip
import json
import os
import zipfile
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.data.files import csv_blocks, csv_files, json_files, opened, other_files, stored
from segkit.errors import DataError, SegkitError

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")

HALF, WHOLE = "Ann \ud83d", "Ann \ufffd"
NOON = "2026-06-30T12:00:00Z"
QUESTIONS = {
    "text": sk.has("x", equals="b"), "number": sk.has("x", more_than=3), "date": sk.has("x", in_last_days=3),
    "list": sk.has("x", contains_item="b"), "set": sk.is_set("x"), "something": sk.has("x", holds_something=True),
}  # fmt: skip


def loaded(path, **words):
    """Return the shop of one file of profiles."""
    return sk.load(profiles=path, as_of=NOON, **words)


def framed(*people):
    """Return the shop of people as a frame of objects, as pandas before 3 has it; newer ones hold no half of a character as text."""
    names = list(dict.fromkeys(name for one in people for name in one))
    columns = [pd.Series([one.get(name) for one in people], dtype=object) for name in names]
    frame = pd.DataFrame(dict(enumerate(columns)))
    frame.columns = pd.Index(names, dtype=object)
    return sk.Dataset.from_frames(frame, as_of=NOON)


def everything_of(shop):
    """Ask a shop every question of the property x, and return how many pass each."""
    segments = [sk.Segment(name, condition) for name, condition in QUESTIONS.items()]
    return sk.membership(segments, shop).sum().to_dict()


def page(attributes, **resource):
    """Return a page of one profile."""
    return json.dumps({"data": [{"type": "profile", "id": "p", "attributes": attributes, **resource}]})


def counts(shop):
    """Return what was found while loading, and how often."""
    return shop.report.set_index("issue")["count"].to_dict()


def test_half_an_emoji_in_a_frame_is_replaced_and_counted():
    """In a cell, in a list, in a mapping and its names, and in the name of a column: each is told once."""
    shop = framed({"profile_id": "a", "first_name": HALF, "x": [HALF, "b"], "y": {HALF: HALF}, HALF: "z"})
    assert counts(shop)["strings with half a character"] == 5
    assert shop.column("first_name").value(0) == WHOLE
    assert list(shop.column("x").value(0)) == [WHOLE, "b"]
    assert shop.column("y").value(0) == {WHOLE: WHOLE}
    assert shop.column(WHOLE).value(0) == "z"


def test_half_an_emoji_in_a_metric_is_replaced_and_counted(tmp_path):
    """A metric of a frame and one of a page alike."""
    events = pd.DataFrame({"profile_id": ["a"], "metric": pd.Series([HALF], dtype=object), "datetime": ["2026-06-01"]})
    shop = sk.Dataset.from_frames(pd.DataFrame({"profile_id": ["a"]}), events, as_of=NOON)
    assert list(shop.events.metrics) == [WHOLE]
    assert counts(shop)["strings with half a character"] == 1


def test_half_an_emoji_in_a_column_of_json_is_replaced_and_counted(tmp_path):
    """A connector's attributes are read like pages."""
    attributes = json.dumps({"properties": {"x": [HALF], HALF: "😀"}}).replace('"', '""')
    (tmp_path / "profiles.csv").write_text(f'id,attributes\na,"{attributes}"\n')
    shop = loaded(tmp_path / "profiles.csv")
    assert list(shop.column("x").value(0)) == [WHOLE]
    assert shop.column(WHOLE).value(0) == "😀"
    assert counts(shop)["strings with half a character"] == 2


@pytest.mark.parametrize("levels", [150, 1_500, 100_000])
@pytest.mark.parametrize("closed", [True, False])
def test_a_deep_cell_of_a_csv_is_text(levels, closed, tmp_path):
    """One cell of brackets breaks no condition on its column: it is a text, and no list."""
    cell = "[" * levels + ("]" * levels if closed else "")
    path = tmp_path / "profiles.csv"
    path.write_text(f'profile_id,x\na,{cell}\nb,"[""b""]"\n')
    found = everything_of(loaded(path))
    assert (found["set"], found["list"], found["text"], found["number"]) == (2, 1, 0, 0)
    assert loaded(path).column("x").texts.readable.sum() == 1


@pytest.mark.parametrize("levels", [150, 700, 5_000])
@pytest.mark.parametrize("around", ["[]", ('{"a":', "}")])
def test_deep_pages_and_rows_are_refused(levels, around, tmp_path):
    """A file with brackets without end is refused by name, at any depth, as a page and as rows."""
    opening, closing = around
    value = opening * levels + "1" + closing * levels
    texts = {
        "profiles.json": '{"data":[{"type":"profile","id":"p","attributes":{"properties":{"x":' + value + "}}}]}",
        "rows.jsonl": '{"profile_id":"p","x":' + value + "}\n",
        "second.jsonl": '{"profile_id":"q","x":1}\n{"profile_id":"p","x":' + value + "}\n",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
        with pytest.raises(DataError, match=f"{name}.*more than 100 levels deep"):
            loaded(tmp_path / name)


@pytest.mark.parametrize("levels", [150, 700, 5_000])
@pytest.mark.parametrize("kind", [lambda value: [value], lambda value: (value,), lambda value: {"a": value}])
def test_deep_frames_are_refused(levels, kind):
    """So is a frame whose cells have no bottom."""
    value = "b"
    for _ in range(levels):
        value = kind(value)
    with pytest.raises(DataError, match="more than 100 levels deep"):
        framed({"profile_id": "a", "x": value})


@pytest.mark.parametrize("levels", [90, 150, 700, 5_000])
def test_deep_columns_of_json_are_text(levels, tmp_path):
    """A connector's column of JSON that nobody can read is a column of text, as any that is no JSON."""
    (tmp_path / "profiles.csv").write_text('id,attributes\na,"{""x"":' + "[" * levels + "]" * levels + '}"\n')
    try:
        shop = loaded(tmp_path / "profiles.csv")
    except DataError as error:
        assert "profile_id" in str(error)  # noqa: PT017  # without parts, it is a table that lacks ids
    else:
        assert len(shop.profile_ids) == 1


SHAPES = {
    "suppression": {"subscriptions": {"email": {"marketing": {"suppression": 5}}}},
    "a true suppression": {"subscriptions": {"email": {"marketing": {"suppression": True}}}},
    "list suppressions": {"subscriptions": {"email": {"marketing": {"suppression": "x", "list_suppressions": 3}}}},
    "odd suppressions": {"subscriptions": {"email": {"marketing": {"suppression": [5, {"reason": [1], "timestamp": {}}]}}}},
    "subscriptions": {"subscriptions": 5}, "a channel": {"subscriptions": {"sms": 5}}, "a location": {"location": [1]},
    "consent": {"subscriptions": {"sms": {"marketing": {"consent": ["SUBSCRIBED"]}}}}, "a phone": {"phone_number": [1, 2]},
    "an address": {"email": {"a": 1}}, "updated": {"updated": [5]}, "properties": {"properties": [1]},
    "a verdict": {"subscriptions": {"sms": {"marketing": {"consent": "SUBSCRIBED", "can_receive_sms_marketing": []}}}},
    "coordinates": {"location": {"latitude": "x", "longitude": [1], "zip": [1], "country": {"a": 1}}},
}  # fmt: skip


@pytest.mark.parametrize("name", SHAPES)
def test_a_page_of_another_shape_is_told(name, tmp_path):
    """Attributes that are something else than documented are loaded or refused, and nobody is texted by them."""
    (tmp_path / "profiles.json").write_text(page({"phone_number": "+12125550142", **SHAPES[name]}))
    try:
        shop = loaded(tmp_path / "profiles.json")
    except DataError:
        return
    reasons = sk.audience(sk.Segment("x", sk.can_receive("sms") | ~sk.can_receive("sms")), shop).reasons
    assert "sendable" not in set(reasons)


@pytest.mark.parametrize("profile_id", [["p"], None, {"a": 1}, 5, True, 1.5])
def test_an_id_of_another_kind_is_told(profile_id, tmp_path):
    """An id is a text or is read as one, or the page is refused."""
    (tmp_path / "profiles.json").write_text(page({}, id=profile_id))
    try:
        assert len(loaded(tmp_path / "profiles.json").profile_ids) == 1
    except DataError as error:
        assert "id" in str(error)  # noqa: PT017  # either will do


JUNK = st.sampled_from([5, "x", [5], [], {}, None, True, {"a": 1}, [{}], [[]], 1.5, "2026-01-01"])
EVENT = {
    "type": "event", "id": "e", "attributes": {"datetime": "2026-06-01T00:00:00Z", "event_properties": {"$value": 5}},
    "relationships": {"profile": {"data": {"id": "p"}}, "metric": {"data": {"id": "m"}}},
}  # fmt: skip
PROFILE = {
    "type": "profile", "id": "p",
    "attributes": {
        "email": "ann@mail.example", "phone_number": "+12125550142", "properties": {"x": 1}, "location": {"zip": "02110"},
        "subscriptions": {
            "sms": {"marketing": {"consent": "UNSUBSCRIBED", "consent_timestamp": "2026-01-01T00:00:00Z"}},
            "email": {"marketing": {"consent": "SUBSCRIBED", "suppression": [{"reason": "HARD_BOUNCE"}]}},
        },
    },
}  # fmt: skip
METRIC = {"type": "metric", "id": "m", "attributes": {"name": "Placed Order", "integration": {"name": "API"}}}


def places_in(value, path=()):
    """Give the way to every part of a document."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in parts:
        yield from places_in(inner, (*path, key))


def spoilt(document, path, junk):
    """Return a document in which something else stands at a place."""
    if not path:
        return junk
    copy = dict(document) if isinstance(document, dict) else list(document)
    copy[path[0]] = spoilt(document[path[0]], path[1:], junk)
    return copy


PAGES = {"profiles": {"data": [PROFILE]}, "events": {"data": [EVENT], "included": [METRIC]}}


@pytest.mark.parametrize("table", PAGES)
@given(data=st.data())
def test_any_part_of_a_page_may_be_anything(table, data, tmp_path_factory):
    """Whatever stands in place of any part of a page, the shop loads or is refused in our words."""
    path = data.draw(st.sampled_from(list(places_in(PAGES[table]))))
    pages = PAGES | {table: spoilt(PAGES[table], path, data.draw(JUNK))}
    folder = tmp_path_factory.mktemp("pages")
    for name, document in pages.items():
        (folder / f"{name}.json").write_text(json.dumps(document))
    try:
        shop = sk.load(folder, as_of=NOON, unreadable="leave out")
        sk.audience(sk.Segment("All", sk.can_receive("sms") | ~sk.can_receive("sms")), shop)
    except SegkitError:
        return


@pytest.mark.parametrize("digits", [400, 4_200, 5_000])
def test_numbers_of_thousands_of_digits(digits, tmp_path):
    """They are larger than any threshold, in a CSV, a frame and a list, and break no question."""
    (tmp_path / "profiles.csv").write_text(f"profile_id,x\na,{'9' * digits}\nb,[{'9' * digits}]\n")
    assert everything_of(loaded(tmp_path / "profiles.csv"))["number"] == 1
    for cells in ([10**digits], [10**digits, "t"], [[10**digits], "t"], [-(10**digits), 5]):
        found = everything_of(framed(*({"profile_id": str(row), "x": cell} for row, cell in enumerate(cells))))
        assert found["number"] == (not isinstance(cells[0], list))
    for column in (
        "profile_id",
        "phone_number",
        "first_name",
        "zip",
        "latitude",
        "sms_consent",
        "sms_consent_timestamp",
    ):
        try:
            framed({"profile_id": "a", column: 10**digits}, {"profile_id": "b", column: "5"})
        except DataError as error:
            assert len(str(error)) < 1_000  # noqa: PT017  # either will do


@pytest.mark.parametrize(
    "value", [Decimal("sNaN"), Decimal("NaN"), Decimal("Infinity"), Decimal("1e400"), Decimal("1e-400"), 1j, object()]
)
def test_odd_numbers_in_any_role(value):
    """They are read, left out with a note, or refused in our words."""
    everything_of(framed({"profile_id": "a", "x": value}, {"profile_id": "b", "x": "t"}))
    for column in ("profile_id", "phone_number", "latitude", "sms_consent_timestamp"):
        try:
            framed({"profile_id": "a", column: value})
        except DataError:
            continue
    events = pd.DataFrame(
        {"profile_id": ["a"], "metric": ["X"], "datetime": ["2026-01-01"], "value": pd.Series([value], dtype=object)}
    )
    try:
        sk.Dataset.from_frames(pd.DataFrame({"profile_id": ["a"]}), events, as_of=NOON, unreadable="leave out")
    except DataError:
        return


@pytest.fixture
def pipe(tmp_path):
    """Return a pipe that nobody writes into."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes here")
    path = tmp_path / "pipe.csv"
    os.mkfifo(path)
    return path


READERS = {
    "load": sk.load, "profiles": lambda path: sk.load(profiles=path), "segments": sk.load_segments,
    "events": lambda path: sk.load(profiles=pd.DataFrame({"profile_id": ["a"]}), events=[path], as_of=NOON),
    "names": sk.AccountNames.from_file, "import": sk.check_import,
}  # fmt: skip


@pytest.mark.parametrize("name", READERS)
def test_only_files_are_read(name, pipe, tmp_path):
    """A pipe, a device, and a link to either are told at once, since reading them has no end or never begins."""
    link, zero = tmp_path / "link.csv", tmp_path / "zero.csv"
    link.symlink_to(pipe)
    zero.symlink_to("/dev/zero")
    for path in (pipe, link, zero, "/dev/null", "/dev/zero"):
        with pytest.raises(DataError, match="a device or a pipe"):
            READERS[name](path)


@pytest.mark.parametrize("name", [name for name in READERS if name != "load"])
def test_what_is_no_file_is_refused(name, tmp_path):
    """A folder, a name that nothing has, and something that is no path are each told by our error."""
    (tmp_path / "nowhere").symlink_to(tmp_path / "gone")
    odd = [
        tmp_path,
        tmp_path / "gone",
        tmp_path / "nowhere",
        "a" * 300,
        "/".join(["a" * 200] * 40),
        "a\0b",
        "\ud83d",
        "~nobodyatall/x",
    ]
    for path in (*odd, b"x", 5, 3.5, object(), {}, True):
        with pytest.raises(SegkitError):
            READERS[name](path)


def test_a_pipe_in_a_folder_is_told(tmp_path):
    """Beside the tables it is named in the report; as a part of one it is refused."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes here")
    (tmp_path / "profiles.csv").write_text("profile_id\na\n")
    os.mkfifo(tmp_path / "events.csv")
    os.mkfifo(tmp_path / "lists.zip")
    found = loaded_folder(tmp_path).report
    assert set(found["examples"]) >= {"'events.csv'", "'lists.zip'"}
    assert found["resolution"].str.contains("a device, a pipe").sum() == 2
    parts = tmp_path / "shop" / "profiles"
    parts.mkdir(parents=True)
    (parts / "part-1.csv").write_text("profile_id\na\n")
    os.mkfifo(parts / "part-0.csv")
    with pytest.raises(DataError, match="a device or a pipe"):
        loaded_folder(parts.parent)
    os.mkfifo(parts / "part-2.zip")
    (parts / "part-0.csv").unlink()
    assert len(loaded_folder(parts.parent).profile_ids) == 1


def loaded_folder(folder):
    """Return the shop of a folder."""
    return sk.load(folder, as_of=NOON)


def zipped(path, raw):
    """Write a zip archive of one file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(path.stem, raw)


PACKED = {
    ".gz": lambda path, raw: path.write_bytes(gzip.compress(raw)),
    ".bz2": lambda path, raw: path.write_bytes(bz2.compress(raw)),
    ".zst": lambda path, raw: path.write_bytes(pa.Codec("zstd").compress(raw, asbytes=True)),
    ".zip": zipped,
}


@pytest.mark.parametrize("ending", PACKED)
@pytest.mark.parametrize("name", ["profiles.csv", "profiles.json", "profiles.jsonl"])
def test_what_unpacks_without_end_is_refused(name, ending, tmp_path, monkeypatch):
    """A small file that stands for a huge one is refused as soon as more has come out of it than any table of its size holds."""
    monkeypatch.setattr(opened, "LARGEST_UNPACKED", 2**21)
    raw = (
        b"profile_id,x\na," + b"b" * 2**23 + b"\n"
        if name.endswith("csv")
        else b'{"profile_id":"' + b"b" * 2**23 + b'"}'
    )
    path = tmp_path / (name + ending)
    PACKED[ending](path, raw)
    with pytest.raises(DataError, match=f"{path.name}.*2 MB"):
        loaded(path)


@pytest.mark.parametrize("ending", PACKED)
def test_what_packs_as_tables_do_is_read(ending, tmp_path, monkeypatch):
    """The bound is far from what any table packs to: the same ids and words over and over are read."""
    monkeypatch.setattr(opened, "LARGEST_UNPACKED", 0)
    rows = "".join(f"SYN-{number:07},SUBSCRIBED,Boston,US\n" for number in range(20_000))
    path = tmp_path / f"profiles.csv{ending}"
    PACKED[ending](path, ("profile_id,sms_consent,city,country\n" + rows).encode())
    assert len(loaded(path).profile_ids) == 20_000


@pytest.mark.parametrize("raw", [
    b"a" * 3_000_000, b"a," * 1_500_000, b'"' + b"a" * 3_000_000, b"\n" * 3_000_000, b"a\xff" * 1_500_000, b"profile_id," + b'"' * 3_000_000,
    b"profile_id\r" + b"\0" * 2_000_000, b"\0" * 3_000_000,
])  # fmt: skip
@pytest.mark.parametrize("ending", ["", ".gz"])
def test_a_header_without_end_is_refused(raw, ending, tmp_path):
    """No header is longer than a megabyte, and no more of the file is read to know it."""
    path = tmp_path / f"profiles.csv{ending}"
    path.write_bytes(gzip.compress(raw) if ending else raw)
    with pytest.raises(DataError):
        loaded(path)


@pytest.mark.parametrize("cell", ["b" * 3_000_000, '"' + "b" * 3_000_000 + '"', '"' + "b\n" * 1_500_000 + '"'])
def test_a_large_cell_is_read(cell, tmp_path):
    """A cell of three megabytes is nothing odd."""
    (tmp_path / "profiles.csv").write_text(f"profile_id,x\na,{cell}\nc,d\n")
    assert len(loaded(tmp_path / "profiles.csv").column("x").value(0)) >= 3_000_000


@pytest.mark.parametrize(
    "cell", ["b" * 3_000_000, '"' + "b" * 3_000_000 + '"', '"' + "b" * 3_000_000, '"' + "b\n" * 1_500_000]
)
def test_a_row_without_end_is_refused(cell, tmp_path, monkeypatch):
    """Beyond the limit, the line in which the row begins is told, quoted or not, closed or not."""
    for module in (csv_blocks, csv_files):
        monkeypatch.setattr(module, "LONGEST_ROW", 2**20)
    monkeypatch.setattr(csv_blocks, "BLOCK", 2**15)
    path = tmp_path / "profiles.csv"
    path.write_text(f"profile_id,x\na,b\nb,{cell}\n" + "c,d\n" * 9)
    with pytest.raises(DataError, match=r"line 3 is longer than|line 3 is never closed"):
        loaded(path)


def test_uneven_rows_are_explained_whatever_else_is_in_the_file(tmp_path):
    """Beside a huge cell or bytes that are no text, the uneven row or the bytes are told, and in our words."""
    path = tmp_path / "profiles.csv"
    path.write_text("profile_id,x\na," + "z" * 200_000 + "\nb,c,d\n")
    with pytest.raises(DataError, match="1 row doesn't have as many cells as the header"):
        loaded(path)
    path.write_bytes(b"profile_id,x\na,b\nb,c,d\nc,\xff\xfe\n")
    with pytest.raises(DataError, match=r"line 4 is not text in UTF-8|not as many cells"):
        loaded(path)


@pytest.mark.parametrize("ending", ["", *PACKED])
def test_json_is_read_up_to_a_size(ending, tmp_path, monkeypatch):
    """JSON is read whole, so a larger file is refused before it is, whatever it is packed with."""
    monkeypatch.setattr(json_files, "MOST_AT_ONCE", 1_000)
    path = tmp_path / f"profiles.jsonl{ending}"
    for rows in (40, 100):
        raw = b'{"profile_id": "ann"}\n' * rows
        if ending:
            PACKED[ending](path, raw)
        else:
            path.write_bytes(raw)
        if rows == 40:
            assert len(loaded(path).profile_ids) == 1
    with pytest.raises(DataError, match="the limit for this kind of file"):
        loaded(path)


def test_a_workbook_is_read_up_to_a_size(tmp_path, monkeypatch):
    """What its sheets take unpacked stands in the archive, so nothing is unpacked to know it."""
    pd.DataFrame({"profile_id": ["a"], "x": ["b" * 30_000]}).to_excel(tmp_path / "profiles.xlsx", index=False)
    assert len(loaded(tmp_path / "profiles.xlsx").profile_ids) == 1
    monkeypatch.setattr(other_files, "LARGEST_WORKBOOK", 2**14)
    with pytest.raises(DataError, match="it decompresses to more than"):
        loaded(tmp_path / "profiles.xlsx")


def test_parquet_that_unpacks_without_end_is_refused(tmp_path, monkeypatch):
    """By its footer: pages that are far larger than the file, and more rows than fit in so few bytes."""
    zeros = pa.table({"profile_id": ["a"], "x": pa.array([b"\0" * 2**22], pa.binary())})
    pa.parquet.write_table(zeros, tmp_path / "pages.parquet", compression="zstd")
    monkeypatch.setattr(stored, "LARGEST_UNPACKED", 2**21)
    with pytest.raises(DataError, match="it decompresses to more than 2 MB"):
        loaded(tmp_path / "pages.parquet")
    monkeypatch.setattr(stored, "_FEW_ROWS", 1_000)
    same = pa.DictionaryArray.from_arrays(pa.array(np.zeros(1_000_000, np.int32)), ["a"])
    pa.parquet.write_table(pa.table({"profile_id": same}), tmp_path / "rows.parquet")
    with pytest.raises(DataError, match="claims to have 1,000,000 rows"):
        loaded(tmp_path / "rows.parquet")


@pytest.mark.parametrize("as_stream", [True, False])
def test_arrow_files_that_unpack_without_end_are_refused(as_stream, tmp_path, monkeypatch):
    """Batch by batch, as many bytes are read as a file of its size may hold."""
    monkeypatch.setattr(other_files, "LARGEST_UNPACKED", 2**21)
    monkeypatch.setattr(other_files, "MOST_TIMES", 2)
    table = pa.table({"profile_id": ["a"] * 2**20})
    path = tmp_path / "profiles.feather"
    if as_stream:
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, table.schema, options=options) as writer:
            writer.write_table(table, max_chunksize=2**16)
    else:
        pyarrow.feather.write_feather(table, path, compression="zstd", chunksize=2**16)
    with pytest.raises(DataError, match="it decompresses to more than"):
        loaded(path)


@pytest.mark.parametrize("zone", ["Mars/Base", "", "+99:99", "UTC+", "../etc/passwd"])
@pytest.mark.parametrize("within", ["column", "list", "struct"])
def test_a_zone_that_nobody_knows(zone, within, tmp_path):
    """In the type of a column, or within its lists and structs, from a file and from a frame."""
    moment = pa.timestamp("us", tz=zone)
    cells = {
        "column": lambda: pa.array([0], moment), "list": lambda: pa.array([[0]], pa.list_(moment)),
        "struct": lambda: pa.array([{"a": 0}], pa.struct([("a", moment)])),
    }  # fmt: skip
    table = pa.table({"profile_id": ["a"], "x": cells[within]()})
    pa.parquet.write_table(table, tmp_path / "profiles.parquet")
    for read in (lambda: loaded(tmp_path / "profiles.parquet"), lambda: sk.Dataset.from_frames(table, as_of=NOON)):
        try:
            everything_of(read())
        except DataError as error:
            assert "time zone" in str(error)  # noqa: PT017  # a moment outside of lists needs no zone


CALENDAR = [
    "9999-12-31T23:59:59-14:00",
    "0001-01-01T00:00:00+14:00",
    "0001-01-01",
    "9999-12-31",
    "0000-00-00",
    "99999-01-01",
    "-0001-01-01",
]


@pytest.mark.parametrize("written", CALENDAR)
def test_the_ends_of_the_calendar(written):
    """As a consent's date, a property, an event and a moment to look from: read, left out or refused."""
    for question in (
        sk.has("x", in_last_days=30),
        sk.has("x", in_next_days=36_525),
        sk.has("x", at_least_days_ago=36_525),
    ):
        sk.membership(sk.Segment("x", question), framed({"profile_id": "a", "x": written}))
    people = pd.DataFrame({"profile_id": ["a"], "sms_consent": ["SUBSCRIBED"], "sms_consent_timestamp": [written]})
    events = pd.DataFrame({"profile_id": ["a"], "metric": ["X"], "datetime": [written]})
    sk.Dataset.from_frames(people, as_of=NOON, unreadable="leave out")
    for moment in (None, NOON):
        try:
            sk.Dataset.from_frames(people, events, as_of=moment, unreadable="leave out")
        except DataError as error:
            assert "as_of" in str(error) or "nothing says" in str(error)  # noqa: PT017  # with no event left there is no moment
    with pytest.raises(DataError):
        sk.Dataset.from_frames(people, as_of=written)


WORDS = (
    "as_of",
    "columns",
    "consent",
    "default_country",
    "unreadable",
    "encoding",
    "add_profiles_of_events",
    "day_first",
)


@pytest.mark.parametrize("word", ["folder", "profiles", "events", "lists", "places", *WORDS])
@pytest.mark.parametrize("value", [5, 3.5, [], {}, object(), b"x", set(), [5], {5: 5}, "?" * 3, True], ids=repr)
def test_arguments_of_load_of_any_kind(word, value, tmp_path):
    """Whatever is given, the shop is loaded or our error says what was to be given."""
    (tmp_path / "profiles.csv").write_text("profile_id\na\n")
    try:
        sk.load(**{"profiles": tmp_path / "profiles.csv", "as_of": NOON, word: value})
    except SegkitError:
        return


@pytest.mark.parametrize(
    "word", ["include", "exclude", "dataset", "countries", "smart_sending_hours", "failing", "looking_back"]
)
@pytest.mark.parametrize("value", [None, 5, 3.5, [], {}, object(), b"x", "US", [5], ["ZZ"], [None], -1, True], ids=repr)
def test_arguments_of_an_audience_of_any_kind(word, value):
    """Whatever is given, there is an audience or our error."""
    shop = framed({"profile_id": "a", "phone_number": "+12125550142", "sms_consent": "SUBSCRIBED"})
    words = {"include": sk.Segment("x", sk.can_receive("sms")), "dataset": shop, word: value}
    try:
        assert len(sk.audience(words.pop("include"), words.pop("dataset"), **words).waterfall)
    except SegkitError:
        return
