"""Parse timeframe keywords such as `in_last_days=30`. All functions in `phrases` that accept a timeframe use them."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from operator import index
from typing import Any, TypedDict, get_args

from segkit.definition.timeframes import (
    ALL_TIME,
    LONGEST,
    After,
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
    Unit,
    iso_moment,
)
from segkit.errors import DefinitionError

# The names in `calendar` depend on the locale, so they are not used.
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip

Day = date | str
"""A day: a `date`, or text such as "2026-06-30"."""


class EventWords(TypedDict, total=False):
    """Timeframe keywords for events. At most one may be passed. The default is all time."""

    in_last_hours: int
    in_last_days: int
    in_last_weeks: int
    in_last_months: int
    at_least_hours_ago: int
    at_least_days_ago: int
    at_least_weeks_ago: int
    at_least_months_ago: int
    between_hours_ago: tuple[int, int]
    between_days_ago: tuple[int, int]
    between_weeks_ago: tuple[int, int]
    between_months_ago: tuple[int, int]
    in_this: Period
    in_last: Period
    before: Day
    after: Day
    between: tuple[Day, Day]


class DateWords(EventWords, total=False):
    """Timeframe keywords for a date property of a profile. At most one may be passed."""

    in_next_hours: int
    in_next_days: int
    in_next_weeks: int
    in_next_months: int
    anniversary_today: bool
    anniversary_in_next_days: int
    anniversary_in_last_days: int
    anniversary_this_month: bool
    in_month: int


class SinceWords(TypedDict, total=False):
    """Timeframe keywords for the date of a consent status. At most one may be passed."""

    since_in_last_hours: int
    since_in_last_days: int
    since_in_last_weeks: int
    since_in_last_months: int
    since_at_least_hours_ago: int
    since_at_least_days_ago: int
    since_at_least_weeks_ago: int
    since_at_least_months_ago: int
    since_between_hours_ago: tuple[int, int]
    since_between_days_ago: tuple[int, int]
    since_between_weeks_ago: tuple[int, int]
    since_between_months_ago: tuple[int, int]
    since_in_this: Period
    since_in_last: Period
    since_before: Day
    since_after: Day
    since_between: tuple[Day, Day]


EVENT_WORDS = frozenset(EventWords.__annotations__)
DATE_WORDS = EVENT_WORDS | frozenset(DateWords.__annotations__)
SINCE_WORDS = frozenset(SinceWords.__annotations__)


def event_timeframe(phrase: str, words: Mapping[str, Any]) -> EventTimeframe:
    """Parse the timeframe in the keywords of a phrase about events. The default is all time.

    >>> event_timeframe("did", {"between_days_ago": (91, 150)})
    BetweenAgo(nearest=91, farthest=150, unit='day')
    """
    keyword = one_of(phrase, words, EVENT_WORDS)
    return ALL_TIME if keyword is None else _EVENT[keyword](keyword, words[keyword])


def date_timeframe(phrase: str, words: Mapping[str, Any]) -> DateTimeframe | None:
    """Parse the timeframe in the keywords of a phrase about a date. Return None if there is none.

    >>> date_timeframe("has", {"in_month": 6})
    InMonth(month=6)
    """
    keyword = one_of(phrase, words, DATE_WORDS)
    return None if keyword is None else _DATE[keyword](keyword, words[keyword])


def status_timeframe(phrase: str, words: Mapping[str, Any]) -> DateTimeframe | None:
    """Parse the timeframe in keywords that start with "since_". Return None if there is none.

    >>> status_timeframe("can_receive", {"since_at_least_days_ago": 30})
    AtLeastAgo(quantity=30, unit='day')
    """
    keyword = one_of(phrase, words, SINCE_WORDS)
    return None if keyword is None else _DATE[keyword.removeprefix("since_")](keyword, words[keyword])


def one_of(phrase: str, words: Mapping[str, Any], known: Iterable[str]) -> str | None:
    """Return the keyword that is both in `words` and in `known`, or None if there is none.

    Raises:
        DefinitionError: there are two or more such keywords.
    """
    present = sorted(set(words) & set(known))
    if len(present) > 1:
        raise DefinitionError.words_clash(phrase, present)
    return present[0] if present else None


_LARGEST = 10**300
"""The limit for whole numbers. Larger numbers are useless as thresholds, and could be too long for Python to print."""


def whole(word: str, value: object, *, least: int, most: int | None = None) -> int:
    """Check that a value is a whole number from `least` to `most`, and return it. NumPy integers become int."""
    wanted = f"a whole number from {least:,} to {most:,}" if most is not None else f"a whole number, {least:,} or more"
    try:
        number = index(value)  # type: ignore[arg-type]  # this is the check
    except TypeError:
        raise DefinitionError.bad_value(word, value, wanted) from None
    if isinstance(value, bool) or not least <= number <= (_LARGEST if most is None else most):
        raise DefinitionError.bad_value(word, value, wanted)
    return number


def day(word: str, value: object) -> date:
    """Convert a value to a day from 1900 to 2200. A datetime must be at midnight, since conditions compare whole days."""
    wanted = "a day from 1900 to 2200, such as '2026-06-30' or datetime.date(2026, 6, 30)"
    if isinstance(value, str):
        try:
            value = iso_moment(value)
        except ValueError:
            raise DefinitionError.bad_value(word, value, wanted) from None
    if isinstance(value, datetime) and (value.hour, value.minute, value.second, value.microsecond) == (0, 0, 0, 0):
        value = value.date()
    if isinstance(value, datetime) or not isinstance(value, date) or not 1900 <= value.year <= 2200:
        raise DefinitionError.bad_value(word, value, wanted)
    return value


def pair(word: str, value: object) -> tuple[Any, Any]:
    """Check that a value is a pair, such as the two ends of a window, and return it."""
    if not isinstance(value, (tuple, list)) or len(value) != 2:
        raise DefinitionError.bad_value(word, value, "two values in brackets, such as (91, 150)")
    return value[0], value[1]


_Reader = Callable[[str, Any], Any]


_MOST: dict[Unit, int] = {"hour": LONGEST, "day": LONGEST, "week": LONGEST // 7, "month": 1_200}
"""The maximum for each unit: a century, except for hours."""


def _quantity(kind: Callable[..., Any], *unit: Unit) -> _Reader:
    most = _MOST[unit[0]] if unit else LONGEST

    def read(word: str, value: object) -> Any:
        return kind(whole(word, value, least=1, most=most), *unit)

    return read


def _between_ago(unit: Unit) -> _Reader:
    most = _MOST["month"] if unit == "month" else LONGEST

    def read(word: str, value: object) -> BetweenAgo:
        nearest, farthest = (whole(word, end, least=0, most=most) for end in pair(word, value))
        if nearest > farthest:
            raise DefinitionError.reversed_window(word, nearest, farthest)
        return BetweenAgo(nearest, farthest, unit)

    return read


def _between_dates(word: str, value: object) -> BetweenDates:
    first, last = (day(word, end) for end in pair(word, value))
    if first > last:
        raise DefinitionError.reversed_window(word, str(first), str(last))
    return BetweenDates(first, last)


def _period(*, is_last: bool) -> _Reader:
    def read(word: str, value: object) -> InPeriod:
        periods: tuple[Period, ...] = get_args(Period)
        if value not in periods:
            raise DefinitionError.unknown_choice(word, value, periods)
        return InPeriod(value, is_last)

    return read


def _flag(kind: Callable[[], Any]) -> _Reader:
    def read(word: str, value: object) -> Any:
        if value is not True:
            raise DefinitionError.bad_value(word, value, "True (otherwise leave the keyword out)")
        return kind()

    return read


_EVENT: dict[str, _Reader] = {
    "in_last_hours": _quantity(InTheLast, "hour"),
    "in_last_days": _quantity(InTheLast, "day"),
    "in_last_weeks": _quantity(InTheLast, "week"),
    "in_last_months": _quantity(InTheLast, "month"),
    "at_least_hours_ago": _quantity(AtLeastAgo, "hour"),
    "at_least_days_ago": _quantity(AtLeastAgo, "day"),
    "at_least_weeks_ago": _quantity(AtLeastAgo, "week"),
    "at_least_months_ago": _quantity(AtLeastAgo, "month"),
    "between_hours_ago": _between_ago("hour"),
    "between_days_ago": _between_ago("day"),
    "between_weeks_ago": _between_ago("week"),
    "between_months_ago": _between_ago("month"),
    "in_this": _period(is_last=False),
    "in_last": _period(is_last=True),
    "before": lambda word, value: Before(day(word, value)),
    "after": lambda word, value: After(day(word, value)),
    "between": _between_dates,
}
_DATE: dict[str, _Reader] = {
    **_EVENT,
    "in_next_hours": _quantity(InTheNext, "hour"),
    "in_next_days": _quantity(InTheNext, "day"),
    "in_next_weeks": _quantity(InTheNext, "week"),
    "in_next_months": _quantity(InTheNext, "month"),
    "anniversary_today": _flag(AnniversaryToday),
    "anniversary_in_next_days": _quantity(AnniversaryInTheNext),
    "anniversary_in_last_days": _quantity(AnniversaryInTheLast),
    "anniversary_this_month": _flag(AnniversaryThisMonth),
    "in_month": lambda word, value: InMonth(whole(word, value, least=1, most=12)),
}
