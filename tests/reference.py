"""What conditions mean, read slowly and plainly: one profile at a time, no tables; how to answer quickly is the evaluator's work.

The rules are those of Klaviyo's help pages (segment conditions, 115005062847; dates, 4403222359451; empty values) and the
project's own decisions where Klaviyo is silent. Nothing of segkit but the condition tree is used here, so a disagreement
with the evaluator means that one of two independent readings is wrong. Timeframes are read as the calendar tells them, by
counting whole UTC days back from today, and not as pairs of instants.
"""

import calendar
import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from typing import Any, assert_never

import phonenumbers
import zipcodes

from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    BooleanTest,
    Condition,
    ConsentCondition,
    DateTest,
    DistanceCondition,
    EventAlternatives,
    EventProperty,
    EventTests,
    FunnelCondition,
    FunnelStep,
    ItemsTest,
    ItemTextTest,
    LastEventCondition,
    LengthTest,
    ListCondition,
    ListTest,
    MetricCondition,
    Not,
    Number,
    NumberComparison,
    NumberInTest,
    NumberTest,
    PhoneCountryCondition,
    Point,
    PostalCode,
    PropertyCondition,
    PropertyTest,
    RegionCondition,
    SetTest,
    SomethingTest,
    TextComparison,
    TextInTest,
    TextTest,
)
from segkit.definition.timeframes import (
    After,
    AllTime,
    AnniversaryInTheLast,
    AnniversaryInTheNext,
    AnniversaryThisMonth,
    AnniversaryToday,
    AtLeastAgo,
    Before,
    BetweenAgo,
    BetweenDates,
    InMonth,
    InPeriod,
    InTheLast,
    InTheNext,
    Timeframe,
)

Row = dict[str, Any]

ONE_NAME = {
    "consented to receive sms": "Subscribed to SMS Marketing",
    "subscribed to sms marketing": "Subscribed to SMS Marketing",
    "subscribed to text messaging marketing": "Subscribed to SMS Marketing",
    "unsubscribed from sms": "Unsubscribed from SMS Marketing",
    "unsubscribed from sms marketing": "Unsubscribed from SMS Marketing",
    "unsubscribed from text messaging marketing": "Unsubscribed from SMS Marketing",
    "clicked sms": "Clicked SMS",
    "clicked text message": "Clicked SMS",
    "received sms": "Received SMS",
    "received text message": "Received SMS",
    "placed order": "Placed Order",
}
"""Klaviyo's own metrics that the tests use, each spelling in small letters; other metrics only lose the blanks around them."""
CLOCK = datetime.now(UTC)
COUNTRIES = {
    "US": ["us", "usa", "united states", "united states of america"],
    "CA": ["ca", "canada"],
    "GB": ["gb", "uk", "united kingdom"],
    "DE": ["de", "deu", "germany"],
    "SE": ["se", "sweden"],
    "CH": ["ch", "switzerland"],
    "XK": ["xk", "kosovo"],
    "CI": ["ci", "ivory coast", "c\u00f4te d'ivoire", "cote d'ivoire"],
}
"""The spellings that the tests use, each of a different kind; not all that the library knows."""
EUROPEAN_UNION = {"DE", "SE"}
EARTH_RADIUS = 6371.0088
KILOMETERS = {"kilometers": 1.0, "miles": 1.609344}


@dataclass(frozen=True)
class PlainShop:
    """The rows of a shop as plain dictionaries; `is_text` where they are cells of CSV files, so that dates are texts as well."""

    profiles: list[Row]
    events: list[Row]
    as_of: datetime
    lists: list[Row] = field(default_factory=list)
    places: list[Row] = field(default_factory=list)
    is_text: bool = False

    @property
    def known_until(self) -> datetime:
        """Return the moment up to which dates are believed, where it is said from when a shop is looked at: that of the clock."""
        return CLOCK


def members(condition: Condition, shop: PlainShop) -> set[str]:
    """Return the ids of the profiles for which the condition is true."""
    return {profile["profile_id"] for profile in shop.profiles if is_member(condition, profile, shop)}


