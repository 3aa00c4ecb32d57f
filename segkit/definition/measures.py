"""Define measures: the per-profile quantities that thresholds are compared with, such as a count of events.

To add a measurement of events besides count, sum and days, begin with `Measurement` in `conditions.py`, which lists the files that must
handle it.

The comparison and the limit belong to the atom (see `conditions`). Equal measures have equal values, so the engines under
`segkit/engine` cache the values by measure and reuse them for every threshold.
"""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import TypeAlias, assert_never

from segkit.definition.algebra import each_metric
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
    EventTests,
    FunnelCondition,
    ItemsTest,
    ItemTextTest,
    LastEventCondition,
    LengthTest,
    ListCondition,
    ListTest,
    Measurement,
    MetricCondition,
    Metrics,
    Not,
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
    TextInTest,
    TextTest,
)
from segkit.definition.timeframes import ALL_TIME, After, Before, EventTimeframe, window_days

Limit: TypeAlias = int | float | Decimal
"""A number that a measure is compared with, in the measure's unit."""


@dataclass(frozen=True, slots=True)
class EventCount:
    """The number of a metric's events in a timeframe that pass all tests in `where`."""

    metric: Metrics
    timeframe: EventTimeframe = ALL_TIME
    where: EventTests = ()


@dataclass(frozen=True, slots=True)
class EventSum:
    """The sum of the values of a metric's events in a timeframe that pass all tests in `where`."""

    metric: Metrics
    timeframe: EventTimeframe = ALL_TIME
    where: EventTests = ()


@dataclass(frozen=True, slots=True)
class EventDays:
    """The number of different UTC days in a timeframe with an event that passes all tests in `where`."""

    metric: Metrics
    timeframe: EventTimeframe = ALL_TIME
    where: EventTests = ()


EventMeasure: TypeAlias = EventCount | EventSum | EventDays


@dataclass(frozen=True, slots=True)
class LastDay:
    """The day of the event at which a count, a sum or a number of days reaches `rank`, going backwards from the end of a timeframe.

    It decides a window with a moving start: the window reaches the number if it starts on or before that day.

    Attributes:
        of: the count, sum or number of days, in a timeframe with every event that the window can contain.
        rank: the number to reach. For a count, the smallest whole number that is enough: 2 means the second most recent event, or
            the second most recent day with an event.
        is_passed: whether a sum must exceed the number. If false, reaching it is enough.
    """

    of: EventMeasure
    rank: Limit
    is_passed: bool = False


@dataclass(frozen=True, slots=True)
class FirstDay:
    """The day of the event at which a count, a sum or a number of days reaches `rank`, going forwards from the start of a timeframe.

    It decides a window with a fixed start and a moving end: the window reaches the number if it ends (exclusive) after that day. It
    has the same attributes as `LastDay`.
    """

    of: EventMeasure
    rank: Limit
    is_passed: bool = False


DayMeasure: TypeAlias = LastDay | FirstDay


@dataclass(frozen=True, slots=True)
class Distance:
    """The distance of a profile from a place, in `unit`."""

    of: PostalCode | Point
    unit: DistanceUnit


@dataclass(frozen=True, slots=True)
class Number:
    """A property of the profile as a number."""

    property: str


@dataclass(frozen=True, slots=True)
class ListLength:
    """The number of items in a profile property that holds a list."""

    property: str


Measure: TypeAlias = EventMeasure | LastDay | FirstDay | Distance | Number | ListLength


def measure_of(atom: Atom) -> Measure | None:
    """Return the measure that an atom compares with a limit, or None if it compares no number.

    The timeframe of a measure of events is part of the measure. For a window that moves, see `last_day_of`.

    >>> from segkit.definition.phrases import did
    >>> measure_of(did("Clicked SMS", at_least=3)) == measure_of(did("Clicked SMS", fewer_than=5))
    True
    """
    match atom:
        case MetricCondition():
            return measure_in(atom, atom.timeframe)
        case PropertyCondition(name, test):
            compared = _compared(name, test)
            return None if compared is None else compared[0]
        case DistanceCondition():
            return Distance(atom.of, atom.unit)
        case (
            FunnelCondition()
            | LastEventCondition()
            | ConsentCondition()
            | ListCondition()
            | PhoneCountryCondition()
            | RegionCondition()
        ):
            return None
        case _:
            assert_never(atom)


def limit_of(atom: Atom) -> Limit | None:
    """Return the limit that an atom compares its measure with, or None if it has no measure.

    >>> from segkit.definition.phrases import within
    >>> limit_of(within(30, "miles", of="02110"))
    30.0
    """
    match atom:
        case MetricCondition():
            return atom.value
        case PropertyCondition(name, test):
            compared = _compared(name, test)
            return None if compared is None else compared[1]
        case DistanceCondition():
            return atom.distance
        case (
            FunnelCondition()
            | LastEventCondition()
            | ConsentCondition()
            | ListCondition()
            | PhoneCountryCondition()
            | RegionCondition()
        ):
            return None
        case _:
            assert_never(atom)


