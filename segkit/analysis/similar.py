"""Find segments that are identical, nested, nearly equal or empty: the public function `similar`."""

from itertools import combinations

import pandas as pd

from segkit.definition.conditions import AllOf
from segkit.definition.segment import Segments, distinct_segments
from segkit.drawing.frames import StyledFrame
from segkit.engine.engines import Data, engine_of
from segkit.engine.order import check_order
from segkit.engine.protocol import warn_about_answers
from segkit.errors import DefinitionError


def similar(segments: Segments, dataset: Data, *, nearly: float = 0.95) -> pd.DataFrame:
    """Return which segments contain the same people, comparing members rather than definitions.

    Args:
        segments: the segments, with different names.
        dataset: the profiles and events.
        nearly: the Jaccard similarity (shared members / members of either) at or above which two segments count as nearly equal.

    Returns:
        A row for each finding, the most alike first: `segment`, `relation` ("same as", "inside", "nearly equal to", or "empty"), `other`, `size`, `other_size`,
        `both` and `jaccard`. Empty segments have one row and are not compared with the others. Pairs without such a relation have no row.

    Raises:
        DefinitionError: an argument is not a segment, two have the same name, or `nearly` is not above 0 and at most 1.
        DataError: see `sk.membership`.

    >>> from segkit import Dataset, Segment, is_set
    >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["a", "b"], "city": ["x", "x"], "zip": ["1", None]}), as_of="2026-06-30")
    >>> similar([Segment("City", is_set("city")), Segment("Zip", is_set("zip"))], shop)[["segment", "relation", "other"]].to_numpy().tolist()
    [['Zip', 'inside', 'City']]
    """
    check_order(segments, "sk.similar(segments, shop)")
    if isinstance(nearly, bool) or not isinstance(nearly, (int, float)) or not 0 < nearly <= 1:
        raise DefinitionError.bad_value("nearly", nearly, "above 0 and at most 1")
    every, engine = distinct_segments(segments), engine_of(dataset)
    conditions = [one.condition for one in every]
    sizes = engine.counts(conditions)
    warn_about_answers(engine, conditions)
    pairs = [(one, other) for one, other in combinations(range(len(every)), 2) if sizes[one] and sizes[other]]
    both = engine.counts([AllOf((conditions[one], conditions[other])) for one, other in pairs]) if pairs else []
    rows = []
    for (one, other), common in zip(pairs, both, strict=True):
        small, large = (one, other) if sizes[one] <= sizes[other] else (other, one)
        jaccard = common / (sizes[one] + sizes[other] - common)
        relation = _relation(common, sizes[small], sizes[large], jaccard, nearly)
        if relation:
            rows.append((every[small].name, relation, every[large].name, sizes[small], sizes[large], common, jaccard))
    rows.sort(key=lambda row: -row[-1])
    rows += [(one.name, "empty", "", 0, 0, 0, float("nan")) for one, size in zip(every, sizes, strict=True) if not size]
    return StyledFrame(rows, columns=["segment", "relation", "other", "size", "other_size", "both", "jaccard"])


def _relation(common: int, small: int, large: int, jaccard: float, nearly: float) -> str:
    if common == small == large:
        return "same as"
    if jaccard >= nearly:
        return "nearly equal to"
    return "inside" if common == small else ""
