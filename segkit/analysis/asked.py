"""What is counted: a membership table that an analyst hands over, or segments and the data that they are asked of."""

from typing import Any, NamedTuple

import pandas as pd

from segkit.definition.conditions import Condition
from segkit.definition.segment import distinct_segments
from segkit.engine.engines import engine_of
from segkit.engine.order import check_order
from segkit.engine.protocol import Engine
from segkit.errors import DefinitionError


class Asked(NamedTuple):
    """Segments, by their names and conditions, and the engine that answers for them."""

    names: list[str]
    conditions: list[Condition]
    engine: Engine


def asked_of(who: Any, dataset: Any, function: str) -> Asked | None:
    """Return segments and who answers for them; None where a membership table is counted instead.

    Args:
        who: a membership table, or segments.
        dataset: what the segments are asked of; None beside a table.
        function: who asks, for the error.

    Raises:
        DefinitionError: there is a table and data, or neither; or, beside data, something is no segment, or two have one name.
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
