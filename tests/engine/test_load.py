"""One shop is the same shop through every door: CSV, compressed CSV, Parquet, frames, parts and mixtures of them."""

import bz2
import csv
import gzip
import io
import shutil

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from doors import as_cell

import segkit as sk
from segkit.errors import DataError

PROFILES = [
    {"profile_id": "007", "email": "ann@example.com", "sms_consent": "subscribed", "zip": "02110", "country": "US"},
    {"profile_id": "7", "email": None, "sms_consent": "unsubscribed", "zip": None, "country": "NA"},
    {"profile_id": "NA", "email": "cat@example.com", "sms_consent": None, "zip": "10001", "country": "US"},
]
for row, city, age, parent, interests in zip(
    PROFILES, ("Null", "O'Fallon, IL", None), (18.5, None, 17.0), (True, False, None), (["sale"], [], None), strict=True
):
    row.update(city=city, Age=age, Parent=parent, Interests=interests)

EVENTS = [
    {
        "profile_id": "007",
        "metric": "Placed Order",
        "datetime": "2026-06-01T10:00:00+00:00",
        "value": 19.99,
        "Items": 2,
    },
    {"profile_id": "007", "metric": "Placed Order", "datetime": "2026-06-02T10:00:00+00:00", "value": 0.01, "Items": 1},
    {"profile_id": "7", "metric": "Placed Order", "datetime": "2026-06-29T23:59:59.999999+00:00", "value": 20.0},
    {"profile_id": "NA", "metric": "Clicked SMS", "datetime": "2026-06-30T00:00:00+02:00"},
]
LISTS = [{"profile_id": "7", "list_id": "VIP upload", "joined": "2026-01-01T00:00:00+00:00"}]

MEMBERS = {
    "twenty": (sk.spent("Placed Order", equals=20), {"007", "7"}),
    "two items at once": (sk.did("Placed Order", where={"Items": {"at_least": 2}}), {"007"}),
    "clicked in June": (sk.did("Clicked SMS", between=("2026-06-29", "2026-06-29")), {"NA"}),
    "adult": (sk.has("Age", at_least=18), {"007"}),
    "no parent": (sk.has("Parent", equals=False), {"7"}),
    "sale": (sk.has("Interests", contains_item="sale"), {"007"}),
    "named Null": (sk.has("city", equals="Null"), {"007"}),
    "in Namibia": (sk.has("country", equals="NA"), {"7"}),
    "no city": (sk.is_not_set("city"), {"NA"}),
    "textable": (sk.can_receive("sms"), {"007"}),
    "near": (sk.within(1, of="02110"), {"007"}),
    "listed": (sk.in_list("VIP upload"), {"7"}),
}


def who(condition, shop):
    """Return the ids of a condition's members."""
    column = sk.membership(sk.Segment("asked", condition), shop)["asked"]
    return set(column.index[column])


def text_of(rows):
    """Return rows as the text of a CSV file."""
    stream = io.StringIO()
    writer = csv.DictWriter(stream, list({name: None for row in rows for name in row}), restval="")
    writer.writeheader()
    writer.writerows({name: as_cell(value) for name, value in row.items()} for row in rows)
    return stream.getvalue()


def frame_of(rows):
    """Return rows as a frame."""
    return pd.DataFrame(rows).assign(
        **{"datetime": lambda frame: pd.to_datetime(frame["datetime"], format="ISO8601", utc=True)}
        if "datetime" in rows[0]
        else {}
    )


def write(folder, table, rows, ending):
    """Write one table into a folder in the form that its ending says."""
    path = folder / f"{table}{ending}"
    raw = text_of(rows).encode()
    match ending.rpartition(".")[2]:
        case "parquet":
            frame_of(rows).to_parquet(path, index=False)
        case "gz":
            path.write_bytes(gzip.compress(raw))
        case "bz2":
            path.write_bytes(bz2.compress(raw))
        case "zst":
            with pa.CompressedOutputStream(str(path), "zstd") as stream:
                stream.write(raw)
        case _:
            path.write_bytes(raw)
    return path


def folder_of(folder, ending):
    """Write the whole shop into a folder."""
    for table, rows in {"profiles": PROFILES, "events": EVENTS, "lists": LISTS}.items():
        write(folder, table, rows, ending)
    return folder


def load_parts(folder):
    """Load the shop from a folder that holds each table in as many parts as it has rows."""
    for table, rows in {"profiles": PROFILES, "events": EVENTS, "lists": LISTS}.items():
        for number, row in enumerate(rows, 1):
            write(folder, f"{table}-{number}", [row], ".csv")
    return sk.load(folder)


