"""Member files: what each layout holds, that files read back, that no cell runs in a spreadsheet, and what the manifest says."""

# ruff: noqa: SIM300  # expected == actual, throughout

import csv
import hashlib
import json
import re
import tempfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import doors
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from reference import PlainShop, members
from sending.test_member_cells import runs
from strategies import shops

import segkit as sk
from segkit.definition.conditions import AllOf, AnyOf
from segkit.engine.engines import engine_of
from segkit.engine.protocol import Picked
from segkit.errors import FileError
from segkit.sending.formulas import neutralised
from segkit.sending.member_files import KLAVIYO_COLUMNS, layout_bytes

EVERYBODY = sk.Segment("Everybody", AllOf(()), "All there are.")
NOBODY = sk.Segment("Nobody", AnyOf(()))
AS_OF = "2026-06-30"
LAYOUTS = ["klaviyo", "members", "hashed"]


def person(profile_id: str, number: int = 123, **known: Any) -> dict[str, Any]:
    """Return a profile who may be texted."""
    ready = {"email": f"{profile_id}@example.com", "phone_number": f"+1617555{number:04}", "country": "United States"}
    return {"profile_id": profile_id, **ready, "sms_consent": "subscribed", **known}


def shop_of(*profiles: dict[str, Any]) -> sk.Dataset:
    """Return a shop without events."""
    return sk.Dataset.from_frames(pd.DataFrame(list(profiles)), as_of=AS_OF)


def rows_of(path: Path) -> list[dict[str, str]]:
    """Return a file's rows as Python's own reader finds them."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def header_of(path: Path) -> list[str]:
    """Return a file's header."""
    with path.open(encoding="utf-8", newline="") as stream:
        return next(csv.reader(stream))


def manifest_of(path: Path) -> dict[str, Any]:
    """Return the manifest beside a file."""
    return json.loads(path.with_name(path.name + ".manifest.json").read_text(encoding="utf-8"))


def segkit_reads(path: Path) -> sk.Dataset:
    """Return a written file loaded as profiles."""
    return sk.load(profiles=path, as_of=AS_OF)


def test_the_klaviyo_layout_is_what_its_importer_takes(tmp_path: Path):
    """Email first, then the phone number in E.164, the country, and not a word of consent, which Klaviyo advises against."""
    shop = shop_of(person("ann", first_name="Ann", zip="02110", Age=18, Consent="yes"))
    path = sk.audience(EVERYBODY, shop).write_csv(tmp_path / "send.csv")
    [row] = rows_of(path)

    assert list(KLAVIYO_COLUMNS) == header_of(path)
    assert ("Email", "Phone Number") == tuple(header_of(path)[:2])
    assert "Country" in header_of(path)
    assert not [name for name in header_of(path) if re.search("consent|subscribed", name, re.IGNORECASE)]
    assert {
        "Email": "ann@example.com",
        "Phone Number": "+16175550123",
        "Country": "United States",
    }.items() <= row.items()
    assert ("Ann", "02110", "") == (row["First Name"], row["Zip Code"], row["City"])


@pytest.mark.parametrize("known", [{"email": None}, {"email": ""}], ids=["unset", "empty"])
def test_the_klaviyo_layout_starts_with_the_phone_where_nobody_has_an_email(tmp_path: Path, known: dict[str, Any]):
    """The importer wants the phone number first if there is no email at all."""
    shop = shop_of(person("ann", **known), person("bea", 124, **known))
    path = sk.audience(EVERYBODY, shop).write_csv(tmp_path / "send.csv")

    assert [name for name in KLAVIYO_COLUMNS if name != "Email"] == header_of(path)


def test_the_klaviyo_layout_of_profiles_without_an_email_column(tmp_path: Path):
    """A shop that knows numbers alone is importable too."""
    people = pd.DataFrame({"profile_id": ["ann"], "phone_number": ["+16175550123"], "sms_consent": ["subscribed"]})
    path = sk.audience(EVERYBODY, sk.Dataset.from_frames(people, as_of=AS_OF)).write_csv(tmp_path / "send.csv")

    assert "Phone Number" == header_of(path)[0]
    assert ["+16175550123"] == [row["Phone Number"] for row in rows_of(path)]


def test_one_email_keeps_the_email_column(tmp_path: Path):
    """Where some have an email and some do not, it stays first and the others' is empty."""
    path = sk.audience(EVERYBODY, shop_of(person("ann"), person("bea", 124, email=None))).write_csv(tmp_path / "s.csv")

    assert ["ann@example.com", ""] == [row["Email"] for row in rows_of(path)]


