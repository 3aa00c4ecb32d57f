"""Load a shop: find its files, read them, and validate the tables."""

# This keeps annotations as text, so that `help` shows short names.
from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
from tqdm.auto import tqdm

from segkit.data.files.folder import TABLES, files_in, note_passed_over, parts_of
from segkit.data.files.frames import Frame, table_of
from segkit.data.files.opened import unchanged
from segkit.data.saved.manifest import is_saved
from segkit.data.validation.columns import Unreadable
from segkit.data.validation.issues import Issues
from segkit.data.validation.options import AsOf, LoadOptions
from segkit.engine.load_layout import layout_of, load_layout
from segkit.engine.memory.dataset import Dataset
from segkit.engine.sources import files_of, is_frame, read_files
from segkit.errors import DataError
from segkit.given_paths import there

__all__ = ["TABLES", "Source", "load"]

Source: TypeAlias = str | Path | Frame | Sequence[str | Path] | None


def load(
    folder: str | Path | None = None,
    *,
    profiles: Source = None,
    events: Source = None,
    lists: Source = None,
    places: Source = None,
    as_of: AsOf = None,
    columns: Mapping[str, str] | None = None,
    consent: Mapping[Any, str] | None = None,
    default_country: str | None = None,
    unreadable: Unreadable = "raise",
    encoding: str | None = None,
    add_profiles_of_events: bool = False,
    day_first: bool | None = None,
    layout: str | None = None,
    progress: bool = False,
) -> Dataset:
    """Load a shop from a folder, or from single files or frames, and report every issue at once.

    A folder contains profiles.* and events.*, and optionally lists.* and places.*. Files may be .csv, .tsv, .txt, .parquet, .feather,
    .xlsx, .json with pages of the Klaviyo API, or .jsonl with a row or a resource in each line. Text files may be compressed as .gz,
    .bz2, .zst or .zip. A table in several parts has files such as events-1.csv and events-2.csv, or a folder events/ as data engines
    write it. Klaviyo's own member exports load unchanged. The report lists files that were not read although they are named like a
    table.

    Text is read as the kind that a condition needs, and empty text means not set. In CSV every cell is text, but the other formats
    keep their types. If a profile is on several pages, the version with the newest `updated` is loaded, and the report counts the
    others. A folder that `Dataset.save` wrote opens as it was saved, without being validated again. For such a folder, only `as_of`
    may be passed.

    Args:
        folder: the folder. Files that are passed by name take precedence over files in the folder.
        profiles: a file, several files, or a pandas, Polars or Arrow frame. `Dataset.from_frames` lists the columns of each table.
        events: the same, for events.
        lists: the same, for lists.
        places: the same, for places.
        as_of: an instant (naive means UTC), or a date, which means the end of that day. None means the newest event that is not in
            the future.
        columns: maps your headers to segkit's names, such as {"customer": "profile_id"}.
        consent: maps your consent values to "subscribed", "unsubscribed" or "never_subscribed", such as {"yes": "subscribed"}. It
            applies to SMS and email, and takes precedence over known values.
        default_country: the country of phone numbers without a country code, and of postal codes, if the profile has no country.
        unreadable: "leave out" leaves out dates and amounts that can't be read, and reports them.
        encoding: the encoding of CSV files that are neither UTF-8 nor UTF-16, such as "cp1252".
        add_profiles_of_events: whether to add a profile without properties for each id that only events have. If False, such events
            are left out.
        day_first: True reads 06/07/2026 as 6 July and False as 7 June, also in properties. None reads such dates month first, as
            Klaviyo does, but in known columns only if the column itself proves this order.
        layout: "fivetran", "bigquery" (Google's transfer), "airbyte", "stitch" or "shopify" if the folder has the tables that these
            write, under their own names, such as person.csv and event.csv. Deleted rows are left out, the newest version of a row counts,
            names are looked up, and custom fields are unpacked; the report counts what was left out. `events` that are passed by name are
            added to the layout's events, and other tables replace the layout's. A condition on something that the layout never contains,
            such as lists at Airbyte, is refused.
        progress: show a progress bar while files are read.

    Raises:
        DataError: a file is missing, empty or unreadable, a file changes while it is read, or the data has issues that would change
            an answer silently.

    >>> load("no such folder")
    Traceback (most recent call last):
    segkit.errors.DataError: There is no 'no such folder' in '.'. ...
    """
    options = LoadOptions.of(
        as_of=as_of,
        columns=columns,
        consent=consent,
        default_country=default_country,
        unreadable=unreadable,
        day_first=day_first,
        add_profiles_of_events=add_profiles_of_events,
    )
    given = {"profiles": profiles, "events": events, "lists": lists, "places": places}
    known = layout_of(layout)
    home = None if folder is None else there(folder, "folder")
    if home is not None and is_saved(home):
        reading = {"columns": columns, "consent": consent, "default_country": default_country, "encoding": encoding}
        others = {
            "layout": layout,
            "unreadable": unreadable != "raise",
            "add_profiles_of_events": add_profiles_of_events,
        }
        _refuse_reading({**given, **reading, **others, "day_first": day_first is not None})
        return Dataset.opened(home, as_of=as_of)
    if known is not None:
        return load_layout(known, home, given, options, encoding, progress=progress)
    found = {} if home is None else files_in(home)
    files_before = _files_by_table(found)
    sources: dict[str, Any] = {**found, **{name: source for name, source in given.items() if source is not None}}
    if not sources:
        raise DataError.nothing_given()
    issues = Issues()
    files = {name: files_of(source, name) for name, source in sources.items() if not is_frame(source)}
    with unchanged(path for parts in files.values() for path, _ in parts):
        bar = tqdm(sources.items(), desc="Reading", unit=" tables", disable=not progress)
        tables = {
            name: read_files(files[name], name, encoding, issues) if name in files else [table_of(source, name, issues)]
            for name, source in bar
        }
        if home is not None:
            note_passed_over(home, found, [path for parts in files.values() for path, _ in parts], issues)
        shop = Dataset.from_tables(tables, options, issues)
    if home is not None and _files_by_table(files_in(home)) != files_before:
        raise DataError.changed_while_read([home])
    # Return the memory of the large tables to the system, since Arrow keeps freed memory in its pool.
    tables.clear()
    pa.default_memory_pool().release_unused()
    return shop


def _refuse_reading(given: Mapping[str, Any]) -> None:
    """Refuse arguments that control how data is read, since a saved shop has already been read.

    Raises:
        DataError: one of the arguments was passed.
    """
    names = [name for name, value in given.items() if is_frame(value) or value]
    if names:
        raise DataError.saved_shop_is_read(names)


def _files_by_table(found: Mapping[str, Sequence[Path]]) -> dict[str, list[Path]]:
    """Return the files of each table, including the parts in folders."""
    return {table: [part for path in paths for part in parts_of(path)] for table, paths in found.items()}
