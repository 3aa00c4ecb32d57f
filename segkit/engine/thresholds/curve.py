"""Who is in at every position of one threshold, worked out at once, so that a hand that moves it waits for nobody.

A profile enters a segment once, or leaves it once, as one threshold moves one way. Where it does so is a single number, its
edge, and how many are in at every position is a running sum over the edges.
"""

# Over 250 lines, since how edges are read off a tree and how they are counted change together.

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import ceil, floor
from operator import attrgetter
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from segkit.data.instants import DAY, Flags, microseconds
from segkit.data.places import KILOMETERS
from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    Condition,
    DistanceCondition,
    MetricCondition,
    Not,
    Number,
    NumberTest,
    PropertyCondition,
)
from segkit.definition.measures import is_reached, last_day_of, measure_in
from segkit.definition.parameters import made_by
from segkit.definition.segment import Segment
from segkit.definition.timeframes import InTheLast, length
from segkit.engine.memory.evaluation import Evaluation

Direction: TypeAlias = Literal["enters", "leaves"]
Edges: TypeAlias = npt.NDArray[Any]
EdgesOf: TypeAlias = Callable[[slice], Edges]

BLOCK = 2**16
"""How many profiles are worked out at a time: what leads to their edges then stays in the processor's own memory, and takes half of
what fresh memory for everybody takes at each step (a million profiles)."""

WIDEST_RANGE = 2**20
"""How many whole numbers are looked up in a table at most, which then nearly fits the processor's own memory."""


