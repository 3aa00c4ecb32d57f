"""Who is in which segment."""

import numpy as np
import pandas as pd

from segkit.definition.segment import Segment, Segments, distinct_segments, one_segment
from segkit.engine.memory.dataset import Dataset
from segkit.engine.memory.evaluation import Evaluation


def membership(segments: Segments, dataset: Dataset) -> pd.DataFrame:
    """Work out who is in which segment, as of the Dataset's moment.

    Args:
        segments: one segment or several, each with a name of its own; those that `sk.in_segment` names among them.
        dataset: the profiles and events.

    Returns:
        A column of True and False for each segment, in their order; index `profile_id`, every profile of the Dataset.

    Raises:
        DefinitionError: something is no segment, two segments have one name, or a segment that is named is not among them.
        DataError: a condition names a metric, property, list or postal code that the data does not have.

    Warns:
        SegkitWarning: a condition is true of nobody for a reason that lies in the data, or asks for a value that nobody has.

    >>> from segkit.definition.phrases import is_set
    >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["ann", "bea"], "city": ["Oslo", None]}), as_of="2026-06-30")
    >>> membership(Segment("Placed", is_set("city")), shop)["Placed"].tolist()
    [True, False]
    """
    every = distinct_segments(segments)
    evaluation = Evaluation(dataset)
    # What is kept is copied, since a table is its owner's to change.
    columns = {
        segment.name: holds if holds.flags.writeable else holds.copy()
        for segment, holds in ((segment, evaluation.holds(segment.condition)) for segment in every)
    }
    return pd.DataFrame(columns, index=dataset.profile_ids, copy=False)


def members(segment: Segment, dataset: Dataset) -> pd.DataFrame:
    """Return the profiles that are in a segment: index `profile_id`, a column for each property.

    Raises and warns as `membership`.

    >>> from segkit.definition.phrases import has
    >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["ann", "bea"], "Age": [17, 18]}), as_of="2026-06-30")
    >>> members(Segment("Adults", has("Age", at_least=18)), shop).index.tolist()
    ['bea']
    """
    found = Evaluation(dataset).holds(one_segment(segment).condition)
    return dataset.rows(np.flatnonzero(found))
