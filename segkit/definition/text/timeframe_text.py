"""Convert timeframes to short text such as "in the last 90 days", and parse such text. `explain` describes timeframes in longer sentences."""

import re
from collections.abc import Callable
from typing import Any, assert_never, get_args

from segkit.definition.timeframe_words import DATE_WORDS, EVENT_WORDS, MONTHS, date_timeframe, event_timeframe
from segkit.definition.timeframes import (
    ALL_TIME,
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
    DateTimeframe,
    EventTimeframe,
    InMonth,
    InPeriod,
    InTheLast,
    InTheNext,
    Period,
    Timeframe,
    Unit,
)
from segkit.errors import DefinitionError

EVENT_FORMS = (
    "in the last 90 days",
    "at least 30 days ago",
    "between 91 and 150 days ago",
    "in the last 3 months",
    "in this calendar month",
    "in the last calendar month",
    "before 2026-01-01",
    "after 2026-01-01",
    "on 2026-01-01",
    "between 2026-01-01 and 2026-01-31",
)
DATE_FORMS = (
    *EVENT_FORMS,
    "in the next 7 days",
    "anniversary today",
    "anniversary in the next 7 days",
    "anniversary in the last 7 days",
    "anniversary this month",
    "in June of any year",
)


def timeframe_text(timeframe: Timeframe) -> str:
    """Write a timeframe as text that `read_event_timeframe` and `read_date_timeframe` parse.

    >>> timeframe_text(BetweenAgo(91, 150)), timeframe_text(InTheLast(1, "week"))
    ('between 91 and 150 days ago', 'in the last 1 week')
    """
    match timeframe:
        case AllTime():
            return "over all time"
        case InTheLast(quantity, unit):
            return f"in the last {_units(quantity, unit)}"
        case AtLeastAgo(quantity, unit):
            return f"at least {_units(quantity, unit)} ago"
        case BetweenAgo(nearest, farthest, unit):
            return f"between {nearest} and {_units(farthest, unit)} ago"
        case InPeriod(period, is_last):
            return f"in {'the last' if is_last else 'this'} calendar {period}"
        case InTheNext(quantity, unit):
            return f"in the next {_units(quantity, unit)}"
        case Before(day):
            return f"before {day}"
        case After(day):
            return f"after {day}"
        case BetweenDates(first, last):
            return f"on {first}" if first == last else f"between {first} and {last}"
        case AnniversaryToday():
            return "anniversary today"
        case AnniversaryInTheNext(quantity):
            return f"anniversary in the next {_units(quantity, 'day')}"
        case AnniversaryInTheLast(quantity):
            return f"anniversary in the last {_units(quantity, 'day')}"
        case AnniversaryThisMonth():
            return "anniversary this month"
        case InMonth(month):
            return f"in {MONTHS[month - 1]} of any year"
        case _:
            assert_never(timeframe)


def _units(quantity: int, unit: Unit) -> str:
    return f"{quantity} {unit}" if quantity == 1 else f"{quantity} {unit}s"


def read_event_timeframe(key: str, value: object) -> EventTimeframe:
    """Parse the text of a timeframe for events.

    Raises:
        DefinitionError: the text is not a timeframe, or the timeframe is only for dates, reversed or too long.

    >>> read_event_timeframe("when", "at least 30 days ago")
    AtLeastAgo(quantity=30, unit='day')
    """
    if value == timeframe_text(ALL_TIME):
        return ALL_TIME
    keyword, argument = _keyword(key, value, EVENT_FORMS)
    if keyword not in EVENT_WORDS:
        raise DefinitionError.bad_timeframe(key, value, EVENT_FORMS)
    return event_timeframe(key, {keyword: argument})


def read_date_timeframe(key: str, value: object) -> DateTimeframe:
    """Parse the text of a timeframe for a date property of a profile.

    >>> read_date_timeframe("when", "in June of any year")
    InMonth(month=6)
    """
    keyword, argument = _keyword(key, value, DATE_FORMS)
    timeframe = date_timeframe(key, {keyword: argument})
    if timeframe is None or keyword not in DATE_WORDS:
        raise DefinitionError.bad_timeframe(key, value, DATE_FORMS)
    return timeframe


def _keyword(key: str, value: object, forms: tuple[str, ...]) -> tuple[str, Any]:
    """Return the keyword for a timeframe and its value, so that the checks of `timeframe_words` apply."""
    if isinstance(value, str):
        for pattern, read in _PATTERNS:
            match = pattern.fullmatch(value)
            if match:
                keyword, argument = read(*match.groups())
                if isinstance(argument, tuple) and argument[0] > argument[1]:
                    break
                return keyword, argument
    raise DefinitionError.bad_timeframe(key, value, forms)


_QUANTITY = r"(\d{1,6}|\d{1,3}(?:,\d{3})+)"
_UNIT = r"(hour|day|week|month)"
_UNITS = rf"{_UNIT}s?"
_PERIODS = "|".join(get_args(Period))
_DAY = r"(\d{4}-\d\d-\d\d)"


def _whole(number: str) -> int:
    return int(number.replace(",", ""))


_READ_EVENTS: dict[str, Callable[..., tuple[str, Any]]] = {
    rf"in the last {_QUANTITY} {_UNITS}": lambda number, unit: (f"in_last_{unit}s", _whole(number)),
    rf"in the last {_UNIT}": lambda unit: (f"in_last_{unit}s", 1),
    rf"at least {_QUANTITY} {_UNITS} ago": lambda number, unit: (f"at_least_{unit}s_ago", _whole(number)),
    rf"between {_QUANTITY} and {_QUANTITY} {_UNITS} ago": lambda nearest, farthest, unit: (
        f"between_{unit}s_ago",
        (_whole(nearest), _whole(farthest)),
    ),
    rf"in this calendar ({_PERIODS})": lambda period: ("in_this", period),
    rf"in the last calendar ({_PERIODS})": lambda period: ("in_last", period),
    rf"before {_DAY}": lambda day: ("before", day),
    rf"after {_DAY}": lambda day: ("after", day),
    rf"on {_DAY}": lambda day: ("between", (day, day)),
    rf"between {_DAY} and {_DAY}": lambda first, last: ("between", (first, last)),
    rf"from {_DAY} to {_DAY}": lambda first, last: ("between", (first, last)),
}
_READ_DATES: dict[str, Callable[..., tuple[str, Any]]] = {
    rf"in the next {_QUANTITY} {_UNITS}": lambda number, unit: (f"in_next_{unit}s", _whole(number)),
    rf"in the next {_UNIT}": lambda unit: (f"in_next_{unit}s", 1),
    "(?:with its )?anniversary today": lambda: ("anniversary_today", True),
    rf"(?:with its )?anniversary in the next {_QUANTITY} days?": lambda number: (
        "anniversary_in_next_days",
        _whole(number),
    ),
    rf"(?:with its )?anniversary in the last {_QUANTITY} days?": lambda number: (
        "anniversary_in_last_days",
        _whole(number),
    ),
    "(?:with its )?anniversary this month": lambda: ("anniversary_this_month", True),
    rf"in ({'|'.join(MONTHS)}) of any year": lambda month: ("in_month", MONTHS.index(month) + 1),
}
_PATTERNS = [(re.compile(pattern, re.ASCII), read) for pattern, read in (_READ_EVENTS | _READ_DATES).items()]

EVENT_PATTERNS = (*_READ_EVENTS, timeframe_text(ALL_TIME))
DATE_PATTERNS = (*_READ_EVENTS, *_READ_DATES)
"""Regexes for all texts that can be parsed, including those that `explain` writes."""
