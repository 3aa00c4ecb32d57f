"""Cache computed results up to a memory limit, for the engine and the widgets. Callers choose keys that determine the result."""

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
"""The limit in bytes. It is enough for sliders with ten million profiles: a count, a sum or a day takes 4 or 8 bytes per profile."""


class Cache:
    """Keep computed results, and evict the least recently used when they take more than `limit` bytes.

    A single result that is larger than the limit is not kept. Arrays in the cache become read-only, since callers get the array
    itself, not a copy. The cache is thread-safe: one thread computes at a time, and the others wait for its result.

    The repr shows how much is cached, and `contents` lists it.

    Args:
        limit: the limit in bytes.

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
        # The lock is reentrant, since computing a result may use other cached results.
        self._lock = RLock()
        self._kept: dict[tuple[Hashable, ...], tuple[Any, dict[int, int]]] = {}
        self._holders: dict[int, int] = {}
        self._size = 0

    def keep(self, key: tuple[Hashable, ...], work_out: Callable[[], T]) -> T:
        """Return the result that is cached under a key, or compute and cache it.

        Args:
            key: a word for the kind of result, followed by everything that the result depends on.
            work_out: the function that computes it.
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
        """Return the result that is cached under a key, or None if there is none."""
        with self._lock:
            return self.keep(key, lambda: None) if key in self._kept else None

    def put(self, key: tuple[Hashable, ...], found: object) -> None:
        """Cache a result under a key, replacing any other."""
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
        """The number of bytes in the cache: all memory that the results and keys keep alive, counting shared memory once."""
        with self._lock:
            return self._size

    @property
    def contents(self) -> pd.DataFrame:
        """The cached results, least recently used first, with columns `what` (the kind), `of` (its arguments) and `bytes`.

        Memory that several results share is counted for the first of them.
        """
        with self._lock:
            rows, seen = [], set[int]()
            for (what, *of), (_, memory) in self._kept.items():
                size = sum(size for address, size in memory.items() if address not in seen)
                rows.append((str(what), ", ".join(map(str, of)), size))
                seen.update(memory)
        return pd.DataFrame(rows, columns=["what", "of", "bytes"])

    def clear(self) -> None:
        """Remove everything. Results are computed again when they are needed."""
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
    """An object that computes some of its attributes on first use, after it was put into a cache, in one thread at a time."""

    def __init__(self) -> None:
        self.grows_within(RLock(), lambda _: None)

    def grows_within(self, lock: Any, tell: Callable[["Growing"], None]) -> None:
        """From now on, hold `lock` while an attribute is computed, and call `tell` afterwards."""
        self._lock, self._tell = lock, tell

    def once(self, name: str, work_out: Callable[[Any], T]) -> T:
        """Compute an attribute and store it on the object, where later accesses find it directly."""
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
        """The parts that exist so far."""


def freeze(found: object) -> None:
    """Make all arrays within an object read-only."""
    for part in _parts(found):
        if isinstance(part, np.ndarray):
            part.setflags(write=False)


def memory_of(*found: object) -> dict[int, int]:
    """Return the memory that objects keep alive, as bytes by address. All parts except arrays are counted at the first object's id."""
    memory, others = dict[int, int](), 0
    for part in _parts(found):
        if isinstance(part, np.ndarray):
            while isinstance(part.base, np.ndarray):
                part = part.base  # noqa: PLW2901  # a view keeps its whole base array alive
            if not isinstance(part.base, pa.Array):
                memory[part.__array_interface__["data"][0]] = part.nbytes
                continue
            part = part.base  # noqa: PLW2901
        if isinstance(part, pa.Array):
            # A slice also keeps its whole buffers alive.
            memory |= {buffer.address: buffer.size for buffer in part.buffers() if buffer is not None}
        elif isinstance(part, pd.Index):
            others += int(part.memory_usage(deep=True))
        else:
            others += sys.getsizeof(part)
    return memory | {id(found[0]): others}


def _parts(found: object) -> Iterator[Any]:
    """Yield an object and everything that it contains."""
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
