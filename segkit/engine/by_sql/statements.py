"""Write the statements that answer an engine's questions: counts, cells, members and flags."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlglot import exp

from segkit.definition.conditions import AllOf, Condition
from segkit.definition.measures import EventCount, EventDays, EventSum
from segkit.engine.by_sql.bins import bin_of
from segkit.engine.protocol import EVERYBODY, At, Cut, HashGroup, Item, Picked, Squared, Summed
from segkit.sql.question import Question
from segkit.sql.shop import PROFILES
from segkit.sql.words import Sql, case, column, every, flag, is_always, named, or_zero, surely, text, whole


@dataclass(frozen=True, slots=True)
class Brought:
    """The values of a `Picked`, which the engine adds as a table: the name of the table, and whether the values are flags."""

    table: str
    is_flag: bool


def members_of(question: Question, among: "Condition | Brought", as_of: datetime, columns: Sequence[Sql]) -> exp.Select:
    """Return the statement for the profiles that match a condition or were picked, in the order of the data."""
    return _counted(question, columns, among, as_of).order_by(column("profile", PROFILES), copy=False)


def flags_of(question: Question, conditions: Sequence[Condition], as_of: datetime) -> exp.Select:
    """Return the statement for whether each profile matches each condition, in the order of the data."""
    flags = _flags(question, conditions, as_of)
    return question.query(*_named(flags)).order_by(column("profile", PROFILES), copy=False)


def counts_of(
    question: Question, conditions: Sequence[Condition], as_of: datetime, among: "Condition | Brought"
) -> exp.Select:
    """Return the statement for how many profiles match each condition, in a single row."""
    parts = [_parts(condition) for condition in conditions]
    distinct = list(dict.fromkeys(part for some in parts for part in some))
    places = {part: place for place, part in enumerate(distinct)}
    # Leave out `present` here, since it selects the rows below.
    flags = [surely(question.holds(part, as_of)) for part in distinct]
    cells = _counted(question, _named(flags), among, as_of)
    sums: list[Sql] = []
    if len(distinct) >= len(conditions):
        sums = [exp.Count(this=case((_all_of(some, places), whole(1)))) for some in parts]
        return _over(cells, _named(sums, "count"))
    # Pairs of segments have fewer distinct parts than conditions, so first count the profiles for each combination of parts.
    alike = [column(f"c{place}") for place in range(len(distinct))]
    counted = _over(
        cells, [*(one.copy() for one in alike), named(exp.Count(this=exp.Star()), "profiles")], "answers"
    ).group_by(*alike, copy=False)
    totals = (exp.Sum(this=case((_all_of(some, places), column("profiles")))) for some in parts)
    return _over(counted, _named([or_zero(total) for total in totals], "count"), "cells")


def cube_of(
    question: Question,
    by: Sequence["Item | Brought"],
    as_of: datetime,
    among: "Condition | Brought",
    sums: Sequence[Summed] = (),
) -> exp.Select:
    """Return the statement for the cells of a cube, sorted by its columns: c0, c1 and so on, the count, and s0, s1 and so on.

    Sums are in integer units, as text, since they may be wider than 64 bits. `decimals_of` returns their number of decimals.
    """
    items = [_as_written(item_of(question, item, as_of), item) for item in by]
    amounts = [_amount(question, item, as_of) for item in sums]
    cells = _counted(question, [*_named(items), *_named(amounts, "s"), named(whole(1), "everybody")], among, as_of)
    columns = [column(f"c{place}") for place in range(len(items))]
    totals = [exp.Sum(this=column(f"s{place}")) for place in range(len(amounts))]
    found = _over(
        cells,
        [
            *(one.copy() for one in columns),
            named(exp.Count(this=exp.Star()), "profiles"),
            *_named([exp.cast(total, "TEXT") for total in totals], "s"),
        ],
    )
    if not columns:
        return found
    return found.group_by(*(one.copy() for one in columns), copy=False).order_by(*columns, copy=False)


def decimals_of(item: Summed, question: Question) -> int:
    """Return the number of decimals of a sum's integer units."""
    match item:
        case At(inner):
            return 0 if isinstance(inner, Cut) else decimals_of(inner, question)
        case EventSum():
            return question.scale(item)
        case Squared(measure):
            return 2 * decimals_of(measure, question)
        case _:
            return 0


