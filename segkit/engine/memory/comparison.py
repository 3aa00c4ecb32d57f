"""Compare one number for each profile with a limit, for `evaluation.py`."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from segkit.data.instants import Flags

Values = npt.NDArray[Any]
WHOLE = (np.int16, np.int32, np.int64)
"""Integer dtypes, narrowest first. Narrower integers are faster to compare."""

FARTHEST = 2**31
"""Two comparisons are merged only if their limits differ by at most this much."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """A comparison of numbers with a limit, which tests whether they are at least the limit, or whether they are below it.

    Attributes:
        values: one number for each profile, as integers or floats. The comparison is never true for NaN.
        limit: the limit.
        is_least: True tests for "at least the limit", False for "below the limit".
    """

    values: Values
    limit: float
    is_least: bool

    @classmethod
    def of(cls, values: Values, comparison: str, limit: float) -> "Comparison | None":
        """Return "at least", "more than", "fewer than" or "at most" as a Comparison, or None for "equals" and "not equals".

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

    def negated(self) -> "Comparison":
        """Return the comparison that is true where this comparison is false."""
        values = self.values
        if values.dtype.kind == "f" and np.isnan(values).any():
            values = np.where(np.isnan(values), -np.inf if self.is_least else np.inf, values)
        return replace(self, values=values, is_least=not self.is_least)

    def moves_with(self, other: "Comparison") -> bool:
        """Whether this and another comparison can be joined: they compare the same way, with integers or with equal limits."""
        if self.is_least != other.is_least or self.values.dtype != other.values.dtype:
            return False
        return self.limit == other.limit or (
            self.values.dtype.kind in "iu" and abs(self.limit - other.limit) <= FARTHEST
        )

    def joined(self, other: "Comparison", *, is_all: bool) -> "Comparison":
        """Return one comparison with this limit that is true where both are true or, unless `is_all`, where at least one is true.

        It stays correct for other limits as long as both limits move by the same amount.
        """
        values = other.values
        if self.limit != other.limit:
            bounds = np.iinfo(values.dtype)
            moved = np.clip(values.astype(np.int64) + int(self.limit - other.limit), bounds.min, bounds.max).astype(
                values.dtype
            )
            # The ends of the range are beyond every limit, and stay there.
            values = np.where((values == bounds.min) | (values == bounds.max), values, moved)
        # The comparison is never true for NaN. With `is_all`, NaN stays. Without it, the other number decides.
        least, most = (np.minimum, np.maximum) if is_all else (np.fmin, np.fmax)
        return replace(self, values=(least if self.is_least == is_all else most)(self.values, values))

    def joined_with_flags(self, flags: Flags, *, is_all: bool) -> "Comparison":
        """Return the comparison that, at any limit, is true where this and the flags are true or, unless `is_all`, where one is."""
        beyond = self._beyond(is_met=not is_all)
        return replace(self, values=np.where(flags == is_all, self.values, beyond))

    def _beyond(self, *, is_met: bool) -> Any:
        """Return a number that always meets the limit, or never does."""
        if self.values.dtype.kind == "f":
            return (np.inf if self.is_least else -np.inf) if is_met else np.nan
        bounds = np.iinfo(self.values.dtype)
        return self.values.dtype.type(bounds.max if is_met == self.is_least else bounds.min)

    @property
    def kind(self) -> npt.DTypeLike | None:
        """The narrowest integer dtype that can hold the limit; None for floats, or if no dtype can hold it."""
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
