"""What holds of the condition tree itself: operators, brackets, equality, printing; what conditions mean stands elsewhere."""

# ruff: noqa: SIM300  # expected == actual, throughout

import copy
import datetime as dt
import pickle
from collections.abc import Callable
from dataclasses import FrozenInstanceError, fields, is_dataclass, replace
from decimal import Decimal
from typing import Any, get_args

import pytest

import segkit as sk
from segkit.definition import conditions, timeframes
from segkit.definition.conditions import (
    KINDS,
    AllOf,
    AnyOf,
    Atom,
    BooleanTest,
    Condition,
    ConsentCondition,
    DateTest,
    DistanceCondition,
    EventAlternatives,
    EventProperty,
    FunnelCondition,
    FunnelStep,
    ItemsTest,
    ItemTextTest,
    LastEventCondition,
    LengthTest,
    ListCondition,
    ListTest,
    MetricCondition,
    Not,
    NumberInTest,
    NumberTest,
    PhoneCountryCondition,
    Point,
    PostalCode,
    PropertyCondition,
    RegionCondition,
    SegmentCondition,
    SetTest,
    SomethingTest,
    TextInTest,
    TextTest,
)
from segkit.definition.timeframes import BetweenDates, InPeriod, InTheLast
from segkit.errors import DefinitionError

CLICKED = MetricCondition("Clicked SMS", "count", "at least", 1, InTheLast(90))
SUBSCRIBED = ConsentCondition("sms", can_receive=True, subscription="subscribed")
ADULT = PropertyCondition("Age", NumberTest("at least", 18))

EVERY_KIND: list[Condition] = [
    CLICKED,
    SUBSCRIBED,
    ADULT,
    MetricCondition(
        "Placed Order", "sum", "more than", Decimal("19.99"), where=(EventProperty("Gift", SetTest(True)),)
    ),
    FunnelCondition((FunnelStep("Clicked SMS"), FunnelStep("Placed Order"))),
    FunnelCondition(
        (
            FunnelStep("Placed Order", (EventProperty("Gift", BooleanTest(True)),)),
            FunnelStep("Refunded Order", is_taken=False),
        ),
        InTheLast(30),
        completion_seconds=172_800,
    ),
    ConsentCondition(
        "sms", True, "subscribed", where=(PropertyCondition("sms_consent_method", TextTest("equals", "form")),)
    ),
    PropertyCondition("city", TextTest("starts with", 'Bo"ston')),
    PropertyCondition("city", TextInTest(("Boston", "Zoë"), negated=True)),
    PropertyCondition("Parent", BooleanTest(True)),
    PropertyCondition("Birthday", DateTest(BetweenDates(dt.date(2026, 1, 1), dt.date(2026, 6, 30)))),
    PropertyCondition("Interests", ListTest("contains", "sales")),
    PropertyCondition("Interests", ItemsTest("not contains all of", ("sales", 3))),
    PropertyCondition("Interests", ItemTextTest("not contains", "sal")),
    PropertyCondition("Interests", LengthTest("more than", 2)),
    PropertyCondition("Interests", SomethingTest(False)),
    PropertyCondition("Size", NumberInTest((38, Decimal("39.5")), negated=True)),
    MetricCondition(("Clicked SMS", "Clicked Email"), "days", "at least", 3, InPeriod("month", is_last=True)),
    LastEventCondition(
        "Placed Order",
        (
            EventAlternatives(
                ((EventProperty("Gift", SetTest(True)),), (EventProperty("Brand", TextTest("equals", "A")),))
            ),
        ),
    ),
    SegmentCondition("VIP"),
    ListCondition("VIP upload", joined=InTheLast(30)),
    DistanceCondition(True, 30.0, "miles", PostalCode("02110", "US")),
    DistanceCondition(False, 0.5, "kilometers", Point(-42.36, 71.06)),
    PhoneCountryCondition(("US", "CA")),
    RegionCondition("european_union", is_in=False),
    CLICKED & SUBSCRIBED,
    CLICKED | SUBSCRIBED | ~ADULT,
    ~(CLICKED & (SUBSCRIBED | ADULT)),
    AllOf(()),
    AnyOf(()),
    Not(Not(CLICKED)),
]

