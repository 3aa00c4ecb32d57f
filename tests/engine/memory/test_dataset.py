"""A Dataset is a shop as of a moment: which moment, what it lets one ask of it, and that it prints no person."""

from datetime import UTC, date, datetime, timedelta, timezone

import numpy as np
import pandas as pd
import pytest

import segkit as sk
from segkit.engine.memory.dataset import Dataset
from segkit.errors import DataError

PEOPLE = pd.DataFrame({
    "profile_id": ["ann", "bea", "cat"],
    "email": ["ann.lee@example.com", None, "cat@example.com"],
    "phone_number": ["(617) 555-0123", "+442079460123", "12"],
    "first_name": ["Annabel", "Beatrix", None],
    "country": ["US", None, "Germany"],
    "sms_consent": ["Subscribed", "UNSUBSCRIBED", None],
    "created": ["2026-01-01T00:00:00Z", "2026-02-03T04:05:06.789Z", None],
    "expected_date_of_next_order": ["2027-01-01T00:00:00Z", None, None],
    "Age": [18, None, 30],
})  # fmt: skip
CLICKS = pd.DataFrame({
    "profile_id": ["ann", "ann", "bea"],
    "metric": "Clicked SMS",
    "datetime": ["2026-06-01T00:00:00Z", "2026-06-20T12:00:00Z", "2026-06-30T11:22:33Z"],
})  # fmt: skip
CLICKED = sk.Segment("clicked", sk.did("Clicked SMS", in_last_days=15))


def clicked(shop):
    """Return who clicked in the 15 days before the shop's moment."""
    column = sk.membership(CLICKED, shop)["clicked"]
    return set(column.index[column])


MOMENTS = {
    "a date as text": ("2026-06-30", "2026-06-30T23:59:59.999999+00:00"),
    "blanks around": (" 2026-06-30 ", "2026-06-30T23:59:59.999999+00:00"),
    "a date": (date(2026, 6, 30), "2026-06-30T23:59:59.999999+00:00"),
    "an instant as text": ("2026-06-30T12:00:00Z", "2026-06-30T12:00:00+00:00"),
    "an instant with an offset": ("2026-06-30T01:00:00+02:00", "2026-06-29T23:00:00+00:00"),
    "a naive instant as text": ("2026-06-30 12:00", "2026-06-30T12:00:00+00:00"),
    "midnight": ("2026-06-30T00:00:00", "2026-06-30T00:00:00+00:00"),
    "a datetime": (datetime(2026, 6, 30, 1, tzinfo=timezone(timedelta(hours=2))), "2026-06-29T23:00:00+00:00"),
    "a naive datetime": (datetime(2026, 6, 30, 12), "2026-06-30T12:00:00+00:00"),  # noqa: DTZ001  # naive on purpose
    "a Timestamp": (pd.Timestamp("2026-06-30 12:00", tz="Asia/Tokyo"), "2026-06-30T03:00:00+00:00"),
    "a leap day": ("2024-02-29", "2024-02-29T23:59:59.999999+00:00"),
}


@pytest.mark.parametrize("name", MOMENTS)
def test_a_moment_may_be_given_in_many_ways(name):
    """A date means the close of that day, an instant itself, and what names no zone is UTC."""
    given, meant = MOMENTS[name]
    shop = Dataset.from_frames(PEOPLE, CLICKS, as_of=given)
    assert shop.as_of.isoformat() == meant
    assert shop.with_as_of(given).as_of == shop.as_of


@pytest.mark.parametrize("given", [
    "yesterday", "", "2026-06", "30/06/2026", "2026-02-30", "now", 20260630, 0, True, 1.5, pd.NaT, float("nan"),
    np.datetime64("2026-06-30"), ["2026-06-30"], "9999-12-31", date.max, "0001-01-01T00:00:00+05:00",
])  # fmt: skip
def test_what_is_no_moment_is_an_error(given):
    """Words, numbers, missing values and the very ends of the calendar are refused with the forms that are taken."""
    with pytest.raises(DataError, match=r"as_of can't be .*'2026-06-30'.*offset") as error:
        Dataset.from_frames(PEOPLE, CLICKS, as_of=given)
    assert repr(given) in str(error.value)
    with pytest.raises(DataError, match="as_of can't be"):
        Dataset.from_frames(PEOPLE, CLICKS).with_as_of(given)


def test_the_moment_is_the_newest_event_if_none_is_given():
    """Without `as_of` the data is looked at from its newest event, in UTC, to the microsecond."""
    shop = Dataset.from_frames(PEOPLE, CLICKS)
    assert shop.as_of == datetime(2026, 6, 30, 11, 22, 33, tzinfo=UTC)
    assert clicked(shop) == {"ann", "bea"}


