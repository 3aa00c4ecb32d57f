"""Read the files of a table, whatever their format, for `sk.load`."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from segkit.data.files.csv_files import CsvFile, csv_table, is_header_only
from segkit.data.files.folder import format_of, parts_of
from segkit.data.files.json_files import json_rows, json_tables
from segkit.data.files.other_files import arrow_table, excel_table
from segkit.data.files.stored import stored_table
from segkit.data.validation.issues import Issues
from segkit.data.validation.tables import Table
from segkit.errors import DataError
from segkit.given_paths import file_there, there


def is_frame(source: Any) -> bool:
    """Return whether a source is a frame instead of files."""
    return isinstance(source, pd.DataFrame) or hasattr(source, "__arrow_c_stream__")


def files_of(source: Any, table: str) -> list[tuple[Path, Path | None]]:
    """Return the files of a table, each with the folder of parts that it belongs to."""
    if not isinstance(source, (str, os.PathLike, list, tuple)):
        raise DataError.not_a_source(table, source)
    given = [there(one, table) for one in (source if isinstance(source, (list, tuple)) else [source])]
    files = [(file_there(path, table), one if one.is_dir() else None) for one in given for path in parts_of(one)]
    if not files:
        raise DataError.nothing_given()
    first = files[0][0]
    for path, _ in files:
        if format_of(path) is None:
            raise DataError.unknown_format(path)
        if format_of(path) != format_of(first):
            raise DataError.other_format(path, first)
    return files


def read_rows(
    files: Sequence[tuple[Path, Path | None]], table: str, encoding: str | None, issues: Issues
) -> list[Table]:
    """Return the parts of a layout's table, which may have no rows. JSON has a row in each line, never pages of the Klaviyo API."""
    match format_of(files[0][0]):
        case "json":
            return json_rows([path for path, _ in files], table, issues)
        case "parquet":
            return [stored_table(path, within) for path, within in files]
        case "csv":
            some = [one for one in files if not is_header_only(one[0])]
            return read_files(some, table, encoding, issues) if some else []
        case _:
            return read_files(files, table, encoding, issues)


def read_files(
    files: Sequence[tuple[Path, Path | None]], table: str, encoding: str | None, issues: Issues
) -> list[Table]:
    """Return the parts of a table as they are in the files. Each part has its own headers."""
    paths = [path for path, _ in files]
    match format_of(paths[0]):
        case "csv":
            return [csv_table(CsvFile(path, table, issues, encoding)) for path in paths]
        case "parquet":
            return _stored(files)
        case "json":
            return json_tables(paths, table, issues)
        case "excel":
            return [excel_table(path, table, issues) for path in paths]
        case _:
            return [arrow_table(path) for path in paths]


def _stored(files: Sequence[tuple[Path, Path | None]]) -> list[Table]:
    """Return the parts of a Parquet table that have rows, since data engines write empty parts too.

    Raises:
        DataError: no part has rows.
    """
    parts = [(path, stored_table(path, within)) for path, within in files]
    with_rows = [part for _, part in parts if any(len(cells) for cells in part.values())]
    if not with_rows:
        raise DataError.empty_file(parts[0][0].name)
    return with_rows
