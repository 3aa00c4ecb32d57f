"""Compute how long to wait between requests, for rate limits and after failures. `client` sends the requests."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from segkit.klaviyo.account.endpoints import Limits

LONGEST_WAIT = 60.0
"""The longest wait between two attempts, in seconds."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that reads the time and waits. Tests replace it.

    Attributes:
        now: a function that returns a monotonic time in seconds, for intervals.
        wait: a function that sleeps for a number of seconds.
        utc_now: a function that returns the date and time in UTC, for the age of downloaded data.
    """

    now: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep
    utc_now: Callable[[], datetime] = _utc_now


@dataclass(slots=True)
class Pacer:
    """Delays requests so that they stay within an endpoint's rate limits.

    Klaviyo counts requests in fixed windows of a second and of a minute. This class applies the limit to every window of that
    length, wherever it begins, so the limit holds in Klaviyo's windows as well.
    """

    limits: Limits
    clock: Clock
    _sent: deque[float] = field(default_factory=deque)

    def pause(self) -> None:
        """Wait until one more request is within the limits, and record it."""
        delay = self._delay()
        if delay > 0:
            self.clock.wait(delay)
        self._sent.append(self.clock.now())

    def _delay(self) -> float:
        now = self.clock.now()
        while self._sent and self._sent[0] <= now - 60:
            self._sent.popleft()
        windows = ((self.limits.in_a_second, 1), (self.limits.in_a_minute, 60))
        return max(
            (self._sent[-most] + seconds - now for most, seconds in windows if len(self._sent) >= most), default=0.0
        )


def backoff(attempt: int) -> float:
    """Return the seconds to wait after `attempt` failed attempts: 1, then twice as long each time, up to `LONGEST_WAIT`.

    >>> [backoff(attempt) for attempt in (1, 2, 3, 10)]
    [1.0, 2.0, 4.0, 60.0]
    """
    return min(2.0 ** (attempt - 1), LONGEST_WAIT)
