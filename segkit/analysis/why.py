"""Explain why a profile is in a segment or not: for each condition, whether it is true, the evidence and the threshold."""

from collections.abc import Iterator
from decimal import Decimal
from typing import assert_never

import numpy as np
import pandas as pd

from segkit.data.consent import CONSENTS
from segkit.data.instants import instant_of
from segkit.data.places import KILOMETERS
from segkit.data.properties import UNSET
from segkit.definition.algebra import each_metric, either_kind
from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    Atom,
    Condition,
    ConsentCondition,
    DistanceCondition,
    FunnelCondition,
    LastEventCondition,
    ListCondition,
    MetricCondition,
    Not,
    NumberTest,
    PhoneCountryCondition,
    PropertyCondition,
    RegionCondition,
    SegmentCondition,
)
from segkit.definition.explain import describe, duration_words, explain, number_words
from segkit.definition.measures import EventCount, EventMeasure, measure_in
from segkit.definition.segment import Segment, one_segment
from segkit.drawing.frames import StyledFrame
from segkit.engine.memory import funnels
from segkit.engine.memory.consent_history import Channel
from segkit.engine.memory.dataset import Dataset
from segkit.engine.memory.evaluation import Evaluation, longest
from segkit.engine.order import check_order
from segkit.errors import DefinitionError
from segkit.masking import LEAST_NUMBER, masked_text
from segkit.vocabulary import canonical_name
from segkit.wording import counted

_INDENT = "  "
_PERSONAL = {"email", "phone_number", "first_name", "last_name", "address1", "address2"}


def why(segment: Segment, dataset: Dataset, profile_id: str) -> pd.DataFrame:
    """Return, condition by condition, why a profile is in a segment or not.

    Args:
        segment: the segment.
        dataset: the profiles and events.
        profile_id: the profile.

    Returns:
        A row for each condition, with the parts of a condition indented below it: `condition` (English), `is_true`, `evidence` (what
        the data holds), and `to_threshold`: the threshold minus the measured number, such as 2.0 if 3 clicks are needed and there
        was 1; NaN for conditions without a number. An address or phone number is never shown.

    Raises:
        DataError: no profile has this id; see also `sk.membership`.

    >>> from segkit.definition.phrases import has
    >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["ann"], "Age": [17]}), as_of="2026-06-30")
    >>> why(Segment("Adults", has("Age", at_least=18)), shop, profile_id="ann").loc[0, ["condition", "evidence"]].tolist()
    ['Adults: have Age that is at least 18', 'Age is 17']
    """
    check_order(segment, "sk.why(segment, shop, profile_id=...)")
    evaluation = Evaluation(dataset)
    segment = one_segment(segment)
    evaluation.holds(segment.condition)
    row = dataset.row_of(profile_id)
    rows = list(_Reasons(evaluation, row).lines(segment.condition, 0))
    rows[0] = (f"{segment.name}: {rows[0][0]}", *rows[0][1:])
    return StyledFrame(rows, columns=["condition", "is_true", "evidence", "to_threshold"])


