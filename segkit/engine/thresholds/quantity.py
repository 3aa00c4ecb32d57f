"""Describe the quantity that a threshold applies to: its name, and its unit in a chart. The engine counts the profiles."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from segkit.definition.conditions import AllOf, Atom, Condition, MetricCondition, Not
from segkit.definition.explain import metric_words, spent_on
from segkit.definition.measures import (
    Distance,
    EventCount,
    EventDays,
    EventSum,
    FirstDay,
    LastDay,
    ListLength,
    Measure,
    Number,
    is_whole,
    last_day_of,
    limit_of,
    measure_of,
)
from segkit.definition.parameters import Parameter
from segkit.definition.timeframes import BetweenAgo, InTheLast, length
from segkit.engine.thresholds.threshold import Moving, Place, Threshold, parts_of

Pictured: TypeAlias = EventCount | EventSum | EventDays | LastDay | Distance | Number | ListLength
"""Measures that can be drawn as a histogram. The measure for a moving window is the number of days since the last event."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """The quantity that one parameter of a builder sets a threshold for.

    Attributes:
        words: the name of the quantity, such as "days since the last Clicked SMS".
        moving: the condition that changes with the parameter.
        measure: the measure that is compared with the threshold. For a moving window, this is the day that decides who is in it.
        end: the end of the parameter's range, in the unit of the chart.
        is_whole: whether thresholds are whole numbers.
        is_nearest: for a window between two days, whether its later end moves.
        is_negated: whether the members are the profiles that do not match the condition.
        is_required: whether every member meets the condition that moves, since only "all of" encloses it.
        unit_days: the number of days in the unit of the parameter, 7 for a window in weeks. Limits and bars are always in days.
        others: every part of the outermost "all of" that the parameter does not move.
    """

    words: str
    moving: Moving
    measure: Pictured
    end: float
    is_whole: bool
    is_nearest: bool
    is_negated: bool
    is_required: bool
    unit_days: int
    others: AllOf

    @property
    def rule(self) -> Condition:
        """The condition that moves, at the current value, or its negation if the members are the profiles that do not match it."""
        atom = self.moving.atoms[0]
        return Not(atom) if self.is_negated else atom

    @property
    def counted(self) -> AllOf:
        """Return which profiles to count. For an amount spent, these are only the profiles that bought."""
        match self.measure:
            case EventSum(metric, timeframe, where):
                bought = MetricCondition(metric, "count", "at least", 1, timeframe, where)
                return AllOf((*self.others.conditions, bought))
            case EventCount() | EventDays() | LastDay() | Distance() | Number() | ListLength():
                return self.others
            case _:
                assert_never(self.measure)

    @property
    def may_be_negative(self) -> bool:
        """Whether the measure can be below 0, for example if a profile has more refunds than orders."""
        match self.measure:
            case EventSum() | Number():
                return True
            case EventCount() | EventDays() | LastDay() | Distance() | ListLength():
                return False
            case _:
                assert_never(self.measure)

    def threshold_of(self, atom: Atom) -> float:
        """Return the threshold of a condition in the unit of the chart, which is days for windows."""
        return _limit_in_unit(self.measure, atom, is_nearest=self.is_nearest)


def quantity_of(threshold: Threshold, parameter: Parameter) -> Quantity | None:
    """Return the quantity that one parameter sets a threshold for. The threshold needs at least two positions.

    Return None if the parameter changes no number, for example if it is a country, a topic or a window of hours.
    """
    if not threshold.moving:
        return None
    moving, condition = threshold.moving[0], threshold.segments[0].condition
    atom, other = moving.atoms[:2]
    measure, is_nearest = _moving_measure(atom, other), _is_nearest(atom, other)
    if measure is None or isinstance(measure, FirstDay):
        return None
    first, second = (float(position[parameter.name]) for position in threshold.positions[:2])
    limit = _limit_in_unit(measure, atom, is_nearest=is_nearest)
    pace = (_limit_in_unit(measure, other, is_nearest=is_nearest) - limit) / (second - first)
    parts = condition.conditions if isinstance(condition, AllOf) else ()
    moved = {one.place[0] for one in threshold.moving if one.place}
    return Quantity(
        _words(measure),
        moving,
        measure,
        end=_end(parameter, first, limit, pace),
        is_whole=_has_whole_steps(measure, parameter),
        is_nearest=is_nearest,
        is_negated=_is_negated(condition, moving.place),
        is_required=all(isinstance(one, AllOf) for one in _enclosing(condition, moving.place)),
        unit_days=_unit_days(measure, atom),
        others=AllOf(tuple(part for number, part in enumerate(parts) if number not in moved)),
    )


def _moving_measure(atom: Atom, other: Atom) -> Measure | None:
    """Return the measure of an atom if the other atom has a different limit or a different window; otherwise return None."""
    measure = measure_of(atom)
    if type(measure) is type(measure_of(other)) and limit_of(atom) != limit_of(other):
        return measure
    if isinstance(atom, MetricCondition) and isinstance(other, MetricCondition):
        window = atom.timeframe
        # An axis of days can't show a window of months, since months differ in length.
        is_days = isinstance(window, (InTheLast, BetweenAgo)) and window.unit not in ("hour", "month")
        if is_days and window != other.timeframe:
            return last_day_of(atom)
    return None


def _words(measure: Pictured) -> str:
    """Return the name of a measure."""
    match measure:
        case EventCount(metric):
            return f"{metric_words(metric)} events"
        case EventSum(metric):
            return f"spent {spent_on(metric)}"
        case EventDays(metric):
            return f"days with {metric_words(metric)}"
        case LastDay(EventSum(metric), rank, is_passed):
            return f"days back until {'more than' if is_passed else 'at least'} {rank:,} was spent {spent_on(metric)}"
        case LastDay(EventDays(metric), rank) if rank > 1:
            return f"days since the last day but {rank - 1} with {metric_words(metric)}"
        case LastDay(of, rank):
            which = "last" if rank <= 1 else f"last but {rank - 1}"
            return f"days since the {which} {metric_words(of.metric)}"
        case Distance(_, unit):
            return f"{unit} away"
        case Number(name):
            return name
        case ListLength(name):
            return f"items in {name}"
        case _:
            assert_never(measure)


def _has_whole_steps(measure: Pictured, parameter: Parameter) -> bool:
    """Whether a slider moves in whole numbers, although amounts may lie between them."""
    span = parameter.range
    return is_whole(measure) or (span is not None and float(span.low).is_integer() and float(span.step).is_integer())


def _limit_in_unit(measure: Measure, atom: Atom, *, is_nearest: bool) -> float:
    """Return the limit of an atom in the unit of the chart, which is days for windows."""
    window = atom.timeframe if isinstance(atom, MetricCondition) else None
    if isinstance(measure, LastDay) and isinstance(window, (InTheLast, BetweenAgo)) and window.unit != "month":
        return float(length(_end_of(window, is_nearest=is_nearest), window.unit).days)
    limit = limit_of(atom)
    return float("nan") if limit is None else float(limit)


def _end_of(window: InTheLast | BetweenAgo, *, is_nearest: bool) -> int:
    """Return the moving end of a window, in the window's own unit."""
    if isinstance(window, InTheLast):
        return window.quantity
    return window.nearest if is_nearest else window.farthest


