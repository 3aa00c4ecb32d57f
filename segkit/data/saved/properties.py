"""Properties as codes into their distinct values, each value beside its readings, so that no engine reads a cell in a way of its own."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any, Generic, Literal, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.coded import CodedCells
from segkit.data.instants import Flags
from segkit.data.properties import UNSET, Cells, Codes, PropertyColumn, Reader, Reading
from segkit.data.saved.exact import text_of, value_of

T = TypeVar("T")

Kind: TypeAlias = Literal["plain", "nested", "objects"]
"""Of distinct values: of one plain Arrow type; lists and the like of Arrow; Python objects of several types, as text that is exact."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A property as codes, -1 where it is not set, into values, each of which occurs."""

    kind: Kind
    codes: Codes
    values: pa.Array

    @classmethod
    def of(cls, cells: Cells) -> "Encoded":
        """Encode cells, so that they can be told exactly from what comes out.

        Raises:
            OddKindError: a cell is of a kind that can't be saved.
        """
        written = cells.values if not isinstance(cells, CodedCells) else None
        if isinstance(written, list):
            # By their text, since 1.0 and 1.00 as decimals are one value to a condition and two in a file.
            texts = pa.array([None if value is None else text_of(value) for value in written], pa.string())
            return cls("objects", *_coded(texts))
        codes, distinct = cells.distinct()
        if not isinstance(distinct, list):
            return cls("plain", codes, distinct)
        assert written is not None  # codes into lists are none of `CodedCells`
        first = np.unique(codes, return_index=True)[1][-len(distinct) :] if distinct else np.zeros(0, dtype=np.int64)
        return cls("nested", codes, whole(written.take(pa.array(first))))

    def column(self) -> pa.Array:
        """Return the codes as a column, null where nothing is set."""
        return pa.array(self.codes, mask=self.codes == UNSET)


def cells_of_codes(kind: Kind, codes: Codes, values: pa.Array) -> Cells:
    """Return the cells that were encoded; values that no code stands for are left out.

    Raises:
        ValueError: a code stands for no value, or a value is not what it should be.
    """
    if len(codes) and (codes.max() >= len(values) or codes.min() < UNSET):
        raise ValueError
    rows = pa.array(codes, mask=codes == UNSET)
    if kind == "plain":
        return CodedCells(pa.DictionaryArray.from_arrays(rows, values))
    if kind == "nested":
        return Cells(pa.chunked_array([values.take(rows)]))
    known = [*map(value_of, values.to_pylist()), None]
    return Cells([known[code] for code in codes])


def occurring(codes: Codes, values: pa.Array) -> tuple[Codes, pa.Array]:
    """Return codes into only those values that occur, in the order in which they first do."""
    encoded = pa.array(codes, mask=codes == UNSET).dictionary_encode()
    found = pc.fill_null(encoded.indices, UNSET).to_numpy(zero_copy_only=False)
    return np.asarray(found, dtype=np.int32), values.take(encoded.dictionary)


def readings(kind: Kind, values: pa.Array, *, day_first: bool | None) -> dict[str, pa.Array]:
    """Return distinct values, each with its code and with what it reads as: null where it reads as no such kind.

    Instants are UTC, and items are a list as JSON text.
    """
    cells = Cells(pa.chunked_array([values])) if kind != "objects" else Cells(list(map(value_of, values.to_pylist())))
    column = PropertyColumn(cells, day_first=day_first)
    # Of values that differ only as text, such as 1.0 and 1.00, a condition knows one.
    rows = pa.array(column.codes)

    def spread(found: Any, readable: Flags) -> pa.Array:
        return pa.array(found, mask=~readable).take(rows)

    texts = column.texts
    return {
        "code": pa.array(np.arange(len(values), dtype=np.int32)),
        "value": values,
        "text": pc.if_else(pa.array(texts.readable), texts.values, pa.scalar(None, pa.string())).take(rows),
        "number": spread(column.numbers.values, column.numbers.readable),
        "truth": spread(column.truths.values, column.truths.readable),
        "instant": spread(column.instants.values, column.instants.readable).cast(pa.timestamp("us", tz="UTC")),
        "items": _items(column).take(rows),
        "holds_something": spread(column.somethings.values, column.somethings.readable),
    }


