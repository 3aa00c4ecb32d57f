"""Count how segments overlap, in pairs and in all combinations. Empty segments are included."""

from collections.abc import Hashable, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from segkit.analysis.asked import Asked, asked_of
from segkit.analysis.flags import checked
from segkit.definition.conditions import AllOf, Condition
from segkit.definition.segment import Segments
from segkit.drawing.frames import StyledFrame
from segkit.engine.engines import Data
from segkit.engine.memory.cells import count_flags
from segkit.engine.memory.packed_flags import Counter, packed
from segkit.engine.protocol import COUNT, Engine, warn_about_answers
from segkit.errors import DefinitionError

Flags = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]


def overlap(who: pd.DataFrame | Segments, dataset: Data | None = None) -> pd.DataFrame:
    """Return how many profiles each pair of segments shares.

    Args:
        who: one segment, or several with different names; or a membership table, as `sk.membership` returns it.
        dataset: the profiles and events; None for a membership table.

    Returns:
        A row for each ordered pair of segments, and for each segment with itself: `segment`, `other`, `size`, `other_size`, `overlap`
        (profiles in both), `containment` (share of `segment` that is in `other`) and `jaccard` (share of the profiles in either that
        are in both). Shares of an empty segment are NaN.

    Raises:
        DefinitionError: a cell of a table is not True, False, 1 or 0; or the call has both a table and a dataset, or neither.
        DataError: see `sk.membership`.

    Warns:
        SegkitWarning: see `sk.membership`; also if cells of a table are missing, which do not count as members.

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
        return StyledFrame(
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


def intersections(who: pd.DataFrame | Segments, dataset: Data | None = None) -> pd.DataFrame:
    """Return how many profiles are in each combination of segments and in no other segment.

    Args:
        who: any number of segments with different names, none of them "degree" or "size"; or a membership table.
        dataset: the profiles and events; None for a membership table.

    Returns:
        A row for each combination that occurs, largest first, including profiles in no segment: a boolean column for each segment,
        then `degree` (number of segments) and `size`. The sizes add up to the number of profiles.

    Raises:
        DefinitionError: a segment is named "degree" or "size"; a cell of a table is not True, False, 1 or 0; or the call has both a
            table and a dataset, or neither.
        DataError: see `sk.membership`.

    Warns:
        SegkitWarning: see `sk.membership`; also if cells of a table are missing, which do not count as members.

    >>> who = pd.DataFrame({"SMS": [True, True, False], "VIP": [True, False, False]})
    >>> intersections(who)["size"].sum()
    np.int64(3)
    """
    asked = asked_of(who, dataset, "intersections")
    if asked is not None:
        _check_names(asked.names)
        bits, counts = combinations(asked.conditions, asked.engine)
        warn_about_answers(asked.engine, asked.conditions)
        return largest_first(asked.names, *_with_absent(bits, counts, len(asked.engine)))
    table = checked(who, "intersections")
    _check_names(table.columns)
    return largest_first(table.columns, *count_flags(_columns(table), len(table)))


def combinations(conditions: Sequence[Condition], engine: Engine) -> tuple[Flags, Counts]:
    """Return the combinations of conditions that occur, each as a row of flags, and the number of profiles with each."""
    cube = engine.cube(conditions)
    return cube.iloc[:, :-1].to_numpy(dtype=bool), cube[COUNT].to_numpy()


def largest_first(names: Sequence[Hashable] | pd.Index, bits: Flags, counts: Counts) -> pd.DataFrame:
    """Return combinations as a table: a column for each name, then `degree` and `size`."""
    table = StyledFrame(bits, columns=pd.Index(names))
    table["degree"] = bits.sum(axis=1)
    table["size"] = counts
    return table.sort_values(["size", "degree"], ascending=[False, True], kind="stable", ignore_index=True)


def _with_absent(bits: Flags, counts: Counts, profiles: int) -> tuple[Flags, Counts]:
    """Add profiles that were not created yet, which engines do not count, to the combination of no segment."""
    absent = profiles - int(counts.sum())
    if not absent:
        return bits, counts
    if not len(bits) or bits[0].any():
        bits, counts = np.insert(bits, 0, values=False, axis=0), np.insert(counts, 0, 0)
    # The combination of no segment comes first.
    return bits, counts + absent * (np.arange(len(counts)) == 0)


def _check_names(names: Sequence[str] | pd.Index) -> None:
    clash = {"degree", "size"} & set(map(str, names))
    if clash:
        raise DefinitionError.reserved_name(min(clash), "sk.intersections")


def _counted(asked: Asked) -> Counts:
    """Return how many profiles each pair of segments shares, as `_shared` does."""
    conditions = asked.conditions
    firsts, others = np.triu_indices(len(conditions))
    pairs = [AllOf((conditions[one], conditions[other])) for one, other in zip(firsts, others, strict=True)]
    both = np.zeros((len(conditions), len(conditions)), dtype=np.int64)
    both[firsts, others] = both[others, firsts] = asked.engine.counts(pairs)
    warn_about_answers(asked.engine, conditions)
    return both


def _columns(who: pd.DataFrame) -> list[Flags]:
    """Return the flags of each segment, column by column, since converting the whole table would copy it."""
    return [flags.to_numpy(dtype=bool) for _, flags in who.items()]


def _shared(columns: list[Flags]) -> Counts:
    """Return how many profiles each pair of segments shares: a square matrix, with the sizes of the segments on its diagonal."""
    bits = [packed(flags) for flags in columns]
    counter = Counter(len(bits[0]) if bits else 0)
    both = np.zeros((len(bits), len(bits)), dtype=np.int64)
    for number, one in enumerate(bits):
        for other in range(number, len(bits)):
            both[number, other] = both[other, number] = counter.count(one, bits[other])
    return both
