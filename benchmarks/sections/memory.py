"""Measure the peak memory of each step of a day's work with segkit, each in a new process that has loaded the shop first."""

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