class NoCurveError(Exception):
    """Profiles may come and go more than once as the threshold moves, so that one number each says too little."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Where along the positions of a threshold each profile enters a segment, or leaves it.

    Attributes:
        narrow: the edges, in as few bytes as they need.
        direction: what happens at the edge.
        positions: how many positions there are.
    """

    narrow: Edges
    direction: Direction
    positions: int

    @property
    def edges(self) -> npt.NDArray[np.int32]:
        """Return for each profile, in the Dataset's order, the number of the position from which on it is in, or is out.

        Where it never enters, or never leaves, it is the number of positions.
        """
        return self.narrow.astype(np.int32)

    def counts(self, among: Flags | None = None) -> npt.NDArray[np.int64]:
        """Return how many of some profiles, or of all, are in, at each position."""
        return self._running(self.narrow if among is None else self.narrow.compress(among))

    def distinct(self, codes: npt.NDArray[Any], among: Flags) -> npt.NDArray[np.int64]:
        """Return how many different codes, such as phone numbers, those of some profiles who are in have, at each position."""
        codes, edges = codes[among], self.edges[among]
        size = int(codes.max(initial=-1)) + 1
        first = np.full(size, self._never)
        (np.minimum if self.direction == "enters" else np.maximum).at(first, codes, edges)
        return self._running(first)

    def turned(self) -> "Curve":
        """Return the curve of those who are not in."""
        return replace(self, direction="leaves" if self.direction == "enters" else "enters")

    @property
    def _never(self) -> int:
        """The edge of who is in at no position."""
        return self.positions if self.direction == "enters" else 0

    def _running(self, edges: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        # Most are in at no position: to leave them out takes half the time of counting them all in one place.
        edges = edges.compress(edges != self._never)
        passed = np.cumsum(np.bincount(edges, minlength=self.positions + 1))[: self.positions]
        return passed if self.direction == "enters" else len(edges) - passed


def curve_of(conditions: Sequence[Condition], evaluation: Evaluation) -> Curve | None:
    """Return the curve of a condition at the positions of one threshold, in which alone the conditions may differ.

    None where one number a profile does not say it all: an "equals", a window that slides, a sum with refunds in a moving window, two
    thresholds that pull in opposite directions.
    """
    if evaluation.dataset.not_there_yet is not None:
        # Who was created later is in no segment yet, whichever way the threshold moves.
        return None
    try:
        edges_of, direction = _edges(list(conditions), evaluation)
    except NoCurveError:
        return None
    edges = np.empty(len(evaluation.dataset), dtype=_kind(len(conditions)))
    for start in range(0, len(edges), BLOCK):
        block = slice(start, start + BLOCK)
        edges[block] = edges_of(block)
    return Curve(edges, direction or "enters", len(conditions))


def segments_at(
    builder: Callable[..., Segment], values: Mapping[str, Any], parameter: str, positions: Sequence[Any]
) -> list[Segment]:
    """Return the segment at each position of one parameter, the others standing at `values`.

    Raises:
        DefinitionError: the builder refuses a position.
    """
    return [made_by(builder, {**values, parameter: position}) for position in positions]


def _edges(conditions: list[Condition], evaluation: Evaluation) -> tuple[EdgesOf, Direction | None]:
    """Return what works out the profiles' edges, and their direction; no direction where the threshold plays no part."""
    first, count = conditions[0], len(conditions)
    if all(condition is first or condition == first for condition in conditions):
        flags, last = evaluation.part(first), _kind(count)(count)
        # A product, since `np.where` takes ten times as long.
        return lambda block: ~flags[block] * last, None
    kinds = {type(condition) for condition in conditions}
    if len(kinds) != 1:
        raise NoCurveError
    match first:
        case AllOf() | AnyOf():
            if len({len(condition.conditions) for condition in conditions}) != 1:  # type: ignore[union-attr]  # one kind
                raise NoCurveError
            columns = zip(*(condition.conditions for condition in conditions), strict=True)  # type: ignore[union-attr]
            return _combined([_edges(list(column), evaluation) for column in columns], count, is_all=kinds == {AllOf})
        case Not():
            edges, direction = _edges([condition.condition for condition in conditions], evaluation)  # type: ignore[union-attr]
            return edges, "leaves" if direction == "enters" else "enters"
        case _:
            return _atom_edges(conditions, evaluation)


def _combined(
    parts: list[tuple[EdgesOf, Direction | None]], count: int, *, is_all: bool
) -> tuple[EdgesOf, Direction | None]:
    """Combine parts that all enter, or all leave: who is in all of them enters last and leaves first."""
    directions = {direction for _, direction in parts} - {None}
    if len(directions) != 1:
        raise NoCurveError
    direction = directions.pop()
    # A part without a direction has 0 for "in" and the count for "out", which is the other way round for those who leave.
    turned = [
        _turned(edges_of, count) if own is None and direction == "leaves" else edges_of for edges_of, own in parts
    ]
    combine = np.maximum if is_all == (direction == "enters") else np.minimum
    return lambda block: reduce(combine, (edges_of(block) for edges_of in turned)), direction


def _turned(edges_of: EdgesOf, count: int) -> EdgesOf:
    return lambda block: count - edges_of(block)


def _atom_edges(atoms: list[Any], evaluation: Evaluation) -> tuple[EdgesOf, Direction]:
    match atoms[0]:
        case MetricCondition(timeframe=InTheLast(unit="day" | "week")) if _alike(atoms, but="timeframe"):
            return _window_edges(atoms, evaluation)
        case MetricCondition() if _alike(atoms, but="value"):
            units, scale = evaluation.measured(measure_in(atoms[0], atoms[0].timeframe))
            whole = floor if atoms[0].comparison in {"more than", "at most"} else ceil
            return _compared(
                units, np.array([whole(_exact(atom.value) * 10**scale) for atom in atoms]), atoms[0].comparison
            )
        case DistanceCondition(is_within) if _alike(atoms, but="distance"):
            limits = np.array([atom.distance * KILOMETERS[atom.unit] for atom in atoms])
            return _compared(evaluation.kilometers(atoms[0].of), limits, "fewer than" if is_within else "more than")
        case PropertyCondition(name, NumberTest(comparison)) if _alike(atoms, but="test") and _alike(
            [atom.test for atom in atoms], but="value"
        ):
            return _compared(evaluation.numbers(name), np.array([float(atom.test.value) for atom in atoms]), comparison)
        case _:
            raise NoCurveError


def _alike(records: list[Any], but: str) -> bool:
    """Whether records are of one kind and differ in one field alone."""
    first = records[0]
    others = attrgetter(*(field.name for field in fields(first) if field.name != but))
    wanted = others(first)
    return all(type(record) is type(first) and others(record) == wanted for record in records)


def _exact(value: Number) -> int | Fraction:
    """Return a number as it is written; whole ones as they are, a twentieth of the time."""
    return value if isinstance(value, int) else Fraction(Decimal(str(value)))


def _window_edges(atoms: list[MetricCondition], evaluation: Evaluation) -> tuple[EdgesOf, Direction]:
    last_day = last_day_of(atoms[0])
    decided = None if last_day is None else evaluation.deciding_days(last_day)
    windows: list[Any] = [atom.timeframe for atom in atoms]
    if decided is None or not _alike(windows, but="quantity"):
        raise NoCurveError
    days = np.array([window.quantity for window in windows]) * length(1, windows[0].unit).days
    # The deciding days are compared with those on which the windows begin, the last window first.
    begins = microseconds(evaluation.dataset.as_of) // DAY - days[::-1]
    edges_of, _ = _compared(decided, begins, "at least")
    return _turned(edges_of, len(days)), "enters" if is_reached(atoms[0]) else "leaves"


_COMPARED: dict[str, tuple[Literal["left", "right"], Direction]] = {
    "at most": ("left", "enters"),
    "fewer than": ("right", "enters"),
    "at least": ("right", "leaves"),
    "more than": ("left", "leaves"),
}
"""Where an amount stands that is a threshold itself, and what happens to it as the threshold grows."""


def _compared(amounts: npt.NDArray[Any], thresholds: npt.NDArray[Any], comparison: str) -> tuple[EdgesOf, Direction]:
    """Return what works out where growing thresholds let amounts in, or shut them out; NaN is never in."""
    if comparison not in _COMPARED or np.any(np.diff(thresholds) < 0):
        raise NoCurveError
    side, direction = _COMPARED[comparison]
    places = _places(thresholds, amounts.dtype, side)
    if amounts.dtype.kind != "f":
        return lambda block: places(amounts[block]), direction
    never = len(thresholds) if direction == "enters" else 0
    return lambda block: np.where(np.isnan(amounts[block]), never, places(amounts[block])), direction


def _places(
    thresholds: npt.NDArray[Any], amounts: np.dtype[Any], side: Literal["left", "right"]
) -> Callable[[Edges], Edges]:
    """Return what works out where amounts of a type would stand among thresholds.

    Whole numbers within a range, such as days, counts and cents, are looked up: a twentieth of the time of searching for each. Among
    thresholds that follow one another they are their own places, moved within the ends: a quarter of looking them up.
    """
    if amounts.kind not in "iu" or thresholds.dtype.kind != "i" or np.ptp(thresholds) > WIDEST_RANGE:
        return lambda block: np.searchsorted(thresholds, block, side=side)
    low = int(thresholds[0]) - (side == "right")
    high = int(thresholds[-1]) + (side == "left")
    if np.all(np.diff(thresholds) == 1):
        return lambda block: np.clip(block, low, high) - low
    table = np.searchsorted(thresholds, np.arange(low, high + 1), side=side).astype(_kind(len(thresholds)))
    return lambda block: table.take(np.clip(block, low, high) - low)


def _kind(positions: int) -> type[np.int16] | type[np.int32]:
    """Return the narrowest numbers for edges among `positions`: half the bytes are joined in half the time."""
    return np.int16 if positions < np.iinfo(np.int16).max else np.int32
