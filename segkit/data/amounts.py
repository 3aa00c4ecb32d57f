"""Convert amounts of money to integers so that sums are exact. The unit is the smallest decimal place that the column uses."""

from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from segkit.data.blocks import blocks, taken
from segkit.data.instants import Flags

FINEST = 9
"""The largest number of decimal places. Amounts with more are rounded: no currency needs them, and sums would overflow 64 bits."""

_DIGITS_OF_64_BITS = 19

EXACT_FLOAT = 2**53
"""Integers up to this number are exact as doubles."""

_PLAIN = r"^[+-]?(\d+\.?\d{0,9}|\.\d{1,9})$"


@dataclass(frozen=True, slots=True)
class Amounts:
    """A column of amounts. Each amount is an item of `units` divided by ten to the power of `scale`.

    Attributes:
        units: an integer for each row that is set, or 0 if it is unreadable.
        scale: the number of decimal places.
        unreadable: a mask of the rows that have a value other than a number.
        rounded: the number of amounts that had more than nine decimal places.
        numbers: the position of each row in `units`, or -1 if it is not set. None if every row has its own item.
    """

    units: npt.NDArray[np.int64]
    scale: int
    unreadable: Flags
    rounded: int = 0
    numbers: npt.NDArray[np.int32] | None = None

    def of(self, rows: npt.NDArray[np.int32]) -> npt.NDArray[np.int64] | None:
        """Return the units of some rows, in their order, with 0 for rows that are not set, or None if all are 0."""
        if self.numbers is None:
            units = taken(self.units, rows)
        else:
            numbers = taken(self.numbers, rows)
            if numbers.max(initial=-1) < 0:
                return None
            units = taken(np.append(self.units, 0), numbers)  # -1 is the index of the appended 0
        return units if units.any() else None

    @property
    def are_doubles(self) -> bool:
        """Whether all amounts are exact as doubles: none is unreadable or rounded, or has more digits than a double."""
        largest = max(int(self.units.max(initial=0)), -int(self.units.min(initial=0)))
        return not self.rounded and largest < EXACT_FLOAT and not self.unreadable.any()


def read_amounts(column: pa.Array | pa.ChunkedArray) -> Amounts:
    """Read a column of numbers, or of numbers as text, exactly as written. A float is read as its shortest decimal.

    Raises:
        OverflowError: an amount does not fit into 64 bits with the column's number of decimal places.

    >>> amounts = read_amounts(pa.array(["19.99", "5", None, "-0.5"]))
    >>> amounts.of(np.arange(4)).tolist(), amounts.scale
    ([1999, 500, 0, -50], 2)
    """
    if column.null_count:
        return _spread(read_amounts(column.drop_null()), column)
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    kind = column.type
    if pa.types.is_string(kind):
        return _from_text(column)
    if kind == pa.float32():
        # A 32-bit float and the double of the same value have different shortest decimals.
        return _from_text(_shortest(column))
    if pa.types.is_floating(kind):
        return _from_floats(column.cast(pa.float64()).to_numpy())
    if pa.types.is_integer(kind):
        return _from_integers(column)
    if pa.types.is_decimal(kind):
        return _from_text(column.cast(pa.string()))
    return Amounts(
        np.zeros(len(column), dtype=np.int64), 0, np.asarray(pc.is_valid(column).to_numpy(zero_copy_only=False))
    )


def _from_integers(column: pa.Array) -> Amounts:
    try:
        units = np.asarray(column.cast(pa.int64()).to_numpy())
    except pa.ArrowInvalid as error:
        raise OverflowError from error
    return Amounts(units, 0, np.zeros(len(units), dtype=bool))


def _shortest(floats: pa.Array) -> pa.Array:
    """Convert floats to text, as the shortest decimals that round to them. NaN becomes null."""
    return pc.cast(pc.if_else(pc.is_nan(floats), pa.scalar(None, floats.type), floats), pa.string())


def _spread(amounts: Amounts, column: pa.Array | pa.ChunkedArray) -> Amounts:
    """Extend the amounts of a column that were read without its nulls to all of its rows.

    Most events have no amount, so reading and storing only the amounts saves memory.
    """
    valid = pc.is_valid(column)
    is_set = valid.to_numpy() if isinstance(valid, pa.ChunkedArray) else valid.to_numpy(zero_copy_only=False)
    numbers = np.full(len(column), -1, dtype=np.int32)
    numbers[is_set] = np.arange(len(amounts.units), dtype=np.int32)
    unreadable = np.zeros(len(column), dtype=bool)
    unreadable[is_set] = amounts.unreadable
    return replace(amounts, numbers=numbers, unreadable=unreadable)


