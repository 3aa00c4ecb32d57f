"""The segments of purchases say what their sources say, and their thresholds lie where they are said to lie."""

# ruff: noqa: SIM300  # expected == actual, throughout

from datetime import UTC, datetime, timedelta
from typing import Any

import pandas as pd
import pytest

import segkit as sk
from segkit.errors import DefinitionError

SMS = sk.can_receive("sms")
AS_OF = datetime(2026, 6, 30, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)


def days_ago(days: int) -> datetime:
    """Return the midnight that opened the day so many days before `AS_OF`."""
    return datetime(2026, 6, 30, tzinfo=UTC) - timedelta(days=days)


def order(moment: datetime, value: float = 20.0, code: Any = None) -> dict[str, Any]:
    """Return an order without its customer."""
    return {"metric": "Placed Order", "datetime": moment, "value": value, "Discount Codes": code}


def click(moment: datetime) -> dict[str, Any]:
    """Return a click on a text, without who clicked."""
    return {"metric": "Clicked SMS", "datetime": moment}


def shop_of(events: dict[str, list[dict[str, Any]]], **properties: list[Any]) -> sk.Dataset:
    """Return a shop of subscribers and what they did."""
    profiles = pd.DataFrame({"profile_id": list(events), "sms_consent": "subscribed", **properties})
    rows = [{"profile_id": name, **one} for name, every in events.items() for one in every]
    return sk.Dataset.from_frames(profiles, pd.DataFrame(rows) if rows else None, as_of=AS_OF)


def members(segment: sk.Segment, shop: sk.Dataset) -> set[str]:
    """Return the ids of a segment's members."""
    return set(sk.members(segment, shop).index)


BIG = sk.spent("Placed Order", more_than=200, in_last_days=365)
OFTEN = sk.did("Placed Order", more_than=3, in_last_days=365)


@pytest.mark.parametrize(
    ("approach", "rule"), [("big spender", BIG), ("frequent", OFTEN), ("blended", BIG | OFTEN)], ids=str
)
def test_sms_vip_by_each_of_the_three_approaches(approach: str, rule: sk.Condition):
    """Spending, orders, or either, each more than a threshold in the last 365 days."""
    assert SMS & rule == sk.sms_vip(approach=approach, spent=200, orders=3).condition


def test_vip_thresholds_are_to_be_passed_and_not_met():
    """Exactly 200 is no big spender and exactly three orders are not frequent; a cent and an order more are."""
    shop = shop_of(
        {
            "at": [order(days_ago(1), 200.0)],
            "above": [order(days_ago(1), 200.01)],
            "three": [order(days_ago(1), 1.0)] * 3,
            "four": [order(days_ago(1), 1.0)] * 4,
            "last year": [order(days_ago(365) - TICK, 900.0)] * 9,
            "just in": [order(days_ago(365), 201.0)],
        }
    )

    assert {"above", "just in"} == members(sk.sms_vip(approach="big spender"), shop)
    assert {"four"} == members(sk.sms_vip(approach="frequent"), shop)
    assert {"above", "just in", "four"} == members(sk.sms_vip(), shop)


def test_budget_shoppers_by_predicted_clv():
    """At most 10 takes in 10 itself and nothing below is too little; who has no prediction is not in."""
    shop = shop_of({name: [] for name in ("ten", "more", "none", "zero")}, predicted_clv=[10.0, 10.01, None, 0.0])

    assert SMS & sk.has("predicted_clv", at_most=10) == sk.sms_budget_shoppers().condition
    assert {"ten", "zero"} == members(sk.sms_budget_shoppers(), shop)


def test_budget_shoppers_who_bought_mostly_on_sale():
    """They click texts, ordered with a discount at least twice, and at most once without one."""
    sale, full = order(days_ago(9), code="SALE10"), order(days_ago(9))
    shop = shop_of(
        {
            "mostly": [click(days_ago(90)), sale, sale, full],
            "half": [click(days_ago(90)), sale, sale, full, full],
            "once": [click(days_ago(90)), sale],
            "never": [click(days_ago(90)), full],
            "silent": [click(days_ago(90) - TICK), sale, sale],
            "long ago": [click(days_ago(9)), order(days_ago(400), code="SALE10"), sale],
        }
    )

    assert {"mostly"} == members(sk.sms_budget_shoppers(approach="bought on sale"), shop)
    assert {"mostly", "half"} == members(sk.sms_budget_shoppers(approach="bought on sale", full_price_orders=2), shop)


