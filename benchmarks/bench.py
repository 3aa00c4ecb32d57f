"""Hold what each section of the suite needs: the shop's files, the peers that have loaded them, and the number of rounds."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import peers
import pyarrow.parquet as pq
from peers import Peer
from pyarrow import csv


@dataclass
class Bench:
    """One shop and the peers that are compared on it."""

    folder: Path
    profiles: int
    words: list[str]
    rounds: int

    @cached_property
    def peers(self) -> dict[str, Peer]:
        """The peers, which load the shop when a section first needs them."""
        loaded = {}
        for word in self.words:
            print(f"  {peers.peer(word).name} loads the shop", flush=True)
            loaded[word] = peers.peer(word).load(self.folder, "parquet")
        return loaded

    def write_csv(self) -> None:
        """Write the shop as CSV files next to its Parquet files, a batch at a time."""
        for name in ("profiles", "events"):
            path = self.folder / f"{name}.csv"
            if not path.exists():
                source = pq.ParquetFile(self.folder / f"{name}.parquet")
                # Renamed at the end, so that a run that is interrupted leaves no incomplete file for the next.
                part = path.with_suffix(".part")
                with csv.CSVWriter(part, source.schema_arrow) as writer:
                    for batch in source.iter_batches(1_000_000):
                        writer.write_batch(batch)
                part.rename(path)
