"""Validate all tables of a shop: rename and check their columns, and convert known columns to their types."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit import vocabulary as schema
from segkit.data.checked import Checked, ListEntries
from segkit.data.coded import checked_cells
from segkit.data.events import EventIndex
from segkit.data.instants import Flags
from segkit.data.places import PostalPoints, country_code, country_codes, odd_us_codes, postal_key
from segkit.data.properties import Cells, PropertyColumn, arrow_cells
from segkit.data.validation.added_profiles import with_profiles_of_events
from segkit.data.validation.columns import (
    FEW,
    Place,
    as_consent,
    as_numbers,
    as_text,
    as_truths,
    as_words,
    bare_cells,
    text_cells,
)
from segkit.data.validation.consent_columns import note_missing_consent, note_opt_outs
from segkit.data.validation.date_columns import as_instants
from segkit.data.validation.deleted import without_deleted
from segkit.data.validation.event_rows import checked_events
from segkit.data.validation.issues import Issues
from segkit.data.validation.lookup import rows_of
from segkit.data.validation.losses import put_first
from segkit.data.validation.near_columns import looks_like, near_headers, note_near_columns
from segkit.data.validation.options import LoadOptions
from segkit.data.validation.placeholders import note_placeholders
from segkit.data.validation.profile_rows import one_row_each
from segkit.data.validation.sms_records import read_sms_columns
from segkit.header_spellings import PROFILE_SPELLINGS
from segkit.masking import masked_text, quoted
from segkit.wording import listed, nearest

Table: TypeAlias = dict[str, Cells]
Rows: TypeAlias = npt.NDArray[np.int32]

RECURRING = {"country", "region", "city", "zip", "timezone", "predicted_gender"}
"""Known columns of text with recurring values that conditions test. They are dictionary-encoded to save memory and time."""


def named(table: str, cells: Table, renames: Mapping[str, str], issues: Issues) -> Table:
    """Return a table with canonical column names, also for Klaviyo's own headers. Refuse missing and duplicate columns."""
    found: Table = {}
    came_from: dict[str, str] = {}
    holders = _holders(table, cells)
    for header, column in cells.items():
        name = renames.get(header, schema.canonical_name(table, header))
        if holders.get(name, header) != header and header not in renames:
            beside, name = name, f"properties[{header!r}]" if header == name else header
            resolution = (
                "kept as a property under its own name"
                if header == name
                else f"kept as the property {masked_text(name)}"
            )
            issues.note(table, beside, f"{quoted(header)} has the same meaning", 1, resolution=resolution)
        issues.refuse(
            table,
            name,
            f"{quoted(came_from.get(name))} and {quoted(header)} are two columns with this meaning",
            int(name in found),
            next_step="Remove or rename one",
        )
        found[name] = column
        came_from[name] = header
    for name in schema.REQUIRED[table]:
        near = near_headers(table, name, cells)
        looks = nearest(name, cells) or (f" {quoted(near[0])} looks like this column." if near else "")
        yours = masked_text(near[0]) if near else "YOUR HEADER"
        issues.refuse(
            table,
            name,
            f"this column is missing.{looks} The columns are: {listed(cells, most=40) or 'none'}",
            int(name not in found),
            next_step=(
                f'Rename the column that contains it, or pass the header of that column: sk.load(..., columns={{"{yours}": "{name}"}}), '
                f'or segkit build ... --columns "{yours}={name}"'
            ),
        )
    return _with_meaning_of_id(found, cells, renames) if table == "profiles" else found


def _with_meaning_of_id(found: Table, cells: Table, renames: Mapping[str, str]) -> Table:
    """Return profiles in which a column that is renamed to `profile_id`, such as the email, also keeps its own name."""
    for header in cells:
        own = schema.canonical_name("profiles", header)
        own = own if own in schema.PROFILE_COLUMNS else looks_like("profiles", header) or own
        if renames.get(header) == "profile_id" and own in schema.PROFILE_COLUMNS and own not in found:
            return found | {own: cells[header]}
    return found


def _holders(table: str, cells: Table) -> dict[str, str]:
    """Return the header to use for each column that several headers match: its exact name or, in a member export, Klaviyo's header.

    A table with a column "Klaviyo ID" is a member export. Its custom properties may have any name, such as `city` beside `City`.
    """
    is_export = table == "profiles" and "profile_id" not in cells and "klaviyo id" in map(str.casefold, cells)
    if not is_export:
        return {name: name for name in cells}
    ranks = {spelling: rank for rank, spelling in enumerate(PROFILE_SPELLINGS)} | {"klaviyo id": -1}
    found: dict[str, list[str]] = {}
    for header in cells:
        found.setdefault(schema.canonical_name(table, header), []).append(header)
    return {
        name: min(
            headers, key=lambda header: ranks.get(header.strip().casefold(), len(ranks)) + len(ranks) * (header == name)
        )
        for name, headers in found.items()
        if name in schema.PROFILE_COLUMNS and len(headers) > 1
    }


