"""Rewrites on named cases, read beside their results; that every rewrite keeps its members is a law and stands there."""

# ruff: noqa: SIM300  # expected == actual, throughout

from functools import reduce
from operator import and_, or_

import pytest

import segkit as sk
from segkit.definition.algebra import (
    atoms,
    condition_groups,
    either_kind,
    opposite,
    push_not_inwards,
    simplify,
    without_consent,
)
from segkit.definition.conditions import AllOf, AnyOf, Atom, Condition, Not
from segkit.definition.phrases import did_in_order
from segkit.errors import DefinitionError

A, B, C, D = (sk.is_set(name) for name in "abcd")
NOT_A = sk.is_not_set("a")
ADULT = sk.has("Age", at_least=18)
SMS = sk.can_receive("sms")
EVERYBODY, NOBODY = AllOf(()), AnyOf(())

SIMPLER: dict[str, tuple[Condition, Condition]] = {
    "an atom is as simple as can be": (A, A),
    "said twice": (A & B & A, A & B),
    "either of one": (A | A, A),
    "brackets round one": (AllOf((AnyOf((A,)),)), A),
    "everybody beside and": (A & EVERYBODY & B, A & B),
    "nobody beside or": (A | NOBODY, A),
    "nobody beside and": (A & NOBODY, NOBODY),
    "everybody beside or": (A | EVERYBODY, EVERYBODY),
    "a thing and its complement": (ADULT & ~ADULT & B, NOBODY),
    "a thing or its complement": (ADULT | ~ADULT, EVERYBODY),
    "and swallows the wider": (A & (A | B), A),
    "or swallows the narrower": (A | (A & B), A),
    "not not": (Not(Not(A)), A),
    "not everybody": (Not(EVERYBODY), NOBODY),
    "not nobody": (Not(NOBODY), EVERYBODY),
    "deep inside": ((A & (B | (C & NOBODY))) | (D & ~D), A & B),
    "what is already simple": ((A | B) & (C | D), (A | B) & (C | D)),
    "no conditions": (EVERYBODY, EVERYBODY),
}

OPPOSITES: dict[str, tuple[Atom, Condition]] = {
    "at least": (sk.did("X", at_least=3), sk.did("X", fewer_than=3)),
    "fewer than": (sk.did("X", fewer_than=3), sk.did("X", at_least=3)),
    "more than": (sk.spent(more_than=200), sk.spent(at_most=200)),
    "at most": (sk.spent(at_most=200), sk.spent(more_than=200)),
    "zero times": (sk.did_not("X", in_last_days=9), sk.did("X", not_equals=0, in_last_days=9)),
    "on a list": (sk.in_list("L"), sk.not_in_list("L")),
    "not on a list": (sk.not_in_list("L"), sk.in_list("L")),
    "set": (A, NOT_A),
    "not set": (NOT_A, A),
    "something": (sk.has("a", holds_something=True), sk.has("a", holds_something=False)),
    "nothing": (sk.has("a", holds_something=False), sk.has("a", holds_something=True)),
    "can receive SMS": (SMS, sk.cannot_receive("sms")),
    "cannot receive SMS": (sk.cannot_receive("sms"), SMS),
    "can receive email": (sk.can_receive("email"), sk.cannot_receive("email")),
    "cannot receive email": (sk.cannot_receive("email"), sk.can_receive("email")),
}  # type: ignore[dict-item]  # these phrases return atoms

WITHOUT_OPPOSITE: dict[str, Condition] = {
    "a property, since not everybody has one": ADULT,
    "a text": sk.has("city", equals="Boston"),
    "a truth": sk.has("Parent", equals=True),
    "a date": sk.has("Birthday", in_month=6),
    "a distance, since not everybody can be placed": sk.within(30, of="02110"),
    "a phone's country": sk.phone_country("US"),
    "a region": sk.in_region("european_union"),
    "since when somebody is on a list": sk.in_list("L", in_last_days=30),
    "since when somebody can receive": sk.can_receive("sms", since_in_last_days=30),
    "one way of not receiving": sk.cannot_receive("sms", subscription="unsubscribed"),
    "how somebody came to consent": sk.can_receive("sms", method="form"),
    "how anybody lost it": sk.cannot_receive("email", method="manual_remove"),
    "steps in order": did_in_order("Clicked SMS", "Placed Order"),
    "one way of receiving": sk.can_receive("email", subscription="subscribed"),
}


def test_atoms_come_from_left_to_right_and_as_often_as_they_are_said():
    """Whatever combines them, the atoms of a condition are in reading order."""
    assert [A, B, A, ADULT] == list(atoms((A | ~B) & Not(A & ADULT)))
    assert [] == list(atoms(EVERYBODY))


