"""Replace "not" with opposite conditions and "or is not set", and write a condition as AND of OR groups within Klaviyo's size limit.

`write` converts the result to a document.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar, assert_never, cast

from segkit.definition.algebra import (
    CONDITION_LIMIT,
    OPPOSITES,
    Literal,
    condition_groups,
    each_metric,
    push_not_inwards,
    simplify,
)
from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    BooleanTest,
    Condition,
    ConsentCondition,
    DateTest,
    DistanceCondition,
    EventAlternatives,
    ItemsComparison,
    ItemsTest,
    ItemTextTest,
    LastEventCondition,
    LengthTest,
    ListComparison,
    ListCondition,
    ListTest,
    MetricCondition,
    Not,
    NumberInTest,
    NumberTest,
    PhoneCountryCondition,
    PropertyCondition,
    PropertyTest,
    RegionCondition,
    SegmentCondition,
    SetTest,
    SomethingTest,
    TextInTest,
    TextTest,
)
from segkit.definition.explain import describe, explain
from segkit.definition.timeframes import After, AtLeastAgo, Before, BetweenDates, DateTimeframe, InMonth, InTheLast
from segkit.errors import DefinitionError
from segkit.klaviyo.definitions.gaps import Gaps
from segkit.klaviyo.definitions.words import CELLS, PREDICTED_GENDER, PREDICTIONS, cell_of
from segkit.masking import quoted
from segkit.vocabulary import canonical_name

Comparison = TypeVar("Comparison", bound=str)

_ONE_DAY = timedelta(days=1)
_WORKING_LIMIT = 2_000
"""The largest number of conditions before redundant groups are dropped. More take long to compare and hardly ever shrink enough."""
_ONCE = {("at least", 1), ("more than", 0), ("not equals", 0)}
_NEVER = {("fewer than", 1), ("at most", 0), ("equals", 0)}


def without_not(condition: Condition, gaps: Gaps) -> Condition:
    """Return a condition with the same members, without "not", in atoms that Klaviyo may support.

    "Not" is pushed into the atoms. For a property it becomes the opposite or "is not set". This loses values of the wrong type, which
    match nothing in Klaviyo. If an atom's opposite would lose members, the atom is recorded as a gap and stays unchanged.
    """
    return _rewritten(push_not_inwards(simplify(condition)), gaps)


def _rewritten(condition: Condition, gaps: Gaps) -> Condition:
    match condition:
        case AllOf(conditions):
            return AllOf(tuple(_rewritten(part, gaps) for part in conditions))
        case AnyOf(conditions):
            return AnyOf(tuple(_rewritten(part, gaps) for part in conditions))
        case SegmentCondition(name):
            raise DefinitionError.unresolved_segment(name)
        case _:
            return _tried(condition, gaps)


def _tried(literal: Literal, gaps: Gaps) -> Condition:
    """Return the literal in Klaviyo's form. If there is none, record a gap and return it unchanged, so that the rest is also checked."""
    found: list[Condition] = []
    with gaps.at(explain(literal)):
        found.append(_supported(literal))
    return found[0] if found else literal


def bounded_groups(condition: Condition, alike: Mapping[Literal, Literal]) -> tuple[tuple[Literal, ...], ...]:
    """Return the groups that must all hold, without groups that another group implies.

    Args:
        condition: a condition without "not".
        alike: maps each literal to the first literal with the same Klaviyo document.

    Raises:
        DefinitionError: there are more conditions than Klaviyo accepts, or none.
    """
    try:
        groups = condition_groups(condition, limit=_WORKING_LIMIT)
    except DefinitionError:
        # There are too many conditions to compare. Raise the error again with Klaviyo's limit in its message.
        groups = condition_groups(condition, limit=CONDITION_LIMIT)
    if not groups or () in groups:
        who, nearest = ("everybody", "created is set") if not groups else ("nobody", "no segment at all")
        raise DefinitionError.beyond_klaviyo(f"definition without conditions, which would match {who}", nearest)
    groups = tuple(tuple(dict.fromkeys(alike.get(literal, literal) for literal in group)) for group in groups)
    sets = [frozenset(group) for group in groups]
    # Of equal groups, keep the first.
    needed = [
        group
        for place, (group, own) in enumerate(zip(groups, sets, strict=True))
        if not any(other < own for other in sets) and own not in sets[:place]
    ]
    size = sum(map(len, needed))
    if size > CONDITION_LIMIT:
        raise DefinitionError.too_many_conditions(size, CONDITION_LIMIT)
    return tuple(needed)