def check(
    *,
    profiles: Table | None,
    events: Table | None,
    lists: Table | None,
    places: Table | None,
    options: LoadOptions,
    issues: Issues,
) -> Checked:
    """Validate renamed tables and convert their known columns. Columns in files are read one at a time.

    Raises:
        DataError: some issues would silently change results. The error lists all of them.
    """
    issues.raise_if_fatal()
    given = {"profiles": profiles, "events": events, "lists": lists, "places": places}
    tables = {name: without_deleted(name, table, issues) for name, table in given.items() if table is not None}
    issues.raise_if_fatal()
    profiles, events, lists, places = (tables.get(name) for name in given)
    if profiles is None:
        profiles = {"profile_id": events["profile_id"]} if events else {}
        texts = text_cells(profiles["profile_id"], Place("events", "profile_id", issues)).loaded()
        bare = bare_cells(Cells(pa.chunked_array([pc.unique(texts.values)])), Place("events", "profile_id", Issues()))
        ids = pc.unique(bare.values).drop_null()
        issues.note(
            "profiles",
            "profile_id",
            "no table of profiles",
            len(ids),
            resolution="created from the events, without properties",
        )
        profiles = {"profile_id": arrow_cells(pa.chunked_array([ids]))}
    kept, ids, lost_profiles = one_row_each(profiles, issues)
    if options.add_profiles_of_events and events is not None:
        kept, ids = with_profiles_of_events(kept, ids, events, issues)
    for name, table in tables.items():
        note_near_columns(name, table, issues)
    kept |= _suppressions(kept)
    known, unknown_sms_words = _known_columns(kept, len(ids), options, issues)
    custom = {name: column.loaded() for name, column in kept.items() if name not in schema.PROFILE_COLUMNS}
    phones, sms = read_sms_columns(known, kept, options.default_country, options.consent, issues)
    note_places(known, issues)
    known = {name: checked_cells(column) for name, column in known.items()}
    if "sms_consent" in known:
        note_opt_outs(custom, issues)
    else:
        note_missing_consent(custom, options.consent, issues)
    index, lost_events = EventIndex({}, lacks=options.lacks), None
    if events is not None:
        index, lost_events, undated = checked_events(events, ids, options, issues)
        sms = replace(sms, undated_opt_outs=undated)
    entries = _lists(_loaded(lists), ids, options, issues) if lists is not None else {}
    points = _places(_loaded(places), issues) if places is not None else PostalPoints()
    issues.raise_if_fatal()
    losses = tuple(loss for loss in (lost_profiles, lost_events) if loss is not None and loss.is_large)
    put_first(losses, issues)
    return Checked(ids, {**known, **custom}, unknown_sms_words, sms, phones, index, entries, points, losses)


def _loaded(table: Table) -> Table:
    return {name: cells.loaded() for name, cells in table.items()}


def _known_columns(
    profiles: Table, size: int, options: LoadOptions, issues: Issues
) -> tuple[dict[str, pa.Array], Flags]:
    """Convert the known columns of profiles except the id. Also return a mask of profiles with an unknown SMS consent word."""
    known, unknown = {}, {"sms_consent": np.zeros(size, dtype=bool)}
    for name, cells in profiles.items():
        place = Place("profiles", name, issues, options.unreadable, options.day_first)
        if schema.PROFILE_COLUMNS.get(name) == "consent":
            known[name], unknown[name] = as_consent(cells, place, options.consent)
        elif name in schema.PROFILE_COLUMNS and name != "profile_id":
            known[name] = read_known(name, cells, place)
    unseen = options.consent.unseen
    issues.note(
        "profiles",
        "consent",
        "words in consent= that no cell contains",
        len(unseen),
        examples=unseen.values(),
        resolution="no effect",
    )
    return known, unknown["sms_consent"]


def read_known(name: str, cells: Cells, place: Place) -> pa.Array:
    """Convert a known column, other than consent, to its type."""
    if name not in RECURRING:
        cells = cells.loaded()
    match schema.PROFILE_COLUMNS[name]:
        case "text" if name in RECURRING:
            return as_words(cells, place)
        case "text":
            return as_text(cells, place)
        case "number":
            return as_numbers(cells, place)
        case "truth":
            return as_truths(cells, place)
        case _:
            values, is_set = as_instants(cells, place)
            note_placeholders(values, is_set, place)
            return pa.array(values, mask=~is_set).cast(pa.timestamp("us", tz="UTC"))


