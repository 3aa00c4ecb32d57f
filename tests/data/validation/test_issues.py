"""Every bad input: what would change an answer silently is one error with all issues, and what can be kept is kept and reported."""

import bz2
import gzip
import re

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import segkit as sk
from segkit.data.validation.issues import shown
from segkit.engine.memory.dataset import Dataset
from segkit.errors import DataError

NAMES = ("ann", "bea", "cat", "dan")


def people(**columns):
    """Return a frame of four profiles that may be texted, with these columns."""
    return pd.DataFrame({"profile_id": NAMES, "sms_consent": "subscribed"} | columns)


def orders(**columns):
    """Return a frame of four orders, one a profile and one a day, with these columns."""
    days = [f"2026-06-0{day}T00:00:00Z" for day in range(1, 5)]
    return pd.DataFrame({"profile_id": NAMES, "metric": "Placed Order", "datetime": days} | columns)


def objects(*values):
    """Return a column of values of several kinds."""
    return pd.Series(values, dtype=object)


def noted(shop):
    """Return what a shop's report says: table, column, issue, count, examples, what was done."""
    return [tuple(row) for row in shop.report.to_numpy()]


def who(condition, shop):
    """Return the ids of a condition's members."""
    column = sk.membership(sk.Segment("asked", condition), shop)["asked"]
    return set(column.index[column])


