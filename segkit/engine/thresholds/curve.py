"""Count the members of a segment at every position of a threshold with one query, so that a slider moves without delay.

Whether a profile is a member depends only on the fixed conditions that it matches and on its bin for each moving measure. Profiles
are grouped by both, and the segment's tree is evaluated for the few groups (cells) that occur. The result for each cell is a span:
the first position at which its profiles are members, and the position after the last one.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import reduce
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    Atom,
    Condition,
    DistanceCondition,
    LengthTest,
    MetricCondition,
    Not,
    NumberComparison,
    NumberTest,
    PropertyCondition,
)
from segkit.definition.measures import FirstDay, LastDay, Limit, Measure, day_measures, is_reached, limit_of, measure_of
from segkit.engine.protocol import (
    COUNT,
    EVERYBODY,
    NO_BIN,
    Cut,
    Engine,
    HashGroup,
    NotOneDayError,
    Picked,
    Some,
    Summed,
    sum_column,
)
from segkit.engine.thresholds.threshold import Moving, Place, Threshold, parts_of

Counts: TypeAlias = npt.NDArray[np.int64]
Amounts: TypeAlias = npt.NDArray[np.float64]
Asked: TypeAlias = Cut | Condition | Picked | HashGroup
Cells: TypeAlias = Mapping[Asked, npt.NDArray[Any]]
"""Maps each item in a cube to its value in each cell."""


CODES_AT_A_TIME = 2**12


class NoCurveError(Exception):
    """Bins don't determine which profiles match at each position, or a profile matches at positions that are not consecutive."""


@dataclass(frozen=True, slots=True)
class Spans:
    """For each cell, the range of positions at which a condition is true.

    Attributes:
        first: index of the first position.
        stop: index of the position after the last. It is at most `first` if the condition is not true at any position.
        positions: the number of positions.
    """

    first: Counts
    stop: Counts
    positions: int

    @property
    def is_never(self) -> npt.NDArray[np.bool_]:
        """Which cells match at no position."""
        return self.first >= self.stop

    def negated(self) -> "Spans":
        """Return the positions at which the condition is not true.

        Raises:
            NoCurveError: a cell has such positions both before and after its span.
        """
        stop = np.where(self.is_never, 0, self.stop)
        first = np.where(self.is_never, 0, self.first)
        if ((first > 0) & (stop < self.positions)).any():
            raise NoCurveError
        begins = first == 0
        return Spans(np.where(begins, stop, 0), np.where(begins, self.positions, first), self.positions)

    def both(self, other: "Spans") -> "Spans":
        """Return the positions at which both conditions are true."""
        return Spans(np.maximum(self.first, other.first), np.minimum(self.stop, other.stop), self.positions)

    def either(self, other: "Spans") -> "Spans":
        """Return the positions at which at least one of two conditions is true.

        Raises:
            NoCurveError: a cell has a gap between the two spans.
        """
        apart = np.maximum(self.first, other.first) > np.minimum(self.stop, other.stop)
        if (apart & ~self.is_never & ~other.is_never).any():
            raise NoCurveError
        first, stop = np.minimum(self.first, other.first), np.maximum(self.stop, other.stop)
        for one, alone in ((self, other), (other, self)):
            first, stop = np.where(one.is_never, alone.first, first), np.where(one.is_never, alone.stop, stop)
        return Spans(first, stop, self.positions)

    def mirrored(self) -> "Spans":
        """Return the same spans with the order of positions reversed."""
        return Spans(self.positions - self.stop, self.positions - self.first, self.positions)

    def running(self, counts: Counts, bins: Counts | None = None, width: int = 1) -> Counts:
        """Return the number of members at each position or, with `bins`, a row for each position and a column for each bin."""
        return self.added(counts, bins, width).astype(np.int64)

    def added(self, amounts: Counts | Amounts, bins: Counts | None = None, width: int = 1) -> Amounts:
        """Return the sum of the cells' amounts over the members, in the same form as `running` returns counts."""
        is_in = ~self.is_never if bins is None else ~self.is_never & (bins != NO_BIN)
        bin_of, size = 0 if bins is None else bins[is_in], (self.positions + 1) * width
        # `bincount` adds weights as doubles, in which whole numbers are exact up to 2**53.
        come, go = (
            np.bincount(places[is_in] * width + bin_of, weights=amounts[is_in], minlength=size)
            for places in (self.first, self.stop)
        )
        running: Amounts = np.cumsum((come - go).reshape(-1, width), axis=0)[: self.positions]
        return running[:, 0] if bins is None else running


