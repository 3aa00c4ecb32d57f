"""Workbooks and Arrow's own files to tables."""

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
from segkit.data.validation.faults import Faults
from segkit.data.validation.tables import Table
from segkit.errors import DataError
from segkit.masking import quoted
from segkit.wording import listed

LARGEST_WORKBOOK = 2**29
"""Bytes of a workbook, unpacked: a sheet that is full to its last row, with a few columns."""


def excel_table(path: Path, table: str, faults: Faults) -> Table:
    """Read the sheet of a workbook that is named like the table, or the first; cells keep the types that they have there.

    Raises:
        DataError: the package for it is not installed, or the workbook is damaged, locked, empty, or larger than can be read.
    """
    if importlib.util.find_spec("openpyxl") is None:
        raise DataError.no_excel(path)
    _check_workbook(path)
    try:
        # What the reader says of styles and extensions that it passes over is not about the data.
        with warnings.catch_warnings(action="ignore"), pd.ExcelFile(path, engine="openpyxl") as book:
            sheets = [str(name) for name in book.sheet_names]
            sheet = next((name for name in sheets if name.strip().casefold() == table), sheets[0])
            frame = book.parse(sheet, dtype=object, keep_default_na=False, na_values=[""])
    except (*DAMAGES, ValueError, KeyError, SyntaxError) as error:
        raise DataError.damaged_file(path, why(error)) from None
    others = [name for name in sheets if name != sheet]
    faults.note(
        table,
        "(file)",
        "sheets that were not read",
        len(others),
        examples=others,
        done=f"only {quoted(sheet)} of {quoted(path.name)} was",
    )
    if frame.empty:
        raise DataError.empty_file(path.name)
    frame = frame.dropna(axis="columns", how="all") if any(map(_is_unnamed, frame.columns)) else frame
    return table_of(frame, table, faults)


def _check_workbook(path: Path) -> None:
    """Refuse a workbook that takes more room unpacked than can be read: the reader makes an object of each cell."""
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
    except DAMAGES as error:
        raise DataError.damaged_file(path, why(error)) from None
    if unpacked > LARGEST_WORKBOOK:
        raise DataError.unpacks_too_large(path, LARGEST_WORKBOOK)


def arrow_table(path: Path) -> Table:
    """Read a Feather or Arrow file, of which columns keep their types.

    Raises:
        DataError: it is damaged, or text in it is not UTF-8.
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
        raise DataError.damaged_file(path, f"several columns are headed {listed(doubled(names))}")
    for name, column in zip(names, whole.columns, strict=True):
        check_text(column, path, name)
    if not whole.num_rows:
        raise DataError.empty_file(path.name)
    columns = zip(whole.schema, whole.columns, strict=True)
    return {field.name: field_cells(field, column) for field, column in columns}


def _bounded(batches: Iterable[pa.RecordBatch], path: Path) -> Iterator[pa.RecordBatch]:
    """Give batches of rows as long as they are not far more than a file of this size should hold."""
    most = max(LARGEST_UNPACKED, MOST_TIMES * path.stat().st_size)
    size = 0
    for batch in batches:
        size += batch.nbytes
        if size > most:
            raise DataError.unpacks_too_large(path, most)
        yield batch


def _is_unnamed(header: object) -> bool:
    return str(header).startswith("Unnamed: ")
