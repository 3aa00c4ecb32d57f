"""Convert the tables of a layout to the profiles, events and lists of a shop. Validation then checks these like any other tables."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.files.stored import joined_tables
from segkit.data.layouts.connectors import airbyte_events, bigquery_profiles, stitch_events, suppressed_profiles
from segkit.data.layouts.records import Layout, LayoutTable, custom_name
from segkit.data.layouts.rows import current_rows, looked_up, objects, size_of, taken, text_column, texts
from segkit.data.layouts.shopify import customers_profiles, orders_events
from segkit.data.properties import Cells, cells_of
from segkit.data.validation.columns import FEW
from segkit.data.validation.issues import Issues
from segkit.data.validation.options import LoadOptions
from segkit.data.validation.tables import Table
from segkit.errors import DataError

Raw: TypeAlias = Mapping[str, Table]
"""The tables as they were read, by their name in the layout."""


def shop_tables(
    layout: Layout, read: Mapping[str, Sequence[Table]], options: LoadOptions, issues: Issues
) -> dict[str, list[Table]]:
    """Return the profiles, events and lists of a shop, each in parts with their own headers.

    Args:
        layout: the layout.
        read: the parts of each table, by its name in the layout.
        options: the arguments of loading.
        issues: where rows that were left out are noted.

    Raises:
        DataError: a table lacks a column.
    """
    raw = {name: _checked(layout.table(name), parts, issues) for name, parts in read.items()}
    empty = [name for name, table in raw.items() if not size_of(table)]
    issues.note("layout", "(file)", "tables without rows", len(empty), examples=empty, resolution="nothing to load")
    found: dict[str, list[Table]] = {}
    for name, table in raw.items():
        becomes = layout.table(name).becomes
        if becomes is not None and size_of(table):
            found.setdefault(becomes, []).append(_convert(layout, name, raw, options, issues))
    if layout.adds_profiles:
        found.setdefault("profiles", []).append(_further_profiles(found, issues))
    return {part: kept for part, tables in found.items() if (kept := [one for one in tables if size_of(one)])}


def _further_profiles(found: Mapping[str, Sequence[Table]], issues: Issues) -> Table:
    """Return a profile without properties for each person of whom only events are known."""
    known = {
        one
        for table in found.get("profiles", ())
        for one in texts(table["profile_id" if "profile_id" in table else "id"])
    }
    ids = dict.fromkeys(one for table in found.get("events", ()) for one in texts(table["profile_id"]))
    others = [one for one in ids if one is not None and one not in known]
    issues.note(
        "profiles",
        "profile_id",
        "people of whom only events are known",
        len(others),
        resolution="profiles were created from the events, without properties, consent and phone number",
    )
    return {"profile_id": text_column(others)}


def _checked(table: LayoutTable, parts: Sequence[Table], issues: Issues) -> Table:
    """Return the current rows of a table, whose headers must be there. Headers of known columns become lower case."""
    known = {*table.needs, *table.columns, *table.key}
    folded = [{_folded(header, known): cells for header, cells in part.items()} for part in parts]
    whole = joined_tables(folded) if folded else {}
    if not size_of(whole):
        return {}
    missing = [header for header in (*table.needs, *table.key) if header not in whole]
    if missing:
        raise DataError.lacking_in_layout(table.name, dict.fromkeys(missing), whole)
    return current_rows(table.name, whole, table.key, issues)


def _folded(header: str, known: set[str]) -> str:
    """Return a header in lower case if the layout knows it, or a connector added it. Names of custom fields keep their case."""
    lower = header.strip().casefold()
    return lower if lower in known or lower.startswith("_") else header


def _convert(layout: Layout, name: str, raw: Raw, options: LoadOptions, issues: Issues) -> Table:
    table, record = raw[name], layout.table(name)
    special: dict[tuple[str, str], Callable[[], Table]] = {
        ("fivetran", "person"): lambda: _suppressed(_renamed(record, table), raw, issues),
        ("fivetran", "event"): lambda: _of_metrics(_renamed(record, table), raw, issues),
        ("fivetran", "list_person"): lambda: _of_lists(_renamed(record, table), raw, issues),
        ("bigquery", "profiles"): lambda: _renamed(record, bigquery_profiles(table, issues)),
        ("bigquery", "events"): lambda: _of_metrics(table, raw, issues, of="metrics"),
        ("airbyte", "events"): lambda: airbyte_events(table, raw.get("metrics") or None, issues),
        ("airbyte", "events_detailed"): lambda: airbyte_events(table, raw.get("metrics") or None, issues),
        ("stitch", "global_exclusions"): lambda: suppressed_profiles(table),
        ("shopify", "customers"): lambda: customers_profiles(table, options, issues),
        ("shopify", "orders"): lambda: orders_events(table, issues),
    }
    if record.metric is not None:
        return stitch_events(table, record.metric, name, issues)
    return special.get((layout.name, name), lambda: _renamed(record, table))()


def _renamed(record: LayoutTable, table: Table) -> Table:
    """Return a table with segkit's names. Custom fields lose their prefix unless the name is taken, and are kept under it then."""
    found: Table = {}
    custom: dict[str, Cells] = {}
    for header, cells in table.items():
        lower = header.casefold()
        if lower in record.columns:
            found[record.columns[lower]] = cells
        elif record.prefix and lower.startswith(record.prefix) and len(lower) > len(record.prefix):
            custom[header[len(record.prefix) :]] = cells
        else:
            found[header] = cells
    for name, cells in custom.items():
        found[custom_name(record, name, found)] = cells
    is_packed = "event_properties" in found
    if record.becomes == "events" and not is_packed and "event_id" not in found:
        # A packed column is unpacked together with the ids, which must keep their names for this.
        found = {("event_id" if header == "id" else header): cells for header, cells in found.items()}
    return found


