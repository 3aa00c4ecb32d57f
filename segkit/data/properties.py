"""Properties as codes into their distinct values, and those values read as numbers, texts, truths, lists or instants.

A condition says as which kind it wants to read a property; a value that does not read as that kind matches nothing. Text is read
as any kind that it spells, wherever it came from: "18" is a number to a test of numbers in a frame as in a CSV, and "0.00" and
"[]" hold nothing. Numbers, truths, dates and lists are only what they are. Empty text is not set.
"""

# Over 250 lines, since the six readings of a value are one rule and belong side by side.

import contextlib
import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from math import inf
from typing import Any, Generic, Literal, TypeAlias, TypeVar, overload

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.cache import Growing, memory_of
from segkit.data.date_forms import from_any_text, texts_of_numbers
from segkit.data.instants import Flags, check_zone, from_arrow, in_calendar, microseconds
from segkit.data.plain_values import is_unset, plain, written_out
from segkit.errors import DataError
from segkit.json_text import DEEPEST, Halves, is_deep, read_json

Codes: TypeAlias = npt.NDArray[np.int32]
V = TypeVar("V")
N = TypeVar("N", bound=np.generic)

JSON_CELLS = {b"segkit": b"json"}
"""Marks a Parquet column whose cells are JSON, since a column of Parquet has one kind and a property may have several."""

PLAIN_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
UNSET = -1


@dataclass(frozen=True, slots=True)
class Reading(Generic[V]):
    """The distinct values of a property read as one kind, and which of them could be."""

    values: V
    readable: Flags


Reader: TypeAlias = Callable[[Literal["number", "truth", "instant", "holds_something"]], Reading[Any]]
"""Returns what each distinct value reads as, as one kind."""


@dataclass(frozen=True)
class Cells:
    """One column as it came in: an Arrow column of one type, or Python objects of several.

    Attributes:
        values: the cells; null, None and NaN are unset.
    """

    values: pa.ChunkedArray | list[Any]

    def __len__(self) -> int:
        return len(self.values)

    @property
    def is_text(self) -> bool:
        """Whether this is an Arrow column of text."""
        return not isinstance(self.values, list) and _is_text(self.values)

    def take(self, rows: npt.NDArray[np.integer[Any]]) -> "Cells":
        """Return the cells of some rows, in their order."""
        if isinstance(self.values, list):
            return Cells([self.values[row] for row in rows])
        return Cells(self.values.take(pa.array(rows)))

    def loaded(self) -> "Cells":
        """Return the same cells in memory, which these are; those that lie in files are read, and codes written out."""
        return self

    def index_in(self, wanted: pa.Array) -> Codes:
        """Return where each cell of a column of text stands in other texts; -1 for nowhere."""
        return codes_of(pc.index_in(self.values, value_set=wanted))

    def encoded(self) -> Iterator[pa.DictionaryArray]:
        """Return a column of one kind as codes into distinct values, in pieces, each with its own distinct values."""
        return iter(pc.dictionary_encode(self.values).chunks)

    def coded(self) -> pa.DictionaryArray:
        """Return a column of one kind as codes into its distinct values, each of which occurs; null where it is not set."""
        return _coded(self.values)

    def distinct(self) -> tuple[Codes, pa.Array | list[Any]]:
        """Return for each cell a code into the distinct values, -1 where it is not set, and those values."""
        values = self.values
        if isinstance(values, list):
            return _encode_objects(values)
        if pa.types.is_nested(values.type):
            return _encode_objects(values.to_pylist())
        encoded = _coded(values)
        return codes_of(encoded.indices), encoded.dictionary

    def unset(self) -> Flags:
        """Return which cells hold nothing."""
        values = self.values
        if isinstance(values, list):
            return np.array([value is None for value in values], dtype=bool)
        if not values.null_count and not pa.types.is_floating(values.type):
            return np.zeros(len(values), dtype=bool)
        return np.asarray(pc.is_null(values, nan_is_null=True).to_numpy(), dtype=bool)

    @property
    def reader(self) -> "Reader | None":
        """What knows how the distinct values read without reading them, where something does."""
        return None

    def to_pandas(self) -> pd.Series:
        """Return the cells as pandas shows them."""
        if isinstance(self.values, list):
            # Copied, since whoever gets a frame may change what its cells hold.
            return pd.Series([plain(cell) for cell in self.values], dtype=object)
        if pa.types.is_nested(self.values.type):
            return pd.Series(self.values.to_pylist(), dtype=object)
        series: pd.Series = self.values.to_pandas()
        return series


