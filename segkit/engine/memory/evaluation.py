"""A condition meets a Dataset: of which profiles it is true.

Three sentences hold throughout. A profile is in or out, and `Not` is the complement among all profiles. Events that never
happened count and sum 0. A property that is not set, or that does not read as the kind a test asks for, passes no test,
negative ones included; `SetTest(False)` and `SomethingTest(False)` are the only ways in for it.
"""

# Over 250 lines, since every kind of condition meets the data here and nowhere else.

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar, assert_never

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.blocks import blocks
from segkit.data.events import MetricEvents
from segkit.data.instants import Flags, microseconds
from segkit.data.places import KILOMETERS
from segkit.definition import timeframes
from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    BooleanTest,
    Condition,
    ConsentCondition,
    DateTest,
    DistanceCondition,
    FunnelCondition,
    ListCondition,
    MetricCondition,
    Not,
    NumberComparison,
    NumberTest,
    PhoneCountryCondition,
    Point,
    PostalCode,
    PropertyCondition,
    PropertyTest,
    RegionCondition,
    SegmentCondition,
    SetTest,
)
from segkit.definition.measures import (
    DayMeasure,
    EventCount,
    EventDays,
    EventMeasure,
    EventSum,
    FirstDay,
    LastDay,
    Measure,
    day_measures,
    is_reached,
    measure_in,
    measure_of,
    without_limits,
)
from segkit.engine.memory import funnels, recency
from segkit.engine.memory.comparison import Comparison
from segkit.engine.memory.consent_history import Channel
from segkit.engine.memory.dataset import Dataset
from segkit.engine.memory.notes import notes_of
from segkit.engine.memory.value_tests import between, compared_exactly, in_timeframe, nearest_units, numbers_of, passing
from segkit.errors import DefinitionError, warn
from segkit.vocabulary import canonical_metric

T = TypeVar("T")

Uncounted: TypeAlias = (
    FunnelCondition
    | PropertyCondition
    | ConsentCondition
    | ListCondition
    | PhoneCountryCondition
    | RegionCondition
    | DistanceCondition
)

MOST_TOLD = 20
"""How many warnings come of one question at most, though it be a sweep over two hundred countries."""


