"""A shop that was saved and opened again is the same shop, and one that is not whole is refused by the name of what is wrong."""

import hashlib
import json
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from pathlib import Path

import doors
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from generated_shops import generated_shop
from hypothesis import given
from hypothesis import strategies as st
from reference import PlainShop
from strategies import AS_OFS, Asked, asked, written_shops
from test_laws import answers

import segkit as sk
from segkit.data.saved.manifest import FORMAT, NAME, TABLES, Manifest
from segkit.errors import DataError, FileError

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")

PEOPLE = pd.DataFrame({
    "profile_id": ["ann", "bea", "cat"],
    "phone_number": ["(617) 555-0123", "+442079460123", "12"],
    "Phone Number": ["+16175550124", None, "call 555-0187"],
    "country": ["US", None, "Germany"],
    "zip": ["2110", "10115", None],
    "sms_consent": ["Subscribed", "STOP", None],
    "City": ["Boston", "Berlin", None],
})  # fmt: skip
EVENTS = pd.DataFrame({
    "profile_id": ["ann", "ann", "bea", "cat", "zoe"],
    "metric": ["Placed Order", "a/b: ..%2F*", "A/B: ..%2F*", "Clicked SMS", "Placed Order"],
    "datetime": ["2026-06-01", "2026-06-20", "2026-06-25", "2026-06-30", "2026-06-30"],
    "value": [19.99, None, 5, None, 7],
    "Source": ["web", None, "pos", None, "web"],
    "event_id": ["e1", "e2", "e3", "e4", "e5"],
})  # fmt: skip
LISTS = pd.DataFrame(
    {"profile_id": ["ann", "zoe"], "list_id": ["VIP", "Nobody"], "joined": ["2026-06-01T00:00:00Z", None]}
)
PLACES = pd.DataFrame({"country": ["DE"], "postal_code": ["10115"], "latitude": [52.53], "longitude": [13.38]})
SHOP = sk.Dataset.from_frames(PEOPLE, EVENTS, lists=LISTS, places=PLACES, default_country="DE")


