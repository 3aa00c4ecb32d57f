"""Validate tables: name, check and read them once; from here on every function trusts the data."""

# Over 250 lines, since what is done to the four tables is one walk.

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit import vocabulary as schema
from segkit.data.amounts import Amounts, read_amounts
from segkit.data.coded import checked_cells
from segkit.data.events import EventIndex, MetricNumbers, SetAmounts, index_events, order_events
from segkit.data.instants import Flags, Microseconds, dates_among
from segkit.data.phones import Phones
from segkit.data.places import PostalPoints, country_code, country_codes, odd_us_codes, postal_key
from segkit.data.properties import UNSET, Cells, PropertyColumn, arrow_cells, codes_of
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
    examples_of,
    text_cells,
)
from segkit.data.validation.consent_columns import note_missing_consent, note_opt_out_metrics, note_opt_outs
from segkit.data.validation.date_columns import as_instants, blank
from segkit.data.validation.deleted import without_deleted
from segkit.data.validation.event_ids import doubled_events, id_column, note_alike
from segkit.data.validation.faults import Faults, shown
from segkit.data.validation.losses import Loss, put_first
from segkit.data.validation.near_columns import fits, looks_like, near_headers, note_near_columns
from segkit.data.validation.options import LoadOptions
from segkit.data.validation.placeholders import note_placeholders
from segkit.data.validation.profile_rows import one_row_each
from segkit.data.validation.same_names import note_same_names
from segkit.data.validation.sms_records import SmsRecords, read_sms_columns
from segkit.errors import DataError
from segkit.masking import masked_text, quoted
from segkit.wording import listed, nearest

Table: TypeAlias = dict[str, Cells]
Rows: TypeAlias = npt.NDArray[np.int32]

OPT_OUT = schema.CONSENT_METRICS["sms"][1]

RECURRING = {"country", "region", "city", "zip", "timezone", "predicted_gender"}
"""Known texts that many profiles share and that conditions ask for: codes of them take less room, and less time to read."""


@dataclass(frozen=True, slots=True)
class ListEntries:
    """Who is on one list: rows of profiles, and when they joined in microseconds, where that is known."""

    profiles: Rows
    joined: npt.NDArray[np.int64]
    has_date: Flags


@dataclass(frozen=True, slots=True)
class Checked:
    """Everything that passed validation.

    `unknown_sms_words` is which profiles have a word of SMS consent that nobody knows, and `losses` are the large ones.
    """

    ids: pa.Array
    profiles: Table
    unknown_sms_words: Flags
    sms: SmsRecords
    phones: Phones
    events: EventIndex
    lists: Mapping[str, ListEntries]
    postal_points: PostalPoints
    losses: tuple[Loss, ...]


