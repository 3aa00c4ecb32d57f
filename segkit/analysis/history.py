"""Compute the sizes of segments at past moments: the public function `history`."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from segkit.analysis.moments import check_days, first_day
from segkit.analysis.past import existing, notes_of_past
from segkit.data.instants import read_as_of
from segkit.definition.conditions import Condition
from segkit.definition.replay import look_back, metrics_in
from segkit.definition.segment import Segments, distinct_segments
from segkit.definition.timeframes import close_of
from segkit.drawing.frames import StyledFrame
from segkit.engine.engines import Data, engine_of
from segkit.engine.order import check_order
from segkit.engine.protocol import EVERYBODY, Engine, warn_about_answers, warn_of
from segkit.errors import DefinitionError

MOST: Final = 53
"""The largest number of moments by default, enough for a year of weeks and today."""


def history(
    segments: Segments,
    dataset: Data,
    *,
    every_days: int = 7,
    moments: Iterable[Any] | None = None,
    allow_todays: Collection[str] = (),
) -> pd.DataFrame:
    """Return the sizes of segments at past moments, even if their definitions were written later.

    Args:
        segments: one segment, or several with different names.
        dataset: the profiles and events.
        every_days: the number of days between moments, counted back from `as_of`. There are at most 53 moments, and none before the
            data covers the longest window of a segment.
        moments: dates, each meaning the end of that day, or instants, instead of `every_days`.
        allow_todays: computed properties, such as "churn_probability", that may be used although they also reflect later events.

    Returns:
        A row for each moment and segment, oldest first: `moment`, `segment`, `size`, `share` (of the profiles that existed; NaN if there
        were none) and `base_size` (the number of profiles that existed).

    Raises:
        DefinitionError: an argument is not a segment, two segments have the same name, or `every_days` is not a whole number above 0.
        AnalysisError: a segment uses a computed property that is not in `allow_todays`.
        DataError: see `sk.membership`; also if a moment is later than `as_of`, or is neither a date nor an instant.

    Warns:
        SegkitWarning: the data lacks something about the past that a segment uses.

    >>> from segkit import Dataset, Segment, did
    >>> orders = pd.DataFrame({"profile_id": ["a", "b"], "metric": "Placed Order", "datetime": ["2026-06-01", "2026-06-20"]})
    >>> shop = Dataset.from_frames(None, orders, as_of="2026-06-30")
    >>> history(Segment("Lately", did("Placed Order", in_last_days=14)), shop, every_days=10)["size"].tolist()
    [1, 1]
    """
    check_order(segments, "sk.history(segments, shop)")
    check_days("every_days", every_days)
    every, engine = distinct_segments(segments), engine_of(dataset)
    conditions = [one.condition for one in every]
    warn_about_answers(engine, conditions)
    warn_of(notes_of_past(conditions, engine, allow_todays=allow_todays))
    among, rows = existing(engine), []
    for moment in _moments(engine, conditions, every_days) if moments is None else past_moments(moments, engine):
        then = engine.at(moment)
        sizes = then.counts([EVERYBODY, *conditions], among=among)
        rows += [
            (moment, one.name, size, size / sizes[0] if sizes[0] else np.nan, sizes[0])
            for one, size in zip(every, sizes[1:], strict=True)
        ]
    return StyledFrame(rows, columns=["moment", "segment", "size", "share", "base_size"])


def past_moments(moments: Iterable[Any], engine: Engine) -> list[datetime]:
    """Read moments, oldest first.

    Raises:
        DefinitionError: there are no moments, or a moment is after the engine's `as_of`.
        DataError: a moment is neither a date nor an instant.
    """
    found = sorted({read_as_of(one) for one in ([moments] if isinstance(moments, str) else moments)})
    if not found:
        raise DefinitionError.bad_value("moments", [], "at least one date or instant")
    if found[-1].date() > engine.as_of.date():
        raise DefinitionError.bad_value(
            "A moment", f"{found[-1]:%Y-%m-%d}", f"not after the data's as_of, {engine.as_of:%Y-%m-%d}"
        )
    # The last day may not be over, so it ends at `as_of`.
    return [min(one, engine.as_of) for one in found]


def _moments(engine: Engine, conditions: Sequence[Condition], every_days: int) -> list[datetime]:
    metrics = dict.fromkeys(name for condition in conditions for name in metrics_in(condition))
    begins = [day for metric in metrics if (day := first_day(engine, metric)) is not None]
    found, day = [engine.as_of], engine.as_of.date() - timedelta(days=every_days)
    needed = timedelta(days=max((look_back(condition) for condition in conditions), default=0))
    while len(found) < MOST and (not begins or day >= min(begins) + needed):
        found.append(close_of(day))
        day -= timedelta(days=every_days)
    return found[::-1]
