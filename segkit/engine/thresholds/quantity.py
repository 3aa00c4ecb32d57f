"""What a parameter is compared with: found by moving it and looking for the condition that moves with it; bars are others' work."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import Any, TypeAlias, assert_never

import numpy as np
import numpy.typing as npt

from segkit.data.instants import DAY, Flags, microseconds
from segkit.data.places import KILOMETERS
from segkit.definition.algebra import atoms
from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    Atom,
    Condition,
    MetricCondition,
    Not,
)
from segkit.definition.measures import (
    Distance,
    EventCount,
    EventSum,
    FirstDay,
    LastDay,
    ListLength,
    Measure,
    Number,
    last_day_of,
    limit_of,
    measure_of,
)
from segkit.definition.parameters import Parameter, made_by, parameters
from segkit.definition.segment import Segment
from segkit.definition.timeframes import BetweenAgo, InTheLast, length
from segkit.definition.value_words import plain
from segkit.engine.memory.evaluation import Evaluation
from segkit.engine.memory.recency import NEVER
from segkit.errors import DefinitionError

Numbers: TypeAlias = npt.NDArray[np.float64]
WithBars: TypeAlias = EventCount | EventSum | LastDay | Distance | Number
"""Measures whose amounts are drawn as bars; the length of a list is not yet."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """What one parameter of a builder is compared with, and how much of it each profile has.

    Attributes:
        words: what is counted, such as "days since the last Clicked SMS".
        numbers: each profile's amount, in the Dataset's order; NaN where it has none.
        threshold: where the condition stands, in the same unit.
        end: how far the parameter's range reaches, in the same unit.
        atom: the condition that moves with the parameter.
        measure: what it is compared with: of a window that moves the day that decides.
        is_nearest: whether of a window between two days the nearest moves.
        is_negated: the members are those of whom that condition is not true.
        others_hold: who meets every part of the outermost "all of" that the parameter does not move.
        still: what of all this stands still while the parameter moves: two quantities that agree in it have the same `numbers`,
            `others_hold` and `end`.
    """

    words: str
    numbers: Numbers
    threshold: float
    end: float
    atom: Atom
    measure: Measure
    is_nearest: bool
    is_negated: bool
    others_hold: Flags
    still: Hashable

    def stands(self, atom: Atom) -> float:
        """Return where the condition stands once it has moved, in the unit of the numbers."""
        return _stands(self.measure, atom, is_nearest=self.is_nearest)


def quantity_of(
    evaluation: Evaluation, builder: Callable[..., Segment], *, parameter: str, values: Mapping[str, Any]
) -> Quantity | None:
    """Return what one parameter is compared with where the builder's parameters stand at `values`, others at their defaults.

    None where the parameter moves no number, as a country, a topic or a window of hours does.

    Raises:
        DefinitionError: the builder has no such parameter.
        DataError: as `sk.membership`.
    """
    known = {one.name: one for one in parameters(builder)}
    if not isinstance(parameter, str) or parameter not in known:
        raise DefinitionError.unknown_word(getattr(builder, "__name__", "the builder"), parameter, known)
    value: Any = plain(values.get(parameter, known[parameter].default))
    moved = _moved(known[parameter], value)
    if moved is None:
        return None
    condition = made_by(builder, values).condition
    pairs = zip(atoms(condition), atoms(made_by(builder, {**values, parameter: moved}).condition), strict=False)
    moving = [(one, two) for one, two in pairs if one != two]
    if not moving:
        return None
    atom, other = moving[0]
    measure, is_nearest = _moving_measure(atom, other), _is_nearest(atom, other)
    if measure is None or isinstance(measure, (ListLength, FirstDay)):
        return None
    numbers = evaluation.keep("quantity", measure, lambda: _numbers(measure, evaluation))
    if numbers is None:
        return None
    stands = _stands(measure, atom, is_nearest=is_nearest)
    pace = (_stands(measure, other, is_nearest=is_nearest) - stands) / float(moved - value)
    end = _end(known[parameter], float(value), stands, pace)
    others = _others(condition, {one for one, _ in moving})
    return Quantity(
        _words(measure),
        numbers,
        threshold=stands,
        end=end,
        atom=atom,
        measure=measure,
        is_nearest=is_nearest,
        is_negated=_is_negated(condition, atom),
        others_hold=evaluation.part(others),
        still=(measure, others, end),
    )


def _moved(parameter: Parameter, value: Any) -> Any:
    """Return another value for a numeric parameter; None where it is no number."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    if (isinstance(value, Decimal) and value.is_snan()) or not isfinite(value):
        return None
    step = parameter.range.step if parameter.range is not None else 1
    if isinstance(value, Decimal):
        return value + Decimal(str(step))
    return value + (int(step) or 1 if isinstance(value, int) else step)


