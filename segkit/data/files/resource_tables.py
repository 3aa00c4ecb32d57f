"""Convert tables of Klaviyo API resources, as connectors store them with JSON attributes. The result is the same as from API pages."""

from collections.abc import Mapping
from typing import Any

from segkit.data.files.klaviyo_pages import events_table, newest_profiles, profiles_table
from segkit.data.properties import Cells
from segkit.data.validation.deleted import without_deleted
from segkit.data.validation.issues import Issues
from segkit.data.validation.tables import Table
from segkit.errors import DataError
from segkit.json_text import Halves, read_json

_PARTS = {
    "profiles": ("attributes", "subscriptions", "location", "predictive_analytics", "properties"),
    "events": ("attributes", "event_properties"),
}
_EXTRACTED = (
    "_airbyte_extracted_at",
    "_airbyte_emitted_at",
    "_sdc_batched_at",
    "_sdc_extracted_at",
    "_fivetran_synced",
)
_NOT_KEPT = frozenset({"id", "type", "attributes", "relationships", "links", "segments"})
"""Columns that are not attributes of a profile or an event. `id` becomes the id of the row instead."""


def unfolded(name: str, table: Table, issues: Issues) -> Table:
    """Convert a table of profiles or events with JSON columns as if it came from API pages. Return any other table unchanged.

    A JSON column consists of text, structs or mappings, and every cell that is set is an object. Of several rows with the same id,
    the newest version is kept. If they were updated at the same moment, the row that was extracted last is kept.

    Raises:
        DataError: the table has the ids of metrics but not their names, or an object does not have Klaviyo's format.
    """
    if name not in _PARTS or "id" not in table:
        return table
    parts = [part for part in _PARTS[name] if part in table]
    objects = {part: found for part in parts if (found := _objects(table[part], Halves())) is not None}
    if not objects:
        return table
    table = without_deleted(name, table, issues)
    issues.raise_if_fatal()
    halves = Halves()
    columns = {header: _objects(cells, halves) or _values(cells) for header, cells in table.items()}
    issues.note(
        name, "(file)", "strings with half a character", halves.found, resolution="the half was replaced by \ufffd"
    )
    rows = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    extracted = next((header for header in _EXTRACTED if header in columns), None)
    if extracted is not None:
        rows.sort(key=lambda row: "" if row[extracted] is None else str(row[extracted]))
    resources = [_resource(row, name.removesuffix("s")) for row in rows]
    if name == "profiles":
        return profiles_table([newest_profiles([{"data": resources}], issues)])
    return events_table([{"data": resources, "included": _metrics(resources)}])


def _resource(row: Mapping[str, Any], kind: str) -> dict[str, Any]:
    """Convert a row to a resource. Columns beside `attributes` also become attributes."""
    own = {
        header: value for header, value in row.items() if header not in _NOT_KEPT and not _is_bookkeeping(header, kind)
    }
    relationships = dict(row.get("relationships") or {})
    if kind == "event":
        person, metric, name = own.pop("profile_id", None), own.pop("metric_id", None), own.pop("metric", None)
        relationships.setdefault("profile", {"data": {"id": person}})
        relationships.setdefault("metric", {"data": {"id": metric or name}})
        if isinstance(name, str):
            relationships["metric"] = {"data": {**relationships["metric"].get("data", {}), "name": name}}
    given = {header: value for header, value in (row.get("attributes") or {}).items() if value is not None}
    return {"type": kind, "id": row["id"], "attributes": own | given, "relationships": relationships}


def _is_bookkeeping(header: str, kind: str) -> bool:
    """Return whether a column is a connector's metadata. Events keep the extraction time, which later orders their versions."""
    return header.startswith("_") and not (kind == "event" and header in _EXTRACTED)


def _metrics(resources: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the metrics of events in the form of a page's included resources."""
    names: dict[str, str] = {}
    unnamed: dict[str, None] = {}
    for one in resources:
        metric = (one["relationships"].get("metric") or {}).get("data") or {}
        name = metric.get("name") or (metric.get("attributes") or {}).get("name")
        if isinstance(name, str):
            names[str(metric.get("id"))] = name
        else:
            unnamed[str(metric.get("id"))] = None
    missing = [metric for metric in unnamed if metric not in names]
    if missing:
        raise DataError.metrics_without_names(missing)
    return [{"type": "metric", "id": metric, "attributes": {"name": name}} for metric, name in names.items()]


def _objects(cells: Cells, halves: Halves) -> list[dict[str, Any] | None] | None:
    """Return the objects of a column, or None if it contains anything else."""
    values = _values(cells) if _may_hold_objects(cells) else []
    found = [_object(value, halves) for value in values]
    are_objects = all(one is not None or value in (None, "") for one, value in zip(found, values, strict=True))
    return found if any(found) and are_objects else None


def _may_hold_objects(cells: Cells) -> bool:
    """Return whether the first cell that is set is an object, without reading the others."""
    values = cells.loaded().values
    several = values if isinstance(values, list) else (value.as_py() for value in values)
    first = next((value for value in several if value not in (None, "")), None)
    return isinstance(first, Mapping) or (isinstance(first, str) and first.lstrip().startswith("{"))


def _object(value: Any, halves: Halves) -> dict[str, Any] | None:
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            value = halves.without(read_json(value)) if "\\ud" in value or "\\uD" in value else read_json(value)
        except ValueError:
            return None
    return dict(value) if isinstance(value, Mapping) else None


def _values(cells: Cells) -> list[Any]:
    values = cells.loaded().values
    found: list[Any] = values if isinstance(values, list) else values.to_pylist()
    return found