@pytest.fixture(autouse=True, scope="module")
def quick() -> Iterator[None]:
    """Leave out the wait for the disk, which no test here looks at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    """Return the folder of a saved shop."""
    return SHOP.save(tmp_path / "shop")


def again(shop: sk.Dataset) -> sk.Dataset:
    """Return a shop saved and opened, with all of it read, so that its folder may go."""
    with tempfile.TemporaryDirectory() as folder:
        found = sk.load(shop.save(Path(folder) / "shop"))
        read_all(found)
        return found


def read_all(shop: sk.Dataset) -> None:
    """Read everything that a saved shop has not read yet."""
    for name in shop.property_names:
        column = shop.column(name)
        column.codes, column.numbers, column.truths, column.instants, column.somethings  # noqa: B018  # read at once
        shop.is_set(name)
    for metric in shop.metric_names:
        shop.events.ends(metric)
        for name in [*shop.events.properties, *(["$value"] if shop.events.values is not None else [])]:
            shop.event_column(metric, name)


def same(left: sk.Dataset, right: sk.Dataset) -> None:
    """Check that two shops say the same of themselves, and hold the same people."""
    pd.testing.assert_frame_equal(left.report, right.report)
    pd.testing.assert_frame_equal(left.profiles, right.profiles)
    assert repr(left) == repr(right)
    assert (left.as_of, left.known_until, left.loaded) == (right.as_of, right.known_until, right.loaded)
    assert left.metric_names == right.metric_names
    assert left.property_names == right.property_names
    assert list(left.events.properties) == list(right.events.properties)
    assert {name: one.profiles.tolist() for name, one in left.lists.items()} == {
        name: one.profiles.tolist() for name, one in right.lists.items()
    }


@given(asked(), st.sampled_from(AS_OFS))
def test_a_saved_shop_answers_like_its_source(asked: Asked, as_of: datetime):
    """Every condition has the same members, now and at another moment, and what the shop says of itself is the same."""
    shop = doors.by_frames(asked.shop)
    found = again(shop)

    same(shop, found)
    assert answers(asked.conditions, found) == answers(asked.conditions, shop)
    assert answers(asked.conditions, found.with_as_of(as_of)) == answers(asked.conditions, shop.with_as_of(as_of))


@given(asked(written_shops()))
def test_a_saved_shop_of_texts_answers_like_its_source(asked: Asked):
    """Cells of a CSV are read by a condition after the shop was saved as they were before."""
    shop = doors.by_any(asked.shop)
    found = again(shop)

    same(shop, found)
    assert answers(asked.conditions, found) == answers(asked.conditions, shop)


@pytest.mark.parametrize("seed", range(25))
def test_a_saved_shop_is_sent_to_like_its_source(seed: int, tmp_path: Path):
    """Who may be texted, each reason why not, the waterfall and the files are the same, byte for byte."""
    rows = generated_shop(seed)
    shop = doors.by_any(PlainShop([one.row for one in rows.people], rows.events, rows.as_of, is_text=rows.is_text))
    everybody = sk.Segment("Everybody", sk.is_set("Points") | ~sk.is_set("Points"))
    found = sk.load(shop.save(tmp_path / "shop"))
    sends = [sk.audience([everybody], one) for one in (shop, found)]
    pd.testing.assert_frame_equal(sends[0].waterfall, sends[1].waterfall)
    pd.testing.assert_series_equal(sends[0].reasons, sends[1].reasons)
    texts = []
    for send, one in zip(sends, (shop, found), strict=True):
        paths = [
            send.write_csv(tmp_path / "send.csv", layout=layout, replace=True)
            for layout in ("klaviyo", "hashed")
            if len(send.profiles)
        ]
        paths.append(sk.write_members(everybody, one, tmp_path / "members.csv", replace=True))
        texts.append([path.read_bytes() for path in paths])
    assert texts[0] == texts[1]


ODD = [
    "text", "", 18, 18.0, -0.0, 2**80, float("inf"), True, Decimal("1.0"), Decimal("1.00"), b"\xff", date(2026, 6, 30), time(1, 2),
    datetime(2026, 6, 30, 1, 2, 3, 4), datetime(2026, 6, 30, 12, tzinfo=UTC), datetime(2026, 6, 30, 14, tzinfo=timezone(timedelta(hours=2))),  # noqa: DTZ001
    timedelta(days=-1, microseconds=7), pd.Timestamp("2026-06-30T12:00:00.000000001Z"), pd.Timedelta(5, "ns"), ["Hats", 1, 1.0, True, None, ["x"]],
    ("Hats", Decimal("2.50")), {"a": [1, {"b": None}], 7: (date(2026, 1, 1),)}, None,
]  # fmt: skip
TYPED = {
    "seconds": pa.array([1, None, 2], pa.timestamp("s")),
    "nanoseconds": pa.array([1, None, 2], pa.timestamp("ns", "America/New_York")),
    "days": pa.array([date(2026, 1, 1), None, None], pa.date64()),
    "time": pa.array([time(1), None, None], pa.time32("s")),
    "duration": pa.array([5, None, None], pa.duration("us")),
    "decimal": pa.array([Decimal("1.50"), None, Decimal("0.00")], pa.decimal128(9, 2)),
    "unsigned": pa.array([2**64 - 1, None, 0], pa.uint64()),
    "short": pa.array([1, None, -1], pa.int8()),
    "zeros": pa.array([0.0, -0.0, None]),
    "truth": pa.array([True, None, False]),
    "unset": pa.nulls(3),
    "lists": pa.array([["a", None], [], None], pa.list_(pa.string())),
    "moments": pa.array([[1], None, [2, 3]], pa.large_list(pa.timestamp("s"))),
    "structs": pa.array([{"a": 1, "b": ["x"]}, None, {"a": None, "b": []}]),
}


def test_cells_of_every_kind_come_back_as_they_were(tmp_path: Path):
    """Each cell is told exactly: its type, its offset, its zeros and its nanoseconds; profiles and events alike."""
    people = pd.DataFrame(
        {"profile_id": [f"p{place}" for place in range(len(ODD))], "odd": pd.Series(ODD, dtype=object)}
    )
    events = people.assign(metric="M", datetime="2026-06-30T00:00:00Z")
    shop = sk.Dataset.from_frames(people, events)
    found = sk.load(shop.save(tmp_path / "shop"))
    for left, right in (
        (shop.cells("odd").values, found.cells("odd").values),
        (shop.events.cells("M", "odd").values, found.events.cells("M", "odd").values),
    ):
        assert list(map(repr, left)) == list(map(repr, right))
        assert list(map(type, left)) == list(map(type, right))


@pytest.mark.parametrize("name", TYPED)
def test_typed_columns_keep_their_type(name: str):
    """A column of Arrow comes back in its own type, which Parquet may not have, with the same cells and codes."""
    ids = pa.array(["a", "b", "c"])
    people = pa.table({"profile_id": ids, name: TYPED[name]})
    events = pa.table(
        {"profile_id": ids, "metric": ["M", "M", "N"], "datetime": ["2026-06-30T00:00:00Z"] * 3, name: TYPED[name]}
    )
    shop = sk.Dataset.from_frames(people, events)
    found = again(shop)
    left, right = (one.cells(name).values for one in (shop, found))
    assert left.type == right.type
    assert list(map(repr, left.to_pylist())) == list(map(repr, right.to_pylist()))
    for metric in ("M", "N"):
        before, after = (one.event_column(metric, name) for one in (shop, found))
        assert before.codes.tolist() == after.codes.tolist()
        assert list(map(repr, before.distinct)) == list(map(repr, after.distinct))


def test_a_property_of_events_with_a_value_each_is_kept_as_it_is():
    """Ids of which each event has its own are no codes in the files, and answer the same."""
    many = 150_000
    events = pd.DataFrame({
        "profile_id": np.where(np.arange(many) % 2, "ann", "bea"),
        "metric": "M",
        "datetime": "2026-06-30T00:00:00Z",
        "event_id": np.char.add("e", np.arange(many).astype(str)),
    })  # fmt: skip
    shop = sk.Dataset.from_frames(PEOPLE, events)
    found = again(shop)
    one = sk.Segment("one", sk.did("M", where={"event_id": "e7"}))
    assert sk.members(one, found).index.tolist() == sk.members(one, shop).index.tolist() == ["ann"]


def test_a_shop_saved_and_opened_is_saved_again(tmp_path: Path):
    """What was opened from a folder is written into another, and into its own, with columns and lists added meanwhile."""
    first = sk.load(SHOP.save(tmp_path / "first"))
    added = first.with_properties(pd.Series([1, 2], ["ann", "cat"], name="Score").rename_axis("profile_id")).with_list(
        "Picked", ["cat"]
    )
    second = sk.load(added.save(tmp_path / "second"))
    assert second.property_names == [*SHOP.property_names, "Score"]
    assert sk.members(
        sk.Segment("picked", sk.in_list("Picked") & sk.has("Score", equals=2)), second
    ).index.tolist() == ["cat"]
    same(sk.load(sk.load(tmp_path / "second").save(tmp_path / "second")), added)


def test_only_what_is_asked_for_is_read(saved: Path, monkeypatch: pytest.MonkeyPatch):
    """To open a shop, and to print it, neither events nor properties are read; a question reads those of its own metric."""
    read: list[str] = []
    plain = hashlib.file_digest
    monkeypatch.setattr(
        hashlib, "file_digest", lambda file, kind: (read.append(Path(file.name).as_posix()), plain(file, kind))[1]
    )
    shop = sk.load(saved)
    repr(shop)
    assert shop.events.newest() == SHOP.events.newest()
    assert not [path for path in read if "events" in path or "profiles" in path]
    sk.members(sk.Segment("clicked", sk.did("Clicked SMS")), shop)
    assert [path.split("/")[-2] for path in read if "/events/" in path] == ["metric=Clicked SMS"]


def test_many_threads_may_ask_a_shop_that_was_just_opened(saved: Path):
    """Threads that ask at once read each file once and get the same answer."""
    segments = [sk.Segment("web", sk.did("Placed Order", where={"Source": "web"}) & sk.has("City", equals="Boston"))]
    for _ in range(5):
        shop = sk.load(saved)
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(lambda _: sk.membership(segments, shop)["web"].tolist(), range(16)))  # noqa: B023
        assert found == [[True, False, False]] * 16


@pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")
def test_a_saved_shop_is_its_owners_alone(saved: Path):
    """Nobody else can enter a folder of it or read a file, whatever the mask of the process is."""
    old = os.umask(0)
    try:
        SHOP.save(saved)
    finally:
        os.umask(old)
    for path in [saved, *saved.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600)
    assert "personal data" in json.loads((saved / NAME).read_text())["about"]


@pytest.mark.skipif(os.name == "nt", reason="rights to folders are others on Windows")
def test_somebody_elses_saved_shop_is_refused():
    """Whom the system doesn't let in is told so, and whose the shop is."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        saved, is_root = SHOP.save(folder / "shop"), os.geteuid() == 0
        sk.load(saved)  # what is imported on first use may lie where only the administrator reads
        try:
            os.seteuid(65_534) if is_root else saved.chmod(0)
            with pytest.raises(DataError, match=r"can't be read: you don't have permission.*Only its owner"):
                sk.load(saved)
        finally:
            os.seteuid(0) if is_root else saved.chmod(0o700)