Reader: TypeAlias = Callable[[Cells], Spans]


@dataclass(frozen=True, slots=True)
class Curve:
    """The number of members at each position of a threshold.

    Attributes:
        spans: the positions at which the profiles of each cell are members.
        counts: the number of profiles in each cell.
        cells: the value of each queried item in each cell.
        sums: the value of each sum in each cell, in the order of the `sums` that were passed to `curve_of`.
    """

    spans: Spans
    counts: Counts
    cells: Cells
    sums: tuple[Amounts, ...] = ()

    def sizes(self, among: Some | None = None) -> Counts:
        """Return the number of members at each position. With `among`, an item in `also`, count only members that match it."""
        return self.spans.running(self.counts if among is None else self.counts * self.cells[among])

    def sizes_in(self, cells: npt.NDArray[np.bool_]) -> Counts:
        """Return the number of members at each position, counting only the cells whose flag is True."""
        return self.spans.running(self.counts * cells)

    def totals(self) -> list[Amounts]:
        """Return each sum over the members at each position."""
        return [self.spans.added(one) for one in self.sums]

    def by_bin(self, cut: Cut) -> Counts:
        """Return the number of members at each position, in each bin of a cut. The cut must be an item in `also`.

        There is a row for each position and a column for each bin, without `NO_BIN`.
        """
        return self.spans.running(self.counts, self.cells[cut], len(cut.edges) + 1)

    def by_group(self, groups: HashGroup) -> Amounts:
        """Return `by_code` for hashed groups."""
        return self.by_code(groups, groups.groups)

    def by_code(self, codes: HashGroup | Picked, width: int) -> Amounts:
        """Return the number of members and each sum over the members, for each position and each code from 0 to `width - 1`.

        `codes` must be an item in `also`. The first axis of the array has the number of members and then each sum, the second the
        positions, and the third the codes.
        """
        bins = self.cells[codes]
        added = [self.spans.added(one, bins, width) for one in self.sums]
        return np.stack([self.spans.added(self.counts, bins, width), *added])

    def distinct(self, codes: Picked, among: npt.NDArray[np.bool_] | None = None) -> Counts:
        """Return how many different codes, such as phone numbers, the members have at each position.

        `codes` must be an item in `also`. With `among`, a flag for each cell, only members in these cells count.
        """
        every = np.arange(len(self.counts)) if among is None else np.flatnonzero(among)
        order = every[np.argsort(self.cells[codes][every], kind="stable")]
        new = np.flatnonzero(np.diff(self.cells[codes][order], prepend=-1))
        positions = np.arange(self.spans.positions)
        found = np.zeros(len(positions), dtype=np.int64)
        # Limit the number of codes at a time, since each cell of a code needs a flag for each position.
        for start in range(0, len(new), CODES_AT_A_TIME):
            first = new[start : start + CODES_AT_A_TIME]
            stop = new[start + CODES_AT_A_TIME] if start + CODES_AT_A_TIME < len(new) else len(order)
            some = order[first[0] : stop]
            is_in = (self.spans.first[some, None] <= positions) & (positions < self.spans.stop[some, None])
            found += np.logical_or.reduceat(is_in, first - first[0], axis=0).sum(axis=0)
        return found


def curve_of(
    threshold: Threshold,
    engine: Engine,
    *,
    also: Sequence[Asked] = (),
    among: Some = EVERYBODY,
    sums: Sequence[Summed] = (),
) -> Curve | None:
    """Return the members at each position. If bins don't determine them, return None, and the caller must query each position.

    The result is None if a moving condition compares no number, for example a country, if both ends of a window move, if a moving
    window sums amounts with refunds, or if a profile is in, then out, then in again along the positions.

    Args:
        threshold: the positions.
        engine: the engine to query.
        also: further items to group the profiles by, for the methods of `Curve`.
        among: which profiles are counted.
        sums: what to add up over the members, as in `Engine.cube`.

    Raises:
        DataError: see `sk.membership`.
    """
    if threshold.moving is None:
        return None
    count = len(threshold.positions)
    try:
        moving = {one.place: _readable_of(one, engine.as_of) for one in threshold.moving}
        condition = threshold.conditions[0]
        if moving and isinstance(condition, AllOf) and not isinstance(among, Picked):
            # A profile that fails a fixed condition is a member at no position, so leave it out of the query.
            numbered = list(enumerate(condition.conditions))
            fixed = [part for number, part in numbered if not _holds_moving((number,), moving)]
            parts = [
                _tree(part, (number,), moving, count) for number, part in numbered if _holds_moving((number,), moving)
            ]
            return _counted(_joined(Spans.both, parts), engine, also, AllOf((*fixed, among)) if fixed else among, sums)
        return _counted(_tree(condition, (), moving, count), engine, also, among, sums)
    except (NoCurveError, NotOneDayError):
        return None


