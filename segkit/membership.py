"""A condition meets a Dataset: who is in which segment. The only module that sees both what is said and what is known.

Three sentences hold throughout. A profile is in or out, and `Not` is the complement among all profiles. Events that never
happened count and sum 0. A property that is not set, or that does not read as the kind a test asks for, passes no test,
negative ones included; `SetTest(False)` is the only way in for it.
"""

# Over 250 lines, since every kind of condition meets the data here and nowhere else.

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar, assert_never

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segkit import funnels, recency, timeframes
from segkit.conditions import (
    KINDS,
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
    NumberTest,
    PhoneCountryCondition,
    Point,
    PostalCode,
    PropertyCondition,
    PropertyTest,
    RegionCondition,
    SetTest,
)
from segkit.data.cache import MEBIBYTE, Cache
from segkit.data.dataset import Dataset
from segkit.data.events import MetricEvents
from segkit.data.instants import Flags, microseconds
from segkit.data.places import KILOMETERS, distances
from segkit.data.schema import current_metric
from segkit.errors import DefinitionError
from segkit.segment import Segment
from segkit.timeframes import ALL_TIME, EventTimeframe, first_day
from segkit.value_tests import between, compared, compared_exactly, numbers_of, passing, readable, warn

Segments: TypeAlias = Segment | Iterable[Segment]

T = TypeVar("T")

ANSWERS_LIMIT = 256 * MEBIBYTE
"""Memory for the answers of one evaluation: 256 conditions at a million profiles, a byte a profile each."""


def membership(segments: Segments, dataset: Dataset) -> pd.DataFrame:
    """Work out who is in which segment, as of the Dataset's moment.

    Args:
        segments: one segment or several, each with a name of its own.
        dataset: the profiles and events.

    Returns:
        A column of True and False for each segment, in their order; index `profile_id`, every profile of the Dataset.

    Raises:
        DefinitionError: something is no segment, or two segments have one name.
        DataError: a condition names a metric, property, list or postal code that the data does not have.

    Warns:
        SegkitWarning: a condition is true of nobody for a reason that lies in the data.

    >>> from segkit.phrases import is_set
    >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["ann", "bea"], "city": ["Oslo", None]}), as_of="2026-06-30")
    >>> membership(Segment("Placed", is_set("city")), shop)["Placed"].tolist()
    [True, False]
    """
    every = distinct_segments(segments)
    evaluation = Evaluation(dataset)
    columns = {segment.name: evaluation.holds(segment.condition) for segment in every}
    return pd.DataFrame(columns, index=dataset.profile_ids)


def members(segment: Segment, dataset: Dataset) -> pd.DataFrame:
    """Return the profiles that are in a segment: index `profile_id`, a column for each property.

    Raises and warns as `membership`.

    >>> from segkit.phrases import has
    >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["ann", "bea"], "Age": [17, 18]}), as_of="2026-06-30")
    >>> members(Segment("Adults", has("Age", at_least=18)), shop).index.tolist()
    ['bea']
    """
    return dataset.rows(np.flatnonzero(membership(segment, dataset)[segment.name].to_numpy()))


def distinct_segments(segments: Segments) -> list[Segment]:
    """Return segments as a list, each with a name of its own.

    Raises:
        DefinitionError: something is no segment, or two segments have one name.
    """
    given: Any = [segments] if isinstance(segments, (Segment, *KINDS)) else segments
    every: list[Segment] = []
    for segment in given:
        if not isinstance(segment, Segment):
            raise DefinitionError.not_a_segment(segment)
        if any(segment.name == other.name for other in every):
            raise DefinitionError.one_name_twice(segment.name)
        every.append(segment)
    return every