ASKED_FOR_TRUTH: dict[str, Callable[[Any, Any], object]] = {
    "bool": lambda a, _: bool(a),
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "not": lambda a, _: not a,
    "if": lambda a, b: a if b else None,
    "any": lambda a, b: any([a, b]),
    "filter": lambda a, b: list(filter(None, [a, b])),
}


def test_the_examples_hold_every_kind():
    """No kind of condition is left out of what this page says of all of them."""
    assert set(KINDS) == {type(condition) for condition in EVERY_KIND}


def test_operators_build_combinations():
    """`&` is all of, `|` is any of, `~` is not, in the order written."""
    assert AllOf((CLICKED, ADULT)) == CLICKED & ADULT
    assert AnyOf((ADULT, CLICKED)) == ADULT | CLICKED
    assert Not(CLICKED) == ~CLICKED


def test_not_binds_tightest_and_and_binds_tighter_than_or():
    """Without brackets, operators bind as they do everywhere in Python."""
    assert AnyOf((AllOf((Not(CLICKED), ADULT)), SUBSCRIBED)) == ~CLICKED & ADULT | SUBSCRIBED


@pytest.mark.parametrize("condition", EVERY_KIND, ids=repr)
def test_every_kind_takes_every_operator(condition: Condition):
    """Whatever a condition says, it can be combined and turned round."""
    assert isinstance(condition & ADULT, AllOf)
    assert isinstance(condition | ADULT, AnyOf)
    assert isinstance(~condition, KINDS)


def test_the_opposite_of_an_opposite_is_the_condition_itself():
    """`~~a` leaves no trace."""
    assert ~~CLICKED is CLICKED


def test_brackets_among_one_kind_are_joined_when_built():
    """`a & b & c` is one list of three, however it is bracketed, and also when written out."""
    assert AllOf((CLICKED, SUBSCRIBED, ADULT)) == (CLICKED & SUBSCRIBED) & ADULT == CLICKED & (SUBSCRIBED & ADULT)
    assert AnyOf((CLICKED, SUBSCRIBED, ADULT)) == AnyOf((CLICKED | SUBSCRIBED, AnyOf((ADULT,))))
    assert AllOf((CLICKED, ADULT)) == replace(CLICKED & SUBSCRIBED, conditions=(CLICKED, AllOf((ADULT,))))


def test_brackets_of_another_kind_stay():
    """Any of inside all of is kept, and so is all of inside any of."""
    assert (CLICKED | SUBSCRIBED, ADULT) == ((CLICKED | SUBSCRIBED) & ADULT).conditions
    assert (CLICKED & SUBSCRIBED, ADULT) == ((CLICKED & SUBSCRIBED) | ADULT).conditions


def test_operators_leave_their_sides_alone():
    """Combining conditions changes none of them."""
    both = CLICKED & ADULT
    before = copy.deepcopy(both)

    assert both & SUBSCRIBED != both
    assert before == both


@pytest.mark.parametrize("ask", ASKED_FOR_TRUTH.values(), ids=ASKED_FOR_TRUTH)
@pytest.mark.parametrize("condition", EVERY_KIND, ids=repr)
def test_a_condition_is_neither_true_nor_false(condition: Condition, ask: Callable[[Any, Any], object]):
    """`and`, `or`, `not` and `if` would silently drop one side, so they are refused, and the right spelling is shown."""
    with pytest.raises(DefinitionError, match=r"Write `a & b` for both, `a \| b` for either and `~a` for the opposite"):
        ask(condition, condition)


@pytest.mark.parametrize("other", [True, None, "Clicked SMS", 3, [CLICKED], sk.did, InTheLast(3)], ids=repr)
def test_only_conditions_are_combined(other: Any):
    """Anything else beside an operator, or in a combination, is named in the error."""
    with pytest.raises(
        DefinitionError, match=rf"& needs a condition, but got .*, which is of type {type(other).__name__}"
    ):
        CLICKED & other
    with pytest.raises(DefinitionError, match=r"\| needs a condition"):
        CLICKED | other
    for combine in (AllOf, AnyOf):
        with pytest.raises(DefinitionError, match=f"{combine.__name__} needs a condition"):
            combine((CLICKED, other))
    with pytest.raises(DefinitionError, match="Not needs a condition"):
        Not(other)


def test_a_segment_among_conditions_is_pointed_at_its_condition():
    """A segment is no condition, and the error says where its condition is."""
    with pytest.raises(DefinitionError, match=r"a segment's condition: segment\.condition"):
        AllOf((CLICKED, sk.Segment("VIP", ADULT)))  # type: ignore[arg-type]


