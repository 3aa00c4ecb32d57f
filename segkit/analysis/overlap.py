"""How segments overlap, two by two, and in exact intersections; empty segments stay visible."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from segkit.analysis.flags import checked
from segkit.errors import DefinitionError

Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.unsignedinteger[Any]]
Counts = npt.NDArray[np.int64]

WORD = 64
"""Bits of a word: how many segments of one profile it holds."""

PLACES_PER_PROFILE = 4
"""Combinations are counted into a table of all that could be, as long as it has no more places than these for each profile."""


def overlap(who: pd.DataFrame) -> pd.DataFrame:
    """Return how each segment overlaps with each other, whatever else their members are in.

    Args:
        who: a membership table, as `sk.membership` returns it.

    Returns:
        A row for each ordered pair of segments, itself included: `segment`, `other`, `size`, `other_size`, `overlap` (profiles in
        both), `containment` (share of `segment` that is in `other`) and `jaccard` (share of the profiles in either that are in
        both). Shares of nothing are NaN.

    Raises:
        DefinitionError: a cell is anything else than True, False, 1 or 0.

    Warns:
        SegkitWarning: cells are missing, which are not members.

    >>> who = pd.DataFrame({"SMS": [True, True, False], "VIP": [True, False, False]})
    >>> overlap(who).query("segment == 'SMS' and other == 'VIP'")[["overlap", "containment"]].to_dict("list")
    {'overlap': [1], 'containment': [0.5]}
    """
    who = checked(who, "overlap")
    both = _shared(_columns(who))
    size = both.diagonal()
    either = size[:, None] + size[None, :] - both
    names = who.columns.to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        return pd.DataFrame(
            {
                "segment": np.repeat(names, len(names)),
                "other": np.tile(names, len(names)),
                "size": np.repeat(size, len(names)),
                "other_size": np.tile(size, len(names)),
                "overlap": both.ravel(),
                "containment": (both / size[:, None]).ravel(),
                "jaccard": (both / either).ravel(),
            },
            copy=False,
        )


def intersections(who: pd.DataFrame) -> pd.DataFrame:
    """Return how many profiles are in exactly each combination of segments and in no other.

    Args:
        who: a membership table of any number of segments, none of them named "degree" or "size".

    Returns:
        A row for each combination that occurs, largest first, profiles in no segment included: a column of True and False for
        each segment, then `degree` (how many segments) and `size`. The sizes add up to the number of profiles.

    Raises:
        DefinitionError: a segment has the name of one of the two columns, or a cell is anything else than True, False, 1 or 0.

    Warns:
        SegkitWarning: cells are missing, which are not members.

    >>> who = pd.DataFrame({"SMS": [True, True, False], "VIP": [True, False, False]})
    >>> intersections(who)["size"].sum()
    np.int64(3)
    """
    who = checked(who, "intersections")
    clash = {"degree", "size"} & set(map(str, who.columns))
    if clash:
        raise DefinitionError.reserved_name(min(clash), "intersections")
    bits, counts = _combinations(_columns(who), len(who))
    table = pd.DataFrame(bits, columns=who.columns)
    table["degree"] = bits.sum(axis=1)
    table["size"] = counts
    return table.sort_values(["size", "degree"], ascending=[False, True], kind="stable", ignore_index=True)


def _columns(who: pd.DataFrame) -> list[Flags]:
    """Return the flags of each segment one by one, as a table holds them: all at once would be a copy, laid out anew."""
    return [flags.to_numpy(dtype=bool) for _, flags in who.items()]


def _shared(columns: list[Flags]) -> Counts:
    """Return how many profiles each two segments share: a square, with the segments' own sizes on its diagonal.

    Bits are compared by numpy and counted by Arrow, which are the quicker at it, and always in the same memory, which so stays in
    the cache.
    """
    bits = [np.packbits(flags) for flags in columns]
    size = len(bits[0]) if bits else 0
    room = np.empty(size, dtype=np.uint8)
    in_room = pa.BooleanArray.from_buffers(pa.bool_(), 8 * size, [None, pa.py_buffer(room)])
    both = np.zeros((len(bits), len(bits)), dtype=np.int64)
    for number, one in enumerate(bits):
        for other in range(number, len(bits)):
            np.bitwise_and(one, bits[other], out=room)
            both[number, other] = both[other, number] = in_room.true_count
    return both


def _combinations(columns: list[Flags], profiles: int) -> tuple[Flags, Counts]:
    """Return the combinations of segments that occur, in the order of their flags, and how many profiles are in each.

    A profile's flags are the bits of one whole number, and those are counted: in a table of all that there could be, where that
    is small, which for 20 segments takes half the time of sorting them; to sort rows of flags would take thirty times as long.
    """
    width = len(columns)
    if 1 << width <= max(PLACES_PER_PROFILE * profiles, 1):
        counts = np.bincount(_codes(columns, profiles), minlength=1 << width)
        found = np.flatnonzero(counts)
        return _flags(found, width), counts[found]
    if width <= WORD:
        codes, counts = np.unique(_codes(columns, profiles), return_counts=True)
        return _flags(codes, width), counts
    words = [_codes(columns[first : first + WORD], profiles) for first in range(0, width, WORD)]
    order = np.lexsort(words[::-1])
    is_new = np.ones(profiles, dtype=bool)
    is_new[1:] = np.any([np.diff(word[order]) != 0 for word in words], axis=0)
    first = np.flatnonzero(is_new)
    return np.stack([flags[order[first]] for flags in columns], axis=1), np.diff(first, append=profiles)


def _codes(columns: list[Flags], profiles: int) -> Codes:
    """Return each profile's flags as the bits of a whole number, the first segment's the highest."""
    # Half words are enough for 32 segments, and take half the time.
    codes: Any = np.zeros(profiles, dtype=np.uint32 if len(columns) <= WORD // 2 else np.uint64)
    for flags in columns:
        codes <<= 1
        codes |= flags
    return np.asarray(codes)


def _flags(codes: Codes | Counts, width: int) -> Flags:
    """Return the flags that whole numbers stand for: a row each, a column for each segment."""
    # With the highest byte first, as bits are unpacked.
    octets = codes.astype(">u8").view(np.uint8).reshape(-1, WORD // 8)
    return np.asarray(np.unpackbits(octets, axis=1)[:, WORD - width :].view(np.bool_))