def test_numbers_are_written_in_e164_however_they_came(tmp_path: Path):
    """What Klaviyo's API takes alone is what is written."""
    path = sk.audience(EVERYBODY, shop_of(person("ann", phone_number="(617) 555-0123"))).write_csv(tmp_path / "s.csv")

    assert ["+16175550123"] == [row["Phone Number"] for row in rows_of(path)]


def test_the_members_layout_holds_every_property(tmp_path: Path):
    """The id first, then all properties under their names, in the order that the data has them."""
    shop = shop_of(person("ann", Age=18, Interests=["a", "b"]))
    path = sk.write_members(EVERYBODY, shop, tmp_path / "m.csv")

    assert ["profile_id", *shop.property_names] == header_of(path)
    assert [("ann", "18", '["a", "b"]')] == [(row["profile_id"], row["Age"], row["Interests"]) for row in rows_of(path)]


def test_the_hashed_layout_digests_as_each_platform_does(tmp_path: Path):
    """Google hashes a number with its plus and Gmail addresses without dots; Meta hashes the digits, and addresses as they are."""
    people = shop_of(
        person("ann", email=" Ann.Lee@GMail.com "),
        person("bea", 124, email="b.ea@example.com"),
        person("cat", 125, email=None),
    )
    rows = rows_of(sk.audience(EVERYBODY, people).write_csv(tmp_path / "h.csv", layout="hashed"))

    assert ["google_email_sha256", "google_phone_sha256", "meta_email_sha256", "meta_phone_sha256"] == list(rows[0])
    assert digest("+16175550123") == rows[0]["google_phone_sha256"]
    assert digest("16175550123") == rows[0]["meta_phone_sha256"]
    assert digest("annlee@gmail.com") == rows[0]["google_email_sha256"]
    assert digest("ann.lee@gmail.com") == rows[0]["meta_email_sha256"]
    assert digest("b.ea@example.com") == rows[1]["google_email_sha256"] == rows[1]["meta_email_sha256"]
    assert ("", "") == (rows[2]["google_email_sha256"], rows[2]["meta_email_sha256"])


def test_the_hashed_layout_holds_nobody_in_the_clear(tmp_path: Path):
    """Digests are all there is: 64 hexadecimal digits a cell."""
    path = sk.audience(EVERYBODY, shop_of(person("ann"))).write_csv(tmp_path / "h.csv", layout="hashed")

    assert all(re.fullmatch("[0-9a-f]{64}", cell) for row in rows_of(path) for cell in row.values())


