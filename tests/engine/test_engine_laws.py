"""What an engine answers is what the slow reference says, profile by profile, whatever is asked and however it is counted."""

import json
from collections import Counter
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from hashlib import md5
from typing import Any

import doors
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from engine_reference import (
    EITHER,
    amount,
    answer,
    cells_of,
    compares,
    cuts_of,
    edges_beside,
    expected,
    is_measured,
    read,
    same_cells,
    with_days_that_decide,
)
from hypothesis import given
from hypothesis import strategies as st
from reference import is_member
from strategies import (
    AMOUNTS,
    AS_OFS,
    SEEDS,
    Asked,
    metric_atom,
    mixed,
    trees,
)

import segkit as sk
from segkit.data.properties import Cells as Column
from segkit.data.properties import holds_json
from segkit.definition.algebra import atoms
from segkit.definition.conditions import (
    AnyOf,
    Condition,
    MetricCondition,
    NumberTest,
    PropertyCondition,
)
from segkit.definition.measures import (
    EventCount,
    FirstDay,
    LastDay,
    limit_of,
    measure_in,
    measure_of,
)
from segkit.definition.timeframes import ALL_TIME
from segkit.engine.engines import engine_of
from segkit.engine.memory import engine as memory_engine
from segkit.engine.protocol import (
    COUNT,
    EVERYBODY,
    NO_BIN,
    At,
    Cut,
    HashGroup,
    Item,
    Picked,
    Squared,
    Summed,
    sum_column,
    warn_about_answers,
)
from segkit.errors import DataError, DefinitionError, SegkitWarning

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")


@given(EITHER)
def test_counts_are_how_many_members_the_reference_finds(asked: Asked):
    """Every condition, alone, in pairs and among others, is true of as many profiles as the slow reading says."""
    engine = engine_of(doors.by_any(asked.shop))
    some = asked.conditions[:12]
    pairs = [one & other for one in some[:5] for other in some[:5]]

    for among in (EVERYBODY, some[0]):
        found = engine.counts([*some, *pairs], among=among)
        assert found == [expected([], among & one, asked.shop)[()] for one in [*some, *pairs]]
    assert engine.counts(asked.conditions) == [expected([], one, asked.shop)[()] for one in asked.conditions]


@given(EITHER, trees())
def test_a_tree_is_read_off_the_cells_of_its_atoms(asked: Asked, tree: Condition):
    """A cube by the atoms of a tree has the cells of the reference, and the tree read over them counts its members."""
    by = list(dict.fromkeys(atoms(tree)))
    cube = engine_of(doors.by_any(asked.shop)).cube(by)

    assert expected(by, EVERYBODY, asked.shop) == cells_of(cube)
    found = sum(count for *cell, count in cube.itertuples(index=False) if read(tree, dict(zip(by, cell, strict=True))))
    assert found == expected([], tree, asked.shop)[()]


@given(EITHER)
def test_a_comparison_is_read_off_the_bins_of_its_measure(asked: Asked):
    """Whoever reaches, or passes, an edge is whom the condition with that threshold holds."""
    engine = engine_of(doors.by_any(asked.shop))
    for atom in (one for one in asked.conditions if is_measured(one)):
        edges = edges_beside(atom)
        cuts = [Cut(measure_of(atom), edges, is_passed=is_passed) for is_passed in (False, True)]
        cube, place = engine.cube(cuts), edges.index(limit_of(atom))

        found = [count for reached, passed, count in cube.to_numpy().tolist() if compares(atom, place, reached, passed)]
        assert sum(found) == expected([], atom, asked.shop)[()]
        assert sum(cube[COUNT]) == expected([], EVERYBODY, asked.shop)[()]


@given(EITHER, SEEDS, trees(1))
def test_bins_are_those_of_the_reference(asked: Asked, seed: bytes, among: Condition):
    """The bin of every measure, beside conditions and among some profiles, is what the edges say one by one."""
    random = mixed(seed, asked.shop)
    engine = engine_of(doors.by_any(asked.shop))
    for cut in cuts_of(asked, random):
        by = [random.choice(asked.conditions), cut, random.choice(asked.conditions)]
        with_days_that_decide(
            cut, asked.shop, lambda by=by: same_cells(engine.cube(by, among=among), by, among, asked.shop)
        )


