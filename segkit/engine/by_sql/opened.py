"""Describe the tables of a saved shop for SQL, with the newest dates that only a query can tell."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
from sqlglot import exp

from segkit.data.instants import instant_of
from segkit.data.places import PostalPoints
from segkit.data.saved.files import SavedFiles
from segkit.engine.by_sql.session import Session
from segkit.errors import DefinitionError
from segkit.sql.shop import PROFILES, SqlShop
from segkit.sql.words import column

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SINCE = ("sms_since", "email_since")
"""The columns with the dates of consent statuses."""


def session_of(spark: "SparkSession | None", given: Mapping[str, Any]) -> Callable[[Path, SavedFiles], Session]:
    """Return what opens a connection to the files of a saved shop: with DuckDB, or with a user's Spark session.

    Args:
        spark: the user's session, or None for DuckDB.
        given: tables that the Spark session reads instead of the folder's, by name.

    Raises:
        DefinitionError: `spark` is not a Spark session.
        ModuleNotFoundError: DuckDB or PySpark is not installed.
    """
    if spark is None:
        from segkit.engine.duckdb.session import Session as DuckDBSession  # noqa: PLC0415  # an extra

        return DuckDBSession
    if find_spec("pyspark") is None:
        raise ModuleNotFoundError(name="pyspark")
    if not all(hasattr(spark, name) for name in ("sql", "catalog", "conf", "createDataFrame")):
        raise DefinitionError.not_a_spark_session(spark)
    from segkit.engine.spark.session import Session as OfSpark  # noqa: PLC0415  # only where Spark is used

    return partial(OfSpark, spark=spark, given=given)


def described_by(said: Mapping[str, Any], postal_points: PostalPoints, session: Session) -> SqlShop:
    """Return the description of a saved shop's tables.

    Args:
        said: the description of the shop in its manifest.
        postal_points: the coordinates of postal codes.
        session: the connection that reads the tables.

    Raises:
        DataError: a file was changed or is damaged, or a table of the user does not fit the shop.
    """
    described = SqlShop.of(said, postal_points)
    return replace(described, latest=_latest(described, session))


def _latest(described: SqlShop, session: Session) -> dict[str, datetime | None]:
    """Return the newest dates of consent statuses and profiles, which decide what a statement must read."""
    tables = session.tables(described)
    query = exp.select(*(exp.Max(this=column(name)) for name in SINCE)).from_(tables.table(PROFILES))
    found = dict(zip(SINCE, _instants(session.table(query, tables.used)), strict=True))
    if described.has_property("created"):
        of = described.property("created")
        if of.kind != "unset":
            newest = exp.select(exp.Max(this=column("instant"))).from_(tables.table(of.values))
            [found["created"]] = _instants(session.table(newest, tables.used))
    return found


def _instants(row: pa.Table) -> list[datetime | None]:
    # Read integers, since instants would be in the time zone of the session.
    values = [one.cast(pa.int64())[0].as_py() for one in row.columns]
    return [None if value is None else instant_of(value) for value in values]