@pytest.mark.parametrize("condition", EVERY_KIND, ids=repr)
def test_equal_trees_are_one_key(condition: Condition):
    """A tree built again is equal and hashes alike, so it finds itself in a set or dictionary."""
    again = copy.deepcopy(condition)

    assert condition == again
    assert {condition: "found"}[again] == "found"


def test_different_trees_differ():
    """No two of the examples are equal, order counts, and so does the combiner."""
    assert len(EVERY_KIND) == len(set(EVERY_KIND))
    assert CLICKED & ADULT != ADULT & CLICKED
    assert CLICKED & ADULT != CLICKED | ADULT
    assert AllOf(()) != AnyOf(())


@pytest.mark.parametrize("condition", EVERY_KIND, ids=repr)
def test_a_condition_prints_as_the_code_that_builds_it(condition: Condition):
    """What is printed can be pasted back, with nothing but the classes at hand."""
    names = {**vars(conditions), **vars(timeframes), "Decimal": Decimal, "datetime": dt}

    assert condition == eval(repr(condition), names)  # the promise is about code


@pytest.mark.parametrize("condition", EVERY_KIND, ids=repr)
def test_a_condition_survives_pickling(condition: Condition):
    """A tree can be sent to another process and stays itself."""
    assert condition == pickle.loads(pickle.dumps(condition))


@pytest.mark.parametrize("condition", EVERY_KIND, ids=repr)
def test_a_condition_cannot_be_changed(condition: Condition):
    """No field can be set and none can be added."""
    name = fields(condition)[0].name
    with pytest.raises(FrozenInstanceError):
        setattr(condition, name, None)
    with pytest.raises((AttributeError, TypeError)):
        condition.note = "mine"  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", KINDS)
def test_conditions_have_fields_and_no_verbs(kind: type):
    """Whoever wants to know something of a tree reads it from outside."""
    assert {field.name for field in fields(kind)} == {name for name in dir(kind) if not name.startswith("_")}


def test_the_union_is_closed():
    """The kinds checked at run time are those that the type checker knows."""
    assert {*get_args(Atom), SegmentCondition, AllOf, AnyOf, Not} == set(KINDS)
    classes = [thing for thing in vars(conditions).values() if isinstance(thing, type)]
    assert {thing for thing in classes if hasattr(thing, "__invert__") and is_dataclass(thing)} == set(KINDS)


@pytest.mark.parametrize("taken", [[], [True], [False, False], [True] * 6], ids=repr)
def test_a_funnel_has_two_to_five_steps_and_one_of_them_is_taken(taken: list[bool]):
    """One step is no order, more than five are not Klaviyo's, and where nothing is done nothing has an order."""
    steps = tuple(FunnelStep("Clicked SMS", is_taken=is_taken) for is_taken in taken)
    with pytest.raises(
        DefinitionError, match=f"2 to 5 steps.* This funnel has {sum(taken)} step.* and {len(taken) - sum(taken)} step"
    ):
        FunnelCondition(steps)


@pytest.mark.parametrize("comparison", get_args(conditions.ItemsComparison))
def test_a_list_is_asked_for_one_item_at_least(comparison: Any):
    """All of nothing is in every list and any of nothing in none, and nobody means either."""
    with pytest.raises(DefinitionError, match=f'The value of "{comparison}" must be a tuple of at least one item'):
        ItemsTest(comparison, ())


@pytest.mark.parametrize("name", ["", "  ", None, 3])
def test_a_segment_needs_a_name(name: Any):
    """A segment without a name could head no column."""
    with pytest.raises(DefinitionError, match="name must be text that is not blank"):
        sk.Segment(name, CLICKED)


@pytest.mark.parametrize("condition", [None, "Clicked SMS", sk.Segment("VIP", ADULT)], ids=repr)
def test_a_segment_needs_a_condition(condition: Any):
    """A segment names a condition and nothing else."""
    with pytest.raises(DefinitionError, match="Segment 'Engaged' needs a condition"):
        sk.Segment("Engaged", condition)


def test_several_conditions_are_wanted_in_brackets():
    """One condition where several belong is refused with the spelling of several."""
    with pytest.raises(DefinitionError, match=r"AllOf\(\(a, b\)\)"):
        sk.AllOf(sk.is_set("city"))
