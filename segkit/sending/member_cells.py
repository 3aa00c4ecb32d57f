"""Cells of member files: their texts, which no spreadsheet runs; in which column of which file they stand is decided elsewhere."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.coded import CodedCells
from segkit.data.properties import Cells
from segkit.data.validation.columns import ADDRESS

Rows: TypeAlias = npt.NDArray[np.int64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Texts: TypeAlias = pa.Array | pa.ChunkedArray
Column: TypeAlias = Callable[[slice], Texts]
"""Makes the texts of a piece of the rows."""

BLOCK = 16
"""Addresses matched as one text."""

_RUN_BY_SPREADSHEETS = "^[\t\r\n]|^[\\s\\x00]*[=+\\-@\uff1d\uff0b\uff0d\uff20]"
_IS_SUSPECT = np.isin(np.arange(256), list(b"=+-@\xef\t\n\f\r \0"))
"""Of each first byte, whether a cell that begins with it may be run; full-width forms begin with EF."""
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x{80}-\x{9f}]"
_DELETE, _FIRST_OF_TWO = 0x7F, 0xC2
_PLAIN_NUMBER = r"^ *[+-]?[0-9]+(\.[0-9]+)?$"
_END = 2**31 - 1
"""Past the last byte of any text."""
_PLAIN_ADDRESS = r"[\w.%+-]+@([\w-]+\.)+[\w-]+"
"""What nearly all addresses are: ASCII, with nothing to trim and nothing that an importer refuses."""
_PLAIN_ADDRESSES = rf"^({_PLAIN_ADDRESS}\n){{{BLOCK - 1}}}{_PLAIN_ADDRESS}$"
_UNSET = pa.scalar(None, pa.string())
_MIXERS = np.array([0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93], np.uint64)
"""Odd numbers, so that two texts of which only one word of eight bytes differs never share a key."""


def neutralised(texts: pa.Array) -> pa.Array:
    """Put an apostrophe before every cell that a spreadsheet would run as a formula; plain numbers, and so E.164, stay.

    Control characters but for tabs and the ends of lines are blanks: a terminal obeys them, and no importer wants them.

    The first characters that spreadsheets act on are those that OWASP lists under "CSV Injection", full-width forms included;
    blanks before them are looked through, since spreadsheets trim.

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
    """Whether a byte is that of a control character or the end of a line, or C2, which those of 80 to 9F begin with."""
    edges, data = _bytes_of(texts)
    near = data[edges[0] : edges[-1]]
    if not near.size:
        return False
    return bool(
        near.min() < ord(" ") or (near.max() >= _DELETE and ((near == _DELETE) | (near == _FIRST_OF_TWO)).any())
    )


def _suspects(texts: pa.Array) -> Flags:
    """Return which cells may be run by their first byte, and perhaps some that are empty, which the patterns clear.

    Bytes are looked up where Arrow keeps them, which takes a twentieth of the time of patterns.
    """
    edges, data = _bytes_of(texts)
    if not data.size:
        return np.zeros(len(texts), dtype=bool)
    # Clipped, since an empty cell at the end begins past the last byte.
    return np.asarray(_IS_SUSPECT[data.take(edges[:-1], mode="clip")])


def _are_e164(texts: pa.Array) -> bool:
    """Whether all are a plus and digits, told by their bytes in a tenth of the time of patterns.

    Of what ASCII has before its digits, there is one byte a text, the plus that it begins with.
    """
    edges, data = _bytes_of(texts)
    near = data[edges[0] : edges[-1]]
    are_digits_else = not (near > ord("9")).any() and np.count_nonzero(near < ord("0")) == len(texts)
    return are_digits_else and bool((np.diff(edges) > 1).all() and (data[edges[:-1]] == ord("+")).all())


def _bytes_of(texts: pa.Array) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.uint8]]:
    """Return where texts begin, and the last ends, among the bytes that Arrow keeps of them, and those bytes."""
    _, offsets, data = texts.buffers()
    if data is None or not len(texts):
        return np.zeros(len(texts) + 1, dtype=np.int32), np.zeros(0, dtype=np.uint8)
    edges = np.frombuffer(offsets, np.int32, count=len(texts) + 1, offset=4 * texts.offset)
    return edges, np.frombuffer(data, np.uint8)


