"""Read the events in one pass over the metrics that a question needs, with the values of the properties that its tests need."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlglot import exp

from segkit.definition import timeframes
from segkit.definition.algebra import each_metric
from segkit.definition.conditions import EventAlternatives, EventTests, Metrics
from segkit.definition.timeframes import EventTimeframe
from segkit.errors import DataError
from segkit.sql.shop import EVENTS, Column, Metric, SqlShop
from segkit.sql.tables import Tables
from segkit.sql.values import Amount, NoValues, SavedValues, Values, test_of
from segkit.sql.words import Sql, between, case, column, either, every, is_in, named, text, whole


class Joins:
    """The values of properties that are joined to the rows of a table.

    Attributes:
        of: the table with the columns of codes.
    """

    def __init__(self, of: str, tables: Tables) -> None:
        self.of, self._tables = of, tables
        self._joined: dict[str, SavedValues] = {}
        self._properties: dict[str, Column] = {}

    def values(self, of: Column) -> Values:
        """Return the values of a property as SQL.

        Raises:
            DataError: the saved values have not been interpreted.
        """
        if of.kind == "unset":
            return NoValues()
        if of.kind == "own":
            raise DataError.values_without_readings(of.name)
        if of.column not in self._joined:
            items = None if of.items is None else f"{of.column}_lists"
            self._joined[of.column] = SavedValues(f"{of.column}_values", self.of, of.column, items)
            self._properties[of.column] = of
        return self._joined[of.column]

    @property
    def columns(self) -> list[str]:
        """The columns of codes that are needed."""
        return list(self._joined)

    @property
    def named(self) -> dict[str, str]:
        """The properties that are read, by the name of their table of values."""
        return {of.values: of.name for of in self._properties.values()}

    def added(self, query: exp.Select) -> exp.Select:
        """Return a query with the joins that its expressions need."""
        for name, values in self._joined.items():
            of, code = self._properties[name], column(name, self.of)
            if values.is_read:
                table = self._tables.table(of.values, values.joined)
                query = query.join(
                    table, on=exp.EQ(this=column("code", values.joined), expression=code), join_type="left", copy=False
                )
            if values.items is not None and values.item_facts and of.items is not None:
                facts = [named(_any(test), fact) for fact, test in values.item_facts.values()]
                lists = (
                    exp.select("code", *facts)
                    .from_(self._tables.table(of.items), copy=False)
                    .group_by("code", copy=False)
                )
                on = exp.EQ(this=column("code", values.items), expression=code)
                query = query.join(lists.subquery(values.items, copy=False), on=on, join_type="left", copy=False)
        return query


class EventScan:
    """A pass over events: the facts to compute, and the events that they need."""

    def __init__(self, shop: SqlShop, tables: Tables) -> None:
        self._shop, self._tables = shop, tables
        self._joins = Joins(EVENTS, tables)
        self._metrics: dict[str, Metric] = {}
        self._columns = {"profile"}
        self._needed: dict[str, Sql] = {}

    def column(self, name: str) -> Sql:
        """Return a column of the events."""
        self._columns.add(name)
        return column(name, EVENTS)

    def metrics(self, names: Metrics) -> list[Metric]:
        """Return those of the named metrics that have events.

        Raises:
            DataError: no event has one of the metrics.
        """
        every_one = [self._shop.metric(name) for name in each_metric(names)]
        return [metric for metric in every_one if metric is not None]

    def selected(self, metrics: Sequence[Metric], timeframe: EventTimeframe, where: EventTests, as_of: datetime) -> Sql:
        """Return SQL that tests whether an event has one of some metrics, is in a timeframe up to `as_of`, and passes all tests.

        Raises:
            DataError: no event has a property that a test names.
        """
        start, end = timeframes.bounds(timeframe, as_of)
        in_window = between(self.column("instant"), start, end, as_of)
        needed = every([self._of(metrics), *in_window])
        self._needed.setdefault(needed.sql(), needed.copy())
        return every([needed, self.passing(metrics, where, as_of)])

    def _of(self, metrics: Sequence[Metric]) -> Sql:
        self._metrics |= {metric.name: metric for metric in metrics}
        return is_in(column("metric", EVENTS), (text(metric.name) for metric in metrics))

    def passing(self, metrics: Sequence[Metric], where: EventTests, as_of: datetime) -> Sql:
        """Return SQL that tests whether an event passes all tests."""
        found = []
        for clause in where:
            if isinstance(clause, EventAlternatives):
                found.append(either(self.passing(metrics, one, as_of) for one in clause.alternatives))
            else:
                found.append(test_of(self._values(clause.property, metrics), clause.test, as_of))
        return every(found)

    def _values(self, name: str, metrics: Sequence[Metric]) -> Values:
        of = self._shop.event_property(name)
        if of is not None:
            if not any(of.column in metric.columns for metric in metrics):
                return NoValues()
            values = self._joins.values(of)
            self._columns.update(self._joins.columns)
            return values
        with_amounts = [metric for metric in metrics if metric.value_kind is not None]
        if not with_amounts:
            return NoValues()
        self._columns |= {"units", "has_value"}
        scales = [metric.scale for metric in with_amounts if metric.has_units]
        return Amount(max(scales, default=0), with_amounts[0].value_kind)

    @property
    def named(self) -> dict[str, str]:
        """The properties that are read, by the name of their table of values."""
        return self._joins.named

    def query(self, *columns: Sql) -> exp.Select:
        """Return the query that reads the events once."""
        found = exp.select(*columns).from_(self._tables.events(self._metrics, self._columns), copy=False)
        return self._joins.added(found).where(either(self._needed.values()), copy=False)


class ListScan:
    """A pass over the entries of lists."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._names: dict[str, Sql] = {}

    def selected(self, name: str, joined: EventTimeframe, as_of: datetime) -> Sql:
        """Return SQL that tests whether an entry is on a list and was made in a timeframe. Entries after `as_of` never count."""
        self._names.setdefault(name, text(name))
        start, end = timeframes.bounds(joined, as_of)
        when = column("joined")
        in_window = every(between(when, start, end, as_of))
        if start is None and end is None:
            in_window = either([exp.Is(this=when, expression=exp.null()), in_window])
        return every([exp.EQ(this=column("list"), expression=text(name)), in_window])

    def query(self, *columns: Sql) -> exp.Select:
        """Return the query that reads the lists once."""
        found = exp.select(*columns).from_(self._tables.table("lists"), copy=False)
        return found.where(is_in(column("list"), self._names.values()), copy=False)


