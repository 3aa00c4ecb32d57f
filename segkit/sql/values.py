"""Write tests of property values as SQL. Each distinct value is saved with its readings: as text, number, truth, date and items."""

from datetime import datetime
from typing import Protocol, assert_never

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from segkit.data.saved.values import exact_number
from segkit.definition import timeframes
from segkit.definition.conditions import (
    BooleanTest,
    DateTest,
    ItemsTest,
    ItemTextTest,
    LengthTest,
    ListTest,
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
from segkit.sql.words import (
    Sql,
    between,
    column,
    double,
    either,
    every,
    is_in,
    is_set,
    negation,
    or_zero,
    text,
    untrue,
    whole,
)

COMPARED: dict[NumberComparison, type[exp.Binary]] = {
    "equals": exp.EQ,
    "not equals": exp.NEQ,
    "more than": exp.GT,
    "at least": exp.GTE,
    "fewer than": exp.LT,
    "at most": exp.LTE,
}


MATCHED = (r"\A(?:", r")\z")
"""What goes around a pattern, so that it matches the whole value."""


class Values(Protocol):
    """The value of a property in a row. Each attribute is NULL if the property is not set or can't be read as that kind."""

    @property
    def is_set(self) -> Sql:
        """SQL that tests whether the property has any value."""
        ...

    def reading(self, kind: str) -> Sql:
        """Return the value as one kind: text, number, truth, instant, month_day, items (their number) or holds_something."""
        ...

    def has_item(self, test: Sql) -> Sql:
        """Return SQL that tests whether a list item passes a test of the columns `text`, `number` and `exact`. It is never NULL."""
        ...


def test_of(values: Values, test: PropertyTest, as_of: datetime) -> Sql:
    """Return SQL that tests whether a value passes a test. FALSE or NULL means that it does not.

    Raises:
        DefinitionError: the pattern is not a valid RE2 regular expression.
    """
    match test:
        case TextTest(comparison, value):
            return _text_test(values.reading("text"), comparison, value)
        case TextInTest(listed, negated):
            found = is_in(values.reading("text"), map(text, listed))
            return negation(found) if negated else found
        case NumberTest(comparison, value):
            return COMPARED[comparison](this=values.reading("number"), expression=double(float(value)))
        case NumberInTest(numbers, negated):
            found = is_in(values.reading("number"), (double(float(one)) for one in numbers))
            return negation(found) if negated else found
        case BooleanTest(wanted):
            truth = values.reading("truth")
            return truth if wanted else negation(truth)
        case DateTest(timeframe):
            return in_timeframe(values.reading("instant"), values.reading("month_day"), timeframe, as_of)
        case ListTest() | ItemsTest() | ItemTextTest():
            return every([is_set(values.reading("items")), _list_test(values, test)])
        case LengthTest(comparison, length):
            return COMPARED[comparison](this=values.reading("items"), expression=whole(length))
        case SetTest(wanted):
            return values.is_set if wanted else negation(values.is_set)
        case SomethingTest(holds):
            found = values.reading("holds_something")
            # A property that is not set holds nothing.
            return found if holds else untrue(found)
        case _:
            assert_never(test)


def in_timeframe(instant: Sql, month_day: Sql, timeframe: timeframes.DateTimeframe, as_of: datetime) -> Sql:
    """Return SQL that tests whether a date is in a timeframe as of a moment."""
    if isinstance(timeframe, timeframes.Recurrence):
        days = sorted(month * 100 + day for month, day in timeframes.days_of_year(timeframe, as_of))
        return is_in(month_day, map(whole, days))
    return every(between(instant, *timeframes.bounds(timeframe, as_of)))


def _text_test(found: Sql, comparison: TextComparison, value: str) -> Sql:
    match comparison:
        case "equals":
            return exp.EQ(this=found, expression=text(value))
        case "not equals":
            return exp.NEQ(this=found, expression=text(value))
        case "contains":
            return _contains(found, value)
        case "starts with":
            return exp.EQ(this=exp.Left(this=found, expression=whole(len(value))), expression=text(value))
        case "ends with":
            return exp.EQ(this=exp.Right(this=found, expression=whole(len(value))), expression=text(value))
        case "matches":
            return exp.RegexpLike(this=found, expression=text(_whole(value)))
        case "not contains":
            return negation(_text_test(found, "contains", value))
        case "not starts with":
            return negation(_text_test(found, "starts with", value))
        case "not ends with":
            return negation(_text_test(found, "ends with", value))
        case "not matches":
            return negation(_text_test(found, "matches", value))
        case _:
            assert_never(comparison)


def _contains(found: Sql, value: str) -> Sql:
    if not value:
        # Every text contains the empty text, but engines disagree about where.
        return exp.EQ(this=found.copy(), expression=found.copy())
    return exp.GT(this=exp.StrPosition(this=found, substr=text(value)), expression=whole(0))


def _whole(pattern: str) -> str:
    """Return a pattern that matches the whole value, checked with Arrow's regular expressions, which define its meaning for all engines."""
    whole_value = pattern.join(MATCHED)
    try:
        # "a)|(b" is valid only inside the group of `MATCHED`, and r"\Qa.b" only outside it.
        for one in (pattern, whole_value):
            pc.match_substring_regex(pa.array([""]), one)
    except pa.ArrowInvalid as error:
        raise DefinitionError.bad_pattern(pattern, str(error)) from None
    return whole_value


def _list_test(values: Values, test: ListTest | ItemsTest | ItemTextTest) -> Sql:
    match test:
        case ListTest(comparison, item):
            found = values.has_item(_is_item(item))
            return found if comparison == "contains" else untrue(found)
        case ItemsTest(comparison, wanted):
            combine = either if comparison.endswith("any of") else every
            found = combine(values.has_item(_is_item(item)) for item in wanted)
            return untrue(found) if comparison.startswith("not") else found
        case ItemTextTest(comparison, part):
            found = values.has_item(_contains(column("text"), part))
            return found if comparison == "contains" else untrue(found)
        case _:
            assert_never(test)


def _is_item(wanted: str | float) -> Sql:
    if isinstance(wanted, str):
        return exp.EQ(this=column("text"), expression=text(wanted))
    number, exact = exact_number(wanted)
    if number is None:
        return exp.EQ(this=column("exact"), expression=text(str(exact)))
    return exp.EQ(this=column("number"), expression=double(number))


class SavedValues:
    """A property with its distinct values in a separate table, which is joined to each row under a name.

    Attributes:
        joined: the name of the joined table of values.
        of: the table with the column of codes.
        code: the column of codes.
        items: the name of the joined table of facts about lists; None if no value is a list.
        item_facts: the tests of single items, each with the name of its column.
    """

    def __init__(self, joined: str, of: str, code: str, items: str | None) -> None:
        self.joined, self.of, self.code, self.items = joined, of, code, items
        self.is_read = False
        self.item_facts: dict[str, tuple[str, Sql]] = {}

    @property
    def is_set(self) -> Sql:
        """SQL that tests whether the property has any value."""
        return is_set(column(self.code, self.of))

    def reading(self, kind: str) -> Sql:
        """Return the value as one kind."""
        self.is_read = True
        return column(kind, self.joined)

    def has_item(self, test: Sql) -> Sql:
        """Return SQL that tests whether an item of a list passes a test."""
        if self.items is None:
            return exp.false()
        name, _ = self.item_facts.setdefault(test.sql(), (f"has_{len(self.item_facts) + 1}", test))
        return exp.EQ(this=or_zero(column(name, self.items)), expression=whole(1))


class NoValues:
    """A property that is not set for any profile or event."""

    @property
    def is_set(self) -> Sql:
        """SQL that tests whether the property has any value."""
        return exp.false()

    def reading(self, kind: str) -> Sql:
        """Return NULL of the right type."""
        kinds = {
            "text": "TEXT",
            "number": "DOUBLE",
            "truth": "BOOLEAN",
            "instant": "TIMESTAMPTZ",
            "holds_something": "BOOLEAN",
        }
        return exp.cast(exp.null(), kinds.get(kind, "INT"))

    def has_item(self, test: Sql) -> Sql:
        """Return FALSE, since there are no items."""
        del test
        return exp.false()


class Amount:
    """The amount of an event as a property, "$value", which is computed from integer units."""

    def __init__(self, scale: int, kind: str | None) -> None:
        self._scale, self._kind = scale, kind

    @property
    def is_set(self) -> Sql:
        """SQL that tests whether the event has an amount."""
        return every([is_set(column("has_value", "events")), column("has_value", "events")])

    def reading(self, kind: str) -> Sql:
        """Return the amount as one kind, which is NULL for all kinds except "number" and "holds_something"."""
        if kind not in ("number", "holds_something"):
            return NoValues().reading(kind)
        # Both operands are exact as doubles, so the quotient is the double nearest to the decimal number.
        units = exp.cast(or_zero(column("units", "events")), "DOUBLE")
        number: Sql = exp.Div(this=units, expression=exp.cast(whole(10**self._scale), "DOUBLE"), typed=True)
        if self._kind in ("float", "halffloat"):
            number = exp.cast(exp.cast(number, "FLOAT"), "DOUBLE")
        known = exp.Case(ifs=[exp.If(this=self.is_set, true=number)])
        return known if kind == "number" else exp.GT(this=known, expression=whole(0))

    def has_item(self, test: Sql) -> Sql:
        """Return FALSE, since there are no items."""
        del test
        return exp.false()
