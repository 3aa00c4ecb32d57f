"""Time counting a segment for every window from 1 to 365 days: one question at a time, and in each peer's best way."""

import gc

from bench import Bench
from timing import Record, timed

DAYS = range(1, 366)


def measure(bench: Bench) -> Record:
    """Sweep the window of clicks with every peer that is fast enough for 365 questions."""
    record = Record("sweeps")
    able = [peer for word, peer in bench.peers.items() if word != "written"]
    for number in range(bench.rounds):
        for peer in able:
            gc.collect()
            peer.forget()
            seconds, sizes = timed(lambda peer=peer: peer.sweep(DAYS))
            record.add("365 windows, best way", "first", peer.name, seconds, {"sizes": sizes})
            seconds, sizes = timed(lambda peer=peer: peer.sweep(DAYS))
            record.add("365 windows, best way", "later", peer.name, seconds, {"sizes": sizes})
            if number == 0:
                peer.forget()
                seconds, sizes = timed(lambda peer=peer: peer.loop(DAYS))
                record.add("365 windows, one by one, caches emptied", "once", peer.name, seconds, {"sizes": sizes})
    return record
