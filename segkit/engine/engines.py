"""Choose the engine that answers questions about given data."""

from typing import TypeAlias

from segkit.engine.memory.dataset import Dataset
from segkit.engine.memory.engine import MemoryEngine
from segkit.engine.protocol import Engine

Data: TypeAlias = Dataset
"""Data that can be queried. Callers need only this name and the protocol, not how the data is stored."""


def engine_of(data: Data) -> Engine:
    """Return the engine that answers questions about a Dataset. It works in memory.

    Raises:
        DefinitionError: `data` is not a Dataset.

    >>> import pandas as pd
    >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["ann"], "Age": [18]}), as_of="2026-06-30")
    >>> engine_of(shop).names().properties
    ('Age',)
    """
    return MemoryEngine(data)
