"""Read the arguments of functions that take either a membership table, or segments and a dataset."""

from typing import Any, NamedTuple

import pandas as pd

from segkit.definition.conditions import Condition
from segkit.definition.segment import distinct_segments
from segkit.engine.engines import engine_of
from segkit.engine.order import check_order
from segkit.engine.protocol import Engine
from segkit.errors import DefinitionError


class Asked(NamedTuple):
    """The names and conditions of segments, and the engine to query."""

    names: list[str]
    conditions: list[Condition]
    engine: Engine


def asked_of(who: Any, dataset: Any, function: str) -> Asked | None:
    """Return the segments and the engine to query, or None if `who` is a membership table.

    Args:
        who: a membership table, or segments.
        dataset: the profiles and events; None for a membership table.
        function: the name of the calling function, for errors.

    Raises:
        DefinitionError: the call has both a table and a dataset, or neither; an argument is not a segment; or two segments have the
            same name.
    """
    check_order(who, f"sk.{function}(segments, shop)")
    if isinstance(who, pd.DataFrame):
        if dataset is not None:
            raise DefinitionError.table_and_data(function)
        return None
    if dataset is None:
        raise DefinitionError.not_a_membership_table(function, who)
    segments = distinct_segments(who)
    return Asked([one.name for one in segments], [one.condition for one in segments], engine_of(dataset))
