"""Check columns and lists that an analyst adds to a loaded shop, for `Dataset.with_properties` and `Dataset.with_list`."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from segkit.data.checked import ListEntries
from segkit.data.coded import checked_cells
from segkit.data.files.frames import Frame, table_of
from segkit.data.properties import UNSET, Cells, Codes, cells_of
from segkit.data.validation.columns import Place
from segkit.data.validation.consent_columns import note_opt_outs
from segkit.data.validation.deleted import without_deleted
from segkit.data.validation.issues import Issues, masked
from segkit.data.validation.lookup import rows_of
from segkit.data.validation.near_columns import note_near_columns
from segkit.data.validation.tables import Table, named, note_places, read_known
from segkit.errors import DataError
from segkit.marks import unmarked
from segkit.vocabulary import PROFILE_COLUMNS, canonical_name

PROPERTIES, LIST = "with_properties", "with_list"
"""Names of the tables in the report for issues in added columns and lists."""

PLACING = {"zip", "latitude", "longitude"}
"""Columns that decide which postal codes the report counts as having no country."""

_DECIDING = {
    "phone_number",
    "country",
    "sms_consent",
    "sms_consent_timestamp",
    "can_receive_sms_marketing",
    "email_consent",
    "email_consent_timestamp",
    "email_suppressed",
    "email_suppressed_timestamp",
}
"""Columns that can't be replaced alone, since they are read together and depend on arguments of `sk.load`."""


def checked_properties(
    frame: Frame | pd.Series, held: Table, ids: pa.Array, *, day_first: bool | None, issues: Issues
) -> Table:
    """Check added columns, and return them with a cell for each loaded profile.

    Args:
        frame: the columns. `profile_id` is one of them or the index.
        held: the properties that the profiles already have.
        ids: the ids of the profiles.
        day_first: whether the day comes first in dates such as 06/07/2026.
        issues: the collection to which issues are added.

    Raises:
        DataError: the columns have issues that would change an answer silently. The error lists them all.
    """
    table = table_of(_as_frame(frame), PROPERTIES, issues)
    if "profile_id" not in {canonical_name("profiles", header) for header in table}:
        raise DataError.no_ids_to_add_by(PROPERTIES, list(table))
    # A header that equals the name of a property means that property: if the shop has both "City" and `city`, "City" means "City".
    table = named("profiles", table, {header: header for header in table if header in held}, issues)
    table = without_deleted("profiles", table, issues)
    deciding = [name for name in table if canonical_name("profiles", name) in _DECIDING]
    if deciding:
        raise DataError.decides_who_is_sent_to(deciding)
    issues.raise_if_fatal()
    rows = rows_of(table.pop("profile_id"), ids, PROPERTIES, issues)
    if not table or not len(rows):
        raise DataError.nothing_to_add(PROPERTIES)
    places = _places(rows, ids, issues)
    issues.raise_if_fatal()
    spread = {name: _spread(cells.loaded(), places) for name, cells in table.items()}
    found = {name: _checked(name, cells, issues, day_first=day_first) for name, cells in spread.items()}
    _note(found, held, issues)
    issues.raise_if_fatal()
    return found


def checked_list(name: str, ids: Iterable[Any], profile_ids: pa.Array, issues: Issues) -> tuple[str, ListEntries]:
    """Check the ids for a list, and return its name and its entries, which have no join dates.

    Raises:
        DataError: the name is empty or not text, or no profile has one of the ids.
    """
    if not isinstance(name, str) or not unmarked(name):
        raise DataError.bad_argument("name", name, "the name of a list, such as 'Picked in June'")
    texts = cells_of(_ids_in(ids))
    if not len(texts):
        raise DataError.nothing_to_add(LIST)
    rows = rows_of(texts, profile_ids, LIST, issues)
    issues.raise_if_fatal()
    members = pd.unique(rows[rows >= 0])
    issues.note(
        LIST,
        "profile_id",
        "ids that occur more than once",
        int((rows >= 0).sum()) - len(members),
        resolution="added to the list once",
    )
    nothing = np.zeros(len(members), dtype=np.int64)
    return unmarked(name), ListEntries(members, nothing, nothing.astype(bool))


def _as_frame(frame: Frame | pd.Series) -> Frame:
    if not isinstance(frame, pd.Series):
        return frame
    if not isinstance(frame.name, str):
        raise DataError.series_without_name(PROPERTIES)
    return frame.to_frame()


def _places(rows: Codes, ids: pa.Array, issues: Issues) -> Codes:
    """Return the row of each profile in the added columns, or -1 if it has none. A profile with two rows is a fatal issue."""
    counts = np.bincount(rows[rows >= 0], minlength=len(ids))
    several = np.flatnonzero(counts > 1)
    issues.refuse(
        PROPERTIES,
        "profile_id",
        "ids with more than one row",
        len(several),
        examples=ids.take(pa.array(several[:3])).to_pylist(),
        next_step="Keep one row for each, for example with frame.groupby('profile_id').first()",
    )
    places = np.full(len(ids), UNSET, dtype=np.int32)
    known = np.flatnonzero(rows >= 0)
    places[rows[known]] = known
    return places


def _spread(cells: Cells, places: Codes) -> Cells:
    if isinstance(cells.values, list):
        return Cells([None if place == UNSET else cells.values[place] for place in places])
    return Cells(cells.values.take(pa.array(places, mask=places == UNSET)))


def _checked(name: str, cells: Cells, issues: Issues, *, day_first: bool | None) -> Cells:
    if name not in PROFILE_COLUMNS:
        return cells
    return checked_cells(read_known(name, cells, Place("profiles", name, issues, day_first=day_first)))


def _note(found: Table, held: Table, issues: Issues) -> None:
    """Note the issues that loading would have noted for these columns, and which existing columns they replace."""
    # Include known columns that the shop has, but no custom properties, since loading has already noted their issues.
    note_near_columns("profiles", {name: held[name] for name in held if name in PROFILE_COLUMNS} | found, issues)
    note_opt_outs({name: cells for name, cells in found.items() if name not in PROFILE_COLUMNS}, issues)
    if "zip" in found and "country" in held:
        countries = held["country"].coded()
        note_places({"country": countries, "zip": found["zip"].coded()}, odd := Issues())
        issues.found += [issue for issue in odd.found if issue.column == "zip"]
    for name in found:
        if name in held:
            had = int(np.count_nonzero(~held[name].unset()))
            issues.note(
                PROPERTIES,
                name,
                "profiles that had a property with this name",
                had,
                resolution="replaced by the new column",
            )


def _ids_in(ids: Any) -> Any:
    """Return ids as a column, and refuse arguments that only look like ids, such as a column of True and False."""
    if isinstance(ids, pd.DataFrame):
        if ids.index.name != "profile_id" and "profile_id" not in ids:
            raise DataError.no_ids_to_add_by(LIST, list(map(str, ids)))
        ids = ids.get("profile_id", ids.index)
    if isinstance(ids, pd.Series) and pd.api.types.is_bool_dtype(ids.dtype):
        raise DataError.flags_instead_of_ids()
    if isinstance(ids, pd.Index):
        return ids.to_series()
    if isinstance(ids, pd.Series):
        return ids
    if isinstance(ids, (str, bytes)) or not isinstance(ids, Iterable):
        raise DataError.bad_argument(
            "ids",
            masked("profile_id", ids) if isinstance(ids, str) else ids,
            "a list of profile ids, such as frame.index",
        )
    return list(ids)
