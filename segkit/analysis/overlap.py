"""How segments overlap, two by two, and in exact intersections; empty segments stay visible."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from segkit.errors import DefinitionError

WIDEST_CODE = 62
"""So many flags fit into a whole number of 64 bits with its sign left alone."""


def overlap(who: pd.DataFrame) -> pd.DataFrame:
    """Return how each segment overlaps with each other, whatever else their members are in.

    Args:
        who: a membership table, as `sk.membership` returns it.

    Returns:
        A row for each ordered pair of segments, itself included: `segment`, `other`, `size`, `other_size`, `overlap` (profiles in
        both), `containment` (share of `segment` that is in `other`) and `jaccard` (share of the profiles in either that are in
        both). Shares of nothing are NaN.

    >>> who = pd.DataFrame({"SMS": [True, True, False], "VIP": [True, False, False]})
    >>> overlap(who).query("segment == 'SMS' and other == 'VIP'")[["overlap", "containment"]].to_dict("list")
    {'overlap': [1], 'containment': [0.5]}
    """
    flags = who.to_numpy(dtype=bool)
    # Column by column with bits set counted, since a product of matrices would first widen every flag to eight bytes.
    both = np.array([[np.count_nonzero(one & other) for other in flags.T] for one in flags.T], dtype=np.int64)
    both = both.reshape(len(who.columns), len(who.columns))
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
            }
        )


def intersections(who: pd.DataFrame) -> pd.DataFrame:
    """Return how many profiles are in exactly each combination of segments and in no other.

    Args:
        who: a membership table of any number of segments, none of them named "degree" or "size".

    Returns:
        A row for each combination that occurs, largest first, profiles in no segment included: a column of True and False for
        each segment, then `degree` (how many segments) and `size`. The sizes add up to the number of profiles.

    Raises:
        DefinitionError: a segment has the name of one of the two columns.

    >>> who = pd.DataFrame({"SMS": [True, True, False], "VIP": [True, False, False]})
    >>> intersections(who)["size"].sum()
    np.int64(3)
    """
    clash = {"degree", "size"} & set(map(str, who.columns))
    if clash:
        raise DefinitionError.reserved_name(min(clash), "intersections")
    bits, counts = _combinations(who.to_numpy(dtype=bool))
    table = pd.DataFrame(bits, columns=who.columns)
    table["degree"] = bits.sum(axis=1)
    table["size"] = counts
    return table.sort_values(["size", "degree"], ascending=[False, True], kind="stable", ignore_index=True)


def _combinations(flags: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Return the distinct rows of a table of flags, and how often each occurs.

    A row becomes one whole number, its flags being the bits, as long as 62 of them fit: a million rows of 20 are sorted so in a
    thirtieth of the time that sorting rows takes.
    """
    width = flags.shape[1]
    if width <= WIDEST_CODE:
        codes = np.zeros(len(flags), dtype=np.int64)
        for number in range(width):
            codes |= flags[:, number].astype(np.int64) << (width - 1 - number)
        found, counts = np.unique(codes, return_counts=True)
        shifts = np.arange(width - 1, -1, -1)
        return (found[:, None] >> shifts & 1).astype(bool), counts
    packed, counts = np.unique(np.packbits(flags, axis=1), axis=0, return_counts=True)
    return np.unpackbits(packed, axis=1, count=width).astype(bool), counts
