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

    The statement reads the tables of the saved shop (`docs/decisions/0021-saved-shops.md`). For DuckDB, these are its files, so the
    statement runs unchanged in any DuckDB that can read them. For all other dialects, they are tables with the names of the files, such
    as `profiles`, `people`, `lists` and `profile_property_3` for `properties/profiles-3.parquet`. `events` is a single table with all
    events and a column `metric`. Columns that a metric's file lacks are null in it. Load the files into these tables first.

    All instants are UTC literals that were computed for one moment. For another moment, write the statement again.

    The statements for DuckDB and Spark are executed in the tests, in sessions with two time zones, and the members are compared with the
    engine in memory. For Spark, regular expressions that Java may read differently than RE2 are refused. The statements for Snowflake,
    BigQuery, Postgres and Redshift are only parsed again by sqlglot. They use each database's own regular expressions, which may differ
    from RE2.

    Needs the extra duckdb: pip install "sms-segkit[duckdb]".

    Args:
        segment: the segment.
        shop: a connected shop from `sk.connect`.
        dialect: the database.
        as_of: an instant (naive means UTC), or a date, which means the end of that day. None means the shop's `as_of`.
        schema: the schema of the tables, such as "analytics.segkit". With a schema, DuckDB also reads tables instead of files.

    Raises:
        DefinitionError: `shop` is not a connected shop, the dialect is unknown, or Spark may read a pattern differently than RE2.
        DataError: see `sk.membership`.

    Warns:
        SegkitWarning: see `sk.membership`.
    """
    check_order(segment, "sk.to_sql(segment, shop)")
    if not isinstance(shop, ConnectedShop):
        raise DefinitionError.not_connected(shop)
    if dialect not in get_args(Dialect):
        raise DefinitionError.unknown_choice("dialect", dialect, get_args(Dialect))
    asked = one_segment(segment)
    moment = shop.as_of if as_of is None else read_as_of(as_of)
    warn_about_answers(engine_of(shop.with_as_of(moment)), [asked.condition])
    from segkit.engine.by_sql.text import statement_of  # noqa: PLC0415  # an extra

    statement, remarks = statement_of(asked.condition, shop, dialect, moment, schema)
    lines = [explain(asked), f"As of {moment:%Y-%m-%d %H:%M:%S.%f} UTC.", *remarks]
    # Each line of a name stays a comment, whatever the name contains.
    return SqlText("".join(f"-- {line}\n" for text in lines for line in text.splitlines()) + statement)