def codes_of(indices: pa.Array | pa.ChunkedArray) -> Codes:
    """Return Arrow's codes as numpy's, with -1 for null."""
    filled = pc.fill_null(indices, UNSET) if indices.null_count else indices
    whole = filled.to_numpy() if isinstance(filled, pa.ChunkedArray) else filled.to_numpy(zero_copy_only=False)
    return np.asarray(whole, dtype=np.int32)


def spread(values: npt.NDArray[N], codes: Codes, *, unset: Any) -> npt.NDArray[N]:
    """Return the value that each code stands for, and `unset` for -1, as an array that can't be written to.

    Not by numpy, which makes eight bytes of each code first and so takes up to three times as long (a million rows).

    >>> spread(np.array([True, False]), np.array([1, -1, 0], dtype=np.int32), unset=False).tolist()
    [False, False, True]
    """
    known = np.append(values, np.array(unset, dtype=values.dtype))
    # As a number without a sign -1 is the largest, so that no code leads out of the values, and Arrow need check none.
    places = codes.view(np.uint32)
    if places.max(initial=0) >= len(values):
        places = np.minimum(places, np.uint32(len(values)))
    found = pc.take(pa.array(known.view(f"u{known.itemsize}")), pa.array(places), boundscheck=False)
    return np.asarray(found.to_numpy().view(known.dtype))


def cells_of(objects: Iterable[Any], halves: Halves | None = None) -> Cells:
    """Return Python objects or a pandas column as cells, typed where all are of one kind.

    A period is its first moment. Arrow would make one kind of several, 18 a date beside dates, True a number beside numbers, and a
    naive time an aware one, so it only gets what is alike. `halves` replaces halves of characters, in lists and mappings, too.

    Raises:
        DataError: a cell holds lists within lists beyond all use.
    """
    if isinstance(objects, pd.Series):
        objects = written_out(objects)
        if objects.dtype != object or pd.api.types.infer_dtype(objects) == "string":
            # Copied, since Arrow would look at the frame's own memory, which stays its owner's to change.
            with contextlib.suppress(*_NOT_OF_ONE_KIND):
                array = pa.array(objects.copy(), from_pandas=True)
                chunks = array.chunks if isinstance(array, pa.ChunkedArray) else [array]
                return arrow_cells(pa.chunked_array(chunks))
    if halves is not None:
        objects = list(objects)
        _refuse_deep(objects)
        objects = map(halves.without, objects)
    try:
        cells = [None if is_unset(cell) else plain(cell) for cell in objects]
    except RecursionError:
        raise DataError.cells_nested_too_deep(DEEPEST) from None
    kinds = {(type(cell), isinstance(cell, datetime) and cell.tzinfo is None) for cell in cells if cell is not None}
    if len(kinds) <= 1 and not {kind for kind, _ in kinds} & _CONTAINERS:
        with contextlib.suppress(*_NOT_OF_ONE_KIND):
            return arrow_cells(pa.chunked_array([pa.array(cells)]))
    return Cells(cells)


def _refuse_deep(cells: Iterable[Any]) -> None:
    # All at once, which goes through them no oftener than they are deep, and through most not even twice.
    if is_deep([cell for cell in cells if isinstance(cell, (list, tuple, dict))], DEEPEST + 1):
        raise DataError.cells_nested_too_deep(DEEPEST)


_NOT_OF_ONE_KIND = (pa.ArrowException, OverflowError, TypeError, UnicodeEncodeError)
"""What Arrow raises where it has no one kind for all: whole numbers beyond 64 bits, datetimes of several zones, infinite decimals."""

_CONTAINERS = {list, tuple, dict, bytes}


def arrow_cells(column: pa.ChunkedArray) -> Cells:
    """Return an Arrow column as cells: one kind of text, no dictionaries, NaN and empty text as null."""
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        # Those of pandas are periods and intervals, which pandas reads; those of Arrow have Python's own values, such as a UUID.
        return cells_of(column.to_pandas() if kind.extension_name.startswith("pandas.") else column.to_pylist())
    if pa.types.is_dictionary(kind):
        if kind.value_type == pa.string_view():
            # The categories of Polars, which Arrow can't write out as they are.
            chunks = [(chunk.indices, chunk.dictionary.cast(pa.string())) for chunk in column.chunks]
            kind = pa.dictionary(kind.index_type, pa.string())
            column = pa.chunked_array([pa.DictionaryArray.from_arrays(*chunk) for chunk in chunks], kind)
        column = column.cast(kind.value_type)
    column = in_calendar(column)
    kind = column.type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        # Text in Parquet files of writers that did not say it is text; what is no UTF-8 stays bytes.
        try:
            column = column.cast(pa.binary()).cast(pa.string())
        except pa.ArrowInvalid:
            return cells_of(column.to_pylist())
    elif pa.types.is_null(kind) or pa.types.is_large_string(kind) or kind == pa.string_view():
        column = column.cast(pa.string())
    elif pa.types.is_float16(kind):
        # Arrow can hardly compare what is so short.
        return arrow_cells(column.cast(pa.float64()))
    elif pa.types.is_floating(kind) and pc.any(pc.is_nan(column)).as_py():
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, kind), column)
    if _is_text(column) and pc.any(pc.equal(column, "")).as_py():
        column = pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
    return Cells(column)


