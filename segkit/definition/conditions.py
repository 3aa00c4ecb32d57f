"""Define the condition tree: small frozen records that describe a segment. Other modules evaluate, explain and write it.

An atom makes one statement about a profile. `AllOf`, `AnyOf` and `Not` combine atoms. `Condition` is the closed union of all of
these, for use in `match` statements. Trees compare by value, are hashable, and print as the code that rebuilds them. `==` tests
equality, and only `&`, `|` and `~` are overloaded. A tree never contains a function, so every tree can be explained, compared
and exported to another system. For anything that conditions can't express, compute a profile property and test it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, NoReturn, TypeAlias, Union, get_args

from segkit.definition.timeframes import ALL_TIME, DateTimeframe, EventTimeframe
from segkit.errors import DefinitionError

Number: TypeAlias = int | float | Decimal

NumberComparison: TypeAlias = Literal["equals", "not equals", "more than", "at least", "fewer than", "at most"]
TextComparison: TypeAlias = Literal[
    "equals", "not equals", "contains", "not contains", "starts with", "not starts with", "ends with", "not ends with",
    "matches", "not matches",
]  # fmt: skip
ListComparison: TypeAlias = Literal["contains", "not contains"]
ItemsComparison: TypeAlias = Literal[
    "contains any of", "contains all of", "not contains any of", "not contains all of"
]  # fmt: skip
Metrics: TypeAlias = str | tuple[str, ...]
"""One metric, or several metrics for which events are counted together."""
Measurement: TypeAlias = Literal["count", "sum", "days"]
"""What a condition measures about a metric's events.

To add one, also add its measure to `EventMeasure` in `definition/measures.py`. The files that must handle it, most of which mypy lists:

    definition/measures.py definition/explain.py definition/difference.py definition/tunable.py definition/text/write.py
    engine/memory/evaluation.py engine/memory/engine.py engine/memory/bins.py engine/memory/lacking.py
    engine/thresholds/quantity.py engine/by_sql/bins.py engine/by_sql/statements.py sql/question.py
    klaviyo/definitions/write_events.py analysis/why.py analysis/ranges.py

mypy does not find:

    __init__.pyi (a new phrase) definition/phrases.py definition/parameters.py (`StartsAt`)
    definition/text/keys.py definition/text/read.py definition/text/schema.py (which writes segment.schema.json)
    klaviyo/definitions/negations.py klaviyo/definitions/read_events.py
    tests/reference.py tests/engine_reference.py tests/strategies.py docs/concepts/conditions.md docs/klaviyo/index.md

A test holds that this list is complete.
"""
Channel: TypeAlias = Literal["sms", "email"]
Subscription: TypeAlias = Literal["any", "subscribed", "unsubscribed", "never_subscribed"]
DistanceUnit: TypeAlias = Literal["miles", "kilometers"]
Region: TypeAlias = Literal["european_union", "united_states"]

FEWEST_STEPS, MOST_STEPS = 2, 5
"""How many steps a funnel may have. Klaviyo sets the maximum (help article 42691974773147), and segkit sets the minimum."""


@dataclass(frozen=True, slots=True)
class TextTest:
    """Compares text, case-sensitively. "matches" takes an RE2 pattern that must match the whole value."""

    comparison: TextComparison
    value: str


@dataclass(frozen=True, slots=True)
class TextInTest:
    """Tests that text is one of `values` or, if `negated`, that it is set but is not one of them."""

    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class NumberTest:
    """Compares a number."""

    comparison: NumberComparison
    value: Number


@dataclass(frozen=True, slots=True)
class NumberInTest:
    """Tests that a number is one of `values` or, if `negated`, that it is set but is not one of them."""

    values: tuple[Number, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class BooleanTest:
    """Tests that a boolean property equals `value`."""

    value: bool


@dataclass(frozen=True, slots=True)
class DateTest:
    """Tests that a date is in a timeframe."""

    timeframe: DateTimeframe


@dataclass(frozen=True, slots=True)
class ListTest:
    """Tests that a list contains, or does not contain, a whole item."""

    comparison: ListComparison
    item: str | int | float


@dataclass(frozen=True, slots=True)
class ItemsTest:
    """Tests which of several whole items a list contains. "not contains all of" means that at least one is missing."""

    comparison: ItemsComparison
    items: tuple[str | int | float, ...]

    def __post_init__(self) -> None:
        if not self.items:
            raise DefinitionError.bad_value(
                f'The value of "{self.comparison}"', self.items, "a tuple of at least one item"
            )


@dataclass(frozen=True, slots=True)
class ItemTextTest:
    """Tests that a list has, or does not have, an item that contains a text, case-sensitively. Items that are numbers never match."""

    comparison: ListComparison
    text: str


@dataclass(frozen=True, slots=True)
class LengthTest:
    """Compares a list's length."""

    comparison: NumberComparison
    length: int


@dataclass(frozen=True, slots=True)
class SetTest:
    """Tests that a property has any value, or that it has none."""

    is_set: bool


