"""Remove marks around the texts of a column that was read (see `segkit.marks`). If there are none, a scan of the bytes is enough.

`sending/formulas.py` makes cells harmless that are written.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit.marks import MARKED, unmarked

_FIRST_BYTES = np.zeros(256, dtype=bool)
_FIRST_BYTES[[*range(0x21), ord("'"), ord("="), 0xC2, 0xE1, 0xE2, 0xE3, 0xEF]] = True
_LAST_BYTES = np.zeros(256, dtype=bool)
_LAST_BYTES[[*range(0x21), *range(0x80, 0xC0)]] = True


def without_marks(texts: pa.Array) -> tuple[pa.Array, npt.NDArray[np.bool_] | None]:
    """Return texts without marks around them, and a mask of the texts that changed, or None if no text changed.

    >>> without_marks(pa.array(["a", " b", None]))[0].to_pylist()
    ['a', 'b', None]
    """
    rows = _suspects(texts)
    if len(rows):
        found = pc.match_substring_regex(texts.take(pa.array(rows)), MARKED)
        rows = rows[np.asarray(pc.fill_null(found, fill_value=False).to_numpy(zero_copy_only=False))]
    if not len(rows):
        return texts, None
    written = texts.take(pa.array(rows)).to_pylist()
    bare = [unmarked(text) for text in written]
    changed = np.zeros(len(texts), dtype=bool)
    changed[rows] = [text != other for text, other in zip(written, bare, strict=True)]
    if not changed.any():
        return texts, None
    differing = [other for text, other in zip(written, bare, strict=True) if text != other]
    return pc.replace_with_mask(texts, pa.array(changed), pa.array(differing, pa.string())), changed


def _suspects(texts: pa.Array) -> npt.NDArray[np.int64]:
    """Return the rows that may have a mark, by their first and last byte and by the first bytes of zero-width characters."""
    _, places, letters = texts.buffers()
    nothing = np.zeros(0, dtype=np.int64)
    if letters is None or not len(texts):
        return nothing
    offsets = np.frombuffer(places, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    every = np.frombuffer(letters, dtype=np.uint8)
    used = every[offsets[0] : offsets[-1]]
    if not len(used):
        return nothing
    is_ascii = used.max() < 0x80  # beyond ASCII
    if is_ascii and used.min() > ord(" ") and not (used == ord("'")).any() and not (used == ord('"')).any():
        return nothing
    filled = np.flatnonzero(offsets[1:] > offsets[:-1])
    is_odd = _FIRST_BYTES[every[offsets[:-1][filled]]] | _LAST_BYTES[every[offsets[1:][filled] - 1]]
    rows = filled[is_odd]
    if is_ascii:
        return rows
    inside = np.flatnonzero((used == 0xE2) | (used == 0xEF)) + offsets[0]  # as U+2000 and U+F000 begin
    return np.union1d(rows, np.searchsorted(offsets, inside, side="right") - 1) if len(inside) else rows
