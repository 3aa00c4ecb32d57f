"""A shop that Spark reads answers as the loaded one does, and whatever it can't do, or can no longer do, it says in words of ours."""

import importlib.util
import json
from functools import reduce

import numpy as np
import pandas as pd
import pytest
from spark_shops import connected, session

import segkit as sk
from segkit.data.saved.manifest import NAME, TABLES
from segkit.engine.spark.session import ESCAPES
from segkit.errors import DataError, DefinitionError
from segkit.sql.spark import java_pattern

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")

SEGMENTS = [sk.sms_vip(), sk.sms_engaged(), sk.prefers_sms(), sk.sms_subscribers()]


@pytest.fixture(scope="module")
def shop(tiny_shop):
    """Return the tiny shop, read by Spark in a session whose zone is not UTC. The others are in UTC, and laws in either."""
    with connected(tiny_shop, "Asia/Tokyo") as found:
        yield found


@pytest.fixture
def own(tiny_shop, tmp_path):
    """Return a saved shop that a test may damage."""
    return tiny_shop.save(tmp_path / "shop")


QUESTIONS = {
    "sizes": lambda shop: sk.sizes(SEGMENTS, shop),
    "intersections": lambda shop: sk.intersections(SEGMENTS, shop),
    "membership": lambda shop: sk.membership(SEGMENTS, shop),
    "members": lambda shop: sk.members(SEGMENTS[3], shop),
    "of earlier": lambda shop: sk.sizes(SEGMENTS, shop.with_as_of("2026-06-01")),
    "days": lambda shop: sk.sweep(sk.sms_engaged, shop, clicked_days=range(1, 366)),
    "amounts": lambda shop: sk.sweep(sk.sms_vip, shop, spent=range(0, 1000, 50)),
    "miles": lambda shop: sk.sweep(sk.sms_nearby, shop, radius=[1, 5, 25, 3000], of="02110"),
    "distribution": lambda shop: sk.distribution(sk.sms_vip, shop, parameter="spent"),
    "split": lambda shop: sk.split(SEGMENTS[3], shop, {"text": 0.5, "hold out": 0.5}, key="it's spring"),
    "audience": lambda shop: sk.audience(SEGMENTS[3], shop, exclude=SEGMENTS[0]).waterfall,
    "file": lambda shop: sk.audience(SEGMENTS[3], shop).to_bytes(layout="members"),
}  # fmt: skip


@pytest.mark.parametrize("ask", QUESTIONS.values(), ids=QUESTIONS)
def test_answers_are_those_of_the_loaded_shop(ask, shop, tiny_shop):
    """Whatever asks an engine has the same answer from Spark as from memory."""
    assert repr(ask(shop)) == repr(ask(tiny_shop))


def tables_of(folder, spark):
    """Return the tables of a saved shop as DataFrames, with all events in one."""
    home = folder / TABLES
    files = {"profiles": "profiles", "people": "people", "lists": "lists"}
    for file in (home / "properties").glob("*.parquet"):
        of, number, *items = file.stem.split("-")
        files["_".join([of.removesuffix("s"), "property", number, *items]).replace("profiles", "profile")] = (
            f"properties/{file.stem}"
        )
    found = {name: spark.read.parquet(f"file://{home / file}.parquet") for name, file in files.items()}
    parts = [
        spark.read.parquet(f"file://{file}").selectExpr(f"'{file.parent.name.removeprefix('metric=')}' AS metric", "*")
        for file in (home / "events").glob("*/part-0.parquet")
    ]
    found["events"] = reduce(lambda one, other: one.unionByName(other, allowMissingColumns=True), parts)
    return found


