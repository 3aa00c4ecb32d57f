"""Join the columns of a table's part files, and find headers that occur more than once.

Joining does not change the values of cells, but numbers get a common type, and times get a common zone.
"""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from segkit.data.properties import Cells


def joined_cells(parts: Sequence[Cells]) -> Cells:
    """Join columns in memory. Cells without a common Arrow type, such as text and numbers, become a list of Python objects.

    >>> numbers = [Cells(pa.chunked_array([[1, 2]])), Cells(pa.chunked_array([[2.5, None]]))]
    >>> joined_cells(numbers).values.to_pylist()
    [1.0, 2.0, 2.5, None]
    >>> joined_cells([*numbers, Cells(pa.chunked_array([["three"]]))]).values
    [1, 2, 2.5, None, 'three']
    """
    if len(parts) == 1:
        return parts[0]
    columns = [part.values for part in parts]
    arrays = [column for column in columns if not isinstance(column, list)]
    kind = _common([column.type for column in arrays if not _is_unset(column)]) if len(arrays) == len(columns) else None
    if kind is not None:
        try:
            chunks = [chunk for column in arrays for chunk in column.cast(kind).chunks]
            return Cells(pa.chunked_array(chunks, kind))
        except pa.ArrowInvalid:
            pass  # integers too large for a double, or times out of range for the finer unit, stay objects
    return Cells([cell for column in columns for cell in _objects(column)])


def doubled(names: Sequence[str]) -> list[str]:
    """Return the headers that several columns share, without repetitions, in the order of the columns.

    >>> doubled(["id", "Age", "Age", "id"])
    ['id', 'Age']
    """
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
    return [name for name, times in seen.items() if times > 1]


def _common(kinds: Sequence[pa.DataType]) -> pa.DataType | None:
    """Return a type that can represent the values of all types unchanged, or None if there is none."""
    different = list(dict.fromkeys(kinds))
    if len(different) <= 1:
        return different[0] if different else pa.string()
    if all(pa.types.is_timestamp(kind) and kind.tz is not None for kind in different):
        different = [pa.timestamp(kind.unit, "UTC") for kind in different]
    try:
        fields = [pa.schema([("column", kind)]) for kind in different]
        return pa.unify_schemas(fields, promote_options="permissive").field(0).type
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        return None


def _is_unset(column: pa.ChunkedArray) -> bool:
    return bool(column.null_count == len(column))


def _objects(column: pa.ChunkedArray | list[Any]) -> list[Any]:
    return column if isinstance(column, list) else list(column.to_pylist())
