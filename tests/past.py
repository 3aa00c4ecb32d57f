"""Conditions of which every part can be looked up for a past moment, and shops with the same past and another future."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from reference import PlainShop, Row, as_instant, is_set
from strategies import LIST_NAMES, event, funnel_atom, last_event_atom, list_atom, metric_atom

from segkit.analysis.past import existing
from segkit.definition.conditions import AllOf, AnyOf, Condition, ConsentCondition, Not
from segkit.engine.engines import Data, engine_of
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


def members_then(condition: Condition, shop: Data, moment: datetime) -> set[str]:
    """Return who matched a condition and existed at a moment."""
    engine = engine_of(shop)
    rows = engine.at(moment).rows(AllOf((existing(engine), condition)), columns=[])
    return {one for batch in rows for one in batch.column("profile_id").to_pylist()}
