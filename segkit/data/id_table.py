"""Ids of one length looked up among others, many at a time; its callers know whose they are.

Arrow's own table of texts goes from one id to the next, and waits each time for memory that is in no cache; numpy asks for many at
once.
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
"""Bytes of an id; those of Klaviyo have 26, and a UUID has 36."""
_MIXERS = np.multiply.accumulate(np.full(_LONGEST // _WORD, _ODD))
"""What each word of an id counts for in its place: odd, so that ids of which only one word differs never meet before the last step."""
_STEPS = 64
"""Places in which an id is looked for. Ids that crowd so much that one would need more are looked up by Arrow."""


@dataclass(frozen=True, slots=True)
class IdTable:
    """Where each of several ids of one length stands.

    Attributes:
        size: bytes of each id.
        words: the bytes of each id as whole numbers.
        slots: the number of the id in each place, -1 for none; an id whose place is taken has the next that was free.
    """

    size: int
    words: Words
    slots: Codes

    @classmethod
    def of(cls, ids: pa.Array) -> Self | None:
        """Return the table of some ids; None if they are of several lengths, unset, long, or crowd in few places."""
        if not pa.types.is_string(ids.type) or not len(ids) or ids.null_count:
            return None
        lengths = np.diff(_offsets(ids))
        size = int(lengths[0])
        if not 0 < size <= _LONGEST or (lengths != size).any():
            return None
        words = _words(ids, size)
        # At most every fourth place is taken, so that few ids are far from their own.
        slots = np.full(1 << (4 * len(ids) - 1).bit_length(), UNSET, dtype=np.int32)
        places = _places(words, len(slots))
        # From the last to the first, since of several that are put into one place numpy keeps the last.
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
        """Return the number of each text, -1 for one that is unset or none of the ids."""
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
        """Return which places hold another id than the one looked for."""
        # Column by column, which takes half the time of numpy's reduction of short rows.
        differing = reduce(np.bitwise_or, (self.words.take(found, axis=0) ^ words).T)
        return np.asarray((differing != 0) & (found != UNSET))


def _offsets(texts: pa.StringArray) -> npt.NDArray[np.int32]:
    return np.frombuffer(texts.buffers()[1], dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1]


def _words(texts: pa.StringArray, size: int) -> Words:
    """Return the bytes of texts of one length as whole numbers, the last ones filled up with zeros."""
    offsets = _offsets(texts)
    content = np.frombuffer(texts.buffers()[2], dtype=np.uint8)[offsets[0] : offsets[-1]]
    padded = np.zeros((len(texts), -(-size // _WORD) * _WORD), dtype=np.uint8)
    padded[:, :size] = content.reshape(-1, size)
    return padded.view(np.uint64)


def _places(words: Words, count: int) -> npt.NDArray[np.int64]:
    """Return the place of each text among `count` places, a power of two."""
    found = words @ _MIXERS[: words.shape[1]]
    found ^= found >> np.uint64(29)
    found *= _ODD
    found >>= np.uint64(65 - count.bit_length())
    return found.view(np.int64)
