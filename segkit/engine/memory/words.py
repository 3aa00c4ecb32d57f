"""Flags as the bits of words, 64 profiles each, so that those of many conditions are joined and counted in little time."""

from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from segkit.data.instants import Flags

Words = npt.NDArray[np.uint64]

WORD = 64
"""Bits of a word."""

_BITS_SET = np.array([byte.bit_count() for byte in range(256)], dtype=np.uint8)


def packed(flags: Flags) -> Words:
    """Return flags as the bits of words, the last of them filled up with False."""
    words = np.zeros(-(-len(flags) // WORD), dtype=np.uint64)
    found = np.packbits(flags)
    words.view(np.uint8)[: len(found)] = found
    return words


def bits_set(*words: Words) -> int:
    """Return how many bits are set in all of some words.

    >>> bits_set(packed(np.array([True, True, False])), packed(np.array([True, False, True])))
    1
    """
    every: Any = reduce(np.bitwise_and, words)
    # Where numpy is older than 2 and can't say, bytes are looked up.
    counts = np.bitwise_count(every) if hasattr(np, "bitwise_count") else _BITS_SET[every.view(np.uint8)]
    return int(counts.sum(dtype=np.uint32))
