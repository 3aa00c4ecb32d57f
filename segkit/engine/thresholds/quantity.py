"""What a parameter is compared with: found by moving it and looking for the condition that moves with it; bars are others' work."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from math import isfinite
from typing import Any, TypeAlias

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
    DistanceCondition,
    MetricCondition,
    Not,
    NumberTest,
    PropertyCondition,
)
from segkit.definition.parameters import Parameter, made_by, parameters
from segkit.definition.segment import Segment
from segkit.definition.timeframes import ALL_TIME, BetweenAgo, InTheLast, length
from segkit.definition.value_words import plain
from segkit.engine.memory.evaluation import Evaluation
from segkit.engine.memory.recency import NEVER, OPPOSITE
from segkit.errors import DefinitionError

Numbers: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Quantity:
    """What one parameter of a builder is compared with, and how much of it each profile has.

    Attributes:
        words: what is counted, such as "days since the last Clicked SMS".
        numbers: each profile's amount, in the Dataset's order; NaN where it has none.
        threshold: where the condition stands, in the same unit.
        end: how far the parameter's range reaches, in the same unit.
        atom: the condition that moves with the parameter.
        moved: what it becomes a step farther, which tells its threshold from its other numbers.
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
    moved: Atom
    is_negated: bool
    others_hold: Flags
    still: Hashable


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
    measured = _measured(atom, other, evaluation)
    if measured is None:
        return None
    words, key, numbers = measured
    stands = threshold(atom, other)
    pace = (threshold(other, atom) - stands) / float(moved - value)
    end = _end(known[parameter], float(value), stands, pace)
    others = _others(condition, {one for one, _ in moving})
    return Quantity(
        words,
        evaluation.keep("quantity", key, numbers),
        threshold=stands,
        end=end,
        atom=atom,
        moved=other,
        is_negated=_is_negated(condition, atom),
        others_hold=evaluation.part(others),
        still=(key, others, end),
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


def _measured(atom: Any, other: Any, evaluation: Evaluation) -> tuple[str, Hashable, Callable[[], Numbers]] | None:
    """Return what an atom measures that moves to another, what of it stands still, and how to get each profile's amount."""
    match atom, other:
        case MetricCondition(value=value), MetricCondition(value=moved) if value != moved:
            still = replace(atom, comparison="at least", value=0)
            if atom.measurement == "sum":
                return f"spent on {atom.metric}", still, lambda: _spent(atom, evaluation)
            return f"{atom.metric} events", still, lambda: evaluation.measured(atom)[0].astype(np.float64)
        case (
            MetricCondition(timeframe=InTheLast() | BetweenAgo() as window),
            MetricCondition(timeframe=moved),
        ) if window != moved and window.unit != "hour":
            back = days_back(atom, evaluation)
            if back is None:
                return None
            still = replace(atom, timeframe=ALL_TIME)
            return _words(atom), still, lambda: np.where(back > -NEVER, np.nan, np.maximum(back, 0))
        case DistanceCondition(distance=distance, unit=unit), DistanceCondition(distance=moved) if distance != moved:
            return f"{unit} away", (atom.of, unit), lambda: evaluation.kilometers(atom) / KILOMETERS[unit]
        case PropertyCondition(name, NumberTest(_, value)), PropertyCondition(test=NumberTest(_, moved)) if (
            value != moved
        ):
            return name, name, lambda: evaluation.numbers(name)
        case _:
            return None


def _spent(atom: MetricCondition, evaluation: Evaluation) -> Numbers:
    """Return what each profile spent in a condition's window; NaN where it bought nothing."""
    units, scale = evaluation.measured(atom)
    did = evaluation.part(replace(atom, measurement="count", comparison="at least", value=1))
    return np.where(did, units / 10.0**scale, np.nan)


def threshold(atom: Any, other: Any) -> float:
    """Return where an atom stands that moves to another, in the unit of what it measures: a window in days."""
    match atom, other:
        case MetricCondition(timeframe=InTheLast() | BetweenAgo() as window), MetricCondition(timeframe=moved) if (
            window != moved
        ):
            return float(length(_edge(window, moved), window.unit).days)
        case DistanceCondition(distance=distance), _:
            return float(distance)
        case PropertyCondition(test=NumberTest(_, value)), _:
            return float(value)
        case _:
            return float(atom.value)


def days_back(atom: MetricCondition, evaluation: Evaluation) -> npt.NDArray[np.int32] | None:
    """Return how many UTC days lie between the event that decides each profile's count or sum and the `as_of` day.

    A window of that number of days or more reaches the condition's number, and none shorter; the atom's own window plays no part. More than
    `-NEVER` where the number is never reached, below 0 where nothing is needed to reach it; None where no single event decides.
    """
    days = evaluation.deciding_days(atom)
    return None if days is None else np.asarray(microseconds(evaluation.dataset.as_of) // DAY - days)


def _edge(window: InTheLast | BetweenAgo, other: Any) -> int:
    """Return the edge of a window that moves."""
    if isinstance(window, InTheLast):
        return window.quantity
    return window.nearest if window.farthest == other.farthest else window.farthest


def _words(atom: MetricCondition) -> str:
    """Return what the days back to the deciding event are called."""
    if atom.measurement == "sum":
        return f"days back until {OPPOSITE.get(atom.comparison, atom.comparison)} {atom.value:,} was spent on {atom.metric}"
    rank = int(atom.value) + (atom.comparison in {"more than", "at most"})
    which = "last" if rank <= 1 else f"last but {rank - 1}"
    return f"days since the {which} {atom.metric}"


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