def load_mixture(folder):
    """Load the shop from a file, several files and a frame, without any folder."""
    return sk.load(
        profiles=str(write(folder, "people", PROFILES, ".csv")),
        events=[write(folder, "older", EVENTS[:2], ".parquet"), write(folder, "newer", EVENTS[2:], ".parquet")],
        lists=pd.DataFrame(LISTS),
    )


DOORS = {
    "csv": lambda folder: sk.load(folder_of(folder, ".csv")),
    "gz": lambda folder: sk.load(str(folder_of(folder, ".csv.gz"))),
    "bz2": lambda folder: sk.load(folder_of(folder, ".csv.bz2")),
    "zst": lambda folder: sk.load(folder_of(folder, ".csv.zst")),
    "parquet": lambda folder: sk.load(folder_of(folder, ".parquet")),
    "frames": lambda _: sk.Dataset.from_frames(frame_of(PROFILES), frame_of(EVENTS), lists=frame_of(LISTS)),
    "frames by load": lambda _: sk.load(profiles=frame_of(PROFILES), events=frame_of(EVENTS), lists=frame_of(LISTS)),
    "parts": load_parts,
    "mixture": load_mixture,
}


@pytest.mark.parametrize("door", DOORS)
def test_one_shop_has_the_same_members_through_every_door(door, tmp_path):
    """The same rows give the same profiles, moment and members, whatever form they came in."""
    shop = DOORS[door](tmp_path)
    assert shop.profile_ids.tolist() == ["007", "7", "NA"]
    assert shop.as_of.isoformat() == "2026-06-29T23:59:59.999999+00:00"
    found = sk.membership([sk.Segment(name, condition) for name, (condition, _) in MEMBERS.items()], shop)
    assert {name: set(found.index[found[name]]) for name in MEMBERS} == {
        name: ids for name, (_, ids) in MEMBERS.items()
    }


def test_a_file_given_by_name_wins_over_the_folder(tmp_path):
    """What is named replaces that one table of the folder, and the others still come from it."""
    folder_of(tmp_path, ".csv")
    shop = sk.load(tmp_path, profiles=pd.DataFrame({"profile_id": ["7"]}))
    assert shop.profile_ids.tolist() == ["7"]
    assert shop.metric_names == ["Placed Order"]
    assert list(shop.lists) == ["VIP upload"]


def test_a_folder_may_hold_other_files(tmp_path):
    """Notes, hidden files and other folders beside the tables are passed over, and names may be in capitals."""
    folder_of(tmp_path, ".csv")
    (tmp_path / "profiles.csv").rename(tmp_path / "Profiles.CSV")
    (tmp_path / "README.md").write_text("notes")
    (tmp_path / "profiles.txt").write_text("notes")
    (tmp_path / ".events.csv").write_text("hidden")
    (tmp_path / "events.old").mkdir()
    assert len(sk.load(tmp_path)) == 3


@pytest.mark.parametrize("table", ["profiles", "events"])
def test_either_table_alone_is_a_shop(table, tmp_path):
    """A folder of profiles has no events, and one of events takes its profiles from them and says so."""
    write(tmp_path, table, {"profiles": PROFILES, "events": EVENTS}[table], ".csv")
    shop = sk.load(tmp_path, as_of="2026-06-30")
    assert sorted(shop.profile_ids) == ["007", "7", "NA"]
    assert len(shop.events) == (4 if table == "events" else 0)
    assert ("no table of profiles" in set(shop.report["issue"])) == (table == "events")
    assert len(shop.profiles) == 3


def test_a_part_without_a_column_leaves_it_unset(tmp_path):
    """A column that only one part has is unset in the profiles of the others."""
    (tmp_path / "profiles-1.csv").write_text("profile_id,Badge\nann,007\n")
    (tmp_path / "profiles-2.csv").write_text("profile_id,city\nbea,Oslo\n")
    shop = sk.load(tmp_path, as_of="2026-06-30")
    assert who(sk.has("Badge", equals="007"), shop) == {"ann"}
    assert who(sk.is_not_set("Badge"), shop) == {"bea"}


def test_parquet_parts_may_differ_in_how_they_store_numbers(tmp_path):
    """Whole numbers in one part and doubles in the next, for the sake of an empty cell, are one column."""
    events = pd.DataFrame(
        {"profile_id": ["ann"], "metric": "Placed Order", "datetime": pd.Timestamp("2026-06-01", tz="UTC")}
    )
    events.assign(Items=2).to_parquet(tmp_path / "events-1.parquet")
    events.assign(Items=2.5).to_parquet(tmp_path / "events-2.parquet")
    shop = sk.load(tmp_path)
    assert len(shop.events) == 2
    assert who(sk.did("Placed Order", equals=1, where={"Items": {"equals": 2}}), shop) == {"ann"}