@given(EITHER, SEEDS, st.sampled_from(AS_OFS))
def test_an_item_is_asked_at_its_own_moment(asked: Asked, seed: bytes, moment: datetime):
    """A cube by things asked at another moment has the cells of the shop looked at from then, and so has an engine moved there."""
    random = mixed(seed, asked.shop)
    engine = engine_of(doors.by_any(asked.shop))
    cut = next(one for one in cuts_of(asked, random) if not isinstance(one.measure, (LastDay, FirstDay)))
    condition = random.choice(asked.conditions)
    by: list[Item] = [At(condition, moment), condition, At(cut, moment), cut]

    same_cells(engine.cube(by), by, EVERYBODY, asked.shop)
    there = replace(asked.shop, as_of=moment)
    same_cells(engine.at(moment).cube(by[1:]), by[1:], EVERYBODY, there)
    assert engine.at(moment).counts([condition]) == [expected([], condition, there)[()]]


@given(EITHER, SEEDS, trees(1), st.sampled_from(AS_OFS))
def test_sums_of_cells_are_those_of_the_reference(asked: Asked, seed: bytes, among: Condition, moment: datetime):
    """In each cell, a condition adds up to its members and a measure to the amounts, each asked now or at another moment."""
    random = mixed(seed, asked.shop)
    engine = engine_of(doors.by_any(asked.shop))
    by = random.sample(asked.conditions, min(2, len(asked.conditions)))
    events = [measure_in(one, one.timeframe) for one in (metric_atom(random), metric_atom(random))]
    sums: list[Summed] = [*events, At(events[0], moment), by[0], At(by[0], moment), At(Squared(events[1]), moment)]
    wanted: dict[tuple[Any, ...], list[Fraction]] = {}
    for profile in asked.shop.profiles:
        if is_member(among, profile, asked.shop):
            cell = wanted.setdefault(tuple(answer(item, profile, asked.shop) for item in by), [Fraction()] * len(sums))
            cell[:] = [total + amount(item, profile, asked.shop) for total, item in zip(cell, sums, strict=True)]

    cube = engine.cube(by, among=among, sums=sums)
    assert cells_of(cube[[*range(len(by)), COUNT]]) == expected(by, among, asked.shop)
    for row in cube.to_dict("records"):
        totals = wanted[tuple(row[place] for place in range(len(by)))]
        assert [row[sum_column(place)] for place in range(len(sums))] == pytest.approx([*map(float, totals)], rel=1e-15)


@given(EITHER)
def test_a_hash_puts_each_profile_in_the_same_group_whoever_else_is_there(asked: Asked):
    """The group is that of MD5 as it is written down, so any engine can work it out."""
    engine = engine_of(doors.by_any(asked.shop))
    for item in (HashGroup(3), HashGroup(100, "spring")):
        wanted = Counter(
            int(md5((item.key + profile["profile_id"]).encode()).hexdigest()[:8], 16) % item.groups
            for profile in asked.shop.profiles
            if is_member(EVERYBODY, profile, asked.shop)
        )
        cube = engine.cube([item])
        assert dict(zip(cube[0], cube[COUNT], strict=True)) == wanted


@given(EITHER, trees())
def test_counts_add_up_over_cells(asked: Asked, among: Condition):
    """Whatever a cube is made by, its counts add up to how many profiles are counted."""
    engine = engine_of(doors.by_any(asked.shop))

    for by in ([], asked.conditions[:3], asked.conditions):
        assert engine.cube(by, among=among)[COUNT].sum() == engine.counts([among])[0]


@given(EITHER, trees())
def test_rows_are_the_members_as_tables_hold_them(asked: Asked, among: Condition):
    """Rows are the members in the order of the data, with every property as the table of members has it."""
    dataset = doors.by_any(asked.shop)
    table = pa.Table.from_batches(engine_of(dataset).rows(among))
    members = sk.members(sk.Segment("asked", among), dataset)

    ids = [profile["profile_id"] for profile in asked.shop.profiles if is_member(among, profile, asked.shop)]
    assert table["profile_id"].to_pylist() == ids
    assert table.column_names == ["profile_id", *members.columns]
    for name in members.columns:
        if holds_json(table.field(name)):
            told = [None if value is None else json.loads(value) for value in table[name].to_pylist()]
            values = [json.loads(json.dumps(value, default=str)) for value in members[name].tolist()]
        else:
            told, values = Column(table[name]).to_pandas().tolist(), members[name].tolist()
        assert repr(told) == repr(values)


