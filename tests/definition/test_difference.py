"""What two segments say differently, in words: only what changes who is in, each change told once and in its place."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import trees

import segkit as sk
from segkit.definition.conditions import AllOf, AnyOf, Condition, Not
from segkit.definition.difference import diff

BASE = sk.can_receive("sms") & sk.did("Clicked SMS", in_last_days=90) & sk.has("City", equals="Boston")


def told(before: Condition, after: Condition) -> list[str]:
    """Return what the difference of two conditions prints, without its head."""
    return [line.strip() for line in str(diff(sk.Segment("It", before), sk.Segment("It", after))).splitlines()[1:]]


@pytest.mark.parametrize(("before", "after", "expected"), [
    (
        sk.did("Clicked SMS", in_last_days=90), sk.did("Clicked SMS", in_last_days=60),
        ["changed: did Clicked SMS at least once: in the last 90 days → in the last 60 days"],
    ),
    (
        sk.did("Clicked SMS", in_last_days=90), sk.did("Clicked SMS", at_least=2, in_last_days=90),
        ["changed: did Clicked SMS in the last 90 days: at least once → at least 2 times"],
    ),
    (
        sk.spent(more_than=200, in_last_days=365), sk.spent(more_than=300, in_last_days=365),
        ["changed: spent in orders in the last 365 days: more than 200 → more than 300"],
    ),
    (
        sk.did_not("Clicked SMS", in_last_days=90), sk.did("Clicked SMS", in_last_days=90),
        ["changed: did Clicked SMS in the last 90 days: zero times → at least once"],
    ),
    (
        sk.did("Placed Order", where={"Source": "web"}), sk.did("Placed Order", where={"Source": "app"}),
        ["changed: did Placed Order at least once over all time: where Source is “web” → where Source is “app”"],
    ),
    (
        sk.did("Placed Order"), sk.did("Placed Order", where={"Source": "web"}),
        [(
            "changed: did Placed Order at least once over all time → "
            "did Placed Order at least once over all time, where Source is “web”"
        )],
    ),
    (
        sk.has("Age", at_least=18), sk.has("Age", at_least=21),
        ["changed: have Age: that is at least 18 → that is at least 21"],
    ),
    (
        sk.within(30, "miles", of="02110"), sk.within(50, "miles", of="02110"),
        [(
            "changed: live less than 30 miles from postal code 02110, US → "
            "live less than 50 miles from postal code 02110, US"
        )],
    ),
    (
        sk.can_receive("sms"), sk.can_receive("sms", since_at_least_days_ago=30),
        [(
            "changed: can receive SMS marketing (subscribed) → "
            "can receive SMS marketing (subscribed), a status dated at least 30 days ago"
        )],
    ),
    (
        ~sk.has("Age", at_least=18), ~sk.has("Age", at_least=21),
        ["changed: not (have Age that is at least 18) → not (have Age that is at least 21)"],
    ),
    (BASE, BASE & sk.is_set("zip"), ["added: have zip that is set"]),
    (BASE & sk.is_set("zip"), BASE, ["removed: have zip that is set"]),
    (
        sk.did("Clicked SMS"), sk.did("Clicked Email"),
        ["removed: did Clicked SMS at least once over all time", "added: did Clicked Email at least once over all time"],
    ),
    (
        sk.is_set("a") | sk.is_set("b"), sk.is_set("a") & sk.is_set("b"),
        ["removed: have a that is set or have b that is set", "added: have a that is set", "added: have b that is set"],
    ),
    (AllOf(()), sk.is_set("a"), ["added: have a that is set"]),
    (sk.is_set("a"), AnyOf(()), ["removed: have a that is set", "added: are nobody (no condition can be true)"]),
])  # fmt: skip
def test_each_change_is_said_in_words(before, after, expected):
    """What stays is said once, then what was and what is; new and gone conditions are said whole."""
    assert told(before, after) == expected


def test_changes_within_a_group_say_which_group():
    """A change inside brackets names a condition beside it that stayed, so that it is found again."""
    before = BASE & (sk.is_set("a") | sk.did("X", in_last_days=7) | sk.is_set("b"))
    after = BASE & (sk.is_set("a") | sk.did("X", in_last_days=9) | sk.is_set("c"))
    assert told(before, after) == [
        "changed: did X at least once: in the last 7 days → in the last 9 days",
        "in any of, beside have a that is set",
        "removed: have b that is set",
        "in any of, beside have a that is set",
        "added: have c that is set",
        "in any of, beside have a that is set",
    ]


def test_the_most_alike_conditions_are_taken_for_one_that_changed():
    """Of several conditions on one metric, the one that shares most with the new one is the one that changed."""
    before = sk.did("X", at_least=2, in_last_days=7) & sk.did("X", at_least=5, in_last_days=90)
    after = sk.did("X", at_least=5, in_last_days=60) & sk.did("X", at_least=2, in_last_days=7)
    assert told(before, after) == ["changed: did X at least 5 times: in the last 90 days → in the last 60 days"]


def test_the_head_names_the_segments_and_counts_the_changes():
    """The first line says of which segments the difference is, and how much there is."""
    one, other = sk.sms_engaged(), replace(sk.sms_engaged(clicked_days=60), name="SMS engaged (June)")
    found = diff(one, other)

    assert str(found).splitlines()[0] == "SMS engaged → SMS engaged (June): 1 change"
    assert [change.happened for change in found.changes] == ["changed"]
    assert found


def test_names_and_descriptions_are_told_and_change_nobody():
    """A new name or description is said, and the difference is false all the same, since the same people are in."""
    one = sk.sms_subscribers()
    found = diff(one, replace(one, name="Everybody", description="All of them."))

    assert not found
    assert str(found) == "SMS subscribers → Everybody: the conditions say the same\n  changed: the description"


@given(trees())
def test_a_segment_does_not_differ_from_itself(condition):
    """Nothing differs from itself, nor from what its text gives back."""
    one = sk.Segment("It", condition)
    assert not diff(one, one)
    assert not diff(one, sk.Segment.from_yaml(one.to_yaml()))


@given(trees(), trees(), st.randoms(use_true_random=False))
def test_order_and_repetition_mean_nothing(one, other, random):
    """Conditions in another order, or said twice, are the same conditions."""
    parts = [one, other, sk.is_set("City")]
    for kind in (AllOf, AnyOf):
        shuffled = random.sample([*parts, one], k=4)
        assert not diff(sk.Segment("It", kind(tuple(parts))), sk.Segment("It", Not(Not(kind(tuple(shuffled))))))


def test_order_within_a_condition_means_nothing():
    """Values of a list and tests of one event hold in any order; the ends of a point do not."""
    assert told(sk.has("zip", is_in=["1", "2"]), sk.has("zip", is_in=["2", "1"])) == []
    assert told(sk.has("A", contains_all_of=["x", 2]), sk.has("A", contains_all_of=[2, "x"])) == []
    assert told(sk.phone_country("US", "CA"), sk.phone_country("CA", "US")) == []
    assert told(sk.did("X", where={"a": 1, "b": 2}), sk.did("X", where={"b": 2, "a": 1})) == []
    assert len(told(sk.within(1, of=(1.0, 2.0)), sk.within(1, of=(2.0, 1.0)))) == 1


@given(trees(), trees())
def test_a_difference_turns_round(one, other):
    """What one way was added the other way was removed, and both ways tell of as many changes."""
    there = diff(sk.Segment("It", one), sk.Segment("It", other))
    back = diff(sk.Segment("It", other), sk.Segment("It", one))

    def count(found, happened):
        return sum(change.happened == happened for change in found.changes)

    assert bool(there) == bool(back)
    assert [count(there, kind) for kind in ("added", "removed", "changed")] == [
        count(back, kind) for kind in ("removed", "added", "changed")
    ]
    assert all(change.words.strip() for change in there.changes)


def test_only_segments_can_be_compared():
    """A bare condition has no name to be told by."""
    with pytest.raises(sk.DefinitionError, match="Expected a segment"):
        diff(BASE, sk.sms_engaged())