def test_events_lie_in_a_folder_for_each_metric_under_plain_types(saved: Path):
    """An engine finds a metric by its folder, whatever its name holds, and reads rows, instants, days and units by themselves."""
    folders = sorted(path.name for path in (saved / TABLES / "events").iterdir())
    assert len(folders) == 4
    assert all("/" not in name and name.startswith("metric=") for name in folders)
    assert len({name.casefold() for name in folders}) == 4
    table = pq.read_table(saved / TABLES / "events" / "metric=Placed Order" / "part-0.parquet", partitioning=None)
    kinds = {field.name: str(field.type) for field in table.schema}
    assert kinds.items() >= {
        "profile": "int32", "instant": "timestamp[us, tz=UTC]", "day": "int32", "units": "int64", "source_row": "int32",
    }.items()  # fmt: skip
    values = pq.read_table(saved / TABLES / "properties" / "events-0.parquet")
    assert values.column("value").to_pylist() == values.column("text").to_pylist() == ["web", "pos"]


def test_a_long_name_of_a_metric_is_a_folder_still(tmp_path: Path):
    """A name that no folder can have is shortened there, and whole in the shop."""
    name = "é" * 300
    shop = sk.Dataset.from_frames(PEOPLE, EVENTS.assign(metric=name))
    assert sk.load(shop.save(tmp_path / "shop")).metric_names == [name]


