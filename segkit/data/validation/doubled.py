"""Choose which of several rows with the same id to keep, and classify the others as copies, older versions or conflicts.

`profile_rows.py` and `event_ids.py` decide what is allowed.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from segkit.data.properties import Cells, PropertyColumn

Rows: TypeAlias = npt.NDArray[np.int64]
Numbers: TypeAlias = npt.NDArray[Any]

VERSIONS = (
    "updated",
    "_ab_cdc_updated_at",
    "_airbyte_extracted_at",
    "_airbyte_emitted_at",
    "_sdc_batched_at",
    "_sdc_extracted_at",
    "_fivetran_synced",
)
"""Columns that show which of several rows is newer: first the account's own date, then the time when a connector read the row."""

_CONNECTORS = re.compile(r"^_+(ab|airbyte|dlt|fivetran|hevo|sdc)_")
_NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Doubled:
    """Rows that share an id with another row.

    Attributes:
        first: the first row of each id.
        kept: the row to keep for each id, in the same order. It is the newest row, or the last of several equally new rows.
        copies: rows that are equal to the kept row.
        older: rows that are older versions of the kept row.
        variants: rows that are not older than the kept row and differ from it only in columns that may differ.
        conflicts: rows that are not older than the kept row and differ from it in columns that must not differ.
    """

    first: Rows
    kept: Rows
    copies: Rows
    older: Rows
    variants: Rows
    conflicts: Rows

    @property
    def left_out(self) -> Rows:
        """All rows that are not kept."""
        return np.concatenate([self.copies, self.older, self.variants, self.conflicts])


def doubled(
    rows: Rows, ids: Numbers, *, versions: Iterable[Numbers], deciding: Iterable[Numbers], others: Iterable[Numbers]
) -> Doubled:
    """Choose which row of each id to keep.

    Args:
        rows: the rows that share an id with another row, in ascending order.
        ids: the code of each row's id.
        versions: columns with larger numbers in newer rows. The first column takes precedence.
        deciding: columns, as codes, in which two rows with the same id must not differ.
        others: columns, as codes, in which two rows with the same id may differ.

    >>> found = doubled(np.arange(3), np.array([7, 7, 7]), versions=[], deciding=[np.array([1, 2, 1])], others=[])
    >>> found.kept.tolist(), found.copies.tolist(), found.conflicts.tolist()
    ([2], [0], [1])
    """
    ranks = list(versions)
    order = np.lexsort((rows, *reversed(ranks), ids))
    is_last = np.append(ids[order][1:] != ids[order][:-1], True)
    group = np.cumsum(is_last) - is_last
    best = order[is_last]
    kept_of = np.empty(len(rows), dtype=np.int64)
    kept_of[order] = best[group]
    first = np.full(len(best), len(rows), dtype=np.int64)
    np.minimum.at(first, group, order)

    def differs(columns: Iterable[Numbers]) -> npt.NDArray[np.bool_]:
        found = np.zeros(len(rows), dtype=bool)
        for column in columns:
            found |= column != column[kept_of]
        return found

    is_other = kept_of != np.arange(len(rows))
    decides = differs(deciding)
    varies = differs(others) | decides
    is_older = differs(ranks) & varies
    return Doubled(
        first=rows[first],
        kept=rows[best],
        copies=rows[is_other & ~varies],
        older=rows[is_older],
        variants=rows[varies & ~is_older & ~decides],
        conflicts=rows[decides & ~is_older],
    )


def versions_of(table: Mapping[str, Cells], rows: Rows) -> list[Numbers]:
    """Return the columns of a table that show which row is newer, as numbers that are larger in newer rows."""
    folded = {header.strip().casefold(): header for header in table}
    return [_moments(table[folded[name]], rows) for name in VERSIONS if name in folded]


def compared(table: Mapping[str, Cells], rows: Rows, *, but: Iterable[str] = ()) -> Iterable[Numbers]:
    """Yield the columns of a table as codes, without a connector's metadata columns."""
    left_out = set(but)
    return (
        PropertyColumn(cells.take(rows)).codes
        for header, cells in table.items()
        if header not in left_out and not _CONNECTORS.match(header.strip().casefold())
    )


def _moments(cells: Cells, rows: Rows) -> Numbers:
    """Return dates as integers, with the smallest integer for missing dates. Numbers, such as seconds since 1970, stay unchanged."""
    column = PropertyColumn(cells.take(rows))
    instants = column.instants
    readable, values = instants.readable, instants.values
    if not readable.any():
        readable, values = column.numbers.readable, column.numbers.values.astype(np.int64)
    return np.append(np.where(readable, values, _NEVER), _NEVER)[column.codes]
