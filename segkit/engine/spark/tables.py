"""Locate the tables of a saved shop for Spark: its files as views, or tables that the session already has."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from sqlglot import exp

from segkit.data.saved.manifest import TABLES
from segkit.sql.shop import EVENTS, SqlShop
from segkit.sql.tables import FolderTables
from segkit.sql.words import Sql

KINDS: tuple[tuple[Callable[[pa.DataType], bool], str], ...] = (
    (pa.types.is_int8, "TINYINT"),
    (pa.types.is_int32, "INT"),
    (pa.types.is_int64, "BIGINT"),
    (pa.types.is_float64, "DOUBLE"),
    (pa.types.is_boolean, "BOOLEAN"),
    (lambda kind: pa.types.is_string(kind) or pa.types.is_large_string(kind), "STRING"),
    (lambda kind: pa.types.is_timestamp(kind) and kind.tz is not None, "TIMESTAMP_LTZ"),
)
"""Arrow's types and Spark's. TIMESTAMP alone means what the session's settings say."""

WHOLE = {"tinyint", "smallint", "int", "bigint"}


class SparkTables(FolderTables):
    """The tables of a saved shop as views of a Spark session."""

    def __init__(self, folder: Path, shop: SqlShop, given: Mapping[str, str], view_of: Callable[[str], str]) -> None:
        super().__init__(folder, shop)
        self._given, self._view_of = given, view_of

    def table(self, name: str, alias: str | None = None) -> Sql:
        """Return the view of a table."""
        if name not in self._given:
            return super().table(name, alias)
        return exp.alias_(exp.to_table(self._given[name]), alias or name, table=True, copy=False)

    def events(self, metrics: Iterable[str], columns: Iterable[str]) -> Sql:
        """Return the events of some metrics as one table. A table that was given has the events of all metrics."""
        return self.table(EVENTS) if EVENTS in self._given else super().events(metrics, columns)

    def _file(self, file: str) -> exp.Table:
        self.used.append(file)
        return exp.to_table(self._view_of(file))


def columns_of(path: Path) -> dict[str, str]:
    """Return the columns of a file with their types in Spark, without those of other types, which no statement reads."""
    schema = pq.read_schema(path)
    kinds = {one.name: next((name for is_kind, name in KINDS if is_kind(one.type)), None) for one in schema}
    # Statements read what each value means instead of the value itself.
    return {name: kind for name, kind in kinds.items() if kind is not None and name != "value"}


def content_of(table: str, folder: Path, shop: SqlShop) -> tuple[dict[str, str], int]:
    """Return the columns and the number of rows that a table must have to replace that of the folder."""
    home = folder / TABLES
    if table != EVENTS:
        path = home / shop.files[table]
        return columns_of(path), pq.read_metadata(path).num_rows
    found = {"metric": "STRING"}
    for metric in shop.metrics.values():
        found |= columns_of(home / metric.file)
    return found, sum(metric.events for metric in shop.metrics.values())


def is_of(kind: str, wanted: str) -> bool:
    """Whether a type of Spark serves as the type that is wanted. Any integers serve as integers."""
    lower = wanted.lower()
    return kind in WHOLE if lower in WHOLE else kind == lower.removesuffix("_ltz")
