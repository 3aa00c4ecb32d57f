"""Index events for fast counting: by metric, sorted by time, with profiles as integers and exact amounts."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.amounts import Amounts
from segkit.data.blocks import blocks, taken
from segkit.data.instants import DAY, Flags, Microseconds, ends_of
from segkit.data.lacks import NOTHING_LACKS, Lacks
from segkit.data.properties import Cells, PropertyColumn
from segkit.errors import DataError
from segkit.vocabulary import STANDARD_METRICS, canonical_metric, metric_spellings
from segkit.wording import counted

Codes = npt.NDArray[np.int32]
MetricNumbers = npt.NDArray[np.int16] | npt.NDArray[np.int32]

VALUE = "$value"


@dataclass(frozen=True, slots=True)
class MetricEvents:
    """All events of a metric, oldest first.

    Attributes:
        profiles: the row of each event's profile, int32.
        times: the time of each event, in microseconds since 1970, UTC, ascending.
        days: the UTC day of each event, counted from 1970. Windows of days use it instead of the time.
        units: the amounts as integers, to divide by ten to the power of `scale`; None if the metric has no amounts.
        scale: the number of decimal places in `units`.
        rows: the row of each event in its table, int32.
    """

    profiles: Codes
    times: Microseconds
    days: Codes
    units: npt.NDArray[np.int64] | None
    scale: int
    rows: Codes

    def __len__(self) -> int:
        return len(self.times)

    def window(self, start: int | None, end: int | None) -> slice:
        """Return the slice of events from `start` (inclusive) to `end` (exclusive), in microseconds. None means no bound."""
        first = 0 if start is None else int(np.searchsorted(self.times, start))
        last = len(self.times) if end is None else int(np.searchsorted(self.times, end))
        return slice(first, max(first, last))


_NOTHING = MetricEvents(
    profiles=np.zeros(0, dtype=np.int32),
    times=np.zeros(0, dtype=np.int64),
    days=np.zeros(0, dtype=np.int32),
    units=None,
    scale=0,
    rows=np.zeros(0, dtype=np.int32),
)


@dataclass(frozen=True, slots=True)
class SetAmounts:
    """Which events of a table have an amount. The amounts themselves are computed from `MetricEvents.units`.

    This takes one bit per event, while a copy of the amounts would take eight bytes.

    Attributes:
        is_set: an Arrow column of booleans.
        kind: the type of the numbers as they were stored.
    """

    is_set: pa.BooleanArray
    kind: pa.DataType

    def at(self, rows: Codes) -> "SetAmounts":
        """Return a copy for the events in some rows, in that order."""
        return SetAmounts(self.is_set.take(pa.array(rows)), self.kind)

    def of(self, events: MetricEvents) -> Cells:
        """Return the amounts as they were stored. `events` must be the events that `self` describes."""
        units = np.zeros(len(events), dtype=np.int64) if events.units is None else events.units
        # Below 2**53 both operands are exact as doubles, so the quotient is the double nearest to the decimal number.
        numbers = pa.array(units / 10**events.scale).cast(self.kind)
        unset = pa.scalar(None, self.kind)
        return Cells(pa.chunked_array([pc.if_else(self.is_set, numbers, unset)]))


@dataclass(frozen=True, repr=False)
class EventIndex:
    """Events by metric, and their properties.

    Attributes:
        metrics: the events of each metric, by its canonical name.
        properties: the event properties of the whole table, by name.
        values: the amounts of the whole table as an event property, or only which of them are set if `metrics` has the exact
            numbers; None if the table has no amounts.
        is_date: which events of the whole table have a date without a time; None if no event has one.
        day_first: the order of dates such as 06/07/2026 in properties; None means month first.
        near_amounts: properties with numbers, and with a name that looks like an amount.
        lacks: what the layout of the data never contains.
    """

    metrics: Mapping[str, MetricEvents]
    properties: Mapping[str, Cells] = field(default_factory=dict, repr=False)
    values: Cells | SetAmounts | None = field(default=None, repr=False)
    is_date: Flags | None = field(default=None, repr=False)
    day_first: bool | None = None
    near_amounts: tuple[str, ...] = ()
    lacks: Lacks = NOTHING_LACKS

    def __repr__(self) -> str:
        return f"EventIndex: {counted(len(self), 'event')} of {counted(len(self.metrics), 'metric')}"

    def __len__(self) -> int:
        return sum(self.sizes.values())

    @property
    def sizes(self) -> Mapping[str, int]:
        """The number of events of each metric."""
        return {name: len(events) for name, events in self.metrics.items()}

    def metric(self, name: str) -> MetricEvents:
        """Return the events of a metric by any of its names. A standard metric may have no events.

        Raises:
            DataError: no event has this metric, and it is not one of Klaviyo's standard metrics or the layout of the data never
                contains it.
        """
        canonical = canonical_metric(name)
        if canonical not in self.metrics:
            self.lacks.check_metric(canonical)
        return self.recorded(name)

    def recorded(self, name: str) -> MetricEvents:
        """Return the events of a metric like `metric`, but none if the layout of the data never contains it.

        This is for checks that say themselves what they were checked against. A condition uses `metric`.

        Raises:
            DataError: no event has this metric, and it is not one of Klaviyo's standard metrics.
        """
        canonical = canonical_metric(name)
        if canonical in self.metrics:
            return self.metrics[canonical]
        if canonical in STANDARD_METRICS:
            return _NOTHING
        raise DataError.unknown_metric(
            name, self.metrics, (other for one in self.metrics for other in metric_spellings(one))
        )

    def size(self, metric: str) -> int:
        """Return the number of events of a metric, without reading them.

        Raises:
            DataError: as `metric`.
        """
        found = self.sizes.get(canonical_metric(metric))
        return len(self.metric(metric)) if found is None else found

    def has_units(self, metric: str) -> bool:
        """Whether a metric has amounts in integer units.

        Raises:
            DataError: as `metric`.
        """
        return self.metric(metric).units is not None

    def column(self, metric: str, name: str) -> PropertyColumn:
        """Return a property of a metric's events, in their order. "$value" is the amount, as in Klaviyo's filters.

        Each call builds a new column. A Dataset caches it.

        Raises:
            DataError: no event has this property.
        """
        return PropertyColumn(self.cells(metric, name), day_first=self.day_first)

    def cells(self, metric: str, name: str) -> Cells:
        """Return a property of a metric's events as cells: see `column`.

        Raises:
            DataError: no event has this property.
        """
        if name not in self.properties and not (name == VALUE and self.values is not None):
            known = [*self.properties, VALUE] if self.values is not None else self.properties
            raise DataError.unknown_property(name, known, of="events")
        return self._cells(metric, name)

    def _cells(self, metric: str, name: str) -> Cells:
        """Return an existing property of a metric's events, in their order."""
        events = self.metric(metric)
        if name not in self.properties and (amounts := self.set_amounts(metric)) is not None:
            return amounts.of(events)
        cells = self.properties.get(name, self.values)
        assert isinstance(cells, Cells)  # `cells` has checked this
        return cells.take(events.rows)

    def set_amounts(self, metric: str) -> SetAmounts | None:
        """Return which of a metric's events have an amount, or None if `values` contains the amounts as cells."""
        return self.values.at(self.metric(metric).rows) if isinstance(self.values, SetAmounts) else None

    def dates(self, metric: str) -> Flags | None:
        """Return which of a metric's events have a date without a time, or None if no event in the table has one."""
        return None if self.is_date is None else self.is_date[self.recorded(metric).rows]

    def ends(self, metric: str) -> Microseconds:
        """Return the latest possible time of each event of a metric, which is the end of the day for a date without a time.

        Raises:
            DataError: no event has this metric (see `recorded`).
        """
        events, is_date = self.recorded(metric), self.dates(metric)
        return events.times if is_date is None else ends_of(events.times, is_date)

    def newest(self, until: int | None = None) -> int | None:
        """Return the time of the newest event up to `until`, both in microseconds, or None if there is no such event."""
        stops = {
            name: len(events) if until is None else events.window(None, until + 1).stop
            for name, events in self.metrics.items()
        }
        return max((int(self.metrics[name].times[stop - 1]) for name, stop in stops.items() if stop), default=None)


