"""Convert the cells of member files to text, a batch of rows at a time.

`member_files.py` decides which columns a file has, and `formulas.py` makes cells harmless that a spreadsheet would run.
"""

import json
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.properties import holds_json
from segkit.sending.formulas import neutralised

_END = 2**31 - 1
"""An index after the last byte of any text."""
_UNSET = pa.scalar(None, pa.string())


class Texts:
    """Convert the batches of one column to text: times as ISO 8601 in UTC, lists as JSON, numbers in full, unset cells as null.

    The text of each distinct value of a dictionary-encoded column is made only once, except for times, whose text depends on which
    rows are written.

    Args:
        column: the column's type. Mixed values are JSON text, and the metadata says so.
        batches: returns all batches of the column that are written. It is called only if the text of one cell depends on the others:
            if one time has a fraction of a second, all are written with one, and if one value is not text, all are converted to bytes.
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
