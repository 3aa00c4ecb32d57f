"""Time questions about many segments: membership, pairwise overlaps, and exact intersections."""

import gc

import numpy as np
from asks import EIGHT, HUNDRED, Ask
from bench import Bench
from peers import Peer
from peers.base import Flags
from timing import Record, digest, timed

PATIENCE = 3.0
"""A peer whose membership took more seconds than this is not timed again in the same round."""
PAIRS, COMBINATIONS = (8, 20, 100), (8, 20)
TOO_MANY = 20
"""With more segments than this, "pandas as written" is left out because it is too slow."""


def measure(bench: Bench) -> Record:
    """Let every peer work out memberships and count overlaps."""
    record = Record("sets")
    flags = next(iter(bench.peers.values())).flags(next(iter(bench.peers.values())).membership(HUNDRED))
    # Every fifth segment first, so that narrow tables contain segments of every kind.
    flags = np.concatenate([flags[:, first::5] for first in range(5)], axis=1)
    for _ in range(bench.rounds):
        for asks in (EIGHT, HUNDRED):
            for peer in _able(bench, len(asks)):
                _membership(record, peer, asks)
        for count in PAIRS:
            for peer in _able(bench, count):
                _counts(record, peer, flags[:, :count])
    return record


def _able(bench: Bench, count: int) -> list[Peer]:
    # "numpy by hand" treats a table as "pandas prepared" does.
    return [peer for word, peer in bench.peers.items() if word != "numpy" and (word != "written" or count <= TOO_MANY)]


def _membership(record: Record, peer: Peer, asks: tuple[Ask, ...]) -> None:
    gc.collect()
    peer.forget()
    for kind in ("first", "later"):
        if _once(record, peer, asks, kind) > PATIENCE:
            break


def _once(record: Record, peer: Peer, asks: tuple[Ask, ...], kind: str) -> float:
    seconds, table = timed(lambda: peer.membership(asks))
    answers = {"who is in": digest(np.packbits(peer.flags(table), axis=0).tobytes())}
    record.add(
        f"membership of {len(asks)} segments",
        kind,
        peer.name,
        seconds,
        answers,
        is_exact=not peer.adds_floats,
    )
    return seconds


def _counts(record: Record, peer: Peer, flags: Flags) -> None:
    gc.collect()
    count, table = flags.shape[1], peer.table(flags)
    seconds, pairs = timed(lambda: peer.overlap(table))
    record.add(f"overlap of {count}, two by two", "once", peer.name, seconds, {"sizes": digest(pairs)})
    if count in COMBINATIONS:
        seconds, found = timed(lambda: peer.intersections(table))
        record.add(
            f"exact intersections of {count}", "once", peer.name, seconds, {"sizes": digest(sorted(found.items()))}
        )
