"""Find the day that decides whether a moving window contains enough events, for each profile.

Start at a profile's newest event and go back in time until the count or the sum reaches the threshold, and take the day of the event
reached. A window that begins on or before that day contains enough events, but a window that begins later does not. A moving window
therefore needs only one comparison of integers per profile, and no event is counted again.

If the end of the window moves instead of its beginning, time is reversed: the events come newest first, and the days are negated.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segkit.definition.measures import DayMeasure, least_whole

Days = npt.NDArray[np.int32]
Integers = npt.NDArray[np.int64]

NEVER = -(2**30)
"""Sentinel day for profiles that never reach the threshold. It is before every window, yet subtracting days from it stays within 32 bits."""

ALWAYS = 2**30
"""Sentinel day for profiles that need no event to reach the threshold. It is in every window."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """Events sorted by profile, and by time within a profile.

    Attributes:
        days: the UTC day of each event.
        ends: for each profile, the index after its last event, where the events of the next profile begin.
        before: for each event, the sum of all events before it, including those of other profiles, followed by the total. None if
            events are only counted.
    """

    days: Days
    ends: Integers
    before: Integers | None


def number(measure: DayMeasure, scale: int) -> int:
    """Return the smallest whole number of units that reaches a measure's number. A unit is ten to the power of minus `scale`."""
    return least_whole(measure.rank, is_passed=measure.is_passed, scale=scale)


def newest(profiles: npt.NDArray[np.int32], days: Days, size: int) -> Days:
    """Return the day of each profile's last event, or `NEVER` if it has none. The events must be in order of time.

    This decides the most common condition, one event or more, and is faster than grouping the events. If several days are assigned
    to one profile, numpy guarantees that the last day is kept.
    """
    found = np.full(size, NEVER, dtype=np.int32)
    found[profiles] = days
    return found


def first_of_days(profiles: npt.NDArray[np.int32], days: Days) -> Integers:
    """Return the indices of each profile's first event on each day, in ascending order.

    >>> first_of_days(np.array([0, 0, 1, 0], dtype=np.int32), np.array([7, 7, 7, 8], dtype=np.int32)).tolist()
    [0, 2, 3]
    """
    places: Integers
    _, places = np.unique(profiles.astype(np.int64) << 32 | (days.astype(np.int64) + 2**31), return_index=True)
    places.sort()
    return places


def grouped(profiles: npt.NDArray[np.int32], days: Days, amounts: Integers | None, size: int) -> Grouped | None:
    """Group events by profile, or return None if an amount is below 0. The events must be in order of time.

    With refunds, a sum may reach its number, fall below it and reach it again, so no single event decides.
    """
    if amounts is not None and len(amounts) and amounts.min() < 0:
        return None
    # Pack the profile and the index of the event into one integer: sorting these is faster than a stable argsort.
    order = profiles.astype(np.int64) << 32 | np.arange(len(profiles))
    order.sort()
    order &= 2**32 - 1
    before = None
    if amounts is not None:
        before = np.zeros(len(order) + 1, dtype=np.int64)
        np.cumsum(amounts[order], out=before[1:])
    return Grouped(days[order], np.cumsum(np.bincount(profiles, minlength=size)), before)


def deciding_days(events: Grouped, measure: DayMeasure, scale: int) -> Days:
    """Return, for each profile, the day of the event that reaches a number, going back from the newest event.

    Args:
        events: all events that count for the measure.
        measure: the measure, with the number to reach.
        scale: the number of decimals in the amounts; 0 for a count.

    Returns:
        UTC days since 1970, `NEVER` if the number is not reached, or `ALWAYS` if no event is needed to reach it.

    >>> from segkit.definition.measures import EventCount, LastDay
    >>> days = np.array([10, 20, 25], dtype=np.int32)
    >>> events = grouped(np.array([1, 0, 1], dtype=np.int32), days, None, size=2)
    >>> deciding_days(events, LastDay(EventCount("Clicked SMS"), rank=2), 0).tolist() == [NEVER, 10]
    True
    """
    needed = number(measure, scale)
    if needed <= 0:
        return np.full(len(events.ends), ALWAYS, dtype=np.int32)
    if events.before is None:
        places = events.ends - needed
    else:
        # Amounts are never below 0, so the running sums are in ascending order.
        places = np.searchsorted(events.before[:-1], events.before[events.ends] - needed, side="right") - 1
    starts = np.append(0, events.ends[:-1])
    # The appended day is only a placeholder for index -1, before the first event. It never reaches the result.
    days = np.append(events.days, np.int32(NEVER))[np.maximum(places, -1)]
    return np.where(places >= starts, days, np.int32(NEVER))
