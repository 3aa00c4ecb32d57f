"""A connected shop answers as the loaded one does, and whatever it can't do, or can no longer do, it says in words of ours."""

import builtins
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sqlglot
from duckdb_shops import connected

import segkit as sk
from segkit.data.saved.manifest import NAME, TABLES
from segkit.definition.conditions import EventProperty, FunnelCondition, FunnelStep, TextTest
from segkit.engine.by_sql.engine import SqlEngine
from segkit.errors import DataError, DefinitionError, SegkitError, SegkitWarning

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")

SEGMENTS = [
    sk.sms_vip(),
    sk.sms_engaged(),
    sk.prefers_sms(),
    sk.sms_subscribers(),
    sk.former_vip(),
    sk.sms_delivery_errors(),
]


@pytest.fixture(scope="module")
def loaded() -> sk.Dataset:
    """Return the sample shop in memory."""
    return sk.load(Path(__file__).parents[3] / "sample_data")


@pytest.fixture(scope="module")
def saved(loaded, tmp_path_factory) -> Path:
    """Return the sample shop saved, in a folder whose name DuckDB and SQL could take for more than a name."""
    return loaded.save(tmp_path_factory.mktemp("saved") / "it's [a] *sho'p%20?")


@pytest.fixture(scope="module")
def shop(saved):
    """Return a connection to the saved shop."""
    with sk.connect(saved) as found:
        yield found


@pytest.fixture
def own(tiny_shop, tmp_path) -> Path:
    """Return a saved shop that a test may damage."""
    return tiny_shop.save(tmp_path / "shop")


@pytest.mark.parametrize("ask", [sk.sizes, sk.overlap, sk.intersections, sk.membership], ids=lambda one: one.__name__)
def test_tables_are_those_of_the_loaded_shop(ask, shop, loaded):
    """What is asked of segments gives the same table from files as from memory."""
    pd.testing.assert_frame_equal(ask(SEGMENTS, shop), ask(SEGMENTS, loaded))


def test_shares_of_a_base_are_those_of_the_loaded_shop(shop, loaded):
    """So does a base."""
    pd.testing.assert_frame_equal(*(sk.sizes(SEGMENTS, one, base="SMS subscribers") for one in (shop, loaded)))


def test_members_come_with_their_columns(shop, loaded):
    """The members have every property, of the same kind."""
    pd.testing.assert_frame_equal(sk.members(SEGMENTS[0], shop), sk.members(SEGMENTS[0], loaded))


@pytest.mark.parametrize(
    ("builder", "settings"),
    [
        (sk.sms_engaged, {"clicked_days": range(1, 366)}),
        (sk.sms_engaged, {"clicked_days": [30, 90], "subscribed_days": [7, 30]}),
        (sk.sms_vip, {"spent": range(0, 2000, 50)}),
        (sk.sms_vip, {"days": range(10, 365, 5), "orders": [2, 3]}),
        (sk.sms_nearby, {"radius": [1, 5, 25, 100], "of": "02110"}),
        (sk.former_vip, {}),
    ],
    ids=lambda one: getattr(one, "__name__", ""),
)
def test_curves_are_those_of_the_loaded_shop(builder, settings, shop, loaded):
    """A slider's whole curve has the same sizes."""
    settings = settings or {"spent": range(0, 1000, 100)} if builder is not sk.former_vip else {"spent": [100, 500]}
    pd.testing.assert_frame_equal(*(sk.sweep(builder, one, **settings) for one in (shop, loaded)))


def test_histograms_are_those_of_the_loaded_shop(shop, loaded):
    """A distribution has the same bars."""
    for builder, name in ((sk.sms_engaged, "clicked_days"), (sk.sms_vip, "spent"), (sk.sms_vip, "orders")):
        found, wanted = (sk.distribution(builder, one, parameter=name) for one in (shop, loaded))
        assert repr(found) == repr(wanted)


def test_starting_values_are_those_of_the_loaded_shop(shop, loaded):
    """So are the values that a slider starts at."""
    assert sk.starting_values(sk.sms_vip, shop) == sk.starting_values(sk.sms_vip, loaded)


