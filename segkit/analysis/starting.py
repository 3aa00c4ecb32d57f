"""Choose where a tuner's controls start: at the values that were passed, else at values from the shop's data, else at defaults.

`starting_point` decides, and `starting_values` finds the values from the shop's data.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

import numpy as np

from segkit.definition.conditions import Condition, MetricCondition
from segkit.definition.measures import Measure, event_measure
from segkit.definition.parameters import Range, StartsAt, parameters
from segkit.definition.timeframes import InTheLast
from segkit.definition.value_words import plain
from segkit.engine.engines import Data, engine_of
from segkit.engine.order import check_order
from segkit.engine.protocol import COUNT, NO_BIN, Cut, Engine
from segkit.errors import DefinitionError

ANY = Range(0, 100)
"""The range to search first if the parameter has no range."""

AT_ONCE = 1_000
"""The largest number of steps in one query."""

FARTHEST = 2**40
"""The search ends at this many steps from the low end of the range."""


EXACT = 10_000
"""Amounts are found to one of this many parts of a unit of money, which is exact for every currency."""


def starting_point(builder: Callable[..., Any], dataset: Data, passed: Mapping[str, Any]) -> dict[str, Any]:
    """Return the value at which each parameter of a builder starts in a tuner.

    Args:
        builder: a function that makes a segment.
        dataset: the profiles and events.
        passed: the values that the analyst passed to the tuner, by parameter name.

    Raises:
        DefinitionError: the builder has no parameter with a given name, or a parameter has no value.

    >>> import pandas as pd
    >>> from segkit import Dataset
    >>> from segkit.builders import sms_engaged
    >>> starting_point(sms_engaged, Dataset.from_frames(pd.DataFrame({"profile_id": ["a"]}), as_of="2026-06-30"), {"clicked_days": 30})
    {'clicked_days': 30, 'subscribed_days': 30}
    """
    known, called = parameters(builder), getattr(builder, "__name__", "the builder")
    names = [parameter.name for parameter in known]
    for name in passed:
        if name not in names:
            raise DefinitionError.unknown_word(called, name, names)
    defaults = {parameter.name: parameter.default for parameter in known if not parameter.is_required}
    start = {**defaults, **starting_values(builder, dataset, rounded=True), **passed}
    lacking = [name for name in names if name not in start]
    if lacking:
        raise DefinitionError.missing(f"Tuner({called})", *map(repr, lacking))
    return {name: plain(start[name]) for name in names}


def starting_values(builder: Callable[..., Any], dataset: Data, *, rounded: bool = False) -> dict[str, float]:
    """Return starting values, taken from the shop's data, for those builder parameters that have a `StartsAt`.

    `StartsAt` names a metric and a number of days. The starting value is a quantile over the profiles with an event of that metric in
    those days: an amount or count of a real profile, which `at_least` includes and `more_than` excludes. If the
    data has no event of the metric, the parameter is left out and keeps the builder's default.

    Args:
        builder: a function whose parameters may be annotated with `StartsAt`.
        dataset: the profiles and events.
        rounded: whether to round to the nearest step of the parameter's range, as the tuner and `recommended` do.

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
    """Return a quantile over the profiles with such an event (see `amount_at`), or None if there are no such profiles."""
    if start.metric not in engine.names().metrics:
        return None
    window = InTheLast(start.days)
    measure, did = (
        event_measure(start.measurement, start.metric, window),
        MetricCondition(start.metric, "count", "at least", 1, window),
    )
    return amount_at(engine, measure, among=did, quantile=start.quantile, span=span)


def amount_at(engine: Engine, measure: Measure, *, among: Condition, quantile: float, span: Range) -> float | None:
    """Return a quantile of a measure, rounded to the steps of a range, or None if no profile has an amount.

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
