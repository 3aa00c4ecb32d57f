"""Several segments and the conditions of one: partitions that add up, relations of members, costs of conditions, and near misses."""

from itertools import pairwise, permutations
from pathlib import Path

import doors
import pandas as pd
import pytest
from hypothesis import given
from strategies import Asked, asked

import segkit as sk
from segkit.errors import DataError, DefinitionError

pytestmark = pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")


@pytest.fixture(scope="module")
def shop() -> sk.Dataset:
    """Return the sample shop."""
    return sk.load(Path(__file__).parents[2] / "sample_data")


@pytest.fixture(scope="module")
def segments() -> list[sk.Segment]:
    """Return three segments that overlap."""
    return [sk.sms_vip(spent=300), sk.sms_engaged(), sk.lapsed_customers()]


def members(segment: sk.Segment, shop: sk.Dataset) -> set[str]:
    """Return a segment's members."""
    column = sk.membership(segment, shop)[segment.name]
    return set(column.index[column])


def size(condition: sk.Condition, shop: sk.Dataset) -> int:
    """Return how many profiles match a condition."""
    return len(members(sk.Segment("It", condition), shop))


def test_a_partition_has_no_gap_and_no_double(shop: sk.Dataset, segments: list[sk.Segment]):
    """First match wins: everybody in any segment is in exactly one, and the others are counted."""
    found = sk.partition(segments, shop)
    sets = {one.name: members(one, shop) for one in segments}
    used: set[str] = set()
    for row in found.table.to_dict("records"):
        mine = sets[row["segment"]]
        assert set(found.assigned.index[found.assigned == row["segment"]]) == mine - used
        assert (row["members"], row["assigned"], row["taken"], row["over"]) == (
            len(mine),
            len(mine - used),
            len(mine & used),
            0,
        )
        used |= mine

    assert found.assigned.index.is_unique
    assert (found.left_over, found.outside) == (0, len(shop) - len(used))
    assert "counted once each" in found._repr_html_()


def test_a_partition_is_also_definitions_that_exclude_each_other(shop: sk.Dataset, segments: list[sk.Segment]):
    """They can be exported, and hold the same people."""
    found = sk.partition(segments, shop)

    assert [one.name for one in found.segments] == [one.name for one in segments]
    for one in found.segments:
        assert members(one, shop) == set(found.assigned.index[found.assigned == one.name])


def test_who_finds_no_room_falls_through(shop: sk.Dataset, segments: list[sk.Segment]):
    """To the next segment of which they are members; the same people again with the same key."""
    names = [one.name for one in segments]
    capacity = {names[0]: 50, names[1]: 100, names[2]: 0}
    found, again, other = (sk.partition(segments, shop, capacity=capacity, key=key) for key in ("a", "a", "b"))
    table = found.table.set_index("segment")

    assert table["assigned"].tolist() == [50, 100, 0]
    assert (table["members"] == table["assigned"] + table["taken"] + table["over"]).all()
    assert len(found.assigned) + found.left_over + found.outside == len(shop)
    assert found.assigned.equals(again.assigned)
    assert not found.assigned.equals(other.assigned)
    assert found.segments == ()


def test_orders_of_priority_are_compared(shop: sk.Dataset, segments: list[sk.Segment]):
    """Each has the numbers that it would have if it came first, and what changes against the first order."""
    names = [one.name for one in segments]
    found = sk.partition(segments, shop, compare=list(permutations(names))[1:])
    by_name = {one.name: one for one in segments}

    assert len(found.orders) == 6 * 3
    for order, some in found.orders.groupby("order", sort=False):
        alone = sk.partition([by_name[name] for name in order.split(" > ")], shop).table
        assert some["assigned"].tolist() == alone["assigned"].tolist()
    assert (found.orders.groupby("order")["change"].sum() == 0).all()


def test_partitions_that_make_no_sense_are_refused(shop: sk.Dataset, segments: list[sk.Segment]):
    """A capacity of nobody's, none at all, and an order that leaves somebody out."""
    with pytest.raises(DefinitionError, match="Did you mean"):
        sk.partition(segments, shop, capacity={"SMS vip": 5})
    with pytest.raises(DefinitionError, match="whole number, 0 or more"):
        sk.partition(segments, shop, capacity={segments[0].name: -1})
    with pytest.raises(DefinitionError, match="a list of all names once"):
        sk.partition(segments, shop, compare=[[segments[0].name]])


def test_segments_are_alike_by_their_members(shop: sk.Dataset):
    """Whatever their definitions say: the same, inside, nearly equal, empty."""
    buyers = sk.did("Placed Order")
    wide, narrow = (
        sk.Segment(name, sk.did("Placed Order", in_last_days=days)) for name, days in (("200", 200), ("199", 199))
    )
    every = [
        sk.Segment("Buyers", buyers), sk.Segment("Again", sk.did("Placed Order", at_least=1) & (buyers | buyers)), wide, narrow,
        sk.Segment("Big", sk.did("Placed Order", at_least=5)), sk.Segment("Nobody", buyers & ~buyers),
    ]  # fmt: skip
    found = sk.similar(every, shop)
    relations = {(row["segment"], row["other"]): row["relation"] for row in found.to_dict("records")}

    assert relations["Buyers", "Again"] == "same as"
    assert relations["199", "200"] == "nearly equal to"
    assert relations["Big", "Buyers"] == "inside"
    assert relations["Nobody", ""] == "empty"
    for row in found[found["relation"] != "empty"].to_dict("records"):
        one, other = ({*members(next(s for s in every if s.name == row[side]), shop)} for side in ("segment", "other"))
        assert (row["size"], row["other_size"], row["both"]) == (len(one), len(other), len(one & other))
        assert row["jaccard"] == len(one & other) / len(one | other)
    with pytest.raises(DefinitionError, match="nearly must be"):
        sk.similar(every, shop, nearly=0)


