"""Choose the range and the step of a slider from the shop's own data."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from math import ceil, floor, log10
from typing import Any, assert_never

from segkit.analysis.distribution import quantity_at
from segkit.analysis.starting import amount_at
from segkit.data.instants import DAY, microseconds
from segkit.definition.conditions import Condition, MetricCondition
from segkit.definition.measures import Distance, EventCount, EventDays, EventSum, LastDay, ListLength, Number
from segkit.definition.parameters import Parameter, Range
from segkit.definition.timeframes import BetweenAgo, InTheLast
from segkit.engine.protocol import EVERYBODY, Engine, NotOneDayError
from segkit.engine.thresholds.quantity import Quantity

FAR = 0.995
"""The share of profiles with an amount within a slider's range."""

STEPS = 200
"""The approximate number of steps of a slider for amounts. It leaves each step wide enough for the mouse."""

WINDOWS = {"hours": 168, "days": 365, "weeks": 52, "months": 24}
"""The end of a window's range if the data does not decide it."""

MOST_STEPS = 1_900
"""The largest number of steps. The browser answers sliders with up to 2,000 steps."""

_LOOK = Range(0, 1_000)
"""The range in which to look for amounts first."""

_AWAY = 10
"""A distance's range ends at this multiple of the distance. The data can't decide it: most profiles may live on another continent."""


def slider_range(
    engine: Engine,
    builder: Callable[..., Any],
    parameter: Parameter,
    values: Mapping[str, Any],
    *,
    least: int | None = None,
) -> Range | None:
    """Return the range of a number's slider, or None if the parameter is not a number or nothing decides the range.

    The range of counts and sums of events ends at the amount that 99.5 % of the profiles with such events do not exceed. Everything
    else has the range that the builder declares. If it declares none, the range of a property ends like that of a count, the range of
    a window reaches back to the last event of 99.5 % of the profiles with such an event, and the range of a distance ends at ten times
    its value. No slider starts at the end of its range.

    Args:
        engine: the engine to query.
        builder: the function that makes the segment.
        parameter: the parameter that the slider moves.
        values: the values of all parameters.
        least: the smallest number that makes sense, or None.
    """
    value = values[parameter.name]
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    declared, now = parameter.range, float(value)
    quantity = quantity_at(builder, parameter=parameter.name, values=values)
    span = None if quantity is None else _by_data(quantity, engine, is_declared=declared is not None)
    if span is None and declared is not None:
        high = declared.high if now < declared.high else _beyond(1.25 * now)
        return replace(declared, low=min(declared.low, now), high=high)
    is_window = span is None
    span = span or _without_data(quantity, engine, parameter.name, now)
    if span is None:
        return None
    lowest = declared.low if declared is not None else span[0] if least is None else least
    low = min(now, lowest)
    high = _beyond(max(span[1], 1.25 * now))
    step = 1 if is_window else _step(now - low, high - low, is_whole=isinstance(value, int))
    if declared is not None:
        step = max(declared.step, (high - low) / MOST_STEPS)
    return Range(low, low + ceil(round((high - low) / step, 6)) * step, step, "" if declared is None else declared.unit)


def _by_data(quantity: Quantity, engine: Engine, *, is_declared: bool) -> tuple[float, float] | None:
    """Return the low end, and the amount that 99.5 % do not exceed, or None if the data does not decide the range."""
    measure = quantity.measure
    match measure:
        case EventCount() | EventSum() | EventDays():
            among: Condition = MetricCondition(measure.metric, "count", "at least", 1, measure.timeframe, measure.where)
        case Number() | ListLength():
            if is_declared:
                return None
            among = EVERYBODY
        case LastDay() | Distance():
            return None
        case _:
            assert_never(measure)
    far = amount_at(engine, measure, among=among, quantile=FAR, span=_LOOK)
    if far is None:
        return None
    low = amount_at(engine, measure, among=among, quantile=1 - FAR, span=_LOOK) if isinstance(measure, Number) else 0
    return min(low or 0, 0), far


def _without_data(quantity: Quantity | None, engine: Engine, name: str, now: float) -> tuple[float, float] | None:
    """Return the range of a window or a distance without a declared range, or None for any other number."""
    if quantity is not None and isinstance(quantity.measure, LastDay):
        try:
            day = amount_at(engine, quantity.measure, among=EVERYBODY, quantile=1 - FAR, span=Range(0, 40_000))
        except NotOneDayError:
            day = None
        if day is not None:
            return 1, _in_units(quantity, microseconds(engine.as_of) // DAY - day + 1)
    if quantity is not None and isinstance(quantity.measure, Distance):
        return 0, _AWAY * now
    unit = next((unit for unit in WINDOWS if unit in name), None)
    return None if unit is None else (1, WINDOWS[unit])


def _in_units(quantity: Quantity, days: float) -> float:
    """Return a number of days in the unit of the window that moves."""
    atom = quantity.moving.atoms[0]
    window = atom.timeframe if isinstance(atom, MetricCondition) else None
    return days / 7 if isinstance(window, (InTheLast, BetweenAgo)) and window.unit == "week" else days


def _beyond(far: float) -> float:
    """Return a round number that is at least `far`.

    >>> _beyond(137), _beyond(3), _beyond(365), _beyond(1_019)
    (140.0, 3, 380.0, 1200.0)
    """
    if far <= 10:
        return max(ceil(far), 1)
    unit = 10.0 ** floor(log10(far)) / 5
    return round(ceil(round(far / unit, 6)) * unit, 6)


def _step(start: float, span: float, *, is_whole: bool) -> float:
    """Return a round step that divides a range into about `STEPS` steps, or into more if the start must be on a step.

    >>> _step(500, 4_000, is_whole=True), _step(815, 4_000, is_whole=True), _step(0.5, 1, is_whole=False)
    (50, 5, 0.01)
    """
    power = 10.0 ** floor(log10(span / STEPS))
    steps = [power * 10 * nice for nice in (1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)]
    steps = [max(round(step), 1) if is_whole or step >= 1 else round(step, 6) for step in steps]
    wide = [step for step in steps if step * STEPS <= 2.5 * span and span / step <= MOST_STEPS]
    fitting = [step for step in wide if abs(round(start / step) * step - start) < 1e-9]
    return (fitting or wide or steps[-1:])[0]
