"""A segment's statement selects its members wherever it was executed, and reads back as it was written where it was not."""

import json
import os
from pathlib import Path
from typing import get_args

import duckdb
import pandas as pd
import pytest
import sqlglot
from duckdb_shops import ZONES, connected
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp
from strategies import Asked, asked

import segkit as sk
from segkit.data.saved.manifest import TABLES
from segkit.definition.conditions import Condition
from segkit.engine.sql_text import Dialect
from segkit.errors import DataError, DefinitionError, SegkitWarning
from segkit.sql.words import column, either, every, negation

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")

DIALECTS = get_args(Dialect)
GOLDEN = Path(__file__).parents[1] / "golden" / "sql"
HOSTILE = ["it's", 'a"b', "a\\b", "50%_", "x'; DROP TABLE profiles; --", "*/ x /*", "ünïcødé 👍🏽", "two\nlines"]


def everything() -> dict[str, sk.Segment]:
    """Return segments that together have every kind of condition and test."""
    bought = "Placed Order"
    conditions: dict[str, Condition] = {
        "VIP": sk.sms_vip().condition,
        "prefers SMS": sk.prefers_sms().condition,
        "failing": sk.sms_delivery_errors().condition,
        "everywhere": sk.did(bought, at_least=2, where={"Source": ["web", "pos"]})
        & sk.spent(bought, more_than=19.995, in_last_days=365)
        & (sk.did_on_days(bought, at_least=2) | sk.last_event(bought, where={"Gift": True})),
        "in order": sk.did_in_order(
            sk.step("Clicked SMS"), sk.no_step("Received SMS"), sk.step(bought), within_hours=48
        ),
        "about a person": sk.has("city", starts_with="Bo")
        & sk.has("Age", at_least=18)
        & ~sk.has("Interests", contains_item="sale alerts")
        & sk.has("Birthday", anniversary_in_next_days=30)
        & sk.is_set("email")
        & ~sk.has("city", matches="B.*n"),
        "somewhere": (sk.within(25, "miles", of="02110") | sk.beyond(500, "kilometers", of=(52.52, 13.4)))
        & sk.phone_country("US", "CA")
        & sk.not_in_region("european_union"),
        "on a list": sk.in_list("VIP upload", in_last_days=30) & sk.not_in_list("Newsletter"),
        "consent": sk.can_receive("email") & sk.cannot_receive("sms"),
    }
    return {name: sk.Segment(name, condition) for name, condition in conditions.items()}


@pytest.fixture(scope="module")
def shop(tiny_shop):
    """Return the tiny shop, connected."""
    with connected(tiny_shop) as found:
        yield found


def ids(text: str, zone: str) -> list[str]:
    """Execute a statement in a DuckDB of its own, whose session has a zone."""
    with duckdb.connect() as connection:
        connection.execute(f"SET TimeZone = '{zone}'")
        return [row[0] for row in connection.execute(text).fetchall()]


def bare(text: str) -> str:
    """Return a statement without the comments above it."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("-- "))


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("name", everything())
def test_duckdb_selects_the_members(name, zone, shop, tiny_shop):
    """Pasted into any DuckDB, the statement selects the members in the order of the data, whatever the session's zone."""
    segment = everything()[name]
    assert ids(sk.to_sql(segment, shop), zone) == sk.members(segment, tiny_shop).index.tolist()


@settings(max_examples=5)
@given(asked(), st.sampled_from(ZONES))
def test_duckdb_selects_the_members_of_any_tree(asked: Asked, zone: str):
    """So it does for whatever is asked of awkward shops."""
    with connected(asked.shop) as shop:
        for condition in asked.conditions[:15]:
            segment = sk.Segment("asked", condition)
            assert ids(sk.to_sql(segment, shop), zone) == sk.members(segment, shop).index.tolist(), condition


