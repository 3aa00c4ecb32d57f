"""Files to a Dataset: finds a shop's files, reads them with the types given, and hands the tables to the door."""

import bz2
import csv
import gzip
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, TypeAlias

import pandas as pd
import pyarrow as pa
import pyarrow.csv
from tqdm.auto import tqdm

from segkit.data.columns import Unreadable
from segkit.data.dataset import AsOf, Dataset, table_of
from segkit.data.door import Table
from segkit.data.faults import Faults
from segkit.data.headers import refuse_data
from segkit.data.klaviyo_pages import events_table, newest_profiles, profiles_table
from segkit.data.properties import field_cells
from segkit.data.stored import DAMAGES, first_line, joined, stored_table
from segkit.errors import DataError, counted, listed

Source: TypeAlias = str | Path | pd.DataFrame | Sequence[str | Path] | None

TABLES = ("profiles", "events", "lists", "places")
PAGES = ("profiles", "events")
"""The tables that pages of the Klaviyo API can hold."""
COMPRESSED = (".gz", ".bz2", ".zst")
_ARROW_NAMES = {".gz": "gzip", ".bz2": "bz2", ".zst": "zstd"}
FORMATS = (".csv", ".parquet", ".json")

_DAMAGES = (*DAMAGES, csv.Error)

_OTHER_MARKS = {";": "semicolons", "\t": "tabs", "|": "bars"}


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
    progress: bool = False,
) -> Dataset:
    """Load a shop from a folder, or from single files or frames, and report every fault at once.

    A folder holds profiles.* and events.*, and, if there are any, lists.* and places.*, as .csv, .csv.gz, .parquet, or .json
    pages of the Klaviyo API; several parts are named events-1.csv, events-2.csv. Klaviyo's own member exports load unchanged.
    Text is read as whatever kind a condition asks for, and empty text is not set; in CSV every cell is text, and Parquet keeps its
    types. Of a profile that stands on several pages, the version with the newest `updated` is loaded and the report counts the
    others.

    Args:
        folder: the folder; files given by name win over those in it.
        profiles: a file, several files, or a frame; the columns of each table stand in `Dataset.from_frames`.
        events: the same.
        lists: the same.
        places: the same.
        as_of: an instant (naive is UTC) or a date, which means the close of that day; None is the newest event.
        columns: your headers to segkit's names, such as {"customer": "profile_id"}.
        consent: your words of consent to "subscribed", "unsubscribed" or "never_subscribed", such as {"yes": "subscribed"};
            they hold for SMS and email, and win over the known words.
        default_country: where a phone number without a country code belongs if its profile has no country.
        unreadable: "leave out" loads without dates and amounts that can't be read, and reports them.
        progress: show a bar while files are read.

    Raises:
        DataError: a file is missing, empty or unreadable, or the data has faults that would change an answer silently.

    >>> load("no such folder")
    Traceback (most recent call last):
    segkit.errors.DataError: There is no 'no such folder' in '.'. ...
    """
    given = {"profiles": profiles, "events": events, "lists": lists, "places": places}
    sources: dict[str, Any] = _files_in(Path(folder)) if folder is not None else {}
    sources.update({name: source for name, source in given.items() if source is not None})
    if not sources:
        raise DataError.nothing_given()
    bar = tqdm(sources.items(), desc="Reading", unit=" tables", disable=not progress)
    faults = Faults()
    tables = {name: _table(name, source, faults) for name, source in bar}
    shop = Dataset.from_tables(
        tables,
        as_of=as_of,
        columns=columns,
        consent=consent,
        default_country=default_country,
        unreadable=unreadable,
        faults=faults,
    )
    # Arrow keeps what it no longer needs in case it needs it again: a third of the memory of a shop of 20,000,000 events.
    tables.clear()
    pa.default_memory_pool().release_unused()
    return shop


def _files_in(folder: Path) -> dict[str, list[Path]]:
    if not folder.exists():
        raise DataError.no_file(folder)
    if not folder.is_dir():
        raise DataError.no_data_in_folder(folder.parent, [folder.name])
    files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    found = {}
    for table in TABLES:
        parts = [path for path in files if _stem(path) == table and _format(path) in FORMATS]
        # Neither profiles.csv beside profiles.parquet, nor events-1.csv beside events-1.csv.gz.
        names = {path.name.casefold().partition(".")[0] for path in parts}
        if len({_format(path) for path in parts}) > 1 or len(names) < len(parts):
            raise DataError.two_kinds_of_file(table, [path.name for path in parts])
        if parts:
            found[table] = parts
    if not found.keys() & {"profiles", "events"}:
        raise DataError.no_data_in_folder(folder, [path.name for path in files])
    return found


def _stem(path: Path) -> str:
    return path.name.casefold().partition(".")[0].partition("-")[0]