def test_without_events_the_moment_is_the_newest_date_that_has_passed():
    """Profiles alone are looked at from their newest date, and an order that is only expected says nothing."""
    assert Dataset.from_frames(PEOPLE).as_of == datetime(2026, 2, 3, 4, 5, 6, 789_000, tzinfo=UTC)


def test_without_any_date_a_moment_must_be_given():
    """Nothing reads the clock: undated data is an error that says how to give the moment."""
    undated = PEOPLE.drop(columns="created")
    with pytest.raises(DataError, match=r"sk\.load\(\.\.\., as_of="):
        Dataset.from_frames(undated)
    assert len(Dataset.from_frames(undated, as_of="2026-06-30")) == 3


def test_another_moment_changes_answers_and_shares_the_data():
    """`with_as_of` answers for then without reading anything again, and leaves the shop that it came from as it was."""
    shop = Dataset.from_frames(PEOPLE, CLICKS)
    then = shop.with_as_of("2026-06-05")
    assert (clicked(shop), clicked(then), clicked(shop)) == ({"ann", "bea"}, {"ann"}, {"ann", "bea"})
    assert clicked(shop.with_as_of("2026-08-30")) == set()
    assert then.events is shop.events
    assert then.phones is shop.phones
    assert then.column("Age") is shop.column("Age")
    assert then.profile_ids.is_(shop.profile_ids)


def test_moments_may_be_asked_in_any_order():
    """What one moment has worked out never answers for another."""
    shop = Dataset.from_frames(PEOPLE, CLICKS)
    days = [f"2026-06-{day:02}" for day in (30, 1, 16, 21, 5, 30, 1)]
    alone = [clicked(Dataset.from_frames(PEOPLE, CLICKS, as_of=day)) for day in days]
    assert [clicked(shop.with_as_of(day)) for day in days] == alone


def test_events_after_the_moment_never_count_and_are_reported():
    """What had not happened yet is left out of every count, and the report says how many events that are."""
    shop = Dataset.from_frames(PEOPLE, CLICKS, as_of="2026-06-20T12:00:00Z")
    assert clicked(shop) == {"ann"}
    column = sk.membership(sk.Segment("ever", sk.did("Clicked SMS", equals=2)), shop)["ever"]
    assert column.tolist() == [True, False, False]
    late = shop.report[shop.report["issue"].str.startswith("events after as_of")]
    assert late[["table", "count", "resolution"]].to_numpy().tolist() == [["events", 1, "never counted"]]


def test_a_shop_prints_counts_and_dates_and_no_person():
    """Neither the shop nor its report shows a name, an address, an email or a whole phone number."""
    shop = Dataset.from_frames(PEOPLE, CLICKS)
    assert repr(shop) == (
        "Dataset: 3 profiles, 3 events of 1 metric, as of 2026-06-30 11:22:33 UTC, "
        f"{len(shop.report)} data issues (see .report)"
    )
    shown = repr(shop) + str(shop) + shop.report.to_string() + repr(shop.report)
    for secret in ("ann.lee", "cat@", "Annabel", "Beatrix", "5550123", "555-0123", "79460123"):
        assert secret not in shown


@pytest.mark.parametrize(("profiles", "events", "shown"), [
    (1, 0, "Dataset: 1 profile, no events, as of 2026-06-30 23:59:59 UTC"),
    (2, 0, "Dataset: 2 profiles, no events, as of 2026-06-30 23:59:59 UTC"),
    (1, 1, "Dataset: 1 profile, 1 event of 1 metric, as of 2026-06-30 23:59:59 UTC"),
    (2, 2, "Dataset: 2 profiles, 2 events of 2 metrics, as of 2026-06-30 23:59:59 UTC"),
])  # fmt: skip
def test_a_shop_without_faults_prints_none(profiles, events, shown):
    """One is one and two are two, and nothing is said of issues that are not there."""
    people = pd.DataFrame({"profile_id": ["ann", "bea"][:profiles], "sms_consent": "subscribed"})
    log = pd.DataFrame(
        {"profile_id": "ann", "metric": ["X", "Y"][:events], "datetime": pd.Timestamp("2026-06-01", tz="UTC")}
    )
    shop = Dataset.from_frames(people, log if events else None, as_of="2026-06-30")
    assert repr(shop) == shown
    assert shop.report.columns.tolist() == ["table", "column", "issue", "count", "examples", "resolution"]
    assert shop.report.empty


