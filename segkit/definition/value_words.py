"""Parse the keywords that test a property's value, such as `at_least=18`. `phrases` applies the tests to profiles and events."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal
from math import isfinite
from sys import float_info
from typing import Any, TypedDict, TypeVar, cast, get_args

from segkit.definition.conditions import (
    BooleanTest,
    DateTest,
    ItemsComparison,
    ItemsTest,
    ItemTextTest,
    LengthTest,
    ListTest,
    Number,
    NumberComparison,
    NumberInTest,
    NumberTest,
    PropertyTest,
    SomethingTest,
    TextComparison,
    TextInTest,
    TextTest,
)
from segkit.definition.timeframe_words import day, whole
from segkit.definition.timeframes import BetweenDates
from segkit.errors import DefinitionError
from segkit.json_text import has_half

T = TypeVar("T")


class NumberWords(TypedDict, total=False):
    """Keywords that compare a number. Several are joined by AND."""

    at_least: float | Decimal
    at_most: float | Decimal
    more_than: float | Decimal
    fewer_than: float | Decimal


class EqualityWords(NumberWords, total=False):
    """Keywords that compare a count, a sum or a number of days."""

    equals: float | Decimal
    not_equals: float | Decimal


class ValueWords(NumberWords, total=False):
    """Keywords that test a property of a profile or of an event. Several are joined by AND."""

    equals: str | float | Decimal | bool | date
    not_equals: str | float | Decimal
    contains: str
    not_contains: str
    contains_text: str
    not_contains_text: str
    contains_item: str | float
    not_contains_item: str | float
    contains_any_of: Iterable[str | float]
    contains_all_of: Iterable[str | float]
    not_contains_any_of: Iterable[str | float]
    not_contains_all_of: Iterable[str | float]
    contains_text_in_item: str
    not_contains_text_in_item: str
    starts_with: str
    not_starts_with: str
    ends_with: str
    not_ends_with: str
    matches: str
    not_matches: str
    is_in: Iterable[str | float | Decimal]
    not_in: Iterable[str | float | Decimal]
    length_at_least: int
    length_at_most: int
    length_more_than: int
    length_fewer_than: int
    length_equals: int
    holds_something: bool


_LARGEST = int(float_info.max)
"""The largest whole number that can be converted to a float. Thresholds are compared as floats."""

_MOST_PLACES = 400
"""The maximum number of decimal places of a `Decimal`."""

COMPARISONS: dict[str, NumberComparison] = {
    "equals": "equals",
    "not_equals": "not equals",
    "at_least": "at least",
    "at_most": "at most",
    "more_than": "more than",
    "fewer_than": "fewer than",
}
_TEXT_WORDS: dict[str, TextComparison] = {
    **{word: cast(TextComparison, word.replace("_", " ")) for word in ("starts_with", "ends_with", "matches")},
    **{
        word: cast(TextComparison, word.replace("_", " "))
        for word in ("not_starts_with", "not_ends_with", "not_matches")
    },
    "contains_text": "contains",
    "not_contains_text": "not contains",
}
_ITEMS_WORDS: dict[str, ItemsComparison] = {
    comparison.replace(" ", "_"): comparison for comparison in get_args(ItemsComparison)
}
VALUE_WORDS = frozenset(ValueWords.__annotations__)


def value_tests(words: Mapping[str, Any]) -> list[tuple[PropertyTest, ...]]:
    """Return, for each keyword that tests a value, a tuple of tests of which any may pass."""
    return [_READERS[word](word, value) for word, value in words.items() if word in _READERS]


def _equality(word: str, value: object) -> tuple[PropertyTest, ...]:
    comparison = COMPARISONS[word]
    value = plain(value)
    if isinstance(value, str):
        if has_half(value):
            raise DefinitionError.half_a_character(word, value)
        return (TextTest("equals" if word == "equals" else "not equals", value),)
    if isinstance(value, bool):
        return (BooleanTest(value if word == "equals" else not value),)
    if isinstance(value, date):
        if word == "not_equals":
            raise DefinitionError.bad_value(
                word, value, "text or a number (for a date, write ~sk.has(..., equals=day))"
            )
        only = day(word, value)
        return (DateTest(BetweenDates(only, only)),)
    return (NumberTest(comparison, number(word, value)),)


def _either(comparison: TextComparison, item: Any) -> Callable[[str, object], tuple[PropertyTest, ...]]:
    def read(word: str, value: object) -> tuple[PropertyTest, ...]:
        wanted = text(word, value)
        return TextTest(comparison, wanted), ListTest(item, wanted)

    return read


def _one_of(word: str, value: object, *, negated: bool) -> PropertyTest:
    """Return a test that text is one of several texts, or that a number is one of several numbers."""
    every = value if isinstance(value, str) or not isinstance(value, Iterable) else list(value)
    if isinstance(every, list) and every and not any(isinstance(one, str) for one in every):
        return NumberInTest(tuple(dict.fromkeys(number(word, one) for one in every)), negated)
    return TextInTest(texts(word, every), negated)


def _item(word: str, value: object) -> str | int | float:
    if isinstance(value, str):
        return text(word, value)
    amount = number(word, value)
    return float(amount) if isinstance(amount, Decimal) else amount


def _items(word: str, value: object) -> tuple[str | int | float, ...]:
    if isinstance(value, Iterable) and not isinstance(value, (str, bytes)):
        every = tuple(dict.fromkeys(_item(word, one) for one in value))
        if every:
            return every
    raise DefinitionError.bad_value(word, value, "a list of one or more items, such as ['Hats', 'Caps']")


_READERS: dict[str, Callable[[str, object], tuple[PropertyTest, ...]]] = {
    "equals": _equality,
    "not_equals": _equality,
    "contains": _either("contains", "contains"),
    "not_contains": _either("not contains", "not contains"),
    "contains_item": lambda word, value: (ListTest("contains", _item(word, value)),),
    "not_contains_item": lambda word, value: (ListTest("not contains", _item(word, value)),),
    "contains_text_in_item": lambda word, value: (ItemTextTest("contains", text(word, value)),),
    "not_contains_text_in_item": lambda word, value: (ItemTextTest("not contains", text(word, value)),),
    **dict.fromkeys(_ITEMS_WORDS, lambda word, value: (ItemsTest(_ITEMS_WORDS[word], _items(word, value)),)),
    "is_in": lambda word, value: (_one_of(word, value, negated=False),),
    "not_in": lambda word, value: (_one_of(word, value, negated=True),),
    **{
        word: lambda word, value: (NumberTest(COMPARISONS[word], number(word, value)),)
        for word in ("at_least", "at_most", "more_than", "fewer_than")
    },
    **{
        f"length_{word}": lambda word, value: (
            LengthTest(COMPARISONS[word.removeprefix("length_")], whole(word, value, least=0)),
        )
        for word in ("at_least", "at_most", "more_than", "fewer_than", "equals")
    },
    "holds_something": lambda word, value: (SomethingTest(boolean(word, value)),),
    **dict.fromkeys(_TEXT_WORDS, lambda word, value: (TextTest(_TEXT_WORDS[word], text(word, value)),)),
}


def plain(value: object) -> object:
    """Convert NumPy scalars to Python values, and return anything else unchanged."""
    item = getattr(value, "item", None)
    return item() if callable(item) and getattr(value, "shape", None) == () else value


def number(word: str, value: object) -> Number:
    """Check that a value is a finite number, and return it. Whole floats become int, and NumPy numbers become Python numbers."""
    if isinstance(value, Decimal) and value.is_finite() and _is_usable(value):
        return value
    value = plain(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST:
        return int(value)
    if isinstance(value, float) and isfinite(value):
        return int(value) if value.is_integer() else value
    raise DefinitionError.bad_value(word, value, "a finite number")


def _is_usable(value: Decimal) -> bool:
    """Whether a decimal is in the range of floats and has few enough decimal places for calculations."""
    exponent = value.as_tuple().exponent
    return abs(value.adjusted()) <= float_info.max_10_exp and isinstance(exponent, int) and exponent >= -_MOST_PLACES


def text(word: str, value: object) -> str:
    """Check that a value is text and not empty, and return it."""
    if not isinstance(value, str) or not value:
        raise DefinitionError.bad_value(word, value, "text that is not empty")
    if has_half(value):
        raise DefinitionError.half_a_character(word, value)
    return value


_SEVERAL = (
    "a list of one or more values, either only text, such as ['Boston', 'Salem'], or only numbers, such as [38, 39]"
)


def texts(word: str, value: object) -> tuple[str, ...]:
    """Check that a value is an iterable of texts, and return them without duplicates."""
    if isinstance(value, list) and not all(isinstance(one, str) for one in value):
        raise DefinitionError.bad_value(word, value, _SEVERAL)
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise DefinitionError.bad_value(word, value, _SEVERAL)
    every = tuple(dict.fromkeys(text(word, one) for one in value))
    if not every:
        raise DefinitionError.bad_value(word, value, _SEVERAL)
    return every


def boolean(word: str, value: object) -> bool:
    """Check that a value is True or False, and return it. Other truthy or falsy values are rejected."""
    value = plain(value)
    if not isinstance(value, bool):
        raise DefinitionError.bad_value(word, value, "True or False")
    return value


def name_of(value: object) -> str:
    """Check that a value can be the name of a metric, property or list, and return it."""
    if not isinstance(value, str) or not value.strip():
        raise DefinitionError.bad_value("A name", value, "text that is not blank")
    if has_half(value):
        raise DefinitionError.half_a_character("A name", value)
    return value


def chosen(what: str, value: T, choices: Iterable[T]) -> T:
    """Check that a value is one of the choices, and return it."""
    if value not in choices:
        raise DefinitionError.unknown_choice(what, value, choices)
    return value


def check_words(phrase: str, words: Mapping[str, Any], known: Iterable[str]) -> None:
    """Raise an error for a keyword that the phrase does not accept, and suggest similar keywords."""
    for word in words:
        if word not in known:
            raise DefinitionError.unknown_word(phrase, word, known)
