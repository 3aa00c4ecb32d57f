"""The edges of what conditions mean, each on the tiny shop of `conftest`, read slowly and through every door; laws stand apart."""

# ruff: noqa: SIM300  # expected == actual, throughout

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import doors
import pandas as pd
import pytest
from conftest import NOON, TICK, TINY_SHOP, days_ago
from reference import members as reference_members

import segkit as sk
from segkit.definition.conditions import AllOf, AnyOf, BooleanTest, ConsentCondition, DateTest, PropertyCondition
from segkit.definition.timeframes import InTheLast
from segkit.errors import DataError, DefinitionError, SegkitWarning

Who = Callable[..., set[str]]

EVERYBODY = {"ann", "bea", "cat", "dan", "eve", "fay", "gus", "hal"}


# Days, weeks and hours.


def test_in_the_last_days_begins_at_a_midnight(who: Who):
    """The whole farthest day is in: its midnight is, a microsecond before is not; now is in, a microsecond later is not."""
    assert {"ann", "cat"} == who(sk.did("Clicked SMS", in_last_days=30))


def test_at_least_days_ago_ends_before_that_midnight(who: Who):
    """At least 30 days ago is the exact complement of the last 30 days in the past."""
    assert {"bea", "fay", "gus"} == who(sk.did("Clicked SMS", at_least_days_ago=30))


def test_both_days_of_a_between_are_wholly_in(who: Who):
    """Between 91 and 150 days ago holds the last microsecond of the near day and the first of the far day, and no more."""
    assert {"fay"} == who(sk.did("Clicked SMS", equals=2, between_days_ago=(91, 150)))
    assert {"fay"} == who(sk.did("Clicked SMS", equals=3, between_days_ago=(91, 151)))
    assert {"fay"} == who(sk.did("Clicked SMS", equals=1, between_days_ago=(92, 150)))


def test_the_last_90_days_and_91_to_150_days_ago_meet_without_a_gap(who: Who):
    """Midnight 90 days ago belongs to the last 90 days, the microsecond before it to the days 91 to 150."""
    assert {"ann", "bea", "cat", "gus"} == who(sk.did("Clicked SMS", in_last_days=90))
    assert {"fay"} == who(sk.did("Clicked SMS", between_days_ago=(91, 150)))


def test_zero_to_something_days_ago_includes_today_up_to_now(who: Who):
    """Between 0 and 29 days ago takes in today, and nothing after `as_of`."""
    assert {"cat"} == who(sk.did("Clicked SMS", between_days_ago=(0, 29)))


def test_the_worked_example_of_klaviyos_page():
    """On 2023-06-17, the last 3 days begin on 06-14, at least 3 days ago ends there, 3 to 5 days ago is 06-12 to 06-14."""
    moments = {
        "a": "2023-06-11T23:59:59.999999", "b": "2023-06-12", "c": "2023-06-13T23:59:59.999999", "d": "2023-06-14",
        "e": "2023-06-14T23:59:59.999999", "f": "2023-06-15",
    }  # fmt: skip
    shop = sk.Dataset.from_frames(
        pd.DataFrame({"profile_id": list(moments)}),
        pd.DataFrame(
            [{"profile_id": one, "metric": "Clicked SMS", "datetime": f"{moment}"} for one, moment in moments.items()]
        ),
        as_of="2023-06-17",
    )

    assert ["d", "e", "f"] == ids(sk.did("Clicked SMS", in_last_days=3), shop)
    assert ["a", "b", "c"] == ids(sk.did("Clicked SMS", at_least_days_ago=3), shop)
    assert ["b", "c", "d", "e"] == ids(sk.did("Clicked SMS", between_days_ago=(3, 5)), shop)


def test_weeks_are_seven_days(who: Who):
    """A window of weeks is one of seven times as many days, midnights and all."""
    assert {"cat", "ann", "bea", "dan", "eve", "fay"} == who(sk.did("Placed Order", in_last_weeks=2))
    assert {"cat"} == who(sk.spent(equals=-50, in_last_weeks=1))
    assert {"fay"} == who(sk.did("Clicked SMS", equals=1, between_weeks_ago=(13, 20)))


def test_hours_count_back_from_now_and_not_from_midnight(who: Who):
    """Exactly 24 hours ago is in the last 24 hours, a microsecond more is at least 24 hours ago."""
    assert {"ann"} == who(sk.did("Received SMS", in_last_hours=24))
    assert {"hal"} == who(sk.did("Received SMS", at_least_hours_ago=24))
    assert {"ann"} == who(sk.did("Received SMS", between_hours_ago=(1, 24)))
    assert {"ann"} == who(sk.did("Received SMS", between_hours_ago=(24, 24)))
    assert {"cat"} == who(sk.did("Clicked SMS", between_hours_ago=(0, 1)))


def test_events_after_as_of_never_count(who: Who):
    """A click one microsecond after `as_of` is in no timeframe, not even over all time or after a day."""
    assert EVERYBODY - {"dan", "eve", "hal"} == who(sk.did("Clicked SMS"))
    assert {"cat"} == who(sk.did("Clicked SMS", after="2026-06-29"))
    assert {"cat"} == who(sk.did("Clicked SMS", between=("2026-06-30", "2026-07-01")))


