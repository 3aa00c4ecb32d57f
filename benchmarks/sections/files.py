"""Time loading files and writing a file of members, each run in a new process."""

import fresh
import peers
from bench import Bench
from timing import Record

MOST_AS_CSV = 2_000_000
"""Shops with more profiles than this are not read from CSV."""


def measure(bench: Bench) -> Record:
    """Let every peer load both kinds of file, and write all profiles."""
    record = Record("files")
    steps = ["load parquet"]
    if bench.profiles <= MOST_AS_CSV:
        bench.write_csv()
        steps.append("load csv")
    for _ in range(bench.rounds):
        for step in (*steps, "write members"):
            for word in bench.words:
                # "numpy by hand" loads the same frames as "pandas prepared".
                if word == "numpy":
                    continue
                if step != "write members" or word in fresh.WRITERS:
                    _run(record, bench, word, step)
    return record


def _run(record: Record, bench: Bench, word: str, step: str) -> None:
    done = fresh.run(word, step, bench.folder)
    record.add(step, "once", peers.peer(word).name, done["seconds"], done["answers"], peak_mib=done["peak_mib"])