def _format(path: Path) -> str:
    name = path.name.casefold()
    for ending in COMPRESSED:
        name = name.removesuffix(ending)
    return Path(name).suffix


def _table(name: str, source: Any, faults: Faults) -> Table:
    if isinstance(source, pd.DataFrame):
        return table_of(source, name)
    paths = [Path(source)] if isinstance(source, (str, Path)) else [Path(path) for path in source]
    for path in paths:
        if not path.exists():
            raise DataError.no_file(path)
    if not paths:
        raise DataError.nothing_given()
    other = next((path for path in paths if _format(path) != _format(paths[0])), None)
    if other is not None:
        raise DataError.unreadable_file(
            other, f"it is of another format than {paths[0].name!r}, a part of the same table"
        )
    match _format(paths[0]):
        case ".csv":
            return _in_memory([_read_csv(path) for path in paths], paths)
        case ".parquet":
            return stored_table(paths)
        case ".json" if name not in PAGES:
            raise DataError.unreadable_file(paths[0], f"{name} are read from CSV or Parquet only")
        case ".json":
            pages = [_read_json(path) for path in paths]
            return profiles_table([newest_profiles(pages, faults)]) if name == "profiles" else events_table(pages)
        case _:
            raise DataError.unknown_format(paths[0])


def _in_memory(parts: list[pa.Table], paths: list[Path]) -> Table:
    whole = joined(parts, paths)
    columns = zip(whole.schema, whole.columns, strict=True)
    return {field.name: field_cells(field, column) for field, column in columns}


def _read_csv(path: Path) -> pa.Table:
    """Read a CSV with every cell as text: `NA` is Namibia and `007` an id, and only an empty cell is unset."""
    try:
        header = _header(path)
        # Arrow's own stream and no callback: a reading thread that still holds something of Python's when the interpreter ends
        # takes the whole process down with it.
        with pa.input_stream(str(path), compression=_ARROW_NAMES.get(path.suffix.casefold())) as stream:
            parsing = pa.csv.ParseOptions(newlines_in_values=True)
            table = pa.csv.read_csv(stream, convert_options=_every_cell_as_text(header), parse_options=parsing)
    except (*_DAMAGES, UnicodeDecodeError) as error:
        reason = _uneven_rows(path) if "CSV parse error" in str(error) else first_line(error)
        raise DataError.unreadable_file(path, reason) from None
    if table.column_names != header:
        raise DataError.unreadable_file(path, "its header is not quoted as a CSV should be")
    if not table.num_rows:
        raise DataError.empty_file(path.name)
    return table


def _uneven_rows(path: Path) -> str:
    """Say how many rows are not as long as the header; none of them is shown, since a row is a person."""
    with _opened(path) as stream, io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
        rows = (row for row in csv.reader(text) if row)
        width = len(next(rows))
        uneven = sum(len(row) != width for row in rows)
    return f"{counted(uneven, 'row has', 'rows have')} not as many cells as the header, which has {width:,}"


def _header(path: Path) -> list[str]:
    with _opened(path) as stream, io.TextIOWrapper(stream, encoding="utf-8-sig", newline="") as text:
        header = next((row for row in csv.reader(text) if row), [])
        has_rows = bool(text.read(1))
    if not has_rows:
        raise DataError.empty_file(path.name)
    doubled = [name for name in dict.fromkeys(header) if header.count(name) > 1]
    if doubled:
        refuse_data(path.name, header)
        raise DataError.unreadable_file(path, f"several columns are headed {listed(doubled)}")
    other = next((name for mark, name in _OTHER_MARKS.items() if len(header) == 1 and mark in header[0]), None)
    if other is not None:
        raise DataError.unreadable_file(path, f"its cells are parted by {other}, and a CSV needs commas")
    return header


def _every_cell_as_text(header: list[str]) -> pa.csv.ConvertOptions:
    return pa.csv.ConvertOptions(
        column_types=dict.fromkeys(header, pa.string()),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )


def _opened(path: Path) -> BinaryIO:
    """Open a file for reading its plain bytes, whatever it is compressed with."""
    ending = path.suffix.casefold()
    if ending == ".gz":
        return gzip.open(path, "rb")  # type: ignore[return-value]  # a GzipFile reads like a file
    if ending == ".bz2":
        return bz2.open(path, "rb")  # type: ignore[return-value]  # so does a BZ2File
    if ending == ".zst":
        return pa.CompressedInputStream(pa.OSFile(str(path)), "zstd")  # type: ignore[no-any-return]
    return path.open("rb")


def _read_json(path: Path) -> Any:
    try:
        with _opened(path) as stream:
            return json.load(stream)
    except (*_DAMAGES, ValueError) as error:
        raise DataError.unreadable_file(path, first_line(error)) from None
