"""Write the distinct values of a property with the readings of each value, and the items of values that are lists.

A reading is a value interpreted as text, number, truth, date or items. Readings come from `PropertyColumn`, so all engines agree.
"""

from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.instants import DAY, Flags
from segkit.data.properties import UNSET, Cells, PropertyColumn
from segkit.data.saved.exact import value_of
from segkit.data.saved.files import Writer
from segkit.data.saved.properties import Kind


def write_values(
    name: str, kind: Kind, values: pa.Array, writer: Writer, *, day_first: bool | None
) -> dict[str, str | None]:
    """Write the distinct values of a property, and return the names of the files for the manifest.

    Raises:
        OddKindError: the type of the values can't be saved.
    """
    column = read_values(kind, values, day_first=day_first)
    file, items = f"properties/{name}.parquet", item_rows(column)
    writer.write(file, readings(values, column))
    if items is None:
        return {"file": file, "items": None}
    of_lists = f"properties/{name}-items.parquet"
    writer.write(of_lists, items)
    return {"file": file, "items": of_lists}


def read_values(kind: Kind, values: pa.Array, *, day_first: bool | None) -> PropertyColumn:
    """Return distinct values as the column that conditions test. Its codes are in the order of the values."""
    cells = Cells(pa.chunked_array([values])) if kind != "objects" else Cells(list(map(value_of, values.to_pylist())))
    return PropertyColumn(cells, day_first=day_first)


def readings(values: pa.Array, column: PropertyColumn) -> dict[str, pa.Array]:
    """Return the columns to save for distinct values: codes, values and readings. A reading is null if the value can't be interpreted in that way.

    Instants are in UTC. The month and day of an instant are one integer, such as 229 for 29 February, so no engine needs a time zone to
    find birthdays. Lists only have their number of items here, and `item_rows` returns the items.

    Args:
        values: the distinct values.
        column: the distinct values as `read_values` returns them.
    """
    # Values that only differ as text, such as 1.0 and 1.00, are one distinct value in conditions.
    rows = pa.array(column.codes)

    def spread(found: Any, readable: Flags) -> pa.Array:
        return pa.array(found, mask=~readable).take(rows)

    texts, instants = column.texts, column.instants
    return {
        "code": pa.array(np.arange(len(values), dtype=np.int32)),
        "value": values,
        "text": pc.if_else(pa.array(texts.readable), texts.values, pa.scalar(None, pa.string())).take(rows),
        "number": spread(column.numbers.values, column.numbers.readable),
        "truth": spread(column.truths.values, column.truths.readable),
        "instant": spread(instants.values, instants.readable).cast(pa.timestamp("us", tz="UTC")),
        "month_day": spread(_month_days(instants.values), instants.readable),
        "items": _lengths(column).take(rows),
        "holds_something": spread(column.somethings.values, column.somethings.readable),
    }


def item_rows(column: PropertyColumn) -> dict[str, pa.Array] | None:
    """Return the items of values that are lists, with a row for each item, or None if there are none.

    Text is in `text`. A number is in `number` if a double represents it exactly, or else in `exact`, as a fraction. Items of other
    kinds, for which no condition can ask, have none of these.

    >>> cells = Cells(pa.chunked_array([['["Hats", 1.5, true]', "Boston"]]))
    >>> {name: found.to_pylist() for name, found in item_rows(PropertyColumn(cells)).items()}
    {'code': [0, 0, 0], 'text': ['Hats', None, None], 'number': [None, 1.5, None], 'exact': [None, None, None]}
    """
    if not _may_have_lists(column):
        return None
    # The code of a saved value is its row, and equal values share the items of the first value.
    rows = [
        (row, *_as_item(item))
        for row, code in enumerate(column.codes.tolist())
        if code != UNSET
        for item in column.lists.values[code]
    ]
    kinds = {"code": pa.int32(), "text": pa.string(), "number": pa.float64(), "exact": pa.string()}
    columns = {name: pa.array([row[place] for row in rows], kind) for place, (name, kind) in enumerate(kinds.items())}
    return columns if column.lists.readable.any() else None


def exact_number(value: float | Decimal) -> tuple[float | None, str | None]:
    """Return a number as a double if a double represents it exactly, or else as a fraction in text.

    >>> exact_number(2**53), exact_number(2**53 + 1)
    ((9007199254740992.0, None), (None, '9007199254740993'))
    """
    if isinstance(value, float) or not isfinite(value):
        return float(value), None
    exact = Fraction(value)
    with suppress(OverflowError):
        if Fraction(nearest := float(value)) == exact:
            return nearest, None
    return None, str(exact)


def _as_item(item: Any) -> tuple[str | None, float | None, str | None]:
    if isinstance(item, str):
        return item, None, None
    if isinstance(item, (int, float, Decimal)) and not isinstance(item, bool) and item == item:  # noqa: PLR0124  # not NaN
        return None, *exact_number(item)
    return None, None, None


def _may_have_lists(column: PropertyColumn) -> bool:
    """Return whether any value may be a list, without parsing the values."""
    values = column.distinct
    return isinstance(values, list) or (
        pa.types.is_string(values.type) and bool(pc.any(pc.starts_with(values, "[")).as_py())
    )


def _lengths(column: PropertyColumn) -> pa.Array:
    """Return the number of items in each distinct value that is a list."""
    if not _may_have_lists(column):
        return pa.nulls(len(column.distinct), pa.int32())
    lists = zip(column.lists.values, column.lists.readable.tolist(), strict=True)
    return pa.array([len(items) if is_list else None for items, is_list in lists], pa.int32())


def _month_days(instants: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    """Return the UTC month and day of instants as integers.

    >>> _month_days(np.array([0, -1])).tolist()
    [101, 1231]
    """
    days = (instants // DAY).astype("datetime64[D]")
    months = days.astype("datetime64[M]")
    return np.asarray((months.astype(np.int64) % 12 + 1) * 100 + (days - months).astype(np.int64) + 1, dtype=np.int32)
