"""Being in a number of segments: exactly so many, whichever they are."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.errors import DefinitionError

PEOPLE = pd.DataFrame({"profile_id": [f"p{age}" for age in range(12)], "Age": range(12)})
SHOP = sk.Dataset.from_frames(PEOPLE, as_of="2026-06-30")
SEGMENTS = [sk.Segment(f"At least {age}", sk.has("Age", at_least=age)) for age in (2, 4, 7, 9)]


@given(st.integers(0, 4), st.permutations(SEGMENTS))
def test_members_are_those_of_so_many_segments(number: int, segments: list[sk.Segment]):
    """The members are those whose row of the membership table has that many, in whatever order the segments come."""
    who = sk.membership(SEGMENTS, SHOP).sum(axis=1)
    found = sk.members(sk.Segment("Some", sk.in_exactly(number, segments)), SHOP)
    assert set(found.index) == set(who.index[who == number])


def test_names_refer_to_the_segments_beside():
    """A name stands for the segment that is asked together with it, and the definition stays short."""
    some = sk.Segment("Two", sk.in_exactly(2, [one.name for one in SEGMENTS]))
    who = sk.membership([*SEGMENTS, some], SHOP)
    assert who["Two"].tolist() == (who[[one.name for one in SEGMENTS]].sum(axis=1) == 2).tolist()


@pytest.mark.parametrize("number", [-1, 5, True, 1.0])
def test_a_number_that_cannot_be_is_refused(number: object):
    """The error says from where to where it may go."""
    with pytest.raises(DefinitionError, match="a whole number from 0 to 4"):
        sk.in_exactly(number, SEGMENTS)


def test_too_many_segments_are_refused():
    """Thirteen segments would make thousands of parts; none make nothing to count; a condition is no segment."""
    many = [sk.Segment(str(place), sk.is_set("Age")) for place in range(13)]
    for segments in (many, []):
        with pytest.raises(DefinitionError, match="between 1 and 12"):
            sk.in_exactly(1, segments)
    with pytest.raises(DefinitionError, match="Expected a segment"):
        sk.in_exactly(1, [sk.is_set("Age")])