def _is_nearest(atom: Atom, other: Atom) -> bool:
    """Whether the nearest end differs between two windows, each between two days."""
    match atom, other:
        case MetricCondition(timeframe=BetweenAgo() as one), MetricCondition(timeframe=BetweenAgo() as two):
            return one.farthest == two.farthest
        case _:
            return False


def _end(parameter: Parameter, value: float, limit: float, pace: float) -> float:
    """Return the end of the chart's axis: the end of the parameter's range, in the unit of the threshold.

    The threshold moves by `pace` when the parameter moves by 1.
    """
    if parameter.range is None:
        return max(2 * limit, 1.0)
    # Round, so that every value of the parameter gives the same end.
    return round(limit + (parameter.range.high - value) * pace, 6)


def _is_negated(condition: Condition, place: Place) -> bool:
    """Whether an odd number of "not" encloses a place in a tree."""
    return sum(isinstance(one, Not) for one in _enclosing(condition, place)) % 2 == 1


def _enclosing(condition: Condition, place: Place) -> Iterator[Condition]:
    """Yield the groups that enclose a place in a tree, outermost first."""
    for number in place:
        yield condition
        condition = parts_of(condition)[number]


def _unit_days(measure: Measure, atom: Atom) -> int:
    window = atom.timeframe if isinstance(atom, MetricCondition) else None
    is_weeks = isinstance(window, (InTheLast, BetweenAgo)) and window.unit == "week"
    return 7 if isinstance(measure, LastDay) and is_weeks else 1
