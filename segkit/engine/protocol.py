"""Define the protocol that every engine implements, whether it works in memory or in a database.

All results of segkit are computed from an engine's answers. Only `rows` returns data for single profiles. The other methods return
counts, so data in a warehouse stays there. `counts`, `cube` and `rows` are enough: whether a profile matches a condition follows from
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
"""The bin of a profile without an amount. For such a profile, no comparison with a threshold is true."""

COUNT = "count"
"""The name of a cube's column with the number of profiles in each cell."""


def sum_column(place: int) -> str:
    """Return the name of a sum's column in a cube, given the sum's position in `sums`.

    >>> sum_column(0)
    'sum 0'
    """
    return f"sum {place}"


MOST_WARNINGS = 20
"""The largest number of warnings for one question. A sweep over two hundred countries, for example, could cause more."""


class NotOneDayError(Exception):
    """No single day decides, so there is no `LastDay`. With refunds, a sum may reach a number, fall below it and reach it again."""


@dataclass(frozen=True, slots=True)
class Cut:
    """Bins of a measure. The bin of a profile is the number of edges that its amount reaches.

    Amounts in bin 0 reach no edge, and amounts in bin `len(edges)` reach all edges. An amount that reaches edge `i`, counted from 0,
    is in a bin above `i`. So "at least" the edge is `bin > i`, and "fewer than" is `0 <= bin <= i`. With `is_passed` these become
    "more than" and "at most". "Equals" needs two cuts by the same edges: reached but not passed.

    A profile without an amount is in `NO_BIN`, -1. A profile has no amount if its location is unknown, if its property is not set or
    can't be read as the measure's kind, if it never reaches the number of a `LastDay` or a `FirstDay`, or if it was not created yet.

    Amounts and edges have the same units as thresholds:

    - Counts and sums: an edge means exactly the decimal that it prints as. Without any matching event the amount is 0, which has a
      bin.
    - `LastDay`: UTC days since 1970, as whole numbers. A window that begins on day `d` reaches the number if the edge `d` is reached.
      A profile that needs no event to reach the number, as for "at least 0", reaches every edge.
    - `FirstDay`: UTC days since 1970. A window that ends before day `d` reaches the number if the edge `d` is not reached. A profile
      that needs no event reaches no edge.
    - Distances: in the measure's own unit, compared as in "within" and "beyond".
    - Numeric properties: doubles.
    - Lengths of lists: whole numbers.

    Attributes:
        measure: the measure that is sorted into bins.
        edges: the bin edges in ascending order. Two equal edges leave a bin empty.
        is_passed: whether an amount must be more than an edge. If False, an amount equal to the edge reaches it.

    Raises:
        DefinitionError: the edges are not in ascending order.
    """

    measure: Measure
    edges: tuple[Limit, ...]
    is_passed: bool = False

    def __post_init__(self) -> None:
        written = [edge if isinstance(edge, int) else Decimal(str(edge)) for edge in self.edges]
        if any(one > other for one, other in pairwise(written)):
            raise DefinitionError.bad_value("edges of a Cut", self.edges, "a sequence of numbers in ascending order")


@dataclass(frozen=True, slots=True, eq=False)
class Picked:
    """A value for each profile that was computed outside the engine: a flag, or a whole number of 0 or more.

    An example is whether each profile may be texted.

    Attributes:
        values: the values, in the order of the profiles.
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
    """Groups of profiles by a hash, from 0 to `groups - 1`. A profile's group is the same on every engine and in any data.

    The hash is the MD5 of `key` followed by the profile's id, both in UTF-8. Its first eight hexadecimal digits, read as a whole
    number, modulo `groups`, are the group. Every database can compute this.

    Attributes:
        groups: the number of groups, at least 1.
        key: text that makes different assignments to groups independent of each other.
    """

    groups: int
    key: str = ""


Item: TypeAlias = Condition | Cut | At | Picked | HashGroup
"""The items by which a cube groups profiles."""
Summed: TypeAlias = Condition | EventMeasure | Squared | At
"""What a cube adds up in each cell: the number of profiles that match a condition, the amounts of a measure of events, or their squares."""
Some: TypeAlias = Condition | Picked
"""Which profiles are counted: profiles that match a condition, or profiles with a True flag."""


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
    """Answers questions about the profiles of one shop at one moment.

    No method warns. `notes` returns what an analyst should know about the answers, and callers issue these notes with `warn_about_answers`.
    """

    @property
    def as_of(self) -> datetime:
        """The moment for which questions are answered, in UTC. Events after it never count."""
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
        """Return what an analyst should know about the answers, such as how many values could not be read, without repetitions."""
        ...

    def counts(self, conditions: Sequence[Condition], *, among: Some = EVERYBODY) -> list[int]:
        """Return how many profiles match each condition, among all profiles or only some of them.

        Raises:
            DataError: a condition names a metric, property, list or postal code that the data lacks.
        """
        ...

    def cube(self, by: Sequence[Item], *, among: Some = EVERYBODY, sums: Sequence[Summed] = ()) -> pd.DataFrame:
        """Group profiles by several items, count each group, and add up outcomes in each group.

        Args:
            by: the items to group by.
            among: which profiles are counted.
            sums: what to add up in each group, usually `At` a later moment. The sum for a condition is the number of profiles that
                match it. The sum for a measure is the sum of the profiles' amounts.

        Returns:
            A row for each combination that occurs, sorted by its columns. Each item in `by` has a column named by its position,
            beginning with 0. It has True or False for a condition, the bin for a cut, the value of a `Picked`, or the group of a
            `HashGroup`. The column `count` has the number of profiles. The counts add up to the number of profiles that are counted.
            Each item in `sums` has a column of doubles named by `sum_column`. Each double is the nearest to the exact sum of the
            amounts as they are written, if this sum is below 2**53 times the smallest unit of the metric's amounts.

        Raises:
            DataError: see `counts`.
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
            DataError: see `counts`; also if the profiles have no such property.
        """
        ...


def warn_about_answers(engine: Engine, conditions: Iterable[Condition]) -> None:
    """Warn about what an analyst should know about the answers to some conditions.

    After `MOST_WARNINGS` warnings, one more warning says how many were left out.

    Warns:
        SegkitWarning: the data lacks what a condition needs to match anybody, or a condition asks for a value that nobody has.
    """
    warn_of(engine.notes(conditions))


def warn_of(notes: Sequence[str]) -> None:
    """Issue each note as a warning. After `MOST_WARNINGS` warnings, one more warning says how many notes were left out."""
    for note in notes[:MOST_WARNINGS]:
        warn(note)
    if len(notes) > MOST_WARNINGS:
        warn(f"There are {len(notes) - MOST_WARNINGS:,} more notes like these.")
