"""Write a segment as one SQL statement, to read, to review, or to run elsewhere: the public function `to_sql`."""

from html import escape
from typing import Literal, TypeAlias, get_args

from segkit.data.instants import read_as_of
from segkit.data.validation.options import AsOf
from segkit.definition.explain import explain
from segkit.definition.segment import Segment, one_segment
from segkit.engine.connected import ConnectedShop
from segkit.engine.engines import engine_of
from segkit.engine.order import check_order
from segkit.engine.protocol import warn_about_answers
from segkit.errors import DefinitionError

Dialect: TypeAlias = Literal["duckdb", "spark", "snowflake", "bigquery", "postgres", "redshift"]


class SqlText(str):
    """A statement as text, which a notebook shows line by line."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        return f"<pre>{escape(self)}</pre>"


def to_sql(
    segment: Segment,
    shop: ConnectedShop,
    *,
    dialect: Dialect = "duckdb",
    as_of: AsOf = None,
    schema: str | None = None,
) -> SqlText:
    """Return the SQL statement that selects the `profile_id` of each member of a segment, in the order of the data.

    The statement reads the tables of the saved shop (`docs/decisions/0021-saved-shops.md`). For DuckDB these are its files, so that the
    statement runs as it is in any DuckDB that can read them. For the other dialects they are tables with the names of the files, such as
    `profiles`, `people`, `lists` and `profile_property_3` for `properties/profiles-3.parquet`; `events` is a single table of all
    events with a column `metric`, and null in the columns that the file of a metric lacks. Load the files into them first.

    All instants are literals in UTC, worked out for one moment: write the statement again to look from another.

    Which dialects were executed: the tests run DuckDB's statements, in sessions of two time zones, and compare the members with those of
    the engine in memory. The statements for Spark, Snowflake, BigQuery, Postgres and Redshift are only parsed back by sqlglot. Their
    regular expressions are those of each database, which may differ from RE2.

    Needs the extra duckdb: pip install "sms-segkit[duckdb]".

    Args:
        segment: the segment.
        shop: the connected shop, as `sk.connect` returns it.
        dialect: the database.
        as_of: an instant (naive means UTC), or a date, which means the end of that day. None means the shop's `as_of`.
        schema: the schema of the tables, such as "analytics.segkit". With it, DuckDB reads tables too instead of files.

    Raises:
        DefinitionError: `shop` is not a connected shop, or the dialect is unknown.
        DataError: as `sk.membership`.

    Warns:
        SegkitWarning: as `sk.membership`.
    """
    check_order(segment, "sk.to_sql(segment, shop)")
    if not isinstance(shop, ConnectedShop):
        raise DefinitionError.not_connected(shop)
    if dialect not in get_args(Dialect):
        raise DefinitionError.unknown_choice("dialect", dialect, get_args(Dialect))
    asked = one_segment(segment)
    moment = shop.as_of if as_of is None else read_as_of(as_of)
    warn_about_answers(engine_of(shop.with_as_of(moment)), [asked.condition])
    from segkit.engine.duckdb.text import statement_of  # noqa: PLC0415  # an extra

    statement, remarks = statement_of(asked.condition, shop, dialect, moment, schema)
    lines = [explain(asked), f"As of {moment:%Y-%m-%d %H:%M:%S.%f} UTC.", *remarks]
    # Whatever a name contains, each line of it stays a comment.
    return SqlText("".join(f"-- {line}\n" for text in lines for line in text.splitlines()) + statement)