def test_before_after_and_between_take_whole_days(who: Who):
    """Before a day ends at its midnight, after a day begins at the next one, and between two days holds both."""
    assert {"bea", "fay", "gus"} == who(sk.did("Clicked SMS", before="2026-05-31"))
    assert {"ann", "cat"} == who(sk.did("Clicked SMS", after=date(2026, 5, 30)))
    assert {"bea"} == who(sk.did("Clicked SMS", between=("2026-05-30", "2026-05-30")))
    assert {"ann", "bea"} == who(sk.did("Clicked SMS", between=("2026-05-30", "2026-05-31")))


def test_a_bare_date_as_of_means_the_close_of_that_day():
    """Seen from a bare date, everything of that day has happened, and nothing of the next."""
    closed = doors.by_frames(TINY_SHOP).with_as_of("2026-06-30")

    assert ["cat", "dan"] == ids(sk.did("Clicked SMS", in_last_hours=12), closed)
    assert closed.as_of == datetime(2026, 7, 1, tzinfo=UTC) - TICK


def test_left_out_as_of_is_the_newest_event():
    """A shop without a given moment is looked at from its newest event, which counts."""
    shop = sk.Dataset.from_frames(pd.DataFrame(TINY_SHOP.profiles), pd.DataFrame(TINY_SHOP.events))

    assert shop.as_of == NOON + TICK
    assert ["cat", "dan"] == ids(sk.did("Clicked SMS", in_last_days=1), shop)


# Counts and sums.


def test_no_event_counts_zero(who: Who):
    """Fewer than, at most, zero times and not equal take in those who never did it."""
    assert EVERYBODY - {"fay"} == who(sk.did("Clicked SMS", fewer_than=3))
    assert {"dan", "eve", "hal"} == who(sk.did_not("Clicked SMS"))
    assert EVERYBODY - {"ann", "bea", "cat", "gus"} == who(sk.did("Clicked SMS", not_equals=1))
    assert EVERYBODY == who(sk.did("Clicked SMS", at_least=0))


def test_no_event_sums_zero(who: Who):
    """Who never ordered spent 0, and so did who returned all and who ordered without a value."""
    assert {"cat", "eve", "gus", "hal"} == who(sk.spent(equals=0))
    assert {"cat", "eve"} == who(sk.spent(at_most=0) & sk.did("Placed Order"))


def test_sums_are_exact(who: Who):
    """0.1 and 0.2 make 0.3, and 19.99 and 0.01 make 20, which doubles do not."""
    assert {"ann"} == who(sk.spent(equals=0.3))
    assert {"bea"} == who(sk.spent(equals=20))
    assert {"ann", "bea"} == who(sk.spent(at_least=0.3, at_most=20))
    assert set() == who(sk.spent(more_than=0.3, fewer_than=20))


def test_three_decimals_are_kept(who: Who):
    """Twice 33.335 is 66.67 and not twice 33.34 or 33.33; a threshold finer than the data is met exactly too."""
    assert {"dan"} == who(sk.spent(equals=66.67))
    assert {"dan", "fay"} == who(sk.spent(more_than=66.6699))
    assert {"fay"} == who(sk.spent(more_than=66.67))


def test_more_than_leaves_the_threshold_out_and_at_least_takes_it_in(who: Who):
    """Exactly 200 is at least 200 and not more than 200."""
    assert {"fay"} == who(sk.spent(at_least=200, in_last_days=365))
    assert set() == who(sk.spent(more_than=200, in_last_days=365))


def test_sums_look_only_at_the_timeframe(who: Who):
    """A refund in the window and its order before it leave a negative sum."""
    assert {"cat"} == who(sk.spent(fewer_than=0, in_last_days=7))
    assert {"bea"} == who(sk.spent(equals=0.01, in_last_days=30))


def test_old_and_new_metric_names_are_one_metric(who: Who):
    """Consented to Receive SMS is Subscribed to SMS Marketing, and Unsubscribed from SMS ... Marketing, in data and in words."""
    assert {"cat", "gus"} == who(sk.did("Subscribed to SMS Marketing"))
    assert {"cat", "gus"} == who(sk.did("Consented to Receive SMS"))
    assert {"cat", "gus"} == who(sk.did("Unsubscribed from SMS"))


def test_where_holds_of_one_and_the_same_event(who: Who):
    """A web order of one item and a shop order of three are no web order of three."""
    assert {"bea"} == who(sk.did("Placed Order", where={"Source": "web", "Items": {"at_least": 3}}))
    assert {"ann", "bea"} == who(sk.did("Placed Order", where={"Items": {"at_least": 3}}))
    assert {"ann", "bea", "cat"} == who(sk.did("Placed Order", where={"Source": "web"}))


def test_where_narrows_what_is_counted_and_summed(who: Who):
    """Zero web orders is no order on the web, and only web orders add to a sum over the web."""
    assert EVERYBODY - {"ann", "bea", "cat"} == who(sk.did_not("Placed Order", where={"Source": "web"}))
    assert {"bea"} == who(sk.spent(equals=19.99, where={"Source": "web"}))
    assert {"fay"} == who(sk.spent(at_least=1, where={"Source": {"is_in": ["Web", "app"]}}))


