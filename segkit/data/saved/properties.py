"""Convert properties to the form in which they are saved, codes and distinct values, and back. `values.py` writes the distinct values."""

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
from segkit.data.properties import UNSET, Cells, Codes, Reader, Reading
from segkit.data.saved.exact import text_of, value_of

T = TypeVar("T")

Kind: TypeAlias = Literal["plain", "nested", "objects"]
"""The form of distinct values: a plain Arrow type, a nested Arrow type such as lists, or Python objects as text from `exact.py`."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """A property as codes into its distinct values, all of which occur. The code is -1 if the property is not set."""

    kind: Kind
    codes: Codes
    values: pa.Array

    @classmethod
    def of(cls, cells: Cells) -> "Encoded":
        """Encode cells without loss.

        Raises:
            OddKindError: the type of a cell can't be saved.
        """
        written = cells.values if not isinstance(cells, CodedCells) else None
        if isinstance(written, list):
            # Encode the text, since the decimals 1.0 and 1.00 are equal in conditions but differ in files.
            texts = pa.array([None if value is None else text_of(value) for value in written], pa.string())
            return cls("objects", *_coded(texts))
        codes, distinct = cells.distinct()
        if not isinstance(distinct, list):
            return cls("plain", codes, distinct)
        assert written is not None  # `CodedCells` never contain lists
        first = np.unique(codes, return_index=True)[1][-len(distinct) :] if distinct else np.zeros(0, dtype=np.int64)
        return cls("nested", codes, whole(written.take(pa.array(first))))

    def column(self) -> pa.Array:
        """Return the codes as an Arrow column, with null if the property is not set."""
        return pa.array(self.codes, mask=self.codes == UNSET)


def cells_of_codes(kind: Kind, codes: Codes, values: pa.Array) -> Cells:
    """Decode cells. Values without a code are dropped.

    Raises:
        ValueError: a code is out of range, or a value is invalid.
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
    """Return the codes and values without values that don't occur, in the order of first occurrence."""
    encoded = pa.array(codes, mask=codes == UNSET).dictionary_encode()
    found = pc.fill_null(encoded.indices, UNSET).to_numpy(zero_copy_only=False)
    return np.asarray(found, dtype=np.int32), values.take(encoded.dictionary)


def reading(saved: pa.ChunkedArray) -> Reading[Any]:
    """Convert a saved column of readings back to a `Reading`."""
    readable = np.asarray(saved.is_valid().to_numpy(), dtype=bool)
    if pa.types.is_timestamp(saved.type):
        saved = saved.cast(pa.int64())
    kind = saved.type.to_pandas_dtype()
    # Unreadable values become 0.
    return Reading(np.asarray(pc.fill_null(saved, pa.scalar(0).cast(saved.type)).to_numpy(), dtype=kind), readable)


def whole(column: pa.ChunkedArray) -> pa.Array:
    """Return a column as a single array."""
    found = column.combine_chunks()
    return pa.concat_arrays(found.chunks) if isinstance(found, pa.ChunkedArray) else found


class SavedCells(Cells):
    """Cells of a saved shop. One thread reads them on first use, and then they are kept."""

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
        """Whether this is a column of text."""
        return self._held.found.is_text

    def take(self, rows: npt.NDArray[np.integer[Any]]) -> Cells:
        """Return the cells of some rows, in their order."""
        return self._held.found.take(rows)

    def loaded(self) -> Cells:
        """Return the same cells in memory, decoded."""
        return self._held.found.loaded()

    def index_in(self, wanted: pa.Array) -> Codes:
        """Return the position of each cell in `wanted`, or -1 if it is not in it."""
        return self._held.found.index_in(wanted)

    def encoded(self) -> Iterator[pa.DictionaryArray]:
        """Return the cells dictionary-encoded, in pieces."""
        return self._held.found.encoded()

    def coded(self) -> pa.DictionaryArray:
        """Return the cells dictionary-encoded, in one piece."""
        return self._held.found.coded()

    def distinct(self) -> tuple[Codes, pa.Array | list[Any]]:
        """Return the codes and the distinct values."""
        return self._held.found.distinct()

    @property
    def reader(self) -> Reader | None:
        """The function that returns the saved readings."""
        return self._reader

    def unset(self) -> Flags:
        """Return which cells are not set, without reading their values."""
        return np.asarray(self._codes.found == UNSET)


class _Once(Generic[T]):
    """A value that is read once. Other threads wait while it is read."""

    def __init__(self, read: Callable[[], T]) -> None:
        self._read, self._lock = read, Lock()
        self._found: T | None = None

    @property
    def found(self) -> T:
        """The value, which is read on first use."""
        with self._lock:
            if self._found is None:
                self._found = self._read()
            return self._found


def _coded(texts: pa.Array) -> tuple[Codes, pa.Array]:
    encoded = texts.dictionary_encode()
    return np.asarray(
        pc.fill_null(encoded.indices, UNSET).to_numpy(zero_copy_only=False), dtype=np.int32
    ), encoded.dictionary