def named(table: str, cells: Table, renames: Mapping[str, str], faults: Faults) -> Table:
    """Return a table under canonical names, Klaviyo's spelled-out headers included; refuse missing and doubled columns."""
    found: Table = {}
    came_from: dict[str, str] = {}
    holders = _holders(table, cells)
    for header, column in cells.items():
        name = renames.get(header, schema.canonical_name(table, header))
        if holders.get(name, header) != header and header not in renames:
            beside, name = name, f"properties[{header!r}]" if header == name else header
            done = (
                "kept as a property under its own name"
                if header == name
                else f"kept as the property {masked_text(name)}"
            )
            faults.note(table, beside, f"{quoted(header)} has this meaning, too", 1, done=done)
        faults.refuse(
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
        looks = nearest(name, cells) or (f" {quoted(near[0])} looks like it." if near else "")
        yours = masked_text(near[0]) if near else "YOUR HEADER"
        faults.refuse(
            table,
            name,
            f"this column is missing.{looks} The columns are {listed(cells, most=40) or 'none'}",
            int(name not in found),
            next_step=(
                f'Rename the column that holds it, or say so: sk.load(..., columns={{"{yours}": "{name}"}}), '
                f'or segkit build ... --columns "{yours}={name}"'
            ),
        )
    return _with_meaning_of_id(found, cells, renames) if table == "profiles" else found


def _with_meaning_of_id(found: Table, cells: Table, renames: Mapping[str, str]) -> Table:
    """Return profiles with the email, phone number or the like that serves as their id under its own name, too."""
    for header in cells:
        own = schema.canonical_name("profiles", header)
        own = own if own in schema.PROFILE_COLUMNS else looks_like("profiles", header) or own
        if renames.get(header) == "profile_id" and own in schema.PROFILE_COLUMNS and own not in found:
            return found | {own: cells[header]}
    return found


def _holders(table: str, cells: Table) -> dict[str, str]:
    """Return which header holds a column where several could: its very name, but in a member export Klaviyo's own header.

    A member export is known by its Klaviyo ID. Its custom properties come under any name, `city` beside `City` among them.
    """
    is_export = table == "profiles" and "profile_id" not in cells and "klaviyo id" in map(str.casefold, cells)
    if not is_export:
        return {name: name for name in cells}
    ranks = {spelling: rank for rank, spelling in enumerate(schema.PROFILE_SPELLINGS)} | {"klaviyo id": -1}
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
    faults: Faults,
) -> Checked:
    """Check named tables and read their known columns; those that lie in files are read one at a time.

    Raises:
        DataError: with every fault at once that would change an answer silently.
    """
    faults.raise_if_fatal()
    given = {"profiles": profiles, "events": events, "lists": lists, "places": places}
    tables = {name: without_deleted(name, table, faults) for name, table in given.items() if table is not None}
    faults.raise_if_fatal()
    profiles, events, lists, places = (tables.get(name) for name in given)
    if profiles is None:
        profiles = {"profile_id": events["profile_id"]} if events else {}
        texts = text_cells(profiles["profile_id"], Place("events", "profile_id", faults)).loaded()
        bare = bare_cells(Cells(pa.chunked_array([pc.unique(texts.values)])), Place("events", "profile_id", Faults()))
        ids = pc.unique(bare.values).drop_null()
        faults.note(
            "profiles", "profile_id", "no table of profiles", len(ids), done="taken from the events, without properties"
        )
        profiles = {"profile_id": arrow_cells(pa.chunked_array([ids]))}
    kept, ids, lost_profiles = one_row_each(profiles, faults)
    if options.add_profiles_of_events and events is not None:
        kept, ids = with_profiles_of_events(kept, ids, events, faults)
    for name, table in tables.items():
        note_near_columns(name, table, faults)
    kept |= _suppressions(kept)
    known, unknown_sms_words = _known_columns(kept, len(ids), options, faults)
    custom = {name: column.loaded() for name, column in kept.items() if name not in schema.PROFILE_COLUMNS}
    phones, sms = read_sms_columns(known, kept, options.default_country, options.consent, faults)
    note_places(known, faults)
    known = {name: checked_cells(column) for name, column in known.items()}
    if "sms_consent" in known:
        note_opt_outs(custom, faults)
    else:
        note_missing_consent(custom, options.consent, faults)
    index, lost_events = EventIndex({}), None
    if events is not None:
        index, lost_events, undated = _events(events, ids, options, faults)
        sms = replace(sms, undated_opt_outs=undated)
    entries = _lists(_loaded(lists), ids, options, faults) if lists is not None else {}
    points = _places(_loaded(places), faults) if places is not None else PostalPoints()
    faults.raise_if_fatal()
    losses = tuple(loss for loss in (lost_profiles, lost_events) if loss is not None and loss.is_large)
    put_first(losses, faults)
    return Checked(ids, {**known, **custom}, unknown_sms_words, sms, phones, index, entries, points, losses)


def _loaded(table: Table) -> Table:
    return {name: cells.loaded() for name, cells in table.items()}


def _known_columns(
    profiles: Table, size: int, options: LoadOptions, faults: Faults
) -> tuple[dict[str, pa.Array], Flags]:
    """Return the known columns of profiles but the id, each read, and who has a word of SMS consent that nobody knows."""
    known, unknown = {}, {"sms_consent": np.zeros(size, dtype=bool)}
    for name, cells in profiles.items():
        place = Place("profiles", name, faults, options.unreadable, options.day_first)
        if schema.PROFILE_COLUMNS.get(name) == "consent":
            known[name], unknown[name] = as_consent(cells, place, options.consent)
        elif name in schema.PROFILE_COLUMNS and name != "profile_id":
            known[name] = read_known(name, cells, place)
    unseen = options.consent.unseen
    faults.note(
        "profiles",
        "consent",
        "words of consent= that no cell holds",
        len(unseen),
        examples=unseen.values(),
        done="without effect",
    )
    return known, unknown["sms_consent"]