def test_where_tests_lists_truths_and_whether_anything_is_set(who: Who):
    """An event lacks an item only if it carries the list, and is-not-set counts the events without the property."""
    assert {"ann"} == who(sk.did("Placed Order", where={"Collections": {"contains_item": "Sale"}}))
    assert {"ann", "cat"} == who(sk.did("Placed Order", where={"Collections": {"not_contains_item": "Shoes"}}))
    assert {"cat"} == who(sk.did("Placed Order", where={"Collections": {"length_equals": 0}}))
    assert {"bea"} == who(sk.did("Placed Order", where={"Gift": False}))
    assert {"bea", "dan"} == who(sk.did("Placed Order", where={"Source": {"is_set": False}}))


def test_where_asks_for_several_items_and_for_a_text_in_one(who: Who):
    """All of several items stand in one event's list, and whoever carries no list passes no negative."""
    assert {"ann"} == who(sk.did("Placed Order", where={"Collections": {"contains_any_of": ["Hats", "Caps"]}}))
    assert {"ann"} == who(sk.did("Placed Order", where={"Collections": {"contains_all_of": ["Shoes", "Sale"]}}))
    assert set() == who(sk.did("Placed Order", where={"Collections": {"contains_all_of": ["Shoes", "Hats"]}}))
    assert {"cat"} == who(
        sk.did("Placed Order", where={"Collections": {"not_contains_any_of": ["Hats", "Sale"]}})
        & sk.did_not("Placed Order", where={"Collections": {"contains_text_in_item": "a"}})
    )
    assert {"ann", "cat"} == who(
        sk.did("Placed Order", where={"Collections": {"not_contains_all_of": ["Hats", "Sale"]}})
    )


def test_where_asks_for_the_value_by_klaviyos_name(who: Who):
    """$value is what a sum adds up, one event at a time; an event without a value has none to compare."""
    assert {"fay"} == who(sk.did("Placed Order", where={"$value": {"more_than": 50}}))
    assert {"dan"} == who(sk.did("Placed Order", equals=2, where={"$value": 33.335}))
    assert {"cat"} == who(sk.spent(equals=-50, where={"$value": {"fewer_than": 0}}))
    assert {"eve"} == who(sk.did("Placed Order", where={"$value": {"is_set": False}}))


# Properties.


def test_a_property_that_is_not_set_matches_no_test(who: Who):
    """Negative tests leave out those of whom nothing is written; is-not-set is the only way in."""
    assert {"bea", "cat", "eve"} == who(sk.has("Gender", not_equals="female"))
    assert {"bea", "cat", "eve"} == who(sk.has("Gender", not_in=["female"]))
    assert {"bea", "eve"} == who(sk.has("Gender", not_contains_text="male") | sk.has("Gender", equals="Female"))
    assert {"bea", "cat", "eve"} == who(sk.has("Age", not_equals=18))
    assert {"bea"} == who(sk.has("Parent", equals=False))
    assert {"bea", "cat"} == who(sk.has("Interests", not_contains_item="sale alerts"))
    assert {"dan", "fay", "gus", "hal"} == who(sk.is_not_set("Gender"))
    assert {"ann", "bea"} == who(sk.is_set("Parent"))


def test_not_is_the_complement_among_all_profiles(who: Who):
    """Not at least 18 includes those of unknown age; fewer than 18 does not."""
    assert {"bea", "dan", "fay", "gus", "hal"} == who(~sk.has("Age", at_least=18))
    assert {"bea"} == who(sk.has("Age", fewer_than=18))


def test_all_of_nothing_is_everybody_and_any_of_nothing_nobody(who: Who):
    """Empty combinations are the units of AND and OR."""
    assert EVERYBODY == who(AllOf(()))
    assert set() == who(AnyOf(()))


def test_text_is_case_sensitive(who: Who):
    """Capitals matter in every comparison of texts."""
    assert {"ann"} == who(sk.has("city", equals="Boston"))
    assert {"bea"} == who(sk.has("city", starts_with="bo"))
    assert {"ann", "bea"} == who(sk.has("city", ends_with="oston"))
    assert {"ann"} == who(sk.has("Gender", contains_text="fem"))


def test_a_pattern_matches_the_whole_value(who: Who):
    """A pattern is true of all of a text or not at all, of every alternative, and heeds case unless told not to."""
    assert set() == who(sk.has("city", matches="osto"))
    assert {"ann", "bea"} == who(sk.has("city", matches="(?i)BOSTON"))
    assert {"ann", "cat"} == who(sk.has("city", matches="Bos|Berlin|Boston"))
    assert {"bea", "eve"} == who(sk.has("city", not_matches="B.*"))


def test_a_pattern_that_is_not_re2_is_refused(tiny_shop: sk.Dataset):
    """Look-around is no part of Klaviyo's patterns, so it is an error and not an empty segment."""
    with pytest.raises(DefinitionError, match="RE2"):
        ids(sk.has("city", matches="(?=B).*"), tiny_shop)


