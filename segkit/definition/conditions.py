"""The condition tree: what a segment says, as small frozen records without verbs; every reader of it lives elsewhere.

Atoms say one thing about a profile, `AllOf`, `AnyOf` and `Not` combine them, and `Condition` is the closed union that readers
match on. Equal trees are equal, hash alike and print as the code that rebuilds them. `==` is equality and only `&`, `|` and `~`
are overloaded. No function can stand in a tree: whatever the words here can't say is computed as a profile property first, and
then asked about, so that every tree can be explained, compared and handed to another system.
"""

# Over 250 lines, since the closed set of kinds is worth one unbroken read.

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
"""A metric, or several whose events are counted together."""
Measurement: TypeAlias = Literal["count", "sum", "days"]
"""What a condition measures about a metric's events. mypy lists every reader that does not handle a new one; see docs/decisions/0001."""
Channel: TypeAlias = Literal["sms", "email"]
Subscription: TypeAlias = Literal["any", "subscribed", "unsubscribed", "never_subscribed"]
DistanceUnit: TypeAlias = Literal["miles", "kilometers"]
Region: TypeAlias = Literal["european_union", "united_states"]

FEWEST_STEPS, MOST_STEPS = 2, 5
"""How many steps a funnel has (help article 42691974773147; that one step is no funnel is ours)."""


@dataclass(frozen=True, slots=True)
class TextTest:
    """A text compares so; case-sensitive. "matches" is an RE2 pattern that must match the whole value."""

    comparison: TextComparison
    value: str


