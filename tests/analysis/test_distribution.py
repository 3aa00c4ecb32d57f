"""Distributions: the members on the member side of the bars are those whom moving the threshold lets in."""

from pathlib import Path
from typing import Annotated

import pandas as pd
import pytest

import segkit as sk
from segkit.analysis.distribution import Distribution, distribution


@pytest.fixture(scope="module")
def shop() -> sk.Dataset:
    """Return the sample shop."""
    return sk.load(Path(__file__).parents[2] / "sample_data")


def size(segment: sk.Segment, shop: sk.Dataset) -> int:
    """Return a segment's size by membership."""
    return int(sk.membership(segment, shop).to_numpy().sum())


def below(found: Distribution, edge: float) -> int:
    """Return how many profiles have less of the quantity than an edge of the bars."""
    return int(found.table.loc[found.table["to_value"] <= edge, "profiles"].sum())


def inside(found: Distribution) -> int:
    """Return how many profiles are on the member side."""
    return int(found.table.loc[found.table["is_in"], "profiles"].sum())


def total(found: Distribution) -> int:
    """Return how many profiles are counted in bars."""
    return int(found.table["profiles"].sum())


def clicked(*, days: Annotated[int, sk.Range(7, 365)] = 90, times: Annotated[int, sk.Range(1, 10)] = 1) -> sk.Segment:
    """Clicked so many times in so many days."""
    return sk.Segment("Clicked", sk.can_receive("sms") & sk.did("Clicked SMS", at_least=times, in_last_days=days))


@pytest.mark.parametrize("times", [1, 2, 4])
def test_days_since_agree_with_moving_the_window(shop: sk.Dataset, times: int):
    """Whoever stands below an edge of the bars is a member once the window is that long, whichever click decides."""
    found = distribution(clicked, shop, parameter="days", days=90, times=times)

    assert found.quantity.startswith("days since the last")
    assert inside(found) == size(clicked(days=90, times=times), shop)
    assert total(found) + found.without == size(sk.sms_subscribers(), shop)
    for edge in found.table["from_value"].iloc[1::9]:
        assert below(found, edge) == size(clicked(days=int(edge) - 1, times=times), shop)


def test_counts_agree_with_moving_the_number(shop: sk.Dataset):
    """Bars of one event each: those from a number on are the members at that number."""
    found = distribution(clicked, shop, parameter="times", days=365, times=2)

    assert found.quantity == "Clicked SMS events"
    for times in range(1, 8):
        assert total(found) - below(found, times) == size(clicked(days=365, times=times), shop)


def test_sums_agree_with_moving_the_amount(shop: sk.Dataset):
    """Those who spent an edge or more are the members at a cent less, up to the last bar, which holds all the rest."""
    found = distribution(sk.sms_vip, shop, parameter="spent", approach="big spender", spent=500)

    assert found.quantity == "spent in orders"
    assert inside(found) == size(sk.sms_vip(approach="big spender", spent=500), shop)
    edges = sorted(found.table["from_value"])
    assert edges[0] == 0
    for edge in edges[1::7]:
        at = round(edge - 0.005, 3)
        assert total(found) - below(found, edge) == size(sk.sms_vip(approach="big spender", spent=at), shop)


def test_distances_agree_with_moving_the_radius(shop: sk.Dataset):
    """Whoever stands below an edge lives within that radius; who can't be placed stands in no bar."""
    found = distribution(sk.sms_nearby, shop, parameter="radius", radius=30, unit="kilometers")

    assert found.quantity == "kilometers away"
    assert found.without > 0
    for edge in found.table["from_value"].iloc[1::4]:
        assert below(found, edge) == size(sk.sms_nearby(radius=edge, unit="kilometers"), shop)


def test_numbers_that_profiles_carry_agree_with_moving_the_limit(shop: sk.Dataset):
    """Those at most at the limit are on the member side, and those without the property stand in no bar."""
    found = distribution(sk.sms_budget_shoppers, shop, parameter="clv", clv=10)

    assert found.quantity == "predicted_clv"
    assert inside(found) == size(sk.sms_budget_shoppers(clv=10), shop)
    assert total(found) + found.without == size(sk.sms_subscribers(), shop)


def test_not_turns_the_member_side(shop: sk.Dataset):
    """Under a "not" the members are those of whom the condition is not true."""

    def quiet(*, days: Annotated[int, sk.Range(7, 365)] = 90) -> sk.Segment:
        return sk.Segment("Quiet", sk.can_receive("sms") & ~sk.did("Clicked SMS", in_last_days=days))

    found = distribution(quiet, shop, parameter="days", days=90)

    assert inside(found) + found.without == size(quiet(days=90), shop)
    assert found.table.loc[found.table["is_in"], "from_value"].min() >= 84


def test_zero_times_is_the_other_side_of_at_least_once(shop: sk.Dataset):
    """Who did it lately is out, and the bars are those of who did."""
    found = distribution(sk.prefers_sms, shop, parameter="email_days", email_days=60, count_opens=False)

    assert found.quantity == "days since the last Clicked Email"
    assert inside(found) + found.without == size(sk.prefers_sms(email_days=60, count_opens=False), shop)