def test_another_moment_is_asked_of_the_same_connection(shop, loaded):
    """Looked at from earlier, the answers are those of then."""
    early = "2026-03-31"
    pd.testing.assert_frame_equal(
        sk.sizes(SEGMENTS, shop.with_as_of(early)), sk.sizes(SEGMENTS, loaded.with_as_of(early))
    )
    assert sk.connect(shop.folder, as_of=early).as_of == loaded.with_as_of(early).as_of


@pytest.mark.parametrize("layout", ["klaviyo", "members", "hashed"])
def test_an_audience_is_that_of_the_loaded_shop(layout, shop, loaded, tmp_path):
    """Who may be texted, the waterfall, and the bytes of the file are the same."""
    asked = {"exclude": SEGMENTS[1], "failing": SEGMENTS[5]} if layout == "klaviyo" else {}
    found, wanted = (sk.audience([SEGMENTS[0], SEGMENTS[2]], one, **asked) for one in (shop, loaded))
    pd.testing.assert_frame_equal(found.waterfall, wanted.waterfall)
    pd.testing.assert_frame_equal(found.profiles, wanted.profiles)
    assert (found.size, repr(found), found.coverage_note) == (wanted.size, repr(wanted), wanted.coverage_note)
    assert found.reasons.equals(wanted.reasons)
    assert found.to_bytes(layout=layout) == wanted.to_bytes(layout=layout)


def test_files_and_their_manifests_are_those_of_the_loaded_shop(shop, loaded, tmp_path):
    """Every member's file is the same byte for byte, and so are the segments and the hashes of members in its manifest."""
    files = [sk.write_members(SEGMENTS[0], one, tmp_path / f"{type(one).__name__}.csv") for one in (shop, loaded)]
    assert files[0].read_bytes() == files[1].read_bytes()
    said = [json.loads(Path(f"{file}.manifest.json").read_text()) for file in files]
    for one in said:
        del one["file"]
    said = [{name: value for name, value in one.items() if "written" not in name} for one in said]
    assert said[0] == said[1]


def test_an_audience_of_an_earlier_moment_is_that_of_the_loaded_shop(shop, loaded):
    """Nothing later than the moment is known when looking back."""
    early = "2026-05-01"
    found, wanted = (
        sk.audience(SEGMENTS[0], one.with_as_of(early), exclude=SEGMENTS[1], looking_back=True)
        for one in (shop, loaded)
    )
    pd.testing.assert_frame_equal(found.waterfall, wanted.waterfall)


PAST = {
    "backtest": lambda shop: sk.backtest(sk.sms_engaged, shop, clicked_days=[30, 90], moments=["2026-03-31", "2026-04-30"]).table,
    "history": lambda shop: sk.history(SEGMENTS[:2], shop, moments=["2026-03-31", "2026-04-30"]),
    "changes": lambda shop: sk.changes(SEGMENTS[0], shop, "2026-05-01", "2026-06-01").table,
    "movements": lambda shop: sk.movements(SEGMENTS[:2], shop, "2026-05-01", "2026-06-01"),
    "leaving": lambda shop: sk.leaving(SEGMENTS[1], shop, within_days=7),
    "split": lambda shop: sk.split(SEGMENTS[1], shop, {"text": 0.9, "hold out": 0.1}, key="it's spring"),
    "sendable": lambda shop: sk.sizes(SEGMENTS, shop, sendable=True),
}  # fmt: skip


@pytest.mark.parametrize("ask", PAST.values(), ids=PAST)
def test_whatever_asks_an_engine_is_the_same(ask, shop, loaded):
    """Analyses of the past and of experiments need only the engine, so they work on a connected shop as well."""
    assert repr(ask(shop)) == repr(ask(loaded))


def test_it_says_what_it_is_and_names_nobody(shop, loaded):
    """Printing it shows counts and dates; names come from the data."""
    assert repr(shop).removeprefix("ConnectedShop:") == repr(loaded).removeprefix("Dataset:")
    assert (len(shop), shop.metric_names, shop.property_names) == (
        len(loaded),
        loaded.metric_names,
        loaded.property_names,
    )
    assert (shop.list_names, shop.alarms, len(shop.report)) == (loaded.list_names, loaded.alarms, len(loaded.report))
    assert shop.profile_ids.equals(loaded.profile_ids)
    assert "session" not in dir(shop)


