"""A condition's change has its true cause: a window between fixed dates never ages, and whoever subscribes has not withdrawn."""

from datetime import date

import pandas as pd
import pytest

import segkit as sk
from segkit.analysis.causes import why_flipped
from segkit.definition.conditions import Atom, ConsentCondition, FunnelCondition, FunnelStep, ListCondition
from segkit.definition.timeframes import ALL_TIME, AtLeastAgo, BetweenAgo, BetweenDates, InTheLast

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")


@pytest.mark.parametrize(
    ("segment", "cause"),
    [
        (sk.did("Placed Order", after="2026-06-01"), "an event happened"),
        (sk.did("Placed Order", between=("2026-06-01", "2026-06-30")), "an event happened"),
        (sk.did_not("Placed Order", after="2026-06-01"), "an event happened"),
        (sk.did("Placed Order", at_least_days_ago=15), "time passed"),
    ],
)
def test_only_an_event_changes_a_window_between_fixed_dates(segment: sk.Condition, cause: str):
    """One order of 10 June, seen from 5 June and from the end of the month."""
    orders = pd.DataFrame({"profile_id": ["a", "a"], "metric": ["Placed Order", "Active on Site"], "datetime": ["2026-06-10", "2026-01-01"]})  # fmt: skip
    shop = sk.Dataset.from_frames(None, orders, as_of="2026-06-30")

    assert sk.changes(sk.Segment("It", segment), shop, "2026-06-05").table["cause"].tolist() == [cause]


def test_a_condition_never_subscribed_ends_as_somebody_subscribes():
    """Which is the opposite of withdrawing consent, so consent given is named."""
    people = pd.DataFrame({"profile_id": ["a"], "created": ["2026-01-01"], "email": ["a@example.com"], "email_consent": ["SUBSCRIBED"], "email_consent_timestamp": ["2026-06-20"]})  # fmt: skip
    shop = sk.Dataset.from_frames(people, as_of="2026-06-30")
    never = sk.Segment("It", ConsentCondition("email", can_receive=True, subscription="never_subscribed"))
    (row,) = sk.changes(never, shop, "2026-06-10").table.to_dict("records")

    assert (row["change"], row["cause"].split(" or ")[0]) == ("left", "consent was given")


@pytest.mark.parametrize(
    ("channel", "can", "subscription", "became", "cause"),
    [
        ("sms", True, "any", True, "consent was given"),
        ("sms", True, "any", False, "consent was withdrawn"),
        ("sms", False, "any", True, "consent was withdrawn"),
        ("sms", False, "never_subscribed", False, "consent was given or consent was withdrawn"),
        ("email", True, "any", True, "consent was given"),
        ("email", True, "any", False, "consent was withdrawn or the email address was suppressed"),
        ("email", False, "subscribed", True, "consent was given or the email address was suppressed"),
        ("email", False, "never_subscribed", True, "the email address was suppressed"),
        ("email", True, "unsubscribed", True, "consent changed"),
    ],
)
def test_every_change_of_consent_that_flips_a_condition_is_named(channel, can, subscription, *, became, cause):
    """And none that can't."""
    assert why_flipped(ConsentCondition(channel, can, subscription), became=became) == cause


@pytest.mark.parametrize(
    ("atom", "became", "cause"),
    [
        (sk.did("Placed Order", equals=2, in_last_days=30), True, "an event happened, or time ran out"),
        (sk.did("Placed Order", equals=0, in_last_days=30), True, "time ran out"),
        (sk.did("Placed Order", in_last_days=30), True, "an event happened"),
        (ListCondition("VIP", joined=AtLeastAgo(30)), True, "time passed"),
        (ListCondition("VIP", joined=InTheLast(30)), False, "time ran out"),
        (ListCondition("VIP", is_member=False), False, "joined the list"),
        (ListCondition("VIP", joined=BetweenAgo(0, 9)), True, "joined the list"),
    ],
)
def test_what_time_and_what_an_event_can_do_depends_on_the_window(atom: Atom, *, became: bool, cause: str):
    """An exact count may be reached from above, as an event leaves the window."""
    assert why_flipped(atom, became=became) == cause


@pytest.mark.parametrize(
    ("timeframe", "is_taken", "causes"),
    [
        (ALL_TIME, True, ("an event happened", "another event happened")),
        (BetweenDates(date(2026, 6, 1), date(2026, 6, 9)), True, ("an event happened", "another event happened")),
        (InTheLast(9), True, ("an event happened", "time ran out, or another event happened")),
        (InTheLast(9), False, ("an event happened, or time ran out", "time ran out, or another event happened")),
        (AtLeastAgo(9), True, ("time passed", "time passed")),
    ],
)
def test_a_funnel_changes_by_events_and_only_a_moving_window_ages(timeframe, *, is_taken: bool, causes: tuple):
    """A first step that must not be taken is forgotten when it leaves the window."""
    funnel = FunnelCondition((FunnelStep("A", is_taken=is_taken), FunnelStep("B")), timeframe)

    assert tuple(why_flipped(funnel, became=became) for became in (True, False)) == causes
