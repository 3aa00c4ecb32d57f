"""Define the timeframes of conditions, and compute the instants at which they start and end.

The rules come from Klaviyo ("Segmenting with dates reference", help article 4403222359451): all times are UTC, and windows of
days and weeks begin and end at midnight. The engines under `segkit/engine` compare dates and events with these instants.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, TypeAlias, assert_never

_HOUR_24 = re.compile(r"[^\d:+W-]24")

FixedUnit: TypeAlias = Literal["hour", "day", "week"]
Unit: TypeAlias = Literal["hour", "day", "week", "month"]
Period: TypeAlias = Literal["week", "month", "year"]

ONE_DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)
LONGEST = 36_525
"""The longest relative window in days, a century. Longer windows are probably typing errors, and could exceed `datetime`'s range."""


@dataclass(frozen=True, slots=True)
class AllTime:
    """All time up to `as_of`."""


ALL_TIME = AllTime()
"""The `AllTime` instance to use as a default."""


@dataclass(frozen=True, slots=True)
class InTheLast:
    """In the last `quantity` units. Days run from midnight to `as_of`, and include today and the whole earliest day."""

    quantity: int
    unit: Unit = "day"


@dataclass(frozen=True, slots=True)
class AtLeastAgo:
    """At least `quantity` units ago: everything before `InTheLast` starts."""

    quantity: int
    unit: Unit = "day"


@dataclass(frozen=True, slots=True)
class BetweenAgo:
    """Between `nearest` and `farthest` units ago, including the whole first day and the whole last day."""

    nearest: int
    farthest: int
    unit: Unit = "day"


@dataclass(frozen=True, slots=True)
class InPeriod:
    """In the current or the previous calendar week, month or year. Weeks start on Monday."""

    period: Period
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class InTheNext:
    """In the next `quantity` units, from the instant after `as_of`. Only for date properties of profiles."""

    quantity: int
    unit: Unit = "day"


@dataclass(frozen=True, slots=True)
class Before:
    """Before the day starts."""

    day: date


@dataclass(frozen=True, slots=True)
class After:
    """After the day ends, so the day itself is excluded."""

    day: date


@dataclass(frozen=True, slots=True)
class BetweenDates:
    """From the start of `first` to the end of `last`, including both days."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class AnniversaryToday:
    """The month and day are today's, in any year. February 29 matches only in leap years."""


@dataclass(frozen=True, slots=True)
class AnniversaryInTheNext:
    """The month and day fall in the next `quantity` days after today, in any year."""

    quantity: int


@dataclass(frozen=True, slots=True)
class AnniversaryInTheLast:
    """The month and day fall in the last `quantity` days or today, in any year."""

    quantity: int


@dataclass(frozen=True, slots=True)
class AnniversaryThisMonth:
    """The month is the current calendar month, in any year."""


@dataclass(frozen=True, slots=True)
class InMonth:
    """The month is `month`, 1 to 12, in any year."""

    month: int


EventTimeframe: TypeAlias = AllTime | InTheLast | AtLeastAgo | BetweenAgo | InPeriod | Before | After | BetweenDates
"""The timeframes of conditions on events. Klaviyo allows these on metrics, except `InPeriod` and units of months."""

Recurrence: TypeAlias = AnniversaryToday | AnniversaryInTheNext | AnniversaryInTheLast | AnniversaryThisMonth | InMonth
"""Timeframes that recur every year."""

DateTimeframe: TypeAlias = (
    InTheLast | AtLeastAgo | BetweenAgo | InPeriod | InTheNext | Before | After | BetweenDates | Recurrence
)
"""The timeframes of conditions on date properties of profiles."""

Timeframe: TypeAlias = AllTime | DateTimeframe


def midnight(day: date) -> datetime:
    """Return the first instant of a day, in UTC."""
    return datetime.combine(day, time(), tzinfo=UTC)


def iso_moment(text: str) -> datetime:
    """Parse an ISO 8601 date or datetime. Reject hour 24 on every Python version, since only newer versions accept it.

    Raises:
        ValueError: the text is not ISO 8601, or has hour 24.

    >>> iso_moment("2026-06-30T24:00")
    Traceback (most recent call last):
    ValueError: ...
    """
    if _HOUR_24.search(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)


def close_of(day: date) -> datetime:
    """Return the last microsecond of a day, in UTC.

    >>> close_of(date(2026, 6, 30)).isoformat()
    '2026-06-30T23:59:59.999999+00:00'
    """
    return midnight(day) + ONE_DAY - TICK


def length(quantity: int, unit: FixedUnit) -> timedelta:
    """Return the length of a number of units. A week is seven days.

    >>> length(2, "week").days
    14
    """
    match unit:
        case "hour":
            return timedelta(hours=quantity)
        case "day":
            return timedelta(days=quantity)
        case "week":
            return timedelta(days=7 * quantity)
        case _:
            assert_never(unit)


