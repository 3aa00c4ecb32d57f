"""What Spark answers is what the slow reference and the engine in memory say, whatever is asked and whatever zone the session has."""

from datetime import datetime

import doors
import pandas as pd
import pytest
from engine_reference import EITHER, cuts_of, expected, same_cells, with_days_that_decide
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from spark_shops import connected
from strategies import AS_OFS, SEEDS, Asked, metric_atom, mixed, trees

from segkit.definition.algebra import atoms
from segkit.definition.conditions import Condition
from segkit.definition.measures import FirstDay, LastDay, measure_in
from segkit.engine.by_sql.engine import SqlEngine
from segkit.engine.engines import engine_of, flags_of
from segkit.engine.protocol import EVERYBODY, At, HashGroup, Item, Squared, Summed

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
ZONE = st.sampled_from(["Asia/Tokyo", "UTC"])
FEW = settings(max_examples=2, phases=[Phase.generate])
"""Each example takes Spark seconds. All of them run on DuckDB, with the same statements."""


@FEW
@given(EITHER, trees(), ZONE)
def test_counts_and_members_are_those_of_the_reference(asked: Asked, tree: Condition, zone: str):
    """Conditions, a tree and its pairs hold as many profiles as the slow reading says, and the same ones as in memory."""
    some = [*asked.conditions[:8], tree]
    pairs = [one & other for one in some[:3] for other in some[-3:]]
    dataset = doors.by_any(asked.shop)
    with connected(dataset, zone) as shop:
        engine = SqlEngine(shop)
        found = engine.counts([*some, *pairs])
        for condition, flags in zip(some, engine.flags(some), strict=True):
            assert flags.tolist() == flags_of(dataset, condition).tolist(), condition
    assert found == [expected([], one, asked.shop)[()] for one in [*some, *pairs]]


@FEW
@given(EITHER, SEEDS, trees(1), ZONE)
def test_bins_are_those_of_the_reference(asked: Asked, seed: bytes, among: Condition, zone: str):
    """The bin of every measure, beside the atoms of a tree and among some profiles, is what the edges say one by one."""
    random = mixed(seed, asked.shop)
    with connected(asked.shop, zone) as shop:
        engine = SqlEngine(shop)
        for cut in random.sample(list(cuts_of(asked, random)), 3):
            by = [*[*atoms(among)][:2], cut]
            with_days_that_decide(
                cut, asked.shop, lambda by=by: same_cells(engine.cube(by, among=among), by, among, asked.shop)
            )


@FEW
@given(EITHER, SEEDS, st.sampled_from(AS_OFS), ZONE)
def test_sums_and_moments_are_those_of_the_engine_in_memory(asked: Asked, seed: bytes, moment: datetime, zone: str):
    """Sums, squares, hashed groups and whatever is asked at its own moment have the cells of the engine in memory."""
    random = mixed(seed, asked.shop)
    cut = next(one for one in cuts_of(asked, random) if not isinstance(one.measure, (LastDay, FirstDay)))
    condition = random.choice(asked.conditions)
    by: list[Item] = [At(condition, moment), At(cut, moment), HashGroup(3, "it's \\ spring")]
    events = [measure_in(one, one.timeframe) for one in (metric_atom(random), metric_atom(random))]
    sums: list[Summed] = [*events, At(events[0], moment), condition, At(Squared(events[1]), moment)]
    dataset = doors.by_any(asked.shop)
    with connected(dataset, zone) as shop:
        found, wanted = (one.cube(by, among=EVERYBODY, sums=sums) for one in (SqlEngine(shop), engine_of(dataset)))
    pd.testing.assert_frame_equal(found, wanted)
