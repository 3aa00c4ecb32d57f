"""Convert the tables that charts and the report draw to dataclasses: sizes, waterfalls, intersections and distributions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from segkit.coverage import unchecked
from segkit.wording import are, counted, number, percent, profiles

Numbers = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Size:
    """A segment in a table of sizes. Columns that the table lacks are None."""

    name: str
    size: int
    share: float
    base: str
    base_size: int
    sendable: int | None
    before_consent: int | None

    @property
    def base_share(self) -> str:
        """The share with its base, in words."""
        return f"{percent(self.share)} of {self.base}"


def sizes_of(table: pd.DataFrame) -> list[Size]:
    """Convert the rows of a table from `sk.sizes`."""

    def known(value: Any) -> int | None:
        return None if pd.isna(value) else int(value)

    return [
        Size(
            str(name), int(row["size"]), float(row["share"]), str(row["base"]), int(row["base_size"]),
            known(row.get("sendable")), known(row.get("before_consent")),
        )
        for name, row in zip(table.index, table.to_dict("records"), strict=True)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a waterfall: its meaning, how many profiles it removes, and how many are left after it."""

    meaning: str
    removed: int
    remaining: int

    @property
    def removal(self) -> str:
        """How many profiles are removed, with a minus sign (not a hyphen), or an empty string for none."""
        return f"−{self.removed:,}" if self.removed else ""  # noqa: RUF001


@dataclass(frozen=True, slots=True)
class Waterfall:
    """The steps from the included profiles to those who may be texted.

    Attributes:
        included: how many profiles are included.
        stops: the steps that remove profiles.
        sendable: how many profiles may be texted.
        most: the name of the step that removes the most profiles, and their number; None if no step removes any.
        nobody: the names of the steps that remove nobody.
        unchecked: the names of the steps that could not be checked completely.
    """

    included: int
    stops: tuple[Step, ...]
    sendable: int
    most: tuple[str, int] | None
    nobody: tuple[str, ...]
    unchecked: tuple[str, ...]

    @classmethod
    def of(cls, table: pd.DataFrame) -> "Waterfall":
        """Convert the waterfall of an audience."""
        columns = [table[column].tolist() for column in ("meaning", "removed", "remaining")]
        steps = [Step(str(meaning), int(gone), int(left)) for meaning, gone, left in zip(*columns, strict=True)]
        if len(steps) < 2:
            return cls(0, (), 0, None, (), ())
        removed = {str(name): step.removed for name, step in zip(table["step"][1:-1], steps[1:-1], strict=True)}
        most = max(removed.items(), key=lambda stop: stop[1], default=("", 0))
        lacking = unchecked(table)
        return cls(
            included=steps[0].remaining,
            stops=tuple(step for step in steps[1:-1] if step.removed),
            sendable=steps[-1].remaining,
            most=most if most[1] else None,
            nobody=tuple(name for name, gone in removed.items() if not gone and name not in lacking),
            unchecked=tuple(lacking),
        )


@dataclass(frozen=True, slots=True)
class Intersection:
    """How many profiles are in all of these segments, given by index, and in no other segment."""

    rows: tuple[int, ...]
    size: int