def order_events(
    *, profiles: Codes, metrics: MetricNumbers, names: list[str], times: Microseconds
) -> dict[str, MetricEvents]:
    """Group events by metric and sort them by time, without amounts. Events at the same instant keep their order.

    Args:
        profiles: the row of each event's profile, or -1 to leave the event out.
        metrics: the index of each event's metric in `names`, or -1 for none.
        names: the canonical names of metrics, which may repeat.
        times: the time of each event, in microseconds since 1970, UTC.
    """
    rows = _rows_by_name(profiles, metrics, names)
    # Sort two metrics at a time: numpy releases the GIL while it copies and sorts, but more threads would take more memory.
    with ThreadPoolExecutor(2) as lanes:
        return dict(zip(rows, lanes.map(lambda some: _in_order(some, profiles, times), rows.values()), strict=True))


def index_events(
    ordered: Mapping[str, MetricEvents],
    *,
    amounts: Amounts | None,
    properties: Mapping[str, Cells],
    values: Cells | SetAmounts | None = None,
    is_date: Flags | None = None,
    near_amounts: tuple[str, ...] = (),
) -> EventIndex:
    """Add amounts and properties to sorted events.

    This step is separate from `order_events`, so that unsorted times and amounts are never in memory together.

    Args:
        ordered: the events of each metric, as returned by `order_events`.
        amounts: the amount of each event in the table; None if there are no amounts.
        properties: the other columns of the table.
        values: the amounts as cells for conditions on single events, or a `SetAmounts` that computes them.
        is_date: which events in the table have a date without a time; None if no event has one.
        near_amounts: properties with numbers, and with a name that looks like an amount.

    Raises:
        DataError: the amounts of a metric could not be summed exactly in 64 bits.
    """
    found = dict(ordered)
    if amounts is not None:
        found = {name: _with_amounts(name, events, amounts) for name, events in ordered.items()}
    return EventIndex(found, dict(properties), values, is_date, near_amounts=near_amounts)