def test_every_kind_of_condition_selects_the_same(shop, tiny_shop, own):
    """Text, patterns, lists, dates, places, funnels and consent are read as in memory, and so does the text for Spark, run over tables."""
    conditions = [
        sk.has("city", starts_with="Bo") | sk.has("city", matches="(?i)b.*n"),
        sk.has("Interests", contains_item="sale alerts") & sk.has("Age", at_least=18),
        sk.has("Birthday", anniversary_in_next_days=30),
        sk.spent("Placed Order", more_than=19.995, in_last_days=365),
        sk.did("Placed Order", where={"Source": ["web", "pos"]}),
        sk.last_event("Placed Order", where={"Gift": True}),
        sk.did_on_days("Placed Order", at_least=2),
        sk.did_in_order(sk.step("Clicked SMS"), sk.no_step("Received SMS"), sk.step("Placed Order"), within_hours=48),
        sk.within(25, "miles", of="02110") | sk.beyond(500, "kilometers", of=(52.52, 13.4)),
        sk.phone_country("US", "CA") & sk.not_in_region("european_union"),
        sk.in_list("VIP upload", in_last_days=30) & sk.not_in_list("Newsletter"),
        sk.can_receive("email") & sk.cannot_receive("sms"),
    ]
    segments = [sk.Segment(f"{place}", one) for place, one in enumerate(conditions)]
    wanted = sk.membership(segments, tiny_shop)
    pd.testing.assert_frame_equal(sk.membership(segments, shop), wanted)
    spark = shop.session.spark
    tables = tables_of(own, spark)
    for name, table in tables.items():
        table.createOrReplaceTempView(name)
    for segment in segments:
        text = sk.to_sql(segment, shop, dialect="spark")
        assert [row[0] for row in spark.sql(text).collect()] == wanted.index[wanted[segment.name]].tolist(), text
    for name in tables:
        spark.catalog.dropTempView(name)


def test_hostile_names_and_values_are_only_text():
    """Quotes, comments, backslashes and line breaks in names and values change nothing but what they name."""
    hostile = [
        "x'; DROP TABLE profiles; --",
        'a"b',
        "50%_\\",
        "line\nbreak",
        "ünïcødé 👍🏽",
        "/* */",
        "{a} ${spark.app.name} `c`",
    ]
    people = {"profile_id": [f"p{place}" for place in range(len(hostile))]}
    people |= {name: np.roll(hostile, place).tolist() for place, name in enumerate(hostile)}
    events = pd.DataFrame({"profile_id": people["profile_id"], "metric": hostile, "datetime": "2026-06-01"})
    dataset = sk.Dataset.from_frames(pd.DataFrame(people), events, as_of="2026-06-30")
    conditions = [sk.has(name, equals=name) for name in hostile] + [sk.did(name) for name in hostile]
    conditions += [sk.has(hostile[0], contains=one[1:]) | sk.has(hostile[0], ends_with=one[2:]) for one in hostile[-3:]]
    segments = [sk.Segment(f"{place}", one) for place, one in enumerate(conditions)]
    with connected(dataset) as shop:
        pd.testing.assert_frame_equal(sk.membership(segments, shop), sk.membership(segments, dataset))


def test_tables_of_the_session_replace_files(own, tiny_shop):
    """DataFrames and tables by name give the same answers, the replaced files are not read, and a refused table leaves nothing behind."""
    spark = session("Asia/Tokyo")
    tables = tables_of(own, spark)
    events, profiles = tables["events"], tables["profiles"]
    profiles.createOrReplaceTempView("my_profiles")
    given = {"events": events, "profiles": "my_profiles"}
    before = {one.name for one in spark.catalog.listTables()}
    with sk.connect(own, spark=spark, tables=given) as shop:
        pd.testing.assert_frame_equal(sk.sizes(SEGMENTS, shop), sk.sizes(SEGMENTS, tiny_shop))
        assert not [name for name in shop.session._views if name.startswith("events")]
    for name, table, said in [
        ("orders", profiles, r"no table 'orders'.*events, people"),
        ("profiles", profiles.drop("country"), r"lacks the columns country.*latitude DOUBLE"),
        ("profiles", profiles.selectExpr("* EXCEPT (sms_since)", "1 AS sms_since"), r"wrong type \(sms_since is int\)"),
        ("profiles", profiles.limit(3), "3 rows instead of 8"),
        ("profiles", "nowhere", "Spark could not answer"),
    ]:
        with pytest.raises(DataError, match=said):
            sk.connect(own, spark=spark, tables={name: table})
        assert {one.name for one in spark.catalog.listTables()} == before


def test_views_are_dropped_and_the_session_goes_on(own):
    """After closing, nothing of the shop is left in the session, which is still the user's."""
    spark = session()
    before = {one.name for one in spark.catalog.listTables()}
    with sk.connect(own, spark=spark) as shop:
        sk.sizes(SEGMENTS[0], shop)
    assert {one.name for one in spark.catalog.listTables()} == before
    assert spark.sql("SELECT 1").collect()[0][0] == 1
    with pytest.raises(DataError, match=r"closed.*sk\.connect\("):
        sk.sizes(SEGMENTS[0], shop)


