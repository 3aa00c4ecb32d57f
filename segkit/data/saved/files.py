"""Parquet files that are written once, and from which nothing is taken unless each byte is what was written."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from segkit.data.files.opened import DAMAGES
from segkit.data.saved.exact import OddKindError
from segkit.data.saved.manifest import TABLES
from segkit.errors import DataError

T = TypeVar("T")

ROWS_TOGETHER = 2**18
"""Rows of a group, of which Parquet's readers pass over those that lie outside of a window of time."""

_KIND = b"segkit:kind"
"""Under which a column keeps its Arrow type, since Parquet has no seconds and no days in milliseconds."""


class SavedFiles:
    """The files of a saved shop, read when they are asked for."""

    def __init__(self, folder: Path, files: Mapping[str, tuple[int, str]]) -> None:
        self._folder, self._files = folder, files
        self._seen: dict[str, tuple[int, ...]] = {}
        self._lock = Lock()

    def read(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Return columns of a file, all if none are named.

        Raises:
            DataError: the file is not what was written.
        """

        def whole(path: Path) -> pa.Table:
            return pa.parquet.read_table(
                path, columns=columns, partitioning=None, pre_buffer=False, page_checksum_verification=True
            )

        table = self._checked(name, whole)
        if not set(columns or ()) <= set(table.column_names):
            raise self.refuse(name)
        return _as_written(table)

    def numbers(self, name: str, columns: Mapping[str, type[np.int32] | type[np.int64]], rows: int) -> list[Any]:
        """Return columns of whole numbers and instants, of which none is null, as arrays.

        They are filled piece by piece, which takes half the time and memory of reading pieces and joining them.

        Raises:
            DataError: the file is not what was written, or has another number of rows.
        """

        def filled(path: Path) -> list[Any]:
            found = [np.empty(rows, kind) for kind in columns.values()]
            start = 0
            with pa.parquet.ParquetFile(path, pre_buffer=False, page_checksum_verification=True) as file:
                if file.metadata.num_rows != rows or not set(columns) <= set(file.schema_arrow.names):
                    raise self.refuse(name)
                for piece in file.iter_batches(ROWS_TOGETHER, columns=list(columns)):
                    for array, column in zip(found, columns, strict=True):
                        kind = pa.from_numpy_dtype(array.dtype)
                        array[start : start + len(piece)] = piece.column(column).view(kind).to_numpy()
                    start += len(piece)
            return found

        return self._checked(name, filled)

    def _checked(self, name: str, read: Callable[[Path], T]) -> T:
        """Return what is read from a file whose bytes are those that were written.

        Its digest is taken beside the reading, and not again while the system says that nobody wrote to it.
        """
        inner = f"{TABLES}/{name}"
        path, (size, digest) = self._folder / inner, self._files[inner]
        try:
            with path.open("rb") as file, ThreadPoolExecutor(1) as beside:
                state = _state(path)
                if state[0] != size:
                    reason = f"it has {state[0]:,} bytes and had {size:,} when it was written"
                    raise DataError.saved_shop_damaged(path, reason)
                is_seen = self._seen.get(inner) == state
                taken = None if is_seen else beside.submit(hashlib.file_digest, file, "sha256")
                found = read(path)
                if taken is not None and taken.result().hexdigest() != digest:
                    raise DataError.saved_shop_damaged(path, _ALTERED)
                with self._lock:
                    self._seen[inner] = state
        except FileNotFoundError:
            reason = "it is missing, or the shop was saved anew since it was opened"
            raise DataError.saved_shop_damaged(path, reason) from None
        except PermissionError:
            raise DataError.saved_shop_damaged(path, "it can't be opened by you; its owner alone can read it") from None
        except DAMAGES:
            raise DataError.saved_shop_damaged(path, _ALTERED) from None
        return found

    def refuse(self, name: str) -> DataError:
        """Return the error for a file that says what can't be."""
        return DataError.saved_shop_damaged(self._folder / TABLES / name, "what it says can't be")


ODD = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, pa.ArrowException)
"""What comes of files and a manifest that fit each other and say what can't be, which segkit never writes."""

_ALTERED = "its bytes are not those that were written: it was damaged, or the shop was saved anew since it was opened"


def _state(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino


def _as_written(table: pa.Table) -> pa.Table:
    """Return columns in the types that they were written from."""
    columns = []
    for field, column in zip(table.schema, table.columns, strict=True):
        kind = (field.metadata or {}).get(_KIND)
        wanted = (
            field.type if kind is None else pa.ipc.read_schema(pa.py_buffer(bytes.fromhex(kind.decode()))).field(0).type
        )
        columns.append(column if column.type == wanted else column.cast(wanted))
    return pa.table(columns, names=table.column_names)


class Writer:
    """Writes the files of a saved shop into a folder, readable by their owner alone, and keeps their sizes and digests."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.files: dict[str, tuple[int, str]] = {}

    def write(self, name: str, columns: Mapping[str, Any], *, coded: Sequence[str] = ()) -> None:
        """Write a table; columns that are `coded` hold few values often, and take less room as codes.

        Raises:
            OddKindError: Parquet has no such type.
        """
        path = self._folder / TABLES / name
        for above in reversed(path.relative_to(self._folder).parents[:-1]):
            (self._folder / above).mkdir(mode=0o700, exist_ok=True)
        fields = [_field(header, column) for header, column in columns.items()]
        table = pa.table(list(columns.values()), schema=pa.schema(fields))
        try:
            pa.parquet.write_table(
                table,
                path,
                compression="none",
                use_dictionary=list(coded),
                row_group_size=ROWS_TOGETHER,
                write_page_checksum=True,
                version="2.6",
            )
        except pa.ArrowNotImplementedError:
            raise OddKindError(next(str(field.type) for field in fields if not _is_known(field))) from None
        path.chmod(0o600)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.files[f"{TABLES}/{name}"] = path.stat().st_size, digest


def _is_known(field: pa.Field) -> bool:
    """Whether Parquet has a column's type."""
    try:
        pa.parquet.write_table(pa.table([pa.array([], field.type)], names=["column"]), pa.BufferOutputStream())
    except pa.ArrowNotImplementedError:
        return False
    return True


def _field(header: str, column: Any) -> pa.Field:
    kind = pa.schema([pa.field("kind", column.type)]).serialize().to_pybytes().hex()
    # What is never null is said so, which spares a reader to look.
    return pa.field(header, column.type, nullable=bool(column.null_count), metadata={_KIND: kind})
