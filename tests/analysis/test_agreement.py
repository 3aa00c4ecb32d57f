"""Each documented edge explains the difference that it alone makes, and what two answers have in common adds up."""

# ruff: noqa: SIM300  # expected == actual, throughout

from datetime import UTC, datetime, timedelta
from typing import Any

import doors
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference import PlainShop
from strategies import Asked, asked

import segkit as sk
from segkit.analysis.agreement import Agreement, compare_members
from segkit.definition.conditions import Condition
from segkit.definition.phrases import did_in_order
from segkit.errors import DataError, DefinitionError

NOON = datetime(2026, 6, 30, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = 24 * HOUR
MIDNIGHT = NOON - 12 * HOUR
TICK = timedelta(microseconds=1)

SUBSCRIBED = "Subscribed to SMS Marketing"
CLICKED = sk.did("Clicked SMS", in_last_days=90)


def shop(*events: tuple[str, str, datetime], lists: pd.DataFrame | None = None, **consents: datetime) -> sk.Dataset:
    """Return three subscribed profiles, looked at from noon, with dates of consent where given."""
    profiles = [
        {"profile_id": name, "sms_consent": "subscribed", "sms_consent_timestamp": consents.get(name)}
        for name in ("ann", "bea", "cat")
    ]
    frame = pd.DataFrame(profiles).astype({"sms_consent_timestamp": "datetime64[us, UTC]"})
    log = pd.DataFrame(list(events), columns=["profile_id", "metric", "datetime"]) if events else None
    return sk.Dataset.from_frames(frame, log, lists=lists, as_of=NOON)


def compared(condition: Condition, dataset: sk.Dataset, theirs: Any, **words: Any) -> Agreement:
    """Return the comparison of a segment with this condition."""
    return compare_members(sk.Segment("asked", condition), dataset, theirs, **words)


def told(agreement: Agreement) -> dict[str, tuple[bool, bool, str]]:
    """Return the table as plain values."""
    return {name: tuple(row) for name, *row in agreement.differences.itertuples()}


def test_equal_answers_leave_an_empty_table():
    """Who agrees about everybody has nothing to explain, and the table keeps its shape."""
    agreement = compared(CLICKED, shop(("ann", "Clicked SMS", NOON)), ["ann"])

    assert (1, 0, 0) == (agreement.both, agreement.only_here, agreement.only_there)
    assert ["here", "there", "explanation"] == list(agreement.differences.columns)
    assert "profile_id" == agreement.differences.index.name
    assert agreement.differences.empty
    assert {0} == set(agreement.explained.values())


def test_an_unknown_id_is_told_apart():
    """An id that nobody here has is a difference of its own, after those of profiles."""
    agreement = compared(CLICKED, shop(("bea", "Clicked SMS", NOON)), ["zoe", "ann", "bea"])

    assert {"ann": (False, True, "unexplained"), "zoe": (False, True, "not among the profiles")} == told(agreement)
    assert ["ann", "zoe"] == agreement.differences.index.tolist()


VIP = pd.DataFrame({"profile_id": ["ann"], "list_id": ["VIP"], "joined": [NOON - 5 * HOUR]})


@pytest.mark.parametrize(("clicked", "explanation"), [
    (MIDNIGHT - 91 * DAY, "the daily sweep"),
    (MIDNIGHT - 90 * DAY - TICK, "the daily sweep"),
    (MIDNIGHT - 91 * DAY - TICK, "unexplained"),
])  # fmt: skip
def test_a_click_that_fell_out_at_midnight_waits_for_the_sweep(clicked: datetime, explanation: str):
    """Who was in until last midnight may still be shown by Klaviyo; who left a midnight earlier may not."""
    agreement = compared(CLICKED, shop(("ann", "Clicked SMS", clicked)), ["ann"])

    assert {"ann": (False, True, explanation)} == told(agreement)


@pytest.mark.parametrize(("nearest", "clicked"), [(91, MIDNIGHT - 91 * DAY), (1, MIDNIGHT - TICK)])
def test_the_passing_of_time_that_lets_in_waits_for_the_sweep_too(nearest: int, clicked: datetime):
    """A window that begins in the past is entered by time alone, and so at the next sweep only, from the last instant of a day on."""
    window = sk.did("Clicked SMS", between_days_ago=(nearest, 150))
    agreement = compared(window, shop(("ann", "Clicked SMS", clicked)), [])

    assert {"ann": (True, False, "the daily sweep")} == told(agreement)


@pytest.mark.parametrize(("condition", "data"), [
    (sk.did("Clicked SMS", in_last_hours=2), shop(("ann", "Clicked SMS", NOON - 5 * HOUR))),
    (sk.in_list("VIP", in_last_hours=2), shop(lists=VIP)),
    (sk.can_receive("sms", since_in_last_hours=2), shop(ann=NOON - 5 * HOUR)),
    (sk.has("sms_consent_timestamp", between_hours_ago=(1, 3)), shop(ann=NOON - 5 * HOUR)),
], ids=["event", "list entry", "consent", "property"])  # fmt: skip
def test_a_window_of_hours_is_followed_hour_by_hour(condition: Condition, data: sk.Dataset):
    """Who came in and fell out again between two sweeps was in at an hour between."""
    agreement = compared(condition, data, ["ann"])

    assert {"ann": (False, True, "the daily sweep")} == told(agreement)


def test_a_funnel_that_fell_out_at_midnight_waits_for_the_sweep():
    """Steps in an order leave the timeframe like any event."""
    steps = did_in_order("Clicked SMS", "Placed Order", in_last_days=30)
    data = shop(("ann", "Clicked SMS", MIDNIGHT - 31 * DAY), ("ann", "Placed Order", NOON - 5 * DAY))

    assert {"ann": (False, True, "the daily sweep")} == told(compared(steps, data, ["ann"]))


@pytest.mark.parametrize(("condition", "data"), [
    (CLICKED, shop(("ann", "Clicked SMS", NOON - HOUR))),
    (sk.in_list("VIP"), shop(lists=VIP)),
    (sk.can_receive("sms", since_in_last_days=9), shop(("ann", SUBSCRIBED, NOON - HOUR), ann=NOON - HOUR)),
], ids=["event", "list entry", "consent"])  # fmt: skip
def test_what_happened_does_not_wait_for_the_sweep(condition: Condition, data: sk.Dataset):
    """Klaviyo acts on events at once, so a difference that something new makes is no matter of the sweep."""
    assert {"ann": (True, False, "unexplained")} == told(compared(condition, data, []))


BY_EVENT = sk.can_receive("sms") & sk.did(SUBSCRIBED, in_last_days=30)
BY_OLD_EVENT = sk.can_receive("sms") & sk.did("Consented to Receive SMS", in_last_days=30)
NOT_BY_EVENT = sk.can_receive("sms") & sk.did_not(SUBSCRIBED, in_last_days=30)
BY_DATE = sk.can_receive("sms", since_in_last_days=30)


@pytest.mark.parametrize(("condition", "here"), [
    (BY_EVENT, True), (BY_OLD_EVENT, True), (NOT_BY_EVENT, False), (BY_DATE, False),
])  # fmt: skip
def test_a_consent_of_two_dates(condition: Condition, here: bool):  # noqa: FBT001
    """A consent dated long ago, with a fresh event, is in by the one and out by the other."""
    data = shop(("ann", SUBSCRIBED, NOON - 5 * DAY), ann=NOON - 400 * DAY, bea=NOON - 400 * DAY, cat=NOON - 400 * DAY)
    ours = {name for name, is_in in sk.membership(sk.Segment("s", condition), data)["s"].items() if is_in}
    agreement = compared(condition, data, ours ^ {"ann"})

    assert {"ann": (here, not here, "status date against event")} == told(agreement)


def test_a_date_that_agrees_with_its_event_explains_nothing():
    """Where date and event say the same, a difference is none of theirs."""
    agreement = compared(BY_EVENT, shop(("ann", SUBSCRIBED, NOON - 5 * DAY), ann=NOON - 5 * DAY), [])

    assert {"ann": (True, False, "unexplained")} == told(agreement)


def test_without_dates_of_consent_the_event_stands_alone():
    """Data that has no dates of consent is compared all the same."""
    data = sk.Dataset.from_frames(
        pd.DataFrame({"profile_id": ["ann"], "sms_consent": ["subscribed"]}),
        pd.DataFrame({"profile_id": ["ann"], "metric": [SUBSCRIBED], "datetime": [NOON]}),
        as_of=NOON,
    )

    assert {"ann": (True, False, "unexplained")} == told(compared(BY_EVENT, data, []))


def test_what_happened_after_as_of_moved_people_since():
    """Events after the moment of our answer, and before that of theirs, let in and leave out."""
    data = shop(("ann", "Clicked SMS", NOON + HOUR), ("bea", "Clicked SMS", NOON), ("bea", "Placed Order", NOON + HOUR))
    condition = CLICKED & sk.did_not("Placed Order", in_last_days=9)

    expected = {"ann": (False, True, "joined after the pull"), "bea": (True, False, "left since")}
    assert expected == told(compared(condition, data, ["ann"]))
    assert expected == told(compared(condition, data, ["ann"], pulled_at=NOON + HOUR))
    assert {"unexplained"} == {why for *_, why in told(compared(condition, data, ["ann"], pulled_at=NOON)).values()}


@pytest.mark.parametrize(("joined", "explanation"), [
    (NOON + TICK, "joined after the pull"), (NOON, "unexplained"), (None, "unexplained"),
    ("2026-06-30T14:00:00+01:00", "joined after the pull"), ("2026-06-30T13:00:00+02:00", "unexplained"),
    ("soon", "unexplained"),
])  # fmt: skip
def test_their_own_date_of_joining_is_evidence(joined: object, explanation: str):
    """Who joined after as_of could not be in here; a date that is not known says nothing."""
    theirs = pd.DataFrame({"id": ["ann"], "joined_group_at": [joined]})
    agreement = compared(CLICKED, shop(("bea", "Clicked SMS", NOON - 400 * DAY)), theirs)

    assert {"ann": (False, True, explanation)} == told(agreement)


@pytest.mark.parametrize("theirs", [
    ["ann", "ann"], ("ann",), {"ann"}, iter(["ann"]), pd.Index(["ann"]), pd.Series(["ann"]),
    pd.DataFrame({"profile_id": ["ann", "ann"]}), pd.DataFrame({"email": ["a@example.com"]}, index=pd.Index(["ann"], name="profile_id")),
    pd.DataFrame({"Klaviyo ID": ["ann"]}),
], ids=lambda theirs: type(theirs).__name__)  # fmt: skip
def test_members_come_in_any_form(theirs: Any):
    """Ids, or a table with ids as index or column under any known spelling, are the same members, each counted once."""
    agreement = compared(CLICKED, shop(("ann", "Clicked SMS", NOON)), theirs)

    assert (1, 0, 0) == (agreement.both, agreement.only_here, agreement.only_there)


def test_of_a_table_of_several_segments_the_one_of_this_name_counts():
    """What `segkit pull --members-of` writes is taken as it is, and a table of a single segment whatever it is called."""
    data = shop(("ann", "Clicked SMS", NOON))
    pulled = pd.DataFrame({"profile_id": ["ann", "bea"], "segment": ["asked", "other"], "joined": ["2026-06-01"] * 2})

    assert compared(CLICKED, data, pulled).differences.empty
    assert compared(CLICKED, data, pulled[:1].replace("asked", "SegAaa")).differences.empty
    with pytest.raises(DefinitionError, match=r"can't be 'asked'.*'another', 'other'"):
        compared(CLICKED, data, pulled.replace("asked", "another"))


@pytest.mark.parametrize(("theirs", "kind", "said"), [
    ("ann", DefinitionError, "a list of profile ids"),
    (5, DefinitionError, "a list of profile ids"),
    ([None], DefinitionError, "profile id"),
    ([float("nan")], DefinitionError, "profile id"),
    (pd.Series(["ann", None]), DefinitionError, "profile id"),
    ([pd.NA], DefinitionError, "profile id"),
    (pd.DataFrame({"email": ["a@example.com"]}), DataError, "members given as theirs have no property 'profile_id'"),
])  # fmt: skip
def test_what_holds_no_ids_is_refused(theirs: Any, kind: type[Exception], said: str):
    """A name in place of several, a gap among ids and a table without ids are slips, and no members."""
    with pytest.raises(kind, match=said):
        compared(CLICKED, shop(("ann", "Clicked SMS", NOON)), theirs)


def test_their_answer_can_not_be_older_than_ours():
    """Ours can be looked at from an earlier moment, and that is what the message says."""
    with pytest.raises(DefinitionError, match=r"pulled_at must be no earlier .* dataset\.with_as_of\(pulled_at\)"):
        compared(CLICKED, shop(("ann", "Clicked SMS", NOON)), [], pulled_at="2026-06-29")


def test_it_prints_counts_and_never_people():
    """Shown in a notebook that is shared, it names no profile."""
    agreement = compared(CLICKED, shop(("ann", "Clicked SMS", NOON - 91 * DAY)), ["ann", "zoe"])

    assert (
        "asked, as of 2026-06-30 12:00:00 UTC: 0 in both, 0 only here, 2 only there\n"
        "  not among the profiles: 1 (nobody here has the id)\n"
        "  the daily sweep: 1 (moved by time alone, which Klaviyo acts on once in 24 hours)"
    ) == str(agreement) == repr(agreement)  # fmt: skip


def plain_answers(asked_for: Asked) -> tuple[sk.Dataset, PlainShop]:
    """Return a generated shop as a Dataset and as rows."""
    return doors.by_frames(asked_for.shop), asked_for.shop


@pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
@given(asked(), st.sets(st.integers(0, 9)), st.booleans())
def test_every_profile_is_counted_once(asked_for: Asked, flipped: set[int], stranger: bool):  # noqa: FBT001
    """Both, here and there make up either answer, explanations make up the differences, and the table holds exactly them."""
    dataset, rows = plain_answers(asked_for)
    ids = [row["profile_id"] for row in rows.profiles]
    for condition in asked_for.conditions[:3]:
        column = sk.membership(sk.Segment("asked", condition), dataset)["asked"]
        ours = set(column.index[column])
        theirs = ours ^ {ids[number] for number in flipped if number < len(ids)} | ({"?"} if stranger else set())
        agreement = compared(condition, dataset, theirs)

        assert (len(ours & theirs), len(ours - theirs), len(theirs - ours)) == (
            agreement.both, agreement.only_here, agreement.only_there,
        )  # fmt: skip
        assert ours ^ theirs == set(agreement.differences.index)
        assert len(ours ^ theirs) == sum(agreement.explained.values()) == len(agreement.differences)
        assert int(stranger) == agreement.explained["not among the profiles"]
