"""Why a profile is in or out: the verdict of every condition, the evidence, and how far it is from the threshold."""

# ruff: noqa: SIM300  # expected == actual, throughout

import doors
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import PlainShop, members
from strategies import shops, trees

import segkit as sk
from segkit.definition.conditions import AllOf, AnyOf, Condition
from segkit.definition.phrases import did_in_order, no_step
from segkit.errors import DataError

NAN = float("nan")


def told(condition: Condition, shop: sk.Dataset, profile_id: str) -> list[tuple[str, bool, str, float]]:
    """Return the rows of why, without the segment's name before the first."""
    table = sk.why(sk.Segment("S", condition), shop, profile_id=profile_id)
    table.loc[0, "condition"] = table.loc[0, "condition"].removeprefix("S: ")
    return list(table.itertuples(index=False, name=None))


def one(condition: Condition, shop: sk.Dataset, profile_id: str) -> tuple[bool, str, float]:
    """Return verdict, evidence and distance of a condition of one line."""
    [(_, *row)] = told(condition, shop, profile_id)
    return row[0], row[1], row[2]


@pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
@settings(max_examples=50)
@given(shops(), trees(), st.data())
def test_verdicts_are_those_of_membership(shop: PlainShop, condition: Condition, data: st.DataObject):
    """The first line is whether the profile is a member, for every condition on every shop."""
    profile_id = data.draw(st.sampled_from([row["profile_id"] for row in shop.profiles]))
    table = sk.why(sk.Segment("S", condition), doors.by_frames(shop), profile_id=profile_id)

    assert (profile_id in members(condition, shop)) == table.loc[0, "is_true"]
    assert "bool" == str(table["is_true"].dtype)


def test_every_part_has_its_own_line_and_verdict(tiny_shop: sk.Dataset):
    """The whole comes first with how many of its parts hold, and parts stand indented below it."""
    condition = sk.can_receive("sms") & (sk.did("Clicked SMS", in_last_days=30) | ~sk.has("Age", at_least=18))
    table = pd.DataFrame(
        told(condition, tiny_shop, "bea"), columns=["condition", "is_true", "evidence", "to_threshold"]
    )

    assert [
        ("all of", True),
        ("  can receive SMS marketing (subscribed)", True),
        ("  any of", True),
        ("    did Clicked SMS at least once in the last 30 days", False),
        ("    not", True),
        ("      have Age that is at least 18", False),
    ] == list(table[["condition", "is_true"]].itertuples(index=False, name=None))
    assert "2 of 2 true" == table.loc[0, "evidence"]
    assert "1 of 2 true" == table.loc[2, "evidence"]


def test_the_first_line_names_the_segment(tiny_shop: sk.Dataset):
    """A table that is passed on says whose question it answers."""
    assert (
        "SMS subscribers: can receive SMS marketing (subscribed)"
        == (sk.why(sk.sms_subscribers(), tiny_shop, profile_id="ann").loc[0, "condition"])
    )


@pytest.mark.parametrize("condition", [AllOf(()), AnyOf(())], ids=["everybody", "nobody"])
def test_no_conditions_are_a_line_too(tiny_shop: sk.Dataset, condition: Condition):
    """Everybody and nobody have no parts to show."""
    assert (condition == AllOf(()), "0 of 0 true") == one(condition, tiny_shop, "ann")[:2]


def test_a_count_shows_how_many_and_the_newest(tiny_shop: sk.Dataset):
    """Three clicks are wanted and one was made: two are missing, and the newest is dated."""
    assert (False, "1 event; the newest on 2026-05-31, 30 days ago", 2.0) == one(
        sk.did("Clicked SMS", at_least=3), tiny_shop, "ann"
    )


def test_a_count_of_none(tiny_shop: sk.Dataset):
    """Nothing in the timeframe has no date, and the whole threshold to go."""
    assert (False, "0 events in the timeframe", 1.0) == one(sk.did("Clicked SMS", in_last_days=29), tiny_shop, "ann")


def test_a_count_looks_only_into_its_timeframe(tiny_shop: sk.Dataset):
    """Fay clicked three times, twice between 91 and 150 days ago, of which the newest is told."""
    assert (True, "2 events; the newest on 2026-03-31, 91 days ago", -1.0) == one(
        sk.did("Clicked SMS", at_least=1, between_days_ago=(91, 150)), tiny_shop, "fay"
    )


