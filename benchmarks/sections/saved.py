"""Time saving a shop and opening it again, each step in a new process, like a notebook that is opened the next day."""

import fresh
from bench import Bench
from timing import Record

SAVE = "save a shop"
STEPS = (SAVE, "open a saved shop", "8 segments first, of a loaded shop", "8 segments first, of a saved shop")


def measure(bench: Bench) -> Record:
    """Save the shop once, and then run the other steps in turn."""
    record = Record("saved")
    for number in range(bench.rounds if "segkit" in bench.words else 0):
        for step in STEPS[number > 0 :]:
            done = fresh.run("segkit", step, bench.folder)
            record.add(step, "once", "segkit", done["seconds"], done["answers"], peak_mib=done["peak_mib"])
    return record
