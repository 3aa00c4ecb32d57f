"""Sort profiles into the bins of a measure: the bin is the number of edges that a profile's amount reaches."""

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
"""The largest number of entries in a lookup table that fits into the processor's cache."""

FARTHEST = 2**62
"""A number larger than every count and every sum."""

FEWEST_EDGES = 8
"""With fewer edges than this, a binary search is as fast as sorting amounts into cells of equal width, as `reached` does."""

CELLS_PER_EDGE = 4
"""Number of cells of equal width for each edge."""

MOST_IN_CELL = 4
"""The largest number of edges in one cell. With more, a binary search is faster."""


@dataclass(frozen=True, slots=True)
class _Binning:
    """The amounts of a measure and its edges, both in the same unit.

    Attributes:
        amounts: one amount for each profile. Among floats, NaN means no amount.
        edges: the smallest amount that reaches each edge, in ascending order.
        none: the integer that means no amount, or None if every profile has an amount.
    """

    amounts: Amounts
    edges: Edges
    none: int | None = None


def digit_of(cut: Cut, evaluation: Evaluation) -> Digit:
    """Return the bin of each profile as a digit of a cell.

    Raises:
        NotOneDayError: no single event decides the measure.
    """
    if isinstance(cut.measure, Number):
        return _present(_digit_of_property(cut, cut.measure.property, evaluation), evaluation.dataset.not_there_yet)
    binning = _binning(cut, evaluation)
    amounts, none = binning.amounts, binning.none
    if amounts.dtype.kind == "f":
        bins = _searched(binning.edges)
        digit = Digit(lambda block: bins(amounts[block]), len(binning.edges) + 2, NO_BIN)
    elif none is None:
        bins = _looked_up(binning.edges, amounts.dtype, first=0)
        digit = Digit(lambda block: bins(amounts[block]), len(binning.edges) + 1)
    else:
        bins = _looked_up(binning.edges, amounts.dtype, first=1)
        # Multiplying by the mask is faster than assigning through it.
        digit = Digit(lambda block: bins(amounts[block]) * (amounts[block] != none), len(binning.edges) + 2, NO_BIN)
    return _present(digit, evaluation.dataset.not_there_yet)


def _present(digit: Digit, absent: Flags | None) -> Digit:
    """Return a digit that puts profiles that were not created yet in `NO_BIN`."""
    if absent is None:
        return digit
    if digit.least == NO_BIN:
        return Digit(lambda block: digit.of(block) * ~absent[block], digit.size, NO_BIN)
    return Digit(lambda block: (digit.of(block) + 1) * ~absent[block], digit.size + 1, NO_BIN)


def _digit_of_property(cut: Cut, name: str, evaluation: Evaluation) -> Digit:
    """Return the bin of each profile's number. It is computed once for each distinct value."""
    column = evaluation.dataset.column(name)
    reading = column.numbers
    edges = _edges(cut)
    bins = _searched(edges)(np.where(reading.readable, reading.values, np.nan))
    # The code -1 means not set and selects the last entry.
    table, codes = np.append(bins, bins.dtype.type(0)), column.codes
    return Digit(lambda block: table.take(codes[block]), len(edges) + 2, NO_BIN)


def _binning(cut: Cut, evaluation: Evaluation) -> _Binning:
    measure = cut.measure
    match measure:
        case EventCount() | EventSum() | EventDays():
            units, scale = evaluation.measured(measure)
            farthest = min(FARTHEST, np.iinfo(units.dtype).max)
            return _Binning(units, _whole_edges(cut, scale, least=-farthest, most=farthest))
        case LastDay():
            days = evaluation.deciding_days(measure)
            if days is None:
                raise NotOneDayError(measure)
            return _Binning(days, _whole_edges(cut, 0, least=NEVER + 1, most=ALWAYS), none=NEVER)
        case FirstDay():
            days = evaluation.deciding_days(measure)
            if days is None:
                raise NotOneDayError(measure)
            return _Binning(days, _whole_edges(cut, 0, least=-ALWAYS + 1, most=-NEVER - 1), none=-NEVER)
        case ListLength(name):
            return _Binning(_lengths(name, evaluation), _whole_edges(cut, 0, least=0, most=FARTHEST), none=NO_BIN)
        case Distance(place, unit):
            return _Binning(evaluation.kilometers(place), _edges(cut, KILOMETERS[unit]))
        case Number(name):
            return _Binning(evaluation.numbers(name), _edges(cut))
        case _:
            assert_never(measure)


