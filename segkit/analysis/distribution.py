"""Who lies on either side of a threshold: the quantity that a parameter is held against, counted over its values."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segkit.algebra import atoms
from segkit.conditions import (
    AllOf,
    AnyOf,
    Condition,
    DistanceCondition,
    MetricCondition,
    Not,
    NumberTest,
    PropertyCondition,
)
from segkit.data.dataset import Dataset
from segkit.data.instants import DAY, Flags, microseconds
from segkit.data.places import KILOMETERS
from segkit.errors import DefinitionError
from segkit.membership import Evaluation
from segkit.parameters import Parameter, parameters
from segkit.segment import Segment
from segkit.timeframes import ALL_TIME, BetweenAgo, InTheLast, length

BINS = 60
"""So many bars are drawn at most: fine enough to see where people are, coarse enough to point at one."""


@dataclass(frozen=True, slots=True)
class Distribution:
    """How many profiles have how much of the quantity that a parameter is held against.

    Attributes:
        table: a row per bar: `from_value`, `to_value` (not included; infinite in the bar that holds whatever is beyond the parameter's
            range), `profiles`, `is_in` (True where the bar is on the side of the threshold that the condition takes in).
        quantity: what is counted, in words.
        threshold: where the condition stands, in the quantity's own unit; a parameter in weeks or months is days here.
        without: profiles that have no such quantity, because they never did it or it is not set.
        base: of whom, in words.
    """

    table: pd.DataFrame
    quantity: str
    threshold: float
    without: int
    base: str


def distribution(
    builder: Callable[..., Segment], dataset: Dataset, *, parameter: str, **values: Any
) -> Distribution | None:
    """Return the distribution of what one parameter of a builder is held against, with where it stands now.

    What that is, is found by moving the parameter and looking for the condition that moves with it: days since the last event, a
    count, a sum, a distance or a number that profiles carry. Counted over those who meet every other condition of the outermost
    "all of"; the far end beyond the parameter's range falls into the last bar.

    Args:
        builder: a function from keyword arguments to a segment; an analyst's own too.
        dataset: the profiles and events.
        parameter: the parameter's name.
        **values: where the builder's parameters stand; those not named are at their defaults.

    Returns:
        The distribution, or None where the parameter moves no such number, as a country, a topic or a window of hours does.

    Raises:
        DefinitionError: the builder has no such parameter.
        DataError: as `sk.membership`.

    >>> from segkit.builders import sms_budget_shoppers
    >>> people = {"profile_id": ["a", "b"], "predicted_clv": [4.0, 40.0], "sms_consent": ["subscribed"] * 2}
    >>> shop = Dataset.from_frames(pd.DataFrame(people), as_of="2026-06-30")
    >>> distribution(sms_budget_shoppers, shop, parameter="clv").table.query("profiles > 0")["is_in"].tolist()
    [True, False]
    """
    return distribution_in(Evaluation(dataset), builder, parameter=parameter, values=values)


def distribution_in(
    evaluation: Evaluation, builder: Callable[..., Segment], *, parameter: str, values: Mapping[str, Any]
) -> Distribution | None:
    """Do what `distribution` does within an evaluation, which keeps what a moving threshold does not touch."""
    known = {one.name: one for one in parameters(builder)}
    if parameter not in known:
        raise DefinitionError.unknown_word(getattr(builder, "__name__", "the builder"), parameter, known)
    value = values.get(parameter, known[parameter].default)
    moved = _moved(known[parameter], value)
    if moved is None:
        return None
    condition = builder(**values).condition
    pairs = zip(atoms(condition), atoms(builder(**{**values, parameter: moved}).condition), strict=False)
    atom, other = next(((one, two) for one, two in pairs if one != two), (None, None))
    if atom is None:
        return None
    measured = _quantity(atom, other, evaluation)
    if measured is None:
        return None
    quantity, numbers, threshold = measured
    inside = _others_hold(condition, atom, evaluation)
    has = inside & ~np.isnan(numbers)
    return Distribution(
        table=_bars(
            numbers[has],
            evaluation.holds(atom)[has] ^ _is_negated(condition, atom),
            _end(known[parameter], value, threshold),
        ),
        quantity=quantity,
        threshold=threshold,
        without=int(np.count_nonzero(inside & np.isnan(numbers))),
        base="who meets every other condition",
    )


def _moved(parameter: Parameter, value: Any) -> Any:
    """Return another value for a numeric parameter; None where it is no number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    step = parameter.range.step if parameter.range is not None else 1
    return value + (int(step) or 1 if isinstance(value, int) else step)


