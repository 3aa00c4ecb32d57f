"""Bins of a measure: for each profile the number of edges that its amount reaches."""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite
from typing import Any, TypeAlias, assert_never

import numpy as np
import numpy.typing as npt

from segkit.data.instants import Flags
from segkit.data.places import KILOMETERS
from segkit.definition.measures import (
    Distance,
    EventCount,
    EventDays,
    EventSum,
    FirstDay,
    LastDay,
    ListLength,
    Number,
    least_whole,
)
from segkit.engine.memory.cells import Digit
from segkit.engine.memory.evaluation import Evaluation
from segkit.engine.memory.recency import ALWAYS, NEVER
from segkit.engine.protocol import NO_BIN, Cut, NotOneDayError

Amounts: TypeAlias = npt.NDArray[Any]
Edges: TypeAlias = npt.NDArray[Any]
Bins: TypeAlias = Callable[[Amounts], npt.NDArray[Any]]

WIDEST_RANGE = 2**20
"""How many whole numbers are looked up in a table at most, which then nearly fits the processor's own memory."""

PARTS_PER_EDGE = 4
MOST_STEPS = 4
"""Where more edges lie in one part it is quicker to search for each amount."""

FARTHEST = 2**62
"""Beyond every count and every sum."""

FEWEST_EDGES = 8
"""As few edges as these are searched as quickly as amounts are placed."""

CELLS_PER_EDGE = 4
MOST_IN_CELL = 4
"""Edges in one cell, each of which every amount is compared with."""


@dataclass(frozen=True, slots=True)
class _Laid:
    """The amounts of a measure beside its edges, both in the same unit.

    Attributes:
        amounts: one for each profile; NaN among floats where there is none.
        edges: what an amount must be at least, in ascending order.
        none: what stands among whole amounts where there is none; None where everybody has one.
    """

    amounts: Amounts
    edges: Edges
    none: int | None = None


def digit_of(cut: Cut, evaluation: Evaluation) -> Digit:
    """Return the bin of each profile as a digit.

    Raises:
        NotOneDayError: no single event decides the measure.
    """
    if isinstance(cut.measure, Number):
        return _present(_digit_of_property(cut, cut.measure.property, evaluation), evaluation.dataset.not_there_yet)
    laid = _laid(cut, evaluation)
    amounts, none = laid.amounts, laid.none
    if amounts.dtype.kind == "f":
        bins = _searched(laid.edges)
        digit = Digit(lambda block: bins(amounts[block]), len(laid.edges) + 2, NO_BIN)
    elif none is None:
        bins = _looked_up(laid.edges, amounts.dtype, first=0)
        digit = Digit(lambda block: bins(amounts[block]), len(laid.edges) + 1)
    else:
        bins = _looked_up(laid.edges, amounts.dtype, first=1)
        # Multiplied, since putting 0 where a flag stands takes many times as long.
        digit = Digit(lambda block: bins(amounts[block]) * (amounts[block] != none), len(laid.edges) + 2, NO_BIN)
    return _present(digit, evaluation.dataset.not_there_yet)


def _present(digit: Digit, absent: Flags | None) -> Digit:
    """Return a digit with no bin for who had not been created yet."""
    if absent is None:
        return digit
    if digit.least == NO_BIN:
        return Digit(lambda block: digit.of(block) * ~absent[block], digit.size, NO_BIN)
    return Digit(lambda block: (digit.of(block) + 1) * ~absent[block], digit.size + 1, NO_BIN)


def _digit_of_property(cut: Cut, name: str, evaluation: Evaluation) -> Digit:
    """Return the bin of each profile's number, found once for each distinct value."""
    column = evaluation.dataset.column(name)
    reading = column.numbers
    edges = _edges(cut)
    bins = _searched(edges)(np.where(reading.readable, reading.values, np.nan))
    # The code -1, not set, points at the last.
    table, codes = np.append(bins, bins.dtype.type(0)), column.codes
    return Digit(lambda block: table.take(codes[block]), len(edges) + 2, NO_BIN)


def _laid(cut: Cut, evaluation: Evaluation) -> _Laid:
    measure = cut.measure
    match measure:
        case EventCount() | EventSum() | EventDays():
            units, scale = evaluation.measured(measure)
            farthest = min(FARTHEST, np.iinfo(units.dtype).max)
            return _Laid(units, _whole_edges(cut, scale, least=-farthest, most=farthest))
        case LastDay():
            days = evaluation.deciding_days(measure)
            if days is None:
                raise NotOneDayError(measure)
            return _Laid(days, _whole_edges(cut, 0, least=NEVER + 1, most=ALWAYS), none=NEVER)
        case FirstDay():
            days = evaluation.deciding_days(measure)
            if days is None:
                raise NotOneDayError(measure)
            return _Laid(days, _whole_edges(cut, 0, least=-ALWAYS + 1, most=-NEVER - 1), none=-NEVER)
        case ListLength(name):
            return _Laid(_lengths(name, evaluation), _whole_edges(cut, 0, least=0, most=FARTHEST), none=NO_BIN)
        case Distance(place, unit):
            return _Laid(evaluation.kilometers(place), _edges(cut, KILOMETERS[unit]))
        case Number(name):
            return _Laid(evaluation.numbers(name), _edges(cut))
        case _:
            assert_never(measure)


