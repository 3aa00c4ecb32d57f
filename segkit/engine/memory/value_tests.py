"""Test the values of a property: test each distinct value once, and look up the result for each row."""

import operator
import re
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any, assert_never

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.instants import DAY, Flags, microseconds
from segkit.data.properties import UNSET, PropertyColumn, spread
from segkit.data.validation.issues import EXAMPLES, shown
from segkit.definition import timeframes
from segkit.definition.conditions import (
    BooleanTest,
    DateTest,
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
    TextComparison,
    TextInTest,
    TextTest,
)
from segkit.errors import DefinitionError
from segkit.masking import quoted
from segkit.vocabulary import canonical_name

NEGATIVES: dict[TextComparison, TextComparison] = {
    "not equals": "equals",
    "not contains": "contains",
    "not starts with": "starts with",
    "not ends with": "ends with",
    "not matches": "matches",
}


def passing(column: PropertyColumn, test: PropertyTest, as_of: datetime) -> Flags:
    """Return which rows of a property pass a test. A value that can't be read as the kind that the test needs does not pass.

    Args:
        column: the property.
        test: the test.
        as_of: the moment from which timeframes are counted.

    Raises:
        DefinitionError: the pattern is not a valid RE2 regular expression.
    """
    if isinstance(test, SetTest):
        return np.asarray((column.codes != UNSET) == test.is_set)
    if isinstance(test, SomethingTest):
        return np.asarray(column.rows(column.somethings.values) == test.holds)
    return column.rows(_passes(column, test, as_of) & readable(column, test))


def unread(column: PropertyColumn, test: PropertyTest, name: str) -> str | None:
    """Say how many values of a property can't be read as the kind that a test needs. Return None if all or none can be read."""
    reads = readable(column, test)
    if reads.all() or not reads.any():
        return None
    count, size = column.count(~reads), column.count(np.ones_like(reads))
    if not count:
        return None
    examples = _shown(name, [column.distinct[int(place)] for place in np.flatnonzero(~reads)[: EXAMPLES + 1]])
    hint = ". If the day comes before the month, load with day_first=True" if _DAY_FIRST.search(examples) else ""
    kind = kind_of(test)
    return f"{count:,} of {size:,} values of {quoted(name)} can't be read as {kind} and can't pass any test: {examples}{hint}."


_DAY_FIRST = re.compile(r"'(1[3-9]|2\d|3[01])([/.-])(0?[1-9]|1[0-2])\2\d")
_MANY_DIGITS = re.compile(r"(\d[\s().-]?){7,}")
_DATE = re.compile(r"\d{1,4}([/.-])\d{1,2}\1\d{1,4}")


def _shown(name: str, values: list[Any]) -> str:
    """Return a few values as text, masked in columns about a person and where they look like phone numbers."""
    texts = [str(value.as_py() if isinstance(value, pa.Scalar) else value) for value in values]
    column = canonical_name("profiles", name)
    few = [
        shown("phone_number" if _MANY_DIGITS.search(text) and not _DATE.search(text) else column, [text])
        for text in texts[:EXAMPLES]
    ]
    return ", ".join([*few, *(["..."] if len(texts) > EXAMPLES else [])])


def numbers_of(column: PropertyColumn) -> npt.NDArray[np.float64]:
    """Return each row's number in a property, or NaN if it is not set or is not a number."""
    reading = column.numbers
    return spread(np.where(reading.readable, reading.values, np.nan), column.codes, unset=np.nan)


def readable(column: PropertyColumn, test: PropertyTest) -> Flags:
    """Return which distinct values of a property can be read as the kind that a test needs."""
    match test:
        case TextTest() | TextInTest():
            return column.texts.readable
        case NumberTest() | NumberInTest():
            return column.numbers.readable
        case BooleanTest():
            return column.truths.readable
        case ListTest() | ItemsTest() | ItemTextTest() | LengthTest():
            return column.lists.readable
        case DateTest():
            return column.instants.readable
        case SetTest() | SomethingTest():
            return np.ones(len(column.distinct), dtype=bool)
        case _:
            assert_never(test)


def kind_of(test: PropertyTest) -> str:
    """Return the kind of value that a test needs, in words."""
    return _KINDS[type(test)]


_KINDS: dict[type, str] = {
    TextTest: "text",
    TextInTest: "text",
    NumberTest: "a number",
    NumberInTest: "a number",
    BooleanTest: "true or false",
    DateTest: "a date",
    ListTest: "a list",
    ItemsTest: "a list",
    ItemTextTest: "a list",
    LengthTest: "a list",
}


def _passes(column: PropertyColumn, test: PropertyTest, as_of: datetime) -> Flags:
    """Return which distinct values pass a test. The result is arbitrary for values that can't be read as the needed kind."""
    match test:
        case TextTest(comparison, value):
            return _text_passes(column.texts.values, comparison, value)
        case TextInTest(values, negated):
            listed = _flags(pc.is_in(column.texts.values, value_set=pa.array(values, pa.string())))
            return np.asarray(listed != negated)
        case NumberTest(comparison, value):
            return compared(column.numbers.values, comparison, float(value))
        case NumberInTest(values, negated):
            return np.isin(column.numbers.values, [float(value) for value in values], invert=negated)
        case BooleanTest(wanted):
            return np.asarray(column.truths.values == wanted)
        case ListTest() | ItemsTest() | ItemTextTest():
            return np.array([_list_passes(items, test) for items in column.lists.values], dtype=bool)
        case LengthTest(comparison, length):
            lengths = np.array([len(items) for items in column.lists.values], dtype=np.int64)
            return compared(lengths, comparison, length)
        case DateTest(timeframe):
            return in_timeframe(column.instants.values, timeframe, as_of)
        case SetTest(is_set):
            return np.full(len(column.distinct), is_set)
        case SomethingTest(holds):
            return np.asarray(column.somethings.values == holds)
        case _:
            assert_never(test)


