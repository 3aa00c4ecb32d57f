"""Group profiles into cells and count them, for `MemoryEngine.cube`.

For each item that a cube is grouped by, every profile gets a small integer, called a digit. A profile's digits, read together as one
number, identify the profile's cell.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from math import prod
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from segkit.data.instants import Flags

Digits: TypeAlias = npt.NDArray[Any]
Counts: TypeAlias = npt.NDArray[np.int64]

BLOCK = 2**16
"""Number of profiles per block, so that intermediate results stay in the processor's cache."""

ENTRIES_PER_PROFILE = 4
"""Use a table of all possible cells only if it has at most this many entries per profile."""

SMALL_TABLE = 2**15
"""The largest number of entries in a table that is filled block by block."""

WIDEST = 2**62
"""Number of cells that a 64-bit integer can identify."""

NARROW = 2**7
"""Number of cells that a single byte can identify."""


@dataclass(frozen=True, slots=True)
class Digit:
    """The value of one item for each profile, as an integer from 0 up.

    Attributes:
        of: a function that returns the digits for a block of profiles.
        size: the number of possible digits.
        least: the value that digit 0 means. Digit 1 means `least + 1`, and so on.
        is_flag: whether the digits mean False and True.
    """

    of: Callable[[slice], Digits]
    size: int
    least: int = 0
    is_flag: bool = False

    @classmethod
    def of_flags(cls, flags: Flags) -> "Digit":
        """Return flags as digits, 0 for False."""
        whole = flags.view(np.int8)
        return cls(lambda block: whole[block], 2, is_flag=True)


def count_cells(digits: Sequence[Digit], profiles: int, among: Flags | None = None) -> tuple[list[Digits], Counts]:
    """Return the cells that occur, in ascending order, and the number of profiles in each.

    Args:
        digits: the items to group by.
        profiles: the number of profiles.
        among: which profiles are counted; None means all.

    Returns:
        The value of each item in each cell, and the counts.

    >>> flags = np.array([True, False, True])
    >>> [first], counts = count_cells([Digit.of_flags(flags)], 3)
    >>> first.tolist(), counts.tolist()
    ([False, True], [1, 2])
    """
    parts, counts = _occurring(digits, profiles, among)
    return [one for group, cells in parts for one in _split(cells, group)], counts


def add_up_cells(
    digits: Sequence[Digit], profiles: int, among: Flags | None, amounts: Sequence[npt.NDArray[Any]]
) -> tuple[list[Digits], Counts, list[npt.NDArray[np.float64]]]:
    """Return the same as `count_cells`, and the sum of each array of amounts in each cell.

    Args:
        digits: the items to group by.
        profiles: the number of profiles.
        among: which profiles are counted; None means all.
        amounts: arrays with an amount for each profile. Sums of whole amounts are exact below 2**53.

    >>> flags = np.array([True, False, True])
    >>> add_up_cells([Digit.of_flags(flags)], 3, None, [np.array([1, 2, 4])])[2]
    [array([2., 5.])]
    """
    size = prod(digit.size for digit in digits)
    if size <= max(ENTRIES_PER_PROFILE * profiles, 1):
        places = _cells(digits, profiles, None)
        table = np.bincount(_selected(places, among, slice(None)), minlength=size)
        found = np.flatnonzero(table)
        parts, counts = [(digits, found)], table[found]
    else:
        groups = list(_groups(digits, WIDEST))
        words = np.stack([_cells(group, profiles, None) for group in groups], axis=1)
        rows, places = np.unique(words, axis=0, return_inverse=True)
        places, size = places.reshape(-1), len(rows)
        table = np.bincount(_selected(places, among, slice(None)), minlength=size)
        found = np.flatnonzero(table)
        parts, counts = [(group, rows[found, place]) for place, group in enumerate(groups)], table[found]
    sums = []
    for one in amounts:
        # Few profiles have an amount in a short window, and adding up only these is faster.
        some = np.flatnonzero(one if among is None else (one != 0) & among)
        sums.append(np.bincount(places[some], weights=one[some], minlength=size)[found].astype(np.float64))
    return [one for group, cells in parts for one in _split(cells, group)], counts.astype(np.int64), sums


def count_flags(columns: Sequence[Flags], profiles: int) -> tuple[Flags, Counts]:
    """Return the combinations of flags that occur, one per row in ascending order, and the number of profiles in each.

    >>> count_flags([np.array([True, False, True])], 3)[0].tolist()
    [[False], [True]]
    """
    parts, counts = _occurring([Digit.of_flags(flags) for flags in columns], profiles, None)
    return np.concatenate([_unpacked(cells, len(group)) for group, cells in parts], axis=1), counts


