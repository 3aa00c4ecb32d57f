"""The segments of engagement say what Klaviyo published, to the number, and on data the tracks meet where they should."""

# ruff: noqa: SIM300  # expected == actual, throughout

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.definition.conditions import AllOf, AnyOf
from segkit.errors import DefinitionError

SMS = sk.can_receive("sms")
AS_OF = datetime(2026, 6, 30, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)

TRACK_A = {
    "twice a week": (30, 60),
    "weekly": (30, 90),
    "every other week": (60, 120),
    "monthly": (90, 150),
}
"""Subscribed in the last, clicked in the last, in days: Klaviyo's help article 360044556071 of 2026-04-21."""


def days_ago(days: int) -> datetime:
    """Return the midnight that opened the day so many days before `AS_OF`."""
    return datetime(2026, 6, 30, tzinfo=UTC) - timedelta(days=days)


def shop_of(
    people: dict[str, tuple[datetime, Iterable[datetime], Iterable[datetime]]], *, consent: str = "subscribed"
) -> sk.Dataset:
    """Return a shop of people, each with the date of the consent, of subscribing events and of clicks."""
    profiles = [
        {"profile_id": name, "sms_consent": consent, "sms_consent_timestamp": since}
        for name, (since, _, _) in people.items()
    ]
    events = [
        {"profile_id": name, "metric": metric, "datetime": moment}
        for name, (_, *kinds) in people.items()
        for metric, moments in zip(("Subscribed to SMS Marketing", "Clicked SMS"), kinds, strict=True)
        for moment in moments
    ]
    nobody = [
        {"profile_id": "zed", "metric": metric, "datetime": days_ago(2_000)}
        for metric in ("Clicked SMS", "Subscribed to SMS Marketing")
    ]
    zed = {"profile_id": "zed", "sms_consent": "never_subscribed", "sms_consent_timestamp": None}
    return sk.Dataset.from_frames(pd.DataFrame([*profiles, zed]), pd.DataFrame([*events, *nobody]), as_of=AS_OF)


def failing_shop(failures: dict[str, list[tuple[str, datetime]]]) -> sk.Dataset:
    """Return a shop of subscribers and their failures, each of a type and at a moment."""
    profiles = [{"profile_id": name, "sms_consent": "subscribed"} for name in failures]
    events = [
        {"profile_id": name, "metric": "Failed to Deliver SMS", "datetime": moment, "Failure Type": kind}
        for name, every in failures.items()
        for kind, moment in every
    ]
    return sk.Dataset.from_frames(pd.DataFrame(profiles), pd.DataFrame(events), as_of=AS_OF)


def members(segment: sk.Segment, shop: sk.Dataset) -> set[str]:
    """Return the ids of a segment's members."""
    return set(sk.members(segment, shop).index)


def tracks_of(shop: sk.Dataset, *, schedule: str = "weekly", exclusive: bool = False) -> list[set[str]]:
    """Return the members of the three tracks."""
    return [members(track, shop) for track in sk.engagement_tracks(schedule=schedule, exclusive=exclusive)]


def test_sms_subscribers_is_one_condition():
    """Everybody who may receive SMS marketing, and nothing more."""
    assert SMS == sk.sms_subscribers().condition


def test_sms_engaged_as_published():
    """Subscribed in the last 30 days, or clicked in the last 90."""
    subscribed = sk.did("Subscribed to SMS Marketing", at_least=1, in_last_days=30)
    clicked = sk.did("Clicked SMS", at_least=1, in_last_days=90)

    assert SMS & (subscribed | clicked) == sk.sms_engaged().condition


def test_sms_engaged_of_the_older_guide():
    """Klaviyo's older text has 30 days for both."""
    subscribed, clicked = (sk.did(metric, in_last_days=30) for metric in ("Subscribed to SMS Marketing", "Clicked SMS"))

    assert SMS & (subscribed | clicked) == sk.sms_engaged(clicked_days=30).condition


def test_prefers_sms_as_published():
    """Clicks texts, and could get email but has neither opened nor clicked any in 60 days."""
    condition = (
        SMS
        & sk.can_receive("email")
        & sk.did("Clicked SMS", at_least=1, in_last_days=60)
        & sk.did_not("Clicked Email", in_last_days=60)
        & sk.did_not("Opened Email", in_last_days=60)
    )

    assert condition == sk.prefers_sms().condition


