"""Prepare the rows of a layout's table: keep the newest version of each, drop deleted ones, and look names up in another table."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from segkit.data.properties import Cells, PropertyColumn
from segkit.data.validation.deleted import without_deleted
from segkit.data.validation.doubled import Doubled, compared, doubled, versions_of
from segkit.data.validation.issues import Issues
from segkit.data.validation.same_ids import same_ids
from segkit.data.validation.tables import Table


def current_rows(name: str, table: Table, key: Sequence[str], issues: Issues) -> Table:
    """Return the newest version of each row unless it is deleted, and note how many rows were left out. There may be none.

    Versions are compared before deleted rows are dropped, so that deleting a row does not bring an older version of it back. Rows that
    differ although nothing shows which is newer are all kept, and validation refuses them.

    Args:
        name: the name of the table, for the report.
        table: the table. It may have columns by which a connector marks versions and deleted rows.
        key: the headers that identify a row; none if every row counts.
        issues: where the rows that were left out are noted.
    """
    table = _newest(name, table, key, issues) if key else table
    found = Issues()
    kept = without_deleted(name, table, found)
    issues.found += [one for one in found.found if not one.is_fatal]
    is_nothing_left = any(one.is_fatal for one in found.found)
    return taken(kept, np.zeros(0, dtype=np.int64)) if is_nothing_left else kept


def taken(table: Mapping[str, Cells], rows: Any) -> Table:
    """Return some rows of a table."""
    return {header: cells.loaded().take(rows) for header, cells in table.items()}


def size_of(table: Mapping[str, Cells]) -> int:
    """Return the number of rows of a table."""
    return len(next(iter(table.values()))) if table else 0


def texts(cells: Cells) -> list[str | None]:
    """Return cells as text, with None for unset ones. Whole numbers, such as ids that were exported as numbers, have no decimals."""
    return [None if cell is None else _text(cell) for cell in objects(cells)]


def objects(cells: Cells) -> list[Any]:
    """Return cells as Python objects."""
    values = cells.loaded().values
    found: list[Any] = values if isinstance(values, list) else values.to_pylist()
    return found


def looked_up(keys: Cells, names: Mapping[str | None, str | None]) -> pa.Array:
    """Return the name of each key as text, null for keys that have none. Each distinct key is looked up once."""
    codes, distinct = keys.loaded().distinct()
    known = distinct if isinstance(distinct, list) else distinct.to_pylist()
    found = pa.array([*(names.get(_text(key)) for key in known), None], pa.string())
    return found.take(pa.array(np.where(codes < 0, len(known), codes)))


def text_column(values: Sequence[str | None]) -> Cells:
    """Return a column of text, unset where a value is None."""
    return Cells(pa.chunked_array([pa.array(values, pa.string())]))


def _text(cell: Any) -> str:
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()


def _newest(name: str, table: Table, key: Sequence[str], issues: Issues) -> Table:
    """Return a table without copies and older versions of rows."""
    if len(key) == 1:
        rows, ids = same_ids(table[key[0]].loaded())
    else:
        rows, ids = _same_pairs([PropertyColumn(table[header].loaded()).codes.astype(np.int64) for header in key])
    if not len(rows):
        return table
    columns = {header: cells.loaded() for header, cells in table.items()}
    # A deleted row may have lost its own dates, so the connector's time decides first.
    versions = versions_of(columns, rows)[::-1]
    found: Doubled = doubled(rows, ids, versions=versions, deciding=compared(columns, rows, but=key), others=())
    for issue, some, resolution in (
        ("the same row twice", found.copies, "kept once"),
        ("the same row in two versions", found.older, "only the newest version kept"),
    ):
        issues.note(name, " and ".join(key), issue, len(some), resolution=resolution)
    left_out = np.concatenate([found.copies, found.older])
    return taken(columns, np.setdiff1d(np.arange(size_of(table)), left_out))


def _same_pairs(codes: Sequence[Any]) -> tuple[Any, Any]:
    """Return the rows with a combination of codes that another row has too, and a number for each row's combination."""
    whole = np.zeros(len(codes[0]), dtype=np.int64)
    is_set = np.ones(len(whole), dtype=bool)
    for column in codes:
        whole = whole * (column.max(initial=0) + 2) + column + 1
        is_set &= column >= 0
    _, numbers, counts = np.unique(whole, return_inverse=True, return_counts=True)
    rows = np.flatnonzero((counts[numbers] > 1) & is_set)
    return rows, numbers[rows]
