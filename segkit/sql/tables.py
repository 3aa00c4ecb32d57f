"""Locate the tables of a saved shop, which may be files in its folder or tables in a warehouse."""

from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

from sqlglot import exp

from segkit.data.saved.manifest import TABLES
from segkit.sql.shop import EVENTS, SqlShop
from segkit.sql.words import Sql, column, named, text

KINDS = {
    "profile": "INT",
    "instant": "TIMESTAMPTZ",
    "day": "INT",
    "source_row": "INT",
    "units": "BIGINT",
    "is_date": "BOOLEAN",
    "has_value": "BOOLEAN",
}
"""The columns of events that are not properties. Properties are stored as integer codes, so their columns are integers too."""


class Tables(Protocol):
    """The location of the tables."""

    def table(self, name: str, alias: str | None = None) -> Sql:
        """Return a table to select from. For the events, use `events`."""
        ...

    def events(self, metrics: Iterable[str], columns: Iterable[str]) -> Sql:
        """Return the events of some metrics to select from, with a column `metric` and the columns that are needed."""
        ...


class NamedTables:
    """Tables under their own names, all in one schema."""

    def __init__(self, schema: str | None = None) -> None:
        self._schema = schema

    def table(self, name: str, alias: str | None = None) -> Sql:
        """Return a table under its name."""
        parts = [] if self._schema is None else self._schema.split(".")
        nodes = [exp.to_identifier(part) for part in [name, *reversed(parts)]]
        found = exp.Table(**dict(zip(("this", "db", "catalog"), nodes, strict=False)))
        return exp.alias_(found, alias or name, table=True, copy=False) if alias or parts else found

    def events(self, metrics: Iterable[str], columns: Iterable[str]) -> Sql:
        """Return the table of all events. The statement itself selects the metrics."""
        del metrics, columns
        return self.table(EVENTS)


class FolderTables:
    """The Parquet files of a saved shop's folder, as DuckDB reads them.

    Attributes:
        used: the files that statements have used so far.
    """

    def __init__(self, folder: Path, shop: SqlShop) -> None:
        self._folder, self._shop = folder, shop
        self.used: list[str] = []

    def table(self, name: str, alias: str | None = None) -> Sql:
        """Return the file of a table."""
        return exp.alias_(self._file(self._shop.files[name]), alias or name, table=True, copy=False)

    def events(self, metrics: Iterable[str], columns: Iterable[str]) -> Sql:
        """Return the files of some metrics as one table. Columns that a metric lacks are null."""
        needed = sorted(columns)
        parts = [self._of_metric(metric, needed) for metric in sorted(metrics)]
        whole = exp.union(*parts, distinct=False) if len(parts) > 1 else parts[0]
        return exp.alias_(exp.Subquery(this=whole), EVENTS, table=True, copy=False)

    def _of_metric(self, name: str, columns: list[str]) -> exp.Select:
        metric = self._shop.metrics[name]
        has = {"units": metric.has_units, "is_date": metric.has_dates, "has_value": metric.value_kind is not None}
        chosen = [named(text(name), "metric")]
        for one in columns:
            is_there = has.get(one, True) if one in KINDS else one in metric.columns
            missing = named(exp.cast(exp.null(), KINDS.get(one, "INT")), one)
            chosen.append(column(one) if is_there else missing)
        return exp.select(*chosen).from_(self._file(metric.file))

    def _file(self, file: str) -> exp.Table:
        self.used.append(file)
        # Brackets escape the characters that DuckDB would take for a pattern of several files.
        path = "".join(
            f"[{letter}]" if letter in "*?[" else letter for letter in (self._folder / TABLES / file).as_posix()
        )
        without = exp.EQ(this=column("hive_partitioning"), expression=exp.false())
        return exp.Table(this=exp.Anonymous(this="READ_PARQUET", expressions=[text(path), without]))
