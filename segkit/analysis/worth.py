"""Add up the recent orders of a segment's members."""

from dataclasses import dataclass

from segkit.definition.conditions import Condition
from segkit.definition.measures import EventCount, EventSum
from segkit.definition.timeframes import InTheLast
from segkit.engine.protocol import EVERYBODY, Engine, sum_column

ORDERED, DAYS = "Placed Order", 365

SUMS = (EventCount(ORDERED, InTheLast(DAYS)), EventSum(ORDERED, InTheLast(DAYS)))
"""The number of a profile's orders in the last `DAYS` days, and the sum of their values."""

_DIGITS = 6
"""Sums of amounts are doubles. Rounding to this many decimals makes a sum independent of the order of addition."""


@dataclass(frozen=True, slots=True)
class Worth:
    """The orders of a segment's members in the last `DAYS` days.

    Attributes:
        orders: the number of orders.
        revenue: the sum of their values, in the shop's own currency.
    """

    orders: int
    revenue: float

    @classmethod
    def of(cls, orders: float, revenue: float) -> "Worth":
        """Return the record of two sums."""
        return cls(round(orders), round(float(revenue), _DIGITS) + 0.0)  # not -0.0


def worth_of(condition: Condition, engine: Engine) -> Worth:
    """Return the orders in the last `DAYS` days of the profiles that match a condition.

    >>> import pandas as pd
    >>> from segkit import Dataset
    >>> from segkit.engine.engines import engine_of
    >>> orders = {"profile_id": ["a", "a", "b"], "metric": "Placed Order", "datetime": "2026-06-01", "value": [5, 7.25, 9]}
    >>> worth_of(EVERYBODY, engine_of(Dataset.from_frames(None, pd.DataFrame(orders))))
    Worth(orders=3, revenue=21.25)
    """
    cube = engine.cube([EVERYBODY], among=condition, sums=SUMS)
    return Worth.of(*(cube[sum_column(place)].sum() for place in range(len(SUMS))))


def has_worth(engine: Engine) -> bool:
    """Return whether the data has orders with values."""
    return ORDERED in engine.names().metrics and worth_of(EVERYBODY, engine).revenue != 0
