"""The views over a connector's tables make the same shop as the connector's files, and every dialect reads them back."""

from typing import get_args

import duckdb
import pandas as pd
import pytest
import sqlglot

import segkit as sk
from segkit.command.cli import main
from segkit.engine.sql_text import Dialect
from segkit.errors import DefinitionError
from segkit.sql.presets import Preset, preset_text

HOSTILE = 'x"; DROP TABLE person; --'


def person(number: int, **columns) -> dict:
    """Return a row of Fivetran's table person."""
    return {
        "id": f"P{number}",
        "email": f"p{number}@example.com",
        "phone_number": f"+1212555010{number}",
        "subscriptions_sms_marketing_consent": "SUBSCRIBED",
        "subscriptions_email_marketing_consent": "SUBSCRIBED",
        "updated": "2026-06-01T00:00:00Z",
        "custom_city": "Rome",
        "custom_shoe_size": 40 + number,
        "_fivetran_deleted": False,
        "_fivetran_synced": "2026-06-02T00:00:00Z",
        **columns,
    }


def event(number: int, who: str, metric: str = "M1", **columns) -> dict:
    """Return a row of Fivetran's table event."""
    return {
        "id": f"E{number}",
        "person_id": who,
        "metric_id": metric,
        "timestamp": "2026-06-10T12:00:00Z",
        "property_value": 10.0 * number,
        "property_coupon": "SPRING",
        "_fivetran_synced": "2026-06-11T00:00:00Z",
        **columns,
    }


LATER = {"_fivetran_synced": "2026-06-20T00:00:00Z"}
TABLES = {
    "person": [
        person(1),
        person(2),
        person(2, **LATER, _fivetran_deleted=True),
        person(3),
        person(3, **LATER, subscriptions_sms_marketing_consent="UNSUBSCRIBED"),
        person(4),
    ],
    "event": [event(1, "P1"), event(1, "P1", **LATER), event(2, "P3"), event(3, "P4", "M2")],
    "metric": [
        {"id": "M1", "name": "Placed Order", **LATER, "_fivetran_deleted": False},
        {"id": "M2", "name": "Clicked Text Message", **LATER, "_fivetran_deleted": False},
    ],
    "list_person": [
        {
            "list_id": "L1",
            "person_id": "P4",
            "joined_group_at": "2026-02-01T00:00:00Z",
            **LATER,
            "_fivetran_deleted": False,
        }
    ],
    "list": [{"id": "L1", "list_name": "Spring", **LATER, "_fivetran_deleted": False}],
    "global_exclusion": [
        {"person_id": "P4", "reason": None, "timestamp": "2026-03-01T00:00:00Z", **LATER, "_fivetran_deleted": False}
    ],
}


def views_in_duckdb(database: duckdb.DuckDBPyConnection) -> None:
    """Create Fivetran's tables and the views over them."""
    database.execute("CREATE SCHEMA klaviyo")
    for name, rows in TABLES.items():
        frame = pd.DataFrame(rows)
        database.register("frame", frame)
        database.execute(f'CREATE TABLE klaviyo."{name}" AS SELECT * FROM frame')
    missing = []
    for record in Preset("duckdb").tables():
        missing += [
            f"{record}.{header}" for header in Preset("duckdb").headers(record) if header not in TABLES[record][0]
        ]
    database.execute(
        preset_text("duckdb", properties=["city", "shoe_size"], event_properties=["coupon"], without=missing)
    )


def test_the_views_make_the_same_shop_as_the_files(tmp_path):
    """Exported from DuckDB, the views have the same members as the files of the same tables, and count what they leave out."""
    database = duckdb.connect()
    views_in_duckdb(database)
    files, views = tmp_path / "files", tmp_path / "views"
    files.mkdir()
    views.mkdir()
    for name, rows in TABLES.items():
        pd.DataFrame(rows).to_csv(files / f"{name}.csv", index=False)
    for name in ("profiles", "events", "lists"):
        database.execute(f"COPY (SELECT * FROM segkit_{name}) TO '{(views / name).as_posix()}.parquet'")
    one, other = sk.load(files, layout="fivetran"), sk.load(views)
    for condition in (
        sk.can_receive("sms"),
        sk.can_receive("email"),
        sk.spent(at_least=10),
        sk.spent(at_least=11),
        sk.did("Clicked SMS"),
        sk.in_list("Spring"),
        sk.has("shoe_size", at_least=43),
        sk.has("properties['city']", equals="Rome"),
        sk.did("Placed Order", where={"coupon": "SPRING"}),
    ):
        segment = sk.Segment("a", condition)
        found = set(sk.members(segment, one).index)
        assert found
        assert found == set(sk.members(segment, other).index)
    left_out = database.sql("SELECT * FROM segkit_left_out").df().set_index("source")
    assert left_out.loc["person"].astype(int).to_dict() == {"older_versions": 2, "deleted": 1}
    assert left_out.loc["event"].astype(int).to_dict() == {"older_versions": 1, "deleted": 0}


@pytest.mark.parametrize("dialect", get_args(Dialect))
def test_every_dialect_reads_the_views_back(dialect):
    """The views are written the same again after sqlglot has parsed them, also with hostile names, which stay names."""
    text = preset_text(
        dialect, schema=f"a.{HOSTILE.replace('.', '')}", properties=[HOSTILE], event_properties=["value"]
    )
    parsed = [one for one in sqlglot.parse(text, read=dialect) if one is not None]
    assert [one.key for one in parsed] == ["create"] * 4
    again = ";\n\n".join(one.sql(dialect, pretty=True, comments=False) for one in parsed)
    assert again.split() == text.partition("\n\n")[2].strip().removesuffix(";").split()


def test_a_column_that_no_view_reads_is_refused():
    """A misspelled column in --without is refused, since the view would still read the right one."""
    with pytest.raises(DefinitionError, match=r"person\.longitud"):
        preset_text("duckdb", without=["person.longitud"])


def test_the_command_prints_the_views(capsys):
    """`segkit preset` prints the views, and Snowflake's names are in capitals, as Fivetran writes them there."""
    assert main(["preset", "fivetran", "--dialect", "snowflake", "--schema", "raw.klaviyo"]) == 0
    printed = capsys.readouterr().out
    assert 'FROM "RAW"."KLAVIYO"."PERSON"' in printed
    assert 'AS "profile_id"' in printed
    assert main(["preset", "airbyte", "--dialect", "duckdb"]) == 2
    assert "'fivetran'" in capsys.readouterr().err