def is_member(condition: Condition, profile: Row, shop: PlainShop) -> bool:
    """Say whether the condition is true of one profile; nothing is true of one that was created later."""
    if is_younger(profile.get("created"), shop):
        return False
    match condition:
        case AllOf(conditions):
            return all(is_member(part, profile, shop) for part in conditions)
        case AnyOf(conditions):
            return any(is_member(part, profile, shop) for part in conditions)
        case Not(part):
            return not is_member(part, profile, shop)
        case MetricCondition():
            return metric_compares(condition, profile, shop)
        case FunnelCondition():
            return takes_steps(condition, profile, shop)
        case LastEventCondition():
            return ends_with(condition, profile, shop)
        case PropertyCondition(name, test):
            return passes(test, profile.get(name), shop)
        case ConsentCondition():
            return has_consent(condition, profile, shop)
        case ListCondition():
            return is_on_list(condition, profile, shop)
        case DistanceCondition():
            return is_at_distance(condition, profile, shop)
        case PhoneCountryCondition(countries, is_in):
            country = phone_country(profile, shop)
            return country is not None and (country in countries) == is_in
        case RegionCondition(region, is_in):
            country = country_code(profile.get("country"), shop)
            region_codes = {"US"} if region == "united_states" else EUROPEAN_UNION
            return country is not None and (country in region_codes) == is_in
        case _:
            assert_never(condition)


def metric_compares(condition: MetricCondition, profile: Row, shop: PlainShop) -> bool:
    """Say whether the count or sum of a profile's events compares as asked; no event counts and sums 0."""
    mine = events_of(profile, condition.timeframe, shop)
    counted = [event for event in mine if is_of(event, condition.metric, condition.where, shop)]
    if condition.measurement == "count":
        return compares(Fraction(len(counted)), condition.comparison, exact(condition.value))
    if condition.measurement == "days":
        days = {as_instant(event["datetime"], shop).date() for event in counted}
        return compares(Fraction(len(days)), condition.comparison, exact(condition.value))
    amounts = [event["value"] for event in counted if is_set(event["value"], shop)]
    return compares(sum(map(exact, amounts), Fraction()), condition.comparison, exact(condition.value))


def ends_with(condition: LastEventCondition, profile: Row, shop: PlainShop) -> bool:
    """Say whether the newest of a profile's events passes; of several at one instant the last in the data is the newest."""
    mine = [
        event for event in events_of(profile, condition.timeframe, shop) if is_of(event, condition.metric, (), shop)
    ]
    newest = max(enumerate(mine), key=lambda one: (as_instant(one[1]["datetime"], shop), one[0]), default=None)
    return newest is not None and is_of(newest[1], condition.metric, condition.where, shop)


def events_of(profile: Row, timeframe: Timeframe, shop: PlainShop) -> list[Row]:
    """Return a profile's events in a timeframe, in the order of the data."""
    return [
        event
        for event in shop.events
        if event["profile_id"] == profile["profile_id"]
        and has_happened(as_instant(event["datetime"], shop), timeframe, shop.as_of)
    ]


def is_of(event: Row, metric: str | tuple[str, ...], where: EventTests, shop: PlainShop) -> bool:
    """Say whether an event is of a metric or one of several, under its old or new name, and passes all tests."""
    if one_name(event["metric"]) not in map(one_name, [metric] if isinstance(metric, str) else metric):
        return False
    return all(is_as_asked(event, clause, shop) for clause in where)


def is_as_asked(event: Row, clause: EventProperty | EventAlternatives, shop: PlainShop) -> bool:
    """Say whether an event passes a test, or all tests of one alternative among several."""
    if isinstance(clause, EventAlternatives):
        return any(all(is_as_asked(event, one, shop) for one in alternative) for alternative in clause.alternatives)
    return passes(clause.test, event_value(event, clause.property), shop)


def one_name(metric: str) -> str:
    """Return the name that a metric has whichever of its names is written."""
    return ONE_NAME.get(metric.strip().casefold(), metric.strip())


def is_younger(date_of: Any, shop: PlainShop) -> bool:
    """Say whether something happened after the moment that is looked from, though not after everything that is known."""
    moment = as_instant(date_of, shop) if is_set(date_of, shop) else None
    return moment is not None and shop.as_of < moment <= shop.known_until


def event_value(event: Row, name: str) -> Any:
    """Return what is written of an event under a name; Klaviyo's filters call its value $value."""
    return event.get("value" if name == "$value" else name)


