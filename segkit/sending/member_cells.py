"""Convert the cells in segkit's files to text that no spreadsheet runs as a formula.

`member_files.py` decides which columns a member file has.
"""

import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.properties import holds_json
from segkit.data.validation.columns import ADDRESS

Flags: TypeAlias = npt.NDArray[np.bool_]

BLOCK = 16
"""Number of addresses to match as one text."""

_RUN_BY_SPREADSHEETS = "^[\t\r\n]|^[\\s\\x00]*[=+\\-@\uff1d\uff0b\uff0d\uff20]"
_IS_SUSPECT = np.isin(np.arange(256), list(b"=+-@\xef\t\n\f\r \0"))
"""A flag for each byte: whether a cell that begins with it may be run as a formula. Full-width characters begin with EF."""
_CONTROL = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x{80}-\x{9f}]"
_DELETE, _FIRST_OF_TWO = 0x7F, 0xC2
_PLAIN_NUMBER = r"^ *[+-]?[0-9]+(\.[0-9]+)?$"
_END = 2**31 - 1
"""An index after the last byte of any text."""
_PLAIN_ADDRESS = r"[\w.%+-]+@([\w-]+\.)+[\w-]+"
"""Matches nearly all addresses: ASCII, without surrounding blanks or anything that an importer refuses."""
_PLAIN_ADDRESSES = rf"^({_PLAIN_ADDRESS}\n){{{BLOCK - 1}}}{_PLAIN_ADDRESS}$"
_UNSET = pa.scalar(None, pa.string())
_MIXERS = np.array([0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93], np.uint64)
"""The numbers are odd, so texts that differ in only one word of eight bytes never have the same key."""


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
    """Whether every text is a plus sign followed by digits. Compares bytes, which is faster than a regex.

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


class Texts:
    """Convert the batches of one column to text: times as ISO 8601 in UTC, lists as JSON, numbers in full, unset cells as null.

    The text of each distinct value of a dictionary-encoded column is made only once, except for times, whose text depends on which
    rows are written.

    Args:
        column: the column's type. Mixed values are JSON text, and the metadata says so.
        batches: returns all batches of the column that are written. It is called only if the text of one cell depends on the others:
            one time with a fraction of a second gives a fraction to all of them, and one value that is not text makes bytes of all.
    """

    def __init__(self, column: pa.Field, batches: Callable[[], Iterable[pa.Array]]) -> None:
        kind = column.type.value_type if pa.types.is_dictionary(column.type) else column.type
        self._convert = _converter(kind, batches, is_json=holds_json(column))
        self._values: pa.Array | None = None
        self._texts = _UNSET

    def of(self, cells: pa.Array) -> pa.Array:
        """Return the texts of a batch."""
        if not isinstance(cells, pa.DictionaryArray):
            return self._convert(cells)
        if len(cells.dictionary) > len(cells) or pa.types.is_timestamp(cells.dictionary.type):
            return self._convert(cells.dictionary_decode())
        if self._values is None or not self._values.equals(cells.dictionary):
            self._values, self._texts = cells.dictionary, self._convert(cells.dictionary)
        return self._texts.take(cells.indices)


def _converter(
    kind: pa.DataType, batches: Callable[[], Iterable[pa.Array]], *, is_json: bool
) -> Callable[[pa.Array], pa.Array]:
    """Return a function that converts cells of a type to text (see `Texts`)."""
    if is_json:
        return lambda cells: _one_by_one([None if cell is None else json.loads(cell) for cell in cells.to_pylist()])
    if pa.types.is_timestamp(kind):
        unit = "s" if all(map(_are_whole_seconds, batches())) else "us"
        return lambda cells: _instants(cells, unit)
    is_number = pa.types.is_primitive(kind) or pa.types.is_decimal(kind)
    if pa.types.is_nested(kind) or not all(
        map(_has_texts, [pa.array([], kind)] if is_number or pa.types.is_string(kind) else batches())
    ):
        return lambda cells: _one_by_one(cells.to_pylist())
    if is_number:
        return lambda cells: cells.cast(pa.string())
    return lambda cells: neutralised(cells.cast(pa.string()))


def _has_texts(cells: pa.Array) -> bool:
    """Whether Arrow can cast the cells to text. It can't for some types, and for bytes that are not valid UTF-8."""
    try:
        cells.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return False
    return True


def _are_whole_seconds(cells: pa.Array) -> bool:
    try:
        _utc(cells).cast(pa.timestamp("s"))
    except pa.ArrowInvalid:
        return False
    return True


