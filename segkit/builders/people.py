"""Build segments by who people are: where they live, their phone's country, gender, other properties, and topics they asked for."""

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
    """Build a segment of people who live near a store.

    Args:
        radius: maximum distance, exclusive.
        unit: the unit of `radius`.
        of: the store's postal code, or its (latitude, longitude).
        country: the postal code's country, as a two-letter code.

    A postal code is treated as a point, so results below 10 miles look more precise than the data is. The source is Klaviyo help
    article 115005065887, with 30 miles from 02110 as its example.

    >>> sms_nearby(radius=10, of=(42.36, -71.06)).name
    'SMS near 42.36, -71.06'
    """
    # This comes first, so that `within` checks `of` before it becomes part of the segment's name.
    near = within(radius, unit, of=of, country=country)
    place = of if isinstance(of, str) else f"{of[0]}, {of[1]}"
    return Segment(
        f"SMS near {place}",
        can_receive("sms") & near,
        "People who can come by: store events, local stock, and fast deliveries.",
    )


@builder
def sms_country(*, countries: Sequence[str] = ("US",)) -> Segment:
    """Build a segment of people with a phone number from one of these countries. The address is not used.

    Args:
        countries: two-letter codes. Rules, features and prices of texts differ by country (Klaviyo help 4402914866843).

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
    """Build a segment of people by gender, as they stated it or as the platform predicted it.

    Args:
        gender: the property's value, in the shop's own spelling, or "female" or "male" for a prediction.
        approach: "stated" uses the property, "predicted" uses the platform's guess from the first name, and "either" uses both.
        property: the property that contains what people stated.

    Klaviyo can segment by predicted gender but does not export it, so add it as a column `predicted_gender`. If another property
    shows better what people care about (for example, whether they are parents), use `sms_property`.

    >>> sms_gender(gender="male", approach="predicted").condition.conditions[1].test.value
    'likely_male'
    """
    stated = has(property, equals=gender)
    predicted = has("predicted_gender", equals=f"likely_{gender.casefold()}")
    matches: Condition = {"stated": stated, "predicted": predicted, "either": stated | predicted}[approach]
    return Segment(
        f"SMS {gender} ({approach})",
        can_receive("sms") & matches,
        "Use it only if gender decides what is for sale: what people browse or say they like is nearly always better.",
    )


@builder
def sms_property(
    *,
    property: str,  # noqa: A002
    value: str | float | bool | Sequence[str],
) -> Segment:
    """Build a segment of people whose property has a given value.

    Args:
        property: the name of the property.
        value: the text, number or truth value that the property must equal, or a list of texts of which it must equal one.

    >>> sms_property(property="Parent", value=True).name
    'SMS Parent True'
    """
    is_one = isinstance(value, (str, bool, int, float))
    matches = (
        has(property, equals=value) if isinstance(value, (str, bool, int, float)) else has(property, is_in=list(value))
    )
    shown = str(value) if is_one else " or ".join(map(str, value))  # type: ignore[arg-type]  # several texts
    return Segment(f"SMS {property} {shown}", can_receive("sms") & matches, f"Subscribers whose {property} is {shown}.")


@builder
def sms_preference(*, topic: str = "product launches", property: str = "Interests") -> Segment:  # noqa: A002
    """Build a segment of people who asked to hear about a topic.

    Args:
        topic: the whole value of the property or, if it is a list, one whole item.
        property: the property that contains the topics.

    Klaviyo collects topics at opt-in, as one property per topic or as one property with several values (help article 360047879512).

    >>> sms_preference(topic="restocks").name
    'SMS prefers restocks'
    """
    return Segment(
        f"SMS prefers {topic}",
        can_receive("sms") & (has(property, equals=topic) | has(property, contains_item=topic)),
        f"They asked to hear about {topic}, so they welcome a text about it.",
    )
