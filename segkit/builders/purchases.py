"""Build segments by what people bought: VIP, budget shoppers, lapsed customers, former VIP."""

from typing import Annotated

from segkit.definition.conditions import Condition
from segkit.definition.parameters import Choice, Range, StartsAt, builder
from segkit.definition.phrases import can_receive, did, did_not, has
from segkit.definition.phrases import spent as spent_on
from segkit.definition.segment import Segment

ORDERED = "Placed Order"
YEAR = 365

TOP_TENTH_BY_SPENDING = StartsAt(ORDERED, "sum", quantile=0.9, days=YEAR)
TOP_TENTH_BY_ORDERS = StartsAt(ORDERED, "count", quantile=0.9, days=YEAR)


@builder
def sms_vip(
    *,
    approach: Annotated[str, Choice("blended", "big spender", "frequent")] = "blended",
    spent: Annotated[float, Range(0, 5_000, step=5, unit="in money"), TOP_TENTH_BY_SPENDING] = 200,
    orders: Annotated[int, Range(0, 50, unit="orders"), TOP_TENTH_BY_ORDERS] = 3,
    days: Annotated[int, Range(30, 730, unit="days")] = YEAR,
) -> Segment:
    """Build a segment of the shop's best customers, who spent or ordered more than most in the last year.

    Args:
        approach: "big spender" uses spending, "frequent" uses the number of orders, and "blended" requires only one of the two.
        spent: members spent more than this, in the shop's own currency. The tuner and `recommended` start at the top tenth of the
            shop's customers.
        orders: members ordered more often than this. The tuner and `recommended` start at the top tenth here too.
        days: counts spending and orders in the last `days` days.

    Klaviyo leaves the amounts to the shop: "slightly above your typical customer" (Academy, "Improve SMS engagement with
    segmentation"). What is typical depends on the kind of average: in the CDNOW data, mean spending is twice the median.

    >>> sms_vip(approach="frequent", orders=5).condition.conditions[1].value
    5
    """
    spender = spent_on(ORDERED, more_than=spent, in_last_days=days)
    frequent = did(ORDERED, more_than=orders, in_last_days=days)
    best = {"big spender": spender, "frequent": frequent, "blended": spender | frequent}[approach]
    return Segment(
        "SMS VIP",
        can_receive("sms") & best,
        "The customers who bring the most: thank them first, and give them early access.",
    )


@builder
def sms_budget_shoppers(
    *,
    approach: Annotated[str, Choice("predicted CLV", "bought on sale")] = "predicted CLV",
    clv: Annotated[float, Range(0, 500, unit="in money")] = 10,
    clicked_days: Annotated[int, Range(7, 365, unit="days")] = 90,
    sale_orders: Annotated[int, Range(1, 20, unit="orders")] = 2,
    full_price_orders: Annotated[int, Range(0, 20, unit="orders")] = 1,
    days: Annotated[int, Range(30, 1_095, unit="days")] = YEAR,
    sale_property: str = "Discount Codes",
) -> Segment:
    """Build a segment of price-conscious people. The two approaches find different people.

    Args:
        approach: "predicted CLV" follows the screenshot in Klaviyo's article: people from whom the platform expects little revenue
            in the next year. "bought on sale" follows its text: people who engage with SMS and bought mostly at a discount.
        clv: maximum predicted CLV, for "predicted CLV". All other parameters are for "bought on sale".
        clicked_days: includes people who clicked SMS at least once in the last `clicked_days` days.
        sale_orders: minimum number of orders with a discount.
        full_price_orders: maximum number of orders without a discount. Keep it below `sale_orders` for "mostly at a discount".
        days: counts orders in the last `days` days.
        sale_property: the order's event property that is filled in when a discount was used: a number above 0, true, or a list or
            text that is not empty. Orders in which it is 0, false, `[]`, blank or not set count as full price. `recommended`
            chooses this property by its values.

    Low spending does not identify bargain hunters well: in a grocery panel, 27 % of the fifth that spends the least are also in the fifth
    that uses the most discounts, where chance alone would give 20 %. Source: Klaviyo help article 360047879512. Klaviyo can't test
    whether a property is filled in, so `to_klaviyo` refuses "bought on sale" and names the nearest condition that it can express.

    >>> sms_budget_shoppers().condition.conditions[1].property
    'predicted_clv'
    """
    if approach == "predicted CLV":
        thrifty: Condition = has("predicted_clv", at_most=clv)
    else:
        discounted, undiscounted = ({sale_property: {"holds_something": holds}} for holds in (True, False))
        on_sale = did(ORDERED, at_least=sale_orders, in_last_days=days, where=discounted)
        at_full_price = did(ORDERED, at_most=full_price_orders, in_last_days=days, where=undiscounted)
        thrifty = did("Clicked SMS", in_last_days=clicked_days) & on_sale & at_full_price
    return Segment(
        f"SMS budget shoppers ({approach})",
        can_receive("sms") & thrifty,
        "People who wait for a sale: text them the sale, and skip the full-price launch.",
    )


@builder
def lapsed_customers(
    *,
    orders: Annotated[int, Range(1, 10, unit="orders")] = 1,
    quiet_days: Annotated[int, Range(30, 365, unit="days")] = 120,
    lost_days: Annotated[int, Range(60, 1_095, unit="days")] = 395,
) -> Segment:
    """Build a segment of customers to win back: they bought some months ago, but not since.

    Args:
        orders: minimum number of orders between `quiet_days` and `lost_days` days ago.
        quiet_days: includes people without an order in the last `quiet_days` days. Klaviyo's course calls the last 4 months recent.
        lost_days: ignores orders older than this many days. Klaviyo's course calls 4 to 13 months ago not recent ("Getting started
            with segments", 360021849952).

    >>> len(lapsed_customers(quiet_days=90).condition.conditions)
    3
    """
    return Segment(
        "Lapsed customers",
        can_receive("sms")
        & did(ORDERED, at_least=orders, between_days_ago=(quiet_days + 1, max(quiet_days + 1, lost_days)))
        & did_not(ORDERED, in_last_days=quiet_days),
        "They bought some months ago but not since: a good reason to return may still win them back.",
    )


@builder
def former_vip(
    *,
    spent: Annotated[float, Range(0, 5_000, step=5, unit="in money"), TOP_TENTH_BY_SPENDING] = 200,
    quiet_days: Annotated[int, Range(30, 730, unit="days")] = 120,
) -> Segment:
    """Build a segment of customers who used to spend like a VIP but have not ordered recently.

    Args:
        spent: members spent more than this in total, in the shop's own currency. The tuner starts at the top tenth, as for `sms_vip`.
        quiet_days: includes people without an order in the last `quiet_days` days.

    Klaviyo's advanced guide has this segment, with its numbers in a screenshot (360035312491). 120 days are the 4 months that
    Klaviyo's course calls recent.

    >>> former_vip().name
    'Former VIP'
    """
    return Segment(
        "Former VIP",
        can_receive("sms") & spent_on(ORDERED, more_than=spent) & did_not(ORDERED, in_last_days=quiet_days),
        "They were among the best customers and have gone quiet: worth a personal text and a better offer.",
    )