def test_profiles_come_back_as_they_were_read():
    """The frame of all profiles has their ids as index, a column for each property, and phone numbers in E.164."""
    shop = Dataset.from_frames(PEOPLE, CLICKS)
    frame = shop.profiles
    assert frame.index.name == "profile_id"
    assert frame.index.tolist() == ["ann", "bea", "cat"]
    assert frame.columns.tolist() == shop.property_names == PEOPLE.columns.drop("profile_id").tolist()
    assert frame["phone_number"].tolist() == ["+16175550123", "+442079460123", "12"]
    assert frame["created"].tolist()[:2] == [
        pd.Timestamp("2026-01-01", tz="UTC"),
        pd.Timestamp("2026-02-03T04:05:06.789Z"),
    ]
    assert frame["sms_consent"].tolist() == ["subscribed", "unsubscribed", "never_subscribed"]
    pd.testing.assert_frame_equal(shop.rows(np.array([2, 0])), frame.iloc[[2, 0]])
    assert shop.rows(np.array([], dtype=np.int64)).shape == (0, len(frame.columns))


def test_profiles_may_have_no_properties():
    """Ids alone are a shop, whose members are ids without columns."""
    shop = Dataset.from_frames(PEOPLE[["profile_id"]], CLICKS)
    assert shop.profiles.index.tolist() == ["ann", "bea", "cat"]
    assert sk.members(CLICKED, shop).index.tolist() == ["ann", "bea"]


def test_a_profile_is_found_by_its_exact_id():
    """An unknown id is an error with an example of an id, in which an email address is covered."""
    shop = Dataset.from_frames(PEOPLE, CLICKS)
    assert [shop.row_of(profile_id) for profile_id in ("ann", "cat")] == [0, 2]
    with pytest.raises(DataError, match=r"No profile has the id 'Ann'.*such as 'ann'"):
        shop.row_of("Ann")
    by_email = Dataset.from_frames(PEOPLE.dropna(subset="email"), columns={"email": "profile_id", "profile_id": "Id"})
    with pytest.raises(DataError, match="No profile has the id 'ann'") as error:
        by_email.row_of("ann")
    assert "ann.lee@example.com" not in str(error.value)


def test_unknown_properties_and_lists_offer_near_names():
    """A property or list that the shop does not have is an error, since a slip of the pen would select nobody."""
    lists = pd.DataFrame({"profile_id": ["ann"], "list_id": ["VIP upload"]})
    shop = Dataset.from_frames(PEOPLE, CLICKS, lists=lists)
    with pytest.raises(DataError, match=r"no property 'age'.*'Age'"):
        shop.column("age")
    with pytest.raises(DataError, match=r"no list 'vip upload'.*'VIP upload'"):
        shop.list_entries("vip upload")
    with pytest.raises(DataError, match="has no lists"):
        Dataset.from_frames(PEOPLE, CLICKS).list_entries("VIP upload")
    assert shop.has_property("Age")
    assert not shop.has_property("age")


def test_consent_is_three_words():
    """Everybody is subscribed, unsubscribed or never subscribed on a channel, the last also without a word or a column."""
    shop = Dataset.from_frames(PEOPLE, CLICKS)
    words = ("subscribed", "unsubscribed", "never_subscribed")
    assert [shop.consent("sms", word).tolist() for word in words] == np.eye(3, dtype=bool).tolist()
    assert shop.consent("email", "never_subscribed").tolist() == [True] * 3
    assert not shop.consent("email", "subscribed").any()


@pytest.mark.parametrize(("written", "meant"), [
    ("SUBSCRIBED", "subscribed"), (" Subscribed ", "subscribed"), ("subscribe", "subscribed"), ("Unsubscribe", "unsubscribed"),
    ("UNSUBSCRIBED", "unsubscribed"), ("Never Subscribed", "never_subscribed"), ("NEVER_SUBSCRIBED", "never_subscribed"),
    ("never", "never_subscribed"), ("", "never_subscribed"),
])  # fmt: skip
def test_consent_words_may_be_spelled_as_exports_do(written, meant):
    """Capitals, blanks and underscores don't matter, and none of these words is reported as unknown."""
    people = pd.DataFrame({"profile_id": ["ann"], "sms_consent": [written], "email_consent": [written]})
    shop = Dataset.from_frames(people, as_of="2026-06-30")
    assert shop.consent("sms", meant).all()
    assert shop.consent("email", meant).all()
    assert shop.report.empty


