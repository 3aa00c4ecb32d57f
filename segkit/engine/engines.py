"""The engine that answers for some data."""

from typing import TypeAlias

from segkit.engine.memory.dataset import Dataset
from segkit.engine.memory.engine import MemoryEngine
from segkit.engine.protocol import Engine

Data: TypeAlias = Dataset
"""What questions are asked of; who asks only needs this name and the protocol, and nothing of how data is held."""


def engine_of(data: Data) -> Engine:
    """Return the engine that answers for a Dataset: the one in memory.

    Raises:
        DefinitionError: it is no Dataset.

    >>> import pandas as pd
    >>> shop = Dataset.from_frames(pd.DataFrame({"profile_id": ["ann"], "Age": [18]}), as_of="2026-06-30")
    >>> engine_of(shop).names().properties
    ('Age',)
    """
    return MemoryEngine(data)
