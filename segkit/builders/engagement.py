"""Build segments by how people respond to texts: subscribers, engaged, prefers SMS, engagement tracks, delivery errors."""

from typing import Annotated, NamedTuple

from segkit.definition.conditions import AnyOf
from segkit.definition.parameters import Choice, Range, builder
from segkit.definition.phrases import can_receive, did, did_not
from segkit.definition.segment import Segment

CLICKED = "Clicked SMS"
SUBSCRIBED = "Subscribed to SMS Marketing"
FAILED = "Failed to Deliver SMS"


class Schedule(NamedTuple):
    """The windows that define the tracks for a sending schedule, in days."""

    subscribed_days: int
    clicked_days: int
    lost_days: int


SCHEDULES = {
    "twice a week": Schedule(30, 60, 100),
    "weekly": Schedule(30, 90, 150),
    "every other week": Schedule(60, 120, 200),
    "monthly": Schedule(90, 150, 250),
}
"""Klaviyo's tracks by schedule (help article 360044556071 of 2026-04-21).

Klaviyo publishes only the weekly schedule in full. For the others, `lost_days`, the end of track B, is our choice: five thirds of
`clicked_days`, as in the weekly schedule.
"""


@builder
def sms_subscribers() -> Segment:
    """Build a segment of everybody who may receive SMS marketing, the base of every other SMS segment.

    Klaviyo advises building other segments on it, and texting all of it only rarely (help article 360047879512).

    >>> sms_subscribers().condition == can_receive("sms")
    True
    """
    return Segment(
        "SMS subscribers",
        can_receive("sms"),
        "Everybody who may be texted, over all lists: build on it, and text it as a whole only rarely.",
    )


@builder
def sms_engaged(
    *,
    clicked_days: Annotated[int, Range(7, 365, unit="days")] = 90,
    subscribed_days: Annotated[int, Range(7, 180, unit="days")] = 30,
) -> Segment:
    """Build a segment of people who recently clicked a text or subscribed.

    Args:
        clicked_days: includes people who clicked SMS at least once in the last `clicked_days` days. Klaviyo's older guide uses 30.
        subscribed_days: includes people who subscribed to SMS in the last `subscribed_days` days.

    Clicks are recorded only in messages with one of the platform's short links. If your messages have none, use a longer window
    (Klaviyo help articles 360047879512 and 360044556071).

    >>> sms_engaged(clicked_days=30).name
    'SMS engaged'
    """
    return Segment(
        "SMS engaged",
        can_receive("sms") & (did(SUBSCRIBED, in_last_days=subscribed_days) | did(CLICKED, in_last_days=clicked_days)),
        "People who still take an interest in texts: the safest audience for a regular send.",
    )


@builder
def prefers_sms(
    *,
    clicks: Annotated[int, Range(1, 10, unit="clicks")] = 1,
    clicked_days: Annotated[int, Range(7, 365, unit="days")] = 60,
    email_days: Annotated[int, Range(7, 365, unit="days")] = 60,
    count_opens: bool = True,
) -> Segment:
    """Build a segment of people who click texts and may be emailed, but ignore email.

    Args:
        clicks: minimum number of SMS clicks.
        clicked_days: counts clicks in the last `clicked_days` days. The published number is cut off, so 60 is taken from the email
            window.
        email_days: includes only people who opened and clicked no email in the last `email_days` days.
        count_opens: whether an open counts as a response. Mail proxies open mail by themselves, so people who never read email
            may seem to open it. With False, only clicks count.

    Source: Klaviyo Academy, "Build essential text message segments".

    >>> prefers_sms().condition.conditions[1].channel
    'email'
    """
    condition = (
        can_receive("sms")
        & can_receive("email")
        & did(CLICKED, at_least=clicks, in_last_days=clicked_days)
        & did_not("Clicked Email", in_last_days=email_days)
    )
    if count_opens:
        condition &= did_not("Opened Email", in_last_days=email_days)
    return Segment(
        "Prefers SMS",
        condition,
        "People whom a text reaches and an email does not: text them, and skip the email.",
    )


@builder
def engagement_tracks(
    *,
    schedule: Annotated[str, Choice(*SCHEDULES)] = "weekly",
    exclusive: bool = False,
) -> tuple[Segment, Segment, Segment]:
    """Build three segments by engagement for a sending schedule: track A high, B medium and C low.

    Args:
        schedule: how often texts go to track A.
        exclusive: removes members of A from B and C, so that nobody is in two tracks. As published, A and B overlap: a profile that
            clicked 10 and 100 days ago is in both.

    As published, track A looks for the Subscribed event, but track B looks at the date of the consent status. A profile with a recent
    status and no such event is therefore in none of the three. Source: Klaviyo help article 360044556071.

    >>> [track.name for track in engagement_tracks(schedule="monthly")]
    ['Track A (monthly)', 'Track B (monthly)', 'Track C (monthly)']
    """
    days = SCHEDULES[schedule]
    settled = can_receive("sms", since_at_least_days_ago=days.subscribed_days)
    high = can_receive("sms") & (
        did(SUBSCRIBED, in_last_days=days.subscribed_days) | did(CLICKED, in_last_days=days.clicked_days)
    )
    medium = settled & did(CLICKED, between_days_ago=(days.clicked_days + 1, days.lost_days))
    low = settled & did_not(CLICKED, in_last_days=days.lost_days)
    if exclusive:
        not_new = did_not(SUBSCRIBED, in_last_days=days.subscribed_days)
        medium = medium & did_not(CLICKED, in_last_days=days.clicked_days) & not_new
        low = low & not_new
    return (
        Segment(f"Track A ({schedule})", high, f"High engagement: send to them {schedule}."),
        Segment(
            f"Track B ({schedule})", medium, "Medium engagement: send half as often, try an offer, ask what they want."
        ),
        Segment(f"Track C ({schedule})", low, "Low engagement: one text a month to keep warm, and the biggest sales."),
    )


@builder
def sms_delivery_errors(
    *,
    recent_days: Annotated[int, Range(7, 180, unit="days")] = 30,
    device_failures: Annotated[int, Range(1, 10, unit="failures")] = 2,
    unknown_failures: Annotated[int, Range(1, 20, unit="failures")] = 5,
) -> Segment:
    """Build a segment of numbers that texts do not reach. Leave them out of normal sends, and retry them about once a month.

    Args:
        recent_days: includes profiles whose device was unreachable or disconnected at least once in the last `recent_days` days.
        device_failures: includes profiles whose device was unreachable, or disconnected, at least this many times at any time.
        unknown_failures: includes profiles with at least this many unknown errors at any time.

    One "invalid mobile number" at any time is always enough. Source: Klaviyo help article 9821790118171.

    >>> len(sms_delivery_errors().condition.conditions[1].conditions)
    6
    """
    device = [{"Failure Type": "Device unreachable"}, {"Failure Type": "Device disconnected"}]
    failing = AnyOf(
        (
            *(did(FAILED, at_least=1, in_last_days=recent_days, where=reason) for reason in device),
            *(did(FAILED, at_least=device_failures, where=reason) for reason in device),
            did(FAILED, at_least=1, where={"Failure Type": "Invalid mobile number"}),
            did(FAILED, at_least=unknown_failures, where={"Failure Type": "Unknown error"}),
        )
    )
    return Segment(
        "SMS delivery errors",
        can_receive("sms") & failing,
        "Texts to these numbers fail: leave them out of campaigns, and try them about once a month.",
    )
