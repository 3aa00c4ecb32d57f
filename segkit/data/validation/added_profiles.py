"""Add a profile without properties for each id that only occurs in events, for `add_profiles_of_events=True`."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.properties import Cells
from segkit.data.validation.columns import Place, as_text, examples_of, text_cells
from segkit.data.validation.issues import Issues


def with_profiles_of_events(
    profiles: dict[str, Cells], ids: pa.Array, events: dict[str, Cells], issues: Issues
) -> tuple[dict[str, Cells], pa.Array]:
    """Return profiles and their ids, with a row appended for each unknown id in the events, and note how many were added.

    If no event has the id of a profile, nothing is added: the two tables use different ids, which is refused later.
    """
    unnoted = Place("events", "profile_id", Issues())
    cells = text_cells(events["profile_id"], unnoted)
    rows = np.flatnonzero(cells.index_in(ids) < 0)
    if len(rows) == len(cells):
        return profiles, ids
    new = pc.unique(as_text(cells.take(rows), unnoted)).drop_null()
    if not len(new):
        return profiles, ids
    issues.note(
        "profiles",
        "profile_id",
        "profiles that occur only in events",
        len(new),
        examples=examples_of(new, np.ones(len(new), dtype=bool)),
        resolution="added without properties, as requested",
    )
    added = {name: _longer(column.loaded(), len(new)) for name, column in profiles.items() if name != "profile_id"}
    whole = pa.concat_arrays([ids, new])
    return {"profile_id": Cells(pa.chunked_array([whole])), **added}, whole


def _longer(cells: Cells, more: int) -> Cells:
    """Return a column with `more` unset cells appended."""
    if isinstance(cells.values, list):
        return Cells([*cells.values, *[None] * more])
    return Cells(pa.chunked_array([*cells.values.chunks, pa.nulls(more, cells.values.type)]))
