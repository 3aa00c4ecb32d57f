"""Run statements with Spark on the files of a saved shop or on given tables, and convert its errors to segkit's errors."""

import re
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa
from sqlglot import exp

from segkit.data.saved.files import SavedFiles
from segkit.data.saved.manifest import TABLES
from segkit.engine.spark.tables import SparkTables, columns_of, content_of, is_of
from segkit.errors import DataError, SegkitError
from segkit.sql.shop import EVENTS, SqlShop
from segkit.sql.spark import in_spark

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

Given: TypeAlias = "Mapping[str, DataFrame | str]"
"""Tables of the user, by the name of the table that each replaces: DataFrames, or names of tables that the session knows."""

ESCAPES = "spark.sql.parser.escapedStringLiterals"
"""The setting that makes a backslash in a literal an ordinary character."""

LOST = re.compile(
    r"stopped SparkContext|SparkContext was shut down|session has been (closed|stopped)|Connection refused"
)


class Session:
    """A user's Spark session that reads one saved shop. Its views have names of their own, and `close` drops them.

    Attributes:
        folder: the folder of the saved shop.
        spark: the user's session, which is never stopped.

    Args:
        folder: the folder of the saved shop.
        files: its files.
        spark: the user's session.
        given: tables of the user that replace the folder's. They are checked when the shop's tables are first asked for.
    """

    def __init__(self, folder: Path, files: SavedFiles, spark: "SparkSession", given: Given) -> None:
        self.folder, self._files, self.spark = folder, files, spark
        self._prefix, self._names, self._lock = f"segkit_{uuid.uuid4().hex}", count(1), Lock()
        self._views: dict[str, str] = {}
        self._made: set[str] = set()
        self._unchecked, self._given = dict(given), dict[str, str]()
        self._is_closed = False

    def _check_given(self, shop: SqlShop) -> None:
        """Make views of the user's tables, which replace the folder's.

        Raises:
            DataError: the shop has no table of this name, or the given one has other columns, types or rows, or can't be read.
        """
        known = [EVENTS, *shop.files]
        for name, table in self._unchecked.items():
            if name not in known:
                raise DataError.no_such_table(name, known)
            with self._asked():
                found = self.spark.table(table) if isinstance(table, str) else table
                kinds, rows = dict(found.dtypes), found.count()
                view = self.name()
                found.createOrReplaceTempView(view)
            self._made.add(view)
            columns, size = content_of(name, self.folder, shop)
            missing = [one for one in columns if one not in kinds]
            wrong = [
                f"{one} is {kinds[one]}" for one in columns if one in kinds and not is_of(kinds[one], columns[one])
            ]
            if missing or wrong or rows != size:
                wanted = ", ".join(f"{one} {kind.removesuffix('_LTZ')}" for one, kind in columns.items())
                raise DataError.other_table(name, missing, wrong, wanted, (rows, size))
            self._given[name] = view
        self._unchecked.clear()

    def tables(self, shop: SqlShop) -> SparkTables:
        """Return the location of a shop's tables, for one statement. See `_check_given` for errors."""
        if self._unchecked:
            self._check_given(shop)
        return SparkTables(self.folder, shop, self._given, self._view_of)

    def name(self) -> str:
        """Return a new name for a table that the engine adds."""
        return f"{self._prefix}_{next(self._names)}"

    def table(self, query: exp.Expr, files: Sequence[str], brought: Mapping[str, pa.Table] | None = None) -> pa.Table:
        """Run a statement, and return all its rows.

        Raises:
            DataError: the connection is closed, the session is lost, a file was changed or is missing, or Spark fails.
            DefinitionError: see `in_spark`.
        """
        for name in files:
            self._files.verify(name)
        statement = in_spark(query)
        with self._asked():
            if self.spark.conf.get(ESCAPES, "false") != "false":
                raise DataError.spark_setting(ESCAPES, "false")
            for name in files:
                self._read(name)
            try:
                for name, table in (brought or {}).items():
                    self.spark.createDataFrame(table).createOrReplaceTempView(name)
                return self.spark.sql(statement).toArrow()
            finally:
                self._drop(brought or ())

    def close(self) -> None:
        """Drop the views. Further questions are refused. The user's session goes on."""
        with self._lock:
            self._is_closed = True
            self._drop(self._made)
            self._made.clear()

    def _view_of(self, file: str) -> str:
        with self._lock:
            return self._views.setdefault(file, self.name())

    def _read(self, file: str) -> None:
        """Make the view of a file, unless it is there."""
        view, path = self._view_of(file), self.folder / TABLES / file
        if view in self._made:
            return
        columns = ", ".join(f"`{name}` {kind}" for name, kind in columns_of(path).items())
        # A backslash escapes what Hadoop would take for a pattern of several files.
        literal = re.sub(r"([*?\[\]{}\\])", r"\\\1", path.as_posix())
        self.spark.read.schema(columns).parquet(f"file://{literal}").createOrReplaceTempView(view)
        self._made.add(view)

    def _drop(self, views: Any) -> None:
        for view in views:
            with suppress(Exception):
                self.spark.catalog.dropTempView(view)

    @contextmanager
    def _asked(self) -> Iterator[None]:
        if self._is_closed:
            raise DataError.connection_closed(self.folder)
        try:
            yield
        except (SegkitError, KeyboardInterrupt):
            raise
        except Exception as error:  # noqa: BLE001  # a lost session raises whatever py4j, gRPC or Python come upon
            if _is_lost(self.spark, error):
                raise DataError.spark_lost(self.folder) from None
            raise DataError.database_failed(self.folder, type(error).__name__, str(error), "Spark") from None


def _is_lost(spark: "SparkSession", error: Exception) -> bool:
    """Whether the session was stopped, or its process or cluster can't be reached."""
    context = getattr(spark, "_sc", None)
    is_stopped = context is not None and context._jsc is None  # noqa: SLF001  # PySpark has no public name for it
    return is_stopped or isinstance(error, (ConnectionError, EOFError)) or LOST.search(str(error)) is not None
