"""What one segment says and another does not, in words, condition by condition; nothing is evaluated here."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from operator import eq
from textwrap import indent
from typing import Any, Literal, TypeAlias, assert_never

from segkit.definition.algebra import simplify
from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    Condition,
    ConsentCondition,
    FunnelCondition,
    ListCondition,
    MetricCondition,
    Not,
    PropertyCondition,
    SegmentCondition,
)
from segkit.definition.explain import describe, explain, timeframe_words
from segkit.definition.segment import Segment
from segkit.definition.text import canonical
from segkit.definition.timeframes import ALL_TIME
from segkit.drawing.cards import bulleted, card
from segkit.errors import DefinitionError
from segkit.vocabulary import canonical_metric
from segkit.wording import counted

Happened: TypeAlias = Literal["added", "removed", "changed"]

_INDENT = "  "
_ORDERED = ("did in order", "of point")
"""The lists of a condition's plain data whose order means something."""


@dataclass(frozen=True, slots=True)
class Change:
    """One condition that was added, removed or changed.

    Attributes:
        happened: which of the three.
        words: the condition in English; of a changed one what stays, a colon, and what was → what is.
        within: the groups that it stands in, outermost first, each beside a condition that stayed if there is one.
    """

    happened: Happened
    words: str
    within: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Say it on one line, and on a second in which groups."""
        said = f"{self.happened}: {self.words}"
        return "\n".join([said, f"{_INDENT}in {', in '.join(self.within)}"]) if self.within else said


@dataclass(frozen=True, slots=True)
class Difference:
    """What two segments say differently; false if they say the same, and prints as text.

    Attributes:
        before: the name of the first.
        after: the name of the second.
        changes: conditions that were changed, removed or added.
        described: whether the descriptions differ, which changes no member.
    """

    before: str
    after: str
    changes: tuple[Change, ...]
    described: bool = False

    def __bool__(self) -> bool:
        """Whether the conditions differ; names and descriptions pick nobody."""
        return bool(self.changes)

    def __str__(self) -> str:
        """Say it all, a line for each change."""
        name = self.before if self.before == self.after else f"{self.before} → {self.after}"
        said = f"{name}: {counted(len(self.changes), 'change') if self.changes else 'the conditions say the same'}"
        also = [f"{_INDENT}changed: the description"] if self.described else []
        return "\n".join([said, *(indent(str(change), _INDENT) for change in self.changes), *also])

    def _repr_html_(self) -> str:
        name, *lines = str(self).splitlines()
        return card(name, "", bulleted("\n".join(lines)))


def diff(before: Segment, after: Segment) -> Difference:
    """Say in words which conditions of a segment were added, removed or changed.

    The order of conditions, and of the values within one, means nothing, and neither does saying one twice, or a metric by another
    of its names: such segments say the same, and the difference is empty and false. A condition counts as changed rather than removed and added where it still
    asks about the same metric, property, channel or list.

    Raises:
        DefinitionError: one of the two is no segment.

    >>> from segkit.builders import sms_engaged
    >>> print(diff(sms_engaged(), sms_engaged(clicked_days=60)))
    SMS engaged: 1 change
      changed: did Clicked SMS at least once: in the last 90 days → in the last 60 days
        in any of, beside did Subscribed to SMS Marketing at least once in the last 30 days
    """
    for segment in (before, after):
        if not isinstance(segment, Segment):
            raise DefinitionError.not_a_segment(segment)
    old, new = simplify(before.condition), simplify(after.condition)
    changes = () if _key(old) == _key(new) else tuple(_between(AllOf((old,)), AllOf((new,)), ()))
    return Difference(before.name, after.name, changes, before.description != after.description)


def _key(condition: Condition) -> str:
    """Return a text that is equal where conditions say the same but for the order of what has none."""
    return _unordered(json.loads(canonical(_with_canonical_metrics(condition))))


def _with_canonical_metrics(condition: Condition) -> Condition:
    match condition:
        case AllOf(conditions) | AnyOf(conditions):
            return type(condition)(tuple(_with_canonical_metrics(part) for part in conditions))
        case Not(inner):
            return Not(_with_canonical_metrics(inner))
        case MetricCondition(metric):
            return replace(condition, metric=canonical_metric(metric))
        case FunnelCondition(steps):
            return replace(
                condition, steps=tuple(replace(step, metric=canonical_metric(step.metric)) for step in steps)
            )
        case _:
            return condition


def _unordered(data: Any, *, ordered: bool = False) -> str:
    match data:
        case dict():
            parts = [f"{key}={_unordered(value, ordered=key in _ORDERED)}" for key, value in sorted(data.items())]
        case list():
            parts = [_unordered(part) for part in data]
            parts = parts if ordered else sorted(set(parts))
        case _:
            return json.dumps(data)
    return f"({','.join(parts)})"


def _between(old: AllOf | AnyOf, new: AllOf | AnyOf, within: tuple[str, ...]) -> Iterator[Change]:
    """Yield the changes from one group to another of the same kind."""
    before = {_key(part): part for part in old.conditions}
    after = {_key(part): part for part in new.conditions}
    removed = [part for key, part in before.items() if key not in after]
    added = [part for key, part in after.items() if key not in before]
    for was, now in _pairs(removed, added):
        removed.remove(was)
        added.remove(now)
        if isinstance(was, (AllOf, AnyOf)) and isinstance(now, (AllOf, AnyOf)):
            yield from _between(was, now, (*within, _group_words(was, now)))
        else:
            yield Change("changed", _changed(was, now), within)
    yield from (Change("removed", _on_one_line(part), within) for part in removed)
    yield from (Change("added", _on_one_line(part), within) for part in added)


def _pairs(removed: Iterable[Condition], added: Iterable[Condition]) -> list[tuple[Condition, Condition]]:
    """Return which condition became which: those that ask about the same thing, the most alike first."""
    alike = [
        (_likeness(was, now), -place, was, now)
        for place, (was, now) in enumerate(product(removed, added))
        if _subject(was) == _subject(now)
    ]
    pairs: list[tuple[Condition, Condition]] = []
    for _, _, was, now in sorted(alike, key=lambda one: one[:2], reverse=True):
        if not any(was is taken or now is given for taken, given in pairs):
            pairs.append((was, now))
    # In the order of the segment, not of likeness.
    return [pair for was in removed for pair in pairs if pair[0] is was]


def _subject(condition: Condition) -> tuple[object, ...]:
    """Return what a condition asks about: conditions on different things are never changes of one another."""
    match condition:
        case MetricCondition(metric, measurement):
            return (MetricCondition, canonical_metric(metric), measurement)
        case PropertyCondition(name):
            return (PropertyCondition, name)
        case ConsentCondition(channel):
            return (ConsentCondition, channel)
        case ListCondition(name):
            return (ListCondition, name)
        case SegmentCondition(name):
            return (SegmentCondition, name)
        case Not(inner):
            return (Not, *_subject(inner))
        case _:
            return (type(condition),)


def _likeness(was: Condition, now: Condition) -> int:
    if isinstance(was, (AllOf, AnyOf)) and isinstance(now, (AllOf, AnyOf)):
        return len({_key(part) for part in was.conditions} & {_key(part) for part in now.conditions})
    return sum(map(eq, _pieces(was), _pieces(now)))


def _group_words(was: AllOf | AnyOf, now: AllOf | AnyOf) -> str:
    kind = "all of" if isinstance(was, AllOf) else "any of"
    kept = {_key(part) for part in now.conditions}
    stayed = next((_on_one_line(part) for part in was.conditions if _key(part) in kept), "")
    return f"{kind}, beside {stayed}" if stayed else kind


def _changed(was: Condition, now: Condition) -> str:
    """Say the pieces that stay once, and then what became of the others."""
    before, after = _pieces(was), _pieces(now)
    pieces = list(zip(before, after, strict=False))
    stays = " ".join(old for old, new in pieces if old == new)
    turned = [(old, new) for old, new in pieces if old != new]
    if not stays or not turned or len(before) != len(after):
        return f"{_on_one_line(was)} → {_on_one_line(now)}"
    return f"{stays}: {' '.join(old for old, _ in turned)} → {' '.join(new for _, new in turned)}"


def _pieces(condition: Condition) -> list[str]:
    """Cut an atom's sentence where one part of it can change without the others."""
    match condition:
        case MetricCondition(metric, measurement):
            bare = replace(condition, where=())
            told = describe(replace(bare, timeframe=ALL_TIME)).removesuffix(f" {timeframe_words(ALL_TIME)}")
            where = [describe(condition).removeprefix(f"{describe(bare)}, ")] if condition.where else []
            rest = [timeframe_words(condition.timeframe), *where]
            match measurement:
                case "sum":
                    return ["spent", told.removeprefix("spent ").removesuffix(f" on {metric}"), f"on {metric}", *rest]
                case "count" | "days":
                    return [f"did {metric}", told.removeprefix(f"did {metric} "), *rest]
                case _:
                    assert_never(measurement)
        case PropertyCondition(name):
            return [f"have {name}", describe(condition).removeprefix(f"have {name} ")]
        case _:
            return [_on_one_line(condition)]


def _on_one_line(condition: Condition) -> str:
    return " ".join(line.strip() for line in explain(condition).splitlines())
