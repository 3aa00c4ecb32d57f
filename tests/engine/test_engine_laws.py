"""What an engine answers is what the slow reference says, profile by profile, whatever is asked and however it is counted."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from hashlib import md5
from random import Random
from typing import Any

import doors
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference import PlainShop, Row, as_instant, events_of, exact, is_member, is_of, is_set, is_younger
from strategies import (
    AMOUNTS,
    AS_OFS,
    SEEDS,
    Asked,
    asked,
    metric_atom,
    mixed,
    trees,
    written_shops,
)

import segkit as sk
from segkit.data.properties import Cells as Column
from segkit.data.properties import holds_json
from segkit.definition.algebra import atoms
from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    Condition,
    DistanceCondition,
    LengthTest,
    MetricCondition,
    Not,
    NumberTest,
    PropertyCondition,
)
from segkit.definition.measures import (
    DayMeasure,
    EventCount,
    EventDays,
    EventSum,
    FirstDay,
    LastDay,
    last_day_of,
    limit_of,
    measure_in,
    measure_of,
)
from segkit.definition.timeframes import ALL_TIME, After, Before, BetweenDates
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
    NotOneDayError,
    Picked,
    Squared,
    Summed,
    sum_column,
    tell,
)
from segkit.errors import DataError, DefinitionError, SegkitWarning

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")

EITHER = st.one_of(asked(), asked(written_shops()))
REACHED = {False: ("at least", "fewer than"), True: ("more than", "at most")}
Cells = Counter[tuple[Any, ...]]


def cells_of(cube: pd.DataFrame) -> Cells:
    """Return a cube as how many profiles are in each cell."""
    return Counter({tuple(cell): count for *cell, count in cube.to_numpy(dtype=object).tolist()})


def expected(by: Sequence[Item], among: Condition, shop: PlainShop) -> Cells:
    """Return the same by the reference, one profile after the other."""
    counted = [profile for profile in shop.profiles if is_member(among, profile, shop)]
    return Counter(tuple(answer(item, profile, shop) for item in by) for profile in counted)


def answer(item: Item, profile: Row, shop: PlainShop) -> bool | int:
    """Return what is asked of one profile, by the reference."""
    match item:
        case At(inner, moment):
            return answer(inner, profile, replace(shop, as_of=moment))
        case Cut():
            return bin_of(item, profile, shop)
        case _:
            return is_member(item, profile, shop)


def amount(item: Summed, profile: Row, shop: PlainShop) -> Fraction:
    """Return what one profile adds to a sum, by the reference."""
    match item:
        case At(inner, moment):
            return amount(inner, profile, replace(shop, as_of=moment))
        case Squared(measure):
            return amount(measure, profile, shop) ** 2
        case EventCount() | EventSum() | EventDays():
            if is_younger(profile.get("created"), shop):
                return Fraction()
            mine = [
                one for one in events_of(profile, item.timeframe, shop) if is_of(one, item.metric, item.where, shop)
            ]
            if isinstance(item, EventSum):
                return sum((exact(one["value"]) for one in mine if is_set(one["value"], shop)), Fraction())
            days = {as_instant(one["datetime"], shop).date() for one in mine}
            return Fraction(len(mine) if isinstance(item, EventCount) else len(days))
        case _:
            return Fraction(is_member(item, profile, shop))


def bin_of(cut: Cut, profile: Row, shop: PlainShop) -> int:
    """Return how many edges a profile's amount reaches, each held against it as a condition of its own."""
    reached, below = (
        [is_member(condition_of(cut, edge, comparison), profile, shop) for edge in cut.edges]
        for comparison in REACHED[cut.is_passed]
    )
    if isinstance(cut.measure, (LastDay, FirstDay)):
        whole = event_condition(cut.measure, cut.measure.of.timeframe)
        has = is_member(whole, profile, shop)
    else:
        has = any([*reached, *below])
    return sum(reached) if has and not is_younger(profile.get("created"), shop) else NO_BIN


def condition_of(cut: Cut, edge: Any, comparison: str) -> Condition:
    """Return the condition that an amount reaches an edge, or, by another comparison, that it does not."""
    measure = cut.measure
    match type(measure).__name__:
        case "EventCount" | "EventSum" | "EventDays":
            what = type(measure).__name__.removeprefix("Event").lower()
            return MetricCondition(measure.metric, what, comparison, edge, measure.timeframe, measure.where)
        case "LastDay":
            first = date(1970, 1, 1) + timedelta(days=edge + cut.is_passed)
            reached = event_condition(measure, window_from(first, measure.of.timeframe))
            return reached if comparison == REACHED[cut.is_passed][0] else Not(reached)
        case "FirstDay":
            end = date(1970, 1, 1) + timedelta(days=edge + cut.is_passed)
            reached = event_condition(measure, window_until(end, measure.of.timeframe))
            return Not(reached) if comparison == REACHED[cut.is_passed][0] else reached
        case "Distance":
            within, beyond = (DistanceCondition(is_in, edge, measure.unit, measure.of) for is_in in (True, False))
            placed = DistanceCondition(True, 1e6, measure.unit, measure.of)
            return {
                "at least": placed & ~within,
                "fewer than": within,
                "more than": beyond,
                "at most": placed & ~beyond,
            }[comparison]
        case "Number":
            return PropertyCondition(measure.property, NumberTest(comparison, edge))
        case _:
            return PropertyCondition(measure.property, LengthTest(comparison, edge))