@dataclass(frozen=True, slots=True)
class TextInTest:
    """A text is one of several, or, `negated`, is set and none of them."""

    values: tuple[str, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class NumberTest:
    """A number compares so."""

    comparison: NumberComparison
    value: Number


@dataclass(frozen=True, slots=True)
class NumberInTest:
    """A number is one of several, or, `negated`, is set and none of them."""

    values: tuple[Number, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class BooleanTest:
    """A true-or-false property is the one or the other."""

    value: bool


@dataclass(frozen=True, slots=True)
class DateTest:
    """A date lies in a timeframe."""

    timeframe: DateTimeframe


@dataclass(frozen=True, slots=True)
class ListTest:
    """A list holds, or lacks, one whole item."""

    comparison: ListComparison
    item: str | int | float


@dataclass(frozen=True, slots=True)
class ItemsTest:
    """A list holds any, or all, of several whole items, or lacks them: "not contains all of" lacks one of them at least."""

    comparison: ItemsComparison
    items: tuple[str | int | float, ...]

    def __post_init__(self) -> None:
        if not self.items:
            raise DefinitionError.bad_value(f"What a list {self.comparison}", self.items, "one or more items")


@dataclass(frozen=True, slots=True)
class ItemTextTest:
    """A list holds an item that contains a text, or is a list without such an item; case-sensitive, and numbers are no texts."""

    comparison: ListComparison
    text: str


@dataclass(frozen=True, slots=True)
class LengthTest:
    """A list is so long."""

    comparison: NumberComparison
    length: int


@dataclass(frozen=True, slots=True)
class SetTest:
    """A property has any value, or has none."""

    is_set: bool


@dataclass(frozen=True, slots=True)
class SomethingTest:
    """A property holds something, or, with `holds` False, holds nothing; the two are complements, since not set is nothing.

    Something is a number above 0, true, a list with an item that is not blank, and a text that is not blank; 0 and numbers
    below it, false, and empty lists are nothing. A text that is written as a number, a truth or a list counts as what it
    stands for, wherever it came from.
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
"""What an event property can be compared with; Klaviyo knows no dates there."""

PropertyTest: TypeAlias = EventTest | DateTest
"""What a profile property can be compared with. But for `SetTest(False)` and `SomethingTest(False)`, a test is never true of a property that is not set."""


class Named:
    """What has a name for the whole when it is joined with a condition, on either side: a segment."""

    __slots__ = ()


class _Operators:
    """Gives conditions `&`, `|` and `~`, and refuses to be taken for true or false."""

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
    """One property of an event passes a test; several in one condition hold of the same event."""

    property: str
    test: EventTest


@dataclass(frozen=True, slots=True)
class EventAlternatives:
    """Any of several alternatives holds of the event: of one of them, all tests pass."""

    alternatives: tuple[tuple[EventProperty, ...], ...]


EventTests: TypeAlias = tuple[EventProperty | EventAlternatives, ...]
"""What must all hold of one event."""


@dataclass(frozen=True, slots=True)
class MetricCondition(_Operators):
    """A measurement of the events of a metric, or of several together, in a timeframe compares so; without any event it is 0.

    "count" is how many events there are, "sum" what their values add up to, and "days" on how many different UTC days there is one.
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
    """One event of a metric that passes all of some tests is taken or, with `is_taken` False, is not taken."""

    metric: str
    where: EventTests = ()
    is_taken: bool = True


@dataclass(frozen=True, slots=True)
class FunnelCondition(_Operators):
    """Steps were taken in this order, all in a timeframe, the last at most so long after the first.

    Each taken step is an event of its own, not before the one of the step before it. A step that is not taken has no event
    strictly between its neighbours. `docs/decisions/0010-funnels.md` has the rest.
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
    """The newest event of a metric in a timeframe passes all of some tests; false without any event.

    Of several at one instant the one that comes last in the data is the newest.
    """

    metric: str
    where: EventTests
    timeframe: EventTimeframe = ALL_TIME


@dataclass(frozen=True, slots=True)
class PropertyCondition(_Operators):
    """A property of the profile passes a test."""

    property: str
    test: PropertyTest


@dataclass(frozen=True, slots=True)
class ConsentCondition(_Operators):
    """The profile can, or cannot, receive marketing on a channel.

    Narrowed by subscription, by the date of that status, and by tests of the profile's own consent columns that must all
    hold, such as the way it subscribed.
    """

    channel: Channel
    can_receive: bool
    subscription: Subscription = "any"
    status_date: DateTimeframe | None = None
    where: tuple[PropertyCondition, ...] = ()


@dataclass(frozen=True, slots=True)
class ListCondition(_Operators):
    """The profile is on a list, joined in a timeframe, or, with `is_member` False, is not on it."""

    list_name: str
    is_member: bool = True
    joined: EventTimeframe = ALL_TIME


@dataclass(frozen=True, slots=True)
class SegmentCondition(_Operators):
    """The profile is in another segment, which is given by its name; `resolved` puts that segment's condition in its place."""

    segment_name: str


@dataclass(frozen=True, slots=True)
class PostalCode:
    """The point that a postal code stands for; the country as two letters."""

    postal_code: str
    country: str


@dataclass(frozen=True, slots=True)
class Point:
    """A point on the globe in degrees, north and east positive."""

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class DistanceCondition(_Operators):
    """The profile lives nearer than a distance to a place, or, with `is_within` False, farther; unplaced profiles are in neither."""

    is_within: bool
    distance: float
    unit: DistanceUnit
    of: PostalCode | Point


@dataclass(frozen=True, slots=True)
class PhoneCountryCondition(_Operators):
    """The phone number belongs to one of these countries, or, with `is_in` False, to a country that is none of them."""

    countries: tuple[str, ...]
    is_in: bool = True


@dataclass(frozen=True, slots=True)
class RegionCondition(_Operators):
    """The profile's country lies in a region, or, with `is_in` False, is known and lies outside."""

    region: Region
    is_in: bool = True


@dataclass(frozen=True, slots=True)
class AllOf(_Operators):
    """All of the conditions are true; of no conditions, this is true of everybody. Nested ones are joined when built."""

    conditions: tuple["Condition", ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "conditions", _joined(AllOf, self.conditions))


@dataclass(frozen=True, slots=True)
class AnyOf(_Operators):
    """Any of the conditions is true; of no conditions, this is true of nobody. Nested ones are joined when built."""

    conditions: tuple["Condition", ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "conditions", _joined(AnyOf, self.conditions))


@dataclass(frozen=True, slots=True)
class Not(_Operators):
    """The condition is not true: the complement among all profiles, those with unset properties included."""

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
"""Conditions without conditions inside. mypy lists every reader that does not handle a new kind; see docs/decisions/0001."""
Condition: TypeAlias = Union[Atom, SegmentCondition, "AllOf", "AnyOf", "Not"]

DEEPEST = 50
"""Groups within groups that a definition may have: what evaluates, explains or writes it calls itself several times for each."""


def is_too_deep(condition: "Condition") -> bool:
    """Whether groups are nested deeper than `DEEPEST`, told a level at a time and so at any depth."""
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
    # One class in place of the eleven `KINDS`, which are all that have it for a base: a fifth of the time, at every "&".
    if not isinstance(value, _Operators):
        raise DefinitionError.not_a_condition(value, where)
    return value  # type: ignore[return-value]


def _joined(kind: type["AllOf"] | type["AnyOf"], conditions: Iterable[Condition]) -> tuple[Condition, ...]:
    if isinstance(conditions, _Operators):
        raise DefinitionError.not_a_condition(conditions, f"Each of several in brackets: {kind.__name__}((a, b))")
    joined: list[Condition] = []
    for condition in conditions:
        if isinstance(condition, kind):
            joined.extend(condition.conditions)
        else:
            joined.append(_condition(condition, kind.__name__))
    return tuple(joined)
