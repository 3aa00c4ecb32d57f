"""Split long arrays into blocks that fit into the processor's cache, for callers that pass over the data several times."""

from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

N = TypeVar("N", bound=np.generic)

SIZE = 2**16


def blocks(values: npt.NDArray[N]) -> Iterator[npt.NDArray[N]]:
    """Yield views of consecutive blocks of an array."""
    return (values[start : start + SIZE] for start in range(0, len(values), SIZE))


def taken(values: npt.NDArray[N], rows: npt.NDArray[np.integer[Any]]) -> npt.NDArray[N]:
    """Return the values of some rows, in their order. The row -1 is the last row.

    It works in blocks to save memory, since numpy first converts all row numbers to 64 bits.
    """
    found = np.empty(len(rows), dtype=values.dtype)
    for some, place in zip(blocks(rows), blocks(found), strict=True):
        place[:] = values.take(some)
    return found
