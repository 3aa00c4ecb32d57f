"""Resolve references between segments: replace each `in_segment(name)` with that segment's condition before evaluation."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from segkit.definition.conditions import DEEPEST, AllOf, AnyOf, Condition, Not, SegmentCondition
from segkit.errors import DefinitionError

if TYPE_CHECKING:
    from segkit.definition.segment import Segment

MOST_CONDITIONS = 10_000
"""The maximum number of conditions in a resolved segment. Without a limit, chains of references could grow exponentially."""


def resolved(segments: "Sequence[Segment]", beside: "Iterable[Segment]" = ()) -> "list[Segment]":
    """Return segments with each reference to another segment replaced by that segment's condition.

    Args:
        segments: the segments to resolve, with different names.
        beside: other segments that `segments` may refer to. If a name is in both, the one in `segments` is used.

    Raises:
        DefinitionError: a reference is to an unknown segment, references form a cycle, or a resolved condition is nested too deeply
            or is too long.
    """
    if not any(True for one in segments for _ in _names(one.condition)):
        return list(segments)
    resolver = _Resolver({one.name: one.condition for one in (*beside, *segments)})
    return [replace(one, condition=resolver.of_segment(one.name, ())) for one in segments]


def _names(condition: Condition) -> Iterator[str]:
    if isinstance(condition, (AllOf, AnyOf)):
        for part in condition.conditions:
            yield from _names(part)
    elif isinstance(condition, Not):
        yield from _names(condition.condition)
    elif isinstance(condition, SegmentCondition):
        yield condition.segment_name


class _Resolver:
    """Resolves references, each segment only once."""

    def __init__(self, conditions: dict[str, Condition]) -> None:
        self._conditions = conditions
        self._resolved: dict[str, Condition] = {}
        self._sizes: dict[str, int] = {}

    def of_segment(self, name: str, path: tuple[str, ...]) -> Condition:
        """Return a segment's resolved condition. `path` holds the names of the segments that lead to it by reference."""
        if name in path:
            raise DefinitionError.circle_of_segments([*path[path.index(name) :], name])
        if name not in self._conditions:
            raise DefinitionError.unknown_segment(name, path[-1], self._conditions)
        if len(path) > DEEPEST:
            raise DefinitionError.nested_too_deep()
        if name not in self._resolved:
            inner, path = self._conditions[name], (*path, name)
            for other in _names(inner):
                self.of_segment(other, path)
            size = self._size(inner)
            if size > MOST_CONDITIONS:
                raise DefinitionError.too_many_written_out(name, size, MOST_CONDITIONS)
            self._resolved[name], self._sizes[name] = self._replaced(inner), size
        return self._resolved[name]

    def _size(self, condition: Condition) -> int:
        match condition:
            case AllOf(conditions) | AnyOf(conditions):
                return 1 + sum(map(self._size, conditions))
            case Not(inner):
                return 1 + self._size(inner)
            case SegmentCondition(name):
                return self._sizes[name]
            case _:
                return 1

    def _replaced(self, condition: Condition) -> Condition:
        match condition:
            case AllOf(conditions) | AnyOf(conditions):
                return type(condition)(tuple(map(self._replaced, conditions)))
            case Not(inner):
                return ~self._replaced(inner)
            case SegmentCondition(name):
                return self._resolved[name]
            case _:
                return condition
