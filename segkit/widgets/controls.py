"""Make a widget for each parameter of a builder: a slider, choice, checkbox, date or text field, for `tuner.py`."""

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
"""Maximum number of choices that are shown side by side; more are shown as a dropdown."""

DIGITS, SLACK = 7, 1e-9
"""Decimal places that a slider in the browser rounds its positions to, and the tolerance for counting steps."""

_NOT_SET = "not set"

_LAYOUT = {"width": "100%", "max_width": "34rem"}
_STYLE = {"description_width": "11rem"}


@dataclass(frozen=True, slots=True)
class Control:
    """A widget for one parameter, with functions that convert its value.

    Attributes:
        parameter: the parameter.
        widget: the widget, whose `value` is observed.
        read: converts the widget's value to the builder's argument.
        show: converts the builder's argument to the widget's value.
    """

    parameter: Parameter
    widget: Any
    read: Callable[[Any], Any]
    show: Callable[[Any], Any]

    @property
    def value(self) -> Any:
        """The value of the parameter."""
        return self.read(self.widget.value)

    @property
    def positions(self) -> list[Any]:
        """All values of a slider as arguments of the builder, lowest first; empty for other controls."""
        slider = self.widget
        if not isinstance(slider, (ipywidgets.IntSlider, ipywidgets.FloatSlider)):
            return []
        count = int((slider.max - slider.min) / slider.step + SLACK) + 1
        return [self.read(round(slider.min + number * slider.step, DIGITS)) for number in range(count)]

    def move_to(self, value: Any) -> None:
        """Set the widget to an argument of the builder; a slider's range grows to include it.

        Raises:
            DefinitionError: the control does not accept the value, for example because it is not one of the choices.
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
        """The values that the control accepts, in words."""
        if self.parameter.choice is not None:
            return f"one of {listed(self.parameter.choice.values)}"
        return f"a value of the same type as now, {type(self.value).__name__}"


def control_for(parameter: Parameter, start: Any) -> Control:
    """Return a control for a parameter, with a starting value.

    A number with a range gets a slider, whose range grows to include the start. A choice shows its values, and a boolean gets a
    checkbox. Several texts, or the coordinates of a point, are separated by commas. An optional parameter that starts as None gets a
    field, which is empty for None.
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
    """Return the label of a control: the parameter's name in words.

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
        # The CSS class of sliders and fields, so that the label is aligned with theirs.
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
    """Return a text field, which is empty for None. A number is read as a number unless the parameter is a text."""
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
            # Pass the text on: the builder's error says what it accepts.
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