def _whole_edges(cut: Cut, scale: int, *, least: int, most: int) -> Edges:
    """Return the smallest whole numbers that reach the edges, clipped to `least` and `most`."""
    wholes = [least_whole(edge, is_passed=cut.is_passed, scale=scale) for edge in cut.edges]
    if wholes and not least <= wholes[0] <= wholes[-1] <= most:
        wholes = [min(max(whole, least), most) for whole in wholes]
    return np.array(wholes, dtype=np.int64)


def _edges(cut: Cut, unit: float = 1.0) -> Edges:
    """Return the smallest doubles that reach the edges."""
    edges = np.array([float(edge) * unit for edge in cut.edges], dtype=np.float64)
    return np.nextafter(edges, np.inf) if cut.is_passed else edges


def _lengths(name: str, evaluation: Evaluation) -> npt.NDArray[np.int64]:
    """Return the number of items in each profile's list, or `NO_BIN` if the property is not set or is not a list."""
    column = evaluation.dataset.column(name)
    items = zip(column.lists.values, column.lists.readable, strict=True)
    # The code -1 means not set and selects the last entry.
    return np.array([*(len(one) if is_list else NO_BIN for one, is_list in items), NO_BIN]).take(column.codes)


def _searched(edges: Edges) -> Bins:
    """Return a function that counts the edges that floats reach, plus 1, and returns 0 for NaN."""
    kind, search = _kind(edges), reached(edges)
    return lambda amounts: ((search(amounts) + 1) * ~np.isnan(amounts)).astype(kind)


def reached(edges: Edges) -> Bins:
    """Return a function that counts how many ascending edges amounts reach. The result for NaN is arbitrary.

    Assign amounts to cells of equal width, and compare them only with the edges in their own cell, which is faster than a binary
    search. The result is exact in spite of rounding: a smaller number is never in a higher cell, so an amount reaches all edges in
    lower cells and none in higher ones.
    """

    def search(amounts: Amounts) -> Amounts:
        return np.searchsorted(edges, amounts, side="right")

    count, low = CELLS_PER_EDGE * len(edges), float(edges[0]) if len(edges) else 0.0
    width = float(edges[-1]) - low if len(edges) >= FEWEST_EDGES else 0.0
    if not (isfinite(width) and width > 0 and isfinite(count / width)):
        return search

    def cell_of(amounts: Amounts) -> npt.NDArray[np.intp]:
        # Overflow leads to the cell after the last one, and `fmax` puts NaN in the cell before the first.
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
    """Return a function that counts how many edges integer amounts of a dtype reach, beginning with `first`.

    If edges are close together, as for days, counts and cents, use a lookup table, which is faster than searching. If edges are
    consecutive integers, the clipped amount gives the bin directly.
    """
    kind = _kind(edges)
    if not len(edges):
        return lambda block: np.full(len(block), first, dtype=kind)
    low, high = int(edges[0]) - 1, int(edges[-1])
    if high - low > WIDEST_RANGE:
        search = reached(edges)
        return lambda block: (search(block) + first).astype(kind)
    # Use the dtype of the amounts, so that numpy does not widen the result.
    ends = amounts.type(low), amounts.type(high)
    if high - low == len(edges) and np.all(np.diff(edges) == 1):
        taken_off = amounts.type(low - first)
        return lambda block: (np.clip(block, *ends) - taken_off).astype(kind)
    places = np.searchsorted(edges, np.arange(low, high + 1), side="right")
    table = (places + first).astype(kind)
    return lambda block: table.take(np.clip(block, *ends) - ends[0])


def _kind(edges: Edges) -> type[np.int16] | type[np.int32]:
    """Return the narrowest integer dtype for bins, since narrower integers are faster."""
    return np.int16 if len(edges) + 2 < np.iinfo(np.int16).max else np.int32
