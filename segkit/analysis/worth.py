"""Add up the recent orders of a segment's members."""

from dataclasses import dataclass
from decimal import Decimal

from segkit.definition.conditions import Condition
from segkit.definition.measures import EventCount, EventSum
from segkit.definition.timeframes import InTheLast
from segkit.engine.engines import Data, tables_of
from segkit.engine.memory.evaluation import Evaluation

ORDERED, DAYS = "Placed Order", 365


@dataclass(frozen=True, slots=True)
class Worth:
    """The orders of a segment's members in the last `DAYS` days.

    Attributes:
        orders: the number of orders.
        revenue: the sum of their values, in the shop's own currency.
    """

    orders: int
    revenue: Decimal


def worth_of(condition: Condition, dataset: Data) -> Worth | None:
    """Return the recent orders of the profiles that match a condition, or None if the data has no orders with values.

    This never warns.

    >>> import pandas as pd
    >>> from segkit import Dataset
    >>> from segkit.definition.conditions import AllOf
    >>> orders = {"profile_id": ["a", "a", "b"], "metric": "Placed Order", "datetime": "2026-06-01", "value": [5, 7.25, 9]}
    >>> worth_of(AllOf(()), Dataset.from_frames(None, pd.DataFrame(orders)))
    Worth(orders=3, revenue=Decimal('21.25'))
    """
    tables = tables_of(dataset)
    if ORDERED not in tables.events.sizes or tables.events.metric(ORDERED).units is None:
        return None
    evaluation, window = Evaluation(tables), InTheLast(DAYS)
    included = evaluation.answer(condition)
    orders, _ = evaluation.measured(EventCount(ORDERED, window))
    revenue, scale = evaluation.measured(EventSum(ORDERED, window))
    return Worth(int(orders[included].sum()), Decimal(int(revenue[included].sum())).scaleb(-scale).normalize() + 0)
