"""Sizes and shares are those that counting sets by hand gives, whatever the base."""

# ruff: noqa: SIM300  # expected == actual, throughout

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.errors import DefinitionError

PROFILES = [f"p{number}" for number in range(12)]


def table_of(segments: list[set[int]]) -> pd.DataFrame:
    """Return the membership table of segments given as sets of rows."""
    flags = np.array([[row in members for members in segments] for row in range(len(PROFILES))], dtype=bool)
    columns = [f"segment {number}" for number in range(len(segments))]
    return pd.DataFrame(
        flags.reshape(len(PROFILES), len(segments)), index=pd.Index(PROFILES, name="profile_id"), columns=columns
    )


def member_sets(most: int = 6) -> st.SearchStrategy[list[set[int]]]:
    """Return the members of a few segments."""
    return st.lists(st.sets(st.integers(0, len(PROFILES) - 1)), max_size=most)


@given(member_sets())
def test_sizes_and_shares_of_all_profiles(segments: list[set[int]]):
    """A segment's size is how many are in it, and its share is of all profiles unless said otherwise."""
    table = sk.sizes(table_of(segments))

    assert [len(members) for members in segments] == table["size"].tolist()
    assert [len(members) / len(PROFILES) for members in segments] == table["share"].tolist()
    assert [len(PROFILES)] * len(segments) == table["base_size"].tolist()
    assert ["all profiles"] * len(segments) == table["base"].tolist()


@given(member_sets().filter(len), st.data())
def test_a_share_of_a_segment_counts_only_who_is_in_it(segments: list[set[int]], data: st.DataObject):
    """With a segment as base, shares lie between 0 and 1; of an empty base there is none."""
    base = data.draw(st.integers(0, len(segments) - 1))
    table = sk.sizes(table_of(segments), base=f"segment {base}")
    inside = segments[base]
    expected = [len(members & inside) / len(inside) if inside else np.nan for members in segments]

    np.testing.assert_array_equal(expected, table["share"])
    assert {len(inside)} == set(table["base_size"])
    assert {f"segment {base}"} == set(table["base"])


def test_an_empty_segment_stays_visible():
    """Nobody is a size too: 0, in its place."""
    table = sk.sizes(table_of([{1, 2}, set(), {3}]))

    assert {"segment 0": 2, "segment 1": 0, "segment 2": 1} == table["size"].to_dict()
    assert 0.0 == table.loc["segment 1", "share"]


def test_rows_are_segments_in_their_order():
    """The table reads in the order that the segments were asked in."""
    who = table_of([{1}, {2}, {3}])[["segment 2", "segment 0", "segment 1"]]

    assert ["segment 2", "segment 0", "segment 1"] == sk.sizes(who).index.tolist()
    assert "segment" == sk.sizes(who).index.name


def test_sizes_are_whole_numbers_even_of_no_segments():
    """No segments give an empty table of the same columns and types."""
    some, none = sk.sizes(table_of([{1}])), sk.sizes(table_of([]))

    assert 0 == len(none)
    assert some.columns.tolist() == none.columns.tolist()
    assert "int64" == str(some["size"].dtype) == str(none["size"].dtype)


def test_sizes_of_a_real_membership(tiny_shop: sk.Dataset):
    """What `membership` returns is what `sizes` takes."""
    who = sk.membership([sk.sms_subscribers(), sk.Segment("Nobody", sk.AnyOf(()))], tiny_shop)

    assert [4, 0] == sk.sizes(who)["size"].tolist()
    assert [0.5, 0.0] == sk.sizes(who)["share"].tolist()


def test_an_unknown_base_is_refused():
    """The segments that could be a base are offered."""
    with pytest.raises(DefinitionError, match=r"base can't be 'segment 7'\. Did you mean 'segment 1' or 'segment 0'"):
        sk.sizes(table_of([{1}, {2}]), base="segment 7")


def test_the_membership_table_is_left_alone():
    """Working out sizes changes nothing of what it was given."""
    who = table_of([{1}, {2}])
    before = who.copy(deep=True)
    sk.sizes(who, base="segment 0")

    pd.testing.assert_frame_equal(before, who)


def test_those_who_may_be_texted_are_counted_as_an_audience_counts_them(tiny_shop: sk.Dataset):
    """Each segment's second number is that of its audience; of a membership table nobody can say."""
    segments = [sk.sms_subscribers(), sk.sms_engaged(), sk.Segment("Nobody", sk.AnyOf(()))]
    table = sk.sizes(iter(segments), tiny_shop, sendable=True)

    assert [sk.audience(segment, tiny_shop).size for segment in segments] == table["sendable"].tolist()
    assert table["sendable"].le(table["size"]).all()
    assert "sendable" not in sk.sizes(segments, tiny_shop)
    with pytest.raises(DefinitionError, match=r"sk\.sizes\(segments, shop, sendable=True\)"):
        sk.sizes(sk.membership(segments, tiny_shop), sendable=True)