def flip(path: Path, place: int) -> None:
    """Change one bit of a file."""
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def files_of(folder: Path) -> list[Path]:
    """Return the Parquet files of a saved shop."""
    return sorted((folder / TABLES).rglob("*.parquet"))


def opened(folder: Path) -> None:
    """Open a shop and read all of it."""
    read_all(sk.load(folder))


@pytest.mark.parametrize("way", ["missing", "truncated", "longer", "altered"])
def test_a_shop_with_a_damaged_file_is_refused_by_its_name(saved: Path, way: str):
    """A file that is missing, cut, longer or changed in one bit is named, whichever it is, and what to do is said."""
    for path in files_of(saved):
        whole = path.read_bytes()
        match way:
            case "missing":
                path.unlink()
            case "truncated":
                path.write_bytes(whole[:-1])
            case "longer":
                path.write_bytes(whole + b"\0")
            case _:
                flip(path, len(whole) // 2)
        with pytest.raises(
            DataError, match=rf"^'{path.name}' of the saved shop in '.*shop'.*\.save\(folder\)"
        ) as error:
            opened(saved)
        assert TABLES not in str(error.value)
        path.write_bytes(whole)
    opened(saved)


def test_a_file_of_another_save_is_refused(saved: Path, tmp_path: Path):
    """Half of one save and half of the next, as a copy that was broken off leaves them, are no shop, also where all sizes agree."""
    sizes = []
    for letter in "abcdefghij":
        people = PEOPLE.assign(City=[f"Bost{letter}n", "Berlin", None])
        shop = sk.Dataset.from_frames(people, EVENTS, lists=LISTS, places=PLACES, default_country="DE")
        shop.save(tmp_path / "other")
        [path] = [
            path
            for path in files_of(saved)
            if (tmp_path / "other" / path.relative_to(saved)).read_bytes() != path.read_bytes()
        ]
        whole, another = path.read_bytes(), (tmp_path / "other" / path.relative_to(saved)).read_bytes()
        sizes.append(len(whole) - len(another))
        path.write_bytes(another)
        with pytest.raises(DataError, match=f"'{path.name}' of the saved shop"):
            opened(saved)
        path.write_bytes(whole)
    assert 0 in sizes


def test_no_bit_of_a_file_may_change_unseen(saved: Path):
    """Wherever one bit of a file is changed, nothing is answered from it."""
    paths = [saved / TABLES / "people.parquet", saved / TABLES / "events" / "metric=Placed Order" / "part-0.parquet"]
    for path in paths:
        for place in range(0, path.stat().st_size, 97):
            flip(path, place)
            with pytest.raises(DataError, match="can't be used"):
                opened(saved)
            flip(path, place)


def test_a_file_that_changes_after_opening_is_seen(saved: Path):
    """A file is held against its digest when it is read, also where the shop was opened before, or another of its columns read."""
    shop = sk.load(saved)
    shop.column("City").codes  # noqa: B018  # read at once
    flip(saved / TABLES / "profiles.parquet", 200)
    with pytest.raises(DataError, match=r"profiles\.parquet.*saved again after it was opened"):
        shop.column("zip").codes  # noqa: B018
    shutil.rmtree(saved / TABLES / "events")
    with pytest.raises(DataError, match=r"part-0\.parquet.*missing"):
        sk.members(sk.Segment("clicked", sk.did("Clicked SMS")), shop)


@pytest.mark.parametrize(
    "name", [f"{TABLES}/events/metric=Clicked SMS/part-1.parquet", f"{TABLES}/more.txt", "profiles.csv"]
)
def test_a_file_that_nobody_saved_there_is_refused(saved: Path, name: str):
    """A further part, or newer data laid beside, is neither read nor passed over."""
    (saved / name).write_bytes(b"profile_id\nann\n")
    with pytest.raises(DataError, match=rf"'{Path(name).name}'.*does not belong.*save the shop again"):
        sk.load(saved)


def test_what_a_system_leaves_in_a_folder_is_passed_over(saved: Path):
    """A hidden file, as systems and editors write them, is no part of a shop and no reason to refuse it."""
    (saved / ".DS_Store").write_bytes(b"x")
    (saved / TABLES / ".DS_Store").write_bytes(b"x")
    opened(saved)
    SHOP.save(saved)


def edited(change: Callable[[dict], None]) -> Callable[[Path], None]:
    """Return what changes the manifest."""

    def edit(path: Path) -> None:
        said = json.loads(path.read_text())
        change(said)
        path.write_text(json.dumps(said))

    return edit


@pytest.mark.parametrize(("damage", "said"), [
    (Path.unlink, "it is missing"),
    (lambda path: path.write_text(path.read_text()[:-9]), "segkit did not write its content"),
    (lambda path: path.write_text("[]"), "segkit did not write its content"),
    (lambda path: path.write_text("{}"), "segkit did not write its content"),
    (lambda path: path.write_bytes(b"\xff\xfe\x00"), "segkit did not write its content"),
    (edited(lambda said: said["shop"].update(as_of="2020-01-01T00:00:00+00:00")), "changed since it was written"),
    (edited(lambda said: said["files"].pop(f"{TABLES}/lists.parquet")), "changed since it was written"),
])  # fmt: skip
def test_a_manifest_that_is_not_what_was_written_is_refused(saved: Path, damage, said: str):
    """Without its manifest, or with another, nothing of a shop is read, and its tables are no source either."""
    damage(saved / NAME)
    with pytest.raises(DataError, match=rf"'{NAME}' of the saved shop.*{said}"):
        sk.load(saved)


def test_a_shop_of_another_version_is_refused_before_all_else(saved: Path):
    """Whatever else such a manifest says, it is that of another version, which says to save the shop again."""
    (saved / NAME).write_text(json.dumps({"format": FORMAT + 1, "segkit": "9.1", "sha256": "?"}))
    with pytest.raises(DataError, match=r"saved by segkit 9\.1.*sk\.load\(\.\.\.\)\.save\(folder\)"):
        sk.load(saved)


def test_the_inside_of_a_saved_shop_is_no_shop(saved: Path):
    """Whoever gives the folder within is told which one to give."""
    with pytest.raises(DataError, match=r"inside a saved shop.*sk\.load\('.*shop'\)"):
        sk.load(saved / TABLES)


@pytest.mark.parametrize("words", [
    {"columns": {"City": "city"}}, {"consent": {"yes": "subscribed"}}, {"default_country": "US"}, {"unreadable": "leave out"},
    {"encoding": "cp1252"}, {"add_profiles_of_events": True}, {"day_first": False}, {"events": EVENTS}, {"lists": "lists.csv"},
])  # fmt: skip
def test_what_says_how_data_is_read_is_refused_with_a_saved_shop(saved: Path, words: dict):
    """A saved shop is loaded as it was read, so an argument that could only be ignored is an error by its name."""
    with pytest.raises(DataError, match=rf"only as_of, not '{next(iter(words))}'"):
        sk.load(saved, **words)
    assert sk.load(saved, as_of="2026-06-05", progress=True).as_of == SHOP.with_as_of("2026-06-05").as_of


@pytest.mark.parametrize("name", ["notes.txt", f"{TABLES}/notes.txt", ".git"])
def test_a_folder_that_holds_anything_else_is_not_replaced(saved: Path, name: str):
    """What is not of a saved shop would be lost, so the folder is left alone, and so is one of something else."""
    (saved / name).write_text("mine")
    before = {path: path.stat().st_mtime_ns for path in saved.rglob("*")}
    with pytest.raises(FileError, match=rf"{Path(name).name}.*would be lost"):
        SHOP.save(saved)
    assert {path: path.stat().st_mtime_ns for path in saved.rglob("*")} == before


def test_a_damaged_or_half_copied_shop_is_made_anew(saved: Path):
    """Saving over what is left of a shop makes it whole; into an empty folder, too."""
    (saved / NAME).unlink()
    shutil.rmtree(saved / TABLES / "events")
    same(sk.load(SHOP.save(saved)), SHOP)
    shutil.rmtree(saved)
    saved.mkdir()
    same(sk.load(SHOP.save(saved)), SHOP)
    assert [path.name for path in saved.parent.iterdir()] == ["shop"]


def test_a_save_that_fails_leaves_what_was_there(saved: Path, monkeypatch: pytest.MonkeyPatch):
    """A full disk in the middle, or a column that no file can hold, leaves the old shop and nothing beside it."""
    months = pa.array([(1, 2, 3)] * 3, pa.month_day_nano_interval())
    ids = {"profile_id": ["ann", "bea", "cat"]}
    events = pa.table({**ids, "metric": ["M"] * 3, "datetime": ["2026-06-30"] * 3, "Months": months})
    for odd in (
        sk.Dataset.from_frames(pa.table({**ids, "Months": months}), as_of="2026-06-30"),
        sk.Dataset.from_frames(PEOPLE, events),
    ):
        with pytest.raises(DataError, match="not saved: the property 'Months' has values of type month"):
            odd.save(saved)
    plain, calls = pq.write_table, iter(range(5))

    def full(*given, **words):
        if next(calls, None) is None:
            raise OSError(28, "No space left on device")
        plain(*given, **words)

    with monkeypatch.context() as patch:
        patch.setattr(pq, "write_table", full)
        with pytest.raises(FileError, match="No space left"):
            SHOP.save(saved)
    assert [path.name for path in saved.parent.iterdir()] == ["shop"]
    same(sk.load(saved), SHOP)


def test_a_page_of_the_app_saves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A visitor of `segkit app` writes nothing on its host."""
    monkeypatch.setenv("SEGKIT_APP", "1")
    with pytest.raises(FileError, match="segkit app"):
        SHOP.save(tmp_path / "shop")
    assert list(tmp_path.iterdir()) == []


def test_errors_of_a_saved_shop_are_segkits_own(saved: Path):
    """A file that says what can't be, under a manifest that fits it, is refused in segkit's words, too."""
    path, manifest = saved / TABLES / "profiles.parquet", Manifest.read(saved)
    table = pq.read_table(path)
    beyond = pa.array([99, 0, 0], pa.int32())
    pq.write_table(table.set_column(table.column_names.index("property_0"), "property_0", beyond), path)
    digest = path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest()
    files = {**manifest.files, f"{TABLES}/profiles.parquet": digest}
    (saved / NAME).write_text(Manifest(files, manifest.shop).text())
    with pytest.raises(DataError, match="its content is not valid"):
        opened(saved)


@pytest.mark.parametrize("name", ["../elsewhere", "sub/elsewhere", ".", "..", ""])
def test_a_left_over_folder_is_put_back_beside_itself_only(saved: Path, name: str):
    """What a hidden folder says that it held is no path to anywhere else, since anybody may have made it."""
    home = saved.parent / "home"
    place = home / ".segkit-0123456789abcdef"
    (place / "0.old").mkdir(parents=True)
    (home / "sub").mkdir()
    (place / "0.name").write_text(name)
    SHOP.save(home / "shop")
    assert sorted(path.name for path in home.iterdir()) == ["shop", "sub"]
    assert sorted(path.name for path in saved.parent.iterdir()) == ["home", "shop"]
    assert not list((home / "sub").iterdir())


def test_a_shop_whose_writer_was_killed_while_it_was_replaced_comes_back(saved: Path):
    """Between the two renames the old shop stands aside; whoever saves beside it next puts it back."""
    place = saved.parent / ".segkit-0123456789abcdef"
    place.mkdir()
    (place / "0.name").write_text(saved.name)
    (place / "0.part").mkdir()
    (place / "0.part" / "half.parquet").write_bytes(b"half")
    saved.rename(place / "0.old")
    SHOP.save(saved.parent / "other")
    same(sk.load(saved), SHOP)
    assert sorted(path.name for path in saved.parent.iterdir()) == ["other", "shop"]


def test_distinct_values_lie_beside_their_readings(tmp_path: Path):
    """Each distinct value says in plain columns what it reads as, null where it reads as no such kind; a code is its row."""
    cells = ["18", "0.0", "true", "2026-06-30", '["Hats", 1]', "Boston", None, "18"]
    people = pd.DataFrame({"profile_id": [f"p{place}" for place in range(len(cells))], "Odd": cells})
    folder = sk.Dataset.from_frames(people, as_of="2026-06-30").save(tmp_path / "shop") / TABLES
    values = pq.read_table(folder / "properties" / "profiles-0.parquet").to_pylist()
    assert pq.read_table(folder / "profiles.parquet").column("property_0").to_pylist() == [0, 1, 2, 3, 4, 5, None, 0]
    assert [row["code"] for row in values] == list(range(6))
    assert [row["value"] for row in values] == cells[:6]
    assert [row["text"] for row in values] == ["18", "0.0", "true", "2026-06-30", None, "Boston"]
    assert [row["number"] for row in values] == [18, 0, None, None, None, None]
    assert [row["truth"] for row in values] == [None, None, True, None, None, None]
    assert [row["instant"] for row in values][3] == datetime(2026, 6, 30, tzinfo=UTC)
    assert [row["month_day"] for row in values][3:5] == [630, None]
    assert [row["items"] for row in values] == [None, None, None, None, 2, None]
    assert pq.read_table(folder / "properties" / "profiles-0-items.parquet").to_pylist() == [
        {"code": 4, "text": "Hats", "number": None, "exact": None},
        {"code": 4, "text": None, "number": 1.0, "exact": None},
    ]
    assert [row["holds_something"] for row in values] == [True, False, True, True, True, True]


def test_what_an_engine_needs_of_each_profile_is_written_out(saved: Path):
    """Country, point and consent stand in plain columns, so that nobody has to work them out again."""
    rows = pq.read_table(saved / TABLES / "profiles.parquet").to_pylist()
    assert [row["profile"] for row in rows] == [0, 1, 2]
    assert [row["country"] for row in rows] == ["US", None, "DE"]
    assert [row["sms_status"] for row in rows] == ["subscribed", "never_subscribed", "never_subscribed"]
    assert rows[0]["latitude"] == pytest.approx(42.36, abs=0.1)
    assert rows[1]["latitude"] == 52.53
    assert rows[2]["longitude"] is None
    people = pq.read_table(saved / TABLES / "people.parquet").to_pylist()
    assert [row["e164"] for row in people] == ["+16175550123", "+442079460123", None]
    assert [row["phone_problem"] for row in people][2] is not None
