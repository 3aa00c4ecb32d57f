"""Write the Parquet files of a saved shop, and verify their digests when they are read."""

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any, Protocol, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet

from segkit.data.files.opened import DAMAGES
from segkit.data.saved.exact import OddKindError
from segkit.data.saved.manifest import TABLES
from segkit.errors import DataError

T = TypeVar("T")
R_co = TypeVar("R_co", covariant=True)

ROWS_TOGETHER = 2**18
"""The number of rows in a row group. Parquet readers can skip groups that are outside a time window."""

_KIND = b"segkit:kind"
"""The metadata key for a column's Arrow type, since Parquet lacks some types, such as timestamps in seconds."""


class SavedFiles:
    """The files of a saved shop, which are read on demand."""

    def __init__(self, folder: Path, files: Mapping[str, tuple[int, str]]) -> None:
        self._folder, self._files = folder, files
        self._seen: dict[str, tuple[int, ...]] = {}
        self._lock = Lock()

    def read(self, name: str, columns: Sequence[str] | None = None) -> pa.Table:
        """Return some columns of a file, or all if `columns` is None.

        Raises:
            DataError: the file was changed or is damaged.
        """

        def whole(path: Path, *, sums: bool) -> pa.Table:
            return pa.parquet.read_table(
                path, columns=columns, partitioning=None, pre_buffer=False, page_checksum_verification=sums
            )

        table = self._checked(name, whole)
        if not set(columns or ()) <= set(table.column_names):
            raise self.refuse(name)
        return _as_written(table)

    def verify(self, name: str) -> None:
        """Check that a file's bytes have not changed since they were written. Skip the check if it was made before and still holds.

        Raises:
            DataError: the file was changed or is damaged.
        """

        def nothing(path: Path, *, sums: bool) -> None:
            del path, sums

        self._checked(name, nothing)

    def numbers(self, name: str, columns: Mapping[str, type[np.int32] | type[np.int64]], rows: int) -> list[Any]:
        """Return columns of integers and instants without nulls as arrays.

        The arrays are filled batch by batch, which takes less time and memory than reading and concatenating batches.

        Raises:
            DataError: the file was changed or is damaged, or has a wrong number of rows.
        """

        def filled(path: Path, *, sums: bool) -> list[Any]:
            found = [np.empty(rows, kind) for kind in columns.values()]
            start = 0
            with pa.parquet.ParquetFile(path, pre_buffer=False, page_checksum_verification=sums) as file:
                if file.metadata.num_rows != rows or not set(columns) <= set(file.schema_arrow.names):
                    raise self.refuse(name)
                for piece in file.iter_batches(ROWS_TOGETHER, columns=list(columns)):
                    for array, column in zip(found, columns, strict=True):
                        kind = pa.from_numpy_dtype(array.dtype)
                        array[start : start + len(piece)] = piece.column(column).view(kind).to_numpy()
                    start += len(piece)
            return found

        return self._checked(name, filled)

    def _checked(self, name: str, read: "_Read[T]") -> T:
        """Read from a file, and check that its bytes have not changed since they were written.

        The digest is computed in a second thread, and only once while the file's size, time and inode stay the same. Later reads
        verify the checksums of Parquet's pages instead.
        """
        inner = f"{TABLES}/{name}"
        path, (size, digest) = self._folder / inner, self._files[inner]
        try:
            with path.open("rb") as file, ThreadPoolExecutor(1) as beside:
                state = _state(path)
                if state[0] != size:
                    reason = f"it has {state[0]:,} bytes but had {size:,} when it was written"
                    raise DataError.saved_shop_damaged(path, reason)
                is_seen = self._seen.get(inner) == state
                taken = None if is_seen else beside.submit(hashlib.file_digest, file, "sha256")
                found = read(path, sums=is_seen)
                if taken is not None and taken.result().hexdigest() != digest:
                    raise DataError.saved_shop_damaged(path, _ALTERED)
                with self._lock:
                    self._seen[inner] = state
        except FileNotFoundError:
            reason = "it is missing, or the shop was saved again after it was opened"
            raise DataError.saved_shop_damaged(path, reason) from None
        except PermissionError:
            raise DataError.saved_shop_damaged(path, "you can't open it; only its owner can read it") from None
        except DAMAGES:
            raise DataError.saved_shop_damaged(path, _ALTERED) from None
        return found

    def refuse(self, name: str) -> DataError:
        """Return the error for a file with impossible content."""
        return DataError.saved_shop_damaged(self._folder / TABLES / name, "its content is not valid")


ODD = (ValueError, TypeError, LookupError, AttributeError, ArithmeticError, RecursionError, pa.ArrowException)
"""The exceptions that impossible content in files or the manifest causes, although the digests are right."""


class _Read(Protocol[R_co]):
    """A function that reads from a file, and verifies the checksums of its pages if `sums` is True."""

    def __call__(self, path: Path, *, sums: bool) -> R_co: ...


_ALTERED = "its content has changed: it was damaged, or the shop was saved again after it was opened"


def _state(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return found.st_size, found.st_mtime_ns, found.st_ino


def _as_written(table: pa.Table) -> pa.Table:
    """Cast columns back to the types that they had before writing."""
    columns = []
    for field, column in zip(table.schema, table.columns, strict=True):
        kind = (field.metadata or {}).get(_KIND)
        wanted = (
            field.type if kind is None else pa.ipc.read_schema(pa.py_buffer(bytes.fromhex(kind.decode()))).field(0).type
        )
        columns.append(column if column.type == wanted else column.cast(wanted))
    return pa.table(columns, names=table.column_names)


class Writer:
    """Writes the files of a saved shop, readable only by their owner, and collects their sizes and digests."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.files: dict[str, tuple[int, str]] = {}

    def write(self, name: str, columns: Mapping[str, Any], *, coded: Sequence[str] = ()) -> None:
        """Write a table. Columns in `coded` have few distinct values and are dictionary-encoded.

        Raises:
            OddKindError: Parquet does not support the type of a column.
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
    """Return whether Parquet supports a column's type."""
    try:
        pa.parquet.write_table(pa.table([pa.array([], field.type)], names=["column"]), pa.BufferOutputStream())
    except pa.ArrowNotImplementedError:
        return False
    return True


def _field(header: str, column: Any) -> pa.Field:
    kind = pa.schema([pa.field("kind", column.type)]).serialize().to_pybytes().hex()
    # Columns without nulls are marked as such, which makes them faster to read.
    return pa.field(header, column.type, nullable=bool(column.null_count), metadata={_KIND: kind})