def _occurring(
    digits: Sequence[Digit], profiles: int, among: Flags | None
) -> tuple[list[tuple[Sequence[Digit], Digits]], Counts]:
    """Return the cells that occur, and the number of profiles in each.

    If the digits do not all fit into one integer, they are split into groups that do. Cells are counted in a table of all possible
    cells if it is small. Otherwise they are sorted.
    """
    size = prod(digit.size for digit in digits)
    if size <= max(ENTRIES_PER_PROFILE * profiles, 1):
        table = _table(digits, size, profiles, among)
        found = np.flatnonzero(table)
        return [(digits, found)], table[found]
    groups = list(_groups(digits, WIDEST))
    words = [_cells(group, profiles, among) for group in groups]
    if len(words) == 1:
        found, counts = np.unique(words[0], return_counts=True)
        return [(digits, found)], counts
    order = np.lexsort(words[::-1])
    is_new = np.ones(len(order), dtype=bool)
    is_new[1:] = np.any([np.diff(word[order]) != 0 for word in words], axis=0)
    first = np.flatnonzero(is_new)
    return [(group, word[order[first]]) for group, word in zip(groups, words, strict=True)], np.diff(
        first, append=len(order)
    )


def _table(digits: Sequence[Digit], size: int, profiles: int, among: Flags | None) -> Counts:
    """Return the number of profiles in each possible cell."""
    if size > SMALL_TABLE:
        return np.bincount(_cells(digits, profiles, among), minlength=size)
    table = np.zeros(size, dtype=np.int64)
    for block in _blocks(profiles):
        table += np.bincount(_selected(_cell(digits, block, size), among, block), minlength=size)
    return table


def _cells(digits: Sequence[Digit], profiles: int, among: Flags | None) -> Digits:
    """Return the cell of each profile that is counted."""
    size = prod(digit.size for digit in digits)
    cells = np.empty(profiles, dtype=_kind(size))
    stop = 0
    for block in _blocks(profiles):
        found = _selected(_cell(digits, block, size), among, block)
        cells[stop : stop + len(found)] = found
        stop += len(found)
    return cells[:stop]


def _cell(digits: Sequence[Digit], block: slice, size: int) -> Digits:
    """Return the cells of a block of profiles: their digits read as one number, with the most significant digit first."""
    groups = list(_groups(digits, NARROW))
    if len(groups) <= 1 or len(groups) == len(digits):
        return _read(digits, block, _kind(size))
    # Combine digits in single bytes while they fit, since that is faster.
    narrow = [
        Digit(partial(_read, group, kind=np.int8), prod(digit.size for digit in group)) if len(group) > 1 else group[0]
        for group in groups
    ]
    return _read(narrow, block, _kind(size))


def _read(digits: Sequence[Digit], block: slice, kind: type[np.signedinteger[Any]]) -> Digits:
    if not digits:
        return np.zeros(block.stop - block.start, dtype=kind)
    first, *others = digits
    cells = first.of(block).astype(kind)
    for digit in others:
        cells *= digit.size
        cells += digit.of(block)
    return cells


def _selected(cells: Digits, among: Flags | None, block: slice) -> Digits:
    return cells if among is None else cells.compress(among[block])


def _split(cells: Digits, digits: Sequence[Digit]) -> list[Digits]:
    """Split cells into their digits, and return the values that the digits mean, which are booleans for flags."""
    found: list[Digits] = []
    for digit in reversed(digits):
        if digit.is_flag:
            # This is faster than `divmod`.
            found.append((cells & 1).astype(bool))
            cells = cells >> 1
        else:
            cells, one = np.divmod(cells, digit.size)
            found.append(one.astype(np.int64) + digit.least)
    return found[::-1]


def _unpacked(cells: Digits, width: int) -> Flags:
    """Return the flags that integers encode, with a row for each integer and a column for each flag, most significant bit first."""
    # Convert to big-endian, since `unpackbits` reads the bytes in order.
    octets = cells.astype(">u8").view(np.uint8).reshape(-1, 8)
    return np.unpackbits(octets, axis=1)[:, 64 - width :].view(np.bool_)


def _groups(digits: Sequence[Digit], widest: int) -> Iterator[list[Digit]]:
    """Yield groups of digits that have at most `widest` possible cells."""
    group: list[Digit] = []
    size = 1
    for digit in digits:
        if group and size * digit.size > widest:
            yield group
            group, size = [], 1
        group.append(digit)
        size *= digit.size
    yield group


def _blocks(profiles: int) -> Iterator[slice]:
    return (slice(start, min(start + BLOCK, profiles)) for start in range(0, profiles, BLOCK))


def _kind(size: int) -> type[np.signedinteger[Any]]:
    """Return the narrowest integer dtype for this number of cells, since narrower integers are faster."""
    # Intermediate results never exceed the number of cells, so they fit too.
    return next((kind for kind in (np.int16, np.int32) if size <= np.iinfo(kind).max), np.int64)
