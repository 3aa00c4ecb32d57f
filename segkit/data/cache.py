"""What was worked out once and may be asked for again, within a bound of memory; what it is and when it holds is its asker's."""

import sys
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import pandas as pd

T = TypeVar("T")

MEBIBYTE = 2**20
LIMIT = 1024 * MEBIBYTE
"""Enough for the sliders of a shop of ten million profiles: a count, a sum or a day each takes four or eight bytes a profile."""


class Cache:
    """Keep what was worked out, and let go of what was not asked for longest when it is more than `limit` bytes.

    What alone is more than the limit is not kept. Prints how much it holds; `contents` says what.

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
        self._kept: dict[tuple[Hashable, ...], tuple[Any, int]] = {}
        self._size = 0

    def keep(self, key: tuple[Hashable, ...], work_out: Callable[[], T]) -> T:
        """Return what is kept under a key, or work it out and keep it.

        Args:
            key: a word for what it is, and then everything that it depends on.
            work_out: what makes it.
        """
        kept = self._kept.pop(key, None)
        found: T
        if kept is None:
            found = work_out()
        else:
            found, last_size = kept
            self._size -= last_size
        # Measured anew each time, since columns learn to be read as numbers, texts and dates after they were put in.
        size = _size_of(found)
        if size <= self.limit:
            self._kept[key] = found, size
            self._size += size
        while self._size > self.limit:
            oldest = next(iter(self._kept))
            self._size -= self._kept.pop(oldest)[1]
        return found

    def __contains__(self, key: object) -> bool:
        return key in self._kept

    def __len__(self) -> int:
        return len(self._kept)

    @property
    def size(self) -> int:
        """How many bytes are kept."""
        return self._size

    @property
    def contents(self) -> pd.DataFrame:
        """What is kept, longest not asked for first: a row each with `what` it is, `of` what, and how many `bytes` it takes."""
        rows = [(str(what), ", ".join(map(str, of)), size) for (what, *of), (_, size) in self._kept.items()]
        return pd.DataFrame(rows, columns=["what", "of", "bytes"])

    def clear(self) -> None:
        """Let go of everything; it is worked out anew when it is asked for."""
        self._kept.clear()
        self._size = 0

    def __repr__(self) -> str:
        things = f"{len(self):,} thing" + ("" if len(self) == 1 else "s")
        return f"Cache: {things}, {self._size // MEBIBYTE:,} MiB of at most {self.limit // MEBIBYTE:,} MiB"


def _size_of(found: object) -> int:
    """Return how many bytes something takes, or its parts take together."""
    if isinstance(found, (tuple, list)):
        return sys.getsizeof(found) + sum(map(_size_of, found))
    if isinstance(found, pd.Index):
        return int(found.memory_usage())
    return int(getattr(found, "nbytes", sys.getsizeof(found)))
