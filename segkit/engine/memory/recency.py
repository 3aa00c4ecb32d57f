"""When a count or a sum is reached, looking back from the end of a window: one day for each profile, wherever the window begins.

The events of a profile are looked at from the newest back to the one with which the number is reached. A window that begins on
that event's day or before it reaches the number, and none that begins after it does: so a window that moves is one comparison
of a whole number for each profile, a fortieth of counting its events again (a million profiles, 1.6 million events).

A window that begins at one day and whose end moves is the same in a mirror: its events from the last to the first, their days
below 0.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from segkit.definition.measures import DayMeasure, least_whole

Days = npt.NDArray[np.int32]
Integers = npt.NDArray[np.int64]

NEVER = -(2**30)
"""The day of who never reaches the number: before every window, and so near that days between stay within 32 bits."""

ALWAYS = 2**30
"""The day of who needs nothing to reach it: in every window."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """Events in order of their profile, and of time within it.

    Attributes:
        days: the UTC day of each event.
        ends: for each profile, where its events end; those of the next begin there.
        before: what all events before each one sum to, those of other profiles included, and at the end the whole sum; None where
            they are only counted.
    """

    days: Days
    ends: Integers
    before: Integers | None


def number(measure: DayMeasure, scale: int) -> int:
    """Return the least whole number, of units of ten to the power of minus `scale`, with which a measure's number is reached."""
    return least_whole(measure.rank, is_passed=measure.is_passed, scale=scale)


def newest(profiles: npt.NDArray[np.int32], days: Days, size: int) -> Days:
    """Return the day of each profile's last event, `NEVER` where it has none; the events stand in order of time.

    That decides the commonest condition, one event or more, and takes a third of grouping the events for it: of several days
    that are assigned to one profile the last one stays, as numpy promises.
    """
    found = np.full(size, NEVER, dtype=np.int32)
    found[profiles] = days
    return found


def first_of_days(profiles: npt.NDArray[np.int32], days: Days) -> Integers:
    """Return where the first event of each profile on each day stands, in ascending order.

    >>> first_of_days(np.array([0, 0, 1, 0], dtype=np.int32), np.array([7, 7, 7, 8], dtype=np.int32)).tolist()
    [0, 2, 3]
    """
    places: Integers
    _, places = np.unique(profiles.astype(np.int64) << 32 | (days.astype(np.int64) + 2**31), return_index=True)
    places.sort()
    return places


def grouped(profiles: npt.NDArray[np.int32], days: Days, amounts: Integers | None, size: int) -> Grouped | None:
    """Group events, which stand in order of time, by their profile; None where an amount is below 0.

    With refunds a sum may pass its number, fall back and pass it again, so that no single event decides.
    """
    if amounts is not None and len(amounts) and amounts.min() < 0:
        return None
    # Sorting numbers that hold the profile and, behind it, the event's place takes a seventh of a stable argsort's time.
    order = profiles.astype(np.int64) << 32 | np.arange(len(profiles))
    order.sort()
    order &= 2**32 - 1
    before = None
    if amounts is not None:
        before = np.zeros(len(order) + 1, dtype=np.int64)
        np.cumsum(amounts[order], out=before[1:])
    return Grouped(days[order], np.cumsum(np.bincount(profiles, minlength=size)), before)


def deciding_days(events: Grouped, measure: DayMeasure, scale: int) -> Days:
    """Return for each profile the day of the event, counted back from the newest, with which a number is reached.

    Args:
        events: all that count for the measure.
        measure: the number that is to be reached.
        scale: decimals of the amounts; 0 for a count.

    Returns:
        UTC days counted from 1970; `NEVER` where the number is not reached, `ALWAYS` where nothing is needed to reach it.

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
        # Amounts are never below 0, so that these sums ascend, and so do the sums that are looked for.
        places = np.searchsorted(events.before[:-1], events.before[events.ends] - needed, side="right") - 1
    starts = np.append(0, events.ends[:-1])
    # A day that is never looked at stands in for the place before the first event.
    days = np.append(events.days, np.int32(NEVER))[np.maximum(places, -1)]
    return np.where(places >= starts, days, np.int32(NEVER))