def _of_metrics(events: Table, raw: Raw, issues: Issues, of: str = "metric") -> Table:
    """Return events with the names of their metrics. A name that an event itself has takes precedence."""
    if "metric" in events and not events["metric"].loaded().unset().any():
        return events
    if not raw.get(of) or "metric_id" not in events:
        if "metric" in events:
            return events  # validation reports events without a metric
        raise DataError.lacking_in_layout("event", ["type, or metric_id and a table of metrics"], events)
    names = dict(zip(texts(raw[of]["id"]), texts(raw[of]["name"]), strict=True))
    found = looked_up(events["metric_id"], names)
    if "metric" in events:
        found = pc.coalesce(pa.array(texts(events["metric"]), pa.string()), found)
    lost = np.flatnonzero(found.is_null())
    issues.note(
        "events",
        "metric_id",
        "events of a metric without a name",
        len(lost),
        examples=texts(events["metric_id"].loaded().take(lost[:FEW])),
        resolution=f"left out, because the table {of} does not have these metrics",
    )
    if "event_properties" not in events:
        # Validation leaves out events without a metric, and counts them among the events that were lost.
        return {**events, "metric": Cells(pa.chunked_array([found]))}
    return _named_rows(events, "metric", found)


def _named_rows(table: Table, header: str, names: pa.Array) -> Table:
    """Return a table with a column of names, without the rows that have none."""
    named = {**table, header: Cells(pa.chunked_array([names]))}
    return taken(named, np.flatnonzero(names.is_valid())) if names.null_count else named


def _of_lists(entries: Table, raw: Raw, issues: Issues) -> Table:
    """Return the entries of lists with the names of the lists."""
    if not raw.get("list"):
        resolution = "the lists have their ids as names: in_list needs the id. Add the table list to use names"
        issues.note("lists", "list_id", "no rows in the table list", 1, resolution=resolution)
        return entries
    names = dict(zip(texts(raw["list"]["id"]), texts(raw["list"]["list_name"]), strict=True))
    found = looked_up(entries["list_id"], names)
    lost = np.flatnonzero(found.is_null())
    issues.note(
        "lists",
        "list_id",
        "entries of lists without a name",
        len(lost),
        examples=texts(entries["list_id"].loaded().take(lost[:FEW])),
        resolution="left out, because the table list does not have these lists, or they are deleted",
    )
    shared = [name for name, times in Counter(names.values()).items() if times > 1]
    issues.note(
        "lists", "list_id", "lists with the same name", len(shared), examples=shared, resolution="counted as one list"
    )
    return _named_rows(entries, "list_id", found)


def _suppressed(profiles: Table, raw: Raw, issues: Issues) -> Table:
    """Return profiles with the reason and the date for which an email address is suppressed, from the table of exclusions."""
    if not raw.get("global_exclusion"):
        resolution = "nobody counts as suppressed for email. If somebody is, add the table"
        issues.note("profiles", "email_suppressed", "no rows in the table global_exclusion", 1, resolution=resolution)
        return profiles
    table = raw["global_exclusion"]
    ids, size = texts(table["person_id"]), size_of(table)
    reasons = texts(table["reason"]) if "reason" in table else [None] * size
    # An exclusion without a reason is still an exclusion.
    reason_of: dict[str | None, str] = {
        key: reason or "true" for key, reason in zip(ids, reasons, strict=True) if key is not None
    }
    of_each = texts(profiles["id"])
    known = set(of_each)
    issues.note(
        "profiles",
        "email_suppressed",
        "exclusions of unknown profiles",
        sum(key not in known for key in reason_of),
        resolution="left out, because no profile has their person_id",
    )
    found = {**profiles, "email_suppressed": text_column([reason_of.get(key, "false") for key in of_each])}
    if "timestamp" in table:
        dates = dict(zip(ids, objects(table["timestamp"]), strict=True))
        found["email_suppressed_timestamp"] = cells_of([dates.get(key) for key in of_each])
    return found