@pytest.mark.parametrize(("discount", "none"), [
    (["SALE10"], []), (["SALE10"], [""]), (4.99, 0.0), (4.99, -4.99), (True, False), ("SALE10", ""), ("4.99", "0.00"), ('["SALE10"]', "[]"),
])  # fmt: skip
def test_budget_shoppers_held_a_discount_and_not_only_the_property(discount: Any, none: Any):
    """An order whose list of codes is empty, or whose discount is 0, is at full price."""
    sale, full = order(days_ago(9), code=discount), order(days_ago(9), code=none)
    shop = shop_of({"sale": [click(days_ago(9)), sale, sale], "full": [click(days_ago(9)), full, full]})
    bought_on_sale = sk.sms_budget_shoppers(approach="bought on sale", full_price_orders=0)

    assert {"sale"} == members(bought_on_sale, shop)
    assert set() == members(sk.sms_budget_shoppers(approach="bought on sale", sale_orders=3), shop)


def test_bought_on_sale_is_not_for_klaviyo():
    """Klaviyo has no test for something held, and the refusal names the nearest for each half."""
    ids = {"Placed Order": "PLACED", "Clicked SMS": "CLICKED"}
    with pytest.raises(sk.DefinitionError) as refusal:
        sk.to_klaviyo(sk.sms_budget_shoppers(approach="bought on sale"), metric_ids=ids)

    assert 'holds something. Nearest alternative: "is set".' in str(refusal.value)
    assert 'holds nothing. Nearest alternative: "is not set".' in str(refusal.value)


def test_the_two_roads_to_budget_shoppers_are_named_apart():
    """Both can stand in one table, since the name says the approach."""
    names = {sk.sms_budget_shoppers(approach=approach).name for approach in ("predicted CLV", "bought on sale")}

    assert 2 == len(names)


def test_lapsed_customers_bought_four_to_thirteen_months_ago_and_not_since():
    """The last order lies 121 to 395 days back: one day nearer is recent, one day farther is lost."""
    shop = shop_of(
        {
            "recent": [order(days_ago(120))],
            "lapsed": [order(days_ago(120) - TICK)],
            "still": [order(days_ago(395))],
            "lost": [order(days_ago(395) - TICK)],
            "back": [order(days_ago(200)), order(days_ago(1))],
            "never": [],
        }
    )
    rule = sk.did("Placed Order", at_least=1, between_days_ago=(121, 395)) & sk.did_not(
        "Placed Order", in_last_days=120
    )

    assert SMS & rule == sk.lapsed_customers().condition
    assert {"lapsed", "still"} == members(sk.lapsed_customers(), shop)


def test_lapsed_customers_of_several_orders():
    """Two orders in the window may be asked for."""
    shop = shop_of({"one": [order(days_ago(200))], "two": [order(days_ago(200)), order(days_ago(300))]})

    assert {"two"} == members(sk.lapsed_customers(orders=2), shop)


def test_a_slider_of_lapsed_customers_past_the_other_still_says_something():
    """Where quiet is longer than lost, the window is one day and does not run backwards."""
    assert "between 366 and 366 days ago" in sk.explain(sk.lapsed_customers(quiet_days=365, lost_days=60))


def test_former_vip_spent_once_and_nothing_lately():
    """More than 200 ever, and no order in 120 days."""
    shop = shop_of(
        {
            "former": [order(days_ago(900), 150.0), order(days_ago(121), 51.0)],
            "current": [order(days_ago(900), 500.0), order(days_ago(120), 1.0)],
            "small": [order(days_ago(900), 200.0)],
        }
    )

    assert SMS & sk.spent("Placed Order", more_than=200) & sk.did_not("Placed Order", in_last_days=120) == (
        sk.former_vip().condition
    )
    assert {"former"} == members(sk.former_vip(), shop)


def test_an_approach_that_does_not_exist_is_refused():
    """The approaches are offered."""
    with pytest.raises(DefinitionError, match="The choices are: 'blended', 'big spender', 'frequent'"):
        sk.sms_vip(approach="rich")