def test_events_after_as_of_are_no_evidence(tiny_shop: sk.Dataset):
    """Dan's click lies a microsecond ahead, so he has not clicked."""
    assert (False, "0 events in the timeframe", 1.0) == one(sk.did("Clicked SMS"), tiny_shop, "dan")


def test_a_sum_shows_the_amount_exactly(tiny_shop: sk.Dataset):
    """0.1 and 0.2 are 0.3, and what is missing is not blurred by floats either."""
    assert (True, "0.3 in all; the newest on 2026-06-28, 2 days ago", 0.0) == one(
        sk.spent(at_least=0.3), tiny_shop, "ann"
    )
    assert (False, "66.67 in all; the newest on 2026-06-24, 6 days ago", 0.01) == one(
        sk.spent(at_least=66.68), tiny_shop, "dan"
    )


def test_a_condition_on_events_counts_those_that_pass(tiny_shop: sk.Dataset):
    """One of two orders came from the web; the date is that of the newest order, and says so."""
    is_true, evidence, to_threshold = one(sk.did("Placed Order", at_least=2, where={"Source": "web"}), tiny_shop, "ann")

    assert (False, 1.0) == (is_true, to_threshold)
    assert evidence == "1 event; the newest in the timeframe, whatever its properties, on 2026-06-28, 2 days ago"


def test_a_number_shows_its_value_and_the_distance(tiny_shop: sk.Dataset):
    """Bea is 17 where 18 is wanted; Ann's prediction is exactly at the limit."""
    assert (False, "Age is 17.0", 1.0) == one(sk.has("Age", at_least=18), tiny_shop, "bea")
    assert (True, "predicted_clv is 10.0", 0.0) == one(sk.has("predicted_clv", at_most=10), tiny_shop, "ann")


def test_an_unset_property_is_told_as_such(tiny_shop: sk.Dataset):
    """Who has no age is at no distance from a threshold."""
    is_true, evidence, to_threshold = one(sk.has("Age", at_least=18), tiny_shop, "dan")

    assert (False, "Age is not set") == (is_true, evidence)
    assert np.isnan(to_threshold)


@pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
def test_a_value_of_another_kind_has_no_distance():
    """A text that spells a number is one to a condition that asks for it, so it is one here, and a truth is none."""
    shop = sk.Dataset.from_frames(
        pd.DataFrame({"profile_id": ["text", "truth", "number"], "Age": ["18", True, 18]}), as_of="2026-06-30"
    )
    distances = {name: one(sk.has("Age", at_least=20), shop, name)[2] for name in ("text", "truth", "number")}

    assert {"text": 2.0, "number": 2.0} == {
        name: distance for name, distance in distances.items() if not np.isnan(distance)
    }


@pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
def test_a_number_written_in_a_csv_cell_has_a_distance(tmp_path):
    """There a cell is read as what the condition asks for."""
    (tmp_path / "profiles.csv").write_text("profile_id,Age\nann,18\nbea,1_8\n", encoding="utf-8")
    shop = sk.load(tmp_path, as_of="2026-06-30")

    assert (False, "Age is 18", 2.0) == one(sk.has("Age", at_least=20), shop, "ann")
    assert np.isnan(one(sk.has("Age", at_least=20), shop, "bea")[2])


@pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
def test_texts_truths_lists_and_dates_show_their_value(tiny_shop: sk.Dataset):
    """The value is the evidence, and it has no distance."""
    conditions = {
        sk.has("city", equals="Boston"): (False, "city is boston"),
        sk.has("Parent", equals=True): (False, "Parent is False"),
        sk.has("Interests", contains_item="launches"): (True, "Interests is ['launches']"),
        sk.has("Interests", contains_all_of=["launches", "restocks"]): (False, "Interests is ['launches']"),
        sk.has("Interests", contains_text_in_item="launch"): (True, "Interests is ['launches']"),
        sk.has("Birthday", anniversary_today=True): (True, "Birthday is 1990-06-30"),
        sk.is_set("Badge"): (True, "Badge is 007"),
        sk.is_not_set("latitude"): (True, "latitude is not set"),
    }
    found = {condition: one(condition, tiny_shop, "bea") for condition in conditions}

    assert conditions == {condition: row[:2] for condition, row in found.items()}
    assert all(np.isnan(row[2]) for row in found.values())


