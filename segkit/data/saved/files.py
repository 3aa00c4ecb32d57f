"""Parquet files that are written once, and from which nothing is taken unless each byte is what was written."""

import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Lock
from typing import Any

import pyarrow as pa
import pyarrow.parquet

from segkit.data.files.opened import DAMAGES
from segkit.data.saved.exact import OddKindError
from segkit.data.saved.manifest import TABLES
from segkit.errors import DataError

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

        Its digest is taken beside the reading, and not again while the system says that nobody wrote to it.

        Raises:
            DataError: the file is not what was written.
        """
        inner = f"{TABLES}/{name}"
        path, (size, digest) = self._folder / inner, self._files[inner]
        try:
            with path.open("rb") as file, ThreadPoolExecutor(1) as beside:
                state = _state(path)
                if state[0] != size:
                    raise DataError.saved_shop_damaged(
                        path, f"it has {state[0]:,} bytes and had {size:,} when it was written"
                    )
                is_seen = self._seen.get(inner) == state
                taken = None if is_seen else beside.submit(hashlib.file_digest, file, "sha256")
                table = pa.parquet.read_table(
                    path, columns=columns, partitioning=None, pre_buffer=False, page_checksum_verification=True
                )
                if taken is not None and taken.result().hexdigest() != digest:
                    raise DataError.saved_shop_damaged(path, _ALTERED)
                with self._lock:
                    self._seen[inner] = state
        except FileNotFoundError:
            raise DataError.saved_shop_damaged(
                path, "it is missing, or the shop was saved anew since it was opened"
            ) from None
        except PermissionError:
            raise DataError.saved_shop_damaged(path, "it can't be opened by you; its owner alone can read it") from None
        except DAMAGES:
            raise DataError.saved_shop_damaged(path, _ALTERED) from None
        if not set(columns or ()) <= set(table.column_names):
            raise self.refuse(name)
        return _as_written(table)

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
            raise OddKindError(str(table.schema.field(0).type)) from None
        path.chmod(0o600)
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self.files[f"{TABLES}/{name}"] = path.stat().st_size, digest


def _field(header: str, column: Any) -> pa.Field:
    kind = pa.schema([pa.field("kind", column.type)]).serialize().to_pybytes().hex()
    # What is never null is said so, which spares a reader to look.
    return pa.field(header, column.type, nullable=bool(column.null_count), metadata={_KIND: kind})