def _supported(literal: Literal) -> Condition:
    match literal:
        case Not(inner):
            return _negated(inner)
        case MetricCondition(measurement="count" | "days", comparison=comparison, value=value):
            # "On one day or more" means "at least once", and "on no day" means "never".
            if (comparison, value) in _ONCE:
                once = replace(literal, measurement="count", comparison="at least", value=1)
                return _of_each_alternative(AnyOf, once)
            if (comparison, value) in _NEVER:
                never = replace(literal, measurement="count", comparison="equals", value=0)
                return _of_each_alternative(AllOf, never)
            return literal
        case PropertyCondition(name, LengthTest("not equals", length)):
            return _any_test(name, [LengthTest("fewer than", length), LengthTest("more than", length)])
        case PropertyCondition(name, ItemsTest(comparison, items)) if _column(name) not in PREDICTIONS:
            kind, of_each = _OF_EACH[comparison]
            return kind(tuple(PropertyCondition(name, ListTest(of_each, item)) for item in items))
        case PropertyCondition(name, NumberInTest(numbers, negated)):
            of_one = [NumberTest("not equals" if negated else "equals", number) for number in numbers]
            return (AllOf if negated else AnyOf)(tuple(PropertyCondition(name, test) for test in of_one))
        case PropertyCondition(name, TextInTest(values, negated)) if _column(name) == PREDICTED_GENDER:
            tests = [TextTest("not equals" if negated else "equals", value) for value in values]
            return (AllOf if negated else AnyOf)(tuple(PropertyCondition(name, test) for test in tests))
        case _:
            return literal


def _of_each_alternative(kind: type[AllOf] | type[AnyOf], atom: MetricCondition) -> Condition:
    """Split a condition by metric and alternative filter. "At least once" needs any of the parts, and "zero times" all of them."""
    if not isinstance(atom.metric, str):
        return kind(tuple(_of_each_alternative(kind, replace(atom, metric=one)) for one in each_metric(atom.metric)))
    places = [place for place, clause in enumerate(atom.where) if isinstance(clause, EventAlternatives)]
    if len(places) != 1:
        return atom
    before, clause, after = atom.where[: places[0]], atom.where[places[0]], atom.where[places[0] + 1 :]
    alternatives = clause.alternatives if isinstance(clause, EventAlternatives) else ()
    return kind(tuple(replace(atom, where=(*before, *one, *after)) for one in alternatives))


_OF_EACH: dict[ItemsComparison, tuple[type[AllOf] | type[AnyOf], ListComparison]] = {
    "contains any of": (AnyOf, "contains"),
    "contains all of": (AllOf, "contains"),
    "not contains any of": (AllOf, "not contains"),
    "not contains all of": (AnyOf, "not contains"),
}
"""For each test of several items, how to join tests of one item. Klaviyo has no other filter for lists on profiles."""


def _negated(atom: Condition) -> Condition:
    match atom:
        case PropertyCondition(name, test):
            return _negated_property(name, test)
        case ConsentCondition(status_date=None, where=()):
            return _other_states(atom)
        case ConsentCondition():
            nearest = "the other states of consent, joined by OR with this state and the opposite date or method"
        case ListCondition(name):
            nearest = f"a profile that is not on the list {quoted(name)}, or that joined it outside that time"
        case DistanceCondition(is_within=is_within):
            nearest = f"{describe(replace(atom, is_within=not is_within))}, which leaves out profiles without a known location"
        case PhoneCountryCondition(is_in=is_in):
            nearest = f'{describe(replace(atom, is_in=not is_in))}, joined by OR with "phone_number is not set"'
        case RegionCondition(is_in=is_in):
            nearest = f'{describe(replace(atom, is_in=not is_in))}, joined by OR with "country is not set"'
        case LastEventCondition(metric, where, timeframe):
            nearest = f"{describe(MetricCondition(metric, 'count', 'equals', 0, timeframe, where))}, whether or not it is the newest event"
        case _:
            # This is a funnel: all other atoms have an exact opposite and have already been replaced.
            nearest = "the funnel as a separate segment that the campaign excludes"
    raise DefinitionError.beyond_klaviyo("exact opposite of this condition", nearest)


