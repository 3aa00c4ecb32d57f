"""Convert tests and timeframes to Klaviyo's filters, as in its published schema. A test without a filter is refused.

`negations.py` handles negations, and the "or is not set" that they need.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from math import isfinite
from typing import Any, TypeAlias, assert_never

from segkit.definition.conditions import (
    BooleanTest,
    DateTest,
    EventTest,
    ItemsTest,
    ItemTextTest,
    LengthTest,
    ListTest,
    Number,
    NumberComparison,
    NumberInTest,
    NumberTest,
    PropertyTest,
    SetTest,
    SomethingTest,
    TextInTest,
    TextTest,
)
from segkit.definition.explain import timeframe_words
from segkit.definition.timeframes import (
    After,
    AllTime,
    AnniversaryInTheLast,
    AnniversaryInTheNext,
    AnniversaryThisMonth,
    AnniversaryToday,
    AtLeastAgo,
    Before,
    BetweenAgo,
    BetweenDates,
    InMonth,
    InPeriod,
    InTheLast,
    InTheNext,
    Timeframe,
    Unit,
    midnight,
)
from segkit.errors import DefinitionError
from segkit.klaviyo.definitions.words import (
    EVENT_ITEM_OPERATORS,
    ITEM_OPERATORS,
    ITEM_TEXT_OPERATORS,
    LENGTH_OPERATORS,
    NUMBER_OPERATORS,
    SEVERAL_ITEMS_OPERATORS,
    TEXT_OPERATORS,
)
from segkit.masking import quoted

Document: TypeAlias = dict[str, Any]
"""A JSON object, made of plain dictionaries, lists, strings, numbers, booleans and None."""


def number(value: Number) -> int | float:
    """Return a number for JSON: an int if it is whole, else the nearest float.

    A Decimal with more than 15 digits may lose precision.

    >>> from decimal import Decimal
    >>> number(Decimal("19.99")), number(30.0)
    (19.99, 30)
    """
    if not isfinite(value):
        raise DefinitionError.beyond_klaviyo(f"number {value}", "a finite number")
    return int(value) if value == int(value) else float(value)


def number_filter(comparison: NumberComparison, value: Number) -> Document:
    """Return a numeric filter.

    >>> number_filter("more than", 0)
    {'type': 'numeric', 'operator': 'greater-than', 'value': 0}
    """
    return {"type": "numeric", "operator": NUMBER_OPERATORS[comparison], "value": number(value)}


def profile_filter(test: PropertyTest) -> Document:
    """Return the filter for a property of profiles.

    Raises:
        DefinitionError: Klaviyo has no such filter.
    """
    match test:
        case ListTest(comparison, item):
            return _list_filter(ITEM_OPERATORS[comparison], _whole_item(item))
        case ItemsTest(_, items):
            nearest = f"a condition for each of the {len(items)} items"
            raise DefinitionError.beyond_klaviyo("filter of profiles for several list items", nearest)
        case ItemTextTest(_, text):
            nearest = f"a filter for the whole item {quoted(text)}, or for each item that contains the text"
            raise DefinitionError.beyond_klaviyo("filter of profiles for text inside a list item", nearest)
        case DateTest(timeframe):
            return date_filter(timeframe)
        case _:
            return _common_filter(test)


def event_filter(test: EventTest) -> Document:
    """Return the filter for a property of events. For one item of a list, this is "contains any" with that item.

    Raises:
        DefinitionError: Klaviyo has no such filter.
    """
    match test:
        case ListTest(comparison, item):
            return _list_filter(EVENT_ITEM_OPERATORS[comparison], [_text_item(item)])
        case ItemsTest(comparison, items):
            return _list_filter(SEVERAL_ITEMS_OPERATORS[comparison], [_text_item(item) for item in items])
        case ItemTextTest(comparison, text):
            return _list_filter(ITEM_TEXT_OPERATORS[comparison], text)
        case _:
            return _common_filter(test)


def _common_filter(
    test: TextTest | TextInTest | NumberTest | NumberInTest | BooleanTest | LengthTest | SetTest | SomethingTest,
) -> Document:
    match test:
        case TextTest(comparison, value):
            return text_filter(TEXT_OPERATORS[comparison], value)
        case TextInTest(()):
            raise DefinitionError.beyond_klaviyo(
                "test for an empty list of values", "the segment without this condition"
            )
        case TextInTest(values, negated):
            return text_filter("not-in" if negated else "in", list(values))
        case NumberTest(comparison, value):
            return number_filter(comparison, value)
        case NumberInTest(values, negated):
            nearest = f"a condition for each of the {len(values)} numbers, joined by {'AND' if negated else 'OR'}"
            raise DefinitionError.beyond_klaviyo("test for one of several numbers", nearest)
        case BooleanTest(value):
            return {"type": "boolean", "operator": "equals", "value": value}
        case LengthTest("not equals", length):
            nearest = f"two conditions, joined by OR: fewer than {length} items, more than {length} items"
            raise DefinitionError.beyond_klaviyo("test for a length that does not equal a number", nearest)
        case LengthTest(comparison, length):
            return _list_filter(LENGTH_OPERATORS[comparison], length)
        case SetTest(is_set):
            return {"type": "existence", "operator": "is-set" if is_set else "not-set"}
        case SomethingTest(holds):
            what, nearest = ("something", '"is set"') if holds else ("nothing", '"is not set"')
            unknown = 'Klaviyo does not document whether an empty list or 0 counts as "is set"'
            raise DefinitionError.beyond_klaviyo(f"filter for a property that holds {what}", f"{nearest}. {unknown}")
        case _:
            assert_never(test)


def text_filter(operator: str, value: str | list[str]) -> Document:
    """Return a text filter."""
    return {"type": "string", "operator": operator, "value": value}


def _list_filter(operator: str, value: str | int | list[str]) -> Document:
    return {"type": "list", "operator": operator, "value": value}


def _text_item(item: str | float) -> str:
    if isinstance(item, str):
        return item
    raise DefinitionError.beyond_klaviyo("filter of events for a number in a list", f"the text {quoted(str(item))}")


def _whole_item(item: str | float) -> str | int:
    if isinstance(item, str):
        return item
    if item != int(item):
        raise DefinitionError.beyond_klaviyo(
            f"filter for the list item {item}", f"a whole number, or the text {quoted(str(item))}"
        )
    return int(item)


def date_filter(timeframe: Timeframe) -> Document:
    """Return the date filter for a timeframe. Days are written as their midnights in UTC.

    >>> date_filter(After(date(2026, 6, 30)))
    {'type': 'date', 'operator': 'after', 'date': '2026-06-30T00:00:00+00:00'}
    """
    match timeframe:
        case AllTime():
            return _date("alltime")
        case InTheLast(unit="month") | AtLeastAgo(unit="month") | BetweenAgo(unit="month") | InTheNext(unit="month"):
            raise DefinitionError.beyond_klaviyo("timeframe in months", timeframe_words(_in_days(timeframe)))
        case InPeriod():
            nearest = "fixed dates, such as between=('2026-06-01', '2026-06-30'), which don't move with time"
            raise DefinitionError.beyond_klaviyo("timeframe in calendar weeks, months or years", nearest)
        case InTheLast(quantity, unit):
            return _relative("in-the-last", quantity, unit)
        case AtLeastAgo(quantity, unit):
            return _relative("at-least", quantity, unit)
        case BetweenAgo(nearest, farthest, unit):
            return _date("between", start=nearest, end=farthest, unit=unit)
        case InTheNext(quantity, unit):
            return _relative("in-the-next", quantity, unit)
        case Before(day):
            return _date("before", date=_moment(day))
        case After(day):
            return _date("after", date=_moment(day))
        case BetweenDates(first, last):
            return _date("between-static", start=_moment(first), end=_moment(last))
        case AnniversaryToday():
            return _date("anniversary")
        case AnniversaryInTheNext(quantity):
            return _relative("anniversary-next", quantity, "day")
        case AnniversaryInTheLast(quantity):
            return _relative("anniversary-last", quantity, "day")
        case AnniversaryThisMonth():
            return _date("anniversary-month")
        case InMonth(month):
            return _date("calendar-month", value=month)
        case _:
            assert_never(timeframe)


def _in_days(timeframe: InTheLast | AtLeastAgo | BetweenAgo | InTheNext) -> Timeframe:
    """Return a timeframe in months as a timeframe of about the same length in days."""
    match timeframe:
        case BetweenAgo(nearest, farthest):
            return BetweenAgo(_days(nearest), _days(farthest))
        case _:
            return replace(timeframe, quantity=_days(timeframe.quantity), unit="day")


def _days(months: int) -> int:
    return round(months * 365.25 / 12)


def _date(operator: str, **parts: str | int) -> Document:
    given: Mapping[str, str | int] = parts
    return {"type": "date", "operator": operator, **given}


def _relative(operator: str, quantity: int, unit: Unit) -> Document:
    return _date(operator, unit=unit, quantity=quantity)


def _moment(day: date) -> str:
    return midnight(day).isoformat()
