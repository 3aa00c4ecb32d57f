"""A whole segment as one comparison while a threshold of it moves; where its numbers come from is the evaluation's business.

"Can receive SMS and clicked in the last N days" is, as N moves, one comparison of a whole number for each profile, if the number
of those who can't receive SMS is one that never meets it. So what stands still is joined into the numbers once, and a move takes
a quarter of joining it to the answer again (a million profiles).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from segkit.conditions import AllOf, AnyOf, Condition, Not
from segkit.data.instants import Flags

Values = npt.NDArray[Any]
WHOLE = (np.int16, np.int32, np.int64)
"""Kinds of whole numbers, narrowest first: half the bytes are compared in three fifths of the time."""

FARTHEST = 2**31
"""How far two limits may lie apart for their numbers to be compared as one, so that no number moved along leaves 64 bits."""


class Evaluation(Protocol):
    """What is asked of an evaluation."""

    def part(self, condition: Condition) -> Flags:
        """Return of which profiles a condition is true."""

    def comparison(self, condition: Condition) -> "Comparison | None":
        """Return a condition as one comparison; None where it is none."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Numbers that are compared with a limit: true where they are at least the limit, or where they are below it.

    Attributes:
        values: one for each profile: whole numbers, or floats, whose NaN is never true.
        limit: what they are compared with.
        is_least: whether they must be at least the limit; otherwise below it.
    """

    values: Values
    limit: float
    is_least: bool

    @classmethod
    def of(cls, values: Values, comparison: str, limit: float) -> "Comparison | None":
        """Return a comparison in its usual words as one of two kinds; None for "equals" and "not equals".

        More than a whole number is at least the next one, and so it is with floats, which have a next one, too.
        """
        if comparison in {"more than", "at most"}:
            limit = limit + 1 if values.dtype.kind in "iu" else float(np.nextafter(limit, np.inf))
        if comparison not in {"at least", "more than", "fewer than", "at most"}:
            return None
        return cls(values, limit, is_least=comparison in {"at least", "more than"})

    def flags(self) -> Flags:
        """Return where it is true."""
        found: Flags = self.values >= self.limit if self.is_least else self.values < self.limit
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

    def narrow(self) -> "Comparison | None":
        """Return the comparison with numbers of as few bytes as its limit allows; what lies beyond them stays beyond the limit."""
        if not self.is_whole:
            return self
        kind = next((kind for kind in WHOLE if _lies_within(self.limit, kind)), None)
        if kind is None:
            return None
        bounds = np.iinfo(kind)
        return replace(self, values=np.clip(self.values, bounds.min, bounds.max).astype(kind))

    def at(self, limit: float) -> "Comparison | None":
        """Return the comparison with another limit; None where the numbers are too narrow for it."""
        return replace(self, limit=limit) if not self.is_whole or _lies_within(limit, self.values.dtype) else None

    def _beyond(self, *, is_met: bool) -> Any:
        """Return a number that is true, or false, whatever the limit."""
        if not self.is_whole:
            return (np.inf if self.is_least else -np.inf) if is_met else np.nan
        # Half of what 64 bits hold is more than any sum, and can be moved along.
        farthest = min(np.iinfo(self.values.dtype).max, 2**62)
        return self.values.dtype.type(farthest if is_met == self.is_least else -farthest)


@dataclass
class Moving:
    """What is remembered from one answer to the next: the condition, where it has moved, and its one comparison.

    Attributes:
        last: the condition before it moved.
        places: where in it the moving conditions stand, each as the numbers that lead there.
        sources: the moving conditions as comparisons, when they were joined.
        whole: all of the condition as one, with the limit of the first of them; None where that can't be said.
    """

    last: Condition | None = None
    places: tuple[tuple[int, ...], ...] = ()
    sources: tuple[Comparison, ...] = ()
    whole: Comparison | None = None

    def answer(self, condition: Condition, evaluation: Evaluation) -> Flags | None:
        """Return of which profiles a condition is true that has moved before where it moves now.

        None where it moves for the first time, or where no one comparison says it all.
        """
        found = [] if self.last is None else list(_differences(self.last, condition))
        places = tuple(place for place, _ in found)
        if not places or places != self.places:
            self.last, self.places, self.sources, self.whole = condition, places, (), None
            return None
        sources = [evaluation.comparison(moving) for _, moving in found]
        known = tuple(source for source in sources if source is not None)
        if len(known) < len(sources):
            return None
        limit = known[0].limit
        if not self._hold(known) or (self.whole is not None and self.whole.at(limit) is None):
            joined = _joined(condition, places, evaluation)
            self.sources, self.whole = known, None if joined is None else joined.narrow()
        now = None if self.whole is None else self.whole.at(limit)
        return None if now is None else now.flags()

    def _hold(self, sources: tuple[Comparison, ...]) -> bool:
        """Whether the comparisons are those that were joined, their limits moved by one and the same step."""
        if len(sources) != len(self.sources):
            return False
        pairs = list(zip(sources, self.sources, strict=True))
        same = all(now.values is then.values and now.is_least == then.is_least for now, then in pairs)
        return same and len({now.limit - then.limit for now, then in pairs}) == 1


def _lies_within(limit: float, kind: npt.DTypeLike) -> bool:
    bounds = np.iinfo(kind)
    return max(int(bounds.min), -(2**62)) < limit < min(int(bounds.max), 2**62)


def _differences(before: Condition, now: Condition) -> Iterator[tuple[tuple[int, ...], Condition]]:
    """Yield where two conditions differ, and what stands there now."""
    if before == now:
        return
    pairs = _parts(before), _parts(now)
    if type(before) is not type(now) or not pairs[0] or len(pairs[0]) != len(pairs[1]):
        yield (), now
        return
    for number, (part_before, part_now) in enumerate(zip(*pairs, strict=True)):
        yield from (((number, *place), moving) for place, moving in _differences(part_before, part_now))


def _parts(condition: Condition) -> tuple[Condition, ...]:
    match condition:
        case AllOf(conditions) | AnyOf(conditions):
            return conditions
        case Not(inner):
            return (inner,)
        case _:
            return ()


def _joined(condition: Condition, places: tuple[tuple[int, ...], ...], evaluation: Evaluation) -> Comparison | None:
    """Return a condition as one comparison of those of its parts that stand at the places, what else it has joined into them."""
    if places == ((),):
        return evaluation.comparison(condition)
    parts = _parts(condition)
    inside = [tuple(tuple(rest) for first, *rest in places if first == number) for number in range(len(parts))]
    moving = [_joined(part, here, evaluation) for part, here in zip(parts, inside, strict=True) if here]
    whole = moving[0]
    if isinstance(condition, Not):
        return whole and whole.turned()
    is_all = isinstance(condition, AllOf)
    for other in moving[1:]:
        whole = whole and other and whole.joined(other, is_all=is_all)
    still = [evaluation.part(part) for part, here in zip(parts, inside, strict=True) if not here]
    if whole is None or not still:
        return whole
    flags = reduce(np.logical_and if is_all else np.logical_or, still)
    return whole.among(flags) if is_all else whole.or_where(flags)
