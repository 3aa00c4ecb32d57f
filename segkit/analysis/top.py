"""Replace the limit of a condition with a limit that only the highest amounts in a shop reach, such as "the top 10 %"."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from math import floor

import numpy as np

from segkit.definition.conditions import Condition, MetricCondition, NumberTest, PropertyCondition
from segkit.definition.measures import Limit, Measure, Number, is_whole, measure_of
from segkit.engine.engines import Data, engine_of
from segkit.engine.order import check_order
from segkit.engine.protocol import COUNT, EVERYBODY, NO_BIN, Cut, Engine, warn_about_answers
from segkit.errors import DefinitionError

FINEST = 10_000
"""Sums and numbers are found to one part in this many. Amounts as they are written have fewer decimal places."""

AT_ONCE = 1_000
"""The largest number of edges in one query."""

FARTHEST = 70
"""The search for an amount ends at this power of two, in parts of `FINEST`."""


def top(condition: Condition, dataset: Data, *, share: float) -> Condition:
    """Return a condition for the profiles with the highest amounts, such as the 10 % who spent most.

    Only profiles with such an event, or with such a property, are counted. The limit is the k-th highest amount of n profiles, where k
    is `share * n` rounded down, but at least 1. Everybody with that amount is in, so ties can make the group larger. The limit is a
    number, which `sk.explain` shows. It does not change with the data until `top` is called again.

    Args:
        condition: a condition with any limit on a count, a sum or a number of days of events, or on a numeric property, such as
            `sk.spent("Placed Order", more_than=0, in_last_days=365)` or `sk.has("predicted_clv", at_least=0)`.
        dataset: the profiles and events.
        share: more than 0 and less than 1, such as 0.1 for the top 10 %.

    Returns:
        The same condition, with "at least" and the new limit.

    Raises:
        DefinitionError: the share is not between 0 and 1, the condition is of another kind, or no profile has such an amount.
        DataError: see `sk.membership`.

    >>> import pandas as pd
    >>> from segkit import Dataset
    >>> from segkit.definition.phrases import spent
    >>> orders = pd.DataFrame({"profile_id": list("abcd"), "metric": "Placed Order", "datetime": "2026-06-01", "value": [5, 9.5, 9, 2]})
    >>> top(spent("Placed Order", more_than=0), Dataset.from_frames(None, orders), share=0.5).value
    9
    """
    check_order(condition, "sk.top(condition, shop, share=0.1)")
    if isinstance(share, bool) or not isinstance(share, (int, float, Decimal)) or not 0 < share < 1:
        raise DefinitionError.bad_value("The share of top", share, "between 0 and 1, such as 0.1 for the top 10 %")
    measure, among = _measure(condition)
    engine = engine_of(dataset)
    warn_about_answers(engine, [condition])
    found = _amount(engine, measure, among, share, 1 if is_whole(measure) else FINEST)
    if found is None:
        raise DefinitionError.nobody_to_rank(share)
    limit = int(found) if found == int(found) else float(found)
    match condition:
        case MetricCondition():
            return replace(condition, comparison="at least", value=limit)
        case PropertyCondition():
            return replace(condition, test=NumberTest("at least", limit))
    raise AssertionError(condition)


def _measure(condition: Condition) -> tuple[Measure, Condition]:
    """Return the measure of a condition, and a condition for the profiles that are counted."""
    match condition:
        case MetricCondition():
            has_one = replace(condition, measurement="count", comparison="at least", value=1)
            measure = measure_of(condition)
            if measure is not None:
                return measure, has_one
        case PropertyCondition(test=NumberTest()):
            measure = measure_of(condition)
            if measure is not None:
                return measure, EVERYBODY
    raise DefinitionError.no_amount_to_rank(condition)


def _amount(engine: Engine, measure: Measure, among: Condition, share: float | Decimal, parts: int) -> Fraction | None:
    """Return the k-th highest amount, rounded down to one of `parts` parts of 1, or None if no profile has an amount."""
    powers = [2**power for power in range(FARTHEST)]
    steps: Sequence[int] = [*(-power for power in reversed(powers)), 0, *powers]
    while True:
        cube = engine.cube([Cut(measure, tuple(_edge(measure, step, parts) for step in steps))], among=among)
        bins, counts = cube[0].to_numpy(), cube[COUNT].to_numpy()
        bins, counts = bins[bins != NO_BIN], counts[bins != NO_BIN]
        if not len(bins):
            return None
        people = int(counts.sum())
        rank = people - max(floor(Fraction(str(share)) * people), 1)
        place = int(bins[np.searchsorted(np.cumsum(counts), rank, side="right")])
        if place in {0, len(steps)} or steps[place] - steps[place - 1] == 1:
            return Fraction(steps[max(place - 1, 0)], parts)
        low, high = steps[place - 1], steps[place]
        width = max((high - low) // AT_ONCE, 1)
        steps = [*range(low, high, width), high]


def _edge(measure: Measure, step: int, parts: int) -> Limit:
    """Return an edge in the unit of the measure. Sums are compared with exact decimals, and properties with doubles."""
    if parts == 1:
        return step
    return step / parts if isinstance(measure, Number) else Decimal(step) / parts
