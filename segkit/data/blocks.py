"""Long arrays gone through in blocks that stay in the processor's cache from one step to the next; what is done is the caller's."""

from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

N = TypeVar("N", bound=np.generic)

SIZE = 2**16


def blocks(values: npt.NDArray[N]) -> Iterator[npt.NDArray[N]]:
    """Return an array in blocks: steps that pass over it several times take half the time, and need no second array of its length."""
    return (values[start : start + SIZE] for start in range(0, len(values), SIZE))


def taken(values: npt.NDArray[N], rows: npt.NDArray[np.integer[Any]]) -> npt.NDArray[N]:
    """Return the values of some rows, in their order; the row -1 is the last.

    In blocks, since numpy counts rows in eight bytes: taken at once, as many as it is given lie beside the values for a while.
    """
    found = np.empty(len(rows), dtype=values.dtype)
    for some, place in zip(blocks(rows), blocks(found), strict=True):
        place[:] = values.take(some)
    return found
