"""Convert a timeframe that recurs every year to periods of days."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from segkit.definition.timeframes import ONE_DAY, Recurrence, days_of_year, midnight


def stretches(timeframe: Recurrence, as_of: datetime, years: Iterable[int]) -> Iterator[tuple[datetime, datetime]]:
    """Yield each unbroken period of days of a timeframe in some years, as its start and its end (exclusive).

    >>> from datetime import UTC
    >>> from segkit.definition.timeframes import InMonth
    >>> [[str(end.date()) for end in ends] for ends in stretches(InMonth(2), datetime(2026, 6, 30, tzinfo=UTC), [2023, 2024])]
    [['2023-02-01', '2023-03-01'], ['2024-02-01', '2024-03-01']]
    """
    wanted = days_of_year(timeframe, as_of)
    start: date | None = None
    last = date.min
    for year in years:
        for number in range(366):
            day = date(year, 1, 1) + timedelta(days=number)
            if day.year != year or (day.month, day.day) not in wanted:
                continue
            if start is not None and day - last > ONE_DAY:
                yield midnight(start), midnight(last) + ONE_DAY
                start = None
            start, last = start or day, day
    if start is not None:
        yield midnight(start), midnight(last) + ONE_DAY
