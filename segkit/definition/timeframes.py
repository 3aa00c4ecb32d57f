"""The timeframes a condition may look at, and the instants they stand for; which dates are compared with them is others' work.

Klaviyo's documented edges ("Segmenting with dates reference", help article 4403222359451): everything is in UTC, and windows
of days and weeks snap to midnights. They are worked out here once, in plain `datetime`, because the evaluator, the SQL
target and the English all need the same instants.
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
"""The longest relative window in days, a century: more is a slip of the hand, and far more leaves the calendar."""


@dataclass(frozen=True, slots=True)
class AllTime:
    """Over all time, up to `as_of`."""


ALL_TIME = AllTime()
"""The one value of `AllTime`, for defaults."""


@dataclass(frozen=True, slots=True)
class InTheLast:
    """In the last `quantity` units: days from midnight to now, today and the whole farthest day included."""

    quantity: int
    unit: Unit = "day"


@dataclass(frozen=True, slots=True)
class AtLeastAgo:
    """At least `quantity` units ago: the exact complement of `InTheLast` in the past."""

    quantity: int
    unit: Unit = "day"


@dataclass(frozen=True, slots=True)
class BetweenAgo:
    """Between `nearest` and `farthest` units ago, both end days wholly in."""

    nearest: int
    farthest: int
    unit: Unit = "day"


@dataclass(frozen=True, slots=True)
class InPeriod:
    """In a whole week, month or year of the calendar: the present one, or that before it; a week begins on Monday."""

    period: Period
    is_last: bool = False


@dataclass(frozen=True, slots=True)
class InTheNext:
    """In the next `quantity` units, counted from the moment after `as_of`; only for dates that profiles carry."""

    quantity: int
    unit: Unit = "day"


@dataclass(frozen=True, slots=True)
class Before:
    """Before the day begins."""

    day: date


@dataclass(frozen=True, slots=True)
class After:
    """After the day has ended; the day itself is out."""

    day: date


@dataclass(frozen=True, slots=True)
class BetweenDates:
    """From the first moment of one day to the last of another."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class AnniversaryToday:
    """Month and day are today's, whatever the year; the 29th of February only in leap years."""


@dataclass(frozen=True, slots=True)
class AnniversaryInTheNext:
    """Month and day come up in the next `quantity` days after today, whatever the year."""

    quantity: int


@dataclass(frozen=True, slots=True)
class AnniversaryInTheLast:
    """Month and day came up in the last `quantity` days, today included, whatever the year."""

    quantity: int


@dataclass(frozen=True, slots=True)
class AnniversaryThisMonth:
    """The month is this calendar month, whatever the year."""


@dataclass(frozen=True, slots=True)
class InMonth:
    """The month is the given one, 1 to 12, whatever the year."""

    month: int


EventTimeframe: TypeAlias = AllTime | InTheLast | AtLeastAgo | BetweenAgo | InPeriod | Before | After | BetweenDates
"""What a condition on events may look at; Klaviyo allows no other on metrics, and neither periods of the calendar nor months."""

Recurrence: TypeAlias = AnniversaryToday | AnniversaryInTheNext | AnniversaryInTheLast | AnniversaryThisMonth | InMonth
"""Timeframes that come round every year."""

DateTimeframe: TypeAlias = (
    InTheLast | AtLeastAgo | BetweenAgo | InPeriod | InTheNext | Before | After | BetweenDates | Recurrence
)
"""What a date that a profile carries may be compared with."""

Timeframe: TypeAlias = AllTime | DateTimeframe


def midnight(day: date) -> datetime:
    """Return the first instant of a day, in UTC."""
    return datetime.combine(day, time(), tzinfo=UTC)


def iso_moment(text: str) -> datetime:
    """Return an ISO 8601 text as a date and time, alike on every Python: newer ones take the hour 24 for the next midnight.

    Raises:
        ValueError: it is no such text.

    >>> iso_moment("2026-06-30T24:00")
    Traceback (most recent call last):
    ValueError: ...
    """
    if _HOUR_24.search(text):
        raise ValueError(text)
    return datetime.fromisoformat(text)


def close_of(day: date) -> datetime:
    """Return the last instant of a day, in UTC and to the microsecond.

    >>> close_of(date(2026, 6, 30)).isoformat()
    '2026-06-30T23:59:59.999999+00:00'
    """
    return midnight(day) + ONE_DAY - TICK


def length(quantity: int, unit: FixedUnit) -> timedelta:
    """Return how long a number of units lasts; a week is seven days.

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
    """Return the same day of the month, so many months before, or the last day of that month where it has no such day.

    >>> str(months_before(midnight(date(2026, 5, 31)), 3)), str(months_before(midnight(date(2024, 2, 29)), -12))
    ('2026-02-28 00:00:00+00:00', '2025-02-28 00:00:00+00:00')
    """
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def _before(moment: datetime, quantity: int, unit: Unit) -> datetime:
    return months_before(moment, quantity) if unit == "month" else moment - length(quantity, unit)


def _begin(period: Period, today: datetime, back: int) -> datetime:
    """Return the first instant of the week, month or year that is so many before today's."""
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
    """Return the first instant that is in and the first that is no longer in; None where the timeframe is open.

    Only the timeframe speaks here: that events after `as_of` never count is for the caller to add. Hours count back from
    `as_of` itself and both their ends are in, since Klaviyo documents no snapping for them. Months count back to the same day of
    the month, or to the last of a month that has no such day: in the last 3 months from May 31 begins on February 28 or 29.

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
    """Return the first UTC day, counted from 1970, that is in a timeframe, and the first that is no longer in.

    Either is None where the timeframe is open, or lasts until now. There are no days where an end is not a midnight.

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
    """Return the (month, day) pairs that a yearly timeframe takes in, as of an instant.

    "Next" begins tomorrow: Klaviyo looks forward from the moment of evaluation, and a bare date of today has begun.

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