def takes_steps(condition: FunnelCondition, profile: Row, shop: PlainShop) -> bool:
    """Say whether any choice of events for the taken steps is in order, in time, and free of steps not to be taken."""
    mine = events_of(profile, condition.timeframe, shop)
    choices = [
        [place for place, event in enumerate(mine) if is_of(event, step.metric, step.where, shop)]
        for step in condition.steps
    ]
    times = [as_instant(event["datetime"], shop) for event in mine]
    taken = [choice for step, choice in zip(condition.steps, choices, strict=True) if step.is_taken]
    limit = None if condition.completion_seconds is None else timedelta(seconds=condition.completion_seconds)
    return any(
        (limit is None or times[path[-1]] - times[path[0]] <= limit)
        and is_undisturbed(condition.steps, choices, [times[place] for place in path], times, limit)
        for path in paths(taken, times)
    )


def paths(
    choices: Sequence[Sequence[int]], times: Sequence[Any], before: tuple[int, ...] = ()
) -> Iterator[tuple[int, ...]]:
    """Yield every choice of one event for each step, none twice and none before the one chosen for the step before."""
    if not choices:
        yield before
        return
    for place in choices[0]:
        if place not in before and (not before or times[before[-1]] <= times[place]):
            yield from paths(choices[1:], times, (*before, place))


def is_undisturbed(
    steps: Sequence[FunnelStep], choices: Sequence[Sequence[int]], path: Sequence[Any], times: Sequence[Any], limit: Any
) -> bool:
    """Say whether no event of a step not to be taken lies between its neighbours, or near the end that it stands at."""
    number_taken = 0
    for step, choice in zip(steps, choices, strict=True):
        if step.is_taken:
            number_taken += 1
            continue
        for moment in (times[place] for place in choice):
            if number_taken == 0:
                disturbs = moment < path[0] and (limit is None or path[0] - moment <= limit)
            elif number_taken == len(path):
                disturbs = moment > path[-1] and (limit is None or moment - path[-1] <= limit)
            else:
                disturbs = path[number_taken - 1] < moment < path[number_taken]
            if disturbs:
                return False
    return True


def has_consent(condition: ConsentCondition, profile: Row, shop: PlainShop) -> bool:
    """Say whether a profile can, or cannot, receive marketing, with that subscription, such a date, and what else is asked."""
    consent, since = consent_of(condition.channel, profile, shop)
    if condition.channel == "sms":
        can_receive = consent == "subscribed"
    else:
        suppressed = as_truth(profile.get("email_suppressed"), shop) is True and not is_younger(
            profile.get("email_suppressed_timestamp"), shop
        )
        can_receive = is_set(profile.get("email"), shop) and not suppressed and consent != "unsubscribed"
    if can_receive != condition.can_receive:
        return False
    if condition.subscription not in ("any", consent):
        return False
    if not all(passes(clause.test, profile.get(clause.property), shop) for clause in condition.where):
        return False
    if condition.status_date is None:
        return True
    return passes(DateTest(condition.status_date), since, shop)


def consent_of(channel: str, profile: Row, shop: PlainShop) -> tuple[str, Any]:
    """Return the consent in lower case, and since when; a profile that nothing is written of never subscribed.

    Before the date of its status, the newest consent event decides; of two at one instant the one that withdraws.
    """
    consent, since = profile.get(f"{channel}_consent"), profile.get(f"{channel}_consent_timestamp")
    if not is_younger(since, shop):
        return (consent.lower() if is_set(consent, shop) else "never_subscribed"), since
    what = {"sms": "SMS Marketing", "email": "Email Marketing"}[channel]
    changes = {f"Subscribed to {what}": "subscribed", f"Unsubscribed from {what}": "unsubscribed"}
    told = [
        (as_instant(event["datetime"], shop), changes[one_name(event["metric"])])
        for event in events_of(profile, AllTime(), shop)
        if one_name(event["metric"]) in changes
    ]
    moment, word = max(told, default=(None, "never_subscribed"))
    return word, moment


def is_on_list(condition: ListCondition, profile: Row, shop: PlainShop) -> bool:
    """Say whether a profile is on a list, joined in a timeframe, or not on it; joining after `as_of` has not happened."""
    joined = [
        as_instant(row["joined"], shop)
        for row in shop.lists
        if row["profile_id"] == profile["profile_id"] and row["list_id"] == condition.list_name
    ]
    if not condition.is_member:
        return not any(moment is None or moment <= shop.as_of for moment in joined)
    return any(
        condition.joined == AllTime() if moment is None else has_happened(moment, condition.joined, shop.as_of)
        for moment in joined
    )