def _negated_property(name: str, test: PropertyTest) -> Condition:
    tests = opposites(test)
    if not tests:
        nearest = _nearest_timeframe(name, test)
        raise DefinitionError.beyond_klaviyo("opposite of this timeframe that includes future days", nearest)
    opposite = _any_test(name, tests)
    if _column(name) in PREDICTIONS:
        nearest = f"{describe(PropertyCondition(name, tests[0]))}, which leaves out profiles without a prediction"
        raise DefinitionError.beyond_klaviyo("test for a prediction that is not set", nearest)
    return AnyOf((opposite, PropertyCondition(name, SetTest(is_set=False))))


def _nearest_timeframe(name: str, test: PropertyTest) -> str:
    match test:
        case DateTest(InTheLast(quantity, unit)) if unit != "month":
            nearest: DateTimeframe = AtLeastAgo(quantity, unit)
        case DateTest(AtLeastAgo(quantity, unit)) if unit != "month":
            nearest = InTheLast(quantity, unit)
        case _:
            return "the timeframes before and after it, joined by OR"
    return f'{describe(PropertyCondition(name, DateTest(nearest)))}, joined by OR with "is not set"'


def _negated_comparison(comparison: Comparison) -> Comparison:
    """Return the comparison with "not" added or removed."""
    return cast(Comparison, comparison.removeprefix("not ") if comparison.startswith("not ") else f"not {comparison}")


def opposites(test: PropertyTest) -> list[PropertyTest]:
    """Return tests such that a value of the same type passes one of them if, and only if, it fails this test. May be empty.

    >>> opposites(NumberTest("at least", 18))
    [NumberTest(comparison='fewer than', value=18)]
    """
    match test:
        case TextTest(comparison, value):
            return [TextTest(_negated_comparison(comparison), value)]
        case TextInTest(values, negated):
            return [TextInTest(values, not negated)]
        case NumberInTest(numbers, negated):
            return [NumberInTest(numbers, not negated)]
        case NumberTest(comparison, value):
            return [NumberTest(OPPOSITES[comparison], value)]
        case BooleanTest(value):
            return [BooleanTest(not value)]
        case ListTest(comparison, item):
            return [ListTest(_negated_comparison(comparison), item)]
        case ItemsTest(comparison, items):
            return [ItemsTest(_negated_comparison(comparison), items)]
        case ItemTextTest(comparison, text):
            return [ItemTextTest(_negated_comparison(comparison), text)]
        case LengthTest(comparison, length):
            return [LengthTest(OPPOSITES[comparison], length)]
        case SetTest(is_set):
            return [SetTest(not is_set)]
        case SomethingTest(holds):
            return [SomethingTest(not holds)]
        case DateTest(timeframe):
            return [DateTest(other) for other in _other_days(timeframe)]
        case _:
            assert_never(test)


def _other_days(timeframe: DateTimeframe) -> list[DateTimeframe]:
    """Return timeframes that together cover every other moment, or [] if there are none, as for relative timeframes."""
    match timeframe:
        case Before(day):
            return [After(day - _ONE_DAY)]
        case After(day):
            return [Before(day + _ONE_DAY)]
        case BetweenDates(first, last):
            return [Before(first), After(last)]
        case InMonth(month):
            return [InMonth(other) for other in range(1, 13) if other != month]
        case _:
            return []


def _other_states(consent: ConsentCondition) -> Condition:
    """Return a condition for all other states of consent."""
    channel, can_receive, subscription = cell_of(consent)
    others = [
        ConsentCondition(channel, can_receive, other) for other in CELLS[channel, can_receive] if other != subscription
    ]
    beyond = ConsentCondition(channel, not can_receive, "any")
    return AnyOf((*others, beyond)) if others else beyond


def _any_test(name: str, tests: Iterable[PropertyTest]) -> Condition:
    conditions = [_supported(PropertyCondition(name, test)) for test in tests]
    return conditions[0] if len(conditions) == 1 else AnyOf(tuple(conditions))


def _column(name: str) -> str:
    return canonical_name("profiles", name)
