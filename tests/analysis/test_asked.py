"""Segments and data are counted as the membership table of those segments is, and asked of the engine alone."""

import warnings
from collections.abc import Callable
from typing import Any

import doors
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import Asked, asked, written_shops

import segkit as sk
from segkit.errors import DefinitionError, SegkitWarning

COUNTED: dict[str, Callable[..., pd.DataFrame]] = {
    "sizes": sk.sizes,
    "sizes of a base": lambda *what: sk.sizes(*what, base="0"),
    "overlap": sk.overlap,
    "intersections": sk.intersections,
}


def told(ask: Callable[[], pd.DataFrame]) -> tuple[pd.DataFrame, list[str]]:
    """Return an answer and what was warned of on the way."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        return ask(), [str(one.message) for one in caught]


@pytest.mark.parametrize("count", COUNTED.values(), ids=COUNTED)
@given(st.one_of(asked(), asked(written_shops())), st.integers(1, 12))
def test_segments_are_counted_as_their_table_is(count: Callable[..., pd.DataFrame], asked: Asked, size: int):
    """The finished table is the same to the last cell, and so is what is warned of."""
    segments = [sk.Segment(str(place), condition) for place, condition in enumerate(asked.conditions[:size])]
    by_table, notes = told(lambda: count(sk.membership(segments, doors.by_any(asked.shop))))
    by_engine, others = told(lambda: count(segments, doors.by_any(asked.shop)))

    pd.testing.assert_frame_equal(by_table, by_engine)
    assert others == notes


@pytest.mark.parametrize("count", COUNTED.values(), ids=COUNTED)
def test_nobody_and_one_segment_are_counted(count: Callable[..., pd.DataFrame], tiny_shop: sk.Dataset):
    """A segment needs no list around it, and one that is empty stays visible."""
    nobody = sk.Segment("0", sk.AnyOf(()))

    assert count(nobody, tiny_shop).equals(count(sk.membership(nobody, tiny_shop)))


@pytest.mark.parametrize("name", ["sizes", "overlap", "intersections"])
def test_a_table_needs_no_shop_and_segments_do(name: str, tiny_shop: sk.Dataset):
    """A shop beside a table, segments without one, and what is neither, are refused in our words."""
    count: Any = getattr(sk, name)
    segment = sk.Segment("Subscribed", sk.can_receive("sms"))

    with pytest.raises(DefinitionError, match="a membership table without a shop"):
        count(sk.membership(segment, tiny_shop), tiny_shop)
    with pytest.raises(DefinitionError, match=r"Pass the shop too: sk\.\w+\(segments, shop\)"):
        count([segment])
    with pytest.raises(DefinitionError):
        count(tiny_shop, segment)
    with pytest.raises(DefinitionError, match="Expected a Dataset"):
        count(segment, "shop")


def test_a_base_is_one_of_the_segments(tiny_shop: sk.Dataset):
    """A base that is not asked for is refused with the choices."""
    with pytest.raises(DefinitionError, match=r"'VIPs'.*Subscribed"):
        sk.sizes(sk.Segment("Subscribed", sk.can_receive("sms")), tiny_shop, base="VIPs")


def test_what_cannot_be_read_is_warned_of_once(tiny_shop: sk.Dataset):
    """A note of several segments comes once."""
    odd = sk.has("city", at_least=3)

    with pytest.warns(SegkitWarning) as caught:
        sk.overlap([sk.Segment("one", odd), sk.Segment("other", odd & sk.is_set("email"))], tiny_shop)
    assert len({str(one.message) for one in caught}) == len(caught)