def test_notes_are_warned_of_as_ever(tiny_shop):
    """A condition that the data can't meet is warned of with the same words."""
    segment = sk.Segment("Odd", sk.has("city", at_least=1))
    with connected(tiny_shop) as shop:
        for one in (shop, tiny_shop):
            with pytest.warns(SegkitWarning, match="can be read as a number"):
                sk.membership(segment, one)


@pytest.mark.parametrize(
    "condition",
    [sk.did("Clickd SMS"), sk.has("Townn", equals="x"), sk.in_list("VIPs"), sk.within(3, "miles", of="99999"),
     sk.did("Placed Order", where={"Sauce": "web"})],
)  # fmt: skip
def test_what_the_data_lacks_is_refused_with_the_same_words(condition, tiny_shop):
    """An unknown metric, property, list or postal code is named as it is in memory."""
    segment = sk.Segment("Asked", condition)
    with connected(tiny_shop) as shop:
        said = []
        for one in (shop, tiny_shop):
            with pytest.raises(DataError) as told:
                sk.sizes(segment, one)
            said.append(str(told.value))
    assert said[0] == said[1]


def test_a_pattern_that_is_none_is_refused(tiny_shop):
    """As in memory, before DuckDB sees it."""
    with connected(tiny_shop) as shop, pytest.raises(DefinitionError, match="pattern"):
        sk.sizes(sk.Segment("Asked", sk.has("city", matches="(")), shop)


@pytest.mark.parametrize(
    "ask",
    [
        lambda shop: sk.why("ann", SEGMENTS[0], shop),
        lambda shop: sk.places(SEGMENTS[0], shop),
        sk.recommended,
        lambda shop: sk.build(shop, "out"),
        lambda shop: sk.compare_members(SEGMENTS[0], shop, ["ann"]),
        lambda shop: shop.events,
        lambda shop: shop.with_list("Picked", ["ann"]),
        lambda shop: shop.profiles,
        lambda shop: shop.save("again"),
    ],
)
def test_what_needs_memory_is_refused_and_names_the_choice(ask, shop):
    """What no statement answers yet says how to load the shop."""
    with pytest.raises(SegkitError, match=r"sk\.load\("):
        ask(shop)
    assert not hasattr(shop, "profiles")


def test_the_shop_comes_second(shop):
    """A connected shop in the place of the segments is told as such."""
    with pytest.raises(DefinitionError, match="segments, shop"):
        sk.sizes(shop, SEGMENTS)


def test_a_folder_that_is_no_saved_shop_is_refused(tmp_path, saved):
    """A folder of files, a file, and the inside of a saved shop are not connected to."""
    (tmp_path / "profiles.csv").write_text("profile_id\na\n")
    for path in (tmp_path, tmp_path / "profiles.csv"):
        with pytest.raises(DataError, match=r"\.save\("):
            sk.connect(path)
    with pytest.raises(DataError, match="inside a saved shop"):
        sk.connect(saved / TABLES)
    with pytest.raises(DataError, match="There is no"):
        sk.connect(tmp_path / "nowhere")


def test_another_versions_folder_is_refused(own):
    """A folder of another format is named with its version."""
    (own / NAME).write_text(json.dumps({"format": 1, "segkit": "0.0", "sha256": "?"}))
    with pytest.raises(DataError, match="in version 1 of"):
        sk.connect(own)


@pytest.mark.parametrize(
    "file", ["profiles.parquet", "people.parquet", "lists.parquet", "properties/profiles-3.parquet"]
)
def test_a_table_that_is_missing_is_named(file, own):
    """A folder without one of its files is not connected to."""
    (own / TABLES / file).unlink()
    with pytest.raises(DataError, match=Path(file).name):
        sk.connect(own)