def _utc(cells: pa.Array) -> pa.Array:
    values = cells.dictionary_decode() if isinstance(cells, pa.DictionaryArray) else cells
    return values.cast(pa.timestamp("us", tz=values.type.tz), safe=False).cast(pa.int64()).cast(pa.timestamp("us"))


def _instants(cells: pa.Array, unit: str) -> pa.Array:
    """Return times as text, with a fraction of a second if the unit is microseconds.

    This does not use `strftime`, which is slower and needs a time zone database that Windows lacks. Inserting "Z" after the last
    byte is faster than joining texts.
    """
    texts = pc.binary_replace_slice(_utc(cells).cast(pa.timestamp(unit)).cast(pa.string()), 10, 11, "T")
    return pc.binary_replace_slice(texts, _END, _END, "Z")


def _one_by_one(cells: list[Any]) -> pa.Array:
    texts = pa.array([None if cell is None else _text(cell) for cell in cells], pa.string())
    # Check the type: the number -1e-07 is safe, but a text that looks like it would be run as a formula.
    is_number = pa.array([isinstance(cell, (int, float, Decimal)) for cell in cells], pa.bool_())
    return pc.if_else(is_number, texts, neutralised(texts))


def _text(cell: Any) -> str:
    if isinstance(cell, (list, dict, tuple, np.ndarray)):
        return json.dumps(cell.tolist() if isinstance(cell, np.ndarray) else cell, ensure_ascii=False, default=str)
    return str(cell).lower() if isinstance(cell, bool) else str(cell)


def importable(emails: pa.Array) -> pa.Array:
    """Return addresses, with null for every address for which the importer would skip the row or match another profile.

    These are invalid addresses, addresses to which `neutralised` added an apostrophe, and repeats of an earlier address, ignoring
    case. The importer can still match the profile by its phone number, which every profile in an audience has.

    >>> importable(pa.array([" ann@example.com", "Ann@example.com", "bea@example", None])).to_pylist()
    ['ann@example.com', None, None, None]
    """
    whole = emails
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
    # `ascii_lower` is faster. Only the odd addresses can have letters outside ASCII.
    small = pc.utf8_lower(whole) if pc.string_is_ascii(few).false_count else pc.ascii_lower(whole)
    return pc.if_else(pa.array(_are_first(small)), whole, _UNSET)


def _odd_addresses(texts: pa.Array) -> Flags:
    """Return flags of the texts that must be checked one by one: all texts except those in blocks that have only plain addresses.

    A block is matched as one text, which is faster than matching each text. The regex requires exactly `BLOCK` lines, so an address
    that contains a line end does not match.
    """
    firsts = pa.array(np.arange(0, len(texts) + 1, BLOCK), pa.int32())
    blocks = pc.binary_join(pa.ListArray.from_arrays(firsts, texts), "\n")
    is_odd = np.ones(len(texts), dtype=bool)
    is_plain = pc.match_substring_regex(blocks, _PLAIN_ADDRESSES).to_numpy(zero_copy_only=False)
    is_odd[: BLOCK * len(blocks)] = np.repeat(~is_plain, BLOCK)
    return is_odd


def _are_first(texts: pa.Array) -> Flags:
    """Return flags of the texts that are not equal to an earlier text.

    Only texts with the same key are compared, because keys are faster to make and sort.
    """
    keys = _keys(texts)
    ordered = np.sort(keys)
    shared = ordered[1:][ordered[1:] == ordered[:-1]]
    is_first = np.ones(len(texts), dtype=bool)
    if shared.size:
        rows = np.flatnonzero(pd.Index(keys).isin(shared))
        # Grouping is faster than encoding each text as a dictionary.
        compared = pa.table({"text": texts.take(pa.array(rows)), "row": rows})
        is_first[rows] = False
        is_first[compared.group_by("text", use_threads=False).aggregate([("row", "min")])["row_min"].to_numpy()] = True
    return is_first


def _keys(texts: pa.Array) -> npt.NDArray[np.uint64]:
    """Return a hash of the first 32 bytes of each text: equal for equal texts, and rarely equal for different ones."""
    width = _MIXERS.nbytes
    padded = pc.ascii_rpad(pc.fill_null(texts, ""), width)
    _, _, data = pc.binary_slice(padded.view(pa.binary()), 0, width).buffers()
    words = np.frombuffer(data, np.uint64, count=len(texts) * len(_MIXERS)).reshape(len(texts), len(_MIXERS))
    return np.asarray(words @ _MIXERS)
