"""Store properties as codes into their distinct values, and convert these to numbers, texts, booleans, lists or instants.

Each condition tests a property as one of these types, and a value that can't be converted to the type matches nothing. Text is
converted to any type that it spells, whatever its source. For example, the text "18" is a number, both in a frame and in a CSV, and
"0.00" and "[]" are empty. Numbers, booleans, dates and lists are not converted to other types. Empty text is not set.
"""

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
"""The metadata of a Parquet column with JSON in its cells, which is used for properties with values of several types."""

PLAIN_NUMBER = r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$"
UNSET = -1


@dataclass(frozen=True, slots=True)
class Reading(Generic[V]):
    """The distinct values of a property converted to one type, and which of them could be converted."""

    values: V
    readable: Flags


Reader: TypeAlias = Callable[[Literal["number", "truth", "instant", "holds_something"]], Reading[Any]]
"""Returns the distinct values converted to the named type."""


@dataclass(frozen=True)
class Cells:
    """A column as it was loaded: an Arrow column, or a list of Python objects of several types.

    Attributes:
        values: the cells. Null, None and NaN mean not set.
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
        """Return the same cells in memory. Subclasses read files or decode codes, but these cells are already in memory."""
        return self

    def index_in(self, wanted: pa.Array) -> Codes:
        """Return the position of each cell of a column of text in `wanted`, or -1 if it is not in it."""
        return codes_of(pc.index_in(self.values, value_set=wanted))

    def encoded(self) -> Iterator[pa.DictionaryArray]:
        """Yield an Arrow column dictionary-encoded, in pieces, each with its own distinct values."""
        return iter(pc.dictionary_encode(self.values).chunks)

    def coded(self) -> pa.DictionaryArray:
        """Return an Arrow column dictionary-encoded in one piece. Each distinct value occurs, and null means not set."""
        return _coded(self.values)

    def distinct(self) -> tuple[Codes, pa.Array | list[Any]]:
        """Return the code of each cell (-1 if it is not set) and the distinct values."""
        values = self.values
        if isinstance(values, list):
            return _encode_objects(values)
        if pa.types.is_nested(values.type):
            return _encode_objects(values.to_pylist())
        encoded = _coded(values)
        return codes_of(encoded.indices), encoded.dictionary

    def unset(self) -> Flags:
        """Return which cells are not set."""
        values = self.values
        if isinstance(values, list):
            return np.array([value is None for value in values], dtype=bool)
        if not values.null_count and not pa.types.is_floating(values.type):
            return np.zeros(len(values), dtype=bool)
        return np.asarray(pc.is_null(values, nan_is_null=True).to_numpy(), dtype=bool)

    @property
    def reader(self) -> "Reader | None":
        """A function that returns stored conversions of the distinct values, if there are any."""
        return None

    def to_pandas(self) -> pd.Series:
        """Return the cells as a pandas series."""
        if isinstance(self.values, list):
            # Copy the cells, since the caller may change lists and mappings in them.
            return pd.Series([plain(cell) for cell in self.values], dtype=object)
        if pa.types.is_nested(self.values.type):
            return pd.Series(self.values.to_pylist(), dtype=object)
        series: pd.Series = self.values.to_pandas()
        return series


def codes_of(indices: pa.Array | pa.ChunkedArray) -> Codes:
    """Convert Arrow indices to a numpy array, with -1 for null."""
    filled = pc.fill_null(indices, UNSET) if indices.null_count else indices
    whole = filled.to_numpy() if isinstance(filled, pa.ChunkedArray) else filled.to_numpy(zero_copy_only=False)
    return np.asarray(whole, dtype=np.int32)


def spread(values: npt.NDArray[N], codes: Codes, *, unset: Any) -> npt.NDArray[N]:
    """Return the value of each code, and `unset` for -1, as a read-only array.

    This uses Arrow, since numpy first converts all codes to 64 bits, which is slower.

    >>> spread(np.array([True, False]), np.array([1, -1, 0], dtype=np.int32), unset=False).tolist()
    [False, False, True]
    """
    known = np.append(values, np.array(unset, dtype=values.dtype))
    # As an unsigned integer, -1 is the largest. Clip it to the last index, so that Arrow needs no bounds check.
    places = codes.view(np.uint32)
    if places.max(initial=0) >= len(values):
        places = np.minimum(places, np.uint32(len(values)))
    found = pc.take(pa.array(known.view(f"u{known.itemsize}")), pa.array(places), boundscheck=False)
    return np.asarray(found.to_numpy().view(known.dtype))


def cells_of(objects: Iterable[Any], halves: Halves | None = None) -> Cells:
    """Convert Python objects or a pandas column to cells: an Arrow column if all have the same type, else a list.

    A period becomes its first moment. Mixed types are not passed to Arrow, which would convert 18 beside dates to a date, True
    beside numbers to a number, and naive times to aware ones.

    Args:
        objects: the cells.
        halves: replaces lone surrogates, including those inside lists and mappings; None leaves them unchanged.

    Raises:
        DataError: lists in a cell are nested too deeply.
    """
    if isinstance(objects, pd.Series):
        objects = written_out(objects)
        if objects.dtype != object or pd.api.types.infer_dtype(objects) == "string":
            # Copy the column, since Arrow would share the memory of the frame, which the caller may change.
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
    # Check all cells at once, since `is_deep` works level by level.
    if is_deep([cell for cell in cells if isinstance(cell, (list, tuple, dict))], DEEPEST + 1):
        raise DataError.cells_nested_too_deep(DEEPEST)


_NOT_OF_ONE_KIND = (pa.ArrowException, OverflowError, TypeError, UnicodeEncodeError)
"""The exceptions that Arrow raises if no type fits all cells, for example integers beyond 64 bits or several time zones."""

_CONTAINERS = {list, tuple, dict, bytes}


def arrow_cells(column: pa.ChunkedArray) -> Cells:
    """Convert an Arrow column to cells: decoded, with a single text type, and with NaN and empty text as null."""
    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        # pandas has extension types for periods and intervals, and converts them. Arrow's extension types, such as UUID, become objects.
        return cells_of(column.to_pandas() if kind.extension_name.startswith("pandas.") else column.to_pylist())
    if pa.types.is_dictionary(kind):
        if kind.value_type == pa.string_view():
            # Arrow can't decode Polars categories directly.
            chunks = [(chunk.indices, chunk.dictionary.cast(pa.string())) for chunk in column.chunks]
            kind = pa.dictionary(kind.index_type, pa.string())
            column = pa.chunked_array([pa.DictionaryArray.from_arrays(*chunk) for chunk in chunks], kind)
        column = column.cast(kind.value_type)
    column = in_calendar(column)
    kind = column.type
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        # Some Parquet writers don't mark text as text. Bytes that are not UTF-8 stay bytes.
        try:
            column = column.cast(pa.binary()).cast(pa.string())
        except pa.ArrowInvalid:
            return cells_of(column.to_pylist())
    elif pa.types.is_null(kind) or pa.types.is_large_string(kind) or kind == pa.string_view():
        column = column.cast(pa.string())
    elif pa.types.is_float16(kind):
        # Arrow supports few functions for 16-bit floats.
        return arrow_cells(column.cast(pa.float64()))
    elif pa.types.is_floating(kind) and pc.any(pc.is_nan(column)).as_py():
        column = pc.if_else(pc.is_nan(column), pa.scalar(None, kind), column)
    if _is_text(column) and pc.any(pc.equal(column, "")).as_py():
        column = pc.if_else(pc.equal(column, ""), pa.scalar(None, pa.string()), column)
    return Cells(column)


def holds_json(field: pa.Field) -> bool:
    """Return whether a column of a file is marked as JSON."""
    return (field.metadata or {}).items() >= JSON_CELLS.items()


def field_cells(field: pa.Field, column: pa.ChunkedArray) -> Cells:
    """Convert a column of a file to cells. A column that is marked as JSON is parsed.

    Raises:
        DataError: the column has an unknown time zone, or lists in its cells are nested too deeply.
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