def test_words_that_spell_emptiness_are_text(who: Who):
    """NA is Namibia and Null a surname; only an empty cell is not set."""
    assert {"eve"} == who(sk.has("Gender", equals="NA"))
    assert {"eve"} == who(sk.has("city", equals="Null"))


def test_an_identifier_keeps_its_zeros(who: Who):
    """The text 007 is not the text 7."""
    assert {"bea"} == who(sk.has("Badge", equals="007"))
    assert {"cat"} == who(sk.has("Badge", equals="7"))
    assert {"bea"} == who(sk.has("zip", equals="02139"))


@pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
def test_a_list_contains_whole_items(who: Who):
    """An item is held whole or not at all, whatever texts it is part of; an empty list is set and lacks everything."""
    assert {"ann"} == who(sk.has("Interests", contains="product launches"))
    assert {"bea"} == who(sk.has("Interests", contains_item="launches"))
    assert set() == who(sk.has("Interests", contains="launch"))
    assert {"cat"} == who(sk.has("Interests", length_equals=0))
    assert {"ann"} == who(sk.has("Interests", length_at_least=2))
    assert {"ann", "bea", "cat"} == who(sk.is_set("Interests"))


def test_a_list_contains_any_or_all_of_several_items(who: Who):
    """Each negative is the opposite among those who have a list; who has none is on neither side."""
    both, one = ["product launches", "sale alerts"], ["launches", "sale alerts"]
    assert {"ann"} == who(sk.has("Interests", contains_all_of=both))
    assert {"bea", "cat"} == who(sk.has("Interests", not_contains_all_of=both))
    assert {"ann", "bea"} == who(sk.has("Interests", contains_any_of=one))
    assert {"cat"} == who(sk.has("Interests", not_contains_any_of=one))
    assert set() == who(sk.has("Interests", contains_all_of=one))
    assert {"ann", "bea", "cat"} == who(sk.has("Interests", not_contains_all_of=one))


def test_a_text_is_looked_for_within_each_item(who: Who):
    """Part of an item is enough, case and all, and it is not put together from several."""
    assert {"ann", "bea"} == who(sk.has("Interests", contains_text_in_item="launch"))
    assert {"cat"} == who(sk.has("Interests", not_contains_text_in_item="launch"))
    assert set() == who(sk.has("Interests", contains_text_in_item="Launch"))
    assert set() == who(sk.has("Interests", contains_text_in_item="launches, sale"))


def test_contains_finds_a_part_of_a_text_as_well(who: Who):
    """`contains` asks for part of a text or a whole item of a list, whichever the property is."""
    assert {"ann", "bea"} == who(sk.has("city", contains="oston"))
    assert {"cat", "eve"} == who(sk.has("city", not_contains="oston"))


def test_numbers_compare_as_the_decimals_they_print_as(who: Who):
    """A predicted value of 10.0 is at most 10, one of 10.01 is not, and 0 is a number that is set."""
    assert {"ann", "cat"} == who(sk.has("predicted_clv", at_most=10))
    assert {"bea"} == who(sk.has("predicted_clv", equals=10.01))
    assert {"cat"} == who(sk.has("Age", more_than=18, fewer_than=19))


def test_a_property_of_another_kind_matches_nobody_and_is_reported(tiny_shop: sk.Dataset):
    """Asking a column of texts for a number answers nobody, and warns."""
    with pytest.warns(SegkitWarning, match="Gender"):
        assert [] == ids(sk.has("Gender", at_least=18), tiny_shop)
    with pytest.warns(SegkitWarning, match="Age"):
        assert [] == ids(sk.has("Age", equals="18"), tiny_shop)


@pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
@pytest.mark.parametrize(
    ("cell", "is_in", "is_out"),
    [
        ("18", sk.has("x", equals=18), sk.has("x", equals=True)),
        ("18", sk.has("x", equals="18"), sk.has("x", equals="18.0")),
        ("1.8e1", sk.has("x", equals=18), sk.has("x", equals="18")),
        (" 18", sk.has("x", equals=" 18"), sk.has("x", at_least=0)),
        ("1,800", sk.has("x", starts_with="1"), sk.has("x", at_least=0)),
        ("nan", sk.has("x", equals="nan"), sk.has("x", not_equals=0)),
        ("1", sk.has("x", equals=1), sk.has("x", equals=True)),
        ("TRUE", sk.has("x", equals=True), sk.has("x", equals="true")),
        ("yes", sk.has("x", equals="yes"), sk.has("x", equals=True) | sk.has("x", equals=False)),
        ("2024-02-29", sk.has("x", equals=date(2024, 2, 29)), sk.has("x", in_month=3)),
        ("2023-02-29", sk.has("x", equals="2023-02-29"), sk.has("x", before="2200-01-01")),
        ("29/02/2024", sk.has("x", ends_with="2024"), sk.has("x", before="2200-01-01")),
        ("2024-02-291", sk.is_set("x"), sk.has("x", before="2200-01-01")),
        ("2024-03-01T00:30:00+01:00", sk.has("x", equals=date(2024, 2, 29)), sk.has("x", in_month=3)),
        ('["a", 1]', sk.has("x", contains_item=1), sk.has("x", contains_item="1")),
        ('["a", 1]', sk.has("x", contains="a"), sk.has("x", contains_text="a")),
        ("[true]", sk.has("x", length_equals=1), sk.has("x", contains_item=1)),
        ('["a"', sk.has("x", contains="a"), sk.has("x", contains_item="a")),
        ("", sk.is_not_set("x"), sk.has("x", not_equals="a")),
        (" ", sk.is_set("x"), sk.is_not_set("x")),
    ],
)
def test_a_csv_cell_is_read_as_the_kind_that_is_asked_for(tmp_path: Any, cell: str, is_in: Any, is_out: Any):
    """A cell passes tests of the kinds that it reads as, and none of another, negatives included."""
    shop = doors.PlainShop([{"profile_id": "ann", "x": cell}], [], NOON, is_text=True)
    dataset = doors.by_csv(shop, tmp_path)

    assert ({"ann"}, set()) == (reference_members(is_in, shop), reference_members(is_out, shop))
    assert (["ann"], []) == (ids(is_in, dataset), ids(is_out, dataset))


@pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
@pytest.mark.parametrize(
    ("cells", "condition", "expected"),
    [
        ([date(2024, 2, 1), 18], sk.has("x", equals=18), ["p1"]),
        ([date(2024, 2, 1), 18], sk.is_set("x") & ~sk.has("x", in_month=1), ["p0", "p1"]),
        ([date(2026, 6, 29), datetime(2026, 6, 30, 11, tzinfo=UTC)], sk.has("x", in_last_hours=2), ["p1"]),
        ([18.5, True], sk.has("x", equals=1), []),
        ([18.5, True], sk.has("x", equals=True), ["p1"]),
        ([True, 1], sk.has("x", equals=1), ["p1"]),
        (["1", 1], sk.has("x", equals=1), ["p0", "p1"]),
        (["true", "yes"], sk.has("x", equals=True), ["p0"]),
        (['["a"]', ["a"]], sk.has("x", contains_item="a"), ["p0", "p1"]),
        (["1", 1], sk.has("x", equals="1"), ["p0"]),
        (["", None], sk.is_set("x"), []),
        ([float("nan"), "a"], sk.is_not_set("x"), ["p0"]),
        ([pd.NaT, date(2024, 2, 1)], sk.is_not_set("x"), ["p0"]),
        ([["a"], "a"], sk.has("x", contains_item="a"), ["p0"]),
        ([["a"], "a"], sk.has("x", contains="a"), ["p0", "p1"]),
        ([[1], [True]], sk.has("x", contains_item=1), ["p0"]),
        ([[1, "a"], [True, "a"]], sk.has("x", contains_all_of=[1, "a"]), ["p0"]),
        ([[18], ["18"]], sk.has("x", contains_text_in_item="1"), ["p1"]),
        ([[18], "18"], sk.has("x", not_contains_text_in_item="1"), ["p0"]),
        (["2026-06-29", "soon"], sk.has("x", in_last_days=1), ["p0"]),
    ],
)
def test_a_typed_cell_is_only_what_it_is(cells: list[Any], condition: Any, expected: list[str]):
    """Values of several kinds in one column each keep their own, but for text, which is what it spells; empty text is not set."""
    shop = sk.Dataset.from_frames(
        pd.DataFrame({"profile_id": ["p0", "p1"], "x": pd.Series(cells, dtype=object)}), as_of=NOON
    )

    assert expected == ids(condition, shop)


# Dates that profiles carry.


def test_dates_to_come_begin_after_now(who: Who):
    """The next days hold what lies after this moment, up to the close of the farthest day."""
    assert {"hal"} == who(sk.can_receive("sms", since_between_days_ago=(0, 0)))
    soon = PropertyCondition("Birthday", DateTest(InTheLast(30)))

    assert set() == who(soon)
    assert {"dan"} == who(sk.has("Birthday", in_next_days=7), datetime(1999, 6, 30, tzinfo=UTC))
    assert set() == who(sk.has("Birthday", in_next_days=6), datetime(1999, 6, 30, 23, tzinfo=UTC))
    assert set() == who(sk.has("Birthday", in_next_days=1), datetime(1999, 7, 7, tzinfo=UTC))
    assert {"dan"} == who(sk.has("Birthday", in_next_hours=1), datetime(1999, 7, 6, 23, tzinfo=UTC))
    assert {"dan"} == who(sk.has("Birthday", in_last_days=7), datetime(1999, 7, 14, 23, tzinfo=UTC))


def test_anniversaries_forget_the_year(who: Who):
    """Today is today's month and day; the next days begin tomorrow; the last days end today."""
    assert {"bea"} == who(sk.has("Birthday", anniversary_today=True))
    assert {"cat"} == who(sk.has("Birthday", anniversary_in_next_days=6))
    assert {"cat", "dan"} == who(sk.has("Birthday", anniversary_in_next_days=7))
    assert {"bea", "eve"} == who(sk.has("Birthday", anniversary_in_last_days=7))
    assert {"bea"} == who(sk.has("Birthday", anniversary_in_last_days=6))