def read_known(name: str, cells: Cells, place: Place) -> pa.Array:
    """Return a known column that holds no consent in its one type."""
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
    """Return what a column of suppressions says beyond that there is one, under the names that pages of Get Profiles have.

    Klaviyo's member exports write the reason, and beside it the time.
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


def note_places(known: Mapping[str, pa.Array], faults: Faults) -> None:
    """Note countries that nobody knows, and postal codes of the US that are five digits only once they are forgiven, or never."""
    if "country" not in known:
        return
    countries, names = _texts_of(known["country"])
    letters = [country_code(name) for name in names.to_pylist()]
    place = Place("profiles", "country", faults)
    unknown = np.array([code is None for code in letters], dtype=bool)
    place.note(
        "unknown country",
        countries.rows(unknown),
        examples=names.filter(pa.array(unknown))[:FEW].to_pylist(),
        done="kept as written; in no region, and no help for a number or a postal code",
    )
    if "zip" not in known:
        return
    codes, postal_codes = _texts_of(known["zip"])
    is_american = countries.rows(np.array([code == "US" for code in letters], dtype=bool))
    place, (forgiven, none) = Place("profiles", "zip", faults), odd_us_codes(postal_codes)
    for fault, some, done in (
        ("US postal codes in another form", forgiven, "placed as the five digits that they mean, and kept as written"),
        ("no US postal code", none, "kept as written; at no place, so in no distance"),
    ):
        rows = codes.rows(some) & is_american
        place.note(fault, rows, examples=[codes.value(int(row)) for row in np.flatnonzero(rows)[:FEW]], done=done)


def _texts_of(column: pa.Array) -> tuple[PropertyColumn, pa.Array]:
    """Return a checked column of text, and its distinct texts."""
    found = PropertyColumn(checked_cells(column))
    return found, found.distinct


def _events(events: Table, ids: pa.Array, options: LoadOptions, faults: Faults) -> tuple[EventIndex, Loss, Rows]:
    """Return the event index, how many events were left out of it, and the rows of profiles that opted out nobody knows when.

    What happened and when is read beside the looking up of ids, which leaves part of a second core idle. It notes faults of its
    own, which come after those of the ids, as if it had been read after them.
    """
    faults_beside = Faults()
    with ThreadPoolExecutor(1) as beside:
        happened = beside.submit(_happened, events, options, faults_beside)
        profiles = rows_of(events["profile_id"], ids, "events", faults)
        metrics, names, times, has_time, is_date = happened.result()
    faults.found += faults_beside.found
    note_same_names(events, metrics, names, faults)
    if (header := id_column(list(events))) is not None:
        events = {**events, header: events[header].loaded()}  # read once, to be compared and to be kept
    again = doubled_events(events, (profiles, metrics, times), names, options.unreadable, faults)
    note_opt_out_metrics(names, metrics, faults)
    undated = np.union1d(
        _undated_opt_outs(profiles, metrics, names, has_time, faults),
        _lost_opt_outs((profiles, metrics, times), names, again, faults),
    )
    unknown = int(np.count_nonzero(profiles < 0))
    counts = (profiles >= 0) & (metrics >= 0) & has_time
    counts[again] = True  # a copy is no loss
    loss = Loss("events", len(counts) - int(np.count_nonzero(counts)), len(counts) - len(again), unknown)
    counts[again] = False
    if not counts.all():
        profiles = np.where(counts, profiles, UNSET).astype(np.int32)
    del happened, counts  # it holds what it returned
    pa.default_memory_pool().release_unused()
    ordered = order_events(profiles=profiles, metrics=metrics, names=names, times=times)
    del profiles, metrics, times, has_time  # the same in order is enough
    amounts, values = None, None
    if "value" in events:
        amounts, values = _amounts(
            events["value"].loaded(), Place("events", "value", faults, options.unreadable, options.day_first)
        )
    properties = {name: cells.loaded() for name, cells in events.items() if name not in schema.EVENT_COLUMNS}
    near = tuple(name for name in near_headers("events", "value", properties) if fits("value", properties[name]))
    index = index_events(
        ordered, amounts=amounts, properties=properties, values=values, is_date=is_date, near_amounts=near
    )
    if header is None:
        note_alike(index, faults)
    return replace(index, day_first=options.day_first), loss, undated


def _undated_opt_outs(
    profiles: Rows, metrics: MetricNumbers, names: list[str], has_time: Flags, faults: Faults
) -> Rows:
    """Return the rows of profiles with an opt-out from texts that has no date, which is left out as an event and counts as a no."""
    if has_time.all():
        return np.zeros(0, dtype=np.int32)
    is_opt_out = np.array([*(name == OPT_OUT for name in names), False])[metrics]
    found = is_opt_out & ~has_time & (profiles >= 0)
    Place("events", "datetime", faults).note(
        "opt-outs from texts without a date that can be read",
        found,
        done="left out as events; nobody with such a number is texted, since a consent may be older",
    )
    return np.unique(profiles[found])


def _lost_opt_outs(
    said: tuple[Rows, MetricNumbers, Microseconds], names: list[str], again: npt.NDArray[np.int64], faults: Faults
) -> Rows:
    """Return the rows of profiles whose opt-out from texts is left out for another event of its id, and stands nowhere else."""
    profiles, metrics, times = said
    if not len(again):
        return np.zeros(0, dtype=np.int32)
    is_opt_out = np.array([*(name == OPT_OUT for name in names), False])[metrics]
    left = again[is_opt_out[again] & (profiles[again] >= 0)]
    is_opt_out[again] = False
    kept = set(zip(profiles[is_opt_out].tolist(), times[is_opt_out].tolist(), strict=True)) if len(left) else set()
    lost = [row for row in left.tolist() if (int(profiles[row]), int(times[row])) not in kept]
    faults.note(
        "events",
        "event_id",
        "opt-outs from texts left out for another event of their id",
        len(lost),
        done="left out as events; nobody with such a number is texted, since nothing says which of the two is right",
    )
    return np.unique(profiles[lost])


def _happened(
    events: Table, options: LoadOptions, faults: Faults
) -> tuple[MetricNumbers, list[str], Microseconds, Flags, Flags | None]:
    """Return the number of each event's metric, the names by number, when each happened, which say so, and which only by the day."""
    metrics, names = _metrics(events["metric"], Place("events", "metric", faults))
    dates = events["datetime"].loaded()
    times, has_time = _times(dates, Place("events", "datetime", faults, options.unreadable, options.day_first))
    is_date = dates_among(dates.values)
    return metrics, names, times, has_time, is_date


