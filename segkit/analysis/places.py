"""Count the members of a segment, and other profiles, by where they live. `plot_map` draws the table."""

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from segkit.definition.algebra import atoms
from segkit.definition.conditions import Condition, DistanceCondition, Point
from segkit.definition.segment import Segment, one_segment
from segkit.drawing.frames import StyledFrame
from segkit.engine.memory.dataset import Dataset
from segkit.engine.memory.evaluation import Evaluation
from segkit.engine.order import check_order
from segkit.masking import masked_text


def places(segment: Segment, dataset: Dataset, *, among: Segment | None = None) -> pd.DataFrame:
    """Return how many members of a segment, and how many other profiles, live at each point.

    Args:
        segment: the segment.
        dataset: the profiles and events.
        among: the segment that the other profiles are taken from, such as all SMS subscribers; None means all profiles. Members
            always count.

    Returns:
        A row for each point, from south to north: `latitude` and `longitude` (in degrees, from the profile or else from its postal
        code), `members` and `others`. If the data has a column `city`, `town` is the most common town at the point. The last row has
        no coordinates and counts profiles without a known location. It is left out if there are none. If the segment has one distance
        condition, `table.attrs["store"]` has its `point`, `of`, `radius` and `unit`, so `plot_map` needs only the table.

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
    condition = one_segment(segment).condition
    members = evaluation.holds(condition)
    looked_at = (
        np.ones(len(dataset), dtype=bool) if among is None else evaluation.holds(one_segment(among).condition) | members
    )
    latitude, longitude = dataset.points
    people = StyledFrame(
        {"latitude": latitude, "longitude": longitude, "members": members.astype(int), "others": (~members).astype(int)}
    )
    at = ["latitude", "longitude"]
    table = people[looked_at].groupby(at, dropna=False).sum().reset_index()
    if dataset.has_property("city"):
        table = table.merge(_towns(people.loc[looked_at, at], dataset), how="left", on=at)
    store = _store(condition, dataset)
    if store is not None:
        table.attrs["store"] = store
    return table


def _towns(points: pd.DataFrame, dataset: Dataset) -> pd.DataFrame:
    """Return the most common town at each known point. Ties are in alphabetical order."""
    codes, cities = dataset.cells("city").distinct()
    # The code -1 means not set, and takes the last name. Cells may contain anything and the map shows them, so mask them.
    names = np.array([*(masked_text(str(city)) for city in pa.array(cities).to_pylist()), None], dtype=object)
    placed = points.assign(town=names[codes[points.index]]).dropna()
    counts = placed.groupby(list(placed.columns)).size().rename("count").reset_index()
    commonest = counts.sort_values(["count", "town"], ascending=[False, True], kind="stable")
    return commonest.drop_duplicates(["latitude", "longitude"])[["latitude", "longitude", "town"]]


def _store(condition: Condition, dataset: Dataset) -> dict[str, Any] | None:
    """Return the place and the radius of the only distance condition, or None if there is none, or several."""
    found = list(dict.fromkeys(atom for atom in atoms(condition) if isinstance(atom, DistanceCondition)))
    if len(found) != 1:
        return None
    of = found[0].of
    if isinstance(of, Point):
        point, name = (of.latitude, of.longitude), ""
    else:
        point, name = dataset.postal_points.required(of.postal_code, of.country), of.postal_code
    return {"point": point, "of": name, "radius": found[0].distance, "unit": found[0].unit}
