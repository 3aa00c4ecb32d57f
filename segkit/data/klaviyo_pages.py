"""Pages of Klaviyo's Get Profiles and Get Events to tables; shapes as in its API reference, revision 2026-07-15."""

from collections.abc import Iterable, Mapping
from typing import Any

from segkit.data.door import Table
from segkit.data.properties import cells_of
from segkit.errors import DataError

_CONSENT = {
    "consent": "consent",
    "consent_timestamp": "consent_timestamp",
    "method": "consent_method",
}
_PARTS = ("properties", "location", "predictive_analytics", "subscriptions")


def profiles_table(pages: Iterable[Any]) -> Table:
    """Return the profiles of pages as a table: attributes, location, subscriptions and predictions under canonical names.

    Custom properties keep their own names; where one has the name of a known column, the attribute wins.

    Raises:
        DataError: a page is not of Klaviyo's shape.
    """
    return _columns([_profile(resource) for page in pages for resource in _resources(page, "profile")], "profiles")


def events_table(pages: Iterable[Any]) -> Table:
    """Return the events of pages as a table; metric names come from the included metrics, and `$value` is the value.

    Raises:
        DataError: a page is not of Klaviyo's shape, or an event's metric is not among the included ones.
    """
    every = list(pages)
    names = {metric: name for page in every for metric, name in _metric_names(page)}
    return _columns([_event(resource, names) for page in every for resource in _resources(page, "event")], "events")


def _metric_names(page: Any) -> Iterable[tuple[str, str]]:
    for included in (page.get("included") if isinstance(page, Mapping) else None) or ():
        if isinstance(included, Mapping) and included.get("type") == "metric":
            name = _part(included, "attributes").get("name")
            if not isinstance(name, str):
                raise _shapeless("event")
            yield str(included.get("id")), name


def _profile(resource: Mapping[str, Any]) -> dict[str, Any]:
    attributes = _part(resource, "attributes")
    row = _part(attributes, "properties") | _part(attributes, "location") | _part(attributes, "predictive_analytics")
    subscriptions = _part(attributes, "subscriptions")
    for channel in ("sms", "email"):
        marketing = _part(_part(subscriptions, channel), "marketing")
        row.update(
            {f"{channel}_{name}": marketing.get(field) for field, name in _CONSENT.items() if field in marketing}
        )
        if channel == "email" and "suppression" in marketing:
            row["email_suppressed"] = bool(marketing["suppression"])
    plain = {name: value for name, value in attributes.items() if name not in _PARTS}
    return {**row, **plain, "profile_id": resource.get("id")}


def _event(resource: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    attributes = _part(resource, "attributes")
    properties = _part(attributes, "event_properties")
    metric = _related(resource, "metric")
    if metric not in names:
        raise DataError.faults(
            [
                f"events: the metric id {metric!r} is not among the included metrics. Ask for the pages with include=metric."
            ]
        )
    value = properties.pop("$value", None)
    return {
        **properties,
        "profile_id": _related(resource, "profile"),
        "metric": names[metric],
        "datetime": attributes.get("datetime") or attributes.get("timestamp"),
        "value": attributes.get("value", value),
    }


def _related(resource: Mapping[str, Any], name: str) -> Any:
    return _part(_part(_part(resource, "relationships"), name), "data").get("id")


def _part(resource: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a part of a resource that holds names and values; nothing if it is left out or null."""
    part = resource.get(name)
    if part is not None and not isinstance(part, Mapping):
        raise _shapeless(str(resource.get("type", "resource")))
    return dict(part or {})


def _resources(page: Any, kind: str) -> list[Mapping[str, Any]]:
    found = page.get("data") if isinstance(page, Mapping) else None
    if not isinstance(found, list) or any(not isinstance(one, Mapping) or one.get("type") != kind for one in found):
        raise _shapeless(kind)
    return found


def _shapeless(kind: str) -> DataError:
    wanted = f"a list named 'data' of resources of type {kind!r}"
    return DataError.faults(
        [
            f"{kind}s: a page lacks Klaviyo's shape, {wanted}. Save the answers of Get Profiles and Get Events as they come."
        ]
    )


def _columns(rows: list[dict[str, Any]], table: str) -> Table:
    if not rows:
        raise DataError.empty_file(table)
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: cells_of([row.get(name) for row in rows]) for name in names}