def is_at_distance(condition: DistanceCondition, profile: Row, shop: PlainShop) -> bool:
    """Say whether a profile lives nearer, or farther, than a distance; who can't be placed does neither."""
    home = point_of(profile, shop)
    match condition.of:
        case Point(latitude, longitude):
            place: tuple[float, float] | None = (latitude, longitude)
        case PostalCode(code, country):
            place = postal_point(code, country, shop)
        case _:
            assert_never(condition.of)
    if home is None or place is None:
        return False
    apart = great_circle(home, place)
    limit = condition.distance * KILOMETERS[condition.unit]
    return apart < limit if condition.is_within else apart > limit


def point_of(profile: Row, shop: PlainShop) -> tuple[float, float] | None:
    """Return a profile's own point, else that of its postal code; 0, 0 is where points go that are missing."""
    latitude, longitude = (as_number(profile.get(name), shop) for name in ("latitude", "longitude"))
    if latitude is not None and longitude is not None and (latitude, longitude) != (0, 0):
        return float(latitude), float(longitude)
    country = country_code(profile.get("country"), shop)
    if country is None or not is_set(profile.get("zip"), shop):
        return None
    return postal_point(profile["zip"], country, shop)


def postal_point(code: str, country: str, shop: PlainShop) -> tuple[float, float] | None:
    """Return the point that a postal code stands for, or None where no table has it."""
    if country == "US":
        known = zipcodes.matching(five) if (five := five_digits(code)) else []
        found = [(float(place["lat"]), float(place["long"])) for place in known]
    else:
        found = [
            (float(place["latitude"]), float(place["longitude"]))
            for place in shop.places
            if (place["country"], place["postal_code"]) == (country, code)
        ]
    return found[0] if found and found[0] != (0, 0) else None


def five_digits(code: str) -> str | None:
    """Return the five digits of a US postal code, whatever a spreadsheet did to it; None if it is none."""
    bare = re.sub(r"\.0*$", "", code.strip(MARKS).removeprefix("'"))
    if found := re.fullmatch("([0-9]{1,5})[- ][0-9]{4}", bare):
        return found[1].rjust(5, "0")
    if re.fullmatch("[0-9]{1,5}", bare):
        return bare.rjust(5, "0")
    return bare.rjust(9, "0")[:5] if re.fullmatch("[0-9]{7,9}", bare) else None


