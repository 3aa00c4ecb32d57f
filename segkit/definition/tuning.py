"""Tune a segment: replace a number, date or choice in its condition, and find which of them a builder's parameter changes."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from segkit.definition.algebra import atoms
from segkit.definition.conditions import Condition, PropertyCondition
from segkit.definition.parameters import Choice, KnownBuilder, Parameter, made_by
from segkit.definition.segment import Segment, one_segment
from segkit.definition.timeframes import BetweenAgo, BetweenDates
from segkit.definition.tunable import Path, Tunable, tunables
from segkit.errors import DefinitionError


def with_value(condition: Condition, tunable: Tunable, value: Any) -> Condition:
    """Return the condition with a different value at one tunable place.

    Raises:
        DefinitionError: a window would end before it begins.

    >>> from segkit.definition.phrases import did
    >>> clicked = did("Clicked SMS", in_last_days=90)
    >>> with_value(clicked, tunables(clicked)[0], 30) == did("Clicked SMS", in_last_days=30)
    True
    """
    if isinstance(tunable.value, tuple):
        value = tuple(value)
    for path in (tunable.path, *tunable.also):
        condition = _replaced(condition, path, value)
    return condition


def value_at(condition: Condition, path: Path) -> Any:
    """Return the value at a path, or None if the condition has no such place."""
    found: Any = condition
    for step in path:
        if isinstance(step, int):
            found = found[step] if isinstance(found, tuple) and step < len(found) else None
        else:
            found = getattr(found, step, None)
    return found


def builder_of(segment: Segment) -> KnownBuilder:
    """Return a builder that makes a segment, with a parameter for each number, date and choice in it.

    Raises:
        DefinitionError: the value is not a segment, or the segment refers to another segment.

    >>> from segkit.definition.phrases import did
    >>> engaged = builder_of(Segment("Engaged", did("Clicked SMS", at_least=2, in_last_days=90)))
    >>> engaged(clicked_sms_days=30).condition == did("Clicked SMS", at_least=2, in_last_days=30)
    True
    """
    whole = one_segment(segment)
    named = _named(tunables(whole.condition))

    def tuned(**values: Any) -> Segment:
        condition = whole.condition
        for name, value in values.items():
            condition = with_value(condition, named[name], value)
        _check_windows(condition)
        return Segment(whole.name, condition, whole.description)

    return KnownBuilder(tuned, _identifier(whole.name), tuple(_parameter(name, one) for name, one in named.items()))


def _parameter(name: str, tunable: Tunable) -> Parameter:
    choice = None if tunable.choices is None else Choice(*(value for _, value in tunable.choices))
    return Parameter(name, type(tunable.value), tunable.value, choice=choice)


def _named(found: tuple[Tunable, ...]) -> dict[str, Tunable]:
    """Return tunable places by unique names. Places with the same sentence get a number in their names."""
    named: dict[str, Tunable] = {}
    for one in found:
        name, number = _identifier(one.noun), 2
        while name in named:
            name, number = f"{_identifier(one.noun)}_{number}", number + 1
        named[name] = one
    return named


def _identifier(text: str) -> str:
    """Return text as a Python identifier.

    >>> _identifier("Clicked SMS days"), _identifier("2x"), _identifier("été")
    ('clicked_sms_days', 'n_2x', 'été')
    """
    name = re.sub(r"\W+", "_", text.casefold()).strip("_")
    return name if name.isidentifier() else f"n_{name}".rstrip("_")


def _replaced(whole: Any, path: Path, value: Any) -> Any:
    if not path:
        return value
    step, *rest = path
    if isinstance(step, int):
        return (*whole[:step], _replaced(whole[step], tuple(rest), value), *whole[step + 1 :])
    return replace(whole, **{step: _replaced(getattr(whole, step), tuple(rest), value)})


def _check_windows(condition: Condition) -> None:
    """Raise an error for a window between two days or dates that ends before it begins, as the phrases do."""
    for one in tunables(condition):
        window = value_at(condition, one.path[:-1])
        if isinstance(window, BetweenAgo) and window.nearest > window.farthest:
            raise DefinitionError.reversed_window(f"between_{window.unit}s_ago", window.nearest, window.farthest)
        if isinstance(window, BetweenDates) and window.first > window.last:
            raise DefinitionError.reversed_window("between", str(window.first), str(window.last))


@dataclass(frozen=True, slots=True)
class Moved:
    """What a builder's parameter changes in the builder's segment.

    Attributes:
        is_used: whether the segment changes with the parameter at all.
        places: the tunable places that have the parameter's value, if it changes only numbers, dates and choices. It is empty if the
            parameter adds or removes conditions.
        is_property: whether the parameter only changes which property of profiles the conditions test.
    """

    is_used: bool
    places: tuple[Tunable, ...] = ()
    is_property: bool = False


def moved_by(builder: Callable[..., Any], parameter: Parameter, values: Mapping[str, Any]) -> Moved:
    """Return what a parameter changes, by making the segment with other values of the parameter.

    >>> from segkit.builders import sms_vip
    >>> from segkit.definition.parameters import parameters
    >>> here = {"approach": "frequent", "spent": 200, "orders": 3, "days": 365}
    >>> moves = {one.name: moved_by(sms_vip, one, here) for one in parameters(sms_vip)}
    >>> moves["spent"].is_used, moves["orders"].places[0].before
    (False, 'Placed Order more than')
    """
    here = made_by(builder, values).condition
    found = Moved(is_used=False)
    for other in _others(parameter, values[parameter.name]):
        try:
            there = made_by(builder, {**values, parameter.name: other}).condition
        except Exception:  # noqa: BLE001,S112  # an analyst's own builder may raise any error at a value that nobody chose
            continue
        if there != here:
            found = _moved(here, there, values[parameter.name])
            if found.places:
                break
    return found


def _moved(here: Condition, there: Condition, value: Any) -> Moved:
    differing = [
        replace(one, value=now)
        for one in tunables(there)
        if (now := value_at(here, one.path)) is not None and now != one.value
    ]
    back = there
    for one in differing:
        back = with_value(back, one, one.value)
    if back == here:
        # Conditions hold tuples where a builder may take a list.
        value = tuple(value) if isinstance(value, list) else value
        return Moved(is_used=True, places=tuple(one for one in differing if one.value == value))
    pairs = list(zip(atoms(here), atoms(there), strict=False))
    changed = [
        isinstance(one, PropertyCondition) and isinstance(other, PropertyCondition) and one.property != other.property
        for one, other in pairs
        if one != other
    ]
    return Moved(is_used=True, is_property=bool(changed) and all(changed))


def _others(parameter: Parameter, value: Any) -> Iterator[Any]:
    """Yield other values that a parameter could have."""
    if parameter.choice is not None:
        yield from (one for one in parameter.choice.values if one != value)
    elif isinstance(value, bool) or (value is None and parameter.kind is bool):
        yield not value
    elif isinstance(value, (int, float, Decimal)):
        span = parameter.range
        step = 1 if span is None else span.step
        yield value + Decimal(str(step)) if isinstance(value, Decimal) else value + step
        yield from (() if span is None else (type(value)(span.low), type(value)(span.high)))
    elif isinstance(value, date):
        yield value - timedelta(days=1)
    elif isinstance(value, str):
        yield from (f"{value}x", "10001", "CA", "US")
    elif isinstance(value, (tuple, list)) and all(isinstance(one, str) for one in value):
        yield from (("CA",), ("US",))
    elif isinstance(value, (tuple, list)):
        yield tuple(map(_another, value))
    elif value is None:
        yield from (1, "x", date(2026, 1, 1))


def _another(item: Any) -> Any:
    """Return an item of a list that differs from the given one."""
    if isinstance(item, str):
        return f"{item}x"
    return item - timedelta(days=1) if isinstance(item, date) else item + 1
