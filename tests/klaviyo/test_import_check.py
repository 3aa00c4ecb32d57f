"""The importer's rules: each bad file trips exactly the rule that it breaks, and what segkit writes trips none."""

import tempfile
from datetime import date
from pathlib import Path

import doors
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import PlainShop
from strategies import shops

import segkit as sk
from segkit.definition.conditions import AllOf
from segkit.errors import DataError
from segkit.klaviyo import import_check
from segkit.klaviyo.import_check import MAPPED, SAYS, check_import
from segkit.vocabulary import PROFILE_COLUMNS, canonical_name

EVERYBODY = sk.Segment("Everybody", AllOf(()))
HEADER = "Email,Phone Number,Country"
ANN = "ann@example.com,+16175550123,US"
BEA = "bea@example.com,+16175550124,US"


def checked(folder: Path, *rows: str, name: str = "people.csv") -> pd.DataFrame:
    """Return what is found in a file of some rows."""
    path = folder / name
    path.write_bytes("".join(f"{row}\n" for row in rows).encode())
    return check_import(path)


def broken(folder: Path, *rows: str, name: str = "people.csv") -> list[tuple[object, ...]]:
    """Return the rule, column, number of rows and first row of each finding; None is missing."""
    found = checked(folder, *rows, name=name)[["rule", "column", "rows", "example_row"]].astype(object)
    return list(found.where(found.notna(), None).itertuples(index=False, name=None))


FINE = {
    "emails and numbers": (HEADER, ANN, BEA),
    "numbers alone": ("Phone Number", "+16175550123"),
    "emails alone": ("Email Address", "ann@example.com"),
    "a number first, where not everybody has an email": ("Phone Number,Email", "+16175550123,", "+16175550124,bea@example.com"),
    "emails of only some": (HEADER, ANN, ",+16175550124,US"),
    "a number of only some": (HEADER, "ann@example.com,,"),
    "the country in the number": ("Phone Number,Country", "+16175550123,", "+442079460123,"),
    "the country beside the number": ("Phone Number,Country", "(617) 555-0123,USA", "020 7946 0123,United Kingdom"),
    "an apostrophe of a spreadsheet": ("Phone Number", "'+16175550123"),
    "RFC 3966": ("Phone Number", "tel: +16175550123"),
    "E.123": ("Phone Number", "+1 617 555 0123", "(+1617) 555 0124"),
    "stray marks": ("Phone Number", "+1/617(555)*0123"),
    "blanks around a number": ("Phone Number", " +16175550123 "),
    "Klaviyo's own names": ("Email,First Name,State / Region,Zip Code", "ann@example.com,Ann,MA,02110"),
    "capitals and blanks in headers": ("EMAIL , phone number", "ann@example.com,+16175550123"),
    "consent with its time": (f"{HEADER},SMS Marketing Consent,SMS Marketing Timestamp", f"{ANN},Subscribe,2026-06-01 12:00:00"),
    "withdrawn consent": (f"{HEADER},SMS Marketing Consent", f"{ANN},Unsubscribed"),
    "consent to email": ("Email,Email Marketing Consent,Email Marketing Consent Timestamp", "ann@example.com,Subscribed,06/30/26"),
    "a byte-order mark": (f"\ufeff{HEADER}", ANN),
    "quotes": ('"Email","City"', '"ann@example.com","Oslo, ""Norway""\nand more"'),
    "names that are not English": ("Email,First Name", "zoe@example.com,Zoë"),
    "month first": ("Email,SMS Marketing Consent,Phone Number,SMS Marketing Timestamp", "ann@example.com,Subscribe,+16175550123,06/13/2026 13:34"),
}  # fmt: skip


@pytest.mark.parametrize("name", FINE)
def test_what_the_importer_takes_is_not_remarked_on(name: str, tmp_path: Path):
    """A file that keeps to the rules has no findings, and the answer still has its columns and types."""
    found = checked(tmp_path, *FINE[name])

    assert found.empty
    assert found.columns.tolist() == ["rule", "column", "rows", "example_row", "what_happens", "what_to_do"]
    assert str(found["rows"].dtype) == "Int64"