def reading(saved: pa.ChunkedArray) -> Reading[Any]:
    """Return a column of readings as it was before it was saved."""
    readable = np.asarray(saved.is_valid().to_numpy(), dtype=bool)
    if pa.types.is_timestamp(saved.type):
        saved = saved.cast(pa.int64())
    kind = saved.type.to_pandas_dtype()
    # What can't be read is nothing.
    return Reading(np.asarray(pc.fill_null(saved, pa.scalar(0).cast(saved.type)).to_numpy(), dtype=kind), readable)


def _items(column: PropertyColumn) -> pa.Array:
    """Return the distinct values that are lists as JSON text."""
    values = column.distinct
    if not isinstance(values, list) and not (
        pa.types.is_string(values.type) and pc.any(pc.starts_with(values, "[")).as_py()
    ):
        # As most columns are; a million empty lists take a second to make.
        return pa.nulls(len(values), pa.string())
    lists = zip(column.lists.values, column.lists.readable, strict=True)
    return pa.array([text_of(list(items)) if is_list else None for items, is_list in lists], pa.string())


def whole(column: pa.ChunkedArray) -> pa.Array:
    """Return a column in one piece."""
    found = column.combine_chunks()
    return pa.concat_arrays(found.chunks) if isinstance(found, pa.ChunkedArray) else found


class SavedCells(Cells):
    """Cells that lie in a saved shop, read when they are first asked for, by one thread, and kept."""

    def __init__(
        self, size: int, read_codes: Callable[[], Codes], read: Callable[[Codes], Cells], reader: Reader | None
    ) -> None:
        codes = _Once(read_codes)
        object.__setattr__(self, "_reader", reader)
        object.__setattr__(self, "_codes", codes)
        object.__setattr__(self, "_held", _Once(lambda: read(codes.found)))
        object.__setattr__(self, "_size", size)

    _reader: Reader | None
    _codes: "_Once[Codes]"
    _held: "_Once[Cells]"
    _size: int

    @property
    def values(self) -> pa.ChunkedArray | list[Any]:
        """The cells."""
        return self._held.found.values

    def __len__(self) -> int:
        return self._size

    @property
    def is_text(self) -> bool:
        """Whether they are text."""
        return self._held.found.is_text

    def take(self, rows: npt.NDArray[np.integer[Any]]) -> Cells:
        """Return the cells of some rows, in their order."""
        return self._held.found.take(rows)

    def loaded(self) -> Cells:
        """Return the same cells in memory, written out."""
        return self._held.found.loaded()

    def index_in(self, wanted: pa.Array) -> Codes:
        """Return where each cell stands in other texts; -1 for nowhere."""
        return self._held.found.index_in(wanted)

    def encoded(self) -> Iterator[pa.DictionaryArray]:
        """Return the cells as codes, in pieces."""
        return self._held.found.encoded()

    def coded(self) -> pa.DictionaryArray:
        """Return the cells as codes into their distinct values."""
        return self._held.found.coded()

    def distinct(self) -> tuple[Codes, pa.Array | list[Any]]:
        """Return the codes and what they stand for."""
        return self._held.found.distinct()

    @property
    def reader(self) -> Reader | None:
        """What reads the readings that were saved."""
        return self._reader

    def unset(self) -> Flags:
        """Return which cells hold nothing, for which their values need not be read."""
        return np.asarray(self._codes.found == UNSET)


class _Once(Generic[T]):
    """What is read once; a thread that asks while another reads waits for what it finds."""

    def __init__(self, read: Callable[[], T]) -> None:
        self._read, self._lock = read, Lock()
        self._found: T | None = None

    @property
    def found(self) -> T:
        """What was read."""
        with self._lock:
            if self._found is None:
                self._found = self._read()
            return self._found


def _coded(texts: pa.Array) -> tuple[Codes, pa.Array]:
    encoded = texts.dictionary_encode()
    return np.asarray(
        pc.fill_null(encoded.indices, UNSET).to_numpy(zero_copy_only=False), dtype=np.int32
    ), encoded.dictionary