def digest(text: str) -> str:
    """Return SHA-256 of a text in UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def test_known_digests():
    """The digests of a fictional number with and without its plus, as any other program works them out."""
    assert "54f46fe4e4b58b3ac0b6fc429e01a75f20d8046841c094ddeea7a585c01b764f" == digest("+16175550123")
    assert "a7a662f2f32fdc1938d1c740aeb232c70bfef019d4bc1481215601590e394e03" == digest("16175550123")


def test_every_text_column_and_header_is_made_safe(tmp_path: Path):
    """Known columns and custom ones, texts among numbers, bytes, and the headers themselves."""
    shop = shop_of(
        person("=id", first_name="=n", city="@c", zip="-z", Note="+x", Mixed=3, Raw=b"=b", Kind="=k", **{"=Header": "h", "-5": "5"}),
        person("ann", 124, Mixed="=m", Raw=b"ok", Kind="k"),
    )  # fmt: skip
    path = sk.write_members(EVERYBODY, shop, tmp_path / "m.csv")
    first, second = rows_of(path)
    cells = {cell for row in rows_of(path) for pair in row.items() for cell in pair}

    assert not [cell for cell in cells if runs(cell)]
    assert ("'=id", "'=n", "'@c", "'-z", "'+x", "'=b") == tuple(
        first[name] for name in ("profile_id", "first_name", "city", "zip", "Note", "Raw")
    )
    assert ("3", "'=m") == (first["Mixed"], second["Mixed"])
    assert {"'=Header", "-5"} <= set(header_of(path))


def test_the_klaviyo_layout_is_made_safe_too(tmp_path: Path):
    """A name that is a formula is a name in the file that is sent."""
    path = sk.audience(EVERYBODY, shop_of(person("ann", first_name='=HYPERLINK("x")'))).write_csv(tmp_path / "s.csv")

    assert ['\'=HYPERLINK("x")'] == [row["First Name"] for row in rows_of(path)]


def test_numbers_are_never_taken_for_formulas(tmp_path: Path):
    """A number in a column of numbers, or among texts, is written as a number, whatever it looks like."""
    shop = shop_of(
        person("ann", Change=-1e-7, Mixed=-1e-7, Exact=Decimal("-0.50")),
        person("bea", 124, Change=2.5, Mixed="x", Exact=Decimal("1.25")),
    )
    rows = rows_of(sk.write_members(EVERYBODY, shop, tmp_path / "m.csv"))

    assert [-1e-7, 2.5] == [float(row["Change"]) for row in rows]
    assert "-1e-07" == rows[0]["Mixed"]
    assert ["-0.50", "1.25"] == [row["Exact"] for row in rows]


def test_a_pandas_column_in_another_zone_is_written_in_utc(tmp_path: Path):
    """The hour of New York is not written as if it were the hour of Greenwich."""
    moment = pd.Timestamp("2026-01-01T00:00:00", tz="America/New_York")
    rows = rows_of(sk.write_members(EVERYBODY, shop_of(person("ann", Seen=moment)), tmp_path / "m.csv"))

    assert ["2026-01-01T05:00:00Z"] == [row["Seen"] for row in rows]


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=6)


@settings(max_examples=60)
@given(st.lists(TEXT, min_size=1, max_size=4))
@example(["a\x00b"])
@example(['x"y', "a,b", "two\nlines", "two\r\nlines", "\r", "'", '"', "\ufeff", "\u2028"])
def test_any_text_reads_back(texts: list[str]):
    """Commas, quotes, line ends and every character but controls survive, for Python's reader, for pandas' and for segkit's."""
    shop = shop_of(*(person(f"p{number}", number, Note=text) for number, text in enumerate(texts)))
    expected = neutralised(pa.array(texts)).to_pylist()
    with tempfile.TemporaryDirectory() as folder:
        path = sk.write_members(EVERYBODY, shop, Path(folder) / "m.csv")

        assert expected == [row["Note"] for row in rows_of(path)]
        assert expected == segkit_reads(path).profiles["Note"].tolist()
        if not any("\x00" in text or "\r" in text for text in texts):
            frame = pd.read_csv(path, dtype=str, keep_default_na=False)
            assert expected == frame["Note"].tolist()


@pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
@settings(max_examples=40)
@given(shops())
def test_a_written_file_loads_again_as_the_same_shop(shop: PlainShop):
    """Ids and properties of everybody who was there come back, and, written once more, the file is the same to the byte."""
    there = members(EVERYBODY.condition, shop)
    assume(there)
    with tempfile.TemporaryDirectory() as folder:
        dataset = doors.by_frames(shop)
        first = sk.write_members(EVERYBODY, dataset, Path(folder) / "first.csv")
        loaded = segkit_reads(first)
        second = sk.write_members(EVERYBODY, loaded, Path(folder) / "second.csv")

        assert [one for one in dataset.profile_ids if one in there] == loaded.profile_ids.tolist()
        assert dataset.property_names == loaded.property_names
        assert rows_of(first) == rows_of(second)


def test_a_loaded_file_answers_conditions_as_its_shop_did(tiny_shop: sk.Dataset, tmp_path: Path):
    """Numbers, truths, lists, dates, consent and places mean the same after a round trip through a file."""
    loaded = segkit_reads(sk.write_members(EVERYBODY, tiny_shop, tmp_path / "m.csv"))
    conditions = [
        sk.has("Age", at_least=18), sk.has("Parent", equals=True), sk.has("Interests", contains_item="launches"),
        sk.has("Birthday", in_month=6), sk.has("predicted_clv", at_most=10), sk.is_set("Badge"), sk.has("Badge", equals="007"),
        sk.can_receive("sms"), sk.can_receive("email"), sk.can_receive("sms", since_in_last_days=30),
        sk.phone_country("US"), sk.within(30, of="02110"), sk.in_region("united_states"),
    ]  # fmt: skip
    segments = [sk.Segment(str(number), condition) for number, condition in enumerate(conditions)]
    loaded = loaded.with_as_of(tiny_shop.as_of)

    pd.testing.assert_frame_equal(sk.membership(segments, tiny_shop), sk.membership(segments, loaded))


def people_of_every_kind() -> sk.Dataset:
    """Return a shop whose last profiles alone decide how the cells of all are written."""
    noon = datetime(2026, 6, 30, 12, tzinfo=UTC)
    people = [
        person(
            f"p{number}", number, email=f"p{number % 7}@example.com", first_name="=n" if number == 3 else "Ann",
            Seen=noon, Mixed=number if number % 2 else "x", Raw=b"raw", Note=None, Tags=["a"] * (number % 3), Share=number / 7,
        )
        for number in range(10)
    ]  # fmt: skip
    people[9] |= {
        "Seen": noon + timedelta(microseconds=1),
        "Raw": b"\xff",
        "Note": "at last",
        "email": "P0@example.com",
    }
    return shop_of(*people)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("piece", [1, 3, 5, 9, 10])
