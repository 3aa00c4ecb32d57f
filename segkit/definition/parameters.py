"""A builder's parameters, declared once in its signature: the tuner, the sweep and the errors all read them here."""

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, ParamSpec, TypeVar, Union, get_args, get_origin, get_type_hints

from segkit.definition.segment import Segment
from segkit.definition.value_words import plain
from segkit.errors import DefinitionError
from segkit.masking import quoted

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Range:
    """Say from where to where a numeric parameter is worth moving, and by how much at a time.

    A slider's range, not a law: a builder takes values outside it too.

    Raises:
        DefinitionError: an end or the step is no number, the range runs backwards, or the step is not above 0.
    """

    low: float
    high: float
    step: float = 1
    unit: str = ""

    def __post_init__(self) -> None:
        for name in ("low", "high", "step"):
            value = plain(getattr(self, name))
            if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)) or not _is_finite(value):
                raise DefinitionError.bad_value(f"{name} of a Range", value, "a finite number")
            object.__setattr__(self, name, float(value) if isinstance(value, Decimal) else value)
        if self.low > self.high:
            raise DefinitionError.reversed_window("Range", self.low, self.high)
        if self.step <= 0:
            raise DefinitionError.bad_value("The step of a Range", self.step, "above 0")


def _is_finite(value: float | Decimal) -> bool:
    # A Decimal that signals its NaN is asked by itself, since Python refuses to make a float of it.
    return value.is_finite() if isinstance(value, Decimal) else isfinite(value)


@dataclass(frozen=True, slots=True, init=False)
class Choice:
    """Say which few values a parameter can take: `Choice("miles", "kilometers")`.

    Raises:
        DefinitionError: there is no value to choose.
    """

    values: tuple[str | int | float | bool, ...]

    def __init__(self, *values: str | float | bool) -> None:
        if not values:
            raise DefinitionError.bad_value("Choice", values, "at least one value")
        object.__setattr__(self, "values", values)

    def __repr__(self) -> str:
        return f"Choice({', '.join(map(repr, self.values))})"


@dataclass(frozen=True, slots=True)
class StartsAt:
    """Say that a threshold starts from the shop's own distribution instead of the builder's default.

    The start is a quantile, over the profiles with any such event, of their count or sum of a metric in the last `days`.
    """

    metric: str
    measurement: Literal["count", "sum"]
    quantile: float
    days: int


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a builder: its name, type, default, what its annotation adds, and whether it may be None."""

    name: str
    kind: Any
    default: Any
    range: Range | None = None
    choice: Choice | None = None
    starts_at: StartsAt | None = None
    is_optional: bool = False

    @property
    def is_required(self) -> bool:
        """Whether the builder can't be called without it."""
        return self.default is inspect.Parameter.empty


def parameters(builder: Callable[..., Any]) -> tuple[Parameter, ...]:
    """Read a builder's parameters from its signature, in order.

    Args:
        builder: any function whose arguments can be given by keyword; an analyst's own too.

    Raises:
        DefinitionError: the function takes positional-only arguments or any number of them.

    >>> def lapsed(*, days: Annotated[int, Range(7, 365)] = 90): ...
    >>> parameters(lapsed)[0].range
    Range(low=7, high=365, step=1, unit='')
    """
    if not callable(builder):
        raise DefinitionError.not_a_builder(builder)
    if getattr(builder, "__module__", None) == _PHRASES:
        raise DefinitionError.phrase_as_builder(builder.__name__)
    try:
        signature = inspect.signature(builder)
        hints = get_type_hints(builder, include_extras=True)
    except (TypeError, ValueError, NameError) as error:
        raise DefinitionError.no_signature(builder, f"its arguments can't be read ({error})") from error
    found = []
    for name, argument in signature.parameters.items():
        if argument.kind in {argument.VAR_POSITIONAL, argument.VAR_KEYWORD, argument.POSITIONAL_ONLY}:
            raise DefinitionError.no_signature(builder, f"the argument {quoted(str(argument))} can't be given by name")
        found.append(_parameter(name, hints.get(name, Any), argument.default))
    return tuple(found)


_PHRASES = "segkit.definition.phrases"


def _parameter(name: str, hint: Any, default: Any) -> Parameter:
    kind, extras, is_optional = _unwrapped(hint)
    return Parameter(
        name=name,
        kind=kind,
        default=plain(default),
        range=next((extra for extra in extras if isinstance(extra, Range)), None),
        choice=next((extra for extra in extras if isinstance(extra, Choice)), None),
        starts_at=next((extra for extra in extras if isinstance(extra, StartsAt)), None),
        is_optional=is_optional or default is None,
    )


def _unwrapped(hint: Any) -> tuple[Any, list[Any], bool]:
    """Return a type without what is annotated and without None, what is annotated, and whether None was there."""
    if get_origin(hint) is Annotated:
        inner, *extras = get_args(hint)
        kind, others, is_optional = _unwrapped(inner)
        return kind, [*extras, *others], is_optional
    if get_origin(hint) in {Union, UnionType} and NoneType in get_args(hint):
        kind, extras, _ = _unwrapped(Union[tuple(one for one in get_args(hint) if one is not NoneType)])  # noqa: UP007
        return kind, extras, True
    return hint, [], False


def builder(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function answer a mistyped argument, or a value that is no choice, with an error that helps.

    Raises (the decorated function):
        DefinitionError: an argument that it does not have, or lacks, or a value outside its `Choice`.

    >>> @builder
    ... def lapsed(*, quiet_days: Annotated[int, Range(7, 365)] = 90): ...
    >>> lapsed(quite_days=30)
    Traceback (most recent call last):
    segkit.errors.DefinitionError: lapsed has no argument 'quite_days'. Did you mean 'quiet_days'? ...
    """

    # Read at the first call, when names in its annotations are defined, and kept, since a slider calls it at every position.
    @functools.cache
    def known_parameters() -> tuple[dict[str, Parameter], list[str]]:
        known = {parameter.name: parameter for parameter in parameters(function)}
        return known, [name for name, parameter in known.items() if parameter.is_required]

    @functools.wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        known, required = known_parameters()
        if args:
            raise DefinitionError.bad_value(f"Every argument of {function.__name__}", args[0], "given by its name")
        for name, value in kwargs.items():
            if name not in known:
                raise DefinitionError.unknown_word(function.__name__, name, known)
            choice = known[name].choice
            if choice is not None and value not in choice.values:
                raise DefinitionError.unknown_choice(f"{name} of {function.__name__}", value, choice.values)
        lacking = [name for name in required if name not in kwargs]
        if lacking:
            raise DefinitionError.missing_word(function.__name__, lacking)
        return function(*args, **kwargs)

    return checked


def made_by(builder: Callable[..., Any], values: Mapping[str, Any]) -> Segment:
    """Return the segment that a builder makes of some values; of a tuple, such as `engagement_tracks` makes, the first.

    Raises:
        DefinitionError: it makes something else, or refuses a value.
    """
    found = builder(**values)
    if isinstance(found, tuple) and found:
        found = found[0]
    if not isinstance(found, Segment):
        raise DefinitionError.not_made_a_segment(builder, found)
    return found
