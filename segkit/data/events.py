"""The event index: per metric, events in order of time, with profiles as whole numbers and exact amounts, laid out for counting."""

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
from segkit.data.properties import Cells, PropertyColumn
from segkit.errors import DataError
from segkit.vocabulary import STANDARD_METRICS, canonical_metric, metric_spellings
from segkit.wording import counted

Codes = npt.NDArray[np.int32]
MetricNumbers = npt.NDArray[np.int16] | npt.NDArray[np.int32]

VALUE = "$value"


@dataclass(frozen=True, slots=True)
class MetricEvents:
    """All events of one metric, oldest first.

    Attributes:
        profiles: row of the profile of each event, int32.
        times: microseconds since 1970, UTC, ascending.
        days: the UTC day of each event, counted from 1970; windows of days need no finer time.
        units: amounts as whole numbers, divided by ten to the power of `scale`; None where the metric carries no amounts.
        scale: decimals of `units`.
        rows: row of each event in the table it came from, int32.
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
        """Return the events from one instant to before another, in microseconds; None is open."""
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
    """Which events of a table carry an amount; how much it is, the whole numbers of a metric's events say.

    That takes a bit an event, and the amounts once more would take eight bytes.

    Attributes:
        is_set: an Arrow column of true and false.
        kind: of the numbers as they were stored.
    """

    is_set: pa.BooleanArray
    kind: pa.DataType

    def at(self, rows: Codes) -> "SetAmounts":
        """Return the same of some events, in their order."""
        return SetAmounts(self.is_set.take(pa.array(rows)), self.kind)

    def of(self, events: MetricEvents) -> Cells:
        """Return the amounts of a metric's events as they were stored, if this is of those events."""
        units = np.zeros(len(events), dtype=np.int64) if events.units is None else events.units
        # Below 2**53 both sides are exact as doubles, so this is the very double that stands for `scale` decimals.
        numbers = pa.array(units / 10**events.scale).cast(self.kind)
        unset = pa.scalar(None, self.kind)
        return Cells(pa.chunked_array([pc.if_else(self.is_set, numbers, unset)]))


@dataclass(frozen=True, repr=False)
class EventIndex:
    """Events by metric, and their properties, which are coded per metric on first use.

    Attributes:
        metrics: the events of each metric, under its canonical name.
        properties: event properties of the whole table, by name.
        values: the amounts of the whole table as a property of events, or which of them are set where the whole numbers of
            `metrics` say the rest; None where it has none.
        is_date: which events of the whole table carry a date without a time; None where none does.
        day_first: the order of dates such as 06/07/2026 in properties; None is month first.
        near_amounts: properties that hold numbers under a name that looks like that of an amount.
    """

    metrics: Mapping[str, MetricEvents]
    properties: Mapping[str, Cells] = field(default_factory=dict, repr=False)
    values: Cells | SetAmounts | None = field(default=None, repr=False)
    is_date: Flags | None = field(default=None, repr=False)
    day_first: bool | None = None
    near_amounts: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"EventIndex: {counted(len(self), 'event')} of {counted(len(self.metrics), 'metric')}"

    def __len__(self) -> int:
        return sum(self.sizes.values())

    @property
    def sizes(self) -> Mapping[str, int]:
        """How many events each metric has."""
        return {name: len(events) for name, events in self.metrics.items()}

    def metric(self, name: str) -> MetricEvents:
        """Return the events of a metric under any of its names; a standard one without events happened zero times.

        Raises:
            DataError: no event has this metric, and it is none that every account can have.
        """
        canonical = canonical_metric(name)
        if canonical in self.metrics:
            return self.metrics[canonical]
        if canonical in STANDARD_METRICS:
            return _NOTHING
        raise DataError.unknown_metric(name, {name for metric in self.metrics for name in metric_spellings(metric)})

    def column(self, metric: str, name: str) -> PropertyColumn:
        """Return one property of a metric's events, in their order; "$value" is the amount, as Klaviyo's filters call it.

        It is built anew each time: whoever asks again keeps it, as a Dataset does.

        Raises:
            DataError: no event has this property.
        """
        return PropertyColumn(self.cells(metric, name), day_first=self.day_first)

    def cells(self, metric: str, name: str) -> Cells:
        """Return the same as cells.

        Raises:
            DataError: no event has this property.
        """
        if name not in self.properties and not (name == VALUE and self.values is not None):
            known = [*self.properties, VALUE] if self.values is not None else self.properties
            raise DataError.unknown_property(name, known, of="events")
        return self._cells(metric, name)

    def _cells(self, metric: str, name: str) -> Cells:
        """Return a property that there is of a metric's events, in their order."""
        events = self.metric(metric)
        if name not in self.properties and (amounts := self.set_amounts(metric)) is not None:
            return amounts.of(events)
        cells = self.properties.get(name, self.values)
        assert isinstance(cells, Cells)  # as `cells` has seen to
        return cells.take(events.rows)

    def set_amounts(self, metric: str) -> SetAmounts | None:
        """Return which of a metric's events carry an amount, where their whole numbers say how much; None where cells do."""
        return self.values.at(self.metric(metric).rows) if isinstance(self.values, SetAmounts) else None

    def dates(self, metric: str) -> Flags | None:
        """Return which of a metric's events carry a date without a time; None where none of the table does."""
        return None if self.is_date is None else self.is_date[self.metric(metric).rows]

    def ends(self, metric: str) -> Microseconds:
        """Return when each event of a metric was, that of a date without a time as the end of its day, which it may have been.

        Raises:
            DataError: as `metric`.
        """
        events, is_date = self.metric(metric), self.dates(metric)
        return events.times if is_date is None else ends_of(events.times, is_date)

    def newest(self, until: int | None = None) -> int | None:
        """Return the time of the newest event up to a moment, both in microseconds, or None if there is no event."""
        stops = {
            name: len(events) if until is None else events.window(None, until + 1).stop
            for name, events in self.metrics.items()
        }
        return max((int(self.metrics[name].times[stop - 1]) for name, stop in stops.items() if stop), default=None)


