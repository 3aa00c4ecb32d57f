"""What holds of every condition on every shop, generated and not picked; named examples of each edge stand in `test_membership`."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import Any

import doors
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import PlainShop, as_instant, is_younger, members
from strategies import AS_OFS, DAYS, HOURS, Asked, asked, shops, trees, written_shops

import segkit as sk
from segkit.definition import algebra, conditions, timeframes
from segkit.definition.conditions import AllOf, AnyOf, Condition, MetricCondition, Not
from segkit.definition.timeframes import ALL_TIME, AtLeastAgo, InTheLast
from segkit.errors import DefinitionError

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")

# Where two independent readings meet, more is looked at than where one is held against itself.
closely = settings(max_examples=max(100, settings().max_examples))

EVERYBODY = AllOf(())
NOBODY = AnyOf(())
IN_THE_LAST = st.builds(InTheLast, st.sampled_from([*DAYS, *HOURS]), st.sampled_from(["day", "hour"]))

Answers = dict[Condition, set[str]]


def answers(asked_for: Iterable[Condition], dataset: sk.Dataset) -> Answers:
    """Return the members of each condition."""
    distinct = list(dict.fromkeys(asked_for))
    table = sk.membership([sk.Segment(str(place), condition) for place, condition in enumerate(distinct)], dataset)
    return {condition: set(table.index[table[str(place)]]) for place, condition in enumerate(distinct)}


def expected(asked_for: Iterable[Condition], shop: PlainShop) -> Answers:
    """Return the members of each condition by the reference."""
    return {condition: members(condition, shop) for condition in asked_for}


def same_members(left: Condition, right: Condition, shop: PlainShop) -> bool:
    """Say whether two conditions have the same members."""
    found = answers([left, right], doors.by_frames(shop))
    return found[left] == found[right]


@closely
@given(asked())
def test_the_evaluator_agrees_with_the_reference(asked: Asked):
    """The quick answer is the slow one, for every condition on every shop."""
    assert expected(asked.conditions, asked.shop) == answers(asked.conditions, doors.by_frames(asked.shop))


@closely
@given(asked(written_shops()))
def test_csv_files_mean_what_their_cells_say(asked: Asked):
    """The quick answer is the slow one when every cell is a text and a condition decides how to read it."""
    assert expected(asked.conditions, asked.shop) == answers(asked.conditions, doors.by_any(asked.shop))


@given(asked(), st.sampled_from(AS_OFS))
def test_a_dataset_that_was_asked_before_answers_like_a_new_one(asked: Asked, as_of: dt.datetime):
    """What a Dataset keeps never leaks into a later answer, one segment at a time, together, or from another moment."""
    dataset = doors.by_frames(asked.shop)
    one_by_one = {condition: answers([condition], dataset)[condition] for condition in asked.conditions}
    elsewhere = replace(asked.shop, as_of=as_of)

    assert expected(asked.conditions, asked.shop) == one_by_one
    assert expected(asked.conditions, elsewhere) == answers(asked.conditions, dataset.with_as_of(as_of))
    assert one_by_one == answers(asked.conditions, dataset)


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
    assert same_members(a | ~a, EVERYBODY, shop)
    assert same_members(a & ~a, NOBODY, shop)


@given(shops())
def test_all_of_nothing_is_everybody_and_any_of_nothing_nobody(shop: PlainShop):
    """The empty combinations have the members that they say, of those who were created by then."""
    everybody = {profile["profile_id"] for profile in shop.profiles if not is_younger(profile["created"], shop)}

    assert {EVERYBODY: everybody, NOBODY: set()} == answers([EVERYBODY, NOBODY], doors.by_frames(shop))


@given(shops(), trees())
def test_units(shop: PlainShop, a: Condition):
    """All of nothing is everybody and any of nothing is nobody, so neither changes what stands beside it."""
    assert same_members(a & EVERYBODY, a, shop)
    assert same_members(a | NOBODY, a, shop)


@pytest.mark.parametrize("rewrite", [algebra.push_not_inwards, algebra.simplify])
@given(asked=asked())
def test_rewrites_keep_members(rewrite: Callable[[Condition], Condition], asked: Asked):
    """A condition with `not` pushed inwards, and a simplified one, say the same of all data."""
    either = [part | Not(other) for part, other in zip(asked.conditions, asked.conditions[1:], strict=False)]
    before = [Not(condition) for condition in [*asked.conditions, *either]]
    after = [rewrite(condition) for condition in before]
    found = answers([*before, *after], doors.by_frames(asked.shop))

    assert [found[condition] for condition in before] == [found[condition] for condition in after]


@given(trees())
def test_pushed_inwards_not_stands_only_round_atoms(a: Condition):
    """No `not` is left around what is combined."""
    assert not any(isinstance(part.condition, (AllOf, AnyOf, Not)) for part in negations(algebra.push_not_inwards(a)))


@given(trees())
def test_simplifying_never_adds(a: Condition):
    """A simplified condition says nothing that was not said, and nothing oftener."""
    assert len(leaves(algebra.simplify(a))) <= len(leaves(a))


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
    """English names every metric, property and list that a condition speaks of; money spent "in orders" is Placed Order's."""
    explained = sk.explain(a).replace("in orders", "Placed Order")

    assert explained.strip()
    assert not [name for name in names_in(a) if name not in explained]


