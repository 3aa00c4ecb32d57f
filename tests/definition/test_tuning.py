"""Tuning: every number, date and choice of any tree is found, has a sentence, and is replaced where it stands and nowhere else."""

from datetime import date

import pytest
from hypothesis import given
from strategies import trees

import segkit as sk
from segkit.definition.conditions import Condition
from segkit.definition.parameters import parameters
from segkit.definition.tunable import tunables
from segkit.definition.tuning import builder_of, moved_by, value_at, with_value

EVERY_KIND = {
    "a count": (sk.did("Clicked SMS", at_least=3), "Clicked SMS at least 3 times"),
    "a window": (sk.did("Clicked SMS", in_last_weeks=12), "Clicked SMS in the last 12 weeks"),
    "an absence": (sk.did_not("Clicked SMS", in_last_days=12), "No Clicked SMS in the last 12 days"),
    "a sum": (sk.spent("Placed Order", more_than=500), "Spent more than 500 in orders"),
    "days": (sk.did_on_days("Clicked SMS", at_least=4), "Clicked SMS on at least 4 days"),
    "a date": (sk.did("Clicked SMS", after="2026-01-31"), "Clicked SMS after 2026-01-31"),
    "a number": (sk.has("Age", at_least=18), "Age is at least 18"),
    "a text": (sk.has("Town", equals="Boston"), "Town is Boston"),
    "a truth": (sk.has("Parent", equals=True), "Parent is True"),
    "an item or a text": (sk.has("Town", contains="Bo"), "Town contains Bo"),
    "several": (sk.has("Town", is_in=["Bo", "NA"]), "Town is one of ('Bo', 'NA')"),
    "a birthday": (sk.has("Birthday", in_month=6), "Birthday in 6 of any year"),
    "an event's own": (
        sk.did("Placed Order", where={"$value": {"more_than": 50}}),
        "Placed Order with $value is more than 50",
    ),
    "the opposite": (~sk.has("Age", at_least=18), "Not: Age is at least 18"),
    "a region": (sk.in_region("european_union"), "Live in european_union"),
    "a consent": (sk.can_receive("sms", since_at_least_days_ago=30), "SMS consent dated at least 30 days ago"),
    "a list": (sk.in_list("News", in_last_days=9), "Joined the list “News” in the last 9 days"),
}


@pytest.mark.parametrize("name", EVERY_KIND)
def test_each_kind_has_its_sentence(name: str):
    """The words around the value say what it is, for each kind of condition."""
    condition, sentence = EVERY_KIND[name]
    (one,) = tunables(condition)

    assert f"{one.before} {one.value} {one.after}".strip() == sentence


@given(condition=trees())
def test_a_tree_is_the_same_with_the_values_that_it_has(condition: Condition):
    """Every place holds the value that it says, and putting it back changes nothing."""
    for one in tunables(condition):
        assert value_at(condition, one.path) == one.value
        assert all(value_at(condition, path) == one.value for path in one.also)
        assert with_value(condition, one, one.value) == condition
    segment = sk.Segment("Any", condition)
    assert builder_of(segment)() == segment


@given(condition=trees())
def test_one_value_moves_and_no_other(condition: Condition):
    """With another value at one place, all other places hold what they held, and are still found."""
    for one in tunables(condition):
        if isinstance(one.value, int) and not isinstance(one.value, bool) and one.choices is None:
            moved = with_value(condition, one, one.value + 7)
            places = {other.path: other.value for other in tunables(moved)}
            for other in tunables(condition):
                assert places[other.path] == (one.value + 7 if other.path == one.path else other.value)


@given(condition=trees())
def test_names_of_parameters_are_different_and_python_s_own(condition: Condition):
    """Each place has a name of its own that can be written as a keyword argument."""
    names = [one.name for one in parameters(builder_of(sk.Segment("Any", condition)))]

    assert len(set(names)) == len(names) == len(tunables(condition))
    assert all(name.isidentifier() for name in names)


def test_words_are_no_numbers():
    """At least once and zero times are said in words, so that they have no slider."""
    said = sk.did("Clicked SMS") & sk.did_not("Placed Order") & sk.can_receive("sms") & sk.is_set("Age")

    assert tunables(said) == ()


def test_a_window_that_ends_before_it_begins_is_refused():
    """As in a phrase, the nearest day of a window can't be beyond its farthest."""
    made = builder_of(sk.Segment("Between", sk.did("Clicked SMS", between_days_ago=(10, 60))))
    assert made(clicked_sms_from_days_ago=60).condition == sk.did("Clicked SMS", between_days_ago=(60, 60))

    with pytest.raises(sk.DefinitionError, match="between_days_ago"):
        made(clicked_sms_from_days_ago=61)
    dated = builder_of(sk.Segment("Between", sk.did("Clicked SMS", between=("2026-01-01", "2026-02-01"))))
    with pytest.raises(sk.DefinitionError, match="between"):
        dated(clicked_sms_to=date(2025, 1, 1))


def test_a_builder_s_parameter_is_found_in_its_segment():
    """A threshold, a window in two conditions, a choice of conditions, the name of a property, and what is not used are told apart."""
    vip = {"approach": "blended", "spent": 200, "orders": 3, "days": 365}
    moves = {one.name: moved_by(sk.sms_vip, one, vip) for one in parameters(sk.sms_vip)}
    assert [place.value for place in moves["days"].places] == [365, 365]
    assert (moves["approach"].is_used, moves["approach"].places) == (True, ())
    assert not moved_by(sk.sms_vip, parameters(sk.sms_vip)[1], {**vip, "approach": "frequent"}).is_used

    gender = {"gender": "female", "approach": "stated", "property": "Gender"}
    assert moved_by(sk.sms_gender, parameters(sk.sms_gender)[2], gender).is_property