def test_anniversaries_of_a_month(who: Who):
    """This month is the calendar month of `as_of`, whatever the day and year."""
    assert {"bea", "eve"} == who(sk.has("Birthday", anniversary_this_month=True))
    assert {"ann"} == who(sk.has("Birthday", in_month=2))
    assert {"gus"} == who(sk.has("Birthday", in_month=12))


def test_anniversaries_cross_the_year(who: Who):
    """The 31st of December is in the last days of the 2nd of January and in the next of the 30th of December."""
    assert {"gus"} == who(sk.has("Birthday", anniversary_in_last_days=2), datetime(2026, 1, 2, tzinfo=UTC))
    assert {"gus"} == who(sk.has("Birthday", anniversary_in_next_days=1), datetime(2025, 12, 30, 23, tzinfo=UTC))


def test_the_29th_of_february_comes_in_leap_years(who: Who):
    """A leap day matches windows of days only where they hold a real 29th of February, and its month every year."""
    assert {"ann"} == who(sk.has("Birthday", anniversary_today=True), datetime(2024, 2, 29, tzinfo=UTC))
    assert {"ann"} == who(sk.has("Birthday", anniversary_in_next_days=1), datetime(2024, 2, 28, tzinfo=UTC))
    assert {"ann"} == who(sk.has("Birthday", anniversary_in_last_days=1), datetime(2024, 3, 1, tzinfo=UTC))
    assert set() == who(sk.has("Birthday", anniversary_in_next_days=2), datetime(2023, 2, 27, 12, tzinfo=UTC))
    assert set() == who(sk.has("Birthday", anniversary_in_last_days=1), datetime(2023, 3, 1, tzinfo=UTC))
    assert {"ann"} == who(sk.has("Birthday", anniversary_this_month=True), datetime(2023, 2, 1, tzinfo=UTC))


# Consent.


def test_can_receive_sms_is_subscribed(who: Who):
    """Only the word subscribed lets a profile receive texts; whether the number can be dialled is asked elsewhere."""
    assert {"ann", "bea", "fay", "hal"} == who(sk.can_receive("sms"))
    assert {"cat", "dan", "eve", "gus"} == who(sk.cannot_receive("sms"))
    assert {"cat", "gus"} == who(sk.cannot_receive("sms", subscription="unsubscribed"))


def test_a_profile_without_a_consent_word_never_subscribed(who: Who):
    """An empty consent is never subscribed, as is the word itself."""
    assert {"dan", "eve"} == who(sk.cannot_receive("sms", subscription="never_subscribed"))


def test_can_receive_email_includes_those_who_never_subscribed(who: Who):
    """An address that is neither suppressed nor unsubscribed can receive email, as in Klaviyo."""
    assert {"ann", "dan", "fay", "gus"} == who(sk.can_receive("email"))
    assert {"ann", "gus"} == who(sk.can_receive("email", subscription="subscribed"))
    assert {"dan", "fay"} == who(sk.can_receive("email", subscription="never_subscribed"))


def test_cannot_receive_email_is_the_complement(who: Who):
    """Without an address, suppressed though subscribed, or unsubscribed: none can receive email."""
    assert {"bea", "cat", "eve", "hal"} == who(sk.cannot_receive("email"))
    assert {"bea"} == who(sk.cannot_receive("email", subscription="subscribed"))
    assert {"cat", "hal"} == who(sk.cannot_receive("email", subscription="never_subscribed"))


def test_a_status_date_snaps_to_midnights_too(who: Who):
    """Subscribed at least 30 days ago leaves out who subscribed at that midnight, and who has no date at all."""
    assert {"bea"} == who(sk.can_receive("sms", since_at_least_days_ago=30))
    assert {"ann", "hal"} == who(sk.can_receive("sms", since_in_last_days=30))
    assert {"cat", "gus"} == who(sk.cannot_receive("sms", since_in_last_days=30))


CONSENTS = [
    {"profile_id": "form", "sms_consent": "subscribed", "sms_consent_method": "form", "sms_rcs_capable": True},
    {"profile_id": "shouted", "sms_consent": "subscribed", "sms_consent_method": "FORM"},
    {"profile_id": "unknown", "sms_consent": "subscribed"},
    {"profile_id": "left", "sms_consent": "unsubscribed", "sms_consent_method": "form"},
    {
        "profile_id": "bounced",
        "email": "a@example.com",
        "email_suppressed": True,
        "email_bounced_timestamp": days_ago(3),
    },
    {"profile_id": "twice", "email": "b@example.com", "email_consent": "subscribed", "email_double_opt_in": True},
]


@pytest.fixture(scope="module")
def consents() -> sk.Dataset:
    """Return profiles that say how they came to their consent, or lost it."""
    return sk.Dataset.from_frames(pd.DataFrame(CONSENTS), as_of=NOON)


