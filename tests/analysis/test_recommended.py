"""Recommended segments: what a shop's data supports is built, and for everything else the reason is told."""

from pathlib import Path

import pandas as pd
import pytest

import segkit as sk

SAMPLES = Path(__file__).parents[2] / "sample_data"
SUBSCRIBED = {"profile_id": ["ann", "bea"], "sms_consent": ["subscribed"] * 2}


def names(plan: sk.Recommended) -> list[str]:
    """Return the names of the segments that are built."""
    return [segment.name for segment in plan.segments]


def reasons(plan: sk.Recommended) -> dict[str, str]:
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

    assert vip == sk.sms_vip(**sk.starting_values(sk.sms_vip, dataset))


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


def test_each_lack_is_named():
    """Profiles alone support the subscribers; whatever needs events or properties says which."""
    told = reasons(sk.recommended(shop_of()))

    assert names(sk.recommended(shop_of())) == ["SMS subscribers"]
    assert "'Clicked SMS'" in told["SMS engaged"]
    assert told["SMS budget shoppers (predicted CLV)"] == "no property 'predicted_clv' in the profiles"
    assert "no email in the profiles" in told["Prefers SMS"]
    assert told["SMS near"] == "no profile has a postal code that can be placed"


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
