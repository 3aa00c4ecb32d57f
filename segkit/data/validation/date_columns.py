"""Convert known columns of dates to instants, note their formats, and refuse ambiguous or unreadable dates."""

from collections.abc import Callable
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.date_forms import Slashed, from_digits, from_lenient_text, texts_of_numbers, tidied
from segkit.data.instants import (
    DAY,
    FIRST,
    LAST,
    Flags,
    Instants,
    Microseconds,
    check_zone,
    from_arrow,
    from_text,
    in_calendar,
)
from segkit.data.marked_cells import without_marks
from segkit.data.properties import Cells, PropertyColumn
from segkit.data.validation.columns import MARKS, TAKEN_OFF, Place, examples_of, plain_text, without_empty_text

_READ_AS_SUCH = "converted to times in UTC"
_ISO_DATES = (
    "YYYY-MM-DD, or as YYYY-MM-DDTHH:MM:SSZ, and load again. "
    'To leave them out and have the report count them, pass unreadable="leave out"'
)
_NEXT_STEP = f"Write them as {_ISO_DATES}"
_WHICH_FIRST = (
    "Pass which comes first: day_first=True for day/month/year, day_first=False for month/day/year (segkit build: --day-first, "
    f"--month-first). Or write them as {_ISO_DATES}"
)


def as_instants(cells: Cells, place: Place) -> tuple[Microseconds, Flags]:
    """Convert a column to microseconds since 1970 in UTC, and return which rows have a date.

    Naive times are taken as UTC, and noted. Dates such as 06/30/2026 are read in the order that the user passed, or month first if
    other dates in the column prove this order. Otherwise they are fatal, as are unreadable dates, unless the user asked to leave
    them out.

    Raises:
        DataError: the column has an unknown time zone.
    """
    cells = without_empty_text(cells)
    if not isinstance(cells.values, list):
        check_zone(place.column, cells.values.type)
        cells = Cells(in_calendar(cells.values))
    found = _read_typed(cells)
    bad = ~found.readable & ~cells.unset()
    if bad.any():
        found = _OddDates(cells, np.flatnonzero(bad), found, place).read()
    values, naive = found.values, found.naive & found.readable
    place.note("dates or times without a zone", naive, examples=examples_of(cells, naive), resolution="treated as UTC")
    _note_placeholders(cells, found, place)
    return values if found.readable.all() else np.where(found.readable, values, 0), found.readable


def blank(cells: Cells, among: Flags) -> Flags:
    """Return which of some rows are not set, or contain only blanks and marks."""
    rows = np.flatnonzero(among)
    if not isinstance(cells.values, list) and not cells.is_text:
        return cells.unset() & among
    found = np.zeros(len(cells), dtype=bool)
    if len(rows):
        found[rows] = _is_empty(tidied(_texts(cells.take(rows))))
    return found


def _read_typed(cells: Cells) -> Instants:
    """Read cells that have a date type or are ISO text. Other cells are unreadable."""
    values = cells.values
    if isinstance(values, list):
        dates = [value if isinstance(value, date) else None for value in values]
        naive = [isinstance(value, datetime) and value.tzinfo is None for value in values]
        column = PropertyColumn(Cells(dates))
        return Instants(
            np.append(column.instants.values, 0)[column.codes],
            column.rows(column.instants.readable),
            np.array(naive, dtype=bool),
        )
    if pa.types.is_timestamp(values.type) or pa.types.is_date(values.type):
        is_set = np.asarray(pc.is_valid(values).to_numpy())
        is_naive = pa.types.is_timestamp(values.type) and values.type.tz is None
        return Instants(from_arrow(values), is_set, is_set & is_naive)
    if cells.is_text:
        return from_text(values.combine_chunks())
    nothing = np.zeros(len(cells), dtype=bool)
    return Instants(np.zeros(len(cells), dtype=np.int64), nothing, nothing.copy())