def texts_of(cells: Cells) -> pa.ChunkedArray:
    """Return cells as they are written: times as ISO 8601 in UTC, lists as JSON, numbers in full, unset cells as null."""
    return _manner(cells.values, lambda: cells.values)(cells.values)


def _manner(column: Any, whole: Callable[[], pa.ChunkedArray]) -> Callable[[Any], pa.ChunkedArray]:
    """Return how the cells of a column are written, a piece or all of them.

    Args:
        column: a list or an Arrow column, for its kind.
        whole: gives all that are to be written, if how each is written depends on the others.
    """
    if isinstance(column, list):
        return _one_by_one
    kind = column.type
    if pa.types.is_timestamp(kind):
        unit = "s" if _are_whole_seconds(whole()) else "us"
        return lambda column: _instants(column, unit)
    is_number = pa.types.is_primitive(kind) or pa.types.is_decimal(kind)
    if pa.types.is_nested(kind) or not _has_texts(column.slice(0, 0) if is_number else whole()):
        return lambda column: _one_by_one(column.to_pylist())
    if is_number:
        return lambda column: column.cast(pa.string())
    return lambda column: pa.chunked_array(map(neutralised, column.cast(pa.string()).chunks), pa.string())


def _has_texts(column: pa.ChunkedArray) -> bool:
    """Whether Arrow can write cells as text: not all kinds, nor bytes that are no UTF-8."""
    try:
        column.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False
    return True


def _are_whole_seconds(column: pa.ChunkedArray) -> bool:
    try:
        _utc(column).cast(pa.timestamp("s"))
    except pa.ArrowInvalid:
        return False
    return True


def _utc(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.timestamp("us", tz=column.type.tz), safe=False).cast(pa.int64()).cast(pa.timestamp("us"))


def _instants(column: pa.ChunkedArray, unit: str) -> pa.ChunkedArray:
    """Return times as text, with a fraction of a second where the unit is microseconds.

    Not by `strftime`, which takes twenty times as long and needs a time zone database, which Windows lacks; and by putting "Z" in
    behind the last byte, which takes a fifth of the time of joining texts.
    """
    texts = pc.binary_replace_slice(_utc(column).cast(pa.timestamp(unit)).cast(pa.string()), 10, 11, "T")
    return pc.binary_replace_slice(texts, _END, _END, "Z")


def _one_by_one(cells: list[Any]) -> pa.ChunkedArray:
    texts = pa.array([None if cell is None else _text(cell) for cell in cells], pa.string())
    # Not by its looks: -1e-07 is a number as a cell and a formula as a text.
    is_number = pa.array([isinstance(cell, (int, float, Decimal)) for cell in cells], pa.bool_())
    return pa.chunked_array([pc.if_else(is_number, texts, neutralised(texts))])


def _text(cell: Any) -> str:
    if isinstance(cell, (list, dict, tuple, np.ndarray)):
        return json.dumps(cell.tolist() if isinstance(cell, np.ndarray) else cell, ensure_ascii=False, default=str)
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def column_of(cells: Cells, rows: Rows) -> Column:
    """Return how the texts of a property are made, a piece of the rows at a time.

    Of codes, the text of each distinct value is made once, unless it depends on which rows are written, as that of a time does.
    """
    if isinstance(cells, CodedCells) and not pa.types.is_timestamp(cells.coded().type.value_type):
        codes = cells.coded()
        if len(codes.dictionary) <= len(rows):
            texts = texts_of(Cells(pa.chunked_array([codes.dictionary]))).combine_chunks()
            return lambda piece: texts.take(codes.indices.take(pa.array(rows[piece])))
    held = cells.loaded()
    text = _manner(held.values, lambda: cells_at(held, rows))
    return lambda piece: text(cells_at(held, rows[piece]))


