"""Remove or report oddities in a CSV: repeated headers, columns without a header, and rows merged into one cell."""

import re
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.files.csv_form import Form
from segkit.data.validation.issues import Issues
from segkit.errors import DataError
from segkit.wording import counted

_BYTE_ORDER_MARK = "\ufeff"
_MOST_COLUMNS = 100
"""For more columns than this, the regex for a whole row inside a cell would be too long for Arrow."""


def without_oddities(
    whole: pa.Table, form: Form, path: Path, table: str, issues: Issues, *, may_hold_rows: bool
) -> pa.Table:
    """Return only the real rows of a CSV, and note what was left out or looks wrong.

    Raises:
        DataError: a column without a header is not empty, or a header in the middle of the file has its columns in another order.
    """
    whole = _without_headers(whole, form, path, table, issues)
    first = whole.column(0)
    marked = pc.starts_with(first, _BYTE_ORDER_MARK)
    if pc.any(marked).as_py():
        issues.note(
            table,
            "(file)",
            "byte-order marks inside a file",
            pc.sum(marked).as_py(),
            examples=[path.name],
            resolution="ignored",
        )
        bare = pc.replace_substring_regex(first, f"^{_BYTE_ORDER_MARK}", "")
        whole = whole.set_column(0, whole.field(0), bare)
    if may_hold_rows and 2 < len(form.header) <= _MOST_COLUMNS:
        _note_swallowed(whole, form, path, table, issues)
    return _without_unnamed(whole, form, path, table, issues)


def _without_headers(whole: pa.Table, form: Form, path: Path, table: str, issues: Issues) -> pa.Table:
    """Leave out headers in the middle of the file, which remain where files were concatenated."""
    header = [name or None for name in form.header]
    names = [name for name in header if name]
    looks_so = pc.is_in(whole.column(0), value_set=pa.array([*names, *(_BYTE_ORDER_MARK + name for name in names)]))
    rows = np.flatnonzero(pc.fill_null(looks_so, fill_value=False).to_numpy())
    if not len(rows):
        return whole
    same, other = [], []
    for row, cells in zip(
        rows, zip(*(column.take(rows).to_pylist() for column in whole.columns), strict=True), strict=True
    ):
        bare = [cells[0].removeprefix(_BYTE_ORDER_MARK), *cells[1:]]
        if bare == header:
            same.append(row)
        elif len(names) > 1 and sum(cell is not None for cell in bare) > 1 and {*bare} <= {*header, None}:
            other.append(row)
    if other:
        raise DataError.unreadable_file(
            path,
            f"{counted(len(other), 'row repeats', 'rows repeat')} the headers in a different order, so the columns of the rows below differ. "
            f"Save the parts as {table}-1.csv and {table}-2.csv",
        )
    issues.note(
        table, "(file)", "headers in the middle of a file", len(same), examples=[path.name], resolution="left out"
    )
    if not same:
        return whole
    is_row = np.ones(whole.num_rows, dtype=bool)
    is_row[same] = False
    return whole.filter(pa.array(is_row))


def _without_unnamed(whole: pa.Table, form: Form, path: Path, table: str, issues: Issues) -> pa.Table:
    """Leave out columns without a header that are empty or only number the rows."""
    for number, name in enumerate(form.header, 1):
        if name:
            continue
        column = whole.column(form.columns[number - 1])
        held = len(column) - column.null_count
        if held and number == 1 and _counts_rows(column):
            issues.note(table, "(file)", "a column without a header that numbers the rows", 1, resolution="left out")
        elif held:
            raise DataError.unreadable_file(
                path, f"column {number} has no header but contains {counted(held, 'cell')}. Add a header"
            )
    return whole.select([column for column, name in zip(form.columns, form.header, strict=True) if name])


def _counts_rows(column: pa.ChunkedArray) -> bool:
    if not column[0].as_py() or column[0].as_py() not in ("0", "1"):
        return False
    start = int(column[0].as_py())
    numbers = pa.chunked_array([pa.array(np.arange(start, start + len(column))).cast(pa.string())])
    return bool(column.equals(numbers))


def _note_swallowed(whole: pa.Table, form: Form, path: Path, table: str, issues: Issues) -> None:
    """Note cells that contain whole rows: the text from a stray quotation mark to the next one in the same column."""
    mark = form.delimiter if form.delimiter == "\t" else re.escape(form.delimiter)
    other = rf"[^{mark}\n]*"
    another = f"{mark}{other}"
    width = len(form.header)
    for number, column in enumerate(whole.columns):
        broken = column.filter(pc.match_substring(column, "\n"))
        if not len(broken):
            continue
        behind, whole_row, before = (
            f"{other}(?:{another}){{{size}}}" for size in (width - 1 - number, width - 1, number)
        )
        pattern = rf"\A{behind}\n(?:{whole_row}\n)*{before}\z"
        found = pc.sum(pc.match_substring_regex(broken, pattern)).as_py()
        issues.note(
            table,
            form.header[number] or "(file)",
            "cells with line breaks that may be several rows",
            found,
            examples=[path.name],
            resolution="each read as one cell. Look for a quotation mark that is never closed",
        )