def test_a_method_narrows_consent_and_never_widens_it(consents: sk.Dataset):
    """By form are those that can receive and came by a form; who can't and came by one is on the other side."""
    assert ["form"] == ids(sk.can_receive("sms", method="form"), consents)
    assert ["left"] == ids(sk.cannot_receive("sms", method="form"), consents)


def test_a_method_that_is_not_written_matches_nothing(consents: sk.Dataset):
    """Who came no one knows how is in neither, so the complement is not the opposite of the consent."""
    assert {"shouted", "unknown", "left", "bounced", "twice"} == set(
        ids(~sk.can_receive("sms", method="form"), consents)
    )


def test_other_columns_of_consent_narrow_it_too(consents: sk.Dataset):
    """A truth, a date, and several tests that must all hold."""
    capable = PropertyCondition("sms_rcs_capable", BooleanTest(value=True))
    bounced = PropertyCondition("email_bounced_timestamp", DateTest(InTheLast(3)))
    confirmed = PropertyCondition("email_double_opt_in", BooleanTest(value=True))

    assert ["form"] == ids(ConsentCondition("sms", True, "subscribed", where=(capable,)), consents)
    assert ["bounced"] == ids(ConsentCondition("email", False, where=(bounced,)), consents)
    assert ["twice"] == ids(ConsentCondition("email", True, "subscribed", where=(confirmed,)), consents)
    assert [] == ids(ConsentCondition("email", False, where=(bounced, confirmed)), consents)


def test_a_method_reads_the_same_from_klaviyos_pages(tmp_path: Path):
    """A profile's "PREFERENCE_PAGE" is the "preference_page" of a segment's definition."""
    marketing = {"consent": "SUBSCRIBED", "consent_timestamp": "2026-06-01T00:00:00+00:00", "method": "PREFERENCE_PAGE"}
    profile = {"type": "profile", "id": "ann", "attributes": {"subscriptions": {"sms": {"marketing": marketing}}}}
    (tmp_path / "profiles-1.json").write_text(json.dumps({"data": [profile]}), encoding="utf-8")
    shop = sk.load(tmp_path, as_of="2026-06-30")

    assert ["ann"] == ids(sk.can_receive("sms", method="preference_page"), shop)
    with pytest.warns(
        SegkitWarning, match=r"Nobody has sms_consent_method 'form'. The values in the data are 'preference_page' \(1\)"
    ):
        assert [] == ids(sk.can_receive("sms", method="form"), shop)


def test_a_method_is_asked_of_a_column_that_the_data_must_have(tiny_shop: sk.Dataset):
    """Nobody is silently left out for want of a column."""
    with pytest.raises(DataError, match="'sms_consent_method'"):
        ids(sk.can_receive("sms", method="form"), tiny_shop)


# Lists.


def test_a_list_counts_who_joined_by_now(who: Who):
    """Who joined after `as_of` is not on the list yet; who joined at an unknown time is."""
    assert {"ann", "bea", "cat"} == who(sk.in_list("VIP upload"))
    assert EVERYBODY - {"ann", "bea", "cat"} == who(sk.not_in_list("VIP upload"))
    assert {"dan"} == who(sk.in_list("Newsletter"))


def test_joining_in_a_timeframe_needs_a_date(who: Who):
    """Timeframes of joining have the edges of events, and an unknown time is in none."""
    assert {"ann"} == who(sk.in_list("VIP upload", in_last_days=30))
    assert {"bea"} == who(sk.in_list("VIP upload", at_least_days_ago=30))
    assert {"ann"} == who(sk.in_list("VIP upload", after="2026-05-30"))


# Places and phones.


def test_distance_is_from_the_own_point_or_else_the_postal_code(who: Who):
    """A profile is where its own point is, else where its postal code of its country is; 0, 0 is no point."""
    assert {"ann", "bea"} == who(sk.within(30, "miles", of="02110"))
    assert {"cat"} == who(sk.within(10, "kilometers", of=(52.52, 13.4)))
    assert {"eve"} == who(sk.within(10, of=(40.75, -73.99)))
    assert {"fay"} == who(sk.within(5, of="SW1W", country="GB"))


def test_miles_and_kilometers_are_told_apart(who: Who):
    """The two postal codes of Boston and New York are 303.4 kilometers apart, which are 188.5 miles."""
    assert {"ann", "bea", "eve"} == who(sk.within(189, "miles", of="02110"))
    assert {"ann", "bea"} == who(sk.within(188, "miles", of="02110"))
    assert {"ann", "bea", "eve"} == who(sk.within(304, "kilometers", of="02110"))
    assert {"ann", "bea"} == who(sk.within(303, "kilometers", of="02110"))


def test_who_cannot_be_placed_is_on_neither_side(who: Who):
    """A postal code without a country, at 0, 0 in the source, or missing is neither within nor beyond."""
    assert {"cat", "eve", "fay"} == who(sk.beyond(30, "miles", of="02110"))
    assert EVERYBODY - {"dan", "gus", "hal"} == who(sk.within(21_000, "kilometers", of=(0, 0)))