def _suppressions(profiles: Table) -> Table:
    """Return the reasons and dates of suppressions, with the column names of Get Profiles pages.

    Klaviyo's member exports contain the reason in `email_suppressed`, and the date in another column.
    """
    written = profiles.get("email_suppressed")
    if written is None or "email_suppression" in profiles:
        return {}
    written = written.loaded()
    column = PropertyColumn(written)
    if (column.rows(column.truths.readable) | (column.codes < 0)).all():
        return {}
    found = {"email_suppression": written}
    times = profiles["email_suppressed_timestamp"].loaded() if "email_suppressed_timestamp" in profiles else None
    if times is None or isinstance(times.values, list) or isinstance(written.values, list):
        return found
    for reason, name in schema.SUPPRESSIONS.items():
        applies = pc.equal(pc.utf8_upper(pc.utf8_trim_whitespace(written.values.cast(pa.string()))), reason)
        if name not in profiles and pc.any(applies).as_py():
            unset = pa.scalar(None, times.values.type)
            found[name] = Cells(pc.if_else(applies, times.values, unset))
    return found


def note_places(known: Mapping[str, pa.Array], issues: Issues) -> None:
    """Note unknown countries, and US postal codes that become five digits only by normalization, or not at all."""
    if "country" not in known:
        return
    countries, names = _texts_of(known["country"])
    letters = [country_code(name) for name in names.to_pylist()]
    place = Place("profiles", "country", issues)
    unknown = np.array([code is None for code in letters], dtype=bool)
    place.note(
        "unknown country",
        countries.rows(unknown),
        examples=names.filter(pa.array(unknown))[:FEW].to_pylist(),
        resolution="kept as written; not in any region, and not used for phone numbers and postal codes",
    )
    if "zip" not in known:
        return
    codes, postal_codes = _texts_of(known["zip"])
    is_american = countries.rows(np.array([code == "US" for code in letters], dtype=bool))
    place, (forgiven, none) = Place("profiles", "zip", issues), odd_us_codes(postal_codes)
    for issue, some, resolution in (
        (
            "US postal codes in a different form",
            forgiven,
            "located by the five digits that they stand for, and kept as written",
        ),
        ("not a US postal code", none, "kept as written, but not located, so no distance condition matches them"),
    ):
        rows = codes.rows(some) & is_american
        place.note(
            issue, rows, examples=[codes.value(int(row)) for row in np.flatnonzero(rows)[:FEW]], resolution=resolution
        )


def _texts_of(column: pa.Array) -> tuple[PropertyColumn, pa.Array]:
    """Return a converted column of text, and its distinct texts."""
    found = PropertyColumn(checked_cells(column))
    return found, found.distinct


def _lists(lists: Table, ids: pa.Array, options: LoadOptions, issues: Issues) -> dict[str, ListEntries]:
    rows = rows_of(lists["profile_id"], ids, "lists", issues)
    names = as_text(lists["list_id"], Place("lists", "list_id", issues))
    issues.note("lists", "list_id", "rows without a list", names.null_count, resolution="left out")
    joined, has_date = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=bool)
    if "joined" in lists:
        place = Place("lists", "joined", issues, options.unreadable, options.day_first)
        joined, has_date = as_instants(lists["joined"], place)
        note_placeholders(joined, has_date, place)
    encoded = names.dictionary_encode()
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    found = {}
    for code, name in enumerate(encoded.dictionary.to_pylist()):
        belongs = (codes == code) & (rows >= 0)
        found[name] = ListEntries(rows[belongs], joined[belongs], has_date[belongs])
    return found


def _places(places: Table, issues: Issues) -> PostalPoints:
    countries = country_codes(as_text(places["country"], Place("places", "country", issues)))
    postal_codes = as_text(places["postal_code"], Place("places", "postal_code", issues))
    latitudes = as_numbers(places["latitude"], Place("places", "latitude", issues))
    longitudes = as_numbers(places["longitude"], Place("places", "longitude", issues))
    brought: dict[tuple[str, str], tuple[float, float]] = {}
    unusable = several = 0
    for country, code, *point in zip(
        *(column.to_pylist() for column in (countries, postal_codes, latitudes, longitudes)), strict=True
    ):
        if None in (country, code, *point) or point == [0, 0]:
            unusable += 1
            continue
        key, here = (country, postal_key(code, country)), (float(point[0]), float(point[1]))
        several += brought.setdefault(key, here) != here
    issues.note(
        "places",
        "postal_code",
        "rows that lack a known country, a code or coordinates",
        unusable,
        resolution="left out",
    )
    issues.note(
        "places", "postal_code", "rows with different coordinates for the same code", several, resolution="left out"
    )
    return PostalPoints(brought)
