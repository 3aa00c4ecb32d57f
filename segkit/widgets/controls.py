"""Describe the control of each parameter of a builder to the browser, and convert its values.

`live.js` draws it, and `analysis/starting.py` decides at which value it starts.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from segkit.analysis.choices import Offered
from segkit.definition.parameters import Parameter
from segkit.definition.value_words import plain
from segkit.errors import DefinitionError
from segkit.widgets.conversions import (
    as_float,
    as_is,
    as_items,
    as_number,
    as_text,
    as_texts,
    as_truth,
    as_whole,
    day_of,
    days_of,
    digits_of,
    iso_of_day,
    iso_of_days,
    joined,
    list_of,
    number_of,
    number_or_none,
    text_or_none,
    text_or_point,
)
from segkit.wording import listed

Kind: TypeAlias = Literal["slider", "number", "choice", "several", "truth", "date", "text"]

FEW = 50
"""The largest number of values in the data for which a choice is offered. With more, the analyst types text and gets suggestions."""

DIGITS, SLACK = 7, 1e-9
"""The number of decimal places to which a slider's positions are rounded, and the tolerance for counting steps."""

NOT_SET = "not set"


@dataclass(slots=True)
class Control:
    """The control that shows one parameter in the browser.

    Attributes:
        parameter: the parameter.
        kind: the kind of control.
        convert: a function that converts the browser's value to the builder's argument, or raises an error if it can't.
        show: a function that converts the builder's argument to the browser's value, or raises TypeError or ValueError.
        span: the low end, the high end and the step of a slider.
        options: the words and the value of each choice.
        is_open: whether values that are not among the options are accepted.
        has_numbers: whether a list holds text and numbers, so that the browser has to tell the text "1" from the number 1.
        wanted: the values that the control accepts, in words; if it is empty, they follow from the kind.
    """

    parameter: Parameter
    kind: Kind
    convert: Callable[[Any], Any]
    show: Callable[[Any], Any]
    span: tuple[float, float, float] | None = None
    options: list[tuple[str, Any]] = field(default_factory=list)
    is_open: bool = False
    has_numbers: bool = False
    wanted: str = ""

    def read(self, value: Any) -> Any:
        """Return the argument of the builder for what the browser shows.

        Raises:
            DefinitionError: the value can't be read, for example because text was typed among numbers.
        """
        try:
            return self.convert(value)
        except (TypeError, ValueError, ArithmeticError, AttributeError) as error:
            typed = ", ".join(map(str, value)) if isinstance(value, list) else value
            raise DefinitionError.bad_value(label(self.parameter), typed, self._wanted) from error

    @property
    def positions(self) -> list[Any]:
        """All values of a slider as arguments of the builder, lowest first; empty for other controls."""
        if self.span is None:
            return []
        low, high, step = self.span
        count = int((high - low) / step + SLACK) + 1
        return [self.read(round(low + number * step, DIGITS)) for number in range(count)]

    def shown(self, value: Any) -> Any:
        """Return what the browser shows for an argument of the builder. A slider's range grows to include it.

        Raises:
            DefinitionError: the control does not accept the value, for example because it is not one of the choices.
        """
        try:
            found = self.show(plain(value))
        except (TypeError, ValueError) as error:
            raise DefinitionError.bad_value(label(self.parameter), value, self._wanted) from error
        if self.span is not None:
            low, high, step = self.span
            self.span = min(low, found), max(high, found), step
        if self.kind == "choice" and self.is_open and found not in [one for _, one in self.options]:
            self.options = [*self.options, (f"{found} (nobody)", found)]
        return found

    def spec(self) -> dict[str, Any]:
        """Return the description of the control for the browser, without its words."""
        low, high, step = self.span or (None, None, None)
        options = [{"label": words, "value": value} for words, value in self.options]
        return {
            "name": self.parameter.name,
            "kind": self.kind,
            "low": low,
            "high": high,
            "step": step,
            "options": options,
            "numbers": self.has_numbers,
        }

    @property
    def _wanted(self) -> str:
        """The values that the control accepts, in words."""
        if self.wanted:
            return self.wanted
        if self.kind == "choice":
            return f"one of {listed(value for _, value in self.options)}"
        return {"slider": "a number", "number": "a number", "truth": "True or False", "date": "a date"}.get(
            self.kind, "text"
        )


