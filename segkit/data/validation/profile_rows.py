"""Keep one row for each profile: leave out copies and older versions, and refuse rows that contradict each other."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.instants import Flags
from segkit.data.properties import Cells, PropertyColumn
from segkit.data.validation.columns import Place, as_text
from segkit.data.validation.doubled import Doubled, Numbers, Rows, compared, doubled, versions_of
from segkit.data.validation.issues import Issues
from segkit.data.validation.losses import Loss
from segkit.data.validation.same_ids import same_ids
from segkit.wording import listed


def one_row_each(profiles: Mapping[str, Cells], issues: Issues) -> tuple[dict[str, Cells], pa.Array, Loss]:
    """Return the newest row of each profile, the ids, and how many rows were left out because they have no id.

    Two different rows with the same id are fatal if nothing shows which row is newer.
    """
    place = Place("profiles", "profile_id", issues)
    ids = as_text(profiles["profile_id"].loaded(), place)
    missing = np.asarray(pc.is_null(ids).to_numpy(zero_copy_only=False))
    if missing.all():
        place.refuse(
            "no row has an id",
            missing,
            next_step="Find the column that contains the ids, and pass columns={HEADER: 'profile_id'}",
        )
    place.note("rows without an id", missing, resolution="left out")
    several, same = same_ids(Cells(pa.chunked_array([ids])))
    rows = np.flatnonzero(~missing)
    copies = 0
    if len(several):
        rows = _newest_rows(profiles, ids, several, same, place)
        copies = int(np.count_nonzero(~missing)) - len(rows)
    loss = Loss("profiles", int(missing.sum()), len(ids) - copies)
    if len(rows) == len(ids):
        return dict(profiles), ids, loss
    return {name: cells.take(rows) for name, cells in profiles.items()}, ids.take(pa.array(rows)), loss


def _newest_rows(profiles: Mapping[str, Cells], ids: pa.Array, several: Rows, same: Numbers, place: Place) -> Rows:
    """Return the row to keep for each id, in the order of the ids' first rows.

    Args:
        profiles: the table.
        ids: the id of each row, or null if it has none.
        several: the rows that share their id with another row.
        same: the code of the id of each of these rows.
        place: where copies and older versions are noted.
    """
    columns = list(compared(profiles, several, but=["profile_id"]))
    found = doubled(several, same, versions=versions_of(profiles, several), deciding=columns, others=())
    for issue, rows, resolution in (
        ("the same row twice", found.copies, "kept once"),
        ("the same profile in two versions", found.older, "only the newest version kept"),
    ):
        place.note(issue, len(rows), examples=_some(ids, rows), resolution=resolution)
    kept = np.arange(len(ids))
    numbers = same[np.searchsorted(several, found.kept)]
    kept[several] = found.kept[np.searchsorted(numbers, same)]
    _refuse_conflicts(profiles, ids, found, kept, place)
    stays: Flags = np.array(ids.is_valid(), dtype=bool)
    stays[several] = False
    stays[found.first] = True
    return kept[stays]


def _refuse_conflicts(profiles: Mapping[str, Cells], ids: pa.Array, found: Doubled, kept: Rows, place: Place) -> None:
    """Refuse rows that contradict the kept row with the same id. Ids that a spreadsheet shortened are reported separately."""
    is_shortened = pc.match_substring_regex(ids.take(pa.array(found.conflicts)), _SHORTENED)
    shortened = found.conflicts[np.asarray(is_shortened.to_numpy(zero_copy_only=False), dtype=bool)]
    others = np.setdiff1d(found.conflicts, shortened)
    place.refuse(
        "ids that a spreadsheet shortened, so that several profiles share one",
        len(shortened),
        examples=_some(ids, shortened),
        next_step=_EXPORT_AGAIN,
    )
    differing = _differing(profiles, others, kept[others])
    place.refuse(
        f"different rows with the same id, which differ in {listed(differing, most=5)}",
        len(others),
        examples=_some(ids, others),
        next_step=_ONE_ROW_EACH,
    )


_SHORTENED = r"^\d(\.\d+)?[eE]\+\d+$"
_EXPORT_AGAIN = (
    "Their last digits are lost in this file, and nothing else distinguishes the profiles. Export the file again and don't save it from "
    "a spreadsheet, or import the column of ids into the spreadsheet as text"
)
_ONE_ROW_EACH = (
    "If they are different people, give each an id of its own. If they are versions of one profile, keep the right row and "
    "remove the others; if any of them is unsubscribed, the kept row must be, too"
)


def _differing(profiles: Mapping[str, Cells], rows: Rows, kept: Rows) -> list[str]:
    """Return the columns in which some rows differ from the row that would be kept, without a connector's metadata columns."""
    found = []
    for name, cells in profiles.items():
        one, other = np.split(PropertyColumn(cells.take(np.concatenate([rows, kept]))).codes, 2)
        if not name.startswith("_") and (one != other).any():
            found.append(name)
    return found


def _some(ids: pa.Array, rows: Rows) -> list[str]:
    return [str(text) for text in ids.take(pa.array(rows[:3])).to_pylist()]
