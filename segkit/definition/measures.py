"""Measures: what a threshold is compared with, such as a count of events; how it compares, and with which limit, is the atom's.

Equal measures are one number for each profile, so that what was worked out for one threshold serves every other: readers keep
it under the measure. Nothing here knows how a measure is worked out.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import TypeAlias, assert_never

from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    Atom,
    BooleanTest,
    Condition,
    ConsentCondition,
    DateTest,
    DistanceCondition,
    DistanceUnit,
    EventProperty,
    FunnelCondition,
    ItemsTest,
    ItemTextTest,
    LengthTest,
    ListCondition,
    ListTest,
    Measurement,
    MetricCondition,
    Not,
    NumberTest,
    PhoneCountryCondition,
    Point,
    PostalCode,
    PropertyCondition,
    PropertyTest,
    RegionCondition,
    SetTest,
    SomethingTest,
    TextInTest,
    TextTest,
)
from segkit.definition.timeframes import ALL_TIME, After, Before, EventTimeframe, window_days

Limit: TypeAlias = int | float | Decimal
"""The number that a measure is compared with, in the unit of the measure."""


@dataclass(frozen=True, slots=True)
class EventCount:
    """How many events of a metric, in a timeframe, pass all of some tests."""

    metric: str
    timeframe: EventTimeframe = ALL_TIME
    where: tuple[EventProperty, ...] = ()


@dataclass(frozen=True, slots=True)
class EventSum:
    """What the values of these events add up to."""

    metric: str
    timeframe: EventTimeframe = ALL_TIME
    where: tuple[EventProperty, ...] = ()


@dataclass(frozen=True, slots=True)
class EventDays:
    """On how many different UTC days there is such an event."""

    metric: str
    timeframe: EventTimeframe = ALL_TIME
    where: tuple[EventProperty, ...] = ()


EventMeasure: TypeAlias = EventCount | EventSum | EventDays


@dataclass(frozen=True, slots=True)
class LastDay:
    """The day of the event with which a count or a sum reaches a number, looking back from the end of a timeframe.

    It is what the moving beginning of a window is compared with: a window that begins on that day or before it reaches the
    number, and none that begins after it does.

    Attributes:
        of: what is counted or added up, in the timeframe that holds every event a window could take in.
        rank: the number that is reached; of a count the least whole one, so that 2 is the last event but one, or the last day with an
            event but one.
        is_passed: whether a sum must be more than the number; otherwise the number itself is enough.
    """

    of: EventMeasure
    rank: Limit
    is_passed: bool = False


@dataclass(frozen=True, slots=True)
class FirstDay:
    """The day of the event with which a count or a sum reaches a number, looking forward from the beginning of a timeframe.

    It is what the moving end of a window is compared with where its beginning stands: a window that lasts beyond that day reaches
    the number, and none that ends on that day or before it does. Attributes are those of `LastDay`.
    """

    of: EventMeasure
    rank: Limit
    is_passed: bool = False


DayMeasure: TypeAlias = LastDay | FirstDay


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a profile lives from a place, in a unit."""

    of: PostalCode | Point
    unit: DistanceUnit


@dataclass(frozen=True, slots=True)
class Number:
    """A property of the profile, read as a number."""

    property: str


@dataclass(frozen=True, slots=True)
class ListLength:
    """How many items a list has that is a property of the profile."""

    property: str


Measure: TypeAlias = EventMeasure | LastDay | FirstDay | Distance | Number | ListLength


def measure_of(atom: Atom) -> Measure | None:
    """Return what an atom compares with a limit; None where it compares no number.

    The window of a count or a sum is part of what is measured. What it is compared with itself while it moves: `last_day_of`.

    >>> from segkit.definition.phrases import did
    >>> measure_of(did("Clicked SMS", at_least=3)) == measure_of(did("Clicked SMS", fewer_than=5))
    True
    """
    match atom:
        case MetricCondition():
            return measure_in(atom, atom.timeframe)
        case PropertyCondition(name, test):
            return _measure_of_test(name, test)
        case DistanceCondition():
            return Distance(atom.of, atom.unit)
        case FunnelCondition() | ConsentCondition() | ListCondition() | PhoneCountryCondition() | RegionCondition():
            return None
        case _:
            assert_never(atom)


def limit_of(atom: Atom) -> Limit | None:
    """Return what an atom compares its measure with, as it is written; None where it has no measure.

    >>> from segkit.definition.phrases import within
    >>> limit_of(within(30, "miles", of="02110"))
    30.0
    """
    match atom:
        case MetricCondition():
            return atom.value
        case PropertyCondition(_, test):
            return _limit_of_test(test)
        case DistanceCondition():
            return atom.distance
        case FunnelCondition() | ConsentCondition() | ListCondition() | PhoneCountryCondition() | RegionCondition():
            return None
        case _:
            assert_never(atom)


def measure_in(atom: MetricCondition, timeframe: EventTimeframe) -> EventMeasure:
    """Return what a condition on events counts or adds up, in a timeframe of its own or another."""
    return event_measure(atom.measurement, atom.metric, timeframe, atom.where)


