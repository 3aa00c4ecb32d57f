"""Provide random numbers and dates for the synthetic shop that are the same on every machine."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TypeVar

HOUR = 3_600
DAY = 24 * HOUR
DAYS = 730
CLOSE = DAYS * DAY  # the first second after the last day, 2026-06-30
_OPENING = datetime(2024, 7, 1, tzinfo=UTC)
_DATES = tuple((_OPENING + timedelta(days=day)).date().isoformat() for day in range(DAYS))

Item = TypeVar("Item")


class Draw:
    """A seeded stream of random numbers that uses only comparisons and + - * /.

    Python guarantees the same sequence of `Random(seed).random()` on every platform and version, but guarantees nothing for other
    methods (https://docs.python.org/3/library/random.html#notes-on-reproducibility), so no other method is used.
    """

    def __init__(self, seed: int) -> None:
        self._fraction = Random(seed).random  # noqa: S311  not for secrets: invented data needs a reproducible stream

    def chance(self, probability: float) -> bool:
        """Return True with this probability."""
        return self._fraction() < probability

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from low to high, inclusive, all equally likely."""
        return low + int(self._fraction() * (high - low + 1))

    def soon(self, low: int, high: int) -> int:
        """Return a whole number from low to high, inclusive. Low numbers are far more likely: two thirds are in the lowest eighth."""
        return low + int(self._fraction() * self._fraction() * self._fraction() * (high - low + 1))

    def pick(self, items: Sequence[Item]) -> Item:
        """Return one of the items, all equally likely."""
        return items[int(self._fraction() * len(items))]

    def weighted(self, table: Sequence[tuple[int, Item]]) -> Item:
        """Return an item from a table of integer weights and items."""
        left = int(self._fraction() * sum(weight for weight, _ in table))
        for weight, item in table:
            left -= weight
            if left < 0:
                return item
        return table[-1][1]

    def waking_second(self, day: int, utc_offset: int) -> int:
        """Return a second of a day between 7:00 and 23:00 local time, at `utc_offset` hours from UTC."""
        return day * DAY + (7 - utc_offset) * HOUR + self.whole(0, 16 * HOUR - 1)


def day_of(year: int, month: int, day: int) -> int:
    """Return the number of days from the shop's opening, 2024-07-01, to a date.

    >>> day_of(2024, 7, 1), day_of(2026, 6, 30)
    (0, 729)
    """
    return (date(year, month, day) - _OPENING.date()).days


def date_of(day: int) -> str:
    """Return the ISO date `day` days after the opening.

    >>> date_of(729)
    '2026-06-30'
    """
    return _DATES[day]


def timestamp(second: int) -> str:
    """Return the ISO instant, in UTC, `second` seconds after the opening.

    >>> timestamp(0), timestamp(CLOSE - 1)
    ('2024-07-01T00:00:00Z', '2026-06-30T23:59:59Z')
    """
    day, rest = divmod(second, DAY)
    hours, rest = divmod(rest, HOUR)
    return f"{_DATES[day]}T{hours:02d}:{rest // 60:02d}:{rest % 60:02d}Z"