def test_pieces_make_the_file_that_the_whole_makes(monkeypatch: pytest.MonkeyPatch, layout: Any, piece: int):
    """However many rows are laid out at a time, and whoever is left out, not a byte is another."""
    shop = people_of_every_kind()
    for rows in (np.arange(10), np.array([0, 1, 2, 6, 7, 9]), np.array([1, 3, 5]), np.array([9]), np.arange(0)):
        some = Picked(np.isin(np.arange(10), rows))
        whole = layout_bytes(engine_of(shop), some, layout)
        with monkeypatch.context() as patch:
            patch.setattr("segkit.engine.memory.engine.BATCH", piece)

            assert whole == layout_bytes(engine_of(shop), some, layout)


def test_what_the_last_piece_holds_shows_in_the_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """One fraction of a second gives every time one, one cell that is no text makes bytes of all, and an address stands once."""
    monkeypatch.setattr("segkit.engine.memory.engine.BATCH", 3)
    shop = people_of_every_kind()
    members = rows_of(sk.write_members(EVERYBODY, shop, tmp_path / "m.csv"))
    sent = rows_of(sk.audience(EVERYBODY, shop).write_csv(tmp_path / "s.csv"))

    assert ["2026-06-30T12:00:00.000000Z"] * 9 + ["2026-06-30T12:00:00.000001Z"] == [row["Seen"] for row in members]
    assert ["raw"] * 9 + ["b'\\xff'"] == [row["Raw"] for row in members]
    assert [f"p{number}@example.com" for number in range(7)] + [""] * 3 == [row["Email"] for row in sent]


def test_the_manifest_says_what_the_file_is(tmp_path: Path):
    """Its digest, rows and columns, from what data and of when, who was asked for in English and as a tree, and what became of them."""
    shop = shop_of(person("ann"), person("bea", sms_consent="unsubscribed"))
    send = sk.audience(EVERYBODY, shop, exclude=sk.Segment("None", AnyOf(())))
    path = send.write_csv(tmp_path / "send.csv")
    manifest = manifest_of(path)
    [included], [excluded] = manifest["include"], manifest["exclude"]

    assert hashlib.sha256(path.read_bytes()).hexdigest() == manifest["sha256"]
    assert ("send.csv", "klaviyo", len(rows_of(path))) == (manifest["file"], manifest["layout"], manifest["rows"])
    assert header_of(path) == manifest["columns"]
    assert {"profiles": 2, "events": 0} == manifest["data"]
    assert "2026-06-30T23:59:59.999999+00:00" == manifest["as_of"]
    assert send.waterfall.to_dict("records") == manifest["waterfall"]
    assert ("Everybody", "All there are.") == (included["name"], included["description"])
    assert sk.explain(EVERYBODY).splitlines() == included["english"]
    assert {"kind": "AllOf", "conditions": []} == included["definition"]
    assert "None" == excluded["name"]
    assert manifest["purpose"].startswith("for sending")
    assert manifest["segkit"]


def test_the_manifest_tells_every_kind_of_condition(tmp_path: Path):
    """Timeframes, exact amounts, places and clauses stand in it as plain JSON."""
    condition = (
        sk.spent(more_than=Decimal("19.99"), between=("2026-01-01", "2026-06-30"), where={"Gift": True})
        & ~sk.within(30, of="02110")
        & sk.has("city", is_in=["Boston", "Salem"])
    )
    events = pd.DataFrame(
        [{"profile_id": "ann", "metric": "Placed Order", "datetime": "2026-01-01", "value": 1, "Gift": True}]
    )
    shop = sk.Dataset.from_frames(pd.DataFrame([person("ann", city="Boston", zip="10001")]), events, as_of=AS_OF)
    path = sk.write_members(sk.Segment("S", condition), shop, tmp_path / "m.csv")
    spent, not_near, cities = manifest_of(path)["include"][0]["definition"]["conditions"]

    assert "19.99" == spent["value"]
    assert {"kind": "BetweenDates", "first": "2026-01-01", "last": "2026-06-30"} == spent["timeframe"]
    assert [{"kind": "EventProperty", "property": "Gift", "test": {"kind": "BooleanTest", "value": True}}] == spent[
        "where"
    ]
    assert {"kind": "PostalCode", "postal_code": "02110", "country": "US"} == not_near["condition"]["of"]
    assert ["Boston", "Salem"] == cities["test"]["values"]