def _moving_measure(atom: Atom, other: Atom) -> Measure | None:
    """Return the measure of an atom whose limit, or an end of whose window, moves to that of another; None where neither does."""
    measure = measure_of(atom)
    if type(measure) is type(measure_of(other)) and limit_of(atom) != limit_of(other):
        return measure
    if isinstance(atom, MetricCondition) and isinstance(other, MetricCondition):
        window = atom.timeframe
        if isinstance(window, (InTheLast, BetweenAgo)) and window.unit != "hour" and window != other.timeframe:
            return last_day_of(atom)
    return None


def _numbers(measure: WithBars, evaluation: Evaluation) -> Numbers | None:
    """Return how much of a measure each profile has; None where no single event decides a window that moves."""
    match measure:
        case EventCount():
            return evaluation.measured(measure)[0].astype(np.float64)
        case EventSum():
            return _spent(measure, evaluation)
        case LastDay():
            return _days_back(measure, evaluation)
        case Distance(place, unit):
            return evaluation.kilometers(place) / KILOMETERS[unit]
        case Number(name):
            return evaluation.numbers(name)
        case _:
            assert_never(measure)


def _words(measure: WithBars) -> str:
    """Return what a measure is called."""
    match measure:
        case EventCount(metric):
            return f"{metric} events"
        case EventSum(metric):
            return f"spent on {metric}"
        case LastDay(EventSum(metric), rank, is_passed):
            return f"days back until {'more than' if is_passed else 'at least'} {rank:,} was spent on {metric}"
        case LastDay(of, rank):
            which = "last" if rank <= 1 else f"last but {rank - 1}"
            return f"days since the {which} {of.metric}"
        case Distance(_, unit):
            return f"{unit} away"
        case Number(name):
            return name
        case _:
            assert_never(measure)


def _spent(measure: EventSum, evaluation: Evaluation) -> Numbers:
    """Return what each profile spent in a window; NaN where it bought nothing."""
    units, scale = evaluation.measured(measure)
    bought = MetricCondition(measure.metric, "count", "at least", 1, measure.timeframe, measure.where)
    return np.where(evaluation.part(bought), units / 10.0**scale, np.nan)


def _days_back(measure: LastDay, evaluation: Evaluation) -> Numbers | None:
    """Return how many UTC days lie between the event that decides and the `as_of` day; NaN where the number is never reached.

    A window of that number of days or more reaches the number, and none shorter. None where no single event decides.
    """
    days = evaluation.deciding_days(measure)
    if days is None:
        return None
    back = microseconds(evaluation.dataset.as_of) // DAY - days
    return np.where(back > -NEVER, np.nan, np.maximum(back, 0))


def _stands(measure: Measure, atom: Atom, *, is_nearest: bool) -> float:
    """Return where an atom stands along its measure, in the unit of the numbers: a window in days."""
    window = atom.timeframe if isinstance(atom, MetricCondition) else None
    if isinstance(measure, LastDay) and isinstance(window, (InTheLast, BetweenAgo)):
        return float(length(_end_of(window, is_nearest=is_nearest), window.unit).days)
    limit = limit_of(atom)
    return float("nan") if limit is None else float(limit)


def _end_of(window: InTheLast | BetweenAgo, *, is_nearest: bool) -> int:
    """Return the end of a window that moves, in its own unit."""
    if isinstance(window, InTheLast):
        return window.quantity
    return window.nearest if is_nearest else window.farthest


def _is_nearest(atom: Atom, other: Atom) -> bool:
    """Whether of a window between two days the nearest moves from an atom to another."""
    match atom, other:
        case MetricCondition(timeframe=BetweenAgo() as one), MetricCondition(timeframe=BetweenAgo() as two):
            return one.farthest == two.farthest
        case _:
            return False


def _end(parameter: Parameter, value: float, stands: float, pace: float) -> float:
    """Return how far the bars go: as far as the parameter's range, in the unit of the threshold, which moves at `pace` per step."""
    if parameter.range is None:
        return max(2 * stands, 1.0)
    # Rounded, so that it is the same wherever the parameter stands.
    return round(stands + (parameter.range.high - value) * pace, 6)


def _is_negated(condition: Condition, atom: Condition) -> bool:
    """Whether an odd number of "not" stands round an atom, so that the members are those of whom it is not true."""
    match condition:
        case Not(inner):
            return not _is_negated(inner, atom)
        case AllOf(conditions) | AnyOf(conditions):
            return next((_is_negated(part, atom) for part in conditions if atom in tuple(atoms(part))), False)
        case _:
            return False


def _others(condition: Condition, moving: set[Atom]) -> AllOf:
    """Return every part of the outermost "all of" that the parameter does not move."""
    parts = condition.conditions if isinstance(condition, AllOf) else (condition,)
    return AllOf(tuple(part for part in parts if moving.isdisjoint(atoms(part))))
