"""Explain segments and conditions of every kind in English, one line for each condition."""

from collections.abc import Iterable
from datetime import date
from math import isfinite
from typing import Any, assert_never

from segkit.definition.algebra import either_kind
from segkit.definition.conditions import (
    KINDS,
    AllOf,
    AnyOf,
    Atom,
    BooleanTest,
    Condition,
    ConsentCondition,
    DateTest,
    DistanceCondition,
    EventAlternatives,
    EventProperty,
    EventTests,
    FunnelCondition,
    ItemsComparison,
    ItemsTest,
    ItemTextTest,
    LastEventCondition,
    LengthTest,
    ListCondition,
    ListTest,
    MetricCondition,
    Metrics,
    Not,
    Number,
    NumberInTest,
    NumberTest,
    PhoneCountryCondition,
    PostalCode,
    PropertyCondition,
    PropertyTest,
    RegionCondition,
    SegmentCondition,
    SetTest,
    SomethingTest,
    TextComparison,
    TextInTest,
    TextTest,
    is_too_deep,
)
from segkit.definition.segment import Segment
from segkit.definition.timeframe_words import MONTHS
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
)
from segkit.errors import DefinitionError
from segkit.wording import counted

_INDENT = "  "
TEXT: dict[TextComparison, str] = {
    "equals": "is",
    "not equals": "is set and is not",
    "contains": "contains the text",
    "not contains": "is set and does not contain the text",
    "starts with": "starts with",
    "not starts with": "is set and does not start with",
    "ends with": "ends with",
    "not ends with": "is set and does not end with",
    "matches": "matches the whole of the pattern",
    "not matches": "is set and does not match the whole of the pattern",
}
ITEMS: dict[ItemsComparison, str] = {
    "contains any of": "lists at least one of",
    "contains all of": "lists all of",
    "not contains any of": "is a list with none of",
    "not contains all of": "is a list that lacks at least one of",
}
REGIONS = {"european_union": "the European Union", "united_states": "the United States"}


def explain(definition: "Segment | Condition | Iterable[Segment | Condition]") -> str:
    """Explain segments or conditions in English, one line for each atom, with an empty line between segments.

    Time windows are described as in the condition. Their start and end depend on the Dataset's `as_of`.

    Raises:
        DefinitionError: a value is neither a segment nor a condition, or a condition is nested too deeply.

    >>> from segkit.definition.phrases import can_receive, did, spent
    >>> bought = did("Placed Order", at_least=3, in_last_days=365) | spent(more_than=200)
    >>> print(explain(Segment("VIP", can_receive("sms") & bought)))
    VIP: profiles that
      can receive SMS marketing (subscribed)
      and any of:
        did Placed Order at least 3 times in the last 365 days
        or spent more than 200 in orders over all time
    """
    value: Any = definition
    is_one = isinstance(value, (Segment, str, *KINDS)) or not isinstance(value, Iterable)
    return "\n\n".join(map(_explained, [value] if is_one else value))


def _explained(definition: Segment | Condition) -> str:
    if isinstance(definition, Segment):
        return "\n".join([f"{definition.name}: profiles that", *_lines(definition.condition, 1)])
    if not isinstance(definition, KINDS):
        raise DefinitionError.not_a_condition(definition, "explain")
    if is_too_deep(definition):
        raise DefinitionError.nested_too_deep()
    return "\n".join(_lines(definition, 0))


def _lines(condition: Condition, depth: int) -> list[str]:
    match condition:
        case AllOf(()):
            return _indented("are anybody", depth)
        case AnyOf(()):
            return _indented("are nobody (no condition can be true)", depth)
        case AllOf(conditions):
            return _joined("and", conditions, depth)
        case AnyOf(conditions):
            pair = either_kind(condition)
            return _indented(_either(pair[1]), depth) if pair else _joined("or", conditions, depth)
        case Not(inner):
            inside = _lines(inner, depth + 1)
            if len(inside) == 1:
                return _indented(f"not ({inside[0].strip()})", depth)
            return [*_indented("not the case that:", depth), *inside]
        case _:
            return _indented(describe(condition), depth)


