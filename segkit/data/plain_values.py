"""Convert Python, numpy and pandas values to the few types that `properties.py` can read."""

import contextlib
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from math import inf, isnan
from typing import Any

import numpy as np
import pandas as pd

from segkit.json_text import Halves

_SIMPLE = {type(None), bool, int, float, Decimal, datetime, date, time, timedelta}
_MOST_BITS = 14_000
"""The largest integer, in bits. Python refuses to convert integers of more than 4,300 digits to text, and no column needs them."""
_READ = (*_SIMPLE, str)


def is_unset(value: Any) -> bool:
    """Return whether a value is not set: None, NaN, NaT, NA or empty text.

    >>> [is_unset(value) for value in (None, float("nan"), "", pd.NA, Decimal("sNaN"))]
    [True, True, True, True, True]
    >>> [is_unset(value) for value in (0, False, " ", [])]
    [False, False, False, False]
    """
    match value:
        case float():
            return isnan(value)
        case complex():
            return isnan(value.real) or isnan(value.imag)
        case str():
            return not value
        case Decimal():
            return value.is_nan()
        case np.datetime64() | np.timedelta64():
            return bool(np.isnat(value))
        case _:
            return value is None or value is pd.NaT or value is pd.NA


def plain(value: Any) -> Any:
    """Convert a value to a type that can be read, or else to the text that a CSV would contain.

    An integer of more than 4,200 digits becomes infinity, a set or an array becomes a list, a period becomes its first moment, and
    UTF-8 bytes become text. Containers are copied, since the caller may change them later.

    >>> plain(np.int64(18)), plain({"b", "a"}), plain(b"Oslo"), plain(1j)
    (18, ['a', 'b'], 'Oslo', '1j')
    """
    if type(value) is int and value.bit_length() > _MOST_BITS:
        return inf if value > 0 else -inf
    if type(value) in _SIMPLE:
        return value
    match value:
        case str():
            return _as_utf8(value)
        case list() | np.ndarray():
            return [_item(item) for item in (value if isinstance(value, list) else value.tolist())]
        case tuple():
            return tuple(map(_item, value))
        case set() | frozenset():
            return [_item(item) for item in sorted(value, key=repr)]
        case dict():
            return {_as_utf8(name) if type(name) is str else name: _item(item) for name, item in value.items()}
        case np.datetime64():
            return pd.Timestamp(value)
        case np.timedelta64():
            return pd.Timedelta(value)
        case np.floating():
            return float(value)
        case np.generic():
            return plain(value.item())
        case pd.Period():
            return _first_moment(value)
        case bytes():
            with contextlib.suppress(UnicodeDecodeError):
                return value.decode()
            return value
        case _:
            return value if isinstance(value, _READ) else _as_utf8(str(value))


def written_out(series: pd.Series) -> pd.Series:
    """Convert periods in a column to their first moments, and intervals to objects, since Arrow supports neither."""
    kind = series.dtype
    if isinstance(kind, pd.CategoricalDtype) and isinstance(kind.categories.dtype, (pd.PeriodDtype, pd.IntervalDtype)):
        kind = kind.categories.dtype
        series = series.astype(kind)
    if isinstance(kind, pd.PeriodDtype):
        with contextlib.suppress(pd.errors.OutOfBoundsDatetime):
            moments: pd.Series = series.dt.to_timestamp()
            return moments
    return series.astype(object) if isinstance(kind, (pd.PeriodDtype, pd.IntervalDtype)) else series


def _item(item: Any) -> Any:
    """Convert an item in a list or a mapping, where empty text is a value."""
    if type(item) is str and item.isascii():
        return item
    return None if item is pd.NA or item is pd.NaT else plain(item)


def _as_utf8(text: str) -> str:
    """Return text with lone surrogates (half of a character such as an emoji) replaced by U+FFFD."""
    return str(text) if text.isascii() else str(Halves().without(text))


def _first_moment(period: Any) -> datetime | str:
    try:
        return period.start_time  # type: ignore[no-any-return]  # pandas-stubs does not say that it is a Timestamp
    except pd.errors.OutOfBoundsDatetime:
        return str(period)
