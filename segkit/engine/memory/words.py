"""Pack flags into bits, eight profiles per byte, to combine and count the answers of many conditions quickly."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from segkit.data.instants import Flags

Bits = npt.NDArray[np.uint8]


def packed(flags: Flags) -> Bits:
    """Return flags as bits; the last byte is padded with False."""
    return np.packbits(flags)


class Counter:
    """Counts the profiles whose bit is set in each of several arrays of packed flags.

    numpy combines the bits and Arrow counts them, since each is the faster one. All counts use one buffer, which so stays in the
    processor's cache.

    >>> one, other = (packed(np.array(flags)) for flags in ([True, True, False], [True, False, True]))
    >>> Counter(len(one)).count(one, other)
    1
    """

    def __init__(self, size: int) -> None:
        self._room = np.empty(size, dtype=np.uint8)
        self._in_room = pa.BooleanArray.from_buffers(pa.bool_(), 8 * size, [None, pa.py_buffer(self._room)])

    def count(self, first: Bits, *others: Bits) -> int:
        """Return how many bits are set in all arrays."""
        self._room[:] = first
        for other in others:
            np.bitwise_and(self._room, other, out=self._room)
        return int(self._in_room.true_count)
