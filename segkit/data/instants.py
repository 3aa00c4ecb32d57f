"""Convert dates and times in files, frames and arguments to microseconds since 1970 in UTC.

The results show which values are unreadable or lack a zone. `validation/date_columns.py` decides what happens to them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit.definition.timeframes import close_of, iso_moment
from segkit.errors import DataError
from segkit.marks import AROUND

Microseconds: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400_000_000
"""Microseconds in a day."""

_ISO = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}(:\d{2}(:\d{2}(\.\d{1,9})?)?)?(Z|[+-]\d{2}(:?\d{2})?)?)?$"
"""Matches only what Arrow also parses, so that the reading of a cell never depends on its neighbours. Only a time can have a zone."""

_ZONE = r"(Z|[T ]\S*[+-]\S*)$"
"""Matches ISO texts with a time zone."""

_FEW = 1_000

_DATE = rf"^[{AROUND}'=\"]*(\d{{1,4}}[-/.]\d{{1,2}}[-/.]\d{{1,4}}|(19|20)\d{{6}}(\.0*)?)[{AROUND}'\"]*$"
_LONGEST_DATE = 16
"""The longest date without a time, with a few marks around it, in characters. A time with seconds is always longer."""

FIRST, LAST = -62_135_596_800_000_000, 253_402_300_799_999_999
"""The first and the last microsecond that a `datetime` can represent, in the years 1 and 9999."""

FIRST_PLAUSIBLE, LAST_PLAUSIBLE = DAY, 7_258_118_400_000_000
"""The start of 2 January 1970 and of 1 January 2200, in microseconds. Dates outside this range can't be real dates in a shop."""

EARLIEST_MOMENT, LATEST_MOMENT = datetime(1970, 1, 1, tzinfo=UTC), datetime(2201, 1, 1, tzinfo=UTC)
"""The range of `as_of`, with an exclusive end. Dates outside are typing errors or placeholders."""
_BEYOND = ", which is not between 1970 and 2200. Many systems use dates outside these years as placeholders"


@dataclass(frozen=True, slots=True)
class Instants:
    """The instants of a column, which cells were readable, and which of them had no time zone."""

    values: Microseconds
    readable: Flags
    naive: Flags


def microseconds(instant: datetime) -> int:
    """Return an instant as microseconds since 1970. A naive instant is taken as UTC.

    >>> microseconds(datetime(1970, 1, 2))
    86400000000
    """
    aware = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    delta = aware - EPOCH
    return delta.days * DAY + delta.seconds * 1_000_000 + delta.microseconds


