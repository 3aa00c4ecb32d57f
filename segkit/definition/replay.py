"""Find the facts in a condition that can't be looked up for a past moment, since only today's value is known.

Events, a profile's creation date, consent with its date, and list entries with dates are replayed: an answer about a past moment uses
only what was known then. Everything else is known only as of today.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from math import ceil
from typing import Final, Literal, TypeAlias, assert_never

from segkit.definition.algebra import atoms, each_metric
from segkit.definition.conditions import (
    Atom,
    Condition,
    ConsentCondition,
    DistanceCondition,
    FunnelCondition,
    LastEventCondition,
    ListCondition,
    MetricCondition,
    PhoneCountryCondition,
    PropertyCondition,
    RegionCondition,
)
from segkit.definition.timeframes import (
    After,
    AllTime,
    AtLeastAgo,
    Before,
    BetweenAgo,
    BetweenDates,
    EventTimeframe,
    InPeriod,
    InTheLast,
    Unit,
)
from segkit.vocabulary import canonical_metric, canonical_name

Fact: TypeAlias = Literal["property", "computed property", "location", "phone number", "country", "email address"]
"""The kinds of facts that are known only as of today."""

COMPUTED: Final = frozenset(
    {
        "historic_clv",
        "predicted_clv",
        "total_clv",
        "historic_number_of_orders",
        "predicted_number_of_orders",
        "average_days_between_orders",
        "average_order_value",
        "churn_probability",
        "expected_date_of_next_order",
        "last_event_date",
        "updated",
    }
)
"""Klaviyo's properties that are computed from events. Today's value also reflects events after any past moment."""

_DAYS: Final[dict[Unit, float]] = {"hour": 1 / 24, "day": 1, "week": 7, "month": 31}
_PERIODS: Final = {"week": 7, "month": 31, "year": 366}


@dataclass(frozen=True, slots=True)
class Todays:
    """A fact about a profile for which only today's value is known.

    Attributes:
        fact: the kind of fact.
        name: the name of the property. For other facts, it is the same as `fact`.
    """

    fact: Fact
    name: str


def known_only_today(condition: Condition) -> tuple[Todays, ...]:
    """Return the facts in a condition that are known only as of today, without repetitions.

    Lists and consent are not among them, since they may have dates in the data: see `lists_in` and `channels_in`.

    Raises:
        DefinitionError: the condition refers to another segment by name.

    >>> from segkit.definition.phrases import can_receive, did, has
    >>> known_only_today(did("Placed Order") & has("Gender", equals="female") & has("churn_probability", at_most=0.5))
    (Todays(fact='property', name='Gender'), Todays(fact='computed property', name='churn_probability'))
    """
    return tuple(dict.fromkeys(one for atom in atoms(condition) for one in _todays(atom)))


def _todays(atom: Atom) -> Iterator[Todays]:
    match atom:
        case MetricCondition() | FunnelCondition() | LastEventCondition() | ListCondition():
            return
        case PropertyCondition(name):
            yield from _property(name)
        case ConsentCondition(channel, where=where):
            if channel == "email":
                yield Todays("email address", "email address")
            for clause in where:
                yield from _property(clause.property)
        case DistanceCondition():
            yield Todays("location", "location")
        case PhoneCountryCondition():
            yield Todays("phone number", "phone number")
        case RegionCondition():
            yield Todays("country", "country")
        case _:
            assert_never(atom)


def _property(name: str) -> Iterator[Todays]:
    known = canonical_name("profiles", name)
    # The creation date never changes, and a profile counts only from then on.
    if known != "created":
        yield Todays("computed property" if known in COMPUTED else "property", name)


def lists_in(condition: Condition) -> tuple[str, ...]:
    """Return the names of the lists that a condition asks about. Only entries with a join date can be replayed.

    >>> from segkit.definition.phrases import in_list
    >>> lists_in(in_list("VIP upload") & ~in_list("Newsletter"))
    ('VIP upload', 'Newsletter')
    """
    return tuple(dict.fromkeys(atom.list_name for atom in atoms(condition) if isinstance(atom, ListCondition)))


def channels_in(condition: Condition) -> tuple[Literal["sms", "email"], ...]:
    """Return the channels for which a condition asks about consent. Only a status with a date can be replayed.

    >>> from segkit.definition.phrases import can_receive
    >>> channels_in(can_receive("sms"))
    ('sms',)
    """
    return tuple(dict.fromkeys(atom.channel for atom in atoms(condition) if isinstance(atom, ConsentCondition)))


def metrics_in(condition: Condition) -> tuple[str, ...]:
    """Return the canonical names of the metrics that a condition asks about, without repetitions.

    >>> from segkit.definition.phrases import did
    >>> metrics_in(did("Clicked Text Message") | did("Placed Order"))
    ('Clicked SMS', 'Placed Order')
    """
    return tuple(dict.fromkeys(canonical_metric(one) for atom in atoms(condition) for one in _metrics(atom)))


def _metrics(atom: Atom) -> Iterable[str]:
    match atom:
        case MetricCondition(metric):
            return each_metric(metric)
        case FunnelCondition(steps):
            return [step.metric for step in steps]
        case LastEventCondition(metric):
            return [metric]
        case (
            PropertyCondition()
            | ConsentCondition()
            | ListCondition()
            | DistanceCondition()
            | PhoneCountryCondition()
            | RegionCondition()
        ):
            return ()
        case _:
            assert_never(atom)


def look_back(condition: Condition) -> int:
    """Return how many days of events up to a moment a condition needs, including today: the length of its longest relative window.

    Months count as 31 days. "At any time" and windows between fixed dates count as 0.

    >>> from segkit.definition.phrases import did, did_not
    >>> look_back(did("Placed Order") & did_not("Clicked SMS", in_last_days=90))
    91
    """
    return max((_days(atom) for atom in atoms(condition)), default=0)


def _days(atom: Atom) -> int:
    match atom:
        case MetricCondition() | FunnelCondition() | LastEventCondition():
            return _days_of(atom.timeframe)
        case (
            PropertyCondition()
            | ConsentCondition()
            | ListCondition()
            | DistanceCondition()
            | PhoneCountryCondition()
            | RegionCondition()
        ):
            return 0
        case _:
            assert_never(atom)


def _days_of(timeframe: EventTimeframe) -> int:
    match timeframe:
        case AllTime() | Before() | After() | BetweenDates():
            return 0
        case InTheLast(quantity, unit) | AtLeastAgo(quantity, unit):
            return ceil(quantity * _DAYS[unit]) + 1
        case BetweenAgo(_, farthest, unit):
            return ceil(farthest * _DAYS[unit]) + 1
        case InPeriod(period, is_last):
            return _PERIODS[period] * (2 if is_last else 1)
        case _:
            assert_never(timeframe)


def refused(todays: Iterable[Todays], allowed: Collection[str]) -> list[str]:
    """Return the names of computed properties that are not allowed in an answer about the past, since they contain the future.

    >>> refused([Todays("computed property", "churn_probability"), Todays("property", "Gender")], allowed=[])
    ['churn_probability']
    """
    named = {canonical_name("profiles", name) for name in allowed}
    return [
        one.name
        for one in todays
        if one.fact == "computed property" and canonical_name("profiles", one.name) not in named
    ]