@dataclass(frozen=True, slots=True)
class SomethingTest:
    """Tests that a property holds something or, with `holds=False`, nothing. A property that is not set holds nothing.

    Something is a number above 0, true, a list with an item that is not blank, or text that is not blank. Zero, negative
    numbers, false and empty lists are nothing. Text that spells a number, a boolean or a list counts as that value, whatever
    its origin.
    """

    holds: bool


EventTest: TypeAlias = (
    TextTest
    | TextInTest
    | NumberTest
    | NumberInTest
    | BooleanTest
    | ListTest
    | ItemsTest
    | ItemTextTest
    | LengthTest
    | SetTest
    | SomethingTest
)
"""The tests that an event property allows. There are no tests of dates, since Klaviyo has no date filters on events."""

PropertyTest: TypeAlias = EventTest | DateTest
"""The tests that a profile property allows. Only `SetTest(False)` and `SomethingTest(False)` are true for a property that is not set."""


class Named:
    """Base class of `Segment`. Conditions leave `&` and `|` to it, so that the result is a segment with a name."""

    __slots__ = ()


class _Operators:
    """Adds `&`, `|` and `~` to conditions, and raises an error if a condition is used as true or false."""

    __slots__ = ()

    def __and__(self, other: "Condition") -> "AllOf":
        if isinstance(other, Named):
            return NotImplemented
        return AllOf((self, _condition(other, "&")))  # type: ignore[arg-type]  # every kind is a condition

    def __or__(self, other: "Condition") -> "AnyOf":
        if isinstance(other, Named):
            return NotImplemented
        return AnyOf((self, _condition(other, "|")))  # type: ignore[arg-type]

    def __rand__(self, other: object) -> NoReturn:
        raise DefinitionError.not_a_condition(other, "&")

    def __ror__(self, other: object) -> NoReturn:
        raise DefinitionError.not_a_condition(other, "|")

    def __invert__(self) -> "Condition":
        return self.condition if isinstance(self, Not) else Not(_condition(self, "~"))

    def __bool__(self) -> NoReturn:
        raise DefinitionError.condition_as_truth()


@dataclass(frozen=True, slots=True)
class EventProperty:
    """Tests one property of an event. If a condition has several such tests, the same event must pass them all."""

    property: str
    test: EventTest


@dataclass(frozen=True, slots=True)
class EventAlternatives:
    """True if the event passes all tests of at least one alternative."""

    alternatives: tuple[tuple[EventProperty, ...], ...]


EventTests: TypeAlias = tuple[EventProperty | EventAlternatives, ...]
"""Tests of one event, which must pass all of them."""


@dataclass(frozen=True, slots=True)
class MetricCondition(_Operators):
    """Compares a measurement of the events of one or more metrics in a timeframe. With no events, the measurement is 0.

    "count" is the number of events, "sum" the sum of their values, and "days" the number of different UTC days with an event.
    """

    metric: Metrics
    measurement: Measurement
    comparison: NumberComparison
    value: Number
    timeframe: EventTimeframe = ALL_TIME
    where: EventTests = ()

    def __post_init__(self) -> None:
        if not self.metric:
            raise DefinitionError.bad_value("The metric of a condition", self.metric, "one or more names")


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """One step of a funnel: an event that passes all tests or, with `is_taken=False`, the absence of such an event."""

    metric: str
    where: EventTests = ()
    is_taken: bool = True


@dataclass(frozen=True, slots=True)
class FunnelCondition(_Operators):
    """True if the steps were taken in this order in a timeframe, with the last at most `completion_seconds` after the first.

    Each taken step is a separate event, at or after the event of the previous step. For a step that must not be taken, there is no
    event strictly between its neighbours. `docs/decisions/0010-funnels.md` has the other rules.
    """

    steps: tuple[FunnelStep, ...]
    timeframe: EventTimeframe = ALL_TIME
    completion_seconds: int | None = None

    def __post_init__(self) -> None:
        taken = sum(step.is_taken for step in self.steps)
        if not (FEWEST_STEPS <= len(self.steps) <= MOST_STEPS and taken):
            raise DefinitionError.bad_funnel(len(self.steps), taken, FEWEST_STEPS, MOST_STEPS)


@dataclass(frozen=True, slots=True)
class LastEventCondition(_Operators):
    """Tests the most recent event of a metric in a timeframe, and is false if there is no event.

    If several events have the same timestamp, the last one in the data counts as the most recent.
    """

    metric: str
    where: EventTests
    timeframe: EventTimeframe = ALL_TIME


@dataclass(frozen=True, slots=True)
class PropertyCondition(_Operators):
    """Tests a property of the profile."""

    property: str
    test: PropertyTest


@dataclass(frozen=True, slots=True)
class ConsentCondition(_Operators):
    """True if the profile can, or cannot, receive marketing on a channel.

    `subscription` and `status_date` (when that status was set) narrow the condition. `where` narrows it too: all its tests
    of the profile's consent columns must pass, such as a test of the consent method.
    """

    channel: Channel
    can_receive: bool
    subscription: Subscription = "any"
    status_date: DateTimeframe | None = None
    where: tuple[PropertyCondition, ...] = ()