def test_clauses_cost_what_membership_without_them_has(shop: sk.Dataset):
    """Parts of "all of", and alternatives of "any of"."""
    segment = sk.sms_engaged()
    table = sk.clauses(segment, shop)
    consent, either = segment.condition.conditions
    first, second = either.conditions
    whole = size(segment.condition, shop)

    assert table["size"].tolist() == [whole] * 4
    assert table["without"].tolist() == [
        size(one, shop) for one in (either, consent, consent & second, consent & first)
    ]
    assert table["alone"].tolist() == [size(one, shop) for one in (consent, either, first, second)]
    assert (table["difference"][:2] >= 0).all()
    assert (table["difference"][2:] <= 0).all()


@given(asked())
def test_clauses_hold_for_any_segment(question: Asked):
    """Without a condition is the size of the tree without it."""
    shop = doors.by_any(question.shop)
    for condition in question.conditions[:5]:
        try:
            table = sk.clauses(sk.Segment("It", condition), shop)
        except DataError:
            continue
        parts = condition.conditions if isinstance(condition, sk.AllOf) else (condition,)
        for place, _ in enumerate(parts):
            assert table["without"][place] == size(sk.AllOf(parts[:place] + parts[place + 1 :]), shop)


def test_near_misses_fail_one_condition_alone_nearest_first(shop: sk.Dataset):
    """Each profile counts at the first wider limit that admits it; the numbers add up to those who fail the condition alone."""
    consent, clicked = sk.can_receive("sms"), sk.did("Clicked SMS", at_least=3, in_last_days=40)
    table = sk.near_misses(sk.Segment("It", consent & clicked), shop)

    for words, some in table.groupby("condition"):
        part, other = (clicked, consent) if "Clicked" in words else (consent, clicked)
        assert set(some["failing"]) == {some["profiles"].sum()} == {size(other & ~part, shop)}
    steps = table[table["condition"].str.contains("Clicked")]
    windows = [44, 50, 60, 80]
    gained = [size(consent & sk.did("Clicked SMS", at_least=3, in_last_days=days), shop) for days in (40, *windows)]
    expected = [later - earlier for earlier, later in pairwise(gained)]
    assert [count for count in expected if count] == steps["profiles"].tolist()[: sum(map(bool, expected))]
    assert "at least 2 times" in " ".join(steps["instead"]) or "twice" in " ".join(steps["instead"])


def test_distances_and_numbers_have_near_misses_and_texts_have_none():
    """A limit is wider by a tenth, a quarter, a half and by all of itself."""
    people = pd.DataFrame({"profile_id": [*"abcd"], "Age": [20.0, 16.5, 5.0, None], "latitude": [42.0, 42.0, 42.0, 43.0], "longitude": -71.0, "city": ["x", "x", "x", "y"]})  # fmt: skip
    shop = sk.Dataset.from_frames(people, as_of="2026-06-30")
    by_age = sk.near_misses(sk.Segment("It", sk.has("Age", at_least=18)), shop)
    by_miles = sk.near_misses(sk.Segment("It", sk.within(60, "miles", of=(42.0, -71.0))), shop)
    by_city = sk.near_misses(sk.Segment("It", sk.has("city", equals="x")), shop)

    assert by_age["profiles"].tolist() == [1, 2]
    assert by_miles[["profiles", "failing"]].to_numpy().tolist() == [[1, 1]]
    assert "75 miles" in by_miles["instead"][0]
    assert by_city[["instead", "profiles"]].to_numpy().tolist() == [["", 1]]


@pytest.mark.parametrize(
    ("one", "other"),
    [({"more_than": 1}, {"at_least": 2}), ({"more_than": 3}, {"at_least": 4})],
)
def test_more_than_has_the_near_misses_of_the_equal_at_least(one: dict, other: dict):
    """The lowest limit for "more than" is 0, and for "at least" it is 1."""
    rows = [(f"p{orders}", f"2026-05-0{day}") for orders in range(1, 5) for day in range(1, orders + 1)]
    orders = pd.DataFrame(rows, columns=["profile_id", "datetime"]).assign(metric="Placed Order")
    shop = sk.Dataset.from_frames(pd.DataFrame({"profile_id": [f"p{n}" for n in range(5)]}), orders, as_of="2026-06-30")
    found, wanted = (
        sk.near_misses(sk.Segment("It", sk.did("Placed Order", **limit)), shop)["profiles"].tolist()
        for limit in (one, other)
    )

    assert found == wanted == [1] * len(wanted)
