"""The segments of who people are: places, phones, gender, properties and stated preferences."""

# ruff: noqa: SIM300  # expected == actual, throughout

from typing import Any

import pandas as pd
import pytest

import segkit as sk
from segkit.errors import DefinitionError

SMS = sk.can_receive("sms")


def shop_of(**columns: list[Any]) -> sk.Dataset:
    """Return a shop of subscribers with the given properties, named p0, p1 and so on."""
    size = len(next(iter(columns.values())))
    ids = [f"p{number}" for number in range(size)]
    return sk.Dataset.from_frames(
        pd.DataFrame({"profile_id": ids, "sms_consent": "subscribed", **columns}), as_of="2026-06-30"
    )


def members(segment: sk.Segment, shop: sk.Dataset) -> set[str]:
    """Return the ids of a segment's members."""
    return set(sk.members(segment, shop).index)


def test_sms_nearby_is_klaviyos_example_by_default():
    """Within 30 miles of 02110, United States."""
    assert SMS & sk.within(30, "miles", of="02110", country="US") == sk.sms_nearby().condition


def test_sms_nearby_by_point_and_unit():
    """A store may be a point, and a radius may be in kilometers; the name tells stores apart."""
    segment = sk.sms_nearby(radius=5, unit="kilometers", of=(52.52, 13.4))

    assert SMS & sk.within(5, "kilometers", of=(52.52, 13.4)) == segment.condition
    assert "SMS near 52.52, 13.4" == segment.name


def test_sms_nearby_on_data():
    """Cambridge is near Boston and New York is not, and somebody without a place is not near anything."""
    shop = shop_of(zip=["02139", "10001", None], country=["US", "United States", "US"])

    assert {"p0"} == members(sk.sms_nearby(), shop)
    assert {"p0", "p1"} == members(sk.sms_nearby(radius=300), shop)


def test_sms_country_goes_by_the_number():
    """A Canadian number is Canadian wherever its owner lives, though it shares +1 with the United States."""
    shop = shop_of(
        phone_number=["+16175550123", "+14165550123", "+491713920001", None], country=["Canada", "US", "US", "US"]
    )

    assert SMS & sk.phone_country("US") == sk.sms_country().condition
    assert {"p0"} == members(sk.sms_country(), shop)
    assert {"p0", "p1"} == members(sk.sms_country(countries=["US", "CA"]), shop)
    assert sk.sms_country(countries="US") == sk.sms_country(countries=("US",))


def test_sms_gender_stated_predicted_or_either():
    """What people said and what is guessed from their names are different conditions, and may be joined."""
    shop = shop_of(
        Gender=["female", "male", None, None], predicted_gender=[None, "likely_female", "likely_female", "uncertain"]
    )

    assert SMS & sk.has("Gender", equals="female") == sk.sms_gender().condition
    assert {"p0"} == members(sk.sms_gender(), shop)
    assert {"p1", "p2"} == members(sk.sms_gender(approach="predicted"), shop)
    assert {"p0", "p1", "p2"} == members(sk.sms_gender(approach="either"), shop)


def test_sms_gender_in_the_shops_own_words():
    """The property and its value are spelled as the shop has them; a prediction is spelled as the platform has it."""
    segment = sk.sms_gender(gender="Male", property="Sex", approach="either")
    stated, predicted = sk.has("Sex", equals="Male"), sk.has("predicted_gender", equals="likely_male")

    assert SMS & (stated | predicted) == segment.condition


PROPERTIES: list[tuple[Any, sk.Condition]] = [
    (True, sk.has("P", equals=True)),
    (3, sk.has("P", equals=3)),
    ("yes", sk.has("P", equals="yes")),
    (["yes", "often"], sk.has("P", is_in=["yes", "often"])),
]


@pytest.mark.parametrize(("value", "rule"), PROPERTIES, ids=str)
def test_sms_property_takes_any_value_or_several_texts(value: Any, rule: sk.Condition):
    """Whatever says better than gender what people care for can be asked: Klaviyo's own example is parents."""
    assert SMS & rule == sk.sms_property(property="P", value=value).condition


def test_sms_property_names_what_it_says():
    """Two properties, or two values of one, can stand in one table."""
    assert "SMS Town Boston or Salem" == sk.sms_property(property="Town", value=["Boston", "Salem"]).name


def test_sms_property_needs_to_be_told_which():
    """There is no property that every shop has."""
    with pytest.raises(DefinitionError, match="sms_property needs 'property' and 'value'"):
        sk.sms_property()


def test_sms_preference_of_one_value_or_a_list():
    """A topic is the whole value or one whole item, and never a part of either; asking says nothing of the kind in warnings."""
    topic = "product launches"
    listed = shop_of(Interests=[[topic], ["other", topic], ["launches"], [], None])
    single = shop_of(Interests=[topic, "launches", "all product launches", None])
    mixed = shop_of(Interests=[topic, [topic], ["launches"], 3, None])

    assert {"p0", "p1"} == members(sk.sms_preference(), listed)
    assert {"p0"} == members(sk.sms_preference(), single)
    assert {"p0", "p1"} == members(sk.sms_preference(), mixed)


def test_sms_preference_names_the_topic():
    """One segment for each topic can stand in one table."""
    assert "SMS prefers restocks" == sk.sms_preference(topic="restocks").name