@dataclass(frozen=True, slots=True)
class ListCondition(_Operators):
    """True if the profile is on a list and joined it in a timeframe or, with `is_member=False`, if it is not on the list."""

    list_name: str
    is_member: bool = True
    joined: EventTimeframe = ALL_TIME


@dataclass(frozen=True, slots=True)
class SegmentCondition(_Operators):
    """True if the profile is in the segment with this name. `references.resolved` replaces it with that segment's condition."""

    segment_name: str


@dataclass(frozen=True, slots=True)
class PostalCode:
    """A postal code, which is located at a single point. The country is a two-letter code."""

    postal_code: str
    country: str


@dataclass(frozen=True, slots=True)
class Point:
    """A point on the globe, in degrees. North and east are positive."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class DistanceCondition(_Operators):
    """True if the profile lives nearer than a distance or, with `is_within=False`, farther. False if its location is unknown."""

    is_within: bool
    distance: float
    unit: DistanceUnit
    of: PostalCode | Point


@dataclass(frozen=True, slots=True)
class PhoneCountryCondition(_Operators):
    """True if the phone number belongs to one of these countries or, with `is_in=False`, to any other country."""

    countries: tuple[str, ...]
    is_in: bool = True


@dataclass(frozen=True, slots=True)
class RegionCondition(_Operators):
    """True if the profile's country is in a region or, with `is_in=False`, if it is known and outside the region."""

    region: Region
    is_in: bool = True


@dataclass(frozen=True, slots=True)
class AllOf(_Operators):
    """True if all conditions are true. Without conditions, it matches everybody. An `AllOf` directly inside is flattened."""

    conditions: tuple["Condition", ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "conditions", _joined(AllOf, self.conditions))


@dataclass(frozen=True, slots=True)
class AnyOf(_Operators):
    """True if any condition is true. Without conditions, it matches nobody. An `AnyOf` directly inside is flattened."""

    conditions: tuple["Condition", ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "conditions", _joined(AnyOf, self.conditions))


@dataclass(frozen=True, slots=True)
class Not(_Operators):
    """True if the condition is not true. This is the complement among all profiles, including those with unset properties."""

    condition: "Condition"

    def __post_init__(self) -> None:
        _condition(self.condition, "Not")


Atom: TypeAlias = (
    MetricCondition
    | FunnelCondition
    | LastEventCondition
    | PropertyCondition
    | ConsentCondition
    | ListCondition
    | DistanceCondition
    | PhoneCountryCondition
    | RegionCondition
)
"""The conditions that contain no other conditions.

When one is added, mypy lists the files that must handle it:

    definition/measures.py definition/algebra.py definition/explain.py definition/replay.py definition/tunable.py
    definition/text/write.py engine/memory/evaluation.py engine/memory/notes.py sql/question.py
    klaviyo/definitions/write.py analysis/why.py analysis/causes.py analysis/recommended.py analysis/agreement_rules.py

mypy does not find:

    __init__.pyi (a new phrase) definition/phrases.py definition/difference.py
    definition/text/keys.py definition/text/read.py definition/text/schema.py (which writes segment.schema.json)
    klaviyo/definitions/negations.py klaviyo/definitions/read.py
    tests/reference.py tests/strategies.py docs/concepts/conditions.md docs/klaviyo/index.md

A test holds that this list is complete.
"""
Condition: TypeAlias = Union[Atom, SegmentCondition, "AllOf", "AnyOf", "Not"]

DEEPEST = 50
"""How deeply groups may be nested. The functions that evaluate, explain and write conditions are recursive, so they need a limit."""


def is_too_deep(condition: "Condition") -> bool:
    """Whether groups are nested deeper than `DEEPEST`. It goes level by level instead of recursing, so any depth is safe."""
    level: list[Condition] = [condition]
    for _ in range(DEEPEST + 1):
        level = [inner for one in level for inner in _groups_in(one)]
        if not level:
            return False
    return True


def _groups_in(condition: "Condition") -> list["Condition"]:
    if isinstance(condition, (AllOf, AnyOf)):
        return [inner for inner in condition.conditions if isinstance(inner, (AllOf, AnyOf, Not))]
    return (
        [condition.condition]
        if isinstance(condition, Not) and isinstance(condition.condition, (AllOf, AnyOf, Not))
        else []
    )


KINDS: tuple[type, ...] = (AllOf, AnyOf, Not, SegmentCondition, *get_args(Atom))
"""The classes in `Condition`, for checks at run time."""


def _condition(value: object, where: str) -> Condition:
    # Checking the base class that all `KINDS` share is faster than checking each of them.
    if not isinstance(value, _Operators):
        raise DefinitionError.not_a_condition(value, where)
    return value  # type: ignore[return-value]


def _joined(kind: type["AllOf"] | type["AnyOf"], conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    if isinstance(conditions, _Operators):
        wanted = f"a tuple of conditions, such as {kind.__name__}((a, b))"
        raise DefinitionError.bad_value(f"The argument of {kind.__name__}", conditions, wanted)
    joined: list[Condition] = []
    for condition in conditions:
        if isinstance(condition, kind):
            joined.extend(condition.conditions)
        else:
            joined.append(_condition(condition, kind.__name__))
    return tuple(joined)