@given(asked(), st.integers(0, 2))
def test_a_smaller_threshold_never_shrinks_a_segment(asked: Asked, less: int):
    """Whoever reaches a threshold reaches every smaller one."""
    pairs = {
        replace(one, comparison="at least"): replace(
            one, comparison="at least", value=one.value - type(one.value)(less)
        )
        for one in metrics_of(asked)
    }
    found = answers([*pairs, *pairs.values()], doors.by_frames(asked.shop))

    assert not [strict for strict, lenient in pairs.items() if not found[strict] <= found[lenient]]


@given(asked(), IN_THE_LAST, st.integers(0, 3))
def test_a_longer_window_never_shrinks_a_count_segment(asked: Asked, timeframe: InTheLast, more: int):
    """Whoever did something often enough in the last days did so in more of them."""
    longer = replace(timeframe, quantity=timeframe.quantity + more)
    counts = [replace(one, measurement="count", comparison="at least") for one in metrics_of(asked)]
    pairs = {replace(one, timeframe=timeframe): replace(one, timeframe=longer) for one in counts}
    found = answers([*pairs, *pairs.values()], doors.by_frames(asked.shop))

    assert not [short for short, long in pairs.items() if not found[short] <= found[long]]


@given(asked(), IN_THE_LAST)
def test_in_the_last_and_at_least_ago_share_out_the_past(asked: Asked, timeframe: InTheLast):
    """Every event up to `as_of` is in the last so many days or at least so many ago, and none is in both."""
    dataset = doors.by_frames(asked.shop)
    for one in metrics_of(asked):
        ever = replace(one, measurement="count", comparison="at least", value=1, timeframe=ALL_TIME)
        recently = replace(ever, timeframe=timeframe)
        long_ago = replace(ever, timeframe=AtLeastAgo(timeframe.quantity, timeframe.unit))
        once_in_both = replace(ever, comparison="equals") & recently & long_ago
        found = answers([ever, recently | long_ago, once_in_both], dataset)

        assert found[ever] == found[recently | long_ago]
        assert not found[once_in_both]


@given(asked(), st.lists(st.sampled_from([1, 10**6, 10**11]), min_size=1, max_size=4))
def test_events_after_as_of_change_nothing(asked: Asked, ticks: list[int]):
    """What happens after the moment that a shop is looked at from is not known yet."""
    moments = [asked.shop.as_of + dt.timedelta(microseconds=tick) for tick in ticks]
    later = [event | {"datetime": moment} for event, moment in zip(asked.shop.events, moments, strict=False)]
    with_later = replace(asked.shop, events=[*later, *asked.shop.events])

    assert answers(asked.conditions, doors.by_frames(asked.shop)) == answers(
        asked.conditions, doors.by_frames(with_later)
    )


@given(asked(), st.randoms(use_true_random=False))
def test_order_of_rows_changes_nothing_but_order(asked: Asked, random: Any):
    """Shuffled profiles, events and lists give the same members, listed in the profiles' own order.

    A profile's events of one instant keep their order, which says which of them is the newest.
    """
    rows = {name: getattr(asked.shop, name) for name in ("profiles", "events", "lists")}
    shuffled = replace(asked.shop, **{name: random.sample(every, k=len(every)) for name, every in rows.items()})
    moments = [(event["profile_id"], as_instant(event["datetime"], shuffled)) for event in shuffled.events]
    of_moment = defaultdict(list)
    for event in reversed(asked.shop.events):
        of_moment[event["profile_id"], as_instant(event["datetime"], shuffled)].append(event)
    shuffled = replace(shuffled, events=[of_moment[moment].pop() for moment in moments])
    dataset = doors.by_frames(shuffled)
    table = sk.membership(sk.Segment("everybody", EVERYBODY), dataset)

    assert [profile["profile_id"] for profile in shuffled.profiles] == list(table.index)
    assert answers(asked.conditions, doors.by_frames(asked.shop)) == answers(asked.conditions, dataset)