def test_bytes_that_changed_are_found_before_they_are_counted(own):
    """A file is checked when a question first needs it, as in memory."""
    path = next((own / TABLES / "events").glob("metric=Placed*/part-0.parquet"))
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[200] ^= 1
    path.write_bytes(data)
    with sk.connect(own) as shop, pytest.raises(DataError, match="changed"):
        sk.sizes(sk.sms_vip(), shop)


def test_a_shop_that_was_saved_again_is_not_half_read(own, tiny_shop):
    """Questions after another shop took the folder are refused; nothing is answered from two shops."""
    people = pd.DataFrame({"profile_id": ["zoe"]})
    with sk.connect(own) as shop:
        sk.sizes(sk.sms_subscribers(), shop)
        sk.Dataset.from_frames(people, as_of="2026-06-30").save(own)
        with pytest.raises(DataError, match=r"changed|missing|bytes but had"):
            sk.sizes(sk.sms_vip(), shop)


def test_a_folder_that_is_gone_is_said(own):
    """So is a folder that is no longer there."""
    with sk.connect(own) as shop:
        shutil.rmtree(own)
        with pytest.raises(DataError, match="missing"):
            sk.sizes(sk.sms_vip(), shop)


def test_a_closed_connection_is_said(own):
    """After the connection is closed, also by leaving the block, the next step is told."""
    with sk.connect(own) as shop:
        then = shop.with_as_of("2026-06-01")
    for one in (shop, then):
        with pytest.raises(DataError, match=r"closed.*sk\.connect\("):
            sk.sizes(sk.sms_vip(), one)
    shop.close()


def test_errors_of_duckdb_reach_nobody(own):
    """A failure that nobody foresaw is an error of ours that names DuckDB and the way out."""
    with sk.connect(own) as shop:
        with pytest.raises(DataError, match=r"DuckDB could not answer.*sk\.load\("):
            shop.session.table(sqlglot.parse_one("SELECT nothing FROM nowhere"), [])
        shop.session.run("SET memory_limit = '1KB'")
        with pytest.raises(DataError, match="ran out of memory"):
            sk.sizes(sk.sms_vip(), shop)


@pytest.mark.parametrize("package", ["duckdb", "sqlglot"])
def test_without_the_extra_the_line_that_installs_it_is_told(package, own, monkeypatch):
    """Whoever lacks a package is told which extra brings it."""
    for name in [one for one in sys.modules if one.startswith(("segkit.engine.duckdb", "segkit.sql"))]:
        monkeypatch.delitem(sys.modules, name)
    plain = builtins.__import__

    def without(name, *rest):
        if name.partition(".")[0] == package:
            raise ModuleNotFoundError(name, name=package)
        return plain(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=rf'{package}.*pip install "sms-segkit\[duckdb\]"'):
        sk.connect(own)


def test_what_spills_to_disk_is_the_owners_alone(own):
    """Temporary files hold people too, so their folder is closed to others and goes with the connection."""
    with sk.connect(own) as shop:
        folder = Path(shop.session.spilled)
        assert folder.stat().st_mode & 0o077 == 0
    assert not folder.exists()


def test_hostile_names_and_values_are_only_text():
    """Quotes, comments, percent signs and line breaks in names and values change nothing but what they name."""
    hostile = ["x'; DROP TABLE profiles; --", 'a"b', "50%_\\", "line\nbreak", "ünïcødé 👍🏽", "/* */", "nul\x00l"]
    people = {"profile_id": [f"p{place}" for place in range(len(hostile))]}
    people |= {name: np.roll(hostile, place).tolist() for place, name in enumerate(hostile)}
    events = pd.DataFrame(
        {"profile_id": people["profile_id"], "metric": hostile, "datetime": "2026-06-01", "It's": hostile[::-1]}
    )
    lists = pd.DataFrame({"profile_id": people["profile_id"], "list_id": hostile})
    dataset = sk.Dataset.from_frames(pd.DataFrame(people), events, lists=lists, as_of="2026-06-30")
    conditions = [
        *(sk.has(name, **{way: value}) for name in hostile for way in ("equals", "contains", "ends_with", "starts_with") for value in hostile),
        *(sk.did(metric, where={"It's": value}) for metric in dataset.metric_names for value in hostile),
        *(sk.in_list(name) for name in dataset.list_names),
    ]  # fmt: skip
    with connected(dataset) as shop:
        for some in (conditions[:100], conditions[100:200], conditions[200:]):
            wanted = [sk.membership(sk.Segment("asked", one), dataset)["asked"].sum() for one in some]
            assert SqlEngine(shop).counts(some) == wanted
            assert any(wanted)


