"""Values that can't be read as the kind that a condition asks for pass no test, and are counted in a warning, whatever the others do."""

import warnings

import pandas as pd
import pytest

import segkit as sk
from segkit.errors import SegkitWarning


def shop_of(**columns):
    """Return a shop whose profiles have these columns."""
    frame = pd.DataFrame({name: pd.Series(column, dtype=object) for name, column in columns.items()})
    frame["profile_id"] = [f"p{number}" for number in range(len(frame))]
    return sk.Dataset.from_frames(frame, as_of="2026-06-30")


def asked(condition, shop):
    """Return a condition's members and what was warned about."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", SegkitWarning)
        column = sk.membership(sk.Segment("asked", condition), shop)["asked"]
    return set(column.index[column]), [str(warning.message) for warning in caught]


def test_klaviyos_own_formats_are_dates_of_a_property():
    """ISO, month/day/year of two or four digits, with times, and Unix seconds as text and as a number are one day."""
    days = [
        "2026-06-13",
        "06/13/2026",
        "6/13/26",
        "06/13/2026 10:30",
        "06/13/26 10:30:08",
        "2026-06-13T10:30:00+00:00",
        "1781308800",
        1781308800,
    ]
    assert asked(sk.has("Birthday", in_month=6), shop_of(Birthday=days)) == ({f"p{number}" for number in range(8)}, [])


KINDS = {
    "a date": (["06/13/1990", "1992-06-13", "soon", "never", None], sk.has("x", in_month=6), {"p0", "p1"},
               "2 of 4 values of 'x' can't be read as a date and can't pass any test: 'soon', 'never'."),
    "a number": (["1,250", 2000, 3.5], sk.has("x", at_least=1000), {"p1"}, "1 of 3 values of 'x' can't be read as a number and can't pass any test: '1,250'."),
    "a number that equals": ([18, "18", "old"], sk.has("x", equals=18), {"p0", "p1"}, "1 of 3 values of 'x' can't be read as a number and can't pass any test: 'old'."),
    "a truth": ([True, "yes", "no", 1, "n", None], sk.has("x", equals=True), {"p0"},
                "4 of 5 values of 'x' can't be read as true or false and can't pass any test: 'yes', 'no', '1', ...."),
    "a text": (["Boston", 18], sk.has("x", equals="Boston"), {"p0"}, "1 of 2 values of 'x' can't be read as text and can't pass any test: '18'."),
    "a list": ([["a"], "a", "b", "a"], sk.has("x", contains_item="a"), {"p0"}, "3 of 4 values of 'x' can't be read as a list and can't pass any test: 'a', 'b'."),
    "a date with the day first": (["13/06/1990", "06/14/1990"], sk.has("x", in_month=6), {"p1"},
                                  "1 of 2 values of 'x' can't be read as a date and can't pass any test: '13/06/1990'. If the day comes before the month, load with day_first=True."),
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_some_values_of_another_kind_are_counted(kind):
    """The warning says how many of how many, of which property, and shows a few."""
    cells, condition, members, message = KINDS[kind]
    assert asked(condition, shop_of(x=cells)) == (members, [message])
    assert asked(~condition, shop_of(x=cells))[1] == [message]


def test_values_of_event_properties_are_counted_as_well():
    """Among the events of the metric that is asked for, and of no other."""
    people = pd.DataFrame({"profile_id": ["ann"]})
    events = pd.DataFrame({"profile_id": "ann", "metric": ["X", "X", "X", "Y"], "datetime": "2026-06-01T00:00:00Z",
                           "Items": pd.Series([1, "2 pieces", 3, "many"], dtype=object)})  # fmt: skip
    shop = sk.Dataset.from_frames(people, events, as_of="2026-06-30")
    found = asked(sk.did("X", at_least=2, where={"Items": {"at_least": 1}}), shop)
    assert found == (
        {"ann"},
        ["1 of 3 values of 'Items' can't be read as a number and can't pass any test: '2 pieces'."],
    )


def test_the_order_of_days_and_months_is_that_of_loading():
    """With day_first=True, a property's dates are read so, and no value is left over."""
    people = pd.DataFrame({"profile_id": ["a", "b"], "Birthday": ["13/06/1990", "05/06/1990"]})
    shop = sk.Dataset.from_frames(people, as_of="2026-06-30", day_first=True)
    assert asked(sk.has("Birthday", in_month=6), shop) == ({"a", "b"}, [])


def test_alternatives_of_several_kinds_do_not_nag():
    """Who asks for the text or the item says that it may be either; who asks for a number or nothing at all does not."""
    mixed = shop_of(Topic=["sale", ["sale"], ["other"], 3, None])
    either = sk.has("Topic", equals="sale") | sk.has("Topic", contains_item="sale")
    assert asked(either, mixed) == ({"p0", "p1"}, [])
    assert asked(sk.has("Topic", at_least=3) | sk.is_not_set("Topic"), mixed)[1] == [
        "3 of 4 values of 'Topic' can't be read as a number and can't pass any test: 'sale', \"['sale']\", \"['other']\"."
    ]


def test_people_are_masked_in_the_warning():
    """Addresses, numbers and what stands in a known column of people show their shape only."""
    shop = shop_of(Contact=["ann.lee@example.com", "(415) 555-0132", 5], first_name=["Ann", "Bea", "12"])
    found = asked(sk.has("Contact", at_least=1), shop)[1] + asked(sk.has("first_name", at_least=1), shop)[1]
    assert not any(word in " ".join(found) for word in ("lee", "0132", "Ann", "Bea"))
