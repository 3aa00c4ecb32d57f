"""What a threshold costs: the size of a builder's segment as its parameters vary, at one moment."""

from collections.abc import Callable, Iterable
from itertools import product
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from segkit.data.instants import Flags
from segkit.definition.conditions import Condition
from segkit.definition.parameters import made_by, parameters
from segkit.definition.segment import Segment, one_segment
from segkit.engine.memory.dataset import Dataset
from segkit.engine.memory.evaluation import Evaluation
from segkit.engine.thresholds.curve import curve_of
from segkit.errors import DefinitionError

Counts: TypeAlias = npt.NDArray[np.int64]


def sweep(
    builder: Callable[..., Segment], dataset: Dataset, *, base: Segment | None = None, **settings: Any
) -> pd.DataFrame:
    """Return the size of a builder's segment for each setting of its parameters.

    Args:
        builder: a function from keyword arguments to a segment; an analyst's own too.
        dataset: the profiles and events.
        base: the segment that shares are taken of; None is all profiles. A share counts the members who are in the base.
        **settings: a parameter's values to go through, as a list, range or array; or one value, for all settings. Parameters that
            are not named keep their default.

    Returns:
        A tidy table, one row per setting, in the order of the values, the last parameter fastest: a column for each parameter that
        varies, then `size`, `share` (0 to 1; NaN where the base is empty) and `base`.

    Raises:
        DefinitionError: a parameter that the builder does not have, or none that varies.
        DataError: as `sk.membership`.

    >>> from segkit.builders import sms_nearby
    >>> homes = {"profile_id": ["a", "b"], "latitude": [42.4, 43.0], "longitude": [-71.1, -71.1], "sms_consent": ["subscribed"] * 2}
    >>> shop = Dataset.from_frames(pd.DataFrame(homes), as_of="2026-06-30")
    >>> sweep(sms_nearby, shop, radius=[10, 100])[["radius", "size"]].to_numpy().tolist()
    [[10, 1], [100, 2]]
    """
    known = [parameter.name for parameter in parameters(builder)]
    evaluation = Evaluation(dataset)
    for name in settings:
        if name not in known:
            raise DefinitionError.unknown_word(getattr(builder, "__name__", "the builder"), name, known)
    varying = {name: list(values) for name, values in settings.items() if _is_several(values)}
    fixed = {name: value for name, value in settings.items() if name not in varying}
    if not varying:
        raise DefinitionError.missing_word("sweep", [f"{name}=[...]" for name in known])
    settings_in_order = list(product(*varying.values()))
    segments = [made_by(builder, fixed | dict(zip(varying, values, strict=True))) for values in settings_in_order]
    inside = None if base is None else evaluation.holds(one_segment(base).condition)
    sizes, in_base = _counts([segment.condition for segment in segments], inside, evaluation)
    table = pd.DataFrame(settings_in_order, columns=list(varying))
    base_size = len(dataset) if inside is None else np.count_nonzero(inside)
    return table.assign(
        size=sizes,
        share=in_base / base_size if base_size else np.nan,
        base="all profiles" if base is None else base.name,
    )


def _counts(conditions: list[Condition], inside: Flags | None, evaluation: Evaluation) -> tuple[Counts, Counts]:
    """Return of how many profiles each condition is true, and of how many of those inside the base, None being everybody."""
    if not conditions:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    curve = curve_of(conditions, evaluation)
    # Along a curve only a threshold moves, and the notes of the first setting are those of all.
    evaluation.tell(conditions if curve is None else conditions[:1])
    if curve is not None:
        sizes = curve.counts()
        return sizes, sizes if inside is None else curve.counts(inside)
    every = map(evaluation.answer, conditions)
    counts = np.array([(np.count_nonzero(holds), _count_in(inside, holds)) for holds in every])
    return counts[:, 0], counts[:, 1]


def _count_in(inside: Flags | None, holds: Flags) -> int:
    return int(np.count_nonzero(holds if inside is None else holds & inside))


def _is_several(values: object) -> bool:
    return isinstance(values, Iterable) and not isinstance(values, (str, tuple))
