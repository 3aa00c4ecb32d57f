"""English: one readable golden file that holds every kind of condition, and small trees of every shape, which all explain.

A changed wording is accepted by writing what `told()` returns into the golden file, and reading it.
"""

# ruff: noqa: SIM300  # expected == actual, throughout

import dataclasses
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

import segkit as sk
from segkit.definition import conditions as said
from segkit.definition import timeframes
from segkit.definition.conditions import (
    KINDS,
    AllOf,
    AnyOf,
    Condition,
    LengthTest,
    MetricCondition,
    Not,
    NumberTest,
    PropertyCondition,
    TextTest,
)
from segkit.definition.explain import describe, number_words, timeframe_words
from segkit.definition.phrases import did_in_order, no_step, step

GOLDEN = Path(__file__).parents[1] / "golden" / "explain.txt"

EXAMPLES: dict[str, list[sk.Segment | Condition]] = {
    "Counts": [
        sk.did("Clicked SMS"),
        sk.did_not("Opened Email", in_last_days=60),
        sk.did("Placed Order", fewer_than=1),
        sk.did("Placed Order", at_least=3, in_last_days=365),
        sk.did("Placed Order", at_most=3, in_last_days=1),
        sk.did("Placed Order", more_than=1, in_last_weeks=2),
        sk.did("Placed Order", fewer_than=3, in_last_hours=24),
        sk.did("Placed Order", equals=1, in_last_weeks=1),
        sk.did("Placed Order", not_equals=2),
        MetricCondition("Placed Order", "count", "at least", 2.5),
    ],
    "Several metrics together": [
        sk.did(["Clicked SMS", "Clicked Email"], at_least=3, in_last_days=90),
        sk.did(["Clicked SMS", "Clicked Email", "Opened Email"]),
        sk.did_not(["Clicked SMS", "Clicked Email"], in_last_days=90),
        sk.did_on_days(["Clicked SMS", "Clicked Email"], at_least=3),
        sk.spent(["Placed Order", "Refunded Order"], more_than=200),
    ],
    "Days": [
        sk.did_on_days("Placed Order", at_least=3, in_last_days=365),
        sk.did_on_days("Placed Order", at_least=1),
        sk.did_on_days("Placed Order", equals=0, in_last="month"),
        sk.did_on_days("Placed Order", not_equals=2, where={"Source": "web"}),
    ],
    "Sums": [
        sk.spent(more_than=200, in_last_days=365),
        sk.spent(at_least=Decimal("19.990")),
        sk.spent(at_most=0.5),
        sk.spent(fewer_than=12_500),
        sk.spent("Refunded Order", equals=0),
        sk.spent(not_equals=100),
    ],
    "Timeframes of events": [
        sk.did("Clicked SMS", at_least_days_ago=30),
        sk.did("Clicked SMS", at_least_hours_ago=1),
        sk.did("Clicked SMS", between_days_ago=(91, 150)),
        sk.did("Clicked SMS", between_weeks_ago=(0, 1)),
        sk.did("Clicked SMS", in_last_months=1),
        sk.did("Clicked SMS", at_least_months_ago=3),
        sk.did("Clicked SMS", between_months_ago=(3, 6)),
        *(sk.did("Clicked SMS", in_this=period) for period in ("week", "month", "year")),
        *(sk.did("Clicked SMS", in_last=period) for period in ("week", "month", "year")),
        sk.did("Clicked SMS", before="2026-01-01"),
        sk.did("Clicked SMS", after="2026-01-01"),
        sk.did("Clicked SMS", between=("2025-11-27", "2025-12-24")),
        sk.did("Clicked SMS", between=("2025-11-28", "2025-11-28")),
    ],
    "Conditions on the event": [
        sk.did("Placed Order", where={"Source": "web", "Items": {"at_least": 2}, "Gift": True}),
        sk.did("Placed Order", at_least=3, where=[{"Brand": "A"}, {"Category": "Sale"}]),
        sk.did("Placed Order", where=[{"Brand": "A", "Source": "web"}, {"Category": "Sale"}]),
        MetricCondition(
            "Placed Order",
            "count",
            "at least",
            1,
            where=(
                said.EventProperty("Gift", said.BooleanTest(True)),
                said.EventAlternatives(
                    (
                        (said.EventProperty("Brand", TextTest("equals", "A")),),
                        (said.EventProperty("Category", TextTest("equals", "Sale")),),
                    )
                ),
            ),
        ),
        sk.spent(more_than=50, where={"Discount Codes": {"is_set": False}, "Collections": {"contains_item": "Sale"}}),
        sk.did("Failed to Deliver SMS", at_least=2, where={"Failure Type": ["Device unreachable", "Unknown error"]}),
    ],
    "The newest event": [
        sk.last_event("Placed Order", where={"Status": "returned"}),
        ~sk.last_event("Placed Order", where=[{"Status": "returned"}, {"Items": {"at_most": 1}}], in_last_days=90),
    ],
    "Steps in order": [
        did_in_order("Clicked SMS", "Placed Order"),
        did_in_order("Clicked SMS", "Placed Order", within_hours=48, in_last_days=30),
        did_in_order(
            step("Placed Order", where={"Source": "web", "Items": {"at_least": 2}}),
            no_step("Refunded Order"),
            within_hours=36,
        ),
        said.FunnelCondition((said.FunnelStep("Clicked SMS"), said.FunnelStep("Placed Order")), completion_seconds=90),
    ],
    "Texts": [
        sk.has("city", equals="Boston"),
        sk.has("city", not_equals="Boston"),
        sk.has("city", is_in=["Boston", "Salem", "Lynn"]),
        sk.has("city", not_in=["Boston", "Salem"]),
        sk.has("city", starts_with="Bos"),
        sk.has("city", not_starts_with="Bos"),
        sk.has("city", ends_with="ton"),
        sk.has("city", not_ends_with="ton"),
        sk.has("city", contains_text="osto"),
        sk.has("city", not_contains_text="osto"),
        sk.has("zip", matches="02[0-9]{3}"),
        sk.has("zip", not_matches="02[0-9]{3}"),
    ],
    "Numbers and truths": [
        sk.has("Age", at_least=18),
        sk.has("Age", at_most=65),
        sk.has("Age", more_than=17.5),
        sk.has("Age", fewer_than=65),
        sk.has("Age", equals=18),
        sk.has("Age", not_equals=18),
        sk.has("Size", is_in=[38, 39, 40.5]),
        sk.has("Size", not_in=[38, 39]),
        sk.did("Placed Order", where={"Size": [38, 39]}),
        sk.has("Parent", equals=True),
        sk.has("Parent", equals=False),
    ],
    "Lists": [
        sk.has("Interests", contains="sale alerts"),
        sk.has("Interests", not_contains="sale alerts"),
        sk.has("Interests", contains_item="sale alerts"),
        sk.has("Sizes", not_contains_item=42),
        sk.has("Interests", length_at_least=1),
        sk.has("Interests", length_more_than=2),
        sk.has("Interests", length_fewer_than=2),
        sk.has("Interests", length_at_most=3),
        sk.has("Interests", length_equals=0),
        PropertyCondition("Interests", LengthTest("not equals", 1)),
        sk.has("Interests", contains_any_of=["sale alerts", "restocks"]),
        sk.has("Interests", contains_all_of=["sale alerts", "restocks"]),
        sk.has("Sizes", not_contains_any_of=[42, 43]),
        sk.has("Sizes", not_contains_all_of=[42, 43]),
        sk.has("Interests", contains_text_in_item="sale"),
        sk.has("Interests", not_contains_text_in_item="sale"),
        sk.did("Placed Order", where={"Collections": {"contains_any_of": ["Hats", "Caps"]}, "Source": "web"}),
    ],
    "Dates": [
        sk.has("Birthday", equals=date(2000, 2, 29)),
        sk.has("Birthday", in_month=6),
        sk.has("Birthday", anniversary_today=True),
        sk.has("Birthday", anniversary_in_next_days=7),
        sk.has("Birthday", anniversary_in_last_days=1),
        sk.has("Birthday", anniversary_this_month=True),
        sk.has("expected_date_of_next_order", in_next_days=14),
        sk.has("created", in_last_days=30),
        sk.has("Renewal", in_this="month"),
        sk.has("Renewal", in_next_months=2),
    ],
    "Set or not": [sk.is_set("city"), sk.is_not_set("city")],
    "Something or nothing": [
        sk.has("Coupons", holds_something=True),
        sk.has("Coupons", holds_something=False),
        sk.did("Placed Order", at_most=1, where={"Discount Codes": {"holds_something": False}, "Source": "web"}),
    ],
    "Consent": [
        sk.can_receive("sms"),
        sk.can_receive("sms", since_at_least_days_ago=30),
        sk.cannot_receive("sms"),
        sk.cannot_receive("sms", subscription="unsubscribed", since_in_last_days=7),
        sk.cannot_receive("sms", subscription="never_subscribed"),
        sk.can_receive("email"),
        sk.can_receive("email", subscription="subscribed"),
        sk.cannot_receive("email"),
        sk.can_receive("sms", method="preference_page", since_in_last_days=30),
        said.ConsentCondition(
            "sms", True, "subscribed", where=(PropertyCondition("sms_rcs_capable", said.BooleanTest(True)),)
        ),
        said.ConsentCondition(
            "email",
            True,
            "subscribed",
            where=(
                PropertyCondition("email_consent_method", TextTest("equals", "form")),
                PropertyCondition("email_consent_method_detail", said.TextInTest(("AbCdEf", "GhIjKl"))),
                PropertyCondition("email_double_opt_in", said.BooleanTest(True)),
            ),
        ),
        said.ConsentCondition(
            "email",
            False,
            where=(PropertyCondition("email_bounced_timestamp", said.DateTest(timeframes.InTheLast(30))),),
        ),
    ],
    "Lists that people are on": [
        sk.in_list("VIP upload"),
        sk.in_list("VIP upload", in_last_days=30),
        sk.not_in_list("VIP upload"),
    ],
    "Places": [
        sk.within(30, "miles", of="02110"),
        sk.beyond(7.5, "kilometers", of=(52.52, 13.4)),
        sk.phone_country("US"),
        sk.phone_country("US", "CA", "GB"),
        sk.not_phone_country("US", "CA"),
        sk.in_region("european_union"),
        sk.not_in_region("united_states"),
    ],
    "Segments by name": [sk.in_segment("VIP"), ~sk.in_segment("VIP") & sk.can_receive("sms")],
    "Combined": [
        AllOf(()),
        AnyOf(()),
        ~sk.has("Age", at_least=18),
        ~(sk.is_set("city") | sk.is_set("zip")),
        sk.can_receive("sms") & (sk.did("Clicked SMS") | (sk.is_set("city") & ~sk.has("city", equals="Boston"))),
        (sk.has("Interests", contains="sale alerts") & sk.is_set("city")) | sk.is_set("zip"),
        AllOf((sk.is_set("city"), AnyOf(()))),
    ],
    "Segments": [
        sk.Segment("Everybody", AllOf(())),
        sk.Segment("Placed", sk.is_set("city")),
        sk.sms_engaged(),
        sk.prefers_sms(),
        sk.sms_vip(),
        *sk.engagement_tracks(),
        sk.sms_delivery_errors(),
    ],
}

