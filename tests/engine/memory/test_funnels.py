"""What steps in order mean, each edge as a story of a few events, and everything at once on crowded moments."""

# ruff: noqa: SIM300  # expected == actual, throughout

from datetime import UTC, datetime, timedelta
from random import Random

import doors
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import PlainShop, Row, members

import segkit as sk
from segkit.definition.conditions import EventProperty, FunnelCondition, FunnelStep, SetTest, TextTest
from segkit.definition.phrases import did_in_order, no_step, step
from segkit.engine.memory.funnels import StepEvents, completed
from segkit.errors import DataError

START = datetime(2026, 6, 1, tzinfo=UTC)
AS_OF = START + timedelta(days=1)
FOUR_SECONDS = 4


def event(profile_id: str, metric: str, second: float, color: str | None = None) -> Row:
    """Return an event so many seconds after the start."""
    moment = START + timedelta(seconds=second)
    return {"profile_id": profile_id, "metric": metric, "datetime": moment, "value": None, "Color": color}


def shop_of(events: list[Row], profile_ids: set[str]) -> PlainShop:
    """Return a shop of these events; somebody did everything, so that every metric and property is known."""
    known = [event("known", metric, second, "red") for second, metric in enumerate("ABC")]
    return PlainShop([{"profile_id": one} for one in sorted(profile_ids | {"known"})], [*events, *known], AS_OF)


def took(condition: FunnelCondition, shop: PlainShop) -> set[str]:
    """Return who is in, by the evaluator and the reference alike."""
    found = set(sk.members(sk.Segment("S", condition), doors.by_frames(shop)).index)

    assert members(condition, shop) == found
    return found - {"known"}


def is_taken(condition: FunnelCondition, story: str) -> bool:
    """Say whether whoever did "A0 B1" (A at second 0, B at second 1) is in."""
    return "p" in took(condition, shop_of([event("p", token[0], float(token[1:])) for token in story.split()], {"p"}))


def within(steps: FunnelCondition) -> FunnelCondition:
    """Return the same steps within four seconds."""
    return FunnelCondition(steps.steps, steps.timeframe, FOUR_SECONDS)


A_B = did_in_order("A", "B")
A_B_C = did_in_order("A", "B", "C")
A_A = did_in_order("A", "A")
A_NO_B = did_in_order("A", no_step("B"))
NO_A_B = did_in_order(no_step("A"), "B")
A_NO_C_B = did_in_order("A", no_step("C"), "B")

STORIES: dict[str, tuple[FunnelCondition, str, bool]] = {
    "in order": (A_B, "A0 B1", True),
    "in the other order": (A_B, "B0 A1", False),
    "only the first": (A_B, "A0 A1", False),
    "other events between do not matter": (A_B_C, "A0 C1 A2 B3 B4 C5", True),
    "one instant has no order": (A_B, "A0 B0", True),
    "one event is not two steps": (A_A, "A0", False),
    "two events of one instant are": (A_A, "A0 A0", True),
    "three steps of one instant, the first and last alike": (did_in_order("A", "B", "A"), "A0 B0", False),
    "and with an event for each": (did_in_order("A", "B", "A"), "A0 B0 A0", True),
    "the last moment of the span is in": (within(A_B), "A0 B4", True),
    "a moment later is not": (within(A_B), "A0 B4.000001", False),
    "a later start saves a slow one": (within(A_B), "A0 A3 B5", True),
    "a start after the last step does not": (within(A_B), "A0 B5 A6", False),
    "the span is from first to last, not from step to step": (within(A_B_C), "A0 B3 C6", False),
    "a newer first step needs a newer second": (within(A_B_C), "A0 B1 A2 C6", False),
    "and has it": (within(A_B_C), "A0 B1 A2 B3 C6", True),
    "not taken between": (A_NO_C_B, "A0 B2", True),
    "taken between": (A_NO_C_B, "A0 C1 B2", False),
    "taken before and after": (A_NO_C_B, "C0 A1 B2 C3", True),
    "taken in the instant of a neighbour": (A_NO_C_B, "A0 C0 B2 C2", True),
    "a start after what must not be": (A_NO_C_B, "A0 C1 A2 B3", True),
    "an end before what must not be": (A_NO_C_B, "A0 B1 C2 B3", True),
    "none of the kind of its neighbour between": (did_in_order("A", no_step("A"), "B"), "A0 A1 B2", True),
    "never taken at the end": (A_NO_B, "B0 A1", True),
    "taken at the end": (A_NO_B, "A0 B1", False),
    "taken at the end, but not after the newest": (A_NO_B, "A0 B1 A2", True),
    "taken at the end in the same instant": (A_NO_B, "A0 B0", True),
    "taken at the end after the span": (within(A_NO_B), "A0 B4.000001", True),
    "taken at the end of the span": (within(A_NO_B), "A0 B4", False),
    "the span at the end begins at the last step": (within(did_in_order("A", "C", no_step("B"))), "A0 C3 B6", False),
    "never taken at the start": (NO_A_B, "B0 A1", True),
    "taken at the start": (NO_A_B, "A0 B1", False),
    "taken at the start, but not before the oldest": (NO_A_B, "B0 A1 B2", True),
    "taken at the start before the span": (within(NO_A_B), "A0 B4.000001", True),
    "taken at the start of the span": (within(NO_A_B), "A0 B4", False),
    "two that must not be, one after the other": (did_in_order("A", no_step("B"), no_step("C")), "A0 C1", False),
    "nothing at all": (A_B, "", False),
}