def _amount(question: Question, item: Summed, as_of: datetime) -> Sql:
    """Return what a profile adds to a sum, in integer units."""
    match item:
        case At(inner, moment):
            if isinstance(inner, Cut):
                raise TypeError(item)
            return _amount(question, inner, moment)
        case EventCount() | EventSum() | EventDays():
            amount, _ = question.amount(item, as_of)
            present = question.present(as_of)
            return amount if is_always(present) else case((present, amount), default=whole(0))
        case Squared(measure):
            wide = exp.cast(_amount(question, measure, as_of), "INT128")
            return exp.Mul(this=wide, expression=wide.copy())
        case _:
            return flag(every([question.present(as_of), question.holds(item, as_of)]))


def item_of(question: Question, item: "Item | Brought", as_of: datetime) -> Sql:
    """Return the value of a cube's item for a profile: a flag, a bin, or a value that the engine added."""
    match item:
        case At(inner, moment):
            if isinstance(inner, (EventCount, EventSum, EventDays, Squared)):
                raise TypeError(item)
            return item_of(question, inner, moment)
        case HashGroup(groups, key):
            return _hash_group(question, groups, key)
        case Cut():
            return bin_of(item, question, as_of)
        case Brought(table):
            return question.brought(table)
        case Picked():
            raise TypeError(item)
        case _:
            return surely(every([question.present(as_of), question.holds(item, as_of)]))


def _hash_group(question: Question, groups: int, key: str) -> Sql:
    """Return the group of a profile by the MD5 of its id (see `HashGroup`)."""
    digest = exp.MD5(this=exp.Concat(expressions=[text(key), question.person("profile_id")], safe=False))
    first = exp.Concat(expressions=[text("0x"), exp.Left(this=digest, expression=whole(8))], safe=False)
    return exp.Mod(this=exp.cast(first, "BIGINT"), expression=whole(groups))


def _as_written(value: Sql, item: "Item | Brought") -> Sql:
    """Return bins as integers of 64 bits, since a sum of integers may be wider."""
    inner = item.item if isinstance(item, At) else item
    return exp.cast(value, "BIGINT") if isinstance(inner, (Cut, HashGroup)) else value


def _counted(question: Question, columns: Sequence[Sql], among: "Condition | Brought", as_of: datetime) -> exp.Select:
    """Return the query of the profiles that are counted."""
    if isinstance(among, Brought):
        inside = question.brought(among.table)
    else:
        holds = [] if among == EVERYBODY else [question.holds(among, as_of)]
        inside = every([question.present(as_of), *holds])
    # Build the query last, since the question collects its joins while conditions are written.
    query = question.query(*columns)
    return query if is_always(inside) else query.where(inside, copy=False)


def _flags(question: Question, conditions: Sequence[Condition], as_of: datetime) -> list[Sql]:
    return [surely(every([question.present(as_of), question.holds(one, as_of)])) for one in conditions]


def _parts(condition: Condition) -> tuple[Condition, ...]:
    """Return the parts of an "all of". A condition of any other kind is returned as the only part."""
    return (condition.conditions if isinstance(condition, AllOf) else ()) or (condition,)


def _all_of(some: Sequence[Condition], places: dict[Condition, int]) -> Sql:
    return every(column(f"c{places[part]}") for part in some)


def _named(columns: Sequence[Sql], prefix: str = "c") -> list[Sql]:
    return [named(one, f"{prefix}{place}") for place, one in enumerate(columns)]


def _over(inner: exp.Select, columns: Sequence[Sql], name: str = "answers") -> exp.Select:
    """Return a query over the rows of another query. The inner query's WITH clause moves to the start of the statement."""
    tables = inner.ctes
    inner.set("with_", None)
    found = exp.select(*columns).from_(inner.subquery(name, copy=False), copy=False)
    for table in tables:
        found = found.with_(table.alias, as_=table.this, copy=False)
    return found