def test_contains_is_one_line(tiny_shop: sk.Dataset):
    """What one phrase said is answered once, without a complaint about the reading that does not apply."""
    assert (True, "Interests is ['launches']") == one(sk.has("Interests", contains="launches"), tiny_shop, "bea")[:2]
    assert 2 == len(told(~sk.has("Interests", contains="launches"), tiny_shop, "bea"))


def test_consent_shows_word_and_date(tiny_shop: sk.Dataset):
    """For SMS the consent and its date; for email also whether there is an address and a suppression."""
    assert (True, "sms_consent is subscribed; sms_consent_timestamp is 2026-05-31 00:00:00+00:00") == one(
        sk.can_receive("sms"), tiny_shop, "ann"
    )[:2]
    assert (False, "email_consent is subscribed; email is set; email_suppressed is True") == one(
        sk.can_receive("email"), tiny_shop, "bea"
    )[:2]


@pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
def test_consent_shows_what_narrows_it(tmp_path):
    """The columns that a narrower condition asks for are evidence, too."""
    shop = sk.Dataset.from_frames(
        pd.DataFrame({"profile_id": ["ann"], "sms_consent": ["subscribed"], "sms_consent_method": ["checkout"]}),
        as_of="2026-06-30",
    )

    assert (False, "sms_consent is subscribed; sms_consent_method is checkout") == one(
        sk.can_receive("sms", method="form"), shop, "ann"
    )[:2]


WALKS = {
    "taken": ("A1 B2", "A on 2026-06-01 to B on 2026-06-02"),
    "taken more than once": ("A1 B2 A3 B4", "A on 2026-06-03 to B on 2026-06-04"),
    "half taken": ("B1 A2", "1 of 2 steps taken in this order, A on 2026-06-02 was the last"),
    "not begun": ("B1", "0 of 2 steps taken in this order"),
    "too slow": ("A1 B9", "all steps taken in this order, in 8 days at the fastest"),
}


@pytest.mark.parametrize(("story", "evidence"), WALKS.values(), ids=WALKS)
def test_steps_show_how_far_they_were_taken(story: str, evidence: str):
    """When the first and the last were taken, or how far it went, or how long it took where that was too long."""
    days = [(token[0], f"2026-06-0{token[1]}") for token in story.split()]
    events = pd.DataFrame([{"profile_id": "ann", "metric": metric, "datetime": day} for metric, day in days])
    stranger = pd.DataFrame({"profile_id": "bea", "metric": ["A", "B"], "datetime": "2026-06-10"})
    shop = sk.Dataset.from_frames(pd.DataFrame({"profile_id": ["ann", "bea"]}), pd.concat([events, stranger]))
    is_true, found, to_threshold = one(did_in_order("A", "B", within_days=7), shop, "ann")

    assert (story.startswith("A1 B2"), evidence) == (is_true, found)
    assert np.isnan(to_threshold)


def test_a_step_not_to_be_taken_shows_that_it_was(tiny_shop: sk.Dataset):
    """Cat ordered, and then ordered again; Bea ordered and never came by SMS."""
    again = did_in_order("Placed Order", no_step("Placed Order"), before="2026-06-23")
    ordered_only = did_in_order("Placed Order", no_step("Clicked SMS"), in_last_days=8)

    assert (True, "Placed Order on 2026-06-22") == one(again, tiny_shop, "cat")[:2]
    assert (True, "Placed Order on 2026-06-25") == one(ordered_only, tiny_shop, "bea")[:2]
    assert (False, "all steps taken in this order, but also one that must not be taken") == one(
        ordered_only, tiny_shop, "cat"
    )[:2]


def test_a_list_shows_since_when(tiny_shop: sk.Dataset):
    """On it since a day, on it since nobody knows when, or not on it."""
    asked = {name: one(sk.in_list("VIP upload"), tiny_shop, name)[:2] for name in ("ann", "cat", "eve")}

    assert {
        "ann": (True, "on it, joined 2026-05-31"),
        "cat": (True, "on it, joined on an unknown date"),
        "eve": (False, "not on it"),
    } == asked


