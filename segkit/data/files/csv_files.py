"""Read CSV files into tables, with every cell as text. Arrow reads well-formed files. All others are read strictly, row by row."""

import codecs
import contextlib
import csv
import io
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv

from segkit.data.files.csv_blocks import LONGEST_ROW, OddRows, Recoded, whole_rows
from segkit.data.files.csv_form import Form, form_of
from segkit.data.files.csv_oddities import without_oddities
from segkit.data.files.opened import opened
from segkit.data.properties import Cells
from segkit.data.validation.issues import Issues
from segkit.data.validation.tables import Table
from segkit.errors import DataError
from segkit.wording import counted, size_words

_HEAD = 2**20
_PENDING = 4
_ROWS_AT_ONCE = 50_000
_NO_END = "no end of the line"
_LIMIT = threading.Lock()
"""The lock for changing the csv module's field size limit, which all threads share."""


@dataclass(frozen=True, slots=True)
class CsvFile:
    """A CSV file, the table that it belongs to, and the collection for its issues.

    Attributes:
        encoding: the encoding that the user passed, for a file that is neither UTF-8 nor recognizably UTF-16; None if none was passed.
    """

    path: Path
    table: str
    issues: Issues
    encoding: str | None = None


def csv_table(file: CsvFile) -> Table:
    """Read a CSV with every cell as text. `NA` may be Namibia and `007` an id, so only an empty cell is not set.

    Raises:
        DataError: the file is empty or damaged, its encoding is unknown, its rows differ in length, or a quotation mark is stray.
    """
    encoding = _encoding(file)
    try:
        form, whole, has_breaks = _read_fast(file, encoding)
    except OddRows:
        form, whole, has_breaks = _read_strictly(file, encoding)
    except UnicodeDecodeError:
        raise _decoding_error(file, encoding) from None
    whole = without_oddities(whole, form, file.path, file.table, file.issues, may_hold_rows=has_breaks)
    if not whole.num_rows:
        raise DataError.empty_file(file.path.name)
    _note_form(file, form, encoding)
    return {name: Cells(column) for name, column in zip(whole.column_names, whole.columns, strict=True)}


def is_header_only(path: Path) -> bool:
    """Return whether a CSV has a header and no rows, which a connector writes for an empty table. A long header counts as rows."""
    with opened(path) as stream:
        head = bytes(stream.read(_LONGEST_HEADER))
    lines = [line for line in head.splitlines() if line.strip()]
    return len(head) < _LONGEST_HEADER and len(lines) <= 1


_LONGEST_HEADER = 2**16


def _encoding(file: CsvFile) -> str:
    try:
        "".encode(file.encoding or "utf-8")
        told = codecs.lookup(file.encoding or "utf-8").name
    except (LookupError, TypeError):
        raise DataError.unknown_encoding(file.encoding) from None
    with opened(file.path) as stream:
        head = bytes(stream.read(4096))
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8"
    for encoding, noughts in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if noughts.count(0) > len(head) // 4:
            return encoding
    return told


def _read_fast(file: CsvFile, encoding: str) -> tuple[Form, pa.Table, bool]:
    """Return the form, the cells, and whether a quoted cell has a line break. One block is parsed while the next is read."""
    with opened(file.path) as stream, ThreadPoolExecutor(2) as workers:
        source: Any = stream if encoding == "utf-8" else Recoded(stream, encoding)
        head = bytearray(_HEAD)
        filled = 0
        while filled < _HEAD and (size := source.readinto(memoryview(head)[filled:])):
            filled += size
        form = form_of(bytes(head[:filled]), file.path, is_whole=filled < _HEAD)
        pending: deque[Future[tuple[pa.Table, bool]]] = deque()
        found: list[tuple[pa.Table, bool]] = []
        for block, has_quotes in whole_rows(source, bytes(head[form.start : filled]), form.delimiter):
            pending.append(workers.submit(_parsed, block, form, has_quotes=has_quotes))
            if len(pending) > _PENDING:
                found.append(pending.popleft().result())
        found += [future.result() for future in pending]
    if not found:
        raise DataError.empty_file(file.path.name)
    return form, pa.concat_tables([table for table, _ in found]), any(has_breaks for _, has_breaks in found)


def _parsed(block: pa.Buffer, form: Form, *, has_quotes: bool) -> tuple[pa.Table, bool]:
    # Read a single block, since Arrow may lose a byte of a line break between two blocks.
    reading = pa.csv.ReadOptions(column_names=form.columns, block_size=block.size + 1, use_threads=False)
    parsing = pa.csv.ParseOptions(delimiter=form.delimiter, newlines_in_values=has_quotes)
    as_text = pa.csv.ConvertOptions(
        column_types=dict.fromkeys(form.columns, pa.string()),
        null_values=[""],
        strings_can_be_null=True,
        quoted_strings_can_be_null=True,
    )
    try:
        table = pa.csv.read_csv(pa.BufferReader(block), reading, parsing, as_text)
    except pa.ArrowException:
        raise OddRows from None
    # If there are more line breaks than rows, some are inside cells, unless there are blank lines.
    return table, has_quotes and np.count_nonzero(np.frombuffer(block, np.uint8) == ord("\n")) > table.num_rows


