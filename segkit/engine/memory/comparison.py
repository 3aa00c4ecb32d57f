"""Numbers that are compared with a limit, one for each profile; where they come from is the evaluation's business."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from segkit.data.instants import Flags

Values = npt.NDArray[Any]
WHOLE = (np.int16, np.int32, np.int64)
"""Kinds of whole numbers, narrowest first: half the bytes are compared in three fifths of the time."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Numbers that are compared with a limit: true where they are at least the limit, or where they are below it.

    Attributes:
        values: one for each profile: whole numbers, or floats, whose NaN is never true.
        limit: what they are compared with.
        is_least: whether they must be at least the limit; otherwise below it.
    """

    values: Values
    limit: float
    is_least: bool

    @classmethod
    def of(cls, values: Values, comparison: str, limit: float) -> "Comparison | None":
        """Return a comparison in its usual words as one of two kinds; None for "equals" and "not equals".

        More than a whole number is at least the next one, and so it is with floats, which have a next one, too.
        """
        if comparison in {"more than", "at most"}:
            limit = limit + 1 if values.dtype.kind in "iu" else float(np.nextafter(limit, np.inf))
        if comparison not in {"at least", "more than", "fewer than", "at most"}:
            return None
        return cls(values, limit, is_least=comparison in {"at least", "more than"})

    def flags(self) -> Flags:
        """Return where it is true."""
        found: Flags = self.values >= self.limit if self.is_least else self.values < self.limit
        return found

    @property
    def kind(self) -> npt.DTypeLike | None:
        """The whole numbers of the fewest bytes that the limit allows; None where it lies beyond all of them, and for floats."""
        if self.values.dtype.kind not in "iu":
            return None
        return next((kind for kind in WHOLE if _lies_within(self.limit, kind)), None)

    def narrow(self, kind: npt.DTypeLike) -> "Comparison":
        """Return the comparison with whole numbers of a kind that allows its limit; what lies beyond them stays beyond the limit."""
        bounds = np.iinfo(kind)
        return replace(self, values=np.clip(self.values, bounds.min, bounds.max).astype(kind))


def _lies_within(limit: float, kind: npt.DTypeLike) -> bool:
    bounds = np.iinfo(kind)
    return bounds.min < limit < bounds.max
