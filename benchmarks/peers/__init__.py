"""Who is compared: segkit, pandas as people write it, pandas prepared, numpy on the same frames, Polars and DuckDB with equal preparation."""

import importlib
from importlib.util import find_spec

from peers.base import Peer

HOMES = {
    "segkit": ("peers.segkit_peer", "Segkit", "segkit"),
    "written": ("peers.pandas_as_written", "PandasAsWritten", "pandas"),
    "pandas": ("peers.pandas_prepared", "PandasPrepared", "pandas"),
    "numpy": ("peers.numpy_by_hand", "NumpyByHand", "pandas"),
    "polars": ("peers.polars_peer", "Polars", "polars"),
    "duckdb": ("peers.duckdb_peer", "DuckDB", "duckdb"),
}
"""By the word that the command takes: module, class, and the distribution that it needs."""


def available() -> list[str]:
    """Return the peers whose distribution is installed."""
    return [word for word, (_, _, distribution) in HOMES.items() if find_spec(distribution)]


def peer(word: str) -> type[Peer]:
    """Return the class of a peer."""
    module, name, _ = HOMES[word]
    return getattr(importlib.import_module(module), name)
