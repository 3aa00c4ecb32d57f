"""What DuckDB answers is what the slow reference and the engine in memory say, whatever is asked and whatever zone the session has."""

from dataclasses import replace
from datetime import datetime

import doors
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from duckdb_shops import ZONES, connected
from engine_reference import (
    EITHER,
    amount,
    answer,
    compares,
    cuts_of,
    edges_beside,
    expected,
    is_measured,
    read,
    same_cells,
    with_days_that_decide,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import is_member
from strategies import AS_OFS, SEEDS, Asked, metric_atom, mixed, trees

import segkit as sk
from segkit.definition.algebra import atoms
from segkit.definition.conditions import Condition
from segkit.definition.measures import FirstDay, LastDay, limit_of, measure_in, measure_of
from segkit.engine.by_sql.engine import SqlEngine
from segkit.engine.engines import engine_of
from segkit.engine.protocol import COUNT, EVERYBODY, At, Cut, HashGroup, Item, Picked, Squared, Summed, sum_column

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
ZONE = st.sampled_from(ZONES)
FEWER = settings(max_examples=max(1, settings().max_examples // 3))
"""Each example saves a shop and plans statements with dozens of joins, which takes DuckDB longer than the tiny data."""


@FEWER
@given(EITHER, ZONE)
def test_counts_are_how_many_members_the_reference_finds(asked: Asked, zone: str):
    """Every condition, alone, in pairs and among others, is true of as many profiles as the slow reading says."""
    some = asked.conditions[:12]
    pairs = [one & other for one in some[:5] for other in some[:5]]
    with connected(asked.shop, zone) as shop:
        engine = SqlEngine(shop)
        for among in (EVERYBODY, some[0]):
            found = engine.counts([*some, *pairs], among=among)
            assert found == [expected([], among & one, asked.shop)[()] for one in [*some, *pairs]]
        for condition, found in zip(asked.conditions, engine.counts(asked.conditions), strict=True):
            assert found == expected([], condition, asked.shop)[()], condition


@FEWER
@given(EITHER, trees(), ZONE)
def test_a_tree_is_read_off_the_cells_of_its_atoms(asked: Asked, tree: Condition, zone: str):
    """A cube by the atoms of a tree has the cells of the reference, and the tree read over them counts its members."""
    by = list(dict.fromkeys(atoms(tree)))
    with connected(asked.shop, zone) as shop:
        cube = SqlEngine(shop).cube(by)

    same_cells(cube, by, EVERYBODY, asked.shop)
    found = sum(count for *cell, count in cube.itertuples(index=False) if read(tree, dict(zip(by, cell, strict=True))))
    assert found == expected([], tree, asked.shop)[()]


@FEWER
@given(EITHER, ZONE)
def test_a_comparison_is_read_off_the_bins_of_its_measure(asked: Asked, zone: str):
    """Whoever reaches, or passes, an edge is whom the condition with that threshold holds."""
    with connected(asked.shop, zone) as shop:
        engine = SqlEngine(shop)
        for atom in [one for one in asked.conditions if is_measured(one)][:10]:
            edges = edges_beside(atom)
            cuts = [Cut(measure_of(atom), edges, is_passed=is_passed) for is_passed in (False, True)]
            cube, place = engine.cube(cuts), edges.index(limit_of(atom))

            found = [n for reached, passed, n in cube.to_numpy().tolist() if compares(atom, place, reached, passed)]
            assert sum(found) == expected([], atom, asked.shop)[()]
            assert sum(cube[COUNT]) == expected([], EVERYBODY, asked.shop)[()]


@FEWER
@given(EITHER, SEEDS, trees(1), ZONE)
def test_bins_are_those_of_the_reference(asked: Asked, seed: bytes, among: Condition, zone: str):
    """The bin of every measure, beside conditions and among some profiles, is what the edges say one by one."""
    random = mixed(seed, asked.shop)
    with connected(asked.shop, zone) as shop:
        engine = SqlEngine(shop)
        for cut in list(cuts_of(asked, random))[-12:]:
            by = [random.choice(asked.conditions), cut, random.choice(asked.conditions)]
            with_days_that_decide(
                cut, asked.shop, lambda by=by: same_cells(engine.cube(by, among=among), by, among, asked.shop)
            )


@FEWER
@given(EITHER, SEEDS, st.sampled_from(AS_OFS), ZONE)
def test_an_item_is_asked_at_its_own_moment(asked: Asked, seed: bytes, moment: datetime, zone: str):
    """A cube by things asked at another moment has the cells of the shop looked at from then, and so has an engine moved there."""
    random = mixed(seed, asked.shop)
    cut = next(one for one in cuts_of(asked, random) if not isinstance(one.measure, (LastDay, FirstDay)))
    condition = random.choice(asked.conditions)
    by: list[Item] = [At(condition, moment), condition, At(cut, moment), cut]
    there = replace(asked.shop, as_of=moment)
    with connected(asked.shop, zone) as shop:
        engine = SqlEngine(shop)
        same_cells(engine.cube(by), by, EVERYBODY, asked.shop)
        same_cells(engine.at(moment).cube(by[1:]), by[1:], EVERYBODY, there)
        assert engine.at(moment).counts(asked.conditions[:20]) == [
            expected([], one, there)[()] for one in asked.conditions[:20]
        ]


@FEWER
@given(EITHER, SEEDS, trees(1), st.sampled_from(AS_OFS), ZONE)
def test_sums_and_hashed_groups_are_those_of_the_reference(
    asked: Asked, seed: bytes, among: Condition, moment: datetime, zone: str
):
    """In each cell, conditions and measures add up to what the reference says, now and at another moment; groups are those of MD5."""
    random = mixed(seed, asked.shop)
    by = random.sample(asked.conditions, min(2, len(asked.conditions)))
    events = [measure_in(one, one.timeframe) for one in (metric_atom(random), metric_atom(random))]
    sums: list[Summed] = [*events, At(events[0], moment), by[0], At(by[0], moment), At(Squared(events[1]), moment)]
    dataset = doors.by_any(asked.shop)
    with connected(dataset, zone) as shop:
        engine = SqlEngine(shop)
        cube = engine.cube(by, among=among, sums=sums)
        for item in (HashGroup(3), HashGroup(100, "it's \\ spring")):
            pd.testing.assert_frame_equal(engine.cube([item]), engine_of(dataset).cube([item]))
    pd.testing.assert_frame_equal(cube, engine_of(dataset).cube(by, among=among, sums=sums))
    for row in cube.to_dict("records"):
        mine = [
            one
            for one in asked.shop.profiles
            if is_member(among, one, asked.shop)
            and all(answer(item, one, asked.shop) == row[place] for place, item in enumerate(by))
        ]
        totals = [float(sum(amount(item, one, asked.shop) for one in mine)) for item in sums]
        assert [row[sum_column(place)] for place in range(len(sums))] == totals


@FEWER
@given(EITHER, trees(), ZONE)
def test_members_and_notes_are_those_of_the_engine_in_memory(asked: Asked, tree: Condition, zone: str):
    """Flags, rows with every property, and notes are the same as in memory."""
    dataset = doors.by_any(asked.shop)
    memory = engine_of(dataset)
    with connected(dataset, zone) as shop:
        engine = SqlEngine(shop)
        flags = engine.flags(asked.conditions[:20])
        for condition, found in zip(asked.conditions, flags, strict=False):
            by_memory = pa.Table.from_batches(memory.rows(condition, []))["profile_id"].to_pylist()
            assert shop.profile_ids[found].tolist() == by_memory
        # Codes of a saved shop stay codes, so only the values are compared.
        found, wanted = (pa.Table.from_batches(one.rows(tree)) for one in (engine, memory))
        assert repr(found.to_pydict()) == repr(wanted.to_pydict())
        assert [field.metadata for field in found.schema] == [field.metadata for field in wanted.schema]
        assert engine.notes(asked.conditions) == memory.notes(asked.conditions)
        assert (engine.names(), len(engine), engine.as_of) == (memory.names(), len(memory), memory.as_of)


def test_what_is_known_apart_is_counted_beside_conditions(tiny_shop):
    """Flags and whole numbers that were picked make cells as conditions do, and say who is counted."""
    codes, some = Picked(np.arange(8) % 3), Picked(np.arange(8) > 2)
    old = next(iter(atoms(sk.sms_subscribers().condition)))
    with connected(tiny_shop) as shop:
        for by in ([codes, some, old], [codes], [At(old, shop.as_of), some]):
            found, wanted = (one.cube(by, among=some) for one in (SqlEngine(shop), engine_of(tiny_shop)))
            pd.testing.assert_frame_equal(found, wanted)
        assert SqlEngine(shop).counts([old], among=some) == engine_of(tiny_shop).counts([old], among=some)