def test_a_statement_over_tables_selects_the_same(shop, tiny_shop):
    """Loaded into tables of a schema as the docstring says, the files give the same members."""
    described, folder = shop.described, shop.folder / TABLES
    columns = sorted({one for metric in described.metrics.values() for one in metric.columns})
    fixed = {"profile": "INT", "instant": "TIMESTAMPTZ", "day": "INT", "source_row": "INT", "units": "BIGINT"}
    fixed |= {"is_date": "BOOLEAN", "has_value": "BOOLEAN"} | dict.fromkeys(columns, "INT")
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA segkit")
        for table, file in described.files.items():
            connection.execute(f"CREATE TABLE segkit.{table} AS FROM read_parquet('{folder / file}')")
        names = ", ".join(f"{name} {kind}" for name, kind in fixed.items())
        connection.execute(f"CREATE TABLE segkit.events (metric TEXT, {names})")
        for name, metric in described.metrics.items():
            connection.execute(
                f"INSERT INTO segkit.events BY NAME SELECT ? AS metric, * FROM read_parquet('{folder / metric.file}', hive_partitioning=false)",
                [name],
            )
        for segment in everything().values():
            text = sk.to_sql(segment, shop, schema="segkit")
            assert str(shop.folder) not in text
            found = [row[0] for row in connection.execute(text).fetchall()]
            assert found == sk.members(segment, tiny_shop).index.tolist(), segment.name


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", everything())
def test_text_of_every_dialect_reads_back(name, dialect, shop):
    """What was not executed is at least SQL of its dialect: parsed and written again, it is the same statement."""
    statement = bare(sk.to_sql(everything()[name], shop, dialect=dialect, schema="analytics.segkit"))
    assert sqlglot.parse_one(statement, dialect=dialect).sql(dialect, pretty=True) == statement


@pytest.mark.parametrize("dialect", DIALECTS)
def test_hostile_values_read_back_as_they_were(dialect):
    """Quotes, backslashes, comments and line breaks in names and values stay inside their literals and comments."""
    people = pd.DataFrame({"profile_id": ["a"], **{name: [name] for name in HOSTILE}})
    events = pd.DataFrame({"profile_id": "a", "metric": HOSTILE, "datetime": "2026-06-01"})
    with connected(sk.Dataset.from_frames(people, events, as_of="2026-06-30")) as shop:
        for value in HOSTILE:
            segment = sk.Segment(value, sk.has(value, equals=value) & sk.did(value))
            text = sk.to_sql(segment, shop, dialect=dialect, schema="s")
            [statement] = sqlglot.parse(text, dialect=dialect)
            assert [one.name for one in statement.find_all(exp.Literal) if one.is_string].count(value) >= 2
            if dialect == "duckdb":
                assert ids(sk.to_sql(segment, shop), "UTC") == ["a"]


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("name", ["VIP", "about a person"])
def test_golden_statements(name, dialect, shop):
    """Statements change only on purpose: SEGKIT_GOLDEN=1 writes them again. Their comments have tests of their own."""
    text = bare(sk.to_sql(everything()[name], shop, dialect=dialect, schema="analytics.segkit"))
    path = GOLDEN / f"{name.replace(' ', '_')}.{dialect}.sql"
    if os.environ.get("SEGKIT_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{text}\n", encoding="utf-8")
    assert path.read_text(encoding="utf-8") == f"{text}\n"


def test_events_are_read_once_and_only_where_they_can_matter(shop):
    """One scan of the events answers all conditions on them, of the metrics that are asked for alone."""
    text = sk.to_sql(everything()["prefers SMS"] | everything()["VIP"], shop)
    statement = sqlglot.parse_one(text, dialect="duckdb")
    files = [one.name for one in statement.find_all(exp.Literal) if one.name.endswith("part-0.parquet")]
    assert len(files) == len(set(files))
    assert {Path(file).parent.name for file in files} == {
        f"metric={name}" for name in ("Clicked SMS", "Placed Order") if name in shop.described.metrics
    }