def test_prefers_sms_without_opens():
    """Since mail proxies open mail by themselves, opens can be left out, and only they go."""
    with_opens, without = sk.prefers_sms().condition, sk.prefers_sms(count_opens=False).condition

    assert with_opens == without & sk.did_not("Opened Email", in_last_days=60)


def test_prefers_sms_on_data():
    """Who never takes notice of email prefers SMS; one click on an email is enough not to, and an open only if opens count."""
    names = ["only", "open", "click", "suppressed", "quiet"]
    profiles = pd.DataFrame({"profile_id": names, "sms_consent": "subscribed", "email_consent": None})
    profiles["email"] = profiles["profile_id"] + "@example.com"
    profiles["email_suppressed"] = profiles["profile_id"] == "suppressed"
    events = [(name, "Clicked SMS", 5) for name in names if name != "quiet"]
    events += [("open", "Opened Email", 59), ("click", "Clicked Email", 60), ("only", "Opened Email", 61)]
    shop = sk.Dataset.from_frames(
        profiles,
        pd.DataFrame(
            [{"profile_id": name, "metric": metric, "datetime": days_ago(days)} for name, metric, days in events]
        ),
        as_of=AS_OF,
    )

    assert {"only"} == members(sk.prefers_sms(), shop)
    assert {"only", "open"} == members(sk.prefers_sms(count_opens=False), shop)
    assert set() == members(sk.prefers_sms(clicks=2), shop)


@pytest.mark.parametrize(("schedule", "days"), TRACK_A.items())
def test_track_a_of_every_schedule(schedule: str, days: tuple[int, int]):
    """The higher the cadence, the more recent the interest that track A asks for."""
    subscribed_days, clicked_days = days
    subscribed = sk.did("Subscribed to SMS Marketing", in_last_days=subscribed_days)

    assert SMS & (subscribed | sk.did("Clicked SMS", in_last_days=clicked_days)) == (
        sk.engagement_tracks(schedule=schedule)[0].condition
    )


def test_weekly_tracks_as_published():
    """B clicked 91 to 150 days ago and C not in 150, both of those whose consent is at least 30 days old."""
    high, medium, low = sk.engagement_tracks()
    settled = sk.can_receive("sms", since_at_least_days_ago=30)

    assert sk.sms_engaged().condition == high.condition
    assert settled & sk.did("Clicked SMS", at_least=1, between_days_ago=(91, 150)) == medium.condition
    assert settled & sk.did_not("Clicked SMS", in_last_days=150) == low.condition


@pytest.mark.parametrize("schedule", TRACK_A)
def test_every_schedule_leaves_no_gap_between_its_windows(schedule: str):
    """Where track A's clicks end track B's begin, and where those end track C begins."""
    clicked_days = TRACK_A[schedule][1]
    medium, low = (track.condition.conditions for track in sk.engagement_tracks(schedule=schedule)[1:])  # type: ignore[union-attr]
    lost_days = low[1].timeframe.quantity

    assert (clicked_days + 1, lost_days) == (medium[1].timeframe.nearest, medium[1].timeframe.farthest)
    assert lost_days > clicked_days


def test_published_tracks_a_and_b_overlap():
    """Who clicked 10 and 100 days ago is in both, as Klaviyo has it; made exclusive, only in A."""
    shop = shop_of(
        {
            "both": (days_ago(400), [], [days_ago(10), days_ago(100)]),
            "b": (days_ago(400), [], [days_ago(100)]),
            "c": (days_ago(400), [], [days_ago(200)]),
        }
    )

    assert [{"both"}, {"both", "b"}, {"c"}] == tracks_of(shop)
    assert [{"both"}, {"b"}, {"c"}] == tracks_of(shop, exclusive=True)


def test_a_new_event_on_an_old_consent_is_in_two_published_tracks():
    """Track A looks at the subscribing event and B and C at the status date; where the two differ, exclusive tracks go by A."""
    shop = shop_of(
        {
            "c": (days_ago(400), [days_ago(5)], []),
            "b": (days_ago(400), [days_ago(5)], [days_ago(100)]),
        }
    )

    assert [{"b", "c"}, {"b"}, {"c"}] == tracks_of(shop)
    assert [{"b", "c"}, set(), set()] == tracks_of(shop, exclusive=True)


def test_a_new_consent_without_an_event_is_in_no_track():
    """Somebody whose status is under 30 days old, without a subscribing event and without a click, falls through all three."""
    shop = shop_of(
        {"new": (days_ago(29), [], []), "edge": (days_ago(30), [], []), "old": (days_ago(30) - TICK, [], [])}
    )

    assert [set(), set(), {"old"}] == tracks_of(shop)


