"""Match profiles by how many of several segments they are in."""

from collections.abc import Iterable
from itertools import combinations

from segkit.definition.conditions import AllOf, AnyOf, Condition, Not
from segkit.definition.phrases import in_segment
from segkit.definition.segment import Segment, one_segment
from segkit.errors import DefinitionError

MOST = 12
"""The largest number of segments. The condition has a part for each combination of segments, so more would be too many."""


def in_exactly(number: int, segments: Iterable[Segment | str]) -> Condition:
    """Match profiles that are in exactly this many of several segments.

    Args:
        number: the number of segments that a profile must be in; 0 matches profiles that are in none.
        segments: the segments, at most 12. A name refers to a segment, as in `sk.in_segment`.

    Raises:
        DefinitionError: a value is not a segment, there are no segments or too many, or `number` is not between 0 and their number.

    >>> len(in_exactly(2, ["VIP", "SMS engaged", "Near the store"]).conditions)
    3
    """
    every = [in_segment(one) if isinstance(one, str) else one_segment(one).condition for one in segments]
    if not 0 < len(every) <= MOST:
        raise DefinitionError.bad_value("The number of segments in in_exactly", len(every), f"between 1 and {MOST}")
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= len(every):
        raise DefinitionError.bad_value("The number of in_exactly", number, f"a whole number from 0 to {len(every)}")
    places = range(len(every))
    groups = tuple(
        AllOf(tuple(one if place in inside else Not(one) for place, one in zip(places, every, strict=True)))
        for inside in map(set, combinations(places, number))
    )
    return groups[0] if len(groups) == 1 else AnyOf(groups)
