"""A threshold: what moves in a builder's segment as its parameters go through some positions, and what stands still."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import Any, TypeAlias

from segkit.definition.conditions import AllOf, AnyOf, Atom, Condition, Not, SegmentCondition
from segkit.definition.parameters import Parameter, made_by, parameters
from segkit.definition.segment import Segment
from segkit.definition.value_words import plain
from segkit.errors import DefinitionError

Place: TypeAlias = tuple[int, ...]
"""Where a condition stands in a tree: the numbers of the parts that lead to it."""


class OtherShapeError(Exception):
    """The segments at two positions are not of one shape, so that nothing in them can be followed from one to the next."""


@dataclass(frozen=True, slots=True)
class Moving:
    """A condition of a segment that is another one at other positions.

    Attributes:
        place: where it stands in the segment.
        atoms: what it is at each position.
    """

    place: Place
    atoms: tuple[Atom, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """The segments that a builder makes at some positions of its parameters, and the conditions that are not the same in all.

    Made once, from a builder and what is to move, and handed to whoever asks who is in at each position.

    Attributes:
        positions: values of the parameters that move; those of the others are the same at each.
        segments: what the builder makes at each position.
        moving: the conditions that move; none where no position makes a difference, None where the segments differ in their shape.
    """

    positions: tuple[Mapping[str, Any], ...]
    segments: tuple[Segment, ...]
    moving: tuple[Moving, ...] | None

    @classmethod
    def of(
        cls, builder: Callable[..., Segment], positions: Sequence[Mapping[str, Any]], values: Mapping[str, Any]
    ) -> "Threshold":
        """Return what moves where parameters go through some positions and the others stand at `values`.

        Raises:
            DefinitionError: the builder refuses a position.

        >>> from segkit.builders import sms_nearby
        >>> threshold = Threshold.of(sms_nearby, [{"radius": miles} for miles in (10, 20, 30)], {"of": "02110"})
        >>> [atom.distance for atom in threshold.moving[0].atoms]
        [10.0, 20.0, 30.0]
        """
        segments = tuple(made_by(builder, {**values, **position}) for position in positions)
        try:
            moving = tuple(_moving([segment.condition for segment in segments], ()))
        except OtherShapeError:
            return cls(tuple(positions), segments, None)
        return cls(tuple(positions), segments, moving)

    @property
    def conditions(self) -> list[Condition]:
        """Return the conditions of the segments."""
        return [segment.condition for segment in self.segments]


def next_position(builder: Callable[..., Segment], name: str, values: Mapping[str, Any]) -> tuple[Parameter, Any, Any]:
    """Return a parameter, where it stands, and the position after that; None for both where it is no number.

    Raises:
        DefinitionError: the builder has no such parameter.
    """
    known = {one.name: one for one in parameters(builder)}
    if not isinstance(name, str) or name not in known:
        raise DefinitionError.unknown_word(getattr(builder, "__name__", "the builder"), name, known)
    value = plain(values.get(name, known[name].default))
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)) or not _is_finite(value):
        return known[name], None, None
    span = known[name].range
    step = 1 if span is None else span.step
    if isinstance(value, Decimal):
        return known[name], value, value + Decimal(str(step))
    return known[name], value, value + (int(step) or 1 if isinstance(value, int) else step)


def _is_finite(value: float | Decimal) -> bool:
    # A Decimal that signals its NaN can't be made a float.
    return value.is_finite() if isinstance(value, Decimal) else isfinite(value)


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """Return the conditions that a condition joins or turns; none of an atom."""
    if isinstance(condition, (AllOf, AnyOf)):
        return condition.conditions
    return (condition.condition,) if isinstance(condition, Not) else ()


def _moving(conditions: Sequence[Condition], place: Place) -> Iterator[Moving]:
    """Yield the atoms that are not the same in all of some conditions, and where they stand."""
    if all(condition is conditions[0] or condition == conditions[0] for condition in conditions):
        return
    first = conditions[0]
    if isinstance(first, (AllOf, AnyOf, Not)):
        parts = [parts_of(condition) for condition in conditions]
        if len({(type(condition), len(own)) for condition, own in zip(conditions, parts, strict=True)}) != 1:
            raise OtherShapeError
        for number, column in enumerate(zip(*parts, strict=True)):
            yield from _moving(column, (*place, number))
        return
    groups = (AllOf, AnyOf, Not, SegmentCondition)
    atoms = tuple(condition for condition in conditions if not isinstance(condition, groups))
    if len(atoms) < len(conditions):
        raise OtherShapeError
    yield Moving(place, atoms)
