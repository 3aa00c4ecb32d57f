"""Find the profiles that took the steps of a funnel in order, for all profiles at once.

`evaluation.py` decides which steps an event can be, and `docs/decisions/0010-funnels.md` defines what a funnel means. Events of the
same profile at the same instant form one moment. The algorithm passes over the moments once for each step. Of all chains that reached
the step, it keeps only the latest start, since the chain that began last has the most time left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from segkit.data.instants import Flags, Microseconds

Places = npt.NDArray[np.int64]
"""1-based indices of moments, where 0 means none."""


@dataclass(frozen=True, slots=True)
class StepEvents:
    """Events that could be steps, in any order.

    Attributes:
        profiles: the row of each event's profile.
        times: microseconds since 1970, UTC.
        steps: the steps that an event could be, one bit each, with the first step as the lowest bit.
    """

    profiles: npt.NDArray[np.int32]
    times: Microseconds
    steps: npt.NDArray[np.uint8]

    def of(self, kept: Flags) -> "StepEvents":
        """Return the events for which `kept` is True."""
        return StepEvents(self.profiles[kept], self.times[kept], self.steps[kept])


@dataclass(frozen=True, slots=True)
class Chains:
    """The steps reached at each moment. Moments are sorted by profile, then oldest first.

    Attributes:
        profiles: the row of each moment's profile.
        times: microseconds since 1970, UTC.
        starts: for each step to take and each moment, the latest first step from which the moment reaches it, as a 1-based index.
        completed: the moments that complete the funnel.
    """

    profiles: npt.NDArray[np.int32]
    times: Microseconds
    starts: tuple[Places, ...]
    completed: Flags

    def durations(self) -> Microseconds:
        """Return the microseconds from the latest first step to each moment at which the last step was taken."""
        last = self.starts[-1]
        return self.times[last > 0] - self.times[last[last > 0] - 1]


def chains(events: StepEvents, is_taken: Sequence[bool], longest: int | None) -> Chains:
    """Follow the steps through the events of each profile.

    Args:
        events: the events that could be a step, without those outside the timeframe.
        is_taken: for each step, whether it must be taken or must not be taken. At least one step must be taken.
        longest: the maximum number of microseconds from the first taken step to the last; None means no limit.
    """
    moments = _Moments(events)
    taken = [place for place, is_one in enumerate(is_taken) if is_one]
    # The steps that must not occur before the first taken step, between two taken steps, and after the last.
    bars = [
        sum(1 << place for place, is_one in enumerate(is_taken) if not is_one and sum(is_taken[:place]) == before)
        for before in range(len(taken) + 1)
    ]
    # For each number of steps taken, the start to continue from. A chain may begin at any moment, unless a barred step comes too
    # closely before it.
    ready = [np.where(moments.is_near_after(bars[0], longest), 0, moments.places)]
    starts: list[Places] = []
    for number in range(len(taken)):
        reached = np.zeros(len(moments), dtype=np.int64)
        for before in range(number + 1):
            fits = moments.hold(taken[before : number + 1])
            reached = np.maximum(reached, np.where(fits, ready[before], 0))
        starts.append(reached)
        ready.append(moments.newest_before(reached, breaks=moments.has(bars[number + 1])))
    completed = (starts[-1] > 0) & ~moments.is_near_before(bars[-1], longest)
    if longest is not None:
        completed[completed] = moments.times[completed] - moments.times[starts[-1][completed] - 1] <= longest
    return Chains(moments.profiles, moments.times, tuple(starts), completed)


def completed(events: StepEvents, is_taken: Sequence[bool], longest: int | None, size: int) -> Flags:
    """Return which of `size` profiles took the steps in order. `chains` documents the other arguments.

    >>> events = StepEvents(np.array([0, 0], dtype=np.int32), np.array([1, 2]), np.array([1, 2], dtype=np.uint8))
    >>> completed(events, [True, True], longest=1, size=2).tolist()
    [True, False]
    """
    took_each = np.ones(size, dtype=bool)
    for place, is_one in enumerate(is_taken):
        if is_one:
            took_it = np.zeros(size, dtype=bool)
            took_it[events.profiles[(events.steps & (1 << place)) > 0]] = True
            took_each &= took_it
    # Sorting events is most of the work, so leave out profiles that never took one of the steps.
    found = chains(events.of(took_each[events.profiles]), is_taken, longest)
    answer = np.zeros(size, dtype=bool)
    answer[found.profiles[found.completed]] = True
    return answer


class _Moments:
    """Moments: the events of the same profile at the same instant."""

    def __init__(self, events: StepEvents) -> None:
        order = _by_profile_and_time(events)
        profiles, times, steps = events.profiles[order], events.times[order], events.steps[order]
        is_first = np.ones(len(order), dtype=bool)
        is_first[1:] = (profiles[1:] != profiles[:-1]) | (times[1:] != times[:-1])
        first = np.flatnonzero(is_first)
        self.profiles, self.times = profiles[first], times[first]
        self.places: Places = np.arange(1, len(first) + 1)
        self._begins = np.ones(len(first), dtype=bool)
        self._begins[1:] = self.profiles[1:] != self.profiles[:-1]
        self._could_be = np.bitwise_or.reduceat(steps, first) if len(first) else steps
        sizes = np.diff(first, append=len(order))
        # Few moments have several events. Only these moments need the closer check in `hold`.
        self._crowded = np.flatnonzero(sizes > 1)
        self._crowd = steps[np.repeat(sizes > 1, sizes)]
        self._of_crowd = np.repeat(np.arange(len(self._crowded)), sizes[self._crowded])

    def __len__(self) -> int:
        return len(self.times)

    def has(self, bits: int) -> Flags:
        """Return which moments have an event that could be any of the steps in a bit mask."""
        return np.asarray((self._could_be & bits) > 0)

    def hold(self, steps: Sequence[int]) -> Flags:
        """Return which moments have a different event for each of the steps."""
        if len(steps) == 1:
            return self.has(1 << steps[0])
        # By Hall's theorem, each step gets its own event if any k steps have at least k events to choose from.
        enough = np.ones(len(self._crowded), dtype=bool)
        for size in range(1, len(steps) + 1):
            for some in combinations(steps, size):
                could_be = (self._crowd & sum(1 << step for step in some)) > 0
                enough &= np.bincount(self._of_crowd[could_be], minlength=len(enough)) >= size
        found = np.zeros(len(self), dtype=bool)
        found[self._crowded[enough]] = True
        return found

    def newest_before(self, places: Places, *, breaks: Flags) -> Places:
        """Return the highest place before each moment, within its profile and since the newest break.

        A break at a moment separates what comes strictly before it from what comes strictly after it.
        """
        return _newest_before(places, self._begins, breaks)

    def is_near_after(self, bits: int, longest: int | None) -> Flags:
        """Return which moments come after an event of some steps, by at most `longest` unless that is None."""
        return _is_near_after(self.times, self._begins, self.has(bits), longest)

    def is_near_before(self, bits: int, longest: int | None) -> Flags:
        """Return which moments come before an event of some steps, by at most `longest` unless that is None."""
        # Reverse time, so that a profile begins where it ended.
        ends = np.append(self._begins[1:], True) if len(self) else self._begins
        return _is_near_after(-self.times[::-1], ends[::-1], self.has(bits)[::-1], longest)[::-1]


def _by_profile_and_time(events: StepEvents) -> npt.NDArray[np.int64]:
    # The events of each metric are already in order of time, and a stable sort merges sorted runs quickly.
    by_time = np.argsort(events.times, kind="stable")
    # Pack profile and rank into one integer: sorting these is faster than an argsort.
    packed = (events.profiles[by_time].astype(np.int64) << 32) | np.arange(len(by_time))
    packed.sort()
    return np.asarray(by_time[packed & 0xFFFFFFFF])


def _newest_before(places: Places, begins: Flags, breaks: Flags) -> Places:
    stretch = np.cumsum(begins | breaks)
    # Add an offset for each stretch, so that every place is higher than all places in earlier stretches.
    raised = stretch * (len(places) + 1)
    highest = np.maximum.accumulate(places + raised) - raised
    before = np.zeros(len(places), dtype=np.int64)
    before[1:] = highest[:-1]
    before[begins] = 0
    return before


def _is_near_after(times: Microseconds, begins: Flags, marked: Flags, longest: int | None) -> Flags:
    if not marked.any():
        return marked
    places = np.where(marked, np.arange(1, len(times) + 1), 0)
    newest = _newest_before(places, begins, np.zeros(len(times), dtype=bool))
    near: Flags = newest > 0
    if longest is not None:
        near[near] = times[near] - times[newest[near] - 1] <= longest
    return near