@dataclass(frozen=True)
class Evaluation:
    """Conditions held against one Dataset; what several of them ask for is worked out once.

    Answers are kept here, and in the Dataset's cache what does not depend on a threshold: counts and sums of a window while their
    number moves, and the deciding days while the window does.
    """

    dataset: Dataset
    _answers: Cache = field(default_factory=lambda: Cache(ANSWERS_LIMIT))
    _windows: dict[MetricCondition, EventTimeframe] = field(default_factory=dict)

    def keep(self, what: str, of: Hashable, work_out: Callable[[], T]) -> T:
        """Work something out once for the Dataset as of its moment."""
        return self.dataset.cache.keep((what, of, self.dataset.as_of), work_out)

    def holds(self, condition: Condition) -> Flags:
        """Return of which profiles a condition is true, in the Dataset's order."""
        return self._answers.keep(("answer", condition), lambda: self._holds(condition))

    def _holds(self, condition: Condition) -> Flags:
        match condition:
            case AllOf(conditions):
                return self._combined(np.logical_and, conditions, of_none=True)
            case AnyOf(conditions):
                return self._combined(np.logical_or, self._of_a_kind_it_has(conditions), of_none=False)
            case Not(inner):
                return ~self.holds(inner)
            case MetricCondition():
                return self._measures_up(condition)
            case FunnelCondition(steps):
                is_taken = [step.is_taken for step in steps]
                return funnels.completed(self.step_events(condition), is_taken, longest(condition), len(self.dataset))
            case PropertyCondition(name, test):
                return self._passing(name, test)
            case ConsentCondition():
                return self._consents(condition)
            case ListCondition():
                return self._listed(condition)
            case DistanceCondition(is_within, distance, unit):
                far = self.kilometers(condition)
                limit = distance * KILOMETERS[unit]
                # NaN compares False both ways, so who can't be placed is in neither.
                return np.asarray(far < limit if is_within else far > limit)
            case PhoneCountryCondition(countries, is_in):
                numbers = self.dataset.phone_countries
                listed = _flags(pc.is_in(numbers.distinct, value_set=pa.array(countries)))
                return numbers.rows(listed if is_in else ~listed)
            case RegionCondition(region, is_in):
                inside = self.dataset.in_region(region)
                return inside if is_in else ~inside & _flags(pc.is_valid(self.dataset.countries))
            case _:
                assert_never(condition)

    def _combined(self, combine: np.ufunc, conditions: tuple[Condition, ...], *, of_none: bool) -> Flags:
        """Join answers one after another into one array, since a new one for each join takes three times as long."""
        if not conditions:
            return np.full(len(self.dataset), of_none)
        first, *others = map(self.holds, conditions)
        found = first.copy()
        for other in others:
            combine(found, other, out=found)
        return found

    def _of_a_kind_it_has(self, conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
        """Leave out alternatives that ask one property for a kind it has not, if another asks for one that it has.

        "Is the text, or lists the item" is said of a property that may be either, and is no slip that deserves a warning.
        """
        reads = {
            part: readable(self.dataset.column(part.property), part.test).any()
            for part in conditions
            if isinstance(part, PropertyCondition)
        }
        answered = {part.property for part, any_value_reads in reads.items() if any_value_reads}
        idle = {part for part, any_value_reads in reads.items() if not any_value_reads and part.property in answered}
        return tuple(part for part in conditions if part not in idle)

    def _measures_up(self, condition: MetricCondition) -> Flags:
        """Return whose count or sum meets a condition: by counting its window, or, once its window moves, by the deciding days."""
        before = self._windows.setdefault(replace(condition, timeframe=ALL_TIME), condition.timeframe)
        start = first_day(condition.timeframe, self.dataset.as_of)
        days = None if before == condition.timeframe or start is None else self.deciding_days(condition)
        if days is None or start is None:
            units, scale = self.measured(condition)
            return compared_exactly(units, scale, condition.comparison, condition.value)
        return np.asarray(days >= start if recency.is_reached(condition) else days < start)

    def deciding_days(self, condition: MetricCondition) -> recency.Days | None:
        """Return for each profile the day from which on a window decides a condition, as `recency.deciding_days` does.

        None where no single event decides: an "equals" of more than none, or a sum with refunds.
        """
        wanted = recency.wanted(condition)
        if wanted is None:
            return None
        events = self._events(wanted.metric)
        key = replace(wanted, comparison="at least", value=0)
        grouped = self.keep("events by profile", key, lambda: self._grouped(wanted, events))
        if grouped is None:
            return None
        scale = events.scale if wanted.measurement == "sum" else 0
        return self.keep("deciding days", wanted, lambda: recency.deciding_days(grouped, wanted, scale))

    def _grouped(self, wanted: MetricCondition, events: MetricEvents) -> recency.Grouped | None:
        rows = self.selected(wanted, events)
        profiles, days = events.profiles[rows], events.days[rows]
        if wanted.measurement == "count":
            return recency.grouped(profiles, days, None, len(self.dataset))
        units = np.zeros(len(days), dtype=np.int64) if events.units is None else events.units[rows]
        return recency.grouped(profiles, days, units, len(self.dataset))

    def measured(self, condition: MetricCondition) -> tuple[npt.NDArray[Any], int]:
        """Return each profile's count, or its sum as whole units and the decimals they carry; the threshold plays no part."""
        events = self._events(condition.metric)
        key = replace(condition, comparison="at least", value=0)
        return self.keep(condition.measurement, key, lambda: self._measured(condition, events))

    def _measured(self, condition: MetricCondition, events: MetricEvents) -> tuple[npt.NDArray[Any], int]:
        rows = self.selected(condition, events)
        profiles, size = events.profiles[rows], len(self.dataset)
        if condition.measurement == "count":
            return np.bincount(profiles, minlength=size), 0
        if events.units is None:
            return np.zeros(size, dtype=np.int64), 0
        units = events.units[rows]
        if events.sums_fit_floats:
            return np.bincount(profiles, weights=units, minlength=size).astype(np.int64), events.scale
        sums = np.zeros(size, dtype=np.int64)
        np.add.at(sums, profiles, units)
        return sums, events.scale

    def selected(self, condition: MetricCondition, events: MetricEvents) -> slice | npt.NDArray[np.int64]:
        """Return which of a metric's events a condition counts: those in its timeframe that pass all its tests."""
        window = self.window(condition, events)
        if not condition.where or window.start == window.stop:
            return window
        kept = np.ones(window.stop - window.start, dtype=bool)
        for clause in condition.where:
            column = self.dataset.event_column(condition.metric, clause.property)
            kept &= passing(column, clause.test, self.dataset.as_of, clause.property)[window]
        return np.asarray(window.start + np.flatnonzero(kept))

    def _events(self, metric: str) -> MetricEvents:
        events = self.dataset.events.metric(metric)
        if not len(events):
            warn(f"no event in the data has the metric {metric!r}, so it counts as done zero times by everybody")
        return events

    def step_events(self, condition: FunnelCondition) -> funnels.StepEvents:
        """Return the events that could be a step of a funnel: those in its timeframe that pass all tests of the step."""
        could_be: dict[str, npt.NDArray[np.uint8]] = {}
        for place, step in enumerate(condition.steps):
            events = self._events(step.metric)
            # By its current name, since an event under its old and its new name is one event and one step.
            steps = could_be.setdefault(current_metric(step.metric), np.zeros(len(events), dtype=np.uint8))
            counted = MetricCondition(step.metric, "count", "at least", 1, condition.timeframe, step.where)
            steps[self.selected(counted, events)] |= np.uint8(1 << place)
        found = []
        for metric, steps in could_be.items():
            events, rows = self.dataset.events.metric(metric), np.flatnonzero(steps)
            found.append((events.profiles[rows], events.times[rows], steps[rows]))
        return funnels.StepEvents(*(np.concatenate(part) for part in zip(*found, strict=True)))

    def window(self, condition: MetricCondition, events: MetricEvents) -> slice:
        """Return the events in a condition's timeframe; those after `as_of` never count."""
        start, end = timeframes.bounds(condition.timeframe, self.dataset.as_of)
        now = microseconds(self.dataset.as_of) + 1
        return events.window(
            None if start is None else microseconds(start), now if end is None else min(microseconds(end), now)
        )

    def _passing(self, name: str, test: PropertyTest) -> Flags:
        if isinstance(test, SetTest):
            return np.asarray(self.dataset.is_set(name) == test.is_set)
        column = self.dataset.column(name)
        # NaN, where there is no number, is False against every threshold but by "not equals". One comparison of numbers in the
        # profiles' order takes a quarter of testing the distinct ones and spreading the answer.
        if isinstance(test, NumberTest) and test.comparison != "not equals" and column.numbers.readable.any():
            return compared(self.numbers(name), test.comparison, float(test.value))
        return passing(column, test, self.dataset.as_of, name)

    def numbers(self, name: str) -> npt.NDArray[np.float64]:
        """Return each profile's number in a property; NaN where it is not set or is no number."""
        return self.keep("numbers", name, lambda: numbers_of(self.dataset.column(name)))

    def kilometers(self, condition: DistanceCondition) -> npt.NDArray[np.float64]:
        """Return each profile's distance from the condition's place; NaN where a profile can't be placed."""
        return self.keep("kilometers", condition.of, lambda: self._kilometers(condition.of))

    def _kilometers(self, place: PostalCode | Point) -> npt.NDArray[np.float64]:
        if isinstance(place, PostalCode):
            of = self.dataset.postal_points.required(place.postal_code, place.country)
        else:
            of = (place.latitude, place.longitude)
        return distances(*self.dataset.points, of=of)

    def _consents(self, condition: ConsentCondition) -> Flags:
        dataset = self.dataset
        if not dataset.has_property(f"{condition.channel}_consent"):
            warn(f"the profiles have no {condition.channel}_consent, so everybody counts as never subscribed")
        can = dataset.consent("sms", "subscribed") if condition.channel == "sms" else self._can_receive_email()
        found = can if condition.can_receive else ~can
        if condition.subscription != "any":
            found = found & dataset.consent(condition.channel, condition.subscription)
        if condition.status_date is not None:
            name = f"{condition.channel}_consent_timestamp"
            found = found & passing(dataset.column(name), DateTest(condition.status_date), dataset.as_of, name)
        for clause in condition.where:
            found = found & self.holds(clause)
        return found

    def _can_receive_email(self) -> Flags:
        dataset = self.dataset
        if not dataset.has_property("email"):
            warn("the profiles have no email, so nobody can receive email")
            return np.zeros(len(dataset), dtype=bool)
        found = dataset.is_set("email") & ~dataset.consent("email", "unsubscribed")
        if dataset.has_property("email_suppressed"):
            suppressed = dataset.column("email_suppressed")
            found = found & ~passing(suppressed, BooleanTest(value=True), dataset.as_of, "email_suppressed")
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


def longest(condition: FunnelCondition) -> int | None:
    """Return the most microseconds from the first step of a funnel to its last; None is no limit of its own."""
    return None if condition.completion_seconds is None else condition.completion_seconds * 1_000_000


def _flags(values: pa.Array) -> Flags:
    return np.asarray(pc.fill_null(values, fill_value=False).to_numpy(zero_copy_only=False))
