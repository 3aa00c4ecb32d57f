"""Columns that still lie in Parquet files, read whole or a piece at a time when they are asked for; what they mean is the door's.

A table of events holds each profile's id many times over, and the door only wants to know which profile it is. So ids and
metrics are never all in memory as text: looking up 20,000,000 ids of eleven letters takes half the memory of reading them first.
"""

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset
import pyarrow.parquet

from segkit.data.properties import Cells, Codes, codes_of, field_cells, holds_json
from segkit.errors import DataError

DAMAGES = (pa.ArrowInvalid, OSError, EOFError, zlib.error)
"""What reading a damaged file raises, by way of Arrow or of its compression."""

_TEXT = {pa.string(), pa.large_string()}

_ROWS_AHEAD = 2**19
_PIECES_AHEAD = 8
_UNBUFFERED = pyarrow.dataset.ParquetFragmentScanOptions(pre_buffer=False)
"""Made for stores far away, reading whole groups of rows ahead takes a fifth more memory here, and no less time."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One file of a table, and what its footer says of it."""

    path: Path
    schema: pa.Schema
    rows: int


class StoredCells(Cells):
    """One column of Parquet files, read anew each time it is asked for; `loaded` keeps it."""

    def __init__(self, name: str, parts: Sequence[_Part]) -> None:
        object.__setattr__(self, "_name", name)
        object.__setattr__(self, "_parts", tuple(parts))

    _name: str
    _parts: tuple[_Part, ...]

    @property
    def values(self) -> pa.ChunkedArray | list[Any]:
        """The cells, read from the files."""
        return self.loaded().values

    def __len__(self) -> int:
        return sum(part.rows for part in self._parts)

    def loaded(self) -> Cells:
        """Return the same cells in memory.

        Raises:
            DataError: a file is damaged.
        """
        whole = joined([_column(part, self._name) for part in self._parts], [part.path for part in self._parts])
        return field_cells(whole.field(0), whole.column(0))

    def take(self, rows: npt.NDArray[np.integer[Any]]) -> Cells:
        """Return the cells of some rows, in their order."""
        return self.loaded().take(rows)

    def index_in(self, wanted: pa.Array) -> Codes:
        """Return where each cell stands in other values, -1 for nowhere, a piece of the files at a time.

        As an expression of the scan, the table of what is wanted is built once for all pieces, and both cores look up in it.
        """
        if not self.is_text:
            return super().index_in(wanted)
        place = pc.index_in(pc.field(self._name), options=pc.SetLookupOptions(value_set=wanted))
        found = np.empty(len(self), dtype=np.int32)
        start = 0
        for piece in self._scanned(pa.string(), place):
            found[start : start + len(piece)] = codes_of(piece)
            start += len(piece)
        return found

    def encoded(self) -> Iterator[pa.DictionaryArray]:
        """Return the cells as codes into distinct values, a piece of the files at a time, each with its own distinct values.

        The files have them as such already, so reading codes takes a tenth of the time of making them anew from text.
        """
        if not self.is_text:
            return super().encoded()
        return self._scanned(pa.dictionary(pa.int32(), pa.string()), pc.field(self._name))

    @property
    def is_text(self) -> bool:
        """Whether all parts hold text that needs no other reading."""
        fields = [part.schema.field(self._name) for part in self._parts if self._name in part.schema.names]
        kinds = {field.type.value_type if pa.types.is_dictionary(field.type) else field.type for field in fields}
        return kinds <= _TEXT and not any(map(holds_json, fields))

    def _scanned(self, kind: pa.DataType, wanted: pc.Expression) -> Iterator[pa.Array]:
        columns = [self._name] if pa.types.is_dictionary(kind) else []
        reading = pa.dataset.ParquetReadOptions(dictionary_columns=columns)
        files = pa.dataset.dataset(
            [str(part.path) for part in self._parts],
            schema=pa.schema([pa.field(self._name, kind)]),
            format=pa.dataset.ParquetFileFormat(read_options=reading),
        )
        # With fewer pieces ahead one core waits for the other, since they come in order; with more, what waits is memory.
        scanner = files.scanner(
            columns={"wanted": wanted},
            batch_size=_ROWS_AHEAD // _PIECES_AHEAD,
            batch_readahead=_PIECES_AHEAD,
            fragment_readahead=1,
            fragment_scan_options=_UNBUFFERED,
        )
        try:
            for batch in scanner.to_batches():
                yield batch.column(0)
        except DAMAGES as error:
            # Reading file by file tells which one it is; should none be, it is the first.
            self.loaded()
            raise DataError.unreadable_file(self._parts[0].path, first_line(error)) from None


def stored_table(paths: Sequence[Path]) -> dict[str, Cells]:
    """Return the columns of Parquet files, of which only the footers are read; one that only some parts have is unset in the others.

    Raises:
        DataError: a file is empty or damaged, or the parts don't fit together.
    """
    parts = [_part(path) for path in paths]
    fields = joined([part.schema.empty_table() for part in parts], list(paths)).schema
    return {name: StoredCells(name, parts) for name in fields.names}


def joined(parts: Sequence[pa.Table], paths: Sequence[Path]) -> pa.Table:
    """Join the parts of a table; a column that only some parts have is unset in the others.

    Raises:
        DataError: a column is of one type in one part and of another in the next.
    """
    try:
        # Permissive, since a column of whole numbers turns into one of doubles in a part where a cell is empty.
        return parts[0] if len(parts) == 1 else pa.concat_tables(parts, promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise DataError.unreadable_file(
            paths[-1], f"its columns are of other types than in {paths[0].name!r} ({error})"
        ) from None


def first_line(error: Exception) -> str:
    """Return what an error says, in one line."""
    return str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else type(error).__name__


def _part(path: Path) -> _Part:
    try:
        with pa.parquet.ParquetFile(path) as file:
            schema, rows = file.schema_arrow, file.metadata.num_rows
    except DAMAGES as error:
        raise DataError.unreadable_file(path, first_line(error)) from None
    if not rows:
        raise DataError.empty_file(path.name)
    return _Part(path, schema, rows)


def _column(part: _Part, name: str) -> pa.Table:
    if name not in part.schema.names:
        return pa.table({name: pa.nulls(part.rows)})
    try:
        return pa.parquet.read_table(part.path, columns=[name], pre_buffer=False)
    except DAMAGES as error:
        raise DataError.unreadable_file(part.path, first_line(error)) from None
