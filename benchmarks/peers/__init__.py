"""List the peers that the benchmarks compare: segkit, pandas in two ways, numpy, Polars and DuckDB."""

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
"""The module, class and required distribution of each peer, by its name on the command line."""


def available() -> list[str]:
    """Return the peers whose distribution is installed."""
    return [word for word, (_, _, distribution) in HOMES.items() if find_spec(distribution)]


def peer(word: str) -> type[Peer]:
    """Return the class of a peer."""
    module, name, _ = HOMES[word]
    return getattr(importlib.import_module(module), name)