BAD = {
    "file of another kind": ("people.txt", (HEADER, ANN), [("not a CSV", None, None, None)]),
    "compressed": ("people.csv.gz", (HEADER, ANN), [("not a CSV", None, None, None)]),
    "semicolons": ("a.csv", ("Email;Phone Number", "ann@example.com;+16175550123"), [("cells not separated by commas", None, None, None)]),
    "tabs": ("a.csv", ("Email\tCity", "ann@example.com\tOslo"), [("cells not separated by commas", None, None, None)]),
    "a row too long": ("a.csv", (HEADER, ANN, f"{BEA},x"), [("rows of different lengths", None, 1, 3)]),
    "a quote never closed": ("a.csv", (HEADER, ANN, f'"{BEA}', ANN), [("stray quotation mark", None, 1, 3)]),
    "letters behind a quote": ("a.csv", (HEADER, f'"x"y,{ANN}', BEA), [("stray quotation mark", None, 1, 2)]),
    "a row too short": ("a.csv", (HEADER, "x", ANN, "y"), [("rows of different lengths", None, 2, 2)]),
    "no headers": ("a.csv", (ANN, BEA), [("no header row", None, None, None)]),
    "no headers before numbers": ("a.csv", ("Ann,617 555 0123", "Bea,617 555 0124"), [("no header row", None, None, None)]),
    "nothing at all": ("a.csv", (), [("no header row", None, None, None)]),
    "headers alone": ("a.csv", (HEADER,), [("no rows", None, None, None)]),
    "nobody to be told": ("a.csv", ("City", "Oslo"), [("no email and no number", None, None, None), ("neither email nor number", None, 1, 2)]),
    "another column first": ("a.csv", ("City,Email", "Oslo,ann@example.com"), [("wrong first column", "City", 1, 2)]),
    "the number before every email": ("a.csv", ("Phone Number,Email", "+16175550123,ann@example.com"), [("wrong first column", "Phone Number", 1, 2)]),
    "Consent": ("a.csv", ("Email,Consent", "ann@example.com,sms"), [("unwanted consent column", "Consent", 1, 2)]),
    "Subscribed to SMS": ("a.csv", ("Email,Subscribed to SMS", "ann@example.com,"), [("unwanted consent column", "Subscribed to SMS", 0, None)]),
    "one header twice": ("a.csv", ("Email,City,City", "ann@example.com,Oslo,Bergen"), [("several columns for one property", "City", 1, 2)]),
    "two headers of one property": ("a.csv", ("Email,Zip,Zip Code", "ann@example.com,,1"), [("several columns for one property", "Zip Code", 1, 2)]),
    "an empty header": ("a.csv", ("Email,", "ann@example.com,x"), [("no header", "", 1, 2)]),
    "a custom property": ("a.csv", ("Email,Shoe Size", "ann@example.com,", "bea@example.com,8"), [("not a Klaviyo property", "Shoe Size", 1, 3)]),
    "a name of the API": ("a.csv", ("Email,first_name", "ann@example.com,Ann"), [("different name for a Klaviyo property", "first_name", 1, 2)]),
    "set by Klaviyo": ("a.csv", ("Email,Profile Created On", "ann@example.com,2026-01-01"), [("set by Klaviyo", "Profile Created On", 1, 2)]),
    "the time as exports name it": (
        "a.csv", ("Email,SMS Marketing Consent Timestamp", "ann@example.com,2026-06-01"), [("consent time under a different header", "SMS Marketing Consent Timestamp", 1, 2)],
    ),
    "neither": ("a.csv", (HEADER, ANN, ",,US", " , ,US"), [("neither email nor number", None, 2, 3)]),
    "no address": ("a.csv", ("Email", "ann@example.com", "ann@example", "ann"), [("not an email address", "Email", 2, 3)]),
    "a blank in an address": ("a.csv", ("Email", "ann lee@example.com"), [("not an email address", "Email", 1, 2)]),
    "a blank after an address": ("a.csv", ("Email", "ann@example.com "), [("not an email address", "Email", 1, 2)]),
    "a colon in an address": ("a.csv", ("Email", "mailto:ann@example.com"), [("not an email address", "Email", 1, 2)]),
    "an apostrophe before an address": ("a.csv", ("Email", "'+ann@example.com"), [("apostrophe before an email", "Email", 1, 2)]),
    "an exponent": ("a.csv", (HEADER, "ann@example.com,1.61756E+10,US"), [("number changed by a spreadsheet", "Phone Number", 1, 2)]),
    "a decimal": ("a.csv", (HEADER, "ann@example.com,16175550123.0,US"), [("number changed by a spreadsheet", "Phone Number", 1, 2)]),
    "no country": ("a.csv", (HEADER, ANN, "bea@example.com,617 555 0124,"), [("number without country", "Phone Number", 1, 3)]),
    "no column of countries": ("a.csv", ("Phone Number", "6175550123"), [("number without country", "Phone Number", 1, 2)]),
    "a country that nobody knows": ("a.csv", (HEADER, "ann@example.com,6175550123,Atlantis"), [("number without country", "Phone Number", 1, 2)]),
    "no such number": ("a.csv", (HEADER, ANN, "bea@example.com,+1617555,US"), [("not a phone number", "Phone Number", 1, 3)]),
    "no such number in its country": ("a.csv", (HEADER, "ann@example.com,555-0123,US"), [("not a phone number", "Phone Number", 1, 2)]),
    "an address twice": ("a.csv", ("Email", "ann@example.com", "bea@example.com", "Ann@Example.com"), [("repeated", "Email", 1, 4)]),
    "a number twice": ("a.csv", ("Phone Number,Country", "+16175550123,", "617 555 0123,US", "+16175550123,"), [("repeated", "Phone Number", 2, 3)]),
    "a word of the API": ("a.csv", (f"{HEADER},SMS Marketing Consent", f"{ANN},NEVER_SUBSCRIBED"), [("unknown consent word", "SMS Marketing Consent", 1, 2)]),
    "yes": ("a.csv", (f"{HEADER},SMS Transactional Consent", f"{ANN},true"), [("unknown consent word", "SMS Transactional Consent", 1, 2)]),
    "blank consent": ("a.csv", (f"{HEADER},SMS Marketing Consent", f"{ANN},Subscribe", f"{BEA},"), [("blank consent", "SMS Marketing Consent", 1, 3)]),
    "never subscribed": ("a.csv", (f"{HEADER},SMS Marketing Consent", f"{ANN},Never subscribed"), [("never subscribed", "SMS Marketing Consent", 1, 2)]),
    "consent of nobody's number": (
        "a.csv", ("Email,Phone Number,SMS Marketing Consent", "ann@example.com,,Subscribe"), [("consent without a number", "SMS Marketing Consent", 1, 2)],
    ),
    "a landline": ("a.csv", ("Phone Number,SMS Marketing Consent", "+442079460123,Subscribe"), [("consent for a landline", "SMS Marketing Consent", 1, 2)]),
    "a time without a column of consent": (
        "a.csv", (f"{HEADER},SMS Marketing Timestamp", f"{ANN},", f"{BEA},2026-06-01"),
        [("consent time without a consent column", "SMS Marketing Timestamp", 1, 3)],
    ),
    "a time without consent": (
        "a.csv", (f"{HEADER},SMS Marketing Consent,SMS Marketing Timestamp", f"{ANN},,2026-06-01"),
        [("blank consent", "SMS Marketing Consent", 1, 2), ("consent time without consent", "SMS Marketing Timestamp", 1, 2)],
    ),
    "a time that is none": (
        "a.csv", (f"{HEADER},SMS Marketing Consent,SMS Marketing Timestamp", f"{ANN},Subscribe,June 1st"), [("consent time unreadable", "SMS Marketing Timestamp", 1, 2)],
    ),
    "times of days and hours that there are not": (
        "a.csv",
        (f"{HEADER},SMS Marketing Consent,SMS Marketing Timestamp",
         *[f"{ANN[:3]}{number}{ANN[3:].replace('123', f'12{number}')},Subscribe,{time}"
           for number, time in enumerate(["2024-02-29", "2023-02-29", "02/29/2023", "04/31/26", "13/45/2024", "2026-06-30 24:30"])]),
        [("consent time unreadable", "SMS Marketing Timestamp", 5, 3)],
    ),
    "a time with the day first": (
        "a.csv", (f"{HEADER},SMS Marketing Consent,SMS Marketing Timestamp", f"{ANN},Subscribe,30/06/2026"), [("dates in day-month order", "SMS Marketing Timestamp", 1, 2)],
    ),
    "a time long ago": (
        "a.csv", (f"{HEADER},SMS Marketing Consent,SMS Marketing Timestamp", f"{ANN},Subscribe,1989-12-31", f"{BEA},Subscribe,631151999"),
        [("consent before 1990", "SMS Marketing Timestamp", 2, 2)],
    ),
    "days first in a property": (
        "a.csv", ("Email,Birthday", "ann@example.com,13/02/1990", "bea@example.com,01/02/1990", "cat@example.com,1990-02-01"),
        [("not a Klaviyo property", "Birthday", 3, 2), ("dates in day-month order", "Birthday", 2, 2)],
    ),
    "dashes": ("a.csv", ("Email,Birthday", "ann@example.com,01-02-1990"), [("not a Klaviyo property", "Birthday", 1, 2), ("dates in day-month order", "Birthday", 1, 2)]),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_trips_the_rule_that_it_breaks_and_no_other(name: str, tmp_path: Path):
    """The finding says which rule, in which column, in how many rows, and which one to look at first."""
    file, rows, expected = BAD[name]

    assert broken(tmp_path, *rows, name=file) == expected


def test_every_rule_is_broken_by_some_file():
    """No rule is without a file that breaks it, here or below."""
    tried = {rule for _, _, expected in BAD.values() for rule, *_ in expected}

    assert set(SAYS) - tried == {"file too large", "not UTF-8"}


def test_every_rule_says_what_happens_and_what_to_do():
    """What happens goes on from "then", and what to do is a sentence."""
    for happens, advice in SAYS.values():
        assert happens[0].islower()
        assert advice[0].isupper()
        assert advice.endswith(".")


def test_a_header_may_hold_a_date_or_a_number(tmp_path: Path):
    """Only a header that is nothing but an address or a number is taken for somebody's data."""
    assert broken(tmp_path, "Email,Orders since 2024-01-01", "ann@example.com,7") == [
        ("not a Klaviyo property", "Orders since 2024-01-01", 1, 2)
    ]


def test_advice_names_the_header_that_klaviyo_knows(tmp_path: Path):
    """Where the right header can be told, it is."""
    rows = ("Email,first_name,Phone,SMS Consent Timestamp", "ann@example.com,Ann,+16175550123,2026-06-01")
    advice = checked(tmp_path, *rows)["what_to_do"].tolist()

    assert advice == [
        "Rename the column to 'First Name', or map it by hand.",
        "Rename the column to 'Phone Number', or map it by hand.",
        "Rename the column to 'SMS Marketing Timestamp'.",
    ]


def test_a_large_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """One byte too many is too many, and the rest is looked at all the same."""
    size = len(f"{HEADER}\n{ANN}\n")
    monkeypatch.setattr(import_check, "LARGEST", size)
    assert broken(tmp_path, HEADER, ANN) == []
    monkeypatch.setattr(import_check, "LARGEST", size - 1)
    assert broken(tmp_path, HEADER, ANN) == [("file too large", None, None, None)]


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16"])
def test_other_encodings_are_told(encoding: str, tmp_path: Path):
    """A file of an older spreadsheet is found out, and what can be made out of it is checked."""
    path = tmp_path / "people.csv"
    path.write_bytes("Email,First Name\nzoe@example,Zoë\n".encode(encoding))
    rest = [] if encoding == "utf-16" else ["not an email address"]

    assert check_import(path)["rule"].tolist() == ["not UTF-8", *rest]


ACCEPTED = [
    "2014-09-30 13:34:08", "2014-09-30 13:34:08+00:00", "09/30/2014 13:34:08", "09/30/14 13:34:08", "09/30/2014 13:34", "09/30/14 13:34",
    "2014-09-30T13:34:08", "2014-09-30 13:34:08.000001", "2014-09-30T13:34:08.000001", "2014-09-30 13:34:08.000001-04:00", "1412098448",
    "2014-09-30", "09/30/2014", "1990-01-01", "631152000",
]  # fmt: skip


@pytest.mark.parametrize("time", ACCEPTED)
def test_every_documented_way_of_writing_a_time_is_taken(time: str, tmp_path: Path):
    """The ways that Klaviyo's page of formats lists (help 115005253428) are no fault."""
    rows = (f"{HEADER},SMS Marketing Consent,SMS Marketing Timestamp", f"{ANN},Subscribe,{time}")

    assert broken(tmp_path, *rows) == []


@pytest.mark.parametrize(
    "time",
    ["2014-13-01", "2014-09-32", "30.09.2014 noon", "13:34", "2014/09/30", "14", "20140930", "2014-09-30 1:34 pm"],
)
def test_other_ways_of_writing_a_time_are_told(time: str, tmp_path: Path):
    """What the page does not list is a finding, of one kind or the other."""
    rows = (f"{HEADER},SMS Marketing Consent,SMS Marketing Timestamp", f"{ANN},Subscribe,{time}")

    assert len(broken(tmp_path, *rows)) == 1


@given(
    st.dates(date(1990, 1, 1), date(2026, 12, 31)), st.sampled_from(["%Y-%m-%d", "%m/%d/%Y", "%d-%m-%Y", "%d.%m.%Y"])
)
def test_a_date_with_the_day_first_never_passes(day: date, form: str):
    """Written year first or month first a date is fine; with the day first and dashes or dots it is not."""
    with tempfile.TemporaryDirectory() as folder:
        rows = (
            "Email,SMS Marketing Consent,Phone Number,SMS Marketing Timestamp",
            f"ann@example.com,Subscribe,+16175550123,{day.strftime(form)}",
        )
        rules = [rule for rule, *_ in broken(Path(folder), *rows)]

    assert rules == (["dates in day-month order"] if form.startswith("%d") else [])


def test_nothing_of_a_person_is_shown(tmp_path: Path):
    """Neither cells nor, where headers are missing, the row that stands in their place come to light."""
    people = ("Email,ann.lee@example.com,Phone Number,Note", "bea@example,x,+1617555,13-01-1990")
    text = checked(tmp_path, *people).to_csv() + checked(tmp_path, ANN, BEA).to_csv()
    text += checked(tmp_path, *people[:1], *people[:1]).to_csv()

    assert not [word for word in ("ann", "bea", "617555", "1990") if word in text.casefold().replace("1990-01-01", "")]


def test_rows_are_counted_as_a_spreadsheet_does(tmp_path: Path):
    """The headers are row 1, and a line break within a cell begins no new row."""
    assert broken(tmp_path, "Email,City", 'ann@example.com,"two\nlines"', "bea,x") == [
        ("not an email address", "Email", 1, 3)
    ]


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path):
    """There is nothing to be said about it, and the message helps to find it."""
    (tmp_path / "people.csv").touch()
    with pytest.raises(DataError, match=r"Did you mean 'people.csv'"):
        check_import(tmp_path / "peple.csv")


