"""Members beside the rest: every number is what pandas finds in the two groups, and what is missing or not shown is said."""

from math import isnan
from pathlib import Path

import pandas as pd
import pytest

import segkit as sk

PEOPLE = pd.DataFrame(
    {
        "profile_id": list("abcdef"),
        "email": [f"{one}@example.com" for one in "abcdef"],
        "Age": [20, 30, 40, 50, 60, None],
        "Plan": ["free", "free", "paid", "paid", "paid", None],
        "Topics": [["news"], ["news", "sale"], [], ["sale"], None, ["sale"]],
        "Is parent": [True, True, False, None, False, False],
        "Joined on": ["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-04", "2026-01-05", "2026-01-06"],
    }
)
ORDERS = pd.DataFrame(
    {
        "profile_id": list("aabcd"),
        "metric": "Placed Order",
        "datetime": ["2026-06-01", "2026-05-01", "2026-04-01", "2026-03-01", "2024-01-01"],
        "value": [10, 20.5, 30, 7, 99],
    }
)
SHOP = sk.Dataset.from_frames(PEOPLE, ORDERS, as_of="2026-06-30")
YOUNG = sk.Segment("Young", sk.has("Age", at_most=30))


def row(table: pd.DataFrame, about: str, value: str | None = None) -> dict[str, float]:
    """Return the only row about something, or about one of its values."""
    found = table[(table["about"] == about) & (True if value is None else table["value"] == value)]
    (one,) = found.to_dict("records")
    return one


def test_orders_and_spend_are_those_of_the_two_groups():
    """Orders in the window are added up on each side, and divided by all heads of it, buyers or not."""
    table = sk.describe(YOUNG, SHOP)

    found = {about: (row(table, about)["members"], row(table, about)["rest"]) for about in table["about"][3:9]}
    assert found == {
        "ordered": (2, 1),
        "orders": (3, 1),
        "revenue": (60.5, 7),
        "orders per head": (1.5, 0.25),
        "spend per head": (30.25, 1.75),
        "spend per order": (20.17, 7),
    }
    assert (row(table, "profiles")["members"], row(table, "profiles")["rest"]) == (2, 4)
    assert (row(table, "ordered")["members_share"], row(table, "ordered")["rest_share"]) == (1, 0.25)


def test_properties_are_compared_by_their_kind():
    """Numbers have a lower median over those who have one; texts, items of lists and booleans have shares of the whole group."""
    table = sk.describe(YOUNG, SHOP)

    assert (row(table, "Age")["members"], row(table, "Age")["rest"]) == (20, 50)
    shares = {
        (one["about"], one["value"]): (one["members_share"], one["rest_share"])
        for one in table.to_dict("records")
        if one["about"] in {"Plan", "Topics", "Is parent"}
    }
    assert shares == {
        ("Plan", "free"): (1, 0),
        ("Plan", "paid"): (0, 0.75),
        ("Topics", "news"): (1, 0),
        ("Topics", "sale"): (0.5, 0.5),
        ("Is parent", "True"): (1, 0),
    }


def test_what_is_not_shown_is_counted_and_named():
    """Values beyond `most` are counted, those that differ most stay, and dates and addresses are named, but never compared."""
    table = sk.describe(YOUNG, SHOP, most=1)
    texts = table[table["about"] == "not shown"]["value"].tolist()

    assert texts == ["4 more values that differ less", "2 properties: 'email', 'Joined on'"]
    assert row(table, "Plan", "free")["members_share"] == 1
    assert not table["value"].str.contains("@").any()


def test_the_rest_is_taken_from_a_base():
    """With a base, the rest is the base without the members, and members outside the base still count."""
    buyers = sk.Segment("Buyers", sk.did("Placed Order", at_least=1))
    table = sk.describe(sk.Segment("Old", sk.has("Age", at_least=50)), SHOP, base=buyers)

    assert (row(table, "profiles")["members"], row(table, "profiles")["rest"]) == (2, 3)
    assert row(table, "Age")["rest"] == 30


def test_what_the_data_lacks_is_said_beside_the_number():
    """Without consent, texts or orders the rows stay and say what is missing; an empty group has no shares."""
    shop = sk.Dataset.from_frames(PEOPLE[["profile_id", "Age"]], as_of="2026-06-30")
    table = sk.describe(sk.Segment("Nobody", sk.has("Age", at_least=99)), shop)

    assert row(table, "may be texted")["value"] == "no SMS consent in the data"
    assert "no sms_consent" in row(table, "SMS engaged")["value"]
    assert "'Clicked SMS'" in row(table, "SMS engaged")["value"]
    assert isnan(row(table, "SMS engaged")["members_share"])
    assert row(table, "orders")["value"] == "no Placed Order in the data"
    assert isnan(row(table, "orders")["members"])
    assert isnan(row(table, "Age")["members"])
    assert row(table, "Age")["rest"] == 40


def test_the_sample_shop_s_vips_are_those_of_sizes_and_audience():
    """Sizes, who may be texted, a median and the share of a topic agree with the functions that count them alone."""
    vip, shop = sk.sms_vip(), sk.load(Path(__file__).parents[2] / "sample_data")
    table = sk.describe(vip, shop)
    people = sk.members(vip, shop)

    assert row(table, "profiles")["members"] == len(people)
    assert row(table, "may be texted")["members"] == sk.audience(vip, shop).size
    assert row(table, "predicted_clv")["members"] == people["predicted_clv"].quantile(0.5, interpolation="lower")
    assert (
        row(table, "Interests", "sale alerts")["members"]
        == people["Interests"].map(lambda items: "sale alerts" in str(items)).sum()
    )


@pytest.mark.parametrize("most", [-1, 1.5, True])
def test_most_is_a_whole_number(most):
    """Anything else is refused."""
    with pytest.raises(sk.DefinitionError, match="most"):
        sk.describe(YOUNG, SHOP, most=most)
