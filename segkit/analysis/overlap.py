"""How segments overlap, two by two, and in exact intersections; empty segments stay visible."""

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segkit.analysis.asked import Asked, asked_of
from segkit.analysis.flags import checked
from segkit.definition.conditions import AllOf, Condition
from segkit.definition.segment import Segments
from segkit.engine.engines import Data
from segkit.engine.memory.cells import count_flags
from segkit.engine.protocol import COUNT, Engine, tell
from segkit.errors import DefinitionError

Flags = npt.NDArray[np.bool_]
Codes = npt.NDArray[np.unsignedinteger[Any]]
Counts = npt.NDArray[np.int64]

WORD = 64
"""Bits of a word: how many profiles of one segment it holds."""

_BITS_SET = np.array([byte.bit_count() for byte in range(256)], dtype=np.uint8)


def overlap(who: pd.DataFrame | Segments, dataset: Data | None = None) -> pd.DataFrame:
    """Return how each segment overlaps with each other, whatever else their members are in.

    Args:
        who: one segment or several, each with a name of its own; or a membership table, as `sk.membership` returns it.
        dataset: the profiles and events; None beside a membership table.

    Returns:
        A row for each ordered pair of segments, itself included: `segment`, `other`, `size`, `other_size`, `overlap` (profiles in
        both), `containment` (share of `segment` that is in `other`) and `jaccard` (share of the profiles in either that are in
        both). Shares of nothing are NaN.

    Raises:
        DefinitionError: a cell of a table is anything else than True, False, 1 or 0, or there is a table and data, or neither.
        DataError: as `sk.membership`.

    Warns:
        SegkitWarning: as `sk.membership`; or cells of a table are missing, which are not members.

    >>> who = pd.DataFrame({"SMS": [True, True, False], "VIP": [True, False, False]})
    >>> overlap(who).query("segment == 'SMS' and other == 'VIP'")[["overlap", "containment"]].to_dict("list")
    {'overlap': [1], 'containment': [0.5]}
    """
    asked = asked_of(who, dataset, "overlap")
    if asked is None:
        table = checked(who, "overlap")
        names, both = table.columns.to_numpy(), _shared(_columns(table))
    else:
        names, both = pd.Index(asked.names).to_numpy(), _counted(asked)
    size = both.diagonal()
    either = size[:, None] + size[None, :] - both
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
            }
        )


def intersections(who: pd.DataFrame | Segments, dataset: Data | None = None) -> pd.DataFrame:
    """Return how many profiles are in exactly each combination of segments and in no other.

    Args:
        who: any number of segments, each with a name of its own and none named "degree" or "size"; or a membership table.
        dataset: the profiles and events; None beside a membership table.

    Returns:
        A row for each combination that occurs, largest first, profiles in no segment included: a column of True and False for
        each segment, then `degree` (how many segments) and `size`. The sizes add up to the number of profiles.

    Raises:
        DefinitionError: a segment has the name of one of the two columns, a cell of a table is anything else than True, False, 1
            or 0, or there is a table and data, or neither.
        DataError: as `sk.membership`.

    Warns:
        SegkitWarning: as `sk.membership`; or cells of a table are missing, which are not members.

    >>> who = pd.DataFrame({"SMS": [True, True, False], "VIP": [True, False, False]})
    >>> intersections(who)["size"].sum()
    np.int64(3)
    """
    asked = asked_of(who, dataset, "intersections")
    if asked is not None:
        _check_names(asked.names)
        bits, counts = combinations(asked.conditions, asked.engine)
        tell(asked.engine, asked.conditions)
        return largest_first(asked.names, *_with_absent(bits, counts, len(asked.engine)))
    table = checked(who, "intersections")
    _check_names(table.columns)
    return largest_first(table.columns, *count_flags(_columns(table), len(table)))


def combinations(conditions: Sequence[Condition], engine: Engine) -> tuple[Flags, Counts]:
    """Return the combinations of conditions that occur, a row of flags each, and of how many profiles they are true."""
    cube = engine.cube(conditions)
    return cube.iloc[:, :-1].to_numpy(dtype=bool), cube[COUNT].to_numpy()


def largest_first(names: Sequence[Hashable] | pd.Index, bits: Flags, counts: Counts) -> pd.DataFrame:
    """Return combinations as a table: a column for each name, then `degree` and `size`."""
    table = pd.DataFrame(bits, columns=pd.Index(names))
    table["degree"] = bits.sum(axis=1)
    table["size"] = counts
    return table.sort_values(["size", "degree"], ascending=[False, True], kind="stable", ignore_index=True)


def _with_absent(bits: Flags, counts: Counts, profiles: int) -> tuple[Flags, Counts]:
    """Return combinations with those in none of them who had not been created yet, and whom an engine counts nowhere."""
    absent = profiles - int(counts.sum())
    if not absent:
        return bits, counts
    if not len(bits) or bits[0].any():
        bits, counts = np.insert(bits, 0, values=False, axis=0), np.insert(counts, 0, 0)
    # The cell of none comes first.
    return bits, counts + absent * (np.arange(len(counts)) == 0)


def _check_names(names: Sequence[str] | pd.Index) -> None:
    clash = {"degree", "size"} & set(map(str, names))
    if clash:
        raise DefinitionError.reserved_name(min(clash), "intersections")


def _counted(asked: Asked) -> Counts:
    """Return how many profiles each two segments share, as `_shared` does."""
    conditions = asked.conditions
    firsts, others = np.triu_indices(len(conditions))
    pairs = [AllOf((conditions[one], conditions[other])) for one, other in zip(firsts, others, strict=True)]
    both = np.zeros((len(conditions), len(conditions)), dtype=np.int64)
    both[firsts, others] = both[others, firsts] = asked.engine.counts(pairs)
    tell(asked.engine, conditions)
    return both


def _columns(who: pd.DataFrame) -> list[Flags]:
    """Return the flags of each segment one by one, as a table holds them: all at once would be a copy, laid out anew."""
    return [who.iloc[:, number].to_numpy(dtype=bool) for number in range(len(who.columns))]


def _shared(columns: list[Flags]) -> Counts:
    """Return how many profiles each two segments share: a square, with the segments' own sizes on its diagonal.

    The bits that are set in words of 64 profiles are counted, which for 20 segments of a million profiles takes a seventh of the
    time that counting flags does.
    """
    words = [_packed(flags) for flags in columns]
    both = np.zeros((len(words), len(words)), dtype=np.int64)
    for number, one in enumerate(words):
        for other in range(number, len(words)):
            both[number, other] = both[other, number] = _bits_set(one & words[other]).sum(dtype=np.uint32)
    return both


def _packed(flags: Flags) -> Codes:
    """Return flags as the bits of words, the last of them filled up with False."""
    packed = np.zeros(-(-len(flags) // WORD), dtype=np.uint64)
    found = np.packbits(flags)
    packed.view(np.uint8)[: len(found)] = found
    return packed


def _bits_set(words: Codes) -> npt.NDArray[np.uint8]:
    """Return how many bits are set in each word, or, where numpy is older than 2 and can't say, in each byte."""
    return np.bitwise_count(words) if hasattr(np, "bitwise_count") else _BITS_SET[words.view(np.uint8)]
