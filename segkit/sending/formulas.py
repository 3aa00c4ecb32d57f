"""Neutralise cells that a spreadsheet would run as formulas, in every file that segkit writes."""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Flags: TypeAlias = npt.NDArray[np.bool_]

_RUN_BY_SPREADSHEETS = "^[\t\r\n]|^[\\s\\x00]*[=+\\-@\uff1d\uff0b\uff0d\uff20]"
_IS_SUSPECT = np.isin(np.arange(256), list(b"=+-@\xef\t\n\f\r \0"))
"""A flag for each byte: whether a cell that begins with it may be run as a formula. Full-width characters begin with EF."""
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x{80}-\x{9f}]"
_DELETE, _FIRST_OF_TWO = 0x7F, 0xC2
_PLAIN_NUMBER = r"^ *[+-]?[0-9]+(\.[0-9]+)?$"


def neutralised(texts: pa.Array) -> pa.Array:
    """Put an apostrophe before every cell that a spreadsheet would run as a formula. Plain numbers and E.164 numbers stay unchanged.

    A spreadsheet runs a cell that begins with one of the characters that OWASP lists under "CSV Injection", including the full-width
    ones. Blanks before them are skipped, since spreadsheets trim cells.

    Control characters except tabs and line ends become blanks, since terminals act on them and importers refuse them.

    >>> neutralised(pa.array(["=1+1", "+14155550132", "-5", "@SUM(A1)", "a=b"])).to_pylist()
    ["'=1+1", '+14155550132', '-5', "'@SUM(A1)", 'a=b']
    """
    if _may_have_controls(texts):
        texts = pc.replace_substring_regex(texts, _CONTROL, " ")
    suspect = _suspects(texts)
    if not suspect.any():
        return texts
    few = texts if suspect.all() else texts.filter(pa.array(suspect))
    if _are_e164(few.drop_null()):
        return texts
    is_number = pc.match_substring_regex(few, _PLAIN_NUMBER)
    unsafe = pc.and_not(pc.match_substring_regex(few, _RUN_BY_SPREADSHEETS), is_number)
    safe = pc.if_else(unsafe, pc.binary_join_element_wise("'", few, ""), few)
    return pc.replace_with_mask(texts, pa.array(suspect), safe)


def _may_have_controls(texts: pa.Array) -> bool:
    """Whether any byte is a control character, a line end, or C2, which is the first byte of the characters U+0080 to U+009F."""
    edges, data = _bytes_of(texts)
    near = data[edges[0] : edges[-1]]
    if not near.size:
        return False
    return bool(
        near.min() < ord(" ") or (near.max() >= _DELETE and ((near == _DELETE) | (near == _FIRST_OF_TWO)).any())
    )


def _suspects(texts: pa.Array) -> Flags:
    """Return flags of the cells that may be run as a formula because of their first byte. Some empty cells may be flagged too.

    The bytes are looked up in Arrow's buffer, which is faster than regexes. The regexes then check only the flagged cells.
    """
    edges, data = _bytes_of(texts)
    if not data.size:
        return np.zeros(len(texts), dtype=bool)
    # Clip, since an empty last cell begins after the last byte.
    return np.asarray(_IS_SUSPECT[data.take(edges[:-1], mode="clip")])


def _are_e164(texts: pa.Array) -> bool:
    """Whether every text is a plus sign followed by digits. This compares bytes, which is faster than a regex.

    No byte may be above "9". Each text may have one byte below "0", the plus sign that it begins with.
    """
    edges, data = _bytes_of(texts)
    near = data[edges[0] : edges[-1]]
    are_digits_else = not (near > ord("9")).any() and np.count_nonzero(near < ord("0")) == len(texts)
    return are_digits_else and bool((np.diff(edges) > 1).all() and (data[edges[:-1]] == ord("+")).all())


def _bytes_of(texts: pa.Array) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """Return the offsets of texts in Arrow's buffer, including the end of the last text, and the buffer's bytes."""
    _, offsets, data = texts.buffers()
    if data is None or not len(texts):
        return np.zeros(len(texts) + 1, dtype=np.int32), np.zeros(0, dtype=np.uint8)
    edges = np.frombuffer(offsets, np.int32, count=len(texts) + 1, offset=4 * texts.offset)
    return edges, np.frombuffer(data, np.uint8)
