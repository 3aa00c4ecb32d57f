"""Work out which profiles are in which segments: the public functions `membership` and `members`."""

import numpy as np
import pandas as pd

from segkit.definition.conditions import Condition
from segkit.definition.segment import Segment, Segments, distinct_segments, one_segment
from segkit.drawing.frames import StyledFrame
from segkit.engine.connected import ConnectedShop, in_memory
from segkit.engine.engines import Data
from segkit.engine.memory.evaluation import Evaluation
from segkit.engine.order import check_order
from segkit.engine.protocol import warn_about_answers


def membership(segments: Segments, dataset: Data) -> pd.DataFrame:
    """Work out who is in which segment, as of the Dataset's `as_of`.

    Args:
        segments: one segment, or several with different names, including those that `sk.in_segment` refers to.
        dataset: the profiles and events.

    Returns:
        A table with a boolean column for each segment, in the given order, and a row for each profile, with `profile_id` as the index.

    Raises:
        DefinitionError: an argument is not a segment, two segments have the same name, or a segment that another refers to is missing.
        DataError: a condition names a metric, property, list or postal code that the data lacks.

    Warns:
        SegkitWarning: the data lacks what a condition needs to match anybody, or a condition asks for a value that nobody has.

    >>> from segkit.definition.phrases import is_set
    >>> from segkit.engine.memory.dataset import Dataset
    >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["ann", "bea"], "city": ["Oslo", None]}), as_of="2026-06-30")
    >>> membership(Segment("Placed", is_set("city")), shop)["Placed"].tolist()
    [True, False]
    """
    check_order(segments, "sk.membership(segments, shop)")
    every = distinct_segments(segments)
    if isinstance(dataset, ConnectedShop):
        return _connected_membership([segment.name for segment in every], [one.condition for one in every], dataset)
    evaluation = Evaluation(in_memory(dataset))
    # Cached answers are read-only. Copy them, since the caller may change the table.
    columns = {
        segment.name: holds if holds.flags.writeable else holds.copy()
        for segment, holds in ((segment, evaluation.holds(segment.condition)) for segment in every)
    }
    return StyledFrame(columns, index=dataset.profile_ids, copy=False)


def members(segment: Segment, dataset: Data) -> pd.DataFrame:
    """Return the profiles in a segment, with a column for each property and `profile_id` as the index.

    The errors and warnings are the same as for `membership`.

    >>> from segkit.definition.phrases import has
    >>> from segkit.engine.memory.dataset import Dataset
    >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["ann", "bea"], "Age": [17, 18]}), as_of="2026-06-30")
    >>> members(Segment("Adults", has("Age", at_least=18)), shop).index.tolist()
    ['bea']
    """
    check_order(segment, "sk.members(segment, shop)")
    condition = one_segment(segment).condition
    if isinstance(dataset, ConnectedShop):
        from segkit.engine.by_sql.engine import SqlEngine  # noqa: PLC0415  # an extra

        engine = SqlEngine(dataset)
        warn_about_answers(engine, [condition])
        return dataset.dataset.rows(engine.matching(condition))
    shop = in_memory(dataset)
    return shop.rows(np.flatnonzero(Evaluation(shop).holds(condition)))


def _connected_membership(names: list[str], conditions: list[Condition], shop: ConnectedShop) -> pd.DataFrame:
    from segkit.engine.by_sql.engine import SqlEngine  # noqa: PLC0415  # an extra

    engine = SqlEngine(shop)
    columns = dict(zip(names, engine.flags(conditions), strict=True))
    warn_about_answers(engine, conditions)
    return StyledFrame(columns, index=shop.profile_ids, copy=False)
