"""The top share: the limit is some profile's own amount, and exactly those with the highest amounts reach it."""

from collections import defaultdict
from fractions import Fraction
from math import floor

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.errors import DataError, DefinitionError

ORDERS = st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(-500, 4_000_000)), min_size=1, max_size=30)
SPENT = sk.spent("Placed Order", more_than=0, in_last_days=365)


def shop_of(orders: list[tuple[str, int]], day: str = "2026-06-01") -> sk.Dataset:
    """Return a shop of orders, each of who and how many cents, and of one profile without orders."""
    events = pd.DataFrame(orders, columns=["profile_id", "cents"]).assign(metric="Placed Order", datetime=day)
    events["value"] = [f"{'-' * (cents < 0)}{abs(cents) // 100}.{abs(cents) % 100:02}" for cents in events.pop("cents")]
    people = pd.DataFrame({"profile_id": [*"abcdefgh", "nobody"]})
    return sk.Dataset.from_frames(people, events, as_of="2026-06-30")


def members(condition: sk.Condition, shop: sk.Dataset) -> set[str]:
    """Return who meets a condition."""
    return set(sk.members(sk.Segment("Top", condition), shop).index)


@given(ORDERS, st.sampled_from([0.1, 0.25, 0.5, 0.9]))
def test_those_who_spent_most_are_in_with_their_ties(orders: list[tuple[str, int]], share: float):
    """Of n buyers the k highest are in, k a share of n rounded down and at least 1, and all who spent as much as the last of them."""
    sums: dict[str, int] = defaultdict(int)
    for who, cents in orders:
        sums[who] += cents
    least = sorted(sums.values())[-max(floor(Fraction(str(share)) * len(sums)), 1)]
    shop = shop_of(orders)
    found = sk.top(SPENT, shop, share=share)

    expected = {who for who, cents in sums.items() if cents >= least}
    # Without orders a sum is 0, which a limit of 0 or less lets in.
    assert members(found, shop) == expected | (
        {who for who in [*"abcdefgh", "nobody"] if who not in sums} if least <= 0 else set()
    )
    assert round(float(found.value) * 100) == least


def test_counts_and_numbers_of_the_profile_have_a_top_too():
    """Orders are counted in whole numbers; a number of the profile ranks only those who have it."""
    shop = shop_of([("a", 1), ("a", 1), ("b", 1), ("c", 1), ("c", 1), ("c", 1)])
    most = sk.top(sk.did("Placed Order", in_last_days=365), shop, share=0.4)
    assert (most.value, type(most.value), members(most, shop)) == (3, int, {"c"})

    people = pd.DataFrame({"profile_id": list("abcd"), "clv": [1.25, 7.5, None, 0.1]})
    scored = sk.Dataset.from_frames(people, as_of="2026-06-30")
    best = sk.top(sk.has("clv", at_least=0), scored, share=0.34)
    assert (best.test.value, members(best, scored)) == (7.5, {"b"})


def test_the_limit_is_written_in_the_definition():
    """What the share came to can be read, kept as YAML and compared."""
    shop = shop_of([("a", 81_355), ("b", 100)])
    segment = sk.Segment("Best", sk.top(SPENT, shop, share=0.5))
    assert "at least 813.55 in orders in the last 365 days" in sk.explain(segment)
    assert sk.Segment.from_yaml(segment.to_yaml()) == segment


@pytest.mark.parametrize("share", [0, 1, 10, -0.1, True, "0.1"])
def test_a_share_that_is_none_is_refused(share: object):
    """10 is no share; the error says how the top 10 % is written."""
    with pytest.raises(DefinitionError, match=r"between 0 and 1, such as 0\.1 for the top 10 %"):
        sk.top(SPENT, shop_of([("a", 1)]), share=share)


def test_what_cannot_be_ranked_is_refused_with_the_way_to_it():
    """Several conditions, or one without an amount, have no order; the error shows what has."""
    shop = shop_of([("a", 1)])
    for condition in (SPENT & SPENT, sk.can_receive("sms"), sk.has("city", equals="Oslo"), "Placed Order"):
        with pytest.raises(DefinitionError, match=r"sk\.top\(sk\.spent\("):
            sk.top(condition, shop, share=0.1)
    with pytest.raises(DefinitionError, match="found no profile to rank"):
        sk.top(SPENT, shop_of([("a", 1)], day="2024-06-01"), share=0.1)
    with pytest.raises(DataError, match="no property 'CLV'"):
        sk.top(sk.has("CLV", at_least=0), shop, share=0.1)
