"""Convert pages from Klaviyo's Get Profiles and Get Events to tables without losing fields.

The shapes follow the API reference, revision 2026-07-15. `old_pages` first converts pages from retired versions.
"""

from array import array
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeAlias

from segkit.data.files.old_pages import modern
from segkit.data.instants import microseconds
from segkit.data.properties import cells_of
from segkit.data.validation.issues import Issues
from segkit.data.validation.same_names import INTEGRATION
from segkit.data.validation.tables import Table
from segkit.errors import DataError
from segkit.masking import quoted
from segkit.vocabulary import PROFILE_COLUMNS, SUPPRESSIONS, canonical_name

Row: TypeAlias = dict[str, Any]

_MARKETING = {
    "consent": "consent",
    "consent_timestamp": "consent_timestamp",
    "method": "consent_method",
    "method_detail": "consent_method_detail",
    "custom_method_detail": "consent_custom_method_detail",
    "last_updated": "consent_last_updated",
    "double_optin": "double_opt_in",
}
"""The fields of a marketing subscription, which become columns such as `sms_consent` and `email_consent`."""

_RENAMED = {"suppressions": "suppression", "timestamp": "consent_timestamp"}
"""The names of subscription fields in older revisions, and their current names."""

_PARTS = ("properties", "location", "predictive_analytics", "subscriptions")
_FILLED_BY_PROPERTIES = {"predicted_gender", "sms_rcs_capable"}
"""Columns that the API does not return, so a custom property of the same name fills them."""

_BEGINNING = datetime.min.replace(tzinfo=UTC)
_NEVER = microseconds(_BEGINNING)


def superseded(resources: Iterable[Mapping[str, Any]]) -> dict[int, int]:
    """Return the position of each resource that another version with the same id replaces, with the position of that version.

    Pages overlap if the account changes while they are downloaded. The version with the newest `updated` is kept. If two versions
    have the same `updated`, or one has none, the later version is kept. Resources without an id are not compared.

    Only a few numbers are stored for each resource, so the pages need not fit in memory.

    >>> superseded([
    ...     {"id": "P1", "attributes": {"updated": "2026-06-30T23:00:00-05:00"}},
    ...     {"id": "P2", "attributes": {}},
    ...     {"id": "P1", "attributes": {"updated": "2026-07-01T01:00:00+00:00"}},
    ...     {"id": "P2", "attributes": {}},
    ... ])
    {2: 0, 1: 3}
    """
    kept: dict[str, int] = {}
    newest = array("q")  # at each position, the newest `updated` of its id so far
    replaced: dict[int, str] = {}
    for position, resource in enumerate(resources):
        updated = _updated(resource)
        newest.append(updated)
        resource_id = resource.get("id")
        if not isinstance(resource_id, str) or not resource_id:
            continue
        earlier = kept.setdefault(resource_id, position)
        if _NEVER < updated < newest[earlier]:
            replaced[position] = resource_id
        elif earlier != position:
            # A version without `updated` counts as equally new as the version that it replaces.
            newest[position] = max(updated, newest[earlier])
            replaced[earlier] = resource_id
            kept[resource_id] = position
    return {position: kept[resource_id] for position, resource_id in replaced.items()}


def newest_profiles(pages: Iterable[Any], issues: Issues) -> dict[str, Any]:
    """Merge pages into one that contains each profile once (see `superseded`), and note the versions that were left out.

    Raises:
        DataError: a page does not have Klaviyo's format.
    """
    every = [resource for page in pages for resource in _resources(modern(page, "profile"), "profile")]
    replaced = superseded(every)
    versions: list[str] = []
    copies: list[str] = []
    for old, kept in sorted(replaced.items()):
        is_copy = every[old].get("attributes") == every[kept].get("attributes")
        (copies if is_copy else versions).append(every[old]["id"])
    in_versions = "the same profile on two pages, in two versions"
    issues.note(
        "profiles",
        "profile_id",
        in_versions,
        len(versions),
        examples=versions,
        resolution="only the newest version kept",
    )
    issues.note("profiles", "profile_id", "the same row twice", len(copies), examples=copies, resolution="kept once")
    return {"data": [resource for position, resource in enumerate(every) if position not in replaced]}