def order_events(
    *, profiles: Codes, metrics: MetricNumbers, names: list[str], times: Microseconds
) -> dict[str, MetricEvents]:
    """Lay events out by metric, in order of time, without amounts yet; events of one instant keep the order they came in.

    Args:
        profiles: row of the profile of each event; -1 leaves the event out.
        metrics: number of the metric of each event in `names`; several numbers may stand for one name.
        names: canonical names of metrics.
        times: microseconds since 1970, UTC.
    """
    rows = _rows_by_name(profiles, metrics, names)
    # Two metrics at a time, since numpy lets go of Python while it copies and sorts; more would lie in memory half done.
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
    """Add amounts and properties to events that are in order.

    Apart from the order, so that times as they came and amounts as they came are never in memory at once.

    Args:
        ordered: the events of each metric, as `order_events` returns them.
        amounts: of each event of the table, or None where it has none.
        properties: other columns of the table.
        values: the amounts once more, as cells, to be tested one by one, or what makes them of the amounts.
        is_date: which events of the table carry a date without a time; None where none does.
        near_amounts: properties that hold numbers under a name that looks like that of an amount.

    Raises:
        DataError: the amounts of a metric could not be summed exactly in 64 bits.
    """
    found = dict(ordered)
    if amounts is not None:
        found = {name: _with_amounts(name, events, amounts) for name, events in ordered.items()}
    return EventIndex(found, dict(properties), values, is_date, near_amounts=near_amounts)


def _rows_by_name(profiles: Codes, metrics: MetricNumbers, names: list[str]) -> dict[str, Codes]:
    """Return the rows of each metric's events, in the order they came, without those that are left out."""
    different = list(dict.fromkeys(names))
    small = np.min_scalar_type(len(different))
    places = np.array([*map({name: place for place, name in enumerate(different)}.get, names), len(different)], small)
    place = places[metrics]  # the number -1 points at the last, beyond all names
    place[profiles < 0] = len(different)
    rows, starts = _sorted_rows(place, len(different) + 1)
    parts = zip(different, starts[:-1], starts[1:], strict=True)
    return {name: rows[start:end] for name, start, end in parts if end > start}


def _sorted_rows(place: npt.NDArray[Any], size: int) -> tuple[Codes, npt.NDArray[np.int64]]:
    """Return the rows of a table in the order of its `size` places, and where each place starts.

    One sort of all events takes the time of seven to twenty looks for the events of one metric, and a shop has a hundred of
    them. Of up to a hundred metrics, blocks that stay in the processor's cache take half the time of numpy's sort of the whole:
    numpy sorts whole numbers of 8 and of 16 bits by counting them, and answers in eight bytes a row.
    """
    counts = np.zeros(size, dtype=np.int64)
    for block in blocks(place):
        counts += np.bincount(block, minlength=size)
    starts = np.cumsum(counts) - counts
    # Four bytes a row, since Arrow and numpy count no more of them in memory than that.
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
    # In doubles on purpose: a sum of whole numbers could wrap around unseen, and this only needs the size.
    largest = 0.0 if units is None else sum(float(np.abs(block.astype(np.float64)).sum()) for block in blocks(units))
    if largest >= 2**62:
        raise DataError.amounts_too_large(name)
    return replace(events, units=units, scale=amounts.scale)