SMALL = [sk.did("Clicked SMS"), sk.is_set("city"), sk.has("Interests", contains="sales"), AllOf(()), AnyOf(())]


def told() -> str:
    """Return what the golden file should hold."""
    parts = []
    for heading, examples in EXAMPLES.items():
        parts += [f"# {heading}", *map(sk.explain, examples)]
    return "\n\n".join(parts) + "\n"


def parts_of(value: object) -> Iterator[object]:
    """Yield a tree and everything in it."""
    yield value
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from parts_of(getattr(value, field.name))
    elif isinstance(value, tuple):
        for part in value:
            yield from parts_of(part)


def test_the_golden_file_is_what_is_told():
    """Every wording is as it was read and accepted."""
    assert GOLDEN.read_text(encoding="utf-8") == told()


EVERY_PART = [part for examples in EXAMPLES.values() for example in examples for part in parts_of(example)]


@pytest.mark.parametrize(
    "kind",
    [
        *KINDS,
        *get_args(said.PropertyTest),
        *get_args(timeframes.Timeframe),
        said.PostalCode,
        said.Point,
        said.EventProperty,
        said.EventAlternatives,
        said.FunnelStep,
    ],
)
def test_the_golden_file_holds_every_kind(kind: type):
    """Nothing that a tree may hold is missing from the examples."""
    assert kind in {type(part) for part in EVERY_PART}


