"""Read columns of Parquet files lazily, as a whole or in pieces. `segkit.data.validation` interprets them.

In a table of events, each profile's id occurs many times, but validation only needs the profile's index. Ids and metrics are
therefore looked up piece by piece, and are never all in memory as text.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset
import pyarrow.parquet

from segkit.data.files.opened import DAMAGES, LARGEST_UNPACKED, MOST_TIMES, why
from segkit.data.files.parts import doubled, joined_cells
from segkit.data.id_table import IdTable
from segkit.data.properties import Cells, Codes, codes_of, field_cells, holds_json
from segkit.errors import DataError
from segkit.wording import listed

_TEXT = {pa.string(), pa.large_string()}

_ROWS_AHEAD = 2**19
_PIECES_AHEAD = 8
# Prefetching whole row groups is meant for remote storage. For local files it only takes more memory.
_SCAN = pyarrow.dataset.ParquetFragmentScanOptions(pre_buffer=False, page_checksum_verification=True)

_FEW_ROWS, _ROWS_A_BYTE = 10_000_000, 100
"""The number of rows that any file may have, and the most rows per byte in larger files. No table with ids and times compresses that well."""

_NO_VALUE = "__HIVE_DEFAULT_PARTITION__"
"""The folder name that engines use for parts in which the partition column is null."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """One column of one Parquet file.

    Attributes:
        path: the file.
        field: the column's name and type in the file's footer.
        rows: the number of rows in the file.
        is_in_file: whether the file has the column. If not, every row has the value `everywhere`.
        everywhere: the value from a folder's name, such as `year=2026`; None if the column is not set in this file.
    """

    path: Path
    field: pa.Field
    rows: int
    is_in_file: bool = True
    everywhere: str | None = None

    @property
    def is_text(self) -> bool:
        """Whether the column is plain text that needs no conversion."""
        kind = self.field.type.value_type if pa.types.is_dictionary(self.field.type) else self.field.type
        return kind in _TEXT and not holds_json(self.field)

    def repeated(self) -> pa.ChunkedArray:
        """Return the cells of a column that the file lacks."""
        return pa.chunked_array([pa.repeat(pa.scalar(self.everywhere, pa.string()), self.rows)])

    def read(self) -> Cells:
        """Return the cells.

        Raises:
            DataError: the file is damaged.
        """
        if not self.is_in_file:
            return Cells(self.repeated())
        try:
            column = pa.parquet.read_table(
                self.path,
                columns=[self.field.name],
                partitioning=None,
                pre_buffer=False,
                page_checksum_verification=True,
            ).column(0)
        except DAMAGES as error:
            raise DataError.damaged_file(self.path, why(error)) from None
        if pa.types.is_timestamp(column.type) and column.type.tz is not None and not _is_zone(column.type):
            # A moment is the same in any zone, so an unknown zone can be replaced by UTC.
            column = column.cast(pa.timestamp(column.type.unit, "UTC"))
        check_text(column, self.path, self.field.name)
        return field_cells(self.field, column)


class StoredCells(Cells):
    """One column of Parquet files. It is read on every access, and `loaded` returns it in memory."""

    def __init__(self, pieces: Sequence[_Piece]) -> None:
        object.__setattr__(self, "pieces", tuple(pieces))

    pieces: tuple[_Piece, ...]

    @property
    def values(self) -> pa.ChunkedArray | list[Any]:
        """The cells, read from the files."""
        return self.loaded().values

    def __len__(self) -> int:
        return sum(piece.rows for piece in self.pieces)

    def loaded(self) -> Cells:
        """Return the same cells in memory.

        Raises:
            DataError: a file is damaged.
        """
        return joined_cells([piece.read() for piece in self.pieces])

    def take(self, rows: npt.NDArray[np.integer[Any]]) -> Cells:
        """Return the cells of some rows, in their order."""
        return self.loaded().take(rows)

    def index_in(self, wanted: pa.Array) -> Codes:
        """Return the position of each cell in `wanted`, or -1 if it is not in it. The files are read piece by piece.

        The lookup table is built once for all pieces. It is an `IdTable` if all wanted values have the same length, else Arrow's own.
        """
        if not self.is_text:
            return super().index_in(wanted)
        table, lookup = IdTable.of(wanted), pc.SetLookupOptions(value_set=wanted)
        pieces = (
            map(codes_of, self._scanned(pa.string(), lambda column: pc.index_in(column, options=lookup)))
            if table is None
            else map(table.find, self._scanned(pa.string(), lambda column: column))
        )
        found = np.empty(len(self), dtype=np.int32)
        start = 0
        for piece in pieces:
            found[start : start + len(piece)] = piece
            start += len(piece)
        return found

    def encoded(self) -> Iterator[pa.DictionaryArray]:
        """Yield the cells dictionary-encoded, piece by piece. Each piece has its own distinct values.

        Parquet files store text in this form, so reading the codes is faster than encoding the text again.
        """
        if not self.is_text:
            return super().encoded()
        return self._coded_pieces()

    def _coded_pieces(self) -> Iterator[pa.DictionaryArray]:
        for piece in self._scanned(pa.dictionary(pa.int32(), pa.string()), lambda column: column):
            try:
                piece.validate(full=True)
            except pa.ArrowInvalid as error:
                # Codes are out of range, or text is invalid. Reading file by file finds the damaged file.
                self.loaded()
                raise DataError.damaged_file(self.pieces[0].path, why(error)) from None
            yield piece

    @property
    def is_text(self) -> bool:
        """Whether the column is plain text in all files."""
        return all(piece.is_text for piece in self.pieces)

    def _scanned(self, kind: pa.DataType, wanted: Callable[[pc.Expression], pc.Expression]) -> Iterator[pa.Array]:
        """Yield the result of an expression on the column, in pieces. Adjacent files that have the column are scanned together."""
        for name, pieces in groupby(self.pieces, key=lambda piece: piece.field.name if piece.is_in_file else None):
            if name is None:
                for piece in pieces:
                    # Evaluate the same expression on a table in memory.
                    column = pa.table({"column": piece.repeated().cast(kind)})
                    scanner = pa.dataset.dataset(column).scanner(columns={"wanted": wanted(pc.field("column"))})
                    yield from (batch.column(0) for batch in scanner.to_batches())
            else:
                yield from self._scanned_files(name, list(pieces), kind, wanted(pc.field(name)))

    def _scanned_files(
        self, name: str, pieces: list[_Piece], kind: pa.DataType, wanted: pc.Expression
    ) -> Iterator[pa.Array]:
        columns = [name] if pa.types.is_dictionary(kind) else []
        reading = pa.dataset.ParquetReadOptions(dictionary_columns=columns)
        files = pa.dataset.dataset(
            [str(piece.path) for piece in pieces],
            schema=pa.schema([pa.field(name, kind)]),
            format=pa.dataset.ParquetFileFormat(read_options=reading),
        )
        # Pieces come in order. If fewer are read ahead, one core waits for the other. If more are, they only fill memory.
        scanner = files.scanner(
            columns={"wanted": wanted},
            batch_size=_ROWS_AHEAD // _PIECES_AHEAD,
            batch_readahead=_PIECES_AHEAD,
            fragment_readahead=1,
            fragment_scan_options=_SCAN,
        )
        try:
            for batch in scanner.to_batches():
                yield batch.column(0)
        except DAMAGES as error:
            # Reading file by file finds the damaged file. If none of them fails, name the first.
            self.loaded()
            raise DataError.damaged_file(pieces[0].path, why(error)) from None


def stored_table(path: Path, within: Path | None = None) -> dict[str, Cells]:
    """Return the columns of a Parquet file lazily: only the footer is read.

    Args:
        path: the file.
        within: the folder of part files that contains the file. Folders in between, such as `year=2026`, name a column and its value.

    Raises:
        DataError: the file is damaged, unpacks to far more than a file of its size should, or has a duplicate column.
    """
    try:
        with pa.parquet.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
            size = path.stat().st_size
            _check_unpacked(
                path, size, sum(file.metadata.row_group(i).total_byte_size for i in range(file.num_row_groups))
            )
        names = schema.names
    except (*DAMAGES, UnicodeDecodeError) as error:
        raise DataError.damaged_file(path, why(error)) from None
    if rows > max(_FEW_ROWS, _ROWS_A_BYTE * size):
        raise DataError.damaged_file(path, f"it claims to have {rows:,} rows, but is far too small for that")
    if doubled(names):
        raise DataError.damaged_file(path, f"several columns have the header {listed(doubled(names))}")
    pieces = {field.name: _Piece(path, field, rows) for field in schema}
    steps = path.relative_to(within).parts[:-1] if within is not None else ()
    for name, _, value in (step.partition("=") for step in steps):
        text = None if value == _NO_VALUE else unquote(value)
        field = pa.field(unquote(name), pa.string())
        pieces.setdefault(field.name, _Piece(path, field, rows, is_in_file=False, everywhere=text))
    return {name: StoredCells([piece]) for name, piece in pieces.items()}


def joined_tables(parts: Sequence[Mapping[str, Cells]]) -> dict[str, Cells]:
    """Join the parts of a table. A column that only some parts have is not set in the others."""
    if len(parts) == 1:
        return dict(parts[0])
    sizes = [len(next(iter(part.values()))) for part in parts]
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: _joined([part.get(name) for part in parts], sizes) for name in names}


def _joined(columns: Sequence[Cells | None], sizes: Sequence[int]) -> Cells:
    there = [column for column in columns if column is not None]
    if all(isinstance(column, StoredCells) for column in there):
        return StoredCells([
            piece
            for column, size in zip(columns, sizes, strict=True)
            for piece in (column.pieces if isinstance(column, StoredCells) else [_absent(size)])
        ])  # fmt: skip
    unset = (Cells(pa.chunked_array([pa.nulls(size, pa.string())])) for size in sizes)
    return joined_cells(
        [other if column is None else column.loaded() for column, other in zip(columns, unset, strict=True)]
    )


def _absent(rows: int) -> _Piece:
    return _Piece(Path(), pa.field("", pa.string()), rows, is_in_file=False)


def check_text(column: pa.ChunkedArray, path: Path, name: str) -> None:
    """Refuse a text column that is not valid UTF-8.

    Raises:
        DataError: the column contains invalid text.
    """
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        raise DataError.stored_text_not_utf8(path, name) from None


def _check_unpacked(path: Path, size: int, unpacked: int) -> None:
    most = max(LARGEST_UNPACKED, MOST_TIMES * size)
    if unpacked > most:
        raise DataError.unpacks_too_large(path, most)


def _is_zone(kind: pa.DataType) -> bool:
    try:
        pc.strftime(pa.scalar(0, kind))
    except pa.ArrowInvalid:
        return False
    return True
