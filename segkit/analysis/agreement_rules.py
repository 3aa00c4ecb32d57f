"""Explain why Klaviyo and segkit disagree about a profile, using a list of rules. `agreement.py` counts the explanations."""

import warnings
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, assert_never

import numpy as np
import numpy.typing as npt

from segkit.data.events import MetricEvents
from segkit.data.instants import Flags, microseconds
from segkit.data.properties import UNSET
from segkit.definition.algebra import atoms
from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    Atom,
    Condition,
    ConsentCondition,
    DateTest,
    DistanceCondition,
    FunnelCondition,
    LastEventCondition,
    ListCondition,
    MetricCondition,
    Not,
    NumberComparison,
    PhoneCountryCondition,
    PropertyCondition,
    RegionCondition,
)
from segkit.definition.measures import EventMeasure
from segkit.definition.timeframes import TICK, AllTime, EventTimeframe, midnight
from segkit.engine.memory.dataset import Dataset
from segkit.engine.memory.evaluation import Evaluation
from segkit.errors import SegkitWarning
from segkit.vocabulary import canonical_metric

UNKNOWN = "not among the profiles"
JOINED = "joined after the pull"
LEFT = "left since"
SWEEP = "the daily sweep"
STATUS_DATE = "status date against event"
UNEXPLAINED = "unexplained"
EXPLANATIONS = {
    UNKNOWN: "nobody here has the id",
    JOINED: "entered their segment because of something after as_of",
    LEFT: "left their segment because of something after as_of",
    SWEEP: "moved by time alone, which Klaviyo acts on once in 24 hours",
    STATUS_DATE: "the consent's date and the consent event disagree",
    UNEXPLAINED: "no known rule explains it",
}
"""Every explanation and what it means, in the order in which they are tried."""

HOURS_BETWEEN_SWEEPS = 24
"""How often Klaviyo updates segments for the passing of time ("How segments update", help article 115005233488)."""

_CONSENT_METRICS = {
    "Subscribed to SMS Marketing": ConsentCondition("sms", can_receive=True, subscription="subscribed"),
    "Unsubscribed from SMS Marketing": ConsentCondition("sms", can_receive=False, subscription="unsubscribed"),
    "Subscribed to Email Marketing": ConsentCondition("email", can_receive=True, subscription="subscribed"),
    "Unsubscribed from Email Marketing": ConsentCondition("email", can_receive=False, subscription="unsubscribed"),
}
"""Metrics of events that record a change of consent, and the consent status with the same meaning."""

_AT_LEAST_ONCE: tuple[tuple[NumberComparison, int], ...] = (("at least", 1), ("more than", 0))
_ZERO_TIMES: tuple[tuple[NumberComparison, int], ...] = (("equals", 0), ("fewer than", 1), ("at most", 0))