def test_the_manifest_holds_no_person(tmp_path: Path):
    """It may be passed on where the file may not."""
    people = [person(name, 100 + number, first_name="Annabella") for number, name in enumerate(("ann", "bea"))]
    for layout in LAYOUTS:
        path = sk.audience(EVERYBODY, shop_of(*people)).write_csv(tmp_path / f"{layout}.csv", layout=layout)
        text = path.with_name(path.name + ".manifest.json").read_text(encoding="utf-8")

        assert not [word for word in ("example.com", "61755", "Annabella", '"ann"', '"bea"') if word in text]


def test_the_manifest_of_members_has_no_waterfall(tmp_path: Path):
    """Nobody was kept back, so nothing is claimed of it."""
    path = sk.write_members(EVERYBODY, shop_of(person("ann")), tmp_path / "m.csv")

    assert manifest_of(path)["waterfall"] is None
    assert "members" == manifest_of(path)["layout"]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_input_gives_the_same_bytes(tmp_path: Path, layout: Any):
    """Nothing of the clock or of chance is in a file, and what is downloaded is what is written."""
    people = [person("ann", Interests=["a"]), person("bea", 124)]
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        send = sk.audience(EVERYBODY, shop_of(*people))
        send.write_csv(tmp_path / folder / "s.csv", layout=layout)

    for name in ("s.csv", "s.csv.manifest.json"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "other" / name).read_bytes()
    assert (tmp_path / "one" / "s.csv").read_bytes() == send.to_bytes(layout=layout)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_an_empty_audience_is_a_header_and_a_manifest(tmp_path: Path, layout: Any):
    """Nobody to send to is an answer, and the file says so."""
    shop = shop_of(person("ann"))
    path = sk.audience(NOBODY, shop).write_csv(tmp_path / "s.csv", layout=layout)
    somebody = sk.audience(EVERYBODY, shop).write_csv(tmp_path / "somebody.csv", layout=layout)

    assert header_of(somebody) == header_of(path)
    assert [] == rows_of(path)
    assert (0, 0) == (manifest_of(path)["rows"], manifest_of(path)["waterfall"][0]["remaining"])


def test_an_empty_segment_has_every_column(tmp_path: Path):
    """Without members the properties are still told."""
    shop = shop_of(person("ann", Age=1, Interests=["x"], Mixed="x"), person("bea", 124, Mixed=3))
    path = sk.write_members(NOBODY, shop, tmp_path / "m.csv")

    assert ["profile_id", *shop.property_names] == header_of(path)
    assert [] == rows_of(path)


def test_headers_that_are_made_alike_lose_no_column(tmp_path: Path):
    """Two properties whose safe headers are one are both written."""
    path = sk.write_members(EVERYBODY, shop_of(person("ann", **{"=x": "1", "'=x": "2"})), tmp_path / "m.csv")

    assert 2 == header_of(path).count("'=x")


def test_an_unknown_layout_is_refused_before_anything_is_written(tmp_path: Path):
    """The layouts are offered."""
    send = sk.audience(EVERYBODY, shop_of(person("ann")))
    with pytest.raises(
        FileError,
        match=r"no file layout 'klavio'\. Did you mean 'klaviyo'\? The layouts are: 'klaviyo', 'members', 'hashed'",
    ):
        send.write_csv(tmp_path / "s.csv", layout="klavio")  # type: ignore[arg-type]

    assert [] == list(tmp_path.iterdir())


def test_a_path_may_be_text_and_the_answer_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Where a file went is told in full."""
    monkeypatch.chdir(tmp_path)
    path = sk.write_members(EVERYBODY, shop_of(person("ann")), "m.csv")

    assert (tmp_path / "m.csv").resolve() == path
    assert path.exists()


def test_lists_of_numpy_are_written_as_lists(tmp_path: Path):
    """What Parquet and pandas hand out as arrays reads as a list again, also among other kinds."""
    shop = shop_of(
        person("ann", Sizes=np.array([1, 2]), Mixed=np.array(["a"])), person("bea", 124, Sizes=np.array([3]), Mixed="x")
    )
    loaded = segkit_reads(sk.write_members(EVERYBODY, shop, tmp_path / "m.csv"))

    assert ["[1, 2]", "[3]"] == loaded.profiles["Sizes"].tolist()
    assert ['["a"]', "x"] == loaded.profiles["Mixed"].tolist()