def event_measure(
    measurement: Measurement, metric: str, timeframe: EventTimeframe = ALL_TIME, where: tuple[EventProperty, ...] = ()
) -> EventMeasure:
    """Return a measure of a metric's events.

    >>> event_measure("count", "Clicked SMS")
    EventCount(metric='Clicked SMS', timeframe=AllTime(), where=())
    """
    match measurement:
        case "count":
            return EventCount(metric, timeframe, where)
        case "sum":
            return EventSum(metric, timeframe, where)
        case "days":
            return EventDays(metric, timeframe, where)
        case _:
            assert_never(measurement)


def last_day_of(atom: MetricCondition, timeframe: EventTimeframe = ALL_TIME) -> LastDay | None:
    """Return what the moving beginning of a condition's window is compared with; None where no single event decides.

    Args:
        atom: the condition; its own window plays no part.
        timeframe: what holds every event that the window could take in as it moves.

    >>> from segkit.definition.phrases import did
    >>> last_day_of(did("Clicked SMS", at_most=2, in_last_days=90)).rank
    3
    """
    measure = measure_in(atom, timeframe)
    match atom.comparison:
        case "at least" | "fewer than":
            return _reached(measure, atom.value, is_passed=False)
        case "more than" | "at most":
            return _reached(measure, atom.value, is_passed=True)
        case "equals" | "not equals":
            return LastDay(measure, 1) if atom.value == 0 and not isinstance(measure, EventSum) else None
        case _:
            assert_never(atom.comparison)


def day_measures(atom: MetricCondition, as_of: datetime) -> list[tuple[DayMeasure, int]]:
    """Return what a condition's window is compared with as one end of it moves and the other stands, and the UTC day that it is.

    First its beginning, where it has one: the day on which it begins. Then its end, where it ends before the moment: the day after
    its last. Neither where an end is no midnight, or where no single event decides.

    >>> from segkit.definition.phrases import did
    >>> from segkit.definition.timeframes import close_of
    >>> [(measure.of.timeframe, day) for measure, day in day_measures(did("Clicked SMS", in_last_days=1), close_of(date(1970, 1, 3)))]
    [(AllTime(), 1)]
    """
    first, end = window_days(atom.timeframe, as_of) or (None, None)
    found: list[tuple[DayMeasure, int]] = []
    if first is not None:
        last_day = last_day_of(atom, ALL_TIME if end is None else Before(_date(end)))
        found += [] if last_day is None else [(last_day, first)]
    if end is not None:
        reached = last_day_of(atom, ALL_TIME if first is None else After(_date(first - 1)))
        found += [] if reached is None else [(FirstDay(reached.of, reached.rank, reached.is_passed), end)]
    return found


def is_reached(atom: MetricCondition) -> bool:
    """Whether a condition is true once its number is reached, and not until then; otherwise it is true until then."""
    return atom.comparison in {"at least", "more than"} or (atom.comparison == "not equals" and atom.value == 0)


def without_limits(condition: Condition) -> Hashable:
    """Return what of a condition stands still wherever its thresholds move.

    >>> from segkit.definition.phrases import did
    >>> without_limits(did("Clicked SMS", in_last_days=30)) == without_limits(did("Clicked SMS", at_least=2, in_last_days=7))
    True
    """
    # Asked at every position of a slider: a `match` takes twice as long.
    if isinstance(condition, MetricCondition):
        return condition.metric, condition.measurement, condition.comparison, type(condition.timeframe), condition.where
    if isinstance(condition, (AllOf, AnyOf)):
        return type(condition), *map(without_limits, condition.conditions)
    if isinstance(condition, Not):
        return Not, without_limits(condition.condition)
    if isinstance(condition, PropertyCondition) and isinstance(condition.test, NumberTest):
        return condition.property, condition.test.comparison
    if isinstance(condition, DistanceCondition):
        return condition.is_within, condition.unit, condition.of
    return condition


def _reached(measure: EventMeasure, limit: Limit, *, is_passed: bool) -> LastDay:
    if isinstance(measure, EventSum):
        return LastDay(measure, limit, is_passed)
    return LastDay(measure, least_whole(limit, is_passed=is_passed))


def least_whole(limit: Limit, *, is_passed: bool, scale: int = 0) -> int:
    """Return the least whole number of units, ten to the power of minus `scale` each, that reaches a limit, or passes it.

    >>> least_whole(19.99, is_passed=True, scale=2)
    2000
    """
    exact = limit * 10**scale if isinstance(limit, int) else Fraction(Decimal(str(limit))) * Fraction(10) ** scale
    return floor(exact) + 1 if is_passed else ceil(exact)


def _date(day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=day)


def _measure_of_test(name: str, test: PropertyTest) -> Measure | None:
    match test:
        case NumberTest():
            return Number(name)
        case LengthTest():
            return ListLength(name)
        case TextTest() | TextInTest() | BooleanTest() | DateTest() | ListTest() | ItemsTest() | ItemTextTest():
            return None
        case SetTest() | SomethingTest():
            return None
        case _:
            assert_never(test)


def _limit_of_test(test: PropertyTest) -> Limit | None:
    match test:
        case NumberTest():
            return test.value
        case LengthTest():
            return test.length
        case TextTest() | TextInTest() | BooleanTest() | DateTest() | ListTest() | ItemsTest() | ItemTextTest():
            return None
        case SetTest() | SomethingTest():
            return None
        case _:
            assert_never(test)