def test_headers_that_map_themselves_are_read_back_as_the_same_column():
    """What Klaviyo maps to a property, segkit reads as the column of that name, so the two agree on every header."""
    known = {header: field for header, field in MAPPED.items() if field in PROFILE_COLUMNS}

    assert {header: canonical_name("profiles", header) for header in known} == known


EMAILS = [
    "ann@example.com",
    "Ann@example.com",
    " bea@example.com",
    "'cat@example.com",
    "+dan@example.com",
    "=1",
    "no address",
    "eve@example",
    "",
]


@pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
@settings(max_examples=60)
@given(shops(), st.data())
def test_what_segkit_writes_for_klaviyo_passes(shop: PlainShop, data: st.DataObject):
    """Whoever is in an audience, with whatever email, name and country, its file breaks no rule of the importer."""
    text = st.text(st.characters(exclude_categories=["Cs"]), max_size=4)
    for number, row in enumerate(shop.profiles):
        row |= {"sms_consent": "subscribed", "email": data.draw(st.sampled_from(EMAILS))}
        row |= {
            "phone_number": data.draw(
                st.sampled_from([f"+1617555{100 + number:04}", f"(617) 555-{100 + number:04}", "+12"])
            )
        }
        row |= {
            "first_name": data.draw(text),
            "last_name": data.draw(st.sampled_from(["=1+1", "13-01-1990", "Null", None])),
        }
    send = sk.audience(EVERYBODY, doors.by_frames(shop))
    with tempfile.TemporaryDirectory() as folder:
        found = check_import(send.write_csv(Path(folder) / "send.csv"))

    assert found["rule"].tolist() == ([] if send.size else ["no rows"])


def test_an_email_that_cannot_be_imported_is_left_out_and_its_profile_stays(tmp_path: Path):
    """The number tells the profile; blanks around an address are taken off, and one address stands once."""
    emails = ["ann@example.com", "ANN@example.com", "+bea@example.com", "no address", " cat@example.com "]
    people = pd.DataFrame(
        {
            "profile_id": [str(number) for number in range(5)],
            "email": emails,
            "phone_number": [f"+1617555012{number}" for number in range(5)],
            "sms_consent": "subscribed",
        }
    )
    send = sk.audience(EVERYBODY, sk.Dataset.from_frames(people, as_of="2026-06-30"))
    path = send.write_csv(tmp_path / "send.csv")
    written = pd.read_csv(path, dtype=str, keep_default_na=False)

    assert written["Email"].tolist() == ["ann@example.com", "", "", "", "cat@example.com"]
    assert written["Phone Number"].tolist() == people["phone_number"].tolist()
    assert check_import(path).empty
