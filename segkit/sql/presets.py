"""Write the views that turn a connector's tables in a warehouse into tables that segkit loads: `segkit preset`.

The views have segkit's columns, so their rows, exported to profiles.*, events.* and lists.*, load like any other files. They do not read
cells, as phone numbers and dates: `sk.load` validates these.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from segkit.data.layouts.records import FIVETRAN, LayoutTable, custom_name
from segkit.errors import DefinitionError
from segkit.sql.words import Sql, text, whole

LAYOUTS_WITH_VIEWS = ("fivetran",)
"""The layouts for which there are views. The others keep JSON, which each database reads with functions of its own."""

_KEPT = {
    "person": (
        "email",
        "phone_number",
        "external_id",
        "first_name",
        "last_name",
        "organization",
        "title",
        "city",
        "region",
        "country",
        "zip",
        "latitude",
        "longitude",
        "timezone",
        "ip",
        "created",
        "updated",
        "last_event_date",
    ),
    "event": ("uuid", "metric_id", "campaign_id", "flow_id", "flow_message_id"),
    "list_person": (),
}
"""The columns that keep their names."""
_PACKED = {"custom_fields", "custom_property_fields", "propertyvalue"}
"""Columns that only some destinations have, instead of others."""
_NEVER_DELETED = {"event"}
"""The tables in which Fivetran marks no rows as deleted."""
_VERSION, _SYNCED, _DELETED = "segkit_version", "_fivetran_synced", "_fivetran_deleted"


@dataclass(frozen=True, slots=True)
class Preset:
    """The choices for the views over Fivetran's tables.

    Attributes:
        dialect: the database.
        schema: the schema of Fivetran's tables, such as "klaviyo", perhaps with the database before it.
        into: the schema in which the views are created; None for the session's own.
        properties: custom properties of profiles, by the names of their columns without "custom_".
        event_properties: properties of events, by the names of their columns without "property_".
        without: columns that the tables lack, as "person.latitude".
    """

    dialect: str
    schema: str = "klaviyo"
    into: str | None = None
    properties: Sequence[str] = ()
    event_properties: Sequence[str] = ()
    without: Sequence[str] = ()

    def text(self) -> str:
        """Return the statements that create the views, as text.

        Raises:
            DefinitionError: a name in `without` is none of the columns that the views read.
        """
        known = {f"{name}.{header}" for name in self.tables() for header in self.headers(name)}
        for name in self.without:
            if name not in known:
                raise DefinitionError.unknown_choice("--without", name, sorted(known))
        lines = (
            "Views over Fivetran's tables of Klaviyo with the columns that segkit loads.",
            "Of rows with the same id the newest counts, and deleted rows are left out: segkit_left_out counts both.",
            "Written by sqlglot and parsed again. Only DuckDB's views are executed in segkit's tests.",
            "Export the views to profiles.parquet, events.parquet and lists.parquet, and load their folder with sk.load.",
        )
        views = [one.sql(self.dialect, pretty=True) for one in self.statements()]
        return "\n".join(f"-- {line}" for line in lines) + "\n\n" + "\n\n".join(f"{view};" for view in views) + "\n"

    def tables(self) -> list[str]:
        """Return the names of the tables that the views read."""
        return [table.name for table in FIVETRAN.tables]

    def headers(self, name: str) -> list[str]:
        """Return the columns of a table that the views read and that it may lack."""
        found = [header for header, _ in self._all_columns(FIVETRAN.table(name))]
        return found if name in _NEVER_DELETED else [*found, _DELETED]

    def statements(self) -> Iterator[exp.Create]:
        """Yield a statement for each view."""
        yield self._view("segkit_profiles", self._profiles())
        yield self._view("segkit_events", self._events())
        yield self._view("segkit_lists", self._lists())
        yield self._view("segkit_left_out", self._left_out())

    def _profiles(self) -> exp.Select:
        person, excluded = FIVETRAN.table("person"), FIVETRAN.table("global_exclusion")
        # An exclusion without a reason is still an exclusion.
        reason = exp.func("COALESCE", self._column("reason", "excluded"), text("true"))
        is_excluded = exp.Is(this=self._column("person_id", "excluded"), expression=exp.null()).not_()
        suppressed = exp.Case().when(is_excluded, reason).else_(text("false"))
        chosen = [
            self._named("id", "person", "profile_id"),
            *(self._named(header, "person", name) for header, name in self._columns(person)),
            exp.alias_(suppressed, "email_suppressed", quoted=True),
            *self._optional("global_exclusion", "timestamp", "excluded", "email_suppressed_timestamp"),
            *(self._named(f"custom_{name}", "person", custom_name(person, name, ())) for name in self.properties),
        ]
        found = exp.select(*chosen).from_(self._current(person, "person"))
        return found.join(
            self._current(excluded, "excluded"), on=self._same("excluded.person_id", "person.id"), join_type="left"
        )

    def _events(self) -> exp.Select:
        event = FIVETRAN.table("event")
        taken = [name for _, name in self._columns(event)]
        own = [self._column("type", "event")] if "event.type" not in self.without else []
        metric = exp.func("COALESCE", *own, self._column("name", "metric"))
        chosen = [
            self._named("id", "event", "event_id"),
            *(self._named(header, "event", name) for header, name in self._columns(event) if header != "type"),
            exp.alias_(metric, "metric", quoted=True),
            *(
                self._named(f"property_{name}", "event", custom_name(event, name, taken))
                for name in self.event_properties
            ),
        ]
        found = exp.select(*chosen).from_(self._current(event, "event"))
        return found.join(
            self._current(FIVETRAN.table("metric"), "metric"),
            on=self._same("metric.id", "event.metric_id"),
            join_type="left",
        )

    def _lists(self) -> exp.Select:
        chosen = [
            *(self._named(header, "entry", name) for header, name in self._columns(FIVETRAN.table("list_person"))),
            self._named("list_name", "named", "list_id"),
        ]
        found = exp.select(*chosen).from_(self._current(FIVETRAN.table("list_person"), "entry"))
        # An entry of a deleted list has no name, so that loading leaves it out and counts it.
        return found.join(
            self._current(FIVETRAN.table("list"), "named"),
            on=self._same("named.id", "entry.list_id"),
            join_type="left",
        )

    def _left_out(self) -> exp.Query:
        """Return a query with a row for each table: how many older versions and deleted rows are left out."""
        parts = []
        for table in FIVETRAN.tables:
            is_newest = exp.EQ(this=self._column(_VERSION), expression=whole(1))
            is_deleted = exp.and_(is_newest, self._is_deleted(table))
            counts = {"older_versions": exp.not_(is_newest), "deleted": is_deleted}
            chosen = [
                exp.alias_(exp.Sum(this=exp.Case().when(flag, whole(1)).else_(whole(0))), name, quoted=True)
                for name, flag in counts.items()
            ]
            source = exp.alias_(text(table.name), "source", quoted=True)
            parts.append(exp.select(source, *chosen).from_(self._numbered(table).subquery("numbered")))
        return exp.union(*parts, distinct=False)

    def _current(self, table: LayoutTable, alias: str) -> Sql:
        """Return the newest version of each row of a table, without deleted rows."""
        is_newest = exp.EQ(this=self._column(_VERSION), expression=whole(1))
        wanted = is_newest if self._has_no_marks(table) else exp.and_(is_newest, exp.not_(self._is_deleted(table)))
        query = exp.select("*").from_(self._numbered(table).subquery("numbered")).where(wanted)
        return query.subquery(alias)

    def _numbered(self, table: LayoutTable) -> exp.Select:
        """Return all rows of a table, with 1 for the newest version of each row, 2 for the one before, and so on."""
        number = exp.Window(
            this=exp.RowNumber(),
            partition_by=[self._column(header) for header in table.key],
            order=exp.Order(expressions=[exp.Ordered(this=self._column(_SYNCED), desc=True, nulls_first=False)]),
        )
        version = exp.Alias(this=number, alias=self._identifier(_VERSION))
        return exp.select("*", version).from_(self._table(table.name))

    def _is_deleted(self, table: LayoutTable) -> Sql:
        if self._has_no_marks(table):
            return exp.false()
        return exp.func("COALESCE", self._column(_DELETED), exp.false())

    def _has_no_marks(self, table: LayoutTable) -> bool:
        return table.name in _NEVER_DELETED or f"{table.name}.{_DELETED}" in self.without

    def _columns(self, table: LayoutTable) -> list[tuple[str, str]]:
        """Return the columns of a table that it has, each with segkit's name."""
        return [
            (header, name) for header, name in self._all_columns(table) if f"{table.name}.{header}" not in self.without
        ]

    def _all_columns(self, table: LayoutTable) -> Iterator[tuple[str, str]]:
        yield from ((header, header) for header in _KEPT.get(table.name, ()))
        yield from ((header, name) for header, name in table.columns.items() if header not in _PACKED)
        if table.name == "global_exclusion":
            yield "timestamp", "email_suppressed_timestamp"

    def _optional(self, table: str, header: str, alias: str, name: str) -> list[Sql]:
        return [] if f"{table}.{header}" in self.without else [self._named(header, alias, name)]

    def _named(self, header: str, table: str, name: str) -> Sql:
        return exp.alias_(self._column(header, table), name, quoted=True)

    def _column(self, header: str, table: str | None = None) -> exp.Column:
        return exp.Column(this=self._identifier(header), table=None if table is None else exp.to_identifier(table))

    def _same(self, one: str, other: str) -> Sql:
        left, right = (self._column(header, table) for table, header in (one.split("."), other.split(".")))
        return exp.EQ(this=left, expression=right)

    def _identifier(self, name: str) -> exp.Identifier:
        """Return the name of one of Fivetran's columns or tables, quoted. Snowflake stores them in capitals."""
        return exp.to_identifier(name.upper() if self.dialect == "snowflake" else name, quoted=True)

    def _table(self, name: str, schema: str | None = "") -> exp.Table:
        above = self.schema if schema == "" else schema
        parts = [self._identifier(one) for one in reversed([*(above or "").split("."), name]) if one]
        return exp.Table(**dict(zip(("this", "db", "catalog"), parts, strict=False)))

    def _view(self, name: str, query: Sql) -> exp.Create:
        return exp.Create(this=self._table(name, self.into), kind="VIEW", replace=True, expression=query)


def preset_text(
    dialect: str,
    *,
    schema: str = "klaviyo",
    into: str | None = None,
    properties: Iterable[str] = (),
    event_properties: Iterable[str] = (),
    without: Iterable[str] = (),
) -> str:
    """Return the statements of `Preset` as text.

    >>> preset_text("duckdb").count("CREATE OR REPLACE VIEW")
    4
    """
    return Preset(dialect, schema, into, tuple(properties), tuple(event_properties), tuple(without)).text()
