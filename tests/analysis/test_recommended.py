"""Recommended segments: what a shop's data supports is built, and for everything else the reason is told."""

from pathlib import Path

import pandas as pd
import pytest

import segkit as sk
from segkit.analysis.recommended import Recommended
from segkit.definition.algebra import atoms

ON_SALE = "SMS budget shoppers (bought on sale)"
SAMPLES = Path(__file__).parents[2] / "sample_data"
SUBSCRIBED = {"profile_id": ["ann", "bea"], "sms_consent": ["subscribed"] * 2}


def names(plan: Recommended) -> list[str]:
    """Return the names of the segments that are built."""
    return [segment.name for segment in plan.segments]


def reasons(plan: Recommended) -> dict[str, str]:
    """Return why each of the others is not."""
    return dict(plan.not_built.itertuples(index=False, name=None))


def shop_of(events: pd.DataFrame | None = None, **columns: object) -> sk.Dataset:
    """Return a shop of two subscribers with some columns more."""
    return sk.Dataset.from_frames(pd.DataFrame({**SUBSCRIBED, **columns}), events, as_of="2026-06-30")


@pytest.mark.parametrize("shop", ["", "klaviyo_export", "klaviyo_pages"])
def test_every_recommended_segment_can_be_evaluated(shop: str):
    """On all sample data with consent no segment that is built raises or warns, and no name stands on both sides."""
    dataset = sk.load(SAMPLES / shop)
    plan = sk.recommended(dataset)

    assert len(sk.membership(plan.segments, dataset).columns) == len(names(plan)) > 0
    assert not set(names(plan)) & set(reasons(plan))


def test_amounts_are_the_shops_own():
    """VIPs start where the shop's own best buyers do."""
    dataset = sk.load(SAMPLES)
    vip = next(segment for segment in sk.recommended(dataset).segments if segment.name == "SMS VIP")

    assert vip == sk.sms_vip(**sk.starting_values(sk.sms_vip, dataset, rounded=True))


def test_choices_are_the_commonest_of_the_data():
    """Country, gender, topic and place are those that most profiles have."""
    plan = sk.recommended(
        shop_of(
            phone_number=["+491713920001", "+491713920002"],
            Gender=["divers", "divers"],
            Interests=[["restocks", "sales"], ["restocks"]],
            zip=["10001", "10001"],
            country=["US", "US"],
        )
    )

    assert {"SMS in DE", "SMS divers (stated)", "SMS prefers restocks", "SMS near 10001"} <= set(names(plan))


def test_a_store_that_is_given_wins():
    """A postal code or a point of the analyst's own is taken in place of the commonest."""
    dataset = sk.load(SAMPLES)

    assert "SMS near 10001" in names(sk.recommended(dataset, near="10001"))
    assert "SMS near 40.75, -73.99" in names(sk.recommended(dataset, near=(40.75, -73.99)))


def test_predicted_gender_stands_in_for_a_stated_one():
    """Without a property for it the platform's guess is used, and without a guess the reason is told."""
    assert "SMS female (predicted)" in names(sk.recommended(shop_of(predicted_gender=["likely_female", "uncertain"])))
    assert reasons(sk.recommended(shop_of()))["SMS by gender"] == "no property named Gender, and no predicted_gender"


def orders_of(**columns: list[object]) -> pd.DataFrame:
    """Return a click and as many orders as the columns have cells."""
    size = len(next(iter(columns.values())))
    orders = pd.DataFrame({"metric": "Placed Order", "value": 5.0, **columns}, index=range(size))
    click = pd.DataFrame({"metric": ["Clicked SMS"]})
    return pd.concat([orders, click]).assign(profile_id="ann", datetime="2026-06-01")


def sale_property(plan: Recommended) -> str | None:
    """Return the property by which "bought on sale" goes; None if it is not built."""
    by_name = {segment.name: segment for segment in plan.segments}
    if ON_SALE not in by_name:
        return None
    return next(atom.where[0].property for atom in atoms(by_name[ON_SALE].condition) if getattr(atom, "where", ()))


@pytest.mark.parametrize(("columns", "chosen"), [
    ({"Discount Codes": [["A"], [], [], []]}, "Discount Codes"),
    ({"Discount Codes": [[], [], [], []], "Coupon": ["A", None, "", ""]}, "Coupon"),
    ({"Discount": [5.0, 5.0, 5.0, 5.0], "Total Savings": [1.0, 0.0, 0.0, 0.0]}, "Total Savings"),
    ({"Coupon": ["A", "", "", ""], "Discount": [5.0, 5.0, 0.0, 0.0]}, "Discount"),
    ({"Coupon": ["A", "", "", ""], "Discount": [5.0, 0.0, 0.0, 0.0]}, "Coupon"),
    ({"Discount": [5.0, 5.0, 5.0, 5.0, 0.0]}, "Discount"),
    ({"OnSale": [True, False]}, "OnSale"),
    ({"Mengenrabatt": [5, 0]}, "Mengenrabatt"),
    ({"Remise": ["4,99 EUR", ""]}, "Remise"),
])  # fmt: skip
def test_a_sale_is_chosen_by_its_values(columns: dict[str, list[object]], chosen: str):
    """Of the properties named for a discount the one is taken that most orders hold, up to four in five of them."""
    assert chosen == sale_property(sk.recommended(shop_of(orders_of(**columns))))


