"""Convert Klaviyo's date filters to timeframes. The units are hours, days and weeks."""

from collections.abc import Callable
from datetime import UTC, date, time
from typing import cast, get_args

from segkit.definition.timeframe_words import day, whole
from segkit.definition.timeframes import (
    ALL_TIME,
    LONGEST,
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
    FixedUnit,
    InMonth,
    InTheLast,
    InTheNext,
    Timeframe,
    iso_moment,
    length,
)
from segkit.definition.value_words import number
from segkit.errors import DefinitionError
from segkit.klaviyo.definitions.parts import Filter, parts, word
from segkit.masking import quoted


def event_timeframe(value: object) -> EventTimeframe:
    """Read the timeframe of events or of joining a list.

    Raises:
        DefinitionError: there is no timeframe, or only a date on a profile can have it.
    """
    found = timeframe(value)
    if not isinstance(found, get_args(EventTimeframe)):
        why = "a timeframe for events can only look back, and anniversaries are only for dates on profiles"
        raise DefinitionError.beyond_segkit(
            f"The timeframe {quoted(cast(Filter, value).get('operator'))} for events", why
        )
    return cast(EventTimeframe, found)


def date_timeframe(value: object) -> DateTimeframe:
    """Read the timeframe for a date on a profile. Refuse "over all time"."""
    found = timeframe(value)
    if isinstance(found, AllTime):
        raise DefinitionError.beyond_segkit(
            "The timeframe 'alltime' for a date", "every date passes it. Use is-set instead"
        )
    return found


def timeframe(value: object) -> Timeframe:
    """Read any date filter.

    Klaviyo's guide writes `value` where its schema has `date`, so both are accepted. The ends of a relative window may be in any order.

    Raises:
        DefinitionError: the operator or unit is unknown, or an instant is not a midnight in UTC.
    """
    names = ("operator", "quantity", "unit", "start", "end", "date", "value")
    given = parts("A date filter", value, names, of="an operator, and either a quantity and unit or a date")
    word("The type of a date filter", given.get("type"), ("date",))
    operator = word("The operator of a date filter", given.get("operator"), tuple(_TIMEFRAMES))
    return _TIMEFRAMES[operator](given)


def _quantity(given: Filter, part: str = "quantity", *, least: int = 1) -> int:
    most = LONGEST // max(length(1, _unit(given)).days, 1)
    return whole(f"The {part} of a date filter", number(part, given.get(part)), least=least, most=most)


def _unit(given: Filter) -> FixedUnit:
    return cast(FixedUnit, word("The unit of a date filter", given.get("unit"), get_args(FixedUnit)))


def _relative(kind: Callable[[int, FixedUnit], Timeframe]) -> Callable[[Filter], Timeframe]:
    return lambda given: kind(_quantity(given), _unit(given))


def _between_ago(given: Filter) -> Timeframe:
    nearest, farthest = sorted(_quantity(given, end, least=0) for end in ("start", "end"))
    return BetweenAgo(nearest, farthest, _unit(given))


def _anniversary(kind: Callable[[int], Timeframe]) -> Callable[[Filter], Timeframe]:
    def read(given: Filter) -> Timeframe:
        if _unit(given) == "hour":
            raise DefinitionError.beyond_segkit("An anniversary within hours", "segkit counts anniversaries in days")
        return kind(length(_quantity(given), _unit(given)).days)

    return read


def _day(given: Filter, *names: str) -> date:
    """Read a day: a plain date, or its midnight in UTC, which Klaviyo writes for a day chosen in its interface."""
    value = next((given[name] for name in names if name in given), "null")
    what = f"The {names[0]} of a date filter"
    wanted = "a day such as '2026-06-30', or its midnight in UTC: segkit's conditions compare whole days"
    try:
        moment = iso_moment(value)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise DefinitionError.bad_value(what, value, wanted) from None
    if moment.time() != time():
        raise DefinitionError.bad_value(what, value, wanted)
    return day(what, moment.date())


def _between_dates(given: Filter) -> Timeframe:
    days = [_day(given, "start"), _day(given, "end")]
    if days[0] > days[1]:
        raise DefinitionError.bad_value("The end of a date filter", given["end"], f"no earlier than {given['start']}")
    return BetweenDates(*days)


_TIMEFRAMES: dict[str, Callable[[Filter], Timeframe]] = {
    "alltime": lambda _: ALL_TIME,
    "in-the-last": _relative(InTheLast),
    "at-least": _relative(AtLeastAgo),
    "between": _between_ago,
    "in-the-next": _relative(InTheNext),
    "before": lambda given: Before(_day(given, "date", "value")),
    "after": lambda given: After(_day(given, "date", "value")),
    "between-static": _between_dates,
    "anniversary": lambda _: AnniversaryToday(),
    "anniversary-next": _anniversary(AnniversaryInTheNext),
    "anniversary-last": _anniversary(AnniversaryInTheLast),
    "anniversary-month": lambda _: AnniversaryThisMonth(),
    "calendar-month": lambda given: InMonth(whole("The month of a date filter", given.get("value"), least=1, most=12)),
}
