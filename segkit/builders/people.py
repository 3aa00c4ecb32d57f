"""Segments by who people are: where they live or phone from, gender and other properties, what they asked to hear about."""

from collections.abc import Sequence
from typing import Annotated

from segkit.definition.conditions import Condition, DistanceUnit
from segkit.definition.parameters import Choice, Range, builder
from segkit.definition.phrases import can_receive, has, phone_country, within
from segkit.definition.segment import Segment


@builder
def sms_nearby(
    *,
    radius: Annotated[float, Range(1, 500, unit="in `unit`")] = 30,
    unit: Annotated[DistanceUnit, Choice("miles", "kilometers")] = "miles",
    of: str | tuple[float, float] = "02110",
    country: str = "US",
) -> Segment:
    """Lives near a store.

    Args:
        radius: less than `radius` miles or kilometers away,
        unit: in which of the two.
        of: the store's postal code, or its (latitude, longitude).
        country: the postal code's country, two letters.

    Postal codes are points, so below 10 miles the answer promises more than the data has. Klaviyo help article 115005065887,
    whose example is 30 miles of 02110.

    >>> sms_nearby(radius=10, of=(42.36, -71.06)).name
    'SMS near 42.36, -71.06'
    """
    # First, since `within` refuses what is no place, and the name needs one.
    near = within(radius, unit, of=of, country=country)
    place = of if isinstance(of, str) else f"{of[0]}, {of[1]}"
    return Segment(
        f"SMS near {place}",
        can_receive("sms") & near,
        "People who can come by: store events, local stock, and deliveries that are quick.",
    )


@builder
def sms_country(*, countries: Sequence[str] = ("US",)) -> Segment:
    """Has a phone number of one of these countries, read from the number and never from the address.

    Args:
        countries: two letters each. Rules, features and prices of texts differ by country (Klaviyo help 4402914866843).

    >>> sms_country(countries=["US", "CA"]).name
    'SMS in US, CA'
    """
    every = [countries] if isinstance(countries, str) else list(countries)
    return Segment(
        f"SMS in {', '.join(every)}",
        can_receive("sms") & phone_country(*every),
        "One country's rules, prices and hours at a time.",
    )


@builder
def sms_gender(
    *,
    gender: str = "female",
    approach: Annotated[str, Choice("stated", "predicted", "either")] = "stated",
    property: str = "Gender",  # noqa: A002  # the field's own word
) -> Segment:
    """Says, or is predicted, to be of a gender.

    Args:
        gender: the property's value, in the shop's own spelling; for a prediction "female" or "male".
        approach: "stated" reads the property, "predicted" the platform's guess from the first name, "either" both.
        property: the property that holds what people said.

    Predicted gender can be segmented by in Klaviyo but is in no export; bring it as a column `predicted_gender`.
    If another property says better what people care for (parents, say), use that: `sms_property`.

    >>> sms_gender(gender="male", approach="predicted").condition.conditions[1].test.value
    'likely_male'
    """
    stated = has(property, equals=gender)
    predicted = has("predicted_gender", equals=f"likely_{gender.casefold()}")
    says: Condition = {"stated": stated, "predicted": predicted, "either": stated | predicted}[approach]
    return Segment(
        f"SMS {gender} ({approach})",
        can_receive("sms") & says,
        "Only where gender decides what is for sale; what people browse or say they like is nearly always better.",
    )


@builder
def sms_property(
    *,
    property: str,  # noqa: A002
    value: str | float | bool | Sequence[str],
) -> Segment:
    """Has a property of a value.

    Args:
        property: the property, under its own name.
        value: text, number or truth that it equals, or several texts of which it is one.

    >>> sms_property(property="Parent", value=True).name
    'SMS Parent True'
    """
    is_one = isinstance(value, (str, bool, int, float))
    says = (
        has(property, equals=value) if isinstance(value, (str, bool, int, float)) else has(property, is_in=list(value))
    )
    shown = str(value) if is_one else " or ".join(map(str, value))  # type: ignore[arg-type]  # several texts
    return Segment(f"SMS {property} {shown}", can_receive("sms") & says, f"Subscribers whose {property} is {shown}.")


@builder
def sms_preference(*, topic: str = "product launches", property: str = "Interests") -> Segment:  # noqa: A002
    """Asked to hear about a topic, in a property of one value or of a list.

    Args:
        topic: the whole value, or one whole item of the list.
        property: the property that holds what people asked for.

    Klaviyo help article 360047879512: collected at opt-in, as one property for each topic or one of several values.

    >>> sms_preference(topic="restocks").name
    'SMS prefers restocks'
    """
    return Segment(
        f"SMS prefers {topic}",
        can_receive("sms") & (has(property, equals=topic) | has(property, contains_item=topic)),
        f"They asked to hear about {topic}: nobody takes a text about it better.",
    )