class _ComputedOnce(Generic[V]):
    """A property that is computed once, on first use, with read-only arrays.

    Only one thread computes it, unlike `functools.cached_property`, which has no lock from Python 3.12 on.
    """

    def __init__(self, compute: Callable[[Any], V]) -> None:
        self._compute, self._name, self.__doc__ = compute, compute.__name__, compute.__doc__

    @overload
    def __get__(self, column: None, owner: type) -> "_ComputedOnce[V]": ...

    @overload
    def __get__(self, column: "PropertyColumn", owner: type) -> V: ...

    def __get__(self, column: "PropertyColumn | None", owner: type) -> "V | _ComputedOnce[V]":
        return self if column is None else column.once(self._name, self._compute)


class PropertyColumn(Growing):
    """A property of all profiles, or of a metric's events, in the form in which conditions test its distinct values.

    All attributes are computed on first use and kept, since a slider tests the same column many times.
    """

    def __init__(self, cells: Cells, *, day_first: bool | None = None) -> None:
        super().__init__()
        self._cells = cells
        self._reader = cells.reader
        self._day_first = day_first

    @_ComputedOnce
    def _encoded(self) -> tuple[Codes, pa.Array | list[Any]]:
        found = self._cells.distinct()
        del self._cells  # the codes take less memory
        return found

    @property
    def codes(self) -> Codes:
        """The code of each row's value in `distinct`, or -1 if the property is not set."""
        return self._encoded[0]

    @property
    def distinct(self) -> pa.Array | list[Any]:
        """The distinct values that are set."""
        return self._encoded[1]

    @property
    def held(self) -> tuple[Any, ...]:
        """The codes, distinct values and readings that were computed so far."""
        return tuple(
            found
            for name, found in list(vars(self).items())
            if isinstance(getattr(type(self), name, None), _ComputedOnce)
        )

    @property
    def nbytes(self) -> int:
        """The size of `held` in bytes."""
        return sum(memory_of(self.held).values())

    def value(self, row: int) -> object:
        """Return the value of a row as a Python object, or None if it is not set."""
        code = self.codes[row]
        if code == UNSET:
            return None
        found = self.distinct[int(code)]
        return found.as_py() if isinstance(found, pa.Scalar) else found

    def rows(self, passing: Flags) -> Flags:
        """Return a mask of the rows from a mask of the distinct values. Rows that are not set are False."""
        return spread(passing, self.codes, unset=False)

    @_ComputedOnce
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
            # Cast through text, since Arrow's direct cast of 19.99 gives 19.990000000000002.
            return Reading(_floats(pc.cast(pc.cast(values, pa.string()), pa.float64())), _all(values))
        if pa.types.is_integer(values.type) or pa.types.is_floating(values.type):
            return Reading(_floats(pc.cast(values, pa.float64(), safe=False)), _all(values))
        return Reading(np.zeros(len(values)), _none(values))

    @_ComputedOnce
    def texts(self) -> Reading[pa.Array]:
        """The distinct values as text. A JSON list counts as a list, not as text."""
        values = self.distinct
        if isinstance(values, list):
            texts = pa.array([value if isinstance(value, str) else None for value in values], pa.string())
            return Reading(texts, _flags(texts.is_valid()) & ~self.lists.readable)
        if not _is_text(values):
            return Reading(pa.nulls(len(values), pa.string()), _none(values))
        # In most columns nothing looks like a list, so no text needs to be parsed.
        return Reading(values, ~self.lists.readable if pc.any(_like_lists(values)).as_py() else _all(values))

    @_ComputedOnce
    def truths(self) -> Reading[Flags]:
        """The distinct values as booleans."""
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

    @_ComputedOnce
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

    @_ComputedOnce
    def instants(self) -> Reading[npt.NDArray[np.int64]]:
        """The distinct values as microseconds since 1970 in UTC. A naive time means UTC, and a date without a time midnight UTC.

        Text may have any format that Klaviyo's help lists (115005253428). Numbers are read like text with the same digits.
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

    @_ComputedOnce
    def _sizes(self) -> npt.NDArray[np.int64]:
        """The number of rows of each distinct value."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.distinct))

    def count(self, some: Flags) -> int:
        """Return how many rows have a value in a mask of the distinct values."""
        return int(self._sizes[some].sum())

    @_ComputedOnce
    def somethings(self) -> Reading[Flags]:
        """Whether each distinct value counts as something: see `_holds_something`. All values are readable."""
        if self._reader is not None:
            return self._reader("holds_something")
        values = self.distinct
        if isinstance(values, list):
            return _read(values, _holds_something, np.bool_)
        if _is_text(values):
            # Text that begins with a letter is not a number or a list, and is a boolean only if that letter is t or f, so most text needs no parsing.
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
    """Return a key that is equal only for equal values of the same type, so that True is not 1."""
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
    except OverflowError:  # an integer of more than 308 digits
        return inf if value > 0 else -inf


def _truth(value: Any) -> bool | None:
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None


def _holds_something(value: Any) -> bool:
    """Return whether a value is a number above 0, true, text that is not blank, a list with an item, or a value of another type."""
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
    """Return whether a list item is not set, or is blank text or an empty list or mapping. 0 and False are not blank."""
    if isinstance(item, (str, list, tuple, dict)):
        return not (item.strip() if isinstance(item, str) else item)
    return is_unset(item)


_BEYOND_TIME = 10**18
"""Numbers of this size are not times, not even in milliseconds."""


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