def test_a_window_of_weeks_is_told_in_days(shop: sk.Dataset):
    """Bars and threshold have one unit, whatever unit the parameter is moved in."""

    def in_weeks(*, weeks: Annotated[int, sk.Range(1, 52)] = 12) -> sk.Segment:
        return sk.Segment("Clicked", sk.can_receive("sms") & sk.did("Clicked SMS", in_last_weeks=weeks))

    found = distribution(in_weeks, shop, parameter="weeks", weeks=12)
    same = distribution(clicked, shop, parameter="days", days=84)

    assert found.threshold == 84
    assert inside(found) == inside(same)
    assert found.table["from_value"].max() > 300


def test_both_edges_of_a_window_can_be_moved(shop: sk.Dataset):
    """Between A and B days ago has a threshold at the edge that the parameter moves."""

    def faded(
        *, near: Annotated[int, sk.Range(7, 365)] = 91, far: Annotated[int, sk.Range(7, 365)] = 150
    ) -> sk.Segment:
        return sk.Segment("Faded", sk.can_receive("sms") & sk.did("Clicked SMS", between_days_ago=(near, far)))

    assert distribution(faded, shop, parameter="near").threshold == 91
    assert distribution(faded, shop, parameter="far").threshold == 150
    assert inside(distribution(faded, shop, parameter="far")) == size(faded(), shop)


def test_only_who_meets_every_other_condition_is_counted(shop: sk.Dataset):
    """The bars hold subscribers alone, since nobody else could be let in by the threshold."""
    found = distribution(sk.sms_engaged, shop, parameter="clicked_days")

    assert total(found) + found.without == size(sk.sms_subscribers(), shop)


@pytest.mark.parametrize(
    ("builder", "parameter", "values"),
    [
        (sk.sms_country, "countries", {}),
        (sk.sms_preference, "topic", {}),
        (sk.prefers_sms, "count_opens", {}),
        (sk.sms_vip, "spent", {"approach": "frequent"}),
        (sk.sms_nearby, "of", {}),
    ],
)
def test_what_moves_no_number_has_no_distribution(shop: sk.Dataset, builder, parameter: str, values: dict):
    """A choice, a text, a truth, and a number that the chosen approach does not ask for have nothing to draw."""
    assert distribution(builder, shop, parameter=parameter, **values) is None


def test_a_number_asked_of_event_properties_is_not_taken_for_days(shop: sk.Dataset):
    """If what moves is a test on the events themselves, no other quantity is drawn in its place."""

    def large_orders(*, items: Annotated[int, sk.Range(1, 9)] = 2) -> sk.Segment:
        return sk.Segment("Large", sk.did("Placed Order", in_last_days=90, where={"Items": {"at_least": items}}))

    def recent(*, hours: Annotated[int, sk.Range(1, 99)] = 24) -> sk.Segment:
        return sk.Segment("Recent", sk.did("Received SMS", in_last_hours=hours))

    assert distribution(large_orders, shop, parameter="items") is None
    assert distribution(recent, shop, parameter="hours") is None


def test_nobody_makes_an_empty_table():
    """Where no profile has the quantity, there are no bars, and all are counted as without."""
    people = pd.DataFrame(
        {"profile_id": ["ann", "bea"], "predicted_clv": [None, None], "sms_consent": ["subscribed"] * 2}
    )
    found = distribution(sk.sms_budget_shoppers, sk.Dataset.from_frames(people, as_of="2026-06-30"), parameter="clv")

    assert found.table.empty
    assert found.without == 2


def test_amounts_below_zero_have_their_bars():
    """Refunds can outweigh orders: the bars begin where the numbers do."""
    people = pd.DataFrame(
        {"profile_id": list("abc"), "predicted_clv": [-40.0, 0.0, 7.5], "sms_consent": ["subscribed"] * 3}
    )
    found = distribution(sk.sms_budget_shoppers, sk.Dataset.from_frames(people, as_of="2026-06-30"), parameter="clv")

    assert found.table["from_value"].min() == -40
    assert total(found) == inside(found) == 3


def test_whoever_is_beyond_the_range_is_in_the_last_bar(shop: sk.Dataset):
    """The far end has no end of its own, and nobody is left out of the picture."""

    def small(*, spent: Annotated[float, sk.Range(0, 60)] = 30) -> sk.Segment:
        return sk.Segment("Spenders", sk.spent("Placed Order", more_than=spent))

    found = distribution(small, shop, parameter="spent")
    last = found.table[found.table["to_value"] == float("inf")]

    assert last["from_value"].tolist() == [60]
    assert total(found) + found.without == len(shop)
    assert last["profiles"].sum() == size(small(spent=59.999), shop)


def test_unknown_parameter_is_refused(shop: sk.Dataset):
    """The error names the nearest that the builder has."""
    with pytest.raises(sk.DefinitionError, match="clicked_days"):
        distribution(sk.sms_engaged, shop, parameter="click_days")


def test_the_value_before_counts_where_the_next_is_refused(shop: sk.Dataset):
    """A window of one day has no next near end, yet it has the picture that the same window has from its far end's side."""

    def day(*, near: int = 20, far: int = 20) -> sk.Segment:
        return sk.Segment("Day", sk.did("Clicked SMS", between_days_ago=(near, far)))

    found = distribution(day, shop, parameter="near")

    assert found is not None
    assert found.threshold == 20
    assert inside(found) == size(day(), shop)
    with pytest.raises(sk.DefinitionError, match="wrong way round"):
        distribution(day, shop, parameter="near", near=30)