def _times(dates: Cells, place: Place) -> tuple[Microseconds, Flags]:
    """Return when each event happened, and which of them say so."""
    times, has_time = as_instants(dates, place)
    note_placeholders(times, has_time, place)
    if not has_time.all():
        place.refuse(
            "events without a date",
            blank(dates, ~has_time),
            next_step='Give each a date, or load with unreadable="leave out"',
        )
    return times, has_time


def _metrics(cells: Cells, place: Place) -> tuple[MetricNumbers, list[str]]:
    """Return the number of each event's metric, -1 for none, and the canonical names by number."""
    cells = text_cells(cells, place)
    metrics = np.full(len(cells), UNSET, dtype=np.int32)
    known: dict[str | None, int] = {None: UNSET}
    written: list[str] = []
    start = 0
    for piece in cells.encoded():
        distinct = piece.dictionary.to_pylist()
        if not known.keys() >= set(distinct):
            # Those that occur, in the order in which they first do, which a file's own list of distinct values needn't follow.
            occurring = [distinct[code] for code in piece.indices.unique().drop_null().to_pylist()]
            new = [name for name in dict.fromkeys(occurring) if name not in known]
            # Blanks and a spreadsheet's marks name no metric.
            named = [name for name in new if schema.canonical_metric(name)]
            known |= dict.fromkeys(new, UNSET) | {name: number for number, name in enumerate(named, len(written))}
            written += named
        numbers = np.array([*(known.get(name, UNSET) for name in distinct), UNSET], dtype=np.int32)
        metrics[start : start + len(piece)] = numbers.take(codes_of(piece.indices))
        start += len(piece)
    place.note("events without a metric", metrics < 0, done="left out")
    names = [schema.canonical_metric(name) for name in written]
    odd = {number: name for number, name in enumerate(written) if name not in schema.metric_spellings(name)}
    if odd:
        place.note(
            "metrics in another spelling",
            np.isin(metrics, list(odd)),
            examples=list(odd.values()),
            done=f"counted as {listed(dict.fromkeys(names[number] for number in odd), most=5)}",
        )
    return metrics.astype(np.int16) if len(names) < np.iinfo(np.int16).max else metrics, names


