"""How segments overlap, two by two, and in exact intersections; empty segments stay visible."""

import numpy as np
import pandas as pd


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
        who: a membership table of any number of segments.

    Returns:
        A row for each combination that occurs, largest first, profiles in no segment included: a column of True and False for
        each segment, then `degree` (how many segments) and `size`. The sizes add up to the number of profiles.

    >>> who = pd.DataFrame({"SMS": [True, True, False], "VIP": [True, False, False]})
    >>> intersections(who)["size"].sum()
    np.int64(3)
    """
    flags = who.to_numpy(dtype=bool)
    packed = np.packbits(flags, axis=1) if flags.shape[1] else np.zeros((len(flags), 1), dtype=np.uint8)
    combinations, counts = np.unique(packed, axis=0, return_counts=True)
    bits = np.unpackbits(combinations, axis=1, count=flags.shape[1] or None).astype(bool)[:, : flags.shape[1]]
    table = pd.DataFrame(bits, columns=who.columns)
    table["degree"] = bits.sum(axis=1)
    table["size"] = counts
    return table.sort_values(["size", "degree"], ascending=[False, True], kind="stable", ignore_index=True)
