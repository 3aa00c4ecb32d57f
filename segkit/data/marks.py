"""What spreadsheets and web pages leave around a text: blanks, characters without width, an apostrophe, ="..."; taken off alike everywhere."""

import re

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

_JOINERS = "\u200c\u200d"
_WITHOUT_WIDTH = "\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff"
_BLANKS = "\\s\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
AROUND = f"{_BLANKS}{_JOINERS}{_WITHOUT_WIDTH}"
"""What is nothing at either end of a text, as the inside of a pattern's brackets, for Python's patterns and Arrow's alike."""

_ENDS = re.compile(rf"\A[{AROUND}]+|[{AROUND}]+\Z")
# Inside emoji and in scripts such as Persian a joiner is a part of what is written; beside ASCII it never is.
_INSIDE = re.compile(rf"[{_WITHOUT_WIDTH}]|(?<![^\x00-\x7f])[{_JOINERS}]|[{_JOINERS}](?![^\x00-\x7f])")
_MARKED = rf"^[{AROUND}'=]|[{AROUND}]$|[{_JOINERS}{_WITHOUT_WIDTH}]"

_FIRST_BYTES = np.zeros(256, dtype=bool)
_FIRST_BYTES[[*range(0x21), ord("'"), ord("="), 0xC2, 0xE1, 0xE2, 0xE3, 0xEF]] = True
_LAST_BYTES = np.zeros(256, dtype=bool)
_LAST_BYTES[[*range(0x21), *range(0x80, 0xC0)]] = True


def unmarked(text: str, *, apostrophe: bool = True) -> str:
    """Return a text without what a spreadsheet or a web page left around it.

    Args:
        text: a cell, or a name that an analyst wrote.
        apostrophe: whether one in front is a spreadsheet's; in the name of a town it isn't.

    >>> unmarked("\u00a0'02110 "), unmarked('="02110"'), unmarked("'s-Hertogenbosch", apostrophe=False)
    ('02110', '02110', "'s-Hertogenbosch")
    """
    before = None
    while text != before:
        before = text
        text = _INSIDE.sub("", _ENDS.sub("", text))
        if len(text) > 2 and text.startswith('="') and text.endswith('"'):  # noqa: PLR2004  # as long as its marks
            text = text[2:-1].replace('""', '"')
        if apostrophe and text.startswith("'"):
            text = text[1:].removesuffix("'")
    return text


def without_marks(texts: pa.Array, *, apostrophe: bool = True) -> tuple[pa.Array, npt.NDArray[np.bool_] | None]:
    """Return texts without marks around them, and which of them had some; None where none had, which costs little to find out.

    >>> without_marks(pa.array(["a", " b", None]))[0].to_pylist()
    ['a', 'b', None]
    """
    rows = _suspects(texts)
    if len(rows):
        found = pc.match_substring_regex(texts.take(pa.array(rows)), _MARKED)
        rows = rows[np.asarray(pc.fill_null(found, fill_value=False).to_numpy(zero_copy_only=False))]
    if not len(rows):
        return texts, None
    written = texts.take(pa.array(rows)).to_pylist()
    bare = [unmarked(text, apostrophe=apostrophe) for text in written]
    changed = np.zeros(len(texts), dtype=bool)
    changed[rows] = [text != other for text, other in zip(written, bare, strict=True)]
    if not changed.any():
        return texts, None
    differing = [other for text, other in zip(written, bare, strict=True) if text != other]
    return pc.replace_with_mask(texts, pa.array(changed), pa.array(differing, pa.string())), changed


def _suspects(texts: pa.Array) -> npt.NDArray[np.int64]:
    """Return the rows that may have a mark, by their first and last byte and by bytes that characters without width begin with."""
    _, places, letters = texts.buffers()
    nothing = np.zeros(0, dtype=np.int64)
    if letters is None or not len(texts):
        return nothing
    offsets = np.frombuffer(places, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]
    every = np.frombuffer(letters, dtype=np.uint8)
    used = every[offsets[0] : offsets[-1]]
    if not len(used):
        return nothing
    is_ascii = used.max() < 0x80  # noqa: PLR2004  # beyond ASCII
    if is_ascii and used.min() > ord(" ") and not (used == ord("'")).any() and not (used == ord('"')).any():
        return nothing
    filled = np.flatnonzero(offsets[1:] > offsets[:-1])
    is_odd = _FIRST_BYTES[every[offsets[:-1][filled]]] | _LAST_BYTES[every[offsets[1:][filled] - 1]]
    rows = filled[is_odd]
    if is_ascii:
        return rows
    inside = np.flatnonzero((used == 0xE2) | (used == 0xEF)) + offsets[0]  # noqa: PLR2004  # as U+2000 and U+F000 begin
    return np.union1d(rows, np.searchsorted(offsets, inside, side="right") - 1) if len(inside) else rows
