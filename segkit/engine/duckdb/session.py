"""Run statements with DuckDB on the files of a saved shop, and convert its errors to segkit's errors."""

import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb
import pyarrow as pa
from sqlglot import exp

from segkit.data.saved.files import SavedFiles
from segkit.errors import DataError
from segkit.sql.shop import SqlShop
from segkit.sql.tables import FolderTables

SETTINGS = (
    "autoinstall_known_extensions",
    "autoload_known_extensions",
    "enable_progress_bar",
    "python_enable_replacements",
)
"""Settings that keep DuckDB from fetching extensions, drawing a bar under a cell, or reading an analyst's variable as a table."""


class Session:
    """A DuckDB in memory that reads the files of one saved shop. Threads may share it, each with its own cursor.

    Attributes:
        folder: the folder of the saved shop.
        spilled: the folder for data that does not fit into memory.
    """

    def __init__(self, folder: Path, files: SavedFiles) -> None:
        self.folder, self._files = folder, files
        # Data that does not fit into memory is written to a folder that only its owner can enter, since it is personal.
        self.spilled = tempfile.mkdtemp(prefix="segkit-")
        # Without `close`, this removes the folder when the session is garbage collected or Python exits.
        self._remove = weakref.finalize(self, shutil.rmtree, self.spilled, ignore_errors=True)
        self._connection: duckdb.DuckDBPyConnection | None = duckdb.connect(config={"temp_directory": self.spilled})
        self._names, self._lock = count(1), Lock()
        for name in SETTINGS:
            self.run(f"SET {name} = false")

    def close(self) -> None:
        """Close the connection. Further questions are refused."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
                self._remove()

    def run(self, command: str) -> None:
        """Run a command that returns nothing, such as a setting of the connection."""
        with self._lock:
            if self._connection is not None:
                self._connection.execute(command)

    def tables(self, shop: SqlShop) -> FolderTables:
        """Return the location of a shop's tables, for one statement."""
        return FolderTables(self.folder, shop)

    def name(self) -> str:
        """Return a new name for a table that the engine adds."""
        return f"brought_{next(self._names)}"

    def table(self, query: exp.Expr, files: Sequence[str], brought: Mapping[str, pa.Table] | None = None) -> pa.Table:
        """Run a statement, and return all its rows.

        Args:
            query: the statement.
            files: the files of the saved shop that the statement reads.
            brought: further tables that the statement reads, by name.

        Raises:
            DataError: the connection is closed, a file was changed or is missing, or DuckDB fails.
        """
        for name in files:
            self._files.verify(name)
        with self._cursor() as cursor:
            for name, table in (brought or {}).items():
                cursor.register(name, table)
            try:
                return cursor.sql(query.sql("duckdb")).to_arrow_table()
            finally:
                for name in brought or ():
                    with suppress(duckdb.Error):
                        cursor.unregister(name)

    @contextmanager
    def _cursor(self) -> Iterator[Any]:
        with self._lock:
            connection = self._connection
            if connection is None:
                raise DataError.connection_closed(self.folder)
            cursor = connection.cursor()
        try:
            yield cursor
        except duckdb.OutOfMemoryException:
            raise DataError.database_out_of_memory(self.folder) from None
        except duckdb.Error as error:
            if self._connection is None:
                raise DataError.connection_closed(self.folder) from None
            raise DataError.database_failed(self.folder, type(error).__name__, str(error)) from None
        finally:
            with suppress(duckdb.Error):
                cursor.close()