def great_circle(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the kilometres between two points on the mean sphere, by the haversine formula."""
    (north, east), (other_north, other_east) = (tuple(map(math.radians, point)) for point in (one, other))
    haversine = (
        math.sin((other_north - north) / 2) ** 2
        + math.cos(north) * math.cos(other_north) * math.sin((other_east - east) / 2) ** 2
    )
    return 2 * EARTH_RADIUS * math.asin(math.sqrt(min(1.0, haversine)))


def phone_country(profile: Row, shop: PlainShop) -> str | None:
    """Return the country that a valid number belongs to."""
    written = profile.get("phone_number")
    if not is_set(written, shop):
        return None
    try:
        number = phonenumbers.parse(written, country_code(profile.get("country"), shop))
    except phonenumbers.NumberParseException:
        return None
    return phonenumbers.region_code_for_number(number) if phonenumbers.is_valid_number(number) else None


def country_code(written: Any, shop: PlainShop) -> str | None:
    """Return the two letters of a country by any of its usual names."""
    if not is_set(written, shop):
        return None
    return next((code for code, names in COUNTRIES.items() if written.strip(MARKS).lower() in names), None)


def has_happened(moment: datetime | None, timeframe: Timeframe, as_of: datetime) -> bool:
    """Say whether a moment lies in a timeframe and not after `as_of`."""
    return moment is not None and moment <= as_of and lies_in(moment, timeframe, as_of)


def lies_in(moment: datetime, timeframe: Timeframe, as_of: datetime) -> bool:
    """Say whether a moment lies in a timeframe, all in UTC; only `InTheLast` ends at `as_of` of itself."""
    today, day = as_of.date(), moment.date()
    days_ago = (today - day).days
    match timeframe:
        case AllTime():
            return True
        case InTheLast(quantity, "hour"):
            return timedelta(0) <= as_of - moment <= timedelta(hours=quantity)
        case AtLeastAgo(quantity, "hour"):
            return as_of - moment > timedelta(hours=quantity)
        case BetweenAgo(nearest, farthest, "hour"):
            return timedelta(hours=nearest) <= as_of - moment <= timedelta(hours=farthest)
        case InTheNext(quantity, "hour"):
            return timedelta(0) < moment - as_of <= timedelta(hours=quantity)
        case InTheLast(quantity, "month"):
            return moment <= as_of and day >= months_from(today, -quantity)
        case AtLeastAgo(quantity, "month"):
            return day < months_from(today, -quantity)
        case BetweenAgo(nearest, farthest, "month"):
            return months_from(today, -farthest) <= day <= months_from(today, -nearest)
        case InTheNext(quantity, "month"):
            return moment > as_of and day <= months_from(today, quantity)
        case InPeriod(period, is_last):
            while is_last and period_of(today, period) == period_of(as_of.date(), period):
                today -= timedelta(days=1)
            return period_of(day, period) == period_of(today, period)
        case InTheLast(quantity, unit):
            return moment <= as_of and days_ago <= quantity * DAYS[unit]
        case AtLeastAgo(quantity, unit):
            return days_ago > quantity * DAYS[unit]
        case BetweenAgo(nearest, farthest, unit):
            return nearest * DAYS[unit] <= days_ago <= farthest * DAYS[unit]
        case InTheNext(quantity, unit):
            return moment > as_of and -days_ago <= quantity * DAYS[unit]
        case Before(limit):
            return day < limit
        case After(limit):
            return day > limit
        case BetweenDates(first, last):
            return first <= day <= last
        case AnniversaryThisMonth():
            return day.month == today.month
        case InMonth(month):
            return day.month == month
        case AnniversaryToday():
            return comes_up(day, range(1), today)
        case AnniversaryInTheNext(quantity):
            return comes_up(day, range(1, quantity + 1), today)
        case AnniversaryInTheLast(quantity):
            return comes_up(day, range(-quantity, 1), today)
        case _:
            assert_never(timeframe)


DAYS = {"day": 1, "week": 7}


def months_from(today: date, months: int) -> date:
    """Return the day of the same number in the month that is so many months on, or the last of that month if it is shorter."""
    year, month = today.year, today.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if not 1 <= month <= 12:
            year, month = (year + 1, 1) if month > 12 else (year - 1, 12)
    return date(year, month, min(today.day, max(calendar.Calendar().itermonthdays(year, month))))


def period_of(day: date, period: str) -> Any:
    """Return what names the calendar's week, which begins on Monday, the month or the year of a day."""
    return {"week": tuple(day.isocalendar())[:2], "month": (day.year, day.month), "year": day.year}[period]


def comes_up(day: date, offsets: range, today: date) -> bool:
    """Say whether a day's anniversary falls on one of the days so far from today; February 29 only in leap years."""
    for year in range(today.year - 101, today.year + 102):
        if (day.month, day.day) == (2, 29) and not calendar.isleap(year):
            continue
        if (date(year, day.month, day.day) - today).days in offsets:
            return True
    return False


def passes(test: PropertyTest, cell: Any, shop: PlainShop) -> bool:
    """Say whether a cell, read as the test's own kind, passes it; what is unset or of another kind passes nothing."""
    if isinstance(test, SetTest):
        return is_set(cell, shop) == test.is_set
    if isinstance(test, SomethingTest):
        return holds_something(cell, shop) == test.holds
    if not is_set(cell, shop):
        return False
    match test:
        case TextTest(comparison, value):
            text = as_text(cell, shop)
            return text is not None and text_compares(text, comparison, value)
        case TextInTest(values, negated):
            text = as_text(cell, shop)
            return text is not None and (text in values) != negated
        case NumberTest(comparison, value):
            number = as_number(cell, shop)
            return number is not None and compares(number, comparison, exact(value))
        case NumberInTest(values, negated):
            number = as_number(cell, shop)
            return number is not None and any(compares(number, "equals", exact(one)) for one in values) != negated
        case BooleanTest(value):
            return as_truth(cell, shop) is value
        case DateTest(timeframe):
            moment = as_instant(cell, shop)
            return moment is not None and lies_in(moment, timeframe, shop.as_of)
        case ListTest(comparison, item):
            items = as_list(cell, shop)
            return items is not None and any(is_same(item, other) for other in items) == (comparison == "contains")
        case ItemsTest(comparison, wanted):
            items = as_list(cell, shop)
            if items is None:
                return False
            found = [any(is_same(item, other) for other in items) for item in wanted]
            return {
                "contains any of": True in found,
                "contains all of": False not in found,
                "not contains any of": True not in found,
                "not contains all of": False in found,
            }[comparison]
        case ItemTextTest(comparison, text):
            items = as_list(cell, shop)
            found = [item for item in items or () if isinstance(item, str) and item.find(text) >= 0]
            return items is not None and (found != []) == (comparison == "contains")
        case LengthTest(comparison, length):
            items = as_list(cell, shop)
            return items is not None and compares(Fraction(len(items)), comparison, Fraction(length))
        case _:
            assert_never(test)


def is_set(cell: Any, shop: PlainShop) -> bool:
    """Say whether anything is written: all but empty text, None, NaN and NaT."""
    return cell is not None and cell != "" and bool(cell == cell)  # noqa: PLR0124  # NaN differs


def holds_something(cell: Any, shop: PlainShop) -> bool:
    """Say whether more than nothing is written; text stands for the number, truth, list or mapping that it spells."""
    if not is_set(cell, shop):
        return False
    meant = spelled(cell.strip()) if isinstance(cell, str) else cell
    match meant:
        case bool() | int() | float() | Decimal() | Fraction():
            return meant > 0
        case list():
            return [item for item in meant if item not in (None, [], {}) and str(item).strip()] != []
        case _:
            return meant not in ("", {})


def spelled(text: str) -> Any:
    """Return the number, truth, list or mapping that a text without blanks around it spells, or else the text."""
    if re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", text):
        return Fraction(Decimal(text))
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    try:
        parsed = json.loads(text)
    except ValueError:
        return text
    return parsed if isinstance(parsed, (list, dict)) else text


def as_text(cell: Any, shop: PlainShop) -> str | None:
    """Return a cell as text, unless it is of another kind or spells a list."""
    return cell if isinstance(cell, str) and as_list(cell, shop) is None else None


def as_number(cell: Any, shop: PlainShop) -> Fraction | None:
    """Return a cell as an exact number, or as the one that its text spells, or None."""
    if isinstance(cell, str):
        is_number = re.fullmatch(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?", cell)
        return Fraction(Decimal(cell)) if is_number else None
    is_unset = cell is None or cell != cell  # noqa: PLR0124
    return exact(cell) if not is_unset and isinstance(cell, (int, float)) and not isinstance(cell, bool) else None


def as_truth(cell: Any, shop: PlainShop) -> bool | None:
    """Return a cell as true or false, or as what its text spells, or None."""
    if isinstance(cell, str):
        return {"true": True, "false": False}.get(cell.lower())
    return cell if isinstance(cell, bool) else None


def as_list(cell: Any, shop: PlainShop) -> Sequence[Any] | None:
    """Return a cell as a list, or as the one that its text spells, or None."""
    if not isinstance(cell, str):
        return cell if isinstance(cell, list) else None
    try:
        parsed = json.loads(cell)
    except ValueError:
        return None
    return parsed if isinstance(parsed, list) else None


def as_instant(cell: Any, shop: PlainShop) -> datetime | None:
    """Return a cell as an instant in UTC, or None; a date is its first moment, no offset means UTC, and a number is its digits."""
    if isinstance(cell, (int, float)) and not isinstance(cell, bool) and is_set(cell, shop):
        return instant_of_text(format(Decimal(str(cell)).normalize(), "f")) if math.isfinite(cell) else None
    if isinstance(cell, str):
        return instant_of_text(cell)
    if isinstance(cell, datetime) and is_set(cell, shop):
        return cell.replace(tzinfo=UTC) if cell.tzinfo is None else cell.astimezone(UTC)
    return datetime.combine(cell, time(), UTC) if isinstance(cell, date) and is_set(cell, shop) else None


MARKS = " \t\n\r\u00a0\u200b\ufeff"
"""Blanks and characters without width that the tests put around dates."""


def instant_of_text(text: str) -> datetime | None:
    """Return the instant that a text of a date stands for, whatever marks are around it, or None if the calendar lacks that day.

    It is the year first with dashes or with nothing, or the month first with slashes; behind it maybe a time as fine as it likes, of
    12 or 24 hours, and an offset; past microseconds digits are dropped. Digits alone count seconds since 1970, or thousandths,
    millionths or billionths of one, if that lies between 1990 and 2100 and is no date with its hour.
    """
    text = text.strip(MARKS).replace("\u00a0", " ").replace("\u202f", " ")
    text = text[2:-1] if re.fullmatch('="[^"]*"', text) else text
    text = text.removeprefix("'").strip(MARKS)
    clock = r"(?:\.([0-9]{1,9}))?)?"
    zone = r"(?: *(Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?))?"
    usual = rf"(?:(?:T|,? +)([0-9]{{1,2}})(?::([0-9]{{2}})(?::([0-9]{{2}}){clock})?(?: *([AaPp])\.?[Mm]\.?)?{zone})?"
    tight = rf"(?:T([0-9]{{2}})(?:([0-9]{{2}})(?:([0-9]{{2}}){clock})?(x)?{zone})?"
    if found := re.fullmatch(rf"([0-9]{{4}})-([0-9]{{2}})-([0-9]{{2}}){usual}", text):
        return moment_of(*found.groups())
    if found := re.fullmatch(rf"((?:19|20)[0-9]{{2}})([0-9]{{2}})([0-9]{{2}}){tight}", text):
        return moment_of(*found.groups())
    if found := re.fullmatch(rf"([0-9]{{1,2}})/([0-9]{{1,2}})/([0-9]{{4}}|[0-9]{{2}}){usual}", text):
        month, day, year, *others = found.groups()
        if len(year) == 2:
            year = str((2000 if int(year) < 69 else 1900) + int(year))
        return moment_of(year, month, day, *others)
    if not re.fullmatch(r"[0-9]{9,19}(\.[0-9]*)?", text) or is_date_and_hour(text):
        return None
    for part in (1, 1_000, 1_000_000, 1_000_000_000):
        microseconds = int(Decimal(text) * 1_000_000 / part)
        if 1990 <= 1970 + microseconds // 31_556_952_000_000 <= 2101:
            moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=microseconds)
            return moment if 1990 <= moment.year <= 2100 else None
    return None


def is_date_and_hour(text: str) -> bool:
    """Say whether ten digits spell a day of this century or the last one, and an hour."""
    found = re.fullmatch("((?:19|20)[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])([01][0-9]|2[0-3])", text)
    return found is not None


def moment_of(*parts: str | None) -> datetime | None:
    """Return the instant that year, month, day, hour, minute, second, fraction, half of the day and offset name, or None for none."""
    year, month, day, hour, minute, second, fraction, half, offset = parts
    hours = int(hour or 0)
    if half:
        if not 1 <= hours <= 12:
            return None
        hours = hours % 12 + (12 if half in "Pp" else 0)
    ahead = timedelta()
    if offset and offset not in ("Z", "UTC", "GMT"):
        ahead = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:] if len(offset) > 3 else 0))
        ahead = -ahead if offset[0] == "-" else ahead
    clock = (hours, int(minute or 0), int(second or 0), int((fraction or "").ljust(6, "0")[:6]))
    try:
        day_of = (int(str(year)), int(str(month)), int(str(day)))
        return datetime(*day_of, *clock, tzinfo=timezone(ahead)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def text_compares(text: str, comparison: TextComparison, value: str) -> bool:
    """Hold a text against another, case and all."""
    is_true = {
        "equals": text == value,
        "contains": value in text,
        "starts with": text.startswith(value),
        "ends with": text.endswith(value),
        # In RE2 a digit is one of ten.
        "matches": comparison.endswith("matches") and re.fullmatch(value, text, re.ASCII) is not None,
    }[comparison.removeprefix("not ")]
    return is_true != comparison.startswith("not ")


def compares(number: Fraction, comparison: NumberComparison, value: Fraction) -> bool:
    """Hold an exact number against another."""
    return {
        "equals": number == value,
        "not equals": number != value,
        "more than": number > value,
        "at least": number >= value,
        "fewer than": number < value,
        "at most": number <= value,
    }[comparison]


def exact(number: Number | str) -> Fraction:
    """Return the decimal that a number prints as, exactly."""
    return Fraction(Decimal(str(number)))


def is_same(item: Any, other: Any) -> bool:
    """Say whether two list items are one text or one number; True is no number."""
    if isinstance(item, str) or isinstance(other, str):
        return isinstance(item, str) and item == other
    are_numbers = all(isinstance(one, (int, float)) and not isinstance(one, bool) for one in (item, other))
    return are_numbers and exact(item) == exact(other)