def _quantity(atom: Any, other: Any, evaluation: Evaluation) -> tuple[str, npt.NDArray[np.float64], float] | None:
    """Return what an atom measures, each profile's amount of it, and the atom's threshold in the same unit."""
    match atom, other:
        case MetricCondition(value=value), MetricCondition(value=moved) if value != moved:
            units, scale = evaluation.measured(atom)
            numbers = units / 10.0**scale
            if atom.measurement == "sum":
                return f"spent on {atom.metric}", np.where(_did(atom, evaluation), numbers, np.nan), float(value)
            return f"{atom.metric} events", numbers.astype(np.float64), float(value)
        case (
            MetricCondition(timeframe=InTheLast() | BetweenAgo() as window, measurement="count"),
            MetricCondition(timeframe=moved),
        ) if window != moved:
            rank = _rank(atom)
            if rank is None or window.unit == "hour":
                return None
            which = "last" if rank == 1 else f"last but {rank - 1}"
            days = length(_edge(window, moved), window.unit).days
            ever = replace(atom, timeframe=ALL_TIME, comparison="at least", value=rank)
            since = evaluation.keep(("days since", ever), lambda: _days_since(ever, rank, evaluation))
            return f"days since the {which} {atom.metric}", since, float(days)
        case DistanceCondition(distance=distance, unit=unit), DistanceCondition(distance=moved) if distance != moved:
            return f"{unit} away", evaluation.kilometers(atom) / KILOMETERS[unit], float(distance)
        case PropertyCondition(name, NumberTest(_, value)), PropertyCondition(test=NumberTest(_, moved)) if (
            value != moved
        ):
            column = evaluation.dataset.column(name)
            reading = column.numbers
            known = column.rows(reading.readable)
            return name, np.where(known, np.append(reading.values, 0.0)[column.codes], np.nan), float(value)
        case _:
            return None


def _edge(window: InTheLast | BetweenAgo, other: Any) -> int:
    """Return the edge of a window that moves."""
    if isinstance(window, InTheLast):
        return window.quantity
    return window.nearest if window.farthest == other.farthest else window.farthest


def _end(parameter: Parameter, value: float, threshold: float) -> float:
    """Return how far the bars go: as far as the parameter's range, in the unit of the threshold that it moves."""
    if parameter.range is None:
        return max(2 * threshold, 1.0)
    return parameter.range.high * (threshold / value if value else 1.0)


def _is_negated(condition: Condition, atom: Condition) -> bool:
    """Whether an odd number of "not" stands round an atom, so that the members are those of whom it is not true."""
    match condition:
        case Not(inner):
            return not _is_negated(inner, atom)
        case AllOf(conditions) | AnyOf(conditions):
            return next((_is_negated(part, atom) for part in conditions if atom in tuple(atoms(part))), False)
        case _:
            return False


def _did(atom: MetricCondition, evaluation: Evaluation) -> Flags:
    return evaluation.holds(replace(atom, measurement="count", comparison="at least", value=1))


def _rank(atom: MetricCondition) -> int | None:
    """Return which event, the newest first, decides whether a count in a window is reached; None where no single one does."""
    match atom.comparison:
        case "at least" | "fewer than":
            rank = int(atom.value)
        case "more than" | "at most":
            rank = int(atom.value) + 1
        case "equals" | "not equals":
            rank = 1 if atom.value == 0 else 0
    return rank if rank > 0 else None


def _days_since(atom: MetricCondition, rank: int, evaluation: Evaluation) -> npt.NDArray[np.float64]:
    """Return how many UTC days lie between each profile's event of a rank, the newest first, and the `as_of` day."""
    events = evaluation.dataset.events.metric(atom.metric)
    rows = evaluation.selected(atom, events)
    profiles, days = events.profiles[rows], events.days[rows]
    size = len(evaluation.dataset)
    order = np.argsort(profiles, kind="stable")
    counts = np.bincount(profiles, minlength=size)
    position = np.cumsum(counts) - rank
    found = np.full(size, np.nan)
    has = counts >= rank
    # Events stand in order of time, and a stable sort by profile keeps that order within each.
    today = microseconds(evaluation.dataset.as_of) // DAY
    found[has] = today - days[order[position[has]]]
    return found


def _others_hold(condition: Condition, atom: Condition, evaluation: Evaluation) -> Flags:
    """Return who meets every part of the outermost "all of" that does not hold the atom."""
    parts = condition.conditions if isinstance(condition, AllOf) else (condition,)
    others = tuple(part for part in parts if atom not in tuple(atoms(part)))
    return evaluation.holds(AllOf(others))


def _bars(numbers: npt.NDArray[np.float64], is_in: Flags, high: float) -> pd.DataFrame:
    """Count numbers into bars of one width that begin at 0 or below; what is beyond the end falls into the last."""
    low = min(0.0, float(numbers.min(initial=0.0)))
    whole = bool(np.all(numbers == np.rint(numbers)))
    width = max((high - low) / BINS, 1.0 if whole else 0.0) or 1.0
    width = float(np.ceil(width)) if whole else width
    count = max(int(np.ceil((high - low) / width)), 1) + 1
    bar = np.clip(((numbers - low) // width).astype(np.int64), 0, count - 1)
    edges = low + width * np.arange(count + 1)
    edges[-1] = np.inf
    inside = np.bincount(bar[is_in], minlength=count)
    total = np.bincount(bar, minlength=count)
    sides = [
        pd.DataFrame({"from_value": edges[:-1], "to_value": edges[1:], "profiles": profiles, "is_in": side})
        for profiles, side in ((inside, True), (total - inside, False))
    ]
    return pd.concat(sides, ignore_index=True).query("profiles > 0").reset_index(drop=True)
