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
    names = {
        included["id"]: included["attributes"]["name"]
        for page in every
        if isinstance(page, Mapping)
        for included in page.get("included") or ()
        if included.get("type") == "metric"
    }
    return _columns([_event(resource, names) for page in every for resource in _resources(page, "event")], "events")


def _profile(resource: Mapping[str, Any]) -> dict[str, Any]:
    attributes = dict(resource.get("attributes") or {})
    row = dict(attributes.pop("properties", None) or {})
    row.update(attributes.pop("location", None) or {})
    row.update(attributes.pop("predictive_analytics", None) or {})
    subscriptions = attributes.pop("subscriptions", None) or {}
    for channel in ("sms", "email"):
        marketing = (subscriptions.get(channel) or {}).get("marketing") or {}
        row.update(
            {f"{channel}_{name}": marketing.get(field) for field, name in _CONSENT.items() if field in marketing}
        )
        if channel == "email" and "suppression" in marketing:
            row["email_suppressed"] = bool(marketing["suppression"])
    return {**row, **attributes, "profile_id": resource.get("id")}


def _event(resource: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    attributes = resource.get("attributes") or {}
    properties = dict(attributes.get("event_properties") or {})
    metric = _related(resource, "metric")
    if metric not in names:
        raise DataError.faults(
            [
                f"events: the metric id {metric!r} is not among the included metrics. Ask for the pages with include=metric"
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
    return (((resource.get("relationships") or {}).get(name) or {}).get("data") or {}).get("id")


def _resources(page: Any, kind: str) -> list[Mapping[str, Any]]:
    found = page.get("data") if isinstance(page, Mapping) else None
    if not isinstance(found, list) or any(not isinstance(one, Mapping) or one.get("type") != kind for one in found):
        raise DataError.faults(
            [f"{kind}s: a page lacks Klaviyo's shape, a list named 'data' of resources of type {kind!r}"]
        )
    return found


def _columns(rows: list[dict[str, Any]], table: str) -> Table:
    if not rows:
        raise DataError.empty_file(table)
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: cells_of([row.get(name) for row in rows]) for name in names}