def test_nearer_and_farther_leave_the_distance_itself_out(who: Who):
    """Of a point itself, a profile is nearer than any distance and never farther than nothing."""
    assert {"cat"} == who(sk.within(0.001, of=(52.52, 13.4)))
    assert {"ann", "bea", "eve", "fay"} == who(sk.beyond(0.001, of=(52.52, 13.4)))


@pytest.mark.filterwarnings("ignore::segkit.errors.SegkitWarning")
def test_the_phone_number_tells_its_country(who: Who):
    """+1 is told apart into the US, Canada and Puerto Rico, whatever country the address says; invalid is nowhere."""
    assert {"ann", "hal"} == who(sk.phone_country("US"))
    assert {"bea"} == who(sk.phone_country("CA"))
    assert {"eve"} == who(sk.phone_country("PR"))
    assert {"bea", "cat", "eve"} == who(sk.not_phone_country("US"))
    assert set() == who(sk.phone_country("GB"))


def test_a_region_is_read_from_the_country_by_any_usual_name(who: Who):
    """United States, US, USA and us are one; the United Kingdom is outside the Union; Atlantis is on neither side."""
    assert {"ann", "bea", "dan", "eve"} == who(sk.in_region("united_states"))
    assert {"cat", "fay"} == who(sk.not_in_region("united_states"))
    assert {"cat"} == who(sk.in_region("european_union"))
    assert {"ann", "bea", "dan", "eve", "fay"} == who(sk.not_in_region("european_union"))


# The table, and what is refused.


def test_the_table_has_a_row_for_every_profile_and_a_column_for_every_segment(tiny_shop: sk.Dataset):
    """Rows are the profiles in their order, columns the segments in theirs, cells True or False; empty segments stay."""
    table = sk.membership([sk.Segment("b", sk.did("Clicked SMS")), sk.Segment("a", AnyOf(()))], tiny_shop)

    assert ["ann", "bea", "cat", "dan", "eve", "fay", "gus", "hal"] == list(table.index)
    assert "profile_id" == table.index.name
    assert ["b", "a"] == list(table.columns)
    assert ["bool", "bool"] == [str(kind) for kind in table.dtypes]
    assert 0 == table["a"].sum()


def test_two_segments_of_one_name_are_refused(tiny_shop: sk.Dataset):
    """A table with one name twice could not be read."""
    with pytest.raises(DefinitionError, match="both named 'a'"):
        sk.membership([sk.Segment("a", AllOf(())), sk.Segment("a", AnyOf(()))], tiny_shop)


def test_a_condition_is_no_segment(tiny_shop: sk.Dataset):
    """A column needs a name, so a bare condition is refused with the way out."""
    with pytest.raises(DefinitionError, match="name"):
        sk.membership([sk.did("Clicked SMS")], tiny_shop)


@pytest.mark.parametrize(
    ("condition", "near"),
    [
        (sk.did("Clikced SMS"), "Clicked SMS"),
        (sk.did("Placed orders"), "Placed Order"),
        (sk.has("gender", equals="female"), "Gender"),
        (sk.in_list("VIP Upload"), "VIP upload"),
        (sk.did("Placed Order", where={"Soruce": "web"}), "Source"),
    ],
)
def test_a_name_that_the_data_lacks_is_an_error_with_near_spellings(tiny_shop: sk.Dataset, condition: Any, near: str):
    """A slip of the pen is no empty segment."""
    with pytest.raises(DataError, match=f"Did you mean .*{near}"):
        ids(condition, tiny_shop)


def test_a_standard_metric_without_events_happened_zero_times(tiny_shop: sk.Dataset):
    """Opened Email is a metric of every account, so nobody opened one, with a warning."""
    with pytest.warns(SegkitWarning, match="Opened Email"):
        assert sorted(EVERYBODY) == ids(sk.did_not("Opened Email"), tiny_shop)


def test_a_shop_without_events_counts_zero():
    """Profiles alone can be asked what they did: nothing."""
    shop = sk.Dataset.from_frames(pd.DataFrame({"profile_id": ["ann"]}), as_of=NOON)

    with pytest.warns(SegkitWarning):
        assert ["ann"] == ids(sk.did_not("Clicked SMS"), shop)
    with pytest.warns(SegkitWarning):
        assert [] == ids(sk.spent(more_than=0), shop)


def test_the_rows_of_members(tiny_shop: sk.Dataset):
    """`members` hands out the profiles that are in, with their properties, in their order."""
    rows = sk.members(sk.Segment("clicked", sk.did("Clicked SMS", in_last_days=30)), tiny_shop)

    assert ["ann", "cat"] == list(rows.index)
    assert ["female", "male"] == list(rows["Gender"])


def test_the_tiny_shop_holds_its_edges():
    """The events that the edges are tested by lie exactly there."""
    clicks = {event["datetime"] for event in TINY_SHOP.events if event["metric"] == "Clicked SMS"}

    assert {NOON, NOON + TICK, days_ago(30), days_ago(30) - TICK, days_ago(90), days_ago(90) - TICK} <= clicks


def ids(condition: Any, shop: sk.Dataset) -> list[str]:
    """Return the ids of a condition's members, sorted."""
    column = sk.membership(sk.Segment("asked", condition), shop)["asked"]
    return sorted(column.index[column])
