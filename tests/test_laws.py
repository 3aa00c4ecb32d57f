"""What holds of every condition on every shop, generated and not picked; named examples of each edge stand in `test_membership`."""

import datetime as dt
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from operator import add, or_
from typing import Any

import doors
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import PlainShop, members
from strategies import AS_OFS, DAYS, HOURS, atoms, metric_conditions, shops, trees, written_shops

import segkit as sk
from segkit import algebra, conditions, timeframes
from segkit.conditions import AllOf, AnyOf, Condition, MetricCondition, Not
from segkit.errors import DefinitionError
from segkit.timeframes import ALL_TIME, AtLeastAgo, InTheLast

# Where two independent readings meet, more is looked at than where one is held against itself.
closely = settings(max_examples=max(60, settings().max_examples))

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")

EVERYBODY = AllOf(())
NOBODY = AnyOf(())
IN_THE_LAST = st.builds(InTheLast, st.sampled_from([*DAYS, *HOURS]), st.sampled_from(["day", "hour"]))
MANY_METRICS = st.lists(metric_conditions(), min_size=1, max_size=40)
MANY_TREES = st.builds(add, st.lists(atoms(), max_size=80), st.lists(trees(), min_size=1, max_size=20))


PLAIN_COLUMNS = (
    "profile_id", "city", "zip", "sms_consent", "email_suppressed", "predicted_clv", "Town", "Age", "Score", "Parent",
    "metric", "value", "Source", "Items", "Gift",
)  # fmt: skip
STORES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "objects": lambda frame: stored(frame, PLAIN_COLUMNS, lambda column: column.astype(object)),
    "nullable": lambda frame: stored(frame, PLAIN_COLUMNS, pd.Series.convert_dtypes),
    "categories": lambda frame: stored(frame, PLAIN_COLUMNS, lambda column: column.astype("category")),
    "arrow": lambda frame: stored(frame, PLAIN_COLUMNS, lambda column: column.convert_dtypes(dtype_backend="pyarrow")),
    "decimals": lambda frame: stored(frame, ["value"], lambda column: column.map(as_decimal).astype(object)),
    "nanoseconds": lambda frame: stored(
        frame, ["datetime", "created"], lambda column: pd.to_datetime(column).dt.as_unit("ns")
    ),
    "texts": lambda frame: stored(frame, ["datetime"], lambda column: column.map(dt.datetime.isoformat)),
}


def stored(frame: pd.DataFrame, names: Iterable[str], store: Callable[[pd.Series], pd.Series]) -> pd.DataFrame:
    """Return a frame with some of its columns stored in another way, under an index that says nothing."""
    columns = {name: store(frame[name]) for name in names if name in frame}
    return frame.assign(**columns).set_axis(range(7, 7 + len(frame)))


def as_decimal(number: float) -> Decimal | None:
    """Return a number as the decimal that it prints as."""
    return None if pd.isna(number) else Decimal(str(number))


def answers(asked: list[Condition], dataset: sk.Dataset) -> list[set[str]]:
    """Return the members of each condition."""
    table = sk.membership([sk.Segment(f"number {place}", tree) for place, tree in enumerate(asked)], dataset)
    return [set(table.index[table[name]]) for name in table.columns]


def same_members(left: Condition, right: Condition, shop: PlainShop) -> bool:
    """Say whether two conditions have the same members."""
    one, other = answers([left, right], doors.by_frames(shop))
    return one == other


@closely
@given(shops(), MANY_TREES)
def test_the_evaluator_agrees_with_the_reference(shop: PlainShop, asked: list[Condition]):
    """The quick answer is the slow one, for every condition on every shop."""
    expected = [members(tree, shop) for tree in asked]

    assert expected == answers(asked, doors.by_frames(shop))


@closely
@given(written_shops(), MANY_TREES)
def test_csv_files_mean_what_their_cells_say(shop: PlainShop, asked: list[Condition]):
    """The quick answer is the slow one when every cell is a text and a condition decides how to read it."""
    expected = [members(tree, shop) for tree in asked]

    assert expected == answers(asked, doors.by_any(shop))