def conditions_to_note(threshold: Threshold, engine: Engine) -> list[Condition]:
    """Return the conditions whose notes (`Engine.notes`) are those of all positions.

    If only numbers and days move, all positions have the same notes, so the first position is enough. If values move, such as a city,
    each position can have its own.
    """
    conditions = threshold.conditions
    try:
        for one in threshold.moving or ():
            _readable_of(one, engine.as_of)
    except (NoCurveError, NotOneDayError):
        return conditions
    return conditions if threshold.moving is None else conditions[:1]


def side_of(moving: Moving, engine: Engine, *, also: Sequence[Asked] = (), among: Some = EVERYBODY) -> Curve | None:
    """Return which cells match one moving condition at each position (see `curve_of`)."""
    try:
        return _counted(_readable_of(moving, engine.as_of), engine, also, among)
    except (NoCurveError, NotOneDayError):
        return None


@dataclass(frozen=True, slots=True)
class _Readable:
    """The items to query for a condition, and the function that turns their values into spans."""

    items: tuple[Cut | Condition, ...]
    read: Reader


def _counted(
    readable: _Readable, engine: Engine, also: Sequence[Asked], among: Some, sums: Sequence[Summed] = ()
) -> Curve:
    """Count the profiles in each cell, and work out the spans of the cells."""
    items = list(dict.fromkeys([*readable.items, *also]))
    cube = engine.cube(items, among=among, sums=sums) if sums else engine.cube(items, among=among)
    cells = {item: cube[place].to_numpy() for place, item in enumerate(items)}
    added = tuple(cube[sum_column(place)].to_numpy() for place in range(len(sums)))
    return Curve(readable.read(cells), cube[COUNT].to_numpy(), cells, added)


def _tree(condition: Condition, place: Place, moving: Mapping[Place, _Readable], count: int) -> _Readable:
    """Return a way to compute the spans of a condition tree in which some conditions move."""
    if place in moving:
        return moving[place]
    numbered = [((*place, number), part) for number, part in enumerate(parts_of(condition))]
    fixed = tuple(part for here, part in numbered if not _holds_moving(here, moving))
    parts = [_tree(part, here, moving, count) for here, part in numbered if _holds_moving(here, moving)]
    if not parts:
        return _fixed(condition, count)
    if isinstance(condition, Not):
        return _Readable(parts[0].items, lambda cells: parts[0].read(cells).negated())
    combine = Spans.both if isinstance(condition, AllOf) else Spans.either
    if fixed:
        # Query all fixed parts as one condition, so that there are fewer cells.
        whole = AllOf(fixed) if isinstance(condition, AllOf) else AnyOf(fixed)
        parts.append(_fixed(fixed[0] if len(fixed) == 1 else whole, count))
    return _joined(combine, parts)


def _joined(combine: Callable[[Spans, Spans], Spans], parts: Sequence[_Readable]) -> _Readable:
    items = tuple(item for part in parts for item in part.items)
    return _Readable(items, lambda cells: reduce(combine, (part.read(cells) for part in parts)))


def _holds_moving(place: Place, moving: Mapping[Place, _Readable]) -> bool:
    return any(other[: len(place)] == place for other in moving)


def _fixed(condition: Condition, count: int) -> _Readable:
    """Return how to work out the spans of a condition that is the same at all positions."""

    def read(cells: Cells) -> Spans:
        holds = cells[condition]
        return Spans(np.zeros(len(holds), dtype=np.int64), holds * np.int64(count), count)

    return _Readable((condition,), read)


