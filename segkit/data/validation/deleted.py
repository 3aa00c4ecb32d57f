"""Leave out rows that a connector marked as deleted or as an older version."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.instants import Flags
from segkit.data.properties import Cells, PropertyColumn
from segkit.data.validation.columns import Place, examples_of, truths_of
from segkit.data.validation.issues import Issues

_DELETED = frozenset({"_fivetran_deleted", "__deleted", "_deleted", "_hevo__marked_deleted", "__hevo__marked_deleted"})
_DELETED_AT = frozenset({"_sdc_deleted_at", "_ab_cdc_deleted_at"})
_ACTIVE = frozenset({"_fivetran_active"})


def without_deleted(name: str, table: Mapping[str, Cells], issues: Issues) -> dict[str, Cells]:
    """Return a table without the rows marked as deleted, and without the columns that mark them.

    Only these columns are read, unless a row is left out. A table in which all rows are deleted is refused.
    """
    marks = {header: cells for header, cells in table.items() if header.strip().casefold() in _MARKS}
    if not marks:
        return dict(table)
    others = {header: cells for header, cells in table.items() if header not in marks}
    kept = np.ones(len(next(iter(table.values()))), dtype=bool)
    for header, cells in marks.items():
        folded = header.strip().casefold()
        gone = kept & _MARKS[folded](cells.loaded(), Place(name, header, issues))
        issue, what = "rows marked as deleted", "deleted"
        if folded in _ACTIVE:
            issue, what = "older versions of rows", "no longer current"
        issues.note(
            name, header, issue, int(gone.sum()), resolution=f"left out, because the connector marked them as {what}"
        )
        kept &= ~gone
    if not kept.any():
        issues.refuse(
            name,
            " and ".join(marks),
            "all rows are marked as deleted, so nothing is left to load",
            len(kept),
            next_step=f"Check that the connector still syncs {name}, or load the table without these columns",
        )
        return others
    return others if kept.all() else {header: _only(cells.loaded(), kept) for header, cells in others.items()}


def _true(cells: Cells, place: Place) -> Flags:
    """Return which rows are true, and note rows that are neither true nor false."""
    return _truths(cells, place)[0]


def _false(cells: Cells, place: Place) -> Flags:
    return _truths(cells, place)[1]


def _truths(cells: Cells, place: Place) -> tuple[Flags, Flags]:
    column = PropertyColumn(cells)
    is_true, readable = truths_of(column)
    unreadable = column.rows(~readable & ~_blank(column))
    place.note("neither true nor false", unreadable, examples=examples_of(cells, unreadable), resolution="kept")
    return column.rows(is_true), column.rows(readable & ~is_true)


def _set(cells: Cells, _place: Place) -> Flags:
    """Return which rows have a deletion date."""
    column = PropertyColumn(cells)
    return column.rows(~_blank(column))


def _blank(column: PropertyColumn) -> Flags:
    """Return which distinct values are blank text, which counts as not set."""
    return np.array([not str(value).strip() for value in column.distinct], dtype=bool)


def _only(cells: Cells, kept: Flags) -> Cells:
    """Return some rows of a column in memory, in chunks, since the text may be too long for a single array."""
    if isinstance(cells.values, list):
        return Cells([value for value, is_kept in zip(cells.values, kept, strict=True) if is_kept])
    return Cells(pc.filter(cells.values, pa.array(kept)))


_MARKS = dict.fromkeys(_DELETED, _true) | dict.fromkeys(_DELETED_AT, _set) | dict.fromkeys(_ACTIVE, _false)
"""Maps the case-folded header of each column that marks rows to the function that returns which rows to leave out."""