def measure_in(atom: MetricCondition, timeframe: EventTimeframe) -> EventMeasure:
    """Return the measure of a condition on events in the given timeframe instead of its own."""
    return event_measure(atom.measurement, atom.metric, timeframe, atom.where)


def event_measure(
    measurement: Measurement, metric: Metrics, timeframe: EventTimeframe = ALL_TIME, where: EventTests = ()
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


def of_each_metric(measure: EventMeasure) -> list[EventMeasure]:
    """Split a measure of several metrics into one measure for each metric. Two names of the same metric count as one.

    >>> [one.metric for one in of_each_metric(EventCount(("Clicked SMS", "Clicked Text Message", "Clicked Email")))]
    ['Clicked SMS', 'Clicked Email']
    """
    return [replace(measure, metric=one) for one in each_metric(measure.metric)]


def last_day_of(atom: MetricCondition, timeframe: EventTimeframe = ALL_TIME) -> LastDay | None:
    """Return the measure that decides a condition as its window's start moves, or None if no single event decides it.

    Args:
        atom: the condition. Its own timeframe is ignored.
        timeframe: a timeframe with every event that the window can contain as it moves.

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
            return LastDay(measure, 1) if atom.value == 0 and is_whole(measure) else None
        case _:
            assert_never(atom.comparison)


def is_whole(measure: Measure) -> bool:
    """Whether every amount of a measure is a whole number.

    >>> is_whole(EventCount("Placed Order")), is_whole(EventSum("Placed Order"))
    (True, False)
    """
    match measure:
        case EventCount() | EventDays() | LastDay() | FirstDay() | ListLength():
            return True
        case EventSum() | Distance() | Number():
            return False
        case _:
            assert_never(measure)


def day_measures(atom: MetricCondition, as_of: datetime) -> list[tuple[DayMeasure, int]]:
    """Return the measures that decide a condition when the start or the end of its window moves, each with its current UTC day.

    Days are counted from 1970-01-01. If the window has a start, the first pair is for the start, with the window's first day. If the
    end is not after `as_of`, the next pair is for the end, with the day after the window's last day. The list is empty if an end is
    not at midnight, or if no single event decides the condition.

    >>> from segkit.definition.phrases import did
    >>> from segkit.definition.timeframes import close_of
    >>> [(measure.of.timeframe, day) for measure, day in day_measures(did("Clicked SMS", in_last_days=1), close_of(date(1970, 1, 3)))]
    [(AllTime(), 1)]
    """
    first, end = window_days(atom.timeframe, as_of) or (None, None)
    measures: list[tuple[DayMeasure, int]] = []
    if first is not None:
        last_day = last_day_of(atom, ALL_TIME if end is None else Before(_date(end)))
        measures += [] if last_day is None else [(last_day, first)]
    if end is not None:
        reached = last_day_of(atom, ALL_TIME if first is None else After(_date(first - 1)))
        measures += [] if reached is None else [(FirstDay(reached.of, reached.rank, reached.is_passed), end)]
    return measures


def is_reached(atom: MetricCondition) -> bool:
    """Whether a condition becomes true when its measure reaches the number. If not, it becomes false at that point."""
    return atom.comparison in {"at least", "more than"} or (atom.comparison == "not equals" and atom.value == 0)


def without_limits(condition: Condition) -> Hashable:
    """Return the parts of a condition that do not change when its thresholds move.

    >>> from segkit.definition.phrases import did
    >>> without_limits(did("Clicked SMS", in_last_days=30)) == without_limits(did("Clicked SMS", at_least=2, in_last_days=7))
    True
    """
    # This is called at every position of a slider, and `isinstance` is faster than `match`.
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
    if is_whole(measure):
        return LastDay(measure, least_whole(limit, is_passed=is_passed))
    return LastDay(measure, limit, is_passed)


def least_whole(limit: Limit, *, is_passed: bool, scale: int = 0) -> int:
    """Return the smallest whole number of units, each 10**-scale, that reaches a limit or, if `is_passed`, exceeds it.

    >>> least_whole(19.99, is_passed=True, scale=2)
    2000
    """
    exact = limit * 10**scale if isinstance(limit, int) else Fraction(Decimal(str(limit))) * Fraction(10) ** scale
    return floor(exact) + 1 if is_passed else ceil(exact)


def _date(day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=day)


def _compared(name: str, test: PropertyTest) -> tuple[Measure, Limit] | None:
    """Return the measure and the limit that a test of a property compares, or None if it compares no number."""
    match test:
        case NumberTest():
            return Number(name), test.value
        case LengthTest():
            return ListLength(name), test.length
        case (
            TextTest()
            | TextInTest()
            | NumberInTest()
            | BooleanTest()
            | DateTest()
            | ListTest()
            | ItemsTest()
            | ItemTextTest()
        ):
            return None
        case SetTest() | SomethingTest():
            return None
        case _:
            assert_never(test)