def holds_json(field: pa.Field) -> bool:
    """Whether a column of a file is marked as JSON."""
    return (field.metadata or {}).items() >= JSON_CELLS.items()


def field_cells(field: pa.Field, column: pa.ChunkedArray) -> Cells:
    """Return a column of a file as cells; one that is marked as JSON holds the values that it stands for, each of its own kind.

    Raises:
        DataError: its times are in a zone that nobody knows, or its cells hold lists within lists without end.
    """
    check_zone(field.name, column.type)
    if not holds_json(field):
        return arrow_cells(column)
    known = {text: _json_value(text) for text in column.unique().to_pylist() if text is not None}
    return cells_of([known.get(text) for text in column.to_pylist()])


def _json_value(text: str) -> Any:
    with contextlib.suppress(ValueError):
        return read_json(text)
    return text


class _WorkedOutOnce(Generic[V]):
    """A property that is worked out on first use and kept.

    By one thread, unlike `functools.cached_property`, which has no lock from Python 3.12 on; and nobody can write to its arrays.
    """

    def __init__(self, work_out: Callable[[Any], V]) -> None:
        self._work_out, self._name, self.__doc__ = work_out, work_out.__name__, work_out.__doc__

    @overload
    def __get__(self, column: None, owner: type) -> "_WorkedOutOnce[V]": ...

    @overload
    def __get__(self, column: "PropertyColumn", owner: type) -> V: ...

    def __get__(self, column: "PropertyColumn | None", owner: type) -> "V | _WorkedOutOnce[V]":
        return self if column is None else column.once(self._name, self._work_out)


