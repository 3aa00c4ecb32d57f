"""Membership tables that were joined, filled or made by hand count as they read, and nothing else is counted as members."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

import segkit as sk

WHO = pd.DataFrame({"A": [True, False, True, False], "B": [True, False, False, True]}, index=list("abcd"))
COUNTED = [sk.sizes, sk.overlap, sk.intersections]

SAME: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "objects": lambda who: who.astype(object),
    "nullable": lambda who: who.astype("boolean"),
    "ones and zeros": lambda who: who.astype(int),
    "floats, as an outer join of numbers leaves them": lambda who: who.astype(float),
    "Arrow's": lambda who: who.convert_dtypes(dtype_backend="pyarrow"),
    "categories": lambda who: who.astype("category"),
}


@pytest.mark.parametrize("count", COUNTED)
@pytest.mark.parametrize("way", SAME)
def test_how_a_table_stores_true_and_false_changes_nothing(way: str, count: Callable[..., Any]):
    """Objects, nullable and Arrow columns, numbers and categories count as plain truths do."""
    pd.testing.assert_frame_equal(count(WHO), count(SAME[way](WHO)))


@pytest.mark.parametrize("count", COUNTED)
@pytest.mark.parametrize("kind", [object, "boolean", float])
def test_a_missing_cell_is_not_a_member_and_is_told(kind: Any, count: Callable[..., Any]):
    """After an outer join whoever is missing from a table is not in its segment, and a warning counts the cells."""
    joined = WHO[["A"]].astype(kind).join(WHO[["B"]].iloc[:2].astype(kind), how="outer")
    with pytest.warns(sk.SegkitWarning, match="The membership table has 2 missing cells in 'B'") as told:
        found = count(joined)

    assert [__file__] == [warning.filename for warning in told]
    pd.testing.assert_frame_equal(count(joined.notna() & (joined == True)), found)  # noqa: E712  # NA is neither


@pytest.mark.parametrize("count", COUNTED)
@pytest.mark.parametrize("cell", ["True", "x", 2, 0.5, [], pd.Timestamp("2026-06-30")])
def test_what_is_neither_true_nor_false_is_refused(cell: Any, count: Callable[..., Any]):
    """A table with a column of texts, amounts or dates beside its flags is refused with the column's name and a cell."""
    who = WHO.assign(City=pd.Series([True, cell, None, False], index=WHO.index, dtype=object))

    with pytest.raises(sk.DefinitionError, match="The column 'City' of the membership table contains"):
        count(who)


@pytest.mark.parametrize("count", COUNTED)
@pytest.mark.parametrize("who", [None, 5, [sk.sms_subscribers()], {"A": [True]}, WHO["A"], np.ones((2, 2), dtype=bool)])
def test_anything_else_is_refused_with_the_call_that_makes_a_table(who: Any, count: Callable[..., Any]):
    """Segments, numbers and columns are no membership table, and the error says how to get one."""
    with pytest.raises(sk.DefinitionError, match=rf"sk.{count.__name__}\(sk.membership\(segments, shop\)\)"):
        count(who)


def test_two_columns_of_one_name_are_refused():
    """Of two segments of one name nobody could say which is which."""
    with pytest.raises(sk.DefinitionError, match="both named 'A'"):
        sk.sizes(pd.concat([WHO, WHO], axis=1))
