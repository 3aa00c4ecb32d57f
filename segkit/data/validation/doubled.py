"""Rows that share one id: which of them is kept, and what the others are to it. Its callers say whether that is allowed."""

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
"""Columns that say which of several rows is newer: what the account says before when a connector read it."""

_CONNECTORS = re.compile(r"^_+(ab|airbyte|dlt|fivetran|hevo|sdc)_")
_NEVER = np.iinfo(np.int64).min


@dataclass(frozen=True, slots=True)
class Doubled:
    """Rows that share an id with another row, those that are not kept by what they are to the one that is.

    Attributes:
        first: for each id the row that came first.
        kept: for each id, in the same order, the row that is kept: the newest, and of several the one that came last.
        copies: rows that say the same as the one kept.
        older: rows that are older versions of it.
        variants: rows that differ from it in something that decides nothing, and nothing says which is newer.
        conflicts: rows that differ from it in what decides, and nothing says which is newer.
    """

    first: Rows
    kept: Rows
    copies: Rows
    older: Rows
    variants: Rows
    conflicts: Rows

    @property
    def left_out(self) -> Rows:
        """All rows but those kept."""
        return np.concatenate([self.copies, self.older, self.variants, self.conflicts])


def doubled(
    rows: Rows, ids: Numbers, *, versions: Iterable[Numbers], deciding: Iterable[Numbers], others: Iterable[Numbers]
) -> Doubled:
    """Settle which of the rows of each id is kept.

    Args:
        rows: the rows that share an id with another one, ascending.
        ids: the number of the id of each of them.
        versions: numbers that are larger in a newer row; the first column counts most.
        deciding: columns, as numbers, in which two rows of one id may not differ.
        others: all other columns that say something, as numbers.

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
    """Return the columns of a table that say which row is newer, as numbers that are larger in a newer row."""
    folded = {header.strip().casefold(): header for header in table}
    return [_moments(table[folded[name]], rows) for name in VERSIONS if name in folded]


def compared(table: Mapping[str, Cells], rows: Rows, *, but: Iterable[str] = ()) -> Iterable[Numbers]:
    """Return the columns of a table as codes, one after another, without those in which a connector keeps its books."""
    left_out = set(but)
    return (
        PropertyColumn(cells.take(rows)).codes
        for header, cells in table.items()
        if header not in left_out and not _CONNECTORS.match(header.strip().casefold())
    )


def _moments(cells: Cells, rows: Rows) -> Numbers:
    """Return moments as whole numbers, the least where there is none; numbers, such as seconds since 1970, as they are."""
    column = PropertyColumn(cells.take(rows))
    instants = column.instants
    readable, values = instants.readable, instants.values
    if not readable.any():
        readable, values = column.numbers.readable, column.numbers.values.astype(np.int64)
    return np.append(np.where(readable, values, _NEVER), _NEVER)[column.codes]
