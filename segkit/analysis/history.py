"""Compute the sizes of segments at past moments: the public function `history`."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
import pandas as pd

from segkit.analysis.moments import Cover, check_days, read_moments
from segkit.analysis.past import existing, notes_of_past
from segkit.definition.conditions import Condition
from segkit.definition.segment import Segment, Segments, distinct_segments
from segkit.definition.timeframes import close_of
from segkit.drawing.frames import StyledFrame
from segkit.engine.engines import Data, engine_of
from segkit.engine.order import check_order
from segkit.engine.protocol import EVERYBODY, Engine, warn_about_answers, warn_of
from segkit.errors import DefinitionError
from segkit.masking import quoted
from segkit.wording import counted

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
        every_days: the number of days between moments, counted back from `as_of`. There are at most 53 moments, and none except
            `as_of` before the data has all events in the longest window of the segments.
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
        SegkitWarning: the data lacks something about the past that a segment uses, such as events before the first moments.

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
    notes = notes_of_past(conditions, engine, allow_todays=allow_todays)
    when = _moments(engine, conditions, every_days) if moments is None else past_moments(moments, engine)
    warn_of([*notes, *notes_of_cover(every, when, engine)])
    among, rows = existing(engine), []
    for moment in when:
        then = engine.at(moment)
        sizes = then.counts([EVERYBODY, *conditions], among=among)
        rows += [
            (moment, one.name, size, size / sizes[0] if sizes[0] else np.nan, sizes[0])
            for one, size in zip(every, sizes[1:], strict=True)
        ]
    return StyledFrame(rows, columns=["moment", "segment", "size", "share", "base_size"])


def past_moments(moments: Iterable[Any], engine: Engine) -> list[datetime]:
    """Read moments, oldest first and each once. A date or an instant on the day of `as_of` means `as_of` at most.

    Raises:
        DefinitionError: there are no moments, or a moment is on a day after the engine's `as_of`.
        DataError: a moment is neither a date nor an instant.
    """
    found = read_moments(moments)
    if found[-1].date() > engine.as_of.date():
        raise DefinitionError.bad_value(
            "A moment", f"{found[-1]:%Y-%m-%d}", f"not after the data's as_of, {engine.as_of:%Y-%m-%d}"
        )
    # The last day may not be over, so it ends at `as_of`.
    return sorted({min(one, engine.as_of) for one in found})


def notes_of_cover(segments: Sequence[Segment], moments: Sequence[datetime], engine: Engine) -> list[str]:
    """Return a sentence for each segment that needs older events than the data has at some of the moments."""
    return [note for one in segments for note in _of_cover(one.name, Cover.of(engine, [one.condition]), moments)]


def _of_cover(name: str, cover: Cover, moments: Sequence[datetime]) -> Iterator[str]:
    short = [moment for moment in moments if cover.first and moment.date() < cover.first]
    if short:
        back = f" and {quoted(name)} looks back {counted(cover.needed, 'day')}," if cover.needed else ""
        yield (
            f"Events of {quoted(cover.newest)} begin on {cover.begins[cover.newest]},{back} so at {counted(len(short), 'moment')} before "
            f"{cover.first} the data lacks events that {quoted(name)} asks for."
        )


def _moments(engine: Engine, conditions: Sequence[Condition], every_days: int) -> list[datetime]:
    first = Cover.of(engine, conditions).first
    found, day = [engine.as_of], engine.as_of.date() - timedelta(days=every_days)
    while len(found) < MOST and (first is None or day >= first):
        found.append(close_of(day))
        day -= timedelta(days=every_days)
    return found[::-1]