def test_tracks_meet_at_midnights():
    """A click at the midnight 90 days ago is track A's, a microsecond before it track B's; the same at 150 between B and C."""
    shop = shop_of(
        {
            "a": (days_ago(400), [], [days_ago(90)]),
            "b": (days_ago(400), [], [days_ago(90) - TICK]),
            "b too": (days_ago(400), [], [days_ago(150)]),
            "c": (days_ago(400), [], [days_ago(150) - TICK]),
        }
    )

    assert [{"a"}, {"b", "b too"}, {"c"}] == tracks_of(shop)


def moments() -> st.SearchStrategy[Sequence[datetime]]:
    """Return a few moments at the edges of the tracks' windows."""
    edges = [30, 31, 60, 61, 90, 91, 100, 120, 121, 150, 151, 200, 250, 251]
    return st.lists(
        st.builds(lambda days, early: days_ago(days) - early * TICK, st.sampled_from(edges), st.booleans()), max_size=3
    )


@given(st.lists(st.tuples(moments(), moments(), moments()), min_size=1, max_size=8), st.sampled_from(sorted(TRACK_A)))
def test_exclusive_tracks_share_out_the_published_ones(people: list, schedule: str):
    """Nobody is in two exclusive tracks, each is part of its published one, A is unchanged, and together they lose nobody."""
    shop = shop_of(
        {
            f"p{number}": ((since or [None])[0], subscribed, clicked)
            for number, (since, subscribed, clicked) in enumerate(people)
        }
    )
    published, exclusive = tracks_of(shop, schedule=schedule), tracks_of(shop, schedule=schedule, exclusive=True)

    assert sum(map(len, exclusive)) == len(set.union(*exclusive))
    assert set.union(*published) == set.union(*exclusive)
    assert published[0] == exclusive[0]
    assert all(part <= whole for part, whole in zip(exclusive, published, strict=True))
    assert not published[1] & published[2]


def test_tracks_of_an_unknown_schedule_are_refused():
    """The published schedules are offered."""
    with pytest.raises(
        DefinitionError, match="The choices are: 'twice a week', 'weekly', 'every other week', 'monthly'"
    ):
        sk.engagement_tracks(schedule="daily")


def test_delivery_errors_as_published():
    """Two device failures ever or one lately, one invalid number, five unknown errors: any of them, among subscribers."""
    failed = "Failed to Deliver SMS"
    unreachable, disconnected = ({"Failure Type": f"Device {what}"} for what in ("unreachable", "disconnected"))
    failing = AnyOf(
        (
            sk.did(failed, at_least=1, in_last_days=30, where=unreachable),
            sk.did(failed, at_least=1, in_last_days=30, where=disconnected),
            sk.did(failed, at_least=2, where=unreachable),
            sk.did(failed, at_least=2, where=disconnected),
            sk.did(failed, at_least=1, where={"Failure Type": "Invalid mobile number"}),
            sk.did(failed, at_least=5, where={"Failure Type": "Unknown error"}),
        )
    )

    assert AllOf((SMS, failing)) == sk.sms_delivery_errors().condition


def test_delivery_errors_on_data():
    """One old device failure is forgiven and a second is not, two of different kinds are, and four unknown errors are too."""
    old = days_ago(300)
    shop = failing_shop(
        {
            "recent": [("Device unreachable", days_ago(30))],
            "forgiven": [("Device unreachable", days_ago(30) - TICK)],
            "twice": [("Device disconnected", old)] * 2,
            "one of each": [("Device disconnected", old), ("Device unreachable", old)],
            "invalid": [("Invalid mobile number", old)],
            "unknown": [("Unknown error", old)] * 5,
            "nearly": [("Unknown error", old)] * 4,
            "other": [("Message blocked", AS_OF)],
        }
    )

    assert {"recent", "twice", "invalid", "unknown"} == members(sk.sms_delivery_errors(), shop)


@pytest.mark.parametrize("consent", ["unsubscribed", "never_subscribed"])
def test_no_segment_of_engagement_holds_anybody_without_consent(consent: str):
    """However engaged, who is not subscribed is in none of them."""
    shop = shop_of({"ann": (days_ago(5), [days_ago(5)], [days_ago(5), days_ago(100)])}, consent=consent)
    segments = [sk.sms_subscribers(), sk.sms_engaged(), *sk.engagement_tracks()]

    assert 0 == sk.membership(segments, shop).to_numpy().sum()
