"""Pack flags into bits, eight profiles per byte, to combine and count the answers of many conditions quickly."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from segkit.data.instants import Flags

Bits = npt.NDArray[np.uint8]


def packed(flags: Flags) -> Bits:
    """Return flags as bits. The last byte is padded with False."""
    return np.packbits(flags)


class Counter:
    """Counts the profiles whose bit is set in each of several arrays of packed flags.

    numpy combines the bits and Arrow counts them, since each is faster at that. All counts use the same buffer, so it stays in the
    processor's cache.

    >>> one, other = (packed(np.array(flags)) for flags in ([True, True, False], [True, False, True]))
    >>> Counter(len(one)).count(one, other)
    1
    """

    def __init__(self, size: int) -> None:
        self._buffer = np.empty(size, dtype=np.uint8)
        self._buffer_bits = pa.BooleanArray.from_buffers(pa.bool_(), 8 * size, [None, pa.py_buffer(self._buffer)])

    def count(self, first: Bits, *others: Bits) -> int:
        """Return how many bits are set in every array."""
        self._buffer[:] = first
        for other in others:
            np.bitwise_and(self._buffer, other, out=self._buffer)
        return int(self._buffer_bits.true_count)