def profiles_table(pages: Iterable[Any]) -> Table:
    """Convert the profiles of pages to a table: attributes, location, subscriptions and predictions under canonical names.

    Other subscription fields are named `<channel>_<kind>_<field>`, such as `sms_transactional_consent`. `email_suppression` and
    `email_list_suppressions` contain the lists unchanged. Custom properties keep their names, but a custom property that is named
    like a Klaviyo field is called `properties['city']`, as in Klaviyo. Links and relationships, which only point to other pages, are
    dropped.

    Raises:
        DataError: a page does not have Klaviyo's format.
    """
    found = [_profile(resource) for page in pages for resource in _resources(modern(page, "profile"), "profile")]
    return _columns(_merged(found, "properties", _looks_known), "profiles")


def events_table(pages: Iterable[Any]) -> Table:
    """Convert the events of pages to a table. Metric names come from the included metrics, and `$value` fills `value`.

    Event properties keep their names, but a property that is named like a segkit column is called `event_properties['value']`.
    `event_id`, `metric_id` and `uuid` are kept. `timestamp` is dropped if there is a `datetime`, which is the same moment. If two
    metrics have the same name, `metric_integration` contains the integration of each event's metric.

    Raises:
        DataError: a page does not have Klaviyo's shape, or the metric of an event is not included in the page.
    """
    every = [modern(page, "event") for page in pages]
    names = {metric: name for page in every for metric, name, _ in _metric_names(page)}
    integrations = {metric: source for page in every for metric, _, source in _metric_names(page)}
    found = [_event(resource, names) for page in every for resource in _resources(page, "event")]
    if len(set(names.values())) < len(names):
        for row, _ in found:
            row[INTEGRATION] = integrations[row["metric_id"]]
    return _columns(_merged(found, "event_properties", lambda _name, _own: False), "events")


def _metric_names(page: Any) -> Iterable[tuple[str, str, str | None]]:
    """Yield the id of each included metric, its name, and the name of its integration if it has one."""
    every = (page.get("included") if isinstance(page, Mapping) else None) or []
    if not isinstance(every, list):
        raise _wrong_shape("event")
    for included in every:
        if isinstance(included, Mapping) and included.get("type") == "metric":
            attributes = _part(included, "attributes")
            name = attributes.get("name")
            if not isinstance(name, str):
                raise _wrong_shape("event")
            integration = attributes.get("integration")
            source = integration.get("name") if isinstance(integration, Mapping) else None
            yield str(included.get("id")), name, source if isinstance(source, str) else None


def _profile(resource: Mapping[str, Any]) -> tuple[Row, Row]:
    attributes = _part(resource, "attributes")
    own = _part(attributes, "location") | _part(attributes, "predictive_analytics")
    subscriptions = _part(attributes, "subscriptions")
    for channel in subscriptions:
        kinds = _part(subscriptions, channel)
        for kind in kinds:
            own |= _subscription(channel, kind, _part(kinds, kind))
    plain = {name: value for name, value in attributes.items() if name not in _PARTS}
    return {**own, **plain, "profile_id": resource.get("id")}, _part(attributes, "properties")


def _subscription(channel: str, kind: str, fields: Row) -> Row:
    """Return the fields of one subscription under their column names."""
    row: Row = {}
    known = _MARKETING if kind == "marketing" and channel in ("sms", "email") else {}
    for name, value in _with_present_names(fields).items():
        if name.startswith("can_receive_"):
            row[name] = value
        elif name in known:
            # "PREFERENCE_PAGE" in a profile is "preference_page" in a segment's definition.
            is_word = name == "method" and isinstance(value, str)
            row[f"{channel}_{known[name]}"] = value.lower() if is_word else value
        elif channel == "email" and name in ("suppression", "list_suppressions"):
            row[f"email_{name}"] = value
        else:
            row[f"{channel}_{kind}_{name}"] = value
    if not isinstance(row.get("email_suppression") or [], list):
        raise _wrong_shape("profile")
    if "email_suppression" in row:
        row["email_suppressed"] = bool(row["email_suppression"])
        row |= _newest_suppressions(row["email_suppression"] or [])
    return row