class PropertyColumn(Growing):
    """One property of all profiles, or one event property of one metric's events, ready to be tested value by value.

    Everything is worked out on first use and kept, since a slider asks the same column again and again.
    """

    def __init__(self, cells: Cells, *, day_first: bool | None = None) -> None:
        super().__init__()
        self._cells = cells
        self._reader = cells.reader
        self._day_first = day_first

    @_WorkedOutOnce
    def _encoded(self) -> tuple[Codes, pa.Array | list[Any]]:
        found = self._cells.distinct()
        del self._cells  # the codes say the same in less room, and a slice of the events' cells is nobody else's
        return found

    @property
    def codes(self) -> Codes:
        """A code into `distinct` for each row; -1 where the property is not set."""
        return self._encoded[0]

    @property
    def distinct(self) -> pa.Array | list[Any]:
        """The distinct values that are set."""
        return self._encoded[1]

    @property
    def held(self) -> tuple[Any, ...]:
        """The codes, distinct values and readings that were worked out so far."""
        return tuple(
            found
            for name, found in list(vars(self).items())
            if isinstance(getattr(type(self), name, None), _WorkedOutOnce)
        )

    @property
    def nbytes(self) -> int:
        """How many bytes all of that takes."""
        return sum(memory_of(self.held).values())

    def value(self, row: int) -> object:
        """Return one row's value as a Python object; None where it is not set."""
        code = self.codes[row]
        if code == UNSET:
            return None
        found = self.distinct[int(code)]
        return found.as_py() if isinstance(found, pa.Scalar) else found

    def rows(self, passing: Flags) -> Flags:
        """Spread an answer for each distinct value over the rows; rows that are not set answer False."""
        return spread(passing, self.codes, unset=False)

    @_WorkedOutOnce
    def numbers(self) -> Reading[npt.NDArray[np.float64]]:
        """The distinct values as numbers."""
        if self._reader is not None:
            return self._reader("number")
        values = self.distinct
        if isinstance(values, list):
            return _read(values, _number, np.float64)
        if _is_text(values):
            readable = _flags(pc.match_substring_regex(values, PLAIN_NUMBER))
            numeric = pc.if_else(pa.array(readable), values, pa.scalar(None, pa.string()))
            return Reading(_floats(pc.cast(numeric, pa.float64())), readable)
        if pa.types.is_decimal(values.type):
            # By way of text, since Arrow's own road from 19.99 ends at 19.990000000000002.
            return Reading(_floats(pc.cast(pc.cast(values, pa.string()), pa.float64())), _all(values))
        if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
            return Reading(_floats(pc.cast(values, pa.float64(), safe=False)), _all(values))
        return Reading(np.zeros(len(values)), _none(values))

    @_WorkedOutOnce
    def texts(self) -> Reading[pa.Array]:
        """The distinct values as text; a text that is a JSON list is a list and no text."""
        values = self.distinct
        if isinstance(values, list):
            texts = pa.array([value if isinstance(value, str) else None for value in values], pa.string())
            return Reading(texts, _flags(texts.is_valid()) & ~self.lists.readable)
        if not _is_text(values):
            return Reading(pa.nulls(len(values), pa.string()), _none(values))
        # Most columns hold nothing that looks like a list, and then none of their texts is looked into.
        return Reading(values, ~self.lists.readable if pc.any(_like_lists(values)).as_py() else _all(values))

    @_WorkedOutOnce
    def truths(self) -> Reading[Flags]:
        """The distinct values as true or false."""
        if self._reader is not None:
            return self._reader("truth")
        values = self.distinct
        if isinstance(values, list):
            return _read(values, _truth, np.bool_)
        if pa.types.is_boolean(values.type):
            return Reading(_flags(values), _all(values))
        if _is_text(values):
            folded = pc.utf8_lower(values)
            is_true = _flags(pc.equal(folded, "true"))
            return Reading(is_true, is_true | _flags(pc.equal(folded, "false")))
        return Reading(_none(values), _none(values))

    @_WorkedOutOnce
    def lists(self) -> Reading[list[tuple[Any, ...]]]:
        """The distinct values as lists of items."""
        values = self.distinct
        items: list[tuple[Any, ...] | None] = [None] * len(values)
        if isinstance(values, list):
            items = list(map(_items, values))
        elif _is_text(values):
            like_lists = _like_lists(values)
            for place, text in zip(np.flatnonzero(like_lists), values.filter(like_lists).to_pylist(), strict=True):
                items[place] = _json_list(text)
        return Reading([item or () for item in items], np.array([item is not None for item in items], dtype=bool))

    @_WorkedOutOnce
    def instants(self) -> Reading[npt.NDArray[np.int64]]:
        """The distinct values as microseconds since 1970 in UTC; a naive time is UTC, a bare date its midnight.

        Text has any form that Klaviyo's help lists (115005253428), and numbers are what their digits say.
        """
        if self._reader is not None:
            return self._reader("instant")
        values = self.distinct
        if isinstance(values, list):
            return _read(values, lambda value: _instant(value, day_first=self._day_first), np.int64)
        if pa.types.is_date(values.type) or pa.types.is_timestamp(values.type):
            return Reading(from_arrow(values), _all(values))
        if pa.types.is_integer(values.type) or pa.types.is_floating(values.type) or pa.types.is_decimal(values.type):
            values = texts_of_numbers(values)
        if not _is_text(values):
            return Reading(np.zeros(len(values), dtype=np.int64), _none(values))
        found = from_any_text(values, day_first=self._day_first)
        return Reading(found.values, found.readable)

    @_WorkedOutOnce
    def _sizes(self) -> npt.NDArray[np.int64]:
        """How many rows have each distinct value."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.distinct))

    def count(self, some: Flags) -> int:
        """Return how many rows have one of some distinct values."""
        return int(self._sizes[some].sum())

    @_WorkedOutOnce
    def somethings(self) -> Reading[Flags]:
        """The distinct values as whether they hold something, which each of them answers."""
        if self._reader is not None:
            return self._reader("holds_something")
        values = self.distinct
        if isinstance(values, list):
            return _read(values, _holds_something, np.bool_)
        if _is_text(values):
            # What begins with a letter is no number or list, and no truth but for t and f: most texts need no look inside.
            odd = ~_flags(pc.match_substring_regex(values, "^[A-EG-SU-Za-eg-su-z]"))
            found = np.ones(len(values), dtype=bool)
            found[odd] = [_holds_something(text) for text in values.filter(pa.array(odd)).to_pylist()]
            return Reading(found, _all(values))
        numbers, truths = self.numbers, self.truths
        return Reading(np.where(numbers.readable, numbers.values > 0, truths.values | ~truths.readable), _all(values))


def _coded(values: pa.ChunkedArray) -> pa.DictionaryArray:
    encoded = values.combine_chunks().dictionary_encode()
    return encoded.combine_chunks() if isinstance(encoded, pa.ChunkedArray) else encoded


def _encode_objects(values: list[Any]) -> tuple[Codes, list[Any]]:
    codes = np.full(len(values), UNSET, dtype=np.int32)
    seen: dict[Hashable, int] = {}
    distinct: list[Any] = []
    for row, value in enumerate(values):
        if is_unset(value):
            continue
        key = _key(value)
        if key not in seen:
            seen[key] = len(distinct)
            distinct.append(value)
        codes[row] = seen[key]
    return codes, distinct


def _key(value: Any) -> Hashable:
    """Return a key under which only the same value of the same kind is found: True is not 1."""
    if isinstance(value, (list, tuple, np.ndarray)):
        return (list, tuple(_key(item) for item in value))
    if isinstance(value, dict):
        return (dict, tuple((name, _key(item)) for name, item in value.items()))
    return (type(value), value)


def _like_lists(texts: pa.Array) -> pa.BooleanArray:
    return pc.starts_with(texts, "[")


def _json_list(text: str) -> tuple[Any, ...] | None:
    if not text.startswith("["):
        return None
    try:
        found = read_json(text)
    except ValueError:
        return None
    return tuple(found)


def _items(value: Any) -> tuple[Any, ...] | None:
    if isinstance(value, str):
        return _json_list(value)
    return tuple(value) if isinstance(value, (list, tuple)) else None


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        return float(value) if _PLAIN_NUMBER.fullmatch(value) else None
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return None
    try:
        return float(value)
    except OverflowError:  # a whole number of more than 308 digits
        return inf if value > 0 else -inf


def _truth(value: Any) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None


def _holds_something(value: Any) -> bool:
    """Whether a value that is set is a number above 0, true, a text that is not blank, a list with an item, or of another kind."""
    match value:
        case str():
            return _text_holds_something(value.strip())
        case Decimal():
            return not value.is_nan() and value > 0
        case bool() | int() | float():
            return value > 0
        case list() | tuple():
            return not all(map(_is_blank, value))
        case _:
            return not _is_blank(value)


def _text_holds_something(text: str) -> bool:
    if _PLAIN_NUMBER.match(text):
        return float(text) > 0
    items = _json_list(text)
    return _holds_something(items) if items is not None else not _NOTHING.fullmatch(text)


_PLAIN_NUMBER = re.compile(PLAIN_NUMBER, re.ASCII)
_NOTHING = re.compile(r"|false|\{\s*\}", re.ASCII | re.IGNORECASE)


def _is_blank(item: Any) -> bool:
    """Whether an item of a list is nothing to speak of: not set, blank text, or an empty list or mapping; 0 and false are items."""
    if isinstance(item, (str, list, tuple, dict)):
        return not (item.strip() if isinstance(item, str) else item)
    return is_unset(item)


_BEYOND_TIME = 10**18
"""No number so large is a time, not in milliseconds either."""


def _instant(value: Any, *, day_first: bool | None) -> int | None:
    if isinstance(value, datetime):
        return microseconds(value)
    if isinstance(value, date):
        return microseconds(datetime(value.year, value.month, value.day))  # noqa: DTZ001  # naive means UTC here
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        if not -_BEYOND_TIME < value < _BEYOND_TIME:
            return None
        value = str(int(value)) if value == int(value) else str(value)
    if isinstance(value, str):
        found = from_any_text(pa.array([value]), day_first=day_first)
        return int(found.values[0]) if found.readable[0] else None
    return None


def _read(values: list[Any], read: Callable[[Any], Any], kind: Any) -> Reading[Any]:
    found = [read(value) for value in values]
    readable = np.array([value is not None for value in found], dtype=bool)
    return Reading(np.array([0 if value is None else value for value in found], dtype=kind), readable)


def _is_text(values: pa.Array | pa.ChunkedArray) -> bool:
    return bool(pa.types.is_string(values.type))


def _flags(values: pa.Array) -> Flags:
    return np.asarray(pc.fill_null(values, fill_value=False).to_numpy(zero_copy_only=False))


def _floats(values: pa.Array) -> npt.NDArray[np.float64]:
    return np.asarray(pc.fill_null(values, 0.0).to_numpy(zero_copy_only=False))


def _none(values: pa.Array) -> Flags:
    return np.zeros(len(values), dtype=bool)


def _all(values: pa.Array) -> Flags:
    return np.ones(len(values), dtype=bool)
