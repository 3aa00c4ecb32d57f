"""Parse dates and times in formats other than ISO 8601, a column at a time, for `validation/date_columns.py`.

Only unambiguous values are parsed. Callers pass whether the day or the month comes first in 06/07/2026. Digits count as seconds,
milliseconds, microseconds or nanoseconds since 1970 only if the result is between 1990 and 2100.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.instants import DAY, FIRST, LAST, Flags, Instants, Microseconds, from_text
from segkit.data.marked_cells import without_marks

_ZONE = r"(?: *(?P<zone>(?i:Z|UTC|GMT)|[+-]\d{2}(?::?\d{2})?))?"
_CLOCK = (
    r"(?:(?:[Tt]|,? +)(?P<hour>\d{1,2})(?::(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,9}))?)?)?"
    rf"(?: *(?P<half>[AaPp]\.?[Mm]\.?))?{_ZONE})?"
)
_DASHED = rf"^(?P<year>\d{{4}})-(?P<month>\d{{2}})-(?P<day>\d{{2}}){_CLOCK}$"
_COMPACT = (
    r"^(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})"
    rf"(?:[Tt](?P<hour>\d{{2}})(?:(?P<minute>\d{{2}})(?:(?P<second>\d{{2}})(?:\.(?P<fraction>\d{{1,9}}))?)?)?(?P<half>){_ZONE})?$"
)
_SLASHED = rf"^(?P<first>\d{{1,2}})[/.-](?P<later>\d{{1,2}})[/.-](?P<year>\d{{4}}|\d{{2}}){_CLOCK}$"
_DIGITS = r"^(?P<whole>\d{9,18}|[1-4]\d{18})(?:\.(?P<fraction>\d*))?$"
_DATE_AND_HOUR = r"^(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])([01]\d|2[0-3])$"
"""Ten digits such as 2026063012, which may be a date with an hour or seconds since 1970. They are ambiguous and are not read."""

_FROM_1990, _THROUGH_2100 = 631_152_000, 4_133_980_800
UNITS = {"seconds": 1_000_000, "milliseconds": 1_000, "microseconds": 1, "nanoseconds": 0.001}
"""The units in which a time since 1970 can be counted, and their lengths in microseconds."""

_LAST_OF_THIS_CENTURY = 68
"""Two-digit years up to this are in the 21st century, and others in the 20th, as in POSIX."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Digits that count from 1970: the instant of each, and the index of its unit in `UNITS`, or -1 if it is not such a count."""

    values: Microseconds
    units: npt.NDArray[np.int8]

    @property
    def readable(self) -> Flags:
        """Which digits are instants."""
        return np.asarray(self.units >= 0)


@dataclass(frozen=True, slots=True)
class Slashed:
    """Dates such as 06/30/2026, where the first two numbers are a day and a month in either order."""

    parts: pa.StructArray
    matches: Flags

    @classmethod
    def of(cls, texts: pa.Array) -> "Slashed":
        """Split texts into their parts."""
        parts = pc.extract_regex(texts, _SLASHED)
        return cls(parts, _flags(pc.is_valid(parts)))

    def read(self, *, day_first: bool) -> Instants:
        """Parse the dates in one order."""
        first, later = _number(self.parts, "first"), _number(self.parts, "later")
        return _read(self.parts, first if day_first else later, later if day_first else first)

    @property
    def has_short_years(self) -> Flags:
        """Which dates have two-digit years."""
        return _flags(pc.equal(pc.utf8_length(pc.struct_field(self.parts, "year")), 2))


def from_lenient_text(texts: pa.Array) -> Instants:
    """Parse dates that are nearly ISO 8601: with extra blanks, lower case, without separators, or with a 12-hour clock.

    >>> from_lenient_text(pa.array(["2026-06-01 10:00:00 -0400", "20260601T140000Z", "2026-06-01 2:00 PM UTC"])).values.tolist()
    [1780322400000000, 1780322400000000, 1780322400000000]
    """
    values, readable, naive = (np.zeros(len(texts), dtype=kind) for kind in (np.int64, bool, bool))
    for form in (_DASHED, _COMPACT):
        rows = np.flatnonzero(~readable)
        if len(rows):
            parts = pc.extract_regex(texts.take(pa.array(rows)), form)
            other = _read(parts, _number(parts, "day"), _number(parts, "month"))
            values[rows], readable[rows], naive[rows] = other.values, other.readable, other.naive
    return Instants(values, readable, naive)


def from_digits(texts: pa.Array) -> Counted:
    """Parse digits as a count since 1970 if the result is between 1990 and 2100. Only one unit can give such a result.

    >>> from_digits(pa.array(["1780272000", "1780272000000", "202606301230"])).units.tolist()
    [0, 1, -1]
    """
    values, units = np.zeros(len(texts), dtype=np.int64), np.full(len(texts), -1, dtype=np.int8)
    parts = pc.extract_regex(texts, _DIGITS)
    whole = _number(parts, "whole")
    is_date = _flags(pc.match_substring_regex(texts, _DATE_AND_HOUR))
    for place, length in enumerate(UNITS.values()):
        least, end = (int(second * 1_000_000 / length) for second in (_FROM_1990, _THROUGH_2100))
        here = (whole >= least) & (whole < end) & ~is_date
        values[here] = whole[here] * int(length) if length >= 1 else whole[here] // 1_000
        if length > 1 and here.any():
            values[here] += (_millionths(parts)[here] * length).astype(np.int64) // 1_000_000
        units[here] = place
    return Counted(values, units)


