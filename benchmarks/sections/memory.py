"""The peak of memory at each step of a day with segkit, each step in a process of its own that has loaded the shop before."""

import fresh
from bench import Bench
from timing import Record

STEPS = ("import", "load parquet", "first move", "16 moves of every slider", "audience")


def measure(bench: Bench) -> Record:
    """Run each step once; memory differs little from run to run."""
    record = Record("memory")
    for step in STEPS if "segkit" in bench.words else ():
        done = fresh.run("segkit", step, bench.folder)
        record.add(step, "once", "segkit", done["seconds"], done["answers"], peak_mib=done["peak_mib"])
    return record