def test_a_list_counts_those_who_had_joined():
    """Entries of unknown profiles are left out and reported, and who joined after the moment is not on the list yet."""
    lists = pd.DataFrame({
        "profile_id": ["ann", "bea", "cat", "zoe", "ann"],
        "list_id": ["VIP", "VIP", "VIP", "VIP", None],
        "joined": ["2026-01-01T00:00:00Z", "2026-06-25T00:00:00Z", None, None, None],
    })  # fmt: skip
    shop = Dataset.from_frames(PEOPLE, CLICKS, lists=lists, as_of="2026-06-30")
    on_it = sk.Segment("on it", sk.in_list("VIP"))
    assert sk.members(on_it, shop).index.tolist() == ["ann", "bea", "cat"]
    assert sk.members(on_it, shop.with_as_of("2026-06-24")).index.tolist() == ["ann", "cat"]
    recent = sk.Segment("recent", sk.in_list("VIP", in_last_days=10))
    assert sk.members(recent, shop).index.tolist() == ["bea"]
    found = shop.report.query("table == 'lists'")
    assert found[["issue", "count"]].to_numpy().tolist() == [
        ["rows of unknown profiles", 1],
        ["rows without a list", 1],
    ]


def test_countries_and_phones_follow_the_profiles():
    """Country codes and phone numbers are columns in the order of the profiles, null where nothing is known."""
    shop = Dataset.from_frames(PEOPLE, CLICKS)
    assert shop.countries.to_pylist() == ["US", None, "DE"]
    assert shop.phones.numbers.to_pylist() == ["+16175550123", "+442079460123", None]
    assert shop.phones.countries.to_pylist() == ["US", "GB", None]
    assert Dataset.from_frames(PEOPLE[["profile_id"]], CLICKS).countries.to_pylist() == [None] * 3


def test_a_shop_needs_profiles_or_events():
    """Lists alone are no shop, and neither is an empty table."""
    with pytest.raises(DataError, match="nothing to load"):
        Dataset.from_frames(None, lists=pd.DataFrame({"profile_id": ["ann"], "list_id": ["VIP"]}))
    with pytest.raises(DataError, match="profiles has no rows"):
        Dataset.from_frames(PEOPLE.iloc[:0], CLICKS)
    with pytest.raises(DataError, match="events has no rows"):
        Dataset.from_frames(PEOPLE, CLICKS.iloc[:0])


def test_a_frame_indexed_by_profile_id_loads():
    """What `shop.profiles` hands out can be loaded again: a named index is one more column."""
    shop = sk.Dataset.from_frames(pd.DataFrame({"profile_id": ["ann"], "Age": [17]}), as_of="2026-06-30")
    again = sk.Dataset.from_frames(shop.profiles, as_of="2026-06-30")

    assert again.profile_ids.tolist() == ["ann"]
    assert again.property_names == ["Age"]


def test_phones_print_counts_and_never_a_number():
    """The phones of a shop print how many are valid, since notebooks are shared."""
    people = pd.DataFrame({"profile_id": ["ann", "bea"], "phone_number": ["+16175550132", "n/a"]})
    shop = sk.Dataset.from_frames(people, as_of="2026-06-30")

    assert repr(shop.phones) == "Phones: 1 valid numbers of 2 cells"


def test_a_shop_is_equal_to_itself_alone():
    """`==` answers, and does not compare tables; so a shop can be a key, and be looked for in a list."""
    shop, other = (sk.Dataset.from_frames(PEOPLE, as_of="2026-06-30") for _ in range(2))

    assert shop == shop  # noqa: PLR0124  # that is what is asked
    assert shop != other
    assert shop != 5
    assert {shop: "found"}[shop] == "found"
    assert [other, shop].index(shop) == 1


def test_parts_of_a_shop_print_counts_and_no_arrays():
    """What an analyst who looks into a shop sees is short: how much there is."""
    events = pd.DataFrame(
        {"profile_id": ["a", "a"], "metric": ["Opened Email", "Clicked SMS"], "datetime": ["2026-06-01"] * 2}
    )
    lists = pd.DataFrame({"profile_id": ["a"], "list_id": ["VIP"]})
    shop = sk.Dataset.from_frames(pd.DataFrame({"profile_id": ["a"]}), events, lists=lists, as_of="2026-06-30")

    assert repr(shop.events) == "EventIndex: 2 events of 2 metrics"
    assert repr(shop.lists) == "{'VIP': ListEntries: 1 profile}"
    assert repr(shop.phones) == "Phones: 0 valid numbers of 1 cells"


def test_completion_offers_what_analysts_need_and_nothing_of_how_a_shop_is_held():
    """Each name that is offered is there and says what it is; the names of lists are among them, and arrays are not."""
    lists = pd.DataFrame({"profile_id": ["a", "a"], "list_id": ["VIP", "News"]})
    shop = sk.Dataset.from_frames(pd.DataFrame({"profile_id": ["a"]}), lists=lists, as_of="2026-06-30")

    assert all(hasattr(shop, name) for name in dir(shop))
    assert shop.list_names == ["VIP", "News"]
    assert not {"events", "phones", "cache", "_table", "of_checked"}.intersection(dir(shop))
