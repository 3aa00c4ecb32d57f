"""Choose starting values for a builder's thresholds from the shop's data instead of the builder's defaults."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

import numpy as np

from segkit.definition.conditions import Condition, MetricCondition
from segkit.definition.measures import Measure, event_measure
from segkit.definition.parameters import Range, StartsAt, parameters
from segkit.definition.timeframes import InTheLast
from segkit.engine.engines import Data, engine_of
from segkit.engine.order import check_order
from segkit.engine.protocol import COUNT, NO_BIN, Cut, Engine

ANY = Range(0, 100)
"""The range to search first if the parameter has no range."""

AT_ONCE = 1_000
"""The largest number of steps in one query."""

FARTHEST = 2**40
"""The search ends at this many steps from the low end of the range."""


def starting_values(builder: Callable[..., Any], dataset: Data) -> dict[str, float]:
    """Return starting values, taken from the shop's data, for those builder parameters that have a `StartsAt`.

    `StartsAt` names a metric and a number of days. The starting value is a quantile over the profiles with an event of that metric in
    those days: an amount or count that some profile has, rounded to the nearest step of the parameter's range. If the data has no
    event of the metric, the parameter is left out and keeps the builder's default.

    Args:
        builder: a function whose parameters may be annotated with `StartsAt`.
        dataset: the profiles and events.

    >>> from segkit import Dataset
    >>> import pandas as pd
    >>> from segkit.builders import sms_vip
    >>> orders = pd.DataFrame({"profile_id": ["a", "b", "b"], "metric": "Placed Order", "datetime": "2026-06-01", "value": [5, 7, 9]})
    >>> starting_values(sms_vip, Dataset.from_frames(None, orders))
    {'spent': 5, 'orders': 1}
    """
    check_order(builder, "sk.starting_values(builder, shop)")
    engine, found = engine_of(dataset), {}
    for parameter in parameters(builder):
        start = None if parameter.starts_at is None else quantile(parameter.starts_at, engine, parameter.range or ANY)
        if start is not None:
            found[parameter.name] = int(start) if start.is_integer() else start
    return found


def quantile(start: StartsAt, engine: Engine, span: Range) -> float | None:
    """Return a quantile over the profiles with such an event, as `amount_at` does; None if there are no such profiles."""
    if start.metric not in engine.names().metrics:
        return None
    window = InTheLast(start.days)
    measure, did = (
        event_measure(start.measurement, start.metric, window),
        MetricCondition(start.metric, "count", "at least", 1, window),
    )
    return amount_at(engine, measure, among=did, quantile=start.quantile, span=span)


def amount_at(engine: Engine, measure: Measure, *, among: Condition, quantile: float, span: Range) -> float | None:
    """Return a quantile of a measure, rounded to the steps of a range; None if no profile has an amount of it.

    It is an amount that a profile really has, and at most a share of `1 - quantile` of the profiles have more.

    Args:
        engine: the engine to query.
        measure: the measure.
        among: which profiles count.
        quantile: from 0 to 1.
        span: where to look first, and the steps to round to.
    """
    low, step = Decimal(str(span.low)), Decimal(str(span.step))
    steps = _first(int(min((span.high - span.low) / span.step, AT_ONCE)))
    while True:
        halves = tuple(low + step * (one - Decimal("0.5")) for one in steps)
        cube = engine.cube([Cut(measure, halves)], among=among)
        # How many of the steps each amount reaches, if it is rounded to the nearest step and halves up.
        has = cube[0].to_numpy() != NO_BIN
        places, counts = cube[0].to_numpy()[has], np.cumsum(cube[COUNT].to_numpy()[has])
        if not len(counts):
            return None
        place = int(places[np.searchsorted(counts, floor(Fraction(str(quantile)) * int(counts[-1] - 1)), side="right")])
        if place in {0, len(steps)} or steps[place] - steps[place - 1] == 1:
            return float(low + step * steps[max(place - 1, 0)])
        steps = np.unique(np.linspace(steps[place - 1], steps[place], AT_ONCE).astype(np.int64)).tolist()


def _first(count: int) -> list[int]:
    """Return the steps of a range and, above it, powers of two, so that a few queries find larger amounts."""
    powers = [2**power for power in range(FARTHEST.bit_length())]
    return [*(-power for power in reversed(powers)), *range(count + 1), *(power for power in powers if power > count)]
