"""What an engine answers: who is in, counted in one pass over the data; how is its own business, in memory or in a database.

Whatever is shown to a person is made from these answers. An engine never hands out one value for each profile, but through
`rows`: so a question costs the same whether the data lies in memory or in a warehouse. Three verbs are enough, since the tree
is closed: what a condition says of a profile can be read off the answers of its parts, and off the bins of its measures.
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
from segkit.definition.measures import Limit, Measure
from segkit.errors import DefinitionError, warn

EVERYBODY: Condition = AllOf(())
"""Everybody who has been created by the moment that is looked from."""

NO_BIN = -1
"""The bin of a profile that has no amount of a measure: no threshold is true of it, whichever way it compares."""

COUNT = "count"
"""The column of a cube that says how many profiles a cell holds."""

MOST_TOLD = 20
"""How many warnings come of one question at most, though it be a sweep over two hundred countries."""


class NotOneDayError(Exception):
    """No single day decides: with refunds a sum may pass a number, fall back and pass it again, so that it has no `LastDay`."""


@dataclass(frozen=True, slots=True)
class Cut:
    """In which bin of a measure a profile is: the number of edges that its amount reaches.

    So bin 0 lies below all edges, bin `len(edges)` reaches them all, and a profile whose amount reaches edge number `i`, counted
    from 0, is in a bin above `i`. "At least" the edge is `bin > i`, "fewer than" is `0 <= bin <= i`; with `is_passed` the same
    two say "more than" and "at most". "Equals" takes two cuts by the same edges: reached and not passed.

    A profile without an amount is in `NO_BIN`, -1: one that is nowhere, whose property is not set or does not read as the
    measure's kind, that never reaches the number of a `LastDay` or a `FirstDay`, or that had not been created yet.

    Amounts and edges are in the unit that thresholds are written in:

    - counts, and sums of amounts as they are written: an edge means the decimal that it prints as, exactly. Nothing happened
      is 0 and has a bin;
    - `LastDay`: UTC days counted from 1970, whole numbers. A window from day `d` on reaches the number where `d` is an edge that
      is reached. Who needs nothing to reach the number, as for "at least 0", reaches every edge;
    - `FirstDay`: UTC days likewise. A window that ends before day `d` reaches the number where `d` is an edge that is not reached.
      Who needs nothing reaches none;
    - distances: in the measure's own unit, compared as "within" and "beyond" compare them;
    - numbers that profiles carry: as doubles; lengths of lists: whole numbers.

    Attributes:
        measure: what is cut.
        edges: in ascending order; two that are the same leave a bin empty.
        is_passed: whether an amount must be more than an edge; otherwise the edge itself is reached.

    Raises:
        DefinitionError: the edges do not ascend.
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
    """What is known of each profile outside the engine: flags, such as who may be texted, or whole numbers from 0 on.

    Attributes:
        values: one for each profile, in the order of the data.
    """

    values: npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class At:
    """Something that is asked at a moment of its own, whenever the rest is asked.

    Of a profile that had not been created by then no condition is true, and it has no bin.

    Attributes:
        item: a condition, or the cut of a measure.
        moment: when, UTC.
    """

    item: Condition | Cut
    moment: datetime


Item: TypeAlias = Condition | Cut | At | Picked
"""What a cube is made by."""
Some: TypeAlias = Condition | Picked
"""Which profiles are counted: those of whom a condition is true, or who are picked by flags."""


@dataclass(frozen=True, slots=True)
class Names:
    """What the data has names for: what conditions can speak of.

    Attributes:
        metrics: those with events, most events first, each under its one name.
        properties: of profiles, in the order they came.
        lists: in the order they came.
        event_properties: of the events of any metric, in the order they came.
    """

    metrics: tuple[str, ...]
    properties: tuple[str, ...]
    lists: tuple[str, ...]
    event_properties: tuple[str, ...]


class Engine(Protocol):
    """Answers questions about the profiles of one shop, as of a moment.

    Nothing is warned of: what an analyst should know beside the answers is `notes`, which the asker tells once (`tell`).
    """

    @property
    def as_of(self) -> datetime:
        """The moment the data is looked at from, UTC. Events after it never count."""
        ...

    def __len__(self) -> int:
        """Return how many profiles the data holds, those included that were created after the moment and are in nothing yet."""
        ...

    def at(self, as_of: datetime) -> Self:
        """Return an engine over the same data that is looked at from another moment."""
        ...

    def names(self) -> Names:
        """Return what the data has names for, whatever the moment."""
        ...

    def notes(self, conditions: Iterable[Condition]) -> list[str]:
        """Return what an analyst should know beside the answers, such as how many values could not be read, each sentence once."""
        ...

    def counts(self, conditions: Sequence[Condition], *, among: Some = EVERYBODY) -> list[int]:
        """Return of how many profiles each condition is true, of some profiles or of all.

        Raises:
            DataError: a condition names a metric, property, list or postal code that the data does not have.
        """
        ...

    def cube(self, by: Sequence[Item], *, among: Some = EVERYBODY) -> pd.DataFrame:
        """Return how many profiles, of some or of all, are alike in everything that is asked of them.

        Args:
            by: what is asked of each profile.
            among: which profiles are counted.

        Returns:
            A row for each cell that occurs, in ascending order of its columns: for each item of `by` a column that is named by its
            place, 0 for the first, and holds True and False of a condition, the bin of a cut, or what was picked; and `count`. The
            counts add up to the profiles that are counted.

        Raises:
            DataError: as `counts`.
            NotOneDayError: a `LastDay` is cut that some profiles have several of, or none.
        """
        ...

    def rows(self, among: Condition, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
        """Yield some profiles in the order of the data, a batch at a time, as tables and files hold them.

        Args:
            among: which profiles.
            columns: which of their properties, in this order; None is all.

        Yields:
            At least one batch, which is empty where there is nobody:
            `profile_id` as text, then the properties. One whose values are of several kinds is JSON, and its field is marked so.

        Raises:
            DataError: as `counts`; or the profiles have no such property.
        """
        ...


def tell(engine: Engine, conditions: Iterable[Condition]) -> None:
    """Warn of what an analyst should know beside the answers to some conditions; of very many, of the first.

    Warns:
        SegkitWarning: a condition is true of nobody for a reason that lies in the data, or asks for a value that nobody has.
    """
    notes = engine.notes(conditions)
    for note in notes[:MOST_TOLD]:
        warn(note)
    if len(notes) > MOST_TOLD:
        warn(f"There are {len(notes) - MOST_TOLD:,} more notes like these.")