@given(st.one_of(st.tuples(asked(), shops()), st.tuples(asked(written_shops()), written_shops())))
def test_a_profile_is_judged_by_its_own(two: tuple[Asked, PlainShop]):
    """Whatever a stranger's cells hold and whatever it does, the others are in the segments that they were in."""
    (shop, asked_for), other = two
    stranger = {
        name: [row | {"profile_id": "stranger"} for row in getattr(other, name) if row["profile_id"] == "p0"]
        for name in ("profiles", "events", "lists")
    }
    with_stranger = replace(shop, **{name: [*getattr(shop, name), *rows] for name, rows in stranger.items()})
    found = answers(asked_for, doors.by_any(with_stranger))

    assert answers(asked_for, doors.by_any(shop)) == {one: ids - {"stranger"} for one, ids in found.items()}


PLAIN_COLUMNS = (
    "profile_id", "city", "zip", "sms_consent", "email_suppressed", "predicted_clv", "Town", "Age", "Score", "Parent",
    "metric", "value", "Source", "Items", "Gift",
)  # fmt: skip
DATED = ("datetime", "created")
STORES: dict[str, tuple[Iterable[str], Callable[[pd.Series], pd.Series]]] = {
    "objects": (PLAIN_COLUMNS, lambda column: column.astype(object)),
    "nullable": (PLAIN_COLUMNS, pd.Series.convert_dtypes),
    "categories": (PLAIN_COLUMNS, lambda column: column.astype("category")),
    "arrow": (PLAIN_COLUMNS, lambda column: column.convert_dtypes(dtype_backend="pyarrow")),
    "decimals": (["value"], lambda column: pd.Series([None if pd.isna(one) else Decimal(str(one)) for one in column])),
    "nanoseconds": (DATED, lambda column: pd.to_datetime(column).dt.as_unit("ns")),
    "another zone": (DATED, lambda column: pd.to_datetime(column, utc=True).dt.tz_convert("Pacific/Kiritimati")),
    "texts": (["datetime"], lambda column: column.map(dt.datetime.isoformat)),
}


@pytest.mark.parametrize("way", STORES)
@settings(max_examples=settings().max_examples // 4)
@given(asked=asked())
def test_how_a_frame_stores_a_column_changes_nothing(way: str, asked: Asked):
    """Objects, nullable, categorical and Arrow columns, decimals and written dates that say the same mean the same."""
    names, store = STORES[way]

    def stored(frame: pd.DataFrame) -> pd.DataFrame:
        frame = frame.assign(**{name: store(frame[name]) for name in names if name in frame})
        return frame.set_axis(range(7, 7 + len(frame)))  # an index says nothing

    assert answers(asked.conditions, doors.by_frames(asked.shop)) == answers(
        asked.conditions, doors.by_frames(asked.shop, stored)
    )


@given(asked(), st.sampled_from(["Pacific/Kiritimati", "America/Adak"]))
def test_as_of_is_the_same_in_every_zone(asked: Asked, zone: str):
    """A shop looked at from an instant written in another zone has the same members."""
    moved = replace(asked.shop, as_of=pd.Timestamp(asked.shop.as_of).tz_convert(zone).to_pydatetime())

    assert answers(asked.conditions, doors.by_frames(asked.shop)) == answers(asked.conditions, doors.by_frames(moved))


def metrics_of(asked: Asked) -> list[MetricCondition]:
    """Return the counts and sums among the conditions."""
    return [condition for condition in asked.conditions if isinstance(condition, MetricCondition)]


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
        for part in (leaf, *getattr(leaf, "steps", ())):
            for field in ("metric", "property", "list_name"):
                name = getattr(part, field, ())
                named |= {name} if isinstance(name, str) else set(name)
            named |= {where.property for where in algebra.event_properties(getattr(part, "where", ()))}
    # How a profile came to its consent is said in words of its own: "by form".
    return named - {"sms_consent_method", "email_consent_method"}
