"""The event index: per metric, events in order of time, with profiles as whole numbers and exact amounts, laid out for counting."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from segkit.data.amounts import EXACT_FLOAT, Amounts
from segkit.data.instants import DAY, Microseconds
from segkit.data.properties import Cells, PropertyColumn
from segkit.data.schema import RENAMED_METRICS, STANDARD_METRICS, current_metric
from segkit.errors import DataError

Codes = npt.NDArray[np.int32]

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
        rows: row of each event in the table it came from.
        sums_fit_floats: all amounts together stay exact as doubles, the quick way to sum.
    """

    profiles: Codes
    times: Microseconds
    days: Codes
    units: npt.NDArray[np.int64] | None
    scale: int
    rows: npt.NDArray[np.int64]
    sums_fit_floats: bool = True

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
    rows=np.zeros(0, dtype=np.int64),
)


@dataclass(frozen=True)
class EventIndex:
    """Events by metric, and their properties, which are coded per metric on first use.

    Attributes:
        metrics: the events of each metric, under its current name.
        properties: event properties of the whole table, by name.
        values: the amounts of the whole table as a property of events; None where it has none.
    """

    metrics: Mapping[str, MetricEvents]
    properties: Mapping[str, Cells] = field(default_factory=dict, repr=False)
    values: Cells | None = field(default=None, repr=False)
    _columns: dict[tuple[str, str], PropertyColumn] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return sum(map(len, self.metrics.values()))

    def metric(self, name: str) -> MetricEvents:
        """Return the events of a metric under its old or current name; a standard one without events happened zero times.

        Raises:
            DataError: no event has this metric, and it is none that every account can have.
        """
        current = current_metric(name)
        if current in self.metrics:
            return self.metrics[current]
        if current in STANDARD_METRICS:
            return _NOTHING
        known = {*self.metrics, *(old for old, now in RENAMED_METRICS.items() if now in self.metrics)}
        raise DataError.unknown_metric(name, known)

    def column(self, metric: str, name: str) -> PropertyColumn:
        """Return one property of a metric's events, in their order; "$value" is the amount, as Klaviyo's filters call it.

        Raises:
            DataError: no event has this property.
        """
        current = current_metric(metric)
        cells = self.properties.get(name, self.values if name == VALUE else None)
        if cells is None:
            known = [*self.properties, VALUE] if self.values is not None else self.properties
            raise DataError.unknown_property(name, known, of="events")
        if (current, name) not in self._columns:
            self._columns[current, name] = PropertyColumn(cells.take(self.metric(current).rows))
        return self._columns[current, name]

    def newest(self) -> int | None:
        """Return the time of the newest event in microseconds, or None if there is no event."""
        return max((int(events.times[-1]) for events in self.metrics.values() if len(events)), default=None)


def index_events(
    *,
    profiles: Codes,
    metrics: npt.NDArray[np.int32],
    names: list[str],
    times: Microseconds,
    amounts: Amounts | None,
    properties: Mapping[str, Cells],
    values: Cells | None = None,
) -> EventIndex:
    """Lay events out by metric, in order of time; events of one instant keep the order they came in.

    Args:
        profiles: row of the profile of each event; -1 leaves the event out.
        metrics: number of the metric of each event in `names`; several numbers may stand for one name.
        names: current metric names.
        times: microseconds since 1970, UTC.
        amounts: of each event, or None where the table has none.
        properties: other columns of the table.
        values: the amounts once more, as cells, to be tested one by one.

    Raises:
        DataError: the amounts of a metric could not be summed exactly in 64 bits.
    """
    found = {}
    for name in dict.fromkeys(names):
        numbers = [number for number, other in enumerate(names) if other == name]
        belongs = metrics == numbers[0] if len(numbers) == 1 else np.isin(metrics, numbers)
        rows = np.flatnonzero(belongs & (profiles >= 0))
        if len(rows):
            found[name] = _metric_events(name, rows, profiles, times, amounts)
    return EventIndex(found, dict(properties), values)


def _metric_events(
    name: str, rows: npt.NDArray[np.int64], profiles: Codes, times: Microseconds, amounts: Amounts | None
) -> MetricEvents:
    when = times[rows]
    if np.any(when[1:] < when[:-1]):
        order = np.argsort(when, kind="stable")
        rows, when = rows[order], when[order]
    units, largest = None, 0.0
    if amounts is not None:
        units = amounts.units[rows]
        # In doubles on purpose: a sum of whole numbers could wrap around unseen, and this only needs the size.
        largest = float(np.abs(units.astype(np.float64)).sum())
        if largest >= 2**62:
            raise DataError.amounts_too_large(name)
        if not units.any():
            units = None
    return MetricEvents(
        profiles=profiles[rows].astype(np.int32, copy=False),
        times=when,
        days=(when // DAY).astype(np.int32),
        units=units,
        scale=amounts.scale if amounts is not None else 0,
        rows=rows,
        sums_fit_floats=largest < EXACT_FLOAT,
    )