def _from_floats(values: npt.NDArray[np.float64]) -> Amounts:
    unreadable = np.isinf(values)
    odd = unreadable | np.isnan(values)
    values = np.where(odd, 0.0, values) if odd.any() else values
    largest = max(float(values.max(initial=0.0)), -float(values.min(initial=0.0)))
    for scale in range(FINEST + 1):
        if largest * 10.0**scale >= EXACT_FLOAT:
            return replace(_from_text(_shortest(pa.array(values))), unreadable=unreadable)
        # A double has `scale` decimal places if rounding to that many returns the same double.
        if all(np.array_equal(np.round(block, scale), block) for block in blocks(values)):
            return Amounts(_scaled(values, scale), scale, unreadable)
    finer = sum(int(np.count_nonzero(np.round(block, FINEST) != block)) for block in blocks(values))
    return _trimmed(Amounts(_scaled(values, FINEST), FINEST, unreadable, finer))


def _scaled(values: npt.NDArray[np.float64], scale: int) -> npt.NDArray[np.int64]:
    units = np.empty(len(values), dtype=np.int64)
    for block, scaled in zip(blocks(values), blocks(units), strict=True):
        # Scale integer and fraction separately, since the product may need more than the 53 bits of a double.
        whole = np.trunc(block)
        broken = np.rint((block - whole) * 10.0**scale)
        scaled[:] = whole.astype(np.int64) * 10**scale + broken.astype(np.int64)
    return units


def _from_text(texts: pa.Array) -> Amounts:
    written = np.asarray(pc.is_valid(texts).to_numpy(zero_copy_only=False))
    plain = np.asarray(
        pc.fill_null(pc.match_substring_regex(texts, _PLAIN), fill_value=False).to_numpy(zero_copy_only=False)
    )
    odd = np.flatnonzero(written & ~plain)
    exact = [_exact(texts[int(row)].as_py()) for row in odd]
    decimals = [None if decimal is None else _to_finest(decimal) for decimal in exact]
    unreadable = np.zeros(len(texts), dtype=bool)
    unreadable[odd] = [decimal is None for decimal in decimals]
    clean = pc.if_else(pa.array(plain), texts, pa.scalar(None, pa.string()))
    scale = max([_decimals_of(clean), *(_scale(decimal) for decimal in decimals if decimal is not None)], default=0)
    try:
        units = _unscaled(pc.cast(clean, pa.decimal128(38, scale)))
    except pa.ArrowInvalid as error:
        raise OverflowError from error
    for row, decimal in zip(odd, decimals, strict=True):
        if decimal is not None:
            units[row] = int(decimal.scaleb(scale))
    rounded = sum(decimal != written_so for decimal, written_so in zip(decimals, exact, strict=True))
    return _trimmed(Amounts(units, scale, unreadable, rounded))


def _unscaled(exact: pa.Array) -> npt.NDArray[np.int64]:
    """Return decimals as integers, without their point. Arrow stores each decimal as two words of 64 bits."""
    words = np.frombuffer(exact.buffers()[1], dtype="<i8").reshape(-1, 2)[exact.offset : exact.offset + len(exact)]
    valid = np.asarray(pc.is_valid(exact).to_numpy(zero_copy_only=False))
    low, high = words[:, 0], words[:, 1]
    if np.any(valid & (high != low >> 63)):
        raise OverflowError
    return np.where(valid, low, 0)


def _decimals_of(texts: pa.Array) -> int:
    point = pc.find_substring(texts, ".")
    after = pc.if_else(pc.less(point, 0), 0, pc.subtract(pc.subtract(pc.binary_length(texts), point), 1))
    return int(pc.max(after).as_py() or 0)


def _exact(text: str) -> Decimal | None:
    try:
        decimal = Decimal(text)
    except InvalidOperation:
        return None
    return decimal if decimal.is_finite() and "_" not in text and text == text.strip() else None


def _to_finest(decimal: Decimal) -> Decimal:
    if decimal and decimal.adjusted() >= _DIGITS_OF_64_BITS:
        raise OverflowError
    return round(decimal, FINEST) if _scale(decimal) > FINEST else decimal


def _scale(decimal: Decimal) -> int:
    exponent = decimal.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _trimmed(amounts: Amounts) -> Amounts:
    """Drop decimal places that no amount uses, so that sums do not overflow as early."""
    units, scale = amounts.units, amounts.scale
    while scale and not np.any(units % 10):
        units, scale = units // 10, scale - 1
    return Amounts(units, scale, amounts.unreadable, amounts.rounded)