@closely
@given(shops(), MANY_TREES)
def test_a_dataset_that_was_asked_before_answers_like_a_new_one(shop: PlainShop, asked: list[Condition]):
    """What a Dataset keeps from earlier questions never leaks into a later answer, one segment at a time or together."""
    dataset = doors.by_frames(shop)
    expected = [members(tree, shop) for tree in asked]

    assert expected == [answers([tree], dataset)[0] for tree in asked]
    assert expected == answers(asked, dataset)


@given(shops(), trees(), trees())
def test_de_morgan(shop: PlainShop, a: Condition, b: Condition):
    """Neither is the same as not the one and not the other; not both is the same as not the one or not the other."""
    assert same_members(~(a | b), ~a & ~b, shop)
    assert same_members(~(a & b), ~a | ~b, shop)


@given(shops(), trees(), trees())
def test_commutativity(shop: PlainShop, a: Condition, b: Condition):
    """The order of conditions does not matter."""
    assert same_members(a & b, b & a, shop)
    assert same_members(a | b, b | a, shop)


@given(shops(), trees(1), trees(1), trees(1))
def test_associativity(shop: PlainShop, a: Condition, b: Condition, c: Condition):
    """Brackets among conditions of one kind do not matter, and leave no trace in the tree."""
    assert (a & b) & c == a & (b & c)
    assert (a | b) | c == a | (b | c)
    assert same_members(AllOf((a & b, c)), AllOf((a, b & c)), shop)


@given(shops(), trees())
def test_idempotence(shop: PlainShop, a: Condition):
    """Saying a thing twice says no more."""
    assert same_members(a & a, a, shop)
    assert same_members(a | a, a, shop)


@given(shops(), trees(1), trees(1), trees(1))
def test_distribution(shop: PlainShop, a: Condition, b: Condition, c: Condition):
    """AND goes into the brackets of OR, and OR into those of AND."""
    assert same_members(a & (b | c), (a & b) | (a & c), shop)
    assert same_members(a | (b & c), (a | b) & (a | c), shop)


@given(shops(), trees(), trees())
def test_absorption(shop: PlainShop, a: Condition, b: Condition):
    """A condition swallows what is narrower beside OR, and what is wider beside AND."""
    assert same_members(a | (a & b), a, shop)
    assert same_members(a & (a | b), a, shop)


@given(shops(), trees())
def test_double_complement(shop: PlainShop, a: Condition):
    """The opposite of the opposite is the condition itself."""
    assert same_members(~~a, a, shop)
    assert same_members(Not(Not(a)), a, shop)


@given(shops(), trees())
def test_excluded_middle(shop: PlainShop, a: Condition):
    """Every profile is in a segment or in its complement, and none is in both."""
    everybody = {profile["profile_id"] for profile in shop.profiles}

    assert [everybody, set(), everybody, set()] == answers([a | ~a, a & ~a, EVERYBODY, NOBODY], doors.by_frames(shop))


@given(shops(), trees())
def test_units(shop: PlainShop, a: Condition):
    """All of nothing is everybody and any of nothing is nobody, so neither changes what stands beside it."""
    assert same_members(a & EVERYBODY, a, shop)
    assert same_members(a | NOBODY, a, shop)


@given(shops(), st.lists(trees(), min_size=1, max_size=6))
def test_pushing_not_inwards_keeps_members(shop: PlainShop, asked: list[Condition]):
    """Negation normal form says the same of all data, and leaves `Not` only around atoms."""
    pushed = [algebra.push_not_inwards(tree) for tree in asked]

    assert answers(asked, doors.by_frames(shop)) == answers(pushed, doors.by_frames(shop))
    assert all(not isinstance(part.condition, (AllOf, AnyOf, Not)) for tree in pushed for part in negations(tree))


@given(shops(), st.lists(trees(), min_size=1, max_size=6))
def test_simplifying_keeps_members(shop: PlainShop, asked: list[Condition]):
    """A simplified condition says the same of all data, and has no more atoms."""
    simplified = [algebra.simplify(tree) for tree in asked]

    assert answers(asked, doors.by_frames(shop)) == answers(simplified, doors.by_frames(shop))
    assert all(len(leaves(short)) <= len(leaves(tree)) for short, tree in zip(simplified, asked, strict=True))