def cells_at(cells: Cells, rows: Rows) -> Any:
    """Return the cells of some rows, which stand in the order of the data.

    Only what lies between the first and the last is looked at, since taking from a whole column may join its chunks anew each
    time; and where nothing is left out, that is the answer.
    """
    if isinstance(cells.values, list) or not len(rows):
        return cells.take(rows).values
    near = cells.values.slice(rows[0], rows[-1] - rows[0] + 1)
    return near if len(near) == len(rows) else near.take(pa.array(rows - rows[0]))


def importable(emails: Texts) -> pa.Array:
    """Return addresses without those for which the importer would skip the row, or make of it another profile.

    That is what is no address, what only an apostrophe keeps a spreadsheet from running, and, but for the first, what stands
    there twice, in capitals or not. The phone number, which everybody in an audience has once, tells such a profile as well.

    >>> importable(pa.array([" ann@example.com", "Ann@example.com", "bea@example", None])).to_pylist()
    ['ann@example.com', None, None, None]
    """
    whole = emails.combine_chunks() if isinstance(emails, pa.ChunkedArray) else emails
    if whole.null_count == len(whole):
        return whole
    if whole.null_count:
        return pc.replace_with_mask(whole, whole.is_valid(), importable(whole.drop_null()))
    odd = pa.array(_odd_addresses(whole))
    few = whole.filter(odd)
    trimmed = pc.utf8_trim_whitespace(few)
    is_fine = pc.and_not(pc.match_substring_regex(trimmed, ADDRESS), pc.starts_with(trimmed, "'"))
    kept = pc.if_else(is_fine, trimmed, _UNSET)
    if not kept.equals(few):
        whole = pc.replace_with_mask(whole, odd, kept)
    # Letters of ASCII are made small in a tenth of the time of all letters, which only the few can hold.
    small = pc.utf8_lower(whole) if pc.string_is_ascii(few).false_count else pc.ascii_lower(whole)
    return pc.if_else(pa.array(_are_first(small)), whole, _UNSET)


def _odd_addresses(texts: pa.Array) -> Flags:
    """Return which texts are to be looked at one by one: not those of a block that is plain addresses throughout.

    A block is matched as one text, since that takes two thirds of the time of matching each. Its lines are counted, so that an
    address that holds the end of a line is none.
    """
    firsts = pa.array(np.arange(0, len(texts) + 1, BLOCK), pa.int32())
    blocks = pc.binary_join(pa.ListArray.from_arrays(firsts, texts), "\n")
    is_odd = np.ones(len(texts), dtype=bool)
    is_plain = pc.match_substring_regex(blocks, _PLAIN_ADDRESSES).to_numpy(zero_copy_only=False)
    is_odd[: BLOCK * len(blocks)] = np.repeat(~is_plain, BLOCK)
    return is_odd


def _are_first(texts: pa.Array) -> Flags:
    """Return which texts stand nowhere before.

    Only those are compared whose key is another's too, since keys are made and sorted in a fifth of the time.
    """
    keys = _keys(texts)
    ordered = np.sort(keys)
    shared = ordered[1:][ordered[1:] == ordered[:-1]]
    is_first = np.ones(len(texts), dtype=bool)
    if shared.size:
        rows = np.flatnonzero(pd.Index(keys).isin(shared))
        # By groups, which takes two thirds of the time of giving each text a code.
        compared = pa.table({"text": texts.take(pa.array(rows)), "row": rows})
        is_first[rows] = False
        is_first[compared.group_by("text", use_threads=False).aggregate([("row", "min")])["row_min"].to_numpy()] = True
    return is_first


def _keys(texts: pa.Array) -> npt.NDArray[np.uint64]:
    """Return a number for each text, of its first 32 bytes: the same for the same text, and seldom for another."""
    width = _MIXERS.nbytes
    padded = pc.ascii_rpad(pc.fill_null(texts, ""), width)
    _, _, data = pc.binary_slice(padded.view(pa.binary()), 0, width).buffers()
    words = np.frombuffer(data, np.uint64, count=len(texts) * len(_MIXERS)).reshape(len(texts), len(_MIXERS))
    return np.asarray(words @ _MIXERS)