def _rows_by_name(profiles: Codes, metrics: MetricNumbers, names: list[str]) -> dict[str, Codes]:
    """Return the rows of each metric's events, in their original order, except events that are left out."""
    different = list(dict.fromkeys(names))
    small = np.min_scalar_type(len(different))
    places = np.array([*map({name: place for place, name in enumerate(different)}.get, names), len(different)], small)
    place = places[metrics]  # -1 is the index of the last item, which is not a name
    place[profiles < 0] = len(different)
    rows, starts = _sorted_rows(place, len(different) + 1)
    parts = zip(different, starts[:-1], starts[1:], strict=True)
    return {name: rows[start:end] for name, start, end in parts if end > start}


def _sorted_rows(place: npt.NDArray[Any], size: int) -> tuple[Codes, npt.NDArray[np.int64]]:
    """Return the rows of a table sorted by `place` (stable), and where each of the `size` places starts.

    With many metrics, one sort of all events is faster than a search for each metric. Sorting in blocks is faster than sorting the
    whole array: numpy sorts 8-bit and 16-bit integers by counting but returns 64-bit indices, and blocks fit into the processor's
    cache.
    """
    counts = np.zeros(size, dtype=np.int64)
    for block in blocks(place):
        counts += np.bincount(block, minlength=size)
    starts = np.cumsum(counts) - counts
    # Row numbers have 32 bits throughout the index.
    rows = np.empty(len(place), dtype=np.int32)
    filled = starts.copy()
    first_row = 0
    for block in blocks(place):
        counts = np.bincount(block, minlength=size)
        shifts = filled - (np.cumsum(counts) - counts)
        rows[np.repeat(shifts, counts) + np.arange(len(block))] = np.argsort(block, kind="stable") + first_row
        filled += counts
        first_row += len(block)
    return rows, starts


def _in_order(rows: Codes, profiles: Codes, times: Microseconds) -> MetricEvents:
    when = taken(times, rows)
    if np.any(when[1:] < when[:-1]):
        order = np.argsort(when, kind="stable")
        rows, when = rows[order], when[order]
    days = np.empty(len(when), dtype=np.int32)
    for block, found in zip(blocks(when), blocks(days), strict=True):
        found[:] = block // DAY
    return MetricEvents(profiles=taken(profiles, rows), times=when, days=days, units=None, scale=0, rows=rows)


def _with_amounts(name: str, events: MetricEvents, amounts: Amounts) -> MetricEvents:
    units = amounts.of(events.rows)
    # Sum as doubles, since a sum of integers could overflow silently, and only the magnitude is needed.
    largest = 0.0 if units is None else sum(float(np.abs(block.astype(np.float64)).sum()) for block in blocks(units))
    if largest >= 2**62:
        raise DataError.amounts_too_large(name)
    return replace(events, units=units, scale=amounts.scale)