@dataclass(frozen=True)
class Evaluation:
    """Conditions checked against one Dataset, whose cache keeps the answers and what they were made of.

    It keeps as well with which limit a measure was first asked for: a second limit is answered by numbers that are kept, so that
    a threshold that moves is quick whoever moves it.
    """

    dataset: Dataset
    _told: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        if not isinstance(self.dataset, Dataset):
            raise DefinitionError.not_a_dataset(self.dataset)

    def keep(self, what: str, of: Hashable, work_out: Callable[[], T]) -> T:
        """Work something out once for the Dataset as of its moment."""
        return self.dataset.cache.keep(self.key(what, of), work_out)

    def key(self, what: str, of: Hashable) -> tuple[Hashable, ...]:
        """Return what something is kept under."""
        return what, of, self.dataset.as_of

    def holds(self, condition: Condition) -> Flags:
        """Return of which profiles a condition is true, in the Dataset's order.

        Warns:
            SegkitWarning: the condition has notes that this evaluation has not told before.
        """
        found = self.answer(condition)
        self.tell([condition])
        return found

    def tell(self, conditions: Iterable[Condition]) -> None:
        """Warn of the notes of conditions that this evaluation has not told before; of very many, of the first."""
        notes = dict.fromkeys(note for condition in conditions for note in self.notes(condition))
        new = [note for note in notes if note not in self._told]
        self._told.update(new)
        for note in new[:MOST_TOLD]:
            warn(note)
        if len(new) > MOST_TOLD:
            warn(f"There are {len(new) - MOST_TOLD:,} more notes like these.")

    def notes(self, condition: Condition) -> tuple[str, ...]:
        """Return what an analyst should know beside the answer, every time: it lies in the condition and the data (`notes_of`)."""
        return self.keep("notes", without_limits(condition), lambda: notes_of(condition, self.dataset))

    def answer(self, condition: Condition) -> Flags:
        """Return of which profiles a condition is true, and tell nothing."""
        return self.part(condition)

    def part(self, condition: Condition) -> Flags:
        """Return of which profiles a condition is true, which may be a part of another.

        It is kept, unless a measure of it was first asked for with another limit: then it is made anew of numbers that are kept,
        which takes less than the fresh memory of one more answer would.
        """
        key = self.key("answer", condition)
        found: Flags | None = self.dataset.cache.get(key)
        if found is None:
            found, is_first = self._worked_out(condition)
            absent = self.dataset.not_there_yet
            if absent is not None:
                # Opposites included: who was created after the moment is in no segment yet.
                found = found & ~absent
            if is_first:
                self.dataset.cache.put(key, found)
        return found

    def _worked_out(self, condition: Condition) -> tuple[Flags, bool]:
        """Return of which profiles a condition is true, and whether its measures are asked for with these limits first."""
        match condition:
            case AllOf(conditions):
                return self._combined(np.logical_and, conditions, of_none=True)
            case AnyOf(conditions):
                return self._combined(np.logical_or, conditions, of_none=False)
            case Not(inner):
                found = self.part(inner)
                return ~found, not found.flags.writeable
            case MetricCondition():
                measures = [
                    (measure_in(condition, condition.timeframe), 0),
                    *day_measures(condition, self.dataset.as_of),
                ]
                moved = [(measure, day) for measure, day in measures if not self._is_first(measure, condition)]
                return self._measures_up(condition, moved), not moved
            case PropertyCondition() | DistanceCondition():
                measure = measure_of(condition)
                return self._holds(condition), measure is None or self._is_first(measure, condition)
            case SegmentCondition(name):
                raise DefinitionError.unresolved_segment(name)
            case _:
                return self._holds(condition), True

    def _is_first(self, measure: Measure, condition: Condition) -> bool:
        return self.keep("first asked for", measure, lambda: condition) == condition

    def _combined(self, combine: np.ufunc, conditions: tuple[Condition, ...], *, of_none: bool) -> tuple[Flags, bool]:
        """Join answers one after another into one array, since a new one for each join takes three times as long."""
        if not conditions:
            return np.full(len(self.dataset), of_none), True
        answers = [self.part(condition) for condition in conditions]
        # What is kept can't be written to; what was made for this question alone can.
        own = next((number for number, answer in enumerate(answers) if answer.flags.writeable), None)
        found = answers.pop(own or 0)
        if own is None:
            found = found.copy()
        for other in answers:
            combine(found, other, out=found)
        return found, own is None

    def _holds(self, condition: Uncounted) -> Flags:
        """Return of which profiles a condition is true that counts no events of one metric."""
        match condition:
            case FunnelCondition(steps):
                is_taken = [step.is_taken for step in steps]
                return funnels.completed(self.step_events(condition), is_taken, longest(condition), len(self.dataset))
            case PropertyCondition(name, test):
                return self._passing(name, test)
            case ConsentCondition():
                return self._consents(condition)
            case ListCondition():
                return self._listed(condition)
            case PhoneCountryCondition(countries, is_in):
                numbers = self.dataset.phone_countries
                listed = _flags(pc.is_in(numbers.distinct, value_set=pa.array(countries)))
                return numbers.rows(listed if is_in else ~listed)
            case RegionCondition(region, is_in):
                inside = self.dataset.in_region(region)
                return inside if is_in else ~inside & _flags(pc.is_valid(self.dataset.countries))
            case DistanceCondition():
                return self._within(condition).flags()
            case _:
                assert_never(condition)

    def _measures_up(self, condition: MetricCondition, moved: Sequence[tuple[Measure, int]]) -> Flags:
        """Return where a count or a sum measures up: by what its window holds, or, once an end of it has moved, by the day that decides.

        Args:
            condition: what is counted or added up, and its limit.
            moved: the measures that were first asked for with another limit, each with the day on which the window begins or ends.
        """
        for measure, day in moved:
            days = self.deciding_days(measure) if isinstance(measure, (LastDay, FirstDay)) else None
            if days is not None:
                is_least = is_reached(condition) == isinstance(measure, LastDay)
                return self._narrow(Comparison(days, day, is_least=is_least), measure).flags()
        measure = measure_in(condition, condition.timeframe)
        units, scale = self.measured(measure)
        comparison = Comparison.of(
            units, condition.comparison, nearest_units(condition.value, scale, condition.comparison)
        )
        if comparison is None:
            return compared_exactly(units, scale, condition.comparison, condition.value)
        return (self._narrow(comparison, measure) if moved else comparison).flags()

    def _narrow(self, comparison: Comparison, measure: Measure) -> Comparison:
        """Return a comparison by numbers of fewer bytes, which are compared in a fraction of the time."""
        kind = comparison.kind
        if kind is None:
            return comparison
        narrow = self.keep("narrow numbers", (measure, kind), lambda: comparison.narrow(kind).values)
        return replace(comparison, values=narrow)

    def deciding_days(self, measure: DayMeasure) -> recency.Days | None:
        """Return for each profile the day of the event with which a measure reaches its number.

        Events are counted back from the end of the measure's timeframe, or forward from its beginning. None where no single event
        decides: a sum with refunds.
        """
        return self.keep("deciding days", measure, lambda: self._decided(measure))

    def _decided(self, measure: DayMeasure) -> recency.Days | None:
        events, size = self.dataset.events.metric(measure.of.metric), len(self.dataset)
        is_last = isinstance(measure, LastDay)

        def grouped() -> recency.Grouped | None:
            return recency.grouped(*self._seen(measure.of, events, is_last=is_last), size)

        match measure.of:
            case EventCount() | EventDays() if measure.rank == 1:
                profiles, seen, _ = self._seen(measure.of, events, is_last=is_last)
                days: recency.Days | None = recency.newest(profiles, seen, size)
            case EventCount() | EventSum() | EventDays():
                scale = events.scale if isinstance(measure.of, EventSum) else 0
                by_profile = self.keep("events by profile", (measure.of, is_last), grouped)
                days = None if by_profile is None else recency.deciding_days(by_profile, measure, scale)
            case _:
                assert_never(measure.of)
        return -days if days is not None and not is_last else days

    def _seen(
        self, measure: EventMeasure, events: MetricEvents, *, is_last: bool
    ) -> tuple[npt.NDArray[np.int32], recency.Days, npt.NDArray[np.int64] | None]:
        """Return profiles, days and amounts of the events that count, in order of time; where days are counted one event of each.

        Where the first day is looked for they are those of a mirror: from the last event to the first, with their days below 0.
        """
        rows = self.selected(measure, events)
        profiles, days, units = events.profiles[rows], events.days[rows], None
        if isinstance(measure, EventSum):
            units = np.zeros(len(days), dtype=np.int64) if events.units is None else events.units[rows]
        if isinstance(measure, EventDays):
            first = recency.first_of_days(profiles, days)
            profiles, days = profiles[first], days[first]
        if is_last:
            return profiles, days, units
        return profiles[::-1], -days[::-1], None if units is None else units[::-1]

    def measured(self, measure: EventMeasure) -> tuple[npt.NDArray[Any], int]:
        """Return each profile's count of events or days, or its sum as whole units and the decimals they carry."""
        events = self.dataset.events.metric(measure.metric)
        match measure:
            case EventCount():
                return self.keep("count", measure, lambda: (self._count(measure, events), 0))
            case EventSum():
                return self.keep("sum", measure, lambda: self._sum(measure, events))
            case EventDays():
                return self.keep("days", measure, lambda: (self._days(measure, events), 0))
            case _:
                assert_never(measure)

    def _count(self, measure: EventCount, events: MetricEvents) -> npt.NDArray[Any]:
        return _tally(events.profiles[self.selected(measure, events)], len(self.dataset))

    def _days(self, measure: EventDays, events: MetricEvents) -> npt.NDArray[Any]:
        profiles, _, _ = self._seen(measure, events, is_last=True)
        return _tally(profiles, len(self.dataset))

    def _sum(self, measure: EventSum, events: MetricEvents) -> tuple[npt.NDArray[Any], int]:
        rows = self.selected(measure, events)
        profiles, size = events.profiles[rows], len(self.dataset)
        if events.units is None:
            return np.zeros(size, dtype=np.int64), 0
        sums = np.zeros(size, dtype=np.int64)
        np.add.at(sums, profiles, events.units[rows])
        return sums, events.scale

    def selected(self, measure: EventMeasure, events: MetricEvents) -> slice | npt.NDArray[np.int64]:
        """Return which of a metric's events a measure counts: those in its timeframe that pass all its tests."""
        window = self.window(measure, events)
        if not measure.where or window.start == window.stop:
            return window
        kept = np.ones(window.stop - window.start, dtype=bool)
        for clause in measure.where:
            column = self.dataset.event_column(measure.metric, clause.property)
            kept &= passing(column, clause.test, self.dataset.as_of)[window]
        return np.asarray(window.start + np.flatnonzero(kept))

    def step_events(self, condition: FunnelCondition) -> funnels.StepEvents:
        """Return the events that could be a step of a funnel: those in its timeframe that pass all tests of the step."""
        could_be: dict[str, npt.NDArray[np.uint8]] = {}
        for place, step in enumerate(condition.steps):
            events = self.dataset.events.metric(step.metric)
            # By one name, since an event under its old and its new name is one event and one step.
            steps = could_be.setdefault(canonical_metric(step.metric), np.zeros(len(events), dtype=np.uint8))
            counted = EventCount(step.metric, condition.timeframe, step.where)
            steps[self.selected(counted, events)] |= np.uint8(1 << place)
        found = []
        for metric, steps in could_be.items():
            events, rows = self.dataset.events.metric(metric), np.flatnonzero(steps)
            found.append((events.profiles[rows], events.times[rows], steps[rows]))
        return funnels.StepEvents(*(np.concatenate(part) for part in zip(*found, strict=True)))

    def window(self, measure: EventMeasure, events: MetricEvents) -> slice:
        """Return the events in a measure's timeframe; those after `as_of` never count."""
        start, end = timeframes.bounds(measure.timeframe, self.dataset.as_of)
        now = microseconds(self.dataset.as_of) + 1
        return events.window(
            None if start is None else microseconds(start), now if end is None else min(microseconds(end), now)
        )

    def _passing(self, name: str, test: PropertyTest) -> Flags:
        if isinstance(test, SetTest):
            return np.asarray(self.dataset.is_set(name) == test.is_set)
        comparison = self._compares(name, test.comparison, float(test.value)) if isinstance(test, NumberTest) else None
        if comparison is not None:
            return comparison.flags()
        return passing(self.dataset.column(name), test, self.dataset.as_of)

    def _compares(self, name: str, comparison: NumberComparison, value: float) -> Comparison | None:
        """Return a property's number as a comparison, a quarter of the time of testing its distinct values; None without numbers."""
        has_numbers = self.dataset.column(name).numbers.readable.any()
        return Comparison.of(self.numbers(name), comparison, value) if has_numbers else None

    def numbers(self, name: str) -> npt.NDArray[np.float64]:
        """Return each profile's number in a property; NaN where it is not set or is no number."""
        return self.keep("numbers", name, lambda: numbers_of(self.dataset.column(name)))

    def _within(self, condition: DistanceCondition) -> Comparison:
        limit = condition.distance * KILOMETERS[condition.unit]
        if condition.is_within:
            return Comparison(self.kilometers(condition.of), limit, is_least=False)
        return Comparison(self.kilometers(condition.of), float(np.nextafter(limit, np.inf)), is_least=True)

    def kilometers(self, place: PostalCode | Point) -> npt.NDArray[np.float64]:
        """Return each profile's distance from a place; NaN where a profile can't be placed."""
        return self.keep("kilometers", place, lambda: self._kilometers(place))

    def _kilometers(self, place: PostalCode | Point) -> npt.NDArray[np.float64]:
        if isinstance(place, PostalCode):
            of = self.dataset.postal_points.required(place.postal_code, place.country)
        else:
            of = (place.latitude, place.longitude)
        return self.dataset.kilometers(of)

    def _consents(self, condition: ConsentCondition) -> Flags:
        dataset = self.dataset
        can = dataset.consent("sms", "subscribed") if condition.channel == "sms" else self._can_receive_email()
        found = can if condition.can_receive else ~can
        if condition.subscription != "any":
            found = found & dataset.consent(condition.channel, condition.subscription)
        if condition.status_date is not None:
            found = found & self._dated(condition.channel, DateTest(condition.status_date))
        for clause in condition.where:
            found = found & self.part(clause)
        return found

    def _dated(self, channel: Channel, test: DateTest) -> Flags:
        """Return whose status carries a date that passes, a status that was replayed that of the event which decided."""
        name = f"{channel}_consent_timestamp"
        found = passing(self.dataset.column(name), test, self.dataset.as_of)
        then = self.dataset.status_then(channel)
        if not then.is_replayed.any():
            return found
        replayed = then.is_told & in_timeframe(then.dates, test.timeframe, self.dataset.as_of)
        return np.where(then.is_replayed, replayed, found)

    def _can_receive_email(self) -> Flags:
        dataset = self.dataset
        if not dataset.has_property("email"):
            return np.zeros(len(dataset), dtype=bool)
        found = dataset.is_set("email") & ~dataset.consent("email", "unsubscribed")
        if dataset.has_property("email_suppressed"):
            column = dataset.column("email_suppressed")
            suppressed = passing(column, BooleanTest(value=True), dataset.as_of)
            found = found & ~(suppressed & ~dataset.is_later("email_suppressed_timestamp"))
        return np.asarray(found)

    def _listed(self, condition: ListCondition) -> Flags:
        entries = self.dataset.list_entries(condition.list_name)
        start, end = timeframes.bounds(condition.joined, self.dataset.as_of)
        if start is None and end is None:
            counts = ~entries.has_date | (entries.joined <= microseconds(self.dataset.as_of))
        else:
            counts = entries.has_date & between(entries.joined, start, end)
            counts = counts & (entries.joined <= microseconds(self.dataset.as_of))
        found = np.zeros(len(self.dataset), dtype=bool)
        found[entries.profiles[counts]] = True
        return found if condition.is_member else ~found


def _tally(profiles: npt.NDArray[np.int32], size: int) -> npt.NDArray[np.int32]:
    """Return how often each profile occurs. Blocks stay in the processor's cache, and 4 bytes a profile are written instead of 8."""
    counts = np.zeros(size, dtype=np.int32)
    for block in blocks(profiles):
        np.add.at(counts, block, np.int32(1))
    return counts


def longest(condition: FunnelCondition) -> int | None:
    """Return the most microseconds from the first step of a funnel to its last; None is no limit of its own."""
    return None if condition.completion_seconds is None else condition.completion_seconds * 1_000_000


def _flags(values: pa.Array) -> Flags:
    return np.asarray(pc.fill_null(values, fill_value=False).to_numpy(zero_copy_only=False))
