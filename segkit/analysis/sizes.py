"""How large segments are, and of what a share is taken; an empty segment stays visible."""

import numpy as np
import pandas as pd

from segkit.analysis.flags import checked
from segkit.errors import DefinitionError


def sizes(who: pd.DataFrame, *, base: str | None = None) -> pd.DataFrame:
    """Return the size of each segment and its share of a named base.

    Args:
        who: a membership table, as `sk.membership` returns it.
        base: the segment that shares are taken of; None is all profiles, also those that were created later than `as_of` and are
            in no segment yet. A share counts the members who are in the base.

    Returns:
        A row for each segment, in the order of the table: `size` (members), `share` (of the base, 0 to 1; NaN where the base is
        empty), `base` (its name) and `base_size`.

    Raises:
        DefinitionError: the base is no segment of the table, or a cell is anything else than True, False, 1 or 0.

    Warns:
        SegkitWarning: cells are missing, which are not members.

    >>> who = pd.DataFrame({"SMS": [True, True, False], "VIP": [True, False, False], "Nobody": [False] * 3})
    >>> sizes(who, base="SMS")[["size", "share"]].to_dict("list")
    {'size': [2, 1, 0], 'share': [1.0, 0.5, 0.0]}
    """
    who = checked(who, "sizes")
    if base is not None and (not isinstance(base, str) or base not in who.columns):
        raise DefinitionError.unknown_choice("base", base, who.columns)
    inside = np.ones(len(who), dtype=bool) if base is None else who[base].to_numpy()
    base_size = int(inside.sum())
    counted = who.to_numpy(dtype=bool)[inside].sum(axis=0)
    return pd.DataFrame(
        {
            "size": who.to_numpy(dtype=bool).sum(axis=0),
            "share": counted / base_size if base_size else np.nan,
            "base": "all profiles" if base is None else base,
            "base_size": base_size,
        },
        index=pd.Index(who.columns, name="segment"),
    )