def window_from(first: date, timeframe: Any) -> BetweenDates:
    """Return the part of a timeframe that begins with a day."""
    end = date(9998, 1, 1) if timeframe == ALL_TIME else timeframe.day - timedelta(days=1)
    return BetweenDates(first, end)


def window_until(end: date, timeframe: Any) -> Before | BetweenDates:
    """Return the part of a timeframe that ends before a day."""
    if timeframe == ALL_TIME:
        return Before(end)
    return BetweenDates(timeframe.day + timedelta(days=1), end - timedelta(days=1))


def event_condition(measure: DayMeasure, timeframe: Any) -> MetricCondition:
    """Return that a window reaches the number of a measure."""
    what = type(measure.of).__name__.removeprefix("Event").lower()
    comparison = "more than" if measure.is_passed else "at least"
    return MetricCondition(measure.of.metric, what, comparison, measure.rank, timeframe, measure.of.where)


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
    """An engine that answers warns of nothing; what `tell` warns of are its notes, each once."""
    engine = engine_of(tiny_shop)
    unread = PropertyCondition("Badge", NumberTest("at least", 1))
    missing = PropertyCondition("city", NumberTest("at least", 1))
    engine.counts([missing, unread])
    engine.cube([missing])

    assert not recwarn.list
    with pytest.warns(SegkitWarning) as told:
        tell(engine, [missing, unread, missing])
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


def same_cells(cube: pd.DataFrame, by: Sequence[Item], among: Condition, shop: PlainShop) -> None:
    """Assert that a cube is that of the reference, with its columns in order and its cells ascending."""
    assert list(cube.columns) == [*range(len(by)), COUNT]
    assert cells_of(cube) == expected(by, among, shop), str(by)
    assert cube.index.equals(cube.sort_values(list(range(len(by))), kind="stable").index)


def with_days_that_decide(cut: Cut, shop: PlainShop, ask: Callable[[], None]) -> None:
    """Ask, unless a refund keeps any one day from deciding, in which case the engine must say so."""
    measure = cut.measure
    if (
        isinstance(measure, (LastDay, FirstDay))
        and type(measure.of).__name__ == "EventSum"
        and has_refund(measure, shop)
    ):
        with pytest.raises(NotOneDayError):
            ask()
    else:
        ask()


def has_refund(measure: DayMeasure, shop: PlainShop) -> bool:
    """Say whether an event of a sum takes from it."""
    mine = (event for profile in shop.profiles for event in events_of(profile, measure.of.timeframe, shop))
    counted = (event["value"] for event in mine if is_of(event, measure.of.metric, measure.of.where, shop))
    return any(is_set(value, shop) and exact(value) < 0 for value in counted)


def read(tree: Condition, holds: Mapping[Condition, Any]) -> bool:
    """Say whether a tree is true where its atoms are as told."""
    match tree:
        case AllOf(parts):
            return all(read(part, holds) for part in parts)
        case AnyOf(parts):
            return any(read(part, holds) for part in parts)
        case Not(part):
            return not read(part, holds)
        case _:
            return bool(holds[tree])


def is_measured(condition: Condition) -> bool:
    """Say whether a condition is an atom that compares a measure."""
    return not isinstance(condition, (AllOf, AnyOf, Not)) and measure_of(condition) is not None


def edges_beside(atom: Any) -> tuple[Any, ...]:
    """Return the limit of an atom among others, in order and each once."""
    others = [limit_of(atom), 0, 1, 3, 18.5, *AMOUNTS]
    if isinstance(atom, DistanceCondition):
        others = [atom.distance, 0.0, 30.0, 12_000.0]
    different = {exact(one): one for one in reversed(others)}
    return tuple(different[one] for one in sorted(different))


def compares(atom: Any, place: int, reached: int, passed: int) -> bool:
    """Say whether an atom is true of who is in these bins, by edges reached and passed; its limit is the edge at a place."""
    comparison = atom.test.comparison if isinstance(atom, PropertyCondition) else getattr(atom, "comparison", None)
    if isinstance(atom, DistanceCondition):
        comparison = "fewer than" if atom.is_within else "more than"
    has, is_reached, is_passed = reached != NO_BIN, reached > place, passed > place
    return (
        has
        and {
            "at least": is_reached,
            "fewer than": not is_reached,
            "more than": is_passed,
            "at most": not is_passed,
            "equals": is_reached and not is_passed,
            "not equals": not is_reached or is_passed,
        }[comparison]
    )


def cuts_of(asked: Asked, random: Random) -> Iterator[Cut]:
    """Yield a cut of each measure among some conditions, and of the days that decide windows of its events."""
    measured = [one for one in [*asked.conditions, metric_atom(random), metric_atom(random)] if is_measured(one)]
    for atom in measured:
        yield Cut(measure_of(atom), edges_beside(atom), is_passed=random.choice([True, False]))
        if isinstance(atom, MetricCondition):
            edge = random.choice(AS_OFS).date()
            last = last_day_of(atom, random.choice([ALL_TIME, Before(edge)]))
            first = last_day_of(atom, random.choice([ALL_TIME, After(edge)]))
            days = tuple(sorted(random.choices(DAYS, k=random.randint(0, 5))))
            if last is not None and first is not None:
                yield Cut(last, days, is_passed=random.choice([True, False]))
                yield Cut(FirstDay(first.of, first.rank, first.is_passed), days, is_passed=random.choice([True, False]))


def _day(moment: datetime) -> int:
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)).days


DAYS = sorted({_day(as_of) + days for as_of in AS_OFS for days in (-15, -14, -8, -7, -2, -1, 0, 1)})
