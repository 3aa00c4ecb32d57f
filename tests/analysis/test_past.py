"""An answer about the past uses nothing that happened later; what can't be looked up for the past is named, or refused."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import doors
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference import PlainShop, Row, as_instant, is_set
from strategies import LIST_NAMES, SEEDS, event, funnel_atom, last_event_atom, list_atom, metric_atom, mixed, shops

import segkit as sk
from segkit.analysis.past import existing, notes_of_creation, notes_of_past
from segkit.definition.conditions import AllOf, AnyOf, Condition, ConsentCondition, Not
from segkit.definition.replay import known_only_today
from segkit.engine.engines import engine_of
from segkit.errors import DataError, DefinitionError
from segkit.errors.analysis import AnalysisError
from segkit.vocabulary import CONSENT_METRICS, canonical_metric

STATUSES = {"subscribed": "Subscribed to SMS Marketing", "unsubscribed": "Unsubscribed from SMS Marketing"}
TICK, DAY = timedelta(microseconds=1), timedelta(days=1)


def replayable(random: Random, depth: int = 2) -> Condition:
    """Return a condition of which every part can be looked up for a past moment."""
    if depth and random.random() < 0.7:
        parts = [replayable(random, depth - 1) for _ in range(random.choice([1, 2, 3]))]
        return random.choice([AllOf(tuple(parts)), AnyOf(tuple(parts)), Not(parts[0])])
    subscription = random.choice(["any", "unsubscribed", "never_subscribed"])
    consents = [ConsentCondition("sms", True, "subscribed"), ConsentCondition("sms", False, subscription)]
    atoms = [metric_atom, metric_atom, list_atom, funnel_atom, last_event_atom, lambda _: random.choice(consents)]
    return random.choice(atoms)(random)


def with_dates(shop: PlainShop) -> PlainShop:
    """Return a shop in which every entry of a list has a date, and every status of SMS consent a date and an event of that instant."""
    profiles = []
    events = [one for one in shop.events if canonical_metric(one["metric"]) not in CONSENT_METRICS["sms"]]
    for profile in shop.profiles:
        status, since = profile["sms_consent"], profile["sms_consent_timestamp"]
        if status not in STATUSES or since is None:
            profiles.append(profile | {"sms_consent": None, "sms_consent_timestamp": None})
        else:
            profiles.append(profile)
            events.append(consent_event(profile["profile_id"], status, since))
    lists = [one | {"joined": one["joined"] or shop.as_of + DAY} for one in shop.lists]
    return replace(shop, profiles=profiles, events=events, lists=lists)


def consent_event(profile_id: str, status: str, moment: datetime) -> Row:
    """Return the event that gives or withdraws consent."""
    empty = dict.fromkeys(["value", "Source", "Items", "Collections", "Gift"])
    return {"profile_id": profile_id, "metric": STATUSES[status], "datetime": moment, **empty}


def with_another_future(shop: PlainShop, moment: datetime, random: Random) -> PlainShop:
    """Return the same shop with other events, consent, list entries and profiles after a moment."""
    later = [moment + TICK, moment + DAY, moment + 9 * DAY]
    events = [one for one in shop.events if as_instant(one["datetime"], shop) <= moment]
    old = [one for one in shop.profiles if not is_set(one["created"], shop) or one["created"] <= moment]
    new = [one | {"profile_id": f"new {one['profile_id']}", "created": random.choice(later)} for one in shop.profiles]
    # A profile without a date of creation is known by its events alone.
    new += [shop.profiles[0] | {"profile_id": "undated", "created": None, "sms_consent": None}]
    ids = [one["profile_id"] for one in (*old, *new)]
    events += [event(random, shop.as_of, ids) | {"datetime": random.choice(later)} for _ in range(6)]
    profiles = [with_another_consent(one, random, later, events) for one in old]
    joined = [
        {"profile_id": random.choice(ids), "list_id": name, "joined": random.choice(later)} for name in LIST_NAMES
    ]
    return replace(
        shop,
        profiles=[*profiles, *new],
        events=events,
        lists=[*(one for one in shop.lists if one["joined"] <= moment), *joined],
    )


def with_another_consent(profile: Row, random: Random, later: list[datetime], events: list[Row]) -> Row:
    """Return a profile that, now and then, gave or withdrew consent later, with the event of it."""
    since = profile["sms_consent_timestamp"]
    if random.random() < 0.5 and (since is None or since < later[0]):
        return profile
    status, moment = random.choice(list(STATUSES)), random.choice(later)
    events.append(consent_event(profile["profile_id"], status, moment))
    return profile | {"sms_consent": status, "sms_consent_timestamp": moment}


def members(condition: Condition, shop: sk.Dataset, moment: datetime) -> set[str]:
    """Return who matched a condition and existed at a moment."""
    engine = engine_of(shop)
    rows = engine.at(moment).rows(AllOf((existing(engine), condition)), columns=[])
    return {one for batch in rows for one in batch.column("profile_id").to_pylist()}


@given(shops(), SEEDS, st.integers(0, 40))
def test_no_answer_about_the_past_changes_with_the_future(shop: PlainShop, seed: bytes, back: int):
    """Whatever happens after a moment, the members of a rule at that moment stay the same, and so does who existed."""
    random, moment, shop = mixed(seed, shop), shop.as_of - back * DAY, with_dates(shop)
    one, other = doors.by_frames(shop), doors.by_frames(with_another_future(shop, moment, random))

    for condition in (AllOf(()), *(replayable(random) for _ in range(10))):
        assert known_only_today(condition) == ()
        assert members(condition, one, moment) == members(condition, other, moment), condition
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
        (sk.in_list("VIP"), ["1 profile on the list 'VIP' has no date of joining"]),
        (sk.can_receive("sms"), ["2 profiles have a status of SMS consent without a usable date"]),
    ],
)
def test_what_is_known_only_today_is_named_with_its_count(shop: sk.Dataset, condition: Condition, told: list[str]):
    """A sentence for each thing, and none for what is replayed."""
    notes = notes_of_past([condition, condition], engine_of(shop))

    assert len(notes) == len(told)
    assert all(note.startswith(words) for note, words in zip(notes, told, strict=True))


def test_profiles_without_a_date_exist_from_their_first_event_on(shop: sk.Dataset):
    """And never, if they have none."""
    found = [members(AllOf(()), shop, shop.with_as_of(day).as_of) for day in ("2025-12-31", "2026-01-01", "2026-05-01")]

    assert found == [set(), {"ann"}, {"ann", "bea"}]
    assert notes_of_creation(engine_of(shop)) == [
        "2 profiles have no date of creation, so they count from their first event on."
    ]


def test_computed_properties_are_refused_and_named_if_they_are_allowed(shop: sk.Dataset):
    """They contain the future, so an analyst must accept them by name."""
    condition, engine = sk.has("churn_probability", at_most=0.2), engine_of(shop)

    with pytest.raises(AnalysisError, match=r"allow_todays=\['churn_probability'\]"):
        notes_of_past([condition], engine)
    assert "has seen the future" in notes_of_past([condition], engine, allow_todays=["churn_probability"])[0]
    with pytest.raises(DefinitionError, match="allow_todays must be a list of names"):
        notes_of_past([condition], engine, allow_todays="churn_probability")
    with pytest.raises(DataError, match="VIP"):
        notes_of_past([sk.in_list("VI")], engine)
