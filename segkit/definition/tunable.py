"""Find the numbers, dates and choices in a condition that can be tuned, each with the sentence around it.

`tuning.py` replaces them, and makes a builder from a segment.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, TypeAlias, assert_never, get_args

from segkit.definition.algebra import either_kind
from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    BooleanTest,
    Condition,
    ConsentCondition,
    DateTest,
    DistanceCondition,
    DistanceUnit,
    EventAlternatives,
    EventTests,
    FunnelCondition,
    ItemsTest,
    ItemTextTest,
    LastEventCondition,
    LengthTest,
    ListCondition,
    ListTest,
    MetricCondition,
    Not,
    NumberInTest,
    NumberTest,
    PhoneCountryCondition,
    Point,
    PostalCode,
    PropertyCondition,
    PropertyTest,
    Region,
    RegionCondition,
    SegmentCondition,
    SetTest,
    SomethingTest,
    TextInTest,
    TextTest,
)
from segkit.definition.explain import ITEMS, REGIONS, TEXT, metric_words, of_event, spent_on
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
    Period,
    Timeframe,
)
from segkit.errors import DefinitionError

Path: TypeAlias = tuple[str | int, ...]
"""The path from a condition to a value: the name of a field, or an index in a tuple, at each level."""


@dataclass(frozen=True, slots=True)
class ValuesOf:
    """The source of the values that a choice offers: a property of profiles or, with a metric, a property of its events.

    `property` is None for the countries of phone numbers.
    """

    property: str | None
    metric: str | None = None


@dataclass(frozen=True, slots=True)
class Tunable:
    """One number, date or choice in a condition.

    Attributes:
        path: the path to the value. `also` has the paths to further places that always have the same value.
        value: the current value.
        before, after: the sentence around the value, such as "Clicked SMS in the last" and "days".
        noun: a name for the value in code, such as "clicked_sms_days".
        choices: the possible values, with their words; None if there is no such list.
        source: the source of the values in the data, for text.
        least: the smallest possible number; None for numbers without a minimum.
    """

    path: Path
    value: Any
    before: str
    after: str = ""
    noun: str = ""
    choices: tuple[tuple[str, Any], ...] | None = None
    source: ValuesOf | None = None
    least: int | None = None
    also: tuple[Path, ...] = ()

    def under(self, *steps: str | int, subject: str = "", end: str = "", noun: str = "") -> "Tunable":
        """Return the same value with its path from an enclosing condition, and with the subject of the sentence."""
        return replace(
            self,
            path=(*steps, *self.path),
            also=tuple((*steps, *path) for path in self.also),
            before=f"{subject} {self.before}".strip(),
            after=f"{self.after}{end}",
            noun=f"{noun} {self.noun}".strip(),
        )


def tunables(condition: Condition) -> tuple[Tunable, ...]:
    """Return the numbers, dates and choices in a condition, in the order in which `explain` shows them.

    "At least once" and "zero times" are words, not numbers. Names of metrics, properties, lists and segments can't be tuned.

    Raises:
        DefinitionError: the condition refers to another segment.

    >>> from segkit.definition.phrases import did, within
    >>> [(one.before, one.value, one.after) for one in tunables(did("Clicked SMS", in_last_days=90) | within(30, "miles", of="02110"))]
    [('Clicked SMS in the last', 90, 'days'), ('Live less than', 30.0, 'miles from postal code 02110'), ...]
    """
    return tuple(_of(condition))


def _of(condition: Condition) -> Iterator[Tunable]:
    match condition:
        case AllOf(conditions):
            yield from _of_parts(conditions)
        case AnyOf(conditions):
            pair = either_kind(condition)
            if pair is None:
                yield from _of_parts(conditions)
            else:
                name, test = pair[0].property, pair[0].test
                verb = (
                    "contains" if isinstance(test, TextTest) and test.comparison == "contains" else "does not contain"
                )
                (one,) = _of(pair[0])
                path, also = ("conditions", 0, *one.path), (("conditions", 1, "test", "item"),)
                yield replace(one, path=path, also=also, before=f"{name} {verb}", noun=name, source=ValuesOf(name))
        case Not(inner):
            yield from (replace(one.under("condition"), before=f"Not: {one.before}") for one in _of(inner))
        case SegmentCondition(name):
            raise DefinitionError.unresolved_segment(name)
        case MetricCondition():
            yield from _of_metric(condition)
        case FunnelCondition(steps):
            subject = f"{', then '.join(step.metric for step in steps)},"
            noun = "steps"
            for number, step in enumerate(steps):
                yield from _under(_of_where(step.where, step.metric), "steps", number, noun=step.metric)
            yield from _under(_of_timeframe(condition.timeframe), "timeframe", subject=subject, noun=noun)
            if condition.completion_seconds is not None:
                yield Tunable(
                    ("completion_seconds",),
                    condition.completion_seconds,
                    f"{subject} within",
                    "seconds",
                    "steps seconds",
                    least=1,
                )
        case LastEventCondition(metric, where, timeframe):
            yield from _under(_of_where(where, metric), noun=f"last {metric}")
            yield from _under(_of_timeframe(timeframe), "timeframe", subject=f"Last {metric}", noun=f"last {metric}")
        case PropertyCondition(name, test):
            yield from _under(_of_test(test, ValuesOf(name)), "test", subject=name, noun=name)
        case ConsentCondition(channel):
            if condition.status_date is not None:
                subject, noun = f"{channel.upper()} consent dated", f"{channel} consent"
                yield from _under(_of_timeframe(condition.status_date), "status_date", subject=subject, noun=noun)
            for number, clause in enumerate(condition.where):
                yield from _under(_of(clause), "where", number)
        case ListCondition(name):
            yield from _under(_of_timeframe(condition.joined), "joined", subject=f"Joined the list “{name}”", noun=name)
        case DistanceCondition():
            yield from _of_distance(condition)
        case PhoneCountryCondition(countries, is_in):
            subject = "Phone number of" if is_in else "Phone number not of"
            yield Tunable(("countries",), countries, subject, noun="countries", source=ValuesOf(None))
        case RegionCondition(region, is_in):
            choices = tuple((REGIONS[one], one) for one in get_args(Region))
            yield Tunable(("region",), region, "Live in" if is_in else "Live outside", noun="region", choices=choices)
        case _:
            assert_never(condition)


def _of_parts(conditions: tuple[Condition, ...]) -> Iterator[Tunable]:
    for number, part in enumerate(conditions):
        yield from _under(_of(part), "conditions", number)


def _under(found: Iterator[Tunable], *steps: str | int, **words: str) -> Iterator[Tunable]:
    return (one.under(*steps, **words) for one in found)


def _of_metric(atom: MetricCondition) -> Iterator[Tunable]:
    name = metric_words(atom.metric)
    noun = atom.metric if isinstance(atom.metric, str) else " or ".join(atom.metric)
    is_never = (atom.comparison, atom.value) in {("equals", 0), ("fewer than", 1)}
    is_once = (atom.comparison, atom.value) == ("at least", 1)
    where = f", where {of_event(atom.where)}" if atom.where else ""
    words = {"fewer than": "less than" if atom.measurement == "sum" else "fewer than", "equals": "exactly"}
    how = words.get(atom.comparison, "not exactly" if atom.comparison == "not equals" else atom.comparison)
    match atom.measurement:
        case "sum":
            spent = Tunable(("value",), atom.value, f"Spent {how}", f"{spent_on(atom.metric)}{where}", f"{noun} spent")
            yield spent
            subject = f"Spent {spent_on(atom.metric)}"
        case "count":
            if not is_never and not is_once:
                yield Tunable(("value",), atom.value, f"{name} {how}", f"times{where}", f"{noun} times", least=0)
            subject = f"No {name}" if is_never else name
        case "days":
            if not is_never and not is_once:
                yield Tunable(("value",), atom.value, f"{name} on {how}", f"days{where}", f"{noun} on days", least=0)
            subject = f"No {name}" if is_never else name
        case _:
            assert_never(atom.measurement)
    yield from _under(_of_timeframe(atom.timeframe), "timeframe", subject=subject, end=where, noun=noun)
    yield from _under(_of_where(atom.where, noun), noun=noun)


def _of_where(where: EventTests, metric: str) -> Iterator[Tunable]:
    for number, clause in enumerate(where):
        if isinstance(clause, EventAlternatives):
            for which, alternative in enumerate(clause.alternatives):
                for place, one in enumerate(alternative):
                    found = _of_test(one.test, ValuesOf(one.property, metric))
                    steps = ("where", number, "alternatives", which, place, "test")
                    yield from _under(found, *steps, subject=f"{metric} with {one.property}", noun=one.property)
        else:
            found = _of_test(clause.test, ValuesOf(clause.property, metric))
            subject = f"{metric} with {clause.property}"
            yield from _under(found, "where", number, "test", subject=subject, noun=clause.property)


def _of_distance(atom: DistanceCondition) -> Iterator[Tunable]:
    place = f"postal code {atom.of.postal_code}" if isinstance(atom.of, PostalCode) else "the store"
    less = "less" if atom.is_within else "more"
    yield Tunable(("distance",), atom.distance, f"Live {less} than", f"{atom.unit} from {place}", "distance", least=0)
    units = tuple((unit, unit) for unit in get_args(DistanceUnit))
    yield Tunable(("unit",), atom.unit, "Distance in", noun="unit", choices=units)
    match atom.of:
        case PostalCode(postal_code):
            yield Tunable(("of", "postal_code"), postal_code, "Store at postal code", noun="postal code")
        case Point(latitude, longitude):
            yield Tunable(("of", "latitude"), latitude, "Store at latitude", noun="latitude")
            yield Tunable(("of", "longitude"), longitude, "Store at longitude", noun="longitude")
        case _:
            assert_never(atom.of)


def _of_test(test: PropertyTest, source: ValuesOf) -> Iterator[Tunable]:
    match test:
        case TextTest(comparison, value):
            listed = source if comparison in {"equals", "not equals"} else None
            yield Tunable(("value",), value, TEXT[comparison], source=listed)
        case TextInTest(values, negated):
            yield Tunable(("values",), values, "is not one of" if negated else "is one of", source=source)
        case NumberInTest(values, negated):
            yield Tunable(("values",), values, "is not one of" if negated else "is one of")
        case NumberTest(comparison, value):
            words = {"equals": "is", "not equals": "is not", "fewer than": "is less than"}
            yield Tunable(("value",), value, words.get(comparison, f"is {comparison}"))
        case BooleanTest(value):
            yield Tunable(("value",), value, "is", choices=(("true", True), ("false", False)))
        case DateTest(timeframe):
            yield from _under(_of_timeframe(timeframe), "timeframe")
        case ListTest(comparison, item):
            yield Tunable(("item",), item, "lists" if comparison == "contains" else "does not list", source=source)
        case ItemsTest(comparison, items):
            yield Tunable(("items",), items, ITEMS[comparison], source=source)
        case ItemTextTest(comparison, text):
            yield Tunable(
                ("text",),
                text,
                "lists an item that contains" if comparison == "contains" else "lists no item that contains",
            )
        case LengthTest(comparison, length):
            words = {"equals": "exactly", "not equals": "not exactly"}
            yield Tunable(("length",), length, f"lists {words.get(comparison, comparison)}", "items", "items", least=0)
        case SetTest() | SomethingTest():
            return
        case _:
            assert_never(test)


def _of_timeframe(timeframe: Timeframe) -> Iterator[Tunable]:
    match timeframe:
        case AllTime() | AnniversaryToday() | AnniversaryThisMonth():
            return
        case InTheLast(quantity, unit):
            yield Tunable(("quantity",), quantity, "in the last", f"{unit}s", f"{unit}s", least=1)
        case AtLeastAgo(quantity, unit):
            yield Tunable(("quantity",), quantity, "at least", f"{unit}s ago", f"{unit}s ago", least=1)
        case BetweenAgo(nearest, farthest, unit):
            yield Tunable(
                ("nearest",), nearest, "between", f"and {farthest:,} {unit}s ago", f"from {unit}s ago", least=0
            )
            yield Tunable(
                ("farthest",), farthest, f"between {nearest:,} and", f"{unit}s ago", f"to {unit}s ago", least=0
            )
        case InTheNext(quantity, unit):
            yield Tunable(("quantity",), quantity, "in the next", f"{unit}s", f"next {unit}s", least=1)
        case InPeriod(period, is_last):
            which = "in the last calendar" if is_last else "in this calendar"
            yield Tunable(
                ("period",), period, which, noun="period", choices=tuple((one, one) for one in get_args(Period))
            )
        case Before(day):
            yield Tunable(("day",), day, "before", noun="before")
        case After(day):
            yield Tunable(("day",), day, "after", noun="after")
        case BetweenDates(first, last):
            yield Tunable(("first",), first, "from", f"to {last}", "from")
            yield Tunable(("last",), last, f"from {first} to", noun="to")
        case AnniversaryInTheNext(quantity):
            yield Tunable(("quantity",), quantity, "has its anniversary in the next", "days", "days", least=1)
        case AnniversaryInTheLast(quantity):
            yield Tunable(("quantity",), quantity, "had its anniversary in the last", "days", "days", least=1)
        case InMonth(month):
            months = tuple((name, number) for number, name in enumerate(MONTHS, start=1))
            yield Tunable(("month",), month, "in", "of any year", "month", choices=months)
        case _:
            assert_never(timeframe)
