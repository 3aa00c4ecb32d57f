"""How far a window must reach back until a count or a sum is reached: a number of days for each profile, whatever the window."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from segkit.conditions import MetricCondition, NumberComparison
from segkit.data.events import MetricEvents
from segkit.data.instants import DAY, microseconds
from segkit.membership import Evaluation
from segkit.timeframes import ALL_TIME
from segkit.value_tests import compared_exactly

Days = npt.NDArray[np.float64]

OPPOSITE: dict[NumberComparison, NumberComparison] = {"fewer than": "at least", "at most": "more than"}
"""What must be reached for a condition to be no longer true."""


def is_reached(atom: MetricCondition) -> bool:
    """Whether the condition is true once its number is reached, and not until then."""
    return atom.comparison in {"at least", "more than"} or (atom.comparison == "not equals" and atom.value == 0)


def days_back(atom: MetricCondition, evaluation: Evaluation) -> Days | None:
    """Return how many UTC days lie between the event that decides each profile's count or sum and the `as_of` day.

    The newest events are counted, or summed, back to the one that reaches the condition's number. A window of so many days or more
    reaches it, and none shorter; the atom's own window plays no part, so that what is found once serves while it moves. NaN where the
    number is never reached, 0 where nothing is needed to reach it.

    None where no single event decides: an "equals" of more than none, or a sum with refunds, which may pass its number twice.
    """
    wanted = _wanted(atom)
    if wanted is None:
        return None
    return evaluation.keep(("days back", wanted), lambda: _days_back(wanted, evaluation))


def _wanted(atom: MetricCondition) -> MetricCondition | None:
    """Return what is to be reached, over all time; None where it can't be said as a number to reach."""
    match atom.comparison:
        case "equals" | "not equals" if atom.value == 0 and atom.measurement == "count":
            return replace(atom, timeframe=ALL_TIME, comparison="at least", value=1)
        case "equals" | "not equals":
            return None
        case comparison:
            return replace(atom, timeframe=ALL_TIME, comparison=OPPOSITE.get(comparison, comparison))


def _days_back(wanted: MetricCondition, evaluation: Evaluation) -> Days | None:
    events = evaluation.dataset.events.metric(wanted.metric)
    rows = evaluation.selected(wanted, events)
    profiles, days = events.profiles[rows], events.days[rows]
    amounts = _amounts(wanted, events, rows)
    if np.any(amounts < 0):
        return None
    size = len(evaluation.dataset)
    scale = events.scale if wanted.measurement == "sum" else 0
    if compared_exactly(np.zeros(1, dtype=np.int64), scale, wanted.comparison, wanted.value)[0]:
        return np.zeros(size)
    # Events stand in order of time, and a stable sort by profile keeps that order within each.
    order = np.argsort(profiles, kind="stable")
    running = np.cumsum(amounts[order])
    ends = np.cumsum(np.bincount(profiles, minlength=size))
    totals = np.append(0, running)[ends][profiles[order]]
    from_here_on = totals - running + amounts[order]
    # Amounts are never below 0, so that what reaches the number from here on are the oldest events of a profile.
    reaching = compared_exactly(from_here_on, scale, wanted.comparison, wanted.value)
    counts = np.bincount(profiles[order][reaching], minlength=size)
    starts = np.append(0, ends[:-1])
    has = counts > 0
    found = np.full(size, np.nan)
    today = microseconds(evaluation.dataset.as_of) // DAY
    found[has] = today - days[order[(starts + counts - 1)[has]]]
    return found


def _amounts(
    wanted: MetricCondition, events: MetricEvents, rows: slice | npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    if wanted.measurement == "count" or events.units is None:
        each = 1 if wanted.measurement == "count" else 0
        return np.full(len(events.profiles[rows]), each, dtype=np.int64)
    return events.units[rows]