def _with_present_names(fields: Row) -> Row:
    """Return the fields of a subscription under their present names. Revisions before 2024 used other names, or both."""
    found = dict(fields)
    for old, new in _RENAMED.items():
        value = found.pop(old, None)
        if found.get(new) is None and value is not None:
            found[new] = value
    return found


def _newest_suppressions(suppressions: list[Any]) -> Row:
    """Return when an address was last suppressed, for each reason that a condition can test."""
    row: Row = {}
    for one in suppressions:
        column = SUPPRESSIONS.get(str(one.get("reason"))) if isinstance(one, Mapping) else None
        if column and (column not in row or _moment(one.get("timestamp")) > _moment(row[column])):
            row[column] = one.get("timestamp")
    return row


def _updated(resource: Mapping[str, Any]) -> int:
    """Return when a resource was updated, in microseconds since 1970, or `_NEVER` if that is not known."""
    attributes = resource.get("attributes")
    return microseconds(_moment(attributes.get("updated"))) if isinstance(attributes, Mapping) else _NEVER


def _moment(written: Any) -> datetime:
    """Parse an ISO date or time. Text that is not a date becomes `_BEGINNING`, and validation reports it later."""
    try:
        found = datetime.fromisoformat(str(written))
    except ValueError:
        return _BEGINNING
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _event(resource: Mapping[str, Any], names: Mapping[str, str]) -> tuple[Row, Row]:
    attributes = _part(resource, "attributes")
    properties = _part(attributes, "event_properties")
    metric = _related(resource, "metric")
    if not isinstance(metric, str) or metric not in names:
        raise DataError.issues(
            [
                f"events: the metric id {quoted(metric)} is not among the included metrics. Request the pages with include=metric."
            ]
        )
    own = {name: value for name, value in attributes.items() if name not in ("event_properties", "timestamp")}
    if own.get("value") is None:
        own["value"] = properties.pop("$value", None)
    own["datetime"] = attributes.get("datetime") or attributes.get("timestamp")
    own |= {"profile_id": _related(resource, "profile"), "metric": names[metric]}
    return own | {"event_id": resource.get("id"), "metric_id": metric}, properties


def _merged(found: list[tuple[Row, Row]], part: str, is_taken: Callable[[str, set[str]], bool]) -> list[Row]:
    """Merge each row's own fields and custom properties. Rename custom properties that clash, in the same way in every row."""
    own = {name for row, _ in found for name in row}
    custom = dict.fromkeys(name for _, row in found for name in row)
    names = {name: f"{part}[{name!r}]" if name in own or is_taken(name, own) else name for name in custom}
    return [row | {names[name]: value for name, value in properties.items()} for row, properties in found]


def _looks_known(name: str, own: set[str]) -> bool:
    """Return whether validation would mistake a custom property for a known column that the pages lack.

    An example is a property "SMS Consent" on pages without subscriptions: it is not the consent that Klaviyo stores.
    """
    known = canonical_name("profiles", name)
    return known in PROFILE_COLUMNS and known not in own and known not in _FILLED_BY_PROPERTIES


def _related(resource: Mapping[str, Any], name: str) -> Any:
    return _part(_part(_part(resource, "relationships"), name), "data").get("id")


def _part(resource: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return a part of a resource, which must be a mapping, or an empty mapping if the part is missing or null."""
    part = resource.get(name)
    if part is not None and not isinstance(part, Mapping):
        raise _wrong_shape(str(resource.get("type", "resource")))
    return dict(part or {})


def _resources(page: Any, kind: str) -> list[Mapping[str, Any]]:
    found = page.get("data") if isinstance(page, Mapping) else None
    if not isinstance(found, list) or any(not isinstance(one, Mapping) or one.get("type") != kind for one in found):
        raise _wrong_shape(kind)
    return found


def _wrong_shape(kind: str) -> DataError:
    wanted = f"a list named 'data' of resources of type {quoted(kind)}"
    return DataError.issues(
        [
            f"{kind}s: a page does not have Klaviyo's format, {wanted}. Save the responses of Get Profiles and Get Events unchanged."
        ]
    )


def _columns(rows: list[dict[str, Any]], table: str) -> Table:
    if not rows:
        raise DataError.empty_file(table)
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: cells_of([row.get(name) for row in rows]) for name in names}