def from_any_text(texts: pa.Array, *, day_first: bool | None = None) -> Instants:
    """Parse a property's texts in the formats that Klaviyo's help lists (115005253428): ISO, month/day/year, seconds since 1970.

    Args:
        texts: the cells as written.
        day_first: the order of 06/07/2026; None means Klaviyo's order, with the month first and only with slashes.

    >>> from_any_text(pa.array(["2026-06-30", "06/30/2026", "6/30/26 00:00", "1782777600", "soon"])).values.tolist()
    [1782777600000000, 1782777600000000, 1782777600000000, 1782777600000000, 0]
    """
    found = from_text(texts)
    rows = np.flatnonzero(~found.readable & _flags(pc.match_substring_regex(texts, r"\d")))
    if not len(rows):
        return found
    values, readable, naive = found.values.copy(), found.readable.copy(), found.naive.copy()
    odd = tidied(texts.take(pa.array(rows)))
    slashed = Slashed.of(odd)
    if day_first is None:
        is_klaviyos = _flags(pc.match_substring_regex(odd, r"^\d{1,2}/\d{1,2}/"))
        slashed = Slashed(
            pc.if_else(pa.array(is_klaviyos), slashed.parts, pa.scalar(None, slashed.parts.type)), is_klaviyos
        )
    counted = from_digits(odd)
    for other in (
        from_lenient_text(odd),
        slashed.read(day_first=bool(day_first)),
        Instants(counted.values, counted.readable, np.zeros(len(odd), dtype=bool)),
    ):
        here = rows[other.readable]
        values[here], readable[here], naive[here] = (
            part[other.readable] for part in (other.values, other.readable, other.naive)
        )
    return Instants(values, readable, naive)


def tidied(texts: pa.Array) -> pa.Array:
    """Return dates without marks around them, and with plain blanks instead of the narrow blanks that browsers write."""
    bare = without_marks(texts)[0]
    return pc.replace_substring_regex(bare, "[\u00a0\u2009\u202f]", " ")


def texts_of_numbers(values: Any) -> pa.Array:
    """Return numbers as text, with integers without a decimal point. NaN becomes null."""
    if isinstance(values, pa.ChunkedArray):
        values = values.combine_chunks()
    if pa.types.is_floating(values.type):
        floats = values.cast(pa.float64()).to_pylist()
        return pa.array([_plain(value) for value in floats], pa.string())
    return pc.cast(values, pa.string())


def _plain(value: float | None) -> str | None:
    if value is None or value != value:  # noqa: PLR0124  # NaN differs
        return None
    return str(int(value)) if value.is_integer() else str(value)


def _read(parts: pa.StructArray, day: npt.NDArray[np.int64], month: npt.NDArray[np.int64]) -> Instants:
    """Return the instants of dates from their parts. Dates with null parts are unreadable."""
    year, hour, minute, second = (_number(parts, name) for name in ("year", "hour", "minute", "second"))
    is_short = _flags(pc.equal(pc.utf8_length(pc.struct_field(parts, "year")), 2))
    year = np.where(is_short, year + np.where(year <= _LAST_OF_THIS_CENTURY, 2000, 1900), year)
    half = pc.utf8_lower(pc.utf8_slice_codeunits(pc.struct_field(parts, "half"), 0, 1))
    is_morning, is_afternoon = (_flags(pc.equal(half, letter)) for letter in "ap")
    is_halved = is_morning | is_afternoon
    readable = _flags(pc.is_valid(parts)) & (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1)  # months
    readable &= np.where(is_halved, (hour >= 1) & (hour <= 12), hour < 24) & (minute < 60) & (second < 60)
    hour = np.where(is_halved, hour % 12 + 12 * is_afternoon, hour)
    months = np.where(readable, (year - 1970) * 12 + month - 1, 0)
    first, after = (
        some.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) for some in (months, months + 1)
    )
    readable &= day <= after - first
    zone = pc.struct_field(parts, "zone")
    ahead, is_offset = _offset(zone)
    values = (first + day - 1) * DAY + ((hour * 60 + minute - ahead) * 60 + second) * 1_000_000 + _millionths(parts)
    readable &= is_offset & (values >= FIRST) & (values <= LAST)
    naive = readable & ~_flags(pc.greater(pc.utf8_length(zone), 0))
    return Instants(np.where(readable, values, 0), readable, naive)


def _offset(zone: pa.Array) -> tuple[npt.NDArray[np.int64], Flags]:
    """Return the offset of each zone from UTC in minutes, and whether it is a possible offset."""
    is_behind = _flags(pc.starts_with(zone, "-"))
    digits = pc.replace_substring_regex(zone, "[^0-9]", "")
    hours, minutes = (_whole(pc.utf8_slice_codeunits(digits, start, start + 2)) for start in (0, 2))
    return np.where(is_behind, -1, 1) * (hours * 60 + minutes), (hours < 24) & (minutes < 60)  # a day, an hour


def _millionths(parts: pa.StructArray) -> npt.NDArray[np.int64]:
    """Return fractions in millionths. Further digits are dropped."""
    fraction = pc.struct_field(parts, "fraction")
    if not pc.any(pc.greater(pc.binary_length(fraction), 0)).as_py():
        return np.zeros(len(parts), dtype=np.int64)
    return _whole(pc.utf8_slice_codeunits(pc.utf8_rpad(fraction, width=6, padding="0"), 0, 6))


def _number(parts: pa.StructArray, name: str) -> npt.NDArray[np.int64]:
    return _whole(pc.struct_field(parts, name))


def _whole(texts: pa.Array) -> npt.NDArray[np.int64]:
    """Return digits as integers. Empty text and null become 0."""
    digits = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    return np.asarray(pc.fill_null(pc.cast(digits, pa.int64()), 0).to_numpy(zero_copy_only=False))


def _flags(values: pa.Array) -> Flags:
    return np.asarray(pc.fill_null(values, fill_value=False).to_numpy(zero_copy_only=False))
