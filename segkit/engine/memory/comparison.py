"""Compare one number for each profile with a limit, for `evaluation.py`."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from segkit.data.instants import Flags

Values = npt.NDArray[Any]
WHOLE = (np.int16, np.int32, np.int64)
"""Integer dtypes, narrowest first; narrower ones are faster to compare."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of numbers with a limit: true if a number is at least the limit, or if it is below the limit.

    Attributes:
        values: one for each profile: integers, or floats, for which NaN is never true.
        limit: the limit.
        is_least: whether a number must be at least the limit; otherwise it must be below the limit.
    """

    values: Values
    limit: float
    is_least: bool

    @classmethod
    def of(cls, values: Values, comparison: str, limit: float) -> "Comparison | None":
        """Return "at least", "more than", "fewer than" or "at most" as a Comparison; None for "equals" and "not equals".

        "More than" a number means "at least" the next integer or the next float.
        """
        if comparison in {"more than", "at most"}:
            limit = limit + 1 if values.dtype.kind in "iu" else float(np.nextafter(limit, np.inf))
        if comparison not in {"at least", "more than", "fewer than", "at most"}:
            return None
        return cls(values, limit, is_least=comparison in {"at least", "more than"})

    def flags(self) -> Flags:
        """Return for which profiles the comparison is true."""
        found: Flags = self.values >= self.limit if self.is_least else self.values < self.limit
        return found

    @property
    def kind(self) -> npt.DTypeLike | None:
        """The narrowest integer dtype that can hold the limit; None if no dtype can, and for floats."""
        if self.values.dtype.kind not in "iu":
            return None
        return next((kind for kind in WHOLE if _lies_within(self.limit, kind)), None)

    def narrow(self, kind: npt.DTypeLike) -> "Comparison":
        """Return the same comparison with values of a narrower dtype that can hold the limit.

        Values beyond the range of the dtype are clipped, which does not change the result.
        """
        bounds = np.iinfo(kind)
        return replace(self, values=np.clip(self.values, bounds.min, bounds.max).astype(kind))


def _lies_within(limit: float, kind: npt.DTypeLike) -> bool:
    bounds = np.iinfo(kind)
    return bounds.min < limit < bounds.max
