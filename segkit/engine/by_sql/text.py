"""Write the statement that selects a segment's members, in the dialect of a database."""

from datetime import datetime
from decimal import Decimal

from sqlglot import exp

from segkit.definition.conditions import Condition
from segkit.engine.by_sql.statements import members_of
from segkit.engine.connected import ConnectedShop
from segkit.sql.question import Question
from segkit.sql.spark import in_spark
from segkit.sql.tables import FolderTables, NamedTables, Tables
from segkit.sql.values import MATCHED
from segkit.sql.words import text

GROUPED = {"snowflake": ("(", ")"), "postgres": ("^(?:", ")$"), "redshift": ("^(", ")$")}
"""What to put around a pattern so that it matches the whole value, in dialects not in `MATCHED`. Snowflake always matches the whole value."""


def statement_of(
    condition: Condition, shop: ConnectedShop, dialect: str, as_of: datetime, schema: str | None
) -> tuple[str, list[str]]:
    """Return the statement that selects the members, and sentences about the meaning of its columns and numbers.

    Raises:
        DataError: the condition names something that the data lacks.
    """
    has_files = dialect == "duckdb" and schema is None
    tables: Tables = FolderTables(shop.folder, shop.described) if has_files else NamedTables(schema)
    question = Question(shop.described, tables)
    statement = members_of(question, condition, as_of, [question.person("profile_id")])
    if dialect in GROUPED:
        _regroup(statement, *GROUPED[dialect])
    remarks = [f"{table} has the values of {name!r}." for table, name in question.named_columns.items()]
    remarks += [f"Amounts are whole numbers of {Decimal(1).scaleb(-scale)}." for scale in sorted(question.decimals)]
    written = in_spark(statement, pretty=True) if dialect == "spark" else statement.sql(dialect, pretty=True)
    return written, remarks


def _regroup(statement: exp.Select, before: str, after: str) -> None:
    """Put different marks around the patterns in a statement."""
    for found in statement.find_all(exp.RegexpLike):
        first, last = MATCHED
        pattern = found.expression.name.removeprefix(first).removesuffix(last)
        found.set("expression", text(f"{before}{pattern}{after}"))