def instant_of(value: int) -> datetime:
    """Return microseconds since 1970 as a `datetime` in UTC."""
    return datetime.fromtimestamp(value // 1_000_000, tz=UTC).replace(microsecond=int(value % 1_000_000))


def now() -> datetime:
    """Return the current time in UTC. Only loading uses it."""
    return datetime.now(UTC)


def read_as_of(value: object) -> datetime:
    """Convert the argument `as_of` to an instant in UTC. A date without a time means the end of that day.

    Raises:
        DataError: it is neither a date nor an instant, or is before 1970 or after 2200.

    >>> read_as_of("2026-06-30").isoformat()
    '2026-06-30T23:59:59.999999+00:00'
    """
    given = value
    if isinstance(value, str):
        text = value.strip()
        try:
            value = date.fromisoformat(text) if len(text) <= len("2026-06-30") else iso_moment(text)
        except ValueError:
            raise DataError.bad_as_of(given) from None
    if not isinstance(value, date) or value != value:  # noqa: PLR0124  # NaT is a datetime unequal to itself
        raise DataError.bad_as_of(given)
    if not EARLIEST_MOMENT.year <= value.year <= LATEST_MOMENT.year:
        # Check before the conversion, which would overflow at the ends of the calendar.
        raise DataError.bad_as_of(given, _BEYOND)
    moment = instant_of(microseconds(value)) if isinstance(value, datetime) else close_of(value)
    return plausible_moment(moment, given)


def plausible_moment(moment: datetime, given: object) -> datetime:
    """Check that a moment is a possible `as_of`, and return it.

    Args:
        moment: the moment in UTC.
        given: the argument as the user passed it, for the message.

    Raises:
        DataError: it is before 1970 or after 2200.
    """
    if not EARLIEST_MOMENT <= moment < LATEST_MOMENT:
        raise DataError.bad_as_of(given, _BEYOND)
    return moment


def from_text(texts: pa.Array) -> Instants:
    """Parse ISO 8601: a date, optionally followed by a time after "T" or a blank, and by an offset.

    A naive time means UTC, and a date without a time means midnight UTC. Digits beyond microseconds are dropped.

    >>> from_text(pa.array(["2026-06-30T12:00:00+02:00", "30/06/2026"])).readable
    array([ True, False])
    """
    first = texts.drop_null().slice(0, 1)
    if len(first) and pc.match_substring_regex(first, _ISO)[0].as_py():
        # Try the type of the first value only, since a failing cast is much slower than a successful one.
        has_zone = pc.match_substring_regex(first, _ZONE)[0].as_py()
        values = _cast(texts, pa.timestamp("us", tz="UTC" if has_zone else None))
        if values is not None:
            return Instants(values, _set(texts), np.zeros(len(texts), dtype=bool) if has_zone else _set(texts))
    return _from_mixed_text(texts)


def _cast(texts: pa.Array, kind: pa.DataType) -> Microseconds | None:
    """Convert the column in one pass if all cells have the same timestamp type, which is common. Otherwise return None."""
    if texts.null_count == len(texts):
        return None
    try:
        values = from_arrow(pc.cast(texts, kind))
    except pa.ArrowInvalid:
        return None
    return values if values.min() >= FIRST and values.max() <= LAST else None


def _from_mixed_text(texts: pa.Array) -> Instants:
    size = len(texts)
    found = Instants(np.zeros(size, dtype=np.int64), np.zeros(size, dtype=bool), np.zeros(size, dtype=bool))
    is_iso = pc.fill_null(pc.match_substring_regex(texts, _ISO), fill_value=False)
    has_zone = pc.fill_null(pc.match_substring_regex(texts, _ZONE), fill_value=False)
    for kind, mask in (
        (pa.timestamp("us", tz="UTC"), pc.and_(is_iso, has_zone)),
        (pa.timestamp("us"), pc.and_not(is_iso, has_zone)),
    ):
        rows = np.flatnonzero(mask.to_numpy(zero_copy_only=False))
        some = texts.take(pa.array(rows))
        values = _cast(some, kind)
        if values is not None:
            found.values[rows], found.readable[rows], found.naive[rows] = values, True, kind.tz is None
        else:
            _read_singly(some, rows, found)
    return found


def _read_singly(texts: pa.Array, rows: npt.NDArray[np.int64], found: Instants) -> None:
    """Parse ISO texts one by one into their rows, because one of them is a date or time that does not exist."""
    for row, text in zip(rows, texts.to_pylist(), strict=True):
        try:
            instant = iso_moment(_without_nanoseconds(text))
        except ValueError:
            continue
        value = microseconds(instant)
        if FIRST <= value <= LAST:
            found.values[row], found.readable[row], found.naive[row] = value, True, instant.tzinfo is None


def _without_nanoseconds(text: str) -> str:
    head, dot, tail = text.partition(".")
    digits = len(tail) - len(tail.lstrip("0123456789"))
    return head + dot + tail[: min(digits, 6)] + tail[digits:]


def check_zone(name: str, kind: pa.DataType) -> None:
    """Check the time zone of a column of timestamps, or of lists or structs of them.

    Raises:
        DataError: the zone is unknown.
    """
    if pa.types.is_timestamp(kind) and kind.tz is not None and kind.tz.casefold() not in {"utc", "z"}:
        try:
            pc.cast(pa.array([0], kind), pa.string())
        except pa.ArrowInvalid:
            raise DataError.unknown_zone(name, kind.tz) from None
    for inner in _kinds_within(kind):
        check_zone(name, inner)


def _kinds_within(kind: pa.DataType) -> list[pa.DataType]:
    if pa.types.is_struct(kind):
        return [field.type for field in kind]
    if pa.types.is_map(kind):
        return [kind.key_type, kind.item_type]
    return [kind.value_type] if hasattr(kind, "value_type") else []


def in_calendar(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Convert a column of dates to text if Python can't represent all of them, so that errors can show them.

    The same is done for durations, and for dates and durations inside lists and structs. Other columns are returned unchanged.

    >>> in_calendar(pa.chunked_array([pa.array([400_000_000_000], pa.timestamp("s"))])).to_pylist()
    ['14645-06-30 15:06:40']
    """
    kind = column.type
    if all(map(_has_names, _leaves(column))):
        return column
    return (column.cast(pa.timestamp(kind.unit)) if pa.types.is_timestamp(kind) else column).cast(_with_text(kind))


def _leaves(column: pa.ChunkedArray) -> Iterator[pa.ChunkedArray]:
    """Yield the innermost columns of lists and structs, each field separately."""
    kind = column.type
    if _is_list(kind):
        yield from _leaves(pc.list_flatten(column))
    elif pa.types.is_struct(kind):
        for number in range(kind.num_fields):
            yield from _leaves(pc.struct_field(column, number))
    else:
        yield column


def _has_names(column: pa.ChunkedArray) -> bool:
    kind = column.type
    if not (pa.types.is_timestamp(kind) or pa.types.is_date(kind) or pa.types.is_duration(kind)):
        return True
    whole = pa.int32() if pa.types.is_date32(kind) else pa.int64()
    plain = pa.timestamp(kind.unit) if pa.types.is_timestamp(kind) else kind
    try:
        for end in pc.min_max(column.cast(whole)).values():
            end.cast(plain).as_py()
    except (OverflowError, ValueError):
        return False
    return True


def _with_text(kind: pa.DataType) -> pa.DataType:
    """Return a type in which dates and durations are replaced by text."""
    if _is_list(kind):
        return pa.list_(_with_text(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([(field.name, _with_text(field.type)) for field in kind])
    has_times = pa.types.is_timestamp(kind) or pa.types.is_date(kind) or pa.types.is_duration(kind)
    return pa.string() if has_times else kind


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def from_arrow(column: Any) -> Microseconds:
    """Convert an Arrow date or timestamp column to microseconds. Nulls become 0, and finer digits are dropped."""
    kind = column.type
    is_finer = pa.types.is_timestamp(kind) and kind.unit == "ns"
    if not is_finer:
        column = pc.cast(column, pa.timestamp("us", tz=kind.tz if pa.types.is_timestamp(kind) else None))
    whole = pc.cast(column, pa.int64())
    whole = pc.fill_null(whole, 0) if whole.null_count else whole
    found = np.asarray(whole.to_numpy() if isinstance(whole, pa.ChunkedArray) else whole.to_numpy(zero_copy_only=False))
    # Arrow's cast rounds nanoseconds before 1970 up to the next microsecond.
    return found // 1_000 if is_finer else found


def ends_of(times: Microseconds, is_date: Flags) -> Microseconds:
    """Return instants. For a date without a time, midnight is replaced by the last microsecond of that day.

    >>> ends_of(np.array([0, 0]), np.array([False, True])).tolist()
    [0, 86399999999]
    """
    return np.where(is_date, times + (DAY - 1), times) if is_date.any() else times


def dates_among(column: Any) -> Flags | None:
    """Return which cells of an Arrow column or a list are a date without a time, or None if no cell is.

    A column of timestamps contains dates if all of them are at midnight, since most tools store dates in that way.

    >>> dates_among(pa.chunked_array([["2026-06-30", "2026-06-30T00:00:00Z"]])).tolist()
    [True, False]
    """
    if isinstance(column, list):
        found = np.array([_is_plain_date(cell) for cell in column], dtype=bool)
        return found if found.any() else None
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        days = pc.and_(pc.greater_equal(column, 19_000_101), pc.less_equal(column, 20_991_231))
        return np.asarray(pc.fill_null(days, fill_value=False).to_numpy(), dtype=bool) if pc.any(days).as_py() else None
    if pa.types.is_date(kind):
        return np.ones(len(column), dtype=bool)
    if pa.types.is_timestamp(kind):
        values = column.drop_null() if column.null_count else column
        # For nearly every column of times, the first few values show that they are not dates.
        return np.ones(len(column), dtype=bool) if all(map(_are_midnights, (values[:_FEW], values))) else None
    if not pa.types.is_string(kind) or not pc.any(pc.less_equal(pc.utf8_length(column), _LONGEST_DATE)).as_py():
        return None
    return np.asarray(pc.fill_null(pc.match_substring_regex(column, _DATE), fill_value=False).to_numpy(), dtype=bool)


def _are_midnights(column: Any) -> bool:
    values = from_arrow(column)
    return bool(len(values)) and not (values % DAY).any()


def _is_plain_date(cell: object) -> bool:
    if isinstance(cell, (str, int, float)):
        return re.match(_DATE, str(cell)) is not None
    return isinstance(cell, date) and not isinstance(cell, datetime)


def _set(column: pa.Array) -> Flags:
    return np.asarray(pc.is_valid(column).to_numpy(zero_copy_only=False))
