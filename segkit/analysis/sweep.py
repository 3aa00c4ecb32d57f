"""Compute the size of a builder's segment as its parameters vary."""

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from segkit.analysis.settings import Grid
from segkit.definition.conditions import Condition
from segkit.definition.parameters import parameters
from segkit.definition.segment import Segment, one_segment
from segkit.drawing.frames import StyledFrame
from segkit.engine.engines import Data, engine_of
from segkit.engine.order import check_order
from segkit.engine.protocol import Engine, warn_about_answers
from segkit.engine.thresholds.curve import conditions_to_note, curve_of
from segkit.engine.thresholds.threshold import Threshold
from segkit.errors import DefinitionError

Counts: TypeAlias = npt.NDArray[np.int64]


def sweep(
    builder: Callable[..., Segment], dataset: Data, *, base: Segment | None = None, **settings: Any
) -> pd.DataFrame:
    """Return the size of a builder's segment for each setting of its parameters.

    Args:
        builder: a function that takes keyword arguments and returns a segment. It may be your own.
        dataset: the profiles and events.
        base: the segment whose size is the base of all shares; None means all profiles. Shares count only members that are in the base.
        **settings: for each parameter, the values to try, as a list, range or array, or one fixed value. Other parameters keep their
            defaults.

    Returns:
        A tidy table with one row per setting. The last parameter varies fastest. The columns are the parameters that vary, then
        `size`, `share` (0 to 1; NaN if the base is empty) and `base`.

    Raises:
        DefinitionError: the builder has no parameter with a given name, or no parameter varies.
        DataError: see `sk.membership`.

    >>> from segkit import Dataset
    >>> from segkit.builders import sms_nearby
    >>> homes = {"profile_id": ["a", "b"], "latitude": [42.4, 43.0], "longitude": [-71.1, -71.1], "sms_consent": ["subscribed"] * 2}
    >>> shop = Dataset.from_frames(pd.DataFrame(homes), as_of="2026-06-30")
    >>> sweep(sms_nearby, shop, radius=[10, 100])[["radius", "size"]].to_numpy().tolist()
    [[10, 1], [100, 2]]
    """
    check_order(builder, "sk.sweep(builder, shop, parameter=[...])")
    engine, grid = engine_of(dataset), Grid.of(builder, settings)
    if not grid.varying:
        raise DefinitionError.missing_word("sweep", [f"{one.name}=[...]" for one in parameters(builder)])
    inside = None if base is None else one_segment(base).condition
    if inside is not None:
        warn_about_answers(engine, [inside])
    thresholds = list(grid.thresholds())
    found = [_counts(threshold, inside, engine) for threshold in thresholds]
    warn_about_answers(engine, [condition for one in thresholds for condition in conditions_to_note(one, engine)])
    sizes, in_base = (
        np.concatenate([np.zeros(0, dtype=np.int64), *(counts[place] for counts in found)]) for place in (0, 1)
    )
    (base_size,) = (len(engine),) if inside is None else engine.counts([inside])
    return StyledFrame(grid.table()).assign(
        size=sizes,
        share=in_base / base_size if base_size else np.nan,
        base="all profiles" if base is None else base.name,
    )


def _counts(threshold: Threshold, inside: Condition | None, engine: Engine) -> tuple[Counts, Counts]:
    """Return the size at each position, and the size within the base."""
    conditions = threshold.conditions
    if not conditions:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    also = [] if inside is None else [inside]
    curve = curve_of(threshold, engine, also=also)
    if curve is not None:
        return curve.sizes(), curve.sizes(inside)
    sizes = np.array(engine.counts(conditions), dtype=np.int64)
    in_base = sizes if inside is None else np.array(engine.counts(conditions, among=inside), dtype=np.int64)
    return sizes, in_base
