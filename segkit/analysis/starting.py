"""Choose starting values for a builder's thresholds from the shop's data instead of the builder's defaults."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

import numpy as np

from segkit.definition.conditions import MetricCondition
from segkit.definition.measures import event_measure
from segkit.definition.parameters import Range, StartsAt, parameters
from segkit.definition.timeframes import InTheLast
from segkit.engine.engines import Data, engine_of
from segkit.engine.order import check_order
from segkit.engine.protocol import COUNT, Cut, Engine

ANY = Range(0, 100)
"""The range to search first if the parameter has no range."""

AT_ONCE = 1_000
"""The largest number of steps in one query."""

FARTHEST = 2**40
"""The search ends at this many steps from the low end of the range."""


EXACT = 10_000
"""Amounts are found to one part in this many of a unit of money, which is exact for every currency."""


def starting_values(builder: Callable[..., Any], dataset: Data, *, rounded: bool = False) -> dict[str, float]:
    """Return starting values, taken from the shop's data, for those builder parameters that have a `StartsAt`.

    `StartsAt` names a metric and a number of days. The starting value is a quantile over the profiles with an event of that metric in
    those days: an amount or count that some profile has, so `more_than` it excludes that profile and `at_least` includes it. If the
    data has no event of the metric, the parameter is left out and keeps the builder's default.

    Args:
        builder: a function whose parameters may be annotated with `StartsAt`.
        dataset: the profiles and events.
        rounded: round to the nearest step of the parameter's range, as the tuner and `recommended` do.

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
        if parameter.starts_at is None:
            continue
        span = parameter.range or ANY
        start = quantile(parameter.starts_at, engine, span)
        if start is not None and not rounded:
            # The amount lies within a step of what it is rounded to.
            near = Range(start - span.step, start + span.step, 1 / EXACT)
            start = quantile(parameter.starts_at, engine, near)
        if start is not None:
            found[parameter.name] = int(start) if start.is_integer() else start
    return found


def quantile(start: StartsAt, engine: Engine, span: Range) -> float | None:
    """Return a quantile over the profiles with such an event, rounded to the steps of a range, or None if there are no such profiles.

    Before rounding, it is an amount that some profile has, and at most a share of `1 - quantile` of the profiles have more.
    """
    if start.metric not in engine.names().metrics:
        return None
    window = InTheLast(start.days)
    measure, did = (
        event_measure(start.measurement, start.metric, window),
        MetricCondition(start.metric, "count", "at least", 1, window),
    )
    low, step = Decimal(str(span.low)), Decimal(str(span.step))

    def place_of(rank: int, steps: Sequence[int]) -> int:
        """Return how many of the steps the amount at a rank reaches, after rounding it to the nearest step, halves up."""
        halves = tuple(low + step * (one - Decimal("0.5")) for one in steps)
        cube = engine.cube([Cut(measure, halves)], among=did)
        return int(cube[0].to_numpy()[np.searchsorted(np.cumsum(cube[COUNT].to_numpy()), rank, side="right")])

    (people,) = engine.counts([did])
    if not people:
        return None
    rank = floor(Fraction(str(start.quantile)) * (people - 1))
    steps = _first(int(min((span.high - span.low) / span.step, AT_ONCE)))
    while True:
        place = place_of(rank, steps)
        if place in {0, len(steps)} or steps[place] - steps[place - 1] == 1:
            return float(low + step * steps[max(place - 1, 0)])
        steps = np.unique(np.linspace(steps[place - 1], steps[place], AT_ONCE).astype(np.int64)).tolist()


def _first(count: int) -> list[int]:
    """Return the steps of a range and, above it, powers of two, so that a few queries find larger amounts."""
    powers = [2**power for power in range(FARTHEST.bit_length())]
    return [*(-power for power in reversed(powers)), *range(count + 1), *(power for power in powers if power > count)]