CELLS = {
    "Namibia": ("NA", "NA"),
    "a surname": ("Null", "Null"),
    "nan": ("nan", "nan"),
    "an id": ("007", "007"),
    "a digit too many": ("14155550132.0", "14155550132.0"),
    "an exponent": ("1e5", "1e5"),
    "true": ("true", "true"),
    "a date": ("2026-06-30", "2026-06-30"),
    "a blank": (" ", " "),
    "blanks around": (" x ", " x "),
    "a dash": ("-", "-"),
    "a comma": ('"Oslo, Norway"', "Oslo, Norway"),
    "a quote": ('"the ""big"" one"', 'the "big" one'),
    "a line break": ('"two\nlines"', "two\nlines"),
    "a Windows line break": ('"two\r\nlines"', "two\r\nlines"),
    "an accent": ("Zoë Ærø 東京", "Zoë Ærø 東京"),
    "a formula": ('"=1+1"', "=1+1"),
    "empty": ("", None),
    "empty in quotes": ('""', None),
}


@pytest.mark.parametrize("name", CELLS)
@pytest.mark.parametrize("line", ["\n", "\r\n"])
def test_a_cell_of_a_csv_is_the_text_that_was_written(name, line, tmp_path):
    """Every cell stays the text that it is, of known columns and custom ones alike, and an id loses no more than blanks around it."""
    written, meant = CELLS[name]
    rows = ["profile_id,city,Custom", f"one,{written},{written}", "two,x,x"]
    (tmp_path / "profiles.csv").write_bytes(line.join([*rows, ""]).encode())
    shop = sk.load(tmp_path, as_of="2026-06-30")
    found = shop.profiles.loc["one"]
    assert [None if pd.isna(cell) else cell for cell in found] == [meant, meant]
    if meant is not None and meant.strip():
        (tmp_path / "profiles.csv").write_bytes(line.join(["profile_id,city", f"{written},x", ""]).encode())
        assert sk.load(tmp_path, as_of="2026-06-30").profile_ids.tolist() == [meant.strip()]


def test_line_breaks_in_cells_may_stand_anywhere_in_a_large_file(tmp_path):
    """A file of several megabytes with line breaks in its cells has as many profiles as were written, each with its note."""
    note = "\n".join(["a line of some length, with a comma"] * 40)
    rows = "".join(f'{number},"{note}"\n' for number in range(3_000))
    (tmp_path / "profiles.csv").write_text(f"profile_id,Note\n{rows}", newline="")
    shop = sk.load(tmp_path, as_of="2026-06-30")
    assert shop.profile_ids.tolist() == [str(number) for number in range(3_000)]
    assert set(shop.profiles["Note"]) == {note}


@pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
def test_a_condition_reads_a_csv_cell_as_its_own_kind(tmp_path):
    """The one text `007` is a number, a text and no truth, and `true` is a truth and a text."""
    (tmp_path / "profiles.csv").write_text("profile_id,Badge,Parent\nann,007,true\nbea,7,TRUE\ncat,seven,no\n")
    shop = sk.load(tmp_path, as_of="2026-06-30")
    assert who(sk.has("Badge", equals=7), shop) == {"ann", "bea"}
    assert who(sk.has("Badge", equals="007"), shop) == {"ann"}
    assert who(sk.has("Parent", equals=True), shop) == {"ann", "bea"}
    assert who(sk.has("Parent", equals="true"), shop) == {"ann"}


@pytest.mark.parametrize("raw", [
    b"\xef\xbb\xbfprofile_id,city\nann,Oslo\n",
    b'\xef\xbb\xbf"profile_id","city"\r\nann,Oslo\r\n',
    b"profile_id,city\nann,Oslo",
    b"profile_id,city\r\nann,Oslo\r\n\r\n",
    b"\n\nprofile_id,city\nann,Oslo\n",
])  # fmt: skip
def test_marks_and_line_ends_change_nothing(raw, tmp_path):
    """A byte-order mark, quoted headers, Windows line ends, blank lines and a missing last line end are read past."""
    (tmp_path / "profiles.csv").write_bytes(raw)
    shop = sk.load(tmp_path, as_of="2026-06-30")
    assert (shop.profile_ids.tolist(), shop.profiles["city"].tolist()) == (["ann"], ["Oslo"])


def test_a_header_may_need_quotes(tmp_path):
    """A header with a comma, a quote or a line break names its column, and the columns stay text."""
    (tmp_path / "profiles.csv").write_text(
        'profile_id,"Size, EU","the ""big"" one","two\nlines"\nann,007,1,2\n', newline=""
    )
    shop = sk.load(tmp_path, as_of="2026-06-30")
    assert shop.property_names == ["Size, EU", 'the "big" one', "two\nlines"]
    assert shop.profiles.loc["ann"].tolist() == ["007", "1", "2"]


