"""Chance and time for the synthetic shop, alike on every machine; what is drawn with them is left to the other files."""

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
    """Draw from one seeded stream by comparisons and + - * / only.

    Python promises one stream of `Random(seed).random()` for every platform and version, and nothing of the kind for its
    other methods (https://docs.python.org/3/library/random.html#notes-on-reproducibility); so nothing else is used.
    """

    def __init__(self, seed: int) -> None:
        self._fraction = Random(seed).random  # noqa: S311  made-up people need no secrets, only the same stream

    def chance(self, probability: float) -> bool:
        """Say True with this probability."""
        return self._fraction() < probability

    def whole(self, low: int, high: int) -> int:
        """Draw a whole number from low to high, both included and equally likely."""
        return low + int(self._fraction() * (high - low + 1))

    def soon(self, low: int, high: int) -> int:
        """Draw a whole number from low to high, low ones far likelier: two thirds fall in the first eighth."""
        return low + int(self._fraction() * self._fraction() * self._fraction() * (high - low + 1))

    def pick(self, items: Sequence[Item]) -> Item:
        """Draw one of the items, equally likely."""
        return items[int(self._fraction() * len(items))]

    def weighted(self, table: Sequence[tuple[int, Item]]) -> Item:
        """Draw one item of a table of whole weights and items."""
        left = int(self._fraction() * sum(weight for weight, _ in table))
        for weight, item in table:
            left -= weight
            if left < 0:
                return item
        return table[-1][1]

    def waking_second(self, day: int, utc_offset: int) -> int:
        """Draw a second of a day between 7:00 and 23:00 on the clock of a place `utc_offset` hours from UTC."""
        return day * DAY + (7 - utc_offset) * HOUR + self.whole(0, 16 * HOUR - 1)


def day_of(year: int, month: int, day: int) -> int:
    """Count the days from the shop's opening, 2024-07-01, to a date.

    >>> day_of(2024, 7, 1), day_of(2026, 6, 30)
    (0, 729)
    """
    return (date(year, month, day) - _OPENING.date()).days


def date_of(day: int) -> str:
    """Write the date of the day that is `day` days after the opening.

    >>> date_of(729)
    '2026-06-30'
    """
    return _DATES[day]


def timestamp(second: int) -> str:
    """Write a second since the opening as an ISO instant in UTC.

    >>> timestamp(0), timestamp(CLOSE - 1)
    ('2024-07-01T00:00:00Z', '2026-06-30T23:59:59Z')
    """
    day, rest = divmod(second, DAY)
    hours, rest = divmod(rest, HOUR)
    return f"{_DATES[day]}T{hours:02d}:{rest // 60:02d}:{rest % 60:02d}Z"
