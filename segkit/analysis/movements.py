"""Count how profiles moved between segments from one moment to another: the public function `movements`."""

from collections.abc import Collection
from typing import Any, Final

import numpy as np
import pandas as pd

from segkit.analysis.history import notes_of_cover, past_moments
from segkit.analysis.past import existing, notes_of_past
from segkit.definition.segment import Segments, distinct_segments
from segkit.drawing.frames import StyledFrame
from segkit.engine.engines import Data, engine_of
from segkit.engine.order import check_order
from segkit.engine.protocol import COUNT, At, Item, warn_about_answers, warn_of
from segkit.errors import DefinitionError

NONE: Final = "none of them"
NOT_YET: Final = "not there yet"


def movements(
    segments: Segments, dataset: Data, start: Any, end: Any = None, *, allow_todays: Collection[str] = ()
) -> pd.DataFrame:
    """Count how profiles moved between segments from one moment to another.

    At each moment, a profile counts only in the first segment that it is a member of. Order segments by priority, or pass segments that
    exclude each other, such as `sk.engagement_tracks`.

    Args:
        segments: the segments, with different names.
        dataset: the profiles and events.
        start: the earlier moment, as a date (meaning the end of that day) or an instant.
        end: the later moment; None means `as_of`.
        allow_todays: computed properties that may be used although they also reflect later events.

    Returns:
        A row for each pair of states that occurs: `before` and `after` (the name of a segment, "none of them", or "not there yet" for
        profiles that were created in between), `profiles` and `share` (of the profiles in `before`). The numbers add up to all profiles
        that exist at the end.

    Raises:
        DefinitionError: see `sk.history`; also if a segment has the name of another state, or `start` is not before `end`.
        AnalysisError: a segment uses a computed property that is not in `allow_todays`.
        DataError: see `sk.membership`.

    >>> from segkit import Dataset, Segment, did
    >>> orders = pd.DataFrame({"profile_id": ["a", "b"], "metric": "Placed Order", "datetime": ["2026-06-01", "2026-05-20"]})
    >>> shop = Dataset.from_frames(None, orders, as_of="2026-06-30")
    >>> movements(Segment("Lately", did("Placed Order", in_last_days=14)), shop, "2026-06-10")[["before", "after"]].to_numpy().tolist()
    [['Lately', 'none of them'], ['none of them', 'none of them']]
    """
    check_order(segments, "sk.movements(segments, shop, start, end)")
    every, engine = distinct_segments(segments), engine_of(dataset)
    names = [one.name for one in every]
    for name in (NONE, NOT_YET):
        if name in names:
            raise DefinitionError.reserved_name(name, "sk.movements")
    first, last = (past_moments([moment], engine)[0] for moment in (start, engine.as_of if end is None else end))
    if first >= last:
        raise DefinitionError.bad_value("start", f"{first:%Y-%m-%d %H:%M}", f"before the end, {last:%Y-%m-%d %H:%M}")
    conditions = [one.condition for one in every]
    warn_about_answers(engine, conditions)
    notes = notes_of_past(conditions, engine, allow_todays=allow_todays)
    warn_of([*notes, *notes_of_cover(every, [first, last], engine)])
    there = existing(engine)
    by: list[Item] = [At(one, moment) for moment in (first, last) for one in (there, *conditions)]
    cube = engine.at(last).cube(by, among=there)
    half = len(conditions) + 1
    states = [_state(cube[list(range(start, start + half))].to_numpy(dtype=bool)) for start in (0, half)]
    labels = np.array([NOT_YET, *names, NONE], dtype=object)
    found = pd.DataFrame({"from": states[0], "to": states[1], "profiles": cube[COUNT].to_numpy()})
    found = found.groupby(["from", "to"], sort=True)["profiles"].sum().reset_index()
    # Profiles that are not there yet come last.
    found = found.sort_values(["from", "to"], key=lambda column: column.where(column > 0, len(labels)), kind="stable")
    share = found["profiles"] / found.groupby("from")["profiles"].transform("sum")
    table = {
        "before": labels[found["from"]],
        "after": labels[found["to"]],
        "profiles": found["profiles"].to_numpy(),
        "share": share.to_numpy(),
    }
    return StyledFrame(table)


def _state(flags: Any) -> Any:
    """Return the state in each cell: 0 for "not there yet", the index of the first segment plus 1, or the number of segments plus 1."""
    is_there, inside = flags[:, 0], flags[:, 1:]
    first = np.where(inside.any(axis=1), inside.argmax(axis=1) + 1, inside.shape[1] + 1)
    return np.where(is_there, first, 0)
