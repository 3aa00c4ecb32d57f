"""What was worked out once and may be asked for again, within a bound of memory; what it is and when it holds is its asker's."""

import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterator
from dataclasses import fields, is_dataclass
from functools import partial
from threading import RLock
from typing import Any, TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa

T = TypeVar("T")

MEBIBYTE = 2**20
LIMIT = 1024 * MEBIBYTE
"""Enough for the sliders of a shop of ten million profiles: a count, a sum or a day each takes four or eight bytes a profile."""


class Cache:
    """Keep what was worked out, and evict the least recently used when it is more than `limit` bytes.

    What alone is more than the limit is not kept. Arrays that are kept can't be written to any more, since whoever asks gets the very
    array. Many threads may ask at once: one works out at a time, and the others wait for what it finds.

    Prints how much it holds; `contents` says what.

    Args:
        limit: bytes.

    >>> cache = Cache(limit=1_000)
    >>> cache.keep(("counts", "Clicked SMS"), lambda: pd.Series([1, 0]).to_numpy()).tolist()
    [1, 0]
    >>> cache
    Cache: 1 thing, 0 MiB of at most 0 MiB
    >>> cache.contents[["what", "of"]].to_numpy().tolist()
    [['counts', 'Clicked SMS']]
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        # Held while something is worked out, which may ask for other things that are kept.
        self._lock = RLock()
        self._kept: dict[tuple[Hashable, ...], tuple[Any, dict[int, int]]] = {}
        self._holders: dict[int, int] = {}
        self._size = 0

    def keep(self, key: tuple[Hashable, ...], work_out: Callable[[], T]) -> T:
        """Return what is kept under a key, or work it out and keep it.

        Args:
            key: a word for what it is, and then everything that it depends on.
            work_out: what makes it.
        """
        with self._lock:
            kept = self._kept.pop(key, None)
            if kept is not None:
                self._kept[key] = kept
                found: T = kept[0]
                return found
            found = work_out()
            self.put(key, found)
            return found

    def get(self, key: tuple[Hashable, ...]) -> Any:
        """Return what is kept under a key; None if nothing is."""
        with self._lock:
            return self.keep(key, lambda: None) if key in self._kept else None

    def put(self, key: tuple[Hashable, ...], found: object) -> None:
        """Keep something under a key instead of what was there."""
        with self._lock:
            self._evict(key)
            freeze(found)
            if isinstance(found, Growing):
                found.grows_within(self._lock, partial(self._measure_again, key))
            self._enter(key, found)

    def __contains__(self, key: object) -> bool:
        return key in self._kept

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def size(self) -> int:
        """How many bytes are kept: arrays with all the memory that they keep alive, what several share once, and the keys."""
        with self._lock:
            return self._size

    @property
    def contents(self) -> pd.DataFrame:
        """What is kept, least recently used first: a row each with `what` it is, `of` what, and how many `bytes` it takes.

        What several share counts for the first of them.
        """
        with self._lock:
            rows, seen = [], set[int]()
            for (what, *of), (_, memory) in self._kept.items():
                size = sum(size for address, size in memory.items() if address not in seen)
                rows.append((str(what), ", ".join(map(str, of)), size))
                seen.update(memory)
        return pd.DataFrame(rows, columns=["what", "of", "bytes"])

    def clear(self) -> None:
        """Let go of everything; it is worked out anew when it is asked for."""
        with self._lock:
            for key in list(self._kept):
                self._evict(key)

    def __repr__(self) -> str:
        things = f"{len(self):,} thing" + ("" if len(self) == 1 else "s")
        return f"Cache: {things}, {self._size // MEBIBYTE:,} MiB of at most {self.limit // MEBIBYTE:,} MiB"

    def _enter(self, key: tuple[Hashable, ...], found: object) -> None:
        memory = memory_of(key, found)
        if sum(memory.values()) <= self.limit:
            self._kept[key] = found, memory
            for address, size in memory.items():
                self._size += 0 if address in self._holders else size
                self._holders[address] = self._holders.get(address, 0) + 1
        while self._size > self.limit:
            self._evict(next(iter(self._kept)))

    def _evict(self, key: tuple[Hashable, ...]) -> None:
        _, memory = self._kept.pop(key, (None, {}))
        for address, size in memory.items():
            self._holders[address] -= 1
            if not self._holders[address]:
                del self._holders[address]
                self._size -= size

    def _measure_again(self, key: tuple[Hashable, ...], found: object) -> None:
        if key in self._kept and self._kept[key][0] is found:
            self._evict(key)
            self._enter(key, found)


class Growing(ABC):
    """Something that works more of itself out after it was put into a cache, by one thread at a time."""

    def __init__(self) -> None:
        self.grows_within(RLock(), lambda _: None)

    def grows_within(self, lock: Any, tell: Callable[["Growing"], None]) -> None:
        """Grow only within a lock from now on, and tell each time."""
        self._lock, self._tell = lock, tell

    def once(self, name: str, work_out: Callable[[Any], T]) -> T:
        """Work an attribute out and keep it, so that it is found without a way through here from then on."""
        with self._lock:
            known = vars(self)
            if name not in known:
                found = work_out(self)
                freeze(found)
                known[name] = found
                self._tell(self)
            kept: T = known[name]
            return kept

    @property
    @abstractmethod
    def held(self) -> tuple[Any, ...]:
        """What it holds so far."""


def freeze(found: object) -> None:
    """Let nobody write to the arrays that something is made of."""
    for part in _parts(found):
        if isinstance(part, np.ndarray):
            part.setflags(write=False)


def memory_of(*found: object) -> dict[int, int]:
    """Return the memory that things keep alive: its bytes by its address; whatever is no array stands under that of the first thing."""
    memory, others = dict[int, int](), 0
    for part in _parts(found):
        if isinstance(part, np.ndarray):
            while isinstance(part.base, np.ndarray):
                part = part.base  # noqa: PLW2901  # a view keeps all of what it looks at
            if not isinstance(part.base, pa.Array):
                memory[part.__array_interface__["data"][0]] = part.nbytes
                continue
            part = part.base  # noqa: PLW2901
        if isinstance(part, pa.Array):
            # A slice keeps all of what it was cut from, too.
            memory |= {buffer.address: buffer.size for buffer in part.buffers() if buffer is not None}
        elif isinstance(part, pd.Index):
            others += int(part.memory_usage(deep=True))
        else:
            others += sys.getsizeof(part)
    return memory | {id(found[0]): others}


def _parts(found: object) -> Iterator[Any]:
    """Yield something and everything that it is made of."""
    waiting: list[Any] = [found]
    while waiting:
        part = waiting.pop()
        yield part
        if isinstance(part, (tuple, list, set, frozenset)):
            waiting.extend(part)
        elif isinstance(part, dict):
            waiting.extend([*part.keys(), *part.values()])
        elif isinstance(part, pa.ChunkedArray):
            waiting.extend(part.chunks)
        elif isinstance(part, pa.DictionaryArray):
            waiting.append(part.dictionary)
        elif hasattr(part, "held"):
            waiting.extend(part.held)
        elif is_dataclass(part) and not isinstance(part, type):
            waiting.extend(getattr(part, field.name) for field in fields(part))