@pytest.mark.parametrize(
    ("kind", "field", "words"),
    [
        (MetricCondition, "comparison", said.NumberComparison),
        (MetricCondition, "measurement", said.Measurement),
        (NumberTest, "comparison", said.NumberComparison),
        (LengthTest, "comparison", said.NumberComparison),
        (TextTest, "comparison", said.TextComparison),
        (said.ListTest, "comparison", said.ListComparison),
        (said.ItemsTest, "comparison", said.ItemsComparison),
        (said.ItemTextTest, "comparison", said.ListComparison),
        (said.ConsentCondition, "channel", said.Channel),
        (said.ConsentCondition, "subscription", said.Subscription),
        (said.DistanceCondition, "unit", said.DistanceUnit),
        (said.RegionCondition, "region", said.Region),
        (timeframes.InTheLast, "unit", timeframes.Unit),
    ],
)
def test_the_golden_file_holds_every_word(kind: type, field: str, words: Any):
    """Each comparison, channel, unit and so on is explained once at least."""
    assert set(get_args(words)) == {getattr(part, field) for part in EVERY_PART if isinstance(part, kind)}


def test_different_conditions_are_told_apart():
    """No two examples read the same, but for zero times, which can be said in several ways."""
    explained = [sk.explain(example) for examples in EXAMPLES.values() for example in examples]

    assert len(explained) == len(set(explained))
    assert sk.explain(sk.did_not("X")) == sk.explain(sk.did("X", fewer_than=1)) == sk.explain(sk.did("X", at_most=0))


