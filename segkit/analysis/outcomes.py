"""Count what profiles did in the days after a past moment, for every setting of a rule and for its base, by hashed groups."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from segkit.analysis.intervals import GROUPS
from segkit.definition.conditions import AllOf, Condition, MetricCondition
from segkit.definition.measures import EventCount, EventSum
from segkit.definition.timeframes import BetweenDates, close_of
from segkit.engine.protocol import COUNT, At, Engine, HashGroup, Summed, sum_column
from segkit.engine.thresholds.curve import curve_of
from segkit.engine.thresholds.threshold import Threshold
from segkit.vocabulary import CONSENT_METRICS

Amounts: TypeAlias = npt.NDArray[np.float64]

MEMBERS, RESPONDERS, EVENTS, VALUE, UNSUBSCRIBED = range(5)
"""The positions of the quantities on the first axis of amounts."""

BY_HASH: Final = HashGroup(GROUPS, "segkit jackknife")
_, UNSUBSCRIBE = CONSENT_METRICS["sms"]


@dataclass(frozen=True, slots=True)
class Followed:
    """The outcomes after each moment.

    Attributes:
        members: the members' amounts. The axes are quantities, settings, moments and groups.
        base: the base's amounts. The axes are quantities, moments and groups.
    """

    members: Amounts
    base: Amounts

    def of(self, moments: slice) -> "Followed":
        """Return the same for some of the moments."""
        return Followed(self.members[:, :, moments], self.base[:, moments])


def window_after(moment: datetime, within_days: int) -> tuple[BetweenDates, datetime]:
    """Return the whole UTC days after a moment's own day, and the instant at which the last of them ends.

    >>> window_after(close_of(datetime(1997, 9, 30)), 30)[1].isoformat()
    '1997-10-30T23:59:59.999999+00:00'
    """
    day = moment.date()
    last = day + timedelta(days=within_days)
    return BetweenDates(day + timedelta(days=1), last), close_of(last)


def sums_after(moment: datetime, outcome: str, within_days: int) -> list[Summed]:
    """Return what to add up in the days after a moment: responders, their events and value, and withdrawals of SMS consent."""
    days, end = window_after(moment, within_days)
    return [
        At(MetricCondition(outcome, "count", "at least", 1, days), end),
        At(EventCount(outcome, days), end),
        At(EventSum(outcome, days), end),
        At(MetricCondition(UNSUBSCRIBE, "count", "at least", 1, days), end),
    ]


def followed(
    engine: Engine,
    thresholds: Sequence[Threshold],
    moments: Sequence[datetime],
    *,
    base: Condition,
    outcome: str,
    within_days: int,
) -> Followed:
    """Return what the members and the base did after each moment. A moment takes one query for each threshold and one for the base.

    Args:
        engine: the engine.
        thresholds: the settings of the rule.
        moments: the moments, UTC.
        base: a condition for the profiles to count. Members outside it are not counted.
        outcome: the metric that counts as a response.
        within_days: the number of whole UTC days after a moment's own day in which responses count.

    Raises:
        DataError: a condition names something that the data lacks.
    """
    members, whole = [], []
    for moment in moments:
        then, sums = engine.at(moment), sums_after(moment, outcome, within_days)
        whole.append(_of_condition(then, base, sums))
        members.append(np.concatenate([_of_threshold(then, one, base, sums) for one in thresholds], axis=1))
    return Followed(np.stack(members, axis=2), np.stack(whole, axis=1))


def _of_threshold(engine: Engine, threshold: Threshold, base: Condition, sums: Sequence[Summed]) -> Amounts:
    """Return the amounts for each position and group. The axes are quantities, positions and groups."""
    curve = curve_of(threshold, engine, also=[BY_HASH], among=base, sums=sums)
    if curve is not None:
        return curve.by_group(BY_HASH)
    return np.stack([_of_condition(engine, AllOf((base, one)), sums) for one in threshold.conditions], axis=1)


def _of_condition(engine: Engine, condition: Condition, sums: Sequence[Summed]) -> Amounts:
    """Return the amounts of the profiles that match a condition. The axes are quantities and groups."""
    cube = engine.cube([BY_HASH], among=condition, sums=sums)
    amounts = np.zeros((1 + len(sums), GROUPS))
    columns = [COUNT, *map(sum_column, range(len(sums)))]
    amounts[:, cube[0].to_numpy(dtype=np.int64)] = cube[columns].to_numpy(dtype=np.float64).T
    return amounts
