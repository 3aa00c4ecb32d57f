"""Rewrite conditions without changing who matches, for targets such as Klaviyo that lack "not" or nested groups.

It does not evaluate conditions: see `segkit.engine`.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import TypeAlias, assert_never

from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    Atom,
    Channel,
    Condition,
    ConsentCondition,
    DistanceCondition,
    EventAlternatives,
    EventProperty,
    EventTests,
    FunnelCondition,
    LastEventCondition,
    ListCondition,
    ListTest,
    MetricCondition,
    Metrics,
    Not,
    NumberComparison,
    PhoneCountryCondition,
    PropertyCondition,
    RegionCondition,
    SegmentCondition,
    SetTest,
    SomethingTest,
    TextTest,
)
from segkit.definition.timeframes import ALL_TIME
from segkit.errors import DefinitionError
from segkit.vocabulary import canonical_metric

Literal: TypeAlias = Atom | Not
"""An atom, or a `Not` around an atom that has no exact opposite."""

CONDITION_LIMIT = 100
"""The maximum number of conditions in a Klaviyo segment (help article 115005062847)."""

OPPOSITES: dict[NumberComparison, NumberComparison] = {
    "equals": "not equals",
    "not equals": "equals",
    "more than": "at most",
    "at most": "more than",
    "at least": "fewer than",
    "fewer than": "at least",
}


def atoms(condition: Condition) -> Iterator[Atom]:
    """Yield the atoms of a condition from left to right, including repeated ones.

    >>> from segkit.definition.phrases import can_receive, did
    >>> [type(atom).__name__ for atom in atoms(can_receive("sms") & ~did("Clicked SMS"))]
    ['ConsentCondition', 'MetricCondition']
    """
    match condition:
        case AllOf(conditions) | AnyOf(conditions):
            for part in conditions:
                yield from atoms(part)
        case Not(inner):
            yield from atoms(inner)
        case SegmentCondition(name):
            raise DefinitionError.unresolved_segment(name)
        case _:
            yield condition


def each_metric(metric: Metrics) -> tuple[str, ...]:
    """Return each metric once, by the first of its names in the argument.

    >>> each_metric("Clicked SMS"), each_metric(("Clicked SMS", "Clicked Text Message", "Clicked Email"))
    (('Clicked SMS',), ('Clicked SMS', 'Clicked Email'))
    """
    if isinstance(metric, str):
        return (metric,)
    names: dict[str, str] = {}
    for name in metric:
        names.setdefault(canonical_metric(name), name)
    return tuple(names.values())


def event_properties(where: EventTests) -> Iterator[EventProperty]:
    """Yield every test of an event's properties, including those of all alternatives.

    >>> from segkit.definition.phrases import did
    >>> [one.property for one in event_properties(did("Placed Order", where=[{"Brand": "A"}, {"Category": "Sale"}]).where)]
    ['Brand', 'Category']
    """
    for clause in where:
        if isinstance(clause, EventAlternatives):
            yield from (one for alternative in clause.alternatives for one in alternative)
        else:
            yield clause


def either_kind(condition: AnyOf) -> tuple[PropertyCondition, PropertyCondition] | None:
    """Return the two atoms that `has(..., contains=...)` builds, for text and for lists, if the condition is such a pair.

    >>> from segkit.definition.phrases import has
    >>> either_kind(has("Interests", contains="sales"))[1].test
    ListTest(comparison='contains', item='sales')
    """
    match condition.conditions:
        case (
            PropertyCondition(first, TextTest(text_comparison, value)) as text,
            PropertyCondition(second, ListTest(item_comparison, item)) as items,
        ) if (first, text_comparison, value) == (second, item_comparison, item):
            return text, items
    return None


def simplify(condition: Condition) -> Condition:
    """Remove redundant parts: repeated conditions, groups of one, and groups that others imply or that are always true or false.

    >>> from segkit.definition.phrases import is_set
    >>> simplify(is_set("city") & (is_set("city") | is_set("zip"))) == is_set("city")
    True
    """
    match condition:
        case AllOf(conditions):
            return _simplified(AllOf, AnyOf, [simplify(part) for part in conditions])
        case AnyOf(conditions):
            return _simplified(AnyOf, AllOf, [simplify(part) for part in conditions])
        case Not(inner):
            simple = simplify(inner)
            if simple == AllOf(()):
                return AnyOf(())
            return AllOf(()) if simple == AnyOf(()) else ~simple
        case _:
            return condition


def _simplified(kind: type[AllOf] | type[AnyOf], other: type[AllOf] | type[AnyOf], parts: list[Condition]) -> Condition:
    joined: tuple[Condition, ...] = kind(tuple(parts)).conditions
    kept = tuple(dict.fromkeys(joined))
    decided = other(())
    if decided in kept or any(Not(part) in kept for part in kept if not isinstance(part, Not)):
        # An AllOf with a part that is always false, or with a condition and its negation, is always false. The dual holds for AnyOf.
        return decided
    # Absorption: a & (a | b) equals a, and so does a | (a & b).
    kept = tuple(part for part in kept if not (isinstance(part, other) and any(one in kept for one in part.conditions)))
    return kept[0] if len(kept) == 1 else kind(kept)


def push_not_inwards(condition: Condition) -> Condition:
    """Rewrite a condition so that `Not` is only around atoms that have no exact opposite.

    Measurements of events, is-set and holds-something have an exact opposite. So do list membership and consent, unless a date or
    other details narrow them. Other property tests don't, since the opposite test also fails if the property is not set or has
    another type. Distance, phone country and region don't, since the location may be unknown. Funnels and conditions on the last
    event don't either.

    >>> from segkit.definition.phrases import did, is_set
    >>> push_not_inwards(~(did("Clicked SMS", at_least=3) | is_set("city"))).conditions[0].comparison
    'fewer than'
    """
    return _pushed(condition, negated=False)


def _pushed(condition: Condition, *, negated: bool) -> Condition:
    match condition:
        case AllOf(conditions):
            parts = tuple(_pushed(part, negated=negated) for part in conditions)
            return AnyOf(parts) if negated else AllOf(parts)
        case AnyOf(conditions):
            parts = tuple(_pushed(part, negated=negated) for part in conditions)
            return AllOf(parts) if negated else AnyOf(parts)
        case Not(inner):
            return _pushed(inner, negated=not negated)
        case SegmentCondition():
            return Not(condition) if negated else condition
        case _:
            return opposite(condition) if negated else condition


def opposite(atom: Atom) -> Literal:
    """Return the atom that matches all other profiles and no others, or `Not` around this atom if there is none.

    >>> from segkit.definition.phrases import has
    >>> type(opposite(has("Age", at_least=18))).__name__
    'Not'
    """
    match atom:
        case MetricCondition(comparison=comparison):
            return replace(atom, comparison=OPPOSITES[comparison])
        case PropertyCondition(name, SetTest(is_set)):
            return PropertyCondition(name, SetTest(not is_set))
        case PropertyCondition(name, SomethingTest(holds)):
            return PropertyCondition(name, SomethingTest(not holds))
        case ListCondition(is_member=is_member, joined=joined) if joined == ALL_TIME:
            return replace(atom, is_member=not is_member)
        case ConsentCondition(channel, can_receive, status_date=None, where=()) if _is_whole(atom):
            return ConsentCondition(
                channel, not can_receive, "any" if can_receive or channel == "email" else "subscribed"
            )
        case (
            FunnelCondition()
            | LastEventCondition()
            | PropertyCondition()
            | ListCondition()
            | ConsentCondition()
            | DistanceCondition()
            | PhoneCountryCondition()
            | RegionCondition()
        ):
            return Not(atom)
        case _:
            assert_never(atom)


def _is_whole(consent: ConsentCondition) -> bool:
    """Whether the subscription has no effect: it is "any" or, for SMS, "subscribed", which `can_receive` implies."""
    return consent.subscription == "any" or (
        consent.channel == "sms" and consent.can_receive and consent.subscription == "subscribed"
    )


def condition_groups(condition: Condition, *, limit: int = CONDITION_LIMIT) -> tuple[tuple[Literal, ...], ...]:
    """Convert a condition to groups (conjunctive normal form). Each group must have at least one condition that is true.

    This is the structure of Klaviyo's segments. Since the result can grow exponentially, its size is computed first.

    Args:
        condition: any condition.
        limit: the maximum number of conditions in all groups together.

    Raises:
        DefinitionError: the groups would contain more conditions than the limit.

    >>> from segkit.definition.phrases import is_set
    >>> [len(group) for group in condition_groups(is_set("a") | (is_set("b") & is_set("c")))]
    [2, 2]
    """
    normal = push_not_inwards(simplify(condition))
    groups, size = _sizes(normal)
    if size > limit:
        raise DefinitionError.too_many_conditions(size, limit)
    if not groups:
        return ()
    return tuple(dict.fromkeys(tuple(dict.fromkeys(group)) for group in _groups(normal)))


def _sizes(condition: Condition) -> tuple[int, int]:
    """Return how many groups a condition would need, and how many conditions they would contain in total."""
    match condition:
        case AllOf(conditions):
            sizes = [_sizes(part) for part in conditions]
            return sum(groups for groups, _ in sizes), sum(size for _, size in sizes)
        case AnyOf(conditions):
            groups, size = 1, 0
            for part_groups, part_size in map(_sizes, conditions):
                groups, size = groups * part_groups, size * part_groups + part_size * groups
            return groups, size
        case _:
            return 1, 1


def _groups(condition: Condition) -> Iterator[tuple[Literal, ...]]:
    match condition:
        case AllOf(conditions):
            for part in conditions:
                yield from _groups(part)
        case AnyOf(conditions):
            for choice in product(*(list(_groups(part)) for part in conditions)):
                yield tuple(literal for group in choice for literal in group)
        case SegmentCondition(name) | Not(SegmentCondition(name)):
            raise DefinitionError.unresolved_segment(name)
        case _:
            # After push_not_inwards, Not is only around atoms.
            yield (condition,)


def without_consent(condition: Condition, *, channel: Channel = "sms") -> Condition:
    """Return a condition without its consent to a channel, so that only the builder's own rule is left.

    It removes consent only from the outermost "all of", where every builder puts it.

    >>> from segkit.definition.phrases import can_receive, is_set
    >>> without_consent(can_receive("sms") & is_set("city")) == is_set("city")
    True
    """
    parts = condition.conditions if isinstance(condition, AllOf) else (condition,)
    kept = tuple(part for part in parts if not (isinstance(part, ConsentCondition) and part.channel == channel))
    return kept[0] if len(kept) == 1 else AllOf(kept)
