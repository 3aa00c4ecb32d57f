"""Convert the tables of connectors that keep the objects of Klaviyo's API as JSON: Airbyte, Stitch and Google's BigQuery transfer.

`segkit/data/files/resource_tables.py` unpacks these objects afterwards. Here they only get the columns that it needs.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from segkit.data.layouts.rows import objects, size_of, taken, text_column, texts
from segkit.data.properties import cells_of
from segkit.data.validation.issues import Issues
from segkit.data.validation.tables import Table
from segkit.json_text import read_json

_SUPPRESSION = ("email_marketing_suppression_reason",)


def airbyte_events(events: Table, metrics: Table | None, issues: Issues) -> Table:
    """Return events with the names of their metrics, which the events have themselves or the stream of metrics has."""
    names = {} if metrics is None else _names(metrics)
    found, lost = [], []
    for row, cell in enumerate(objects(events["relationships"])):
        metric = _inner(_object(cell), "metric", "data")
        name = metric.get("name") or names.get(str(metric.get("id")))
        found.append(None if name is None else str(name))
        if name is None:
            lost.append((row, metric.get("id")))
    issues.note(
        "events",
        "relationships",
        "events of a metric without a name",
        len(lost),
        examples=[metric for _, metric in lost],
        resolution="left out, because the stream metrics does not have these metrics",
    )
    named = {**events, "metric": text_column(found)}
    kept = np.setdiff1d(np.arange(len(found)), [row for row, _ in lost])
    return taken(named, kept) if lost else named


def bigquery_profiles(profiles: Table, issues: Issues) -> Table:
    """Return profiles with the suppressions of email as Klaviyo's API has them."""
    header = next((header for header in profiles if header.casefold() in _SUPPRESSION), None)
    if header is None:
        resolution = "nobody counts as suppressed for email. Export this column of Profiles"
        issues.note("profiles", "email_suppressed", f"no column {_SUPPRESSION[0]}", 1, resolution=resolution)
        return profiles
    cells = [_suppressions(cell) for cell in objects(profiles[header])]
    others = {name: column for name, column in profiles.items() if name != header}
    return {
        **others,
        "subscriptions": cells_of([{"email": {"marketing": {"suppressions": several}}} for several in cells]),
    }


def stitch_events(events: Table, metric: str, name: str, issues: Issues) -> Table:
    """Return the events of a metric's table. The first item of the array `profile` says whose event it is."""
    people = [_profile_id(cell) for cell in objects(events["profile"])]
    lost = sum(person is None for person in people)
    issues.note(name, "profile", "events without a profile", lost, resolution="left out")
    found = {
        "id": events["id"],
        "profile_id": text_column(people),
        "metric": text_column([metric] * len(people)),
        "datetime": events["timestamp"],
    }
    dropped = {"id", "profile", "metric", "timestamp", "datetime", "type"}
    found |= {header: cells for header, cells in events.items() if header not in dropped}
    if "event_properties" not in found:
        found["event_id"] = found.pop("id")
    is_known = np.flatnonzero([person is not None for person in people])
    return taken(found, is_known) if lost else found


def suppressed_profiles(profiles: Table) -> Table:
    """Return the profiles of Stitch's table of exclusions, which are all suppressed for email."""
    return {**profiles, "email_suppressed": cells_of([True] * size_of(profiles))}


def _names(metrics: Table) -> dict[str, str]:
    """Return the names of metrics by their ids."""
    attributes = [_object(cell) for cell in objects(metrics["attributes"])]
    both = zip(texts(metrics["id"]), attributes, strict=True)
    return {str(key): str(own["name"]) for key, own in both if own.get("name") is not None}


def _profile_id(cell: Any) -> str | None:
    found = _parsed(cell)
    first = found[0] if isinstance(found, list) and found else found
    own = first.get("id") if isinstance(first, Mapping) else first
    return own if isinstance(own, str) and own else None


def _suppressions(cell: Any) -> list[dict[str, Any]]:
    """Return the suppressions in a repeated column. A reason without a date, or in another shape, still suppresses."""
    found = _parsed(cell)
    several = found if isinstance(found, list) else [] if found in (None, "") else [found]
    read = [_parsed(one) for one in several]
    return [dict(one) if isinstance(one, Mapping) else {"reason": one} for one in read]


def _object(cell: Any) -> dict[str, Any]:
    found = _parsed(cell)
    return dict(found) if isinstance(found, Mapping) else {}


def _inner(found: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    for name in names:
        inner = found.get(name)
        found = inner if isinstance(inner, Mapping) else {}
    return found


def _parsed(cell: Any) -> Any:
    """Return a cell that may be JSON text as its value."""
    if isinstance(cell, str) and cell.lstrip()[:1] in ("{", "[", '"'):
        try:
            return read_json(cell)
        except ValueError:
            return cell
    return cell
