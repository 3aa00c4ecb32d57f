"""What a condition asks about the past: found for every kind of condition, and no more than that."""

import pytest

import segkit as sk
from segkit.definition.conditions import SegmentCondition
from segkit.definition.replay import (
    Todays,
    channels_in,
    known_only_today,
    lists_in,
    look_back,
    metrics_in,
    refused,
)
from segkit.errors import DefinitionError

EVENTS = sk.did("Clicked SMS", in_last_days=30) & ~sk.spent("Placed Order", at_least=5)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (EVENTS, []),
        (sk.did_in_order(sk.step("Clicked SMS"), sk.step("Placed Order")), []),
        (sk.last_event("Placed Order", where={"Source": "web"}), []),
        (sk.can_receive("sms"), []),
        (sk.in_list("VIP upload"), []),
        (sk.has("created", before="2026-01-01"), []),
        (sk.has("Gender", equals="female"), [("property", "Gender")]),
        (sk.is_set("zip"), [("property", "zip")]),
        (sk.has("churn_probability", at_most=0.5), [("computed property", "churn_probability")]),
        (sk.has("Churn Risk Prediction", at_most=0.5), [("computed property", "Churn Risk Prediction")]),
        (sk.has("historic_clv", at_least=5), [("computed property", "historic_clv")]),
        (sk.can_receive("email"), [("email address", "email address")]),
        (sk.can_receive("sms", method="form"), [("property", "sms_consent_method")]),
        (sk.within(30, "miles", of="02110"), [("location", "location")]),
        (sk.phone_country("US"), [("phone number", "phone number")]),
        (sk.in_region("european_union"), [("country", "country")]),
    ],
)
def test_what_only_today_knows_is_found_in_every_kind_of_condition(condition, expected):
    """Wherever it stands in the tree, and once."""
    tree = EVENTS | ~(condition & EVENTS & condition)

    assert list(known_only_today(tree)) == [Todays(*one) for one in expected]


def test_lists_channels_and_metrics_are_named_once():
    """Whether these have dates is for the data to say."""
    tree = sk.in_list("A") & ~sk.in_list("B") & sk.not_in_list("A") & (sk.can_receive("sms") | sk.can_receive("email"))
    steps = sk.did_in_order(sk.step("Viewed Product"), sk.step("Placed Order"))

    assert lists_in(tree) == ("A", "B")
    assert channels_in(tree) == ("sms", "email")
    assert metrics_in(EVENTS & steps & sk.did("Clicked Text Message")) == (
        "Clicked SMS",
        "Placed Order",
        "Viewed Product",
    )
    assert metrics_in(tree) == ()


@pytest.mark.parametrize(
    ("condition", "days"),
    [
        (sk.did("Placed Order"), 0),
        (sk.did("Placed Order", before="2026-01-01"), 0),
        (sk.did("Placed Order", in_last_days=29), 30),
        (sk.did("Placed Order", in_last_hours=25), 3),
        (sk.did("Placed Order", in_last_weeks=2), 15),
        (sk.did("Placed Order", between_days_ago=(30, 60)), 61),
        (sk.did("Placed Order", at_least_days_ago=90), 91),
        (~sk.did("Clicked SMS", in_last_days=29) & sk.did("Placed Order", in_last_days=7), 30),
        (sk.can_receive("sms") & sk.has("Age", at_least=18), 0),
    ],
)
def test_how_far_back_a_rule_looks_is_that_of_its_longest_window(condition, days):
    """Today included; "at any time" needs no number of days."""
    assert look_back(condition) == days


def test_computed_properties_are_refused_unless_named():
    """Under any of their names; a property that is not computed is never refused."""
    todays = [Todays("computed property", "predicted_clv"), Todays("property", "Age"), Todays("location", "location")]

    assert refused(todays, allowed=[]) == ["predicted_clv"]
    assert refused(todays, allowed=["Predicted Customer Lifetime Value"]) == []


def test_a_reference_must_be_resolved_first():
    """Nobody knows what a name alone asks about."""
    with pytest.raises(DefinitionError, match="resolve_segments"):
        known_only_today(SegmentCondition("VIP"))
