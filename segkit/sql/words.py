"""Build the small pieces of SQL that the other modules need: columns, literals and combinations of truth values.

Everything that a person typed becomes a literal in sqlglot, which quotes it for each dialect. SQL is never built from strings.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from math import isfinite

from sqlglot import exp

Sql = exp.Expr
"""A piece of SQL."""

PLAIN_DIGITS = 15
"""A decimal with at most this many digits means the same double in every engine."""


def column(name: str, table: str | None = None) -> exp.Column:
    """Return a column of one of segkit's own tables."""
    return exp.column(name, table=table)


def text(value: str) -> Sql:
    """Return text as a literal."""
    return exp.Literal.string(value)


def whole(value: int) -> Sql:
    """Return a whole number as a literal."""
    found = exp.Literal.number(abs(value))
    return exp.Neg(this=found) if value < 0 else found


def double(value: float) -> Sql:
    """Return a double as a literal that every engine reads as the same double.

    >>> double(18.5).sql(), double(1e300).sql()
    ('18.5', "CAST('1e+300' AS DOUBLE)")
    """
    written = repr(float(value))
    if not isfinite(value) or "e" in written or len(written.strip("-").replace(".", "")) > PLAIN_DIGITS:
        return exp.cast(text(written), "DOUBLE")
    found = exp.Literal.number(written.lstrip("-"))
    return exp.Neg(this=found) if written.startswith("-") else found


def instant(moment: datetime) -> Sql:
    """Return an instant as a literal with its offset, so that no session's time zone matters.

    >>> instant(datetime(2026, 6, 30, 12, tzinfo=UTC)).sql("duckdb")
    "CAST('2026-06-30 12:00:00+00:00' AS TIMESTAMPTZ)"
    """
    written = moment.astimezone(UTC).isoformat(sep=" ")
    return exp.cast(text(written.zfill(len(written))), exp.DataType.Type.TIMESTAMPTZ)


def every(parts: Iterable[Sql]) -> Sql:
    """Return SQL that tests whether all parts are true, or TRUE if there are none."""
    kept = [part for part in parts if not is_always(part)]
    return exp.and_(*kept, copy=False) if kept else exp.true()


def negation(part: Sql) -> Sql:
    """Return SQL that tests whether a part is false. Parts that are joined with AND or OR are put in parentheses."""
    return exp.not_(part, copy=False)


def either(parts: Iterable[Sql]) -> Sql:
    """Return SQL that tests whether any part is true, or FALSE if there are none."""
    kept = [part for part in parts if not (isinstance(part, exp.Boolean) and not part.this)]
    return exp.or_(*kept, copy=False) if kept else exp.false()


def is_always(part: Sql) -> bool:
    """Whether a part is the constant TRUE."""
    return isinstance(part, exp.Boolean) and bool(part.this)


def named(part: Sql, name: str) -> Sql:
    """Return a part under a name, as a column of a query."""
    return exp.alias_(part, name, copy=False)


def surely(part: Sql) -> Sql:
    """Return a truth value that is FALSE instead of NULL."""
    return part if isinstance(part, exp.Boolean) else exp.Coalesce(this=part, expressions=[exp.false()])


def untrue(part: Sql) -> Sql:
    """Return SQL that tests whether a part is false or NULL."""
    if isinstance(part, exp.Boolean):
        return exp.convert(not part.this)
    return negation(surely(part))


def or_zero(part: Sql) -> Sql:
    """Return a number that is 0 instead of NULL."""
    return exp.Coalesce(this=part, expressions=[whole(0)])


def is_null(part: Sql) -> Sql:
    """Return SQL that tests whether a part is NULL."""
    return exp.Is(this=part.copy(), expression=exp.null())


def is_set(part: Sql) -> Sql:
    """Return SQL that tests whether a part is not NULL."""
    return negation(is_null(part))


def is_in(part: Sql, values: Iterable[Sql]) -> Sql:
    """Return SQL that tests whether a part equals one of some values, or FALSE if there are none."""
    listed = list(values)
    if len(listed) == 1:
        return exp.EQ(this=part.copy(), expression=listed[0])
    return exp.In(this=part.copy(), expressions=listed) if listed else exp.false()


def case(*branches: tuple[Sql, Sql], default: Sql | None = None) -> exp.Case:
    """Return the value of the first branch with a true test."""
    ifs = [exp.If(this=test.copy(), true=value.copy()) for test, value in branches]
    return exp.Case(ifs=ifs, default=None if default is None else default.copy())


def flag(part: Sql) -> exp.Case:
    """Return 1 where a part is true, else 0, since not every dialect has a maximum of booleans."""
    return case((part, whole(1)), default=whole(0))


def between(part: Sql, start: datetime | None, end: datetime | None, until: datetime | None = None) -> list[Sql]:
    """Return tests that an instant is not before `start`, is before `end` and, if `until` is not None, is not after it."""
    found: list[Sql] = []
    if start is not None:
        found.append(exp.GTE(this=part.copy(), expression=instant(start)))
    if end is not None and (until is None or end <= until):
        found.append(exp.LT(this=part.copy(), expression=instant(end)))
    elif until is not None:
        found.append(exp.LTE(this=part.copy(), expression=instant(until)))
    return found
