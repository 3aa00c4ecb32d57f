"""A condition meets a Dataset: who is in which segment. The only module that sees both what is said and what is known.

Three sentences hold throughout. A profile is in or out, and `Not` is the complement among all profiles. Events that never
happened count and sum 0. A property that is not set, or that does not read as the kind a test asks for, passes no test,
negative ones included; `SetTest(False)` is the only way in for it.
"""

# Over 250 lines, since every kind of condition meets the data here and nowhere else.

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias, TypeVar, assert_never

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segkit import funnels, timeframes
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
    PhoneCountryCondition,
    Point,
    PostalCode,
    PropertyCondition,
    RegionCondition,
)
from segkit.data.dataset import Dataset
from segkit.data.events import MetricEvents
from segkit.data.instants import Flags, microseconds
from segkit.data.places import KILOMETERS, distances
from segkit.data.properties import UNSET
from segkit.data.schema import current_metric
from segkit.errors import DefinitionError
from segkit.segment import Segment
from segkit.value_tests import between, compared_exactly, passing, readable, warn

Segments: TypeAlias = Segment | Iterable[Segment]

T = TypeVar("T")

KEPT_MEASURES = 16
"""So many counts, sums and recencies are kept by one evaluation, eight bytes a profile each."""

KEPT_ANSWERS = 256
"""So many conditions' answers are kept by one evaluation: enough for a hundred segments, a byte a profile each."""


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
    """Conditions held against one Dataset; what several of them ask for is worked out once."""

    dataset: Dataset
    _answers: dict[Condition, Flags] = field(default_factory=dict)
    _worked_out: dict[Any, Any] = field(default_factory=dict)

    def keep(self, key: Any, work_out: Callable[[], T]) -> T:
        """Work something out once, and let go of the oldest when there is much: what a moving threshold does not touch stays."""
        if key not in self._worked_out:
            while len(self._worked_out) >= KEPT_MEASURES:
                self._worked_out.pop(next(iter(self._worked_out)))
            self._worked_out[key] = work_out()
        found: T = self._worked_out[key]
        return found

    def holds(self, condition: Condition) -> Flags:
        """Return of which profiles a condition is true, in the Dataset's order."""
        if condition not in self._answers:
            found = self._holds(condition)
            # A slider asks for a new condition with every move: the oldest answers are let go.
            while len(self._answers) >= KEPT_ANSWERS:
                self._answers.pop(next(iter(self._answers)))
            self._answers[condition] = found
        return self._answers[condition]

    def _holds(self, condition: Condition) -> Flags:
        match condition:
            case AllOf(conditions):
                every = [self.holds(part) for part in conditions]
                return np.logical_and.reduce(every) if every else np.ones(len(self.dataset), dtype=bool)
            case AnyOf(conditions):
                conditions = self._of_a_kind_it_has(conditions)
                every = [self.holds(part) for part in conditions]
                return np.logical_or.reduce(every) if every else np.zeros(len(self.dataset), dtype=bool)
            case Not(inner):
                return ~self.holds(inner)
            case MetricCondition():
                units, scale = self.measured(condition)
                return compared_exactly(units, scale, condition.comparison, condition.value)
            case FunnelCondition(steps):
                is_taken = [step.is_taken for step in steps]
                return funnels.completed(self.step_events(condition), is_taken, longest(condition), len(self.dataset))
            case PropertyCondition(name, test):
                return passing(self.dataset.column(name), test, self.dataset.as_of, name)
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
                numbers = self.dataset.phones.countries
                listed = _flags(pc.is_in(numbers, value_set=pa.array(countries)))
                return listed if is_in else ~listed & _flags(pc.is_valid(numbers))
            case RegionCondition(region, is_in):
                inside = self.dataset.in_region(region)
                return inside if is_in else ~inside & _flags(pc.is_valid(self.dataset.countries))
            case _:
                assert_never(condition)

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

    def measured(self, condition: MetricCondition) -> tuple[npt.NDArray[Any], int]:
        """Return each profile's count, or its sum as whole units and the decimals they carry; the threshold plays no part."""
        events = self._events(condition.metric)
        key = replace(condition, comparison="at least", value=0)
        return self.keep(key, lambda: self._measured(condition, events))

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
            column = self.dataset.events.column(condition.metric, clause.property)
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

    def kilometers(self, condition: DistanceCondition) -> npt.NDArray[np.float64]:
        """Return each profile's distance from the condition's place; NaN where a profile can't be placed."""
        return self.keep(("kilometers", condition.of), lambda: self._kilometers(condition.of))

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
        found = (dataset.column("email").codes != UNSET) & ~dataset.consent("email", "unsubscribed")
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