@dataclass(frozen=True)
class Case:
    """Two answers about the same profiles: segkit's, `here`, and Klaviyo's, `there`."""

    condition: Condition
    dataset: Dataset
    pulled_at: datetime
    here: Flags
    there: Flags

    @property
    def differs(self) -> Flags:
        """The profiles for which the two answers differ."""
        return np.not_equal(self.here, self.there)

    def explanations(self, joined: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Return the first rule that explains each profile's difference. The value is arbitrary for profiles without one."""
        found = np.full(len(self.here), UNEXPLAINED, dtype=object)
        is_open = self.differs
        rules: list[tuple[str, Callable[[], Flags]]] = [
            (
                JOINED,
                lambda: self.there & ((joined > np.datetime64(self.dataset.as_of.replace(tzinfo=None))) | self.later),
            ),
            (LEFT, lambda: self.here & ~self.later),
            (SWEEP, lambda: self.swept(is_open)),
            (STATUS_DATE, self.dated_otherwise),
        ]
        with warnings.catch_warnings():
            # `membership` has already warned about what is missing in the data.
            warnings.simplefilter("ignore", SegkitWarning)
            for name, rule in rules:
                if is_open.any():
                    explained = is_open & rule()
                    found[explained] = name
                    is_open = is_open & ~explained
        return found

    @property
    def later(self) -> Flags:
        """The profiles that match the segment at `pulled_at`."""
        return Evaluation(self.dataset.with_as_of(self.pulled_at)).holds(self.condition)

    def swept(self, is_open: Flags) -> Flags:
        """Return the profiles for which only the passing of time changed the answer since a possible moment of the last sweep."""
        found = np.zeros(len(self.here), dtype=bool)
        for moment in _moments_before(self.pulled_at, self.condition):
            if not (is_open & ~found).any():
                break
            before = Evaluation(self.dataset.with_as_of(moment)).holds(self.condition)
            after = _without_newer(self.dataset.with_as_of(self.pulled_at), moment).holds(self.condition)
            by_time = (before == self.there) & (after == self.here)
            found |= by_time & ~_consent_changed(self.dataset, moment, self.pulled_at)
        return found

    def dated_otherwise(self) -> Flags:
        """Return the profiles for which both answers agree if consent dates are read from events, or events from consent dates."""
        found = np.zeros(len(self.here), dtype=bool)
        for swap in (_date_as_event, _event_as_date):
            swapped = _with_atoms(self.condition, swap)
            if swapped != self.condition and _has_dates(self.dataset, swapped):
                found |= Evaluation(self.dataset.with_as_of(self.pulled_at)).holds(swapped) == self.there
        return found


@dataclass(frozen=True)
class _KnownUntil(Evaluation):
    """Evaluates conditions on the events up to `moment`, with timeframes that count back from the Dataset's `as_of`."""

    moment: datetime = field(kw_only=True)

    def key(self, what: str, of: Hashable) -> tuple[Hashable, ...]:
        return super().key(what, (of, self.moment))

    def window(self, measure: EventMeasure, events: MetricEvents) -> slice:
        window = super().window(measure, events)
        stop = min(window.stop, events.window(None, microseconds(self.moment) + 1).stop)
        return slice(min(window.start, stop), stop)


def _without_newer(dataset: Dataset, moment: datetime) -> Evaluation:
    """Return an evaluation that ignores events and list entries after a moment."""
    lists = {}
    for name, entries in dataset.lists.items():
        old = ~entries.has_date | (entries.joined <= microseconds(moment))
        lists[name] = replace(
            entries, profiles=entries.profiles[old], joined=entries.joined[old], has_date=entries.has_date[old]
        )
    return _KnownUntil(replace(dataset, lists=lists), moment=moment)


def _consent_changed(dataset: Dataset, after: datetime, until: datetime) -> Flags:
    """Return the profiles whose consent to any channel is dated between two moments."""
    found = np.zeros(len(dataset), dtype=bool)
    for name in ("sms_consent_timestamp", "email_consent_timestamp"):
        if dataset.has_property(name):
            column = dataset.column(name)
            dates = np.append(column.instants.values, 0)[column.codes]
            found |= (column.codes != UNSET) & (dates > microseconds(after)) & (dates <= microseconds(until))
    return found


def _moments_before(pulled_at: datetime, condition: Condition) -> Iterator[datetime]:
    """Yield possible moments of the last sweep: the last instant before midnight, then, if they may differ, each full hour."""
    yield midnight(pulled_at.date()) - TICK
    if any(map(_moves_within_a_day, atoms(condition))):
        for hours in range(1, HOURS_BETWEEN_SWEEPS + 1):
            yield pulled_at - timedelta(hours=hours)


def _moves_within_a_day(atom: Atom) -> bool:
    """Whether the passing of time can change an answer between two midnights, as for windows of hours and for future dates."""
    match atom:
        case PropertyCondition(test=DateTest()):
            return True
        case (
            MetricCondition(timeframe=timeframe)
            | FunnelCondition(timeframe=timeframe)
            | LastEventCondition(timeframe=timeframe)
            | ListCondition(joined=timeframe)
        ):
            return getattr(timeframe, "unit", "day") == "hour"
        case ConsentCondition(status_date=timeframe, where=where):
            return getattr(timeframe, "unit", "day") == "hour" or any(map(_moves_within_a_day, where))
        case PropertyCondition() | DistanceCondition() | PhoneCountryCondition() | RegionCondition():
            return False
        case _:
            assert_never(atom)


def _with_atoms(condition: Condition, swap: Callable[[Condition], Condition]) -> Condition:
    """Return a condition with each atom replaced by the result of `swap`."""
    match condition:
        case AllOf(conditions):
            return AllOf(tuple(_with_atoms(part, swap) for part in conditions))
        case AnyOf(conditions):
            return AnyOf(tuple(_with_atoms(part, swap) for part in conditions))
        case Not(inner):
            return ~_with_atoms(inner, swap)
        case _:
            return swap(condition)


def _date_as_event(atom: Condition) -> Condition:
    """Replace the date of a consent in a timeframe by an event in the same timeframe."""
    match atom:
        case ConsentCondition(status_date=timeframe) if isinstance(timeframe, EventTimeframe):
            undated = replace(atom, status_date=None)
            for metric, consent in _CONSENT_METRICS.items():
                if _says_the_same(undated, consent):
                    return undated & MetricCondition(metric, "count", "at least", 1, timeframe)
    return atom


def _says_the_same(asked: ConsentCondition, consent: ConsentCondition) -> bool:
    """Whether two consents mean the same. "Can receive SMS" implies "subscribed"."""
    is_sms = asked.channel == "sms" and asked.can_receive and asked.subscription == "any"
    said = "subscribed" if is_sms else asked.subscription
    return (asked.channel, asked.can_receive, said) == (consent.channel, consent.can_receive, consent.subscription)


def _event_as_date(atom: Condition) -> Condition:
    """Replace an event of consent in a timeframe by the date of the consent in the same timeframe."""
    match atom:
        case MetricCondition(str(metric), "count", comparison, value, timeframe, ()) if not isinstance(
            timeframe, AllTime
        ):
            consent = _CONSENT_METRICS.get(canonical_metric(metric))
            if consent is not None and (comparison, value) in _AT_LEAST_ONCE + _ZERO_TIMES:
                dated = replace(consent, status_date=timeframe)
                return dated if (comparison, value) in _AT_LEAST_ONCE else Not(dated)
    return atom


def _has_dates(dataset: Dataset, condition: Condition) -> bool:
    """Whether the profiles have every column of consent dates that a condition needs."""
    dated = [atom for atom in atoms(condition) if isinstance(atom, ConsentCondition) and atom.status_date is not None]
    return all(dataset.has_property(f"{atom.channel}_consent_timestamp") for atom in dated)
