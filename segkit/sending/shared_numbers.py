"""Choose the recipient when several profiles share a phone number: the first one, in data order, that is included and may be texted.

`eligibility.py` finds the profiles that may be texted, and `opt_outs.py` finds the profiles that share a number.
"""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Codes: TypeAlias = npt.NDArray[np.integer[Any]]


def numbered(numbers: Codes) -> tuple[npt.NDArray[np.intp], Codes]:
    """Return the positions of entries whose number is repeated, and for each of them an index that identifies its number.

    >>> [found.tolist() for found in numbered(np.array([7, 3, 7, 5, 3]))]
    [[0, 1, 2, 4], [1, 0, 1, 0]]
    """
    is_shared = np.bincount(numbers, minlength=1)[numbers] > 1
    return np.flatnonzero(is_shared), np.unique(numbers[is_shared], return_inverse=True)[1]


def not_first(numbers: Codes) -> npt.NDArray[np.bool_]:
    """Return which profiles are not the recipient, because an earlier profile has the same number.

    >>> not_first(np.array([7, 3, 7, 5, 3])).tolist()
    [False, False, True, False, True]
    """
    places = np.arange(len(numbers))
    first = np.zeros(int(numbers.max(initial=0)) + 1, dtype=np.int64)
    # Go in reverse, so that the first profile with a number is written last and stays.
    first[numbers[::-1]] = places[::-1]
    return np.asarray(first[numbers] != places)
