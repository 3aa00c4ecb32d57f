"""Time between requests: limits kept before they are hit, and how long to wait after a failure; asking is the client's work."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from segkit.klaviyo.account.endpoints import Limits

LONGEST_WAIT = 60.0
"""Seconds that a wait between two attempts doubles up to."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """How time is told and how it is let pass: real here, and of a test's making in tests.

    Attributes:
        now: the time between requests, in seconds from any beginning.
        wait: lets a number of seconds pass.
        utc_now: the date and time in UTC, by which the age of what was downloaded is known.
    """

    now: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep
    utc_now: Callable[[], datetime] = _utc_now


@dataclass(slots=True)
class Pacer:
    """Lets requests through at the pace of an endpoint's limits.

    Klaviyo counts in fixed windows of a second and of a minute. No window of that length, wherever it begins, gets more than the
    limit here, so none of Klaviyo's does.
    """

    limits: Limits
    clock: Clock
    _passed: deque[float] = field(default_factory=deque)

    def pause(self) -> None:
        """Wait until one more request keeps within the limits, and count it."""
        delay = self._delay()
        if delay > 0:
            self.clock.wait(delay)
        self._passed.append(self.clock.now())

    def _delay(self) -> float:
        now = self.clock.now()
        while self._passed and self._passed[0] <= now - 60:
            self._passed.popleft()
        windows = ((self.limits.in_a_second, 1), (self.limits.in_a_minute, 60))
        return max(
            (self._passed[-most] + seconds - now for most, seconds in windows if len(self._passed) >= most), default=0.0
        )


def backoff(attempt: int) -> float:
    """Return the seconds to wait after `attempt` failed attempts, doubling from one.

    >>> [backoff(attempt) for attempt in (1, 2, 3, 10)]
    [1.0, 2.0, 4.0, 60.0]
    """
    return min(2.0 ** (attempt - 1), LONGEST_WAIT)