def _readable_of(moving: Moving, as_of: datetime) -> _Readable:
    """Return how to work out the spans of a moving condition from bins.

    Raises:
        NoCurveError: the measure or the comparison differs between positions.
    """
    measures = {measure_of(atom) for atom in moving.atoms}
    if len(measures) == 1:
        (measure,) = measures
        words = {_comparison(atom) for atom in moving.atoms}
        limits = [limit for atom in moving.atoms if (limit := limit_of(atom)) is not None]
        if measure is None or len(words) > 1 or len(limits) < len(moving.atoms):
            raise NoCurveError
        return _compared(measure, words.pop(), limits)
    windows = [day_measures(atom, as_of) if isinstance(atom, MetricCondition) else [] for atom in moving.atoms]
    reached = {is_reached(atom) for atom in moving.atoms if isinstance(atom, MetricCondition)}
    for day_measure, _ in windows[0] if len(reached) == 1 else ():
        days = [day for window in windows for one, day in window if one == day_measure]
        if len(days) == len(moving.atoms):
            return _decided(day_measure, days, is_reached=reached.pop())
    raise NoCurveError


def _comparison(atom: Atom) -> NumberComparison:
    """Return how an atom compares its measure with its limit."""
    match atom:
        case MetricCondition():
            return atom.comparison
        case DistanceCondition():
            return "at most" if atom.is_within else "more than"
        case PropertyCondition(_, NumberTest() | LengthTest() as test):
            return test.comparison
        case _:
            raise NoCurveError


def _compared(measure: Measure, word: NumberComparison, limits: Sequence[Limit]) -> _Readable:
    """Return a way to compute the spans of a comparison with a moving limit, from the limits that each amount reaches or passes."""
    reached, until = _until(measure, limits, is_passed=False)
    passed, until_passed = _until(measure, limits, is_passed=True)
    match word:
        case "at least":
            return _Readable((reached,), until)
        case "more than":
            return _Readable((passed,), until_passed)
        case "fewer than":
            return _Readable((reached,), lambda cells: _with_amount(until(cells).negated(), cells[reached]))
        case "at most":
            return _Readable((passed,), lambda cells: _with_amount(until_passed(cells).negated(), cells[passed]))
        case "equals":
            both = (reached, passed)
            return _Readable(both, lambda cells: until(cells).both(until_passed(cells).negated()))
        case "not equals":
            raise NoCurveError


def _decided(measure: LastDay | FirstDay, days: Sequence[int], *, is_reached: bool) -> _Readable:
    """Return how to work out spans where an end of a window moves, from the day that decides.

    A window contains the day if it begins on or before that day, or ends after it.
    """
    cut, until = _until(measure, days, is_passed=False)

    def read(cells: Cells) -> Spans:
        spans = until(cells)
        holds = spans if isinstance(measure, LastDay) else _with_amount(spans.negated(), cells[cut])
        return holds if is_reached else holds.negated()

    return _Readable((cut,), read)


def _with_amount(spans: Spans, bins: npt.NDArray[Any]) -> Spans:
    """Return the spans without profiles that have no amount, since no comparison is true for them."""
    return Spans(spans.first, np.where(bins == NO_BIN, 0, spans.stop), spans.positions)


def _until(measure: Measure, limits: Iterable[Limit], *, is_passed: bool) -> tuple[Cut, Reader]:
    """Cut a measure at some limits, and return the cut and a reader for the positions at which an amount reaches (or passes) the limit.

    Raises:
        NoCurveError: the limits neither ascend nor descend throughout.
    """
    exact = [limit if isinstance(limit, int) else Decimal(str(limit)) for limit in limits]
    edges = sorted(set(exact))
    known = {edge: place for place, edge in enumerate(edges)}
    places = np.array([known[limit] for limit in exact])
    falls = bool(np.any(np.diff(places) < 0))
    if falls and np.any(np.diff(places) > 0):
        raise NoCurveError
    cut, rising = Cut(measure, tuple(edges), is_passed), places[::-1] if falls else places

    def read(cells: Cells) -> Spans:
        stop = np.searchsorted(rising, cells[cut])
        spans = Spans(np.zeros(len(stop), dtype=np.int64), stop, len(places))
        return spans.mirrored() if falls else spans

    return cut, read