def test_values_of_ids_are_refused_and_not_misread(tmp_path):
    """A property with another value for nearly every event has no readings in a saved shop, which is said."""
    size = 100_050
    people = pd.DataFrame({"profile_id": ["a"]})
    events = pd.DataFrame(
        {"profile_id": "a", "metric": "Placed Order", "datetime": "2026-06-01", "Order": [f"o{n}" for n in range(size)]}
    )
    condition = sk.did("Placed Order", where={"Order": "o7"})
    with connected(sk.Dataset.from_frames(people, events, as_of="2026-06-30")) as shop:
        assert SqlEngine(shop).counts([sk.did("Placed Order", at_least=size)]) == [1]
        with pytest.raises(DataError, match=r"'Order'.*sk\.load"):
            SqlEngine(shop).counts([condition])


def test_funnels_of_events_at_one_instant_take_an_event_for_each_step():
    """Two steps of one metric at one instant need two events; a step that may not be taken counts strictly between."""
    people = pd.DataFrame({"profile_id": ["one", "two", "between"]})
    rows = [("one", 1), ("two", 1), ("two", 1), ("between", 1), ("between", 3)]
    events = pd.DataFrame(
        [{"profile_id": who, "metric": "Clicked SMS", "datetime": f"2026-06-0{day}", "kind": "a"} for who, day in rows]
        + [{"profile_id": "between", "metric": "Clicked SMS", "datetime": "2026-06-02", "kind": "b"}]
    )
    dataset = sk.Dataset.from_frames(people, events, as_of="2026-06-30")
    kinds = {kind: (EventProperty("kind", TextTest("equals", kind)),) for kind in "ab"}
    first = FunnelStep("Clicked SMS", kinds["a"])
    funnels = [
        FunnelCondition((first, first)),
        FunnelCondition((first, FunnelStep("Clicked SMS", kinds["b"], is_taken=False), first)),
    ]
    with connected(dataset) as shop:
        found = SqlEngine(shop).flags(funnels)
    assert [flags.tolist() for flags in found] == [[False, True, True], [False, True, False]]


def test_funnels_of_different_metrics_keep_the_latest_start():
    """Steps of different metrics, at one instant, out of order, again and again, and too late, are taken as in memory."""
    metrics = ["Clicked SMS", "Placed Order", "Received SMS"]
    random = np.random.default_rng(7)
    size = 600
    events = pd.DataFrame(
        {
            "profile_id": random.integers(0, 60, size).astype(str),
            "metric": random.choice(metrics, size),
            "datetime": pd.Timestamp("2026-06-01", tz="UTC") + pd.to_timedelta(random.integers(0, 30, size), unit="h"),
            "kind": random.choice(["a", "b"], size),
        }
    )
    dataset = sk.Dataset.from_frames(
        pd.DataFrame({"profile_id": [str(n) for n in range(60)]}), events, as_of="2026-06-30"
    )
    only = (EventProperty("kind", TextTest("equals", "a")),)
    funnels = [
        FunnelCondition(tuple(FunnelStep(metric, where) for metric in some), completion_seconds=seconds)
        for where in ((), only)
        for some in (metrics[:2], metrics[::-1], metrics)
        for seconds in (None, 0, 3600, 6 * 3600)
    ]
    sizes = []
    with connected(dataset, "Asia/Tokyo") as shop:
        for funnel, found in zip(funnels, SqlEngine(shop).flags(funnels), strict=True):
            wanted = sk.membership(sk.Segment("asked", funnel), dataset)["asked"]
            assert found.tolist() == wanted.tolist(), funnel
            sizes.append(wanted.sum())
    assert sum(0 < size < 60 for size in sizes) > 12