def months_before(day: datetime, months: int) -> datetime:
    """Return the same day of the month `months` months earlier, or the last day of that month if it is shorter.

    >>> str(months_before(midnight(date(2026, 5, 31)), 3)), str(months_before(midnight(date(2024, 2, 29)), -12))
    ('2026-02-28 00:00:00+00:00', '2025-02-28 00:00:00+00:00')
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def _before(moment: datetime, quantity: int, unit: Unit) -> datetime:
    return months_before(moment, quantity) if unit == "month" else moment - length(quantity, unit)


def _begin(period: Period, today: datetime, back: int) -> datetime:
    """Return the first instant of the week, month or year that is `back` periods before today's."""
    match period:
        case "week":
            return today - timedelta(days=today.weekday() + 7 * back)
        case "month":
            return months_before(today.replace(day=1), back)
        case "year":
            return today.replace(year=today.year - back, month=1, day=1)
        case _:
            assert_never(period)


def bounds(timeframe: EventTimeframe | InTheNext, as_of: datetime) -> tuple[datetime | None, datetime | None]:
    """Return the start (inclusive) and the end (exclusive) of a timeframe, with None for an open end.

    This does not exclude events after `as_of`: the caller must. Hours are counted from `as_of` and both ends are included, since
    Klaviyo documents no rounding for them. A window of months starts on the same day of the month, or on the last day of a shorter
    month: the last 3 months as of May 31 start on February 28 or 29.

    >>> as_of = close_of(date(2023, 6, 17))
    >>> [str(edge)[:16] for edge in bounds(BetweenAgo(3, 5), as_of)]
    ['2023-06-12 00:00', '2023-06-15 00:00']
    """
    today = midnight(as_of.date())
    match timeframe:
        case AllTime():
            return None, None
        case InTheLast(quantity, unit):
            start = as_of if unit == "hour" else today
            return _before(start, quantity, unit), as_of + TICK
        case AtLeastAgo(quantity, unit):
            start = as_of if unit == "hour" else today
            return None, _before(start, quantity, unit)
        case BetweenAgo(nearest, farthest, "hour"):
            return as_of - length(farthest, "hour"), as_of - length(nearest, "hour") + TICK
        case BetweenAgo(nearest, farthest, unit):
            return _before(today, farthest, unit), _before(today, nearest, unit) + ONE_DAY
        case InPeriod(period, is_last):
            return _begin(period, today, int(is_last)), _begin(period, today, int(is_last) - 1)
        case InTheNext(quantity, "hour"):
            return as_of + TICK, as_of + length(quantity, "hour") + TICK
        case InTheNext(quantity, unit):
            return as_of + TICK, _before(today, -quantity, unit) + ONE_DAY
        case Before(day):
            return None, midnight(day)
        case After(day):
            return midnight(day) + ONE_DAY, None
        case BetweenDates(first, last):
            return midnight(first), midnight(last) + ONE_DAY
        case _:
            assert_never(timeframe)


def window_days(timeframe: EventTimeframe, as_of: datetime) -> tuple[int | None, int | None] | None:
    """Return the first UTC day (inclusive) and the end day (exclusive) of a timeframe, in days since 1970-01-01.

    The first day is None if the timeframe has no start. The end day is None if the timeframe extends to `as_of` or beyond. If an end
    is not at midnight, return None instead of the pair.

    >>> window_days(InTheLast(1), close_of(date(1970, 1, 3)))
    (1, None)
    >>> window_days(InTheLast(1, "hour"), close_of(date(1970, 1, 3))) is None
    True
    """
    start, end = bounds(timeframe, as_of)
    ends = [start, None if end is None or end > as_of else end]
    if any(instant is not None and instant != midnight(instant.date()) for instant in ends):
        return None
    first, last = (None if instant is None else (instant - midnight(date(1970, 1, 1))).days for instant in ends)
    return first, last


def days_of_year(recurrence: Recurrence, as_of: datetime) -> frozenset[tuple[int, int]]:
    """Return the (month, day) pairs in a yearly timeframe as of an instant.

    "Next" starts tomorrow, because Klaviyo looks forward from the moment of evaluation, when today has already started.

    >>> sorted(days_of_year(AnniversaryInTheNext(2), close_of(date(2023, 2, 27))))
    [(2, 28), (3, 1)]
    """
    today = as_of.date()
    match recurrence:
        case AnniversaryToday():
            return frozenset({(today.month, today.day)})
        case AnniversaryInTheNext(quantity):
            days = range(1, quantity + 1)
        case AnniversaryInTheLast(quantity):
            days = range(-quantity, 1)
        case AnniversaryThisMonth():
            return frozenset((today.month, day) for day in range(1, 32))
        case InMonth(month):
            return frozenset((month, day) for day in range(1, 32))
        case _:
            assert_never(recurrence)
    dates = (today + timedelta(days=offset) for offset in days)
    return frozenset((day.month, day.day) for day in dates)
