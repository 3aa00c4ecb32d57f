"""What a section of the suite is given: the shop's files, the peers that have loaded them, and how many rounds to go."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import peers
import pyarrow.parquet as pq
from peers import Peer
from pyarrow import csv


@dataclass
class Bench:
    """One shop and those who are compared on it."""

    folder: Path
    profiles: int
    words: list[str]
    rounds: int

    @cached_property
    def peers(self) -> dict[str, Peer]:
        """The peers, each with the shop loaded; loaded when a section first asks for them."""
        loaded = {}
        for word in self.words:
            print(f"  {peers.peer(word).name} loads the shop", flush=True)
            loaded[word] = peers.peer(word).load(self.folder, "parquet")
        return loaded

    def write_csv(self) -> None:
        """Write the shop as CSV beside its Parquet files, in pieces."""
        for name in ("profiles", "events"):
            path = self.folder / f"{name}.csv"
            if not path.exists():
                source = pq.ParquetFile(self.folder / f"{name}.parquet")
                # Under another name at first: a run that is broken off shall leave no half file to the next.
                part = path.with_suffix(".part")
                with csv.CSVWriter(part, source.schema_arrow) as writer:
                    for batch in source.iter_batches(1_000_000):
                        writer.write_batch(batch)
                part.rename(path)