def _text_passes(texts: pa.Array, comparison: TextComparison, value: str) -> Flags:
    match comparison:
        case "equals":
            return _flags(pc.equal(texts, value))
        case "contains":
            return _flags(pc.match_substring(texts, value))
        case "starts with":
            return _flags(pc.starts_with(texts, value))
        case "ends with":
            return _flags(pc.ends_with(texts, value))
        case "matches":
            try:
                # Try the pattern alone first: "a)|(b" is not valid, but would be inside the group below.
                pc.match_substring_regex(pa.array([""]), value)
                return _flags(pc.match_substring_regex(texts, rf"\A(?:{value})\z"))
            except pa.ArrowInvalid as error:
                raise DefinitionError.bad_pattern(value, str(error)) from None
        case _:
            return ~_text_passes(texts, NEGATIVES[comparison], value)


def _list_passes(items: tuple[Any, ...], test: ListTest | ItemsTest | ItemTextTest) -> bool:
    match test:
        case ListTest(comparison, item):
            return any(_same(item, one) for one in items) == (comparison == "contains")
        case ItemsTest(comparison, wanted):
            some = any if comparison.endswith("any of") else all
            holds = some(any(_same(item, one) for one in items) for item in wanted)
            return holds != comparison.startswith("not")
        case ItemTextTest(comparison, text):
            return any(isinstance(one, str) and text in one for one in items) == (comparison == "contains")
        case _:
            assert_never(test)


def _same(wanted: object, item: object) -> bool:
    """Whether an item equals the wanted item in kind and value. True is not a number, and "1" is not 1."""
    if isinstance(wanted, str) or isinstance(item, (str, bool)):
        return isinstance(wanted, str) and isinstance(item, str) and wanted == item
    return wanted == item


def compared(values: npt.NDArray[Any], comparison: NumberComparison, value: float) -> Flags:
    """Compare numbers with a threshold."""
    found: Flags = _COMPARE[comparison](values, value)
    return found


_COMPARE: dict[NumberComparison, Callable[[Any, Any], Any]] = {
    "equals": operator.eq,
    "not equals": operator.ne,
    "more than": operator.gt,
    "at least": operator.ge,
    "fewer than": operator.lt,
    "at most": operator.le,
}


def nearest_units(value: Number, scale: int, comparison: NumberComparison) -> int:
    """Return the number of integer units that compares in the same way as a threshold. A unit is ten to the power of minus `scale`.

    The threshold means the decimal that it prints as.

    >>> nearest_units(19.995, 2, "at least"), nearest_units(19.995, 2, "more than")
    (2000, 1999)
    """
    threshold = Fraction(Decimal(str(value))) * Fraction(10) ** scale
    return floor(threshold) if comparison in {"more than", "at most"} else ceil(threshold)


def compared_exactly(units: npt.NDArray[Any], scale: int, comparison: NumberComparison, value: Number) -> Flags:
    """Compare integer units, ten to the power of minus `scale` each, with a threshold, taken as the decimal number that Python prints for it.

    >>> compared_exactly(np.array([1999, 2000]), 2, "at least", 19.995).tolist()
    [False, True]
    """
    above, below = nearest_units(value, scale, "at least"), nearest_units(value, scale, "at most")
    if comparison in {"equals", "not equals"} and above != below:
        return np.full(len(units), comparison == "not equals")
    return compared(units, comparison, nearest_units(value, scale, comparison))


def in_timeframe(instants: npt.NDArray[np.int64], timeframe: timeframes.DateTimeframe, as_of: datetime) -> Flags:
    """Return which instants, in microseconds since 1970 UTC, are in a timeframe as of a moment."""
    if isinstance(timeframe, timeframes.Recurrence):
        taken_in = np.zeros((13, 32), dtype=bool)
        for month, day in timeframes.days_of_year(timeframe, as_of):
            taken_in[month, day] = True
        dates = (instants // DAY).astype("datetime64[D]")
        months = dates.astype("datetime64[M]")
        return np.asarray(taken_in[months.astype(int) % 12 + 1, (dates - months).astype(int) + 1])
    return between(instants, *timeframes.bounds(timeframe, as_of))


def between(instants: npt.NDArray[np.int64], start: datetime | None, end: datetime | None) -> Flags:
    """Return which instants are from `start` (inclusive) to `end` (exclusive). None means no bound."""
    found = np.ones(len(instants), dtype=bool)
    if start is not None:
        found &= instants >= microseconds(start)
    if end is not None:
        found &= instants < microseconds(end)
    return found


def _flags(values: pa.Array) -> Flags:
    return np.asarray(pc.fill_null(values, fill_value=False).to_numpy(zero_copy_only=False))