def test_columns_are_renamed_as_told(tmp_path):
    """`columns` says which of the analyst's headers stands for which of segkit's names, in every table."""
    (tmp_path / "profiles.csv").write_text("customer,home town\nann,Oslo\n")
    (tmp_path / "events.csv").write_text("customer,what,datetime\nann,Placed Order,2026-06-01\n")
    shop = sk.load(tmp_path, columns={"customer": "profile_id", "what": "metric", "home town": "city"})
    assert who(sk.did("Placed Order") & sk.has("city", equals="Oslo"), shop) == {"ann"}


def test_default_country_reads_phone_numbers_without_one(tmp_path):
    """A national number belongs to its profile's country, and to the default where the profile has none."""
    (tmp_path / "profiles.csv").write_text(
        "profile_id,phone_number,country\nann,(617) 555-0123,\nbea,020 7946 0123,United Kingdom\n"
    )
    shop = sk.load(tmp_path, as_of="2026-06-30", default_country="us")
    assert shop.profiles["phone_number"].tolist() == ["+16175550123", "+442079460123"]
    assert who(sk.phone_country("US"), shop) == {"ann"}


def test_frames_are_left_as_they_were():
    """Loading from frames changes neither their values nor their types."""
    profiles, events = frame_of(PROFILES), frame_of(EVENTS)
    before = profiles.copy(deep=True), events.copy(deep=True)
    sk.load(profiles=profiles, events=events)
    pd.testing.assert_frame_equal(profiles, before[0])
    pd.testing.assert_frame_equal(events, before[1])


def test_frames_and_parquet_keep_their_types(tmp_path):
    """A number is no text, and a number stored as text is a number to a test of numbers, as it is in a CSV."""
    profiles = pd.DataFrame({"profile_id": ["ann", "bea"], "Badge": ["007", "7"], "Age": [7, 8]})
    profiles.to_parquet(tmp_path / "profiles.parquet")
    for shop in (sk.load(tmp_path, as_of="2026-06-30"), sk.load(profiles=profiles, as_of="2026-06-30")):
        assert who(sk.has("Badge", equals=7), shop) == {"ann", "bea"}
        assert who(sk.has("Badge", equals="7"), shop) == {"bea"}
        with pytest.warns(sk.SegkitWarning, match="can be read as text"):
            assert who(sk.has("Age", equals="7"), shop) == set()
        assert who(sk.has("Age", equals=7), shop) == {"ann"}


@pytest.mark.parametrize("kind", ["category", "string", "object", "string[pyarrow]"])
def test_text_may_be_stored_in_any_way_that_pandas_has(kind):
    """Categories, Arrow strings and plain objects all hold the same texts."""
    profiles = pd.DataFrame({"profile_id": ["ann", "bea", "cat"], "city": ["Oslo", None, "Bergen"]}).astype(kind)
    shop = sk.load(profiles=profiles, as_of="2026-06-30")
    assert shop.profile_ids.tolist() == ["ann", "bea", "cat"]
    assert who(sk.has("city", equals="Oslo"), shop) == {"ann"}
    assert who(sk.is_not_set("city"), shop) == {"bea"}


def test_parquet_may_store_text_as_a_dictionary_or_large(tmp_path):
    """Dictionary-encoded and large strings are text like any other."""
    table = pa.table({
        "profile_id": pa.array(["ann", "bea"], pa.large_string()),
        "city": pa.array(["Oslo", None]).dictionary_encode(),
    })  # fmt: skip
    pq.write_table(table, tmp_path / "profiles.parquet")
    assert who(sk.has("city", equals="Oslo"), sk.load(tmp_path, as_of="2026-06-30")) == {"ann"}


def test_a_bar_shows_only_when_asked_for(tmp_path, capsys):
    """Loading is silent unless progress is asked for."""
    folder_of(tmp_path, ".csv")
    sk.load(tmp_path)
    assert capsys.readouterr() == ("", "")
    sk.load(tmp_path, progress=True)
    assert "Reading" in capsys.readouterr().err


def test_a_loaded_shop_no_longer_needs_its_files(tmp_path):
    """Everything is read at once, so a shop goes on answering when its files are gone."""
    folder = tmp_path / "shop"
    folder.mkdir()
    shop = sk.load(folder_of(folder, ".parquet"))
    shutil.rmtree(folder)
    assert who(sk.did("Placed Order") & sk.is_set("email"), shop) == {"007"}


def test_what_a_path_may_be(tmp_path):
    """A folder and a file may be given as text or as paths, and several files as a tuple."""
    path = write(tmp_path, "profiles", PROFILES, ".csv")
    for given in (str(path), path, [str(path)], (path,)):
        assert len(sk.load(profiles=given, as_of="2026-06-30")) == 3
    with pytest.raises(DataError, match="nothing to load"):
        sk.load()
