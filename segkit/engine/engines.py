"""Choose the engine that answers questions about given data."""

from typing import TypeAlias

from segkit.data.instants import Flags
from segkit.definition.conditions import Condition
from segkit.engine.connected import ConnectedShop, in_memory
from segkit.engine.memory.dataset import Dataset
from segkit.engine.memory.engine import MemoryEngine
from segkit.engine.memory.evaluation import Evaluation
from segkit.engine.protocol import Engine

Data: TypeAlias = Dataset | ConnectedShop
"""Data that can be queried. Callers need only this name and the protocol, not how the data is stored."""


def engine_of(data: Data) -> Engine:
    """Return the engine for a Dataset, which works in memory, or for a connected shop, which works with DuckDB.

    Raises:
        DefinitionError: `data` is neither.

    >>> import pandas as pd
    >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["ann"], "Age": [18]}), as_of="2026-06-30")
    >>> engine_of(shop).names().properties
    ('Age',)
    """
    if isinstance(data, ConnectedShop):
        from segkit.engine.by_sql.engine import SqlEngine  # noqa: PLC0415  # an extra

        return SqlEngine(data)
    return MemoryEngine(in_memory(data))


def flags_of(data: Data, condition: Condition) -> Flags:
    """Return for which profiles a condition is true, in the order of the data. This never warns.

    Raises:
        DataError: see `sk.membership`.
    """
    if isinstance(data, ConnectedShop):
        from segkit.engine.by_sql.engine import SqlEngine  # noqa: PLC0415  # an extra

        (found,) = SqlEngine(data).flags([condition])
        return found
    return Evaluation(data).answer(condition)


def tables_of(data: Data) -> Dataset:
    """Return the checked tables of some data, from which eligibility is computed.

    The tables of a connected shop read the events of a metric when they are first used.

    Raises:
        DefinitionError: `data` is neither a Dataset nor a connected shop.
    """
    return data.dataset if isinstance(data, ConnectedShop) else in_memory(data)