class _OddDates:
    """Reads the cells of a column that are not ISO dates: similar formats, counts since 1970, and dates such as 06/30/2026."""

    def __init__(self, cells: Cells, rows: npt.NDArray[np.int64], before: Instants, place: Place) -> None:
        written = _texts(cells.take(rows))
        self.texts, self.marked = tidied(written), without_marks(written)[1]
        self.cells, self.rows, self.place = cells, rows, place
        self.found = Instants(before.values.copy(), before.readable.copy(), before.naive.copy())
        self.unread = ~_is_empty(self.texts)

    def read(self) -> Instants:
        """Read the cells, trying one format after another, and note each format that occurs."""
        if self.marked is not None:
            self._note(MARKS, self.marked & self.unread, resolution=TAKEN_OFF)
        if self.marked is not None or not self.cells.is_text:
            self._try(from_text)
        self._note(
            "dates or times that are nearly ISO 8601",
            self._try(from_lenient_text),
            resolution="converted, because they are unambiguous",
        )
        self._read_digits()
        if self.unread.any():
            self._read_slashed(Slashed.of(self.texts))
        self._refuse("unreadable dates", self.unread, _NEXT_STEP)
        return self.found

    def _try(self, read: Callable[[pa.Array], Instants]) -> Flags:
        """Try one format on the rows that are still unread, and return which rows have it."""
        rows = np.flatnonzero(self.unread)
        found = Instants(*(np.zeros(len(self.rows), dtype=kind) for kind in (np.int64, bool, bool)))
        if len(rows):
            reading = read(self.texts.take(pa.array(rows)))
            found.values[rows], found.readable[rows], found.naive[rows] = (
                reading.values,
                reading.readable,
                reading.naive,
            )
        return self._keep(found)

    def _read_digits(self) -> None:
        units = np.full(len(self.rows), -1, dtype=np.int8)
        unread = self.unread

        def read(texts: pa.Array) -> Instants:
            counted = from_digits(texts)
            units[unread] = counted.units
            return Instants(counted.values, counted.readable, np.zeros(len(texts), dtype=bool))

        kept = self._try(read)
        # Milliseconds count as seconds here: the report only says "seconds since 1970".
        for unit, numbers in {"seconds": (0, 1), "microseconds": (2,), "nanoseconds": (3,)}.items():
            self._note(f"{unit} since 1970", kept & np.isin(units, numbers))

    def _read_slashed(self, slashed: Slashed) -> None:
        """Read dates that begin with a day and a month, in the order that the user passed or that the column proves."""
        by_day, by_month = (slashed.read(day_first=day_first) for day_first in (True, False))
        could_be = self.unread & (by_day.readable | by_month.readable)
        day_first = self.place.day_first
        is_day, is_month = (
            bool((could_be & one.readable & ~other.readable).any())
            for one, other in ((by_day, by_month), (by_month, by_day))
        )
        if day_first is None and (is_day or not is_month):
            self._refuse(f"dates {'in' if is_day else 'that may be in'} day-month order", could_be, _WHICH_FIRST)
            self.unread &= ~could_be
            return
        chosen = by_day if day_first else by_month
        kept = self._keep(Instants(chosen.values, chosen.readable, np.zeros(len(self.rows), dtype=bool)))
        order = "day/month/year" if day_first else "month/day/year"
        self._note(f"dates in {order} order", kept)
        self._note(
            "two-digit years",
            kept & slashed.has_short_years,
            resolution="69 to 99 read as 1969 to 1999, others as 2000 to 2068",
        )
        others = could_be & self.unread
        self._refuse(f"dates that are not possible in {order} order", others, _WHICH_FIRST)
        self.unread &= ~others

    def _keep(self, reading: Instants) -> Flags:
        """Store a reading for the rows that it could read and that were still unread, and return a mask of these rows."""
        kept = self.unread & reading.readable
        for mine, its in zip(
            (self.found.values, self.found.readable, self.found.naive),
            (reading.values, reading.readable, reading.naive),
            strict=True,
        ):
            mine[self.rows[kept]] = its[kept]
        self.unread = self.unread & ~kept
        return kept

    def _note(self, issue: str, some: Flags, *, resolution: str = _READ_AS_SUCH) -> None:
        self.place.note(issue, some, examples=self._examples(some), resolution=resolution)

    def _refuse(self, issue: str, some: Flags, next_step: str) -> None:
        self.place.refuse(issue, some, examples=self._examples(some), next_step=next_step)

    def _examples(self, some: Flags) -> list[str]:
        found = np.zeros(len(self.cells), dtype=bool)
        found[self.rows[some]] = True
        return examples_of(self.cells, found)


def _note_placeholders(cells: Cells, found: Instants, place: Place) -> None:
    """Note dates that many systems write for a missing date: dates in the year 1 and in the last days of 9999."""
    first_end, last_start = FIRST + 365 * DAY, LAST - 2 * DAY
    if len(found.values) and (found.values.min() < first_end or found.values.max() > last_start):
        stands_for_none = found.readable & ((found.values < first_end) | (found.values > last_start))
        place.note(
            "dates in the year 1 or at the end of 9999, which many systems write for a missing date",
            stands_for_none,
            examples=examples_of(cells, stands_for_none),
            resolution="read as written",
        )


def _texts(cells: Cells) -> pa.Array:
    """Return cells as text."""
    values = cells.values
    if not isinstance(values, list):
        if cells.is_text:
            return values.combine_chunks()
        if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
            return texts_of_numbers(values)
        values = values.to_pylist()
    return pa.array([None if value is None else plain_text(value) for value in values], pa.string())


def _is_empty(texts: pa.Array) -> Flags:
    return np.asarray(pc.equal(pc.fill_null(texts, ""), "").to_numpy(zero_copy_only=False))
