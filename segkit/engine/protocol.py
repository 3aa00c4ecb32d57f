"""Define the protocol that every engine implements, whether it works in memory or in a database.

All results of segkit are computed from an engine's answers. Only `rows` returns a value for each profile; the other methods return counts,
so that data in a warehouse stays there. `counts`, `cube` and `rows` are enough: whether a profile matches a condition follows from
whether it matches the condition's parts, and from the bins of its measures.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any, Protocol, Self, TypeAlias

import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from segkit.definition.conditions import AllOf, Condition
from segkit.definition.measures import EventMeasure, Limit, Measure
from segkit.errors import DefinitionError, warn

EVERYBODY: Condition = AllOf(())
"""Matches every profile that was created by `as_of`."""

NO_BIN = -1
"""The bin of a profile that has no amount of a measure. No comparison with a threshold is true of it."""

COUNT = "count"
"""The column of a cube that holds the number of profiles in each cell."""


def sum_column(place: int) -> str:
    """Return the column of a cube that holds a sum, by its position among `sums`.

    >>> sum_column(0)
    'sum 0'
    """
    return f"sum {place}"


MOST_WARNINGS = 20
"""Maximum number of warnings per question, for example for a sweep over two hundred countries."""


class NotOneDayError(Exception):
    """No single day decides, so there is no `LastDay`: with refunds, a sum may reach a number, fall below it and reach it again."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Bins of a measure. The bin of a profile is the number of edges that its amount reaches.

    Bin 0 lies below all edges, and bin `len(edges)` reaches them all. A profile whose amount reaches edge `i`, counted from 0, is
    in a bin above `i`. So "at least" the edge is `bin > i`, and "fewer than" is `0 <= bin <= i`. With `is_passed` these become
    "more than" and "at most". "Equals" needs two cuts by the same edges: reached and not passed.

    A profile without an amount is in `NO_BIN`, -1. A profile has no amount if its location is unknown, if its property is not set or
    can't be read as the measure's kind, if it never reaches the number of a `LastDay` or a `FirstDay`, or if it was not created yet.

    Amounts and edges are in the unit that thresholds are written in:

    - counts, and sums of amounts as they are written: an edge means exactly the decimal that it prints as. Without any matching
      event the amount is 0, which has a bin;
    - `LastDay`: UTC days since 1970, whole numbers. A window that begins on day `d` reaches the number if the edge `d` is reached.
      A profile that needs no event to reach the number, as for "at least 0", reaches every edge;
    - `FirstDay`: UTC days since 1970. A window that ends before day `d` reaches the number if the edge `d` is not reached. A profile
      that needs no event reaches no edge;
    - distances: in the measure's own unit, compared as "within" and "beyond" compare them;
    - numeric properties: doubles; lengths of lists: whole numbers.

    Attributes:
        measure: the measure whose amounts are sorted into bins.
        edges: in ascending order; two equal edges leave a bin empty.
        is_passed: whether an amount must be more than an edge; otherwise an amount equal to the edge reaches it.

    Raises:
        DefinitionError: the edges are not in ascending order.
    """

    measure: Measure
    edges: tuple[Limit, ...]
    is_passed: bool = False

    def __post_init__(self) -> None:
        written = [edge if isinstance(edge, int) else Decimal(str(edge)) for edge in self.edges]
        if any(one > other for one, other in pairwise(written)):
            raise DefinitionError.bad_value("The edges of a cut", self.edges, "numbers in ascending order")


@dataclass(frozen=True, slots=True, eq=False)
class Picked:
    """A value for each profile that was worked out outside the engine: a flag, or a whole number of 0 or more.

    An example is whether each profile may be texted.

    Attributes:
        values: one for each profile, in the order of the data.
    """

    values: npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Squared:
    """The squares of the amounts of a measure of events, to be added up for a variance.

    Attributes:
        measure: the measure.
    """

    measure: EventMeasure


@dataclass(frozen=True, slots=True)
class At:
    """A condition, a cut or a measure that is evaluated at its own moment instead of the engine's `as_of`.

    For a profile that was not created by then, no condition is true, the bin is `NO_BIN`, and the amount of a measure is 0.

    Attributes:
        item: a condition, the cut of a measure or, among `sums`, a measure of events or its squares.
        moment: the moment, UTC.
    """

    item: Condition | Cut | EventMeasure | Squared
    moment: datetime


@dataclass(frozen=True, slots=True)
class HashGroup:
    """A group into which a hash puts each profile, from 0 to `groups - 1`. It is the same on every engine, whoever else is in the data.

    The group is the first eight hexadecimal digits of the MD5 of `key` followed by the profile's id, both in UTF-8, read as a whole
    number, modulo `groups`. Every database can work this out.

    Attributes:
        groups: the number of groups, at least 1.
        key: a text that makes one assignment to groups different from another.
    """

    groups: int
    key: str = ""


Item: TypeAlias = Condition | Cut | At | Picked | HashGroup
"""What a cube groups profiles by."""
Summed: TypeAlias = Condition | EventMeasure | Squared | At
"""What a cube adds up in each cell: how many profiles match a condition, the amounts of a measure of events, or their squares."""
Some: TypeAlias = Condition | Picked
"""Which profiles are counted: those that match a condition, or those whose flag is True."""


@dataclass(frozen=True, slots=True)
class Names:
    """The names in some data that conditions can use.

    Attributes:
        metrics: metrics that have events, most events first, each under its canonical name.
        properties: properties of profiles, in the order of the data.
        lists: lists, in the order of the data.
        event_properties: properties of events of any metric, in the order of the data.
    """

    metrics: tuple[str, ...]
    properties: tuple[str, ...]
    lists: tuple[str, ...]
    event_properties: tuple[str, ...]


class Engine(Protocol):
    """Answers questions about the profiles of one shop, as of a moment.

    No method warns. `notes` returns what an analyst should know about the answers; callers warn of it with `tell`.
    """

    @property
    def as_of(self) -> datetime:
        """The moment the data is looked at from, UTC. Events after it never count."""
        ...

    def __len__(self) -> int:
        """Return the number of profiles in the data, including those created after `as_of`, which match no condition yet."""
        ...

    def at(self, as_of: datetime) -> Self:
        """Return an engine for the same data with another `as_of`."""
        ...

    def names(self) -> Names:
        """Return the names that conditions can use. They do not depend on `as_of`."""
        ...

    def notes(self, conditions: Iterable[Condition]) -> list[str]:
        """Return what an analyst should know about the answers, such as how many values could not be read; no sentence twice."""
        ...

    def counts(self, conditions: Sequence[Condition], *, among: Some = EVERYBODY) -> list[int]:
        """Return how many profiles match each condition, among all profiles or only some.

        Raises:
            DataError: a condition names a metric, property, list or postal code that the data does not have.
        """
        ...

    def cube(self, by: Sequence[Item], *, among: Some = EVERYBODY, sums: Sequence[Summed] = ()) -> pd.DataFrame:
        """Group profiles by several items, count each group, and add up outcomes in each group.

        Args:
            by: the items to group by.
            among: which profiles are counted.
            sums: what to add up in each group, usually `At` a later moment. The sum of a condition is the number of profiles that
                match it; the sum of a measure is the sum of the amounts of its profiles.

        Returns:
            A row for each combination that occurs, sorted by its columns. Each item of `by` has a column named by its position,
            beginning with 0. It holds True or False for a condition, the bin of a cut, the value of a `Picked`, or the group of a
            `HashGroup`. The column `count` holds the number of profiles. The counts add up to the number of profiles that are
            counted. Each of `sums` has a column named by `sum_column`, of doubles, each the nearest to the exact sum of the amounts
            as they are written (as long as that sum is below 2**53 of the smallest unit that the metric's amounts have).

        Raises:
            DataError: as `counts`.
            NotOneDayError: `by` cuts a `LastDay` or a `FirstDay` for which no single day decides.
        """
        ...

    def rows(self, among: Some, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield some profiles in the order of the data, a batch at a time.

        Args:
            among: which profiles.
            columns: which properties, in this order; None means all.

        Yields:
            At least one batch, which is empty if no profile matches. The columns are `profile_id`, as text, and the properties.
            A column may be dictionary-encoded. A property with values of several kinds is written as JSON, and the metadata of its
            field says so.

        Raises:
            DataError: as `counts`; or the profiles have no such property.
        """
        ...


def tell(engine: Engine, conditions: Iterable[Condition]) -> None:
    """Warn of what an analyst should know about the answers to some conditions.

    After `MOST_WARNINGS` warnings, one more says how many were left out.

    Warns:
        SegkitWarning: the data lacks what a condition needs to match anybody, or a condition asks for a value that nobody has.
    """
    warn_of(engine.notes(conditions))


def warn_of(notes: Sequence[str]) -> None:
    """Warn of notes: of each in one warning up to `MOST_WARNINGS`, and then of how many there are more."""
    for note in notes[:MOST_WARNINGS]:
        warn(note)
    if len(notes) > MOST_WARNINGS:
        warn(f"There are {len(notes) - MOST_WARNINGS:,} more notes like these.")
