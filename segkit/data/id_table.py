"""Look up many ids of equal length at a time, in a hash table.

Arrow's hash table looks up one id after another and waits for memory each time. Vectorized lookups in numpy hide that latency.
"""

from dataclasses import dataclass
from functools import reduce
from typing import Self, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from segkit.data.properties import UNSET, Codes

Words: TypeAlias = npt.NDArray[np.uint64]

_ODD = np.uint64(0x9E3779B97F4A7C15)
_WORD = 8
_LONGEST = 64
"""The longest id, in bytes. Klaviyo's ids have 26 bytes, and a UUID has 36."""
_MIXERS = np.multiply.accumulate(np.full(_LONGEST // _WORD, _ODD))
"""The multiplier for each word of an id. They are odd, so ids that differ in only one word have different sums."""
_STEPS = 64
"""The largest number of slots to probe for an id. If some ids need more, all are looked up with Arrow instead."""


@dataclass(frozen=True, slots=True)
class IdTable:
    """An open-addressing hash table from ids of equal length to their index.

    Attributes:
        size: the length of each id in bytes.
        words: the bytes of each id as 64-bit integers.
        slots: the index of the id in each slot, or -1 if it is empty. Collisions use the next free slot (linear probing).
    """

    size: int
    words: Words
    slots: Codes

    @classmethod
    def of(cls, ids: pa.Array) -> Self | None:
        """Return a table of ids, or None if they differ in length, are null or too long, or have too many collisions."""
        if not pa.types.is_string(ids.type) or not len(ids) or ids.null_count:
            return None
        lengths = np.diff(_offsets(ids))
        size = int(lengths[0])
        if not 0 < size <= _LONGEST or (lengths != size).any():
            return None
        words = _words(ids, size)
        # Use at most a quarter of the slots, so that probe sequences are short.
        slots = np.full(1 << (4 * len(ids) - 1).bit_length(), UNSET, dtype=np.int32)
        places = _places(words, len(slots))
        # Use reverse order, since numpy keeps the last of several ids that are assigned to the same slot.
        left = np.arange(len(ids), dtype=np.int32)[::-1]
        for _ in range(_STEPS):
            free = left[slots[places[left]] == UNSET]
            slots[places[free]] = free
            left = left[slots[places[left]] != left]
            if not len(left):
                return cls(size, words, slots)
            places[left] = (places[left] + 1) % len(slots)
        return None

    def find(self, texts: pa.StringArray) -> Codes:
        """Return the index of each text among the ids, or -1 if it is null or not an id."""
        fits = np.diff(_offsets(texts)) == self.size
        if texts.null_count:
            fits &= np.array(texts.is_valid())
        if not fits.all():
            found = np.full(len(texts), UNSET, dtype=np.int32)
            rows = np.flatnonzero(fits)
            if len(rows):
                found[rows] = self.find(texts.take(pa.array(rows)))
            return found
        words = _words(texts, self.size)
        places = _places(words, len(self.slots))
        found = self.slots.take(places)
        left = np.flatnonzero(self._is_other(found, words))
        for _ in range(1, _STEPS):
            if not len(left):
                break
            nearby = (places.take(left) + 1) % len(self.slots)
            others = self.slots.take(nearby)
            places[left], found[left] = nearby, others
            left = left[self._is_other(others, words.take(left, axis=0))]
        found[left] = UNSET
        return found

    def _is_other(self, found: Codes, words: Words) -> npt.NDArray[np.bool_]:
        """Return which slots hold an id that differs from the wanted id."""
        # Go column by column, which is faster than numpy's reduction over short rows.
        differing = reduce(np.bitwise_or, (self.words.take(found, axis=0) ^ words).T)
        return np.asarray((differing != 0) & (found != UNSET))


def _offsets(texts: pa.StringArray) -> npt.NDArray[np.int32]:
    return np.frombuffer(texts.buffers()[1], dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]


def _words(texts: pa.StringArray, size: int) -> Words:
    """Return the bytes of texts of equal length as 64-bit integers, padded with zeros."""
    offsets = _offsets(texts)
    content = np.frombuffer(texts.buffers()[2], dtype=np.uint8)[offsets[0] : offsets[-1]]
    padded = np.zeros((len(texts), -(-size // _WORD) * _WORD), dtype=np.uint8)
    padded[:, :size] = content.reshape(-1, size)
    return padded.view(np.uint64)


def _places(words: Words, count: int) -> npt.NDArray[np.int64]:
    """Return the slot of each text among `count` slots, a power of two."""
    found = words @ _MIXERS[: words.shape[1]]
    found ^= found >> np.uint64(29)
    found *= _ODD
    found >>= np.uint64(65 - count.bit_length())
    return found.view(np.int64)