def _read_strictly(file: CsvFile, encoding: str) -> tuple[Form, pa.Table, bool]:
    """Read a CSV row by row, as strictly as RFC 4180, except that empty cells after the last column are allowed."""
    with opened(file.path) as stream:
        head = _head(stream, encoding)
    form = form_of(head.encode("utf-8", "surrogateescape"), file.path, is_whole=len(head) < _HEAD)
    width = len(form.columns)
    batches: list[pa.Table] = []
    rows: list[list[str]] = []
    uneven = trimmed = first_uneven = 0
    for line, row in _rows(file, form, encoding):
        if len(row) > width and not any(row[width:]):
            trimmed += 1
            row = row[:width]  # noqa: PLW2901  # only empty cells are cut off
        if len(row) != width:
            uneven += 1
            first_uneven = first_uneven or line
            continue
        rows.append(row)
        if len(rows) == _ROWS_AT_ONCE:
            batches.append(_columns(rows, form))
            rows = []
    if uneven:
        raise DataError.unreadable_file(
            file.path,
            counted(uneven, "row doesn't have", "rows don't have")
            + f" as many cells as the header, which has {width:,}. "
            f"{'The first such row' if uneven > 1 else 'The row'} is in line {first_uneven:,}",
        )
    batches.append(_columns(rows, form))
    file.issues.note(
        file.table, "(file)", "rows with empty cells after the last column", trimmed, resolution="read without them"
    )
    return form, pa.concat_tables(batches), True


def _columns(rows: Sequence[Sequence[str]], form: Form) -> pa.Table:
    cells = zip(*rows, strict=True) if rows else [()] * len(form.columns)
    columns = [pa.array([cell or None for cell in column], pa.string()) for column in cells]
    return pa.table(columns, names=form.columns)


def _rows(file: CsvFile, form: Form, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the rows below the header, each with the number of its first line.

    Raises:
        DataError: a quotation mark is stray, or the text is not in this encoding.
    """
    with _long_cells(), opened(file.path) as stream:
        reader = csv.reader(_lines(stream, encoding), delimiter=form.delimiter, strict=True)
        line = 1
        try:
            for row in reader:
                # Skip the header, and a line such as `sep=;` before it.
                if row and line > form.lines:
                    yield line, row
                line = reader.line_num + 1
        except csv.Error as error:
            if "field limit" in str(error) or _NO_END in str(error):
                raise DataError.unreadable_file(
                    file.path,
                    f"the row that begins in line {line:,} is longer than {size_words(LONGEST_ROW)}. Look for a quotation mark that is "
                    "never closed",
                ) from None
            is_open = "unexpected end" in str(error)
            what = "is never closed, so all lines after it" if is_open else "closes within a cell, so lines after it"
            raise DataError.unreadable_file(
                file.path,
                f"a quotation mark in the row that begins in line {line:,} {what} might be read as one cell. Inside a cell, "
                "double each quotation mark, and enclose the cell in quotation marks",
            ) from None
        except UnicodeDecodeError:
            raise _decoding_error(file, encoding) from None


def _lines(stream: Any, encoding: str) -> Iterator[str]:
    """Yield lines with their line breaks, but without the byte-order marks that remain where files were concatenated."""
    with io.TextIOWrapper(stream, encoding, newline="") as text:
        while line := text.readline(LONGEST_ROW):
            if len(line) == LONGEST_ROW:
                raise csv.Error(_NO_END)
            yield line.removeprefix("\ufeff")


def _head(stream: Any, encoding: str) -> str:
    text = io.TextIOWrapper(
        stream, encoding, errors="surrogateescape" if encoding == "utf-8" else "replace", newline=""
    )
    return text.read(_HEAD)


@contextlib.contextmanager
def _long_cells() -> Iterator[None]:
    with _LIMIT:
        before = csv.field_size_limit(LONGEST_ROW)
        try:
            yield
        finally:
            csv.field_size_limit(before)


def _decoding_error(file: CsvFile, encoding: str) -> DataError:
    """Return an error that names the first line that can't be decoded."""
    if encoding != "utf-8":
        return DataError.not_utf8(file.path, f"its text is not entirely in {encoding}")
    line, rest = 1, b""
    with opened(file.path) as stream:
        while piece := bytes(stream.read(_HEAD)):
            whole, mark, rest = (rest + piece).rpartition(b"\n")
            try:
                (whole + mark).decode()
            except UnicodeDecodeError as error:
                line += error.object[: error.start].count(b"\n")
                break
            line += whole.count(b"\n") + len(mark)
    return DataError.not_utf8(file.path, f"line {line:,} is not text in UTF-8")


def _note_form(file: CsvFile, form: Form, encoding: str) -> None:
    if form.is_unusual:
        file.issues.note(
            file.table,
            "(file)",
            f"cells separated by {form.mark}",
            1,
            examples=[file.path.name],
            resolution="read as such",
        )
    if encoding != "utf-8":
        file.issues.note(
            file.table, "(file)", f"text in {encoding.upper()}", 1, examples=[file.path.name], resolution="read as such"
        )