def _joined(word: str, conditions: Iterable[Condition], depth: int) -> list[str]:
    lines: list[str] = []
    for number, condition in enumerate(conditions):
        before = f"{word} " if number else ""
        is_group = isinstance(condition, (AllOf, AnyOf))
        inside = _lines(condition, depth + is_group)
        if is_group and len(inside) > 1:
            of = "any of:" if isinstance(condition, AnyOf) else "all of:"
            lines += [*_indented(before + of, depth), *inside]
        else:
            first, *rest = inside
            lines += [*_indented(before + first.strip(), depth), *rest]
    return lines


def _indented(line: str, depth: int) -> list[str]:
    return [_INDENT * depth + line]


def describe(atom: Atom | SegmentCondition) -> str:
    """Describe one atom in English, on one line.

    >>> from segkit.definition.phrases import within
    >>> describe(within(30, "miles", of="02110"))
    'live less than 30 miles from postal code 02110, US'
    """
    match atom:
        case MetricCondition():
            return _metric(atom)
        case FunnelCondition():
            return _funnel(atom)
        case LastEventCondition(metric, where, timeframe):
            return f"have as their last {metric} {timeframe_words(timeframe)} one where {of_event(where) or 'anything holds'}"
        case PropertyCondition(name, test):
            return f"have {name} that {_passes(test)}"
        case ConsentCondition():
            return _consent(atom)
        case ListCondition(name, is_member, joined):
            when = "" if isinstance(joined, AllTime) else f", joined {timeframe_words(joined)}"
            return f"{'are' if is_member else 'are not'} on the list {_quoted(name)}{when}"
        case DistanceCondition(is_within, distance, unit, of):
            place = (
                f"postal code {of.postal_code}, {of.country}"
                if isinstance(of, PostalCode)
                else f"the point {of.latitude}, {of.longitude}"
            )
            return f"live {'less' if is_within else 'more'} than {number_words(distance)} {unit} from {place}"
        case PhoneCountryCondition(countries, is_in):
            listed = _either_of(countries)
            return (
                f"have a phone number from {listed}"
                if is_in
                else f"have a valid phone number that is not from {listed}"
            )
        case RegionCondition(region, is_in):
            return f"live in {REGIONS[region]}" if is_in else f"live in a known country outside {REGIONS[region]}"
        case SegmentCondition(name):
            return f"are in the segment {_quoted(name)}"
        case _:
            assert_never(atom)


def _metric(atom: MetricCondition) -> str:
    when = timeframe_words(atom.timeframe)
    where = f", where {of_event(atom.where)}" if atom.where else ""
    match atom.measurement:
        case "sum":
            return _spent(atom, when, where)
        case "count":
            return _did(atom, when, where)
        case "days":
            return f"did {metric_words(atom.metric)} on {_days(atom)} {when}{where}"
        case _:
            assert_never(atom.measurement)


def metric_words(metric: Metrics) -> str:
    """Name one or several metrics in English.

    >>> metric_words("Clicked SMS"), metric_words(("Clicked SMS", "Clicked Email"))
    ('Clicked SMS', 'Clicked SMS or Clicked Email (counted together)')
    """
    return metric if isinstance(metric, str) else f"{_either_of(metric)} (counted together)"


def _did(atom: MetricCondition, when: str, where: str) -> str:
    if (atom.comparison, atom.value) == ("at least", 1):
        return f"did {metric_words(atom.metric)} at least once {when}{where}"
    if (atom.comparison, atom.value) in {("equals", 0), ("fewer than", 1), ("at most", 0)}:
        return f"had no {metric_words(atom.metric)} {when}{where}"
    return f"did {metric_words(atom.metric)} {_count(atom)} {when}{where}"


def _clauses(where: Iterable[EventProperty | PropertyCondition]) -> str:
    return " and ".join(f"{clause.property} {_passes(clause.test)}" for clause in where)


def of_event(where: EventTests) -> str:
    """Describe the tests that one event must pass, or return empty text if there are none."""
    parts = []
    for clause in where:
        if isinstance(clause, EventAlternatives):
            words = _any_of(clause)
            parts.append(f"({words})" if len(where) > 1 else words)
        else:
            parts.append(_clauses([clause]))
    return " and ".join(parts)