@pytest.mark.parametrize(("condition", "story", "answer"), STORIES.values(), ids=STORIES)
def test_a_story_has_its_answer(condition: FunnelCondition, story: str, answer: bool):  # noqa: FBT001
    """Each edge of the decision on funnels, read slowly and quickly."""
    assert answer == is_taken(condition, story)


def test_every_step_lies_in_the_timeframe():
    """A first step before the window is no first step, and one to be avoided counts only inside."""
    shop = shop_of([event("p", "A", 0), event("p", "B", 86_400 - 60)], {"p"})

    assert {"p"} == took(did_in_order("A", "B", in_last_hours=24), shop)
    assert set() == took(did_in_order("A", "B", in_last_hours=1), shop)
    assert {"p"} == took(did_in_order(no_step("A"), "B", in_last_hours=1), shop)


def test_conditions_on_a_step_hold_of_its_own_event():
    """A red A and then any A: the step with a condition needs the event that passes it."""
    red_then_any = did_in_order(step("A", where={"Color": "red"}), "A")
    shop = shop_of(
        [event("in", "A", 0, "red"), event("in", "A", 1), event("out", "A", 0), event("out", "A", 1, "red")],
        {"in", "out"},
    )

    assert {"in"} == took(red_then_any, shop)


def test_old_and_new_names_of_a_metric_are_one_event():
    """One subscription is not two steps because it goes by two names."""
    twice = did_in_order("Consented to Receive SMS", "Subscribed to SMS Marketing")
    rows = [event("once", "Subscribed to SMS Marketing", 0)]
    rows += [event("twice", "Consented to Receive SMS", 0), event("twice", "Subscribed to SMS Marketing", 0)]
    shop = shop_of(rows, {"once", "twice"})

    assert {"twice"} == took(twice, shop)


def test_a_metric_that_nobody_ever_did_is_told():
    """A standard metric without events is a step that nobody took, with a warning; any other is a slip."""
    shop = shop_of([], set())

    with pytest.warns(sk.SegkitWarning, match="No event in the data has the metric 'Clicked SMS'"):
        assert set() == took(did_in_order("A", "Clicked SMS"), shop)
    with pytest.raises(DataError, match="'D'"):
        took(did_in_order("A", "D"), shop)


def test_nobody_among_no_events():
    """Where no event could be a step, nobody took one."""
    nothing = StepEvents(np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.uint8))

    assert [False, False] == completed(nothing, [True, False], longest=None, size=2).tolist()


def funnel(random: Random) -> FunnelCondition:
    """Return any funnel over three metrics and a colour."""
    count = random.randint(2, 5)
    clauses = [(), (), (EventProperty("Color", TextTest("equals", "red")),), (EventProperty("Color", SetTest(False)),)]
    steps = [
        FunnelStep(random.choice("ABC"), random.choice(clauses), random.choice([True, True, False]))
        for _ in range(count)
    ]
    steps[random.randrange(count)] = FunnelStep(random.choice("ABC"))
    return FunnelCondition(tuple(steps), completion_seconds=random.choice([None, 1, 2, 4]))


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=8, max_size=8))
def test_crowded_moments_are_read_as_the_reference_reads_them(seed: bytes):
    """Where many events share few instants, every choice of events for steps is weighed, and the answer is the slow one."""
    random = Random(seed)
    people = [f"p{number}" for number in range(20)]
    rows = [
        event(one, random.choice("ABC"), random.randint(0, 5), random.choice(["red", None]))
        for one in people
        for _ in range(random.randint(1, 7))
    ]
    shop = shop_of(rows, set(people))
    dataset = doors.by_frames(shop)
    asked = {str(number): funnel(random) for number in range(12)}
    table = sk.membership([sk.Segment(name, condition) for name, condition in asked.items()], dataset)

    assert {name: members(one, shop) for name, one in asked.items()} == {
        name: set(table.index[table[name]]) for name in asked
    }
