"""A parameter as a control to move: slider, choice, toggle, date or text; what its value does is the tuner's business."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

import ipywidgets
import traitlets

from segkit.definition.parameters import Parameter
from segkit.definition.value_words import plain
from segkit.errors import DefinitionError
from segkit.wording import listed

FEW = 4
"""How many choices are shown side by side; more go into a list that drops down."""

DIGITS, SLACK = 7, 1e-9
"""A slider in the browser rounds its positions to `DIGITS` digits; steps are counted with `SLACK`."""

_NOT_SET = "not set"

_LAYOUT = {"width": "100%", "max_width": "34rem"}
_STYLE = {"description_width": "11rem"}


@dataclass(frozen=True, slots=True)
class Control:
    """A widget for one parameter, and how its value is read and written.

    Attributes:
        parameter: what it stands for.
        widget: what is shown; its `value` is observed.
        read: the widget's value as the builder takes it.
        show: the builder's value as the widget takes it.
    """

    parameter: Parameter
    widget: Any
    read: Callable[[Any], Any]
    show: Callable[[Any], Any]

    @property
    def value(self) -> Any:
        """Where the parameter stands."""
        return self.read(self.widget.value)

    @property
    def positions(self) -> list[Any]:
        """Everywhere that a slider can stand, lowest first, as the builder takes it; nothing for other controls."""
        slider = self.widget
        if not isinstance(slider, (ipywidgets.IntSlider, ipywidgets.FloatSlider)):
            return []
        count = int((slider.max - slider.min) / slider.step + SLACK) + 1
        return [self.read(round(slider.min + number * slider.step, DIGITS)) for number in range(count)]

    def move_to(self, value: Any) -> None:
        """Move the widget to a value of the builder's; a slider's range grows to hold it.

        Raises:
            DefinitionError: the control can't stand there, as at a value that is no choice.
        """
        try:
            shown = self.show(plain(value))
            if isinstance(self.widget, (ipywidgets.IntSlider, ipywidgets.FloatSlider)):
                self.widget.min, self.widget.max = min(self.widget.min, shown), max(self.widget.max, shown)
            self.widget.value = shown
        except (traitlets.TraitError, TypeError, ValueError) as error:
            raise DefinitionError.bad_value(label(self.parameter), value, self._wanted) from error

    @property
    def _wanted(self) -> str:
        """What it can stand at, in words."""
        if self.parameter.choice is not None:
            return f"one of {listed(self.parameter.choice.values)}"
        return f"of the kind that it is now, {type(self.value).__name__}"


def control_for(parameter: Parameter, start: Any) -> Control:
    """Return a control for a parameter, standing at a start.

    A number with a range is a slider, whose range grows to hold the start; a choice shows its values; True and False tick a box;
    several texts, and a point, are written with commas. What is optional and not given is a field that is empty for None.
    """
    if parameter.choice is not None:
        return _choice(parameter, parameter.choice.values, start)
    if start is None and parameter.kind is bool:
        return _choice(parameter, (True, False), start)
    if start is None and parameter.kind is date:
        return Control(parameter, ipywidgets.DatePicker(value=None, **_common(parameter)), _same, _day_or_none)
    if start is None:
        return _optional(parameter)
    if isinstance(start, Decimal):
        number = _number(parameter, float(start))
        return replace(number, read=lambda value: Decimal(str(_plain(value))))
    if isinstance(start, bool):
        return Control(parameter, ipywidgets.Checkbox(value=start, **_common(parameter), indent=True), bool, bool)
    if isinstance(start, (int, float)):
        return _number(parameter, start)
    if isinstance(start, date):
        return Control(parameter, ipywidgets.DatePicker(value=start, **_common(parameter)), _same, _day)
    return _text(parameter, start)


def label(parameter: Parameter) -> str:
    """Return what a control is headed: the parameter's name in words.

    >>> label(Parameter("clicked_days", int, 90))
    'clicked days'
    """
    return parameter.name.replace("_", " ")


def _common(parameter: Parameter) -> dict[str, Any]:
    return {"description": label(parameter), "style": dict(_STYLE), "layout": ipywidgets.Layout(**_LAYOUT)}


def _choice(parameter: Parameter, values: Sequence[Any], start: Any) -> Control:
    kind = ipywidgets.ToggleButtons if len(values) <= FEW else ipywidgets.Dropdown
    options = [(str(value), value) for value in values]
    if parameter.is_optional and None not in values:
        options.append((_NOT_SET, None))
    if start not in [value for _, value in options]:
        raise DefinitionError.unknown_choice(label(parameter), start, values)
    widget = kind(options=options, value=start, **_common(parameter))
    if kind is ipywidgets.ToggleButtons:
        widget.style.button_width = "auto"
        # The class of sliders and fields, so that its words stand in their column.
        widget.add_class("widget-inline-hbox")
    return Control(parameter, widget, _same, _same)


def _number(parameter: Parameter, start: float) -> Control:
    is_whole = isinstance(start, int)
    if parameter.range is None:
        kind = ipywidgets.IntText if is_whole else ipywidgets.FloatText
        return Control(parameter, kind(value=start, **_common(parameter)), _same, _same)
    low, high = min(parameter.range.low, start), max(parameter.range.high, start)
    if is_whole and float(parameter.range.step).is_integer() and _takes_whole(parameter):
        widget = ipywidgets.IntSlider(
            value=start, min=int(low), max=int(high), step=int(parameter.range.step), **_common(parameter)
        )
        return Control(parameter, widget, int, _whole)
    widget = ipywidgets.FloatSlider(value=start, min=low, max=high, step=parameter.range.step, **_common(parameter))
    widget.readout_format = ",.0f" if float(parameter.range.step).is_integer() else ",.2f"
    return Control(parameter, widget, _plain, float)


def _takes_whole(parameter: Parameter) -> bool:
    return parameter.kind is int or parameter.kind is Any


def _text(parameter: Parameter, start: Any) -> Control:
    widget = ipywidgets.Text(value=_written(start), continuous_update=False, **_common(parameter))
    if isinstance(start, str) and _is_text_or_point(parameter):
        return Control(parameter, widget, _text_or_point, _written)
    if isinstance(start, (list, tuple)) and all(isinstance(part, str) for part in start):
        return Control(parameter, widget, _several, _written)
    return Control(parameter, widget, _text_or_point if isinstance(start, tuple) else str, _written)


def _optional(parameter: Parameter) -> Control:
    """Return a field to type into, which is empty for None; a number is read as such, but where a text is wanted."""
    widget = ipywidgets.Text(value="", placeholder=_NOT_SET, continuous_update=False, **_common(parameter))
    read = _text_or_none if parameter.kind is str else _number_or_none(Decimal if parameter.kind is Decimal else float)
    return Control(parameter, widget, read, lambda value: "" if value is None else _written(value))


def _text_or_none(text: str) -> str | None:
    return text.strip() or None


def _number_or_none(kind: Callable[[str], Any]) -> Callable[[str], Any]:
    def read(text: str) -> Any:
        try:
            return int(text)
        except ValueError:
            pass
        try:
            return kind(text)
        except (ValueError, ArithmeticError):
            # Whatever it is, the builder says what it wants instead.
            return _text_or_none(text)

    return read


def _is_text_or_point(parameter: Parameter) -> bool:
    return "tuple" in str(parameter.kind)


def _same(value: Any) -> Any:
    return value


def _whole(value: float) -> int:
    if value != int(value):
        raise ValueError
    return int(value)


def _day(value: date) -> date:
    if not isinstance(value, date):
        raise TypeError
    return value


def _day_or_none(value: date | None) -> date | None:
    return None if value is None else _day(value)


def _plain(value: float) -> float:
    return int(value) if float(value).is_integer() else float(value)


def _written(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _several(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _text_or_point(text: str) -> str | tuple[float, float]:
    parts = _several(text)
    try:
        latitude, longitude = map(float, parts)
    except ValueError:
        return text.strip()
    return latitude, longitude
