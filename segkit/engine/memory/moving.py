"""A whole segment as one comparison while a threshold of it moves; where its numbers come from is the evaluation's business.

"Can receive SMS and clicked in the last N days" is, as N moves, one comparison of a whole number for each profile, if the number
of those who can't receive SMS is one that never meets it. So what stands still is joined into the numbers once, and a move takes
a quarter of joining it to the answer again (a million profiles).
"""

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from segkit.data.instants import Flags
from segkit.definition.conditions import (
    AllOf,
    AnyOf,
    Condition,
    DistanceCondition,
    MetricCondition,
    Not,
    NumberTest,
    PropertyCondition,
)

Values = npt.NDArray[Any]
Place: TypeAlias = tuple[int, ...]
WHOLE = (np.int16, np.int32, np.int64)
"""Kinds of whole numbers, narrowest first: half the bytes are compared in three fifths of the time."""

FARTHEST = 2**31
"""How far two limits may lie apart for their numbers to be compared as one, so that no number moved along leaves 64 bits."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Numbers that are compared with a limit: true where they are at least the limit, or where they are below it.

    Attributes:
        values: one for each profile: whole numbers, or floats, whose NaN is never true.
        limit: what they are compared with.
        is_least: whether they must be at least the limit; otherwise below it.
        key: what the values are, the same for the same values.
    """

    values: Values
    limit: float
    is_least: bool
    key: Hashable = None

    @classmethod
    def of(cls, values: Values, comparison: str, limit: float, key: Hashable = None) -> "Comparison | None":
        """Return a comparison in its usual words as one of two kinds; None for "equals" and "not equals".

        More than a whole number is at least the next one, and so it is with floats, which have a next one, too.
        """
        if comparison in {"more than", "at most"}:
            limit = limit + 1 if values.dtype.kind in "iu" else float(np.nextafter(limit, np.inf))
        if comparison not in {"at least", "more than", "fewer than", "at most"}:
            return None
        return cls(values, limit, is_least=comparison in {"at least", "more than"}, key=key)

    def flags(self, limit: float | None = None) -> Flags:
        """Return where it is true, or where it would be with another limit."""
        limit = self.limit if limit is None else limit
        found: Flags = self.values >= limit if self.is_least else self.values < limit
        return found

    @property
    def is_whole(self) -> bool:
        """Whether the values are whole numbers."""
        return self.values.dtype.kind in "iu"

    def turned(self) -> "Comparison":
        """Return the comparison that is true where this one is not."""
        values = self.values
        if not self.is_whole and np.isnan(values).any():
            values = np.where(np.isnan(values), -np.inf if self.is_least else np.inf, values)
        return replace(self, values=values, is_least=not self.is_least)

    def among(self, flags: Flags) -> "Comparison":
        """Return the comparison that is true where this one is and the flags are."""
        return replace(self, values=np.where(flags, self.values, self._beyond(is_met=False)))

    def or_where(self, flags: Flags) -> "Comparison":
        """Return the comparison that is true where this one is or the flags are."""
        return replace(self, values=np.where(flags, self._beyond(is_met=True), self.values))

    def joined(self, other: "Comparison", *, is_all: bool) -> "Comparison | None":
        """Return the comparison that is true where both are, or where one of them is; None where no one comparison says so.

        The limit is this one's: as long as the other's lies as far from it as now, whole numbers can be moved along.
        """
        if self.is_least != other.is_least or self.is_whole != other.is_whole:
            return None
        values = other.values
        if self.limit != other.limit:
            if not self.is_whole or abs(self.limit - other.limit) > FARTHEST:
                return None
            values = values.astype(np.int64) + int(self.limit - other.limit)
        # NaN is never true: it stays where both must be, and makes room where one of them is enough.
        least, most = (np.minimum, np.maximum) if is_all else (np.fmin, np.fmax)
        return replace(self, values=(least if self.is_least == is_all else most)(self.values, values))

    @property
    def kind(self) -> npt.DTypeLike | None:
        """The kind of numbers of the fewest bytes that its limit allows; None where it lies beyond all of them."""
        if not self.is_whole:
            return np.float64
        return next((kind for kind in WHOLE if _lies_within(self.limit, kind)), None)

    def narrow(self, kind: npt.DTypeLike) -> "Comparison":
        """Return the comparison with numbers of a kind that allows its limit; what lies beyond them stays beyond the limit."""
        if not self.is_whole:
            return self
        bounds = np.iinfo(kind)
        return replace(self, values=np.clip(self.values, bounds.min, bounds.max).astype(kind))

    def _beyond(self, *, is_met: bool) -> Any:
        """Return a number that is true, or false, whatever the limit."""
        if not self.is_whole:
            return (np.inf if self.is_least else -np.inf) if is_met else np.nan
        # Half of what 64 bits hold is more than any sum, and can be moved along.
        farthest = min(np.iinfo(self.values.dtype).max, 2**62)
        return self.values.dtype.type(farthest if is_met == self.is_least else -farthest)


