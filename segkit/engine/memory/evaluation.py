"""Evaluate conditions on a Dataset: find the profiles for which a condition is true.

Three rules hold throughout. A profile either matches a condition or does not, and `Not` is the complement among all profiles.
With no matching events, the count and the sum are 0. A property that is not set, or that can't be read as the kind that a test
needs, passes no test, not even a negative test. Only `SetTest(False)` and `SomethingTest(False)` match it.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, TypeAlias, TypeVar, assert_never

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.blocks import blocks
from segkit.data.events import MetricEvents
from segkit.data.instants import Flags, microseconds
from segkit.data.places import KILOMETERS
from segkit.definition import timeframes
from segkit.definition.algebra import each_metric
from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    BooleanTest,
    Condition,
    ConsentCondition,
    DateTest,
    DistanceCondition,
    EventAlternatives,
    EventTests,
    FunnelCondition,
    LastEventCondition,
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
    Distance,
    EventCount,
    EventDays,
    EventMeasure,
    EventSum,
    FirstDay,
    LastDay,
    Measure,
    Number,
    day_measures,
    is_reached,
    measure_in,
    measure_of,
    of_each_metric,
    without_limits,
)
from segkit.engine.connected import in_memory
from segkit.engine.memory import funnels, recency
from segkit.engine.memory.comparison import Comparison
from segkit.engine.memory.consent_history import Channel
from segkit.engine.memory.dataset import Dataset
from segkit.engine.memory.notes import notes_of
from segkit.engine.memory.value_tests import between, compared_exactly, in_timeframe, nearest_units, numbers_of, passing
from segkit.engine.protocol import warn_of
from segkit.errors import DefinitionError
from segkit.vocabulary import canonical_metric

T = TypeVar("T")

Uncounted: TypeAlias = (
    FunnelCondition
    | LastEventCondition
    | PropertyCondition
    | ConsentCondition
    | ListCondition
    | PhoneCountryCondition
    | RegionCondition
    | DistanceCondition
)

MOST_LATEST = 10_000
"""The number of conditions for which the latest limits are remembered, as pairs of hashes."""

CountedEvents: TypeAlias = tuple[npt.NDArray[np.int32], recency.Days, npt.NDArray[np.int64] | None]
"""Profiles, days and amounts of events. The amounts are None if events are only counted."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A condition as a comparison, where one limit differs from the condition's first use.

    Attributes:
        comparison: the numbers and the limit.
        key: the key of the numbers, which is the same for every limit.
    """

    comparison: Comparison
    key: Hashable


@dataclass(frozen=True)
class Evaluation:
    """Evaluates conditions on one Dataset, and keeps answers and intermediate results in the Dataset's cache.

    For each measure it also remembers the first condition that used it. Conditions with another limit are then answered from cached
    amounts, which makes moving a threshold fast.
    """

    dataset: Dataset
    _warned: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        in_memory(self.dataset)

    def keep(self, what: str, of: Hashable, work_out: Callable[[], T]) -> T:
        """Return a cached result for the Dataset's `as_of`, or compute and cache it."""
        return self.dataset.cache.keep(self.key(what, of), work_out)

    def key(self, what: str, of: Hashable) -> tuple[Hashable, ...]:
        """Return a key of the cache."""
        return what, of, self.dataset.as_of

    def holds(self, condition: Condition) -> Flags:
        """Return for which profiles a condition is true, in the Dataset's order.

        Warns:
            SegkitWarning: the condition has notes that this object has not issued before.
        """
        found = self.answer(condition)
        self.warn_about_answers([condition])
        return found

    def warn_about_answers(self, conditions: Iterable[Condition]) -> None:
        """Warn with notes that this object has not issued before (see `protocol.warn_of`)."""
        notes = dict.fromkeys(note for condition in conditions for note in self.notes(condition))
        new = [note for note in notes if note not in self._warned]
        self._warned.update(new)
        warn_of(new)

    def notes(self, condition: Condition) -> tuple[str, ...]:
        """Return what an analyst should know about the answer, which depends on the condition and the data (`notes_of`)."""
        return self.keep("notes", without_limits(condition), lambda: notes_of(condition, self.dataset))

    def answer(self, condition: Condition) -> Flags:
        """Return for which profiles a condition is true, without warnings.

        A condition that `part` does not cache is cached when it is asked for twice in a row. This helps if a segment is tuned and then
        counted, checked and written.
        """
        found = self.part(condition)
        if found.flags.writeable:
            latest: dict[int, int] = self.keep("latest conditions", None, dict)
            movable, this = hash(without_limits(condition)), hash(condition)
            if latest.get(movable) == this:
                self.dataset.cache.put(self.key("answer", condition), found)
            elif len(latest) > MOST_LATEST:
                latest.clear()
            latest[movable] = this
        return found

    def part(self, condition: Condition) -> Flags:
        """Return for which profiles a condition is true. The condition may be part of another condition.

        Cache the answer, unless a measure of the condition was first used with another limit. In that case, comparing the cached
        amounts again is faster than allocating memory for one more answer.
        """
        key = self.key("answer", condition)
        found: Flags | None = self.dataset.cache.get(key)
        if found is None:
            found, is_first = self._evaluated(condition)
            absent = self.dataset.not_there_yet
            if absent is not None:
                # This applies to `Not` as well: a profile created after `as_of` is in no segment yet.
                found = found & ~absent
            if is_first:
                self.dataset.cache.put(key, found)
        return found

    def _evaluated(self, condition: Condition) -> tuple[Flags, bool]:
        """Return for which profiles a condition is true, and whether it is the first to use its measures."""
        if isinstance(condition, (AllOf, AnyOf, Not)):
            moved = self._moved(condition)
            if isinstance(moved, Moved):
                return moved.comparison.flags(), False
        match condition:
            case AllOf(conditions):
                return self._combined(np.logical_and, conditions, of_none=True)
            case AnyOf(conditions):
                return self._combined(np.logical_or, conditions, of_none=False)
            case Not(inner):
                found = self.part(inner)
                return ~found, not found.flags.writeable
            case MetricCondition() if self._is_any_event(condition):
                return self.dataset.first_events <= microseconds(self.dataset.as_of), True
            case MetricCondition():
                changed = self._changed_measures(condition)
                return self._meets_limit(condition, changed), not changed
            case PropertyCondition() | DistanceCondition():
                measure = measure_of(condition)
                return self._holds(condition), measure is None or self._is_first(measure, condition)
            case SegmentCondition(name):
                raise DefinitionError.unresolved_segment(name)
            case _:
                return self._holds(condition), True

    def _is_any_event(self, condition: MetricCondition) -> bool:
        """Whether a condition only asks for any event of any metric, which the time of a profile's first event answers.

        Analyses of the past ask this at many moments.
        """
        asked = condition.comparison, condition.value, condition.timeframe, condition.where
        if isinstance(condition.metric, str) or asked != ("at least", 1, timeframes.ALL_TIME, ()):
            return False
        return set(self.dataset.events.metrics) <= {canonical_metric(name) for name in condition.metric}

    def _is_first(self, measure: Measure, condition: Condition) -> bool:
        return self.keep("first asked for", measure, lambda: condition) == condition

    def _changed_measures(self, condition: MetricCondition) -> list[tuple[Measure, int]]:
        """Return the measures that were first used with another limit, each with the day on which the window begins or ends."""
        measures = [(measure_in(condition, condition.timeframe), 0), *day_measures(condition, self.dataset.as_of)]
        return [(measure, day) for measure, day in measures if not self._is_first(measure, condition)]

    def _moved(self, condition: Condition) -> "Moved | Literal['several'] | None":
        """Return a condition as one comparison if a single limit has changed since its first use, "several" if several have, and None otherwise.

        The unchanged parts are combined into the compared numbers once, so each later limit costs only one comparison.
        """
        match condition:
            case AllOf(conditions) | AnyOf(conditions):
                return self._moved_among(condition, [(part, self._moved(part)) for part in conditions])
            case Not(inner):
                moved = self._moved(inner)
                if not isinstance(moved, Moved):
                    return moved
                key = Not, moved.key
                negated = moved.comparison.negated
                return Moved(replace(negated(), values=self.keep("joined numbers", key, lambda: negated().values)), key)
            case MetricCondition():
                changed = self._changed_measures(condition)
                return (self._moved_events(condition, changed) or "several") if changed else None
            case PropertyCondition(name, NumberTest(comparison, value)):
                if self._is_first(Number(name), condition):
                    return None
                return _moved_floats(self._compares(name, comparison, float(value)), Number(name))
            case DistanceCondition():
                measure = Distance(condition.of, condition.unit)
                return None if self._is_first(measure, condition) else _moved_floats(self._within(condition), measure)
            case PropertyCondition():
                length = measure_of(condition)
                return None if length is None or self._is_first(length, condition) else "several"
            case _:
                return None

    def _moved_among(
        self, condition: AllOf | AnyOf, parts: "Sequence[tuple[Condition, Moved | Literal['several'] | None]]"
    ) -> "Moved | Literal['several'] | None":
        moved = [one for _, one in parts if one is not None]
        if not moved:
            return None
        every = [one for one in moved if isinstance(one, Moved)]
        if len(every) < len(moved):
            return "several"
        first, *others = every
        if not all(first.comparison.moves_with(one.comparison) for one in others):
            return "several"
        fixed = tuple(part for part, same in parts if same is None)
        if not fixed and not others:
            return first
        is_all, comparison = isinstance(condition, AllOf), first.comparison
        shifts = tuple((one.key, comparison.limit - one.comparison.limit) for one in others)
        key = type(condition), first.key, shifts, fixed

        def values() -> npt.NDArray[Any]:
            found = comparison
            for one in others:
                found = found.joined(one.comparison, is_all=is_all)
            if fixed:
                flags, _ = self._combined(np.logical_and if is_all else np.logical_or, fixed, of_none=is_all)
                found = found.joined_with_flags(flags, is_all=is_all)
            return found.values

        return Moved(replace(comparison, values=self.keep("joined numbers", key, values)), key)

    def _moved_events(self, condition: MetricCondition, changed: Sequence[tuple[Measure, int]]) -> "Moved | None":
        """Return a condition on events as a comparison of the deciding days, or of the amounts in its window."""
        for measure, day in changed:
            days = self.deciding_days(measure) if isinstance(measure, (LastDay, FirstDay)) else None
            if days is not None:
                return self._narrow(
                    Comparison(days, day, is_least=is_reached(condition) == isinstance(measure, LastDay)), measure
                )
        measure = measure_in(condition, condition.timeframe)
        units, scale = self.measured(measure)
        limit = nearest_units(condition.value, scale, condition.comparison)
        comparison = Comparison.of(units, condition.comparison, limit)
        return None if comparison is None else self._narrow(comparison, measure)

    def _combined(self, combine: np.ufunc, conditions: tuple[Condition, ...], *, of_none: bool) -> tuple[Flags, bool]:
        """Combine answers in place in one array, which is faster than a new array for each step."""
        if not conditions:
            return np.full(len(self.dataset), of_none), True
        answers = [self.part(condition) for condition in conditions]
        # Cached answers are read-only. Answers that were made only for this question are writeable.
        own = next((number for number, answer in enumerate(answers) if answer.flags.writeable), None)
        found = answers.pop(own or 0)
        if own is None:
            found = found.copy()
        for other in answers:
            combine(found, other, out=found)
        return found, own is None

    def _holds(self, condition: Uncounted) -> Flags:
        """Return for which profiles a condition is true, for all kinds of conditions that do not count events."""
        match condition:
            case FunnelCondition(steps):
                is_taken = [step.is_taken for step in steps]
                return funnels.completed(self.step_events(condition), is_taken, longest(condition), len(self.dataset))
            case LastEventCondition():
                return self._last_event(condition)
            case PropertyCondition(name, test):
                return self._passing(name, test)
            case ConsentCondition():
                return self._consents(condition)
            case ListCondition():
                return self._on_list(condition)
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

    def _meets_limit(self, condition: MetricCondition, changed: Sequence[tuple[Measure, int]]) -> Flags:
        """Return for which profiles a count or a sum meets its limit.

        Compare the amounts in the window or, if only an end of the window has moved since the first use, the deciding days.

        Args:
            condition: the condition on a count or a sum.
            changed: see `_changed_measures`.
        """
        moved = self._moved_events(condition, changed) if changed else None
        if moved is not None:
            return moved.comparison.flags()
        units, scale = self.measured(measure_in(condition, condition.timeframe))
        limit = nearest_units(condition.value, scale, condition.comparison)
        comparison = Comparison.of(units, condition.comparison, limit)
        if comparison is None:
            return compared_exactly(units, scale, condition.comparison, condition.value)
        return comparison.flags()

    def _narrow(self, comparison: Comparison, measure: Measure) -> "Moved | None":
        """Return a comparison of narrower integers, which are faster to compare, or None if no integer can hold the limit."""
        kind = comparison.kind
        if kind is None:
            return None
        narrow = self.keep("narrow numbers", (measure, kind), lambda: comparison.narrow(kind).values)
        return Moved(replace(comparison, values=narrow), (measure, kind, comparison.is_least))

    def deciding_days(self, measure: DayMeasure) -> recency.Days | None:
        """Return, for each profile, the day of the event with which a measure reaches its number.

        Events are counted back from the end of the measure's timeframe, or forward from its beginning. Return None if no single
        event decides, as for a sum with refunds.
        """
        return self.keep("deciding days", measure, lambda: self._worked_out_days(measure))

    def _worked_out_days(self, measure: DayMeasure) -> recency.Days | None:
        size, is_last = len(self.dataset), isinstance(measure, LastDay)

        def grouped() -> recency.Grouped | None:
            return recency.grouped(*self._counted_events(measure.of, is_last=is_last), size)

        match measure.of:
            case EventCount() | EventDays() if measure.rank == 1:
                profiles, seen, _ = self._counted_events(measure.of, is_last=is_last)
                days: recency.Days | None = recency.newest(profiles, seen, size)
            case EventCount() | EventSum() | EventDays():
                scale = self._scale(measure.of) if isinstance(measure.of, EventSum) else 0
                by_profile = self.keep("events by profile", (measure.of, is_last), grouped)
                days = None if by_profile is None else recency.deciding_days(by_profile, measure, scale)
            case _:
                assert_never(measure.of)
        return -days if days is not None and not is_last else days

    def _counted_events(self, measure: EventMeasure, *, is_last: bool) -> CountedEvents:
        """Return profiles, days and amounts of the events that count, in order of their days.

        If the measure counts days, only the first event of each profile on each day is returned.
        For a first day, time is reversed: the events come newest first, and the days are negated.
        """
        parts = [self._counted_events_of(one) for one in of_each_metric(measure)]
        profiles, days, units = parts[0]
        if len(parts) > 1:
            order = np.argsort(np.concatenate([part[1] for part in parts]), kind="stable")
            profiles, days = (np.concatenate([part[place] for part in parts])[order] for place in (0, 1))
            amounts = [part[2] for part in parts if part[2] is not None]
            units = np.concatenate(amounts)[order] if amounts else None
        if isinstance(measure, EventDays):
            first = recency.first_of_days(profiles, days)
            profiles, days = profiles[first], days[first]
        if is_last:
            return profiles, days, units
        return profiles[::-1], -days[::-1], None if units is None else units[::-1]

    def _counted_events_of(self, measure: EventMeasure) -> CountedEvents:
        """Do the same as `_counted_events` for a measure of a single metric."""
        events = self.dataset.events.metric(_single(measure))
        rows = self.selected(measure, events)
        profiles, days = events.profiles[rows], events.days[rows]
        if not isinstance(measure, EventSum):
            return profiles, days, None
        if events.units is None:
            return profiles, days, np.zeros(len(days), dtype=np.int64)
        return profiles, days, events.units[rows]

    def _scale(self, measure: EventMeasure) -> int:
        """Return the number of decimals in the amounts of a measure. It is the same for every metric that has amounts."""
        of_each = [self.dataset.events.metric(name) for name in each_metric(measure.metric)]
        return max((events.scale for events in of_each if events.units is not None), default=0)

    def measured(self, measure: EventMeasure) -> tuple[npt.NDArray[Any], int]:
        """Return each profile's count of events or days, or its sum in integer units, and the number of decimals of the units."""
        match measure:
            case EventCount():
                return self.keep("count", measure, lambda: (self._count(measure), 0))
            case EventSum():
                return self.keep("sum", measure, lambda: self._sum(measure))
            case EventDays():
                return self.keep("days", measure, lambda: (self._days(measure), 0))
            case _:
                assert_never(measure)

    def _count(self, measure: EventCount) -> npt.NDArray[Any]:
        counts = []
        for one in of_each_metric(measure):
            events = self.dataset.events.metric(_single(one))
            counts.append(_tally(events.profiles[self.selected(one, events)], len(self.dataset)))
        return counts[0] if len(counts) == 1 else np.asarray(np.sum(counts, axis=0))

    def _days(self, measure: EventDays) -> npt.NDArray[Any]:
        profiles, _, _ = self._counted_events(measure, is_last=True)
        return _tally(profiles, len(self.dataset))

    def _sum(self, measure: EventSum) -> tuple[npt.NDArray[Any], int]:
        sums = [self._sum_of(one, self.dataset.events.metric(_single(one))) for one in of_each_metric(measure)]
        if len(sums) == 1:
            return sums[0]
        return np.sum([units for units, _ in sums], axis=0), self._scale(measure)

    def _sum_of(self, measure: EventMeasure, events: MetricEvents) -> tuple[npt.NDArray[Any], int]:
        rows = self.selected(measure, events)
        profiles, size = events.profiles[rows], len(self.dataset)
        if events.units is None:
            return np.zeros(size, dtype=np.int64), 0
        sums = np.zeros(size, dtype=np.int64)
        np.add.at(sums, profiles, events.units[rows])
        return sums, events.scale

    def selected(self, measure: EventMeasure, events: MetricEvents) -> slice | npt.NDArray[np.int64]:
        """Return which of a metric's events a measure counts: events in the measure's timeframe that pass all its tests."""
        window = self.window(measure, events)
        if not measure.where or window.start == window.stop:
            return window
        kept = self._events_passing(_single(measure), measure.where, window)
        return np.asarray(window.start + np.flatnonzero(kept))

    def _events_passing(self, metric: str, tests: EventTests, window: slice) -> Flags:
        """Return which of a metric's events in a window pass all tests."""
        kept = np.ones(window.stop - window.start, dtype=bool)
        for clause in tests:
            if isinstance(clause, EventAlternatives):
                passed = [self._events_passing(metric, one, window) for one in clause.alternatives]
                kept &= np.logical_or.reduce(passed, axis=0) if passed else False
            else:
                column = self.dataset.event_column(metric, clause.property)
                kept &= passing(column, clause.test, self.dataset.as_of)[window]
        return kept

    def _last_event(self, condition: LastEventCondition) -> Flags:
        """Return for which profiles the newest event passes all tests.

        If several flags are assigned to one profile, numpy guarantees that the last one is kept.
        """
        events = self.dataset.events.metric(condition.metric)
        window = self.window(EventCount(condition.metric, condition.timeframe), events)
        found = np.zeros(len(self.dataset), dtype=bool)
        if window.start < window.stop:
            found[events.profiles[window]] = self._events_passing(condition.metric, condition.where, window)
        return found

    def step_events(self, condition: FunnelCondition) -> funnels.StepEvents:
        """Return the events in a funnel's timeframe that pass all tests of at least one step."""
        could_be: dict[str, npt.NDArray[np.uint8]] = {}
        for place, step in enumerate(condition.steps):
            events = self.dataset.events.metric(step.metric)
            # Use the canonical name, since the old and the new name of a metric mean the same metric.
            steps = could_be.setdefault(canonical_metric(step.metric), np.zeros(len(events), dtype=np.uint8))
            counted = EventCount(step.metric, condition.timeframe, step.where)
            steps[self.selected(counted, events)] |= np.uint8(1 << place)
        found = []
        for metric, steps in could_be.items():
            events, rows = self.dataset.events.metric(metric), np.flatnonzero(steps)
            found.append((events.profiles[rows], events.times[rows], steps[rows]))
        return funnels.StepEvents(*(np.concatenate(part) for part in zip(*found, strict=True)))

    def window(self, measure: EventMeasure, events: MetricEvents) -> slice:
        """Return the events in a measure's timeframe. Events after `as_of` never count."""
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
        """Return a comparison of a property's numbers, or None if it has none. This is faster than testing distinct values."""
        has_numbers = self.dataset.column(name).numbers.readable.any()
        return Comparison.of(self.numbers(name), comparison, value) if has_numbers else None

    def numbers(self, name: str) -> npt.NDArray[np.float64]:
        """Return each profile's number in a property, or NaN if the property is not set or is not a number."""
        return self.keep("numbers", name, lambda: numbers_of(self.dataset.column(name)))

    def _within(self, condition: DistanceCondition) -> Comparison:
        limit = condition.distance * KILOMETERS[condition.unit]
        if condition.is_within:
            return Comparison(self.kilometers(condition.of), limit, is_least=False)
        return Comparison(self.kilometers(condition.of), float(np.nextafter(limit, np.inf)), is_least=True)

    def kilometers(self, place: PostalCode | Point) -> npt.NDArray[np.float64]:
        """Return each profile's distance from a place, or NaN if the profile's location is unknown."""
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
        """Return for which profiles the date of the consent status passes a test.

        If a consent event before `as_of` decided the status, the event's date counts.
        """
        name = f"{channel}_consent_timestamp"
        found = passing(self.dataset.column(name), test, self.dataset.as_of)
        then = self.dataset.status_then(channel)
        if not then.is_replayed.any():
            return found
        replayed = then.is_from_event & in_timeframe(then.dates, test.timeframe, self.dataset.as_of)
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

    def _on_list(self, condition: ListCondition) -> Flags:
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


def _moved_floats(comparison: Comparison | None, measure: Measure) -> "Moved | Literal['several']":
    return "several" if comparison is None else Moved(comparison, (measure, comparison.is_least))


def _tally(profiles: npt.NDArray[np.int32], size: int) -> npt.NDArray[np.int32]:
    """Return how often each profile occurs. It counts in blocks, in 32 bits, so that the data stays in the processor's cache."""
    counts = np.zeros(size, dtype=np.int32)
    for block in blocks(profiles):
        np.add.at(counts, block, np.int32(1))
    return counts


def _single(measure: EventMeasure) -> str:
    """Return the metric of a measure that `of_each_metric` returned."""
    (metric,) = each_metric(measure.metric)
    return metric


def longest(condition: FunnelCondition) -> int | None:
    """Return the maximum number of microseconds between the first and the last step of a funnel, or None for no limit."""
    return None if condition.completion_seconds is None else condition.completion_seconds * 1_000_000


def _flags(values: pa.Array) -> Flags:
    return np.asarray(pc.fill_null(values, fill_value=False).to_numpy(zero_copy_only=False))