def test_rows_come_in_batches_of_one_schema_with_the_columns_asked_for(monkeypatch: pytest.MonkeyPatch):
    """However many batches there are, each has the same columns; and nobody is a batch without rows."""
    monkeypatch.setattr(memory_engine, "BATCH", 2)
    people = {
        "profile_id": list("abcde"),
        "Mixed": [1, "x", None, [2], True],
        "City": ["Oslo", None, "Bonn", "", "Oslo"],
    }
    engine = engine_of(sk.Dataset.from_frames(pd.DataFrame(people), as_of="2026-06-30"))
    batches = list(engine.rows(EVERYBODY, ["City", "Mixed"]))

    assert [batch.num_rows for batch in batches] == [2, 2, 1]
    assert len({batch.schema.to_string() for batch in batches}) == 1
    assert batches[0].to_pydict() == {"profile_id": ["a", "b"], "City": ["Oslo", None], "Mixed": ["1", '"x"']}
    assert [batch.to_pydict() for batch in engine.rows(AnyOf(()), [])] == [{"profile_id": []}]


def test_rows_refuse_a_property_that_nobody_has():
    """What is asked for and is not there is named before a row is read."""
    engine = engine_of(sk.Dataset.from_frames(pd.DataFrame({"profile_id": ["a"], "Age": [1]}), as_of="2026-06-30"))

    with pytest.raises(DataError, match="'Agee'"):
        engine.rows(EVERYBODY, ["Agee"])


def test_rows_hand_out_unknown_consent_as_unknown():
    """A word of consent that nobody knows goes out as such, so that it stops a text again when it comes back."""
    people = pd.DataFrame({"profile_id": ["a", "b"], "sms_consent": ["subscribed", "zzz"]})
    engine = engine_of(sk.Dataset.from_frames(people, as_of="2026-06-30"))

    [batch] = engine.rows(EVERYBODY)
    assert batch["sms_consent"].to_pylist()[1] == "unknown"


def test_engines_know_what_conditions_can_speak_of(tiny_shop: sk.Dataset):
    """Names are those of the data: metrics with most events first, properties, lists and event properties."""
    names = engine_of(tiny_shop).names()

    assert names.metrics[:2] == ("Placed Order", "Clicked SMS")
    assert {"email", "Badge"} < set(names.properties)
    assert names.lists == ("VIP upload", "Newsletter")
    assert names.event_properties == ("Source", "Items", "Collections", "Gift")


def test_notes_are_told_by_the_asker_alone(tiny_shop: sk.Dataset, recwarn: pytest.WarningsRecorder):
    """An engine that answers warns of nothing; what `warn_about_answers` warns of are its notes, each once."""
    engine = engine_of(tiny_shop)
    unread = PropertyCondition("Badge", NumberTest("at least", 1))
    missing = PropertyCondition("city", NumberTest("at least", 1))
    engine.counts([missing, unread])
    engine.cube([missing])

    assert not recwarn.list
    with pytest.warns(SegkitWarning) as told:
        warn_about_answers(engine, [missing, unread, missing])
    assert [str(one.message) for one in told] == engine.notes([missing, unread])


def test_edges_beyond_all_days_are_reached_by_all_or_by_nobody():
    """Days that no calendar has cut as others do: who needs nothing reaches them all, or none of them where the end moves."""
    people = pd.DataFrame({"profile_id": ["a", "b"]})
    events = pd.DataFrame({"profile_id": ["a"], "metric": "Clicked SMS", "datetime": "2026-06-01"})
    engine = engine_of(sk.Dataset.from_frames(people, events, as_of="2026-06-30"))
    clicks, edges = EventCount("Clicked SMS"), (-(10**12), 0, 10**12)
    found = [
        engine.cube([Cut(kind(clicks, rank), edges)])[0].tolist() for kind in (LastDay, FirstDay) for rank in (1, 0)
    ]

    assert found == [[NO_BIN, 2], [3], [NO_BIN, 2], [0]]


def test_what_is_known_apart_is_counted_beside_conditions():
    """Flags and whole numbers that were picked make cells as conditions do, and say who is counted."""
    people = pd.DataFrame({"profile_id": list("abcde"), "Age": [1, 2, 3, 4, 5]})
    engine = engine_of(sk.Dataset.from_frames(people, as_of="2026-06-30"))
    codes, some = Picked(np.array([2, 0, 2, 0, 2])), Picked(np.array([True, True, True, False, True]))
    old = PropertyCondition("Age", NumberTest("at least", 3))

    cube = engine.cube([codes, some, old], among=some)
    assert cube.to_numpy().tolist() == [[0, True, False, 1], [2, True, False, 1], [2, True, True, 2]]


def test_edges_ascend():
    """Edges that go down are refused, for a bin between them would be below nothing."""
    measure = measure_in(MetricCondition("Placed Order", "sum", "at least", 1), ALL_TIME)

    assert Cut(measure, (0.1, AMOUNTS[3], 1)).edges == (0.1, AMOUNTS[3], 1)
    with pytest.raises(DefinitionError, match="ascending"):
        Cut(measure, (2, 1))