@given(shops(), trees())
def test_condition_groups_keep_members(shop: PlainShop, a: Condition):
    """Written as an AND of ORs, a condition says the same of all data."""
    groups = algebra.condition_groups(a, limit=1_000)

    assert same_members(a, AllOf(tuple(AnyOf(group) for group in groups)), shop)
    assert all(not isinstance(part, (AllOf, AnyOf)) for group in groups for part in group)


@given(trees(3), st.integers(1, 12))
def test_condition_groups_keep_to_the_limit(a: Condition, limit: int):
    """Groups never hold more conditions than allowed."""
    with suppress(DefinitionError):
        assert sum(map(len, algebra.condition_groups(a, limit=limit))) <= limit


@given(trees())
def test_repr_rebuilds(a: Condition):
    """A condition prints as the code that builds an equal one, with the same hash."""
    names = {**vars(conditions), **vars(timeframes), "Decimal": Decimal, "datetime": dt}
    rebuilt = eval(repr(a), names)

    assert a == rebuilt
    assert hash(a) == hash(rebuilt)


@given(trees())
def test_atoms_are_the_leaves(a: Condition):
    """The atoms of a tree are all that is said in it, whatever it is combined by."""
    assert set(leaves(a)) == set(algebra.atoms(a))


@given(trees())
def test_every_tree_explains_itself(a: Condition):
    """English names every metric, property and list that a condition speaks of."""
    explained = sk.explain(a)

    assert explained.strip()
    assert not [name for name in names_in(a) if name not in explained]


@given(shops(), MANY_METRICS, st.integers(0, 2))
def test_a_smaller_threshold_never_shrinks_a_segment(shop: PlainShop, asked: list[MetricCondition], less: int):
    """Whoever reaches a threshold reaches every smaller one."""
    strict = [replace(one, comparison="at least") for one in asked]
    lenient = [replace(one, value=one.value - type(one.value)(less)) for one in strict]
    dataset = doors.by_frames(shop)

    assert all(map(set.issubset, answers(strict, dataset), answers(lenient, dataset)))


@given(shops(), MANY_METRICS, IN_THE_LAST, st.integers(0, 3))
def test_a_longer_window_never_shrinks_a_count_segment(
    shop: PlainShop, asked: list[MetricCondition], timeframe: InTheLast, more: int
):
    """Whoever did something often enough in the last days did so in more of them."""
    short = [replace(one, measurement="count", comparison="at least", timeframe=timeframe) for one in asked]
    long = [replace(one, timeframe=replace(timeframe, quantity=timeframe.quantity + more)) for one in short]
    dataset = doors.by_frames(shop)

    assert all(map(set.issubset, answers(short, dataset), answers(long, dataset)))


@given(shops(), MANY_METRICS, IN_THE_LAST)
def test_in_the_last_and_at_least_ago_share_out_the_past(
    shop: PlainShop, asked: list[MetricCondition], timeframe: InTheLast
):
    """Every event up to `as_of` is in the last so many days or at least so many ago, and none is in both."""
    complement = AtLeastAgo(timeframe.quantity, timeframe.unit)
    ever = [replace(one, measurement="count", comparison="at least", value=1, timeframe=ALL_TIME) for one in asked]
    recently = [replace(one, timeframe=timeframe) for one in ever]
    long_ago = [replace(one, timeframe=complement) for one in ever]
    once_in_both = [
        replace(one, comparison="equals") & two & three
        for one, two, three in zip(ever, recently, long_ago, strict=True)
    ]
    dataset = doors.by_frames(shop)

    assert answers(ever, dataset) == answers(list(map(or_, recently, long_ago)), dataset)
    assert not any(answers(once_in_both, dataset))


@given(shops(), MANY_TREES, st.data())
def test_events_after_as_of_change_nothing(shop: PlainShop, asked: list[Condition], data: st.DataObject):
    """What happens after the moment that a shop is looked at from is not known yet."""
    later = [
        event | {"datetime": shop.as_of + dt.timedelta(microseconds=data.draw(st.sampled_from([1, 10**6, 10**11])))}
        for event in data.draw(st.lists(st.sampled_from(shop.events), min_size=1, max_size=4))
    ]
    with_later = replace(shop, events=[*later, *shop.events])

    assert answers(asked, doors.by_frames(shop)) == answers(asked, doors.by_frames(with_later))


