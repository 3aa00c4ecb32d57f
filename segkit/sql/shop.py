"""Describe the tables of a saved shop from its manifest, and find metrics, properties and lists in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from segkit.data.events import VALUE
from segkit.data.instants import instant_of
from segkit.data.lacks import NOTHING_LACKS, Lacks
from segkit.data.places import PostalPoints
from segkit.errors import DataError
from segkit.marks import unmarked
from segkit.vocabulary import STANDARD_METRICS, canonical_metric, canonical_name, metric_spellings

PEOPLE, PROFILES, EVENTS, LISTS = "people", "profiles", "events", "lists"


@dataclass(frozen=True, slots=True)
class Column:
    """A property as a column of codes, and the table with the meaning of each code.

    Attributes:
        name: the property.
        column: the column of codes, which is null if the property is not set.
        kind: the form in which its values are saved, "unset" if no row has one, or "own" if the column itself has the values.
        values: the table of its distinct values and their readings: each value interpreted as text, number, truth, date and items.
        items: the table of the items of lists; None if no value is a list.
    """

    name: str
    column: str
    kind: str
    values: str
    items: str | None


@dataclass(frozen=True, slots=True)
class Metric:
    """The events of a metric.

    Attributes:
        name: the canonical name of the metric.
        file: the file with its events.
        events: the number of its events.
        first: when the first of its events happened.
        scale: the number of decimals of its amounts, which are saved in integer units (cents for two decimals).
        has_units: whether its events have amounts in these units.
        has_dates: whether some of its events have a date without a time.
        value_kind: the original type of the amounts if they are saved only in integer units; None if the property "$value" is saved too.
        columns: the property columns of its events.
    """

    name: str
    file: str
    events: int
    first: datetime
    scale: int
    has_units: bool
    has_dates: bool
    value_kind: str | None
    columns: frozenset[str]


@dataclass(frozen=True)
class SqlShop:
    """The facts about a saved shop that SQL needs.

    Attributes:
        size: the number of profiles.
        known_until: dates after this moment are ignored as wrong.
        properties: the properties of profiles, by name.
        event_properties: the properties of events, by name, in the order of the data. "$value" is included only if it is
            saved as a property.
        metrics: the metrics with events, by canonical name.
        lists: the names of the lists.
        has_amounts: whether the events have amounts.
        postal_points: the coordinates of postal codes.
        latest: the newest date in each of "sms_since", "email_since" and "created". A name without an entry means that this date is unknown.
        files: the file of each table other than the events.
        lacks: what the layout of the data never contains.
    """

    size: int
    known_until: datetime
    properties: Mapping[str, Column]
    event_properties: Mapping[str, Column]
    named_event_properties: tuple[str, ...]
    metrics: Mapping[str, Metric]
    lists: tuple[str, ...]
    has_amounts: bool
    postal_points: PostalPoints
    files: Mapping[str, str]
    latest: Mapping[str, datetime | None] = field(default_factory=dict)
    lacks: Lacks = NOTHING_LACKS

    @classmethod
    def of(cls, said: Mapping[str, Any], postal_points: PostalPoints) -> Self:
        """Read the description of a shop in its manifest."""
        checked, files = said["checked"], {name: f"{name}.parquet" for name in (PEOPLE, PROFILES, LISTS)}
        events = checked["events"]
        return cls(
            size=checked["profiles"],
            known_until=datetime.fromisoformat(said["known_until"]),
            properties={one["name"]: _column(one["name"], one, "profile", files) for one in checked["properties"]},
            event_properties={name: _column(name, one, "event", files) for name, one in events["columns"].items()},
            named_event_properties=tuple(events["properties"]),
            metrics={name: _metric(name, one) for name, one in events["metrics"].items()},
            lists=tuple(one["name"] for one in checked["lists"]),
            has_amounts=events["has_values"],
            postal_points=postal_points,
            files=files,
            lacks=Lacks.of(events.get("lacks")),
        )

    def has_property(self, name: str) -> bool:
        """Whether the profiles have a property, under this name or one of its spellings."""
        return self._resolved(name) in self.properties

    def property(self, name: str) -> Column:
        """Return a property of profiles.

        Raises:
            DataError: the profiles have no such property.
        """
        found = self.properties.get(self._resolved(name))
        if found is None:
            raise DataError.unknown_property(name, self.properties)
        return found

    def _resolved(self, name: str) -> str:
        return name if name in self.properties else canonical_name("profiles", name)

    def metric(self, name: str) -> Metric | None:
        """Return a metric by any of its names, or None if it is a standard metric without events.

        Raises:
            DataError: no event has this metric, and it is not one of Klaviyo's standard metrics or the layout of the data never
                contains it.
        """
        canonical = canonical_metric(name)
        if canonical not in self.metrics:
            self.lacks.check_metric(canonical)
        return self.recorded(name)

    def recorded(self, name: str) -> Metric | None:
        """Return a metric like `metric`, but None if the layout of the data never contains it.

        Raises:
            DataError: no event has this metric, and it is not one of Klaviyo's standard metrics.
        """
        canonical = canonical_metric(name)
        if canonical in self.metrics:
            return self.metrics[canonical]
        if canonical in STANDARD_METRICS:
            return None
        raise DataError.unknown_metric(
            name, self.metrics, (other for one in self.metrics for other in metric_spellings(one))
        )

    def event_property(self, name: str) -> Column | None:
        """Return a property of events, or None for "$value" if amounts are saved only in integer units.

        Raises:
            DataError: no event has this property.
        """
        known = [*self.named_event_properties, *([VALUE] if self.has_amounts else [])]
        if name not in known:
            raise DataError.unknown_property(name, known, of="events")
        return self.event_properties.get(name)

    def list_name(self, name: str) -> str:
        """Return the name of a list as it is written in the data.

        Raises:
            DataError: there is no such list.
        """
        found = unmarked(name)
        if found not in self.lists:
            self.lacks.check_list(name)
            raise DataError.unknown_list(name, self.lists)
        return found

    def may_be_later(self, what: str, as_of: datetime) -> bool:
        """Whether a date in "sms_since", "email_since" or "created" may be after a moment."""
        if as_of >= self.known_until:
            return False
        newest = self.latest.get(what, self.known_until)
        return newest is not None and newest > as_of


def _column(name: str, said: Mapping[str, Any], of: str, files: dict[str, str]) -> Column:
    """Return a property, and add the files of its values to `files`."""
    column: str = said["column"]
    values = f"{of}_{column}"
    items = said.get("items") and f"{values}_items"
    if said.get("file"):
        files[values] = said["file"]
    if items:
        files[items] = said["items"]
    return Column(name, column, said["kind"], values, items)


def _metric(name: str, said: Mapping[str, Any]) -> Metric:
    return Metric(
        name=name,
        file=said["file"],
        events=said["events"],
        first=instant_of(said["first"]),
        scale=said["scale"],
        has_units=said["has_units"],
        has_dates=said["has_dates"],
        value_kind=said["value_kind"],
        columns=frozenset(said["properties"]),
    )
