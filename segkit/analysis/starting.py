"""Where a builder's thresholds start in this shop: its own distribution in place of the builder's default."""

from collections.abc import Callable
from typing import Any

import numpy as np

from segkit.definition.measures import EventCount, event_measure
from segkit.definition.parameters import StartsAt, parameters
from segkit.definition.timeframes import InTheLast
from segkit.engine.memory.dataset import Dataset
from segkit.engine.memory.evaluation import Evaluation


def starting_values(builder: Callable[..., Any], dataset: Dataset) -> dict[str, float]:
    """Return the parameters of a builder that start from the shop's own distribution, and where.

    A start is a quantile over the profiles with any such event in the window: an amount or count that somebody really has, rounded to
    the steps of the parameter's range, so that a slider can stand there. Parameters of metrics that the data lacks are left to the builder's default.

    Args:
        builder: a function whose parameters may be annotated with `StartsAt`.
        dataset: the profiles and events.

    >>> import pandas as pd
    >>> from segkit.builders import sms_vip
    >>> orders = pd.DataFrame({"profile_id": ["a", "b", "b"], "metric": "Placed Order", "datetime": "2026-06-01", "value": [5, 7, 9]})
    >>> starting_values(sms_vip, Dataset.from_frames(None, orders))
    {'spent': 5, 'orders': 1}
    """
    Evaluation(dataset)  # refuses what is no Dataset
    found = {}
    for parameter in parameters(builder):
        value = None if parameter.starts_at is None else quantile(parameter.starts_at, dataset)
        if value is not None:
            low, step = (0, 1) if parameter.range is None else (parameter.range.low, parameter.range.step)
            start = low + round((value - low) / step) * step
            found[parameter.name] = int(start) if float(start).is_integer() else start
    return found


def quantile(start: StartsAt, dataset: Dataset) -> float | None:
    """Return a quantile of what the profiles with any such event did; None if nobody did.

    It is the largest amount that somebody has and that no more than `1 - quantile` of them exceed.
    """
    if start.metric not in dataset.events.metrics:
        return None
    evaluation = Evaluation(dataset)
    timeframe = InTheLast(start.days)
    counts, _ = evaluation.measured(EventCount(start.metric, timeframe))
    if not counts.any():
        return None
    units, scale = evaluation.measured(event_measure(start.measurement, start.metric, timeframe))
    found = int(np.quantile(units[counts > 0], start.quantile, method="lower"))
    return found / float(10**scale)
