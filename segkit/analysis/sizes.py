"""Count the members of segments, and their share of a named base. Empty segments are included."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from segkit.analysis.asked import Asked, asked_of
from segkit.analysis.flags import checked
from segkit.definition.segment import Segment, Segments
from segkit.drawing.frames import StyledFrame
from segkit.engine.engines import Data
from segkit.engine.protocol import warn_about_answers
from segkit.errors import DefinitionError
from segkit.sending.audience import audience


def sizes(
    who: pd.DataFrame | Segments, dataset: Data | None = None, *, base: str | None = None, sendable: bool = False
) -> pd.DataFrame:
    """Return the size of each segment, its share of a named base and, on request, how many of its members may be texted.

    Args:
        who: one segment, or several with different names; or a membership table, as `sk.membership` returns it.
        dataset: the profiles and events; None for a membership table.
        base: the segment whose size is the base of all shares; None means all profiles, including profiles created after `as_of`, which are in no
            segment yet. Shares count only members that are in the base.
        sendable: whether to count the members who may be texted, as `sk.audience` does. This needs segments and a shop.

    Returns:
        A row for each segment, in the given order: `size` (members), `share` (of the base, 0 to 1; NaN if the base is empty),
        `base` (its name), `base_size` and, on request, `sendable` (members who may be texted).

    Raises:
        DefinitionError: the base is not one of the segments; a cell of a table is not True, False, 1 or 0; the call has both a
            table and a dataset, or neither; or `sendable` is True for a table.
        DataError: see `sk.membership`.

    Warns:
        SegkitWarning: see `sk.membership` and, with `sendable`, `sk.audience`; also if a table has missing cells, since
            these do not count as members.

    >>> who = pd.DataFrame({"SMS": [True, True, False], "VIP": [True, False, False], "Nobody": [False] * 3})
    >>> sizes(who, base="SMS")[["size", "share"]].to_dict("list")
    {'size': [2, 1, 0], 'share': [1.0, 0.5, 0.0]}
    """
    asked = asked_of(who, dataset, "sizes")
    if asked is not None:
        found = _asked_sizes(asked, base)
        return _with_sendable(found, asked, dataset) if sendable else found
    if sendable:
        raise DefinitionError.sendable_of_a_table()
    table = checked(who, "sizes")
    _check_base(base, table.columns)
    flags = table.to_numpy(dtype=bool)
    counts = flags.sum(axis=0)
    if base is None:
        return _sizes(table.columns, counts, counts, base, len(table))
    inside = table[base].to_numpy()
    return _sizes(table.columns, counts, flags[inside].sum(axis=0), base, int(inside.sum()))


def _with_sendable(table: pd.DataFrame, asked: Asked, dataset: Any) -> pd.DataFrame:
    """Add how many members of each segment may be texted. The checks are made once, since the shop caches their results."""
    segments = map(Segment, asked.names, asked.conditions)
    return table.assign(sendable=[audience(segment, dataset).size for segment in segments])


def _asked_sizes(asked: Asked, base: str | None) -> pd.DataFrame:
    _check_base(base, asked.names)
    engine, conditions = asked.engine, asked.conditions
    counts = in_base = engine.counts(conditions)
    base_size = len(engine)
    if base is not None:
        place = asked.names.index(base)
        in_base, base_size = engine.counts(conditions, among=conditions[place]), counts[place]
    warn_about_answers(engine, conditions)
    return _sizes(asked.names, counts, in_base, base, base_size)


def _check_base(base: object, names: Sequence[str] | pd.Index) -> None:
    if base is not None and (not isinstance(base, str) or base not in names):
        raise DefinitionError.unknown_choice("base", base, names)


def _sizes(
    names: Sequence[str] | pd.Index, counts: Sequence[int], in_base: Sequence[int], base: str | None, base_size: int
) -> pd.DataFrame:
    return StyledFrame(
        {
            "size": np.asarray(counts, dtype=np.int64),
            "share": np.asarray(in_base, dtype=np.int64) / base_size if base_size else np.nan,
            "base": "all profiles" if base is None else base,
            "base_size": base_size,
        },
        index=pd.Index(names, name="segment"),
    )
