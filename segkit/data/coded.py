"""Known columns of few distinct values, held as codes into them; validation knows which columns are known, and what is wrong with them.

Coding a million texts takes 20 to 50 ms, most of a slider's first move. While a shop is loaded codes cost nothing: a Parquet file holds them,
and reading them takes a quarter to all of the time of reading the texts; and the checks look at distinct values anyway.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from segkit.data.instants import Flags
from segkit.data.properties import UNSET, Cells, Codes, arrow_cells, codes_of, spread


class CodedCells(Cells):
    """Cells that are codes into distinct values, each of which occurs, so that they are ready to be tested and take less room."""

    def __init__(self, codes: pa.DictionaryArray) -> None:
        object.__setattr__(self, "_codes", codes)

    _codes: pa.DictionaryArray

    @property
    def values(self) -> pa.ChunkedArray:
        """The cells, written out anew each time they are asked for; `loaded` keeps them."""
        return pa.chunked_array([self._codes.dictionary_decode()])

    def __len__(self) -> int:
        return len(self._codes)

    @property
    def is_text(self) -> bool:
        """Whether the distinct values are texts."""
        return bool(pa.types.is_string(self._codes.dictionary.type))

    def take(self, rows: npt.NDArray[np.integer[Any]]) -> Cells:
        """Return the cells of some rows, in their order, written out."""
        return Cells(pa.chunked_array([self._codes.take(pa.array(rows)).dictionary_decode()]))

    def loaded(self) -> Cells:
        """Return the same cells written out."""
        return Cells(self.values)

    def encoded(self) -> Iterator[pa.DictionaryArray]:
        """Return the codes, in one piece."""
        return iter([self._codes])

    def coded(self) -> pa.DictionaryArray:
        """Return the codes as they are."""
        return self._codes

    def distinct(self) -> tuple[Codes, pa.Array]:
        """Return the codes, -1 where a cell is not set, and what they stand for."""
        return codes_of(self._codes.indices), self._codes.dictionary

    def unset(self) -> Flags:
        """Return which cells hold nothing."""
        return np.asarray(codes_of(self._codes.indices) == UNSET)


def checked_cells(column: pa.Array) -> Cells:
    """Return a column that was checked as cells, which stay codes if it came as such."""
    return CodedCells(column) if pa.types.is_dictionary(column.type) else arrow_cells(pa.chunked_array([column]))


def recoded(codes: Codes, values: pa.Array) -> pa.Array:
    """Return rows as codes into what their distinct values became: those that became one are one, and null is not set.

    Where most values stand for one row only, codes would take more room than they save, and the rows are written out.

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
    """Return a column of text as codes, -1 for null, and the texts that they stand for.

    They are those that occur, in the order in which they first do, which a file's own list of distinct values needn't follow.
    """
    pieces = pa.chunked_array(list(cells.encoded()), pa.dictionary(pa.int32(), pa.string()))
    whole = pieces.unify_dictionaries().combine_chunks()
    occurring = whole.indices.unique().drop_null()
    numbers = np.full(len(whole.dictionary), UNSET, dtype=np.int32)
    numbers[occurring.to_numpy()] = np.arange(len(occurring))
    return spread(numbers, codes_of(whole.indices), unset=UNSET), whole.dictionary.take(occurring)