def test_a_lost_session_is_said(own, tiny_shop):
    """A session that was stopped is named, with the way out; a new one answers."""
    with sk.connect(own, spark=session()) as shop:
        shop.session.spark.stop()
        with pytest.raises(DataError, match=r"session.*was stopped.*spark=session"):
            sk.sizes(SEGMENTS[0], shop)
    with sk.connect(own, spark=session()) as shop:
        assert repr(sk.sizes(SEGMENTS, shop)) == repr(sk.sizes(SEGMENTS, tiny_shop))


def test_settings_that_change_what_a_statement_means_are_refused(own, tiny_shop):
    """A backslash in a value must be one; without ANSI mode, and with other timestamps as the default, answers are the same."""
    spark = session()
    with sk.connect(own, spark=spark) as shop:
        for name, value in {"spark.sql.ansi.enabled": "false", "spark.sql.timestampType": "TIMESTAMP_NTZ"}.items():
            spark.conf.set(name, value)
            try:
                assert repr(sk.sizes(SEGMENTS, shop)) == repr(sk.sizes(SEGMENTS, tiny_shop))
            finally:
                spark.conf.unset(name)
        spark.conf.set(ESCAPES, "true")
        try:
            with pytest.raises(DataError, match=ESCAPES):
                sk.sizes(SEGMENTS[0], shop)
        finally:
            spark.conf.unset(ESCAPES)


def test_what_is_damaged_or_of_another_version_is_refused(own, tmp_path):
    """A missing file, changed bytes, another format and a folder that is no shop are named."""
    spark = session()
    with pytest.raises(DataError, match=r"\.save\("):
        sk.connect(tmp_path, spark=spark)
    path = next((own / TABLES / "events").glob("metric=Placed*/part-0.parquet"))
    data = bytearray(path.read_bytes())
    data[200] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)
    with sk.connect(own, spark=spark) as shop, pytest.raises(DataError, match="changed"):
        sk.sizes(SEGMENTS[0], shop)
    (own / TABLES / "lists.parquet").unlink()
    with pytest.raises(DataError, match=r"lists\.parquet"):
        sk.connect(own, spark=spark)
    (own / NAME).write_text(json.dumps({"format": 1, "segkit": "0.0", "sha256": "?"}))
    with pytest.raises(DataError, match="in version 1 of"):
        sk.connect(own, spark=spark)


def test_what_is_no_session_is_refused(own, monkeypatch):
    """Another value, tables without a session, and a machine without PySpark are told what to do."""
    with pytest.raises(DefinitionError, match=r"Spark session as `spark`.*getOrCreate"):
        sk.connect(own, spark="local")
    with pytest.raises(DefinitionError, match="spark=session"):
        sk.connect(own, tables={})
    plain = importlib.util.find_spec
    monkeypatch.setattr(
        "segkit.engine.by_sql.opened.find_spec", lambda name: None if name == "pyspark" else plain(name)
    )
    with pytest.raises(ImportError, match=r'pyspark.*pip install "sms-segkit\[spark\]"'):
        sk.connect(own, spark=session())


TEXTS = ["Bob", "bob", "BOB\n", "a\rb", "a b", "a\x0bb", "K", "\u212a", "\u017f", "\u0131", "\u0130", "i", "I", "é", "", "👍🏽", "x.y", "[a]", "12", "a\u2028b", "&&"]  # fmt: skip
PATTERNS = ["B.b", "(?i)b.b", "B.*", "(?s).*", ".", ".*b$", r"a\sb", r"a\Sb", "(?i)k", "(?i)s", "(?i)i", r"\d{2}", "a|b|.*y", r"\[a\]", "[^a]*", "[a-k.]+", r"\w+", "(?:a|(x)).y"]  # fmt: skip


def test_patterns_mean_the_same_as_in_memory():
    """Java reads a pattern as RE2 does, in whole values with any line breaks and letters; what it may read differently is refused."""
    dataset = sk.Dataset.from_frames(
        pd.DataFrame({"profile_id": [f"p{place}" for place in range(len(TEXTS))], "said": TEXTS}), as_of="2026-06-30"
    )
    segments = [sk.Segment(one, sk.has("said", matches=one)) for one in PATTERNS]
    with connected(dataset) as shop:
        pd.testing.assert_frame_equal(sk.membership(segments, shop), sk.membership(segments, dataset))
    for pattern in [r"\Qa.b", r"\bx", "[[:alpha:]]", "[a&&b]", r"\pL", "(?i)[a-z]", "(?i)é", r"(?i)\w", "(?m)^a$", r"[\s]", r"\x41", "a{,2}", "(?P<n>a)"]:  # fmt: skip
        with pytest.raises(DefinitionError, match="Spark may read differently"):
            java_pattern(pattern)