@dataclass(frozen=True, slots=True)
class Moves:
    """Where a condition moved when it was last asked for.

    Attributes:
        last: the condition before it moved.
        places: where in it the moving conditions stand, each as the numbers that lead there; nothing where it has not moved yet.
        still: what of it stands still.
    """

    last: Condition
    places: tuple[Place, ...] = ()
    still: Hashable = None

    def to(self, condition: Condition) -> "Moves":
        """Return where it moves now: these very moves where that is the same as before."""
        places = tuple(_differences(self.last, condition))
        if not places or places == self.places:
            return self
        return Moves(condition, places, _still(condition, places))


def shape(condition: Condition) -> Hashable:
    """Return what of a condition stands still wherever its thresholds move; its notes depend on nothing else.

    >>> from segkit.definition.phrases import did
    >>> shape(did("Clicked SMS", in_last_days=30)) == shape(did("Clicked SMS", at_least=2, in_last_days=7))
    True
    """
    # Asked at every position of a slider: a `match` takes twice as long.
    if isinstance(condition, MetricCondition):
        return condition.metric, condition.measurement, condition.comparison, type(condition.timeframe), condition.where
    if isinstance(condition, (AllOf, AnyOf)):
        return type(condition), *map(shape, condition.conditions)
    if isinstance(condition, Not):
        return Not, shape(condition.condition)
    if isinstance(condition, PropertyCondition) and isinstance(condition.test, NumberTest):
        return condition.property, condition.test.comparison
    if isinstance(condition, DistanceCondition):
        return condition.is_within, condition.unit, condition.of
    return condition


def moving_parts(condition: Condition, places: tuple[Place, ...]) -> list[Condition]:
    """Return what stands at some places of a condition."""
    return [reduce(lambda part, number: _parts(part)[number], place, condition) for place in places]


def _lies_within(limit: float, kind: npt.DTypeLike) -> bool:
    bounds = np.iinfo(kind)
    return max(int(bounds.min), -(2**62)) < limit < min(int(bounds.max), 2**62)


def _differences(before: Condition, now: Condition) -> Iterator[Place]:
    """Yield where two conditions differ."""
    pairs = _parts(before), _parts(now)
    if type(before) is type(now) and pairs[0] and len(pairs[0]) == len(pairs[1]):
        for number, (part_before, part_now) in enumerate(zip(*pairs, strict=True)):
            if part_before is not part_now:
                for place in _differences(part_before, part_now):
                    yield number, *place
    elif before != now:
        yield ()


def _still(condition: Condition, places: tuple[Place, ...]) -> Hashable:
    """Return a condition without what stands at some places."""
    if not places:
        return condition
    inside = _inside(condition, places)
    return None if inside is None else (type(condition), *(_still(part, here) for part, here in inside))


def _inside(condition: Condition, places: tuple[Place, ...]) -> list[tuple[Condition, tuple[Place, ...]]] | None:
    """Return the parts of a condition, each with the places in it; None where the condition itself is the place."""
    if places == ((),):
        return None
    parts = enumerate(_parts(condition))
    return [(part, tuple(tuple(rest) for first, *rest in places if first == number)) for number, part in parts]


def _parts(condition: Condition) -> tuple[Condition, ...]:
    if isinstance(condition, (AllOf, AnyOf)):
        return condition.conditions
    return (condition.condition,) if isinstance(condition, Not) else ()


def joined(
    condition: Condition, places: tuple[Place, ...], sources: Iterator[Comparison], part: Callable[[Condition], Flags]
) -> Comparison | None:
    """Return a condition as one comparison: what stands at the places is compared with a limit, and all else is joined into it.

    None where no one comparison says it all.

    Args:
        condition: the whole.
        places: where the moving conditions stand.
        sources: these as comparisons, in the order of the places.
        part: returns of which profiles a part that stands still is true.
    """
    inside = _inside(condition, places)
    if inside is None:
        return next(sources)
    moving = [joined(one, here, sources, part) for one, here in inside if here]
    whole = moving[0]
    if isinstance(condition, Not):
        return whole and whole.turned()
    is_all = isinstance(condition, AllOf)
    for other in moving[1:]:
        whole = whole and other and whole.joined(other, is_all=is_all)
    still = [part(one) for one, here in inside if not here]
    if whole is None or not still:
        return whole
    flags = reduce(np.logical_and if is_all else np.logical_or, still)
    return whole.among(flags) if is_all else whole.or_where(flags)