@pytest.mark.parametrize(("columns", "reason"), [
    ({"Discount": [5.0] * 84 + [0.0] * 16}, "'Discount' holds something in 84% of orders, so it says nothing about who waits for a sale"),
    ({"Discount": [5.0]}, "'Discount' holds something in 100% of orders, so it says nothing about who waits for a sale"),
    ({"Discount": [5.0] * 999 + [0.0]}, "'Discount' holds something in 99% of orders, so it says nothing about who waits for a sale"),
    (
        {"Discount": [5.0] * 9 + [0.0], "Coupon": ["A"] * 10},
        "'Discount' holds something in 90% of orders and 'Coupon' in 100%, so they say nothing about who waits for a sale",
    ),
    ({"Discount Codes": [[], []]}, "'Discount Codes' holds nothing in any order"),
    ({"Discount Codes": [[], []], "Discount": [0.0, 0.0]}, "'Discount Codes' and 'Discount' hold nothing in any order"),
    (
        {"Discount": [5.0, 5.0], "Coupon": ["", None]},
        "'Discount' holds something in 100% of orders, so it says nothing about who waits for a sale; 'Coupon' holds nothing in any order",
    ),
    ({"Wholesale": [True, False], "Sales Channel": ["web", ""]}, "no event property has a name like discount, coupon or sale"),
])  # fmt: skip
def test_no_sale_is_a_reason(columns: dict[str, list[object]], reason: str):
    """A discount that nearly every order has, or none, tells nobody apart, and the reason says with which share."""
    assert reason == reasons(sk.recommended(shop_of(orders_of(**columns))))[ON_SALE]


def test_discounts_of_other_events_and_of_the_future_do_not_count():
    """The share is one of orders until the moment that is looked from."""
    events = orders_of(Discount=[5.0, 0.0])
    late = events.assign(datetime="2026-07-01", Discount=5.0)
    abandoned = events.assign(metric="Started Checkout", Discount=5.0)

    assert sale_property(sk.recommended(shop_of(pd.concat([events, *[late] * 9, *[abandoned] * 9])))) == "Discount"
    assert reasons(sk.recommended(shop_of(late)))[ON_SALE] == "no event of the metric 'Placed Order'"


@pytest.mark.parametrize("shop", ["", "klaviyo_export", "klaviyo_pages"])
def test_who_bought_on_sale_used_a_code(shop: str):
    """In all sample data everybody in the segment has orders with a code, and an empty list of codes is none."""
    dataset = sk.load(SAMPLES / shop)
    assert sale_property(sk.recommended(dataset)) == "Discount Codes"
    asked = [
        sk.sms_budget_shoppers(approach="bought on sale"),
        sk.Segment("holds", sk.did("Placed Order", where={"Discount Codes": {"holds_something": True}})),
        sk.Segment("used", sk.did("Placed Order", where={"Discount Codes": {"length_at_least": 1}})),
    ]
    table = sk.membership(asked, dataset)

    assert table["used"].any()
    assert table["holds"].equals(table["used"])
    assert not (table[ON_SALE] & ~table["used"]).any()


def test_each_lack_is_named():
    """Profiles alone support the subscribers; whatever needs events or properties says which."""
    told = reasons(sk.recommended(shop_of()))

    assert names(sk.recommended(shop_of())) == ["SMS subscribers"]
    assert "'Clicked SMS'" in told["SMS engaged"]
    assert told["SMS budget shoppers (predicted CLV)"] == "no property 'predicted_clv' in the profiles"
    assert "no email in the profiles" in told["Prefers SMS"]
    assert told["SMS near"] == "no profile has a postal code with a known location"


def test_one_alternative_is_enough():
    """Engaged is "clicked or subscribed lately": data with one of the two supports it."""
    clicks = pd.DataFrame({"profile_id": ["ann"], "metric": "Clicked SMS", "datetime": "2026-06-01"})

    assert "SMS engaged" in names(sk.recommended(shop_of(clicks)))


def test_no_consent_is_a_reason_only_where_nothing_else_is_asked():
    """Without consent the subscribers can't be had, and the rules of purchases still can."""
    orders = pd.DataFrame({"profile_id": ["ann"], "metric": "Placed Order", "datetime": "2026-06-01", "value": [5]})
    plan = sk.recommended(sk.Dataset.from_frames(None, orders))

    assert reasons(plan)["SMS subscribers"] == "no sms_consent in the profiles"
    assert names(plan) == ["SMS VIP", "Lapsed customers", "Former VIP"]
