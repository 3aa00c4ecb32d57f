"""Who is in at every position of one threshold, worked out at once, so that a hand that moves it waits for nobody.

A profile enters a segment once, or leaves it once, as one threshold moves one way. Where it does so is a single number, its
edge, and how many are in at every position is a running sum over the edges.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import ceil, floor
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from segkit.analysis.quantity import days_back
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
from segkit.data.instants import Flags
from segkit.data.places import KILOMETERS
from segkit.errors import SegkitWarning
from segkit.membership import Evaluation, distinct_segments
from segkit.recency import is_reached
from segkit.segment import Segment
from segkit.timeframes import InTheLast, length

Direction: TypeAlias = Literal["enters", "leaves"]
Edges: TypeAlias = npt.NDArray[np.int32]

WIDEST_RANGE = 2**16
"""So many whole numbers are looked up in a table at most, which then fits the processor's own memory."""


class NoCurveError(Exception):
    """Profiles may come and go more than once as the threshold moves, so that one number each says too little."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Where along the positions of a threshold each profile enters a segment, or leaves it.

    Attributes:
        edges: for each profile, in the Dataset's order, the number of the position from which on it is in ("enters") or is out
            ("leaves"); the number of positions where it never enters or never leaves.
        direction: what happens at the edge.
        positions: how many positions there are.
    """

    edges: Edges
    direction: Direction
    positions: int

    def counts(self, among: Flags) -> npt.NDArray[np.int64]:
        """Return how many of some profiles are in, at each position."""
        return self._running(self.edges[among])

    def distinct(self, codes: npt.NDArray[Any], among: Flags) -> npt.NDArray[np.int64]:
        """Return how many different codes, such as phone numbers, those of some profiles who are in have, at each position."""
        codes, edges = codes[among], self.edges[among]
        size = int(codes.max(initial=-1)) + 1
        enters = self.direction == "enters"
        first = np.full(size, self.positions if enters else 0)
        (np.minimum if enters else np.maximum).at(first, codes, edges)
        return self._running(first)

    def turned(self) -> "Curve":
        """Return the curve of those who are not in."""
        return replace(self, direction="leaves" if self.direction == "enters" else "enters")

    def _running(self, edges: Edges) -> npt.NDArray[np.int64]:
        passed = np.cumsum(np.bincount(edges, minlength=self.positions + 1))[: self.positions]
        return passed if self.direction == "enters" else len(edges) - passed


def curve_of(conditions: Sequence[Condition], evaluation: Evaluation) -> Curve | None:
    """Return the curve of a condition at the positions of one threshold, in which alone the conditions may differ.

    None where one number a profile does not say it all: an "equals", a window that slides, a sum with refunds in a moving window, two
    thresholds that pull in opposite directions.
    """
    try:
        with warnings.catch_warnings():
            # What is worth a warning was said when the position at hand was evaluated.
            warnings.simplefilter("ignore", SegkitWarning)
            edges, direction = _edges(list(conditions), evaluation)
    except NoCurveError:
        return None
    return Curve(edges, direction or "enters", len(conditions))


def segments_at(
    builder: Callable[..., Segment], values: Mapping[str, Any], parameter: str, positions: Sequence[Any]
) -> list[Segment]:
    """Return the segment at each position of one parameter, the others standing at `values`; of several, the first.

    Raises:
        DefinitionError: the builder refuses a position.
    """
    return [distinct_segments(builder(**{**values, parameter: position}))[0] for position in positions]


def _edges(conditions: list[Condition], evaluation: Evaluation) -> tuple[Edges, Direction | None]:
    """Return each profile's edge and its direction; no direction where the threshold plays no part."""
    first, count = conditions[0], len(conditions)
    if all(condition == first for condition in conditions):
        return np.where(evaluation.holds(first), np.int32(0), np.int32(count)), None
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
    parts: list[tuple[Edges, Direction | None]], count: int, *, is_all: bool
) -> tuple[Edges, Direction | None]:
    """Combine parts that all enter, or all leave: who is in all of them enters last and leaves first."""
    directions = {direction for _, direction in parts} - {None}
    if len(directions) != 1:
        raise NoCurveError
    direction = directions.pop()
    # A part without a direction has 0 for "in" and the count for "out", which is the other way round for those who leave.
    turned = [count - edges if own is None and direction == "leaves" else edges for edges, own in parts]
    combine = np.maximum if is_all == (direction == "enters") else np.minimum
    return reduce(combine, turned), direction


