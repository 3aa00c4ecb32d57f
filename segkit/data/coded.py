"""Store columns with few distinct values dictionary-encoded, as codes into the distinct values.

Encoding a column of text when a slider first moves would take noticeable time. During loading the codes are cheap: Parquet files
already store them, and validation works on distinct values anyway.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from segkit.data.instants import Flags
from segkit.data.properties import UNSET, Cells, Codes, arrow_cells, codes_of, spread


class CodedCells(Cells):
    """Cells as codes into distinct values, all of which occur. They are ready for tests and take less memory than text."""

    def __init__(self, codes: pa.DictionaryArray) -> None:
        object.__setattr__(self, "_codes", codes)

    _codes: pa.DictionaryArray

    @property
    def values(self) -> pa.ChunkedArray:
        """The decoded cells. They are decoded on every access, so use `loaded` to access them often."""
        return pa.chunked_array([self._codes.dictionary_decode()])

    def __len__(self) -> int:
        return len(self._codes)

    @property
    def is_text(self) -> bool:
        """Whether the distinct values are text."""
        return bool(pa.types.is_string(self._codes.dictionary.type))

    def take(self, rows: npt.NDArray[np.integer[Any]]) -> Cells:
        """Return the decoded cells of some rows, in their order."""
        return Cells(pa.chunked_array([self._codes.take(pa.array(rows)).dictionary_decode()]))

    def loaded(self) -> Cells:
        """Return the same cells decoded."""
        return Cells(self.values)

    def encoded(self) -> Iterator[pa.DictionaryArray]:
        """Return the dictionary-encoded cells, in one piece."""
        return iter([self._codes])

    def coded(self) -> pa.DictionaryArray:
        """Return the dictionary-encoded cells."""
        return self._codes

    def distinct(self) -> tuple[Codes, pa.Array]:
        """Return the code of each cell (-1 if it is not set) and the distinct values."""
        return codes_of(self._codes.indices), self._codes.dictionary

    def unset(self) -> Flags:
        """Return which cells are not set."""
        return np.asarray(codes_of(self._codes.indices) == UNSET)


def checked_cells(column: pa.Array) -> Cells:
    """Return a validated column as cells, which stay dictionary-encoded if the column is."""
    return CodedCells(column) if pa.types.is_dictionary(column.type) else arrow_cells(pa.chunked_array([column]))


def recoded(codes: Codes, values: pa.Array) -> pa.Array:
    """Return rows as codes into converted distinct values. Values that became equal share a code, and null becomes not set.

    If most values occur in one row only, codes would take more memory than they save, so the decoded rows are returned.

    Args:
        codes: the code of each row, or -1 if it is not set.
        values: the value of each code after conversion.

    >>> rows = np.array([0, 1, 0, 2, UNSET, 3, 0, 1], dtype=np.int32)
    >>> recoded(rows, pa.array(["US", "GB", "US", None])).to_pylist()
    ['US', 'GB', 'US', 'US', None, None, 'US', 'GB']
    """
    if 2 * len(values) > len(codes):
        return values.take(pa.array(codes, mask=codes == UNSET))
    encoded = values.dictionary_encode()
    found = spread(codes_of(encoded.indices), codes, unset=UNSET)
    return pa.DictionaryArray.from_arrays(pa.array(found, mask=found == UNSET), encoded.dictionary)


def texts_of(cells: Cells) -> tuple[Codes, pa.Array]:
    """Return the codes of a column of text (-1 for null) and its distinct texts.

    Only texts that occur are returned, in the order of their first row. The file's own dictionary may be different.
    """
    pieces = pa.chunked_array(list(cells.encoded()), pa.dictionary(pa.int32(), pa.string()))
    whole = pieces.unify_dictionaries().combine_chunks()
    occurring = whole.indices.unique().drop_null()
    numbers = np.full(len(whole.dictionary), UNSET, dtype=np.int32)
    numbers[occurring.to_numpy()] = np.arange(len(occurring))
    return spread(numbers, codes_of(whole.indices), unset=UNSET), whole.dictionary.take(occurring)