def _whole_edges(cut: Cut, scale: int, *, least: int, most: int) -> Edges:
    """Return the least whole numbers that reach the edges, within what there can be."""
    wholes = [least_whole(edge, is_passed=cut.is_passed, scale=scale) for edge in cut.edges]
    if wholes and not least <= wholes[0] <= wholes[-1] <= most:
        wholes = [min(max(whole, least), most) for whole in wholes]
    return np.array(wholes, dtype=np.int64)


def _edges(cut: Cut, unit: float = 1.0) -> Edges:
    """Return the least doubles that reach the edges."""
    edges = np.array([float(edge) * unit for edge in cut.edges], dtype=np.float64)
    return np.nextafter(edges, np.inf) if cut.is_passed else edges


def _lengths(name: str, evaluation: Evaluation) -> npt.NDArray[np.int64]:
    """Return how many items each profile's list has; `NO_BIN` where it is not set or is no list."""
    column = evaluation.dataset.column(name)
    items = zip(column.lists.values, column.lists.readable, strict=True)
    # The code -1, not set, points at the last.
    return np.array([*(len(one) if is_list else NO_BIN for one, is_list in items), NO_BIN]).take(column.codes)


def _searched(edges: Edges) -> Bins:
    """Return what works out one more than how many edges floats reach, and 0 for NaN."""
    kind, search = _kind(edges), reached(edges)
    return lambda amounts: ((search(amounts) + 1) * ~np.isnan(amounts)).astype(kind)


def reached(edges: Edges) -> Bins:
    """Return what works out how many ascending edges amounts reach; for NaN any number.

    Amounts are placed in cells of one width, and only compared with the edges of their own cell, a fifth of the time of searching for
    each. That is exact, however the arithmetic rounds: what is less is never in a higher cell, so all edges of lower cells are
    reached and none of higher ones.
    """

    def search(amounts: Amounts) -> Amounts:
        return np.searchsorted(edges, amounts, side="right")

    count, low = CELLS_PER_EDGE * len(edges), float(edges[0]) if len(edges) else 0.0
    width = float(edges[-1]) - low if len(edges) >= FEWEST_EDGES else 0.0
    if not (isfinite(width) and width > 0 and isfinite(count / width)):
        return search

    def cell_of(amounts: Amounts) -> npt.NDArray[np.intp]:
        # What is too large to be placed lies beyond all cells, and `fmax` puts NaN below them.
        with np.errstate(over="ignore"):
            place: npt.NDArray[np.float64] = (amounts - low) * (count / width)
        np.fmax(place, -1, out=place)
        np.minimum(place, count, out=place)
        place += 1
        return place.astype(np.intp)

    cells = cell_of(edges)
    most = int(np.bincount(cells).max())
    if most > MOST_IN_CELL:
        return search
    before = np.searchsorted(cells, np.arange(count + 2))
    beyond = np.inf if edges.dtype.kind == "f" else np.iinfo(edges.dtype).max
    padded = np.append(edges, np.full(most, beyond, dtype=edges.dtype))

    def found_by_cell(amounts: Amounts) -> Amounts:
        found = before.take(cell_of(amounts))
        for _ in range(most):
            found += amounts >= padded.take(found)
        return np.minimum(found, len(edges), out=found)

    return found_by_cell


def _looked_up(edges: Edges, amounts: np.dtype[Any], *, first: int) -> Bins:
    """Return what works out how many edges whole amounts of a type reach, counted from `first`.

    Where edges lie near each other, as days, counts and cents do, amounts are looked up: a twentieth of the time of searching for
    each. Among edges that follow one another they are their own bins, moved within the ends.
    """
    kind = _kind(edges)
    if not len(edges):
        return lambda block: np.full(len(block), first, dtype=kind)
    low, high = int(edges[0]) - 1, int(edges[-1])
    if high - low > WIDEST_RANGE:
        search = reached(edges)
        return lambda block: (search(block) + first).astype(kind)
    # What is taken off is of the amounts' own type, so that nothing is made wider on the way.
    ends = amounts.type(low), amounts.type(high)
    if high - low == len(edges) and np.all(np.diff(edges) == 1):
        taken_off = amounts.type(low - first)
        return lambda block: (np.clip(block, *ends) - taken_off).astype(kind)
    places = np.searchsorted(edges, np.arange(low, high + 1), side="right")
    table = (places + first).astype(kind)
    return lambda block: table.take(np.clip(block, *ends) - ends[0])


def _kind(edges: Edges) -> type[np.int16] | type[np.int32]:
    """Return the narrowest whole numbers for bins: half the bytes are worked out in half the time."""
    return np.int16 if len(edges) + 2 < np.iinfo(np.int16).max else np.int32
