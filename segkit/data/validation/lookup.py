"""Look up the profile ids of events and lists among the profiles, and note unknown ids."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.instants import Flags
from segkit.data.properties import Cells, Codes, codes_of
from segkit.data.validation.columns import Place, as_text, examples_of, text_cells
from segkit.data.validation.issues import Issues, shown


def rows_of(cells: Cells, ids: pa.Array, table: str, issues: Issues) -> Codes:
    """Return the row of each id's profile, or -1 for missing and unknown ids, which are noted.

    It is fatal if all ids are unknown, since the two tables then use different ids.
    """
    place = Place(table, "profile_id", issues)
    cells = text_cells(cells, place)
    rows = cells.index_in(ids)
    nowhere = np.flatnonzero(rows < 0)
    if not len(nowhere):
        return rows
    who = as_text(cells.take(nowhere), place)
    place.note("rows without a profile id", who.null_count, resolution="left out")
    # Look up again after conversion to text, which removes marks around ids.
    again = codes_of(pc.index_in(who, value_set=ids, skip_nulls=True))
    if (again >= 0).any():
        rows = rows.copy()
        rows[nowhere] = again
    unknown = _flags(pc.is_valid(who)) & (again < 0)
    if len(ids) and (rows < 0).all():
        issues.refuse(
            table,
            "profile_id",
            "no id belongs to a profile",
            int(unknown.sum()),
            examples=examples_of(who, unknown),
            next_step=f"Profiles have ids such as {shown('profile_id', ids[:2].to_pylist())}: use the same ids in both tables",
        )
    else:
        place.note("rows of unknown profiles", unknown, examples=examples_of(who, unknown), resolution="left out")
    return rows


def _flags(column: pa.Array | pa.ChunkedArray) -> Flags:
    filled = pc.fill_null(column, fill_value=False)
    return np.asarray(
        filled.to_numpy() if isinstance(filled, pa.ChunkedArray) else filled.to_numpy(zero_copy_only=False)
    )
