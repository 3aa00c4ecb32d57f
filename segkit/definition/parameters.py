"""Read a builder's parameters from its signature, for the tuner, the sweep and error messages."""

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
    """Set the useful range of a numeric parameter, and the step of its slider.

    Sliders use this range. A builder also accepts values outside it.

    Raises:
        DefinitionError: an end or the step is not a finite number, `low` is above `high`, or the step is not above 0.
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
    # `isfinite` raises for a signaling NaN, which can't be converted to a float.
    return value.is_finite() if isinstance(value, Decimal) else isfinite(value)


@dataclass(frozen=True, slots=True, init=False)
class Choice:
    """List the values that a parameter accepts: `Choice("miles", "kilometers")`.

    Raises:
        DefinitionError: no values are given.
    """

    values: tuple[str | int | float | bool, ...]

    def __init__(self, *values: str | float | bool) -> None:
        if not values:
            raise DefinitionError.missing("Choice", "at least one value")
        object.__setattr__(self, "values", values)

    def __repr__(self) -> str:
        return f"Choice({', '.join(map(repr, self.values))})"


@dataclass(frozen=True, slots=True)
class StartsAt:
    """Make the tuner start a threshold at a quantile of the shop's data instead of at the builder's default.

    It is a quantile of the count or sum of a metric's events in the last `days` days, over profiles with at least one such event.
    """

    metric: str
    measurement: Literal["count", "sum"]
    quantile: float
    days: int


@dataclass(frozen=True, slots=True)
class Parameter:
    """A builder's parameter: its name, type, default, the metadata in its annotation, and whether it may be None."""

    name: str
    kind: Any
    default: Any
    range: Range | None = None
    choice: Choice | None = None
    starts_at: StartsAt | None = None
    is_optional: bool = False

    @property
    def is_required(self) -> bool:
        """Whether the parameter has no default."""
        return self.default is inspect.Parameter.empty


@dataclass(frozen=True, slots=True)
class KnownBuilder:
    """A builder with a list of its parameters, which are not read from the signature of its function.

    Attributes:
        function: a function that takes the parameters as keyword arguments and returns a segment.
        name: the name of the builder in errors and in `Tuner.definition`.
        parameters: the parameters, in order.
    """

    function: Callable[..., Any]
    name: str
    parameters: tuple[Parameter, ...]

    @property
    def __name__(self) -> str:
        return self.name

    def __call__(self, **values: Any) -> Any:
        """Make the segment."""
        return self.function(**values)


def parameters(builder: Callable[..., Any]) -> tuple[Parameter, ...]:
    """Read a builder's parameters from its signature, in order.

    Args:
        builder: any function, including your own, that accepts all its arguments by keyword.

    Raises:
        DefinitionError: `builder` is not a function, is a phrase such as `sk.did`, has annotations that can't be read, or takes
            positional-only arguments, `*args` or `**kwargs`.

    >>> def lapsed(*, days: Annotated[int, Range(7, 365)] = 90): ...
    >>> parameters(lapsed)[0].range
    Range(low=7, high=365, step=1, unit='')
    """
    if isinstance(builder, KnownBuilder):
        return builder.parameters
    if not callable(builder):
        raise DefinitionError.not_a_builder(builder)
    if getattr(builder, "__module__", None) == _PHRASES:
        raise DefinitionError.phrase_as_builder(builder.__name__)
    try:
        signature = inspect.signature(builder)
        hints = get_type_hints(builder, include_extras=True)
    except (TypeError, ValueError, NameError) as error:
        raise DefinitionError.no_signature(builder, f"its arguments can't be read ({error})") from error
    result = []
    for name, argument in signature.parameters.items():
        if argument.kind in {argument.VAR_POSITIONAL, argument.VAR_KEYWORD, argument.POSITIONAL_ONLY}:
            raise DefinitionError.no_signature(
                builder, f"the argument {quoted(str(argument))} can't be passed by keyword"
            )
        result.append(_parameter(name, hints.get(name, Any), argument.default))
    return tuple(result)


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
    """Return a type without `Annotated` and None, the metadata of `Annotated`, and whether None was part of the type."""
    if get_origin(hint) is Annotated:
        inner, *extras = get_args(hint)
        kind, others, is_optional = _unwrapped(inner)
        return kind, [*extras, *others], is_optional
    if get_origin(hint) in {Union, UnionType} and NoneType in get_args(hint):
        kind, extras, _ = _unwrapped(Union[tuple(one for one in get_args(hint) if one is not NoneType)])  # noqa: UP007
        return kind, extras, True
    return hint, [], False


def builder(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function raise a helpful error for a mistyped argument or a value that is not one of its choices.

    Raises (the decorated function):
        DefinitionError: an argument is unknown, missing or positional, or a value is not in its `Choice`.

    >>> @builder
    ... def lapsed(*, quiet_days: Annotated[int, Range(7, 365)] = 90): ...
    >>> lapsed(quite_days=30)
    Traceback (most recent call last):
    segkit.errors.DefinitionError: lapsed has no argument 'quite_days'. Did you mean 'quiet_days'? ...
    """

    # Read the signature at the first call, when the names in the annotations are defined. Cache it, since sliders call this often.
    @functools.cache
    def known_parameters() -> tuple[dict[str, Parameter], list[str]]:
        known = {parameter.name: parameter for parameter in parameters(function)}
        return known, [name for name, parameter in known.items() if parameter.is_required]

    @functools.wraps(function)
    def checked(*args: P.args, **kwargs: P.kwargs) -> R:
        known, required = known_parameters()
        if args:
            raise DefinitionError.positional(function.__name__, args[0], known)
        for name, value in kwargs.items():
            if name not in known:
                raise DefinitionError.unknown_word(function.__name__, name, known)
            choice = known[name].choice
            if choice is not None and value not in choice.values:
                raise DefinitionError.unknown_choice(f"{name} of {function.__name__}", value, choice.values)
        missing = [name for name in required if name not in kwargs]
        if missing:
            raise DefinitionError.missing(function.__name__, *map(quoted, missing))
        return function(*args, **kwargs)

    return checked


def made_by(builder: Callable[..., Any], values: Mapping[str, Any]) -> Segment:
    """Call a builder and return its segment. If it returns a tuple of segments, as `engagement_tracks` does, return the first.

    Raises:
        DefinitionError: it returns something else, or rejects a value.
    """
    result = builder(**values)
    if isinstance(result, tuple) and result:
        result = result[0]
    if not isinstance(result, Segment):
        raise DefinitionError.not_made_a_segment(builder, result)
    return result
