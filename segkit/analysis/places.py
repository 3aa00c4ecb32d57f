"""Count the members of a segment, and other profiles, by where they live. `plot_map` draws the table."""

import numpy as np
import pandas as pd

from segkit.definition.segment import Segment, one_segment
from segkit.engine.memory.dataset import Dataset
from segkit.engine.memory.evaluation import Evaluation
from segkit.engine.order import check_order


def places(segment: Segment, dataset: Dataset, *, among: Segment | None = None) -> pd.DataFrame:
    """Return how many members of a segment, and how many other profiles, live at each point.

    Args:
        segment: the segment.
        dataset: the profiles and events.
        among: the segment that the other profiles are taken from, such as all SMS subscribers; None means all profiles. Members
            always count.

    Returns:
        A row for each point, from south to north: `latitude` and `longitude` (in degrees, from the profile or else from its postal
        code), `members` and `others`. The last row has no coordinates and counts profiles without a known location. It is left out
        if there are none.

    Raises:
        DataError: see `sk.membership`.

    >>> from segkit.definition.phrases import has
    >>> people = {"profile_id": list("abc"), "latitude": [42.4, 42.4, None], "longitude": [-71.1, -71.1, None], "Age": [40, 7, 50]}
    >>> shop = Dataset.from_frames(pd.DataFrame(people), as_of="2026-06-30")
    >>> places(Segment("Grown up", has("Age", at_least=18)), shop)[["members", "others"]].to_dict("list")
    {'members': [1, 1], 'others': [1, 0]}
    """
    check_order(segment, "sk.places(segment, shop)")
    evaluation = Evaluation(dataset)
    members = evaluation.holds(one_segment(segment).condition)
    looked_at = (
        np.ones(len(dataset), dtype=bool) if among is None else evaluation.holds(one_segment(among).condition) | members
    )
    latitude, longitude = dataset.points
    people = pd.DataFrame(
        {"latitude": latitude, "longitude": longitude, "members": members.astype(int), "others": (~members).astype(int)}
    )
    return people[looked_at].groupby(["latitude", "longitude"], dropna=False).sum().reset_index()
