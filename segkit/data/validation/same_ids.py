"""Find rows that share an id with another row, without a hash table of all ids. `doubled.py` decides which of them to keep."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.blocks import SIZE
from segkit.data.properties import Cells, PropertyColumn

Hashes: TypeAlias = npt.NDArray[np.uint64]
Rows: TypeAlias = npt.NDArray[np.int64]
Numbers: TypeAlias = npt.NDArray[Any]

_FEW = 1_000
_ODD = np.uint64(0x9E3779B97F4A7C15)
_WORD = 8


def same_ids(cells: Cells) -> tuple[Rows, Numbers]:
    """Return the rows that share their id with another row, and a code for each row's id. Missing and empty ids are ignored.

    Strictly ascending ids are all different. Otherwise a 64-bit hash of each id is sorted, which takes less memory than a hash
    table of the ids, and the few ids with equal hashes are compared.

    >>> rows, ids = same_ids(Cells(pa.chunked_array([["E1", "E2", None, "E1", None]])))
    >>> rows.tolist(), ids.tolist()
    ([0, 3], [0, 0])
    """
    if not cells.is_text:
        codes = PropertyColumn(cells).codes
        return _shared(np.arange(len(codes)), codes)
    texts = cells.values
    nothing = np.zeros(0, dtype=np.int64)
    # Check a few ids first, since they nearly always show that a column is not sorted.
    if all(map(_ascends, (texts[:_FEW], texts))):
        return nothing, nothing
    hashes = np.concatenate([*_hashes(texts), np.zeros(0, dtype=np.uint64)])
    hashes.sort()
    repeated = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
    del hashes
    repeated = repeated[repeated != 0]
    if not len(repeated):
        return nothing, nothing
    found, start = [], 0
    for some in _hashes(texts):
        place = np.minimum(np.searchsorted(repeated, some), len(repeated) - 1)
        found.append(start + np.flatnonzero(repeated[place] == some))
        start += len(some)
    rows = np.concatenate(found)
    return _shared(rows, PropertyColumn(cells.take(rows)).codes)


def _ascends(texts: pa.ChunkedArray) -> bool:
    """Return whether each text is greater than the one before."""
    return bool(pc.all(pc.less(texts[:-1], texts[1:]), skip_nulls=False).as_py())


def _shared(rows: Rows, codes: Numbers) -> tuple[Rows, Numbers]:
    """Return the rows with a code that occurs more than once, and their codes."""
    counts = np.append(np.bincount(codes[codes >= 0], minlength=1), 0)
    several = counts[codes] > 1
    return rows[several], codes[several]


def _hashes(texts: Any) -> Iterator[Hashes]:
    """Yield a hash of each text, in blocks of rows, with 0 for null and empty text."""
    for chunk in texts.chunks:
        for start in range(0, len(chunk), SIZE):
            yield _hashed(chunk.slice(start, SIZE))


def _hashed(texts: pa.StringArray) -> Hashes:
    """Return a 64-bit hash of each text, computed from eight bytes at a time."""
    _, ends, content = texts.buffers()
    offsets = np.frombuffer(ends, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    begin = (offsets[:-1] - offsets[0]).astype(np.int64)
    length = np.diff(offsets).astype(np.int64)
    # Pad the bytes, so that the last text can also be read in whole words.
    whole = np.zeros(int(offsets[-1] - offsets[0]) + _WORD, dtype=np.uint8)
    if content is not None:
        whole[:-_WORD] = np.frombuffer(content, dtype=np.uint8)[offsets[0] : offsets[-1]]
    size = int(length.max(initial=0))
    found = length.astype(np.uint64) * _ODD
    if size and length.min() == size:
        # Most ids have the same length. In a table of words, they can be read sequentially, which is faster.
        table = np.zeros((len(length), -(-size // _WORD) * _WORD), dtype=np.uint8)
        table[:, :size] = whole[:-_WORD].reshape(-1, size)
        for number, word in enumerate(table.view("<u8").T):
            found = _mixed(found, word << _spare_bits(size - number * _WORD))
    else:
        words: Hashes = np.ndarray((len(whole) - _WORD + 1,), dtype="<u8", buffer=whole.data, strides=(1,))
        for done in range(0, size, _WORD):
            some = np.flatnonzero(length > done)
            word = words[begin[some] + done] << _spare_bits(length[some] - done)
            found[some] = _mixed(found[some], word)
    is_text = pc.fill_null(pc.not_equal(texts, ""), fill_value=False).to_numpy(zero_copy_only=False)
    return np.where(is_text, np.maximum(found, np.uint64(1)), np.uint64(0))


def _spare_bits(rest: Any) -> Any:
    """Return how many bits of an eight-byte word are beyond the end of a text with `rest` bytes left."""
    return (_WORD * np.clip(_WORD - np.asarray(rest), 0, _WORD - 1)).astype(np.uint64)


def _mixed(hashes: Hashes, words: Hashes) -> Hashes:
    mixed = (hashes ^ words) * _ODD
    return np.asarray(mixed ^ (mixed >> np.uint64(29)))
