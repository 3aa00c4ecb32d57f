"""Convert Klaviyo's filters to tests. The callers choose which property is tested."""

from collections.abc import Callable, Mapping
from typing import cast

from segkit.definition.conditions import (
    BooleanTest,
    DateTest,
    ItemsTest,
    ItemTextTest,
    LengthTest,
    ListTest,
    NumberTest,
    PropertyTest,
    SetTest,
    TextInTest,
    TextTest,
)
from segkit.definition.timeframe_words import whole
from segkit.definition.value_words import boolean, number
from segkit.errors import DefinitionError
from segkit.klaviyo.definitions.parts import Filter, parts, some_text, text, texts, word
from segkit.klaviyo.definitions.read_dates import date_timeframe
from segkit.klaviyo.definitions.words import ANY_OF_ONE, ITEM_TEXTS, ITEMS, LENGTHS, NUMBERS, SEVERAL_ITEMS, TEXTS
from segkit.masking import quoted


def number_filter(value: object) -> NumberTest:
    """Read a numeric filter."""
    given = parts("A numeric filter", value, ("operator", "value"), of="an operator and a value")
    word("The type of a numeric filter", given.get("type"), ("numeric",))
    comparison = NUMBERS[word("The operator of a numeric filter", given.get("operator"), tuple(NUMBERS))]
    return NumberTest(comparison, number("The value of a numeric filter", given.get("value")))


def value_filter(value: object) -> PropertyTest:
    """Read a filter for a property of profiles or events.

    The published schema defines the list filters "contains several items" and "contains a text" only for events. Klaviyo's interface
    also offers them for profiles, so they are accepted for both.

    Raises:
        DefinitionError: segkit has no test for the type, operator or value.
    """
    if not isinstance(value, Mapping):
        raise DefinitionError.bad_value("A filter", value, "an object with a type and an operator")
    kind = word("The type of a filter", value.get("type"), tuple(_KINDS))
    return _KINDS[kind](value)


def _text(value: Filter) -> PropertyTest:
    given = parts("A text filter", value, ("operator", "value"))
    operator = word("The operator of a text filter", given.get("operator"), (*TEXTS, "in", "not-in"))
    if operator in TEXTS:
        read = text if operator in {"equals", "not-equals"} else some_text
        return TextTest(TEXTS[operator], read("The value of a text filter", given.get("value")))
    return TextInTest(texts(f"The value of {quoted(operator)}", given.get("value")), negated=operator == "not-in")


def _boolean(value: Filter) -> PropertyTest:
    given = parts("A boolean filter", value, ("operator", "value"))
    word("The operator of a boolean filter", given.get("operator"), ("equals",))
    return BooleanTest(boolean("The value of a boolean filter", given.get("value")))


def _existence(value: Filter) -> PropertyTest:
    given = parts("An existence filter", value, ("operator",))
    operator = word("The operator of an existence filter", given.get("operator"), ("is-set", "not-set"))
    return SetTest(is_set=operator == "is-set")


def _date(value: Filter) -> PropertyTest:
    return DateTest(date_timeframe(value))


def _list(value: Filter) -> PropertyTest:
    given = parts("A list filter", value, ("operator", "value"))
    operators = (*ITEMS, *ITEM_TEXTS, *SEVERAL_ITEMS, *LENGTHS)
    operator = word("The operator of a list filter", given.get("operator"), operators)
    wanted, what = given.get("value"), f"The value of {quoted(operator)}"
    if operator in LENGTHS:
        return LengthTest(LENGTHS[operator], whole("The length of a list", wanted, least=0))
    if operator in ITEMS:
        return ListTest(ITEMS[operator], _item(wanted))
    if operator in ITEM_TEXTS:
        return ItemTextTest(ITEM_TEXTS[operator], some_text(what, wanted))
    several = texts(what, wanted)
    if operator in ANY_OF_ONE and len(several) == 1:
        return ListTest(ANY_OF_ONE[operator], several[0])
    return ItemsTest(SEVERAL_ITEMS[operator], several)


_KINDS: dict[str, Callable[[Filter], PropertyTest]] = {
    "string": _text,
    "numeric": number_filter,
    "boolean": _boolean,
    "date": _date,
    "list": _list,
    "existence": _existence,
}


def _item(value: object) -> str | int | float:
    what = "The item of a list"
    return some_text(what, value) if isinstance(value, str) else cast("int | float", number(what, value))
