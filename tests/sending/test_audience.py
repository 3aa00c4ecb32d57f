"""Who is really texted: every step of the waterfall, its sums, and that nobody without consent ever reaches a file."""

# ruff: noqa: SIM300  # expected == actual, throughout

import csv
import hashlib
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import segkit as sk
from segkit.definition.conditions import AllOf
from segkit.engine.engines import engine_of
from segkit.errors import DefinitionError
from segkit.sending.eligibility import SENDABLE, STEPS, TEXTABLE_COUNTRIES, Eligibility

AS_OF = datetime(2026, 6, 30, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

EVERYBODY = sk.Segment("Everybody", AllOf(()))
OPPOSITE = sk.Segment("Everybody who can't receive", ~sk.can_receive("sms"))
ORDER = [name for name, _ in STEPS]

# As written, with the number, country and kind that it stands for; all from ranges reserved for fiction.
PHONES: dict[str | None, tuple[str | None, str | None, str | None]] = {
    None: (None, None, None),
    "+12": (None, None, None),
    "+447700900123": (None, None, None),
    "+16175550123": ("+16175550123", "US", "mobile"),
    "1 (617) 555-0123": ("+16175550123", "US", "mobile"),
    "+16175550124": ("+16175550124", "US", "mobile"),
    "+14165550123": ("+14165550123", "CA", "mobile"),
    "+17875550123": ("+17875550123", "PR", "mobile"),
    "+491713920001": ("+491713920001", "DE", "mobile"),
    "+493023125001": ("+493023125001", "DE", "landline"),
    "+442079460123": ("+442079460123", "GB", "landline"),
}
CONSENTS = ["SUBSCRIBED", "subscribed", "UNSUBSCRIBED", "NEVER_SUBSCRIBED", "yes", None]
DATES = [None, AS_OF - 3 * DAY, AS_OF - 2 * DAY, AS_OF - DAY]
FAILURES = ["Device unreachable", "Device disconnected", "Invalid mobile number", "Unknown error", "Other"]

Row = dict[str, Any]


def profile(profile_id: str, **known: Any) -> Row:
    """Return a profile who may be texted, but for what is given."""
    ready = {"phone_number": "+16175550123", "sms_consent": "subscribed", "sms_consent_timestamp": AS_OF - 9 * DAY}
    return {"profile_id": profile_id, "country": "US", "Group": "in", "Left out": False} | ready | known


def received(profile_id: str, moment: datetime) -> Row:
    """Return a text that was received."""
    return {"profile_id": profile_id, "metric": "Received SMS", "datetime": moment, "Failure Type": None}


def failed(profile_id: str, kind: str, moment: datetime = AS_OF) -> Row:
    """Return a text that failed."""
    return {"profile_id": profile_id, "metric": "Failed to Deliver SMS", "datetime": moment, "Failure Type": kind}


def shop_of(profiles: list[Row], events: list[Row] | None = None) -> sk.Dataset:
    """Return a shop as of `AS_OF`."""
    return sk.Dataset.from_frames(pd.DataFrame(profiles), pd.DataFrame(events) if events else None, as_of=AS_OF)


def reasons(profiles: list[Row], events: list[Row] | None = None, **words: Any) -> dict[str, str]:
    """Return what becomes of everybody of a shop."""
    return sk.audience(EVERYBODY, shop_of(profiles, events), **words).reasons.to_dict()


def expected_reasons(profiles: list[Row], events: list[Row], *, include: set[str], hours: int) -> dict[str, str]:
    """Work out slowly, one profile at a time, what should become of the included."""
    found: dict[str, str] = {}
    taken: set[str | None] = set()
    for row in profiles:
        if row["profile_id"] in include:
            reason = _reason(row, profiles, events, hours)
            number = PHONES[row["phone_number"]][0]
            if reason == SENDABLE and number in taken:
                reason = "same number"
            taken |= {number} if reason == SENDABLE else set()
            found[row["profile_id"]] = reason
    return found


def _reason(row: Row, profiles: list[Row], events: list[Row], hours: int) -> str:
    _, country, kind = PHONES[row["phone_number"]]
    number = _number(row)
    sharing = {
        other["profile_id"]: other
        for other in profiles
        if other is row or (number is not None and _number(other) == number)
    }
    known = [event for event in events if event["profile_id"] in sharing]
    newest = max((event["datetime"] for event in events), default=AS_OF)
    since = row["sms_consent_timestamp"]
    withdrawals = [
        other["sms_consent_timestamp"] for other in sharing.values() if other["sms_consent"] in ("UNSUBSCRIBED", "yes")
    ]
    if any(other["Left out"] for other in sharing.values()):
        return "excluded"
    if str(row["sms_consent"]).casefold() != "subscribed":
        return "not subscribed"
    if row["phone_number"] is None:
        return "no phone"
    if kind != "mobile":
        return "invalid number"
    if country not in TEXTABLE_COUNTRIES:
        return "country not served"
    if any(
        _fails([event for event in known if event["profile_id"] == one], moment)
        for one in sharing
        for moment in (AS_OF, newest)
    ):
        return "fails"
    begin = min(AS_OF, newest) - hours * HOUR
    if hours and any(event["metric"] == "Received SMS" and event["datetime"] >= begin for event in known):
        return "just texted"
    if any(since is None or when is None or when >= since for when in withdrawals):
        return "unsubscribed elsewhere"
    return SENDABLE


def _number(row: Row) -> str | None:
    """Return the number by which a profile is known, which one that can't be read is as well if it has seven digits."""
    written = row["phone_number"]
    return PHONES[written][0] or (written if written is not None and len(written) > len("+12") else None)


def _fails(events: list[Row], moment: datetime) -> bool:
    failures = [event for event in events if event["metric"] == "Failed to Deliver SMS" and event["datetime"] <= moment]
    ever = Counter(event["Failure Type"] for event in failures)
    first_day = moment.replace(hour=0, minute=0, second=0, microsecond=0) - 30 * DAY
    lately = {event["Failure Type"] for event in failures if event["datetime"] >= first_day}
    devices = {"Device unreachable", "Device disconnected"}
    return bool(
        devices & lately
        or any(ever[kind] >= 2 for kind in devices)
        or ever["Invalid mobile number"]
        or ever["Unknown error"] >= 5
    )


@st.composite
def sends(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    """Return a shop in which every reason not to text somebody is likely, rows drawn whole by number."""
    random = Random(draw(st.integers(0, 99_999)))
    size = draw(st.integers(1, 14))
    profiles = [
        {
            "profile_id": f"p{number}",
            "phone_number": random.choice([*PHONES, "+16175550123", "+16175550124"]),
            "country": "US",
            "sms_consent": random.choice([*CONSENTS, *["SUBSCRIBED"] * 6]),
            "sms_consent_timestamp": random.choice(DATES),
            "Group": random.choice(["in", "out"]),
            "Left out": random.random() < 0.1,
        }
        for number in range(size)
    ]
    edges = [AS_OF - 24 * HOUR - TICK, AS_OF - 24 * HOUR, AS_OF - HOUR, AS_OF, AS_OF + TICK, AS_OF - 400 * DAY]
    old = [AS_OF.replace(hour=0) - 30 * DAY, AS_OF.replace(hour=0) - 30 * DAY - TICK, AS_OF - 400 * DAY]
    texts = [received(f"p{random.randrange(size)}", random.choice(edges)) for _ in range(random.randrange(4))]
    failures = [
        failed(f"p{random.randrange(size)}", random.choice(FAILURES), random.choice(old))
        for _ in range(random.choice([0, 0, 3, 9]))
    ]
    return profiles, [*texts, *failures]


SEGMENTS = {
    "everybody": EVERYBODY,
    "a group": sk.Segment("Group", sk.has("Group", equals="in")),
    "subscribers": sk.sms_subscribers(),
    "who can't receive": OPPOSITE,
}


@pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
@settings(max_examples=150)
@given(sends(), st.sets(st.sampled_from(sorted(SEGMENTS)), min_size=1), st.sampled_from([0, 1, 24]))
def test_everybody_included_has_the_one_reason_that_a_slow_reading_finds(
    shop: tuple[list[Row], list[Row]], names: set[str], hours: int
):
    """Step by step and profile by profile, the waterfall is what the rules say, and it adds up exactly."""
    profiles, events = shop
    dataset = shop_of(profiles, events)
    include = [SEGMENTS[name] for name in sorted(names)]
    everybody = sk.membership(include, dataset)
    send = sk.audience(
        include, dataset, exclude=sk.Segment("Left out", sk.has("Left out", equals=True)), smart_sending_hours=hours
    )
    included = set(everybody.index[everybody.any(axis=1)])
    expected = expected_reasons(profiles, events, include=included, hours=hours)
    waterfall = send.waterfall.set_index("step")

    assert expected == send.reasons.to_dict()
    assert included == set(send.reasons.index)
    assert {name: waterfall.loc[name, "removed"] for name in ORDER} == {
        name: list(expected.values()).count(name) for name in ORDER
    }
    assert len(included) == waterfall.loc["included", "remaining"]
    assert len(included) - waterfall["removed"].sum() == waterfall.loc[SENDABLE, "remaining"] == send.size
    assert (waterfall["remaining"] == len(included) - waterfall["removed"].cumsum()).all()
    assert {name for name, reason in expected.items() if reason == SENDABLE} == set(send.profiles.index)


@pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
@settings(max_examples=30)
@given(sends(), st.sampled_from([EVERYBODY, OPPOSITE]))
def test_nobody_without_consent_reaches_a_file(shop: tuple[list[Row], list[Row]], segment: sk.Segment):
    """Whatever the segment says, in every layout there are subscribers with a dialled number alone, each number once."""
    profiles, events = shop
    dataset = shop_of(profiles, events)
    consented = {row["profile_id"] for row in profiles if str(row["sms_consent"]).casefold() == "subscribed"}
    numbers = {PHONES[row["phone_number"]][0] for row in profiles if row["profile_id"] in consented}
    send = sk.audience(segment, dataset)
    with tempfile.TemporaryDirectory() as folder:
        rows = {
            layout: written(send, Path(folder) / f"{layout}.csv", layout) for layout in ("klaviyo", "members", "hashed")
        }

    ids = [row["profile_id"] for row in rows["members"]]
    phones = [row["Phone Number"] for row in rows["klaviyo"]]
    assert set(ids) <= consented
    assert set(phones) <= numbers
    assert len(phones) == len(set(phones)) == len(ids)
    assert [row["phone_number"] for row in rows["members"]] == phones
    assert [row["google_phone_sha256"] for row in rows["hashed"]] == [sha256(phone) for phone in phones]
    assert segment is not OPPOSITE or ids == []


@pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
@settings(max_examples=50)
@given(sends(), st.sampled_from(sorted(SEGMENTS)))
def test_the_count_under_a_slider_is_the_size_of_the_audience(shop: tuple[list[Row], list[Row]], name: str):
    """A gate that is worked out once counts for any segment what a whole audience of it would be."""
    dataset = shop_of(*shop)
    recipients = (sk.audience(SEGMENTS[name], dataset).reasons == SENDABLE).sum()

    assert Eligibility(dataset).size(engine_of(dataset), SEGMENTS[name].condition) == recipients


def written(send: sk.SmsAudience, path: Path, layout: Any) -> list[dict[str, str]]:
    """Write a file and read it back."""
    send.write_csv(path, layout=layout)
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def sha256(text: str) -> str:
    """Return the digest of a text as ad platforms take it."""
    return hashlib.sha256(text.encode()).hexdigest()


STOPPED: dict[str, tuple[Row, list[Row]]] = {
    "excluded": (profile("ann", **{"Left out": True}), []),
    "not subscribed": (profile("ann", sms_consent="unsubscribed"), []),
    "no phone": (profile("ann", phone_number=None), []),
    "invalid number": (profile("ann", phone_number="+447700900123"), []),
    "country not served": (profile("ann", phone_number="+17875550123"), []),
    "fails": (profile("ann"), [failed("ann", "Invalid mobile number")]),
    "just texted": (profile("ann"), [received("ann", AS_OF)]),
    "unsubscribed elsewhere": (profile("ann", sms_consent_timestamp=None), []),
}
"""A profile who is stopped at each step and at no later one, if a profile with the same number has unsubscribed."""


@pytest.mark.parametrize("first", range(len(STOPPED)))
def test_the_first_step_that_stops_a_profile_is_its_reason(first: int):
    """Somebody whom every later step would stop too is counted at the earliest, in the order of the waterfall."""
    row, events = profile("ann"), []
    for name in list(STOPPED)[first:]:
        changed, more = STOPPED[name]
        row |= {
            key: value
            for key, value in changed.items()
            if value != profile("ann").get(key) and row[key] == profile("ann")[key]
        }
        events += more
    withdrawn = profile("bob", phone_number=row["phone_number"], sms_consent="unsubscribed")
    send = sk.audience(
        EVERYBODY, shop_of([row, withdrawn], events), exclude=sk.Segment("Out", sk.has("Left out", equals=True))
    )

    assert list(STOPPED)[first] == send.reasons["ann"]


def test_a_landline_is_no_number_to_text():
    """A valid number that is known to be no mobile is left out, and says so."""
    found = reasons([profile("ann", phone_number="+442079460123"), profile("bea", phone_number="+491713920001")])

    assert {"ann": "invalid number", "bea": SENDABLE} == found


def test_a_territory_of_the_united_states_is_not_served():
    """Klaviyo texts the fifty states and Canada under +1, and not Puerto Rico."""
    numbers = {"us": "+16175550123", "ca": "+14165550123", "pr": "+17875550123"}
    found = reasons([profile(name, phone_number=number) for name, number in numbers.items()])

    assert {"us": SENDABLE, "ca": SENDABLE, "pr": "country not served"} == found


def test_countries_may_be_narrowed_or_widened():
    """Where texts can go to depends on the sender, said in two letters of any case, one or several."""
    people = [profile("us"), profile("pr", phone_number="+17875550123")]

    assert {"us": "country not served", "pr": SENDABLE} == reasons(people, countries=["PR"])
    assert {"us": SENDABLE, "pr": SENDABLE} == reasons(people, countries=["us", "pr"])
    assert {"us": SENDABLE, "pr": "country not served"} == reasons(people, countries="US")


@pytest.mark.parametrize("countries", [["USA"], [], ["UK"], [3]], ids=str)
def test_a_country_that_is_none_is_refused(countries: Any):
    """A misspelled country would silently send to nobody."""
    with pytest.raises(DefinitionError, match=r"two letters|two-letter"):
        reasons([profile("ann")], countries=countries)


def test_smart_sending_at_its_exact_edge():
    """Who received a text exactly 24 hours ago is left out, and who received it a microsecond earlier is not; later texts count."""
    moments = {"edge": AS_OF - 24 * HOUR, "before": AS_OF - 24 * HOUR - TICK, "now": AS_OF, "ahead": AS_OF + TICK}
    people = [profile(name, phone_number=f"+1617555010{number}") for number, name in enumerate(moments)]
    found = reasons(people, [received(name, moment) for name, moment in moments.items()])

    assert {"edge": "just texted", "before": SENDABLE, "now": "just texted", "ahead": "just texted"} == found


def test_the_window_begins_before_the_newest_event_if_that_is_earlier():
    """The close of a day that is not over does not make last evening's text look old."""
    people = [profile("ann"), profile("bea", phone_number="+16175550124")]
    morning = AS_OF.replace(hour=9)
    texts = [received("ann", morning - 24 * HOUR), received("bea", morning - 24 * HOUR - TICK)]
    visit = {"profile_id": "bea", "metric": "Viewed Product", "datetime": morning}
    shop = sk.Dataset.from_frames(pd.DataFrame(people), pd.DataFrame([*texts, visit]), as_of="2026-06-30")

    assert {"ann": "just texted", "bea": SENDABLE} == sk.audience(EVERYBODY, shop).reasons.to_dict()


def test_smart_sending_can_be_widened_and_switched_off():
    """Another number of hours moves the edge, and none leaves nobody out."""
    visit = {"profile_id": "ann", "metric": "Viewed Product", "datetime": AS_OF}
    people, texts = [profile("ann")], [received("ann", AS_OF - 30 * HOUR), visit]

    assert {"ann": SENDABLE} == reasons(people, texts)
    assert {"ann": "just texted"} == reasons(people, texts, smart_sending_hours=30)
    assert {"ann": SENDABLE} == reasons(people, [received("ann", AS_OF)], smart_sending_hours=0)
    with pytest.raises(DefinitionError, match="smart_sending_hours must be a whole number, 0 or more, but it is -1"):
        reasons(people, texts, smart_sending_hours=-1)


def test_who_is_known_to_fail_may_be_said_by_any_segment():
    """Another rule takes the place of the published one, whether or not the data records failures."""
    bad = sk.Segment("Bad", sk.has("Group", equals="bad"))
    people = [profile("ann", Group="bad"), profile("bea", phone_number="+16175550124")]

    assert {"ann": "fails", "bea": SENDABLE} == reasons(people, failing=bad)
    assert {"ann": "fails", "bea": SENDABLE} == reasons(people, [failed("bea", "Invalid mobile number")], failing=bad)
    with pytest.raises(DefinitionError, match="To make a segment of a condition"):
        reasons(people, failing=sk.is_set("Group"))


def test_data_without_texts_and_failures_stops_nobody():
    """A shop that records neither has nobody stopped by them; that they could not be checked is tested with eligibility."""
    assert {"ann": SENDABLE} == reasons([profile("ann")])


WITHDRAWALS: dict[str, tuple[datetime | None, datetime | None, str]] = {
    "later": (AS_OF - 2 * DAY, AS_OF - DAY, "unsubscribed elsewhere"),
    "at the same moment": (AS_OF - DAY, AS_OF - DAY, "unsubscribed elsewhere"),
    "earlier": (AS_OF - DAY, AS_OF - 2 * DAY, SENDABLE),
    "undated": (AS_OF - DAY, None, "unsubscribed elsewhere"),
    "from an undated consent": (None, AS_OF - 2 * DAY, "unsubscribed elsewhere"),
    "both undated": (None, None, "unsubscribed elsewhere"),
}


@pytest.mark.parametrize(("subscribed", "withdrawn", "reason"), WITHDRAWALS.values(), ids=WITHDRAWALS)
def test_consent_belongs_to_the_number(subscribed: datetime | None, withdrawn: datetime | None, reason: str):
    """A number that unsubscribed on another profile is not texted, unless it was subscribed afresh since, and that is known."""
    profiles = [
        profile("ann", sms_consent_timestamp=subscribed),
        profile("old ann", sms_consent="unsubscribed", sms_consent_timestamp=withdrawn),
    ]

    assert {"ann": reason, "old ann": "not subscribed"} == reasons(profiles)


def test_a_withdrawal_counts_wherever_it_is():
    """Also on a profile that no segment includes, however the number is written, and the latest of several."""
    people = [
        profile("ann", sms_consent_timestamp=AS_OF - 2 * DAY),
        profile("x", sms_consent="unsubscribed", sms_consent_timestamp=AS_OF - 3 * DAY, Group="out"),
        profile(
            "y",
            phone_number="1 (617) 555-0123",
            sms_consent="unsubscribed",
            sms_consent_timestamp=AS_OF - DAY,
            Group="out",
        ),
    ]
    send = sk.audience(sk.Segment("In", sk.has("Group", equals="in")), shop_of(people))

    assert {"ann": "unsubscribed elsewhere"} == send.reasons.to_dict()


def test_never_having_subscribed_elsewhere_withdraws_nothing():
    """Only who unsubscribed said no."""
    people = [profile("ann"), profile("bea", sms_consent="never_subscribed")]

    assert {"ann": SENDABLE, "bea": "not subscribed"} == reasons(people)


def test_data_without_dates_of_consent():
    """Without the column every withdrawal stands."""
    people = [profile("ann"), profile("bea", sms_consent="unsubscribed")]
    for row in people:
        del row["sms_consent_timestamp"]

    assert {"ann": "unsubscribed elsewhere", "bea": "not subscribed"} == reasons(people)


def test_each_number_is_texted_once():
    """Of several profiles with one number, however written, the first that may be texted is."""
    people = [
        profile("no", Group="in", sms_consent=None),
        profile("first", phone_number="1 (617) 555-0123"),
        profile("second"),
        profile("other", phone_number="+16175550124"),
    ]

    assert {"no": "not subscribed", "first": SENDABLE, "second": "same number", "other": SENDABLE} == reasons(people)


def test_an_excluded_profile_takes_its_number_along():
    """A text goes to a number: whoever has that of somebody excluded is excluded, too."""
    people = [profile("ann", **{"Left out": True}), profile("bea"), profile("cat", phone_number="+16175550124")]
    send = sk.audience(EVERYBODY, shop_of(people), exclude=sk.Segment("Out", sk.has("Left out", equals=True)))

    assert {"ann": "excluded", "bea": "excluded", "cat": SENDABLE} == send.reasons.to_dict()


def test_without_consent_in_the_data_nobody_is_texted():
    """A phone number alone is no consent."""
    people = pd.DataFrame({"profile_id": ["ann"], "phone_number": ["+16175550123"]})
    send = sk.audience(EVERYBODY, sk.Dataset.from_frames(people, as_of=AS_OF))

    assert {"ann": "not subscribed"} == send.reasons.to_dict()


def test_without_phones_in_the_data_nobody_is_texted():
    """Consent alone is no phone number."""
    people = pd.DataFrame({"profile_id": ["ann"], "sms_consent": ["subscribed"]})
    send = sk.audience(EVERYBODY, sk.Dataset.from_frames(people, as_of=AS_OF))

    assert {"ann": "no phone"} == send.reasons.to_dict()


def test_somebody_in_several_segments_is_texted_once_and_out_if_in_any_excluded():
    """Included segments are joined by OR and so are excluded ones."""
    people = [profile("both"), profile("one", phone_number="+16175550124", Group="x")]
    groups = [sk.Segment(name, sk.has("Group", equals=name)) for name in ("in", "x")]
    dataset = shop_of(people)

    assert 2 == sk.audience([*groups, EVERYBODY], dataset).size
    assert ["one"] == sk.audience(EVERYBODY, dataset, exclude=groups[0]).profiles.index.tolist()
    assert [] == sk.audience(EVERYBODY, dataset, exclude=iter(groups)).profiles.index.tolist()


def test_the_waterfall_reads_from_included_to_sendable():
    """Each step has its meaning in words, removed counts fall from the remaining, and the steps stand in order."""
    people = [profile("ann"), profile("bea", sms_consent=None), profile("cat", phone_number=None)]
    waterfall = sk.audience(EVERYBODY, shop_of(people)).waterfall

    assert ["included", *ORDER, SENDABLE] == waterfall["step"].tolist()
    assert ["step", "meaning", "removed", "remaining", "checked_against"] == waterfall.columns.tolist()
    assert [3, 3, 2, 1, 1, 1, 1, 1, 1, 1, 1] == waterfall["remaining"].tolist()
    assert waterfall["meaning"].str.len().min() > 5


def test_an_audience_cannot_be_changed_from_outside(tmp_path: Path):
    """Whatever is done to the tables that it hands out, the same people are written, and the same waterfall."""
    people = [profile("ann"), profile("bea", phone_number=None)]
    send = sk.audience(EVERYBODY, shop_of(people))
    send.write_csv(tmp_path / "before.csv", layout="members")
    profiles, reasons_given, waterfall = send.profiles, send.reasons, send.waterfall
    profiles["phone_number"] = "+16175550199"
    profiles.loc["eve"] = profiles.loc["ann"]
    reasons_given["bea"] = SENDABLE
    waterfall["removed"] = 0
    send.write_csv(tmp_path / "after.csv", layout="members")
    for name in ("size", "profiles", "reasons", "waterfall"):
        with pytest.raises(AttributeError):
            setattr(send, name, None)

    assert (tmp_path / "before.csv").read_bytes() == (tmp_path / "after.csv").read_bytes()
    assert 1 == send.size
    assert {"ann": SENDABLE, "bea": "no phone"} == send.reasons.to_dict()


def test_a_list_in_a_cell_can_be_changed_from_outside_as_little():
    """Also what a cell holds is the reader's own."""
    people = [profile("ann", Interests=["x"]), profile("bea", Interests=None)]
    send = sk.audience(EVERYBODY, shop_of(people))
    send.profiles.loc["ann", "Interests"].append("y")

    assert ["x"] == send.profiles.loc["ann", "Interests"]
    assert ["x"] == people[0]["Interests"]


def test_a_text_to_a_number_counts_for_everybody_who_has_it():
    """Smart sending and failures go by the number: whom the text was meant for makes no difference to the phone."""
    people = [profile("ann"), profile("bea")]

    assert {"ann": "just texted", "bea": "just texted"} == reasons(people, [received("bea", AS_OF - HOUR)])
    assert {"ann": "fails", "bea": "fails"} == reasons(people, [failed("ann", "Invalid mobile number")])


def test_an_audience_prints_counts_and_nobody():
    """Notebooks are shared, so what an audience shows of itself holds no person."""
    send = sk.audience(EVERYBODY, shop_of([profile("ann", email="ann@example.com")]))

    assert "SmsAudience: 1 of 1 included profiles may be texted, as of 2026-06-30 12:00:00 UTC" == repr(send)
    assert AS_OF == send.as_of


def test_looked_at_from_another_moment_smart_sending_moves_along():
    """A text of yesterday is too recent today and forgotten tomorrow, if there is data of tomorrow."""
    visit = {"profile_id": "ann", "metric": "Viewed Product", "datetime": AS_OF + DAY}
    dataset = shop_of([profile("ann")], [received("ann", AS_OF - HOUR), visit])

    assert 0 == sk.audience(EVERYBODY, dataset).size
    assert 1 == sk.audience(EVERYBODY, dataset.with_as_of(AS_OF + DAY)).size
    assert 0 == sk.audience(EVERYBODY, shop_of([profile("ann")], [received("ann", AS_OF - HOUR)])).size


@pytest.mark.parametrize(
    ("include", "sentence"),
    [
        ([], "sk.audience needs at least one segment in include"),
        (sk.can_receive("sms"), "To make a segment of a condition"),
        ([EVERYBODY, EVERYBODY], "Two segments are both named 'Everybody'"),
    ],
)
def test_an_audience_needs_segments(include: Any, sentence: str):
    """An audience of nothing, of a nameless condition or of two of one name is refused."""
    with pytest.raises(DefinitionError, match=sentence):
        sk.audience(include, shop_of([profile("ann")]))


def test_write_members_is_for_looking_and_says_so(tmp_path: Path):
    """Every member is written, textable or not, and the manifest says that it is not to be sent to."""
    path = sk.write_members(OPPOSITE, shop_of([profile("ann"), profile("bea", sms_consent=None)]), tmp_path / "m.csv")

    assert "bea" in path.read_text(encoding="utf-8")
    assert "for analysis, not for sending" in (tmp_path / "m.csv.manifest.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "ask",
    [
        lambda group, other, shop: sk.audience(group, other, dataset=shop),
        lambda group, other, shop: sk.audience(group, exclude=other, dataset=shop),
        lambda group, other, shop: sk.audience(include=[group], exclude=[other], dataset=shop),
    ],
)
def test_the_form_with_the_shop_by_its_name_goes_on_and_is_told(ask):
    """It means what it meant, and a note at the line that uses it shows the form that stays."""
    dataset = shop_of([profile("ann", Out=True), profile("bea", Out=False)])
    out = sk.Segment("Out", sk.has("Out", equals=True))
    expected = sk.audience(EVERYBODY, dataset, exclude=out).reasons.to_dict()

    with pytest.warns(DeprecationWarning, match=r"write sk\.audience\(include, shop, exclude=\.\.\.\)") as told:
        found = ask(EVERYBODY, out, dataset)

    assert found.reasons.to_dict() == expected
    assert "excluded" in expected.values()
    assert {one.filename for one in told} == {__file__}
