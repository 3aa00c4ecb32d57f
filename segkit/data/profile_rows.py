"""Profiles, each once: copies of a row and older versions are left out and noted, and rows that contradict each other refused."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.columns import Place, as_text
from segkit.data.doubled import Rows, compared, doubled, versions_of
from segkit.data.faults import Faults
from segkit.data.losses import Loss
from segkit.data.properties import Cells, Codes, PropertyColumn, arrow_cells


def one_row_each(profiles: Mapping[str, Cells], faults: Faults) -> tuple[dict[str, Cells], pa.Array, Loss]:
    """Return the profiles with an id, each once in its newest version, their ids, and how many have none.

    Two rows that differ under one id, of which nothing says which is newer, are fatal.
    """
    place = Place("profiles", "profile_id", faults)
    ids = as_text(profiles["profile_id"].loaded(), place)
    missing = np.asarray(pc.is_null(ids).to_numpy(zero_copy_only=False))
    if missing.all():
        place.refuse("no row has an id", missing, next_step="Look for the column that holds the ids")
    place.note("rows without an id", missing, done="left out")
    column = PropertyColumn(arrow_cells(pa.chunked_array([ids])))
    rows = np.flatnonzero(~missing)
    copies = 0
    if len(column.distinct) < len(rows):
        rows = _newest_rows(profiles, ids, column.codes, place)
        copies = int(np.count_nonzero(~missing)) - len(rows)
    loss = Loss("profiles", int(missing.sum()), len(ids) - copies)
    if len(rows) == len(ids):
        return dict(profiles), ids, loss
    return {name: cells.take(rows) for name, cells in profiles.items()}, ids.take(pa.array(rows)), loss


def _newest_rows(profiles: Mapping[str, Cells], ids: pa.Array, codes: Codes, place: Place) -> Rows:
    """Return the row that is kept of each id, in the order in which the ids came first."""
    counts = np.append(np.bincount(codes[codes >= 0]), 0)
    several = np.flatnonzero(counts[codes] > 1)
    columns = list(compared(profiles, several, but=["profile_id"]))
    found = doubled(several, codes[several], versions=versions_of(profiles, several), deciding=columns, others=())
    for fault, rows, done in (
        ("the same row twice", found.copies, "kept once"),
        ("the same profile in two versions", found.older, "the newest kept"),
    ):
        place.note(fault, len(rows), examples=_some(ids, rows), done=done)
    place.refuse(
        "different rows under one id",
        len(found.conflicts),
        examples=_some(ids, found.conflicts),
        next_step="Keep one row for each profile: the newest, as a rule",
    )
    kept = np.arange(len(codes))
    kept[found.first] = found.kept
    stays = codes >= 0
    stays[several] = False
    stays[found.first] = True
    return kept[stays]


def _some(ids: pa.Array, rows: Rows) -> list[str]:
    return [str(text) for text in ids.take(pa.array(rows[:3])).to_pylist()]
