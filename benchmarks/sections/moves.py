"""Time a slider's moves: the first with empty caches, the next ones, and later ones. No position is visited twice."""

import gc
import time

from asks import DRAGS, Drag
from bench import Bench
from peers import Peer
from timing import Record, timed

FIRST, NEXT, LATER = 2, 2, 16
"""Number of moves of each kind in a round. During the "next" moves, segkit fills the caches that "later" moves use."""
PATIENCE = 0.5
"""A peer stops making first moves, or later ones, after this many seconds in a round, but makes at least one of each kind."""


def measure(bench: Bench) -> Record:
    """Move every slider with every peer in turn."""
    record = Record("moves")
    for number in range(bench.rounds):
        for drag in DRAGS:
            gc.collect()
            for peer in bench.peers.values():
                _drag(record, drag, peer, number)
    return record


def _drag(record: Record, drag: Drag, peer: Peer, number: int) -> None:
    is_exact = not (drag.has_money and peer.adds_floats)
    begun = time.perf_counter()
    for _ in range(FIRST):
        peer.forget()
        seconds, size = timed(lambda: peer.size(drag.first()))
        record.add(drag.name, "first", peer.name, seconds, {str(drag.first()): size}, is_exact=is_exact)
        if time.perf_counter() - begun > PATIENCE:
            break
    begun = time.perf_counter()
    for place, ask in enumerate(drag.later(NEXT + LATER, number)):
        if place > NEXT and time.perf_counter() - begun > PATIENCE:
            break
        kind = "next" if place < NEXT else "later"
        seconds, size = timed(lambda ask=ask: peer.size(ask))
        record.add(drag.name, kind, peer.name, seconds, {str(ask): size}, is_exact=is_exact)