DATES = "dates or times without a zone"
KEPT = {
    "the same row twice": (
        people().iloc[[0, 1, 2, 3, 0, 0]], orders(),
        ("profiles", "profile_id", "the same row twice", 2, "'ann'", "kept once"),
    ),
    "a profile without an id": (
        people(profile_id=objects("ann", None, "", "bea")), orders().iloc[:2],
        ("profiles", "profile_id", "rows without an id", 2, "", "left out"),
    ),
    "ids that are floats": (
        people(profile_id=[1.0, 2.0, 3.0, 4.0]), orders(profile_id=["1", "2", "3", "4"]),
        ("profiles", "profile_id", "numbers instead of text", 4, "'1', '2', '3'", "converted to text"),
    ),
    "ids that are whole numbers": (
        people(profile_id=["1", "2", "3", "4"]), orders(profile_id=[1, 2, 3, 4]),
        ("events", "profile_id", "numbers instead of text", 4, "'1', '2', '3'", "converted to text"),
    ),
    "an event of an unknown profile": (
        people(), orders(profile_id=["ann", "zoe", "zoe", "dan"]),
        ("events", "profile_id", "rows of unknown profiles", 2, "'zoe'", "left out"),
    ),
    "an event without a profile": (
        people(), orders(profile_id=["ann", None, "", "dan"]),
        ("events", "profile_id", "rows without a profile id", 2, "", "left out"),
    ),
    "an event without a metric": (
        people(), orders(metric=["X", None, "X", "X"]),
        ("events", "metric", "events without a metric", 1, "", "left out"),
    ),
    "bare dates": (
        people(), orders(datetime=["2026-06-01", "2026-06-02T12:00", "2026-06-03T00:00:00Z", "2026-06-04T00:00:00Z"]),
        ("events", "datetime", DATES, 2, "'2026-06-01', '2026-06-02T12:00'", "treated as UTC"),
    ),
    "naive timestamps": (
        people(), orders(datetime=pd.Timestamp("2026-06-01 12:00")),
        ("events", "datetime", DATES, 4, "'2026-06-01 12:00:00'", "treated as UTC"),
    ),
    "naive datetimes beside text": (
        people(), orders(datetime=objects(pd.Timestamp("2026-06-01"), *["2026-06-02T00:00:00Z"] * 3)),
        ("events", "datetime", DATES, 1, "'2026-06-01 00:00:00'", "treated as UTC"),
    ),
    "months first, as the column proves": (
        people(), orders(datetime=["06/01/2026", "6/13/2026 10:30", "2026-06-03T00:00:00Z", "06/04/2026"]),
        ("events", "datetime", "dates in month/day/year order", 3, "'06/01/2026', '6/13/2026 10:30', '06/04/2026'",
         "converted to times in UTC"),
    ),
    "seconds since 1970": (
        people(), orders(datetime=[1780272000, 1780272001, 1780272002, 1780272003]),
        ("events", "datetime", "seconds since 1970", 4, "'178•••••••'", "converted to times in UTC"),
    ),
    "seconds as text, as floats and with milliseconds": (
        people(), orders(datetime=objects("1780272000", 1780272000.0, "1780272000.5", 1780272000000)),
        ("events", "datetime", "seconds since 1970", 4, "'178•••••••', '178•••••••.•'", "converted to times in UTC"),
    ),
    "naive datetimes beside aware ones": (
        people(), orders(datetime=objects(*[pd.Timestamp(f"2026-06-0{day}", tz="UTC").to_pydatetime() for day in (1, 2, 3)],
                                          pd.Timestamp("2026-06-04").to_pydatetime())),
        ("events", "datetime", DATES, 1, "'2026-06-04 00:00:00'", "treated as UTC"),
    ),
    "a coordinate that is no number": (
        people(latitude=["42°21'N", None, "1", "2"], longitude=1.0), orders(),
        ("profiles", "latitude", "not a number", 1, "\"42°21'N\"", "treated as not set"),
    ),
    "a coordinate off the globe": (
        people(latitude=[90.0, -90.5, 42.0, None], longitude=[180.0, 1.0, 200.0, None]), orders(),
        ("profiles", "latitude", "coordinates out of range", 1, "'-90.5'", "treated as not set"),
    ),
    "a suppression with its reason": (
        people(email_suppressed=["HARD_BOUNCE", None, "False", ""]), orders(),
        ("profiles", "email_suppressed", "neither true nor false", 1, "'HARD_BOUNCE'", "treated as true"),
    ),
    "a phone number that is a float": (
        people(phone_number=[14155550132.0, None, None, None]), orders(),
        ("profiles", "phone_number", "numbers instead of text", 1, "'141••••••••'", "converted to text"),
    ),
    "a phone number that was a float": (
        people(phone_number=["14155550132.0", None, None, None]), orders(),
        ("profiles", "phone_number", "not in E.164", 1, "'141••••••••.•'", "converted to E.164"),
    ),
    "a phone number that lost its digits": (
        people(phone_number=["1.41556E+10", None, None, None]), orders(),
        ("profiles", "phone_number", "digits lost in scientific notation", 1, "'1.41•••E+••'", "kept as written, never texted"),
    ),
    "a phone number that is none": (
        people(phone_number=["+1 415 555 013", "n/a", None, None]), orders(),
        ("profiles", "phone_number", "too short", 1, "'+1 41• ••• •••'", "kept as written, never texted; an opt-out for it also stops numbers with the same last digits"),
    ),
    "an unknown consent": (
        people(sms_consent=["yes", "TRUE", "subscribed", None]), orders(),
        ("profiles", "sms_consent", "unknown consent word", 2, "'yes', 'TRUE'",
         ("treated as never_subscribed in SMS segments, and as an opt-out of the number when texts are sent. Accepted words: "
         "subscribed, unsubscribed, never_subscribed. To map your words, pass consent={'yes': 'subscribed', 'TRUE': 'subscribed'}")),
    ),
    "no consent at all": (
        people().drop(columns="sms_consent"), orders(),
        ("profiles", "sms_consent", "no such column", 1, "", "nobody counts as subscribed to SMS, so nobody may be texted"),
    ),
    "a header and its spelled-out form": (
        people(city="Oslo", City="OSLO"), orders(),
        ("profiles", "city", "'City' has the same meaning", 1, "", "kept as a property under its own name"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", KEPT)
def test_what_can_be_kept_is_kept_and_reported(name):
    """The load succeeds, and the report has one row with the table, column, issue, count, examples and what was done."""
    profiles, events, row = KEPT[name]
    shop = Dataset.from_frames(profiles, events)
    found = [one for one in noted(shop) if one[1:3] == row[1:3]]
    assert found == [row]


ALSO = {
    "a coordinate off the globe": {"coordinates out of range"},
    "a phone number that is a float": {"not in E.164"},
    "a phone number that is none": {"no digits"},
    "a profile without an id": {"50.0% of profiles left out"},
    "an event of an unknown profile": {"50.0% of events left out"},
    "an event without a profile": {"50.0% of events left out"},
    "an event without a metric": {"25.0% of events left out"},
}


@pytest.mark.parametrize("name", KEPT)
def test_nothing_else_is_reported(name):
    """One flaw is one row of the report, and a cell with two flaws is two."""
    profiles, events, row = KEPT[name]
    others = {one[2] for one in noted(Dataset.from_frames(profiles, events)) if one[1:3] != row[1:3]}
    assert others == ALSO.get(name, set())


NEXT_DATE = "Write them as YYYY-MM-DD"
NEXT_ORDER = "(segkit build: --day-first, --month-first). Or write them as YYYY-MM-DD"
REFUSED = {
    "no id column": (people().drop(columns="profile_id"), orders(), ["profiles, profile_id: this column is missing", "columns={", '--columns "YOUR HEADER=profile_id"']),
    "an id column by another name": (
        people().rename(columns={"profile_id": "profile-id"}), orders(), ["Did you mean 'profile-id'? The columns are: 'profile-id'"],
    ),
    "no metric column": (
        people(), orders().drop(columns=["metric", "datetime"]),
        ["events, metric: this column is missing. The columns are: 'profile_id'", "events, datetime: this column is missing"],
    ),
    "two columns of one meaning": (
        people(Email="x", **{"Email Address": "y"}), orders(),
        ["profiles, email: 'Email' and 'Email Address' are two columns with this meaning. Remove or rename one"],
    ),
    "two columns made one by renaming": (
        people(customer="x"), orders(), ["profiles, profile_id: 'profile_id' and 'customer' are two columns with this meaning"],
    ),
    "no ids": (people(profile_id=[None] * 4), None, ["profiles, profile_id: no row has an id (4 times)"]),
    "different rows under one id": (
        people(profile_id=["ann", "ann", "ann", "bea"], city=["Oslo", "Bergen", "Oslo", None]), None,
        ["profiles, profile_id: different rows with the same id, which differ in 'city', such as 'ann'. If they are different people",
         "If they are versions of one profile, keep the right row", "if any of them is unsubscribed, the kept row must be, too"],
    ),
    "ids that a spreadsheet shortened": (
        people(profile_id=["1.23457E+11", "1.23457E+11", "ann", "ann"], city=["Oslo", "Bergen", "Rome", "Rome"]), None,
        ["ids that a spreadsheet shortened, so that several profiles share one, such as '1.23457E+11'",
         "Their last digits are lost in this file", "Export the file again"],
    ),
    "an unset cell in one of two rows": (
        people(profile_id=["ann", "ann", "bea", "cat"], Age=[18, None, 1, 1]), None, ["different rows with the same id"],
    ),
    "ids of another kind": (
        people(), orders(profile_id=["1", "2", "3", "4"]),
        ["events, profile_id: no id belongs to a profile (4 times), such as '1', '2', '3'. Profiles have ids such as 'ann', 'bea'"],
    ),
    "unreadable dates": (
        people(), orders(datetime=["soon", "2026-13-01T00:00:00Z", "2026-06-03T00:00:00Z", "last week"]),
        ["events, datetime: unreadable dates (3 times), such as 'soon', '2026-13-01T00:00:00Z', 'last week'", NEXT_DATE],
    ),
    "day first": (
        people(), orders(datetime=["01/06/2026", "13/06/2026", "2026-06-03T00:00:00Z", "04/06/2026"]),
        ["events, datetime: dates in day-month order (3 times), such as '01/06/2026', '13/06/2026', '04/06/2026'", NEXT_ORDER],
    ),
    "day first, with points": (
        people(), orders(datetime=["30.06.2026"] * 4), ["events, datetime: dates in day-month order (4 times)"],
    ),
    "day or month first": (
        people(), orders(datetime=["01/06/2026", "02/06/2026", "03/06/2026", "04/06/2026"]),
        ["events, datetime: dates that may be in day-month order (4 times)", NEXT_ORDER],
    ),
    "day and month first": (
        people(), orders(datetime=["13/06/2026", "06/13/2026", "01/02/2026", "01/02/2026"]),
        ["events, datetime: dates in day-month order (4 times)"],
    ),
    "no date": (
        people(), orders(datetime=["2026-06-01T00:00:00Z", None, None, "2026-06-01T00:00:00Z"]),
        ["events, datetime: events without a date (2 times). Add the dates"],
    ),
    "no date among values of several kinds": (
        people(), orders(datetime=objects("2026-06-01T00:00:00Z", None, 1780272000, pd.NaT)),
        ["events, datetime: events without a date (2 times)"],
    ),
    "dates that no calendar has": (
        people(), orders(datetime=pd.Series([400_000_000_000, 0, 1, 2]).astype("datetime64[s]")),
        ["events, datetime: unreadable dates, such as '14645-06-30 15:06:40'"],
    ),
    "empty text for a date": (
        people(), orders(datetime=["2026-06-01T00:00:00Z", "", "", "2026-06-01T00:00:00Z"]),
        ["events, datetime: events without a date (2 times)"],
    ),
    "truths for dates": (people(), orders(datetime=True), ["events, datetime: unreadable dates (4 times), such as 'True'"]),
    "a consent date that is none": (
        people(sms_consent_timestamp=["soon", None, None, None]), orders(),
        ["profiles, sms_consent_timestamp: unreadable dates, such as 'soon'"],
    ),
    "amounts with marks": (
        people(), orders(value=["$5.00", "1,234.50", "5", "4 EUR"]),
        ["events, value: not a number (3 times), such as '$5.00', '1,234.50', '4 EUR'. Write plain numbers such as 1234.50"],
    ),
    "endless amounts": (people(), orders(value=[float("inf"), 1.0, 2.0, 3.0]), ["events, value: not a number, such as 'inf'"]),
    "truths for amounts": (people(), orders(value=True), ["events, value: not a number (4 times), such as"]),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_change_an_answer_silently_is_an_error(name):
    """Nothing is loaded, and the message says which table and column, how often, with examples, and what to do."""
    profiles, events, sentences = REFUSED[name]
    columns = {"customer": "profile_id"} if "renaming" in name else None
    with pytest.raises(DataError, match="would silently give wrong results, so nothing was loaded") as error:
        Dataset.from_frames(profiles, events, columns=columns, as_of="2026-06-30")
    for sentence in sentences:
        assert sentence in str(error.value)


def test_rows_alike_in_every_cell_are_one_profile():
    """Two rows of one id are alike if every cell is, lists and unset cells included, and are kept once."""
    twice = people(
        profile_id=["ann", "ann", "bea", "bea"], Interests=[["sale"], ["sale"], None, None], Age=[1.5, 1.5, None, None]
    )
    shop = Dataset.from_frames(twice, as_of="2026-06-30")
    assert shop.profile_ids.tolist() == ["ann", "bea"]


def test_what_was_read_in_spite_of_a_flaw_is_right():
    """Month-first dates, seconds since 1970, bare dates and naive times all become the instants that they mean."""
    meant = pd.Timestamp("2026-06-13 10:30", tz="UTC")
    seconds = int(meant.timestamp())
    for written in (
        "06/13/2026 10:30",
        "2026-06-13T10:30",
        str(seconds),
        f"{seconds}.0",
        str(seconds * 1000),
        seconds,
        float(seconds),
    ):
        shop = Dataset.from_frames(people(), orders(datetime=objects(written, written, written, written)))
        assert shop.as_of == meant, written
    assert Dataset.from_frames(people(), orders(datetime="06/13/2026")).as_of == meant.normalize()
    half = Dataset.from_frames(people(), orders(datetime=f"{seconds}.5"))
    assert half.as_of == meant + pd.Timedelta(milliseconds=500)


def test_an_order_is_only_proved_within_its_own_column():
    """A month-first date in one column says nothing about the dates of another."""
    with pytest.raises(DataError, match="profiles, created: dates that may be in day-month order"):
        Dataset.from_frames(people(created="01/02/2026"), orders(datetime="06/13/2026"))


def test_unknown_words_of_consent_never_make_anybody_textable():
    """Only the word itself subscribes: not yes, not true, not 1, not the mere fact of a phone number."""
    words = ["yes", "true", "opted in", "Subscribe"]
    shop = Dataset.from_frames(people(sms_consent=words, phone_number="+16175550123"), as_of="2026-06-30")
    assert who(sk.can_receive("sms"), shop) == {"dan"}


def test_leaving_out_keeps_the_rest_and_says_so():
    """With unreadable="leave out", dates and amounts that can't be read are left out, counted, and nothing else changes."""
    events = orders(
        datetime=["soon", "2026-06-02T00:00:00Z", "13/06/2026", None],
        value=["1", "$2", "3", "4"],
        metric="Placed Order",
    )
    profiles = people(created=["never", "2026-01-01T00:00:00Z", None, None])
    with pytest.raises(DataError, match="has 5 issues"):
        Dataset.from_frames(profiles, events)
    shop = Dataset.from_frames(profiles, events, unreadable="leave out")
    left_out = [row for row in noted(shop) if row[5] == "left out, as requested"]
    assert [(row[1], row[2], row[3]) for row in left_out] == [
        ("created", "unreadable dates", 1),
        ("datetime", "dates in day-month order", 1),
        ("datetime", "unreadable dates", 1),
        ("datetime", "events without a date", 1),
        ("value", "not a number", 1),
    ]
    assert len(shop.events) == 1
    assert who(sk.did("Placed Order") & sk.spent("Placed Order", equals=0), shop) == {"bea"}
    assert who(sk.is_set("created"), shop) == {"bea"}


@pytest.mark.parametrize("word", ["skip", "leave_out", None, True, ""])
def test_there_are_two_ways_with_what_is_unreadable(word):
    """Any other word for `unreadable` is refused with the two there are."""
    with pytest.raises(DataError, match="unreadable must be 'raise' or 'leave out', but it is"):
        Dataset.from_frames(people(), as_of="2026-06-30", unreadable=word)


def test_a_default_country_must_be_one():
    """A default country that nobody knows is refused, whether or not there are phone numbers."""
    for profiles in (people(), people(phone_number="(617) 555-0123")):
        with pytest.raises(
            DataError, match=r"default_country must be a country's two letters, such as 'US', but it is 'Narnia'"
        ):
            Dataset.from_frames(profiles, as_of="2026-06-30", default_country="Narnia")


def test_a_header_to_be_renamed_must_be_there():
    """A slip of the pen in `columns` is an error with the near headers, since a consent that is not found subscribes nobody."""
    profiles = people().rename(columns={"sms_consent": "Texts?"})
    with pytest.raises(
        DataError, match=r"columns, Texts: no table has this header\. Did you mean 'Texts\?'\? The headers are"
    ):
        Dataset.from_frames(profiles, orders(), columns={"Texts": "sms_consent"})
    shop = Dataset.from_frames(profiles, orders(), columns={"Texts?": "sms_consent"})
    assert who(sk.can_receive("sms"), shop) == set(NAMES)


def test_empty_text_in_a_frame_is_not_set():
    """In known columns of a frame, empty text is no value, as in a CSV: no date, no amount, no number, no text."""
    profiles = people(
        created=["", "2026-01-01T00:00:00Z", "", ""], latitude=["", "1", "", ""], city=["", "Oslo", "", ""]
    )
    shop = Dataset.from_frames(profiles, orders(value=["", "1", "", ""]))
    for name in ("created", "latitude", "city"):
        assert who(sk.is_set(name), shop) == {"bea"}
    assert who(sk.spent("Placed Order", more_than=0), shop) == {"bea"}


def test_several_faults_are_one_error():
    """All issues of all tables come at once, counted in the first line and each on a line of its own."""
    profiles = people(profile_id=["ann", "ann", "bea", "cat"], city=["Oslo", "Bergen", "x", "y"], created="soon")
    events = orders(profile_id=["1", "2", "3", "4"], datetime="31/12/2025", value="€1")
    lists = pd.DataFrame({"profile_id": ["zoe"], "list_id": ["VIP"], "joined": ["1/2/26"]})
    with pytest.raises(DataError) as error:
        Dataset.from_frames(profiles, events, lists=lists)
    first, *lines = str(error.value).splitlines()
    assert first == "The data has 7 issues that would silently give wrong results, so nothing was loaded:"
    assert [re.match(r"  - (\w+, \w+): ", line)[1] for line in lines] == [
        "profiles, profile_id", "profiles, created", "events, profile_id", "events, datetime", "events, value",
        "lists, profile_id", "lists, joined",
    ]  # fmt: skip


def test_missing_columns_of_all_tables_are_one_error():
    """What is missing from profiles, events, lists and places is said at once."""
    bare = pd.DataFrame({"x": ["1"]})
    with pytest.raises(DataError, match="has 10 issues"):
        Dataset.from_frames(bare, bare, lists=bare, places=bare)


SECRETS = {
    "email": "annabel.lee@example.com",
    "phone_number": "+1 (617) 555-0123 x",
    "first_name": "Annabel",
    "last_name": "Lee-Smith",
    "address1": "12 Elm Street",
}
WHOLE = ("annabel", "Annabel", "Lee-Smith", "555-0123", "5550123", "Elm Street", "617) 555")


def test_no_report_and_no_error_names_a_person():
    """Emails, phone numbers, names and addresses are covered in every example, whichever column they slipped into."""
    slipped = ["phone_number", "sms_consent", "email_suppressed", "latitude", "created"]
    for column in slipped:
        for secret in (SECRETS["email"], "+16175550123", "+1 617 555-0123"):
            try:
                text = Dataset.from_frames(people(**{column: secret}), as_of="2026-06-30").report.to_string()
            except DataError as error:
                text = str(error)
            assert not any(part in text for part in WHOLE), (column, text)
    for column, secret in SECRETS.items():
        assert not any(part in shown(column, [secret]) for part in WHOLE)


def test_ids_that_are_emails_are_covered():
    """Where the shop's ids are email addresses, errors and reports cover them, the ids offered as examples included."""
    emails = [f"{name}.lee@example.com" for name in NAMES]
    with pytest.raises(DataError, match="no id belongs to a profile") as error:
        Dataset.from_frames(people(profile_id=emails), orders())
    assert "lee@example" not in str(error.value)
    shop = Dataset.from_frames(people(profile_id=emails), orders(profile_id=[*emails[:3], "zoe.lee@example.com"]))
    assert "lee@example" not in shop.report.to_string() + repr(shop)


def test_an_id_that_names_nobody_is_shown_whole():
    """Ids, dates and amounts that are no person's are what one finds a row by, and stay readable."""
    assert shown("profile_id", ["SYN-00001", "01HXYZ", "007"]) == "'SYN-00001', '01HXYZ', '007'"
    assert shown("datetime", ["30/06/2026 10:30"]) == "'30/06/2026 10:30'"
    assert shown("value", ["x" * 60]) == repr("x" * 39 + "…")


def test_examples_are_three_and_differ():
    """Of any number of bad cells, the first three different ones are shown."""
    assert shown("value", ["a", "a", "b", None, "c", "d"]) == "'a', 'b', 'c'"


DOUBLED = pd.DataFrame([["ann", "1", "2"]], columns=["profile_id", "Age", "Age"])


def test_doubled_headers_are_refused(tmp_path):
    """Two columns of one header, in a frame or a file, are an error, since nobody can say which of them is meant."""
    for load in (lambda: Dataset.from_frames(DOUBLED), lambda: sk.load(profiles=DOUBLED)):
        with pytest.raises(DataError, match="profiles: several columns have the header 'Age'"):
            load()
    (tmp_path / "profiles.csv").write_text("profile_id,Age,Age\nann,1,2\n")
    with pytest.raises(DataError, match="several columns have the header 'Age'"):
        sk.load(tmp_path)


EVENTS = b"profile_id,metric,datetime\nann,X,2026-06-01T00:00:00Z\n"
TORN = bytearray(gzip.compress(EVENTS * 500))
TORN[20:30] = b"\xff" * 10
FILES = {
    "no bytes": ("events.csv", b"", "'?events.csv'? has no rows"),
    "only blanks": ("events.csv", b"\n\n", "has no rows"),
    "only a header": ("events.csv", b"profile_id,metric,datetime\n", "has no rows"),
    "only a header, cut": ("events.csv", b"profile_id,metric,datetime", "has no rows"),
    "only a header, compressed": ("events.csv.gz", gzip.compress(b"profile_id,metric,datetime\n"), "has no rows"),
    "a row too long": ("events.csv", EVENTS + b"ann,ann.lee@example.com,2026-06-01,5\n", "1 row doesn't have as many cells as the header"),
    "rows too short": ("events.csv", EVENTS + b"ann.lee@example.com\nbea\n", "2 rows don't have as many cells as the header, which has 3"),
    "Latin letters of one byte": ("events.csv", EVENTS + "zoë,X,\n".encode("latin-1"), "line 3 is not text in UTF-8.*encoding="),
    "a cut gzip": ("events.csv.gz", gzip.compress(EVENTS * 500)[:60], "damaged, was not written completely"),
    "a torn gzip": ("events.csv.gz", bytes(TORN), "can't be read"),
    "a cut bzip": ("events.csv.bz2", bz2.compress(EVENTS * 500)[:60], "can't be read"),
    "no Parquet": ("events.parquet", EVENTS, "can't be read"),
    "an empty Parquet": ("events.parquet", b"", "can't be read"),
    "no JSON": ("events.json", EVENTS, "can't be read: it is not JSON, or it is incomplete, in line 1"),
    "cut JSON": ("events.json", b'{"data": [', "can't be read"),
    "empty JSON": ("events.json", b"", "has no rows"),
    "an old spreadsheet": ("events.xls", b"", "has neither profiles nor events.*The folder contains: 'events.xls'.*one by one"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_is_named_with_what_is_wrong(name, tmp_path):
    """An empty, damaged or foreign file is an error that names it, says what is wrong, and quotes nobody's row."""
    file, raw, message = FILES[name]
    (tmp_path / file).write_bytes(raw)
    with pytest.raises(DataError, match=message) as error:
        sk.load(tmp_path)
    assert file in str(error.value)
    assert "ann.lee" not in str(error.value)


def test_a_parquet_without_rows_is_empty(tmp_path):
    """A Parquet file may be whole and hold nothing, which is told apart from damage."""
    pq.write_table(pa.table({"profile_id": pa.array([], pa.string())}), tmp_path / "profiles.parquet")
    with pytest.raises(DataError, match=r"profiles\.parquet has no rows"):
        sk.load(tmp_path)


def test_a_missing_file_or_folder_offers_near_names(tmp_path):
    """A path that is not there is an error with what is there, nearest first; also where nothing is there at all."""
    (tmp_path / "profiles.csv").write_text("profile_id\nann\n")
    with pytest.raises(
        DataError, match=r"no 'profile\.csv'.*Did you mean 'profiles\.csv'\? The folder contains: 'profiles\.csv'"
    ):
        sk.load(profiles=tmp_path / "profile.csv")
    with pytest.raises(DataError, match="There is no 'shop' in"):
        sk.load(tmp_path / "shop")
    with pytest.raises(DataError, match="There is no file or folder"):
        sk.load(tmp_path / "shop" / "data")


def test_a_folder_without_tables_says_what_it_looks_for(tmp_path):
    """An empty folder, a folder of other files, and a file in the place of a folder all say how to name the files."""
    with pytest.raises(DataError, match="The folder contains: nothing"):
        sk.load(tmp_path)
    (tmp_path / "people.csv").write_text("profile_id\nann\n")
    with pytest.raises(DataError, match=r"The folder contains: 'people\.csv'.*sk\.load\(profiles="):
        sk.load(tmp_path)
    with pytest.raises(DataError, match=r"The folder contains: 'people\.csv'.*sk\.load\(profiles="):
        sk.load(tmp_path / "people.csv")


@pytest.mark.parametrize("other", ["events.csv.gz", "events.parquet", "events.json", "Events.CSV.bz2"])
def test_the_same_table_twice_is_refused(other, tmp_path):
    """A table that stands in a folder in two forms would count twice, so nothing is read."""
    (tmp_path / "events.csv").write_bytes(EVENTS)
    (tmp_path / other).write_bytes(b"")
    with pytest.raises(
        DataError, match=r"has events in more than one format.*count everything twice.*events="
    ) as error:
        sk.load(tmp_path)
    assert other in str(error.value)


def test_the_same_part_twice_is_refused(tmp_path):
    """A part and its compressed copy would count twice; two different parts are one table."""
    (tmp_path / "events-1.csv").write_bytes(EVENTS)
    (tmp_path / "events-2.csv.gz").write_bytes(gzip.compress(EVENTS))
    assert len(sk.load(tmp_path).events) == 2
    (tmp_path / "events-1.csv.gz").write_bytes(gzip.compress(EVENTS))
    with pytest.raises(DataError, match="more than one format"):
        sk.load(tmp_path)


def test_files_given_one_by_one_must_be_of_a_known_and_equal_format(tmp_path):
    """An unknown ending, a folder in the place of a file, parts of two formats and no file at all are all refused."""
    (tmp_path / "events.csv").write_bytes(EVENTS)
    (tmp_path / "events.log").write_bytes(EVENTS)
    pd.DataFrame({"profile_id": ["ann"]}).to_parquet(tmp_path / "events.parquet")
    with pytest.raises(DataError, match=r"'events\.log' is not in a format that segkit reads. It reads \.csv"):
        sk.load(events=tmp_path / "events.log")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="The folder 'empty' has no parts of a table"):
        sk.load(events=tmp_path / "empty")
    with pytest.raises(DataError, match=r"'events\.parquet' is in a different format from 'events\.csv'"):
        sk.load(events=[tmp_path / "events.csv", tmp_path / "events.parquet"])
    with pytest.raises(DataError, match="nothing to load"):
        sk.load(events=[])


def test_parquet_parts_of_text_and_of_numbers_keep_what_each_cell_is(tmp_path):
    """A column that is text in one part and numbers in the next holds both, each to be asked for as what it is."""
    events = orders().assign(datetime=pd.Timestamp("2026-06-01", tz="UTC"))
    events.assign(Items="2").to_parquet(tmp_path / "events-1.parquet")
    events.assign(Items=2).to_parquet(tmp_path / "events-2.parquet")
    shop = sk.load(tmp_path)
    assert shop.event_column("Placed Order", "Items").distinct == ["2", 2]