def test_row_groups_of_other_days_are_skipped(tmp_path):
    """DuckDB's own plan says that the filters on metric and time reach the files, which skip what they need not read."""
    size = 600_000
    days = pd.date_range("2020-01-01", "2026-06-29", periods=size, tz="UTC")
    events = pd.DataFrame({"profile_id": "a", "metric": "Clicked SMS", "datetime": days})
    dataset = sk.Dataset.from_frames(pd.DataFrame({"profile_id": ["a"]}), events, as_of="2026-06-30")
    with connected(dataset) as shop, duckdb.connect() as connection:
        text = sk.to_sql(sk.Segment("lately", sk.did("Clicked SMS", in_last_days=30)), shop)
        plan = json.loads(connection.execute(f"EXPLAIN (ANALYZE, FORMAT json) {text}").fetchall()[0][1])
        [file] = (shop.folder / TABLES / "events").glob("*/part-0.parquet")
        filters = [one["Filters"] for one in extras(plan) if "Filters" in one]
        assert any("instant" in str(one) for one in filters)
        assert plan["io"]["total_bytes_read"] < file.stat().st_size / 4


def extras(plan):
    """Yield what the operators of a plan say about themselves."""
    if isinstance(plan, dict):
        yield plan.get("extra_info", {})
        plan = list(plan.values())
    if isinstance(plan, list):
        for part in plan:
            yield from extras(part)


def test_it_is_looked_at_from_the_moment_asked_for(shop, tiny_shop):
    """The moment is written out, and the members are those of then."""
    segment = everything()["prefers SMS"]
    text = sk.to_sql(segment, shop, as_of="2026-06-01")
    assert "-- As of 2026-06-01 23:59:59.999999 UTC." in text.splitlines()
    assert ids(text, "UTC") == sk.members(segment, tiny_shop.with_as_of("2026-06-01")).index.tolist()


def test_a_notebook_shows_lines_and_the_values_mean_what_the_comments_say(shop):
    """Printed or shown, it is lines of text; comments say which property a table of values is about, and the unit of amounts."""
    text = sk.to_sql(everything()["everywhere"], shop)
    assert repr(text) == text
    assert text._repr_html_().startswith("<pre>-- everywhere")
    assert "-- event_property_0 has the values of 'Source'." in text.splitlines()
    assert "-- Amounts are whole numbers of 0.001." in text.splitlines()


def test_what_it_cannot_write_is_refused(shop, tiny_shop):
    """Another dialect, a shop in memory, and names that the data lacks are refused in our words; notes are warned of."""
    segment = everything()["VIP"]
    with pytest.raises(DefinitionError, match=r"'mysql'.*snowflake"):
        sk.to_sql(segment, shop, dialect="mysql")
    with pytest.raises(DefinitionError, match=r"sk\.connect\("):
        sk.to_sql(segment, tiny_shop)
    with pytest.raises(DefinitionError, match=r"segment, shop"):
        sk.to_sql(shop, segment)
    with pytest.raises(DataError, match="Clickd"):
        sk.to_sql(sk.Segment("asked", sk.did("Clickd SMS")), shop)
    with pytest.warns(SegkitWarning, match="number"):
        sk.to_sql(sk.Segment("asked", sk.has("city", at_least=3)), shop)


@pytest.mark.parametrize("pattern", [r"\Qa.b", "a)|(b", "(?=a)", "a\\", "[a", "(?i)b.*", r"\Qa.b\E", "a|b", "(?s).*"])
def test_a_pattern_means_the_same_as_in_memory(pattern: str, shop, tiny_shop):
    """One that is not valid alone, or not where the statement has it, is refused with the same words."""

    def answer(data: sk.Dataset) -> object:
        try:
            return sk.sizes(sk.Segment("Matching", sk.has("city", matches=pattern)), data)["size"].tolist()
        except DefinitionError as error:
            return str(error)

    assert answer(shop) == answer(tiny_shop)


def test_the_opposite_of_several_parts_is_that_of_all_of_them():
    """What is negated is put in parentheses, so that NOT never holds for the first of several parts alone."""
    both = every([column("a", "t"), column("b", "t")])

    assert negation(both).sql() == "NOT (t.a AND t.b)"
    assert negation(either([column("a", "t"), column("b", "t")])).sql() == "NOT (t.a OR t.b)"