def test_a_condition_is_explained_as_its_segment_is():
    """Below the name, a segment's lines are those of its condition, indented."""
    segment = sk.sms_engaged()
    head, *lines = sk.explain(segment).splitlines()

    assert "SMS engaged: profiles that" == head
    assert sk.explain(segment.condition).splitlines() == [line.removeprefix("  ") for line in lines]


@given(st.recursive(st.sampled_from(SMALL), lambda part: st.one_of(
    st.lists(part, max_size=3).map(tuple).map(AllOf), st.lists(part, max_size=3).map(tuple).map(AnyOf), part.map(Not)
), max_leaves=6))  # fmt: skip
def test_every_shape_is_told_in_whole_lines(condition: Condition):
    """Whatever is nested in whatever, no line is empty, indentation is by twos, and each says something or opens a group."""
    for line in sk.explain(condition).splitlines():
        words = line.lstrip(" ")
        assert words
        assert (len(line) - len(words)) % 2 == 0
        assert not words.startswith(("and and", "or or", "and or"))


@pytest.mark.parametrize("value", [0, -3, 2.5, 1e22, 1e-7, Decimal("1E+2"), float("inf"), float("nan"), Decimal("NaN")])
def test_every_number_is_told(value: Any):
    """Trees built by hand or read from elsewhere may hold numbers that no phrase takes; they are told all the same."""
    for measurement in get_args(said.Measurement):
        assert number_words(value) in describe(MetricCondition("X", measurement, "at least", value))
    assert number_words(value) in describe(PropertyCondition("P", NumberTest("equals", value)))


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (PropertyCondition("P", said.TextInTest(())), "have P that is any of no choices"),
        (PropertyCondition("P", said.TextInTest((), negated=True)), "have P that is set and is not any of no choices"),
        (said.PhoneCountryCondition(()), "have a phone number from any of no choices"),
        (
            said.PhoneCountryCondition((), is_in=False),
            "have a valid phone number that is not from any of no choices",
        ),
    ],
)
def test_a_choice_among_nothing_is_told(condition: Condition, words: str):
    """A tree built by hand may offer no choice, which no phrase would, and is told all the same."""
    assert words == sk.explain(condition)


def test_numbers_are_told_with_the_decimals_they_have():
    """Thousands are set apart, whole numbers lose their point, and nothing is rounded."""
    told_as = {12_500: "12,500", 200.0: "200", 19.5: "19.5", Decimal("19.990"): "19.990", 1_234_567.25: "1,234,567.25"}

    assert list(told_as.values()) == [number_words(value) for value in told_as]


def test_one_of_a_thing_is_told_in_the_singular():
    """One day is a day, and one time is a time."""
    assert ["in the last day", "in the last 2 days"] == [timeframe_words(timeframes.InTheLast(days)) for days in (1, 2)]
    assert "did X exactly 1 time over all time" == sk.explain(sk.did("X", equals=1))
    assert "did X exactly 2 times over all time" == sk.explain(sk.did("X", equals=2))


def test_several_are_explained_one_after_the_other():
    """A list, a tuple or a generator of segments and conditions reads as each of them alone, with an empty line between."""
    vip, engaged, texts = sk.sms_vip(), sk.sms_engaged(), sk.can_receive("sms")
    every = "\n\n".join(sk.explain(one) for one in (vip, engaged, texts))

    assert sk.explain([vip, engaged, texts]) == sk.explain((vip, engaged, texts)) == every
    assert sk.explain(one for one in (vip, engaged, texts)) == every
    assert sk.explain([]) == ""


def test_what_can_not_be_explained_is_named():
    """In a list as alone, a text or a number is refused in segkit's words."""
    for other in ("VIP", ["VIP"], [3], 3):
        with pytest.raises(
            sk.DefinitionError, match=r"explain needs a condition, but got .*, which is of type (str|int)"
        ):
            sk.explain(other)  # type: ignore[arg-type]
