"""Time between requests: limits kept before they are hit, and how long to wait after a failure; asking is the client's work."""

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from segkit.account.endpoints import Limits

LONGEST_WAIT = 60.0
"""Seconds that a wait between two attempts doubles up to."""


@dataclass(frozen=True, slots=True)
class Clock:
    """How time is told, in seconds from any beginning, and how it is let pass: real here, and of a test's making in tests."""

    now: Callable[[], float] = time.monotonic
    wait: Callable[[float], None] = time.sleep


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
    """Return the seconds to wait after so many failed attempts, doubling from one.

    >>> [backoff(attempt) for attempt in (1, 2, 3, 10)]
    [1.0, 2.0, 4.0, 60.0]
    """
    return min(2.0 ** (attempt - 1), LONGEST_WAIT)
