"""Alternatives among an event's filters: any of them holds of one event, which counts once."""

import pandas as pd
import pytest

import segkit as sk
from segkit.definition.conditions import EventAlternatives, EventProperty, MetricCondition, TextTest

BOUGHT = [
    ("ann", "A", "Shoes", "web"),
    ("ann", "B", "Sale", "web"),
    ("ann", "A", "Sale", "shop"),
    ("bea", "A", "Sale", "web"),
    ("bea", "B", "Shoes", "web"),
    ("cem", "B", "Shoes", "shop"),
]
EITHER = [{"Brand": "A"}, {"Category": "Sale"}]


@pytest.fixture
def shop() -> sk.Dataset:
    """Return three people: three orders of brand A or on sale, one, and none."""
    rows = pd.DataFrame(BOUGHT, columns=["profile_id", "Brand", "Category", "Source"])
    events = rows.assign(metric="Placed Order", datetime="2026-06-01", value=10)
    return sk.Dataset.from_frames(pd.DataFrame({"profile_id": ["ann", "bea", "cem"]}), events, as_of="2026-06-30")


def members_of(condition: sk.Condition, shop: sk.Dataset) -> list[str]:
    """Return who is in a condition."""
    table = sk.membership(sk.Segment("It", condition), shop)
    return table.index[table["It"]].tolist()


def test_an_event_that_passes_several_alternatives_counts_once(shop):
    """Orders of a brand or on sale are counted together, which two conditions can't do."""
    assert members_of(sk.did("Placed Order", equals=3, where=EITHER), shop) == ["ann"]
    assert members_of(sk.did("Placed Order", equals=1, where=EITHER), shop) == ["bea"]
    assert members_of(sk.did_not("Placed Order", where=EITHER), shop) == ["cem"]
    assert members_of(sk.spent(equals=30, where=EITHER), shop) == ["ann"]


def test_all_of_an_alternative_holds_of_the_same_event(shop):
    """Within one mapping conditions are joined by AND, and mappings by OR."""
    where = [{"Brand": "A", "Source": "shop"}, {"Category": "Sale", "Source": "web"}]
    assert members_of(sk.did("Placed Order", equals=2, where=where), shop) == ["ann"]
    assert members_of(sk.did_in_order("Placed Order", sk.step("Placed Order", where=where)), shop) == ["ann", "bea"]


def test_one_alternative_is_none():
    """A list of one, and of the same twice, says what the mapping says; a list of none, and an empty one in it, say nothing."""
    plain = sk.did("Placed Order", where={"Brand": "A"})
    assert sk.did("Placed Order", where=[{"Brand": "A"}]) == sk.did("Placed Order", where=[{"Brand": "A"}] * 2) == plain
    for wrong in ([], [{}], [{"Brand": "A"}, {}], ["Brand"], "Brand", [[{"Brand": "A"}]]):
        with pytest.raises(sk.DefinitionError, match=r"^where of did must be a mapping such as"):
            sk.did("Placed Order", where=wrong)


def test_yaml_has_any_of_and_all_of_among_the_tests():
    """The keys are those of conditions, and further tests may stand beside the alternatives."""
    segment = sk.Segment("It", sk.did("Placed Order", where=[{"Brand": "A"}, {"Category": "Sale", "Source": "web"}]))
    assert segment.to_yaml().split("where:\n")[1] == (
        "  - any of:\n      - has: Brand\n        equals: A\n      - all of:\n          - has: Category\n            equals: Sale\n"
        "          - has: Source\n            equals: web\n"
    )
    beside = segment.to_yaml() + "  - has: Gift\n    equals: true\n"
    assert [type(clause).__name__ for clause in sk.Segment.from_yaml(beside).condition.where] == [
        "EventAlternatives", "EventProperty",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ("any of: []", "where/1/any of"),
        ("any of: [7]", "where/1/any of/1"),
        ("any of: [{has: A, when: today}]", "where/1/any of/1/when"),
        ("any of: [{all of: [{has: A, equals: b}], has: C}]", "where/1/any of/1/has"),
        ("any of: [{any of: [{has: A, equals: b}]}]", "where/1/any of/1"),
        ("any of: [{has: A, equals: b}]\n    has: B", "where/1/has"),
    ],
)
def test_a_fault_among_alternatives_has_its_place(where, place):
    """What can't stand among alternatives is refused with the path to it."""
    with pytest.raises(sk.DefinitionError, match=f"line [0-9]+, {place}"):
        sk.Segment.from_yaml(f"segkit: 1\nname: It\ndid: Placed Order\nwhere:\n  - {where}\n")


def test_klaviyo_can_say_once_by_any_and_never_by_all():
    """At least once is a condition for each alternative joined by OR, zero times one joined by AND; a count is refused."""
    ids = {"metric_ids": {"Placed Order": "a"}}
    once = sk.did("Placed Order", where=EITHER)
    apart = sk.did("Placed Order", where=EITHER[0]) | sk.did("Placed Order", where=EITHER[1])
    assert sk.to_klaviyo(sk.Segment("It", once), **ids) == sk.to_klaviyo(sk.Segment("It", apart), **ids)
    assert sk.to_klaviyo(sk.Segment("It", ~once), **ids) == sk.to_klaviyo(sk.Segment("It", ~apart), **ids)
    with pytest.raises(
        sk.DefinitionError, match="Nearest alternative: a condition for each of the 2 alternatives, joined by OR"
    ):
        sk.to_klaviyo(sk.Segment("It", sk.did("Placed Order", at_least=2, where=EITHER)), **ids)


def test_the_data_is_asked_for_every_property(shop):
    """A property that no event has is an error in whichever alternative it stands."""
    with pytest.raises(sk.DataError, match="'Colour'"):
        members_of(sk.did("Placed Order", where=[{"Brand": "A"}, {"Colour": "red"}]), shop)


def test_a_tree_without_alternatives_is_nobody_s(shop):
    """Of no alternatives none holds, and an alternative without tests holds of every event, as with conditions."""
    brand = EventProperty("Brand", TextTest("equals", "A"))
    for alternatives, expected in (((), []), (((), (brand,)), ["ann", "bea", "cem"])):
        condition = MetricCondition("Placed Order", "count", "at least", 1, where=(EventAlternatives(alternatives),))
        assert members_of(condition, shop) == expected
        assert sk.explain(condition)
