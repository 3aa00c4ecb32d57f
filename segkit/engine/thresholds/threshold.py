"""Find the conditions of a builder's segment that change as its parameters move, and those that stay the same."""

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
"""The position of a condition in a tree: the index of the part to follow at each level, from the root."""


class OtherShapeError(Exception):
    """The segments at two positions have trees of different shapes, so their conditions can't be matched with each other."""


@dataclass(frozen=True, slots=True)
class Moving:
    """A condition of a segment that differs between positions.

    Attributes:
        place: where the condition is in the segment's tree.
        atoms: the condition at each position.
    """

    place: Place
    atoms: tuple[Atom, ...]


@dataclass(frozen=True, slots=True)
class Threshold:
    """The segments that a builder makes at some positions of its parameters, and the conditions that differ between them.

    It is made once for a builder and the parameters that move, and shared by all functions that need the answer at each position.

    Attributes:
        positions: values of the parameters that move. The other parameters have the same value at every position.
        segments: the builder's segment at each position.
        moving: the conditions that change. It is empty if all positions give the same segment, and None if trees differ in shape.
    """

    positions: tuple[Mapping[str, Any], ...]
    segments: tuple[Segment, ...]
    moving: tuple[Moving, ...] | None

    @classmethod
    def of(
        cls, builder: Callable[..., Segment], positions: Sequence[Mapping[str, Any]], values: Mapping[str, Any]
    ) -> "Threshold":
        """Make the segments for some positions and find what moves. The other parameters keep their `values`.

        Raises:
            DefinitionError: the builder does not accept a position.

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
        """Return the condition of each segment."""
        return [segment.condition for segment in self.segments]


def next_position(builder: Callable[..., Segment], name: str, values: Mapping[str, Any]) -> tuple[Parameter, Any, Any]:
    """Return a parameter, its current value and its next value. Both values are None if the parameter is not a number.

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
    # A signaling NaN of Decimal can't be converted to float.
    return value.is_finite() if isinstance(value, Decimal) else isfinite(value)


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """Return the direct parts of "all of", "any of" or "not". An atom has none."""
    if isinstance(condition, (AllOf, AnyOf)):
        return condition.conditions
    return (condition.condition,) if isinstance(condition, Not) else ()


def part_at(condition: Condition, place: Place) -> Condition:
    """Return the condition at a place in a tree."""
    for number in place:
        condition = parts_of(condition)[number]
    return condition


def _moving(conditions: Sequence[Condition], place: Place) -> Iterator[Moving]:
    """Compare trees of the same shape, and yield the atoms that differ, with their places."""
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