@dataclass(frozen=True, slots=True)
class Intersections:
    """How many profiles are in each combination of segments and in no other segment.

    Attributes:
        names: the names of the segments, the largest first.
        sizes: the sizes of the segments.
        shown: the intersections with a bar of their own, the largest first.
        folded: the number of other intersections, which share the last bar.
        rest: the number of profiles in those other intersections.
        profiles: the number of all profiles, including those in no segment.
        members: the number of profiles in at least one segment.
    """

    names: tuple[str, ...]
    sizes: tuple[int, ...]
    shown: tuple[Intersection, ...]
    folded: int
    rest: int
    profiles: int
    members: int

    @classmethod
    def of(cls, table: pd.DataFrame, *, most: int, picked: Sequence[str] | None = None) -> "Intersections":
        """Convert a table from `sk.intersections`: a column for each segment, then `degree` and `size`.

        Args:
            table: a row for each combination.
            most: how many combinations get a bar of their own. If only one other is left, it also gets its own bar, since the last
                bar would take the same space.
            picked: the names of the segments in a combination that gets its own bar, whatever its size.
        """
        flags, counts = table.iloc[:, :-2].to_numpy(dtype=bool), table.iloc[:, -1].to_numpy(dtype=np.int64)
        sizes = counts @ flags
        order = np.argsort(-sizes, kind="stable")
        names = [str(table.columns[place]) for place in order]
        every = [
            Intersection(tuple(np.flatnonzero(flags[row, order]).tolist()), int(counts[row]))
            for row in np.argsort(-counts, kind="stable")
            if flags[row].any()
        ]
        shown = every if len(every) == most + 1 else every[:most]
        if picked:
            rows = tuple(place for place, name in enumerate(names) if name in picked)
            wanted = next((one for one in every if one.rows == rows), Intersection(rows, 0))
            shown = shown if wanted in shown else [*shown, wanted]
        folded = [one for one in every if one not in shown]
        return cls(
            names=tuple(names),
            sizes=tuple(sizes[order].tolist()),
            shown=tuple(shown),
            folded=len(folded),
            rest=sum(one.size for one in folded),
            profiles=int(counts.sum()),
            members=sum(one.size for one in every),
        )

    def size(self, rows: tuple[int, ...]) -> int:
        """Return the size of the shown intersection of these segments and no others, or 0 if it is not shown."""
        return next((one.size for one in self.shown if one.rows == rows), 0)

    @property
    def more(self) -> str:
        """The number of intersections in the last bar, in words."""
        return counted(self.folded, "more intersection")

    @property
    def largest(self) -> int:
        """The size of the largest shown intersection, or 1 if none is shown."""
        return max((one.size for one in self.shown), default=0) or 1

    @property
    def note(self) -> str:
        """The note below the chart: how many profiles are in no segment, and what the last bar contains."""
        none = self.profiles - self.members
        outside = f"{none:,} of {profiles(self.profiles)} {are(none)} in none of them."
        return f"{outside} The last bar holds {self.more}: {profiles(self.rest)}." if self.folded else outside


@dataclass(frozen=True, slots=True)
class Bins:
    """The bins of a histogram.

    Attributes:
        starts: the lower bin edges, in the measure's unit.
        ends: the upper bin edges, exclusive.
        totals: the number of profiles in each bin.
        inside: how many of them are on the members' side of the threshold.
    """

    starts: Numbers
    ends: Numbers
    totals: Counts
    inside: Counts

    @classmethod
    def of(cls, table: pd.DataFrame) -> "Bins":
        """Convert a table from `sk.distribution`, where a bin has a row for each side of the threshold that has profiles."""
        starts, first, which = np.unique(
            table["from_value"].to_numpy(dtype=float), return_index=True, return_inverse=True
        )
        held, is_in = table["profiles"].to_numpy(), table["is_in"].to_numpy(dtype=bool)
        totals, inside = (np.bincount(which, weights=weights).astype(np.int64) for weights in (held, held * is_in))
        return cls(starts, table["to_value"].to_numpy(dtype=float)[first], totals, inside)

    @property
    def drawn(self) -> tuple[Numbers, Numbers]:
        """The bin edges for drawing. A bin with an infinite end, or without a width, gets the median width of the others."""
        widths = self.ends - self.starts
        widths = widths[np.isfinite(widths) & (widths > 0)]
        usual = float(np.median(widths)) if len(widths) else 1.0
        starts = np.where(np.isneginf(self.starts), self.ends - usual, self.starts)
        return starts, np.where(np.isposinf(self.ends) | (self.ends <= starts), starts + usual, self.ends)

    @property
    def words(self) -> list[str]:
        """The label of each bin, without the unit.

        >>> Bins(np.array([0.0, 1, 3]), np.array([1, 3, np.inf]), np.ones(3, int), np.ones(3, int)).words
        ['0', '1 to 2', '3 or more']
        """
        edges = np.concatenate([self.starts, self.ends])
        edges = edges[np.isfinite(edges)]
        whole = bool(np.all(edges == np.rint(edges)))
        return [
            _span(low, high, whole=whole) for low, high in zip(self.starts.tolist(), self.ends.tolist(), strict=True)
        ]


def _span(low: float, high: float, *, whole: bool) -> str:
    if np.isneginf(low):
        return f"less than {number(high)}"
    if np.isposinf(high):
        return f"{number(low)} or more"
    if high <= low or (whole and high - low == 1):
        return number(low)
    return f"{number(low)} to {number(high - 1)}" if whole else f"{number(low)} up to {number(high)}"