def _atom_edges(atoms: list[Any], evaluation: Evaluation) -> tuple[Edges, Direction]:
    match atoms[0]:
        case MetricCondition(timeframe=InTheLast(unit="day" | "week")) as atom if _alike(
            atoms, timeframe=atom.timeframe
        ):
            return _window_edges(atoms, evaluation)
        case MetricCondition(value=value) if _alike(atoms, value=value):
            units, scale = evaluation.measured(atoms[0])
            exact = [Fraction(Decimal(str(atom.value))) * 10**scale for atom in atoms]
            whole = floor if atoms[0].comparison in {"more than", "at most"} else ceil
            return _compared(units, np.array([whole(one) for one in exact]), atoms[0].comparison)
        case DistanceCondition(is_within, distance) if _alike(atoms, distance=distance):
            limits = np.array([atom.distance * KILOMETERS[atom.unit] for atom in atoms])
            return _compared(evaluation.kilometers(atoms[0]), limits, "fewer than" if is_within else "more than")
        case PropertyCondition(name, NumberTest(comparison)) if _alike(
            [atom.test for atom in atoms if isinstance(atom.test, NumberTest)], value=0, count=len(atoms)
        ) and all(atom.property == name for atom in atoms):
            return _compared(evaluation.numbers(name), np.array([float(atom.test.value) for atom in atoms]), comparison)
        case _:
            raise NoCurveError


def _alike(records: list[Any], *, count: int | None = None, **changes: Any) -> bool:
    """Whether records differ in the named fields alone."""
    made = {replace(record, **changes) for record in records}
    return len(made) == 1 and count in {None, len(records)}


def _window_edges(atoms: list[MetricCondition], evaluation: Evaluation) -> tuple[Edges, Direction]:
    back = days_back(atoms[0], evaluation)
    windows = [atom.timeframe for atom in atoms if isinstance(atom.timeframe, InTheLast)]
    if back is None or len({window.unit for window in windows}) != 1:
        raise NoCurveError
    days = np.array([length(window.quantity, window.unit).days for window in windows])
    edges, _ = _compared(back, days, "at most")
    return edges, "enters" if is_reached(atoms[0]) else "leaves"


def _compared(amounts: npt.NDArray[Any], thresholds: npt.NDArray[Any], comparison: str) -> tuple[Edges, Direction]:
    """Return where growing thresholds let amounts in, or shut them out; NaN is never in."""
    if np.any(np.diff(thresholds) < 0):
        raise NoCurveError
    match comparison:
        case "at most" | "fewer than":
            edges = _places(thresholds, amounts, "left" if comparison == "at most" else "right")
            edges[np.isnan(amounts)] = len(thresholds)
            return edges, "enters"
        case "at least" | "more than":
            edges = _places(thresholds, amounts, "right" if comparison == "at least" else "left")
            edges[np.isnan(amounts)] = 0
            return edges, "leaves"
        case _:
            raise NoCurveError


def _places(thresholds: npt.NDArray[Any], amounts: npt.NDArray[Any], side: Literal["left", "right"]) -> Edges:
    """Return where amounts would stand among thresholds.

    Whole numbers within a narrow range, such as days and counts, are looked up: a tenth of the time of searching for each.
    """
    low, high = int(thresholds[0]) - 1, int(thresholds[-1]) + 1
    if amounts.dtype.kind not in "iu" or thresholds.dtype.kind != "i" or high - low > WIDEST_RANGE:
        return np.searchsorted(thresholds, amounts, side=side).astype(np.int32)
    table = np.searchsorted(thresholds, np.arange(low, high + 1), side=side).astype(np.int32)
    return np.asarray(table[np.clip(amounts, low, high) - low])
