"""An answer about the past uses nothing that happened later; what can't be looked up for the past is named, or refused."""

from datetime import timedelta

import doors
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from past import members_then, replayable, with_another_future, with_dates
from reference import PlainShop
from strategies import SEEDS, mixed, shops

import segkit as sk
from segkit.analysis.past import notes_of_creation, notes_of_past
from segkit.definition.conditions import AllOf, Condition
from segkit.definition.replay import known_only_today
from segkit.engine.engines import engine_of
from segkit.errors import DataError, DefinitionError
from segkit.errors.analysis import AnalysisError

DAY = timedelta(days=1)


@given(shops(), SEEDS, st.integers(0, 40))
def test_no_answer_about_the_past_changes_with_the_future(shop: PlainShop, seed: bytes, back: int):
    """Whatever happens after a moment, the members of a rule at that moment stay the same, and so does who existed."""
    random, moment, shop = mixed(seed, shop), shop.as_of - back * DAY, with_dates(shop)
    one, other = doors.by_frames(shop), doors.by_frames(with_another_future(shop, moment, random))

    for condition in (AllOf(()), *(replayable(random) for _ in range(10))):
        assert known_only_today(condition) == ()
        assert members_then(condition, one, moment) == members_then(condition, other, moment), condition
    assert not any("consent" in note or "list" in note for note in notes_of_past([replayable(random)], engine_of(one)))


@pytest.fixture(scope="module")
def shop() -> sk.Dataset:
    """Return three profiles about which little is dated."""
    people = pd.DataFrame(
        {
            "profile_id": ["ann", "bea", "cid"],
            "created": ["2026-01-01", None, None],
            "sms_consent": ["subscribed", "unsubscribed", "subscribed"],
            "sms_consent_timestamp": ["2026-01-01", None, "1970-01-01"],
            "churn_probability": [0.1, 0.2, 0.3],
            "Gender": ["female", "female", None],
        }
    )
    events = pd.DataFrame({"profile_id": ["bea"], "metric": "Placed Order", "datetime": "2026-05-01", "value": [5.0]})
    lists = pd.DataFrame({"profile_id": ["ann", "bea"], "list_id": "VIP", "joined": ["2026-03-01", None]})
    return sk.Dataset.from_frames(people, events, lists=lists, as_of="2026-06-30")


@pytest.mark.parametrize(
    ("condition", "told"),
    [
        (sk.did("Placed Order"), []),
        (sk.has("Gender", equals="female"), ["'Gender' is known only as of today"]),
        (sk.is_set("Gender") & sk.is_set("Age"), ["'Gender', 'Age' are known only as of today"]),
        (sk.within(5, "miles", of=(42.0, -71.0)), ["A profile's location is known only as of today"]),
        (sk.in_list("VIP"), ["1 profile on the list 'VIP' has no joining date"]),
        (sk.can_receive("sms"), ["2 profiles have an SMS consent status without a usable date"]),
    ],
)
def test_what_is_known_only_today_is_named_with_its_count(shop: sk.Dataset, condition: Condition, told: list[str]):
    """A sentence for each thing, and none for what is replayed."""
    notes = notes_of_past([condition, condition], engine_of(shop))

    assert len(notes) == len(told)
    assert all(note.startswith(words) for note, words in zip(notes, told, strict=True))


def test_profiles_without_a_date_exist_from_their_first_event_on(shop: sk.Dataset):
    """And never, if they have none."""
    found = [
        members_then(AllOf(()), shop, shop.with_as_of(day).as_of) for day in ("2025-12-31", "2026-01-01", "2026-05-01")
    ]

    assert found == [set(), {"ann"}, {"ann", "bea"}]
    assert notes_of_creation(engine_of(shop)) == [
        "2 profiles have no creation date, so they count from their first event on."
    ]


def test_computed_properties_are_refused_and_named_if_they_are_allowed(shop: sk.Dataset):
    """They contain the future, so an analyst must accept them by name."""
    condition, engine = sk.has("churn_probability", at_most=0.2), engine_of(shop)

    with pytest.raises(AnalysisError, match=r"allow_todays=\['churn_probability'\]"):
        notes_of_past([condition], engine)
    assert "uses later events" in notes_of_past([condition], engine, allow_todays=["churn_probability"])[0]
    with pytest.raises(DefinitionError, match="allow_todays must be a list of names"):
        notes_of_past([condition], engine, allow_todays="churn_probability")
    with pytest.raises(DataError, match="VIP"):
        notes_of_past([sk.in_list("VI")], engine)


@pytest.mark.parametrize(
    ("dates", "told"),
    [
        (None, ["2 profiles have a suppressed email address without a usable date (email_suppressed_timestamp)"]),
        (["2026-03-01", "2026-04-01", None], []),
        (["2026-03-01", "1970-01-01", None], ["1 profile has a suppressed email address without a usable date"]),
    ],
)
def test_addresses_that_were_suppressed_at_an_unknown_time_are_counted(dates: list | None, told: list[str]):
    """Only in questions about email; those who are not suppressed need no date."""
    people = pd.DataFrame(
        {
            "profile_id": ["ann", "bea", "cid"],
            "created": "2025-01-01",
            "email": ["ann@example.com", "bea@example.com", "cid@example.com"],
            "email_consent": "SUBSCRIBED",
            "email_consent_timestamp": "2025-02-01",
            "email_suppressed": [True, True, False],
        }
    )
    people = people if dates is None else people.assign(email_suppressed_timestamp=dates)
    engine = engine_of(sk.Dataset.from_frames(people, as_of="2026-06-30"))
    notes = [note for note in notes_of_past([sk.can_receive("email")], engine) if "suppressed" in note]

    assert len(notes) == len(told)
    assert all(note.startswith(words) for note, words in zip(notes, told, strict=True))
    assert notes_of_past([sk.has("email_suppressed", equals=True)], engine) == [
        "'email_suppressed' is known only as of today, so today's value counts at every past moment."
    ]