@pytest.mark.parametrize(("condition", "simple"), SIMPLER.values(), ids=SIMPLER)
def test_simplify_drops_what_says_nothing(condition: Condition, simple: Condition):
    """Doubled, swallowed and empty parts go, and nothing else does."""
    assert simple == simplify(condition)
    assert simple == simplify(simple)


@pytest.mark.parametrize(("atom", "turned"), OPPOSITES.values(), ids=OPPOSITES)
def test_atoms_true_exactly_where_another_is_not_turn_round(atom: Atom, turned: Condition):
    """Counts, sums, lists, whole consent, being set and holding something have an exact opposite, which turns back."""
    assert turned == opposite(atom)
    assert turned == push_not_inwards(~atom)


@pytest.mark.parametrize("condition", WITHOUT_OPPOSITE.values(), ids=WITHOUT_OPPOSITE)
def test_atoms_that_leave_some_out_both_ways_keep_their_not(condition: Condition):
    """Where an unset, unplaced or undated profile is in neither, no atom says the complement."""
    assert Not(condition) == push_not_inwards(~condition)


def test_not_is_pushed_to_the_atoms():
    """De Morgan all the way down, through doubled negations."""
    condition = ~((A & ADULT) | ~(B | ~C))

    assert (NOT_A | ~ADULT) & (B | sk.is_not_set("c")) == push_not_inwards(condition)


def test_the_engaged_segment_is_two_groups():
    """Klaviyo's own layout of SMS engaged comes out: consent, and either of two events."""
    subscribed = sk.did("Subscribed to SMS Marketing", in_last_days=30)
    clicked = sk.did("Clicked SMS", in_last_days=90)

    assert ((SMS,), (subscribed, clicked)) == condition_groups(sk.sms_engaged().condition)


def test_or_is_distributed_over_and():
    """An OR of ANDs becomes an AND of ORs, each pair once."""
    assert ((A, C), (A, D), (B, C), (B, D)) == condition_groups((A & B) | (C & D))


def test_nobody_and_everybody_as_groups():
    """Everybody needs no group; nobody is one group in which nothing can hold."""
    assert () == condition_groups(EVERYBODY)
    assert ((),) == condition_groups(NOBODY)


def test_groups_say_nothing_twice():
    """Repeated groups and repeated conditions within one are said once."""
    assert ((A, B),) == condition_groups((A | B | A) & (A | B))


def test_groups_beyond_the_limit_are_refused_before_they_are_built():
    """Two to the power of 40 groups are counted at once, and the error says how many and what to do."""
    pairs = [sk.is_set(f"a{number}") & sk.is_set(f"b{number}") for number in range(40)]

    with pytest.raises(DefinitionError, match="would take 43,980,465,111,040 conditions, but at most 100 are allowed"):
        condition_groups(reduce(or_, pairs))


def test_exactly_the_limit_is_allowed():
    """A hundred conditions pass, as in Klaviyo, and one more does not."""
    hundred = reduce(and_, [sk.is_set(str(number)) for number in range(100)])

    assert 100 == len(condition_groups(hundred))
    with pytest.raises(DefinitionError, match="101 conditions"):
        condition_groups(hundred & ADULT)


def test_the_two_readings_of_contains_are_recognised():
    """The pair that `contains` builds is one phrase, and no other pair is."""
    contains = sk.has("Interests", contains="sales")
    text, items = sk.has("Interests", contains_text="sales"), sk.has("Interests", contains_item="sales")

    assert (text, items) == either_kind(contains)
    assert either_kind(sk.has("Interests", not_contains="sales")) is not None
    assert either_kind(text | sk.has("Interests", contains_item="launches")) is None
    assert either_kind(text | sk.has("Wishes", contains_item="sales")) is None
    assert either_kind(text | sk.has("Interests", not_contains_item="sales")) is None
    assert either_kind(items | text) is None
    assert either_kind(contains | A) is None


def test_without_consent_is_the_rule_beside_it():
    """What a builder says beyond receiving SMS: one condition plain, several together, and everybody if there is nothing more."""
    assert A == without_consent(SMS & A)
    assert A & B == without_consent(SMS & A & sk.can_receive("sms", since_in_last_days=30) & B)
    assert A & sk.can_receive("email") == without_consent(SMS & A & sk.can_receive("email"))
    assert SMS & A == without_consent(SMS & A & sk.can_receive("email"), channel="email")
    assert EVERYBODY == without_consent(SMS)
    assert A == without_consent(A)
    assert (SMS | A) == without_consent(SMS | A)