class _Reasons:
    """Finds the evidence for one profile."""

    def __init__(self, evaluation: Evaluation, row: int) -> None:
        self._dataset = evaluation.dataset
        self._evaluation = evaluation
        self._row = row

    def lines(self, condition: Condition, depth: int) -> Iterator[tuple[str, bool, str, float]]:
        is_true = bool(self._evaluation.part(condition)[self._row])
        pad = _INDENT * depth
        match condition:
            case AnyOf() if (pair := either_kind(condition)) is not None:
                # A phrase that reads a property in two ways gets one line, as in `explain`.
                yield pad + explain(condition), is_true, self._value(pair[0].property), float("nan")
            case AllOf(conditions) | AnyOf(conditions):
                held = sum(bool(self._evaluation.part(part)[self._row]) for part in conditions)
                word = "all of" if isinstance(condition, AllOf) else "any of"
                yield f"{pad}{word}", is_true, f"{held} of {len(conditions)} true", float("nan")
                for part in conditions:
                    yield from self.lines(part, depth + 1)
            case Not(inner):
                yield f"{pad}not", is_true, "", float("nan")
                yield from self.lines(inner, depth + 1)
            case SegmentCondition(name):
                raise DefinitionError.unresolved_segment(name)
            case _:
                evidence, to_threshold = self._evidence(condition)
                yield pad + describe(condition), is_true, evidence, to_threshold

    def _evidence(self, atom: Atom) -> tuple[str, float]:
        match atom:
            case MetricCondition():
                return self._metric(atom)
            case FunnelCondition():
                return self._funnel(atom), float("nan")
            case LastEventCondition(metric, _, timeframe):
                return self._newest(EventCount(metric, timeframe)) or "no event in the timeframe", float("nan")
            case PropertyCondition(name, NumberTest(_, value)):
                return self._value(name), float(value) - self._number(name)
            case PropertyCondition(name):
                return self._value(name), float("nan")
            case ConsentCondition(channel, where=where):
                names = [f"{channel}_consent", f"{channel}_consent_timestamp"]
                names += ["email", "email_suppressed"] if channel == "email" else []
                names += [clause.property for clause in where]
                values = [self._value(name) for name in names if self._dataset.has_property(name)]
                return "; ".join([*values, *self._status_then(channel)]), float("nan")
            case ListCondition(name):
                return self._list(name), float("nan")
            case DistanceCondition(_, distance, unit):
                far = float(self._evaluation.kilometers(atom.of)[self._row]) / KILOMETERS[unit]
                return ("no known location" if np.isnan(far) else f"lives {far:,.1f} {unit} away"), distance - far
            case PhoneCountryCondition():
                country = self._dataset.phones.countries[self._row].as_py()
                problem = self._dataset.phones.problems[self._row].as_py()
                return f"the number is from {country}" if country else problem or "no phone number", float("nan")
            case RegionCondition():
                code = self._dataset.countries[self._row].as_py()
                return f"the country is {code}" if code else "no known country", float("nan")
            case _:
                assert_never(atom)

    def _status_then(self, channel: Channel) -> Iterator[str]:
        """Say what the consent was at `as_of`, if the status in the data has a later date."""
        then = self._dataset.status_then(channel)
        if not then.is_replayed[self._row]:
            return
        as_of = f"as of {self._dataset.as_of:%Y-%m-%d} it was {CONSENTS[then.status[self._row]].replace('_', ' ')}"
        if then.is_from_event[self._row]:
            yield f"{as_of}, according to the event of {instant_of(int(then.dates[self._row])):%Y-%m-%d}"
        else:
            yield f"{as_of}, since no earlier event says otherwise"

    def _metric(self, atom: MetricCondition) -> tuple[str, float]:
        measure = measure_in(atom, atom.timeframe)
        units, scale = self._evaluation.measured(measure)
        # Use decimals: 200 - 199.99 is 0.01, but 0.009999999999990905 with floats.
        measured = Decimal(int(units[self._row])).scaleb(-scale).normalize()
        to_threshold = float(Decimal(str(atom.value)) - measured)
        match atom.measurement:
            case "count":
                what = counted(round(measured), "event")
            case "days":
                what = f"{counted(round(measured), 'day')} with an event"
            case "sum":
                what = f"{number_words(measured)} in all"
            case _:
                assert_never(atom.measurement)
        newest = self._newest(measure)
        if not newest:
            return f"{what} in the timeframe", to_threshold
        if atom.where:
            newest = newest.replace("the newest", "the newest in the timeframe, whatever its properties,")
        return f"{what}; {newest}", to_threshold

    def _newest(self, measure: EventMeasure) -> str:
        """Say when the newest event in a timeframe was, whatever its properties, or return "" if there is none."""
        times = []
        for metric in each_metric(measure.metric):
            events = self._dataset.events.metric(metric)
            window = self._evaluation.window(measure, events)
            times += events.times[window][events.profiles[window] == self._row][-1:].tolist()
        if not times:
            return ""
        newest = instant_of(max(times))
        # Count midnights, as timeframes do, not spans of 24 hours.
        ago = self._dataset.as_of.date() - newest.date()
        return f"the newest on {newest:%Y-%m-%d}, {counted(ago.days, 'day')} ago"

    def _funnel(self, atom: FunnelCondition) -> str:
        events = self._evaluation.step_events(atom)
        chains = funnels.chains(
            events.of(events.profiles == self._row), [step.is_taken for step in atom.steps], longest(atom)
        )
        names = [step.metric for step in atom.steps if step.is_taken]
        if chains.completed.any():
            last = int(np.flatnonzero(chains.completed)[-1])
            first = int(chains.starts[-1][last]) - 1
            begun, ended = (f"{instant_of(int(chains.times[place])):%Y-%m-%d}" for place in (first, last))
            return f"{names[0]} on {begun}" if len(names) == 1 else f"{names[0]} on {begun} to {names[-1]} on {ended}"
        reached = [number for number, starts in enumerate(chains.starts) if starts.any()]
        if len(reached) < len(names):
            newest = instant_of(int(chains.times[chains.starts[reached[-1]] > 0][-1])) if reached else None
            until = f", {names[reached[-1]]} on {newest:%Y-%m-%d} was the last" if reached else ""
            return f"{len(reached)} of {counted(len(names), 'step')} taken in this order{until}"
        quickest = int(chains.durations().min())
        if atom.completion_seconds is not None and quickest > atom.completion_seconds * 1_000_000:
            return f"all steps taken in this order, in {duration_words(-(-quickest // 1_000_000))} at the fastest"
        return "all steps taken in this order, but also one that must not be taken"

    def _list(self, name: str) -> str:
        entries = self._dataset.list_entries(name)
        own = np.flatnonzero(entries.profiles == self._row)
        if not len(own):
            return "not on it"
        dated = [instant_of(int(entries.joined[one])) for one in own if entries.has_date[one]]
        return f"on it, joined {max(dated):%Y-%m-%d}" if dated else "on it, joined on an unknown date"

    def _number(self, name: str) -> float:
        """Return the number that a condition reads from a property, or NaN if it can't be read as a number."""
        column = self._dataset.column(name)
        code = int(column.codes[self._row])
        is_number = code != UNSET and bool(column.numbers.readable[code])
        return float(column.numbers.values[code]) if is_number else float("nan")

    def _value(self, name: str) -> str:
        value = self._dataset.column(name).value(self._row)
        if value is None:
            return f"{masked_text(name)} is not set"
        if canonical_name("profiles", name) in _PERSONAL:
            return f"{name} is set"
        is_amount = isinstance(value, (int, float)) and abs(value) < LEAST_NUMBER
        return f"{masked_text(name)} is {value if is_amount else masked_text(str(value))}"
