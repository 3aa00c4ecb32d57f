"""Read the values in a condition's plain data with the same checks as `phrases`. Functions raise DefinitionError for bad values."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from typing import Any, cast, get_args

from segkit.definition.conditions import DistanceUnit, Number, Point
from segkit.definition.countries import country_of
from segkit.definition.text.write import SECONDS
from segkit.definition.timeframe_words import whole
from segkit.definition.value_words import chosen, name_of, number
from segkit.errors import DefinitionError

_DECIMAL = re.compile(r"-?[0-9]{1,309}(\.[0-9]{1,400})?")
"""Decimals that `to_data` can write. They have no more digits than the largest float, and at most 400 decimal places."""


def text(key: str, value: object) -> str:
    """Return text. Numbers, booleans and dates without quotes are rejected, since their spelling is lost."""
    if not isinstance(value, str):
        raise DefinitionError.unquoted(key, value)
    return value


def name(key: str, value: object) -> str:
    """Return the name of a metric, property or list."""
    return name_of(text(key, value))


def names(key: str, value: object) -> str | tuple[str, ...]:
    """Return the name of one metric, or the names in a list of two or more metrics."""
    if not isinstance(value, list):
        return name(key, value)
    if len(value) < 2:
        raise DefinitionError.bad_value(key, value, "a name, or a list of two or more names")
    return tuple(name(key, one) for one in value)


def exact(key: str, value: object) -> Number:
    """Return a number. A decimal that is not equal to any float is written as {decimal: '19.99'}."""
    if not isinstance(value, dict):
        return number(key, value)
    written = value.get("decimal")
    if len(value) != 1 or not isinstance(written, str) or not _DECIMAL.fullmatch(written):
        raise DefinitionError.bad_value(key, value, "a number, or {decimal: '19.99'}")
    return Decimal(written)


def item(key: str, value: object) -> Any:
    """Return the value that a property is compared with: text, a boolean or a number."""
    if value is None or isinstance(value, date):
        raise DefinitionError.unquoted(key, value)
    return value if isinstance(value, (str, bool)) else exact(key, value)


def count(key: str, value: object) -> int:
    """Return a whole number, 0 or more."""
    return whole(key, exact(key, value), least=0)


def listed_items(key: str, value: Any) -> list[Any]:
    """Return the items of a list, without checking them."""
    if not isinstance(value, list):
        raise DefinitionError.bad_value(key, value, "a list, with a dash before each item")
    return value


def texts(key: str, value: object) -> tuple[str, ...]:
    """Return a list of texts."""
    return tuple(text(key, one) for one in listed_items(key, value))


def one_among(choices: Iterable[Any]) -> Callable[[str, Any], Any]:
    """Return a function that reads a text and checks that it is one of the choices."""
    return lambda key, value: chosen(key, text(key, value), choices)


def seconds_of(key: str, value: object) -> int:
    """Return the length in seconds of a duration such as "48 hours"."""
    match = re.fullmatch(rf"([0-9]{{1,9}}) ({'|'.join(SECONDS)})s?", text(key, value))
    if not match:
        raise DefinitionError.bad_value(key, value, f"a number and a unit ({', '.join(SECONDS)}s), such as '48 hours'")
    return int(match[1]) * SECONDS[match[2]]


def some_text(key: str, value: object) -> str:
    """Return text that is not empty."""
    if text(key, value) == "":
        raise DefinitionError.bad_value(key, value, "text that is not empty")
    return cast(str, value)


def length_of(key: str, value: object) -> tuple[float, DistanceUnit]:
    """Return a distance and its unit from "30 miles"."""
    match = re.fullmatch(r"([0-9.eE+-]{1,100}) (\S+)", text(key, value))
    try:
        distance = float(match[1]) if match else 0.0
    except ValueError:
        distance = 0.0
    if not match or not 0 < distance < float("inf"):
        raise DefinitionError.bad_value(key, value, "a distance above 0 in miles or kilometers, such as '30 miles'")
    return distance, cast(DistanceUnit, chosen(f"The unit of {key}", match[2], get_args(DistanceUnit)))


def point(key: str, value: object) -> Point:
    """Return a point from [latitude, longitude] in degrees."""
    ends = [float(number(key, end)) for end in listed_items(key, value)]
    if len(ends) != 2 or abs(ends[0]) > 90 or abs(ends[1]) > 180:
        raise DefinitionError.bad_value(key, value, "[latitude, longitude] within 90 and 180 degrees")
    return Point(ends[0], ends[1])


def country(key: str, value: object) -> str:
    """Return a country code of two capital letters."""
    if not re.fullmatch("[A-Z]{2}", text(key, value)):
        raise DefinitionError.bad_value(
            key, value, "the two capital letters of a country (ISO 3166), such as 'US' or 'GB'"
        )
    return country_of(key, value)


def countries(key: str, value: object) -> tuple[str, ...]:
    """Return a list of at least one country code."""
    codes = tuple(country(key, one) for one in listed_items(key, value))
    if not codes:
        raise DefinitionError.bad_value(key, value, "a list of at least one country, such as [US, CA]")
    return codes