class Facts:
    """The facts that a pass computes for each profile, as columns of one table.

    Attributes:
        table: the name of the table.
    """

    def __init__(self, table: str) -> None:
        self.table = table
        self._facts: dict[str, tuple[str, Sql]] = {}

    def column(self, kind: str, fact: Sql) -> Sql:
        """Return the column of a fact, which is computed once. It is NULL for profiles without any row."""
        key = fact.sql()
        if key not in self._facts:
            self._facts[key] = f"{kind}_{len(self._facts) + 1}", fact
        return column(self._facts[key][0], self.table)

    @property
    def is_empty(self) -> bool:
        """Whether there are no facts to compute."""
        return not self._facts

    def query(self, scan: Callable[..., exp.Select], profile: Sql) -> exp.Select:
        """Return the query of a table with a row for each profile."""
        facts = [named(fact, name) for name, fact in self._facts.values()]
        return scan(named(profile.copy(), "profile"), *facts).group_by(profile, copy=False)


def count_of(selected: Sql) -> Sql:
    """Return how many rows are selected."""
    return exp.Count(this=case((selected, whole(1))))


def any_of(selected: Sql) -> Sql:
    """Return 1 if any row is selected, else 0."""
    return _any(selected)


def _any(selected: Sql) -> Sql:
    return exp.Max(this=case((selected, whole(1)), default=whole(0)))