def test_a_distance_shows_how_far(tiny_shop: sk.Dataset):
    """Cambridge is some three miles from Boston's 02110, so 27 inside the limit; who has no place has no distance."""
    is_true, evidence, to_threshold = one(sk.within(30, "miles", of="02110"), tiny_shop, "bea")
    is_near, nowhere, no_distance = one(sk.beyond(30, "kilometers", of="02110"), tiny_shop, "hal")

    assert is_true
    assert evidence.startswith("lives 2.7")
    assert evidence.endswith(" miles away")
    assert 27.2 < to_threshold < 27.4
    assert (False, "no known location") == (is_near, nowhere)
    assert np.isnan(no_distance)


def test_a_distance_is_in_the_units_asked_in(tiny_shop: sk.Dataset):
    """The same way is longer in kilometers."""
    miles = one(sk.within(30, "miles", of="02110"), tiny_shop, "bea")[2]
    kilometers = one(sk.within(30, "kilometers", of="02110"), tiny_shop, "bea")[2]

    assert pytest.approx((30 - miles) * 1.609344) == 30 - kilometers


def test_a_phones_country_shows_the_country_or_the_reason(tiny_shop: sk.Dataset):
    """The number's country, why the number is none, or that there is none; never the number."""
    asked = {name: one(sk.phone_country("US"), tiny_shop, name)[:2] for name in ("ann", "bea", "gus", "dan")}

    assert {
        "ann": (True, "the number is from US"),
        "bea": (False, "the number is from CA"),
        "gus": (False, "not a valid number"),
        "dan": (False, "no phone number"),
    } == asked


def test_a_region_shows_the_country(tiny_shop: sk.Dataset):
    """Whatever spelling was read, its two letters; and where nobody knows it, that."""
    asked = {name: one(sk.in_region("united_states"), tiny_shop, name)[:2] for name in ("ann", "cat", "hal")}

    assert {
        "ann": (True, "the country is US"),
        "cat": (False, "the country is DE"),
        "hal": (False, "no known country"),
    } == asked


def test_nobodys_address_or_number_is_shown(tiny_shop: sk.Dataset):
    """Of what would reach a person, only whether it is set, also under Klaviyo's own header."""
    people = sk.Dataset.from_frames(pd.DataFrame({"profile_id": ["a"], "first_name": ["Ann"]}), as_of="2026-06-30")
    assert "Ann" not in sk.why(sk.Segment("S", sk.is_set("First Name")), people, profile_id="a").to_string()
    condition = (
        sk.is_set("email")
        & sk.is_set("phone_number")
        & sk.can_receive("sms")
        & sk.can_receive("email")
        & sk.has("email", ends_with=".com")
        & sk.phone_country("US")
    )
    for row in tiny_shop.profiles.itertuples():
        shown = sk.why(sk.Segment("S", condition), tiny_shop, profile_id=row.Index).to_string()
        assert "@" not in shown
        assert "555" not in shown
        assert "7700" not in shown


def test_a_profile_that_is_not_there_is_refused(tiny_shop: sk.Dataset):
    """The error says what ids look like."""
    with pytest.raises(DataError, match=r"No profile has the id 'Ann'\. Ids are case-sensitive text, such as 'ann'"):
        sk.why(sk.sms_subscribers(), tiny_shop, profile_id="Ann")


def test_the_answer_is_a_table(tiny_shop: sk.Dataset):
    """Four columns, a row for each condition, numbered from the top."""
    table = sk.why(sk.sms_engaged(), tiny_shop, profile_id="ann")

    assert ["condition", "is_true", "evidence", "to_threshold"] == table.columns.tolist()
    assert list(range(5)) == table.index.tolist()
    assert ["bool", "float64"] == [str(table[name].dtype) for name in ("is_true", "to_threshold")]


def test_whose_verdict_is_asked_for_may_stand_third(tiny_shop: sk.Dataset):
    """By its place as by its name, the profile is the same."""
    segment = sk.Segment("Adults", sk.has("Age", at_least=18))

    pd.testing.assert_frame_equal(sk.why(segment, tiny_shop, "ann"), sk.why(segment, tiny_shop, profile_id="ann"))