def _any_of(clause: EventAlternatives) -> str:
    parts = [f"({_clauses(one)})" if len(one) > 1 else _clauses(one) or "whatever it is" for one in clause.alternatives]
    return " or ".join(parts) or "any of no alternatives holds"


def _funnel(atom: FunnelCondition) -> str:
    steps = [
        f"{'' if step.is_taken else 'no '}{step.metric}{f' (where {of_event(step.where)})' if step.where else ''}"
        for step in atom.steps
    ]
    longest = (
        ""
        if atom.completion_seconds is None
        else f", at most {duration_words(atom.completion_seconds)} from first to last"
    )
    return f"did in this order {timeframe_words(atom.timeframe)}{longest}: {', then '.join(steps)}"


def duration_words(seconds: int) -> str:
    """Format a duration in the largest unit that divides it evenly.

    >>> duration_words(172_800), duration_words(90)
    ('2 days', '90 seconds')
    """
    units = {"day": 86_400, "hour": 3_600, "minute": 60, "second": 1}
    unit, size = next((unit, size) for unit, size in units.items() if seconds % size == 0)
    return counted(seconds // size, unit)


def _spent(atom: MetricCondition, when: str, where: str) -> str:
    words = {"fewer than": "less than", "equals": "exactly", "not equals": "any amount other than"}
    amount = f"{words.get(atom.comparison, atom.comparison)} {number_words(atom.value)}"
    return f"spent {amount} {spent_on(atom.metric)} {when}{where}"


def spent_on(metric: Metrics) -> str:
    """Return the words for what an amount was spent on.

    >>> spent_on("Placed Order"), spent_on("Booked Course")
    ('in orders', 'on Booked Course')
    """
    return "in orders" if metric == "Placed Order" else f"on {metric_words(metric)}"


def _count(atom: MetricCondition) -> str:
    words = {"equals": "exactly", "not equals": "any number of times other than"}
    times = number_words(atom.value) if atom.comparison == "not equals" else _times(atom.value)
    return f"{words.get(atom.comparison, atom.comparison)} {times}"


def _days(atom: MetricCondition) -> str:
    words = {"equals": "exactly", "not equals": "any number of days other than"}
    days = "" if atom.comparison == "not equals" else " day" if atom.value == 1 else " days"
    return f"{words.get(atom.comparison, atom.comparison)} {number_words(atom.value)}{days}"


def _times(value: Number) -> str:
    return f"{number_words(value)} {'time' if value == 1 else 'times'}"


def _passes(test: PropertyTest) -> str:
    """Describe a test as a verb phrase that follows the property's name."""
    match test:
        case TextTest(comparison, value):
            return f"{TEXT[comparison]} {_quoted(value)}"
        case TextInTest(values, negated):
            listed = _either_of(map(_quoted, values))
            return f"is set and is not {listed}" if negated else f"is {listed}"
        case NumberInTest(values, negated):
            listed = _either_of(map(number_words, values))
            return f"is set and is not {listed}" if negated else f"is {listed}"
        case NumberTest(comparison, value):
            words = {"equals": "is", "not equals": "is set and is not", "fewer than": "is less than"}
            return f"{words.get(comparison, f'is {comparison}')} {number_words(value)}"
        case BooleanTest(value):
            return f"is {'true' if value else 'false'}"
        case DateTest(timeframe):
            when = timeframe_words(timeframe)
            return when.replace("with its", "has its", 1) if "anniversary" in when else f"is {when}"
        case ListTest("contains", item):
            return f"lists {_item(item)}"
        case ListTest(_, item):
            return f"is a list without {_item(item)}"
        case ItemsTest(comparison, items):
            return f"{ITEMS[comparison]} {', '.join(map(_item, items))}"
        case ItemTextTest(comparison, text):
            verb = "lists an item" if comparison == "contains" else "is an empty list"
            return f"{verb} that contains the text {_quoted(text)}"
        case LengthTest(comparison, length):
            words = {"equals": "exactly", "not equals": "a number other than"}
            return f"lists {words.get(comparison, comparison)} {counted(length, 'item')}"
        case SetTest(is_set):
            return "is set" if is_set else "is not set"
        case SomethingTest(holds):
            return "holds something" if holds else "holds nothing"
        case _:
            assert_never(test)


def _either(items: PropertyCondition) -> str:
    """Describe the pair of conditions that `has(..., contains=...)` builds, on one line."""
    if not isinstance(items.test, ListTest):
        return describe(items)
    verb = "contains" if items.test.comparison == "contains" else "is set and does not contain"
    return f"have {items.property} that {verb} {_item(items.test.item)} (an item of a list, or part of a text)"


def _consent(atom: ConsentCondition) -> str:
    channel = {"sms": "SMS", "email": "email"}[atom.channel]
    can = "can receive" if atom.can_receive else "cannot receive"
    status = "" if atom.subscription == "any" else f" ({atom.subscription.replace('_', ' ')})"
    if atom.channel == "email" and atom.can_receive and atom.subscription == "any":
        status = " (has an address, is not suppressed or unsubscribed; never subscribed counts)"
    since = "" if atom.status_date is None else f", a status dated {timeframe_words(atom.status_date)}"
    methods = [clause for clause in atom.where if _is_method(clause, atom.channel)]
    by = "".join(
        f", by {clause.test.value.replace('_', ' ')}" for clause in methods if isinstance(clause.test, TextTest)
    )
    others = [clause for clause in atom.where if clause not in methods]
    where = f", where {_clauses(others)}" if others else ""
    return f"{can} {channel} marketing{status}{since}{by}{where}"


def _is_method(clause: PropertyCondition, channel: str) -> bool:
    """Whether a clause tests that the channel's consent method equals a text."""
    return clause.property == f"{channel}_consent_method" and (
        isinstance(clause.test, TextTest) and clause.test.comparison == "equals"
    )


def timeframe_words(timeframe: Timeframe) -> str:
    """Describe a timeframe in English.

    >>> timeframe_words(BetweenAgo(91, 150))
    'between 91 and 150 days ago'
    """
    match timeframe:
        case AllTime():
            return "over all time"
        case InTheLast(quantity, unit):
            return f"in the last {unit if quantity == 1 else counted(quantity, unit)}"
        case AtLeastAgo(quantity, unit):
            return f"at least {counted(quantity, unit)} ago"
        case BetweenAgo(nearest, farthest, unit):
            return f"between {nearest:,} and {counted(farthest, unit)} ago"
        case InPeriod(period, is_last):
            return f"in {'the last' if is_last else 'this'} calendar {period}"
        case InTheNext(quantity, unit):
            return f"in the next {unit if quantity == 1 else counted(quantity, unit)}"
        case Before(day):
            return f"before {_day(day)}"
        case After(day):
            return f"after {_day(day)}"
        case BetweenDates(first, last):
            return f"on {_day(first)}" if first == last else f"from {_day(first)} to {_day(last)}"
        case AnniversaryToday():
            return "with its anniversary today"
        case AnniversaryInTheNext(quantity):
            return f"with its anniversary in the next {counted(quantity, 'day')}"
        case AnniversaryInTheLast(quantity):
            return f"with its anniversary in the last {counted(quantity, 'day')}"
        case AnniversaryThisMonth():
            return "with its anniversary this month"
        case InMonth(month):
            return f"in {MONTHS[month - 1]} of any year"
        case _:
            assert_never(timeframe)


def _day(day: date) -> str:
    return day.isoformat()


def number_words(value: Number) -> str:
    """Format a number with thousands separators, and without trailing zeros if it is whole.

    >>> number_words(12500), number_words(19.5)
    ('12,500', '19.5')
    """
    return f"{int(value):,}" if isfinite(value) and value == int(value) else f"{value:,}"


def _quoted(text: str) -> str:
    return f"“{text}”"


def _item(item: str | float) -> str:
    return _quoted(item) if isinstance(item, str) else number_words(item)


def _either_of(names: Iterable[str]) -> str:
    every = list(names)
    if len(every) < 2:
        # Phrases never build an empty choice, but a tree that was built by hand may contain one.
        return every[0] if every else "any of no choices"
    return f"{', '.join(every[:-1])} or {every[-1]}"
