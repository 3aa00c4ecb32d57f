"""Read Excel workbooks, Feather files and Arrow files into tables."""

import importlib.util
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.feather

from segkit.data.files.frames import table_of
from segkit.data.files.opened import DAMAGES, LARGEST_UNPACKED, MOST_TIMES, why
from segkit.data.files.parts import doubled
from segkit.data.files.stored import check_text
from segkit.data.properties import field_cells
from segkit.data.validation.issues import Issues
from segkit.data.validation.tables import Table
from segkit.errors import DataError
from segkit.masking import quoted
from segkit.wording import listed

LARGEST_WORKBOOK = 2**29
"""The largest workbook, in uncompressed bytes: about one sheet with all rows filled in a few columns."""


def excel_table(path: Path, table: str, issues: Issues) -> Table:
    """Read the sheet of a workbook that has the table's name, or the first sheet. Cells keep their types.

    Raises:
        DataError: openpyxl is not installed, or the workbook is damaged, encrypted, empty, or too large.
    """
    if importlib.util.find_spec("openpyxl") is None:
        raise DataError.no_excel(path)
    _check_workbook(path)
    try:
        # openpyxl warns about styles and extensions that it ignores, which don't affect the data.
        with warnings.catch_warnings(action="ignore"), pd.ExcelFile(path, engine="openpyxl") as book:
            sheets = [str(name) for name in book.sheet_names]
            sheet = next((name for name in sheets if name.strip().casefold() == table), sheets[0])
            frame = book.parse(sheet, dtype=object, keep_default_na=False, na_values=[""])
    except (*DAMAGES, ValueError, KeyError, SyntaxError) as error:
        raise DataError.damaged_file(path, why(error)) from None
    others = [name for name in sheets if name != sheet]
    issues.note(
        table,
        "(file)",
        "sheets that were not read",
        len(others),
        examples=others,
        resolution=f"only {quoted(sheet)} of {quoted(path.name)} was read",
    )
    if frame.empty:
        raise DataError.empty_file(path.name)
    frame = frame.dropna(axis="columns", how="all") if any(map(_is_unnamed, frame.columns)) else frame
    return table_of(frame, table, issues)


def _check_workbook(path: Path) -> None:
    """Refuse a workbook that is too large when unpacked, since openpyxl creates an object for each cell."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except DAMAGES as error:
        raise DataError.damaged_file(path, why(error)) from None
    if unpacked > LARGEST_WORKBOOK:
        raise DataError.unpacks_too_large(path, LARGEST_WORKBOOK)


def arrow_table(path: Path) -> Table:
    """Read a Feather or Arrow file. Columns keep their types.

    Raises:
        DataError: the file is damaged, or a text column is not valid UTF-8.
    """
    try:
        with pa.OSFile(str(path)) as stream:
            mark = stream.read(4)
        if mark == b"\xff\xff\xff\xff":
            with pa.OSFile(str(path)) as stream, pa.ipc.open_stream(stream) as reader:
                whole = pa.Table.from_batches(_bounded(reader, path), reader.schema)
        elif mark == b"ARRO":
            with pa.OSFile(str(path)) as stream, pa.ipc.open_file(stream) as reader:
                batches = (reader.get_batch(number) for number in range(reader.num_record_batches))
                whole = pa.Table.from_batches(_bounded(batches, path), reader.schema)
        else:
            whole = pyarrow.feather.read_table(str(path), memory_map=False)
        names = whole.column_names
    except (*DAMAGES, UnicodeDecodeError) as error:
        raise DataError.damaged_file(path, why(error)) from None
    if doubled(names):
        raise DataError.damaged_file(path, f"several columns have the header {listed(doubled(names))}")
    for name, column in zip(names, whole.columns, strict=True):
        check_text(column, path, name)
    if not whole.num_rows:
        raise DataError.empty_file(path.name)
    columns = zip(whole.schema, whole.columns, strict=True)
    return {field.name: field_cells(field, column) for field, column in columns}


def _bounded(batches: Iterable[pa.RecordBatch], path: Path) -> Iterator[pa.RecordBatch]:
    """Yield batches of rows, and refuse a file that unpacks to far more than a file of its size should."""
    most = max(LARGEST_UNPACKED, MOST_TIMES * path.stat().st_size)
    size = 0
    for batch in batches:
        size += batch.nbytes
        if size > most:
            raise DataError.unpacks_too_large(path, most)
        yield batch


def _is_unnamed(header: object) -> bool:
    return str(header).startswith("Unnamed: ")