def _amounts(cells: Cells, place: Place) -> tuple[Amounts, Cells | SetAmounts]:
    """Return the amounts to be summed, and the same as a property to be tested one by one."""
    cells = bare_cells(cells, place)
    column = cells.values
    if isinstance(column, list):
        column = pa.chunked_array([as_text(cells, Place(place.table, place.column, Faults()))])
    try:
        amounts = read_amounts(column)
    except OverflowError:
        raise DataError.amounts_too_large(place.column) from None
    place.note("more than nine decimals", amounts.rounded, done="rounded to nine")
    place.refuse(
        "not a number",
        amounts.unreadable,
        examples=examples_of(cells, amounts.unreadable),
        next_step='Write plain numbers such as 1234.50, without currency or thousands marks, or load with unreadable="leave out"',
    )
    if amounts.are_doubles and (column.type == pa.float64() or pa.types.is_integer(column.type)):
        return amounts, SetAmounts(column.is_valid().combine_chunks(), column.type)
    return amounts, Cells(column)


def _lists(lists: Table, ids: pa.Array, options: LoadOptions, faults: Faults) -> dict[str, ListEntries]:
    rows = rows_of(lists["profile_id"], ids, "lists", faults)
    names = as_text(lists["list_id"], Place("lists", "list_id", faults))
    faults.note("lists", "list_id", "rows without a list", names.null_count, done="left out")
    joined, has_date = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=bool)
    if "joined" in lists:
        place = Place("lists", "joined", faults, options.unreadable, options.day_first)
        joined, has_date = as_instants(lists["joined"], place)
        note_placeholders(joined, has_date, place)
    encoded = names.dictionary_encode()
    codes = pc.fill_null(encoded.indices, -1).to_numpy(zero_copy_only=False)
    found = {}
    for code, name in enumerate(encoded.dictionary.to_pylist()):
        belongs = (codes == code) & (rows >= 0)
        found[name] = ListEntries(rows[belongs], joined[belongs], has_date[belongs])
    return found


def _places(places: Table, faults: Faults) -> PostalPoints:
    countries = country_codes(as_text(places["country"], Place("places", "country", faults)))
    postal_codes = as_text(places["postal_code"], Place("places", "postal_code", faults))
    latitudes = as_numbers(places["latitude"], Place("places", "latitude", faults))
    longitudes = as_numbers(places["longitude"], Place("places", "longitude", faults))
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
    faults.note("places", "postal_code", "rows without a known country, a code and a point", unusable, done="left out")
    faults.note("places", "postal_code", "rows with another point of the same code", several, done="left out")
    return PostalPoints(brought)


def rows_of(cells: Cells, ids: pa.Array, table: str, faults: Faults) -> Rows:
    """Return the row of the profile that each row names; -1 for none, and noted. All unknown is fatal: the ids don't match."""
    place = Place(table, "profile_id", faults)
    cells = text_cells(cells, place)
    rows = cells.index_in(ids)
    nowhere = np.flatnonzero(rows < 0)
    if not len(nowhere):
        return rows
    who = as_text(cells.take(nowhere), place)
    place.note("rows without a profile id", who.null_count, done="left out")
    # Looked up again, since as text they have lost the marks around them.
    again = codes_of(pc.index_in(who, value_set=ids, skip_nulls=True))
    if (again >= 0).any():
        rows = rows.copy()
        rows[nowhere] = again
    unknown = _flags(pc.is_valid(who)) & (again < 0)
    if len(ids) and (rows < 0).all():
        faults.refuse(
            table,
            "profile_id",
            "no id is that of a profile",
            int(unknown.sum()),
            examples=examples_of(who, unknown),
            next_step=f"Profiles have ids such as {shown('profile_id', ids[:2].to_pylist())}: give both tables the same ids",
        )
    else:
        place.note("rows of unknown profiles", unknown, examples=examples_of(who, unknown), done="left out")
    return rows


def _flags(column: pa.Array | pa.ChunkedArray) -> Flags:
    filled = pc.fill_null(column, fill_value=False)
    return np.asarray(
        filled.to_numpy() if isinstance(filled, pa.ChunkedArray) else filled.to_numpy(zero_copy_only=False)
    )
