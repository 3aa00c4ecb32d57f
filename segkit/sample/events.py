"""Generate the events of each synthetic person's texts and emails. `orders` generates orders and visits."""

from typing import NamedTuple

from segkit.sample.calendar import EMAILS, TEXTS, Campaign
from segkit.sample.draw import CLOSE, DAY, HOUR, Draw, day_of
from segkit.sample.people import Person

# When Klaviyo renamed its consent metrics. A shop's history has both names.
_RENAMED = day_of(2025, 1, 1) * DAY
# When the shop began to record "Received Email". It has opens and clicks from the beginning.
_EMAIL_RECORDED = day_of(2026, 4, 1) * DAY
_ENGAGED_DAYS = 120
_NEW_DAYS = 60
_GIVE_UP = 12
_FAILS = {
    "Invalid mobile number": 1.0,
    "Device disconnected": 0.85,
    "Device unreachable": 0.6,
    "Unknown error": 0.4,
}


class Event(NamedTuple):
    """One event of a person. `second` is the number of seconds since the shop opened, `cents` the value, and the other fields are properties."""

    second: int
    metric: str
    cents: int | None = None
    codes: str = ""
    discount: str = ""
    source: str = ""
    items: str = ""
    collections: str = ""
    failure: str = ""
    campaign: str = ""


def subscribed(metric: str) -> bool | None:
    """Return True if a metric gives SMS consent, False if it withdraws consent, or None. Accepts old and new names."""
    return {_GIVEN[0]: True, _GIVEN[1]: True, _WITHDRAWN[0]: False, _WITHDRAWN[1]: False}.get(metric)


_GIVEN = ("Consented to Receive SMS", "Subscribed to SMS Marketing")
_WITHDRAWN = ("Unsubscribed from SMS", "Unsubscribed from SMS Marketing")


def messages(person: Person, draw: Draw) -> list[Event]:
    """Generate the events of all texts and emails to one person, in no particular order."""
    return _texts(person, draw) + _emails(person, draw)


def _texts(person: Person, draw: Draw) -> list[Event]:
    """Generate SMS events: the person subscribes, reads for a while, may answer STOP, and may subscribe again."""
    events: list[Event] = []
    joined = person.joins_sms
    while joined < CLOSE:
        events.append(Event(joined, _GIVEN[joined >= _RENAMED]))
        stopped = _receive_texts(person, joined, events, draw)
        if stopped >= CLOSE:
            break
        events.append(Event(stopped, _WITHDRAWN[stopped >= _RENAMED]))
        joined = stopped + draw.whole(20, 200) * DAY if draw.chance(0.25) else CLOSE
    return [event for event in events if event.second < CLOSE]


def _receive_texts(person: Person, joined: int, events: list[Event], draw: Draw) -> int:
    """Add the events from a consent until the next STOP to `events`. Return the second of the STOP (CLOSE if there is none)."""
    if person.phone is None or person.phone.kind == "territory":
        return CLOSE
    last_click, failures = -CLOSE, 0
    welcome = Campaign("Welcome", joined // DAY, engaged_only=False)
    for campaign in (welcome, *TEXTS):
        sent = joined + draw.whole(10, 50) if campaign is welcome else _arrival(campaign, 12, person, draw)
        is_engaged = sent - last_click < _ENGAGED_DAYS * DAY or sent - joined < _NEW_DAYS * DAY
        # Klaviyo stops texting a number that is not a mobile number, but a disconnected device may come back.
        if person.trouble == "Invalid mobile number" and failures == _GIVE_UP:
            return CLOSE
        if sent <= joined or (campaign.engaged_only and not is_engaged):
            continue
        if campaign.share < 1 and not draw.chance(campaign.share):
            continue
        if not _arrives(person, draw):
            failures += 1
            failure = person.trouble or draw.pick(("Device unreachable", "Unknown error"))
            events.append(Event(sent, "Failed to Deliver SMS", failure=failure, campaign=campaign.name))
            continue
        events.append(Event(sent, "Received SMS", campaign=campaign.name))
        if draw.chance(_interest(person, joined, sent, 9) * person.reading.clicks_text):
            last_click = sent + draw.soon(20, 20 * HOUR)
            events.append(Event(last_click, "Clicked SMS", campaign=campaign.name))
        if draw.chance(person.impatience * (1 if sent < person.active_until else 2)):
            return sent + draw.soon(HOUR, 30 * HOUR)
    return CLOSE


def _arrives(person: Person, draw: Draw) -> bool:
    return not draw.chance(_FAILS.get(person.trouble, 0.0015))


def _arrival(campaign: Campaign, hour: int, person: Person, draw: Draw) -> int:
    """Return the second of arrival: within half an hour after `hour` in the recipient's local time."""
    return campaign.day * DAY + (hour - person.place.utc_offset) * HOUR + draw.whole(0, 1_800)


def _interest(person: Person, joined: int, now: int, half_life_months: int) -> float:
    """Return a person's interest: 1/2 after `half_life_months`, 1/3 after twice as many. An inactive person has 1/20 of it."""
    faded = 1 + (now - joined) / (half_life_months * 30 * DAY)
    return (1 if now < person.active_until else 0.05) / faded


def _emails(person: Person, draw: Draw) -> list[Event]:
    events: list[Event] = []
    for campaign in EMAILS:
        sent = _arrival(campaign, 9, person, draw)
        if not person.joins_email < sent < person.leaves_email:
            continue
        # A suppressed address whose consent was not withdrawn bounced, so it reads nothing.
        if person.suppressed and person.leaves_email == CLOSE:
            continue
        if sent >= _EMAIL_RECORDED:
            events.append(Event(sent, "Received Email", campaign=campaign.name))
        events += _read_email(person, campaign, sent, draw)
    return [event for event in events if event.second < CLOSE]


def _read_email(person: Person, campaign: Campaign, sent: int, draw: Draw) -> list[Event]:
    """Generate an open and perhaps a click. A mail proxy opens nearly every email within minutes and never clicks."""
    if person.machine_opens:
        opened = sent + draw.whole(5, 600)
        return [Event(opened, "Opened Email", campaign=campaign.name)] if draw.chance(0.9) else []
    if not draw.chance(person.reading.opens_email * _interest(person, person.joins_email, sent, 14)):
        return []
    opened = sent + draw.soon(120, 40 * HOUR)
    opening = Event(opened, "Opened Email", campaign=campaign.name)
    if not draw.chance(person.reading.clicks_email):
        return [opening]
    return [opening, Event(opened + draw.whole(4, 240), "Clicked Email", campaign=campaign.name)]