def control_for(parameter: Parameter, start: Any, offered: Sequence[Offered] = ()) -> Control:
    """Return a control for a parameter that starts at a value.

    Every number gets an input box, and a number with a range also gets a slider. A choice lists its values. A boolean gets a
    checkbox. A text field suggests the values that the data has. A list goes to the browser as a list, and is typed with commas between its
    items. The coordinates of a point are text with a comma. An optional parameter that starts as None gets a field that is empty for None.

    Args:
        parameter: the parameter.
        start: its value.
        offered: the values in the data, with the number of profiles or events that have each.
    """
    if parameter.choice is not None:
        options = [(str(value), value) for value in parameter.choice.values]
        return _choice(parameter, [*options, (NOT_SET, None)] if parameter.is_optional else options, start)
    if start is None and parameter.kind is bool:
        return _choice(parameter, [("True", True), ("False", False), (NOT_SET, None)], start)
    if isinstance(start, bool):
        return Control(parameter, "truth", bool, as_truth)
    if isinstance(start, date) or (start is None and parameter.kind is date):
        return Control(parameter, "date", day_of, iso_of_day)
    if start is None:
        read = text_or_none if parameter.kind is str else number_or_none(_number_kind(parameter))
        return Control(parameter, "text", read, lambda value: "" if value is None else joined(value))
    if isinstance(start, (int, float, Decimal)):
        return _number(parameter, start)
    return _text(parameter, start, offered)


def label(parameter: Parameter) -> str:
    """Return the label of a control that has no sentence: the parameter's name in words.

    >>> label(Parameter("clicked_days", int, 90))
    'clicked days'
    """
    return parameter.name.replace("_", " ")


def _choice(parameter: Parameter, options: list[tuple[str, Any]], start: Any) -> Control:
    values = [value for _, value in options]
    if start not in values:
        raise DefinitionError.unknown_choice(label(parameter), start, [value for value in values if value is not None])

    def same(value: Any) -> Any:
        if value not in values:
            raise ValueError(value)
        return values[values.index(value)]

    return Control(parameter, "choice", same, same, options=options)


def _number(parameter: Parameter, start: float | Decimal) -> Control:
    is_whole = isinstance(start, int) and (parameter.kind is int or parameter.kind is Any or _steps_whole(parameter))
    span = None
    if parameter.range is not None:
        low, high, step = parameter.range.low, parameter.range.high, parameter.range.step
        span = min(low, float(start)), max(high, float(start)), step
        if is_whole:
            span = int(span[0]), int(span[1]), max(int(step), 1)
    if isinstance(start, Decimal):

        def exact(value: Any) -> Decimal:
            # A float can't hold all digits of some decimals.
            return start if value == float(start) else Decimal(str(as_number(value)))

        return Control(parameter, _kind(span), exact, as_float, span)
    takes_whole = is_whole and parameter.kind is not float
    return Control(
        parameter, _kind(span), as_whole if takes_whole else as_number, as_whole if takes_whole else as_number, span
    )


def _kind(span: tuple[float, float, float] | None) -> Kind:
    return "number" if span is None else "slider"


def _steps_whole(parameter: Parameter) -> bool:
    return parameter.range is None or float(parameter.range.step).is_integer()


def _number_kind(parameter: Parameter) -> Callable[[str], Any]:
    return Decimal if parameter.kind is Decimal else float


def _text(parameter: Parameter, start: Any, offered: Sequence[Offered]) -> Control:
    options = [(f"{value} ({count:,})", value) for value, count in offered]
    if isinstance(start, str) and not _is_text_or_point(parameter):
        if not 0 < len(offered) <= FEW:
            return Control(parameter, "text", as_text, as_text, options=options, is_open=True)
        control = Control(parameter, "choice", as_is, as_is, options=options, is_open=True)
        control.shown(start)
        return control
    if isinstance(start, str):
        return Control(parameter, "text", text_or_point, joined)
    if _is_text_or_point(parameter) and all(isinstance(part, (int, float, Decimal)) for part in start):
        return Control(parameter, "text", text_or_point, joined)
    return _several(parameter, start, offered)


def _several(parameter: Parameter, start: Iterable[Any], offered: Sequence[Offered]) -> Control:
    """Return the control of a list. Numbers and dates of a list without text are sent as text, so that every digit survives."""
    items = list_of(start)
    options = [(f"{value} ({count:,})", value) for value, count in offered]
    if all(isinstance(one, str) for one in items):
        return Control(parameter, "several", as_texts, as_texts, options=options, is_open=True)
    if all(isinstance(one, date) for one in items):
        return Control(
            parameter, "several", days_of, iso_of_days, wanted="dates such as 2026-01-31, with commas between them"
        )
    if any(isinstance(one, str) for one in items):
        wanted = "text and numbers with commas between them"
        return Control(
            parameter, "several", as_items, lambda value: list(as_items(value)),
            options=options, is_open=True, has_numbers=True, wanted=wanted,
        )  # fmt: skip
    known = {str(one): one for one in items}
    other = Decimal if any(isinstance(one, Decimal) for one in items) else float

    def numbers(value: Any) -> tuple[Any, ...]:
        return tuple(known[one] if one in known else number_of(one, other) for one in as_texts(value))

    options = [(words, str(value)) for words, value in options]
    wanted = "numbers with commas between them"
    return Control(parameter, "several", numbers, digits_of, options=options, is_open=True, wanted=wanted)


def _is_text_or_point(parameter: Parameter) -> bool:
    return "tuple[float, float]" in str(parameter.kind)
