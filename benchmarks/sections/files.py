"""Files read into what is asked afterwards, and a file of members written; each run in a process of its own."""

import fresh
import peers
from bench import Bench
from timing import Record

MOST_AS_CSV = 2_000_000
"""Profiles from which on a shop is no longer read as CSV."""


def measure(bench: Bench) -> Record:
    """Let every peer load both kinds of file, and write everybody."""
    record = Record("files")
    steps = ["load parquet"]
    if bench.profiles <= MOST_AS_CSV:
        bench.write_csv()
        steps.append("load csv")
    for _ in range(bench.rounds):
        for step in (*steps, "write members"):
            for word in bench.words:
                # numpy by hand reads what pandas prepared reads.
                if word == "numpy":
                    continue
                if step != "write members" or word in fresh.WRITERS:
                    _run(record, bench, word, step)
    return record


def _run(record: Record, bench: Bench, word: str, step: str) -> None:
    done = fresh.run(word, step, bench.folder)
    record.add(step, "once", peers.peer(word).name, done["seconds"], done["answers"], peak_mib=done["peak_mib"])