@given(shops(), MANY_TREES, st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing_but_order(shop: PlainShop, asked: list[Condition], random: Any):
    """Shuffled profiles, events and lists give the same members, listed in the profiles' own order."""
    rows = {
        name: random.sample(getattr(shop, name), k=len(getattr(shop, name))) for name in ("profiles", "events", "lists")
    }
    shuffled = replace(shop, **rows)
    table = sk.membership([sk.Segment("asked", asked[0])], doors.by_frames(shuffled))

    assert [profile["profile_id"] for profile in shuffled.profiles] == list(table.index)
    assert answers(asked, doors.by_frames(shop)) == answers(asked, doors.by_frames(shuffled))


@given(st.one_of(st.tuples(shops(), shops()), st.tuples(written_shops(), written_shops())), MANY_TREES)
def test_a_profile_is_judged_by_its_own(two: tuple[PlainShop, PlainShop], asked: list[Condition]):
    """Whatever a stranger's cells hold and whatever it does, the others are in the segments that they were in."""
    shop, other = two
    stranger = other.profiles[0]["profile_id"]
    more = {
        name: [
            *getattr(shop, name),
            *({**row, "profile_id": "stranger"} for row in rows if row["profile_id"] == stranger),
        ]
        for name, rows in (("profiles", other.profiles), ("events", other.events), ("lists", other.lists))
    }
    with_stranger = answers(asked, doors.by_any(replace(shop, **more)))

    assert answers(asked, doors.by_any(shop)) == [found - {"stranger"} for found in with_stranger]


@given(shops(), MANY_TREES, st.sampled_from(sorted(STORES)))
def test_how_a_frame_stores_a_column_changes_nothing(shop: PlainShop, asked: list[Condition], way: str):
    """Objects, nullable, categorical and Arrow columns, decimals and written dates that say the same mean the same."""
    assert answers(asked, doors.by_frames(shop)) == answers(asked, doors.by_frames(shop, STORES[way]))


@given(shops(), MANY_TREES, st.sampled_from(["Pacific/Kiritimati", "America/Adak"]))
def test_an_instant_is_the_same_in_every_zone(shop: PlainShop, asked: list[Condition], zone: str):
    """A shop looked at from an instant written in another zone has the same members."""
    moved = replace(shop, as_of=pd.Timestamp(shop.as_of).tz_convert(zone).to_pydatetime())

    assert answers(asked, doors.by_frames(shop)) == answers(asked, doors.by_frames(moved))


@given(shops(), MANY_TREES, st.sampled_from(AS_OFS))
def test_a_dataset_moved_to_another_moment_answers_like_one_made_there(
    shop: PlainShop, asked: list[Condition], as_of: dt.datetime
):
    """Looking from another moment, after questions at the first, is the same as loading the data as of that moment."""
    dataset = doors.by_frames(shop)
    answers(asked, dataset)
    expected = [members(tree, replace(shop, as_of=as_of)) for tree in asked]

    assert expected == answers(asked, dataset.with_as_of(as_of))
    assert [members(tree, shop) for tree in asked] == answers(asked, dataset)


def negations(tree: Condition) -> list[Not]:
    """Return every `Not` in a tree."""
    match tree:
        case AllOf(parts) | AnyOf(parts):
            return [found for part in parts for found in negations(part)]
        case Not(part):
            return [tree, *negations(part)]
        case _:
            return []


def leaves(tree: Condition) -> list[Condition]:
    """Return every atom in a tree, as often as it is said."""
    match tree:
        case AllOf(parts) | AnyOf(parts):
            return [leaf for part in parts for leaf in leaves(part)]
        case Not(part):
            return leaves(part)
        case _:
            return [tree]


def names_in(tree: Condition) -> set[str]:
    """Return the names of metrics, properties and lists that a tree speaks of."""
    named: set[str] = set()
    for leaf in leaves(tree):
        for field in ("metric", "property", "list_name"):
            named |= {getattr(leaf, field)} if hasattr(leaf, field) else set()
        named |= {where.property for where in getattr(leaf, "where", ())}
    return named
