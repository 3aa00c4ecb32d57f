"""Compare the definitions of two segments, and describe in English which conditions changed."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from operator import eq
from textwrap import indent
from typing import Any, Literal, TypeAlias, assert_never

from segkit.definition.algebra import each_metric, simplify
from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    Condition,
    ConsentCondition,
    FunnelCondition,
    LastEventCondition,
    ListCondition,
    MetricCondition,
    Metrics,
    Not,
    PropertyCondition,
    SegmentCondition,
)
from segkit.definition.explain import describe, explain, metric_words, spent_on, timeframe_words
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
"""The keys in a condition's plain data that hold lists in a meaningful order."""


@dataclass(frozen=True, slots=True)
class Change:
    """One condition that was added, removed or changed.

    Attributes:
        happened: "added", "removed" or "changed".
        words: the condition in English. For a changed condition, this is the unchanged part, a colon, and old → new.
        within: the groups that contain the condition, outermost first, each with one of its unchanged conditions, if it has any.
    """

    happened: Happened
    words: str
    within: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return the change on one line, with its groups, if any, on a second line."""
        change = f"{self.happened}: {self.words}"
        return "\n".join([change, f"{_INDENT}in {', in '.join(self.within)}"]) if self.within else change


@dataclass(frozen=True, slots=True)
class Difference:
    """The differences between the definitions of two segments. It prints as text, and is false if the conditions are the same.

    Attributes:
        before: the name of the first segment.
        after: the name of the second segment.
        changes: the conditions that were changed, removed or added.
        described: whether the descriptions differ, which has no effect on the members.
    """

    before: str
    after: str
    changes: tuple[Change, ...]
    described: bool = False

    def __bool__(self) -> bool:
        """Whether the conditions differ. Names and descriptions are ignored."""
        return bool(self.changes)

    def __str__(self) -> str:
        """Return a summary and each change, on separate lines."""
        name = self.before if self.before == self.after else f"{self.before} → {self.after}"
        summary = f"{name}: {counted(len(self.changes), 'change') if self.changes else 'the conditions say the same'}"
        also = [f"{_INDENT}changed: the description"] if self.described else []
        return "\n".join([summary, *(indent(str(change), _INDENT) for change in self.changes), *also])

    def _repr_html_(self) -> str:
        name, *lines = str(self).splitlines()
        return card(name, "", bulleted("\n".join(lines)))


def diff(before: Segment, after: Segment) -> Difference:
    """Describe in English which conditions of a segment were added, removed or changed.

    The order of conditions, the order of values within a condition, repeated conditions and different names of the same metric make
    no difference. A condition that still refers to the same metric, property, channel or list is reported as changed rather than as
    removed and added.

    Raises:
        DefinitionError: `before` or `after` is not a segment.

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
    """Return a key that is equal for conditions that differ only in an order without meaning, or in the names of a metric."""
    return _unordered(json.loads(canonical(_with_canonical_metrics(condition))))


def _with_canonical_metrics(condition: Condition) -> Condition:
    match condition:
        case AllOf(conditions) | AnyOf(conditions):
            return type(condition)(tuple(_with_canonical_metrics(part) for part in conditions))
        case Not(inner):
            return Not(_with_canonical_metrics(inner))
        case MetricCondition(metric):
            names = _canonical(metric)
            return replace(condition, metric=names[0] if len(names) == 1 else names)
        case LastEventCondition(metric):
            return replace(condition, metric=canonical_metric(metric))
        case FunnelCondition(steps):
            return replace(
                condition, steps=tuple(replace(step, metric=canonical_metric(step.metric)) for step in steps)
            )
        case _:
            return condition


def _canonical(metric: Metrics) -> tuple[str, ...]:
    return tuple(map(canonical_metric, each_metric(metric)))


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
    """Yield the changes between two groups of the same kind."""
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
    """Match removed with added conditions that have the same subject. The most similar ones are paired first."""
    candidates = [
        (_similarity(was, now), -index, was, now)
        for index, (was, now) in enumerate(product(removed, added))
        if _subject(was) == _subject(now)
    ]
    pairs: list[tuple[Condition, Condition]] = []
    for _, _, was, now in sorted(candidates, key=lambda one: one[:2], reverse=True):
        if not any(was is paired_was or now is paired_now for paired_was, paired_now in pairs):
            pairs.append((was, now))
    # Return the pairs in the order of the segment.
    return [pair for was in removed for pair in pairs if pair[0] is was]


def _subject(condition: Condition) -> tuple[object, ...]:
    """Return what a condition is about, such as its metric. Only conditions with the same subject can be paired as a change."""
    match condition:
        case MetricCondition(metric, measurement):
            return (MetricCondition, frozenset(_canonical(metric)), measurement)
        case LastEventCondition(metric):
            return (LastEventCondition, canonical_metric(metric))
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


def _similarity(was: Condition, now: Condition) -> int:
    if isinstance(was, (AllOf, AnyOf)) and isinstance(now, (AllOf, AnyOf)):
        return len({_key(part) for part in was.conditions} & {_key(part) for part in now.conditions})
    return sum(map(eq, _pieces(was), _pieces(now)))


def _group_words(was: AllOf | AnyOf, now: AllOf | AnyOf) -> str:
    kind = "all of" if isinstance(was, AllOf) else "any of"
    keys = {_key(part) for part in now.conditions}
    unchanged = next((_on_one_line(part) for part in was.conditions if _key(part) in keys), "")
    return f"{kind}, beside {unchanged}" if unchanged else kind


def _changed(was: Condition, now: Condition) -> str:
    """Describe a change: the unchanged pieces once, then the old and the new pieces."""
    before, after = _pieces(was), _pieces(now)
    pieces = list(zip(before, after, strict=False))
    unchanged = " ".join(old for old, new in pieces if old == new)
    changed = [(old, new) for old, new in pieces if old != new]
    if not unchanged or not changed or len(before) != len(after):
        return f"{_on_one_line(was)} → {_on_one_line(now)}"
    return f"{unchanged}: {' '.join(old for old, _ in changed)} → {' '.join(new for _, new in changed)}"


def _pieces(condition: Condition) -> list[str]:
    """Split an atom's description into the pieces that can change independently."""
    match condition:
        case MetricCondition(metric, measurement):
            bare = replace(condition, where=())
            words = describe(replace(bare, timeframe=ALL_TIME)).removesuffix(f" {timeframe_words(ALL_TIME)}")
            where = [describe(condition).removeprefix(f"{describe(bare)}, ")] if condition.where else []
            rest = [timeframe_words(condition.timeframe), *where]
            match measurement:
                case "sum":
                    on = spent_on(metric)
                    return ["spent", words.removeprefix("spent ").removesuffix(f" {on}"), on, *rest]
                case "count" | "days":
                    did = f"did {metric_words(metric)}"
                    how_often = "zero times" if words.startswith("had no ") else words.removeprefix(f"{did} ")
                    return [did, how_often, *rest]
                case _:
                    assert_never(measurement)
        case PropertyCondition(name):
            return [f"have {name}", describe(condition).removeprefix(f"have {name} ")]
        case _:
            return [_on_one_line(condition)]


def _on_one_line(condition: Condition) -> str:
    return " ".join(line.strip() for line in explain(condition).splitlines())
